// Bus numbers that must exist and be unique, tables that must fit together.
#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "araz/base/text.hpp"
#include "check_report.hpp"

namespace araz {

namespace {

// Answers "is there such a bus?" and, when not, which number was probably meant.
class BusNumbers {
public:
    explicit BusNumbers(const Case& grid) : grid_(grid) {
        known_.reserve(grid.buses.size());
        for (const BusRow& bus : grid.buses) known_.insert(number(bus.bus));
    }

    [[nodiscard]] bool has(BusId bus) const { return known_.contains(number(bus)); }

    // One digit is near to every other digit, so nothing is guessed for it.
    [[nodiscard]] std::string suggestion(BusId wrong) const {
        if (number(wrong) < 10) return {};
        std::vector<std::string> candidates;
        candidates.reserve(grid_.buses.size());
        for (const BusRow& bus : grid_.buses) candidates.push_back(std::to_string(number(bus.bus)));
        const auto close = nearest(std::to_string(number(wrong)), candidates, 1);
        return close.empty() ? std::string{} : " (did you mean " + close.front() + "?)";
    }

private:
    const Case& grid_;
    std::unordered_set<std::int64_t> known_;
};

void check_reference(CheckReport& report, const BusNumbers& buses, BusId bus, const RowSource& source, int column,
                     const std::string& what, std::string_view verb) {
    if (buses.has(bus)) return;
    report.add(Severity::error, "AZ1103", source, column, [&] {
        const std::string id = std::to_string(number(bus));
        const std::string kind = what.substr(0, what.rfind(' '));
        return CheckText{
            what, what + " " + std::string(verb) + " bus " + id + ", which does not exist",
            "no row of mpc.bus has bus_i = " + id,
            "fix the number" + buses.suggestion(bus) + ", or leave the " + kind + " out with --allow AZ1103"};
    });
}

void check_duplicates(CheckReport& report) {
    std::unordered_map<std::int64_t, const BusRow*> first;
    first.reserve(report.grid().buses.size());
    for (const BusRow& bus : report.grid().buses) {
        const auto [known, is_new] = first.emplace(number(bus.bus), &bus);
        if (is_new) continue;
        const int line = known->second->source.line;
        report.add(Severity::error, "AZ1101", bus.source, 0, [&] {
            const std::string id = std::to_string(number(bus.bus));
            return CheckText{"bus " + id, "bus " + id + " is defined twice",
                             line > 0 ? "first defined on line " + std::to_string(line) : "defined before",
                             "give one of them another number, or keep the first with --allow AZ1101"};
        });
    }
}

// Formats with identifiers tell parallel branches and the units of a bus apart by them.
void check_identifiers(CheckReport& report) {
    const Case& grid = report.grid();
    std::unordered_map<std::string, std::size_t> units, branches;
    for (std::size_t i = 0; i < grid.generators.size(); ++i) {
        const GeneratorRow& unit = grid.generators[i];
        if (unit.id.empty()) continue;
        const auto [first, is_new] = units.emplace(std::to_string(number(unit.bus)) + " " + unit.id, i);
        if (is_new) continue;
        report.add(Severity::error, "AZ1111", unit.source, 0, [&] {
            return CheckText{element("generator", i),
                             "bus " + std::to_string(number(unit.bus)) + " has two units with the identifier " + unit.id,
                             "the first is " + element("generator", first->second), "give one of them another identifier"};
        });
    }
    for (std::size_t i = 0; i < grid.branches.size(); ++i) {
        const BranchRow& branch = grid.branches[i];
        if (branch.id.empty()) continue;
        const auto low = std::min(number(branch.from_bus), number(branch.to_bus));
        const auto high = std::max(number(branch.from_bus), number(branch.to_bus));
        const auto [first, is_new] = branches.emplace(std::to_string(low) + " " + std::to_string(high) + " " + branch.id, i);
        if (is_new) continue;
        report.add(Severity::warning, "AZ1112", branch.source, 0, [&] {
            return CheckText{element("branch", i), element("branch", i) + " is parallel to another branch with its identifier " + branch.id,
                             "the first is " + element("branch", first->second), "is it entered twice?"};
        });
    }
}

// Rows that say the same twice are no data: costs belong to units one by one.
void check_costs(CheckReport& report) {
    const Case& grid = report.grid();
    const std::size_t units = grid.generators.size();
    const std::size_t rows = grid.gen_costs.size();
    if (rows == 0 || rows == units || rows == 2 * units) return;
    report.add(Severity::error, "AZ1110", grid.gen_costs.front().source, -1, [&] {
        return CheckText{
            "", std::to_string(rows) + " rows of generator cost for " + std::to_string(units) + " generators",
            "expected " + std::to_string(units) + " rows, or " + std::to_string(2 * units) + " with reactive costs"};
    });
}

}  // namespace

void check_rows(CheckReport& report) {
    const Case& grid = report.grid();
    if (grid.buses.empty())
        report.add(Severity::error, "AZ1020", RowSource{}, -1, [] {
            return CheckText{"", "the case has no buses", "", "is the file complete?"};
        });
    check_duplicates(report);
    const BusNumbers buses(grid);
    for (std::size_t i = 0; i < grid.generators.size(); ++i)
        check_reference(report, buses, grid.generators[i].bus, grid.generators[i].source, 0, element("generator", i),
                        "is at");
    for (std::size_t i = 0; i < grid.branches.size(); ++i) {
        const BranchRow& branch = grid.branches[i];
        check_reference(report, buses, branch.from_bus, branch.source, 0, element("branch", i), "starts at");
        check_reference(report, buses, branch.to_bus, branch.source, 1, element("branch", i), "ends at");
        if (branch.from_bus != branch.to_bus) continue;
        report.add(Severity::warning, "AZ1104", branch.source, 1, [&] {
            return CheckText{element("branch", i),
                             element("branch", i) + " connects bus " + std::to_string(number(branch.to_bus)) +
                                 " with itself and is left out",
                             "the same bus as at its start", "fix one of the two bus numbers"};
        });
    }
    for (std::size_t i = 0; i < grid.dc_lines.size(); ++i) {
        check_reference(report, buses, grid.dc_lines[i].from_bus, grid.dc_lines[i].source, 0, element("dc line", i),
                        "starts at");
        check_reference(report, buses, grid.dc_lines[i].to_bus, grid.dc_lines[i].source, 1, element("dc line", i),
                        "ends at");
    }
    check_costs(report);
    check_identifiers(report);
}

}  // namespace araz

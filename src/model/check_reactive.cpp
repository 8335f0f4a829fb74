// Reactive modes of units, and who holds which bus.
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <unordered_map>

#include "araz/base/text.hpp"
#include "check_report.hpp"

namespace araz {

namespace {

class ReactiveChecks {
public:
    explicit ReactiveChecks(CheckReport& report);
    void check();

private:
    struct Holder {
        std::size_t unit = 0;
        bool remote = false;
    };
    [[nodiscard]] int row_of(BusId bus) const;
    [[nodiscard]] int island(int row);
    [[nodiscard]] const GeneratorRow& unit(std::size_t index) const { return grid_.generators[index]; }
    [[nodiscard]] bool takes_part(std::size_t index) const;
    void add(std::string_view code, std::size_t index, int cell, std::string message, std::string label, std::string hint);
    void check_rule(std::size_t index);
    void check_references();
    void check_groups();
    void check_group(int bus, const std::vector<Holder>& holders);
    [[nodiscard]] std::string name(int row) const { return "bus " + label_of(grid_.buses[static_cast<std::size_t>(row)]); }

    CheckReport& report_;
    const Case& grid_;
    std::unordered_map<std::int64_t, int> rows_;
    std::vector<int> parent_;
    std::vector<unsigned char> converter_;  // by bus row: the end of a DC line that holds its voltage
};

ReactiveChecks::ReactiveChecks(CheckReport& report) : report_(report), grid_(report.grid()) {
    for (std::size_t i = 0; i < grid_.buses.size(); ++i) rows_.emplace(number(grid_.buses[i].bus), static_cast<int>(i));
    parent_.resize(grid_.buses.size());
    std::iota(parent_.begin(), parent_.end(), 0);
    for (const BranchRow& branch : grid_.branches) {
        const int from = row_of(branch.from_bus);
        const int to = row_of(branch.to_bus);
        if (!branch.in_service || from < 0 || to < 0) continue;
        const int a = island(from);
        const int b = island(to);
        parent_[static_cast<std::size_t>(std::max(a, b))] = std::min(a, b);
    }
    converter_.assign(grid_.buses.size(), 0);
    for (const DcLineRow& line : grid_.dc_lines) {
        if (!line.in_service || !grid_.dc_lines_active) continue;
        for (const BusId end : {line.from_bus, line.to_bus})
            if (const int row = row_of(end); row >= 0) converter_[static_cast<std::size_t>(row)] = 1;
    }
}

int ReactiveChecks::row_of(BusId bus) const {
    const auto found = rows_.find(number(bus));
    return found == rows_.end() ? -1 : found->second;
}

int ReactiveChecks::island(int row) {
    auto at = static_cast<std::size_t>(row);
    while (parent_[at] != static_cast<int>(at)) at = static_cast<std::size_t>(parent_[at]);
    return static_cast<int>(at);
}

bool ReactiveChecks::takes_part(std::size_t index) const {
    const int row = row_of(unit(index).bus);
    return unit(index).in_service && row >= 0 && grid_.buses[static_cast<std::size_t>(row)].type != BusType::isolated;
}

void ReactiveChecks::add(std::string_view code, std::size_t index, int cell, std::string message, std::string label,
                         std::string hint) {
    report_.add(Severity::error, code, unit(index).source, cell, [&] {
        return CheckText{element("generator", index), std::move(message), std::move(label), std::move(hint)};
    });
}

void ReactiveChecks::check_rule(std::size_t index) {
    const ReactiveRule& rule = unit(index).reactive;
    const std::string what = element("generator", index);
    const double q_rated = std::max(std::abs(unit(index).qmin_mvar), std::abs(unit(index).qmax_mvar));
    if (rule.mode == ReactiveMode::fixed_pf && !(std::abs(rule.power_factor) > 0.0 && std::abs(rule.power_factor) <= 1.0))
        add("AZ1250", index, generator_cell::power_factor, what + " has the power factor " + shortest(rule.power_factor),
            "expected up to 1, or a negative one down to -1", "positive feeds Q in with P, negative takes Q");
    if (rule.mode == ReactiveMode::q_of_p && rule.points.empty())
        add("AZ1251", index, generator_cell::mode, what + " follows Q(P), and the points of the curve are missing",
            "q_of_p needs q_points", "for example q_points = 0:0 50:-10");
    if (rule.mode != ReactiveMode::q_of_v) return;
    if (rule.points.empty() && !(rule.slope_percent > 0.0 && std::isfinite(q_rated)))
        add("AZ1251", index, generator_cell::mode, what + " follows Q(V), and neither a slope nor the points of the curve are given",
            "q_of_v needs q_slope_percent or q_points", "for example q_slope_percent = 4, or q_points = 0.94:30 0.98:0 1.02:0 1.06:-30");
    for (std::size_t k = 1; k < rule.points.size(); ++k) {
        if (rule.points[k].second <= rule.points[k - 1].second) continue;
        add("AZ1252", index, generator_cell::points,
            "Q of " + what + " rises with the voltage between " + shortest(rule.points[k - 1].first) + " and " +
                shortest(rule.points[k].first) + " p.u.",
            "expected a curve that does not rise", "feeding in more as the voltage rises drives it further");
        return;
    }
}

// A reference of which no unit holds any voltage.
void ReactiveChecks::check_references() {
    std::vector<int> first(grid_.buses.size(), -1);
    std::vector<unsigned char> holds(grid_.buses.size(), 0);
    for (std::size_t g = 0; g < grid_.generators.size(); ++g) {
        if (!takes_part(g)) continue;
        const auto row = static_cast<std::size_t>(row_of(unit(g).bus));
        if (first[row] < 0) first[row] = static_cast<int>(g);
        if (unit(g).reactive.mode == ReactiveMode::voltage) holds[row] = 1;
    }
    for (std::size_t row = 0; row < grid_.buses.size(); ++row)
        if (grid_.buses[row].type == BusType::slack && first[row] >= 0 && holds[row] == 0)
            add("AZ1315", static_cast<std::size_t>(first[row]), generator_cell::mode,
                "no unit at reference " + name(static_cast<int>(row)) + " holds a voltage", "expected q_mode voltage",
                "let one of its units hold the voltage, or make another bus the reference");
}

void ReactiveChecks::check_groups() {
    std::map<int, std::vector<Holder>> groups;  // by the row of the bus held
    std::vector<int> held_from(grid_.buses.size(), -1);
    for (std::size_t g = 0; g < grid_.generators.size(); ++g) {
        if (!takes_part(g) || unit(g).reactive.mode != ReactiveMode::voltage) continue;
        const int own = row_of(unit(g).bus);
        const int bus = number(unit(g).regulated_bus) == 0 ? own : row_of(unit(g).regulated_bus);
        if (bus < 0) continue;  // the reader has said so
        const bool remote = bus != own;
        if (!remote && grid_.buses[static_cast<std::size_t>(own)].type == BusType::pq) continue;
        int& other = held_from[static_cast<std::size_t>(own)];
        const int before = other < 0 ? bus : other;
        other = bus;
        groups[bus].push_back({g, remote});
        if (before != bus || (remote && converter_[static_cast<std::size_t>(own)] != 0))
            add("AZ1318", g, generator_cell::regulated_bus, "what stands at " + name(own) + " holds different buses",
                element("generator", g) + " holds " + name(bus), "units (and DC lines) of one bus hold the same bus");
    }
    for (const auto& [bus, holders] : groups) check_group(bus, holders);
}

void ReactiveChecks::check_group(int bus, const std::vector<Holder>& holders) {
    const bool any_remote = std::any_of(holders.begin(), holders.end(), [](const Holder& h) { return h.remote; });
    std::size_t stating = 0;
    for (const Holder& holder : holders) stating += unit(holder.unit).reactive_share > 0.0 ? 1 : 0;
    if (stating > 0 && stating < holders.size())
        for (const Holder& holder : holders) {
            if (unit(holder.unit).reactive_share > 0.0) continue;
            add("AZ1319", holder.unit, generator_cell::share,
                element("generator", holder.unit) + " states no share, and other units that hold " + name(bus) + " do",
                "expected a share above 0", "give every unit that holds the bus a share, or none of them");
            break;
        }
    if (!any_remote) return;
    const bool dead = grid_.buses[static_cast<std::size_t>(bus)].type == BusType::isolated;
    for (const Holder& holder : holders) {
        if (!dead && island(row_of(unit(holder.unit).bus)) == island(bus)) continue;
        add("AZ1316", holder.unit, generator_cell::regulated_bus,
            element("generator", holder.unit) + " holds " + name(bus) + ", which lies in another island",
            "no path in service leads there", "name a bus of its own island");
        return;
    }
    if (converter_[static_cast<std::size_t>(bus)] != 0)
        add("AZ1318", holders.front().unit, generator_cell::regulated_bus,
            name(bus) + " is held by a DC line and by " + element("generator", holders.front().unit), "held twice",
            "leave the bus to one of them");
    for (const Holder& holder : holders) {
        if (std::abs(unit(holder.unit).vg_pu - unit(holders.front().unit).vg_pu) <= 1e-9) continue;
        add("AZ1317", holder.unit, 5,
            "the units that hold " + name(bus) + " want different voltages: " + shortest(unit(holders.front().unit).vg_pu) + " and " +
                shortest(unit(holder.unit).vg_pu) + " p.u.",
            element("generator", holders.front().unit) + " wants the other one", "make the set-points equal");
        return;
    }
}

void ReactiveChecks::check() {
    for (std::size_t g = 0; g < grid_.generators.size(); ++g)
        if (unit(g).in_service) check_rule(g);
    check_references();
    check_groups();
}

}  // namespace

void check_reactive(CheckReport& report) { ReactiveChecks(report).check(); }

}  // namespace araz

// Islands and what holds their voltage and angle.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>

#include "araz/base/text.hpp"
#include "check_report.hpp"

namespace araz {

namespace {

struct Island {
    int first = -1;  // its first bus row
    int buses = 0;
    int units = 0;
    double load_mw = 0.0;
    std::vector<int> slacks;
};

class Topology {
public:
    explicit Topology(CheckReport& report);
    void check();

private:
    [[nodiscard]] int row_of(BusId bus) const;
    [[nodiscard]] int root(int row);
    [[nodiscard]] bool isolated(int row) const {
        return grid_.buses[static_cast<std::size_t>(row)].type == BusType::isolated;
    }
    [[nodiscard]] const BusRow& bus(int row) const { return grid_.buses[static_cast<std::size_t>(row)]; }
    [[nodiscard]] std::string name(int row) const { return "bus " + std::to_string(number(bus(row).bus)); }

    void join_buses();
    std::vector<Island> islands();
    void check_isolated();
    void check_references(const std::vector<Island>& islands);
    void check_island(const Island& island);
    void check_sources();
    void check_set_points();

    CheckReport& report_;
    const Case& grid_;
    std::unordered_map<std::int64_t, int> rows_;
    std::vector<int> parent_;
    std::vector<int> units_;  // in service, by bus row
};

Topology::Topology(CheckReport& report) : report_(report), grid_(report.grid()) {
    rows_.reserve(grid_.buses.size());
    for (std::size_t i = 0; i < grid_.buses.size(); ++i) rows_.emplace(number(grid_.buses[i].bus), static_cast<int>(i));
    units_.assign(grid_.buses.size(), 0);
    for (const GeneratorRow& unit : grid_.generators)
        if (const int row = row_of(unit.bus); row >= 0 && unit.in_service) ++units_[static_cast<std::size_t>(row)];
    parent_.resize(grid_.buses.size());
    std::iota(parent_.begin(), parent_.end(), 0);
}

int Topology::row_of(BusId bus) const {
    const auto found = rows_.find(number(bus));
    return found == rows_.end() ? -1 : found->second;
}

int Topology::root(int row) {
    auto at = static_cast<std::size_t>(row);
    while (parent_[at] != static_cast<int>(at)) {
        parent_[at] = parent_[static_cast<std::size_t>(parent_[at])];
        at = static_cast<std::size_t>(parent_[at]);
    }
    return static_cast<int>(at);
}

void Topology::join_buses() {
    for (std::size_t i = 0; i < grid_.branches.size(); ++i) {
        const BranchRow& branch = grid_.branches[i];
        const int from = row_of(branch.from_bus);
        const int to = row_of(branch.to_bus);
        if (!branch.in_service || from < 0 || to < 0) continue;
        if (isolated(from) || isolated(to)) {
            report_.add(Severity::info, "AZ1313", branch.source, isolated(from) ? 0 : 1, [&] {
                return CheckText{element("branch", i),
                                 element("branch", i) + " is in service at isolated " +
                                     name(isolated(from) ? from : to) + " and is left out",
                                 "a bus of type 4"};
            });
            continue;
        }
        const int a = root(from);
        const int b = root(to);
        parent_[static_cast<std::size_t>(std::max(a, b))] = std::min(a, b);
    }
}

std::vector<Island> Topology::islands() {
    std::vector<Island> all;
    std::vector<int> island_of(grid_.buses.size(), -1);
    for (int row = 0; row < static_cast<int>(grid_.buses.size()); ++row) {
        if (isolated(row) || row_of(bus(row).bus) != row) continue;
        int& index = island_of[static_cast<std::size_t>(root(row))];
        if (index < 0) {
            index = static_cast<int>(all.size());
            all.push_back({row, 0, 0, 0.0, {}});
        }
        Island& island = all[static_cast<std::size_t>(index)];
        ++island.buses;
        island.units += units_[static_cast<std::size_t>(row)];
        island.load_mw += bus(row).pd_mw;
        if (bus(row).type == BusType::slack) island.slacks.push_back(row);
    }
    return all;
}

void Topology::check_isolated() {
    for (int row = 0; row < static_cast<int>(grid_.buses.size()); ++row) {
        if (!isolated(row)) continue;
        const bool load = bus(row).pd_mw != 0.0 || bus(row).qd_mvar != 0.0;
        const bool unit = units_[static_cast<std::size_t>(row)] > 0;
        if (!load && !unit) continue;
        report_.add(Severity::info, "AZ1305", bus(row).source, 1, [&] {
            return CheckText{
                name(row),
                "isolated " + name(row) + " has " + (load ? "a load" : "a unit in service") + " that takes no part",
                "type 4 is out of service"};
        });
    }
}

void Topology::check_references(const std::vector<Island>& islands) {
    const bool any = std::any_of(islands.begin(), islands.end(), [](const Island& i) { return !i.slacks.empty(); });
    if (!any && !grid_.buses.empty()) {
        report_.add(Severity::error, "AZ1301", grid_.buses.front().source, 1, [] {
            return CheckText{"", "the case has no reference bus", "no row of mpc.bus has type 3",
                             "give one bus with a generator type 3, or let araz choose with --allow AZ1301"};
        });
        return;
    }
    for (const Island& island : islands) check_island(island);
}

void Topology::check_island(const Island& island) {
    const std::string size = std::to_string(island.buses) + (island.buses == 1 ? " bus" : " buses");
    if (island.slacks.empty() && island.units > 0) {
        report_.add(Severity::error, "AZ1302", bus(island.first).source, 1, [&] {
            return CheckText{name(island.first),
                             "the island of " + name(island.first) + " (" + size + ", " + std::to_string(island.units) +
                                 (island.units == 1 ? " unit" : " units") + ") has no reference bus",
                             "no bus of this island has type 3",
                             "give one of its buses type 3, or let araz choose with --allow AZ1302"};
        });
    }
    if (island.units == 0 && island.load_mw != 0.0) {
        report_.add(Severity::warning, "AZ1304", bus(island.first).source, 0, [&] {
            return CheckText{name(island.first),
                             "the island of " + name(island.first) + " (" + size + ", " + shortest(island.load_mw) +
                                 " MW of load) has no source and is dead",
                             "no unit in service here", "close a branch to it, or give its buses type 4"};
        });
    }
    if (island.slacks.size() > 1) {
        const int second = island.slacks[1];
        report_.add(Severity::warning, "AZ1303", bus(second).source, 1, [&] {
            return CheckText{name(second),
                             "the island of " + name(island.slacks[0]) + " has " +
                                 std::to_string(island.slacks.size()) + " reference buses",
                             "the first one is " + name(island.slacks[0]),
                             "each of them holds its angle and balances power; keep one unless that is meant"};
        });
    }
}

// Buses whose type promises a unit.
void Topology::check_sources() {
    for (int row = 0; row < static_cast<int>(grid_.buses.size()); ++row) {
        if (units_[static_cast<std::size_t>(row)] > 0) continue;
        if (bus(row).type == BusType::slack) {
            report_.add(Severity::warning, "AZ1306", bus(row).source, 1, [&] {
                return CheckText{name(row), "reference " + name(row) + " has no unit in service",
                                 "another bus takes over", "give type 3 to a bus with a unit"};
            });
        } else if (bus(row).type == BusType::pv) {
            report_.add(Severity::info, "AZ1307", bus(row).source, 1, [&] {
                return CheckText{name(row), name(row) + " has type 2 (PV) but no unit in service and is treated as PQ",
                                 "no unit holds its voltage"};
            });
        }
    }
}

void Topology::check_set_points() {
    std::vector<int> first(grid_.buses.size(), -1);
    for (std::size_t i = 0; i < grid_.generators.size(); ++i) {
        const GeneratorRow& unit = grid_.generators[i];
        const int row = row_of(unit.bus);
        if (!unit.in_service || row < 0 || isolated(row)) continue;
        const bool elsewhere = number(unit.regulated_bus) != 0 && unit.regulated_bus != unit.bus;
        if (unit.reactive.mode != ReactiveMode::voltage || elsewhere) continue;
        if (bus(row).type == BusType::pq) {
            report_.add(Severity::info, "AZ1312", unit.source, 0, [&] {
                return CheckText{element("generator", i),
                                 element("generator", i) + " is at PQ " + name(row) + " and does not hold its voltage",
                                 "a bus of type 1"};
            });
            continue;
        }
        if (!(unit.vg_pu > 0.0) && !std::isnan(unit.vg_pu)) {
            report_.add(Severity::error, "AZ1221", unit.source, 5, [&] {
                return CheckText{
                    element("generator", i),
                    "the voltage set-point of " + element("generator", i) + " is " + shortest(unit.vg_pu) + " p.u.",
                    "expected a value near 1"};
            });
        }
        int& other = first[static_cast<std::size_t>(row)];
        if (other < 0) other = static_cast<int>(i);
        const double agreed = grid_.generators[static_cast<std::size_t>(other)].vg_pu;
        if (std::abs(agreed - unit.vg_pu) <= 1e-9) continue;
        report_.add(Severity::warning, "AZ1308", unit.source, 5, [&] {
            return CheckText{element("generator", i),
                             "the units at " + name(row) + " have different voltage set-points",
                             element("generator", static_cast<std::size_t>(other)) + " has " + shortest(agreed),
                             "the last one counts, as in MATPOWER; make them equal"};
        });
    }
}

void Topology::check() {
    join_buses();
    check_isolated();
    check_references(islands());
    check_sources();
    check_set_points();
}

}  // namespace

void check_topology(CheckReport& report) {
    Topology(report).check();
}

}  // namespace araz

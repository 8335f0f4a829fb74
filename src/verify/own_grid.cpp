#include "own_grid.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include "own_dc.hpp"
#include "own_joints.hpp"
#include "laws_units.hpp"
#include "state.hpp"

namespace araz {

namespace {

using Complex = std::complex<double>;
constexpr double radians = std::numbers::pi / 180.0;

bool usable(const OwnGrid& own, const BranchRow& branch) {
    const int from = own.row(branch.from_bus);
    const int to = own.row(branch.to_bus);
    return branch.in_service && from >= 0 && to >= 0 && from != to && own.grid->buses[from].type != BusType::isolated &&
           own.grid->buses[to].type != BusType::isolated;
}

// Buses joined without impedance become one node.
void number_nodes(OwnGrid& own) {
    const auto& buses = own.grid->buses;
    std::vector<int> parent(buses.size());
    std::iota(parent.begin(), parent.end(), 0);
    const auto root = [&](int i) {
        while (parent[i] != i) i = parent[i] = parent[parent[i]];
        return i;
    };
    for (const BranchRow& branch : own.grid->branches) {
        if (!usable(own, branch) || !is_joint(branch)) continue;
        const int a = root(own.row(branch.from_bus));
        const int b = root(own.row(branch.to_bus));
        parent[std::max(a, b)] = std::min(a, b);
    }
    own.node_of.assign(buses.size(), -1);
    for (int i = 0; i < static_cast<int>(buses.size()); ++i) {
        if (buses[i].type == BusType::isolated || own.row(buses[i].bus) != i) continue;
        int& node = own.node_of[root(i)];
        if (node < 0) {
            node = own.n++;
            own.bus_of.push_back(i);
        }
        own.node_of[i] = node;
    }
}

void add_branches(OwnGrid& own) {
    for (std::size_t k = 0; k < own.grid->branches.size(); ++k) {
        const BranchRow& row = own.grid->branches[k];
        OwnBranch branch;
        branch.row = static_cast<int>(k);
        if (usable(own, row) && !is_joint(row)) {
            branch.from = own.node_of[own.row(row.from_bus)];
            branch.to = own.node_of[own.row(row.to_bus)];
            branch.carries = branch.from != branch.to;
            const Complex series = 1.0 / Complex(row.r_pu, row.x_pu);
            const Complex end = series + Complex(0.0, row.b_pu / 2.0);
            const double tap = row.ratio == 0.0 ? 1.0 : row.ratio;
            const Complex turns = std::polar(std::abs(tap), row.shift_deg * radians) * (tap < 0.0 ? -1.0 : 1.0);
            branch.yff = end / (tap * tap);
            branch.yft = -series / std::conj(turns);
            branch.ytf = -series / turns;
            branch.ytt = end;
        }
        own.branches.push_back(branch);
    }
}

void add_sources(OwnGrid& own, bool with_dc_lines) {
    const Case& grid = *own.grid;
    const double base = grid.base_mva;
    own.sources_at.resize(static_cast<std::size_t>(own.n));
    const auto add = [&](OwnSource source, BusId at) {
        source.bus = own.row(at);
        source.node = own.node_of[source.bus];
        own.sources_at[source.node].push_back(static_cast<int>(own.sources.size()));
        own.sources.push_back(source);
    };
    const auto here = [&](BusId id) { return own.row(id) >= 0 && own.node_of[own.row(id)] >= 0; };
    for (std::size_t g = 0; g < grid.generators.size(); ++g) {
        const GeneratorRow& row = grid.generators[g];
        if (row.in_service && here(row.bus))
            add({static_cast<int>(g), -1, false, 0, 0, row.pg_mw / base,
                 (holds_own_bus(row) ? row.qg_mvar : ruled_mvar(row, row.pg_mw, 1.0)) / base, row.vg_pu, holds_own_bus(row),
                 row.reactive.mode == ReactiveMode::q_of_v},
                row.bus);
    }
    if (!with_dc_lines) return;
    for (std::size_t d = 0; d < grid.dc_lines.size(); ++d) {
        const DcLineRow& row = grid.dc_lines[d];
        if (!row.in_service || !here(row.from_bus) || !here(row.to_bus)) continue;
        const OwnDcEnds ends = own_dc_ends(row, row.pf_mw);
        const bool holds[2] = {own_dc_holds(row, 0), own_dc_holds(row, 1)};
        add({-1, static_cast<int>(d), true, 0, 0, ends.p[0] / base, (holds[0] ? row.qf_mvar : ends.q[0]) / base, row.vf_pu, holds[0], false}, row.from_bus);
        add({-1, static_cast<int>(d), false, 0, 0, ends.p[1] / base, (holds[1] ? row.qt_mvar : ends.q[1]) / base, row.vt_pu, holds[1], false}, row.to_bus);
    }
}

// Emulation needs an angle between the ends, so a path of branches.
void add_emulations(OwnGrid& own) {
    const std::vector<int> part = own_parts(own, {});
    for (int s = 0; s + 1 < static_cast<int>(own.sources.size()); ++s) {
        const OwnSource& from = own.sources[s];
        const OwnSource& to = own.sources[s + 1];
        if (from.dc_line < 0 || !from.from_end || !own.grid->dc_lines[from.dc_line].ac_emulation || part[from.node] != part[to.node]) continue;
        own.emulations.push_back({from.dc_line, {s, s + 1}, {from.node, to.node}});
    }
}

bool has_unit(const OwnGrid& own, int node) {
    return std::any_of(own.sources_at[node].begin(), own.sources_at[node].end(),
                       [&](int s) { return own.sources[s].generator >= 0 && own.sources[s].holds; });
}

double pmax_at(const OwnGrid& own, int node) {
    double sum = 0.0;
    for (const int s : own.sources_at[node])
        sum += own.sources[s].generator >= 0 ? own.grid->generators[own.sources[s].generator].pmax_mw
                                             : -std::abs(own.sources[s].p) * own.grid->base_mva;
    return sum;
}

// The named references with a unit; without one in a part: the first PV bus with a unit where a reference was
// named, else the bus with the largest units.
void choose_references(OwnGrid& own) {
    std::vector<BusType> type(static_cast<std::size_t>(own.n), BusType::pq);
    for (std::size_t i = 0; i < own.node_of.size(); ++i) {
        const int node = own.node_of[i];
        if (node < 0) continue;
        const BusType given = own.grid->buses[i].type;
        if (given == BusType::slack || (given == BusType::pv && type[node] != BusType::slack)) type[node] = given;
    }
    own.reference.assign(static_cast<std::size_t>(own.n), 0);
    own.regulated.assign(static_cast<std::size_t>(own.n), 0);
    const std::vector<int> part = own_parts(own, {});
    const int parts = own.n == 0 ? 0 : 1 + *std::max_element(part.begin(), part.end());
    std::vector<unsigned char> named(parts, 0), served(parts, 0);
    for (int b = 0; b < own.n; ++b) {
        if (type[b] != BusType::slack) continue;
        named[part[b]] = 1;
        if (has_unit(own, b)) own.reference[b] = served[part[b]] = 1;
    }
    std::vector<int> chosen(parts, -1);
    for (int b = 0; b < own.n; ++b) {
        const int k = part[b];
        if (served[k] != 0 || !has_unit(own, b)) continue;
        if (named[k] != 0) {
            if (chosen[k] < 0 || (type[b] == BusType::pv && type[chosen[k]] != BusType::pv)) chosen[k] = b;
        } else if (chosen[k] < 0 || pmax_at(own, b) > pmax_at(own, chosen[k])) {
            chosen[k] = b;
        }
    }
    for (const int b : chosen)
        if (b >= 0) own.reference[b] = 1;
    for (int b = 0; b < own.n; ++b) {
        const bool converter = std::any_of(own.sources_at[b].begin(), own.sources_at[b].end(),
                                           [&](int s) { return own.sources[s].dc_line >= 0 && own.sources[s].holds; });
        const bool holder = std::any_of(own.sources_at[b].begin(), own.sources_at[b].end(), [&](int s) { return own.sources[s].holds; });
        own.regulated[b] = own.reference[b] != 0 || converter || (type[b] != BusType::pq && holder);
    }
}

}  // namespace

int OwnGrid::row(BusId bus) const {
    const auto found = row_of.find(number(bus));
    return found == row_of.end() ? -1 : found->second;
}

std::vector<int> own_parts(const OwnGrid& own, const std::vector<unsigned char>& out) {
    std::vector<std::vector<int>> next(static_cast<std::size_t>(own.n));
    for (const OwnBranch& branch : own.branches) {
        if (!branch.carries || (!out.empty() && out[branch.row] != 0)) continue;
        next[branch.from].push_back(branch.to);
        next[branch.to].push_back(branch.from);
    }
    std::vector<int> part(static_cast<std::size_t>(own.n), -1);
    int parts = 0;
    for (int seed = 0; seed < own.n; ++seed) {
        if (part[seed] >= 0) continue;
        std::vector<int> open{seed};
        part[seed] = parts;
        while (!open.empty()) {
            const int at = open.back();
            open.pop_back();
            for (const int b : next[at])
                if (part[b] < 0) {
                    part[b] = parts;
                    open.push_back(b);
                }
        }
        ++parts;
    }
    return part;
}

double own_q(const OwnGrid& own, const OwnSource& source, double vm) {
    if (!source.follows_voltage) return source.q;
    return ruled_mvar(own.grid->generators[source.generator], 0.0, vm) / own.grid->base_mva;
}

OwnGrid build_own_grid(const Case& grid, bool with_dc_lines) {
    OwnGrid own;
    own.grid = &grid;
    for (std::size_t i = 0; i < grid.buses.size(); ++i) own.row_of.emplace(number(grid.buses[i].bus), static_cast<int>(i));
    number_nodes(own);
    add_branches(own);
    add_sources(own, with_dc_lines);
    choose_references(own);
    add_emulations(own);
    own.v_set.assign(static_cast<std::size_t>(own.n), 1.0);
    own.angle.assign(static_cast<std::size_t>(own.n), 0.0);
    own.load.assign(static_cast<std::size_t>(own.n), 0.0);
    own.shunt.assign(static_cast<std::size_t>(own.n), 0.0);
    for (int b = 0; b < own.n; ++b) own.angle[b] = grid.buses[own.bus_of[b]].va_deg * radians;
    for (std::size_t i = 0; i < grid.buses.size(); ++i) {
        const int node = own.node_of[i];
        if (node < 0) continue;
        if (grid.buses[i].type == BusType::slack) own.angle[node] = grid.buses[i].va_deg * radians;
        own.load[node] += Complex(grid.buses[i].pd_mw, grid.buses[i].qd_mvar) / grid.base_mva;
        own.shunt[node] += Complex(grid.buses[i].gs_mw, grid.buses[i].bs_mvar) / grid.base_mva;
    }
    for (const OwnSource& source : own.sources)
        if (own.regulated[source.node] != 0 && source.holds) own.v_set[source.node] = source.v_set;  // the last one counts
    return own;
}

}  // namespace araz

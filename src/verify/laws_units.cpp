// Units that follow a rule of their own: fixed Q or power factor, Q(V), Q(P); curtailment; and units that hold a bus
// together, with what each of them gives. Every rule once more, from the columns of the case.
#include "laws_units.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <string_view>

#include "araz/base/text.hpp"
#include "law.hpp"

namespace araz {

namespace {

double on_the_line(const std::vector<std::pair<double, double>>& points, double where) {
    if (where <= points.front().first) return points.front().second;
    for (std::size_t k = 1; k < points.size(); ++k) {
        const auto& [x0, y0] = points[k - 1];
        const auto& [x1, y1] = points[k];
        if (where <= x1) return (y0 * (x1 - where) + y1 * (where - x0)) / (x1 - x0);
    }
    return points.back().second;
}

double droop_mvar(const GeneratorRow& row, double vm) {
    const ReactiveRule& rule = row.reactive;
    const double off = vm - rule.v_ref_pu;
    const double beyond = std::max(0.0, std::abs(off) - rule.deadband_pu / 2.0);
    const double rated = std::max(std::abs(row.qmin_mvar), std::abs(row.qmax_mvar));
    return -std::copysign(beyond * 100.0 / rule.slope_percent * rated, off);
}

// What a unit that holds a bus gives at a level u: start + weight u. MVAr.
struct Share {
    double start = 0.0, weight = 0.0;
};

std::vector<Share> shares_of(const State& state, const std::vector<int>& units) {
    double stated = 0.0, width = 0.0;
    bool all = true;
    for (const int g : units) {
        all = all && state.grid->generators[g].reactive_share > 0.0;
        stated += state.grid->generators[g].reactive_share;
        width += state.generator[g]->q_max_mvar - state.generator[g]->q_min_mvar;
    }
    const bool ranges = !all && std::isfinite(width) && width > 0.0;
    std::vector<Share> out;
    for (const int g : units) {
        const GeneratorResult& found = *state.generator[g];
        if (all) out.push_back({0.0, state.grid->generators[g].reactive_share / stated});
        else if (ranges) out.push_back({found.q_min_mvar, found.q_max_mvar - found.q_min_mvar});
        else out.push_back({0.0, 1.0 / static_cast<double>(units.size())});
    }
    return out;
}

// The level that those away from their limits agree on; NaN: there are none.
double level_of(const State& state, const HeldTogether& group, const std::vector<Share>& shares) {
    double q = 0.0, start = 0.0, weight = 0.0;
    for (std::size_t k = 0; k < group.units.size(); ++k) {
        if (state.generator[group.units[k]]->limit != "none") continue;
        q += state.generator[group.units[k]]->q_mvar;
        start += shares[k].start;
        weight += shares[k].weight;
    }
    return weight > 0.0 ? (q - start) / weight : nan_value;
}

void check_held_together(const State& state, VerifyReport& report) {
    const double base = state.grid->base_mva;
    const double open = 10.0 * state.tolerances.mismatch_pu;
    Law held("remote_regulation", open, "p.u.");
    Law share("reactive_share", open * base, "MVAr");
    for (const HeldTogether& group : held_together(state)) {
        const std::vector<Share> shares = shares_of(state, group.units);
        const double level = level_of(state, group, shares);
        const double above = state.bus[group.bus]->vm_pu - group.v_set_pu;
        const std::string element = bus_element(state, group.bus);
        if (!std::isnan(level)) held.see(above, element);
        for (std::size_t k = 0; k < group.units.size(); ++k) {
            const GeneratorResult& found = *state.generator[group.units[k]];
            const std::string unit = generator_element(group.units[k]);
            const double wanted = shares[k].start + shares[k].weight * level;
            const double width = found.q_max_mvar - found.q_min_mvar;
            if (found.limit == "none") {
                if (!std::isnan(level)) share.see(found.q_mvar - wanted, unit);
                continue;
            }
            const double sign = found.limit == "q_max" ? 1.0 : -1.0;
            if (width <= open * base || !(shares[k].weight > 0.0)) continue;
            if (std::isnan(level)) held.see(std::max(0.0, sign * above), element + " (" + unit + ")");
            else share.see(std::max(0.0, sign * (found.q_mvar - wanted)), unit + " at its limit");
        }
    }
    held.report(report);
    share.report(report);
}

// Units of one bus with shares of their own: each within its limits while their sum allows that. The level is sought by
// halving; the sum never falls as it rises.
void check_local_shares(const State& state, VerifyReport& report) {
    Law law("reactive_share_of_bus", state.tolerances.flow_mw + 1e-9 * state.grid->base_mva, "MVAr");
    const auto units = state.units_by_bus();
    const std::vector<unsigned char> together = held_together_buses(state);
    for (int i = 0; i < static_cast<int>(units.size()); ++i) {
        if (state.live[i] == 0 || together[i] != 0 || !state.regulates(i, units[i])) continue;
        std::vector<const Unit*> holders;
        bool all = true;
        double total = 0.0, low = 0.0, high = 0.0;
        for (const Unit& unit : units[i]) {
            if (!unit.holds) continue;
            holders.push_back(&unit);
            all = all && unit.generator >= 0 && state.grid->generators[unit.generator].reactive_share > 0.0;
            total += unit.q_mvar;
            low += unit.q_min_mvar;
            high += unit.q_max_mvar;
        }
        if (!all || holders.size() < 2) continue;
        const bool limited = total >= low && total <= high;
        const auto gives = [&](const Unit& unit, double level) {
            const double q = state.grid->generators[unit.generator].reactive_share * level;
            return limited ? std::clamp(q, unit.q_min_mvar, unit.q_max_mvar) : q;
        };
        double below = -1e9, beyond = 1e9;
        for (int k = 0; k < 200; ++k) {
            const double middle = 0.5 * (below + beyond);
            double sum = 0.0;
            for (const Unit* unit : holders) sum += gives(*unit, middle);
            (sum < total ? below : beyond) = middle;
        }
        for (const Unit* unit : holders) law.see(unit->q_mvar - gives(*unit, beyond), generator_element(unit->generator));
    }
    law.report(report);
}

}  // namespace

double ruled_mvar(const GeneratorRow& row, double p_mw, double vm) {
    const ReactiveRule& rule = row.reactive;
    const auto limited = [&](double q) { return std::clamp(q, row.qmin_mvar, row.qmax_mvar); };
    switch (rule.mode) {
        case ReactiveMode::fixed_q: return row.qg_mvar;
        case ReactiveMode::fixed_pf:
            return std::copysign(p_mw * std::tan(std::acos(std::abs(rule.power_factor))), p_mw * rule.power_factor);
        case ReactiveMode::q_of_p: return limited(on_the_line(rule.points, p_mw));
        case ReactiveMode::q_of_v:
            return limited(rule.points.empty() ? droop_mvar(row, vm) : on_the_line(rule.points, vm));
        case ReactiveMode::voltage: break;
    }
    return 0.0;
}

bool holds_own_bus(const GeneratorRow& row) {
    return row.reactive.mode == ReactiveMode::voltage && (number(row.regulated_bus) == 0 || row.regulated_bus == row.bus);
}

std::vector<int> joined_rows(const State& state) {
    const double below = parse_double(state.option("merge_below", "1e-8")).value_or(1e-8);
    std::vector<int> root(state.bus.size());
    std::iota(root.begin(), root.end(), 0);
    const auto first_of = [&](int row) {
        while (root[row] != row) row = root[row];
        return row;
    };
    for (int l = 0; l < static_cast<int>(state.branch.size()); ++l) {
        const BranchRow& row = state.grid->branches[l];
        const double z = std::hypot(row.r_pu, row.x_pu);
        if (!state.carries(l) || !(z == 0.0 || z < below)) continue;
        const int f = first_of(state.from_row(l));
        const int t = first_of(state.to_row(l));
        root[std::max(f, t)] = std::min(f, t);
    }
    for (int i = 0; i < static_cast<int>(root.size()); ++i) root[i] = first_of(i);
    return root;
}

std::vector<HeldTogether> held_together(const State& state) {
    const Case& grid = *state.grid;
    const bool any = std::any_of(grid.generators.begin(), grid.generators.end(), [](const GeneratorRow& row) {
        return row.reactive.mode == ReactiveMode::voltage && !holds_own_bus(row);
    });
    if (!any || state.result->dc) return {};
    const std::vector<int> root = joined_rows(state);
    std::map<int, HeldTogether> groups;
    std::map<int, std::vector<int>> holders;
    for (int g = 0; g < static_cast<int>(grid.generators.size()); ++g) {
        const GeneratorRow& row = grid.generators[g];
        if (!state.runs(g) || row.reactive.mode != ReactiveMode::voltage) continue;
        const int own = state.generator_bus(g);
        const int bus = holds_own_bus(row) ? own : state.row_of.at(number(row.regulated_bus));
        if (bus == own && grid.buses[own].type == BusType::pq) continue;
        holders[root[bus]].push_back(g);
        if (bus != own) groups.emplace(root[bus], HeldTogether{bus, row.vg_pu, {}});
    }
    std::vector<HeldTogether> out;
    for (auto& [first, group] : groups) {
        group.units = holders[first];
        out.push_back(group);
    }
    return out;
}

std::vector<unsigned char> held_together_buses(const State& state) {
    std::vector<unsigned char> out(state.bus.size(), 0);
    const std::vector<HeldTogether> groups = held_together(state);
    if (groups.empty()) return out;
    const std::vector<int> root = joined_rows(state);
    std::vector<unsigned char> first(out.size(), 0);
    for (const HeldTogether& group : groups) first[root[group.bus]] = 1;
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = first[root[i]];
    return out;
}

// What the rows say of modes, of the buses held and of the power available.
void check_words(const State& state, VerifyReport& report) {
    constexpr std::array<std::string_view, 5> words{"voltage", "fixed_q", "fixed_pf", "q_of_v", "q_of_p"};
    Law law("generator_mode", 1e-9, "");
    const auto units = state.units_by_bus();
    std::vector<std::int64_t> held(state.generator.size(), 0);
    for (int g = 0; g < static_cast<int>(held.size()); ++g) {
        const int bus = state.generator_bus(g);
        if (state.runs(g) && holds_own_bus(state.grid->generators[g]) && state.regulates(bus, units[bus]))
            held[g] = number(state.grid->generators[g].bus);
    }
    for (const HeldTogether& group : held_together(state))
        for (const int g : group.units) held[g] = number(state.grid->buses[group.bus].bus);
    for (int g = 0; g < static_cast<int>(held.size()); ++g) {
        const GeneratorRow& row = state.grid->generators[g];
        const GeneratorResult& found = *state.generator[g];
        const std::string element = generator_element(g);
        law.see(found.q_mode == words[static_cast<std::size_t>(row.reactive.mode)], element + " q_mode");
        law.see(found.regulated_bus == held[g], element + " regulated_bus");
        const bool limited = std::isfinite(row.p_limit_mw);
        law.compare(found.available_mw, limited ? row.available_mw : nan_value, element + " available_mw");
        if (!limited) law.compare(found.curtailed_mw, nan_value, element + " curtailed_mw");
    }
    law.report(report);
}

void check_units(const State& state, VerifyReport& report) {
    check_words(state, report);
    Law mode("reactive_mode", state.tolerances.flow_mw, "MVAr");
    Law curtailed("curtailment", state.tolerances.flow_mw, "MW");
    for (int g = 0; g < static_cast<int>(state.generator.size()); ++g) {
        const GeneratorRow& row = state.grid->generators[g];
        const GeneratorResult& found = *state.generator[g];
        const std::string element = generator_element(g);
        if (std::isfinite(row.p_limit_mw)) {
            curtailed.see(std::max(0.0, row.pg_mw - row.p_limit_mw), element + " P");
            if (found.in_service)
                curtailed.see(found.curtailed_mw - std::max(0.0, row.available_mw - row.p_limit_mw), element + " curtailed_mw");
        }
        if (state.result->dc || !state.runs(g) || row.reactive.mode == ReactiveMode::voltage) continue;
        mode.see(found.q_mvar - ruled_mvar(row, found.p_mw, state.bus[state.generator_bus(g)]->vm_pu), element);
    }
    mode.report(report);
    curtailed.report(report);
    if (state.result->dc) return;
    check_held_together(state, report);
    check_local_shares(state, report);
}

}  // namespace araz

// The counts of `reactive_limits`, taken again from the rows of the result and the limits of the case.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "araz/base/text.hpp"
#include "law.hpp"
#include "state.hpp"

namespace araz {

namespace {

enum class Rest { held, at_max, at_min, at_either };

// A regulated bus, or several joined without impedance: bus rows, and what feeds them.
struct Place {
    std::vector<int> buses;
    std::vector<Unit> units;
};

// By the first row of each group of joined buses.
std::vector<Place> places_of(const State& state) {
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
    std::vector<Place> places(state.bus.size());
    const auto units = state.units_by_bus();
    for (int i = 0; i < static_cast<int>(state.bus.size()); ++i) {
        if (state.live[i] == 0 || !state.regulates(i, units[i])) continue;
        Place& place = places[first_of(i)];
        place.buses.push_back(i);
        place.units.insert(place.units.end(), units[i].begin(), units[i].end());
    }
    return places;
}

// The reference, else the first in the file.
int holder_of(const State& state, const Place& place) {
    for (const int i : place.buses)
        if (state.bus[i]->type == "slack") return i;
    return place.buses.front();
}

// The words of the generators say where a bus rests. Converters have none: theirs is the nearer limit.
Rest rest_of(const State& state, const Place& place, double q, double low, double high, double open) {
    for (const Unit& unit : place.units) {
        if (unit.generator < 0) continue;
        const std::string& word = state.generator[unit.generator]->limit;
        return word == "q_max" ? Rest::at_max : word == "q_min" ? Rest::at_min : Rest::held;
    }
    if (state.bus[holder_of(state, place)]->type != "pq") return Rest::held;
    if (high - low <= open) return Rest::at_either;
    return std::abs(q - high) < std::abs(q - low) ? Rest::at_max : Rest::at_min;
}

// Ten times what a solve to the tolerance of the result leaves open; a result that does not say may claim any.
bool fits_tolerance(const State& state, double claimed) {
    const auto tol = parse_double(state.option("tol", ""));
    const double least = 10.0 * std::max(tol.value_or(0.0), state.result->max_mismatch_pu);
    return tol ? std::abs(claimed - least) <= 1e-9 * least : claimed >= least * (1.0 - 1e-9);
}

// Where the set-points of a bus differ, the one closest to the voltage counts, as in the complementarity law.
double above_set_point(const State& state, const Place& place) {
    double nearest = HUGE_VAL;
    const double vm = state.bus[holder_of(state, place)]->vm_pu;
    for (const Unit& unit : place.units) {
        const double above = vm - unit.v_set_pu;
        if (std::abs(above) < std::abs(nearest)) nearest = above;
    }
    return nearest;
}

struct Count {
    ReactiveLimitCheck sum;
    int either = 0;  // at a limit that is Qmin and Qmax at once

    void add(const State& state, const Place& place, double open);
};

void Count::add(const State& state, const Place& place, double open) {
    double q = 0.0, low = 0.0, high = 0.0;
    for (const Unit& unit : place.units) {
        q += unit.q_mvar;
        low += unit.q_min_mvar;
        high += unit.q_max_mvar;
    }
    const double base = state.grid->base_mva;
    const std::int64_t bus = state.bus[holder_of(state, place)]->bus;
    const Rest rest = rest_of(state, place, q, low, high, open * base);
    ++sum.buses;
    if (rest == Rest::held) ++sum.held;
    if (rest == Rest::at_max) ++sum.pinned_q_max;
    if (rest == Rest::at_min) ++sum.pinned_q_min;
    if (rest == Rest::at_either) ++either;
    double beyond = rest == Rest::at_max ? std::abs(q - high) : std::abs(q - low);
    if (rest == Rest::held) beyond = q > high ? q - high : q < low ? low - q : 0.0;
    if (beyond > open * base) {
        ++sum.beyond_limits;
        if (beyond > sum.largest_violation_mvar) sum.largest_violation_bus = bus;
        sum.largest_violation_mvar = std::max(sum.largest_violation_mvar, beyond);
    }
    if (rest == Rest::held || high - low <= open * base) return;
    const double above = above_set_point(state, place);
    const double wrong = rest == Rest::at_max ? above : -above;
    if (!(wrong > open)) return;
    ++sum.wrong_side;
    if (wrong > sum.largest_wrong_side_pu) sum.wrong_side_bus = bus;
    sum.largest_wrong_side_pu = std::max(sum.largest_wrong_side_pu, wrong);
}

}  // namespace

void check_reactive_limits(const State& state, VerifyReport& report) {
    const ReactiveLimitCheck& found = state.result->reactive_limits;
    if (state.result->dc || std::isnan(found.tolerance_pu)) return;  // a result without the counts claims nothing
    Count own;
    for (const Place& place : places_of(state))
        if (!place.buses.empty()) own.add(state, place, found.tolerance_pu);
    Law law("reactive_limits", 1e-9, "");
    law.see(fits_tolerance(state, found.tolerance_pu), "tolerance_pu");
    law.see(found.buses == own.sum.buses, "buses");
    law.see(found.held == own.sum.held, "held");
    law.see(found.pinned_q_max >= own.sum.pinned_q_max && found.pinned_q_max <= own.sum.pinned_q_max + own.either, "pinned_q_max");
    law.see(found.pinned_q_min >= own.sum.pinned_q_min &&
                found.pinned_q_max + found.pinned_q_min == own.sum.pinned_q_max + own.sum.pinned_q_min + own.either,
            "pinned_q_min");
    law.see(found.beyond_limits == own.sum.beyond_limits, "beyond_limits");
    law.see(found.wrong_side == own.sum.wrong_side, "wrong_side");
    law.see(found.largest_violation_mvar - own.sum.largest_violation_mvar, "largest_violation_mvar");
    law.see(found.largest_violation_bus == own.sum.largest_violation_bus, "largest_violation_bus");
    law.see(found.largest_wrong_side_pu - own.sum.largest_wrong_side_pu, "largest_wrong_side_pu");
    law.see(found.wrong_side_bus == own.sum.wrong_side_bus, "wrong_side_bus");
    law.report(report);
}

}  // namespace araz

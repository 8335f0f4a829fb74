// The counts of `reactive_limits`, taken again from the rows of the result and the limits of the case.
#include <algorithm>
#include <cmath>

#include "araz/base/text.hpp"
#include "law.hpp"
#include "laws_units.hpp"
#include "state.hpp"

namespace araz {

namespace {

enum class Rest { held, at_max, at_min, at_either };

// A regulated bus, or several joined without impedance: bus rows, and what feeds them.
struct Place {
    std::vector<int> buses;
    std::vector<Unit> units;
};

// By the first row of each group of joined buses; those that units hold from elsewhere count apart.
std::vector<Place> places_of(const State& state) {
    const std::vector<int> root = joined_rows(state);
    const std::vector<unsigned char> together = held_together_buses(state);
    std::vector<Place> places(state.bus.size());
    const auto units = state.units_by_bus();
    for (int i = 0; i < static_cast<int>(state.bus.size()); ++i) {
        if (state.live[i] == 0 || together[i] != 0 || !state.regulates(i, units[i])) continue;
        Place& place = places[root[i]];
        place.buses.push_back(i);
        for (const Unit& unit : units[i])
            if (unit.holds) place.units.push_back(unit);
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
    void add(const State& state, const HeldTogether& group, double open);
    void see_beyond(double mvar, std::int64_t bus, double open_mvar);
    void see_wrong(double pu, std::int64_t bus, double open);
};

void Count::see_beyond(double mvar, std::int64_t bus, double open_mvar) {
    if (!(mvar > open_mvar)) return;
    ++sum.beyond_limits;
    if (mvar > sum.largest_violation_mvar) sum.largest_violation_bus = bus;
    sum.largest_violation_mvar = std::max(sum.largest_violation_mvar, mvar);
}

void Count::see_wrong(double pu, std::int64_t bus, double open) {
    if (!(pu > open)) return;
    ++sum.wrong_side;
    if (pu > sum.largest_wrong_side_pu) sum.wrong_side_bus = bus;
    sum.largest_wrong_side_pu = std::max(sum.largest_wrong_side_pu, pu);
}

// Units at their own limits, of which some may be left to hold the voltage.
void Count::add(const State& state, const HeldTogether& group, double open) {
    const double base = state.grid->base_mva;
    const double above = state.bus[group.bus]->vm_pu - group.v_set_pu;
    bool free = false, high = false, low = false;
    double beyond = 0.0, wrong = 0.0;
    const bool stated = state.grid->generators[group.units.front()].reactive_share > 0.0;
    for (const int g : group.units) {
        const GeneratorResult& found = *state.generator[g];
        const double width = found.q_max_mvar - found.q_min_mvar;
        if (found.limit == "none") {
            free = free || stated || width > 0.0;
            beyond = std::max({beyond, found.q_mvar - found.q_max_mvar, found.q_min_mvar - found.q_mvar});
            continue;
        }
        (found.limit == "q_max" ? high : low) = true;
        beyond = std::max(beyond, std::abs(found.q_mvar - (found.limit == "q_max" ? found.q_max_mvar : found.q_min_mvar)));
        if (width > open * base) wrong = std::max(wrong, found.limit == "q_max" ? above : -above);
    }
    ++sum.buses;
    if (free) ++sum.held;
    else ++((high != low ? high : above <= 0.0) ? sum.pinned_q_max : sum.pinned_q_min);
    const std::int64_t bus = state.bus[group.bus]->bus;
    see_beyond(beyond, bus, open * base);
    if (!free) see_wrong(wrong, bus, open);
}

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
    see_beyond(beyond, bus, open * base);
    if (rest == Rest::held || high - low <= open * base) return;
    const double above = above_set_point(state, place);
    see_wrong(rest == Rest::at_max ? above : -above, bus, open);
}

}  // namespace

void check_reactive_limits(const State& state, VerifyReport& report) {
    const ReactiveLimitCheck& found = state.result->reactive_limits;
    if (state.result->dc) return;
    if (std::isnan(found.tolerance_pu)) {
        // Every written power flow has the counts; the base of another study, or one made in memory, may go without.
        Law missing("reactive_limits", 0.0, "");
        missing.see(state.result->envelope.grid.n_bus == 0, "reactive_limits is missing");
        missing.report(report);
        return;
    }
    Count own;
    for (const Place& place : places_of(state))
        if (!place.buses.empty()) own.add(state, place, found.tolerance_pu);
    for (const HeldTogether& group : held_together(state)) own.add(state, group, found.tolerance_pu);
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

// Outputs, set-points and reactive limits of generators.
#include <algorithm>
#include <cmath>
#include <limits>

#include "law.hpp"
#include "laws_units.hpp"
#include "state.hpp"

namespace araz {

namespace {

void check_outputs(const State& state, VerifyReport& report) {
    const auto units = state.units_by_bus();
    const bool scheduled = state.option("slack", "case") == "case";
    Law output("generator_output", state.tolerances.flow_mw, "MVA");
    Law limits("generator_limits", 1e-9, "MVAr");
    for (int g = 0; g < static_cast<int>(state.generator.size()); ++g) {
        const GeneratorRow& row = state.grid->generators[g];
        const GeneratorResult& found = *state.generator[g];
        const std::string element = generator_element(g);
        const bool runs = state.runs(g);
        output.see(found.in_service == runs, element + " in_service");
        const ReactiveRange range = runs ? capability(row, found.p_mw) : ReactiveRange{row.qmin_mvar, row.qmax_mvar};
        if (std::isfinite(range.min)) limits.see(found.q_min_mvar - range.min, element + " q_min_mvar");
        if (std::isfinite(range.max)) limits.see(found.q_max_mvar - range.max, element + " q_max_mvar");
        if (!runs) {
            output.see(std::hypot(found.p_mw, found.q_mvar), element + " out of service");
            continue;
        }
        const int bus = state.generator_bus(g);
        if (scheduled && state.bus[bus]->type != "slack") output.see(found.p_mw - row.pg_mw, element + " P");
        const bool by_schedule = holds_own_bus(row) && !state.regulates(bus, units[bus]);
        if (!state.result->dc && by_schedule) output.see(found.q_mvar - row.qg_mvar, element + " Q");
    }
    output.report(report);
    limits.report(report);
}

// Sums over the units of a regulated bus.
struct Regulation {
    double q = 0.0, q_min = 0.0, q_max = 0.0;  // p.u.
    double above = 0.0;                        // V - Vset of the set-point closest to V
};

Regulation regulation_of(const State& state, int bus, const std::vector<Unit>& units) {
    Regulation sum;
    sum.above = std::numeric_limits<double>::infinity();
    for (const Unit& unit : units) {
        if (!unit.holds) continue;
        sum.q += unit.q_mvar / state.grid->base_mva;
        sum.q_min += unit.q_min_mvar / state.grid->base_mva;
        sum.q_max += unit.q_max_mvar / state.grid->base_mva;
        const double above = state.bus[bus]->vm_pu - unit.v_set_pu;
        if (std::abs(above) < std::abs(sum.above)) sum.above = above;
    }
    return sum;
}

double beyond(double value, double bound) { return std::max(0.0, value - bound); }

// Distance to the nearest of the three permitted states: at the set-point within the limits, at Qmax
// with the voltage not above it, at Qmin with the voltage not below it.
double complementarity(const Regulation& r) {
    const double held = std::max({std::abs(r.above), beyond(r.q, r.q_max), beyond(r.q_min, r.q)});
    const double at_max = std::max(std::abs(r.q - r.q_max), beyond(r.above, 0.0));
    const double at_min = std::max(std::abs(r.q - r.q_min), beyond(0.0, r.above));
    return std::min({held, at_max, at_min});
}

void check_regulation(const State& state, VerifyReport& report) {
    const bool limited = state.option("q_limits", "on") != "off";
    const bool slack_limited = state.option("q_limits_slack", "off") == "on";
    const double tolerance = 10.0 * state.tolerances.mismatch_pu;  // a limit counts as passed ten times later
    Law set_point("set_point", 1e-9, "p.u.");
    Law rule("complementarity", tolerance, "p.u.");
    const auto units = state.units_by_bus();
    const std::vector<unsigned char> together = held_together_buses(state);
    for (int i = 0; i < static_cast<int>(state.bus.size()); ++i) {
        const std::string& type = state.bus[i]->type;
        if (together[i] != 0 || !state.regulates(i, units[i])) continue;
        const Regulation sum = regulation_of(state, i, units[i]);
        const bool exempt = !limited || (type == "slack" && !slack_limited);
        if (exempt || type == "pv") set_point.see(sum.above, bus_element(state, i));
        if (!exempt) rule.see(complementarity(sum), bus_element(state, i));
    }
    set_point.report(report);
    rule.report(report);
}

// A unit said to be held at a limit is at it.
void check_limit_words(const State& state, VerifyReport& report) {
    Law law("limit_word", 10.0 * state.tolerances.mismatch_pu * state.grid->base_mva, "MVAr");
    for (int g = 0; g < static_cast<int>(state.generator.size()); ++g) {
        const GeneratorResult& found = *state.generator[g];
        const std::string element = generator_element(g);
        if (found.limit == "none") law.see(true, element);
        else if (!state.runs(g)) law.see(false, element);
        else if (found.limit == "q_max") law.see(found.q_mvar - found.q_max_mvar, element);
        else if (found.limit == "q_min") law.see(found.q_mvar - found.q_min_mvar, element);
        else law.see(false, element);
    }
    law.report(report);
}

}  // namespace

void check_generators(const State& state, VerifyReport& report) {
    check_outputs(state, report);
    if (state.result->dc) return;
    check_regulation(state, report);
    check_limit_words(state, report);
}

}  // namespace araz

// The list of violations: every one is real, and none is left out.
#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "law.hpp"
#include "state.hpp"

namespace araz {

namespace {

// A measured quantity with its limit. `excess` is how far it is beyond, in units of its own margin: from 1
// on it must be listed, below -1 it must not; in between rounding decides.
struct Measured {
    double value, limit, excess;
};
using Key = std::tuple<std::string, int, std::int64_t>;  // kind, branch, bus
using Quantities = std::multimap<Key, Measured>;

void measure_branches(const State& state, Quantities& out) {
    for (const BranchResult* branch : state.branch) {
        if (!(branch->rate_mva > 0.0)) continue;
        const double apparent = std::max(std::hypot(branch->p_from_mw, branch->q_from_mvar),
                                         std::hypot(branch->p_to_mw, branch->q_to_mvar));
        out.insert({{"thermal", branch->branch, 0},
                    {apparent, branch->rate_mva, (apparent / branch->rate_mva - 1.0) / 1e-6}});
    }
}

void measure_voltages(const State& state, Quantities& out) {
    for (std::size_t i = 0; i < state.bus.size(); ++i) {
        if (state.live[i] == 0) continue;
        const BusResult& bus = *state.bus[i];
        out.insert({{"voltage_low", 0, bus.bus}, {bus.vm_pu, bus.vmin_pu, (bus.vmin_pu - bus.vm_pu) / 1e-6}});
        out.insert({{"voltage_high", 0, bus.bus}, {bus.vm_pu, bus.vmax_pu, (bus.vm_pu - bus.vmax_pu) / 1e-6}});
    }
}

void measure_units(const State& state, Quantities& out) {
    constexpr double margin_mw = 2e-3;
    const auto add = [&](const char* kind, std::int64_t bus, double value, double min, double max) {
        if (std::isfinite(max)) out.insert({{kind, 0, bus}, {value, max, (value - max) / margin_mw}});
        if (std::isfinite(min)) out.insert({{kind, 0, bus}, {value, min, (min - value) / margin_mw}});
    };
    for (int g = 0; g < static_cast<int>(state.generator.size()); ++g) {
        if (!state.runs(g)) continue;
        const GeneratorResult& unit = *state.generator[g];
        add("p_limit", unit.bus, unit.p_mw, unit.p_min_mw, unit.p_max_mw);
        if (!state.result->dc) add("q_limit", unit.bus, unit.q_mvar, unit.q_min_mvar, unit.q_max_mvar);
    }
}

bool same_figures(const Violation& listed, const Measured& measured) {
    constexpr double tolerance = 1e-6;
    return std::abs(listed.value - measured.value) <= tolerance && std::abs(listed.limit - measured.limit) <= tolerance;
}

}  // namespace

void check_violations(const State& state, VerifyReport& report) {
    Quantities quantities;
    measure_branches(state, quantities);
    if (!state.result->dc && state.option("voltage_limits", "on") != "off") measure_voltages(state, quantities);
    measure_units(state, quantities);
    std::multimap<Key, const Violation*> listed;
    Law law("violations", 0.0, "");
    for (const Violation& violation : state.result->violations) {
        const Key key{violation.kind, violation.branch, violation.bus};
        listed.insert({key, &violation});
        bool real = false;
        for (auto [at, end] = quantities.equal_range(key); at != end; ++at)
            real = real || (same_figures(violation, at->second) && at->second.excess > -1.0);
        law.see(real, violation.kind + " at " + (violation.branch > 0 ? "branch " + std::to_string(violation.branch)
                                                                      : "bus " + std::to_string(violation.bus)));
    }
    for (const auto& [key, measured] : quantities) {
        if (measured.excess < 1.0) continue;
        bool found = false;
        for (auto [at, end] = listed.equal_range(key); at != end; ++at)
            found = found || same_figures(*at->second, measured);
        const auto& [kind, branch, bus] = key;
        law.see(found, kind + (branch > 0 ? " at branch " + std::to_string(branch) : " at bus " + std::to_string(bus)) +
                           " is not listed");
    }
    law.see(true, "");
    law.report(report);
}

}  // namespace araz

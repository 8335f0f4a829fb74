#include "reactive_modes.hpp"

#include <algorithm>
#include <cmath>

namespace araz {

namespace {

// Zero within the dead band, then straight to the limits (docs/reactive.md).
PiecewiseLine droop(const ReactiveRule& rule, double q_rated) {
    const double half = 0.5 * rule.deadband_pu;
    const double reach = rule.slope_percent / 100.0;
    PiecewiseLine line{{rule.v_ref_pu - half - reach, rule.v_ref_pu - half}, {q_rated, 0.0}};
    if (half > 0.0) {
        line.x.push_back(rule.v_ref_pu + half);
        line.y.push_back(0.0);
    }
    line.x.push_back(rule.v_ref_pu + half + reach);
    line.y.push_back(-q_rated);
    return line;
}

}  // namespace

// MVAr over p.u. or MW.
PiecewiseLine reactive_curve(const ReactiveRule& rule, double base_mva, double q_min, double q_max) {
    PiecewiseLine line;
    const bool over_p = rule.mode == ReactiveMode::q_of_p;
    for (const auto& [where, mvar] : rule.points) {
        line.x.push_back(over_p ? where / base_mva : where);
        line.y.push_back(mvar / base_mva);
    }
    if (line.empty()) line = droop(rule, std::max(std::abs(q_min), std::abs(q_max)));
    return line.within(q_min, q_max);
}

void add_reactive_modes(const Case& grid, Network& net) {
    const auto n = static_cast<std::size_t>(net.n_gen);
    net.q_mode.assign(n, ReactiveMode::voltage);
    net.q_per_p.assign(n, 0.0);
    net.q_curve.assign(n, {});
    net.regulated = net.gen_bus;
    net.reactive_share.assign(n, 0.0);
    for (const unsigned char regulates : net.end_regulates) net.has_modes = net.has_modes || regulates == 0;
    for (int g = 0; g < net.n_unit; ++g) {
        const GeneratorRow& row = grid.generators[net.gen_row[g]];
        const ReactiveRule& rule = row.reactive;
        net.q_mode[g] = rule.mode;
        net.reactive_share[g] = row.reactive_share;
        if (rule.mode == ReactiveMode::fixed_pf)
            net.q_per_p[g] = std::copysign(std::sqrt(1.0 - rule.power_factor * rule.power_factor) / std::abs(rule.power_factor),
                                           rule.power_factor);
        if (rule.mode == ReactiveMode::q_of_v || rule.mode == ReactiveMode::q_of_p)
            net.q_curve[g] = reactive_curve(rule, grid.base_mva, net.qmin[g], net.qmax[g]);
        net.has_modes = net.has_modes || rule.mode != ReactiveMode::voltage;
        net.depends_on_voltage = net.depends_on_voltage || rule.mode == ReactiveMode::q_of_v;
        if (rule.mode != ReactiveMode::voltage || number(row.regulated_bus) == 0) continue;
        const auto found = net.index_of.find(number(row.regulated_bus));
        if (found != net.index_of.end()) net.regulated[g] = found->second;
        net.regulates_remotely = net.regulates_remotely || net.regulated[g] != net.gen_bus[g];
    }
}

double Network::scheduled_q(int generator, double p) const {
    if (!is_unit(generator)) return regulates(generator) ? 0.0 : dc_reactive(end_reactive[generator - n_unit], p).q;
    switch (q_mode[generator]) {
        case ReactiveMode::fixed_q: return qg[generator];
        case ReactiveMode::fixed_pf: return q_per_p[generator] * p;
        case ReactiveMode::q_of_p: return q_curve[generator].at(p);
        case ReactiveMode::voltage:
        case ReactiveMode::q_of_v: break;
    }
    return 0.0;
}

}  // namespace araz

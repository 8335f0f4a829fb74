// Settings of a scenario as values of a network.
#include <algorithm>

#include "araz/model/network.hpp"
#include "araz/model/scenario.hpp"
#include "reactive_modes.hpp"

namespace araz {

namespace {

void set_dc_line(int dc, double p, Network& net) {
    if (net.dc_emulates[dc] != 0) return;
    net.dc_set[dc] = p;
    const DcFlow flow = dc_flow(net.dc_law[dc], p);
    const int from = net.n_unit + 2 * dc;
    net.pg[from] = net.pmin[from] = net.pmax[from] = flow.p_from;
    net.pg[from + 1] = net.pmin[from + 1] = net.pmax[from + 1] = flow.p_to;
}

void set_droop(int unit, double v, Network& net) {
    if (!net.is_unit(unit) || net.q_mode[unit] != ReactiveMode::q_of_v) return;
    ReactiveRule rule = net.source->generators[net.gen_row[unit]].reactive;
    rule.v_ref_pu = v;
    net.q_curve[unit] = reactive_curve(rule, net.base_mva, net.qmin[unit], net.qmax[unit]);
}

}  // namespace

std::vector<double> set_points(const Settings& settings, const Network& net) {
    if (settings.voltages.empty()) return {};
    std::vector<double> v_set = net.v_set, v_gen = net.v_gen;
    for (const Settings::Voltage& setting : settings.voltages) v_gen[setting.generator] = setting.v;
    for (const Settings::Voltage& setting : settings.voltages) {
        const int b = net.gen_bus[setting.generator];
        if (net.bus_type[b] == BusType::pq) continue;
        for (int k = net.gen_start[b]; k < net.gen_start[b + 1]; ++k)
            if (net.holds_own_bus(net.gens_at[k])) v_set[b] = v_gen[net.gens_at[k]];
    }
    return v_set;
}

void apply_settings(const Settings& settings, const Network& built, Network& net) {
    net.p_load = built.p_load;
    net.q_load = built.q_load;
    net.load_mix = built.load_mix;
    net.b_shunt = built.b_shunt;
    net.tap = built.tap;
    net.pg = built.pg;
    net.pmin = built.pmin;
    net.pmax = built.pmax;
    net.v_gen = built.v_gen;
    net.v_set = built.v_set;
    net.dc_set = built.dc_set;
    net.devices = built.devices;
    if (built.depends_on_voltage) net.q_curve = built.q_curve;
    for (const Settings::Load& load : settings.loads) {
        net.p_load[load.bus] = load.p;
        net.q_load[load.bus] = load.q;
    }
    for (const Settings::Mix& mix : settings.mixes)
        if (!net.load_mix.empty()) net.load_mix[mix.bus] = mix.mix;
    for (const Settings::Shunt& shunt : settings.shunts) net.b_shunt[shunt.bus] = shunt.b;
    for (const Settings::Tap& tap : settings.taps) net.tap[tap.branch] = tap.ratio;
    for (const Settings::Limits& limits : settings.limits) {
        net.pmin[limits.generator] = limits.pmin;
        net.pmax[limits.generator] = limits.pmax;
    }
    for (const GeneratorSetting& setting : settings.generator_p) net.pg[setting.generator] = setting.p;
    for (const Settings::DcLine& line : settings.dc_lines) set_dc_line(line.dc, line.p, net);
    if (auto v_set = set_points(settings, built); !v_set.empty()) net.v_set = std::move(v_set);
    for (const Settings::Voltage& voltage : settings.voltages) {
        net.v_gen[voltage.generator] = voltage.v;
        set_droop(voltage.generator, voltage.v, net);
    }
    for (Device& device : net.devices)
        if (device.kind == DeviceKind::tap) device.at = net.tap[device.branch];
}

}  // namespace araz

#include "lane_scenario.hpp"

#include <algorithm>

#include "araz/solver/graph.hpp"

namespace araz {

using solver::BusKind;

namespace {

// Scheduled injection of one bus from what is left there.
void schedule_bus(const Network& net, int bus, LoadedScenario& s) {
    s.p[bus] = -s.p_load[bus];
    s.q[bus] = -s.q_load[bus];
    for (int k = net.gen_start[bus]; k < net.gen_start[bus + 1]; ++k) {
        const int g = net.gens_at[k];
        if (s.gen_in[g] == 0) continue;
        s.p[bus] += s.gen_p[g];
        if (s.kind[bus] == BusKind::pq && net.holds_own_bus(g)) s.q[bus] += net.qg[g];
    }
}

void take_unit(const Network& net, int g, LoadedScenario& s) {
    if (s.gen_in[g] == 0) return;
    s.gen_in[g] = 0;
    s.q_load[net.gen_bus[g]] += net.scheduled_q(g, s.gen_p[g]);
    s.changed.push_back(net.gen_bus[g]);
}

// A DC line that lost one end delivers nothing at the other.
void drop_broken_dc_lines(const Network& net, LoadedScenario& s) {
    for (int g = net.n_unit; g + 1 < net.n_gen; g += 2) {
        if (s.gen_in[g] != 0 && s.gen_in[g + 1] != 0) continue;
        take_unit(net, g, s);
        take_unit(net, g + 1, s);
    }
}

void cut_off(const Network& net, int b, LoadedScenario& s) {
    s.kind[b] = BusKind::dead;
    s.dead.push_back(b);
    s.lost_load += s.p_load[b];
    for (int k = net.gen_start[b]; k < net.gen_start[b + 1]; ++k) {
        const int g = net.gens_at[k];
        if (s.gen_in[g] == 0) continue;
        if (net.is_unit(g)) s.lost_generation += s.gen_p[g];
        s.gen_in[g] = 0;
    }
    s.p_load[b] = s.q_load[b] = 0.0;
    s.changed.push_back(b);
}

void cut_off_lost_parts(const ElectricalModel& model, const Scenario& outage, LoadedScenario& s) {
    const Network& net = *model.network;
    const auto& out = outage.branches_out;
    if (out.empty() || (out.size() == 1 && model.bridge[out[0]] == 0)) return;
    if (out.size() == 1) {
        // A side without a reference was supplied from the other one.
        const std::vector<int> side = solver::smaller_side(model.pattern, out[0]);
        if (std::none_of(side.begin(), side.end(), [&](int b) { return s.kind[b] == BusKind::slack; })) {
            for (const int b : side)
                if (s.kind[b] != BusKind::dead) cut_off(net, b, s);
            return;
        }
    }
    const std::vector<int> part = solver::components(model.pattern, s.branch_out);
    std::vector<unsigned char> supplied(static_cast<std::size_t>(net.n_bus), 0);
    for (int b = 0; b < net.n_bus; ++b)
        if (s.kind[b] == BusKind::slack) supplied[part[b]] = 1;
    for (int b = 0; b < net.n_bus; ++b)
        if (supplied[part[b]] == 0 && s.kind[b] != BusKind::dead) cut_off(net, b, s);
}

}  // namespace

LoadedScenario load_intact(const ElectricalModel& model, const Scenario& scenario) {
    const Network& net = *model.network;
    LoadedScenario s;
    s.kind = model.kind;
    s.p_load = net.p_load;
    s.q_load = net.q_load;
    s.gen_p = net.pg;
    s.gen_in.assign(static_cast<std::size_t>(net.n_gen), 1);
    for (const GeneratorSetting& setting : scenario.generator_p) s.gen_p[setting.generator] = setting.p;
    for (const LoadChange& change : scenario.load_changes) {
        s.p_load[change.bus] += change.p;
        s.q_load[change.bus] += change.q;
    }
    for (int b = 0; b < net.n_bus; ++b) {
        if (s.kind[b] != BusKind::dead) continue;
        s.p_load[b] = s.q_load[b] = 0.0;
        for (int k = net.gen_start[b]; k < net.gen_start[b + 1]; ++k) s.gen_in[net.gens_at[k]] = 0;
    }
    // What units that do not regulate feed in counts as a consumption of the opposite sign.
    for (int g = 0; net.has_modes && g < net.n_gen; ++g)
        if (s.gen_in[g] != 0) s.q_load[net.gen_bus[g]] -= net.scheduled_q(g, s.gen_p[g]);
    drop_broken_dc_lines(net, s);
    s.p.resize(static_cast<std::size_t>(net.n_bus));
    s.q.resize(static_cast<std::size_t>(net.n_bus));
    for (int b = 0; b < net.n_bus; ++b) schedule_bus(net, b, s);
    s.changed.clear();
    return s;
}

void apply_settings(const ElectricalModel& model, const Settings& settings, LoadedScenario& s) {
    const Network& net = *model.network;
    std::vector<unsigned char> touched(static_cast<std::size_t>(net.n_bus), 0);
    // As differences, since loads and outputs may already be those of a shift.
    for (const Settings::Load& load : settings.loads) {
        if (s.kind[load.bus] == BusKind::dead) continue;
        s.p_load[load.bus] += load.p - net.p_load[load.bus];
        s.q_load[load.bus] += load.q - net.q_load[load.bus];
        touched[load.bus] = 1;
    }
    const auto set_output = [&](int g, double p) {
        const int b = net.gen_bus[g];
        if (s.gen_in[g] == 0) return;
        if (!net.regulates(g)) s.q_load[b] += net.scheduled_q(g, s.gen_p[g]) - net.scheduled_q(g, s.gen_p[g] + (p - net.pg[g]));
        s.gen_p[g] += p - net.pg[g];
        touched[b] = 1;
    };
    for (const GeneratorSetting& setting : settings.generator_p) set_output(setting.generator, setting.p);
    for (const Settings::DcLine& line : settings.dc_lines) {
        const DcFlow flow = dc_flow(net.dc_law[line.dc], line.p);
        set_output(net.n_unit + 2 * line.dc, flow.p_from);
        set_output(net.n_unit + 2 * line.dc + 1, flow.p_to);
    }
    for (int b = 0; b < net.n_bus; ++b) {
        if (touched[b] == 0) continue;
        s.changed.push_back(b);
        schedule_bus(net, b, s);
    }
    s.v_set = set_points(settings, net);
    if (!settings.limits.empty()) {
        s.pmin = net.pmin;
        s.pmax = net.pmax;
    }
    for (const Settings::Limits& limits : settings.limits) {
        s.pmin[limits.generator] = limits.pmin;
        s.pmax[limits.generator] = limits.pmax;
    }
    for (const Settings::Tap& tap : settings.taps) {
        const int l = tap.branch;
        if (tap.ratio == net.tap[l]) continue;
        s.taps.emplace_back(l, solver::branch_admittance(net.r[l], net.x[l], net.b_charge[l], tap.ratio, net.shift[l]));
    }
    std::sort(s.taps.begin(), s.taps.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const Settings::Shunt& shunt : settings.shunts)
        if (shunt.b != net.b_shunt[shunt.bus]) s.shunts.push_back(shunt);
}

void take_out(const ElectricalModel& model, const Scenario& outage, LoadedScenario& s) {
    const Network& net = *model.network;
    if (!outage.branches_out.empty()) {
        s.branch_out.assign(static_cast<std::size_t>(net.n_branch), 0);
        for (const int l : outage.branches_out) s.branch_out[l] = 1;
    }
    cut_off_lost_parts(model, outage, s);
    for (const int g : outage.generators_out) take_unit(net, g, s);
    drop_broken_dc_lines(net, s);
    std::sort(s.changed.begin(), s.changed.end());
    s.changed.erase(std::unique(s.changed.begin(), s.changed.end()), s.changed.end());
    for (const int b : s.changed) {
        const auto begin = net.gens_at.begin() + net.gen_start[b];
        const auto end = net.gens_at.begin() + net.gen_start[b + 1];
        const bool left = std::any_of(begin, end, [&](int g) { return s.gen_in[g] != 0 && net.holds_own_bus(g); });
        if (!left && s.kind[b] == BusKind::pv) s.kind[b] = BusKind::pq;
        if (!left && s.kind[b] == BusKind::slack) s.lost_reference = true;
        schedule_bus(net, b, s);
    }
}

}  // namespace araz

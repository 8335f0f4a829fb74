#include "araz/engine/electrical_model.hpp"

#include <algorithm>
#include <cmath>

#include "araz/solver/graph.hpp"

namespace araz {

namespace {

solver::BusKind kind_of(const Network& net, int bus) {
    if (net.island[bus] < 0) return solver::BusKind::dead;
    switch (net.bus_type[bus]) {
        case BusType::slack: return solver::BusKind::slack;
        case BusType::pv: return solver::BusKind::pv;
        case BusType::pq:
        case BusType::isolated: return solver::BusKind::pq;
    }
    return solver::BusKind::pq;
}

solver::BranchAdmittance charging_only(double b, double tap) {
    solver::BranchAdmittance y;
    y.bff = 0.5 * b / (tap * tap);
    y.btt = 0.5 * b;
    return y;
}

void add_loads(const Network& net, int n_node, ElectricalModel& model) {
    model.load.resize(static_cast<std::size_t>(n_node));
    model.p_constant.resize(static_cast<std::size_t>(net.n_bus));
    model.q_constant.resize(static_cast<std::size_t>(net.n_bus));
    for (int b = 0; b < net.n_bus; ++b) {
        const LoadMix& mix = net.load_mix[b];
        const double p = net.p_load[b];
        const double q = net.q_load[b];
        model.load.p1[b] = mix.p_i * p;
        model.load.p2[b] = mix.p_z * p;
        model.load.pe[b] = mix.p_e * p;
        model.load.np[b] = mix.p_exponent;
        model.load.q1[b] = mix.q_i * q;
        model.load.q2[b] = mix.q_z * q;
        model.load.qe[b] = mix.q_e * q;
        model.load.nq[b] = mix.q_exponent;
        model.p_constant[b] = p * (1.0 - mix.p_z - mix.p_i - mix.p_e);
        model.q_constant[b] = q * (1.0 - mix.q_z - mix.q_i - mix.q_e);
    }
}

void add_links(const Network& net, ElectricalModel& model) {
    model.links.first_node = net.n_bus;
    model.link_of_branch.assign(static_cast<std::size_t>(net.n_branch), -1);
    for (int l = 0; l < net.n_branch; ++l) {
        if (net.merged[l] == 0) continue;
        model.link_of_branch[l] = model.links.size();
        model.link_branch.push_back(l);
        model.links.from.push_back(net.from[l]);
        model.links.to.push_back(net.to[l]);
        model.links.log_tap.push_back(std::log(net.tap[l]));
        model.links.shift.push_back(net.shift[l]);
    }
}

void add_emulation(const NetworkPtr& network, ElectricalModel& model) {
    const Network& net = *network;
    solver::Emulation& all = model.emulation;
    all.first_node = net.n_bus + model.links.size();
    model.emulation_of_dc.assign(static_cast<std::size_t>(net.n_dc), -1);
    for (int dc = 0; dc < net.n_dc; ++dc) {
        if (net.dc_emulates[dc] == 0) continue;
        model.emulation_of_dc[dc] = all.size();
        model.emulated_dc.push_back(dc);
        all.from.push_back(net.dc_from(dc));
        all.to.push_back(net.dc_to(dc));
        all.p0.push_back(net.dc_p0[dc]);
        all.droop.push_back(net.dc_droop[dc]);
        all.low.push_back(net.dc_pmin[dc]);
        all.high.push_back(net.dc_pmax[dc]);
    }
    // Laws do not move with devices, so the network of the build serves for its copies.
    all.ends = [network, lines = model.emulated_dc](int link, double power) {
        const Network& grid = *network;
        const int dc = lines[static_cast<std::size_t>(link)];
        const DcFlow flow = dc_flow(grid.dc_law[dc], power);
        solver::EmulatedEnds out;
        out.p[0] = flow.p_from;
        out.p[1] = flow.p_to;
        out.dp[0] = flow.dp_from;
        out.dp[1] = flow.dp_to;
        for (int end = 0; end < 2; ++end) {
            if (grid.end_regulates[2 * dc + end] != 0) continue;
            const DcReactivePoint at = dc_reactive(grid.end_reactive[2 * dc + end], out.p[end]);
            out.q[end] = at.q;
            out.dq[end] = at.slope * out.dp[end];
        }
        return out;
    };
}

}  // namespace

std::shared_ptr<const ElectricalModel> ElectricalModel::build(NetworkPtr network) {
    auto model = std::make_shared<ElectricalModel>();
    const Network& net = *network;
    model->network = network;
    add_links(net, *model);
    add_emulation(network, *model);
    const int n_node = net.n_bus + model->links.size() + model->emulation.size();
    std::vector<std::pair<int, int>> couplings;
    for (int k = 0; k < model->emulation.size(); ++k) {
        couplings.emplace_back(model->emulation.from[k], model->emulation.node(k));
        couplings.emplace_back(model->emulation.to[k], model->emulation.node(k));
    }
    for (int k = 0; k < model->links.size(); ++k) {
        couplings.emplace_back(model->links.from[k], model->links.node(k));
        couplings.emplace_back(model->links.to[k], model->links.node(k));
    }
    model->pattern = solver::AdmittancePattern::build(n_node, net.from, net.to, couplings);
    model->links.find_slots(model->pattern);
    model->emulation.find_slots(model->pattern);
    for (int l = 0; l < net.n_branch; ++l) {
        const bool merged = net.merged[l] != 0;
        model->elements.branch.push_back(
            merged ? charging_only(net.b_charge[l], net.tap[l])
                   : solver::branch_admittance(net.r[l], net.x[l], net.b_charge[l], net.tap[l], net.shift[l]));
        // A branch without reactance carries no DC flow; the DC study reports it.
        model->dc.b.push_back(merged || net.x[l] == 0.0 ? 0.0 : 1.0 / (net.x[l] * net.tap[l]));
        model->dc.shift.push_back(net.shift[l]);
    }
    model->elements.g_shunt = net.g_shunt;
    model->elements.b_shunt = net.b_shunt;
    model->elements.g_shunt.resize(static_cast<std::size_t>(n_node), 0.0);
    model->elements.b_shunt.resize(static_cast<std::size_t>(n_node), 0.0);
    if (!net.load_mix.empty()) add_loads(net, n_node, *model);
    solver::assemble(model->pattern, model->elements, model->ybus);
    model->bridge = solver::bridges(model->pattern);
    for (int b = 0; b < net.n_bus; ++b) model->kind.push_back(kind_of(net, b));
    for (int k = 0; k < model->links.size(); ++k)
        model->kind.push_back(net.island[model->links.from[k]] < 0 ? solver::BusKind::dead : solver::BusKind::link);
    model->kind.resize(static_cast<std::size_t>(n_node), solver::BusKind::emulation);
    return model;
}

void apply_positions(const ElectricalModel& built, std::span<const DevicePosition> devices, Network& net, ElectricalModel& model) {
    const Network& before = *built.network;
    std::vector<double> added(static_cast<std::size_t>(net.n_bus), 0.0);
    for (std::size_t d = 0; d < devices.size(); ++d) {
        Device& device = net.devices[d];
        device.at = devices[d].value;
        if (device.branch < 0) {
            added[device.bus] += device.at - before.devices[d].at;
            continue;
        }
        const int l = device.branch;
        (device.kind == DeviceKind::tap ? net.tap : net.shift)[l] = device.at;
        model.elements.branch[l] = solver::branch_admittance(net.r[l], net.x[l], net.b_charge[l], net.tap[l], net.shift[l]);
        model.dc.b[l] = net.x[l] == 0.0 ? 0.0 : 1.0 / (net.x[l] * net.tap[l]);
        model.dc.shift[l] = net.shift[l];
    }
    for (int b = 0; b < net.n_bus; ++b) {
        net.b_shunt[b] = before.b_shunt[b] + added[b];
        model.elements.b_shunt[b] = net.b_shunt[b];
    }
    solver::assemble(model.pattern, model.elements, model.ybus);
}

ModelPtr at_positions(const ModelPtr& built, std::span<const DevicePosition> devices) {
    const auto& now = built->network->devices;
    bool moved = false;
    for (std::size_t d = 0; d < devices.size(); ++d) moved = moved || now[d].at != devices[d].value;
    if (!moved) return built;
    auto net = std::make_shared<Network>(*built->network);
    auto model = std::make_shared<ElectricalModel>(*built);
    apply_positions(*built, devices, *net, *model);
    model->network = net;
    return model;
}

void apply_settings(const ElectricalModel& built, const Settings& settings, Network& net, ElectricalModel& model) {
    const std::vector<double> tap_before = net.tap, shunt_before = net.b_shunt;
    apply_settings(settings, *built.network, net);
    for (int l = 0; l < net.n_branch; ++l) {
        if (net.tap[l] == tap_before[l]) continue;
        if (const int link = model.link_of_branch[l]; link >= 0) {
            model.links.log_tap[link] = std::log(net.tap[l]);
            model.elements.branch[l] = charging_only(net.b_charge[l], net.tap[l]);
            continue;
        }
        model.elements.branch[l] = solver::branch_admittance(net.r[l], net.x[l], net.b_charge[l], net.tap[l], net.shift[l]);
        model.dc.b[l] = net.x[l] == 0.0 ? 0.0 : 1.0 / (net.x[l] * net.tap[l]);
    }
    std::copy(net.b_shunt.begin(), net.b_shunt.end(), model.elements.b_shunt.begin());
    if (!net.load_mix.empty()) add_loads(net, model.pattern.n_bus, model);
    if (net.tap != tap_before || net.b_shunt != shunt_before) solver::assemble(model.pattern, model.elements, model.ybus);
}

ModelPtr with_settings(const ModelPtr& built, const Settings& settings) {
    if (settings.empty()) return built;
    auto net = std::make_shared<Network>(*built->network);
    auto model = std::make_shared<ElectricalModel>(*built);
    apply_settings(*built, settings, *net, *model);
    model->network = net;
    return model;
}

ReactiveRange reactive_range(const Network& net, int generator, double p) {
    ReactiveRange range{net.qmin[generator], net.qmax[generator]};
    if (!net.is_unit(generator)) {
        if (net.regulates(generator)) return range;
        const double q = net.scheduled_q(generator, p);
        return {q, q};
    }
    const GeneratorRow& row = net.source->generators[net.gen_row[generator]];
    if (row.pc1_mw == row.pc2_mw) return range;
    const double along = (p * net.base_mva - row.pc1_mw) / (row.pc2_mw - row.pc1_mw);
    const auto corner = [&](double q1, double q2) { return (q1 + along * (q2 - q1)) / net.base_mva; };
    range.max = std::min(range.max, corner(row.qc1max_mvar, row.qc2max_mvar));
    range.min = std::max(range.min, corner(row.qc1min_mvar, row.qc2min_mvar));
    if (range.min > range.max) range.min = range.max = 0.5 * (range.min + range.max);
    return range;
}

}  // namespace araz

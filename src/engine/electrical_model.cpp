#include "araz/engine/electrical_model.hpp"

#include <algorithm>

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

}  // namespace

std::shared_ptr<const ElectricalModel> ElectricalModel::build(NetworkPtr network) {
    auto model = std::make_shared<ElectricalModel>();
    const Network& net = *network;
    model->network = network;
    model->pattern = solver::AdmittancePattern::build(net.n_bus, net.from, net.to);
    for (int l = 0; l < net.n_branch; ++l) {
        model->elements.branch.push_back(
            solver::branch_admittance(net.r[l], net.x[l], net.b_charge[l], net.tap[l], net.shift[l]));
        // A branch without reactance carries no DC flow; the DC study reports it.
        model->dc.b.push_back(net.x[l] == 0.0 ? 0.0 : 1.0 / (net.x[l] * net.tap[l]));
        model->dc.shift.push_back(net.shift[l]);
    }
    model->elements.g_shunt = net.g_shunt;
    model->elements.b_shunt = net.b_shunt;
    solver::assemble(model->pattern, model->elements, model->ybus);
    model->bridge = solver::bridges(model->pattern);
    for (int b = 0; b < net.n_bus; ++b) model->kind.push_back(kind_of(net, b));
    return model;
}

ReactiveRange reactive_range(const Network& net, int generator, double p) {
    ReactiveRange range{net.qmin[generator], net.qmax[generator]};
    if (!net.is_unit(generator)) return range;
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

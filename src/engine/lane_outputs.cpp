// What a lane's state says of branches and units.
#include <algorithm>

#include "araz/engine/lane_sweep.hpp"
#include "outputs.hpp"

namespace araz {

using solver::BusKind;

solver::BranchFlow LaneOutcome::flow(int branch) const {
    const Network& net = *model->network;
    const int f = net.from[branch];
    const int t = net.to[branch];
    if (!scenario->branch_out.empty() && scenario->branch_out[branch] != 0) return {};
    if (!(vm(f) > 0.0) || !(vm(t) > 0.0)) return {};
    const auto& taps = scenario->taps;
    const auto own = std::lower_bound(taps.begin(), taps.end(), branch, [](const auto& tap, int l) { return tap.first < l; });
    const solver::BranchAdmittance& y = own != taps.end() && own->first == branch ? own->second : model->elements.branch[branch];
    const double ef = e(f), ff = this->f(f), et = e(t), ft = this->f(t);
    // I = Y V at each end, S = V conj(I).
    const double if_re = y.gff * ef - y.bff * ff + y.gft * et - y.bft * ft;
    const double if_im = y.gff * ff + y.bff * ef + y.gft * ft + y.bft * et;
    const double it_re = y.gtf * ef - y.btf * ff + y.gtt * et - y.btt * ft;
    const double it_im = y.gtf * ff + y.btf * ef + y.gtt * ft + y.btt * et;
    return {ef * if_re + ff * if_im, ff * if_re - ef * if_im, et * it_re + ft * it_im, ft * it_re - et * it_im};
}

// Net injections of buses with units: of nodes what the kernels have, of the others (references) what leaves them.
void LaneOutcome::set_injections(std::vector<double>& p, std::vector<double>& q) const {
    const Network& net = *model->network;
    const solver::LaneProgram& program = group->program();
    p.assign(static_cast<std::size_t>(net.n_bus), 0.0);
    q.assign(static_cast<std::size_t>(net.n_bus), 0.0);
    for (int b = 0; b < net.n_bus; ++b) {
        if (net.gen_start[b] == net.gen_start[b + 1]) continue;  // nobody asks
        const int place = program.place_of[b];
        if (place < program.n_node) {
            if (scenario->kind[b] != BusKind::pv && scenario->kind[b] != BusKind::pq) continue;
            p[b] = group->p_calc(lane, place);
            q[b] = group->q_calc(lane, place);
            continue;
        }
        if (scenario->kind[b] == BusKind::dead) continue;
        const auto own = std::find_if(scenario->shunts.begin(), scenario->shunts.end(), [&](const auto& s) { return s.bus == b; });
        const double vv = vm(b) * vm(b);
        p[b] = vv * net.g_shunt[b];
        q[b] = -vv * (own != scenario->shunts.end() ? own->b : net.b_shunt[b]);
        for (int k = model->pattern.incident_start[b]; k < model->pattern.incident_start[b + 1]; ++k) {
            const int l = model->pattern.incident[k];
            const solver::BranchFlow out = flow(l);
            p[b] += net.from[l] == b ? out.p_from : out.p_to;
            q[b] += net.from[l] == b ? out.q_from : out.q_to;
        }
    }
}

void LaneOutcome::outputs(LaneOutputs& into) const {
    set_injections(into.p, into.q);
    into.solution.pin.assign(pin.begin(), pin.end());
    into.solution.p_load = scenario->p_load;
    share_outputs(*model, scenario->kind, scenario->gen_in, scenario->gen_p, into.p, into.q, scenario->q_load, nullptr, into.solution);
}

}  // namespace araz

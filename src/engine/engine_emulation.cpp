// DC lines under AC emulation in an engine: when they act, where they start, and what their ends feed in.
#include <cmath>
#include <limits>

#include "araz/engine/engine.hpp"

namespace araz {

using solver::BusKind;

bool Engine::is_emulated(int generator) const {
    const Network& net = network();
    if (net.is_unit(generator)) return false;
    const int k = model_->emulation_of_dc[(generator - net.n_unit) / 2];
    return k >= 0 && kind_[model_->emulation.node(k)] == BusKind::emulation;
}

// Emulation acts while both ends are in one synchronous part. Without an angle between them the line goes to its
// set-point, whatever it carried before: the answer must not depend on the way to it.
void Engine::set_up_emulation() {
    const Network& net = network();
    const solver::Emulation& all = model_->emulation;
    for (int k = 0; k < all.size(); ++k) {
        const int dc = model_->emulated_dc[k];
        const int g = net.n_unit + 2 * dc;
        const bool in = gen_in_[g] != 0 && gen_in_[g + 1] != 0;
        const bool acts = in && part_[all.from[k]] == part_[all.to[k]] && part_[all.from[k]] >= 0;
        kind_[all.node(k)] = acts ? BusKind::emulation : BusKind::dead;
        if (!in) continue;
        const DcFlow flow = dc_flow(net.dc_law[dc], acts ? all.cut(k, all.p0[k]) : net.dc_set[dc]);
        gen_p_[g] = flow.p_from;
        gen_p_[g + 1] = flow.p_to;
    }
}

// The power that the angles of the state ask for.
void Engine::start_emulation() {
    const solver::Emulation& all = model_->emulation;
    for (int k = 0; k < all.size(); ++k) {
        const int node = all.node(k);
        state_.vm[node] = 0.0;
        state_.va[node] = kind_[node] == BusKind::emulation ? all.cut(k, all.asked(k, state_.va)) : 0.0;
    }
}

// Outputs of the ends, and their reactive power within the schedule of their buses, at the state.
void Engine::follow_emulation() {
    const Network& net = network();
    const solver::Emulation& all = model_->emulation;
    for (int k = 0; k < all.size(); ++k) {
        if (kind_[all.node(k)] != BusKind::emulation) continue;
        const solver::EmulatedEnds at = all.ends(k, state_.va[all.node(k)]);
        for (int end = 0; end < 2; ++end) {
            const int g = net.n_unit + 2 * model_->emulated_dc[k] + end;
            gen_p_[g] = at.p[end];
            double& held = emulated_q_[2 * static_cast<std::size_t>(k) + static_cast<std::size_t>(end)];
            if (std::isnan(held)) continue;
            q_[net.gen_bus[g]] += at.q[end] - held;
            held = at.q[end];
        }
    }
}

}  // namespace araz

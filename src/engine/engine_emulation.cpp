// DC lines under AC emulation in an engine: when they act, where they start, and what their ends feed in.
#include <algorithm>
#include <cmath>
#include <limits>

#include "araz/engine/engine.hpp"
#include "balance.hpp"

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

// Steep droops beside each other can make the sides of the limits flip for ever within one Newton iteration. Then each
// line is held to its angle or to a limit, the state is solved, and what is on the wrong side changes over: all of them
// at first, later the one that comes first in the case. As the lines' angles fall with what they carry, that ends
// (linear complementarity with a P-matrix, least-index rule: K. G. Murty, Linear Algebra Appl. 9, 1974).
solver::NewtonReport Engine::solve_by_sides(const solver::NewtonOptions& options, const std::string& phase, Solution& solution) {
    constexpr int all_at_once = 6;
    constexpr int max_rounds = 300;
    const solver::Emulation& all = model_->emulation;
    const double margin = 10.0 * options.tolerance;
    emulated_side_.assign(static_cast<std::size_t>(all.size()), 0);
    for (int k = 0; k < all.size(); ++k)
        emulated_side_[static_cast<std::size_t>(k)] = static_cast<signed char>(all.side(k, all.asked(k, state_.va)));
    solver::NewtonReport report;
    for (int round = 0; round < max_rounds; ++round) {
        report = note(newton_.solve(problem(), state_, options, border()), phase, solution);
        if (!is_solved(report.status)) break;
        bool settled = true;
        for (int k = 0; k < all.size(); ++k) {
            if (kind_[all.node(k)] != BusKind::emulation) continue;
            signed char& side = emulated_side_[static_cast<std::size_t>(k)];
            const double asked = all.asked(k, state_.va);
            const double beyond = side == 0 ? std::max(asked - all.high[k], all.low[k] - asked)
                                            : side > 0 ? all.high[k] - asked : asked - all.low[k];
            if (beyond <= margin) continue;
            side = static_cast<signed char>(side == 0 ? all.side(k, asked) : 0);
            settled = false;
            if (round >= all_at_once) break;
        }
        if (settled) break;
        report.status = SolveStatus::limit_cycle;
    }
    emulated_side_.clear();
    return report;
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
            q_other_[net.gen_bus[g]] += at.q[end] - held;
            held = at.q[end];
        }
    }
}

}  // namespace araz

// The DC power flow of an engine.
#include <algorithm>
#include <cmath>

#include "araz/engine/engine.hpp"
#include "balance.hpp"
#include "links.hpp"
#include "outputs.hpp"
#include "rung.hpp"
#include "without.hpp"

namespace araz {

using solver::BusKind;

// Angles of the lossless model. DC lines under emulation are branches of it while they stand between their limits;
// what their converters and lines lose is an injection that depends on their power, found by repetition.
bool Engine::solve_dc_angles() {
    constexpr int max_rounds = 50;
    const Network& net = network();
    const solver::Emulation& all = model_->emulation;
    std::vector<int> at_limit(static_cast<std::size_t>(all.size()), 0);
    const std::vector<double> scheduled = p_;
    for (int round = 0; round < max_rounds; ++round) {
        std::vector<double> beyond(kind_.size(), 0.0);  // beyond -u and u
        for (int k = 0; k < all.size(); ++k) {
            const int node = all.node(k);
            if (kind_[node] != BusKind::emulation) continue;
            const solver::EmulatedEnds at = all.ends(k, state_.va[node]);
            beyond[all.from[k]] += at.p[0] + state_.va[node];
            beyond[all.to[k]] += at.p[1] - state_.va[node];
        }
        p_ = scheduled;
        if (balance_) balance_->balance_dc(beyond);
        std::vector<double> p = p_;
        for (int b = 0; b < net.n_bus; ++b) p[b] += beyond[b] - net.g_shunt[b];  // the DC model's shunts draw their power at 1 p.u.
        const std::vector<double> before = state_.va;
        solver::DcSolver dc(model_->pattern, without(model_->dc, out_mask_), kind_, model_->links_or_null(),
                            model_->emulation_or_null(), at_limit);
        if (!dc.ok()) return false;
        dc.solve(p, state_.va);
        bool settled = true;
        for (int k = 0; k < all.size(); ++k) {
            const int node = all.node(k);
            if (kind_[node] != BusKind::emulation) continue;
            const double asked = all.asked(k, state_.va);
            const int side = asked > all.high[k] ? 1 : asked < all.low[k] ? -1 : 0;
            settled = settled && side == at_limit[k] && std::abs(state_.va[node] - before[node]) < 1e-13;
            at_limit[k] = side;
        }
        if (settled) return true;
    }
    return false;
}

Solution Engine::solve_dc(const Scenario& scenario) {
    Solution solution;
    dc_ = true;
    load(scenario, solution);
    set_start(Rung{Start::flat, false, false, "dc", 0}, nullptr, solution);
    const Network& net = network();
    for (int b = 0; b < net.n_bus; ++b) state_.vm[b] = kind_[b] == BusKind::dead ? 0.0 : 1.0;
    const solver::DcBranches branches = without(model_->dc, solution.branch_out);
    solution.start = "dc";
    solution.status = solve_dc_angles() ? SolveStatus::converged : SolveStatus::singular;
    follow_emulation();
    ++power_flows_;
    solution.pin.assign(static_cast<std::size_t>(net.n_bus), Pin::none);
    solution.vm.assign(state_.vm.begin(), state_.vm.begin() + net.n_bus);
    solution.va.assign(state_.va.begin(), state_.va.begin() + net.n_bus);

    std::vector<double> p_calc(static_cast<std::size_t>(net.n_bus), 0.0);
    std::vector<double> q_calc(static_cast<std::size_t>(net.n_bus), 0.0);
    for (int l = 0; l < net.n_branch; ++l) {
        const double flow = branches.b[l] * (state_.va[net.from[l]] - state_.va[net.to[l]] - branches.shift[l]);
        p_calc[net.from[l]] += flow;
        p_calc[net.to[l]] -= flow;
    }
    const int n_link = model_->n_link();
    solution.link_p.assign(static_cast<std::size_t>(n_link), 0.0);
    solution.link_q = solution.link_p;
    for (int k = 0; k < n_link; ++k) {
        const double flow = kind_[model_->links.node(k)] == BusKind::link ? state_.va[model_->links.node(k)] : 0.0;
        p_calc[model_->links.from[k]] += flow;
        p_calc[model_->links.to[k]] -= flow;
    }
    if (n_link > 0) {
        std::vector<double> through(static_cast<std::size_t>(net.n_bus), 0.0);
        for (int k = 0; k < n_link; ++k) {
            const double flow = kind_[model_->links.node(k)] == BusKind::link ? state_.va[model_->links.node(k)] : 0.0;
            through[model_->links.from[k]] += flow;
            through[model_->links.to[k]] -= flow;
        }
        share_among_links(*model_, solution, through, solution.link_p);
    }
    for (int b = 0; b < net.n_bus; ++b) p_calc[b] += net.g_shunt[b];
    share_outputs(*model_, kind_, gen_in_, gen_p_, p_calc, q_calc, joined_.empty() ? nullptr : &joined_, solution);
    std::fill(solution.gen_q.begin(), solution.gen_q.end(), 0.0);
    if (balance_) {
        solution.balances = balance_->report(solution);
        for (SlackBalance& balance : solution.balances) balance.net_export = balance.target;  // the DC model meets it exactly
        solution.tried.emplace_back("dc");
        static_cast<void>(is_balanced(solution));
    }
    return solution;
}

}  // namespace araz

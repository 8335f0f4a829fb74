// Units that do not hold the voltage of their bus: outputs that follow P or V, and buses that are held from elsewhere.
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "araz/engine/engine.hpp"
#include "balance.hpp"
#include "regulation.hpp"

namespace araz {

using solver::BusKind;

namespace {

// The part of the tolerance that outputs which follow an active output may be behind.
constexpr double behind = 0.1;

bool is_in_service_here(const Network& net, const std::vector<unsigned char>& gen_in, const std::vector<BusKind>& kind, int g) {
    return gen_in[g] != 0 && kind[net.gen_bus[g]] != BusKind::dead;
}

// b := a^-1 b; the matrices have a row per group of units that share a regulation. A row without a pivot gives 0.
void solve_small(std::vector<std::vector<double>>& a, std::vector<double>& b) {
    const std::size_t n = b.size();
    for (std::size_t k = 0; k < n; ++k) {
        std::size_t best = k;
        for (std::size_t i = k + 1; i < n; ++i)
            if (std::abs(a[i][k]) > std::abs(a[best][k])) best = i;
        std::swap(a[k], a[best]);
        std::swap(b[k], b[best]);
        if (a[k][k] == 0.0) continue;
        for (std::size_t i = k + 1; i < n; ++i) {
            const double factor = a[i][k] / a[k][k];
            for (std::size_t j = k; j < n; ++j) a[i][j] -= factor * a[k][j];
            b[i] -= factor * b[k];
        }
    }
    for (std::size_t k = n; k-- > 0;) {
        for (std::size_t j = k + 1; j < n; ++j) b[k] -= a[k][j] * b[j];
        b[k] = a[k][k] == 0.0 ? 0.0 : b[k] / a[k][k];
    }
}

// Shares where all members state one, else places in their ranges; equal parts where those are infinite or empty.
void set_weights(const Network& net, RegulationGroup& group) {
    double shares = 0.0, width = 0.0;
    bool all_state = true;
    for (const RegulationMember& member : group.members) {
        all_state = all_state && net.reactive_share[member.unit] > 0.0;
        shares += net.reactive_share[member.unit];
        width += member.range.max - member.range.min;
    }
    const bool by_range = !all_state && std::isfinite(width) && width > 0.0;
    for (RegulationMember& member : group.members) {
        member.start = by_range ? member.range.min : 0.0;
        member.weight = all_state  ? net.reactive_share[member.unit] / shares
                        : by_range ? member.range.max - member.range.min
                                   : 1.0 / static_cast<double>(group.members.size());
    }
}

}  // namespace

double Engine::other_q(int bus) const {
    const Network& net = network();
    double sum = 0.0;
    for (int k = net.gen_start[bus]; k < net.gen_start[bus + 1]; ++k)
        if (const int g = net.gens_at[k]; gen_in_[g] != 0) sum += net.scheduled_q(g, gen_p_[g]);
    return sum;
}

void Engine::set_up_outputs(const Solution& solution) {
    const Network& net = network();
    q_other_.assign(static_cast<std::size_t>(net.n_bus), 0.0);
    q_fixed_ = solution.q_load;
    if (!net.has_modes) return;
    for (int b = 0; b < net.n_bus; ++b) q_other_[b] = other_q(b);
    fix_consumption(solution);
    if (!net.depends_on_voltage || dc_) return;
    curves_.of_bus.assign(kind_.size(), -1);
    for (int g = 0; g < net.n_unit; ++g) {
        if (net.q_mode[g] != ReactiveMode::q_of_v || !is_in_service_here(net, gen_in_, kind_, g)) continue;
        int& at = curves_.of_bus[net.gen_bus[g]];
        if (at < 0) {
            at = static_cast<int>(curves_.line.size());
            curves_.line.emplace_back();
        }
        curves_.line[at] = sum_of(curves_.line[at], net.q_curve[g]);
    }
}

void Engine::fix_consumption(const Solution& solution) {
    for (std::size_t b = 0; b < q_fixed_.size(); ++b) q_fixed_[b] = solution.q_load[b] - q_other_[b];
}

// True: an output that follows P has moved where Q is an equation, so there is something to solve again.
bool Engine::follow_outputs(const Solution& solution) {
    const Network& net = network();
    if (!net.has_modes) return false;
    gather_supply(solution);
    bool moved = false;
    for (int b = 0; b < net.n_bus; ++b) {
        const double now = other_q(b);
        if (std::abs(now - q_other_[b]) <= behind * options_.tolerance) continue;
        q_[b] += now - q_other_[b];
        q_other_[b] = now;
        moved = moved || has_q_equation(kind_[b]);
    }
    return moved;
}

// Units that hold a bus together become one unknown; their buses, and the one they hold, have Q given.
void Engine::set_up_regulation() {
    const Network& net = network();
    both_borders_.reset();
    if (!net.regulates_remotely || dc_) return;
    std::vector<int> root(static_cast<std::size_t>(net.n_bus));
    std::iota(root.begin(), root.end(), 0);
    const auto find = [&](int b) {
        while (root[b] != b) b = root[b] = root[root[b]];
        return b;
    };
    for (int k = 0; k < model_->n_link(); ++k) {
        if (kind_[model_->links.node(k)] != BusKind::link) continue;
        const int a = find(model_->links.from[k]);
        const int b = find(model_->links.to[k]);
        root[std::max(a, b)] = std::min(a, b);
    }
    std::map<int, std::vector<int>> holders;  // by the first of the joined buses they hold
    std::map<int, int> held;                  // that are held from elsewhere: the bus named
    for (int g = 0; g < net.n_unit; ++g) {
        if (!net.regulates(g) || !is_in_service_here(net, gen_in_, kind_, g)) continue;
        const int own = net.gen_bus[g];
        const int bus = net.regulated[g];
        if (bus == own) {
            if (!std::isnan(net.v_set[own])) holders[find(own)].push_back(g);
        } else if (part_[bus] == part_[own] && kind_[bus] != BusKind::dead) {
            holders[find(bus)].push_back(g);
            held.emplace(find(bus), bus);
        } else if (kind_[own] == BusKind::pq && std::isnan(v_set_[own])) {  // cut off: it holds what it has
            kind_[own] = BusKind::pv;
            v_set_[own] = net.v_gen[g];
        }
    }
    std::vector<RegulationGroup> groups;
    const auto give_up = [&](int b) {
        kind_[b] = is_reference(kind_[b]) ? BusKind::angle : kind_[b] == BusKind::pv ? BusKind::pq : kind_[b];
    };
    for (const auto& [first, bus] : held) {
        RegulationGroup group;
        group.bus = bus;
        for (const int g : holders[first]) {
            RegulationMember member;
            member.unit = g;
            member.bus = net.gen_bus[g];
            member.range = reactive_range(net, g, gen_p_[g]);
            group.v_set = net.v_gen[g];
            group.members.push_back(member);
            give_up(member.bus);
        }
        give_up(bus);
        set_weights(net, group);
        groups.push_back(std::move(group));
    }
    if (!groups.empty()) regulation_ = std::make_unique<Regulation>(std::move(groups), q_);
}

solver::Border* Engine::border() {
    if (!regulation_) return balance_.get();
    if (!balance_) return regulation_.get();
    if (!both_borders_) both_borders_ = std::make_unique<BothBorders>(balance_.get(), regulation_.get());
    return both_borders_.get();
}

bool Engine::linearize() {
    if (!newton_.linearize(problem(), state_)) return false;
    border_columns_.clear();
    const solver::Border* bordering = border();
    for (int k = 0; bordering != nullptr && k < bordering->size(); ++k) {
        std::vector<double>& column = border_columns_.emplace_back(2 * kind_.size(), 0.0);
        bordering->column(k, column);
        clear_held(column);
        newton_.solve_linearized(column);
    }
    return true;
}

void Engine::clear_held(std::span<double> x) const {
    for (std::size_t b = 0; b < kind_.size(); ++b) {
        if (!has_p_equation(kind_[b])) x[2 * b] = 0.0;
        if (!has_q_equation(kind_[b])) x[2 * b + 1] = 0.0;
    }
}

// With units that share the slack or a regulation answering: the block elimination of the Newton step (solver/border.hpp). What
// enters at a reference counts in its own balance.
void Engine::solve_linearized(std::span<double> x) {
    const solver::Border* bordering = border();
    const std::size_t n = border_columns_.size();
    std::vector<double> du(n, 0.0);
    for (std::size_t k = 0; k < n; ++k)
        if (balance_ && static_cast<int>(k) < balance_->size()) du[k] = -balance_->entering(static_cast<int>(k), x);
    clear_held(x);
    newton_.solve_linearized(x);
    if (n == 0) return;
    const solver::PowerFlowProblem now = problem();
    std::vector<std::vector<double>> matrix(n, std::vector<double>(n, 0.0));
    for (std::size_t k = 0; k < n; ++k) {
        const int row = static_cast<int>(k);
        du[k] -= bordering->along(row, newton_.equations(), now, state_, x);
        for (std::size_t j = 0; j < n; ++j)
            matrix[k][j] = bordering->own(row, static_cast<int>(j)) +
                           bordering->along(row, newton_.equations(), now, state_, border_columns_[j]);
    }
    solve_small(matrix, du);
    for (std::size_t k = 0; k < n; ++k)
        for (std::size_t i = 0; i < x.size(); ++i) x[i] += du[k] * border_columns_[k][i];
}

void Engine::report_regulation(Solution& solution) const {
    solution.regulations.clear();
    if (!regulation_) return;
    for (const RegulationGroup& group : regulation_->groups()) {
        SharedRegulation& out = solution.regulations.emplace_back();
        out.bus = group.bus;
        out.v_set = group.v_set;
        out.exhausted = group.is_exhausted();
        for (const RegulationMember& member : group.members) {
            out.units.push_back(member.unit);
            out.pins.push_back(member.pin);
            solution.gen_q[member.unit] = group.output(member);
        }
        if (out.exhausted && holds_voltage(model_->kind[group.bus]))
            solution.pin[group.bus] = state_.vm[group.bus] <= group.v_set ? Pin::q_max : Pin::q_min;
    }
}

}  // namespace araz

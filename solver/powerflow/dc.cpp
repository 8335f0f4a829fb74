#include "araz/solver/dc.hpp"

namespace araz::solver {

namespace {

bool is_fixed(BusKind kind) { return is_reference(kind) || kind == BusKind::dead; }

}  // namespace

DcSolver::DcSolver(const AdmittancePattern& pattern, const DcBranches& branches, std::span<const BusKind> kind,
                   const Links* links, const Emulation* emulation, std::vector<int> at_limit)
    : pattern_(&pattern), branches_(branches), kind_(kind.begin(), kind.end()), links_(links), emulation_(emulation),
      at_limit_(std::move(at_limit)) {
    if (emulation_ != nullptr) at_limit_.resize(static_cast<std::size_t>(emulation_->size()), 0);
    const int n = pattern.n_bus;
    std::vector<double> values(static_cast<std::size_t>(pattern.nnz()), 0.0);
    for (int l = 0; l < pattern.n_branch(); ++l) {
        const int f = pattern.from[l];
        const int t = pattern.to[l];
        const double b = branches_.b[l];
        if (!is_fixed(kind_[f])) {
            values[pattern.diagonal[f]] += b;
            values[pattern.slot_ft[l]] -= b;
        }
        if (!is_fixed(kind_[t])) {
            values[pattern.diagonal[t]] += b;
            values[pattern.slot_tf[l]] -= b;
        }
    }
    for (int i = 0; i < n; ++i)
        if (is_fixed(kind_[i])) values[pattern.diagonal[i]] = 1.0;
    for (int k = 0; links_ != nullptr && k < links_->size(); ++k) {
        if (kind_[links_->node(k)] != BusKind::link) continue;
        values[links_->slot_nf[k]] = 1.0;
        values[links_->slot_nt[k]] = -1.0;
        if (!is_fixed(kind_[links_->from[k]])) values[links_->slot_fn[k]] = 1.0;
        if (!is_fixed(kind_[links_->to[k]])) values[links_->slot_tn[k]] = -1.0;
    }
    for (int k = 0; emulation_ != nullptr && k < emulation_->size(); ++k) {
        const Emulation& dc = *emulation_;
        if (kind_[dc.node(k)] != BusKind::emulation) continue;
        values[pattern.diagonal[dc.node(k)]] = 1.0;
        if (at_limit_[k] == 0) {
            values[dc.slot_nf[k]] = -dc.droop[k];
            values[dc.slot_nt[k]] = dc.droop[k];
        }
        if (!is_fixed(kind_[dc.from[k]])) values[dc.slot_fn[k]] = 1.0;
        if (!is_fixed(kind_[dc.to[k]])) values[dc.slot_tn[k]] = -1.0;
    }
    rhs_.resize(n);
    ok_ = lu_.analyze(n, pattern.row_start, pattern.column) && lu_.factor(values).ok;
}

void DcSolver::solve(std::span<const double> p, std::span<double> va) {
    const int n = pattern_->n_bus;
    for (int i = 0; i < n; ++i) rhs_[i] = is_fixed(kind_[i]) ? va[i] : p[i];
    for (int l = 0; l < pattern_->n_branch(); ++l) {
        const double pushed = branches_.b[l] * branches_.shift[l];
        if (!is_fixed(kind_[pattern_->from[l]])) rhs_[pattern_->from[l]] += pushed;
        if (!is_fixed(kind_[pattern_->to[l]])) rhs_[pattern_->to[l]] -= pushed;
    }
    for (int k = 0; links_ != nullptr && k < links_->size(); ++k)
        if (kind_[links_->node(k)] == BusKind::link) rhs_[links_->node(k)] = links_->shift[k];
    for (int k = 0; emulation_ != nullptr && k < emulation_->size(); ++k) {
        const Emulation& dc = *emulation_;
        if (kind_[dc.node(k)] != BusKind::emulation) continue;
        rhs_[dc.node(k)] = at_limit_[k] > 0 ? dc.high[k] : at_limit_[k] < 0 ? dc.low[k] : dc.p0[k];
    }
    lu_.solve(rhs_);
    for (int i = 0; i < n; ++i) va[i] = rhs_[i];
}

void DcSolver::respond(std::span<double> x) {
    for (int i = 0; i < pattern_->n_bus; ++i)
        if (is_fixed(kind_[i])) x[i] = 0.0;
    lu_.solve(x);
}

void DcSolver::flow_sensitivity(int branch, std::span<double> x) {
    for (double& value : x) value = 0.0;
    x[pattern_->from[branch]] += branches_.b[branch];
    x[pattern_->to[branch]] -= branches_.b[branch];
    adjoint(x);
}

void DcSolver::adjoint(std::span<double> x) {
    lu_.solve_transposed(x);
    for (int i = 0; i < pattern_->n_bus; ++i)
        if (is_fixed(kind_[i])) x[i] = 0.0;
}

}  // namespace araz::solver

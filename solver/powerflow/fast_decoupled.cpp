#include "araz/solver/fast_decoupled.hpp"

#include <cmath>
#include <limits>

namespace araz::solver {

namespace {

constexpr double hopeless_mismatch = 1e12;  // p.u.

// Two-port with r possibly neglected; without any series impedance it is left out.
BranchAdmittance branch_of(double r, double x, double b, double tap, double shift) {
    return r == 0.0 && x == 0.0 ? BranchAdmittance{} : branch_admittance(r, x, b, tap, shift);
}

}  // namespace

FastDecoupledSolver::FastDecoupledSolver(const AdmittancePattern& pattern, const SeriesData& series,
                                         std::span<const double> b_shunt, FastDecoupled variant)
    : pattern_(&pattern) {
    const bool xb = variant == FastDecoupled::xb;
    for (int l = 0; l < pattern.n_branch(); ++l) {
        // A branch without reactance would vanish from the half that neglects its resistance.
        const double r = series.x[l] == 0.0 ? series.r[l] : 0.0;
        active_.branch.push_back(branch_of(xb ? r : series.r[l], series.x[l], 0.0, 1.0, series.shift[l]));
        reactive_.branch.push_back(branch_of(xb ? series.r[l] : r, series.x[l], series.b[l], series.tap[l], 0.0));
    }
    const std::size_t n = static_cast<std::size_t>(pattern.n_bus);
    active_.g_shunt.assign(n, 0.0);
    active_.b_shunt.assign(n, 0.0);
    reactive_.g_shunt.assign(n, 0.0);
    reactive_.b_shunt.assign(b_shunt.begin(), b_shunt.end());
    reactive_.b_shunt.resize(n, 0.0);
    matrix_.resize(static_cast<std::size_t>(pattern.nnz()));
    rhs_.resize(n);
    mismatch_.resize(2 * n);
    lu_p_.analyze(pattern.n_bus, pattern.row_start, pattern.column);
    lu_q_.analyze(pattern.n_bus, pattern.row_start, pattern.column);
}

bool FastDecoupledSolver::factor(const PowerFlowProblem& problem, std::span<const unsigned char> out) {
    std::vector<int> changed;
    for (std::size_t l = 0; l < out.size(); ++l)
        if (out[l] != 0) changed.push_back(static_cast<int>(l));
    const auto factor_half = [&](const AdmittanceElements& elements, SparseLu& lu, auto has_equation) {
        assemble(*pattern_, elements, values_);
        if (!changed.empty()) patch_outages(*pattern_, elements, changed, out, values_);
        for (int i = 0; i < pattern_->n_bus; ++i) {
            const bool active = has_equation(problem.kind[i]);
            for (int k = pattern_->row_start[i]; k < pattern_->row_start[i + 1]; ++k)
                matrix_[k] = active ? -values_.b[k] : (pattern_->column[k] == i ? 1.0 : 0.0);
        }
        return lu.factor(matrix_).ok;
    };
    return factor_half(active_, lu_p_, has_p_equation) && factor_half(reactive_, lu_q_, has_q_equation);
}

NewtonReport FastDecoupledSolver::solve(const PowerFlowProblem& problem, VoltageState& state,
                                        const NewtonOptions& options, std::span<const unsigned char> out,
                                        PowerEquations& equations) {
    NewtonReport report;
    if (!factor(problem, out)) {
        report.status = SolveStatus::singular;
        report.max_mismatch = std::numeric_limits<double>::infinity();
        return report;
    }
    const int n = pattern_->n_bus;
    double step = 0.0;
    // False: nothing more to do, the report says why.
    const auto look = [&](int iteration, bool halfway) {
        equations.injections(problem, state);
        const WorstMismatch worst = equations.mismatch(problem, state, mismatch_);
        report.max_mismatch = worst.value;
        report.iterations = iteration;
        const bool solved = meets_tolerance(worst.value, options.tolerance);
        if (!halfway || solved) report.trace.push_back({iteration, worst, step});
        if (solved) report.status = SolveStatus::converged;
        else if (!(worst.value < hopeless_mismatch)) report.status = SolveStatus::diverged;
        else if (iteration == options.max_iterations) report.status = SolveStatus::max_iterations;
        else return true;
        return false;
    };
    for (int iteration = 0; look(iteration, false); ++iteration) {
        step = 0.0;
        for (int i = 0; i < n; ++i) rhs_[i] = problem.kind[i] == BusKind::dead ? 0.0 : mismatch_[2 * i] / state.vm[i];
        lu_p_.solve(rhs_);
        for (int i = 0; i < n; ++i) {
            state.va[i] += rhs_[i];
            step = std::max(step, std::abs(rhs_[i]));
        }
        const int done = iteration + 1;
        equations.injections(problem, state);
        const WorstMismatch halfway = equations.mismatch(problem, state, mismatch_);
        if (meets_tolerance(halfway.value, options.tolerance) || !(halfway.value < hopeless_mismatch)) {
            look(done, true);
            return report;
        }
        for (int i = 0; i < n; ++i) rhs_[i] = problem.kind[i] == BusKind::dead ? 0.0 : mismatch_[2 * i + 1] / state.vm[i];
        lu_q_.solve(rhs_);
        for (int i = 0; i < n; ++i) {
            state.vm[i] += rhs_[i];
            step = std::max(step, std::abs(rhs_[i]));
        }
    }
    return report;
}

}  // namespace araz::solver

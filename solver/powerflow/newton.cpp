#include "araz/solver/newton.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace araz::solver {

namespace {

constexpr double hopeless_mismatch = 1e12;  // p.u.; no grid comes back from there

// Stalled: three iterations without halving the mismatch.
bool has_stalled(const std::vector<NewtonIteration>& trace) {
    const std::size_t n = trace.size();
    return n >= 4 && trace[n - 1].worst.value > 0.5 * trace[n - 4].worst.value;
}

}  // namespace

NewtonSolver::NewtonSolver(const AdmittancePattern& pattern) : equations_(pattern) {
    jacobian_.resize(equations_.column().size());
    step_.resize(static_cast<std::size_t>(equations_.size()));
    lu_.analyze(equations_.size(), equations_.row_start(), equations_.column());
}

LuHealth NewtonSolver::factor_at(const PowerFlowProblem& problem, const VoltageState& state) {
    equations_.jacobian(problem, state, jacobian_);
    return lu_.refresh(jacobian_);
}

bool NewtonSolver::linearize(const PowerFlowProblem& problem, const VoltageState& state) {
    equations_.injections(problem, state);
    return factor_at(problem, state).ok;
}

bool NewtonSolver::prime(const PowerFlowProblem& problem, const VoltageState& state) {
    equations_.injections(problem, state);
    equations_.jacobian(problem, state, jacobian_);
    return lu_.factor(jacobian_).ok;
}

double NewtonSolver::take_step(const PowerFlowProblem& problem, VoltageState& state, const NewtonOptions& options) {
    double angle = 0.0;
    double magnitude = 0.0;  // p.u.
    double relative = 0.0;
    const int n = static_cast<int>(state.vm.size());
    for (int i = 0; i < n; ++i) {
        angle = std::max(angle, std::abs(step_[2 * i]));
        relative = std::max(relative, std::abs(step_[2 * i + 1]));
        magnitude = std::max(magnitude, std::abs(step_[2 * i + 1]) * state.vm[i]);
    }
    double scale = 1.0;
    if (options.max_angle_step > 0.0 && angle > options.max_angle_step)
        scale = std::min(scale, options.max_angle_step / angle);
    if (options.max_voltage_step > 0.0 && magnitude > options.max_voltage_step)
        scale = std::min(scale, options.max_voltage_step / magnitude);
    for (int i = 0; i < n; ++i) {
        if (problem.kind[i] == BusKind::dead) continue;
        state.va[i] += scale * step_[2 * i];
        state.vm[i] *= 1.0 + scale * step_[2 * i + 1];
        if (state.vm[i] < 0.0) {  // the same phasor, written with a positive magnitude
            state.vm[i] = -state.vm[i];
            state.va[i] += std::numbers::pi;
        }
    }
    return scale * std::max(angle, relative);
}

NewtonReport NewtonSolver::solve(const PowerFlowProblem& problem, VoltageState& state, const NewtonOptions& options) {
    NewtonReport report;
    for (int iteration = 0;; ++iteration) {
        equations_.injections(problem, state);
        const WorstMismatch worst = equations_.mismatch(problem, state, step_);
        report.trace.push_back({iteration, worst, 0.0});
        report.max_mismatch = worst.value;
        report.iterations = iteration;
        if (meets_tolerance(worst.value, options.tolerance)) {
            report.status = SolveStatus::converged;
            return report;
        }
        if (!(worst.value < hopeless_mismatch)) {
            report.status = SolveStatus::diverged;
            return report;
        }
        // Rounding can keep a grid with tiny impedances above any tolerance: say so instead of iterating on.
        if (has_stalled(report.trace) && worst.value <= 8.0 * equations_.rounding_floor(problem, state)) {
            report.status = SolveStatus::attainable;
            return report;
        }
        if (iteration == options.max_iterations) {
            report.status = SolveStatus::max_iterations;
            return report;
        }
        const LuHealth health = factor_at(problem, state);
        if (!health.ok) {
            report.status = SolveStatus::singular;
            report.weakest_bus = health.weakest_unknown / 2;
            return report;
        }
        lu_.solve(step_);
        report.trace.back().step = take_step(problem, state, options);
    }
}

}  // namespace araz::solver

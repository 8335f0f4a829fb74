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

bool gives_up(const std::vector<NewtonIteration>& trace, int patience) {
    if (patience <= 0 || trace.size() <= static_cast<std::size_t>(patience)) return false;
    const auto smaller = [](const NewtonIteration& a, const NewtonIteration& b) { return a.worst.value < b.worst.value; };
    const auto recent = trace.end() - patience;
    return std::min_element(recent, trace.end(), smaller)->worst.value >
           0.5 * std::min_element(trace.begin(), recent, smaller)->worst.value;
}

}  // namespace

NewtonSolver::NewtonSolver(const AdmittancePattern& pattern) : equations_(pattern), lu_(pattern, equations_) {
    jacobian_.resize(equations_.column().size());
    step_.resize(static_cast<std::size_t>(equations_.size()));
}

LuHealth NewtonSolver::factor_at(const PowerFlowProblem& problem, const VoltageState& state) {
    equations_.jacobian(problem, state, jacobian_);
    return lu_.factor(jacobian_);
}

bool NewtonSolver::linearize(const PowerFlowProblem& problem, const VoltageState& state) {
    lu_.begin(problem.links != nullptr);
    equations_.injections(problem, state);
    return factor_at(problem, state).ok;
}

bool NewtonSolver::prime(const PowerFlowProblem& problem, const VoltageState& state) {
    equations_.injections(problem, state);
    equations_.jacobian(problem, state, jacobian_);
    return lu_.prime(jacobian_, problem.links != nullptr);
}

namespace {

// Solves the dense system a x = b in place, rows with the largest pivot first. False: singular.
bool solve_dense(std::vector<std::vector<double>>& a, std::vector<double>& b) {
    const std::size_t n = b.size();
    for (std::size_t k = 0; k < n; ++k) {
        std::size_t best = k;
        for (std::size_t i = k + 1; i < n; ++i)
            if (std::abs(a[i][k]) > std::abs(a[best][k])) best = i;
        if (!(std::abs(a[best][k]) > 0.0)) return false;
        std::swap(a[k], a[best]);
        std::swap(b[k], b[best]);
        for (std::size_t i = k + 1; i < n; ++i) {
            const double factor = a[i][k] / a[k][k];
            if (factor == 0.0) continue;
            for (std::size_t j = k; j < n; ++j) a[i][j] -= factor * a[k][j];
            b[i] -= factor * b[k];
        }
    }
    for (std::size_t k = n; k-- > 0;) {
        for (std::size_t j = k + 1; j < n; ++j) b[k] -= a[k][j] * b[j];
        b[k] /= a[k][k];
    }
    return true;
}

}  // namespace

WorstMismatch NewtonSolver::border_mismatch(const PowerFlowProblem& problem, const VoltageState& state,
                                            const Border& border, WorstMismatch worst) {
    border_residual_.assign(static_cast<std::size_t>(border.size()), 0.0);
    border.residuals(equations_, problem, state, border_residual_);
    for (int k = 0; k < border.size(); ++k)
        if (!(std::abs(border_residual_[k]) <= worst.value)) worst = {std::abs(border_residual_[k]), border.bus_of(k), false};
    return worst;
}

// Block elimination: with W = J^-1 A and the plain step x = J^-1 f,
//   (R W + D) du = -(r + R x),   dv = x + W du.
bool NewtonSolver::solve_border(const PowerFlowProblem& problem, const VoltageState& state, const Border& border) {
    const std::size_t n = static_cast<std::size_t>(border.size());
    border_columns_.resize(n);
    for (std::size_t k = 0; k < n; ++k) {
        std::vector<double>& column = border_columns_[k];
        column.assign(step_.size(), 0.0);
        border.column(static_cast<int>(k), column);
        for (int i = 0; i < static_cast<int>(state.vm.size()); ++i) {
            if (!has_p_equation(problem.kind[i])) column[2 * i] = 0.0;
            if (!has_q_equation(problem.kind[i])) column[2 * i + 1] = 0.0;
        }
        lu_.solve(column);
    }
    std::vector<std::vector<double>> matrix(n, std::vector<double>(n, 0.0));
    border_step_.assign(n, 0.0);
    for (std::size_t k = 0; k < n; ++k) {
        const int row = static_cast<int>(k);
        border_step_[k] = -border_residual_[k] - border.along(row, equations_, problem, state, step_);
        for (std::size_t j = 0; j < n; ++j)
            matrix[k][j] = border.own(row, static_cast<int>(j)) +
                           border.along(row, equations_, problem, state, border_columns_[j]);
    }
    if (!solve_dense(matrix, border_step_)) return false;
    for (std::size_t k = 0; k < n; ++k)
        for (std::size_t i = 0; i < step_.size(); ++i) step_[i] += border_step_[k] * border_columns_[k][i];
    return true;
}

double NewtonSolver::take_step(const PowerFlowProblem& problem, VoltageState& state, const NewtonOptions& options,
                               Border* border) {
    double angle = 0.0;
    double magnitude = 0.0;  // p.u.
    double relative = 0.0;
    const int n = static_cast<int>(state.vm.size());
    for (int i = 0; i < n; ++i) {
        if (problem.kind[i] == BusKind::link || problem.kind[i] == BusKind::emulation) continue;
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
        if (problem.kind[i] == BusKind::link) {  // flows, not voltages
            state.vm[i] += scale * step_[2 * i + 1];
            continue;
        }
        const double target = state.vm[i] * (1.0 + scale * step_[2 * i + 1]);
        const bool bends = problem.curves != nullptr && has_q_equation(problem.kind[i]);
        state.vm[i] = bends ? problem.curves->limited(i, state.vm[i], target) : target;
        if (state.vm[i] < 0.0) {  // the same phasor, written with a positive magnitude
            state.vm[i] = -state.vm[i];
            state.va[i] += std::numbers::pi;
        }
    }
    if (border != nullptr) {
        for (double& each : border_step_) each *= scale;
        border->advance(border_step_);
    }
    return scale * std::max(angle, relative);
}

namespace {

// Whether the factors of the step before take the mismatch well below the tolerance: a chord contracts about twice as much as
// the step before it reduced (C. T. Kelley, "Iterative Methods for Linear and Nonlinear Equations", 1995, section 5.4). Only
// after full steps.
bool chord_suffices(const NewtonReport& report, const NewtonOptions& options) {
    const std::size_t n = report.trace.size();
    if (n < 2 || options.max_angle_step > 0.0 || options.max_voltage_step > 0.0) return false;
    const double now = report.trace[n - 1].worst.value;
    return 2.0 * now * now < 0.1 * options.tolerance * report.trace[n - 2].worst.value;
}

}  // namespace

// Chord steps with the factors of the last iteration, mostly one; undone where they do not help, as next to the bend of a curve.
void NewtonSolver::correct(const PowerFlowProblem& problem, VoltageState& state, const NewtonOptions& options,
                           Border* border, NewtonReport& report) {
    const std::size_t n = report.trace.size();
    double reach = 0.0;
    for (std::size_t k = 0; k + 1 < n; ++k) reach = std::max(reach, report.trace[k].step / report.trace[k].worst.value);
    bool helps = n >= 2;
    while (helps && wants_correction(report.max_mismatch, reach, options.tolerance)) {
        const VoltageState before = state;
        lu_.solve(step_);
        if (border != nullptr && !solve_border(problem, state, *border)) return;
        take_step(problem, state, options, border);
        equations_.injections(problem, state);
        WorstMismatch worst = equations_.mismatch(problem, state, step_);
        if (border != nullptr) worst = border_mismatch(problem, state, *border, worst);
        const double mismatch = worst.value;
        if (!(mismatch < report.max_mismatch)) {
            state = before;
            if (border != nullptr) {
                for (double& each : border_step_) each = -each;
                border->advance(border_step_);
            }
            equations_.injections(problem, state);
            return;
        }
        helps = mismatch < 0.3 * report.max_mismatch;
        report.max_mismatch = mismatch;
    }
}

NewtonReport NewtonSolver::solve(const PowerFlowProblem& problem, VoltageState& state, const NewtonOptions& options,
                                 Border* border) {
    NewtonReport report;
    lu_.begin(problem.links != nullptr);
    for (int iteration = 0;; ++iteration) {
        equations_.injections(problem, state);
        WorstMismatch worst = equations_.mismatch(problem, state, step_);
        if (border != nullptr) worst = border_mismatch(problem, state, *border, worst);
        report.trace.push_back({iteration, worst, 0.0});
        report.max_mismatch = worst.value;
        report.iterations = iteration;
        if (meets_tolerance(worst.value, options.tolerance)) {
            report.status = SolveStatus::converged;
            if (border == nullptr || border->is_smooth()) correct(problem, state, options, border, report);
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
        if (iteration == options.max_iterations || gives_up(report.trace, options.patience)) {
            report.status = SolveStatus::max_iterations;
            return report;
        }
        if (!chord_suffices(report, options)) {
            const LuHealth health = factor_at(problem, state);
            if (!health.ok) {
                report.status = SolveStatus::singular;
                report.weakest_bus = health.weakest_unknown < 0 ? -1 : health.weakest_unknown / 2;
                return report;
            }
        }
        if (border != nullptr) border->add_stiffness(problem, state, step_);
        lu_.solve(step_);
        if (border != nullptr && !solve_border(problem, state, *border)) {
            report.status = SolveStatus::singular;
            return report;
        }
        report.trace.back().step = take_step(problem, state, options, border);
    }
}

}  // namespace araz::solver

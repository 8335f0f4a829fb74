// Newton-Raphson power flow, polar, sparse: the scalar solver, authoritative for every other path.
#pragma once

#include <string>
#include <vector>

#include "araz/base/status.hpp"
#include "araz/solver/border.hpp"
#include "araz/solver/jacobian_lu.hpp"
#include "araz/solver/power_equations.hpp"

namespace araz::solver {

struct NewtonOptions {
    double tolerance = 1e-8;     ///< p.u., infinity norm of the mismatch
    int max_iterations = 30;
    /// Step cap: the whole step is scaled down until no angle moves more than `max_angle_step` (rad) and
    /// no magnitude more than `max_voltage_step` (p.u.). 0: full steps.
    double max_angle_step = 0.0;
    double max_voltage_step = 0.0;
    /// Gives up after so many iterations none of which halved the smallest mismatch before them. 0: never.
    int patience = 0;
};

struct NewtonIteration {
    int iteration = 0;
    WorstMismatch worst;
    double step = 0.0;  ///< largest change of an angle (rad) or relative magnitude taken after it
};

struct NewtonReport {
    SolveStatus status = SolveStatus::no_solution_found;
    int iterations = 0;           ///< linear systems solved
    double max_mismatch = 0.0;    ///< p.u., at the state returned
    int weakest_bus = -1;         ///< bus of the smallest pivot when the Jacobian was singular
    std::vector<NewtonIteration> trace;
};

/// Whether a norm of the mismatch counts as solved. The one stopping rule of every solver in araz.
[[nodiscard]] inline bool meets_tolerance(double norm, double tolerance) { return norm <= tolerance; }

/// Whether a solved state is worth one more step with the factors at hand, a chord, which is not counted as an iteration:
/// when its voltages may still be off by more than a thousandth of the tolerance. `reach` estimates the size of J^-1: the largest
/// step of the solve over the mismatch that asked for it. With it two solvers that stop at the same tolerance agree to far better
/// than that.
[[nodiscard]] inline bool wants_correction(double norm, double reach, double tolerance) {
    return norm * reach > 1e-3 * tolerance;
}

/// Owns the Jacobian values, the factors and the buffers for one pattern; used by one thread.
class NewtonSolver {
public:
    explicit NewtonSolver(const AdmittancePattern& pattern);

    /// Improves `state` until the mismatch meets the tolerance. On failure `state` is the best reached.
    /// `border`: further unknowns and equations, held to the same tolerance; null: none.
    NewtonReport solve(const PowerFlowProblem& problem, VoltageState& state, const NewtonOptions& options,
                       Border* border = nullptr);

    /// Fixes at this state how Jacobians are factored. Call once per solver before solves that must not depend on
    /// which of them came first (contingencies shared among threads).
    bool prime(const PowerFlowProblem& problem, const VoltageState& state);

    /// Factors the Jacobian at `state` for sensitivities. False: singular.
    bool linearize(const PowerFlowProblem& problem, const VoltageState& state);
    /// x := J^-1 x at the linearized state; x holds (dP, dQ) by bus and returns (dva, dlnV).
    void solve_linearized(std::span<double> x) { lu_.solve(x); }

    PowerEquations& equations() { return equations_; }
    [[nodiscard]] const JacobianLu& lu() const { return lu_; }

private:
    LuHealth factor_at(const PowerFlowProblem& problem, const VoltageState& state);
    double take_step(const PowerFlowProblem& problem, VoltageState& state, const NewtonOptions& options, Border* border);
    void correct(const PowerFlowProblem& problem, VoltageState& state, const NewtonOptions& options, Border* border,
                 NewtonReport& report);
    WorstMismatch border_mismatch(const PowerFlowProblem& problem, const VoltageState& state, const Border& border,
                                  WorstMismatch worst);
    bool solve_border(const PowerFlowProblem& problem, const VoltageState& state, const Border& border);

    PowerEquations equations_;
    JacobianLu lu_;
    std::vector<double> jacobian_, step_;
    std::vector<double> border_residual_, border_step_;
    std::vector<std::vector<double>> border_columns_;
};

}  // namespace araz::solver

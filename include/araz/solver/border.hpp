// Border: scalar unknowns beside the voltages, each with one equation, solved in the same Newton step.
//
// Distributed slack and area control need few of them (one per island or area), so the bordered system
//   [ J  -A ] [dv]   [ f ]
//   [ R   D ] [du] = [-r ]
// is solved by block elimination with the factors of J: one more back-substitution per unknown and a
// small dense system (W. Govaerts, "Stable solvers and block elimination for bordered systems", SIAM J.
// Matrix Anal. Appl. 12(3), 1991). The pattern of J never changes.
#pragma once

#include <span>

#include "araz/solver/power_equations.hpp"

namespace araz::solver {

class Border {
public:
    Border() = default;
    virtual ~Border() = default;
    Border(const Border&) = delete;
    Border& operator=(const Border&) = delete;

    [[nodiscard]] virtual int size() const = 0;
    /// Moves the unknowns by `step` and writes the scheduled injections that follow from them.
    virtual void advance(std::span<const double> step) = 0;
    /// Residual of each equation at the state whose injections `equations` computed last.
    virtual void residuals(const PowerEquations& equations, const PowerFlowProblem& problem, const VoltageState& state,
                           std::span<double> out) const = 0;
    /// Derivative of the scheduled injections (P, Q by node: x[2i], x[2i+1]) with respect to unknown k.
    virtual void column(int k, std::span<double> x) const = 0;
    /// Change of residual k along a step of the voltages (dva, dlnV by node).
    [[nodiscard]] virtual double along(int k, const PowerEquations& equations, const PowerFlowProblem& problem,
                                       const VoltageState& state, std::span<const double> step) const = 0;
    /// Derivative of residual k with respect to unknown j at fixed voltages.
    [[nodiscard]] virtual double own(int k, int j) const = 0;
    /// Adds to the right-hand side what the stiffness of the problem takes: stiffness times the change of ln V that the
    /// equations of the border demand there.
    virtual void add_stiffness(const PowerFlowProblem& /*problem*/, const VoltageState& /*state*/, std::span<double> /*rhs*/) const {}
    /// Whether a step back undoes a step, so that a correction may be tried: nothing switches on the way.
    [[nodiscard]] virtual bool is_smooth() const { return false; }
    /// Bus that a mismatch of equation k is reported at.
    [[nodiscard]] virtual int bus_of(int k) const = 0;
};

}  // namespace araz::solver

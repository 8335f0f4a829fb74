// The slow twin of the lane kernels: one power flow in dense complex arithmetic, with plain loops and pivoting.
// For tests and benchmarks only.
#pragma once

#include <vector>

#include "araz/solver/lane_kernels.hpp"
#include "araz/solver/power_equations.hpp"

namespace araz::solver::reference {

struct NewtonStep {
    std::vector<double> mismatch;  ///< [2 n_bus] (dP, dQ) by bus, scheduled minus calculated; 0: no such equation
    std::vector<double> step;      ///< [2 n_bus] (dva, dlnV) by bus
    bool ok = false;               ///< false: singular
};

/// Mismatch and full Newton step at a state: S = V conj(Y V), derivatives of S by va and ln V as matrices
/// (R. D. Zimmerman, "AC Power Flows, Generalized OPF Costs and their Derivatives using Complex Matrix Notation",
/// MATPOWER Technical Note 2), Gauss with row pivoting.
[[nodiscard]] NewtonStep newton_step(const PowerFlowProblem& problem, const VoltageState& state);

/// Squared apparent power at both ends of a branch, p.u., from its two-port in complex numbers.
struct BranchPower {
    double from_squared = 0.0, to_squared = 0.0, loss = 0.0;
};
[[nodiscard]] BranchPower branch_power(const LaneBranch& branch, double vm_from, double va_from, double vm_to,
                                       double va_to);

}  // namespace araz::solver::reference

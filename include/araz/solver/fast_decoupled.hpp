// Fast-decoupled power flow: half-iterations with constant matrices,
//   B' dva = dP / V,   B'' dV = dQ / V.
// XB (B. Stott, O. Alsac, "Fast Decoupled Load Flow", IEEE Trans. PAS-93(3), 1974) neglects series resistance
// in B', BX (R. A. M. van Amerongen, "A General-Purpose Version of the Fast Decoupled Loadflow", IEEE Trans.
// Power Syst. 4(2), 1989) in B''. As in MATPOWER's makeB, B' has no shunts, no charging and taps of 1, and B''
// no phase shifts.
#pragma once

#include <span>
#include <vector>

#include "araz/solver/newton.hpp"

namespace araz::solver {

enum class FastDecoupled { xb, bx };

/// Series data of the branches, [n_branch] each, per unit and radians.
struct SeriesData {
    std::span<const double> r, x, b, tap, shift;
};

class FastDecoupledSolver {
public:
    FastDecoupledSolver(const AdmittancePattern& pattern, const SeriesData& series, std::span<const double> b_shunt,
                        FastDecoupled variant);

    /// Sweeps until the mismatch meets the tolerance or `max_iterations` are done. One iteration is a P and a Q
    /// half. `out`: [n_branch] or empty. `equations` are used for the mismatch.
    NewtonReport solve(const PowerFlowProblem& problem, VoltageState& state, const NewtonOptions& options,
                       std::span<const unsigned char> out, PowerEquations& equations);

private:
    bool factor(const PowerFlowProblem& problem, std::span<const unsigned char> out);

    const AdmittancePattern* pattern_;
    AdmittanceElements active_, reactive_;
    AdmittanceValues values_;
    SparseLu lu_p_, lu_q_;
    std::vector<double> matrix_, rhs_, mismatch_;
};

}  // namespace araz::solver

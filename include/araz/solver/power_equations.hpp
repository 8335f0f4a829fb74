// Power injections, mismatch and Jacobian of the polar power-flow equations on an admittance pattern.
//
//   P_i = sum_j Vi Vj (Gij cos tij + Bij sin tij)      tij = va_i - va_j
//   Q_i = sum_j Vi Vj (Gij sin tij - Bij cos tij)
//   H = dP/dva, N = dP/dlnV, M = dQ/dva, L = dQ/dlnV   (W. F. Tinney, C. E. Hart, "Power Flow Solution
//   by Newton's Method", IEEE Trans. PAS-86(11), 1967; unknowns va and ln V)
//   off-diagonal: H = L = Vi Vj (Gij sin tij - Bij cos tij),  N = -M = Vi Vj (Gij cos tij + Bij sin tij)
//   diagonal:     H = -Q - B V^2, N = P + G V^2, M = P - G V^2, L = Q - B V^2
//
// Every bus has both rows and both unknowns (2i: P, va; 2i+1: Q, ln V); rows that do not apply to the
// kind of the bus are identity rows. So switching PV and PQ, or moving the slack, changes values and
// never the pattern. Everything per unit and radians.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "araz/solver/admittance.hpp"

namespace araz::solver {

/// What is held at a bus. Bus type is data, not structure.
enum class BusKind : std::uint8_t {
    pq,     ///< P and Q given
    pv,     ///< P and V given
    slack,  ///< V and angle given
    dead,   ///< de-energised: no equations
};

/// Voltage-dependent part of the consumption at a bus: S(V) = s0 + s1 V + s2 V^2 added to the load.
struct VoltageDependence {
    std::vector<double> p1, p2, q1, q2;  ///< [n_bus] each, or all empty
    [[nodiscard]] bool empty() const { return p1.empty(); }
};

/// The equations of one solve. Views only: nothing is owned.
struct PowerFlowProblem {
    const AdmittancePattern* pattern = nullptr;
    const AdmittanceValues* ybus = nullptr;
    std::span<const BusKind> kind;     ///< [n_bus]
    std::span<const double> p, q;      ///< [n_bus] net scheduled injection (constant part)
    const VoltageDependence* load = nullptr;  ///< may be null
};

/// Bus voltages.
struct VoltageState {
    std::vector<double> vm, va;  ///< [n_bus]
};

/// Worst equation of a mismatch vector.
struct WorstMismatch {
    double value = 0.0;
    int bus = -1;
    bool reactive = false;
};

/// Buffers and formulas for one pattern; owned by one thread.
class PowerEquations {
public:
    explicit PowerEquations(const AdmittancePattern& pattern);

    /// Injections P_i, Q_i computed from the voltages (into p_calc, q_calc).
    void injections(const PowerFlowProblem& problem, const VoltageState& state);

    /// mismatch[2i] = P_sched - P_calc, mismatch[2i+1] = Q_sched - Q_calc; 0 on rows that do not apply.
    /// Uses the injections computed last.
    WorstMismatch mismatch(const PowerFlowProblem& problem, const VoltageState& state, std::span<double> out) const;

    /// Jacobian of the calculated (minus scheduled, for voltage-dependent loads) injections by rows, on
    /// `row_start()`/`column()`. Uses the injections computed last.
    void jacobian(const PowerFlowProblem& problem, const VoltageState& state, std::span<double> values) const;

    [[nodiscard]] int size() const { return 2 * pattern_->n_bus; }
    [[nodiscard]] const std::vector<int>& row_start() const { return row_start_; }
    [[nodiscard]] const std::vector<int>& column() const { return column_; }
    [[nodiscard]] std::span<const double> p_calc() const { return p_; }
    [[nodiscard]] std::span<const double> q_calc() const { return q_; }

    /// Rounding floor of the mismatch: eps times the largest sum of |Y_ij| V_i V_j over a bus.
    [[nodiscard]] double rounding_floor(const PowerFlowProblem& problem, const VoltageState& state) const;

private:
    const AdmittancePattern* pattern_;
    std::vector<int> row_start_, column_;
    std::vector<double> p_, q_, e_, f_;
};

}  // namespace araz::solver

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
//
// Branches without impedance (links) have a node of their own, whose two unknowns are the power flowing
// through the branch and whose two equations tie the voltages of its ends:
//   va_f - va_t - shift = 0,   ln V_f - ln V_t - ln tap = 0
// Opening one is again a change of values: its node becomes dead.
//
// DC links under AC emulation have a node as well. Its first unknown is the power u that the link is set to, its
// first equation u = p0 + droop (va_f - va_t), cut to the limits of the link; the second pair is idle. What the ends
// feed in follows from u and counts as scheduled injection. At a limit the derivative of the cut side is taken
// (semismooth Newton: L. Qi, J. Sun, Math. Programming 58, 1993).
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "araz/base/piecewise.hpp"
#include "araz/solver/admittance.hpp"

namespace araz::solver {

/// What is held at a bus. Bus type is data, not structure.
enum class BusKind : std::uint8_t {
    pq,     ///< P and Q given
    pv,     ///< P and V given
    slack,  ///< V and angle given
    dead,   ///< de-energised: no equations
    angle,  ///< angle and Q given: a reference whose units stand at a reactive limit
    link,   ///< no bus: the node of a branch without impedance
    emulation,  ///< no bus: the node of a DC link that follows an angle
};

[[nodiscard]] constexpr bool has_p_equation(BusKind kind) { return kind == BusKind::pq || kind == BusKind::pv; }
[[nodiscard]] constexpr bool has_q_equation(BusKind kind) { return kind == BusKind::pq || kind == BusKind::angle; }
[[nodiscard]] constexpr bool is_reference(BusKind kind) { return kind == BusKind::slack || kind == BusKind::angle; }
[[nodiscard]] constexpr bool holds_voltage(BusKind kind) { return kind == BusKind::pv || kind == BusKind::slack; }

/// Voltage-dependent part of the consumption at a bus, added to the constant part of the load:
///   P(V) = p1 V + p2 V^2 + pe V^np,   Q(V) = q1 V + q2 V^2 + qe V^nq.
struct VoltageDependence {
    std::vector<double> p1, p2, q1, q2;  ///< [n_bus] each, or all empty
    std::vector<double> pe, np, qe, nq;  ///< [n_bus] each, or all empty
    [[nodiscard]] bool empty() const { return p1.empty(); }
    void resize(std::size_t n);

    [[nodiscard]] double p(int bus, double v) const;
    [[nodiscard]] double q(int bus, double v) const;
    /// Derivatives with respect to ln V.
    [[nodiscard]] double dp(int bus, double v) const;
    [[nodiscard]] double dq(int bus, double v) const;
};

/// Reactive power fed in by units that follow the voltage of their bus.
struct ReactiveCurves {
    std::vector<int> of_bus;           ///< [nodes] index into `line`, -1: none; empty without any
    std::vector<PiecewiseLine> line;   ///< p.u. over p.u. voltage

    [[nodiscard]] bool empty() const { return line.empty(); }
    [[nodiscard]] double q(int bus, double v) const { return of_bus[bus] < 0 ? 0.0 : line[of_bus[bus]].at(v); }
    /// Derivative with respect to ln V.
    [[nodiscard]] double dq(int bus, double v) const { return of_bus[bus] < 0 ? 0.0 : v * line[of_bus[bus]].slope(v); }
    /// `to`, or just past the first bend on the way: no Newton step jumps over a piece, which keeps it from swinging
    /// between two flat pieces beside a steep one.
    [[nodiscard]] double limited(int bus, double from, double to) const {
        return of_bus[bus] < 0 ? to : line[of_bus[bus]].up_to_bend(from, to);
    }
};

/// Branches without impedance, in the order of their nodes.
struct Links {
    int first_node = 0;                 ///< link k has node first_node + k
    std::vector<int> from, to;          ///< [n_link] buses
    std::vector<double> log_tap, shift; ///< ideal transformer at the from side
    /// Slots in the admittance pattern: (from, node), (to, node), (node, from), (node, to).
    std::vector<int> slot_fn, slot_tn, slot_nf, slot_nt;

    [[nodiscard]] int size() const { return static_cast<int>(from.size()); }
    [[nodiscard]] int node(int link) const { return first_node + link; }
    void find_slots(const AdmittancePattern& pattern);
};

/// What the from (0) and the to (1) end of a DC link feed in at a power, and the derivatives with respect to it.
struct EmulatedEnds {
    double p[2] = {0.0, 0.0}, dp[2] = {0.0, 0.0};
    double q[2] = {0.0, 0.0}, dq[2] = {0.0, 0.0};
};

/// DC links whose power follows the difference of two angles, in the order of their nodes.
struct Emulation {
    int first_node = 0;                         ///< link k has node first_node + k
    std::vector<int> from, to;                  ///< [n] buses
    std::vector<double> p0, droop, low, high;   ///< [n] p.u., p.u. per rad
    std::vector<int> slot_fn, slot_tn, slot_nf, slot_nt;  ///< as those of Links
    std::function<EmulatedEnds(int link, double power)> ends;

    [[nodiscard]] int size() const { return static_cast<int>(from.size()); }
    [[nodiscard]] int node(int link) const { return first_node + link; }
    void find_slots(const AdmittancePattern& pattern);
    /// The power that the angles ask for, before the limits.
    [[nodiscard]] double asked(int link, std::span<const double> va) const {
        return p0[link] + droop[link] * (va[from[link]] - va[to[link]]);
    }
    [[nodiscard]] double cut(int link, double power) const {
        return power > high[link] ? high[link] : power < low[link] ? low[link] : power;
    }
    /// 1 above the limits, -1 below, 0 within.
    [[nodiscard]] int side(int link, double power) const { return power > high[link] ? 1 : power < low[link] ? -1 : 0; }
};

/// The equations of one solve. Views only: nothing is owned.
struct PowerFlowProblem {
    const AdmittancePattern* pattern = nullptr;
    const AdmittanceValues* ybus = nullptr;
    std::span<const BusKind> kind;     ///< [nodes of the pattern]
    std::span<const double> p, q;      ///< [nodes] net scheduled injection (constant part)
    const VoltageDependence* load = nullptr;  ///< may be null
    const Links* links = nullptr;             ///< may be null
    const Emulation* emulation = nullptr;     ///< may be null
    /// [2 n] reactive power of each emulated end that `q` of its bus already holds; NaN: it acts elsewhere.
    std::span<const double> emulated_q = {};
    /// [n] what each emulated link is held to: 1 its upper, -1 its lower limit, 0 the angle, limits or not. Empty: the
    /// angle, cut to the limits.
    std::span<const signed char> emulated_side = {};
    const ReactiveCurves* curves = nullptr;   ///< may be null
    /// [nodes] or empty: added to dQ/dlnV in the Jacobian at buses whose voltage the border holds; see Border::add_stiffness.
    std::span<const double> stiffness = {};
};

/// Bus voltages. At the node of a link: `va` the active, `vm` the reactive power from -> to. At the node of a DC
/// link under emulation: `va` the power it is set to.
struct VoltageState {
    std::vector<double> vm, va;  ///< [nodes]
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

    /// Injections P_i, Q_i computed from the voltages (into p_calc, q_calc): what leaves the bus over
    /// branches, shunts and links.
    void injections(const PowerFlowProblem& problem, const VoltageState& state);

    /// mismatch[2i] = P_sched - P_calc, mismatch[2i+1] = Q_sched - Q_calc; 0 on rows that do not apply.
    /// Uses the injections computed last.
    WorstMismatch mismatch(const PowerFlowProblem& problem, const VoltageState& state, std::span<double> out) const;

    /// Jacobian of the calculated (minus scheduled, for voltage-dependent loads) injections by rows, on
    /// `row_start()`/`column()`. Uses the injections computed last.
    void jacobian(const PowerFlowProblem& problem, const VoltageState& state, std::span<double> values) const;

    /// P_sched - P_calc of a bus, whether or not its kind has that equation.
    [[nodiscard]] double active_mismatch(const PowerFlowProblem& problem, const VoltageState& state, int bus) const;
    /// Change of P_calc (and of voltage-dependent load) of a bus along a step (dva, dlnV) by node.
    [[nodiscard]] double active_along(const PowerFlowProblem& problem, const VoltageState& state, int bus,
                                      std::span<const double> step) const;

    [[nodiscard]] int size() const { return 2 * pattern_->n_bus; }
    [[nodiscard]] const std::vector<int>& row_start() const { return row_start_; }
    [[nodiscard]] const std::vector<int>& column() const { return column_; }
    [[nodiscard]] std::span<const double> p_calc() const { return p_; }
    [[nodiscard]] std::span<const double> q_calc() const { return q_; }
    /// Rectangular voltages of the injections computed last.
    [[nodiscard]] std::span<const double> e() const { return e_; }
    [[nodiscard]] std::span<const double> f() const { return f_; }

    /// Rounding floor of the mismatch: eps times the largest sum of |Y_ij| V_i V_j over a bus.
    [[nodiscard]] double rounding_floor(const PowerFlowProblem& problem, const VoltageState& state) const;

private:
    struct Entry {
        double h = 0.0, n = 0.0, m = 0.0, l = 0.0;
    };
    [[nodiscard]] Entry entry(const PowerFlowProblem& problem, const VoltageState& state, int row, int slot) const;
    void write_links(const PowerFlowProblem& problem, std::span<double> values) const;
    [[nodiscard]] static int side_of(const PowerFlowProblem& problem, const VoltageState& state, int link);
    void emulate(const PowerFlowProblem& problem, const VoltageState& state);
    void write_emulation(const PowerFlowProblem& problem, const VoltageState& state, std::span<double> values) const;
    /// Where the 2x2 block of a slot of row i lies in the values of the Jacobian.
    [[nodiscard]] double* p_row_at(std::span<double> values, int row, int slot) const;
    [[nodiscard]] double* q_row_at(std::span<double> values, int row, int slot) const;

    const AdmittancePattern* pattern_;
    std::vector<int> row_start_, column_;
    std::vector<double> p_, q_, e_, f_;
    std::vector<double> p_link_, q_link_;  ///< part of p_, q_ that flows into links; empty without any
    std::vector<double> p_dc_, q_dc_;      ///< what emulated DC links feed in beyond p, q of the problem
};

}  // namespace araz::solver

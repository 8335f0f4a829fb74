// Continuation power flow: points of the curve F(x, lambda) = 0 by prediction along the tangent and
// correction on the equations bordered with a pseudo-arclength row.
//
//   predictor   z = z0 + h t                               z = (va, lnV by bus; lambda)
//   corrector   [ J    -d        ] [dx     ]   [ mismatch ]
//               [ t_x'/N  s^2 t_l ] [dlambda] = [ 0        ]
//
// with d = d(scheduled injections)/d lambda, N unknowns, and the metric <a, b> = a_x b_x / N + s^2 a_l b_l.
// The bordered matrix stays regular at a fold, where J is singular (V. Ajjarapu, C. Christy, "The continuation
// power flow: a tool for steady state voltage stability analysis", IEEE Trans. Power Syst. 7(1), 1992;
// H. B. Keller, "Numerical solution of bifurcation and nonlinear eigenvalue problems", 1977). It is factored as
// one sparse matrix, so the fold needs no special case.
#pragma once

#include <span>
#include <vector>

#include "araz/solver/power_equations.hpp"
#include "araz/solver/sparse_lu.hpp"

namespace araz::solver {

/// Equations whose injections move with lambda: p(lambda) = p + (lambda - lambda0) dp, likewise q. Views only.
struct CurveProblem {
    const AdmittancePattern* pattern = nullptr;
    const AdmittanceValues* ybus = nullptr;
    std::span<const BusKind> kind;            ///< [n_bus]
    std::span<const double> p, q, dp, dq;     ///< [n_bus]
    double lambda0 = 0.0;
    const ReactiveCurves* curves = nullptr;   ///< may be null
};

struct CurvePoint {
    VoltageState state;
    double lambda = 0.0;
};

/// A direction at a point: (dva, dlnV) by bus and dlambda, of length 1 in the metric.
struct CurveTangent {
    std::vector<double> x;  ///< [2 n_bus]
    double lambda = 0.0;
};

/// How a correction ended.
struct CurveCorrection {
    bool ok = false;
    int iterations = 0;
    double mismatch = 0.0;         ///< p.u., infinity norm at the point
    double predictor_error = 0.0;  ///< largest correction of an angle (rad) or of ln V
};

class Continuation {
public:
    explicit Continuation(const AdmittancePattern& pattern);

    /// Weight s of lambda in the metric.
    void set_scale(double scale) { scale_ = scale; }
    [[nodiscard]] double scale() const { return scale_; }
    [[nodiscard]] double dot(const CurveTangent& a, const CurveTangent& b) const;

    /// Unit tangent at a point of the curve, on the side of `along`. False: the bordered matrix is singular.
    bool tangent(const CurveProblem& problem, const CurvePoint& at, const CurveTangent& along, CurveTangent& out);

    /// The point at distance `step` from `from`, measured along `t`, to a ten-thousandth of `tolerance` where
    /// rounding allows, so that what is computed from the point is far better than it.
    CurveCorrection correct(const CurveProblem& problem, const CurvePoint& from, const CurveTangent& t, double step,
                            double tolerance, CurvePoint& out);

    /// Injections computed at the state handled last.
    [[nodiscard]] std::span<const double> p_calc() const { return equations_.p_calc(); }
    [[nodiscard]] std::span<const double> q_calc() const { return equations_.q_calc(); }
    /// Computes them at `at`.
    void injections(const CurveProblem& problem, const CurvePoint& at);

private:
    [[nodiscard]] PowerFlowProblem at_lambda(const CurveProblem& problem, double lambda);
    bool factor(const CurveProblem& problem, const CurvePoint& at, const CurveTangent& row);

    const AdmittancePattern* pattern_;
    PowerEquations equations_;
    SparseLu lu_;
    std::vector<int> row_start_, column_;
    std::vector<double> jacobian_, bordered_, rhs_, p_, q_;
    double scale_ = 1.0;
};

}  // namespace araz::solver

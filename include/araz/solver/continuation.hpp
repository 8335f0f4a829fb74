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
    int edition = 0;                          ///< of all of this: another one says that something changed; 0 is never the same
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

/// Lengths of directions: <a, b> = a_x b_x / N + scale^2 a_l b_l.
struct CurveMetric {
    double scale = 1.0;
    [[nodiscard]] double dot(const CurveTangent& a, const CurveTangent& b) const;
    /// Makes `t` a unit long. False: it has no length.
    bool normalize(CurveTangent& t) const;
};

/// How a correction ended.
struct CurveCorrection {
    bool ok = false;
    int iterations = 0;
    double mismatch = 0.0;         ///< p.u., infinity norm at the point
    double predictor_error = 0.0;  ///< largest correction of an angle (rad) or of ln V
};

/// Asks for the point at distance `step` from `from`, measured along `along`, and for the unit tangent there on the side of
/// `along`. Views only.
struct CurveRequest {
    CurveProblem problem;
    const CurvePoint* from = nullptr;
    const CurveTangent* along = nullptr;
    CurveMetric metric;
    double step = 0.0;
    double tolerance = 0.0;
    bool corrects = true;          ///< false: `from` is the point
    bool wants_tangent = true;
};

struct CurveAnswer {
    CurveCorrection correction;    ///< ok too where none was asked for
    CurvePoint point;              ///< if the correction is ok
    std::vector<double> p_calc, q_calc;  ///< [n_bus] injections there
    std::vector<double> e, f;      ///< [n_bus] phasors there
    bool has_tangent = false;      ///< false: not asked for, or the bordered matrix is singular
    CurveTangent tangent;
};

/// Settings of a correction, the same for whoever takes it.
struct CurveRules {
    static constexpr int max_factorizations = 8;    ///< a predictor that needs more was too far away
    static constexpr int max_corrections = 32;
    static constexpr double chord_rate = 0.1;       ///< of the mismatch left by a step: above it the next one factors anew
    static constexpr double enough = 1e-4;          ///< times the tolerance: nothing computed from the point depends on the rest
    static constexpr double hopeless_change = 1.0;  ///< rad or ln V in one correction: not the same curve any more
};

class Continuation {
public:
    explicit Continuation(const AdmittancePattern& pattern);

    /// Corrects to a ten-thousandth of the tolerance where rounding allows, so that what is computed from the point is far
    /// better than it.
    void solve(const CurveRequest& request, CurveAnswer& answer);

private:
    [[nodiscard]] PowerFlowProblem at_lambda(const CurveProblem& problem, double lambda);
    bool factor(const CurveRequest& request, const CurvePoint& at);
    CurveCorrection correct(const CurveRequest& request, CurvePoint& at);
    bool tangent(const CurveRequest& request, const CurvePoint& at, CurveTangent& out);

    const AdmittancePattern* pattern_;
    PowerEquations equations_;
    SparseLu lu_;
    std::vector<int> row_start_, column_;
    std::vector<double> jacobian_, bordered_, rhs_, p_, q_;
};

}  // namespace araz::solver

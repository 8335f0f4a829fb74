#include "araz/solver/continuation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace araz::solver {

Continuation::Continuation(const AdmittancePattern& pattern) : pattern_(&pattern), equations_(pattern) {
    const int n = equations_.size();
    row_start_.push_back(0);
    for (int i = 0; i < n; ++i) {
        column_.insert(column_.end(), equations_.column().begin() + equations_.row_start()[i],
                       equations_.column().begin() + equations_.row_start()[i + 1]);
        column_.push_back(n);
        row_start_.push_back(static_cast<int>(column_.size()));
    }
    for (int i = 0; i <= n; ++i) column_.push_back(i);
    row_start_.push_back(static_cast<int>(column_.size()));
    jacobian_.resize(equations_.column().size());
    bordered_.resize(column_.size());
    rhs_.resize(static_cast<std::size_t>(n) + 1);
    p_.resize(static_cast<std::size_t>(pattern.n_bus));
    q_.resize(static_cast<std::size_t>(pattern.n_bus));
    lu_.analyze(n + 1, row_start_, column_);
}

double CurveMetric::dot(const CurveTangent& a, const CurveTangent& b) const {
    double sum = 0.0;
    for (std::size_t i = 0; i < a.x.size(); ++i) sum += a.x[i] * b.x[i];
    return sum / static_cast<double>(a.x.size()) + scale * scale * a.lambda * b.lambda;
}

bool CurveMetric::normalize(CurveTangent& t) const {
    const double length = std::sqrt(dot(t, t));
    if (!(length > 0.0) || !std::isfinite(length)) return false;
    for (double& value : t.x) value /= length;
    t.lambda /= length;
    return true;
}

PowerFlowProblem Continuation::at_lambda(const CurveProblem& problem, double lambda) {
    const double moved = lambda - problem.lambda0;
    for (std::size_t i = 0; i < p_.size(); ++i) {
        p_[i] = problem.p[i] + moved * problem.dp[i];
        q_[i] = problem.q[i] + moved * problem.dq[i];
    }
    PowerFlowProblem out;
    out.pattern = problem.pattern;
    out.ybus = problem.ybus;
    out.kind = problem.kind;
    out.p = p_;
    out.q = q_;
    out.curves = problem.curves;
    return out;
}

// Uses the injections computed last.
bool Continuation::factor(const CurveRequest& request, const CurvePoint& at) {
    const CurveProblem& problem = request.problem;
    equations_.jacobian(at_lambda(problem, at.lambda), at.state, jacobian_);
    const int n = equations_.size();
    double* out = bordered_.data();
    for (int i = 0; i < n; ++i) {
        const int begin = equations_.row_start()[i];
        const int end = equations_.row_start()[i + 1];
        out = std::copy(jacobian_.begin() + begin, jacobian_.begin() + end, out);
        const int bus = i / 2;
        const BusKind kind = problem.kind[bus];
        const bool applies = kind == BusKind::pq || (kind == BusKind::pv && i % 2 == 0);
        *out++ = applies ? -(i % 2 == 0 ? problem.dp[bus] : problem.dq[bus]) : 0.0;
    }
    for (int i = 0; i < n; ++i) *out++ = request.along->x[static_cast<std::size_t>(i)] / n;
    *out = request.metric.scale * request.metric.scale * request.along->lambda;
    return lu_.refresh(bordered_).ok;
}

// At the point whose injections were computed last.
bool Continuation::tangent(const CurveRequest& request, const CurvePoint& at, CurveTangent& out) {
    if (!factor(request, at)) return false;
    std::fill(rhs_.begin(), rhs_.end(), 0.0);
    rhs_.back() = 1.0;
    lu_.solve(rhs_);
    out = {{rhs_.begin(), rhs_.end() - 1}, rhs_.back()};
    return request.metric.normalize(out);
}

// Newton steps, and chords with their factors as long as those get far.
CurveCorrection Continuation::correct(const CurveRequest& request, CurvePoint& at) {
    const CurveProblem& problem = request.problem;
    const int n = pattern_->n_bus;
    const auto move = [&](std::span<const double> x, double size) {
        for (int i = 0; i < n; ++i) {
            if (problem.kind[i] == BusKind::dead) continue;
            at.state.va[i] += size * x[2 * i];
            at.state.vm[i] *= std::exp(size * x[2 * i + 1]);  // ln V is the unknown: a magnitude stays positive
        }
    };
    move(request.along->x, request.step);
    at.lambda += request.step * request.along->lambda;

    CurveCorrection report;
    std::vector<double> moved(request.along->x.size(), 0.0);
    int factorizations = 0;
    double before = std::numeric_limits<double>::infinity();
    for (report.iterations = 0; report.iterations <= CurveRules::max_corrections; ++report.iterations) {
        const PowerFlowProblem now = at_lambda(problem, at.lambda);
        equations_.injections(now, at.state);
        report.mismatch = equations_.mismatch(now, at.state, {rhs_.data(), rhs_.size() - 1}).value;
        if (!std::isfinite(report.mismatch)) return report;
        const bool was_ok = report.ok;
        report.ok = report.mismatch <= request.tolerance;
        const bool slow = !(report.mismatch < CurveRules::chord_rate * before);
        if (report.ok && (report.mismatch <= CurveRules::enough * request.tolerance || (was_ok && slow))) break;
        before = report.mismatch;
        if (report.iterations == CurveRules::max_corrections) break;
        rhs_.back() = 0.0;  // the predictor lies on the plane, and corrections stay in it
        if (report.iterations == 0 || slow) {
            if (factorizations++ == CurveRules::max_factorizations || !factor(request, at)) break;
        }
        lu_.solve(rhs_);
        double largest = 0.0;
        for (std::size_t i = 0; i < moved.size(); ++i) {
            largest = std::max(largest, std::abs(rhs_[i]));
            moved[i] += rhs_[i];
        }
        if (!(largest < CurveRules::hopeless_change)) {
            report.ok = false;
            return report;
        }
        move(rhs_, 1.0);
        at.lambda += rhs_.back();
    }
    for (const double value : moved) report.predictor_error = std::max(report.predictor_error, std::abs(value));
    return report;
}

void Continuation::solve(const CurveRequest& request, CurveAnswer& answer) {
    answer.point = *request.from;
    answer.has_tangent = false;
    answer.correction = {};
    if (request.corrects) answer.correction = correct(request, answer.point);
    else answer.correction.ok = true;
    if (!answer.correction.ok) return;
    equations_.injections(at_lambda(request.problem, answer.point.lambda), answer.point.state);
    answer.p_calc.assign(equations_.p_calc().begin(), equations_.p_calc().end());
    answer.q_calc.assign(equations_.q_calc().begin(), equations_.q_calc().end());
    answer.e.assign(equations_.e().begin(), equations_.e().end());
    answer.f.assign(equations_.f().begin(), equations_.f().end());
    if (request.wants_tangent) answer.has_tangent = tangent(request, answer.point, answer.tangent);
}

}  // namespace araz::solver

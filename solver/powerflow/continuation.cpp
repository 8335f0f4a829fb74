#include "araz/solver/continuation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace araz::solver {

namespace {

constexpr int max_factorizations = 8;    // a predictor that needs more was too far away
constexpr int max_corrections = 32;
constexpr double chord_rate = 0.1;       // of the mismatch left by a step: above it the next one factors anew
constexpr double enough = 1e-4;          // times the tolerance: nothing computed from the point depends on the rest
constexpr double hopeless_change = 1.0;  // rad or ln V in one correction: not the same curve any more

}  // namespace

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

double Continuation::dot(const CurveTangent& a, const CurveTangent& b) const {
    double sum = 0.0;
    for (std::size_t i = 0; i < a.x.size(); ++i) sum += a.x[i] * b.x[i];
    return sum / static_cast<double>(a.x.size()) + scale_ * scale_ * a.lambda * b.lambda;
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

void Continuation::injections(const CurveProblem& problem, const CurvePoint& at) {
    equations_.injections(at_lambda(problem, at.lambda), at.state);
}

// Uses the injections computed last.
bool Continuation::factor(const CurveProblem& problem, const CurvePoint& at, const CurveTangent& row) {
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
    for (int i = 0; i < n; ++i) *out++ = row.x[static_cast<std::size_t>(i)] / n;
    *out = scale_ * scale_ * row.lambda;
    return lu_.refresh(bordered_).ok;
}

bool Continuation::tangent(const CurveProblem& problem, const CurvePoint& at, const CurveTangent& along,
                           CurveTangent& out) {
    injections(problem, at);
    if (!factor(problem, at, along)) return false;
    std::fill(rhs_.begin(), rhs_.end(), 0.0);
    rhs_.back() = 1.0;
    lu_.solve(rhs_);
    CurveTangent made{{rhs_.begin(), rhs_.end() - 1}, rhs_.back()};
    const double length = std::sqrt(dot(made, made));
    if (!(length > 0.0) || !std::isfinite(length)) return false;
    for (double& value : made.x) value /= length;
    made.lambda /= length;
    out = std::move(made);
    return true;
}

CurveCorrection Continuation::correct(const CurveProblem& problem, const CurvePoint& from, const CurveTangent& t,
                                      double step, double tolerance, CurvePoint& out) {
    CurvePoint at = from;
    const int n = pattern_->n_bus;
    const auto move = [&](std::span<const double> x, double size) {
        for (int i = 0; i < n; ++i) {
            if (problem.kind[i] == BusKind::dead) continue;
            at.state.va[i] += size * x[2 * i];
            at.state.vm[i] *= std::exp(size * x[2 * i + 1]);  // ln V is the unknown: a magnitude stays positive
        }
    };
    move(t.x, step);
    at.lambda += step * t.lambda;

    // Newton steps, and chords with their factors as long as those get far.
    CurveCorrection report;
    std::vector<double> moved(t.x.size(), 0.0);
    int factorizations = 0;
    double before = std::numeric_limits<double>::infinity();
    for (report.iterations = 0; report.iterations <= max_corrections; ++report.iterations) {
        const PowerFlowProblem now = at_lambda(problem, at.lambda);
        equations_.injections(now, at.state);
        report.mismatch = equations_.mismatch(now, at.state, {rhs_.data(), rhs_.size() - 1}).value;
        if (!std::isfinite(report.mismatch)) return report;
        const bool was_ok = report.ok;
        report.ok = report.mismatch <= tolerance;
        const bool slow = !(report.mismatch < chord_rate * before);
        if (report.ok && (report.mismatch <= enough * tolerance || (was_ok && slow))) break;
        before = report.mismatch;
        if (report.iterations == max_corrections) break;
        rhs_.back() = 0.0;  // the predictor lies on the plane, and corrections stay in it
        if (report.iterations == 0 || slow) {
            if (factorizations++ == max_factorizations || !factor(problem, at, t)) break;
        }
        lu_.solve(rhs_);
        double largest = 0.0;
        for (std::size_t i = 0; i < moved.size(); ++i) {
            largest = std::max(largest, std::abs(rhs_[i]));
            moved[i] += rhs_[i];
        }
        if (!(largest < hopeless_change)) {
            report.ok = false;
            return report;
        }
        move(rhs_, 1.0);
        at.lambda += rhs_.back();
    }
    for (const double value : moved) report.predictor_error = std::max(report.predictor_error, std::abs(value));
    if (report.ok) out = std::move(at);
    return report;
}

}  // namespace araz::solver

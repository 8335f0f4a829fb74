#include "araz/solver/power_equations.hpp"

#include <cmath>
#include <limits>

namespace araz::solver {

PowerEquations::PowerEquations(const AdmittancePattern& pattern) : pattern_(&pattern) {
    // Row 2i and row 2i+1 hold, for each Ybus column j of row i, the pair of unknowns (2j, 2j+1).
    const int n = pattern.n_bus;
    row_start_.resize(2 * n + 1);
    column_.resize(4 * static_cast<std::size_t>(pattern.nnz()));
    for (int i = 0; i < n; ++i) {
        const int begin = pattern.row_start[i];
        const int length = pattern.row_start[i + 1] - begin;
        row_start_[2 * i] = 4 * begin;
        row_start_[2 * i + 1] = 4 * begin + 2 * length;
        for (int half = 0; half < 2; ++half) {
            int* out = column_.data() + 4 * begin + 2 * half * length;
            for (int k = begin; k < begin + length; ++k) {
                *out++ = 2 * pattern.column[k];
                *out++ = 2 * pattern.column[k] + 1;
            }
        }
    }
    row_start_[2 * n] = 4 * pattern.nnz();
    p_.resize(n);
    q_.resize(n);
    e_.resize(n);
    f_.resize(n);
}

void PowerEquations::injections(const PowerFlowProblem& problem, const VoltageState& state) {
    const int n = pattern_->n_bus;
    for (int i = 0; i < n; ++i) {
        e_[i] = state.vm[i] * std::cos(state.va[i]);
        f_[i] = state.vm[i] * std::sin(state.va[i]);
    }
    const double* g = problem.ybus->g.data();
    const double* b = problem.ybus->b.data();
    const int* column = pattern_->column.data();
    for (int i = 0; i < n; ++i) {
        double current_re = 0.0;
        double current_im = 0.0;
        for (int k = pattern_->row_start[i]; k < pattern_->row_start[i + 1]; ++k) {
            const int j = column[k];
            current_re += g[k] * e_[j] - b[k] * f_[j];
            current_im += g[k] * f_[j] + b[k] * e_[j];
        }
        p_[i] = e_[i] * current_re + f_[i] * current_im;
        q_[i] = f_[i] * current_re - e_[i] * current_im;
    }
}

WorstMismatch PowerEquations::mismatch(const PowerFlowProblem& problem, const VoltageState& state,
                                       std::span<double> out) const {
    WorstMismatch worst;
    const auto consider = [&](double value, int bus, bool reactive) {
        // A NaN must win, or a broken state would look converged.
        if (!(std::abs(value) <= worst.value)) worst = {std::abs(value), bus, reactive};
    };
    const bool dependent = problem.load != nullptr && !problem.load->empty();
    for (int i = 0; i < pattern_->n_bus; ++i) {
        const BusKind kind = problem.kind[i];
        double dp = 0.0;
        double dq = 0.0;
        if (kind == BusKind::pq || kind == BusKind::pv) dp = problem.p[i] - p_[i];
        if (kind == BusKind::pq) dq = problem.q[i] - q_[i];
        if (dependent) {
            const double v = state.vm[i];
            const VoltageDependence& load = *problem.load;
            if (kind == BusKind::pq || kind == BusKind::pv) dp -= v * (load.p1[i] + v * load.p2[i]);
            if (kind == BusKind::pq) dq -= v * (load.q1[i] + v * load.q2[i]);
        }
        out[2 * i] = dp;
        out[2 * i + 1] = dq;
        consider(dp, i, false);
        consider(dq, i, true);
        if (std::isnan(worst.value)) return worst;
    }
    return worst;
}

void PowerEquations::jacobian(const PowerFlowProblem& problem, const VoltageState& state,
                              std::span<double> values) const {
    const double* g = problem.ybus->g.data();
    const double* b = problem.ybus->b.data();
    const int* column = pattern_->column.data();
    const bool dependent = problem.load != nullptr && !problem.load->empty();
    for (int i = 0; i < pattern_->n_bus; ++i) {
        const int begin = pattern_->row_start[i];
        const int end = pattern_->row_start[i + 1];
        double* p_row = values.data() + 4 * static_cast<std::size_t>(begin);
        double* q_row = p_row + 2 * (end - begin);
        const BusKind kind = problem.kind[i];
        const bool has_p = kind == BusKind::pq || kind == BusKind::pv;
        const bool has_q = kind == BusKind::pq;
        for (int k = begin; k < end; ++k) {
            const int j = column[k];
            double h = 0.0, n = 0.0, m = 0.0, l = 0.0;
            if (j != i) {
                const double c = e_[i] * e_[j] + f_[i] * f_[j];
                const double s = f_[i] * e_[j] - e_[i] * f_[j];
                h = g[k] * s - b[k] * c;
                n = g[k] * c + b[k] * s;
                m = -n;
                l = h;
            } else {
                const double vv = state.vm[i] * state.vm[i];
                h = -q_[i] - b[k] * vv;
                n = p_[i] + g[k] * vv;
                m = p_[i] - g[k] * vv;
                l = q_[i] - b[k] * vv;
                if (dependent) {
                    const VoltageDependence& load = *problem.load;
                    n += state.vm[i] * load.p1[i] + 2.0 * vv * load.p2[i];
                    l += state.vm[i] * load.q1[i] + 2.0 * vv * load.q2[i];
                }
            }
            const int at = 2 * (k - begin);
            p_row[at] = has_p ? h : (j == i ? 1.0 : 0.0);
            p_row[at + 1] = has_p ? n : 0.0;
            q_row[at] = has_q ? m : 0.0;
            q_row[at + 1] = has_q ? l : (j == i ? 1.0 : 0.0);
        }
    }
}

double PowerEquations::rounding_floor(const PowerFlowProblem& problem, const VoltageState& state) const {
    double largest = 0.0;
    for (int i = 0; i < pattern_->n_bus; ++i) {
        if (problem.kind[i] == BusKind::dead) continue;
        double sum = 0.0;
        for (int k = pattern_->row_start[i]; k < pattern_->row_start[i + 1]; ++k)
            sum += std::hypot(problem.ybus->g[k], problem.ybus->b[k]) * state.vm[pattern_->column[k]];
        largest = std::max(largest, sum * state.vm[i]);
    }
    return std::numeric_limits<double>::epsilon() * largest;
}

}  // namespace araz::solver

#include "araz/solver/lane_reference.hpp"

#include <algorithm>
#include <cmath>
#include <complex>

namespace araz::solver::reference {

namespace {

using Complex = std::complex<double>;

// x := A^-1 x; A by rows. False: singular.
bool gauss(std::vector<std::vector<double>>& a, std::vector<double>& x) {
    const std::size_t n = x.size();
    for (std::size_t k = 0; k < n; ++k) {
        std::size_t best = k;
        for (std::size_t i = k + 1; i < n; ++i)
            if (std::abs(a[i][k]) > std::abs(a[best][k])) best = i;
        if (a[best][k] == 0.0) return false;
        std::swap(a[k], a[best]);
        std::swap(x[k], x[best]);
        for (std::size_t i = k + 1; i < n; ++i) {
            const double factor = a[i][k] / a[k][k];
            if (factor == 0.0) continue;
            for (std::size_t j = k; j < n; ++j) a[i][j] -= factor * a[k][j];
            x[i] -= factor * x[k];
        }
    }
    for (std::size_t k = n; k-- > 0;) {
        for (std::size_t j = k + 1; j < n; ++j) x[k] -= a[k][j] * x[j];
        x[k] /= a[k][k];
    }
    return true;
}

}  // namespace

NewtonStep newton_step(const PowerFlowProblem& problem, const VoltageState& state) {
    const AdmittancePattern& pattern = *problem.pattern;
    const int n = pattern.n_bus;
    std::vector<Complex> v, current(static_cast<std::size_t>(n));
    for (int i = 0; i < n; ++i) v.push_back(std::polar(state.vm[i], state.va[i]));
    for (int i = 0; i < n; ++i)
        for (int k = pattern.row_start[i]; k < pattern.row_start[i + 1]; ++k)
            current[i] += Complex(problem.ybus->g[k], problem.ybus->b[k]) * v[pattern.column[k]];

    NewtonStep result;
    result.mismatch.assign(2 * static_cast<std::size_t>(n), 0.0);
    std::vector<std::vector<double>> jacobian(2 * static_cast<std::size_t>(n));
    for (int i = 0; i < n; ++i) {
        const bool has_p = problem.kind[i] == BusKind::pq || problem.kind[i] == BusKind::pv;
        const bool has_q = problem.kind[i] == BusKind::pq;
        const Complex power = v[i] * std::conj(current[i]);
        if (has_p) result.mismatch[2 * i] = problem.p[i] - power.real();
        if (has_q) result.mismatch[2 * i + 1] = problem.q[i] - power.imag();
        auto& p_row = jacobian[2 * i];
        auto& q_row = jacobian[2 * i + 1];
        p_row.assign(2 * static_cast<std::size_t>(n), 0.0);
        q_row = p_row;
        for (int k = pattern.row_start[i]; k < pattern.row_start[i + 1]; ++k) {
            const int j = pattern.column[k];
            const Complex flow = v[i] * std::conj(Complex(problem.ybus->g[k], problem.ybus->b[k]) * v[j]);
            // dS/dva = j diag(V) conj(diag(I) - Y diag(V)), dS/dlnV = diag(V) conj(Y diag(V)) + conj(diag(I)) diag(V)
            const Complex by_angle = Complex(0.0, 1.0) * ((i == j ? power : Complex{}) - flow);
            const Complex by_magnitude = flow + (i == j ? power : Complex{});
            if (has_p) {
                p_row[2 * j] = by_angle.real();
                p_row[2 * j + 1] = by_magnitude.real();
            }
            if (has_q) {
                q_row[2 * j] = by_angle.imag();
                q_row[2 * j + 1] = by_magnitude.imag();
            }
        }
        if (!has_p) p_row[2 * i] = 1.0;
        if (!has_q) q_row[2 * i + 1] = 1.0;
    }
    result.step = result.mismatch;
    result.ok = gauss(jacobian, result.step);
    return result;
}

BranchPower branch_power(const LaneBranch& branch, double vm_from, double va_from, double vm_to, double va_to) {
    const Complex f = std::polar(vm_from, va_from);
    const Complex t = std::polar(vm_to, va_to);
    const Complex s_from = f * std::conj(Complex(branch.gff, branch.bff) * f + Complex(branch.gft, branch.bft) * t);
    const Complex s_to = t * std::conj(Complex(branch.gtf, branch.btf) * f + Complex(branch.gtt, branch.btt) * t);
    return {std::norm(s_from), std::norm(s_to), s_from.real() + s_to.real()};
}

}  // namespace araz::solver::reference

#include "binding.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>

namespace araz {

namespace {

using Complex = std::complex<double>;

constexpr double never = std::numeric_limits<double>::infinity();

// First E > 0 with |s + E ds| = limit, moving outwards.
double crossing(Complex s, Complex ds, double limit) {
    const double a = std::norm(ds);
    const double b = 2.0 * (s.real() * ds.real() + s.imag() * ds.imag());
    const double c = std::norm(s) - limit * limit;
    if (!(a > 0.0)) return never;
    if (c >= -2.0 * limit_margin * limit * limit) return b >= 0.0 ? 0.0 : -b / a;  // at the limit already
    // c < 0: one positive root; written so that nothing cancels.
    const double root = std::sqrt(b * b - 4.0 * a * c);
    return b >= 0.0 ? -2.0 * c / (b + root) : (root - b) / (2.0 * a);
}

// Apparent power at both ends of a branch and its change along a tangent.
struct BranchTangent {
    Complex from, to, d_from, d_to;
};

BranchTangent branch_tangent(const ElectricalModel& model, const Solution& solution, std::span<const double> tangent, int l) {
    const Network& net = *model.network;
    const int f = net.from[l];
    const int t = net.to[l];
    const solver::BranchAdmittance& y = model.elements.branch[l];
    const Complex vf = std::polar(solution.vm[f], solution.va[f]);
    const Complex vt = std::polar(solution.vm[t], solution.va[t]);
    const Complex dvf = vf * Complex(tangent[2 * f + 1], tangent[2 * f]);
    const Complex dvt = vt * Complex(tangent[2 * t + 1], tangent[2 * t]);
    const Complex yff(y.gff, y.bff), yft(y.gft, y.bft), ytf(y.gtf, y.btf), ytt(y.gtt, y.btt);
    const Complex i_from = yff * vf + yft * vt;
    const Complex i_to = ytf * vf + ytt * vt;
    const Complex ds_from = dvf * std::conj(i_from) + vf * std::conj(yff * dvf + yft * dvt);
    const Complex ds_to = dvt * std::conj(i_to) + vt * std::conj(ytf * dvf + ytt * dvt);
    return {vf * std::conj(i_from), vt * std::conj(i_to), ds_from, ds_to};
}

}  // namespace

double binding_shift(const ElectricalModel& model, const Solution& solution, std::span<const double> tangent,
                     const Reading& reading) {
    if (reading.watch == Watch::thermal) {
        const BranchTangent s = branch_tangent(model, solution, tangent, reading.index);
        return std::min(crossing(s.from, s.d_from, reading.limit), crossing(s.to, s.d_to, reading.limit));
    }
    // A step is the difference of two states; which one the search follows by its severity alone.
    if (reading.watch == Watch::voltage_step) return never;
    const double slope = solution.vm[reading.index] * tangent[2 * reading.index + 1];
    const double outwards = reading.watch == Watch::voltage_low ? -slope : slope;
    if (!(outwards > 1e-12)) return never;  // held, or moving inwards
    return std::max(0.0, (1.0 - reading.severity()) / outwards);
}

double severity_slope(const ElectricalModel& model, const Solution& solution, std::span<const double> tangent,
                      const Reading& reading) {
    if (reading.watch == Watch::voltage_step) return nan_value;
    if (reading.watch == Watch::thermal) {
        const BranchTangent at = branch_tangent(model, solution, tangent, reading.index);
        const Complex s = reading.at_to_side ? at.to : at.from;
        const Complex ds = reading.at_to_side ? at.d_to : at.d_from;
        return (s.real() * ds.real() + s.imag() * ds.imag()) / (std::abs(s) * reading.limit);
    }
    const double slope = solution.vm[reading.index] * tangent[2 * reading.index + 1];
    return reading.watch == Watch::voltage_low ? -slope : slope;
}

}  // namespace araz

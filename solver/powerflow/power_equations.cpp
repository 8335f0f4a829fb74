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

void VoltageDependence::resize(std::size_t n) {
    for (auto* each : {&p1, &p2, &q1, &q2, &pe, &np, &qe, &nq}) each->assign(n, 0.0);
}

namespace {

double power_part(double size, double exponent, double v) { return size == 0.0 ? 0.0 : size * std::pow(v, exponent); }

}  // namespace

double VoltageDependence::p(int bus, double v) const {
    return v * (p1[bus] + v * p2[bus]) + (pe.empty() ? 0.0 : power_part(pe[bus], np[bus], v));
}
double VoltageDependence::q(int bus, double v) const {
    return v * (q1[bus] + v * q2[bus]) + (qe.empty() ? 0.0 : power_part(qe[bus], nq[bus], v));
}
double VoltageDependence::dp(int bus, double v) const {
    return v * (p1[bus] + 2.0 * v * p2[bus]) + (pe.empty() ? 0.0 : np[bus] * power_part(pe[bus], np[bus], v));
}
double VoltageDependence::dq(int bus, double v) const {
    return v * (q1[bus] + 2.0 * v * q2[bus]) + (qe.empty() ? 0.0 : nq[bus] * power_part(qe[bus], nq[bus], v));
}

void Links::find_slots(const AdmittancePattern& pattern) {
    for (auto* each : {&slot_fn, &slot_tn, &slot_nf, &slot_nt}) each->clear();
    for (int k = 0; k < size(); ++k) {
        slot_fn.push_back(pattern.slot(from[k], node(k)));
        slot_tn.push_back(pattern.slot(to[k], node(k)));
        slot_nf.push_back(pattern.slot(node(k), from[k]));
        slot_nt.push_back(pattern.slot(node(k), to[k]));
    }
}

void Emulation::find_slots(const AdmittancePattern& pattern) {
    for (auto* each : {&slot_fn, &slot_tn, &slot_nf, &slot_nt}) each->clear();
    for (int k = 0; k < size(); ++k) {
        slot_fn.push_back(pattern.slot(from[k], node(k)));
        slot_tn.push_back(pattern.slot(to[k], node(k)));
        slot_nf.push_back(pattern.slot(node(k), from[k]));
        slot_nt.push_back(pattern.slot(node(k), to[k]));
    }
}

int PowerEquations::side_of(const PowerFlowProblem& problem, const VoltageState& state, int link) {
    if (!problem.emulated_side.empty()) return problem.emulated_side[link];
    return problem.emulation->side(link, problem.emulation->asked(link, state.va));
}

void PowerEquations::emulate(const PowerFlowProblem& problem, const VoltageState& state) {
    const Emulation& dc = *problem.emulation;
    p_dc_.assign(static_cast<std::size_t>(pattern_->n_bus), 0.0);
    q_dc_ = p_dc_;
    for (int k = 0; k < dc.size(); ++k) {
        if (problem.kind[dc.node(k)] != BusKind::emulation) continue;
        const EmulatedEnds at = dc.ends(k, state.va[dc.node(k)]);
        for (int end = 0; end < 2; ++end) {
            const int bus = end == 0 ? dc.from[k] : dc.to[k];
            p_dc_[bus] += at.p[end];
            if (const double held = problem.emulated_q[2 * k + end]; !std::isnan(held)) q_dc_[bus] += at.q[end] - held;
        }
    }
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
    if (problem.emulation != nullptr) emulate(problem, state);
    if (problem.links == nullptr) return;
    const Links& links = *problem.links;
    p_link_.assign(static_cast<std::size_t>(n), 0.0);
    q_link_.assign(static_cast<std::size_t>(n), 0.0);
    for (int k = 0; k < links.size(); ++k) {
        const int node = links.node(k);
        if (problem.kind[node] != BusKind::link) continue;
        p_link_[links.from[k]] += state.va[node];
        p_link_[links.to[k]] -= state.va[node];
        q_link_[links.from[k]] += state.vm[node];
        q_link_[links.to[k]] -= state.vm[node];
    }
    for (int i = 0; i < n; ++i) {
        p_[i] += p_link_[i];
        q_[i] += q_link_[i];
    }
}

double PowerEquations::active_mismatch(const PowerFlowProblem& problem, const VoltageState& state, int bus) const {
    const bool dependent = problem.load != nullptr && !problem.load->empty();
    const double emulated = problem.emulation != nullptr ? p_dc_[bus] : 0.0;
    return problem.p[bus] + emulated - p_[bus] - (dependent ? problem.load->p(bus, state.vm[bus]) : 0.0);
}

double PowerEquations::active_along(const PowerFlowProblem& problem, const VoltageState& state, int bus,
                                    std::span<const double> step) const {
    double change = 0.0;
    for (int k = pattern_->row_start[bus]; k < pattern_->row_start[bus + 1]; ++k) {
        const int j = pattern_->column[k];
        if (problem.kind[j] == BusKind::link || problem.kind[j] == BusKind::emulation) continue;
        const Entry at = entry(problem, state, bus, k);
        change += at.h * step[2 * j] + at.n * step[2 * j + 1];
    }
    for (int k = 0; problem.emulation != nullptr && k < problem.emulation->size(); ++k) {
        const Emulation& dc = *problem.emulation;
        const int node = dc.node(k);
        if (problem.kind[node] != BusKind::emulation || (dc.from[k] != bus && dc.to[k] != bus)) continue;
        const EmulatedEnds at = dc.ends(k, state.va[node]);
        change -= ((dc.from[k] == bus ? at.dp[0] : 0.0) + (dc.to[k] == bus ? at.dp[1] : 0.0)) * step[2 * node];
    }
    if (problem.links == nullptr) return change;
    const Links& links = *problem.links;
    for (int k = 0; k < links.size(); ++k) {
        if (problem.kind[links.node(k)] != BusKind::link) continue;
        if (links.from[k] == bus) change += step[2 * links.node(k)];
        if (links.to[k] == bus) change -= step[2 * links.node(k)];
    }
    return change;
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
        if (has_p_equation(kind)) dp = problem.p[i] - p_[i];
        if (has_q_equation(kind)) dq = problem.q[i] - q_[i];
        if (dependent) {
            if (has_p_equation(kind)) dp -= problem.load->p(i, state.vm[i]);
            if (has_q_equation(kind)) dq -= problem.load->q(i, state.vm[i]);
        }
        if (problem.curves != nullptr && has_q_equation(kind)) dq += problem.curves->q(i, state.vm[i]);
        if (kind == BusKind::link) {
            const Links& links = *problem.links;
            const int k = i - links.first_node;
            dp = links.shift[k] - (state.va[links.from[k]] - state.va[links.to[k]]);
            dq = links.log_tap[k] - std::log(state.vm[links.from[k]] / state.vm[links.to[k]]);
        }
        int place = i;
        if (problem.emulation != nullptr) {
            const Emulation& dc = *problem.emulation;
            if (has_p_equation(kind)) dp += p_dc_[i];
            if (has_q_equation(kind)) dq += q_dc_[i];
            if (kind == BusKind::emulation) {
                const int k = i - dc.first_node;
                const int side = side_of(problem, state, k);
                dp = (side > 0 ? dc.high[k] : side < 0 ? dc.low[k] : dc.asked(k, state.va)) - state.va[i];
                place = dc.from[k];
            }
        }
        out[2 * i] = dp;
        out[2 * i + 1] = dq;
        consider(dp, place, false);
        consider(dq, place, true);
        if (std::isnan(worst.value)) return worst;
    }
    return worst;
}

PowerEquations::Entry PowerEquations::entry(const PowerFlowProblem& problem, const VoltageState& state, int row,
                                            int slot) const {
    const double g = problem.ybus->g[slot];
    const double b = problem.ybus->b[slot];
    const int j = pattern_->column[slot];
    if (j != row) {
        const double c = e_[row] * e_[j] + f_[row] * f_[j];
        const double s = f_[row] * e_[j] - e_[row] * f_[j];
        const double h = g * s - b * c;
        const double n = g * c + b * s;
        return {h, n, -n, h};
    }
    const double vv = state.vm[row] * state.vm[row];
    const bool linked = problem.links != nullptr;
    const double p = linked ? p_[row] - p_link_[row] : p_[row];
    const double q = linked ? q_[row] - q_link_[row] : q_[row];
    Entry at{-q - b * vv, p + g * vv, p - g * vv, q - b * vv};
    if (problem.load != nullptr && !problem.load->empty()) {
        at.n += problem.load->dp(row, state.vm[row]);
        at.l += problem.load->dq(row, state.vm[row]);
    }
    if (problem.curves != nullptr) at.l -= problem.curves->dq(row, state.vm[row]);
    return at;
}

void PowerEquations::jacobian(const PowerFlowProblem& problem, const VoltageState& state,
                              std::span<double> values) const {
    const double* g = problem.ybus->g.data();
    const double* b = problem.ybus->b.data();
    const int* column = pattern_->column.data();
    for (int i = 0; i < pattern_->n_bus; ++i) {
        const int begin = pattern_->row_start[i];
        const int end = pattern_->row_start[i + 1];
        double* p_row = values.data() + 4 * static_cast<std::size_t>(begin);
        double* q_row = p_row + 2 * (end - begin);
        const bool has_p = has_p_equation(problem.kind[i]);
        const bool has_q = has_q_equation(problem.kind[i]);
        for (int k = begin; k < end; ++k) {
            const int j = column[k];
            const double c = e_[i] * e_[j] + f_[i] * f_[j];
            const double s = f_[i] * e_[j] - e_[i] * f_[j];
            const double h = g[k] * s - b[k] * c;
            const double n = g[k] * c + b[k] * s;
            const int at = 2 * (k - begin);
            p_row[at] = has_p ? h : 0.0;
            p_row[at + 1] = has_p ? n : 0.0;
            q_row[at] = has_q ? -n : 0.0;
            q_row[at + 1] = has_q ? h : 0.0;
        }
        const Entry own = entry(problem, state, i, pattern_->diagonal[i]);
        const int at = 2 * (pattern_->diagonal[i] - begin);
        p_row[at] = has_p ? own.h : 1.0;
        p_row[at + 1] = has_p ? own.n : 0.0;
        q_row[at] = has_q ? own.m : 0.0;
        q_row[at + 1] = has_q ? own.l : 1.0;
        if (has_q && !problem.stiffness.empty()) q_row[at + 1] += problem.stiffness[i];
    }
    if (problem.links != nullptr) write_links(problem, values);
    if (problem.emulation != nullptr) write_emulation(problem, state, values);
}

double* PowerEquations::p_row_at(std::span<double> values, int row, int slot) const {
    const int begin = pattern_->row_start[row];
    return values.data() + 4 * static_cast<std::size_t>(begin) + 2 * (slot - begin);
}

double* PowerEquations::q_row_at(std::span<double> values, int row, int slot) const {
    return p_row_at(values, row, slot) + 2 * (pattern_->row_start[row + 1] - pattern_->row_start[row]);
}

void PowerEquations::write_links(const PowerFlowProblem& problem, std::span<double> values) const {
    const Links& links = *problem.links;
    for (int k = 0; k < links.size(); ++k) {
        const int node = links.node(k);
        if (problem.kind[node] != BusKind::link) continue;  // open: identity rows, no flow
        const auto flow_into = [&](int bus, int slot, double sign) {
            if (has_p_equation(problem.kind[bus])) p_row_at(values, bus, slot)[0] = sign;
            if (has_q_equation(problem.kind[bus])) q_row_at(values, bus, slot)[1] = sign;
        };
        flow_into(links.from[k], links.slot_fn[k], 1.0);
        flow_into(links.to[k], links.slot_tn[k], -1.0);
        const int diagonal = pattern_->diagonal[node];
        p_row_at(values, node, diagonal)[0] = 0.0;
        q_row_at(values, node, diagonal)[1] = 0.0;
        p_row_at(values, node, links.slot_nf[k])[0] = 1.0;
        q_row_at(values, node, links.slot_nf[k])[1] = 1.0;
        p_row_at(values, node, links.slot_nt[k])[0] = -1.0;
        q_row_at(values, node, links.slot_nt[k])[1] = -1.0;
    }
}

void PowerEquations::write_emulation(const PowerFlowProblem& problem, const VoltageState& state,
                                     std::span<double> values) const {
    const Emulation& dc = *problem.emulation;
    for (int k = 0; k < dc.size(); ++k) {
        const int node = dc.node(k);
        if (problem.kind[node] != BusKind::emulation) continue;  // not at work: identity rows
        const EmulatedEnds at = dc.ends(k, state.va[node]);
        for (int end = 0; end < 2; ++end) {
            const int bus = end == 0 ? dc.from[k] : dc.to[k];
            const int slot = end == 0 ? dc.slot_fn[k] : dc.slot_tn[k];
            if (has_p_equation(problem.kind[bus])) p_row_at(values, bus, slot)[0] = -at.dp[end];
            if (has_q_equation(problem.kind[bus]) && !std::isnan(problem.emulated_q[2 * k + end]))
                q_row_at(values, bus, slot)[0] = -at.dq[end];
        }
        const double slope = side_of(problem, state, k) == 0 ? dc.droop[k] : 0.0;
        p_row_at(values, node, dc.slot_nf[k])[0] = -slope;
        p_row_at(values, node, dc.slot_nt[k])[0] = slope;
    }
}

double PowerEquations::rounding_floor(const PowerFlowProblem& problem, const VoltageState& state) const {
    double largest = 0.0;
    for (int i = 0; i < pattern_->n_bus; ++i) {
        if (problem.kind[i] == BusKind::dead || problem.kind[i] == BusKind::link || problem.kind[i] == BusKind::emulation) continue;
        double sum = 0.0;
        for (int k = pattern_->row_start[i]; k < pattern_->row_start[i + 1]; ++k) {
            const int j = pattern_->column[k];
            if (problem.kind[j] != BusKind::link)
                sum += std::hypot(problem.ybus->g[k], problem.ybus->b[k]) * state.vm[j];
        }
        largest = std::max(largest, sum * state.vm[i]);
    }
    return std::numeric_limits<double>::epsilon() * largest;
}

}  // namespace araz::solver

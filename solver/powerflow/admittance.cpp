#include "araz/solver/admittance.hpp"

#include <algorithm>
#include <cmath>
#include <complex>

#include "araz/base/check.hpp"

namespace araz::solver {

using Complex = std::complex<double>;

BranchAdmittance branch_admittance(double r, double x, double b, double tap, double shift) {
    const Complex series = 1.0 / Complex(r, x);
    const Complex half_charging(0.0, b / 2.0);
    const Complex turns = std::polar(tap, shift);
    const Complex ytt = series + half_charging;
    const Complex yff = ytt / (tap * tap);
    const Complex yft = -series / std::conj(turns);
    const Complex ytf = -series / turns;
    return {yff.real(), yff.imag(), yft.real(), yft.imag(), ytf.real(), ytf.imag(), ytt.real(), ytt.imag()};
}

namespace {

// From |Vf|^2, |Vt|^2 and the real and imaginary part of Vf Vt*.
BranchFlow flow_of(const BranchAdmittance& y, double ff, double tt, double c, double s) {
    return {
        ff * y.gff + c * y.gft + s * y.bft,
        -ff * y.bff + s * y.gft - c * y.bft,
        tt * y.gtt + c * y.gtf - s * y.btf,
        -tt * y.btt - s * y.gtf - c * y.btf,
    };
}

}  // namespace

BranchFlow branch_flow(const BranchAdmittance& y, double vm_from, double va_from, double vm_to, double va_to) {
    const double angle = va_from - va_to;
    return flow_of(y, vm_from * vm_from, vm_to * vm_to, vm_from * vm_to * std::cos(angle), vm_from * vm_to * std::sin(angle));
}

BranchFlow branch_flow(const BranchAdmittance& y, Phasor from, Phasor to) {
    return flow_of(y, from.e * from.e + from.f * from.f, to.e * to.e + to.f * to.f, from.e * to.e + from.f * to.f,
                   from.f * to.e - from.e * to.f);
}

namespace {

int find_slot(const AdmittancePattern& pattern, int row, int column) {
    const auto begin = pattern.column.begin() + pattern.row_start[row];
    const auto end = pattern.column.begin() + pattern.row_start[row + 1];
    const auto found = std::lower_bound(begin, end, column);
    ARAZ_CHECK(found != end && *found == column, "no slot");
    return static_cast<int>(found - pattern.column.begin());
}

void list_incident_branches(AdmittancePattern& pattern) {
    const int n_branch = pattern.n_branch();
    pattern.incident_start.assign(pattern.n_bus + 1, 0);
    for (int l = 0; l < n_branch; ++l) {
        ++pattern.incident_start[pattern.from[l] + 1];
        ++pattern.incident_start[pattern.to[l] + 1];
    }
    for (int i = 0; i < pattern.n_bus; ++i) pattern.incident_start[i + 1] += pattern.incident_start[i];
    pattern.incident.resize(pattern.incident_start.back());
    std::vector<int> next(pattern.incident_start.begin(), pattern.incident_start.end() - 1);
    for (int l = 0; l < n_branch; ++l) {
        pattern.incident[next[pattern.from[l]]++] = l;
        pattern.incident[next[pattern.to[l]]++] = l;
    }
}

}  // namespace

int AdmittancePattern::slot(int row, int at_column) const { return find_slot(*this, row, at_column); }

AdmittancePattern AdmittancePattern::build(int n_bus, std::span<const int> from, std::span<const int> to,
                                           std::span<const std::pair<int, int>> couplings) {
    AdmittancePattern pattern;
    pattern.n_bus = n_bus;
    pattern.from.assign(from.begin(), from.end());
    pattern.to.assign(to.begin(), to.end());
    list_incident_branches(pattern);

    std::vector<std::vector<int>> coupled(couplings.empty() ? 0 : static_cast<std::size_t>(n_bus));
    for (const auto& [a, b] : couplings) {
        coupled[a].push_back(b);
        coupled[b].push_back(a);
    }
    pattern.row_start.assign(1, 0);
    std::vector<int> row;
    for (int i = 0; i < n_bus; ++i) {
        row.assign(1, i);
        for (int k = pattern.incident_start[i]; k < pattern.incident_start[i + 1]; ++k) {
            const int l = pattern.incident[k];
            row.push_back(from[l] == i ? to[l] : from[l]);
        }
        if (!coupled.empty()) row.insert(row.end(), coupled[i].begin(), coupled[i].end());
        std::sort(row.begin(), row.end());
        row.erase(std::unique(row.begin(), row.end()), row.end());
        pattern.column.insert(pattern.column.end(), row.begin(), row.end());
        pattern.row_start.push_back(static_cast<int>(pattern.column.size()));
    }

    pattern.diagonal.resize(n_bus);
    for (int i = 0; i < n_bus; ++i) pattern.diagonal[i] = find_slot(pattern, i, i);
    const int n_branch = pattern.n_branch();
    pattern.slot_ft.resize(n_branch);
    pattern.slot_tf.resize(n_branch);
    for (int l = 0; l < n_branch; ++l) {
        pattern.slot_ft[l] = find_slot(pattern, from[l], to[l]);
        pattern.slot_tf[l] = find_slot(pattern, to[l], from[l]);
    }
    return pattern;
}

namespace {

// Adds branch l to the entries of row `bus`. A self-loop (from == to) would count twice in `incident`;
// Network::build refuses it.
void add_branch_to_row(const AdmittancePattern& pattern, const BranchAdmittance& y, int l, int bus,
                       AdmittanceValues& values) {
    const int diagonal = pattern.diagonal[bus];
    if (pattern.from[l] == bus) {
        values.g[diagonal] += y.gff;
        values.b[diagonal] += y.bff;
        values.g[pattern.slot_ft[l]] += y.gft;
        values.b[pattern.slot_ft[l]] += y.bft;
    } else {
        values.g[diagonal] += y.gtt;
        values.b[diagonal] += y.btt;
        values.g[pattern.slot_tf[l]] += y.gtf;
        values.b[pattern.slot_tf[l]] += y.btf;
    }
}

void sum_row(const AdmittancePattern& pattern, const AdmittanceElements& elements, int bus,
             std::span<const unsigned char> out, AdmittanceValues& values) {
    for (int k = pattern.row_start[bus]; k < pattern.row_start[bus + 1]; ++k) values.g[k] = values.b[k] = 0.0;
    values.g[pattern.diagonal[bus]] = elements.g_shunt[bus];
    values.b[pattern.diagonal[bus]] = elements.b_shunt[bus];
    for (int k = pattern.incident_start[bus]; k < pattern.incident_start[bus + 1]; ++k) {
        const int l = pattern.incident[k];
        if (out.empty() || out[l] == 0) add_branch_to_row(pattern, elements.branch[l], l, bus, values);
    }
}

}  // namespace

void assemble(const AdmittancePattern& pattern, const AdmittanceElements& elements, AdmittanceValues& values) {
    values.g.resize(pattern.nnz());
    values.b.resize(pattern.nnz());
    for (int i = 0; i < pattern.n_bus; ++i) sum_row(pattern, elements, i, {}, values);
}

void sum_rows(const AdmittancePattern& pattern, const AdmittanceElements& elements, std::span<const int> buses,
              std::span<const unsigned char> out, AdmittanceValues& values) {
    for (const int bus : buses) sum_row(pattern, elements, bus, out, values);
}

void patch_outages(const AdmittancePattern& pattern, const AdmittanceElements& elements, std::span<const int> changed,
                   std::span<const unsigned char> out, AdmittanceValues& values) {
    for (const int l : changed) {
        sum_row(pattern, elements, pattern.from[l], out, values);
        sum_row(pattern, elements, pattern.to[l], out, values);
    }
}

}  // namespace araz::solver

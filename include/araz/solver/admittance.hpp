// The bus admittance matrix on a fixed pattern, with slot maps from elements to entries.
//
// The pattern is built once per topology and shared; values are written in place through the slot
// maps. An outage or a tap is a patch: the entries it touches are summed afresh from the elements that
// remain, in element order, so that a patched matrix equals a rebuilt one bit for bit.
//
// Branch model: series impedance r + jx, total charging b, ideal transformer tap*exp(j*shift) at the
// from end (R. D. Zimmerman, C. E. Murillo-Sanchez, R. J. Thomas, "MATPOWER", IEEE Trans. Power Syst.
// 26(1), 2011, eq. 1):   yff = (ys + jb/2)/tap^2,  yft = -ys/(tap e^{-j shift}),
//                        ytf = -ys/(tap e^{+j shift}),  ytt = ys + jb/2.
#pragma once

#include <span>
#include <utility>
#include <vector>

namespace araz::solver {

/// Two-port admittances of one branch, per unit.
struct BranchAdmittance {
    double gff = 0, bff = 0, gft = 0, bft = 0, gtf = 0, btf = 0, gtt = 0, btt = 0;
};

/// r = x = 0 has no admittance: the caller must have excluded it.
[[nodiscard]] BranchAdmittance branch_admittance(double r, double x, double b, double tap, double shift);

/// Complex flow leaving each end into the branch, per unit.
struct BranchFlow {
    double p_from = 0, q_from = 0, p_to = 0, q_to = 0;
};
[[nodiscard]] BranchFlow branch_flow(const BranchAdmittance& y, double vm_from, double va_from, double vm_to,
                                     double va_to);
/// A voltage by its real and imaginary part, per unit.
struct Phasor {
    double e = 0, f = 0;
};
[[nodiscard]] BranchFlow branch_flow(const BranchAdmittance& y, Phasor from, Phasor to);

/// Structure of Ybus, rows sorted by column, every diagonal present, symmetric.
struct AdmittancePattern {
    int n_bus = 0;
    std::vector<int> row_start;  ///< [n_bus + 1]
    std::vector<int> column;     ///< [nnz]
    std::vector<int> diagonal;   ///< [n_bus] slot of (i, i)
    std::vector<int> slot_ft;    ///< [n_branch] slot of (from, to)
    std::vector<int> slot_tf;    ///< [n_branch] slot of (to, from)
    std::vector<int> from, to;   ///< [n_branch]
    /// Branches at each bus in ascending order: incident[incident_start[i] .. incident_start[i+1]).
    std::vector<int> incident_start, incident;

    [[nodiscard]] int n_branch() const { return static_cast<int>(from.size()); }
    [[nodiscard]] int nnz() const { return static_cast<int>(column.size()); }

    /// `couplings`: pairs of nodes that need entries without being joined by a branch.
    static AdmittancePattern build(int n_bus, std::span<const int> from, std::span<const int> to,
                                   std::span<const std::pair<int, int>> couplings = {});
    /// Position of entry (row, column); it must exist.
    [[nodiscard]] int slot(int row, int at_column) const;
};

/// Values on an AdmittancePattern.
struct AdmittanceValues {
    std::vector<double> g, b;  ///< [nnz]
};

/// The elements that make up Ybus: branch two-ports and bus shunts.
struct AdmittanceElements {
    std::vector<BranchAdmittance> branch;     ///< [n_branch]
    std::vector<double> g_shunt, b_shunt;     ///< [n_bus]
};

/// Sums all elements into `values` (resized as needed).
void assemble(const AdmittancePattern& pattern, const AdmittanceElements& elements, AdmittanceValues& values);

/// Sums the rows of these buses anew, without the branches with `out[l] != 0`; `out` is [n_branch] or empty.
void sum_rows(const AdmittancePattern& pattern, const AdmittanceElements& elements, std::span<const int> buses,
              std::span<const unsigned char> out, AdmittanceValues& values);

/// Rewrites the entries touched by the branches in `changed` as if those with `out[l] != 0` did not
/// exist. `values` must hold a fresh copy of the intact matrix. `out` is [n_branch].
void patch_outages(const AdmittancePattern& pattern, const AdmittanceElements& elements,
                   std::span<const int> changed, std::span<const unsigned char> out, AdmittanceValues& values);

}  // namespace araz::solver

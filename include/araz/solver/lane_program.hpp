// Lane program: one elimination, fixed once for an admittance pattern, replayed for many value sets.
//
// Unknowns are the pairs (va, ln V) of each bus that can have equations: one node per bus, a 2x2 block. The
// order is AMD on the bus graph (P. R. Amestoy, T. A. Davis, I. S. Duff, "Algorithm 837: AMD", ACM Trans.
// Math. Softw. 30(3), 2004), followed by a postorder of the elimination tree; the pivots are the diagonal
// blocks, in that order, whatever the values. Buses without equations in any scenario (slack, dead) come after
// the nodes and keep only a place for their voltage.
//
// Elimination is up-looking by rows. Row t is a panel of 2x2 blocks [predecessors | diagonal | successors];
// each predecessor s, ascending, subtracts A(t,s) U(s,:) from it, where U(s,:) has already been divided by the
// pivot of s. What is stored of a row is y (the eliminated right-hand side) and U,
// and beside them, for further right-hand sides, the blocks left of the diagonal and the inverse pivot.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "araz/solver/admittance.hpp"

namespace araz::solver {

/// One update of a row by a predecessor.
struct LanePair {
    std::uint32_t source = 0;      ///< y and U of the predecessor, in numbers of W doubles
    std::uint16_t n_column = 0;    ///< blocks in U of the predecessor
    std::uint16_t at = 0;          ///< block of the predecessor in the panel of the row
};

/// An admittance of a row that has a place in the panel.
struct LaneEntry {
    std::int32_t column = 0;       ///< node
    std::int32_t at = 0;           ///< block in the panel
    double g = 0.0, b = 0.0;       ///< intact, p.u.
    float g_single = 0.0F, b_single = 0.0F;
};

struct LaneProgram {
    int n_bus = 0;
    int n_node = 0;
    std::vector<int> bus_of;       ///< [n_bus] place -> bus; the first n_node places are nodes
    std::vector<int> place_of;     ///< [n_bus] bus -> place

    // Ybus by places: rows of nodes only, columns are places, the diagonal first in each row.
    std::vector<int> row_start;    ///< [n_node + 1]
    std::vector<int> column;
    std::vector<double> g, b;
    std::vector<int> slot;         ///< slot of the entry in the AdmittancePattern

    // Elimination.
    std::vector<int> parent;                  ///< [n_node] elimination tree; -1: root
    std::vector<int> upper_start, upper;      ///< successors of each node, ascending
    std::vector<int> lower_start, lower;      ///< predecessors of each node, ascending
    std::vector<int> lower_of;                ///< parallel to `upper`: where (column, row) is in `lower`
    std::vector<LanePair> pairs;              ///< parallel to `lower`
    std::vector<std::uint16_t> position;      ///< panel block of each column of each pair, in order
    std::vector<int> entry_start;
    std::vector<LaneEntry> entries;           ///< off-diagonal admittances with a panel place, by node
    std::vector<int> fill_start;
    std::vector<std::uint16_t> fill;          ///< panel blocks without an admittance, by node
    std::vector<std::uint32_t> stored;        ///< [n_node + 1] start of y and U of a node, numbers of W doubles
    int widest_panel = 0;                     ///< blocks

    [[nodiscard]] std::uint32_t stored_size() const { return stored.back(); }
    /// Blocks left of the diagonal and inverse pivots.
    [[nodiscard]] std::size_t kept_size() const { return 4 * (lower.size() + static_cast<std::size_t>(n_node)); }
    /// Multiply-adds of one factorization of one lane.
    [[nodiscard]] long long operations() const { return 8LL * static_cast<long long>(position.size()); }

    /// `has_equations` is [n_bus]: 0 for buses that are slack or dead in every scenario.
    static LaneProgram build(const AdmittancePattern& pattern, const AdmittanceValues& ybus,
                             std::span<const unsigned char> has_equations);
};

}  // namespace araz::solver

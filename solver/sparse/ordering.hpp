// Fill-reducing order of the nodes of a symmetric graph, and what elimination in an order fills.
#pragma once

#include <span>
#include <vector>

namespace araz::solver {

/// order[k] is the node eliminated k-th: AMD, then a postorder of its elimination tree. The graph is given by
/// compressed rows; the diagonal may be present.
[[nodiscard]] std::vector<int> elimination_order(int n, std::span<const int> row_start, std::span<const int> column);

/// Where L and U have entries when the nodes 0 .. n-1 are eliminated in that order.
struct FactorStructure {
    std::vector<int> parent;              ///< [n] elimination tree; -1: root
    std::vector<int> upper_start, upper;  ///< [n + 1] nodes after each node that its row of U has entries at, ascending
    std::vector<int> lower_start, lower;  ///< [n + 1] nodes before each node that its row of L has entries at, ascending
    std::vector<int> lower_of;            ///< parallel to `upper`: where (column, row) is in `lower`
};

/// `column` by rows in the order of elimination; those at n and beyond are left out (J. W. H. Liu, "The role of elimination
/// trees in sparse factorization", SIAM J. Matrix Anal. Appl. 11(1), 1990).
[[nodiscard]] FactorStructure factor_structure(int n, std::span<const int> row_start, std::span<const int> column);

}  // namespace araz::solver

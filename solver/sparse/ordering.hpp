// Fill-reducing order of the nodes of a symmetric graph.
#pragma once

#include <span>
#include <vector>

namespace araz::solver {

/// order[k] is the node eliminated k-th: AMD, then a postorder of its elimination tree. The graph is given by
/// compressed rows; the diagonal may be present.
[[nodiscard]] std::vector<int> elimination_order(int n, std::span<const int> row_start, std::span<const int> column);

}  // namespace araz::solver

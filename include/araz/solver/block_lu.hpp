// Sparse LU of a matrix of 2x2 blocks on the graph of a grid, such as the Jacobian of PowerEquations, on one order for all values.
//
// The order is AMD on the graph of the nodes (P. R. Amestoy, T. A. Davis, I. S. Duff, "Algorithm 837: AMD", ACM Trans. Math.
// Softw. 30(3), 2004), followed by a postorder of its elimination tree; the pivots are the diagonal blocks, in that order. So the
// structure of the factors is known before any value (W. F. Tinney, J. W. Walker, "Direct solutions of sparse network equations
// by optimally ordered triangular factorization", Proc. IEEE 55(11), 1967). Nothing is pivoted: `factor` says whether the
// values allowed that, and the caller goes to SparseLu where they did not (JacobianLu).
#pragma once

#include <span>
#include <vector>

#include "araz/solver/sparse_lu.hpp"

namespace araz::solver {

/// Factors A = L U, with 2x2 blocks, L with the pivots and U with unit diagonal blocks. The graph is fixed by `analyze`; factors
/// depend on the graph and the latest values alone.
class BlockLu {
public:
    /// The graph of `n_node` nodes by compressed rows: structurally symmetric, with the diagonal.
    void analyze(int n_node, std::span<const int> row_start, std::span<const int> column);

    /// `values` [4 nnz] as PowerEquations::jacobian writes them: of each node its upper row, then its lower row, each with the
    /// two entries of every block in the order of the graph.
    ///
    /// Ok: no block pivot lost six digits when its determinant was formed, no entry of U is above 1e6, and the cheap estimate
    /// of the condition, of pivots relative to their rows of A, is above eps^(2/3), where SparseLu would doubt its pivots too.
    /// Zero diagonal blocks and values that are not finite are not ok. `weakest_unknown` is -1 when the elimination was given up.
    LuHealth factor(std::span<const double> values);

    /// Solves A x = b in place, b [2 n_node]. Requires that the latest `factor` was ok.
    void solve(std::span<double> b);

    [[nodiscard]] long long fill() const;  ///< numbers in L and U, zeros of the blocks included

private:
    struct Pivot {
        double first = 0.0, second = 0.0;  ///< relative to the rows of A
        bool first_is_upper = true;
        bool ok = false;
    };
    void load_row(int t, const double* values, double (&size)[2]);
    void eliminate_row(int t);
    Pivot invert_pivot(int t, const double (&size)[2]);
    double divide_row(int t);

    int n_ = 0;
    bool ok_ = false;
    std::vector<int> node_of_;                 ///< [n] order of elimination: place -> node
    std::vector<int> row_start_;               ///< [n + 1] of the graph, by nodes
    std::vector<int> entry_start_, entry_;     ///< [n + 1], [nnz] by places: places of the columns of a row, in the order of the graph
    std::vector<int> upper_start_, upper_;     ///< places after each place that its row of U has blocks at, ascending
    std::vector<int> lower_start_, lower_;     ///< places before each place that its row of L has blocks at, ascending
    std::vector<double> l_, inverse_, u_;      ///< blocks by rows, [4] each
    std::vector<double> work_;                 ///< [4 n] the row at work; zero between rows
    std::vector<double> y_;                    ///< [2 n]
};

}  // namespace araz::solver

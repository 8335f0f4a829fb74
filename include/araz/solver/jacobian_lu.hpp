// Factors of the Jacobians of one pattern: by blocks where the values allow it, by KLU with pivoting where not.
#pragma once

#include <span>

#include "araz/solver/block_lu.hpp"
#include "araz/solver/power_equations.hpp"
#include "araz/solver/sparse_lu.hpp"

namespace araz::solver {

/// Which of the two, and with what pivots, follows from the values handed over since `begin` and at `prime`, never from others
/// before, so that results do not depend on the history of the handle. KLU is not even analysed before it is needed, and
/// decides what is singular: `BlockLu` only says that it will not answer.
class JacobianLu {
public:
    /// Views of the pattern and of the equations' row starts and columns are kept.
    JacobianLu(const AdmittancePattern& pattern, const PowerEquations& equations);

    /// Prepares for the Jacobians of one solve. With links their nodes have zero diagonal blocks: KLU from the start, on the
    /// pivot order of `prime` or of the first of all its factorizations.
    void begin(bool has_links);

    /// Fixes for all later solves what these values ask for: blocks, or KLU on the pivot order that it chooses here. False:
    /// singular.
    bool prime(std::span<const double> values, bool has_links);

    /// New values. Once KLU had to take over it keeps on, by refactoring, until the next `begin`.
    LuHealth factor(std::span<const double> values);

    /// Solves A x = b in place. Requires ok health.
    void solve(std::span<double> b);

    /// Whether the latest factors are KLU's.
    [[nodiscard]] bool pivoted() const { return pivoted_; }

private:
    LuHealth factor_pivoting(std::span<const double> values, bool keep_order);

    std::span<const int> row_start_, column_;
    BlockLu blocks_;
    SparseLu pivoting_;
    bool primed_to_pivot_ = false;  ///< `prime` has fixed the order of `pivoting_`
    bool pivots_ = false;           ///< since `begin`
    bool keeps_order_ = false;      ///< the order that `pivoting_` has, if any, is the one to use
    bool pivoted_ = false;          ///< the latest factors are those of `pivoting_`
};

}  // namespace araz::solver

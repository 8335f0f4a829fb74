// Sparse LU with the four verbs of a direct solver: analyze, factor, refactor, solve. One move-only
// handle that reports its own health. Backed by KLU (T. A. Davis, E. Palamadai Natarajan, "Algorithm
// 907: KLU", ACM Trans. Math. Softw. 37(3), 2010); no KLU type shows here.
#pragma once

#include <memory>
#include <span>

namespace araz::solver {

struct LuHealth {
    bool ok = false;            ///< usable factors exist
    double rcond = 0.0;         ///< cheap estimate min|u_kk| / max|u_kk|
    int weakest_unknown = -1;   ///< unknown (row of A) of the smallest pivot
    bool pivoted_afresh = false;///< the fixed pivot order was not good enough for these values
};

/// Factors of a square matrix A given by compressed rows. The pattern is fixed by `analyze`.
///
/// `refresh` walks the ladder refactor -> rcond -> condest -> factor with pivoting (the one of
/// SUNDIALS' KLU module). The pivot order of the first `factor` is kept for every later refactor,
/// whatever happens in between, so that results do not depend on the history of the handle.
class SparseLu {
public:
    SparseLu();
    ~SparseLu();
    SparseLu(SparseLu&&) noexcept;
    SparseLu& operator=(SparseLu&&) noexcept;

    /// Chooses the fill-reducing order (AMD). Copies the pattern. False: out of memory.
    bool analyze(int n, std::span<const int> row_start, std::span<const int> column);

    /// Factors with partial pivoting and keeps the pivot order for `refresh`.
    LuHealth factor(std::span<const double> values);

    /// New values on the kept pivot order; falls back to pivoting when that loses accuracy.
    LuHealth refresh(std::span<const double> values);

    /// Solves A x = b in place. Requires ok health.
    void solve(std::span<double> b);

    /// Solves A' x = b in place.
    void solve_transposed(std::span<double> b);

    [[nodiscard]] bool analyzed() const;
    [[nodiscard]] bool has_pivot_order() const;
    [[nodiscard]] long long fill() const;  ///< nonzeros of L + U

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace araz::solver

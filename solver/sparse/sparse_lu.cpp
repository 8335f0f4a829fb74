#include "araz/solver/sparse_lu.hpp"

#include <klu.h>

#include <cmath>
#include <limits>
#include <vector>

#include "araz/base/check.hpp"

namespace araz::solver {

namespace {

// Below eps^(2/3) the cheap estimate asks for the better one, and that one for fresh pivots.
const double rcond_floor = std::pow(std::numeric_limits<double>::epsilon(), 2.0 / 3.0);

}  // namespace

// A is handed to KLU by rows, which KLU reads as the columns of A'. So `klu_tsolve` solves with A.
struct SparseLu::State {
    klu_common common{};
    klu_symbolic* symbolic = nullptr;
    klu_numeric* kept = nullptr;   ///< factors on the pivot order of the first factorization
    klu_numeric* fresh = nullptr;  ///< factors with pivots of their own, for the latest values only
    std::vector<int> row_start, column;
    int n = 0;

    State() {
        klu_defaults(&common);
        common.btf = 0;    // a Jacobian is one block: BTF only costs analysis time
        common.scale = 2;  // max-scaled rows keep masked identity rows from attracting pivots
    }
    ~State() { clear(); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    void drop(klu_numeric*& numeric) {
        if (numeric != nullptr) klu_free_numeric(&numeric, &common);
        numeric = nullptr;
    }
    void clear() {
        drop(kept);
        drop(fresh);
        if (symbolic != nullptr) klu_free_symbolic(&symbolic, &common);
        symbolic = nullptr;
    }
    [[nodiscard]] klu_numeric* current() const { return fresh != nullptr ? fresh : kept; }

    LuHealth health(klu_numeric* numeric) {
        LuHealth health;
        if (common.status == KLU_SINGULAR) {  // it stopped there, and fresh factors are gone
            health.weakest_unknown = common.singular_col;
            return health;
        }
        if (numeric == nullptr) return health;
        const auto* pivots = static_cast<const double*>(numeric->Udiag);
        double smallest = std::numeric_limits<double>::infinity();
        double largest = 0.0;
        int weakest = 0;
        bool finite = true;
        for (int k = 0; k < n; ++k) {
            const double size = std::abs(pivots[k]);
            finite = finite && std::isfinite(size);
            if (size < smallest) {
                smallest = size;
                weakest = k;
            }
            largest = std::max(largest, size);
        }
        health.rcond = finite && largest > 0.0 ? smallest / largest : 0.0;
        health.weakest_unknown = symbolic->Q[weakest];
        health.ok = finite && smallest > 0.0 && common.status == KLU_OK;
        return health;
    }
};

SparseLu::SparseLu() : state_(std::make_unique<State>()) {}
SparseLu::~SparseLu() = default;
SparseLu::SparseLu(SparseLu&&) noexcept = default;
SparseLu& SparseLu::operator=(SparseLu&&) noexcept = default;

bool SparseLu::analyze(int n, std::span<const int> row_start, std::span<const int> column) {
    State& s = *state_;
    s.clear();
    s.n = n;
    s.row_start.assign(row_start.begin(), row_start.end());
    s.column.assign(column.begin(), column.end());
    s.symbolic = klu_analyze(n, s.row_start.data(), s.column.data(), &s.common);
    return s.symbolic != nullptr;
}

LuHealth SparseLu::factor(std::span<const double> values) {
    State& s = *state_;
    ARAZ_CHECK(s.symbolic != nullptr, "factor before analyze");
    s.drop(s.kept);
    s.drop(s.fresh);
    s.kept = klu_factor(s.row_start.data(), s.column.data(), const_cast<double*>(values.data()), s.symbolic, &s.common);
    LuHealth health = s.health(s.kept);
    if (!health.ok) s.drop(s.kept);  // a singular matrix must not set the pivot order
    return health;
}

LuHealth SparseLu::refresh(std::span<const double> values) {
    State& s = *state_;
    if (s.kept == nullptr) return factor(values);
    s.drop(s.fresh);
    auto* data = const_cast<double*>(values.data());
    const bool done =
        klu_refactor(s.row_start.data(), s.column.data(), data, s.symbolic, s.kept, &s.common) != 0;
    LuHealth health = s.health(s.kept);
    health.ok = health.ok && done;
    if (health.ok && health.rcond >= rcond_floor) return health;
    if (health.ok && klu_condest(s.row_start.data(), data, s.symbolic, s.kept, &s.common) != 0 &&
        s.common.condest < 1.0 / rcond_floor)
        return health;
    s.fresh = klu_factor(s.row_start.data(), s.column.data(), data, s.symbolic, &s.common);
    health = s.health(s.fresh);
    health.pivoted_afresh = true;
    if (!health.ok) s.drop(s.fresh);
    return health;
}

void SparseLu::solve(std::span<double> b) {
    State& s = *state_;
    ARAZ_CHECK(s.current() != nullptr, "solve without factors");
    klu_tsolve(s.symbolic, s.current(), s.n, 1, b.data(), &s.common);
}

void SparseLu::solve_transposed(std::span<double> b) {
    State& s = *state_;
    ARAZ_CHECK(s.current() != nullptr, "solve without factors");
    klu_solve(s.symbolic, s.current(), s.n, 1, b.data(), &s.common);
}

bool SparseLu::analyzed() const { return state_->symbolic != nullptr; }
bool SparseLu::has_pivot_order() const { return state_->kept != nullptr; }

long long SparseLu::fill() const {
    const klu_numeric* numeric = state_->current();
    return numeric == nullptr ? 0 : static_cast<long long>(numeric->lnz) + numeric->unz;
}

}  // namespace araz::solver

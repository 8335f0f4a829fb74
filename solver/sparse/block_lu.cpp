#include "araz/solver/block_lu.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "araz/base/check.hpp"
#include "ordering.hpp"

namespace araz::solver {

namespace {

// At most so much may be lost: six of sixteen digits.
constexpr double most_growth = 1e6;
const double rcond_floor = std::pow(std::numeric_limits<double>::epsilon(), 2.0 / 3.0);  // as in SparseLu

// A row of a block, or the two numbers of a node: one register of any x86-64. Products are rounded before they are added,
// here as everywhere, so that results do not depend on the machine.
using Pair = double __attribute__((vector_size(16)));

Pair load(const double* from) {
    Pair pair;
    std::memcpy(&pair, from, sizeof pair);
    return pair;
}

void store(Pair pair, double* to) { std::memcpy(to, &pair, sizeof pair); }

Pair both(double x) { return Pair{x, x}; }

// Sums of the halves of two pairs.
Pair sums(Pair a, Pair b) { return Pair{a[0], b[0]} + Pair{a[1], b[1]}; }

// Of `a`, sizes already, and the sizes of `b`.
Pair larger_size(Pair a, Pair b) { return Pair{std::max(a[0], std::abs(b[0])), std::max(a[1], std::abs(b[1]))}; }

// A block whose every entry stands in both halves of a register, to multiply blocks from the left.
struct Left {
    Pair a00, a01, a10, a11;
    explicit Left(const double* a) : a00(both(a[0])), a01(both(a[1])), a10(both(a[2])), a11(both(a[3])) {}
    [[nodiscard]] Pair upper(Pair x0, Pair x1) const { return a00 * x0 + a01 * x1; }
    [[nodiscard]] Pair lower(Pair x0, Pair x1) const { return a10 * x0 + a11 * x1; }
};

}  // namespace

void BlockLu::analyze(int n_node, std::span<const int> row_start, std::span<const int> column) {
    n_ = n_node;
    ok_ = false;
    const auto n = static_cast<std::size_t>(n_);
    node_of_ = elimination_order(n_, row_start, column);
    row_start_.assign(row_start.begin(), row_start.end());
    std::vector<int> place_of(n);
    for (int t = 0; t < n_; ++t) place_of[node_of_[t]] = t;
    entry_start_.assign(1, 0);
    entry_.clear();
    for (int t = 0; t < n_; ++t) {
        for (int k = row_start[node_of_[t]]; k < row_start[node_of_[t] + 1]; ++k) entry_.push_back(place_of[column[k]]);
        entry_start_.push_back(static_cast<int>(entry_.size()));
    }

    FactorStructure found = factor_structure(n_, entry_start_, entry_);
    upper_start_ = std::move(found.upper_start);
    upper_ = std::move(found.upper);
    lower_start_ = std::move(found.lower_start);
    lower_ = std::move(found.lower);
    l_.resize(4 * lower_.size());
    u_.resize(4 * upper_.size());
    inverse_.resize(4 * n);
    work_.assign(4 * n, 0.0);
    y_.resize(2 * n);
}

// The row of A, spread over its places, and the largest size of its upper and its lower entries.
inline void BlockLu::load_row(int t, const double* values, double (&size)[2]) {
    const int node = node_of_[t];
    const int length = row_start_[node + 1] - row_start_[node];
    const double* upper = values + 4 * static_cast<std::size_t>(row_start_[node]);
    const double* lower = upper + 2 * length;
    const int* place = entry_.data() + entry_start_[t];
    double* work = work_.data();
    Pair largest_upper = both(0.0);
    Pair largest_lower = both(0.0);
    for (int k = 0; k < length; ++k) {
        const Pair x0 = load(upper + 2 * k);
        const Pair x1 = load(lower + 2 * k);
        double* z = work + 4 * static_cast<std::size_t>(place[k]);
        store(x0, z);
        store(x1, z + 2);
        largest_upper = larger_size(largest_upper, x0);
        largest_lower = larger_size(largest_lower, x1);
    }
    size[0] = std::max(largest_upper[0], largest_upper[1]);
    size[1] = std::max(largest_lower[0], largest_lower[1]);
}

// Subtracts A(t, s) U(s, :) for each place s before t. What is read for good leaves zeros behind for the next row.
inline void BlockLu::eliminate_row(int t) {
    double* work = work_.data();
    for (int k = lower_start_[t]; k < lower_start_[t + 1]; ++k) {
        const int s = lower_[k];
        double* x = work + 4 * static_cast<std::size_t>(s);
        double* l = l_.data() + 4 * static_cast<std::size_t>(k);
        store(load(x), l);
        store(load(x + 2), l + 2);
        store(both(0.0), x);
        store(both(0.0), x + 2);
        const Left left(l);
        const double* u = u_.data() + 4 * static_cast<std::size_t>(upper_start_[s]);
        const int* place = upper_.data() + upper_start_[s];
        const int* const end = upper_.data() + upper_start_[s + 1];
        for (; place != end; ++place, u += 4) {
            const Pair u0 = load(u);
            const Pair u1 = load(u + 2);
            double* z = work + 4 * static_cast<std::size_t>(*place);
            store(load(z) - left.upper(u0, u1), z);
            store(load(z + 2) - left.lower(u0, u1), z + 2);
        }
    }
}

// The loss of a determinant, like its inverse by it, does not depend on how rows and columns are scaled.
inline BlockLu::Pivot BlockLu::invert_pivot(int t, const double (&size)[2]) {
    double* d = work_.data() + 4 * static_cast<std::size_t>(t);
    const double d00 = d[0], d01 = d[1], d10 = d[2], d11 = d[3];
    store(both(0.0), d);
    store(both(0.0), d + 2);
    const double straight = d00 * d11;
    const double crossed = d01 * d10;
    const double determinant = straight - crossed;
    Pivot pivot;
    pivot.ok = std::abs(determinant) * most_growth > std::abs(straight) + std::abs(crossed);
    const double reciprocal = 1.0 / determinant;
    double* inverse = inverse_.data() + 4 * static_cast<std::size_t>(t);
    inverse[0] = d11 * reciprocal;
    inverse[1] = -d01 * reciprocal;
    inverse[2] = -d10 * reciprocal;
    inverse[3] = d00 * reciprocal;
    // Those of the rows scaled by their sizes, the larger one of the first column first.
    const double upper = std::abs(d00) * size[1];
    const double lower = std::abs(d10) * size[0];
    pivot.first_is_upper = upper >= lower;
    pivot.first = std::max(upper, lower) / (size[0] * size[1]);
    pivot.second = std::abs(determinant) / std::max(upper, lower);
    return pivot;
}

// The row of U; the largest size in it.
inline double BlockLu::divide_row(int t) {
    const Left inverse(inverse_.data() + 4 * static_cast<std::size_t>(t));
    double* work = work_.data();
    Pair largest = both(0.0);
    for (int k = upper_start_[t]; k < upper_start_[t + 1]; ++k) {
        double* x = work + 4 * static_cast<std::size_t>(upper_[k]);
        const Pair x0 = load(x);
        const Pair x1 = load(x + 2);
        store(both(0.0), x);
        store(both(0.0), x + 2);
        const Pair u0 = inverse.upper(x0, x1);
        const Pair u1 = inverse.lower(x0, x1);
        double* u = u_.data() + 4 * static_cast<std::size_t>(k);
        store(u0, u);
        store(u1, u + 2);
        largest = larger_size(larger_size(largest, u0), u1);
    }
    return std::max(largest[0], largest[1]);
}

LuHealth BlockLu::factor(std::span<const double> values) {
    ARAZ_CHECK(values.size() == 4 * entry_.size(), "values of another graph");
    LuHealth health;
    ok_ = false;
    double smallest = std::numeric_limits<double>::infinity();
    double largest = 0.0;
    for (int t = 0; t < n_; ++t) {
        double size[2];
        load_row(t, values.data(), size);
        eliminate_row(t);
        const Pivot pivot = invert_pivot(t, size);
        const double growth = divide_row(t);
        if (!pivot.ok || !(growth < most_growth)) return health;
        if (std::min(pivot.first, pivot.second) < smallest) {
            smallest = std::min(pivot.first, pivot.second);
            health.weakest_unknown = 2 * node_of_[t] + ((pivot.first <= pivot.second) == pivot.first_is_upper ? 0 : 1);
        }
        largest = std::max(largest, std::max(pivot.first, pivot.second));
    }
    health.rcond = largest > 0.0 ? smallest / largest : 0.0;
    health.ok = ok_ = n_ == 0 || health.rcond >= rcond_floor;
    return health;
}

void BlockLu::solve(std::span<double> b) {
    ARAZ_CHECK(ok_, "solve without factors");
    double* y = y_.data();
    for (int t = 0; t < n_; ++t) {
        Pair upper = both(0.0);
        Pair lower = both(0.0);
        const double* l = l_.data() + 4 * static_cast<std::size_t>(lower_start_[t]);
        for (int k = lower_start_[t]; k < lower_start_[t + 1]; ++k, l += 4) {
            const Pair at = load(y + 2 * static_cast<std::size_t>(lower_[k]));
            upper += load(l) * at;
            lower += load(l + 2) * at;
        }
        const Pair rest = load(b.data() + 2 * static_cast<std::size_t>(node_of_[t])) - sums(upper, lower);
        const double* inverse = inverse_.data() + 4 * static_cast<std::size_t>(t);
        store(sums(load(inverse) * rest, load(inverse + 2) * rest), y + 2 * static_cast<std::size_t>(t));
    }
    for (int t = n_ - 1; t >= 0; --t) {
        Pair upper = both(0.0);
        Pair lower = both(0.0);
        const double* u = u_.data() + 4 * static_cast<std::size_t>(upper_start_[t]);
        for (int k = upper_start_[t]; k < upper_start_[t + 1]; ++k, u += 4) {
            const Pair at = load(y + 2 * static_cast<std::size_t>(upper_[k]));
            upper += load(u) * at;
            lower += load(u + 2) * at;
        }
        const Pair x = load(y + 2 * static_cast<std::size_t>(t)) - sums(upper, lower);
        store(x, y + 2 * static_cast<std::size_t>(t));
        store(x, b.data() + 2 * static_cast<std::size_t>(node_of_[t]));
    }
}

long long BlockLu::fill() const { return static_cast<long long>(l_.size() + inverse_.size() + u_.size()); }

}  // namespace araz::solver

// Small dense systems of the controls.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

namespace araz {

/// b := x with a x = b by Gaussian elimination with full pivoting. Unknowns without a pivot above 1e-10 of the
/// largest entry (a control that moves nothing, or two that move the same) become 0.
inline void solve_dense(std::vector<std::vector<double>> a, std::vector<double>& b) {
    const std::size_t n = b.size();
    std::vector<std::size_t> column(n);
    for (std::size_t i = 0; i < n; ++i) column[i] = i;
    double largest = 0.0;
    for (const auto& row : a)
        for (const double value : row) largest = std::max(largest, std::abs(value));
    std::size_t rank = 0;
    for (; rank < n; ++rank) {
        std::size_t row = rank;
        std::size_t pivot = rank;
        for (std::size_t i = rank; i < n; ++i)
            for (std::size_t j = rank; j < n; ++j)
                if (std::abs(a[i][j]) > std::abs(a[row][pivot])) {
                    row = i;
                    pivot = j;
                }
        if (!(std::abs(a[row][pivot]) > 1e-10 * largest)) break;
        std::swap(a[rank], a[row]);
        std::swap(b[rank], b[row]);
        for (auto& line : a) std::swap(line[rank], line[pivot]);
        std::swap(column[rank], column[pivot]);
        for (std::size_t i = rank + 1; i < n; ++i) {
            const double factor = a[i][rank] / a[rank][rank];
            if (factor == 0.0) continue;
            for (std::size_t j = rank; j < n; ++j) a[i][j] -= factor * a[rank][j];
            b[i] -= factor * b[rank];
        }
    }
    std::vector<double> x(n, 0.0);
    for (std::size_t i = rank; i-- > 0;) {
        double sum = b[i];
        for (std::size_t j = i + 1; j < rank; ++j) sum -= a[i][j] * x[column[j]];
        x[column[i]] = sum / a[i][i];
    }
    b = x;
}

}  // namespace araz

// Straight lines between points, constant before the first and after the last.
#pragma once

#include <vector>

namespace araz {

struct PiecewiseLine {
    std::vector<double> x, y;  ///< x grows strictly

    [[nodiscard]] bool empty() const { return x.empty(); }
    [[nodiscard]] double at(double where) const;
    /// Slope of the piece that begins at or contains `where`.
    [[nodiscard]] double slope(double where) const;
    /// The same line kept within low..high, with bends where it meets them.
    [[nodiscard]] PiecewiseLine within(double low, double high) const;
    /// `to`, or a point just past the first bend on the way there from `from`.
    [[nodiscard]] double up_to_bend(double from, double to) const;
};

/// The sum, with the bends of both.
[[nodiscard]] PiecewiseLine sum_of(const PiecewiseLine& a, const PiecewiseLine& b);

}  // namespace araz

#include "araz/solver/lane_border.hpp"

#include <algorithm>
#include <cmath>

#include "araz/base/check.hpp"

namespace araz::solver {

LaneBorder::LaneBorder(const LaneProgram& program, int width, bool single, std::vector<Row> rows,
                       std::vector<std::uint8_t> equation_of)
    : width_(width), n_node_(program.n_node), single_(single), rows_(std::move(rows)), equation_of_(std::move(equation_of)),
      slopes_(static_cast<std::size_t>(width)),
      equations_(rows_.size() * static_cast<std::size_t>(width)),
      residual_(equations_.size()),
      storage_(2 * static_cast<std::size_t>(program.n_node) * static_cast<std::size_t>(width)),
      changes_(equations_.size()), change_(changes_.data()), w_(storage_.data()) {
    ARAZ_CHECK(equation_of_.size() == static_cast<std::size_t>(n_node_) && rows_.size() < 256, "border of another grid");
}

const LaneBorder::Row& LaneBorder::row_of(int k, int lane) const {
    const Row* own = equations_[static_cast<std::size_t>(k * width_ + lane)].row;
    return own != nullptr ? *own : rows_[k];
}

void LaneBorder::clear(int lane) {
    slopes_[lane].clear();
    for (int k = 0; k < size(); ++k) equations_[static_cast<std::size_t>(k * width_ + lane)] = {};
}

void LaneBorder::set(int lane, std::span<const Slope> slopes, std::span<const Equation> equations) {
    slopes_[lane].assign(slopes.begin(), slopes.end());
    for (int k = 0; k < size(); ++k) equations_[static_cast<std::size_t>(k * width_ + lane)] = equations[k];
}

void LaneBorder::residuals(const LaneArrays& a, LaneWorst& worst) {
    for (int k = 0; k < size(); ++k)
        for (int lane = 0; lane < width_; ++lane) {
            const Row& row = row_of(k, lane);
            double re = 0.0, im = 0.0;
            for (std::size_t j = 0; j < row.column.size(); ++j) {
                const std::ptrdiff_t at = static_cast<std::ptrdiff_t>(row.column[j]) * width_ + lane;
                re += row.g[j] * a.e[at] - row.b[j] * a.f[at];
                im += row.g[j] * a.f[at] + row.b[j] * a.e[at];
            }
            const std::ptrdiff_t i = static_cast<std::ptrdiff_t>(row.column[0]) * width_ + lane;
            const std::size_t n = static_cast<std::size_t>(k * width_ + lane);
            residual_[n] = equations_[n].p_sched - (a.e[i] * re + a.f[i] * im);
            // A number that is none stays none, whichever of the two it is.
            if (!(std::abs(residual_[n]) <= worst.value[lane]) && !std::isnan(worst.value[lane])) worst.value[lane] = std::abs(residual_[n]);
        }
}

void LaneBorder::write_columns(const LaneArrays& a) const {
    const auto write = [&](auto* x) {
        using Real = std::remove_reference_t<decltype(*x)>;
        std::fill_n(x, 2 * static_cast<std::ptrdiff_t>(n_node_) * width_, Real{0});
        for (int lane = 0; lane < width_; ++lane)
            for (const Slope& slope : slopes_[lane])
                if (((a.has_p[slope.node] >> lane) & 1) != 0)
                    x[2 * static_cast<std::ptrdiff_t>(slope.node) * width_ + lane] += static_cast<Real>(slope.value);
    };
    if (single_) write(static_cast<float*>(a.x));
    else write(static_cast<double*>(a.x));
}

// Change of the injection of reference k along a step of the voltages: dP_i/dva_j and dP_i/dlnV_j of its row.
double LaneBorder::along(const LaneArrays& a, int k, int lane, const void* step) const {
    const Row& row = row_of(k, lane);
    const std::ptrdiff_t i = static_cast<std::ptrdiff_t>(row.column[0]) * width_ + lane;
    const double e = a.e[i], f = a.f[i];
    const auto value = [&](std::ptrdiff_t at) {
        return single_ ? static_cast<double>(static_cast<const float*>(step)[at]) : static_cast<const double*>(step)[at];
    };
    double sum = 0.0;
    for (std::size_t j = 1; j < row.column.size(); ++j) {
        const int place = row.column[j];
        if (place >= n_node_) continue;  // another reference, or dead
        const std::ptrdiff_t at = static_cast<std::ptrdiff_t>(place) * width_ + lane;
        const double re = row.g[j] * a.e[at] - row.b[j] * a.f[at];
        const double im = row.g[j] * a.f[at] + row.b[j] * a.e[at];
        const std::ptrdiff_t x = 2 * static_cast<std::ptrdiff_t>(place) * width_ + lane;
        sum += (f * re - e * im) * value(x) + (e * re + f * im) * value(x + width_);
    }
    return sum;
}

template <class Residual>
std::uint32_t LaneBorder::close_with(const LaneArrays& a, const Residual& residual) {
    std::uint32_t lost = 0;
    for (int k = 0; k < size(); ++k)
        for (int lane = 0; lane < width_; ++lane) {
            const std::size_t n = static_cast<std::size_t>(k * width_ + lane);
            const double divisor = equations_[n].slope - along(a, k, lane, w_);
            change_[n] = (along(a, k, lane, a.step) - residual(n)) / divisor;
            if (!std::isfinite(change_[n])) {
                change_[n] = 0.0;
                lost |= 1U << lane;
            }
        }
    return lost;
}

std::uint32_t LaneBorder::close(const LaneArrays& a) {
    return close_with(a, [&](std::size_t n) { return residual_[n]; });
}

std::uint32_t LaneBorder::close(const LaneArrays& a, std::span<const double> rhs) {
    return close_with(a, [&](std::size_t n) { return rhs[n / static_cast<std::size_t>(width_)]; });
}

}  // namespace araz::solver

#include "araz/base/piecewise.hpp"

#include <algorithm>
#include <cmath>

namespace araz {

namespace {

constexpr double past = 1e-12;  // how far beyond a bend counts as past it, relative

// The last point at or before `where`, -1: none.
int piece_of(const std::vector<double>& x, double where) {
    return static_cast<int>(std::upper_bound(x.begin(), x.end(), where) - x.begin()) - 1;
}

}  // namespace

double PiecewiseLine::at(double where) const {
    if (empty()) return 0.0;
    const int k = piece_of(x, where);
    if (k < 0) return y.front();
    if (k + 1 >= static_cast<int>(x.size())) return y.back();
    return y[k] + (y[k + 1] - y[k]) * ((where - x[k]) / (x[k + 1] - x[k]));
}

double PiecewiseLine::slope(double where) const {
    const int k = piece_of(x, where);
    if (k < 0 || k + 1 >= static_cast<int>(x.size())) return 0.0;
    return (y[k + 1] - y[k]) / (x[k + 1] - x[k]);
}

PiecewiseLine PiecewiseLine::within(double low, double high) const {
    PiecewiseLine out;
    const auto add = [&](double px, double py) {
        if (!out.x.empty() && px <= out.x.back()) return;
        out.x.push_back(px);
        out.y.push_back(std::clamp(py, low, high));
    };
    for (std::size_t k = 0; k < x.size(); ++k) {
        add(x[k], y[k]);
        if (k + 1 == x.size() || y[k] == y[k + 1]) continue;
        double first = x[k] + (x[k + 1] - x[k]) * ((low - y[k]) / (y[k + 1] - y[k]));
        double second = x[k] + (x[k + 1] - x[k]) * ((high - y[k]) / (y[k + 1] - y[k]));
        if (first > second) std::swap(first, second);
        for (const double meets : {first, second})
            if (std::isfinite(meets) && meets > x[k] && meets < x[k + 1]) add(meets, at(meets));
    }
    return out;
}

double PiecewiseLine::up_to_bend(double from, double to) const {
    const double step = past * std::max(1.0, std::abs(from));
    if (to > from) {
        const auto bend = std::upper_bound(x.begin(), x.end(), from + step);
        return bend == x.end() ? to : std::min(to, *bend + step);
    }
    const auto bend = std::lower_bound(x.begin(), x.end(), from - step);
    return bend == x.begin() ? to : std::max(to, *(bend - 1) - step);
}

PiecewiseLine sum_of(const PiecewiseLine& a, const PiecewiseLine& b) {
    if (a.empty()) return b;
    if (b.empty()) return a;
    PiecewiseLine out;
    std::merge(a.x.begin(), a.x.end(), b.x.begin(), b.x.end(), std::back_inserter(out.x));
    out.x.erase(std::unique(out.x.begin(), out.x.end()), out.x.end());
    for (const double where : out.x) out.y.push_back(a.at(where) + b.at(where));
    return out;
}

}  // namespace araz

#include "own_slack.hpp"

#include <algorithm>
#include <cmath>

namespace araz {

namespace {

constexpr double least_room = 1e-11;  // p.u.; less is what a schedule leaves in rounding

double finite_or_zero(double x) { return std::isfinite(x) ? x : 0.0; }

}  // namespace

OwnSharing::OwnSharing(const OwnGrid& grid, const std::string& key, const std::vector<unsigned char>& on, const std::vector<int>& part)
    : parts_(part.size() + 1), shares_(grid.sources.size(), 0.0) {
    for (std::size_t s = 0; s < grid.sources.size(); ++s) {
        const OwnSource& source = grid.sources[s];
        if (on[s] == 0 || source.generator < 0) continue;
        const GeneratorRow& row = grid.grid->generators[static_cast<std::size_t>(source.generator)];
        Unit unit;
        unit.source = static_cast<int>(s);
        unit.up = row.pmax_mw / grid.grid->base_mva - source.p;
        unit.down = source.p - row.pmin_mw / grid.grid->base_mva;
        if (!(unit.up > least_room)) unit.up = 0.0;
        if (!(unit.down > least_room)) unit.down = 0.0;
        if (key == "headroom") {
            unit.up_weight = finite_or_zero(unit.up);
            unit.down_weight = finite_or_zero(unit.down);
        } else {
            const double weight = key == "pmax" ? finite_or_zero(row.pmax_mw) : key == "pg" ? source.p : row.apf;
            unit.up_weight = unit.down_weight = std::max(0.0, weight);
        }
        parts_[static_cast<std::size_t>(part[source.node])].units.push_back(unit);
    }
}

// The level at which the clipped proportional shares sum to the amount, by bisection.
bool OwnSharing::share(const Part& part) {
    const bool up = part.amount >= 0.0;
    const double sum = std::abs(part.amount);
    const auto weight_of = [&](const Unit& unit) { return up ? unit.up_weight : unit.down_weight; };
    const auto share_at = [&](const Unit& unit, double level) {
        return weight_of(unit) > 0.0 ? std::min(weight_of(unit) * level, up ? unit.up : unit.down) : 0.0;
    };
    const auto total = [&](double level) {
        double all = 0.0;
        for (const Unit& unit : part.units) all += share_at(unit, level);
        return all;
    };
    double low = 0.0, high = 1.0;
    for (int k = 0; k < 60 && total(high) < sum; ++k) high *= 2.0;
    if (total(high) < sum - 1e-9) return false;
    for (int k = 0; k < 80; ++k) {
        const double middle = 0.5 * (low + high);
        (total(middle) < sum ? low : high) = middle;
    }
    for (const Unit& unit : part.units) shares_[static_cast<std::size_t>(unit.source)] = (up ? 1.0 : -1.0) * share_at(unit, high);
    return true;
}

bool OwnSharing::take(const std::vector<double>& left) {
    for (std::size_t k = 0; k < left.size(); ++k) {
        Part& part = parts_[k];
        if (left[k] == 0.0) continue;
        // Each MW shared is a MW that the reference need not give, but for losses.
        double slope = part.moved && part.amount != part.last_amount ? (left[k] - part.last_left) / (part.amount - part.last_amount) : -1.0;
        if (!(slope > -2.0 && slope < -0.5)) slope = -1.0;
        part.last_amount = part.amount;
        part.last_left = left[k];
        part.moved = true;
        part.amount -= left[k] / slope;
        if (!share(part)) return false;
    }
    return true;
}

}  // namespace araz

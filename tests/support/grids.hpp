// Small grids made in code: deterministic, meshed, with everything a real case has that can go wrong.
#pragma once

#include <cstdint>
#include <vector>

#include "araz/model/case.hpp"

namespace araz::testing {

/// Deterministic numbers, the same on every platform (splitmix64; std distributions are not portable).
class Dice {
public:
    explicit Dice(std::uint64_t seed) : state_(seed) {}
    [[nodiscard]] double uniform(double low, double high);
    [[nodiscard]] int below(int n);  ///< 0 .. n-1
    [[nodiscard]] bool chance(double p) { return uniform(0.0, 1.0) < p; }
    /// A permutation of 0 .. n-1.
    [[nodiscard]] std::vector<int> shuffled(int n);

private:
    std::uint64_t next();
    std::uint64_t state_;
};

struct GridRecipe {
    std::uint64_t seed = 1;
    int buses = 20;              ///< of the meshed part
    int spurs = 3;               ///< further buses on single branches: bridges
    int areas = 2;               ///< blocks of consecutive buses
    double load_mw = 40.0;       ///< mean per bus
    double reactive_room = 5.0;  ///< Qmax - Qmin of a unit relative to its output; small: limits bind
};

/// A ring with chords, parallel lines, transformers with taps and phase shifters, shunts, several units at a
/// bus, units and branches out of service, bus numbers with gaps. 100 MVA; the base solves from flat start.
[[nodiscard]] Case make_grid(const GridRecipe& recipe);

/// The same grid with buses renumbered and the rows of all tables in another order. Units of one bus keep
/// their order: the first takes the slack's power, the last sets the voltage.
[[nodiscard]] Case renumbered(const Case& grid, std::uint64_t seed);

/// The same grid on another base power.
[[nodiscard]] Case on_base(const Case& grid, double base_mva);

/// Two buses, both held at 1 p.u., joined by `lines` lossless lines of reactance `x_pu`: areas 1 and 2,
/// no exchange at the base, 3000 MW of headroom on each side.
[[nodiscard]] Case two_areas(int lines, double x_pu, double rating_mva);

/// Splits a bus: load and shunt, and every second branch, move to a new bus behind couplers of this reactance.
[[nodiscard]] Case with_coupler(Case grid, int bus_row, double x_pu, int couplers = 1);

}  // namespace araz::testing

// What the rows of the case say about the reactive power of single units.
#pragma once

#include <vector>

#include "state.hpp"

namespace araz {

/// Units that hold one bus together, at least one of them from elsewhere; rows of the case.
struct HeldTogether {
    int bus = 0;
    double v_set_pu = 1.0;
    std::vector<int> units;
};

[[nodiscard]] std::vector<HeldTogether> held_together(const State& state);
/// Which buses are held so, or joined to one that is.
[[nodiscard]] std::vector<unsigned char> held_together_buses(const State& state);

/// The first of the buses that are joined without impedance, by bus row.
[[nodiscard]] std::vector<int> joined_rows(const State& state);

/// Whether a unit holds the voltage of its own bus where that is held.
[[nodiscard]] bool holds_own_bus(const GeneratorRow& row);

/// MVAr of a unit that does not hold a voltage, by the rule of its row.
[[nodiscard]] double ruled_mvar(const GeneratorRow& row, double p_mw, double vm_pu);

}  // namespace araz

// Whether a solution of the equations is a state of a grid in operation.
#pragma once

#include <vector>

#include "araz/model/network.hpp"
#include "araz/solver/power_equations.hpp"

namespace araz {

/// No false root: no magnitude and no angle across a branch is beyond what grids in operation have.
[[nodiscard]] bool is_plausible(const Network& net, const std::vector<solver::BusKind>& kind, const std::vector<unsigned char>& out,
                                const solver::VoltageState& state);

/// Takes whole turns off angles. The equations do not see them, and iterations from far away may leave a part of the
/// grid some turns away from its reference. Afterwards every bus is within half a turn of the neighbour it is reached from.
void unwind_angles(const Network& net, const std::vector<solver::BusKind>& kind, const std::vector<unsigned char>& out,
                   solver::VoltageState& state);

}  // namespace araz

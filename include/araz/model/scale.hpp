// The same case with less or more power moved through it.
#pragma once

#include "araz/model/case.hpp"

namespace araz {

/// Loads, outputs of units and set-points of DC lines times `factor` (> 0); shunts, limits, voltages and
/// the topology stay. What --scale-load does, and what the diagnosis of a failed solve probes.
[[nodiscard]] Case scale_load_and_generation(Case grid, double factor);

}  // namespace araz

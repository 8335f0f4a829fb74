// How the units of a Network behave reactively.
#pragma once

#include "araz/model/network.hpp"

namespace araz {

/// Fills the arrays of modes, curves and regulated buses; all generators and converter ends are there already.
void add_reactive_modes(const Case& grid, Network& net);

/// Curve of a unit whose reactive power follows voltage or power, per unit and within its limits.
[[nodiscard]] PiecewiseLine reactive_curve(const ReactiveRule& rule, double base_mva, double q_min, double q_max);

}  // namespace araz

// How the units of a Network behave reactively.
#pragma once

#include "araz/model/network.hpp"

namespace araz {

/// Fills the arrays of modes, curves and regulated buses; all generators and converter ends are there already.
void add_reactive_modes(const Case& grid, Network& net);

}  // namespace araz

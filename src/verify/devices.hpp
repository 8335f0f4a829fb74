// Devices that controls moved, as the re-check sees them: positions from the result, bands from the case.
#pragma once

#include "araz/model/case.hpp"
#include "araz/verify/verify.hpp"

namespace araz {

struct State;

/// Each device on one of its steps and within its range, what it measures, and its state: in its band, at the end
/// that its state names, or relieved by units that hold its voltage.
void check_devices(const Case& grid, const State& state, VerifyReport& report);

}  // namespace araz

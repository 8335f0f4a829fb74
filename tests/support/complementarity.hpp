// The conditions at rest of two-way reactive limits, checked bus by bus.
#pragma once

#include "araz/engine/engine.hpp"

namespace araz::testing {

struct PinCount {
    int free = 0, pinned = 0, wrong_side = 0;
};

/// Every regulated bus (slack buses are exempt): V = Vset and Qmin <= Q <= Qmax, or Q = Qmax and V <= Vset,
/// or Q = Qmin and V >= Vset, with Q and limits summed over its units. `tolerance` is the power flow's.
/// Records a failure for each bus that does not, and returns how the buses stand.
PinCount expect_complementarity(const ElectricalModel& model, const Solution& solution, double tolerance);

}  // namespace araz::testing

// The controls a solve runs, in their fixed order. A new control is one file and one row here
// (src/control/control_table.cpp).
#pragma once

#include "araz/engine/control.hpp"

namespace araz {

struct ControlChoice {
    bool reactive_limits = true;
    bool slack_limits = false;   ///< reactive limits of reference buses too
};

/// `frozen`: after a contingency, with every control left out that moves discrete equipment.
[[nodiscard]] ControlList make_controls(const ControlChoice& choice, bool frozen = false);

}  // namespace araz

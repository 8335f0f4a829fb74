// The controls a solve runs, in their fixed order. A new control is one file and one row here
// (src/control/control_table.cpp).
#pragma once

#include "araz/engine/control.hpp"

namespace araz {

struct ControlChoice {
    bool reactive_limits = true;
};

[[nodiscard]] ControlList make_controls(const ControlChoice& choice);

}  // namespace araz

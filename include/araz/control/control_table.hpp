// The controls a solve runs, in their fixed order. A new control is one file and one row here
// (src/control/control_table.cpp).
#pragma once

#include "araz/engine/control.hpp"

namespace araz {

struct ControlChoice {
    bool reactive_limits = true;
    bool slack_limits = false;   ///< reactive limits of reference buses too
    bool svc = false, phase = false, taps = false, shunts = false;

    [[nodiscard]] bool any_device() const { return svc || phase || taps || shunts; }
};

/// The words that --controls takes besides all and none.
[[nodiscard]] std::span<const std::string_view> device_control_words();

/// Switches on what a word names; false: unknown.
bool choose_control(std::string_view word, ControlChoice& choice);

/// `frozen`: after a contingency, with every control left out that moves discrete equipment.
[[nodiscard]] ControlList make_controls(const ControlChoice& choice, bool frozen = false);

}  // namespace araz

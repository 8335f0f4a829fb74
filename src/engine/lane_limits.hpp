// Reactive limits as the lanes' screen sees them. The screen only finds lanes in which the control itself must
// look: it is a little tighter than the control's own threshold (control/reactive_limits.cpp).
#pragma once

#include "araz/engine/electrical_model.hpp"

namespace araz {

/// Summed range of the units in service at a bus, p.u.
[[nodiscard]] ReactiveRange bus_reactive_range(const Network& net, const std::vector<unsigned char>& gen_in,
                                               const std::vector<double>& gen_p, int bus);

/// Injection (output less consumption) beyond which the control is asked, p.u.
struct LaneQLimits {
    double low = 0.0, high = 0.0;
};
[[nodiscard]] inline LaneQLimits screen_limits(const ReactiveRange& range, double q_load, double tolerance) {
    const double slack = 9.0 * tolerance;  // the control: 10
    return {range.min - q_load - slack, range.max - q_load + slack};
}

}  // namespace araz

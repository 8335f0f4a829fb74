// Where a linearized reading meets its limit.
#pragma once

#include <span>

#include "araz/study/monitor.hpp"

namespace araz {

/// Smallest shift > 0 (p.u.) at which the reading meets its limit when the state moves along `tangent`
/// ((dva, dlnV) by bus per unit of shift); 0 when it is violated already, infinite when never.
///
/// Thermal: the complex flow S moves on a line, |S + E dS| = limit, so that a reversing flow is seen for
/// what it is; its magnitude's own slope would miss it. Voltage: linear.
[[nodiscard]] double binding_shift(const ElectricalModel& model, const Solution& solution,
                                   std::span<const double> tangent, const Reading& reading);

/// Change of the reading's severity per p.u. of shift along `tangent`; NaN for a voltage step.
[[nodiscard]] double severity_slope(const ElectricalModel& model, const Solution& solution,
                                    std::span<const double> tangent, const Reading& reading);

}  // namespace araz

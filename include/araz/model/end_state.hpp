// One end of a certificate's bracket as a case of its own.
#pragma once

#include "araz/model/case.hpp"
#include "araz/model/results.hpp"

namespace araz {

/// `grid` with the outputs, set-points of DC lines, loads and voltages of `state`. Rows and buses that the
/// case does not have are left alone. DC lines under AC emulation stay at what they carry there.
[[nodiscard]] Case with_end_state(Case grid, const EndState& state);

/// `grid` with ratios, shifts and shunts where `controls` say that its devices stand. Rows that name no device of
/// the case change nothing.
[[nodiscard]] Case with_devices(Case grid, const std::vector<ControlResult>& controls);

/// The device of the case that a row names; null when there is none, or when it stands elsewhere.
[[nodiscard]] const DeviceRow* device_of(const Case& grid, const ControlResult& row);

/// DC lines that take part as pairs of units that regulate their buses (MATPOWER's own treatment, function
/// toggle_dcline), for tools and formats that leave a DC line table out. The lines themselves are dropped.
[[nodiscard]] Case dc_lines_as_units(Case grid);

}  // namespace araz

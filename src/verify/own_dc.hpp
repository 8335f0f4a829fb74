// The two ends of a DC line by the equations of docs/hvdc.md, in MW and MVAr, for the re-check alone.
#pragma once

#include "araz/model/case.hpp"

namespace araz {

/// What both ends feed into the network when the line is set to `u` MW, and where power is lost. Q only where the
/// end holds no voltage.
struct OwnDcEnds {
    double p[2] = {0.0, 0.0}, q[2] = {0.0, 0.0};  ///< from, to
    int q_limit[2] = {0, 0};                      ///< 1 at the upper, -1 at the lower limit
    double converter_loss[2] = {0.0, 0.0}, line_loss = 0.0;
};
[[nodiscard]] OwnDcEnds own_dc_ends(const DcLineRow& line, double u);

/// Whether the end (0: from, 1: to) holds the voltage of its bus.
[[nodiscard]] bool own_dc_holds(const DcLineRow& line, int end);

/// What AC emulation asks for at an angle difference, before (`cut` false) and after the limits.
[[nodiscard]] double own_dc_asked(const DcLineRow& line, double angle_deg, bool cut);

}  // namespace araz

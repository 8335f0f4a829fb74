// Two-way reactive limits: a regulated bus gives up its set-point when its units reach a limit (PV to
// PQ) and takes it back when the voltage asks for it (PQ to PV).
//
// At rest the solution meets the complementarity conditions, bus by bus, with Q and its limits summed
// over the units of the bus:   V = Vset and Qmin <= Q <= Qmax,   or
//                              Q = Qmax and V <= Vset,   or   Q = Qmin and V >= Vset.
// (J. Zhao, H.-D. Chiang, P. Ju, H. Li, "On PV-PQ bus type switching logic in power flow computation",
// PSCC 2008.) Slack buses are exempt unless asked.
#pragma once

#include <memory>

#include "araz/engine/control.hpp"

namespace araz {

/// Releases per bus after which only the largest violation switches per round, and the bound that ends
/// in `limit_cycle`.
struct ReactiveLimitOptions {
    int free_releases = 3;
    int max_releases = 12;
    bool include_slack = false;  ///< references too; one at a limit keeps its angle and gives up its voltage
};

[[nodiscard]] std::unique_ptr<Control> make_reactive_limits(const ReactiveLimitOptions& options = {});

}  // namespace araz

// PV curves: continuation power flow from a solved base, with every event on the way located exactly.
//
// Growth scales all loads (P and Q) and outputs towards `target` times the base, the reference bus taking what is
// left over (as MATPOWER's runcpf does with a target case, lambda scaling the difference), or the loads of chosen
// buses alone, fed by the reference bus. A transfer moves the units (or loads) of two sides by their shift key; the
// reference bus takes the losses and takes no part.
#pragma once

#include <functional>
#include <optional>

#include "araz/model/pv_results.hpp"
#include "araz/study/capacity.hpp"
#include "araz/study/contingency.hpp"
#include "araz/study/power_flow.hpp"

namespace araz {

enum class PvStop {
    nose,   ///< at the largest lambda
    limit,  ///< at the first limit of flow or voltage, or the nose
    full,   ///< back to lambda 0 on the lower part
};

struct PvOptions {
    std::optional<ExchangeSides> sides;  ///< a transfer; nothing: growth
    KeyKind key = KeyKind::headroom;
    double target = 2.0;                 ///< growth: factor at lambda 1
    std::vector<int> grow_rows;          ///< growth of the loads of these bus rows (0-based) alone; empty: everything
    bool q_limits = true, q_limits_slack = false;
    bool p_limits = false;               ///< growth: units stop at Pmax, the reference moves on when it is full
    /// A reference bus at its reactive limit hands over to the first regulated bus even when the unit there stands at
    /// Pmax and will exceed it (MATPOWER's rule); else such buses are passed over.
    bool hand_over_to_full = false;
    PvStop stop = PvStop::nose;
    double max_mw = std::numeric_limits<double>::infinity();
    std::vector<int> bus_rows;           ///< 0-based rows whose voltages are reported; empty: the most critical
    int max_points = 2000;
};

/// The base must be solvable; each contingency gets a curve of its own from its post-outage state. Errors (usage):
/// AZ3042 nobody takes part in a side; AZ3050 nothing grows; AZ3051 the sides lie in different islands.
[[nodiscard]] Result<PvResult> run_pv(const StudySetup& setup, const std::vector<Contingency>& contingencies,
                                      const PvOptions& options, const std::function<void(int, int)>& progress = {});

}  // namespace araz

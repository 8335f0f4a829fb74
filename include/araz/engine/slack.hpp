// Who balances active power.
//
//   reference    the first unit at the reference bus of each island takes what is left (MATPOWER's rule).
//   distributed  all participants of an island share it in proportion to a key.
//   area         each area keeps its scheduled net position, its participants share what that takes; the
//                area of the reference bus takes what the others and the losses on the ties leave.
//
// The imbalance D of a group is an unknown of the Newton iteration (solver/border.hpp), with
//   P_i = P_i0 + min(w_i t, room_i),   sum_i min(w_i t, room_i) = D          (mirrored for D < 0)
// so limits hold, a unit that is full leaves its share to the others, and the answer depends neither on
// the way there nor on which bus of the island is the reference.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "araz/engine/electrical_model.hpp"
#include "araz/model/scenario.hpp"
#include "araz/model/solution.hpp"

namespace araz {

enum class SlackMode { reference, distributed, area };

/// Weights: installed power; room to the limit in the direction needed; scheduled output; consumption at
/// constant power factor; given factors.
enum class SlackKey { pmax, headroom, pg, load, file };

[[nodiscard]] std::string_view to_string(SlackMode mode);
[[nodiscard]] std::string_view to_string(SlackKey key);

struct AreaSchedule {
    int area = 0;
    double p = 0.0;  ///< net export, p.u.
};

struct SlackOptions {
    SlackMode mode = SlackMode::reference;
    SlackKey key = SlackKey::pmax;
    /// SlackKey::file: weight of each generator index, 0 or more. Empty: the APF column of the case.
    std::vector<double> factors;
    /// Scheduled net positions. An area that is not named keeps the one that the dispatch of the case gives
    /// when its reference alone balances it.
    std::vector<AreaSchedule> schedule;
};

/// Makes `scenario` start from the dispatch of a solved state, so that only what changes after it has to be
/// balanced: outputs, loads moved by the slack and, for area control, the net positions. Nothing for
/// SlackMode::reference.
void keep_dispatch(const SlackOptions& options, const ElectricalModel& model, const Solution& base, Scenario& scenario);

/// Net position of each area in each island at a solution, p.u., metered at the area's own end of its ties.
[[nodiscard]] std::vector<AreaTarget> net_positions(const ElectricalModel& model, const Solution& solution);

}  // namespace araz

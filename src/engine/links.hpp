// Flows through branches without impedance, recovered from what remains at their ends.
#pragma once

#include <vector>

#include "araz/engine/electrical_model.hpp"
#include "araz/model/scenario.hpp"
#include "araz/model/solution.hpp"

namespace araz {

/// Flow from -> to of every link in service, [n_link], such that `surplus` [n_bus], the power that enters
/// each joined bus otherwise, leaves over its links. Unique on a tree of links; where links form a loop the
/// flows with the least sum of squares, as equal impedances would share them.
void share_among_links(const ElectricalModel& model, const Solution& solution, const std::vector<double>& surplus,
                       std::vector<double>& flow);

/// Net position of each area in each island of a DC solution, p.u.
[[nodiscard]] std::vector<AreaTarget> dc_positions(const ElectricalModel& model, const Solution& solution);

}  // namespace araz

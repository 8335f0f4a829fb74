// A scenario as the solver sees it: the rules of Engine::load, for the lanes. tests/differential holds the two
// together.
#pragma once

#include "araz/engine/lane_sweep.hpp"

namespace araz {

/// The intact grid with the scenario's outputs and loads. Outages of `scenario` are not looked at.
[[nodiscard]] LoadedScenario load_intact(const ElectricalModel& model, const Scenario& scenario);

/// Puts the settings of a scenario in the place of the network's values in a copy of an intact one. Fills `changed`,
/// `v_set`, `taps` and `shunts`.
void apply_settings(const ElectricalModel& model, const Settings& settings, LoadedScenario& loaded);

/// Takes the outages of `outage` out of a copy of an intact scenario: parts without a slack are dead, a bus
/// without units regulates no more. Fills `dead`, `changed`, `branch_out`, lost load and generation.
void take_out(const ElectricalModel& model, const Scenario& outage, LoadedScenario& loaded);

}  // namespace araz

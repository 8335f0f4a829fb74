// Capacity studies on variations of one case: what remedial actions gain and what reinforcements are worth.
#pragma once

#include <vector>

#include "araz/study/capacity.hpp"
#include "araz/study/remedial.hpp"
#include "options.hpp"

namespace araz::app {

/// What the options say once for all cases of a run.
struct CapacityInputs {
    ContingencySpec contingencies;
    std::vector<RemedialAction> actions;
};
[[nodiscard]] Result<CapacityInputs> capacity_inputs(const Options& options);

/// A study ready to run on one case: the same options resolved against its network.
struct CapacityStudy {
    StudySetup setup;
    std::vector<Contingency> contingencies;
    CapacityOptions options;
    std::vector<ExchangeSides> sides;
};
[[nodiscard]] Result<CapacityStudy> make_study(const Options& options, const CapacityInputs& inputs);
[[nodiscard]] Result<CapacityStudy> make_study(const Options& options, const CapacityInputs& inputs, Case grid);

/// Runs every action of --remedial on a copy of the case and files its gain with each direction of `result`.
[[nodiscard]] Result<bool> try_remedial(const Options& options, const CapacityInputs& inputs, const Case& grid,
                                        CapacityResult& result);

/// Runs the variants of --reinforcements: each put into the case at hand (PINT) and each taken out of the case
/// with all of them (TOOT; ENTSO-E, "Guideline for cost benefit analysis of grid development projects").
[[nodiscard]] Result<bool> value_reinforcements(const Options& options, const CapacityInputs& inputs,
                                                CapacityResult& result);

}  // namespace araz::app

// What the options of a capacity study name: shift keys, groups of buses, margins, remedial actions.
#pragma once

#include <vector>

#include "araz/study/capacity.hpp"
#include "araz/study/remedial.hpp"
#include "options.hpp"

namespace araz::app {

/// --key, with the weights of --key-file (columns generator, weight) for the key `file`.
[[nodiscard]] Result<KeyChoice> key_choice(const Options& options, const Network& net);

/// --group, with the table of --group-file (columns bus, group) for the grouping `file`.
[[nodiscard]] Result<BusGroups> bus_groups(const Options& options, const Network& net);

/// --trm: also quantile:Q:FILE, the Q-quantile of the column deviation_mw of a CSV.
[[nodiscard]] Result<ReliabilityMargin> margin_choice(const Options& options);

/// The actions of --remedial (columns action, kind, element, value; optionally name), rows of one action together.
[[nodiscard]] Result<std::vector<RemedialAction>> remedial_actions(const Options& options);

}  // namespace araz::app

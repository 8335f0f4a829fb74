// --slack and what belongs to it.
#pragma once

#include "araz/engine/slack.hpp"
#include "options.hpp"

namespace araz::app {

/// Errors (kind usage): AZ3030 a table that cannot be used, AZ3031 no factors.
[[nodiscard]] Result<SlackOptions> slack_options(const Options& options, const Network& net);

}  // namespace araz::app

// The work of a batch in a run directory, until it is finished or somebody ends it.
#pragma once

#include "batch_plan.hpp"

namespace araz::app {

/// Solves what the journal does not hold, writes shards, and the result at the end. Returns the exit code. SIGINT and
/// SIGTERM end it within two seconds, and what is finished stays; a second one ends it at once.
int run_in_directory(const Options& options, const BatchPlan& plan, RunDirectory& directory, JournalContents journal);

}  // namespace araz::app

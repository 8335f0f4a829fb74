// The work of a batch in a run directory, until it is finished or somebody ends it.
#pragma once

#include <functional>

#include "batch_plan.hpp"

namespace araz::app {

/// Threads that solve in this process: --threads, or else every core; one where several processes share the work.
[[nodiscard]] int batch_threads(const Options& options);

/// Solves what the journal does not hold, writes shards, and the result at the end. Returns the exit code. SIGINT and
/// SIGTERM end it within two seconds, and what is finished stays; a second one ends it at once.
int run_in_directory(const Options& options, const BatchPlan& plan, RunDirectory& directory, JournalContents journal);

/// The work of every other rank: makes the same plan, solves what rank 0 hands out and sends rows back until it is told to
/// stop. Returns the exit code, which is 0: rank 0 speaks for all.
int run_as_follower(const Options& options, const std::function<Result<BatchPlan>()>& make_plan);

}  // namespace araz::app

// A study file resolved against its case: everything that can be wrong is found here, before any work.
#pragma once

#include "araz/io/profile_io.hpp"
#include "araz/io/run_directory.hpp"
#include "araz/io/study_file.hpp"
#include "araz/study/batch.hpp"
#include "capacity_values.hpp"
#include "options.hpp"

namespace araz::app {

struct BatchPlan {
    BatchStudy study;
    Manifest manifest;
    std::string folder;  ///< the run directory
};

/// `hours`: instead of those of the file; empty: none. `run_dir` likewise.
[[nodiscard]] Result<BatchPlan> make_batch_plan(const std::string& study_path, const std::string& hours,
                                                const std::string& run_dir);

/// What the rows of a plan depend on, as SHA-256: version, inputs, options and layout.
[[nodiscard]] std::string plan_digest(const BatchPlan& plan);

/// The options of the verb of `study`, as its file sets them; errors AZ3060, AZ3061, AZ3010 with their places.
[[nodiscard]] Result<Options> study_options(const StudyFile& study, BatchKind kind);

/// The series that [profiles] of a study names, or profiles.h5 of its case. Errors of read_series(), and AZ3061 with the place of
/// a wrong key.
[[nodiscard]] Result<ProfileSeries> read_chosen_series(const StudyFile& study);

/// Files of the series, as the study names them, and their SHA-256.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> series_inputs(const StudyFile& study, const ProfileSeries& series);

/// Puts what [samples] asks for in the place of the hours of a plan: drawn hours, or rows of drawn values with their own
/// series. Nothing without that table. Errors AZ3061 with their places.
[[nodiscard]] Result<Done> sample_hours(const StudyFile& study, BatchPlan& plan);

/// Units that [samples] unit-outages draws out of service in each sample; after the cases are read. Errors AZ3061 with the place
/// in the study, AZ3023 with that in the list.
[[nodiscard]] Result<Done> sample_outages(const StudyFile& study, const std::vector<ProfiledCase>& cases, BatchPlan& plan);

/// Error AZ3064 (resources): "this batch needs 5 MiB, the machine has 4 MiB", for bytes.
[[nodiscard]] Error memory_error(double need, const std::string& what_there_is, double have);

/// Bytes that all rows and the final image take, roughly.
[[nodiscard]] double memory_need(const BatchLayout& layout);

/// Bytes that the process takes at most when it runs the plan in this many threads: an estimate on the high side.
[[nodiscard]] double memory_need(const BatchPlan& plan, int threads);

/// Error AZ3064 (resources): the plan needs more than --mem-limit.
[[nodiscard]] Result<Done> check_memory_limit(const Options& options, const BatchPlan& plan, int threads);

}  // namespace araz::app

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <thread>

#include "araz/base/text.hpp"
#include "batch_ranks.hpp"
#include "batch_run.hpp"
#include "batch_watch.hpp"
#include "session.hpp"
#include "verbs.hpp"

namespace araz::app {

namespace {

constexpr const char* schema = "araz.batch/1";

// A block of each point and variant is solved and timed: what the batch will take.
struct Timing {
    int scenarios = 0, unsolved = 0;
    double each = 0.0;  ///< s
};

Timing time_scenarios(const BatchPlan& plan) {
    constexpr int of_hours = 64;  // of power flows, which are solved many at a time; else one
    const BatchLayout& layout = plan.study.layout;
    const int groups = static_cast<int>(layout.points.size() * layout.variants.size());
    const int count = plan.study.bases.empty() ? 1 : std::min(of_hours, static_cast<int>(layout.hours.size()));
    const int first = (static_cast<int>(layout.hours.size()) - count) / 2;
    std::vector<int> sample;
    for (int k = first * groups; k < (first + count) * groups; ++k) sample.push_back(k);
    auto blocks = blocks_of(plan.study, sample);
    BatchWatch watch(layout);
    std::size_t at = 0;
    const std::atomic<bool> stop{false};
    const auto begin = std::chrono::steady_clock::now();
    run_scenarios(plan.study, 1, [&](bool) { return at < blocks.size() ? blocks[at++] : std::vector<int>{}; }, stop,
                  [&](const std::vector<SolvedRow>& rows) {
                      for (const SolvedRow& row : rows) watch.take(row.scenario, row.row);
                      return true;
                  });
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
    return {watch.done(), watch.unsolved(), taken.count() / std::max(1, watch.done())};
}

int dry_run(const Options& options, const BatchPlan& plan) {
    const BatchLayout& layout = plan.study.layout;
    const double process = memory_need(plan, batch_threads(options)) / 1048576.0;
    const auto [timed, unsolved, each] = time_scenarios(plan);
    const int threads = batch_threads(options) * Ranks::size();
    const double estimate = each * layout.scenarios() / threads;
    if (options.text("--format") == "json") {
        nlohmann::ordered_json out;
        out["schema"] = schema;
        out["status"] = "dry_run";
        out["kind"] = to_string(layout.kind);
        out["scenarios"] = layout.scenarios();
        out["hours"] = layout.hours.size();
        out["points"] = layout.points;
        out["variants"] = layout.variants;
        out["values_per_scenario"] = layout.numbers() + layout.texts();
        out["memory_mib"] = memory_need(layout) / 1048576.0;
        out["process_mib"] = process;
        out["threads"] = threads;
        out["seconds_per_scenario"] = each;
        out["timed_scenarios"] = timed;
        out["estimate_s"] = estimate;
        return write_output(options, out.dump(1) + "\n");
    }
    std::string text = "Study       " + plan.manifest.study_as_given + " (" + std::string(to_string(layout.kind)) + ")\n";
    text += "Scenarios   " + std::to_string(layout.scenarios()) + " = " + std::to_string(layout.hours.size()) + (plan.manifest.options.count("sample_method") != 0 ? " samples x " : " hours x ") +
            std::to_string(layout.points.size()) + " points (" + join(layout.points, "; ") + ") x " +
            std::to_string(layout.variants.size()) + " variants (" + join(layout.variants, "; ") + ")\n";
    text += "Row         " + std::to_string(layout.numbers() + layout.texts()) + " values in " + std::to_string(layout.columns.size()) + " columns\n";
    char line[160];
    std::snprintf(line, sizeof line, "Memory      %.1f MiB for all rows and the result, %.0f MiB in all\n", memory_need(layout) / 1048576.0, process);
    text += line;
    std::snprintf(line, sizeof line, "Time        %.3g s per scenario (%d timed, %d unsolved), about %s with %d threads\n", each, timed,
                  unsolved, duration_words(estimate).c_str(), threads);
    text += line;
    text += "Directory   " + plan.folder + "\n";
    return write_output(options, text);
}

// The first input that is not what it was.
Result<Done> same_inputs(const std::string& folder, const Manifest& begun, const Manifest& now) {
    const auto changed = [&](const std::string& what) {
        return Error::make(ErrorKind::invalid_input, "AZ3072", what + " changed since " + folder + " was begun",
                           "put it back, or begin the batch again in another folder");
    };
    if (begun.version != now.version)
        return changed("araz (now " + now.version + ", then " + begun.version + ")");
    for (std::size_t k = 0; k < std::min(begun.inputs.size(), now.inputs.size()); ++k)
        if (begun.inputs[k].sha256 != now.inputs[k].sha256) return changed(begun.inputs[k].file);
    if (begun.inputs.size() != now.inputs.size() || layout_json(begun.layout) != layout_json(now.layout)) return changed("the study");
    return Done{};
}

}  // namespace

int run_batch(const Options& options) {
    if (const auto joined = Ranks::join(); !joined) return report_error(options, schema, joined.error());
    const auto make_plan = [&] { return make_batch_plan(options.files[0], options.text("--hours"), options.text("--run-dir")); };
    if (!Ranks::leads()) return run_as_follower(options, make_plan);
    const RankRelease release;
    auto plan = make_plan();
    if (!plan) return report_error(options, schema, plan.error());
    if (const auto fits = check_memory_limit(options, *plan, batch_threads(options)); !fits) return report_error(options, schema, fits.error());
    if (options.on("--dry-run")) return dry_run(options, *plan);
    auto directory = RunDirectory::create(plan->folder, plan->manifest);
    if (!directory) return report_error(options, schema, directory.error());
    return run_in_directory(options, *plan, **directory, {});
}

int run_resume(const Options& options) {
    if (const auto joined = Ranks::join(); !joined) return report_error(options, schema, joined.error());
    const std::string& folder = options.files[0];
    auto manifest = read_manifest(folder);
    std::string hours;
    for (const std::string& override : manifest ? manifest->overrides : std::vector<std::string>{})
        if (override.starts_with("hours=")) hours = override.substr(6);
    const auto make_plan = [&]() -> Result<BatchPlan> {
        if (!manifest) return manifest.error();
        return make_batch_plan(manifest->study, hours, folder);
    };
    if (!Ranks::leads()) return run_as_follower(options, make_plan);
    const RankRelease release;
    if (!manifest) return report_error(options, schema, manifest.error());
    if (const std::string holder = lock_holder(folder); !holder.empty())
        return report_error(options, schema, Error::make(ErrorKind::busy, "AZ3071", folder + " is in use by " + holder,
                                                         "wait for it, or end it; araz status shows how far it is"));
    auto plan = make_plan();
    if (!plan) return report_error(options, schema, plan.error());
    if (const auto same = same_inputs(folder, *manifest, plan->manifest); !same) return report_error(options, schema, same.error());
    if (const auto fits = check_memory_limit(options, *plan, batch_threads(options)); !fits) return report_error(options, schema, fits.error());
    plan->manifest = *manifest;  // what the result says of its origin is what was said first
    JournalContents journal;
    auto directory = RunDirectory::open(folder, plan->study.layout, journal);
    if (!directory) return report_error(options, schema, directory.error());
    if (journal.damaged > 0)
        show_findings({{Severity::warning, "AZ3074", "", std::to_string(journal.damaged) + " bytes of the journal belong to no whole record", "",
                        "their scenarios are solved again", {}}});
    return run_in_directory(options, *plan, **directory, std::move(journal));
}

}  // namespace araz::app

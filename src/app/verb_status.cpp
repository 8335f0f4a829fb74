#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "araz/io/run_directory.hpp"
#include "batch_watch.hpp"
#include "session.hpp"
#include "verbs.hpp"

namespace araz::app {

namespace {

constexpr std::size_t recent = 200;  // scenarios that tell the rate

// Scenarios per second over the last ones; NaN from fewer than two.
double rate_of(const std::vector<JournalRecord>& records) {
    if (records.size() < 2) return nan_value;
    const std::size_t first = records.size() > recent ? records.size() - recent : 0;
    const double seconds = records.back().finished - records[first].finished;
    return seconds > 0.0 ? static_cast<double>(records.size() - 1 - first) / seconds : nan_value;
}

}  // namespace

int run_status(const Options& options) {
    const std::string& folder = options.files[0];
    const char* schema = "araz.status/1";
    const auto manifest = read_manifest(folder);
    if (!manifest) return report_error(options, schema, manifest.error());
    const BatchLayout& layout = manifest->layout;
    JournalContents journal;
    std::error_code ignored;
    if (std::filesystem::exists(folder + "/journal", ignored)) {
        auto read = read_journal(folder, layout);
        if (!read) return report_error(options, schema, read.error());
        journal = *std::move(read);
    }
    BatchWatch watch(layout);
    std::vector<unsigned char> seen(static_cast<std::size_t>(layout.scenarios()), 0);
    for (const JournalRecord& record : journal.records) {
        if (seen[record.scenario] == 0) watch.take(record.scenario, record.row);
        seen[record.scenario] = 1;
    }
    const int total = layout.scenarios();
    const std::string holder = lock_holder(folder);
    const bool complete = watch.done() == total && std::filesystem::exists(folder + "/summary.json", ignored);
    const std::string state = complete ? "finished" : holder.empty() ? "interrupted" : "running";
    const double rate = rate_of(journal.records);
    const double left = state == "running" && rate > 0.0 ? (total - watch.done()) / rate : nan_value;
    if (options.text("--format") == "json") {
        nlohmann::ordered_json out;
        const auto number = [](double value) { return std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json(nullptr); };
        out["schema"] = schema;
        out["araz"] = {{"version", manifest->version}};
        out["directory"] = folder;
        out["study"] = manifest->study;
        out["kind"] = to_string(layout.kind);
        out["status"] = state;
        out["holder"] = holder;
        out["scenarios"] = total;
        out["done"] = watch.done();
        out["unsolved"] = watch.unsolved();
        out["rate_per_s"] = number(rate);
        out["left_s"] = number(left);
        out["damaged_bytes"] = journal.damaged;
        out["worst"] = {{"column", watch.worst_column()}, {"value", number(watch.worst())}, {"scenario", nullptr}, {"label", ""}};
        if (watch.worst_scenario() >= 0) {
            out["worst"]["scenario"] = watch.worst_scenario();
            out["worst"]["label"] = layout.label(watch.worst_scenario());
        }
        return write_output(options, out.dump(1) + "\n");
    }
    char line[256];
    std::snprintf(line, sizeof line, "%s: %d of %d scenarios (%.1f %%), %d unsolved\n", state.c_str(), watch.done(), total,
                  100.0 * watch.done() / total, watch.unsolved());
    std::string text = line;
    text += "study       " + manifest->study + "\n";
    if (!holder.empty()) text += "held by     " + holder + "\n";
    if (std::isfinite(rate)) {
        std::snprintf(line, sizeof line, "rate        %.3f/s\n", rate);
        text += line;
    }
    if (std::isfinite(left)) text += "left        " + duration_words(left) + "\n";
    if (const std::string worst = watch.worst_words(); !worst.empty()) text += worst + "\n";
    if (state == "interrupted") text += "go on with  araz resume " + folder + "\n";
    return write_output(options, text);
}

}  // namespace araz::app

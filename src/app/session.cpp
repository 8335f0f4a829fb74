#include "session.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <mutex>

#include "araz/base/text.hpp"
#include "araz/control/control_table.hpp"
#include "araz/io/files.hpp"

namespace araz::app {

namespace {

bool wants_json(const Options& options) {
    if (options.text("--format") == "json") return true;
    return !options.has("--format") && options.text("--output").ends_with(".json");
}

}  // namespace

int report_error(const Options& options, const std::string& schema, const Error& error, const CaseInfo& grid) {
    std::fputs(render(error.findings).c_str(), stderr);
    if (wants_json(options) && error.kind != ErrorKind::output) {
        Envelope envelope;
        envelope.schema = schema;
        envelope.grid = grid;
        envelope.options = options.resolved();
        envelope.status = "error";
        envelope.findings = error.findings;
        if (const int written = write_output(options, to_json(envelope)); written != exit_ok) return written;
    }
    return static_cast<int>(error.kind);
}

void show_findings(const Findings& findings) {
    Findings shown;
    for (const Finding& finding : findings)
        if (finding.severity != Severity::info) shown.push_back(finding);
    if (!shown.empty()) std::fputs(render(shown, 10).c_str(), stderr);
}

BuildOptions build_options(const Options& options) {
    BuildOptions build;
    for (const std::string& code : options.list("--allow")) build.allow.insert(code);
    for (const std::string& code : options.list("--deny")) build.deny.insert(code);
    return build;
}

namespace {

Start start_of(const std::string& word) {
    if (word == "stored") return Start::stored;
    if (word == "flat") return Start::flat;
    if (word == "dc") return Start::dc;
    return Start::automatic;
}

}  // namespace

Result<Case> read_input(const Options& options, const std::string& path) {
    return read_case(path, options.text("--from-format"), {options.text("--point"), options.text("--variant")});
}

Result<StudySetup> make_setup(const Options& options, const std::string& path) {
    auto grid = read_input(options, path);
    if (!grid) return grid.error();
    auto network = Network::build(std::make_shared<const Case>(*std::move(grid)), build_options(options));
    if (!network) return network.error();

    StudySetup setup;
    setup.model = ElectricalModel::build(*network);
    setup.threads = options.integer("--threads");
    setup.sweep = options.text("--engine") == "scalar" ? SweepEngine::scalar : SweepEngine::lane;
    setup.engine.tolerance = options.number("--tol");
    setup.engine.max_iterations = options.integer("--max-iterations");
    setup.engine.start = start_of(options.text("--start"));
    ControlChoice controls;
    controls.reactive_limits = options.on("--q-limits");
    setup.engine.controls = [controls] { return make_controls(controls); };

    Findings wrong;
    const auto rating_rule = [&](std::string_view name, RatingRule& rule) {
        if (!options.has(name)) return;
        auto parsed = parse_rating(options.text(name));
        if (parsed) rule = *parsed;
        else wrong.insert(wrong.end(), parsed.error().findings.begin(), parsed.error().findings.end());
    };
    rating_rule("--rating-base", setup.monitor.rating_base);
    rating_rule("--rating-contingency", setup.monitor.rating_contingency);
    if (options.has("--voltage-limits")) setup.monitor.voltage_limits = options.on("--voltage-limits");
    if (!wrong.empty()) return Error{ErrorKind::usage, wrong};
    return setup;
}

Result<std::string> output_format(const Options& options) {
    if (options.has("--format")) return options.text("--format");
    const std::string path = options.text("--output");
    if (path == "-" || path.empty()) return std::string("table");
    const auto dot = path.find_last_of("./");
    const std::string extension = dot == std::string::npos || path[dot] == '/' ? "" : path.substr(dot);
    const std::vector<std::pair<std::string, std::string>> known{
        {".json", "json"}, {".csv", "csv"}, {".ndjson", "ndjson"}, {".h5", "h5"}, {".hdf5", "h5"}, {".txt", "table"}};
    for (const auto& [ending, format] : known)
        if (extension == ending) return format;
    return Error::make(ErrorKind::usage, "AZ3012", "cannot tell the output format from '" + path + "'",
                       "end the name in .json, .csv, .ndjson, .h5 or .txt, or give --format");
}

TableOptions table_options(const Options& options) {
    TableOptions table;
    if (options.has("--limit")) table.limit = options.integer("--limit");
    const std::string color = options.has("--color") ? options.text("--color") : "auto";
    const char* no_color = std::getenv("NO_COLOR");
    const char* terminal = std::getenv("TERM");
    const bool plain = (no_color != nullptr && *no_color != '\0') ||
                       (terminal != nullptr && std::string_view(terminal) == "dumb");
    table.color = color == "always" ||
                  (color == "auto" && !plain && options.text("--output") == "-" && isatty(STDOUT_FILENO) != 0);
    return table;
}

int write_output(const Options& options, const std::string& bytes) {
    const std::string path = options.has("--output") ? options.text("--output") : "-";
    const auto written = write_file(path, bytes);
    if (written) return exit_ok;
    std::fputs(render(written.error().findings).c_str(), stderr);
    return static_cast<int>(written.error().kind);
}

std::function<void(int, int)> progress_line(const Options& options, const std::string& what) {
    const std::string mode = options.text("--progress");
    if (mode == "never" || (mode != "always" && isatty(STDERR_FILENO) == 0)) return {};
    auto lock = std::make_shared<std::mutex>();
    auto shown = std::make_shared<int>(-1);
    return [what, lock, shown](int done, int total) {
        const int percent = total > 0 ? 100 * done / total : 100;
        const std::lock_guard guard(*lock);
        if (percent <= *shown) return;
        *shown = percent;
        std::fprintf(stderr, "\r%s: %d of %d (%d %%)%s", what.c_str(), done, total, percent, done == total ? "\n" : "");
    };
}

}  // namespace araz::app

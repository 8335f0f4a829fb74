#include "session.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <mutex>

#include "araz/base/codes.hpp"
#include "araz/base/text.hpp"
#include "araz/control/control_table.hpp"
#include "araz/io/files.hpp"
#include "araz/io/sarif.hpp"
#include "araz/model/scale.hpp"
#include "slack_options.hpp"

namespace araz::app {

namespace {

bool wants(const Options& options, const std::string& format) {
    if (options.has("--format")) return options.text("--format") == format;
    return options.text("--output").ends_with("." + format);
}

}  // namespace

int report_error(const Options& options, const std::string& schema, const Error& error, const CaseInfo& grid) {
    std::fputs(render(error.findings).c_str(), stderr);
    if (schema == "araz.check/1" && wants(options, "sarif") && error.kind == ErrorKind::invalid_input) {
        const std::string bytes = to_sarif(error.findings, options.argv, static_cast<int>(error.kind));
        if (const int written = write_output(options, bytes); written != exit_ok) return written;
    }
    if (wants(options, "json") && error.kind != ErrorKind::output) {
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

Findings unknown_codes(const Options& options) {
    std::vector<std::string> known;
    Findings findings;
    for (const char* name : {"--allow", "--deny"}) {
        for (const std::string& code : options.list(name)) {
            if (find_code(code) != nullptr) continue;
            if (known.empty())
                for (const CodeEntry& entry : all_codes()) known.emplace_back(entry.code);
            Finding finding;
            finding.code = "AZ3013";
            finding.message = std::string(name) + ": there is no code '" + code + "'" + did_you_mean(code, known);
            finding.hint = "codes stand in brackets in every message, for example --deny AZ1304";
            findings.push_back(finding);
        }
    }
    return findings;
}

BuildOptions build_options(const Options& options) {
    BuildOptions build;
    for (const std::string& code : options.list("--allow")) build.allow.insert(code);
    for (const std::string& code : options.list("--deny")) build.deny.insert(code);
    if (options.has("--merge-below")) build.merge_below = options.number("--merge-below");
    if (options.text("--dc-lines") == "on") build.dc_lines = BuildOptions::DcLines::on;
    if (options.text("--dc-lines") == "off") build.dc_lines = BuildOptions::DcLines::off;
    return build;
}

namespace {

Start start_of(const std::string& word) {
    if (word == "stored") return Start::stored;
    if (word == "flat") return Start::flat;
    if (word == "dc") return Start::dc;
    return Start::automatic;
}

// A word of a command line as a shell takes it.
std::string shell_word(const std::string& word) {
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("-_./,:=+%").find(c) != std::string_view::npos;
    };
    if (!word.empty() && std::all_of(word.begin(), word.end(), plain)) return word;
    std::string quoted = "'";
    for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

// The power flow of these options, whatever the verb, without what only shapes its output.
std::string power_flow_command(const Options& options, const std::string& path, const std::string& without) {
    static constexpr std::array<std::string_view, 20> of_power_flow{
        "--q-limits", "--q-limits-slack", "--controls", "--slack", "--slack-key", "--slack-factors", "--area-schedule", "--method",
        "--start", "--tol", "--max-iterations", "--allow", "--deny", "--merge-below", "--dc-lines", "--load-model",
        "--point", "--variant", "--from-format", "--scale-load"};
    std::string command = "araz pf " + shell_word(path);
    for (const std::string_view name : of_power_flow)
        if (options.given(name) && name != without) command += " " + std::string(name) + " " + shell_word(options.text(name));
    return command;
}

EngineOptions engine_options(const Options& options, SlackOptions slack) {
    EngineOptions engine;
    engine.tolerance = options.number("--tol");
    engine.max_iterations = options.integer("--max-iterations");
    engine.start = start_of(options.text("--start"));
    ControlChoice controls;
    controls.reactive_limits = options.on("--q-limits");
    controls.slack_limits = options.on("--q-limits-slack");
    for (const std::string& word : options.list("--controls")) static_cast<void>(choose_control(word, controls));
    engine.controls = [controls] { return make_controls(controls); };
    const bool frozen = options.text("--post-contingency") != "automatic";
    engine.controls_after = [controls, frozen] { return make_controls(controls, frozen); };
    engine.solve_second_islands = options.text("--second-islands") == "solve";
    engine.slack = std::move(slack);
    const std::string method = options.text("--method");
    engine.method = method == "fdxb"   ? Method::fast_decoupled_xb
                    : method == "fdbx" ? Method::fast_decoupled_bx
                                       : Method::newton;
    return engine;
}

// One option changed at a time: what the diagnosis of a failed solve tries.
struct Change {
    std::string_view option, value;
    const char* probe;
    bool same_problem;
};
constexpr std::array changes{Change{"--start", "flat", "from a flat start", true},
                             Change{"--start", "dc", "from DC angles", true},
                             Change{"--max-iterations", "200", "with up to 200 iterations", true},
                             Change{"--q-limits", "off", "without reactive limits", false}};

DiagnosisMeans diagnosis_means(const Options& options, const std::string& path, const BuildOptions& build,
                               const SlackOptions& slack) {
    DiagnosisMeans means;
    means.command = power_flow_command(options, path, "--scale-load");
    means.build = build;
    means.scale_load = options.given("--scale-load") ? options.number("--scale-load") : 1.0;
    for (const Change& change : changes) {
        if (options.text(change.option) == change.value) continue;
        Options changed = options;
        changed.set(change.option, std::string(change.value));
        means.alternatives.push_back({change.probe,
                                      power_flow_command(options, path, std::string(change.option)) + " " +
                                          std::string(change.option) + " " + std::string(change.value),
                                      engine_options(changed, slack), change.same_problem});
    }
    return means;
}

Findings unknown_controls(const Options& options) {
    const auto words = device_control_words();
    std::vector<std::string> known(words.begin(), words.end());
    known.insert(known.end(), {"all", "none"});
    Findings wrong;
    const std::vector<std::string> asked = options.list("--controls");
    for (const std::string& word : asked) {
        Finding finding;
        finding.code = "AZ3010";
        if (std::find(known.begin(), known.end(), word) == known.end())
            finding.message = "--controls: '" + word + "' is not one of " + join(known, ", ") + did_you_mean(word, known);
        else if (word == "none" && asked.size() > 1)
            finding.message = "--controls: none stands alone";
        else
            continue;
        wrong.push_back(finding);
    }
    return wrong;
}

}  // namespace

Result<Case> read_input(const Options& options, const std::string& path) {
    return read_case(path, options.text("--from-format"), {options.text("--point"), options.text("--variant")});
}

Result<StudySetup> make_setup(const Options& options, const std::string& path) {
    if (Findings unknown = unknown_codes(options); !unknown.empty()) return Error{ErrorKind::usage, std::move(unknown)};
    auto grid = read_input(options, path);
    if (!grid) return grid.error();
    return make_setup(options, path, *std::move(grid));
}

Result<StudySetup> make_setup(const Options& options, const std::string& path, Case grid) {
    if (Findings wrong = unknown_controls(options); !wrong.empty()) return Error{ErrorKind::usage, std::move(wrong)};
    if (options.given("--scale-load")) grid = scale_load_and_generation(std::move(grid), options.number("--scale-load"));
    BuildOptions build = build_options(options);
    auto load_model = LoadModelChoice::parse(options.text("--load-model"));
    if (!load_model) return load_model.error();
    build.load_model = *load_model;
    auto network = Network::build(std::make_shared<const Case>(std::move(grid)), build);
    if (!network) return network.error();

    StudySetup setup;
    setup.model = ElectricalModel::build(*network);
    setup.threads = options.integer("--threads");
    setup.sweep = options.text("--engine") == "scalar" ? SweepEngine::scalar : SweepEngine::lane;
    auto slack = slack_options(options, **network);
    if (!slack) return slack.error();
    setup.engine = engine_options(options, *std::move(slack));
    if (setup.engine.method != Method::newton &&
        (setup.engine.slack.mode != SlackMode::reference || setup.model->n_link() > 0 || setup.model->n_emulated() > 0 ||
         (*network)->regulates_remotely))
        return Error::make(ErrorKind::usage, "AZ3033",
                           "--method " + options.text("--method") + " knows neither distributed slack nor buses joined without impedance nor AC emulation nor units that hold another bus",
                           "leave --method out: Newton knows them all");
    ControlChoice chosen;
    for (const std::string& word : options.list("--controls")) static_cast<void>(choose_control(word, chosen));
    setup.settle_first = chosen.any_device();
    setup.diagnosis = diagnosis_means(options, path, build, setup.engine.slack);

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
    if (options.has("--voltage-step")) setup.monitor.voltage_step = options.number("--voltage-step");
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
        {".json", "json"}, {".sarif", "sarif"}, {".csv", "csv"}, {".ndjson", "ndjson"}, {".h5", "h5"}, {".hdf5", "h5"}, {".txt", "table"}};
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

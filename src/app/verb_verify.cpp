#include <algorithm>
#include <nlohmann/json.hpp>

#include "araz/base/text.hpp"
#include "araz/io/csv.hpp"
#include "araz/io/files.hpp"
#include "araz/model/scale.hpp"
#include "araz/verify/verify.hpp"
#include "session.hpp"
#include "verbs.hpp"

namespace araz::app {

namespace {

constexpr const char* schema = "araz.verify/1";
constexpr std::size_t largest_result = 4ULL << 30U;

/// A result file of any verb.
struct Loaded {
    std::string schema;
    std::vector<Table> tables;
    CaseInfo grid;
    OptionMap options;
    std::optional<PfResult> power_flow;  ///< pf itself, or the base of n1
    std::optional<N1Result> contingencies;
    std::optional<CapacityResult> capacity;
};

Result<Loaded> load_json(const std::string& text, const std::string& path) {
    const auto kind = schema_of(text, path);
    if (!kind) return kind.error();
    Loaded loaded;
    loaded.schema = *kind;
    const auto keep = [&](const auto& parsed) {
        loaded.tables = tables_of(*parsed);
        loaded.grid = parsed->envelope.grid;
        loaded.options = parsed->envelope.options;
    };
    if (*kind == "araz.pf/1") {
        auto parsed = pf_from_json(text, path);
        if (!parsed) return parsed.error();
        keep(parsed);
        loaded.power_flow = *std::move(parsed);
        return loaded;
    }
    if (*kind == "araz.n1/1") {
        auto parsed = n1_from_json(text, path);
        if (!parsed) return parsed.error();
        keep(parsed);
        loaded.power_flow = parsed->base;
        loaded.contingencies = *std::move(parsed);
        return loaded;
    }
    if (*kind == "araz.capacity/1") {
        auto parsed = capacity_from_json(text, path);
        if (!parsed) return parsed.error();
        keep(parsed);
        loaded.capacity = *std::move(parsed);
        return loaded;
    }
    return Error::make(ErrorKind::invalid_input, "AZ5001", path + " has schema '" + *kind + "', which verify does not know",
                       "verify reads results of pf, n1 and capacity");
}

Result<Loaded> load_result(const std::string& path) {
    const auto text = read_file(path, largest_result);
    if (!text) return text.error();
    return load_json(*text, path);
}

// The table of the result that a reference table speaks of: the one that shares most of its columns.
const Table* matching_table(const std::vector<Table>& tables, const Table& reference) {
    const Table* best = nullptr;
    std::size_t most = 0;
    for (const Table& table : tables) {
        const std::size_t shared = shared_columns(table, reference);
        if (shared > most) {
            most = shared;
            best = &table;
        }
    }
    return best;
}

Result<Tolerances> tolerances_of(const Options& options) {
    Tolerances tolerances = default_tolerances();
    for (const std::string& entry : options.list("--tolerances")) {
        const auto equals = entry.find('=');
        const auto value = equals == std::string::npos ? std::nullopt : parse_double(entry.substr(equals + 1));
        if (!value || !(*value >= 0.0))
            return Error::make(ErrorKind::usage, "AZ3014", "--tolerances: '" + entry + "' is not NAME=X",
                               "for example vm_pu=1e-6,p_from_mw=0.01");
        tolerances[entry.substr(0, equals)] = *value;
    }
    return tolerances;
}

void append(VerifyReport& report, VerifyReport part) {
    std::move(part.checks.begin(), part.checks.end(), std::back_inserter(report.checks));
    std::move(part.findings.begin(), part.findings.end(), std::back_inserter(report.findings));
}

Result<Done> compare_with(const Options& options, const Loaded& actual, VerifyReport& report) {
    const auto tolerances = tolerances_of(options);
    if (!tolerances) return tolerances.error();
    const std::string path = options.text("--reference");
    if (path.ends_with(".json")) {
        const auto reference = load_result(path);
        if (!reference) return reference.error();
        for (const Table& table : reference->tables) {
            const auto same = std::find_if(actual.tables.begin(), actual.tables.end(),
                                           [&](const Table& t) { return t.name == table.name; });
            if (same != actual.tables.end() && !(table.rows.empty() && same->rows.empty()))
                append(report, compare(*same, table, *tolerances));
        }
        return Done{};
    }
    const auto text = read_file(path, largest_result);
    if (!text) return text.error();
    const auto table = parse_csv(*text, path);
    if (!table) return table.error();
    const Table* same = matching_table(actual.tables, *table);
    if (same == nullptr)
        return Error::make(ErrorKind::invalid_input, "AZ5008", path + " shares no column with a table of the result",
                           "its columns are " + join(table->columns, ", "));
    append(report, compare(*same, *table, *tolerances));
    return Done{};
}

std::string render_report(const VerifyReport& report) {
    std::string text;
    for (const LawCheck& check : report.checks) {
        text += check.passed() ? "passed  " : "FAILED  ";
        text += check.law + ": " + std::to_string(check.checked) + " checked";
        if (check.failed > 0) text += ", " + std::to_string(check.failed) + " failed";
        text += "; largest deviation " + shortest(check.deviation) + " " + check.unit + " of " +
                shortest(check.tolerance) + " allowed";
        if (!check.element.empty()) text += " at " + check.element;
        text += "\n";
    }
    text += report.passed() ? "verified\n" : "NOT verified\n";
    return text;
}

// The envelope with its list of checks.
std::string with_checks(const std::string& envelope, const std::vector<LawCheck>& checks) {
    auto document = nlohmann::ordered_json::parse(envelope);
    document["checks"] = nlohmann::ordered_json::array();
    for (const LawCheck& check : checks)
        document["checks"].push_back({{"law", check.law},
                                      {"passed", check.passed()},
                                      {"checked", check.checked},
                                      {"failed", check.failed},
                                      {"deviation", check.deviation},
                                      {"tolerance", check.tolerance},
                                      {"unit", check.unit},
                                      {"element", check.element}});
    return document.dump(1) + "\n";
}

int write_report(const Options& options, const VerifyReport& report, const CaseInfo& grid) {
    const auto format = output_format(options);
    if (!format) return report_error(options, schema, format.error());
    if (*format != "table" && *format != "json")
        return report_error(options, schema,
                            Error::make(ErrorKind::usage, "AZ3012", "verify writes tables and JSON, not " + *format));
    if (*format == "table") return write_output(options, render_report(report));
    Envelope envelope;
    envelope.schema = schema;
    envelope.grid = grid;
    envelope.options = options.resolved();
    envelope.status = report.passed() ? "passed" : "failed";
    envelope.findings = report.findings;
    return write_output(options, with_checks(to_json(envelope), report.checks));
}

// The case as it was studied: with the point and variants that the result names unless others are asked
// for here, and with its --scale-load.
Result<Case> studied_case(const Options& options, const Loaded& loaded) {
    const auto word = [&](const std::string& name) {
        const auto found = loaded.options.find(name);
        if (found == loaded.options.end()) return std::string{};
        if (const auto* list = std::get_if<std::vector<std::string>>(&found->second)) return join(*list, ",");
        const auto* text = std::get_if<std::string>(&found->second);
        return text == nullptr ? std::string{} : *text;
    };
    const std::string point = options.has("--point") ? options.text("--point") : word("point");
    const std::string variant = options.has("--variant") ? options.text("--variant") : word("variant");
    auto grid = read_case(options.text("--case"), options.text("--from-format"), {point, variant});
    if (!grid) return grid;
    const auto scale = loaded.options.find("scale-load");
    const auto* factor = scale == loaded.options.end() ? nullptr : std::get_if<double>(&scale->second);
    return factor == nullptr || *factor == 1.0 ? grid : scale_load_and_generation(*std::move(grid), *factor);
}

}  // namespace

int run_verify(const Options& options) {
    if (!options.has("--case") && !options.has("--reference"))
        return report_error(options, schema,
                            Error::make(ErrorKind::usage, "AZ3015", "verify needs something to check against",
                                        "give --case CASE, --reference REF, or both"));
    const auto loaded = load_result(options.files[0]);
    if (!loaded) return report_error(options, schema, loaded.error());
    VerifyReport report;
    if (options.has("--case")) {
        const auto grid = studied_case(options, *loaded);
        if (!grid) return report_error(options, schema, grid.error());
        if (loaded->power_flow) append(report, check_laws(*grid, *loaded->power_flow));
        if (loaded->contingencies && is_solved(loaded->power_flow->status)) append(report, check_contingencies(*grid, *loaded->contingencies));
        if (loaded->capacity) append(report, check_certificates(*grid, *loaded->capacity));
    }
    if (options.has("--reference")) {
        const auto done = compare_with(options, *loaded, report);
        if (!done) return report_error(options, schema, done.error());
    }
    std::fputs(render(report.findings).c_str(), stderr);
    if (const int written = write_report(options, report, loaded->grid); written != exit_ok) return written;
    return report.passed() ? exit_ok : exit_findings;
}

}  // namespace araz::app

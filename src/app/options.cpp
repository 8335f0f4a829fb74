#include "options.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "araz/base/text.hpp"

namespace araz::app {

namespace {

using enum OptionKind;

constexpr std::array table{
    // What is solved.
    OptionSpec{"--dc", flag, "", "", "DC power flow instead of AC", "Solving", 0, 0},
    OptionSpec{"--q-limits", choice, "on|off", "on",
               "reactive limits of units, two-way, summed per bus; slack buses are exempt", "Solving", 0, 0},
    OptionSpec{"--q-limits-slack", flag, "", "", "reactive limits of reference buses too: one at a limit keeps its angle only", "Solving", 0, 0},
    OptionSpec{"--slack", choice, "case|distributed|area", "case",
               "who balances active power: the reference bus of the case; all participants of an island; those of each area, "
               "which keeps its net position", "Solving", 0, 0},
    OptionSpec{"--slack-key", choice, "pmax|headroom|pg|load|file", "pmax",
               "how participants share the imbalance, within their limits; file: --slack-factors, or APF of the case", "Solving", 0, 0},
    OptionSpec{"--slack-factors", text, "FILE", "", "CSV with columns generator,factor for --slack-key file", "Solving", 0, 0},
    OptionSpec{"--area-schedule", text, "FILE", "",
               "CSV with columns area,net_export_mw for --slack area; other areas keep what the dispatch of the case gives", "Solving", 0, 0},
    OptionSpec{"--post-contingency", choice, "frozen|automatic", "frozen",
               "after a contingency: discrete controls keep their positions, or act too; reactive limits and the slack act in both", "Contingencies", 0, 0},
    OptionSpec{"--controls", text, "LIST", "",
               "equipment that moves to its targets: taps, phase, shunts, svc (comma separated), all or none; none without it", "Solving", 0, 0},
    OptionSpec{"--merge-below", number, "PU", "1e-8",
               "branches with |r + jx| below this join their buses without impedance; r = x = 0 always does", "Data", 0.0, 0.01},
    OptionSpec{"--dc-lines", choice, "as-case|on|off", "as-case",
               "whether DC lines take part; as-case: not in MATPOWER files, always in case folders", "Data", 0, 0},
    OptionSpec{"--method", choice, "nr|fdxb|fdbx", "nr",
               "Newton-Raphson, or fast-decoupled iterations (XB: Stott and Alsac; BX: van Amerongen) to the same tolerance", "Solving", 0, 0},
    OptionSpec{"--load-model", text, "MODEL", "case",
               "case; pq: constant power; zip:Z,I,P fractions (three more for Q); exp:NP,NQ exponents", "Data", 0, 0},
    OptionSpec{"--start", choice, "auto|stored|flat|dc", "auto",
               "first rung of the start ladder (stored voltages; DC angles; DC angles with capped steps)", "Solving", 0, 0},
    OptionSpec{"--tol", number, "PU", "1e-8", "infinity norm of the mismatch that counts as solved", "Solving", 1e-14, 1.0},
    OptionSpec{"--max-iterations", integer, "N", "30", "Newton steps per rung", "Solving", 1, 10000},
    OptionSpec{"--scale-load", number, "F", "1", "all loads, outputs of units and set-points of DC lines times F", "Solving", 1e-4, 1e4},
    OptionSpec{"--threads", integer, "N", "0", "threads; 0: all cores. Results are the same for any number", "Solving", 0, 4096},
    // Linear factors.
    OptionSpec{"--taps", choice, "on|off", "on", "whether tap ratios enter the susceptances of the DC model", "Factors", 0, 0},
    OptionSpec{"--branches", text, "ROWS", "", "branch rows to report, for example 1,4,7-9; default: all in service", "Factors", 0, 0},
    OptionSpec{"--buses", text, "BUSES", "", "bus numbers or names as columns; default: all energised buses", "Factors", 0, 0},
    OptionSpec{"--outages", text, "ROWS", "", "branch rows that go out, for example 1,4,7-9, or all; lodf: all by default, ptdf and pv: none", "Factors", 0, 0},
    OptionSpec{"--columns", choice, "buses|groups", "buses", "groups: one column per area (or zone, by --group), moved by --key", "Factors", 0, 0},
    // Continuation.
    OptionSpec{"--target", number, "FACTOR", "2", "growth: loads and outputs at lambda 1, relative to the base", "Continuation", 0.0, 1000.0},
    OptionSpec{"--grow", text, "BUSES", "", "growth of the loads of these buses alone, fed by the reference bus", "Continuation", 0, 0},
    OptionSpec{"--p-limits", choice, "on|off", "off", "growth: units stop at Pmax, and a full reference bus hands over to another", "Continuation", 0, 0},
    OptionSpec{"--stop", choice, "nose|limit|full", "nose", "where a curve ends: at the largest lambda, at the first limit of flow or voltage, or back at lambda 0 on the lower part", "Continuation", 0, 0},
    OptionSpec{"--max-points", integer, "N", "2000", "points of a curve at most", "Continuation", 2, 1e6},
    OptionSpec{"--engine", choice, "lane|scalar", "lane",
               "who solves many outages of one state, or follows their curves: lanes, several at a time, or one by one; the results agree within "
               "the tolerance", "Solving", 0, 0},
    // Limits.
    OptionSpec{"--rating-base", text, "RATING", "A", "rating in the intact grid: A, B, C or a factor such as 0.9xA", "Limits", 0, 0},
    OptionSpec{"--rating-contingency", text, "RATING", "A", "rating after a contingency: A, B, C or 1.2xA", "Limits", 0, 0},
    OptionSpec{"--voltage-limits", choice, "on|off", "on", "watch the voltage bands of the case", "Limits", 0, 0},
    OptionSpec{"--voltage-step", number, "PU", "", "largest change of a voltage magnitude by a contingency; not watched without it", "Limits", 1e-6, 1.0},
    OptionSpec{"--fail-on-violations", flag, "", "", "exit code 1 when a limit is violated", "Limits", 0, 0},
    // Contingencies.
    OptionSpec{"--contingencies", list, "all|none|FILE", "all",
               "all: every single branch and DC line; a CSV file of named outages (columns contingency, element_kind, "
               "element); several by comma", "Contingencies", 0, 0},
    OptionSpec{"--generators", flag, "", "", "every single unit as well", "Contingencies", 0, 0},
    OptionSpec{"--bus-outages", flag, "", "", "every single bus as well, with all that is connected to it", "Contingencies", 0, 0},
    OptionSpec{"--second-islands", choice, "dark|solve", "dark",
               "parts cut off from every reference: dark; or solved, where their units can carry their load", "Contingencies", 0, 0},
    OptionSpec{"--screen", number, "PCT", "", "solves only the branch outages whose loadings a linear estimate puts at PCT or above; "
               "off without it, and blind to voltages", "Contingencies", 0, 1000},
    OptionSpec{"--audit-screen", flag, "", "", "solves the others too and says what --screen would have missed", "Contingencies", 0, 0},
    OptionSpec{"--exclude", list, "ROWS", "", "branch rows left out as outages, comma separated", "Contingencies", 0, 0},
    // Exchange.
    OptionSpec{"--from", text, "AREAS", "", "exporting areas: numbers or names, comma separated; rest: all others", "Exchange", 0, 0},
    OptionSpec{"--to", text, "AREAS", "", "importing areas", "Exchange", 0, 0},
    OptionSpec{"--borders", text, "FROM:TO,...", "", "several borders, one direction after the other, each from the same base; areas of one side joined by +; all: every pair that a branch or DC line joins", "Exchange", 0, 0},
    OptionSpec{"--both", flag, "", "", "both directions", "Exchange", 0, 0},
    OptionSpec{"--group", choice, "area|zone|file", "area", "what --from and --to name; file: the groups of --group-file", "Exchange", 0, 0},
    OptionSpec{"--group-file", text, "FILE", "", "CSV of groups of buses, columns bus and group", "Exchange", 0, 0},
    OptionSpec{"--exchange", choice, "net|scheduled", "net",
               "net: the AC net position is controlled and each area covers its own change of losses; scheduled: the "
               "shift is scheduled and the slack takes the losses", "Exchange", 0, 0},
    OptionSpec{"--key", choice, "headroom|pg|pmax|equal|merit|load|file", "headroom",
               "how the units of each side share the shift; pg scales outputs without regard to Pmax; file: the weights "
               "of --key-file", "Exchange", 0, 0},
    OptionSpec{"--key-file", text, "FILE", "", "CSV of shift key weights, columns generator and weight", "Exchange", 0, 0},
    OptionSpec{"--base-insecure", choice, "no-worse|strict|drop-pairs|relieve", "no-worse",
               "a pair violated at the base: may not get worse; refuses the study; is not monitored; or the search begins "
               "at the first shift that relieves it", "Exchange", 0, 0},
    OptionSpec{"--tolerance", number, "MW", "1", "width of the certified bracket", "Exchange", 1e-3, 1e6},
    OptionSpec{"--audit", integer, "K", "0", "full checks of all contingencies at K equally spaced levels below the limit, and at K above it for windows "
               "that are secure again", "Exchange", 0, 100000},
    OptionSpec{"--max", number, "MW", "", "no shift beyond", "Exchange", 0.0, 1e9},
    OptionSpec{"--trm", text, "MARGIN", "0", "reliability margin: MW, P% of TTC, sqrt:MW per root of ties, or quantile:Q:FILE of the column deviation_mw", "Exchange", 0, 0},
    OptionSpec{"--remedial", text, "FILE", "", "CSV of preventive remedial actions to try, columns action, kind, element, value", "Exchange", 0, 0},
    OptionSpec{"--reinforcements", list, "NAMES", "", "variants of a case folder to value one at a time: put in (PINT) and taken out of all (TOOT)", "Exchange", 0, 0},
    OptionSpec{"--aac", number, "MW", "0", "already allocated capacity", "Exchange", 0.0, 1e9},
    OptionSpec{"--export-states", text, "PREFIX", "", "writes the grid at both ends of the bracket as PREFIX-secure.m and PREFIX-insecure.m "
               "(with --both: PREFIX-FROM-TO-secure.m ...)", "Exchange", 0, 0},
    OptionSpec{"--recheck", flag, "", "", "solves both ends of every bracket again by the independent path of araz verify before answering",
               "Exchange", 0, 0},
    // Data.
    OptionSpec{"--allow", list, "CODES", "", "errors of these codes become warnings", "Data", 0, 0},
    OptionSpec{"--deny", list, "CODES", "", "findings of these codes become errors", "Data", 0, 0},
    OptionSpec{"--point", text, "NAME", "", "operating point of a case folder; araz info lists them", "Data", 0, 0},
    OptionSpec{"--variant", list, "NAMES", "", "variants of a case folder, comma separated, applied in this order after the point", "Data", 0, 0},
    OptionSpec{"--from-format", text, "FORMAT", "", "format of the input instead of its extension", "Data", 0, 0},
    OptionSpec{"--to-format", text, "FORMAT", "", "format of the output instead of its extension", "Data", 0, 0},
    OptionSpec{"--case", text, "CASE", "", "case file the result is checked against", "Data", 0, 0},
    OptionSpec{"--reference", text, "FILE", "", "reference table (.csv) or result (.json) to compare with", "Data", 0, 0},
    OptionSpec{"--tolerances", list, "NAME=X", "", "tolerances per column, for example vm_pu=1e-6,p_from_mw=0.01", "Data", 0, 0},
    // Batches.
    OptionSpec{"--run-dir", text, "DIR", "", "run directory instead of `out` of the study file", "Batch", 0, 0},
    OptionSpec{"--hours", text, "ROWS", "", "hours instead of those of the study file: all, 0-23, 0-8759/24, 12,13", "Batch", 0, 0},
    OptionSpec{"--mem-limit", number, "MIB", "", "ends with exit code 7 before any work where the batch would need more memory", "Batch", 1, 1e9},
    OptionSpec{"--dry-run", flag, "", "", "checks everything, solves one scenario of each point and variant, and says what the batch takes", "Batch", 0, 0},
    // Output.
    OptionSpec{"--format", choice, "table|csv|json|ndjson|sarif", "", "output format; by default a table, or the extension of -o; sarif: check only", "Output", 0, 0},
    OptionSpec{"--output", text, "FILE", "-", "where the result goes; .json, .csv, .ndjson, .h5 or .txt", "Output", 0, 0},
    OptionSpec{"--table", text, "NAME", "", "which table to write as CSV", "Output", 0, 0},
    OptionSpec{"--limit", integer, "N", "20", "rows of long tables; 0: all", "Output", 0, 1e9},
    OptionSpec{"--color", choice, "auto|always|never", "auto", "colours in tables; NO_COLOR is honoured", "Output", 0, 0},
    OptionSpec{"--progress", choice, "auto|always|never", "auto", "progress on stderr", "Output", 0, 0},
};

}  // namespace

std::span<const OptionSpec> option_table() { return table; }

const OptionSpec* find_option(std::string_view name) {
    const auto found = std::find_if(table.begin(), table.end(), [&](const OptionSpec& o) { return o.name == name; });
    return found == table.end() ? nullptr : &*found;
}

bool Options::has(std::string_view name) const {
    const auto found = values_.find(std::string(name));
    return found != values_.end() && !found->second.empty();
}

std::string Options::text(std::string_view name) const {
    const auto found = values_.find(std::string(name));
    return found == values_.end() ? std::string{} : found->second;
}

bool Options::on(std::string_view name) const {
    const std::string value = text(name);
    return value == "on" || value == "true";
}

double Options::number(std::string_view name) const { return parse_double(text(name)).value_or(nan_value); }
int Options::integer(std::string_view name) const { return static_cast<int>(parse_integer(text(name)).value_or(0)); }

std::vector<std::string> Options::list(std::string_view name) const {
    std::vector<std::string> out;
    for (std::string& part : split(text(name), ','))
        if (!part.empty()) out.push_back(std::move(part));
    return out;
}

OptionMap Options::resolved() const {
    OptionMap map;
    for (const auto& [name, value] : values_) {
        const OptionSpec* spec = find_option(name);
        const std::string key = name.substr(2);
        switch (spec->kind) {
            case OptionKind::flag: map[key] = value == "true"; break;
            case OptionKind::number:
            case OptionKind::integer:
                if (!value.empty()) map[key] = parse_double(value).value_or(nan_value);
                break;
            case OptionKind::list: map[key] = this->list(name); break;
            case OptionKind::choice:
            case OptionKind::text:
                if (!value.empty()) map[key] = value;
                break;
        }
    }
    return map;
}

Findings check_value(const OptionSpec& spec, const std::string& value) {
    Finding finding;
    finding.code = "AZ3010";
    const std::string what = std::string(spec.name) + ": '" + value + "' ";
    if (spec.kind == choice) {
        const std::vector<std::string> choices = split(spec.value, '|');
        if (value.empty() || std::find(choices.begin(), choices.end(), value) != choices.end()) return {};
        finding.message = what + "is not one of " + join(choices, ", ") + did_you_mean(value, choices);
        return {finding};
    }
    if (spec.kind != number && spec.kind != integer) return {};
    if (value.empty()) return {};
    const auto parsed = parse_double(value);
    const bool whole = spec.kind == number || parse_integer(value).has_value();
    if (!parsed || !std::isfinite(*parsed) || !whole) {
        finding.message = what + (spec.kind == integer ? "is not a whole number" : "is not a number");
        return {finding};
    }
    if (spec.low < spec.high && (*parsed < spec.low || *parsed > spec.high)) {
        finding.message = what + "is outside " + shortest(spec.low) + " to " + shortest(spec.high);
        return {finding};
    }
    return {};
}

}  // namespace araz::app

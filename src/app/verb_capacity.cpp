#include "araz/study/capacity.hpp"

#include <cmath>
#include <cstdio>

#include "araz/base/text.hpp"
#include "araz/model/end_state.hpp"
#include "araz/verify/verify.hpp"
#include "session.hpp"
#include "studies.hpp"
#include "verbs.hpp"

namespace araz::app {

namespace {

constexpr const char* schema = "araz.capacity/1";

Result<CapacityOptions> capacity_options(const Options& options) {
    CapacityOptions capacity;
    capacity.mode = options.text("--exchange") == "net" ? ExchangeMode::net : ExchangeMode::scheduled;
    const auto key = parse_key(options.text("--key"));
    if (!key) return key.error();
    capacity.key = *key;
    const std::string policy = options.text("--base-insecure");
    capacity.base_insecure = policy == "strict"       ? BaseInsecure::strict
                             : policy == "drop-pairs" ? BaseInsecure::drop_pairs
                                                      : BaseInsecure::no_worse;
    capacity.tolerance_mw = options.number("--tolerance");
    capacity.audit_levels = options.integer("--audit");
    if (options.has("--max")) capacity.max_mw = options.number("--max");
    const auto margin = parse_margin(options.text("--trm"));
    if (!margin) return margin.error();
    capacity.margin = *margin;
    capacity.aac_mw = options.number("--aac");
    return capacity;
}

Result<std::vector<ExchangeSides>> directions(const Options& options, const Network& net) {
    if (!options.has("--from") || !options.has("--to"))
        return Error::make(ErrorKind::usage, "AZ3007", "capacity needs --from and --to",
                           "for example --from AZ --to IR, or --from 1 --to rest");
    const Grouping grouping = options.text("--group") == "zone" ? Grouping::zone : Grouping::area;
    std::vector<ExchangeSides> sides;
    auto forward = make_sides(net, options.text("--from"), options.text("--to"), grouping);
    if (!forward) return forward.error();
    sides.push_back(*forward);
    if (options.on("--both")) {
        auto back = make_sides(net, options.text("--to"), options.text("--from"), grouping);
        if (!back) return back.error();
        sides.push_back(*back);
    }
    return sides;
}

// A name of a side as a part of a file name.
std::string file_word(const std::string& name) {
    std::string word;
    for (const char c : name) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
        word += plain ? c : '_';
    }
    return word;
}

// Writes the grid at both ends of every bracket. Returns the exit code.
int export_states(const Options& options, const Network& net, const CapacityResult& result) {
    if (!options.has("--export-states")) return exit_ok;
    for (const DirectionResult& direction : result.directions) {
        std::string prefix = options.text("--export-states");
        if (result.directions.size() > 1) prefix += "-" + file_word(direction.from) + "-" + file_word(direction.to);
        const auto write = [&](const EndState& state, const std::string& which) {
            if (std::isnan(state.shift_mw)) return exit_ok;
            Case grid = dc_lines_as_units(with_end_state(*net.source, state));
            grid.name += "_" + which;
            const auto written = write_case(grid, prefix + "-" + which + ".m", "matpower");
            return written ? exit_ok : report_error(options, schema, written.error());
        };
        const EndStates& ends = direction.certificate.end_states;
        if (const int code = write(ends.secure, "secure"); code != exit_ok) return code;
        if (const int code = write(ends.insecure, "insecure"); code != exit_ok) return code;
    }
    return exit_ok;
}

// The certificates by the independent path: true when all hold, and then they say so.
bool recheck(const Network& net, CapacityResult& result) {
    const VerifyReport report = check_certificates(*net.source, result);
    std::fputs(render(report.findings).c_str(), stderr);
    if (!report.passed()) return false;
    for (DirectionResult& direction : result.directions)
        direction.certificate.verified_by = "the independent Newton of araz verify, at both ends of the bracket";
    return true;
}

}  // namespace

int run_capacity(const Options& options) {
    const auto setup = make_setup(options, options.files[0]);
    if (!setup) return report_error(options, schema, setup.error());
    const auto capacity = capacity_options(options);
    if (!capacity) return report_error(options, schema, capacity.error());
    const auto sides = directions(options, *setup->model->network);
    if (!sides) return report_error(options, schema, sides.error());
    const auto spec = contingency_spec(options);
    if (!spec) return report_error(options, schema, spec.error());
    const auto contingencies = make_contingencies(*setup->model, *spec);
    if (!contingencies) return report_error(options, schema, contingencies.error());

    CapacityResult result = araz::run_capacity(*setup, *contingencies, *capacity, *sides);
    result.envelope.options = options.resolved();
    show_findings(result.envelope.findings);
    const bool doubted = options.on("--recheck") && is_solved(result.base.status) && !recheck(*setup->model->network, result);
    if (const int written = write_result(options, result); written != exit_ok) return written;
    if (!is_solved(result.base.status)) return exit_not_solved;
    if (const int code = export_states(options, *setup->model->network, result); code != exit_ok) return code;
    for (const DirectionResult& direction : result.directions)
        if (direction.status != "converged") return exit_findings;
    return doubted ? exit_findings : exit_ok;
}

}  // namespace araz::app

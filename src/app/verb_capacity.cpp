#include "araz/study/capacity.hpp"

#include <cmath>
#include <cstdio>

#include "araz/base/text.hpp"
#include "araz/model/end_state.hpp"
#include "araz/verify/verify.hpp"
#include "capacity_values.hpp"
#include "session.hpp"
#include "verbs.hpp"

namespace araz::app {

namespace {

constexpr const char* schema = "araz.capacity/1";

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
            Case grid = dc_lines_as_units(with_end_state(with_devices(*net.source, result.controls), state));
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
    const auto inputs = capacity_inputs(options);
    if (!inputs) return report_error(options, schema, inputs.error());
    const auto study = make_study(options, *inputs);
    if (!study) return report_error(options, schema, study.error());

    CapacityResult result = araz::run_capacity(study->setup, study->contingencies, study->options, study->sides);
    result.envelope.options = options.resolved();
    if (is_solved(result.base.status)) {
        if (const auto tried = try_remedial(options, *inputs, *study->setup.model->network->source, result); !tried)
            return report_error(options, schema, tried.error());
        if (const auto valued = value_reinforcements(options, *inputs, result); !valued)
            return report_error(options, schema, valued.error());
    }
    show_findings(result.envelope.findings);
    const bool doubted = options.on("--recheck") && is_solved(result.base.status) && !recheck(*study->setup.model->network, result);
    if (const int written = write_result(options, result); written != exit_ok) return written;
    if (!is_solved(result.base.status)) return exit_not_solved;
    if (const int code = export_states(options, *study->setup.model->network, result); code != exit_ok) return code;
    for (const DirectionResult& direction : result.directions)
        if (direction.status != "converged") return exit_findings;
    return doubted ? exit_findings : exit_ok;
}

}  // namespace araz::app

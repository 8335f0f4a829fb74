#include "session.hpp"
#include "verbs.hpp"

namespace araz::app {

namespace {

std::string summary_line(const Findings& findings) {
    return std::to_string(count(findings, Severity::error)) + " errors, " +
           std::to_string(count(findings, Severity::warning)) + " warnings, " +
           std::to_string(count(findings, Severity::info)) + " remarks\n";
}

}  // namespace

int run_check(const Options& options) {
    const auto grid = read_input(options, options.files[0]);
    if (!grid) return report_error(options, "araz.check/1", grid.error());
    BuildOptions as_read = build_options(options);
    const Findings findings = check_case(*grid, as_read);
    as_read.deny.clear();
    const bool unusable = has_error(check_case(*grid, as_read));  // whatever --deny adds
    const bool failed = has_error(findings);

    const auto format = output_format(options);
    if (!format) return report_error(options, "araz.check/1", format.error());
    std::string bytes;
    if (*format == "json") {
        Envelope envelope;
        envelope.schema = "araz.check/1";
        envelope.grid = case_info(*grid);
        envelope.options = options.resolved();
        envelope.status = failed ? "failed" : "passed";
        envelope.findings = findings;
        bytes = to_json(envelope);
    } else if (*format == "table") {
        bytes = render(findings, findings.size()) + summary_line(findings);
    } else {
        return report_error(options, "araz.check/1",
                            Error::make(ErrorKind::usage, "AZ3012", "check writes tables and JSON, not " + *format));
    }
    if (const int written = write_output(options, bytes); written != exit_ok) return written;
    if (unusable) return static_cast<int>(ErrorKind::invalid_input);
    return failed ? exit_findings : exit_ok;
}

}  // namespace araz::app

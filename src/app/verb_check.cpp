#include <algorithm>

#include "araz/io/sarif.hpp"
#include "session.hpp"
#include "verbs.hpp"

namespace araz::app {

namespace {

std::string summary_line(const Findings& findings) {
    return std::to_string(count(findings, Severity::error)) + " errors, " +
           std::to_string(count(findings, Severity::warning)) + " warnings, " +
           std::to_string(count(findings, Severity::info)) + " remarks\n";
}

// Errors that a case has only with one of its operating points or variants: checking the case as it
// stands checks them all.
Findings overlay_errors(const Options& options, const BuildOptions& build) {
    Findings errors;
    if (options.has("--point") || options.has("--variant")) return errors;
    const auto contents = list_case(options.files[0]);
    if (!contents) return contents.error().findings;
    const auto check = [&](const CaseSelection& selection) {
        const auto grid = read_case(options.files[0], options.text("--from-format"), selection);
        const Findings found = grid ? check_case(*grid, build) : grid.error().findings;
        for (const Finding& finding : found)
            if (finding.severity == Severity::error) errors.push_back(finding);
    };
    for (const CaseOverlay& point : contents->points) check({point.name, ""});
    for (const CaseOverlay& variant : contents->variants) check({"", variant.name});
    return errors;
}

// What the case has by itself is said once.
void add_new(Findings& findings, const Findings& more) {
    for (const Finding& finding : more)
        if (std::find(findings.begin(), findings.end(), finding) == findings.end()) findings.push_back(finding);
}

}  // namespace

int run_check(const Options& options) {
    if (Findings unknown = unknown_codes(options); !unknown.empty())
        return report_error(options, "araz.check/1", Error{ErrorKind::usage, std::move(unknown)});
    const auto grid = read_input(options, options.files[0]);
    BuildOptions as_read = build_options(options);
    if (!grid) {
        Error error = grid.error();
        if (error.kind == ErrorKind::invalid_input) add_new(error.findings, overlay_errors(options, as_read));
        return report_error(options, "araz.check/1", error);
    }
    Findings findings = check_case(*grid, as_read);
    as_read.deny.clear();
    const Findings overlays = overlay_errors(options, as_read);
    const bool unusable = has_error(overlays) || has_error(check_case(*grid, as_read));  // whatever --deny adds
    add_new(findings, overlays);
    const bool failed = has_error(findings);
    const int outcome = unusable ? static_cast<int>(ErrorKind::invalid_input) : failed ? exit_findings : exit_ok;

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
    } else if (*format == "sarif") {
        bytes = to_sarif(findings, options.argv, outcome);
    } else if (*format == "table") {
        bytes = render(findings, findings.size()) + summary_line(findings);
    } else {
        return report_error(options, "araz.check/1",
                            Error::make(ErrorKind::usage, "AZ3012", "check writes tables, JSON and SARIF, not " + *format));
    }
    if (const int written = write_output(options, bytes); written != exit_ok) return written;
    return outcome;
}

}  // namespace araz::app

#include <algorithm>
#include <cmath>

#include "araz/base/text.hpp"
#include "araz/model/end_state.hpp"
#include "araz/verify/verify.hpp"
#include "devices.hpp"
#include "law.hpp"
#include "state.hpp"

namespace araz {

namespace {

// One finding per broken law; the table of checks has the figures.
void explain(VerifyReport& report) {
    for (const LawCheck& check : report.checks) {
        if (check.passed()) continue;
        Finding finding;
        finding.code = "AZ5010";
        finding.element = check.element;
        finding.message = "law '" + check.law + "' fails at " + std::to_string(check.failed) + " of " +
                          std::to_string(check.checked) + " places, worst " + check.element;
        if (std::isfinite(check.deviation))
            finding.message += ": off by " + shortest(check.deviation) + " " + check.unit + ", allowed " +
                               shortest(check.tolerance);
        report.findings.push_back(std::move(finding));
    }
}

}  // namespace

// A report without a single check has verified nothing, and must not look as if it had.
bool VerifyReport::passed() const {
    return !checks.empty() && !has_error(findings) &&
           std::all_of(checks.begin(), checks.end(), [](const LawCheck& check) { return check.passed(); });
}

VerifyReport check_laws(const Case& built, const PfResult& result, const LawTolerances& tolerances) {
    VerifyReport report;
    Case moved;
    if (!result.controls.empty()) moved = with_devices(built, result.controls);
    const Case& grid = result.controls.empty() ? built : moved;
    Law solved("solved", 0.0, "");
    solved.see(is_solved(result.status), "status " + std::string(to_string(result.status)));
    solved.report(report);
    if (report.passed()) {
        if (const auto state = pair_rows(grid, result, tolerances, report)) {
            check_case_data(*state, report);
            check_energised(*state, report);
            check_branches(*state, report);
            check_dc_lines(*state, report);
            check_balance(*state, report);
            check_sums(*state, report);
            check_generators(*state, report);
            check_reactive_limits(*state, report);
            check_units(*state, report);
            check_slack(*state, report);
            check_violations(*state, report);
            check_devices(built, *state, report);
        }
    }
    explain(report);
    return report;
}

}  // namespace araz

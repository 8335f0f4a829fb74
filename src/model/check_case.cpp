// The rules that case data must keep, as ENTSO-E, NERC and the tools of the trade demand them; each code
// is explained in base/codes_input.cpp.
#include "araz/model/network.hpp"
#include "check_report.hpp"

namespace araz {

Findings check_case(const Case& grid, const BuildOptions& options) {
    CheckReport report(grid, options);
    for (const Finding& remark : grid.findings) report.repeat(remark);
    check_rows(report);
    check_values(report);
    check_topology(report);
    check_reactive(report);
    check_units(report);
    check_carry(report);
    check_plausible(report);
    return report.finish();
}

}  // namespace araz

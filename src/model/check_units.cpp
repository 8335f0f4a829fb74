// Heuristics for the mistakes that no single row shows: ohms read as per unit, columns exchanged.
#include <algorithm>
#include <cmath>

#include "araz/base/text.hpp"
#include "check_report.hpp"

namespace araz {

namespace {

// Impedances that no p.u. system has, or r and x the wrong way round.
void check_impedance_scale(CheckReport& report) {
    const Case& grid = report.grid();
    std::vector<double> quotients;
    std::size_t lines = 0;
    std::size_t huge = 0;
    const BranchRow* first_huge = nullptr;
    for (const BranchRow& branch : grid.branches) {
        if (!branch.in_service) continue;
        ++lines;
        if (std::max(std::abs(branch.r_pu), std::abs(branch.x_pu)) > 5.0 && ++huge == 1) first_huge = &branch;
        if (branch.r_pu > 0.0 && branch.x_pu > 0.0) quotients.push_back(branch.x_pu / branch.r_pu);
    }
    if (2 * huge > lines) {
        report.add(Severity::warning, "AZ1232", first_huge->source, 3, [&] {
            return CheckText{"",
                             std::to_string(huge) + " of " + std::to_string(lines) +
                                 " branches in service have an impedance above 5 p.u.",
                             "expected p.u.", "are r and x in ohms? They belong divided by baseKV^2 / baseMVA"};
        });
    }
    if (quotients.empty()) return;
    const auto middle = quotients.begin() + static_cast<std::ptrdiff_t>(quotients.size() / 2);
    std::nth_element(quotients.begin(), middle, quotients.end());
    if (*middle >= 0.05) return;
    report.add(Severity::warning, "AZ1231", grid.branches.front().source, 3, [&] {
        return CheckText{"",
                         "half of the branches have x below " + shortest(std::round(*middle * 1000.0) / 1000.0) + " r",
                         "x is usually above r", "are the columns r and x exchanged?"};
    });
}

}  // namespace

void check_units(CheckReport& report) {
    check_impedance_scale(report);
}

}  // namespace araz

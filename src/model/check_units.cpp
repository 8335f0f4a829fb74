// Heuristics for the mistakes that no single row shows: ohms read as per unit, columns exchanged.
#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "araz/base/text.hpp"
#include "check_report.hpp"

namespace araz {

namespace {

double median(std::vector<double> values) {
    if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

// Impedances that no p.u. system has, or r and x the wrong way round.
void check_impedance_scale(CheckReport& report) {
    const Case& grid = report.grid();
    std::vector<double> quotients, transmission;
    std::unordered_map<std::int64_t, double> base_kv;
    for (const BusRow& bus : grid.buses) base_kv.emplace(number(bus.bus), bus.base_kv);
    const auto is_high = [&](const BranchRow& branch) {
        const auto from = base_kv.find(number(branch.from_bus));
        const auto to = base_kv.find(number(branch.to_bus));
        return branch.ratio == 0.0 && from != base_kv.end() && to != base_kv.end() && from->second >= 100.0 && to->second >= 100.0;
    };
    std::size_t lines = 0;
    std::size_t huge = 0;
    const BranchRow* first_huge = nullptr;
    for (const BranchRow& branch : grid.branches) {
        if (!branch.in_service) continue;
        ++lines;
        if (std::max(std::abs(branch.r_pu), std::abs(branch.x_pu)) > 5.0 && ++huge == 1) first_huge = &branch;
        if (!(branch.r_pu > 0.0) || !(branch.x_pu > 0.0)) continue;
        quotients.push_back(branch.x_pu / branch.r_pu);
        if (is_high(branch)) transmission.push_back(quotients.back());
    }
    if (2 * huge > lines) {
        report.add(Severity::warning, "AZ1232", first_huge->source, 3, [&] {
            return CheckText{"",
                             std::to_string(huge) + " of " + std::to_string(lines) +
                                 " branches in service have an impedance above 5 p.u.",
                             "expected p.u.", "are r and x in ohms? They belong divided by baseKV^2 / baseMVA"};
        });
    }
    const double middle = median(quotients);
    const double of_transmission = median(transmission);
    // No overhead line of 100 kV and more has r above 2 x; distribution goes down to x = 0.17 r.
    const bool exchanged = middle < 0.05 || (transmission.size() >= 3 && of_transmission < 0.5);
    if (quotients.empty() || !exchanged) return;
    const double shown = middle < 0.05 ? middle : of_transmission;
    report.add(Severity::warning, "AZ1231", grid.branches.front().source, 3, [&] {
        return CheckText{"",
                         "half of the branches" + std::string(middle < 0.05 ? "" : " of 100 kV and more") + " have x below " +
                             shortest(std::round(shown * 1000.0) / 1000.0) + " r",
                         "x is usually above r", "are the columns r and x exchanged?"};
    });
}

}  // namespace

void check_units(CheckReport& report) {
    check_impedance_scale(report);
}

}  // namespace araz

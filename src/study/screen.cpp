#include "screen.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "factor_model.hpp"

namespace araz {

namespace {

// Largest estimated loading after the outage whose factors are given; NaN: an element the DC model does not know.
double estimate(const std::vector<solver::BranchFlow>& flows, const std::vector<double>& limits,
                const std::vector<double>& factors, int outage) {
    const double shifted = 0.5 * (flows[outage].p_from - flows[outage].p_to);
    double worst = 0.0;
    for (std::size_t l = 0; l < limits.size(); ++l) {
        if (!(limits[l] > 0.0) || static_cast<int>(l) == outage) continue;
        if (std::isnan(factors[l])) return nan_value;
        const double moved = factors[l] * shifted;
        const double at_from = std::hypot(flows[l].p_from + moved, flows[l].q_from);
        const double at_to = std::hypot(flows[l].p_to - moved, flows[l].q_to);
        worst = std::max(worst, std::max(at_from, at_to) / limits[l]);
    }
    return 100.0 * worst;
}

}  // namespace

std::set<std::string> screen_contingencies(const StudySetup& setup, const Solution& base,
                                           const std::vector<Contingency>& contingencies, double threshold_pct,
                                           N1Screen& screen) {
    screen.threshold_pct = threshold_pct;
    std::set<std::string> below;
    const auto factors = FactorModel::build(*setup.model, {});
    if (!factors) return below;  // no linear model: everything is solved
    std::vector<solver::BranchFlow> flows;
    branch_flows(*setup.model, base, flows);
    const Monitor monitor(setup.model, setup.monitor);
    std::vector<int> rows(flows.size());
    std::iota(rows.begin(), rows.end(), 0);
    for (const Contingency& c : contingencies) {
        if (c.splits || c.branches.size() != 1 || !c.generators.empty()) continue;
        const int outage = c.branches[0];
        const std::vector<double> column = (*factors)->outage_factors(rows, c.branches);
        if (!(estimate(flows, monitor.ratings(true), column, outage) < threshold_pct)) continue;
        below.insert(c.label);
        screen.contingencies.push_back(c.label);
    }
    screen.screened = static_cast<int>(screen.contingencies.size());
    return below;
}

}  // namespace araz

#include "capacity_limits.hpp"

#include <algorithm>
#include <cmath>
#include <complex>

namespace araz {

namespace {

TransferLimit to_limit(const SecurityCheck& security, const PairReading& entry) {
    const Violation v = security.describe(entry);
    TransferLimit limit;
    const bool intact = entry.pair.contingency == intact_grid;
    limit.cause = v.kind == "thermal" && !intact ? "thermal_n1" : v.kind;
    limit.branch = v.branch;
    limit.branch_name = v.branch_name;
    limit.side = v.side;
    limit.bus = v.bus;
    limit.bus_name = v.bus_name;
    limit.contingency = v.contingency;
    limit.contingency_name = v.contingency_name;
    limit.value = v.value;
    limit.limit = v.limit;
    limit.unit = v.unit;
    if (v.kind == "thermal") limit.rating = security.rating_name(intact);
    return limit;
}

}  // namespace

TransferLimit limit_at(const SecurityCheck& security, const SecurityReport& report) {
    if (!report.unsolved && report.worst.pair.index >= 0) return to_limit(security, report.worst);
    TransferLimit limit;
    limit.cause = "collapse";
    if (report.unsolved_contingency != intact_grid) {
        limit.contingency = security.contingencies()[report.unsolved_contingency].label;
        limit.contingency_name = security.contingencies()[report.unsolved_contingency].name;
    }
    return limit;
}

bool is_fold(SecurityCheck& security, const Exchange& exchange, const SearchResult& found) {
    // Slopes by finite differences over two spans that differ by 16: a fold at distance d behind the
    // nearer one shows slopes in the ratio sqrt(16) = 4; a smooth curve shows nearly equal ones.
    constexpr double ratio = 16.0;
    constexpr double fold_growth = 2.0;
    const int c = found.at_insecure.unsolved_contingency;
    const double width = std::max(found.insecure - found.secure, 1e-6);
    const double e = found.secure;
    Engine& engine = security.engine();

    // Upwards from the base, each state from the one below: Newton steps from a state next to the fold are
    // wild, and going back down from it can end on the lower branch.
    Solution warm = engine.solve(Scenario{});
    const auto climb_to = [&](double shift) {
        ExchangePoint point = exchange.solve(engine, std::max(0.0, shift), warm);
        if (point.status != PointStatus::ok) return point.intact;
        warm = point.intact;
        if (c == intact_grid) return point.intact;
        Scenario scenario = point.scenario;
        scenario.branches_out = security.contingencies()[c].branches;
        scenario.generators_out = security.contingencies()[c].generators;
        return engine.solve_from(scenario, point.intact);
    };
    const auto slope = [&](double at, double span) {
        const Solution a = climb_to(at - span);
        const Solution b = climb_to(at);
        if (!a.solved() || !b.solved()) return nan_value;
        double largest = 0.0;
        for (std::size_t k = 0; k < a.vm.size(); ++k)
            largest = std::max(largest, std::abs(std::polar(b.vm[k], b.va[k]) - std::polar(a.vm[k], a.va[k])));
        return largest / span;
    };
    const double far = slope(e - 2.0 * ratio * width, ratio * width);
    const double near = slope(e, width);
    return std::isfinite(near) && std::isfinite(far) && near > fold_growth * far;
}

std::vector<Limiter> next_limiters(SecurityCheck& security, const SecurityReport& at_secure, double base_mva, int count) {
    std::vector<PairReading> candidates;
    for (const PairReading& entry : at_secure.top)
        if (std::isfinite(entry.predicted)) candidates.push_back(entry);
    std::stable_sort(candidates.begin(), candidates.end(),
                     [](const PairReading& a, const PairReading& b) { return a.predicted < b.predicted; });
    if (candidates.size() > static_cast<std::size_t>(count)) candidates.resize(static_cast<std::size_t>(count));
    candidates = security.read_exactly(at_secure.point, std::move(candidates));
    std::stable_sort(candidates.begin(), candidates.end(),
                     [](const PairReading& a, const PairReading& b) { return a.predicted < b.predicted; });
    std::vector<Limiter> limiters;
    for (const PairReading& entry : candidates) {
        Limiter limiter;
        limiter.limit = to_limit(security, entry);
        limiter.loading_pct = 100.0 * entry.severity;
        limiter.predicted_mw = entry.predicted * base_mva;
        limiter.sensitivity_pct_per_mw = 100.0 * entry.slope / base_mva;
        // dE/dR: one over the change of the apparent power per shifted MW. The loading is in per cent of the limit that counts,
        // which the policy for an insecure base may have widened.
        if (limiter.limit.branch > 0 && limiter.sensitivity_pct_per_mw > 0.0)
            limiter.mw_per_mva = 100.0 * entry.severity / (limiter.sensitivity_pct_per_mw * limiter.limit.value);
        limiters.push_back(limiter);
    }
    return limiters;
}

}  // namespace araz

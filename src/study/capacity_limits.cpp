#include "capacity_limits.hpp"

#include <algorithm>
#include <cmath>

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
    Engine& engine = security.engine();
    const auto voltages = [&](double shift) {
        ExchangePoint point = exchange.solve(engine, std::max(0.0, shift), found.at_secure.point.intact);
        if (point.status != PointStatus::ok || c == intact_grid) return point.intact;
        Scenario scenario = point.scenario;
        scenario.branches_out = security.contingencies()[c].branches;
        scenario.generators_out = security.contingencies()[c].generators;
        return engine.solve_from(scenario, point.intact);
    };
    const double width = std::max(found.insecure - found.secure, 1e-6);
    const double e = found.secure;
    const auto slope = [&](double at, double span) {
        const Solution a = voltages(at - span);
        const Solution b = voltages(at);
        if (!a.solved() || !b.solved()) return nan_value;
        double largest = 0.0;
        for (std::size_t k = 0; k < a.vm.size(); ++k)
            largest = std::max({largest, std::abs(b.vm[k] - a.vm[k]), std::abs(b.va[k] - a.va[k])});
        return largest / span;
    };
    const double near = slope(e, width);
    const double far = slope(e - 2.0 * ratio * width, ratio * width);
    return std::isfinite(near) && std::isfinite(far) && near > fold_growth * far;
}

std::vector<Limiter> next_limiters(SecurityCheck& security, const SecurityReport& at_secure, double secure,
                                   double base_mva, int count) {
    std::vector<Limiter> limiters;
    std::vector<PairReading> candidates = at_secure.top;
    const std::size_t most = static_cast<std::size_t>(std::max(0, 4 * count));
    if (candidates.size() > most) candidates.resize(most);
    if (candidates.empty()) return limiters;

    // The slope of each candidate from the same states a little below.
    const double span = secure > 0.0 ? std::min(secure, 5.0 / base_mva) : 0.0;
    std::vector<int> contingencies;
    for (const PairReading& entry : candidates)
        if (entry.pair.contingency != intact_grid) contingencies.push_back(entry.pair.contingency);
    std::sort(contingencies.begin(), contingencies.end());
    contingencies.erase(std::unique(contingencies.begin(), contingencies.end()), contingencies.end());
    const SecurityReport below = span > 0.0 ? security.check_some(secure - span, contingencies) : SecurityReport{};

    for (const PairReading& entry : candidates) {
        Limiter limiter;
        limiter.limit = to_limit(security, entry);
        limiter.loading_pct = 100.0 * entry.severity;
        for (const PairReading& before : below.top) {
            if (before.pair != entry.pair) continue;
            const double slope = (entry.severity - before.severity) / span;
            limiter.sensitivity_pct_per_mw = 100.0 * slope / base_mva;
            if (slope > 0.0) limiter.predicted_mw = (secure + (1.0 - entry.severity) / slope) * base_mva;
        }
        limiters.push_back(limiter);
    }
    std::stable_sort(limiters.begin(), limiters.end(), [](const Limiter& a, const Limiter& b) {
        const double ea = std::isnan(a.predicted_mw) ? std::numeric_limits<double>::infinity() : a.predicted_mw;
        const double eb = std::isnan(b.predicted_mw) ? std::numeric_limits<double>::infinity() : b.predicted_mw;
        return ea < eb;
    });
    if (limiters.size() > static_cast<std::size_t>(count)) limiters.resize(static_cast<std::size_t>(count));
    return limiters;
}

}  // namespace araz

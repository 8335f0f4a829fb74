#include "araz/study/monitor.hpp"

#include <algorithm>
#include <cmath>

#include "araz/base/text.hpp"

namespace araz {

Result<RatingRule> parse_rating(const std::string& text) {
    RatingRule rule;
    std::string column = text;
    if (const auto cross = text.find('x'); cross != std::string::npos) {
        const auto factor = parse_double(text.substr(0, cross));
        column = text.substr(cross + 1);
        if (!factor || !(*factor > 0.0) || !std::isfinite(*factor)) column.clear();
        else rule.factor = *factor;
    }
    if (column != "A" && column != "B" && column != "C")
        return Error::make(ErrorKind::usage, "AZ3001", "'" + text + "' is not a rating",
                           "use A, B, C or a factor of one of them, for example 1.2xA");
    rule.column = column[0];
    return rule;
}

std::string to_string(const RatingRule& rule) {
    return rule.factor == 1.0 ? std::string(1, rule.column) : shortest(rule.factor) + "x" + rule.column;
}

double rating(const Network& net, int branch, const RatingRule& rule) {
    const double a = net.rate_a[branch];
    double limit = a;
    if (rule.column == 'B' && net.rate_b[branch] > 0.0) limit = net.rate_b[branch];
    if (rule.column == 'C' && net.rate_c[branch] > 0.0) limit = net.rate_c[branch];
    return std::isfinite(limit) ? rule.factor * limit : 0.0;
}

double Reading::severity() const {
    switch (watch) {
        case Watch::thermal: return value / limit;
        case Watch::voltage_low: return 1.0 + (limit - value);
        case Watch::voltage_high:
        case Watch::voltage_step: return 1.0 + (value - limit);
    }
    return 0.0;
}

Monitor::Monitor(ModelPtr model, MonitorOptions options) : model_(std::move(model)), options_(options) {
    const Network& net = *model_->network;
    for (int l = 0; l < net.n_branch; ++l) {
        rating_base_.push_back(rating(net, l, options_.rating_base));
        rating_contingency_.push_back(rating(net, l, options_.rating_contingency));
    }
}

void Monitor::read(const Solution& solution, const Solution* before, std::vector<Reading>& readings) {
    const Network& net = *model_->network;
    const auto& limits = before != nullptr ? rating_contingency_ : rating_base_;
    readings.clear();
    branch_flows(*model_, solution, flows_);
    for (int l = 0; l < net.n_branch; ++l) {
        if (!(limits[l] > 0.0)) continue;
        if (!solution.branch_out.empty() && solution.branch_out[l] != 0) continue;
        if (solution.live[net.from[l]] == 0) continue;
        const double at_from = std::hypot(flows_[l].p_from, flows_[l].q_from);
        const double at_to = std::hypot(flows_[l].p_to, flows_[l].q_to);
        readings.push_back({Watch::thermal, l, at_to > at_from, std::max(at_from, at_to), limits[l]});
    }
    const bool steps = before != nullptr && options_.voltage_step > 0.0;
    if (!options_.voltage_limits && !steps) return;
    for (int b = 0; b < net.n_bus; ++b) {
        if (solution.live[b] == 0) continue;
        if (options_.voltage_limits) {
            readings.push_back({Watch::voltage_low, b, false, solution.vm[b], net.vmin[b]});
            readings.push_back({Watch::voltage_high, b, false, solution.vm[b], net.vmax[b]});
        }
        if (steps && before->live[b] != 0)
            readings.push_back(
                {Watch::voltage_step, b, false, std::abs(solution.vm[b] - before->vm[b]), options_.voltage_step});
    }
}

Violation to_violation(const Network& net, const Reading& reading, const std::string& contingency,
                       const std::string& contingency_name) {
    Violation v;
    v.contingency = contingency;
    v.contingency_name = contingency_name;
    if (reading.watch == Watch::thermal) {
        v.kind = "thermal";
        v.branch = net.branch_row[reading.index] + 1;
        v.branch_name = net.branch_name(reading.index);
        v.side = reading.at_to_side ? "to" : "from";
        v.value = reading.value * net.base_mva;
        v.limit = reading.limit * net.base_mva;
        v.unit = "MVA";
        v.loading_pct = 100.0 * reading.value / reading.limit;
    } else {
        v.kind = reading.watch == Watch::voltage_low    ? "voltage_low"
                 : reading.watch == Watch::voltage_high ? "voltage_high"
                                                        : "voltage_step";
        v.bus = number(net.bus_id[reading.index]);
        v.bus_name = net.source->buses[net.bus_row[reading.index]].name;
        v.value = reading.value;
        v.limit = reading.limit;
        v.unit = "p.u.";
    }
    return v;
}

}  // namespace araz

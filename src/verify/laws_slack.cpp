// Distributed slack and area control: every participant has its share, within its limits, and no more.
#include <algorithm>
#include <cmath>
#include <map>

#include "law.hpp"
#include "state.hpp"

namespace araz {

namespace {

// The level t at which the clipped proportional shares of a group sum to what it shared, by bisection: another
// way to it than the solver's.
double level_of(const std::vector<const SlackShareResult*>& group, const std::vector<double>& room, double sum) {
    double low = 0.0;
    double high = 1.0;
    const auto total = [&](double t) {
        double all = 0.0;
        for (std::size_t k = 0; k < group.size(); ++k) all += std::min(group[k]->weight * t, room[k]);
        return all;
    };
    for (int k = 0; k < 200 && total(high) < sum; ++k) high *= 2.0;
    for (int k = 0; k < 200; ++k) {
        const double middle = 0.5 * (low + high);
        (total(middle) < sum ? low : high) = middle;
    }
    return 0.5 * (low + high);
}

double weight_of(const State& state, const SlackShareResult& share, const std::string& key, bool up) {
    if (share.kind == "load") return share.scheduled_mw;
    const GeneratorRow& row = state.grid->generators[share.generator - 1];
    if (key == "pmax") return std::isfinite(row.pmax_mw) ? std::max(0.0, row.pmax_mw) : 0.0;
    if (key == "pg") return std::max(0.0, share.scheduled_mw);
    if (key == "headroom") return std::max(0.0, up ? row.pmax_mw - share.scheduled_mw : share.scheduled_mw - row.pmin_mw);
    return nan_value;  // factors of a file are not in the case
}

}  // namespace

void check_slack(const State& state, VerifyReport& report) {
    if (state.option("slack", "case") == "case") return;
    const std::string key = state.option("slack_key", "pmax");
    Law shares("slack_share", 10.0 * state.tolerances.flow_mw, "MW");
    Law met("slack_met", state.tolerances.flow_mw, "MW");
    Law weights("slack_weight", 1e-9, "");
    Law net_position("net_position", 10.0 * state.tolerances.flow_mw, "MW");
    std::map<int, double> export_of;
    for (const AreaResult& area : state.result->areas) export_of[area.area] = area.net_export_mw;
    for (const SlackGroupResult& group : state.result->slack_groups) {
        const std::string element = group.area > 0 ? "area " + std::to_string(group.area) : "island " + std::to_string(group.island);
        met.see(group.unmet_mw, element);
        if (!std::isnan(group.scheduled_net_export_mw)) {
            net_position.see(group.net_export_mw - group.scheduled_net_export_mw, element);
            if (state.result->slack_groups.back().island == 1)
                net_position.see(group.net_export_mw - export_of[group.area], element + " by its ties");
        }
        std::vector<const SlackShareResult*> members;
        std::vector<double> room;
        double sum = 0.0;
        double weight = 0.0;
        const bool up = group.imbalance_mw >= 0.0;
        for (const SlackShareResult& share : state.result->slack_shares) {
            if (share.island != group.island || (group.area > 0 && share.area != group.area)) continue;
            if (share.kind == "generator") {
                const GeneratorRow& row = state.grid->generators[share.generator - 1];
                const double left = up ? row.pmax_mw - share.scheduled_mw : share.scheduled_mw - row.pmin_mw;
                room.push_back(left > 1e-9 ? left : 0.0);  // the schedule went through per unit and back
                shares.see(state.generator[share.generator - 1]->p_mw - (share.scheduled_mw + share.share_mw),
                           generator_element(share.generator - 1));
                shares.see(share.scheduled_mw - row.pg_mw, generator_element(share.generator - 1) + " schedule");
            } else {
                room.push_back(up ? share.scheduled_mw : HUGE_VAL);
            }
            members.push_back(&share);
            sum += share.share_mw;
            const double expected = weight_of(state, share, key, up);
            if (room.back() > 0.0 && std::isfinite(expected)) weight += expected;
        }
        shares.see(sum - group.imbalance_mw, element);
        const double t = level_of(members, room, std::abs(sum));
        for (std::size_t k = 0; k < members.size(); ++k) {
            const SlackShareResult& share = *members[k];
            const std::string at = share.kind + " at bus " + std::to_string(share.bus);
            shares.see(std::abs(share.share_mw) - std::min(share.weight * t, room[k]), at);
            const double expected = weight_of(state, share, key, up);
            if (!std::isnan(expected) && weight > 0.0)
                weights.see(share.weight - (room[k] > 0.0 && std::isfinite(expected) ? expected / weight : 0.0), at);
        }
    }
    for (const Law* law : {&shares, &met, &weights, &net_position}) law->report(report);
}

}  // namespace araz

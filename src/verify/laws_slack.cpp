// Distributed slack and area control: every participant has its share, within its limits, and no more.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

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

// The bus of a participant, -1: no such participant in the case.
int bus_of(const State& state, const SlackShareResult& share) {
    const auto at = state.row_of.find(share.bus);
    if (at == state.row_of.end() || state.live[at->second] == 0) return -1;
    if (share.kind == "load") return share.generator == 0 ? at->second : -1;
    const int row = share.generator - 1;
    if (share.kind != "generator" || row < 0 || row >= static_cast<int>(state.generator.size())) return -1;
    return state.runs(row) && state.generator_bus(row) == at->second ? at->second : -1;
}

bool is_member(const SlackGroupResult& group, const SlackShareResult& share) {
    return share.island == group.island && (group.area == 0 || share.area == group.area);
}

// Participants are those of the case, each once and in one group, and every energised part balances in groups of its own.
void see_members(const State& state, Law& law) {
    const std::vector<int> part = parts_of(state);
    std::map<int, int> part_of_island, island_of_part;
    const auto see_island = [&](int island, int bus, const std::string& element) {
        law.see(part_of_island.try_emplace(island, part[bus]).first->second == part[bus], element + " island");
        law.see(island_of_part.try_emplace(part[bus], island).first->second == island, element + " island");
    };
    std::set<std::pair<int, int>> groups;
    for (const SlackGroupResult& group : state.result->slack_groups) {
        const std::string element = "group of island " + std::to_string(group.island);
        law.see(groups.emplace(group.island, group.area).second, element + " twice");
        const auto at = state.row_of.find(group.reference_bus);
        const bool stands = at != state.row_of.end() && state.live[at->second] != 0 && state.bus[at->second]->type == "slack";
        law.see(stands, element + " reference_bus");
        if (stands) see_island(group.island, at->second, element);
        law.see(std::isnan(group.net_export_mw) == std::isnan(group.scheduled_net_export_mw), element + " net_export_mw");
    }
    std::set<std::pair<int, std::int64_t>> seen;
    for (const SlackShareResult& share : state.result->slack_shares) {
        const std::string element = share.kind + " at bus " + std::to_string(share.bus);
        const int bus = bus_of(state, share);
        law.see(bus >= 0, element);
        if (bus < 0) continue;
        law.see(seen.emplace(share.generator, share.bus).second, element + " twice");
        law.see(share.area == state.grid->buses[bus].area, element + " area");
        see_island(share.island, bus, element);
        const auto& all = state.result->slack_groups;
        law.see(std::count_if(all.begin(), all.end(), [&](const auto& group) { return is_member(group, share); }) == 1, element + " group");
    }
    for (std::size_t i = 0; i < state.bus.size(); ++i)
        if (state.live[i] != 0) law.see(island_of_part.contains(part[i]), bus_element(state, static_cast<int>(i)) + " balances nowhere");
}

}  // namespace

void check_slack(const State& state, VerifyReport& report) {
    if (state.option("slack", "case") == "case") return;
    const std::string key = state.option("slack_key", "pmax");
    Law rows("slack_members", 0.0, "");
    see_members(state, rows);
    if (!rows.holds()) return rows.report(report);
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
            if (!is_member(group, share)) continue;
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
            const double taken = std::abs(share.share_mw);
            const double edge = 10.0 * state.tolerances.flow_mw;
            rows.see(share.at_limit ? taken >= room[k] - edge : taken <= room[k] + edge && share.weight * t <= room[k] + edge, at + " at_limit");
            const double expected = weight_of(state, share, key, up);
            if (!std::isnan(expected) && weight > 0.0)
                weights.see(share.weight - (room[k] > 0.0 && std::isfinite(expected) ? expected / weight : 0.0), at);
        }
    }
    for (const Law* law : {&rows, &shares, &met, &weights, &net_position}) law->report(report);
}

}  // namespace araz

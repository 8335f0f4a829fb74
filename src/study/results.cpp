#include "results.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace araz {

std::vector<double> net_exports(const Network& net, std::span<const int> group, int n_group,
                                std::span<const solver::BranchFlow> flows, const Solution& solution) {
    std::vector<double> exported(static_cast<std::size_t>(n_group), 0.0);
    for (int l = 0; l < net.n_branch; ++l) {
        const int f = group[net.from[l]];
        const int t = group[net.to[l]];
        if (f == t) continue;
        if (f >= 0) exported[f] += flows[l].p_from;
        if (t >= 0) exported[t] += flows[l].p_to;
    }
    for (int dc = 0; dc < net.n_dc; ++dc) {
        const int f = group[net.dc_from(dc)];
        const int t = group[net.dc_to(dc)];
        if (f == t) continue;
        if (f >= 0) exported[f] -= solution.gen_p[net.n_unit + 2 * dc];
        if (t >= 0) exported[t] -= solution.gen_p[net.n_unit + 2 * dc + 1];
    }
    return exported;
}

std::vector<AreaResult> area_results(const ElectricalModel& model, const Solution& solution,
                                     std::span<const solver::BranchFlow> flows) {
    const Network& net = *model.network;
    std::map<int, AreaResult> areas;  // by number, so that the order is that of the numbers
    for (int b = 0; b < net.n_bus; ++b) {
        AreaResult& area = areas[net.area[b]];
        area.load_mw += solution.p_load[b] * net.base_mva;
    }
    for (int g = 0; g < net.n_unit; ++g)
        areas[net.area[net.gen_bus[g]]].generation_mw += solution.gen_p[g] * net.base_mva;
    for (int l = 0; l < net.n_branch; ++l) {
        const int f = net.area[net.from[l]];
        const int t = net.area[net.to[l]];
        if (f == t) {
            areas[f].loss_mw += (flows[l].p_from + flows[l].p_to) * net.base_mva;
        } else {
            areas[f].net_export_mw += flows[l].p_from * net.base_mva;
            areas[t].net_export_mw += flows[l].p_to * net.base_mva;
        }
    }
    for (int dc = 0; dc < net.n_dc; ++dc) {
        const int f = net.area[net.dc_from(dc)];
        const int t = net.area[net.dc_to(dc)];
        const double p_from = -solution.gen_p[net.n_unit + 2 * dc] * net.base_mva;
        const double p_to = -solution.gen_p[net.n_unit + 2 * dc + 1] * net.base_mva;
        if (f == t) {
            areas[f].loss_mw += p_from + p_to;
        } else {
            areas[f].net_export_mw += p_from;
            areas[t].net_export_mw += p_to;
        }
    }
    std::vector<AreaResult> out;
    for (auto& [number, area] : areas) {
        area.area = number;
        area.name = net.area_label(number);
        out.push_back(area);
    }
    return out;
}

std::vector<TieResult> tie_results(const Network& net, std::span<const solver::BranchFlow> flows,
                                   std::span<const int> group, const std::function<double(int)>& rating_of) {
    std::vector<TieResult> ties;
    for (int l = 0; l < net.n_branch; ++l) {
        if (group[net.from[l]] == group[net.to[l]]) continue;
        TieResult tie;
        tie.branch = net.branch_row[l] + 1;
        tie.name = net.branch_name(l);
        tie.from_bus = number(net.bus_id[net.from[l]]);
        tie.to_bus = number(net.bus_id[net.to[l]]);
        tie.from_area = net.area[net.from[l]];
        tie.to_area = net.area[net.to[l]];
        tie.p_mw = flows[l].p_from * net.base_mva;
        tie.q_mvar = flows[l].q_from * net.base_mva;
        const double limit = rating_of(l);
        if (limit > 0.0)
            tie.loading_pct = 100.0 * std::max(std::hypot(flows[l].p_from, flows[l].q_from),
                                               std::hypot(flows[l].p_to, flows[l].q_to)) / limit;
        ties.push_back(tie);
    }
    return ties;
}

}  // namespace araz

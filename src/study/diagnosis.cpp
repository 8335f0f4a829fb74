#include "araz/study/diagnosis.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <tuple>

namespace araz {

namespace {

constexpr std::size_t worst_shown = 10;
constexpr std::size_t neighbours_shown = 6;
constexpr std::size_t cycling_shown = 5;

std::vector<IslandResult> islands_of(const ElectricalModel& model) {
    const Network& net = *model.network;
    std::vector<IslandResult> islands(static_cast<std::size_t>(net.n_island) + 1);
    for (std::size_t k = 0; k < islands.size(); ++k) islands[k].island = static_cast<int>(k) + 1;
    islands.back().energised = false;
    for (int b = 0; b < net.n_bus; ++b) {
        IslandResult& island = net.island[b] >= 0 ? islands[net.island[b]] : islands.back();
        ++island.n_bus;
        island.load_mw += net.p_load[b] * net.base_mva;
        if (model.kind[b] == solver::BusKind::slack && island.reference_bus == 0)
            island.reference_bus = number(net.bus_id[b]);
        for (int k = net.gen_start[b]; k < net.gen_start[b + 1]; ++k)
            island.generation_mw += net.is_unit(net.gens_at[k]) ? net.pg[net.gens_at[k]] * net.base_mva : 0.0;
    }
    if (islands.back().n_bus == 0) islands.pop_back();
    return islands;
}

std::vector<std::string> neighbours_of(const Network& net, int bus) {
    std::vector<std::string> out;
    for (int l = 0; l < net.n_branch; ++l) {
        if (net.from[l] != bus && net.to[l] != bus) continue;
        const int other = net.from[l] == bus ? net.to[l] : net.from[l];
        out.push_back(net.bus_label(other) + " over branch " + std::to_string(net.branch_row[l] + 1));
        if (out.size() == neighbours_shown) break;
    }
    return out;
}

std::vector<MismatchResult> largest_mismatches(const Network& net, const Solution& solution) {
    std::vector<MismatchResult> worst;
    if (solution.p_mismatch.empty()) return worst;
    std::vector<int> order(static_cast<std::size_t>(net.n_bus));
    std::iota(order.begin(), order.end(), 0);
    const auto size = [&](int b) {
        const double value = std::max(std::abs(solution.p_mismatch[b]), std::abs(solution.q_mismatch[b]));
        return std::isnan(value) ? std::numeric_limits<double>::infinity() : value;
    };
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return size(a) > size(b); });
    for (std::size_t k = 0; k < order.size() && k < worst_shown; ++k) {
        const int b = order[k];
        worst.push_back({number(net.bus_id[b]), net.source->buses[net.bus_row[b]].name,
                         solution.p_mismatch[b] * net.base_mva, solution.q_mismatch[b] * net.base_mva,
                         neighbours_of(net, b)});
    }
    return worst;
}

// What the outer loops did more than once at one bus, most often first.
std::vector<std::string> repeated_actions(const Network& net, const Solution& solution) {
    std::map<std::tuple<std::string, std::string, int>, int> times;
    for (const ControlAction& action : solution.actions) ++times[{action.control, action.action, action.bus}];
    std::vector<std::pair<int, std::string>> ranked;
    for (const auto& [what, n] : times) {
        const auto& [control, action, bus] = what;
        if (n < 2) continue;
        const std::string at = bus >= 0 ? " at bus " + net.bus_label(bus) : "";
        ranked.emplace_back(n, control + ": " + action + at + ", " + std::to_string(n) + " times");
    }
    std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    std::vector<std::string> out;
    for (std::size_t k = 0; k < ranked.size() && k < cycling_shown; ++k) out.push_back(ranked[k].second);
    return out;
}

}  // namespace

Diagnosis describe_failure(const ElectricalModel& model, const Solution& solution) {
    const Network& net = *model.network;
    Diagnosis diagnosis;
    diagnosis.tried = solution.tried;
    diagnosis.islands = islands_of(model);
    if (solution.solved()) return diagnosis;
    diagnosis.worst = largest_mismatches(net, solution);
    diagnosis.cycling = repeated_actions(net, solution);
    if (solution.weakest_bus >= 0 && solution.weakest_bus < net.n_bus) {
        diagnosis.weakest_bus = number(net.bus_id[solution.weakest_bus]);
        diagnosis.weakest_bus_name = net.source->buses[net.bus_row[solution.weakest_bus]].name;
    }
    return diagnosis;
}

}  // namespace araz

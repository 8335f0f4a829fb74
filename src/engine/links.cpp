#include "links.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace araz {

namespace {

// Peels the leaves off the groups of joined buses: each leaf settles the flow of its one link. What is left
// are loops.
std::vector<int> settle_trees(const solver::Links& links, std::vector<unsigned char>& open,
                              std::vector<double>& surplus, std::vector<double>& flow) {
    std::map<int, std::vector<int>> at;  // closed links at each bus
    for (int k = 0; k < links.size(); ++k) {
        if (open[k] != 0) continue;
        at[links.from[k]].push_back(k);
        at[links.to[k]].push_back(k);
    }
    std::vector<int> leaves;
    for (const auto& [bus, list] : at)
        if (list.size() == 1) leaves.push_back(bus);
    for (std::size_t next = 0; next < leaves.size(); ++next) {
        const int bus = leaves[next];
        if (at[bus].empty()) continue;  // the last bus of its tree
        const int k = at[bus].front();
        const bool leaves_here = links.from[k] == bus;
        flow[k] = leaves_here ? surplus[bus] : -surplus[bus];
        const int other = leaves_here ? links.to[k] : links.from[k];
        surplus[other] += surplus[bus];
        surplus[bus] = 0.0;
        open[k] = 1;
        at[bus].clear();
        std::erase(at[other], k);
        if (at[other].size() == 1) leaves.push_back(other);
    }
    std::vector<int> looped;
    for (int k = 0; k < links.size(); ++k)
        if (open[k] == 0) looped.push_back(k);
    return looped;
}

// L phi = surplus with the Laplacian of the looped links; the flow of a link is the difference of phi.
void settle_loops(const solver::Links& links, const std::vector<int>& looped, const std::vector<double>& surplus,
                  std::vector<double>& flow) {
    std::map<int, int> place;
    for (const int k : looped) {
        place.emplace(links.from[k], 0);
        place.emplace(links.to[k], 0);
    }
    int count = 0;
    std::vector<double> b;
    for (auto& [bus, index] : place) {
        index = count++;
        b.push_back(surplus[bus]);
    }
    const std::size_t n = static_cast<std::size_t>(count);
    std::vector<std::vector<double>> a(n, std::vector<double>(n, 0.0));
    for (const int k : looped) {
        const int f = place[links.from[k]];
        const int t = place[links.to[k]];
        a[f][f] += 1.0;
        a[t][t] += 1.0;
        a[f][t] -= 1.0;
        a[t][f] -= 1.0;
    }
    // Positive semidefinite: a pivot that vanishes belongs to the free constant of a group.
    std::vector<double> phi(n, 0.0);
    std::vector<unsigned char> free(n, 0);
    for (std::size_t k = 0; k < n; ++k) {
        if (a[k][k] < 1e-9) {
            free[k] = 1;
            continue;
        }
        for (std::size_t i = k + 1; i < n; ++i) {
            const double factor = a[i][k] / a[k][k];
            if (factor == 0.0) continue;
            for (std::size_t j = k; j < n; ++j) a[i][j] -= factor * a[k][j];
            b[i] -= factor * b[k];
        }
    }
    for (std::size_t k = n; k-- > 0;) {
        if (free[k] != 0) continue;
        double sum = b[k];
        for (std::size_t j = k + 1; j < n; ++j) sum -= a[k][j] * phi[j];
        phi[k] = sum / a[k][k];
    }
    for (const int k : looped) flow[k] = phi[place[links.from[k]]] - phi[place[links.to[k]]];
}

}  // namespace

void share_among_links(const ElectricalModel& model, const Solution& solution, const std::vector<double>& surplus,
                       std::vector<double>& flow) {
    const solver::Links& links = model.links;
    std::vector<unsigned char> open(static_cast<std::size_t>(links.size()), 0);
    for (int k = 0; k < links.size(); ++k) {
        const bool out = !solution.branch_out.empty() && solution.branch_out[model.link_branch[k]] != 0;
        open[k] = out || solution.live[links.from[k]] == 0 || solution.live[links.to[k]] == 0 ? 1 : 0;
    }
    flow.assign(static_cast<std::size_t>(links.size()), 0.0);
    std::vector<double> left = surplus;
    const std::vector<int> looped = settle_trees(links, open, left, flow);
    if (!looped.empty()) settle_loops(links, looped, left, flow);
}

std::vector<AreaTarget> dc_positions(const ElectricalModel& model, const Solution& solution) {
    const Network& net = *model.network;
    std::map<std::pair<int, int>, double> sums;
    for (int b = 0; b < net.n_bus; ++b)
        if (net.island[b] >= 0) sums[{net.island[b], net.area[b]}] -= solution.p_load[b] + net.g_shunt[b];
    for (int g = 0; g < net.n_gen; ++g) {
        const int b = net.gen_bus[g];
        if (net.island[b] >= 0) sums[{net.island[b], net.area[b]}] += solution.gen_p[g];
    }
    std::vector<AreaTarget> out;
    for (const auto& [at, p] : sums) out.push_back({at.first, at.second, p});
    return out;
}

}  // namespace araz

// Parts that outages leave without a reference: which of them live on, and who takes over.
#include <algorithm>
#include <cmath>

#include "araz/engine/engine.hpp"

namespace araz {

using solver::BusKind;

namespace {

double room(const Network& net, const std::vector<double>& p, int unit, bool up) {
    const double left = up ? net.pmax[unit] - p[unit] : p[unit] - net.pmin[unit];
    return std::isfinite(left) ? std::max(0.0, left) : 0.0;
}

}  // namespace

// Shares what the load of a part lacks, or has too much of, among its units in proportion to their room, so that its
// reference is left with the losses. False: their limits do not allow it.
bool Engine::balance_part(const std::vector<int>& part, int which, const std::vector<unsigned char>& usable,
                          const Solution& solution) {
    const Network& net = network();
    double lacking = 0.0;  // the load, then less what feeds it
    for (int b = 0; b < net.n_bus; ++b)
        if (part[b] == which && kind_[b] != BusKind::dead)
            lacking += solution.p_load[b] + (model_->load.empty() || dc_ ? 0.0 : model_->load.p(b, 1.0));
    if (!(lacking > 0.0)) return false;  // nothing to feed
    std::vector<int> units;
    for (int g = 0; g < net.n_gen; ++g) {
        if (part[net.gen_bus[g]] != which || usable[g] == 0) continue;
        lacking -= gen_p_[g];
        if (net.is_unit(g)) units.push_back(g);
    }
    double all = 0.0;
    for (const int g : units) all += room(net, gen_p_, g, lacking > 0.0);
    if (std::abs(lacking) > all) return false;
    const double share = all > 0.0 ? lacking / all : 0.0;
    for (const int g : units) gen_p_[g] += share * room(net, gen_p_, g, lacking > 0.0);
    return true;
}

// A reference whose last unit goes out with all that ties its bus to the grid hands over to the largest part of its
// island, or the island would be dark. Every other part lives on only where that was asked for.
void Engine::relocate_references(const Scenario& scenario, const std::vector<int>& part, Solution& solution) {
    const Network& net = network();
    std::vector<unsigned char> usable = gen_in_;
    for (const int g : scenario.generators_out) usable[g] = 0;
    const auto has_unit = [&](int b) {
        for (int k = net.gen_start[b]; k < net.gen_start[b + 1]; ++k)
            if (const int g = net.gens_at[k]; net.is_unit(g) && usable[g] != 0 && net.regulates(g)) return true;
        return false;
    };
    struct Part {
        int buses = 0, heir = -1, island = -1;
        bool reference = false;
    };
    std::vector<Part> parts(static_cast<std::size_t>(*std::max_element(part.begin(), part.end()) + 1));
    std::vector<unsigned char> served(static_cast<std::size_t>(net.n_island), 0);
    for (int b = 0; b < net.n_bus; ++b) {
        if (kind_[b] == BusKind::dead) continue;
        Part& at = parts[part[b]];
        ++at.buses;
        at.island = net.island[b];
        at.reference = at.reference || is_reference(kind_[b]);
        if (at.heir < 0 && (kind_[b] == BusKind::pv || is_reference(kind_[b])) && has_unit(b)) at.heir = b;
    }
    // A reference without any unit left in its part is none: its part is cut off like others.
    for (int b = 0; b < net.n_bus; ++b) {
        if (!is_reference(kind_[b]) || parts[part[b]].heir >= 0) continue;
        for (int k = net.gen_start[b]; k < net.gen_start[b + 1]; ++k)
            if (gen_in_[net.gens_at[k]] != 0) kind_[b] = BusKind::pv;
        if (!is_reference(kind_[b])) parts[part[b]].reference = false;
    }
    for (const Part& at : parts)
        if (at.reference && at.heir >= 0) served[at.island] = 1;
    std::vector<int> largest(served.size(), -1);
    for (int p = 0; p < static_cast<int>(parts.size()); ++p) {
        const Part& at = parts[p];
        if (at.island < 0 || at.reference || at.heir < 0) continue;
        int& best = largest[at.island];
        if (best < 0 || at.buses > parts[best].buses) best = p;
    }
    for (int p = 0; p < static_cast<int>(parts.size()); ++p) {
        const Part& at = parts[p];
        if (at.buses == 0 || at.reference || at.heir < 0) continue;
        const bool takes_over = served[at.island] == 0 && largest[at.island] == p;
        if (!takes_over && !(options_.solve_second_islands && balance_part(part, p, usable, solution))) continue;
        kind_[at.heir] = BusKind::slack;
        solution.new_references.push_back(at.heir);
    }
}

}  // namespace araz

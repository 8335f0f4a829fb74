#include "outputs.hpp"

#include <algorithm>
#include <cmath>

namespace araz {

namespace {

void add_units_in_service(const Network& net, std::span<const unsigned char> gen_in, int bus, std::vector<int>& units) {
    for (int k = net.gen_start[bus]; k < net.gen_start[bus + 1]; ++k)
        if (gen_in[net.gens_at[k]] != 0) units.push_back(net.gens_at[k]);
}

// By the shares of the units, each within its limits while the sum of all limits allows it: the level u with
// sum of clamp(share u) = total, between whose bends the sum is straight.
bool share_by_factors(const Network& net, const std::vector<int>& units, double total, Solution& solution) {
    double shares = 0.0, low = 0.0, high = 0.0;
    std::vector<ReactiveRange> ranges;
    for (const int g : units) {
        if (!(net.reactive_share[g] > 0.0)) return false;
        shares += net.reactive_share[g];
        ranges.push_back(reactive_range(net, g, solution.gen_p[g]));
        low += ranges.back().min;
        high += ranges.back().max;
    }
    double level = total / shares;
    const bool limited = total >= low && total <= high;
    const auto output = [&](std::size_t k, double u) {
        const double q = net.reactive_share[units[k]] * u;
        return limited ? std::clamp(q, ranges[k].min, ranges[k].max) : q;
    };
    if (limited) {
        std::vector<double> bends{-1e6, 1e6};
        for (std::size_t k = 0; k < units.size(); ++k)
            for (const double end : {ranges[k].min, ranges[k].max})
                if (std::isfinite(end)) bends.push_back(end / net.reactive_share[units[k]]);
        std::sort(bends.begin(), bends.end());
        const auto sum = [&](double u) {
            double all = 0.0;
            for (std::size_t k = 0; k < units.size(); ++k) all += output(k, u);
            return all;
        };
        std::size_t k = 1;
        while (k + 1 < bends.size() && sum(bends[k]) < total) ++k;
        const double before = sum(bends[k - 1]);
        const double after = sum(bends[k]);
        level = after > before ? bends[k - 1] + (bends[k] - bends[k - 1]) * ((total - before) / (after - before)) : bends[k];
    }
    for (std::size_t k = 0; k < units.size(); ++k) solution.gen_q[units[k]] = output(k, level);
    return true;
}

// In proportion to Qmax - Qmin from Qmin on; equally where no range is given. Infinite limits are
// replaced by a bound no unit of the bus can reach.
void share_reactive(const Network& net, const std::vector<int>& units, double total, Solution& solution) {
    if (units.size() == 1) {
        solution.gen_q[units[0]] = total;
        return;
    }
    if (share_by_factors(net, units, total, solution)) return;
    double bound = std::abs(total);
    std::vector<ReactiveRange> ranges;
    for (const int g : units) {
        ranges.push_back(reactive_range(net, g, solution.gen_p[g]));
        if (std::isfinite(ranges.back().min)) bound += std::abs(ranges.back().min);
        if (std::isfinite(ranges.back().max)) bound += std::abs(ranges.back().max);
    }
    double sum_min = 0.0;
    double sum_max = 0.0;
    for (ReactiveRange& range : ranges) {
        if (!std::isfinite(range.min)) range.min = std::copysign(bound, range.min);
        if (!std::isfinite(range.max)) range.max = std::copysign(bound, range.max);
        sum_min += range.min;
        sum_max += range.max;
    }
    const double width = sum_max - sum_min;
    const bool no_range = width <= 10.0 * 2.220446049250313e-16;
    for (std::size_t k = 0; k < units.size(); ++k) {
        solution.gen_q[units[k]] =
            no_range ? ranges[k].min + (total - sum_min) / static_cast<double>(units.size())
                     : ranges[k].min + (total - sum_min) / width * (ranges[k].max - ranges[k].min);
    }
}

}  // namespace

void share_outputs(const ElectricalModel& model, std::span<const solver::BusKind> kind,
                   std::span<const unsigned char> gen_in, std::span<const double> gen_p,
                   std::span<const double> p_calc, std::span<const double> q_calc, std::span<const double> q_fixed,
                   const std::vector<std::vector<int>>* joined, Solution& solution) {
    using solver::BusKind;
    const Network& net = *model.network;
    solution.gen_p.assign(static_cast<std::size_t>(net.n_gen), 0.0);
    solution.gen_q.assign(static_cast<std::size_t>(net.n_gen), 0.0);
    std::vector<unsigned char> acts_elsewhere(joined == nullptr ? 0 : static_cast<std::size_t>(net.n_bus), 0);
    for (std::size_t b = 0; b < acts_elsewhere.size(); ++b)
        for (const int other : (*joined)[b]) acts_elsewhere[other] = 1;
    std::vector<int> units, more;
    for (int b = 0; b < net.n_bus; ++b) {
        if (!acts_elsewhere.empty() && acts_elsewhere[b] != 0) continue;
        if (kind[b] == BusKind::dead) continue;
        units.clear();
        add_units_in_service(net, gen_in, b, units);
        for (const int g : units) solution.gen_p[g] = gen_p[g];
        if (is_reference(kind[b]) && !units.empty()) {
            double others = 0.0;
            for (std::size_t k = 1; k < units.size(); ++k) others += gen_p[units[k]];
            solution.gen_p[units[0]] = p_calc[b] + solution.p_load[b] - others;
        }
        const bool regulates = kind[b] != BusKind::pq || solution.pin[b] != Pin::none;
        if (joined != nullptr && !(*joined)[b].empty()) {
            for (const int other : (*joined)[b]) {
                more.clear();
                add_units_in_service(net, gen_in, other, more);
                for (const int g : more) solution.gen_p[g] = gen_p[g];
                units.insert(units.end(), more.begin(), more.end());
            }
        }
        std::erase_if(units, [&](int g) { return !net.regulates(g); });
        if (units.empty()) continue;
        if (regulates)
            share_reactive(net, units, q_calc[b] + q_fixed[b], solution);
        else
            for (const int g : units) solution.gen_q[g] = net.qg[g];
    }
    for (int g = 0; g < net.n_gen; ++g) {
        const int b = net.gen_bus[g];
        if (net.regulates(g) || gen_in[g] == 0 || kind[b] == BusKind::dead) continue;
        solution.gen_q[g] = net.q_mode[g] == ReactiveMode::q_of_v ? net.q_curve[g].at(solution.vm[b])
                                                                  : net.scheduled_q(g, solution.gen_p[g]);
    }
}

}  // namespace araz

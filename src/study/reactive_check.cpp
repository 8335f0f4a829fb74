// Where the regulated buses of a solved state rest, from its own numbers rather than from the control's memory.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "results.hpp"

namespace araz {

namespace {

// What holds one voltage: a regulated bus, or several that are joined without impedance. Sums over units and converters, p.u.
struct Station {
    int holder = -1;  ///< bus whose set-point counts: the reference, else the first in the file
    int units = 0;
    double q = 0.0, q_min = 0.0, q_max = 0.0;
    Pin pin = Pin::none;
};

std::vector<int> joined_buses(const Network& net, const Solution& solution) {
    std::vector<int> root(static_cast<std::size_t>(net.n_bus));
    std::iota(root.begin(), root.end(), 0);
    const auto find = [&](int b) {
        while (root[b] != b) b = root[b] = root[root[b]];
        return b;
    };
    for (int l = 0; l < net.n_branch; ++l) {
        if (net.merged[l] == 0 || (!solution.branch_out.empty() && solution.branch_out[l] != 0)) continue;
        const int a = find(net.from[l]);
        const int b = find(net.to[l]);
        root[std::max(a, b)] = std::min(a, b);
    }
    for (int b = 0; b < net.n_bus; ++b) root[b] = find(b);
    return root;
}

// By the first bus of each; without a holder where nothing regulates.
std::vector<Station> stations(const ElectricalModel& model, const Solution& solution) {
    const Network& net = *model.network;
    const std::vector<int> root = joined_buses(net, solution);
    std::vector<unsigned char> shared(static_cast<std::size_t>(net.n_bus), 0);  // those that are held from elsewhere
    for (const SharedRegulation& held : solution.regulations) shared[root[held.bus]] = 1;
    std::vector<Station> out(static_cast<std::size_t>(net.n_bus));
    for (int b = 0; b < net.n_bus; ++b) {
        if (!solver::holds_voltage(model.kind[b]) || solution.live[b] == 0 || shared[root[b]] != 0) continue;
        Station& at = out[root[b]];
        for (int k = net.gen_start[b]; k < net.gen_start[b + 1]; ++k) {
            const int g = net.gens_at[k];
            if (!net.holds_own_bus(g)) continue;
            const ReactiveRange range = reactive_range(net, g, solution.gen_p[g]);
            ++at.units;
            at.q += solution.gen_q[g];
            at.q_min += range.min;
            at.q_max += range.max;
        }
        if (at.holder < 0 || (is_reference(model.kind[b]) && !is_reference(model.kind[at.holder]))) at.holder = b;
        if (solution.pin[b] != Pin::none) at.pin = solution.pin[b];
    }
    return out;
}

// Counts with the largest of what they count, p.u.
struct Counter {
    ReactiveLimitCheck& check;
    double largest = 0.0;

    void see_beyond(double beyond, std::int64_t bus) {
        if (!(beyond > check.tolerance_pu)) return;
        ++check.beyond_limits;
        if (beyond > largest) check.largest_violation_bus = bus;
        largest = std::max(largest, beyond);
    }
    void see_wrong(double wrong, std::int64_t bus) {
        if (!(wrong > check.tolerance_pu)) return;
        ++check.wrong_side;
        if (wrong > check.largest_wrong_side_pu) check.wrong_side_bus = bus;
        check.largest_wrong_side_pu = std::max(check.largest_wrong_side_pu, wrong);
    }
};

void count(const Network& net, const Solution& solution, const Station& at, Counter& counter) {
    ReactiveLimitCheck& check = counter.check;
    const std::int64_t bus = number(net.bus_id[at.holder]);
    ++check.buses;
    ++(at.pin == Pin::q_max ? check.pinned_q_max : at.pin == Pin::q_min ? check.pinned_q_min : check.held);
    counter.see_beyond(at.pin == Pin::q_max   ? std::abs(at.q - at.q_max)
                       : at.pin == Pin::q_min ? std::abs(at.q - at.q_min)
                                              : std::max({0.0, at.q - at.q_max, at.q_min - at.q}),
                       bus);
    if (at.pin == Pin::none || at.q_max - at.q_min <= check.tolerance_pu) return;
    counter.see_wrong((at.pin == Pin::q_max ? 1.0 : -1.0) * (solution.vm[at.holder] - net.v_set[at.holder]), bus);
}

// Units that hold a bus together: each has limits of its own, and the voltage is free when all stand at them.
void count(const Network& net, const Solution& solution, const SharedRegulation& held, Counter& counter) {
    ReactiveLimitCheck& check = counter.check;
    const double above = solution.vm[held.bus] - held.v_set;
    bool high = false, low = false;
    double beyond = 0.0, wrong = 0.0;
    for (std::size_t k = 0; k < held.units.size(); ++k) {
        const int g = held.units[k];
        const ReactiveRange range = reactive_range(net, g, solution.gen_p[g]);
        const double q = solution.gen_q[g];
        const Pin pin = held.pins[k];
        if (pin == Pin::none) {
            beyond = std::max({beyond, q - range.max, range.min - q});
            continue;
        }
        (pin == Pin::q_max ? high : low) = true;
        beyond = std::max(beyond, std::abs(q - (pin == Pin::q_max ? range.max : range.min)));
        if (range.max - range.min > check.tolerance_pu) wrong = std::max(wrong, pin == Pin::q_max ? above : -above);
    }
    const std::int64_t bus = number(net.bus_id[held.bus]);
    ++check.buses;
    if (!held.exhausted) ++check.held;
    else ++((high != low ? high : above <= 0.0) ? check.pinned_q_max : check.pinned_q_min);
    counter.see_beyond(beyond, bus);
    if (held.exhausted) counter.see_wrong(wrong, bus);
}

}  // namespace

ReactiveLimitCheck check_reactive_limits(const ElectricalModel& model, const Solution& solution, double tolerance) {
    const Network& net = *model.network;
    ReactiveLimitCheck check;
    check.tolerance_pu = 10.0 * std::max(tolerance, solution.max_mismatch);
    Counter counter{check};
    for (const Station& at : stations(model, solution))
        if (at.units > 0) count(net, solution, at, counter);
    for (const SharedRegulation& held : solution.regulations) count(net, solution, held, counter);
    check.largest_violation_mvar = counter.largest * net.base_mva;
    return check;
}

}  // namespace araz

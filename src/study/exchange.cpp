#include "araz/study/exchange.hpp"

#include <algorithm>
#include <cmath>

#include "results.hpp"

namespace araz {

namespace {

constexpr double exchange_tolerance = 1e-6;  // p.u.: 1e-4 MW on 100 MVA
constexpr int max_exchange_rounds = 30;

std::vector<int> groups(const ExchangeSides& sides) {
    std::vector<int> group(sides.in_from.size(), 2);
    for (std::size_t b = 0; b < group.size(); ++b) {
        if (sides.in_from[b] != 0) group[b] = 0;
        if (sides.in_to[b] != 0) group[b] = 1;
    }
    return group;
}

std::vector<unsigned char> members(const std::vector<int>& group, int wanted) {
    std::vector<unsigned char> in(group.size(), 0);
    for (std::size_t b = 0; b < group.size(); ++b) in[b] = group[b] == wanted ? 1 : 0;
    return in;
}

// What the base state sets for every unit. In scheduled mode the file's schedule: the slack follows.
std::vector<double> base_outputs(const Network& net, ExchangeMode mode, const Solution& base) {
    return mode == ExchangeMode::net ? base.gen_p : net.pg;
}

std::vector<double> exports_at(const ElectricalModel& model, const Solution& solution, const std::vector<int>& group) {
    std::vector<solver::BranchFlow> flows;
    branch_flows(model, solution, flows);
    return net_exports(*model.network, group, 3, flows, solution);
}

}  // namespace

/// Change of infeed of each group, p.u.
struct Exchange::Shifts {
    double from = 0.0, to = 0.0, rest = 0.0;
};

Exchange::Exchange(ModelPtr model, ExchangeMode mode, KeyKind key, ExchangeSides sides, const Solution& base)
    : model_(std::move(model)),
      mode_(mode),
      sides_(std::move(sides)),
      group_(groups(sides_)),
      base_p_(base_outputs(*model_->network, mode, base)),
      base_export_(exports_at(*model_, base, group_)),
      source_(*model_->network, key, true, base_p_, sides_.in_from, mode == ExchangeMode::scheduled),
      sink_(*model_->network, key, false, base_p_, sides_.in_to, mode == ExchangeMode::scheduled),
      source_back_(*model_->network, key, false, base_p_, sides_.in_from, mode == ExchangeMode::scheduled),
      sink_back_(*model_->network, key, true, base_p_, sides_.in_to, mode == ExchangeMode::scheduled),
      rest_up_(*model_->network, KeyKind::pg, true, base_p_, members(group_, 2), false),
      rest_down_(*model_->network, KeyKind::pg, false, base_p_, members(group_, 2), false) {
    join_islands();
}

namespace {

double room_in(const ShiftKey& key, const std::vector<unsigned char>& inside) {
    double room = 0.0;
    for (const Participant& p : key.participants())
        if (inside[key.bus_of(p)] != 0) room += p.room;
    return room;
}

// What more can leave (or enter) an island over a DC line.
double headroom(const Network& net, int dc, double p, double sign) {
    return std::max(0.0, sign > 0.0 ? net.dc_pmax[dc] - p : p - net.dc_pmin[dc]);
}

}  // namespace

// In each synchronous island what the source units give must be taken by sink units of the same island or
// carried away by DC lines. So the units of an island move by at most what finds a counterpart, and in
// proportion to that; DC lines serve the islands that hold one side only.
void Exchange::join_islands() {
    const Network& net = *model_->network;
    if (net.n_island < 2) return;
    const std::size_t n = static_cast<std::size_t>(net.n_island);
    std::vector<std::vector<unsigned char>> inside(n, std::vector<unsigned char>(static_cast<std::size_t>(net.n_bus), 0));
    for (int b = 0; b < net.n_bus; ++b)
        if (net.island[b] >= 0) inside[net.island[b]][b] = 1;
    std::vector<double> source_room(n), sink_room(n), carried_in(n, 0.0), carried_out(n, 0.0);
    for (std::size_t k = 0; k < n; ++k) {
        source_room[k] = room_in(source_, inside[k]);
        sink_room[k] = room_in(sink_, inside[k]);
    }
    const auto one_sided = [&](int k) { return (source_room[k] > 0.0) != (sink_room[k] > 0.0); };
    for (int dc = 0; dc < net.n_dc; ++dc) {
        const int f = net.island[net.dc_from(dc)];
        const int t = net.island[net.dc_to(dc)];
        if (f == t || f < 0 || t < 0 || (!one_sided(f) && !one_sided(t))) continue;
        const int own = one_sided(f) ? f : t;
        const int other = own == f ? t : f;
        const bool source_side = source_room[own] > 0.0;
        if (source_side ? !(sink_room[other] > 0.0) : !(source_room[other] > 0.0)) continue;
        const double sign = (f == own) == source_side ? 1.0 : -1.0;
        const double room = headroom(net, dc, -base_p_[net.n_unit + 2 * dc], sign);
        links_.push_back({dc, source_side, sign, room, inside[own]});
        (source_side ? carried_out : carried_in)[own] += room;
        (source_side ? carried_in : carried_out)[other] += room;
    }
    for (Link& link : links_) {
        const int own = link.in_island[net.dc_from(link.dc)] != 0 ? net.island[net.dc_from(link.dc)]
                                                                  : net.island[net.dc_to(link.dc)];
        const double all = link.source_side ? carried_out[own] : carried_in[own];
        link.share = all > 0.0 ? link.share / all : 0.0;
    }
    for (std::size_t k = 0; k < n; ++k) {
        // Counterparts: units of the other side here, and what comes or goes by DC.
        const double out = std::min(source_room[k], sink_room[k] > 0.0 ? sink_room[k] + carried_out[k] : carried_out[k]);
        const double in = std::min(sink_room[k], source_room[k] > 0.0 ? source_room[k] + carried_in[k] : carried_in[k]);
        source_.limit_group(inside[k], out);
        sink_.limit_group(inside[k], in);
    }
}

// Power at the from end of each DC line for a shift, p.u.
std::vector<double> Exchange::dc_set_points(double shift) const {
    const Network& net = *model_->network;
    std::vector<double> p(static_cast<std::size_t>(net.n_dc));
    for (int dc = 0; dc < net.n_dc; ++dc) p[dc] = -base_p_[net.n_unit + 2 * dc];
    const auto moved_in = [&](const ShiftKey& key, const std::vector<unsigned char>& inside) {
        const std::vector<double> share = key.shares(shift);
        double sum = 0.0;
        for (std::size_t k = 0; k < share.size(); ++k)
            if (inside[key.bus_of(key.participants()[k])] != 0) sum += share[k];
        return sum;
    };
    // A line between a source-only and a sink-only island stands in both lists and moves once.
    std::vector<unsigned char> moved(static_cast<std::size_t>(net.n_dc), 0);
    for (const Link& link : links_) {
        if (moved[link.dc] != 0) continue;
        moved[link.dc] = 1;
        const double amount = link.sign * link.share * moved_in(link.source_side ? source_ : sink_, link.in_island);
        // The amount is metered at the exporting end: power from `to` to `from` is sent at the to end.
        p[link.dc] = link.sign > 0.0 ? p[link.dc] + amount
                                     : net.dc_sent_for(link.dc, net.dc_delivered(link.dc, p[link.dc]) + amount);
    }
    return p;
}

std::vector<double> Exchange::direction(double shift) const {
    const Network& net = *model_->network;
    std::vector<double> column(2 * static_cast<std::size_t>(net.n_bus), 0.0);
    const double room = std::min(source_.capacity(), sink_.capacity());
    const double step = 1e-4 * (std::isfinite(room) ? std::max(room, 1e-6) : 1.0);
    const double at = std::max(0.0, std::min(shift, room - step));
    const auto add = [&](const ShiftKey& key, double sign) {
        const std::vector<double> here = key.shares(at);
        const std::vector<double> there = key.shares(at + step);
        for (std::size_t k = 0; k < here.size(); ++k) {
            const Participant& p = key.participants()[k];
            const double share = sign * (there[k] - here[k]) / step;
            const int bus = key.bus_of(p);
            column[2 * bus] += share;
            if (key.kind() == KeyKind::load && p.base > 0.0) column[2 * bus + 1] += share * net.q_load[bus] / p.base;
        }
    };
    add(source_, 1.0);
    add(sink_, -1.0);
    if (links_.empty()) return column;
    const std::vector<double> here = dc_set_points(at);
    const std::vector<double> there = dc_set_points(at + step);
    for (int dc = 0; dc < net.n_dc; ++dc) {
        column[2 * net.dc_from(dc)] -= (there[dc] - here[dc]) / step;
        column[2 * net.dc_to(dc)] += (net.dc_delivered(dc, there[dc]) - net.dc_delivered(dc, here[dc])) / step;
    }
    return column;
}

Scenario Exchange::scenario_for(const Shifts& shifts, double shift) const {
    Scenario scenario;
    // Every unit at its base output first: in net mode that includes the slack's.
    for (int g = 0; g < static_cast<int>(base_p_.size()); ++g) scenario.generator_p.push_back({g, base_p_[g]});
    const auto move = [&](double amount, const ShiftKey& up, const ShiftKey& down) {
        if (amount > 0.0) up.apply(amount, scenario);
        if (amount < 0.0) down.apply(-amount, scenario);
    };
    move(shifts.from, source_, source_back_);
    move(shifts.to, sink_back_, sink_);
    move(shifts.rest, rest_up_, rest_down_);
    if (links_.empty()) return scenario;
    // The lines carry the shift itself; what the areas add for losses stays inside them.
    const Network& net = *model_->network;
    const std::vector<double> p = dc_set_points(shift);
    for (int dc = 0; dc < net.n_dc; ++dc) {
        scenario.generator_p.push_back({net.n_unit + 2 * dc, -p[dc]});
        scenario.generator_p.push_back({net.n_unit + 2 * dc + 1, net.dc_delivered(dc, p[dc])});
    }
    return scenario;
}

void Exchange::measure(const Engine& engine, ExchangePoint& point, std::vector<double>& exported) const {
    std::vector<solver::BranchFlow> flows;
    branch_flows(engine.model(), point.intact, flows);
    exported = net_exports(engine.network(), group_, 3, flows, point.intact);
    point.net_export = exported[0];
    point.loss = 0.0;
    for (const auto& flow : flows) point.loss += flow.p_from + flow.p_to;
}

ExchangePoint Exchange::solve(Engine& engine, double shift, const Solution& warm) const {
    if (mode_ == ExchangeMode::net) return solve_net(engine, shift, warm);
    ExchangePoint point;
    point.shift = shift;
    if (shift > source_.capacity()) point.status = PointStatus::source_exhausted;
    else if (shift > sink_.capacity()) point.status = PointStatus::sink_exhausted;
    if (point.status != PointStatus::ok) return point;
    point.scenario = scenario_for({shift, -shift, 0.0}, shift);
    point.intact = engine.solve_from(point.scenario, warm);
    if (!point.intact.solved()) {
        point.status = PointStatus::unsolved;
        return point;
    }
    std::vector<double> exported;
    measure(engine, point, exported);
    return point;
}

// Fixed point on the infeed of each group: after a solve, every group's schedule becomes its actual
// infeed plus what its net position lacks. What the iteration leaves over is the second-order change of
// losses, so it contracts by about the marginal loss factor (a few per cent) per round.
ExchangePoint Exchange::solve_net(Engine& engine, double shift, const Solution& warm) const {
    const Network& net = *model_->network;
    ExchangePoint point;
    point.shift = shift;
    Shifts shifts{shift, -shift, 0.0};
    const Solution* start = &warm;
    const bool rest_can_move = rest_down_.capacity() > 0.0;
    for (int round = 0; round < max_exchange_rounds; ++round) {
        if (shifts.from > source_.capacity() * (1.0 + 1e-12)) point.status = PointStatus::source_exhausted;
        else if (-shifts.to > sink_.capacity() * (1.0 + 1e-12)) point.status = PointStatus::sink_exhausted;
        if (point.status != PointStatus::ok) return point;
        point.scenario = scenario_for(shifts, shift);
        Solution next = engine.solve_from(point.scenario, *start);
        point.intact = std::move(next);
        start = &point.intact;
        if (!point.intact.solved()) {
            point.status = PointStatus::unsolved;
            return point;
        }
        std::vector<double> exported;
        measure(engine, point, exported);

        // What each group's slack units gave beyond their schedule.
        double beyond[3] = {0.0, 0.0, 0.0};
        std::vector<double> scheduled(base_p_);
        for (const GeneratorSetting& setting : point.scenario.generator_p) scheduled[setting.generator] = setting.p;
        for (int g = 0; g < net.n_unit; ++g)
            if (net.island[net.gen_bus[g]] >= 0)
                beyond[group_[net.gen_bus[g]]] += point.intact.gen_p[g] - scheduled[g];
        const double lacks_from = base_export_[0] + shift - exported[0];
        const double lacks_rest = rest_can_move ? base_export_[2] - exported[2] : 0.0;
        const double error = std::max({std::abs(lacks_from), std::abs(lacks_rest), std::abs(beyond[0]),
                                       std::abs(beyond[1]), rest_can_move ? std::abs(beyond[2]) : 0.0});
        if (error < exchange_tolerance) return point;
        shifts.from += beyond[0] + lacks_from;
        shifts.rest += rest_can_move ? beyond[2] + lacks_rest : 0.0;
        shifts.to += beyond[1] - lacks_from - lacks_rest + (rest_can_move ? 0.0 : beyond[2]);
    }
    point.status = PointStatus::unsolved;
    point.settled = false;
    return point;
}

}  // namespace araz

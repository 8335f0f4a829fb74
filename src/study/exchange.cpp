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

Exchange::Exchange(ModelPtr model, ExchangeMode mode, const KeyChoice& key, ExchangeSides sides, const Solution& base)
    : model_(std::move(model)),
      mode_(mode),
      sides_(std::move(sides)),
      group_(groups(sides_)),
      base_p_(base_outputs(*model_->network, mode, base)),
      base_export_(exports_at(*model_, base, group_)),
      source_(*model_->network, key, true, base_p_, sides_.in_from, mode == ExchangeMode::scheduled),
      sink_(*model_->network, key, false, base_p_, sides_.in_to, mode == ExchangeMode::scheduled) {
    join_islands();
    make_cells(key, base);
}

namespace {

double room_in(const ShiftKey& key, const std::vector<unsigned char>& inside) {
    double room = 0.0;
    for (const Participant& p : key.participants())
        if (inside[key.bus_of(p)] != 0) room += p.room;
    return room;
}

// What more can leave an island over a DC line in the direction `sign`, metered at the exporting end.
double headroom(const Network& net, int dc, double p, double sign) {
    const DcLaw& law = net.dc_law[dc];
    const double room = sign > 0.0 ? dc_flow(law, p).p_from - dc_flow(law, net.dc_pmax[dc]).p_from
                                   : dc_flow(law, p).p_to - dc_flow(law, net.dc_pmin[dc]).p_to;
    return std::max(0.0, room);
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
        const double room = headroom(net, dc, net.dc_power_of(dc, base_p_), sign);
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
        const bool bound = (source_room[k] > out && carried_out[k] > 0.0) || (sink_room[k] > in && carried_in[k] > 0.0);
        for (const Link& link : links_)
            if (bound && dc_bound_ < 0 && (net.island[net.dc_from(link.dc)] == static_cast<int>(k) ||
                                           net.island[net.dc_to(link.dc)] == static_cast<int>(k)))
                dc_bound_ = link.dc;
    }
}

void Exchange::make_cells(const KeyChoice& key, const Solution& base) {
    const Network& net = *model_->network;
    cell_of_.assign(static_cast<std::size_t>(net.n_bus), -1);
    const bool skip_slack = mode_ == ExchangeMode::scheduled;
    const KeyChoice rest_key = KeyKind::pg;
    for (int island = 0; island < net.n_island; ++island)
        for (int group = 0; group < 3; ++group) {
            std::vector<unsigned char> in(static_cast<std::size_t>(net.n_bus), 0);
            bool any = false;
            for (int b = 0; b < net.n_bus; ++b) {
                in[b] = net.island[b] == island && group_[b] == group ? 1 : 0;
                if (in[b] == 0) continue;
                any = true;
                cell_of_[b] = static_cast<int>(cells_.size());
            }
            if (!any) continue;
            // Neither side's areas scale their own schedule, whatever the key of the shift is.
            const KeyChoice& kind = group == 2 ? rest_key : key;
            const bool skip = skip_slack && group != 2;
            Cell cell{island, group, ShiftKey(net, kind, true, base_p_, in, skip),
                      ShiftKey(net, kind, false, base_p_, in, skip)};
            cell.can_move = group == 2 ? cell.down.capacity() > 0.0
                                       : cell.up.capacity() > 0.0 || cell.down.capacity() > 0.0;
            cells_.push_back(std::move(cell));
        }
    std::vector<solver::BranchFlow> flows;
    branch_flows(*model_, base, flows);
    const std::vector<double> exported = net_exports(net, cell_of_, static_cast<int>(cells_.size()), flows, base);
    for (std::size_t c = 0; c < cells_.size(); ++c) cells_[c].base_export = exported[c];
    choose_balancing_cells();
}

// The importing side takes what is left over; where an island holds none of it that can move, the areas
// outside the exchange do, and last the exporting side, whose exports its DC lines then fix.
void Exchange::choose_balancing_cells() {
    for (int island = 0; island < model_->network->n_island; ++island)
        for (const int group : {1, 2, 0}) {
            const auto found = std::find_if(cells_.begin(), cells_.end(), [&](const Cell& cell) {
                return cell.island == island && cell.group == group && cell.can_move;
            });
            if (found == cells_.end()) continue;
            found->balances = true;
            break;
        }
}

// What each cell adds to its infeed for a shift, before any correction for losses; p.u.
std::vector<double> Exchange::cell_shares(double shift) const {
    std::vector<double> moved(cells_.size(), 0.0);
    const auto add = [&](const ShiftKey& key, double sign) {
        const std::vector<double> share = key.shares(shift);
        for (std::size_t k = 0; k < share.size(); ++k)
            moved[cell_of_[key.bus_of(key.participants()[k])]] += sign * share[k];
    };
    add(source_, 1.0);
    add(sink_, -1.0);
    return moved;
}

// Whether the cells of both sides can move so far in the direction of the exchange.
PointStatus Exchange::room_for(const std::vector<double>& moved) const {
    for (std::size_t c = 0; c < cells_.size(); ++c) {
        if (cells_[c].group == 0 && moved[c] > cells_[c].up.capacity() * (1.0 + 1e-12))
            return PointStatus::source_exhausted;
        if (cells_[c].group == 1 && -moved[c] > cells_[c].down.capacity() * (1.0 + 1e-12))
            return PointStatus::sink_exhausted;
    }
    return PointStatus::ok;
}

// Power that each DC line is set to for a shift, p.u.
std::vector<double> Exchange::dc_set_points(double shift) const {
    const Network& net = *model_->network;
    std::vector<double> p(static_cast<std::size_t>(net.n_dc));
    for (int dc = 0; dc < net.n_dc; ++dc) p[dc] = net.dc_power_of(dc, base_p_);
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
        const DcLaw& law = net.dc_law[link.dc];
        const DcFlow flow = dc_flow(law, p[link.dc]);
        p[link.dc] = link.sign > 0.0 ? dc_power_for_from(law, flow.p_from - amount) : dc_power_for_to(law, flow.p_to + amount);
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
        const DcFlow before = dc_flow(net.dc_law[dc], here[dc]);
        const DcFlow after = dc_flow(net.dc_law[dc], there[dc]);
        column[2 * net.dc_from(dc)] += (after.p_from - before.p_from) / step;
        column[2 * net.dc_to(dc)] += (after.p_to - before.p_to) / step;
    }
    return column;
}

Scenario Exchange::scenario_for(const std::vector<double>& moved, double shift) const {
    Scenario scenario;
    // Every unit at its base output first: in net mode that includes the slack's.
    for (int g = 0; g < static_cast<int>(base_p_.size()); ++g) scenario.generator_p.push_back({g, base_p_[g]});
    for (std::size_t c = 0; c < cells_.size(); ++c) {
        if (moved[c] > 0.0) cells_[c].up.apply(moved[c], scenario);
        if (moved[c] < 0.0) cells_[c].down.apply(-moved[c], scenario);
    }
    if (links_.empty()) return scenario;
    // The lines carry the shift itself; what the areas add for losses stays inside them.
    const Network& net = *model_->network;
    const std::vector<double> p = dc_set_points(shift);
    for (int dc = 0; dc < net.n_dc; ++dc) {
        const DcFlow flow = dc_flow(net.dc_law[dc], p[dc]);
        scenario.generator_p.push_back({net.n_unit + 2 * dc, flow.p_from});
        scenario.generator_p.push_back({net.n_unit + 2 * dc + 1, flow.p_to});
    }
    return scenario;
}

// Fills the net position and the losses of a solved point; the net position of each cell comes back, p.u.
std::vector<double> Exchange::measure(const Engine& engine, ExchangePoint& point) const {
    std::vector<solver::BranchFlow> flows;
    branch_flows(engine.model(), point.intact, flows);
    point.net_export = net_exports(engine.network(), group_, 3, flows, point.intact)[0];
    point.loss = 0.0;
    for (const auto& flow : flows) point.loss += flow.p_from + flow.p_to;
    return net_exports(engine.network(), cell_of_, static_cast<int>(cells_.size()), flows, point.intact);
}

ExchangePoint Exchange::solve(Engine& engine, double shift, const Solution& warm, const ExchangePoint* near) const {
    if (mode_ == ExchangeMode::net) return solve_net(engine, shift, warm, near);
    ExchangePoint point;
    point.shift = shift;
    if (shift > source_.capacity()) point.status = PointStatus::source_exhausted;
    else if (shift > sink_.capacity()) point.status = PointStatus::sink_exhausted;
    if (point.status != PointStatus::ok) return point;
    point.scenario = scenario_for(cell_shares(shift), shift);
    point.intact = engine.solve_from(point.scenario, warm);
    if (!point.intact.solved()) {
        point.status = PointStatus::unsolved;
        return point;
    }
    static_cast<void>(measure(engine, point));
    return point;
}

// Net position each cell is to have, p.u.; that of a balancing cell is not used.
std::vector<double> Exchange::wanted_exports(const std::vector<double>& shares, double shift) const {
    const Network& net = *model_->network;
    // Cells of the exporting side that feed each other by DC lose more on the way. What counts is the
    // net position of the whole side, so those that can be set send that much more.
    double lost_inside = 0.0;
    const std::vector<double> p = dc_set_points(shift);
    for (int dc = 0; dc < net.n_dc; ++dc) {
        if (group_[net.dc_from(dc)] != 0 || group_[net.dc_to(dc)] != 0) continue;
        const auto lost = [&](double power) {
            const DcFlow flow = dc_flow(net.dc_law[dc], power);
            return -(flow.p_from + flow.p_to);
        };
        lost_inside += lost(p[dc]) - lost(net.dc_power_of(dc, base_p_));
    }
    const auto can_be_set = [&](std::size_t c) {
        return cells_[c].group == 0 && cells_[c].can_move && !cells_[c].balances && shares[c] > 0.0;
    };
    double set_share = 0.0;
    for (std::size_t c = 0; c < cells_.size(); ++c) set_share += can_be_set(c) ? shares[c] : 0.0;
    std::vector<double> wanted(cells_.size());
    for (std::size_t c = 0; c < cells_.size(); ++c) {
        wanted[c] = cells_[c].base_export + (cells_[c].group == 0 ? shares[c] : 0.0);
        if (can_be_set(c)) wanted[c] += lost_inside * shares[c] / set_share;
    }
    return wanted;
}

// One correction of the infeed of each cell towards the `wanted` net positions; the largest error comes back.
double Exchange::correct(const std::vector<double>& wanted, const ExchangePoint& point,
                         const std::vector<double>& exported, std::vector<double>& moved) const {
    const Network& net = *model_->network;
    // What the slack units of each cell gave beyond their schedule.
    std::vector<double> beyond(cells_.size(), 0.0);
    std::vector<double> scheduled(base_p_);
    for (const GeneratorSetting& setting : point.scenario.generator_p) scheduled[setting.generator] = setting.p;
    for (int g = 0; g < net.n_unit; ++g) {
        const int cell = cell_of_[net.gen_bus[g]];
        if (cell >= 0) beyond[cell] += point.intact.gen_p[g] - scheduled[g];
    }
    double error = 0.0;
    std::vector<double> left_over(static_cast<std::size_t>(net.n_island), 0.0);
    for (std::size_t c = 0; c < cells_.size(); ++c) {
        const Cell& cell = cells_[c];
        if (cell.balances) {
            error = std::max(error, std::abs(beyond[c]));
            continue;
        }
        if (!cell.can_move) {
            left_over[cell.island] += beyond[c];
            error = std::max(error, std::abs(beyond[c]));
            continue;
        }
        const double lacks = wanted[c] - exported[c];
        error = std::max({error, std::abs(lacks), std::abs(beyond[c])});
        moved[c] += beyond[c] + lacks;
        left_over[cell.island] -= lacks;
    }
    for (std::size_t c = 0; c < cells_.size(); ++c)
        if (cells_[c].balances) moved[c] += beyond[c] + left_over[cells_[c].island];
    return error;
}

// Fixed point on the infeed of each cell: after a solve, its schedule becomes its actual infeed plus what
// its net position lacks. What the iteration leaves over is the second-order change of losses, so it
// contracts by about the marginal loss factor (a few per cent) per round.
ExchangePoint Exchange::solve_net(Engine& engine, double shift, const Solution& warm, const ExchangePoint* near) const {
    ExchangePoint point;
    point.shift = shift;
    const std::vector<double> shares = cell_shares(shift);
    std::vector<double> moved = shares;
    // The change of losses is nearly proportional to the shift.
    if (near != nullptr && near->shift > 0.0 && near->beyond.size() == moved.size())
        for (std::size_t c = 0; c < moved.size(); ++c) moved[c] += near->beyond[c] * shift / near->shift;
    const std::vector<double> wanted = wanted_exports(shares, shift);
    const Solution* start = &warm;
    for (int round = 0; round < max_exchange_rounds; ++round) {
        point.status = room_for(moved);
        if (point.status != PointStatus::ok) return point;
        point.scenario = scenario_for(moved, shift);
        Solution next = engine.solve_from(point.scenario, *start);
        point.intact = std::move(next);
        start = &point.intact;
        if (!point.intact.solved()) {
            point.status = PointStatus::unsolved;
            return point;
        }
        const std::vector<double> exported = measure(engine, point);
        const double error = correct(wanted, point, exported, moved);
        if (error < exchange_tolerance) {
            for (std::size_t c = 0; c < moved.size(); ++c) point.beyond.push_back(moved[c] - shares[c]);
            return point;
        }
    }
    point.status = PointStatus::unsolved;
    point.settled = false;
    return point;
}

}  // namespace araz

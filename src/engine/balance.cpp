#include "balance.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "araz/base/text.hpp"
#include "araz/engine/engine.hpp"

namespace araz {

using solver::BusKind;

ShareCurve::ShareCurve(std::vector<double> weight, std::vector<double> room)
    : weight_(std::move(weight)), room_(std::move(room)) {
    for (std::size_t i = 0; i < weight_.size(); ++i)
        if (!(room_[i] > 0.0)) weight_[i] = 0.0;
    const double sum = std::accumulate(weight_.begin(), weight_.end(), 0.0);
    for (double& w : weight_) w = sum > 0.0 ? w / sum : 0.0;
    for (std::size_t i = 0; i < weight_.size(); ++i)
        if (weight_[i] > 0.0) order_.push_back(static_cast<int>(i));
    const auto level = [&](int i) { return room_[i] / weight_[i]; };
    std::stable_sort(order_.begin(), order_.end(), [&](int a, int b) { return level(a) < level(b); });
    weight_left_.assign(order_.size() + 1, 0.0);
    full_room_.assign(order_.size() + 1, 0.0);
    for (std::size_t k = order_.size(); k-- > 0;) weight_left_[k] = weight_left_[k + 1] + weight_[order_[k]];
    for (std::size_t k = 0; k < order_.size(); ++k) full_room_[k + 1] = full_room_[k] + room_[order_[k]];
    capacity_ = full_room_.back();
}

double ShareCurve::split(double amount, std::span<double> share, std::span<double> slope) const {
    std::fill(share.begin(), share.end(), 0.0);
    std::fill(slope.begin(), slope.end(), 0.0);
    std::size_t k = 0;  // the first participant that is not full
    while (k < order_.size() && full_room_[k] + weight_left_[k] * (room_[order_[k]] / weight_[order_[k]]) < amount) ++k;
    for (std::size_t i = 0; i < k; ++i) share[order_[i]] = room_[order_[i]];
    if (k == order_.size()) return amount - capacity_;
    const double level = (amount - full_room_[k]) / weight_left_[k];
    for (std::size_t i = k; i < order_.size(); ++i) {
        share[order_[i]] = weight_[order_[i]] * level;
        slope[order_[i]] = weight_[order_[i]] / weight_left_[k];
    }
    return 0.0;
}

Balance::Balance(const BalanceInputs& inputs)
    : in_(inputs),
      p0_(inputs.p.begin(), inputs.p.end()),
      p_load0_(inputs.p_load.begin(), inputs.p_load.end()),
      q_load0_(inputs.q_load.begin(), inputs.q_load.end()),
      gen_p0_(inputs.gen_p.begin(), inputs.gen_p.end()) {
    make_groups();
    q_moved_.assign(p0_.size(), 0.0);
    for (Group& group : groups_) {
        add_members(group);
        for (const Member& member : group.members) buses_.push_back(member.bus);
        buses_.push_back(group.reference);
        if (group.last_resort >= 0) buses_.push_back(in_.model->network->gen_bus[group.last_resort]);
    }
    std::sort(buses_.begin(), buses_.end());
    buses_.erase(std::unique(buses_.begin(), buses_.end()), buses_.end());
    restart();
}

// One group per island, or per area of an island whose net position is held, and the rest.
void Balance::make_groups() {
    const Network& net = *in_.model->network;
    std::map<int, int> reference;  // of each part
    for (int b = 0; b < net.n_bus; ++b)
        if (in_.part[b] >= 0 && is_reference(in_.kind[b])) reference.emplace(in_.part[b], b);
    for (const auto& [part, bus] : reference) {
        Group group;
        group.part = part;
        group.reference = bus;
        if (in_.options->mode == SlackMode::area) group.area = net.area[bus];
        groups_.push_back(group);
    }
    if (in_.options->mode != SlackMode::area) return;
    if (in_.targets.empty()) {
        for (Group& group : groups_) group.area = -1;
        return;
    }
    for (const AreaTarget& target : in_.targets) {
        const auto found = reference.find(target.island);
        if (found == reference.end() || net.area[found->second] == target.area) continue;
        Group group;
        group.part = target.island;
        group.area = target.area;
        group.reference = found->second;
        group.interchange = true;
        group.target = target.p;
        groups_.push_back(group);
    }
    for (Group& group : groups_) add_members(group);
    // An area without participants cannot hold anything: its imbalance falls to the balancing area.
    std::erase_if(groups_, [](const Group& group) { return group.interchange && group.members.empty(); });
    for (Group& group : groups_) group.members.clear();
    add_ties();
}

void Balance::add_members(Group& group) {
    const Network& net = *in_.model->network;
    const SlackKey key = in_.options->key;
    std::vector<double> weight_up, weight_down, room_up, room_down;
    const auto belongs = [&](int bus) {
        return in_.part[bus] == group.part && (group.area < 0 || net.area[bus] == group.area);
    };
    const auto add = [&](const Member& member, double up, double down, double more, double less) {
        if (!(up > 0.0 && more > 0.0) && !(down > 0.0 && less > 0.0)) return;
        group.members.push_back(member);
        weight_up.push_back(up);
        weight_down.push_back(down);
        room_up.push_back(more);
        room_down.push_back(less);
    };
    if (key == SlackKey::load) {
        for (int b = 0; b < net.n_bus; ++b) {
            if (!belongs(b) || !(p_load0_[b] > 0.0)) continue;
            Member member{b, b, true, p_load0_[b], q_load0_[b] / p_load0_[b]};
            add(member, p_load0_[b], p_load0_[b], p_load0_[b], std::numeric_limits<double>::infinity());
        }
    } else {
        const std::span<const double> pmin = in_.pmin.empty() ? std::span<const double>(net.pmin) : in_.pmin;
        const std::span<const double> pmax = in_.pmax.empty() ? std::span<const double>(net.pmax) : in_.pmax;
        for (int g = 0; g < net.n_unit; ++g) {
            if (in_.gen_in[g] == 0 || !belongs(net.gen_bus[g])) continue;
            const double p = gen_p0_[g];
            const double up = std::max(0.0, pmax[g] - p);
            const double down = std::max(0.0, p - pmin[g]);
            double weight = 0.0;
            if (key == SlackKey::pmax) weight = std::isfinite(pmax[g]) ? std::max(0.0, pmax[g]) : 0.0;
            if (key == SlackKey::pg) weight = std::max(0.0, p);
            if (key == SlackKey::file)
                weight = in_.options->factors.empty() ? net.source->generators[net.gen_row[g]].apf : in_.options->factors[g];
            const bool by_room = key == SlackKey::headroom;
            // Infinite room has no proportion: such a unit takes no part in this key's direction.
            const auto room_weight = [](double room) { return std::isfinite(room) ? room : 0.0; };
            Member member{g, net.gen_bus[g], false, p, 0.0};
            add(member, by_room ? room_weight(up) : weight, by_room ? room_weight(down) : weight, up, down);
        }
    }
    group.up = ShareCurve(std::move(weight_up), std::move(room_up));
    group.down = ShareCurve(std::move(weight_down), std::move(room_down));
    group.last_resort = -1;
    if (group.interchange && !group.members.empty() && !group.members.front().load)
        group.last_resort = group.members.front().index;
}

void Balance::add_ties() {
    const Network& net = *in_.model->network;
    for (Group& group : groups_) {
        if (!group.interchange) continue;
        const auto inside = [&](int bus) { return in_.part[bus] == group.part && net.area[bus] == group.area; };
        for (int l = 0; l < net.n_branch; ++l) {
            if (!in_.out.empty() && in_.out[l] != 0) continue;
            const bool from = inside(net.from[l]);
            if (from != inside(net.to[l]) && in_.part[net.from[l]] == in_.part[net.to[l]]) group.ties.emplace_back(l, from);
        }
        for (int dc = 0; dc < net.n_dc; ++dc) {
            if (net.area[net.dc_from(dc)] == net.area[net.dc_to(dc)]) continue;
            if (inside(net.dc_from(dc))) group.dc_ends.push_back(net.n_unit + 2 * dc);
            if (inside(net.dc_to(dc))) group.dc_ends.push_back(net.n_unit + 2 * dc + 1);
        }
    }
}

void Balance::restart() {
    std::fill(q_moved_.begin(), q_moved_.end(), 0.0);
    for (Group& group : groups_) {
        group.imbalance = 0.0;
        share(group);
    }
    write();
}

void Balance::share(Group& group) {
    std::vector<double> amount(group.members.size()), slope(group.members.size());
    group.upwards = group.imbalance >= 0.0;
    const ShareCurve& curve = group.upwards ? group.up : group.down;
    const double sign = group.upwards ? 1.0 : -1.0;
    group.unmet = sign * curve.split(std::abs(group.imbalance), amount, slope);
    group.exhausted = std::all_of(slope.begin(), slope.end(), [](double each) { return each == 0.0; });
    for (std::size_t i = 0; i < group.members.size(); ++i) {
        group.members[i].share = sign * amount[i];
        group.members[i].slope = slope[i];
    }
}

void Balance::write() {
    const Network& net = *in_.model->network;
    std::vector<double> q_now(buses_.size(), 0.0);
    for (const int b : buses_) in_.p[b] = p0_[b];
    const auto place = [&](int bus) { return std::lower_bound(buses_.begin(), buses_.end(), bus) - buses_.begin(); };
    for (const Group& group : groups_) {
        for (const Member& member : group.members) {
            in_.p[member.bus] += member.share;
            if (member.load) {
                q_now[place(member.bus)] += member.q_per_p * member.share;
                in_.p_load[member.bus] = member.scheduled - member.share;
                in_.q_load[member.bus] = member.q_per_p * in_.p_load[member.bus];
            } else {
                in_.gen_p[member.index] = member.scheduled + member.share;
            }
        }
        if (group.unmet == 0.0) continue;
        const int bus = group.last_resort >= 0 ? net.gen_bus[group.last_resort] : group.reference;
        in_.p[bus] += group.unmet;
    }
    for (std::size_t k = 0; k < buses_.size(); ++k) {
        in_.q[buses_[k]] += q_now[k] - q_moved_[buses_[k]];
        q_moved_[buses_[k]] = q_now[k];
    }
}

void Balance::advance(std::span<const double> step) {
    for (std::size_t k = 0; k < groups_.size(); ++k) {
        groups_[k].imbalance += step[k];
        share(groups_[k]);
    }
    write();
}

// The emulated DC line that a converter end belongs to, where emulation acts; -1: none.
int Balance::emulation_at(int end) const {
    const ElectricalModel& model = *in_.model;
    const int k = model.emulation_of_dc[(end - model.network->n_unit) / 2];
    return k >= 0 && in_.kind[model.emulation.node(k)] == BusKind::emulation ? k : -1;
}

double Balance::net_export(const Group& group, const solver::VoltageState& state) const {
    const Network& net = *in_.model->network;
    double sum = 0.0;
    for (const auto& [l, at_from] : group.ties) {
        const solver::BranchFlow flow = solver::branch_flow(in_.model->elements.branch[l], state.vm[net.from[l]],
                                                            state.va[net.from[l]], state.vm[net.to[l]], state.va[net.to[l]]);
        sum += at_from ? flow.p_from : flow.p_to;
        const int link = in_.model->link_of_branch[l];
        if (link >= 0) sum += (at_from ? 1.0 : -1.0) * state.va[in_.model->links.node(link)];
    }
    for (const int end : group.dc_ends) {
        if (in_.gen_in[end] == 0) continue;
        const int k = emulation_at(end);
        const solver::Emulation& dc = in_.model->emulation;
        sum -= k < 0 ? in_.gen_p[end] : dc.ends(k, state.va[dc.node(k)]).p[(end - net.n_unit) % 2];
    }
    return sum;
}

void Balance::residuals(const solver::PowerEquations& equations, const solver::PowerFlowProblem& problem,
                        const solver::VoltageState& state, std::span<double> out) const {
    for (std::size_t k = 0; k < groups_.size(); ++k)
        out[k] = groups_[k].interchange ? net_export(groups_[k], state) - groups_[k].target
                                        : equations.active_mismatch(problem, state, groups_[k].reference);
}

void Balance::slopes(int k, std::vector<std::pair<int, double>>& out) const {
    const Group& group = groups_[k];
    out.clear();
    for (const Member& member : group.members)
        if (member.slope != 0.0) out.emplace_back(member.bus, member.slope);
    if (group.exhausted) out.emplace_back(group.last_resort >= 0 ? in_.model->network->gen_bus[group.last_resort] : group.reference, 1.0);
}

bool Balance::moves_reactive() const {
    const Network& net = *in_.model->network;
    for (const Group& group : groups_)
        for (const Member& member : group.members) {
            if (member.load) return true;
            const ReactiveMode mode = net.q_mode[member.index];
            const GeneratorRow& row = net.source->generators[net.gen_row[member.index]];
            const bool by_p = mode == ReactiveMode::fixed_pf || mode == ReactiveMode::q_of_p;
            if (by_p || (mode == ReactiveMode::voltage && row.pc1_mw != row.pc2_mw)) return true;
        }
    return false;
}

void Balance::column(int k, std::span<double> x) const {
    std::vector<std::pair<int, double>> active;
    slopes(k, active);
    for (const auto& [bus, slope] : active) x[2 * bus] += slope;
    for (const Member& member : groups_[k].members)
        if (member.load) x[2 * member.bus + 1] += member.q_per_p * member.slope;
}

double Balance::along(int k, const solver::PowerEquations& equations, const solver::PowerFlowProblem& problem,
                      const solver::VoltageState& state, std::span<const double> step) const {
    const Group& group = groups_[k];
    if (!group.interchange) return -equations.active_along(problem, state, group.reference, step);
    const Network& net = *in_.model->network;
    double sum = 0.0;
    for (const auto& [l, at_from] : group.ties) {
        const solver::BranchAdmittance& y = in_.model->elements.branch[l];
        const int f = net.from[l];
        const int t = net.to[l];
        const double angle = state.va[f] - state.va[t];
        const double c = state.vm[f] * state.vm[t] * std::cos(angle);
        const double s = state.vm[f] * state.vm[t] * std::sin(angle);
        const double own_term = at_from ? 2.0 * y.gff * state.vm[f] * state.vm[f] * step[2 * f + 1]
                                        : 2.0 * y.gtt * state.vm[t] * state.vm[t] * step[2 * t + 1];
        const double by_angle = at_from ? c * y.bft - s * y.gft : -s * y.gtf - c * y.btf;
        const double by_size = at_from ? c * y.gft + s * y.bft : c * y.gtf - s * y.btf;
        sum += own_term + by_angle * (step[2 * f] - step[2 * t]) + by_size * (step[2 * f + 1] + step[2 * t + 1]);
        const int link = in_.model->link_of_branch[l];
        if (link >= 0) sum += (at_from ? 1.0 : -1.0) * step[2 * in_.model->links.node(link)];
    }
    for (const int end : group.dc_ends) {
        const int line = emulation_at(end);
        if (line < 0 || in_.gen_in[end] == 0) continue;
        const solver::Emulation& dc = in_.model->emulation;
        sum -= dc.ends(line, state.va[dc.node(line)]).dp[(end - net.n_unit) % 2] * step[2 * dc.node(line)];
    }
    return sum;
}

double Balance::own(int k, int j) const {
    if (groups_[k].interchange) return 0.0;
    std::vector<std::pair<int, double>> active;
    slopes(j, active);
    double sum = 0.0;
    for (const auto& [bus, slope] : active)
        if (bus == groups_[k].reference) sum += slope;
    return sum;
}

int Balance::bus_of(int k) const { return groups_[k].reference; }

// Lossless: the net position of an area is the sum of its injections, that of an island is zero.
void Balance::balance_dc(std::span<const double> besides) {
    const Network& net = *in_.model->network;
    for (Group& group : groups_) {
        double sum = 0.0;
        for (int b = 0; b < net.n_bus; ++b) {
            if (in_.part[b] != group.part) continue;
            if (!group.interchange || net.area[b] == group.area) sum += p0_[b] + besides[b] - net.g_shunt[b];
        }
        group.imbalance = (group.interchange ? group.target : 0.0) - sum;
    }
    for (Group& group : groups_) {
        if (group.interchange) continue;
        for (const Group& other : groups_)
            if (other.interchange && other.part == group.part) group.imbalance -= other.imbalance;
    }
    for (Group& group : groups_) share(group);
    write();
}

double Balance::unmet() const {
    double largest = 0.0;
    for (const Group& group : groups_) {
        const double gap = group.unmet;
        largest = std::max(largest, std::abs(gap));
    }
    return largest;
}

std::string Balance::why_unmet() const {
    const Network& net = *in_.model->network;
    const Group* worst = nullptr;
    double largest = -1.0;
    for (const Group& group : groups_) {
        const double gap = std::abs(group.unmet);
        if (gap <= largest) continue;
        largest = gap;
        worst = &group;
    }
    if (worst == nullptr) return {};
    const std::string where = worst->area >= 0 ? "area " + net.area_label(worst->area)
                                               : "the island of bus " + net.bus_label(worst->reference);
    const double gap = worst->unmet;
    const std::string size = shortest(std::round(std::abs(gap) * net.base_mva * 1e3) / 1e3) + " MW " + (gap > 0.0 ? "too little" : "too much") +
                             " generation remains in " + where + ": ";
    if (worst->members.empty()) return size + "it has no participant with this slack key";
    return size + "all participants stand at their " + (gap > 0.0 ? "upper" : "lower") + " limit";
}

std::vector<SlackBalance> Balance::report(const Solution& solution) const {
    std::vector<SlackBalance> out;
    for (const Group& group : groups_) {
        SlackBalance balance;
        balance.island = group.part;
        balance.area = group.area;
        balance.reference = group.reference;
        balance.imbalance = group.imbalance;
        balance.unmet = group.unmet;
        balance.interchange = group.interchange;
        balance.target = group.target;
        if (group.interchange) {
            solver::VoltageState state{solution.vm, solution.va};
            state.vm.resize(in_.kind.size(), 0.0);
            state.va.resize(in_.kind.size(), 0.0);
            for (int k = 0; k < static_cast<int>(solution.link_p.size()); ++k)
                state.va[in_.model->links.node(k)] = solution.link_p[k];
            for (int k = 0; k < in_.model->n_emulated(); ++k)
                state.va[in_.model->emulation.node(k)] = in_.model->network->dc_power_of(in_.model->emulated_dc[k], solution.gen_p);
            balance.net_export = net_export(group, state);
        }
        const ShareCurve& curve = group.upwards ? group.up : group.down;
        for (std::size_t i = 0; i < group.members.size(); ++i) {
            const Member& member = group.members[i];
            balance.shares.push_back({member.index, member.load, member.scheduled, member.share, curve.weight()[i],
                                      curve.weight()[i] > 0.0 && member.slope == 0.0});
        }
        out.push_back(std::move(balance));
    }
    return out;
}

std::vector<AreaTarget> net_positions(const ElectricalModel& model, const Solution& solution) {
    const Network& net = *model.network;
    std::vector<solver::BranchFlow> flows;
    branch_flows(model, solution, flows);
    std::map<std::pair<int, int>, double> sums;
    const auto key = [&](int bus) { return std::pair{net.island[bus], net.area[bus]}; };
    for (int b = 0; b < net.n_bus; ++b)
        if (net.island[b] >= 0) sums.emplace(key(b), 0.0);
    for (int l = 0; l < net.n_branch; ++l) {
        if (net.area[net.from[l]] == net.area[net.to[l]] || net.island[net.from[l]] < 0) continue;
        sums[key(net.from[l])] += flows[l].p_from;
        sums[key(net.to[l])] += flows[l].p_to;
    }
    for (int dc = 0; dc < net.n_dc; ++dc) {
        if (net.area[net.dc_from(dc)] == net.area[net.dc_to(dc)]) continue;
        if (net.island[net.dc_from(dc)] >= 0) sums[key(net.dc_from(dc))] -= solution.gen_p[net.n_unit + 2 * dc];
        if (net.island[net.dc_to(dc)] >= 0) sums[key(net.dc_to(dc))] -= solution.gen_p[net.n_unit + 2 * dc + 1];
    }
    std::vector<AreaTarget> out;
    for (const auto& [at, p] : sums) out.push_back({at.first, at.second, p});
    return out;
}

void keep_dispatch(const SlackOptions& options, const ElectricalModel& model, const Solution& base, Scenario& scenario) {
    if (options.mode == SlackMode::reference) return;
    const Network& net = *model.network;
    for (int g = 0; g < net.n_unit; ++g) scenario.generator_p.push_back({g, base.gen_p[g]});
    for (const SlackBalance& balance : base.balances)
        for (const SlackShare& share : balance.shares) {
            if (!share.load || share.share == 0.0) continue;
            const double ratio = net.p_load[share.index] != 0.0 ? net.q_load[share.index] / net.p_load[share.index] : 0.0;
            scenario.load_changes.push_back({share.index, -share.share, -share.share * ratio});
        }
    if (options.mode == SlackMode::area) scenario.area_targets = net_positions(model, base);
}

std::string_view to_string(SlackMode mode) {
    switch (mode) {
        case SlackMode::reference: return "case";
        case SlackMode::distributed: return "distributed";
        case SlackMode::area: return "area";
    }
    return "case";
}

std::string_view to_string(SlackKey key) {
    switch (key) {
        case SlackKey::pmax: return "pmax";
        case SlackKey::headroom: return "headroom";
        case SlackKey::pg: return "pg";
        case SlackKey::load: return "load";
        case SlackKey::file: return "file";
    }
    return "pmax";
}

}  // namespace araz

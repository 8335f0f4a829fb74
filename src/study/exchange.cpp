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
    return net_exports(*model.network, group, 3, flows);
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
      rest_down_(*model_->network, KeyKind::pg, false, base_p_, members(group_, 2), false) {}

Scenario Exchange::scenario_for(const Shifts& shifts) const {
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
    return scenario;
}

void Exchange::measure(const Engine& engine, ExchangePoint& point, std::vector<double>& exported) const {
    std::vector<solver::BranchFlow> flows;
    branch_flows(engine.model(), point.intact, flows);
    exported = net_exports(engine.network(), group_, 3, flows);
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
    point.scenario = scenario_for({shift, -shift, 0.0});
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
        point.scenario = scenario_for(shifts);
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
        for (int g = 0; g < net.n_gen; ++g)
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
    return point;
}

}  // namespace araz

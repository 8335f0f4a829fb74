// What a pack of solved lanes says of its states.
#include "lane_job.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace araz {

namespace {

// Below this a state may be a false root (engine.cpp: 0.45): the scalar engine decides.
constexpr double suspicious_vm = 0.46;

}  // namespace

// In place of what the flows and the voltages listed.
void LaneSweep::list_nearest(const Pack& pack, const std::vector<solver::LaneBranchMask>& out, bool along, solver::LaneFlowArgs& flows,
                             solver::LaneVoltageArgs& voltages) {
    solver::LaneReachArgs args;
    args.branches = branches_.data();
    args.n_branch = static_cast<std::int32_t>(branches_.size());
    args.out = out.data();
    args.n_out = static_cast<std::int32_t>(out.size());
    args.low = vm_low_.data();
    args.high = vm_high_.data();
    args.along = along;
    args.branches_listed = listed_branches_.data();
    args.places_listed = listed_places_.data();
    pack.group.reach(args);
    flows.n_listed = args.n_branches_listed;
    voltages.n_listed = args.n_places_listed;
}

// Branches whose taps are the scenario's own are left out by the kernel.
void LaneSweep::read_taps(const Pack& pack, int lane, solver::LaneFlowArgs& flows, std::vector<int>& branches) const {
    constexpr double wide_angle = 100.0 * std::numbers::pi / 180.0;
    const Network& net = *base_->model_->network;
    const Job& job = *pack.jobs[lane];
    LaneOutcome at;
    at.scenario = &job.scenario;
    at.model = base_->model_.get();
    at.group = &pack.group;
    at.lane = lane;
    const std::size_t before = branches.size();
    for (const auto& [l, y] : job.scenario.taps) {
        if (!job.scenario.branch_out.empty() && job.scenario.branch_out[l] != 0) continue;
        const solver::BranchFlow flow = at.flow(l);
        flows.loss[lane] += flow.p_from + flow.p_to;
        const double across = std::remainder(at.va(net.from[l]) - at.va(net.to[l]) - net.shift[l], 2.0 * std::numbers::pi);
        if (at.vm(net.from[l]) > 0.0 && std::abs(across) > wide_angle) flows.wide |= 1U << lane;
        if (branches_[l].inverse_limit_squared > 0.0) branches.push_back(l);
    }
    std::inplace_merge(branches.begin(), branches.begin() + static_cast<std::ptrdiff_t>(before), branches.end());
}

void LaneSweep::report(Pack& pack) {
    if (pack.finished == 0) return;
    std::vector<solver::LaneBranchMask> out;
    for (std::uint32_t left = pack.finished; left != 0; left &= left - 1) {
        const Job& job = *pack.jobs[std::countr_zero(left)];
        for (const int l : job.branches_out) out.push_back({l, left & -left});
        for (const auto& [l, y] : job.scenario.taps) out.push_back({l, left & -left});
    }
    std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.branch < b.branch; });
    solver::LaneFlowArgs flows;
    flows.branches = branches_.data();
    flows.n_branch = static_cast<std::int32_t>(branches_.size());
    flows.out = out.data();
    flows.n_out = static_cast<std::int32_t>(out.size());
    flows.listed = listed_branches_.data();
    pack.group.flows(flows);
    solver::LaneVoltageArgs voltages;
    voltages.low = vm_low_.data();
    voltages.high = vm_high_.data();
    voltages.listed = listed_places_.data();
    pack.group.voltages(voltages);
    if (directions_.empty()) {
        if (nearest_) list_nearest(pack, out, false, flows, voltages);
        report_lanes(pack, flows, voltages, 0, ~0U);
        return;
    }
    const std::uint32_t no_tangent = pack.group.linearize();
    for (std::size_t d = 0; d < directions_.size(); ++d) {
        pack.group.solve(directions_[d].by_node, directions_[d].of_references);
        if (nearest_) list_nearest(pack, out, true, flows, voltages);
        report_lanes(pack, flows, voltages, static_cast<int>(d), no_tangent);
    }
}

void LaneSweep::report_lanes(Pack& pack, solver::LaneFlowArgs flows, const solver::LaneVoltageArgs& voltages,
                             int direction, std::uint32_t no_tangent) {
    std::vector<int> branches, buses;
    for (std::uint32_t left = pack.finished; left != 0; left &= left - 1) {
        const int lane = std::countr_zero(left);
        const Job& job = *pack.jobs[lane];
        branches.clear();
        buses.clear();
        for (int k = 0; k < flows.n_listed; ++k)
            if (((flows.listed[k].lanes >> lane) & 1U) != 0) branches.push_back(flows.listed[k].branch);
        if (!job.scenario.taps.empty()) read_taps(pack, lane, flows, branches);
        LaneOutcome outcome;
        outcome.item = job.item;
        outcome.scenario = &job.scenario;
        outcome.model = base_->model_.get();
        outcome.group = &pack.group;
        outcome.lane = lane;
        outcome.solved = voltages.lowest[lane] > suspicious_vm && ((flows.wide >> lane) & 1U) == 0;
        outcome.iterations = job.course.iterations();
        outcome.max_mismatch = job.max_mismatch;
        outcome.lost_load = job.scenario.lost_load;
        outcome.lost_generation = job.scenario.lost_generation;
        outcome.lost_buses = static_cast<int>(job.scenario.dead.size());
        outcome.loss = flows.loss[lane];
        outcome.lowest_vm = voltages.lowest[lane];
        outcome.highest_vm = voltages.highest[lane];
        for (int k = 0; k < voltages.n_listed; ++k)
            if (((voltages.listed[k].lanes >> lane) & 1U) != 0)
                buses.push_back(base_->program_->bus_of[voltages.listed[k].place]);
        std::sort(buses.begin(), buses.end());
        outcome.branches = branches;
        outcome.buses = buses;
        outcome.pin = job.pin;
        outcome.direction = direction;
        outcome.has_tangent = ((no_tangent >> lane) & 1U) == 0;
        (*done_)(outcome);
    }
}

}  // namespace araz

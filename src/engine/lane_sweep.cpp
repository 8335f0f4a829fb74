#include "araz/engine/lane_sweep.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

#include "araz/solver/admittance.hpp"
#include "lane_limits.hpp"
#include "lane_scenario.hpp"

namespace araz {

using solver::BusKind;
using solver::LaneChange;

namespace {

// A lane that needs more steps than this in one solve, chords included, is unusual.
constexpr int patience = 20;
// Below this a state may be a false root (engine.cpp: 0.45): the scalar engine decides.
constexpr double suspicious_vm = 0.46;

}  // namespace

/// One outage on its way.
struct LaneSweep::Job {
    int item = 0;
    LoadedScenario scenario;
    LaneChange change;
    bool compensated = false;      ///< takes its first step by compensation
    bool dense = false;            ///< and its injections may differ from the start's anywhere
    ControlList controls;
    bool controls_begun = false;
    std::vector<Pin> pin;
    std::vector<ControlAction> actions;
    std::vector<int> branches_out;
    int round = 1;
    solver::LaneCourse course;
    double max_mismatch = 0.0;
    solver::VoltageState state;    ///< by places, when suspended
    bool suspended = false;
};

/// Lanes at work together.
struct LaneSweep::Pack {
    std::vector<std::unique_ptr<Job>> jobs;
    std::uint32_t active = 0;      ///< not finished, not ejected
    std::uint32_t waiting = 0;     ///< judged and in need of a step
    std::uint32_t solved = 0;      ///< judged and solved, controls not yet asked
    std::uint32_t finished = 0;
    bool mismatch_again = false;
    bool begun = false;            ///< a step has been taken: voltages are no longer those of the start

    /// Those that wait for a step of this kind.
    [[nodiscard]] std::uint32_t wanting(solver::LaneStep step) const {
        std::uint32_t lanes = 0;
        for (std::uint32_t left = waiting; left != 0; left &= left - 1)
            if (jobs[std::countr_zero(left)]->course.wanted() == step) lanes |= left & -left;
        return lanes;
    }
};

LaneSweep::~LaneSweep() = default;

LaneSweep::LaneSweep(std::shared_ptr<const LaneBase> base, solver::Isa isa, const LaneLimits& limits,
                     solver::LanePrecision precision)
    : base_(std::move(base)),
      group_(*base_->program_, solver::lane_kernels(isa, precision)),
      first_(std::make_unique<solver::FirstStep>(*base_->start_)),
      q_low_(base_->regulated_.size() * static_cast<std::size_t>(group_.width())),
      q_high_(base_->regulated_.size() * static_cast<std::size_t>(group_.width())) {
    const Network& net = *base_->model_->network;
    const auto& place_of = base_->program_->place_of;
    for (int l = 0; l < net.n_branch; ++l) {
        const solver::BranchAdmittance& y = base_->model_->elements.branch[l];
        solver::LaneBranch branch{place_of[net.from[l]], place_of[net.to[l]], y.gff, y.bff, y.gft, y.bft, y.gtf, y.btf, y.gtt, y.btt};
        const double limit = limits.branch.empty() ? 0.0 : limits.branch[l];
        if (limit > 0.0 && std::isfinite(limit)) branch.inverse_limit_squared = 1.0 / (limit * limit);
        branch.cos_shift = std::cos(net.shift[l]);
        branch.sin_shift = std::sin(net.shift[l]);
        branches_.push_back(branch);
    }
    nearest_ = limits.nearest;
    vm_low_.assign(static_cast<std::size_t>(net.n_bus), -1.0);
    vm_high_.assign(static_cast<std::size_t>(net.n_bus), 1e300);
    for (std::size_t b = 0; b < limits.vm_low.size(); ++b) {
        // What counts as violated is further out (study/monitor.hpp): here all that may.
        vm_low_[place_of[b]] = limits.vm_low[b];
        vm_high_[place_of[b]] = limits.vm_high[b];
    }
    listed_branches_.resize(branches_.size());
    listed_places_.resize(static_cast<std::size_t>(net.n_bus));
    at_max_.resize(base_->regulated_.size());
    at_min_.resize(base_->regulated_.size());
    patched_ = base_->model_->ybus;
    p_calc_.assign(static_cast<std::size_t>(net.n_bus), 0.0);
    q_calc_ = p_calc_;
    p_ = base_->scenario_.p;
    pin_changed_.assign(static_cast<std::size_t>(net.n_bus), Pin::none);
    state_.vm = p_calc_;
    state_.va = p_calc_;
}

// Rows of Ybus that an outage, a tap or a shunt touches, summed anew from the elements of the scenario.
void LaneSweep::build_rows(const Scenario& outage, Job& job) {
    const ElectricalModel& model = *base_->model_;
    const auto& program = *base_->program_;
    const LoadedScenario& scenario = job.scenario;
    const bool intact = scenario.taps.empty() && scenario.shunts.empty();
    if (outage.branches_out.empty() && intact) return;
    std::vector<int> buses;
    for (const int l : outage.branches_out) buses.insert(buses.end(), {model.pattern.from[l], model.pattern.to[l]});
    for (const auto& [l, y] : scenario.taps) buses.insert(buses.end(), {model.pattern.from[l], model.pattern.to[l]});
    for (const Settings::Shunt& shunt : scenario.shunts) buses.push_back(shunt.bus);
    std::sort(buses.begin(), buses.end());
    buses.erase(std::unique(buses.begin(), buses.end()), buses.end());
    if (!intact && elements_.branch.empty()) elements_ = model.elements;
    for (const auto& [l, y] : scenario.taps) elements_.branch[l] = y;
    for (const Settings::Shunt& shunt : scenario.shunts) elements_.b_shunt[shunt.bus] = shunt.b;
    solver::sum_rows(model.pattern, intact ? model.elements : elements_, buses, scenario.branch_out, patched_);
    for (const int bus : buses) {
        const int node = program.place_of[bus];
        if (node >= program.n_node) continue;
        LaneChange::Row patched;
        patched.node = node;
        for (int k = program.row_start[node]; k < program.row_start[node + 1]; ++k) {
            patched.g.push_back(patched_.g[program.slot[k]]);
            patched.b.push_back(patched_.b[program.slot[k]]);
        }
        job.change.rows.push_back(std::move(patched));
    }
    std::sort(job.change.rows.begin(), job.change.rows.end(), [](const auto& a, const auto& b) { return a.node < b.node; });
    // What was written becomes a fresh copy of the intact values again.
    for (const int bus : buses)
        for (int k = model.pattern.row_start[bus]; k < model.pattern.row_start[bus + 1]; ++k) {
            patched_.g[k] = model.ybus.g[k];
            patched_.b[k] = model.ybus.b[k];
        }
    for (const auto& [l, y] : scenario.taps) elements_.branch[l] = model.elements.branch[l];
    for (const Settings::Shunt& shunt : scenario.shunts) elements_.b_shunt[shunt.bus] = model.elements.b_shunt[shunt.bus];
}

// Held buses start from the set-points of the scenario (Engine::set_start).
void LaneSweep::set_magnitudes(Job& job) {
    if (job.scenario.v_set.empty()) return;
    const auto& place_of = base_->program_->place_of;
    for (int b = 0; b < base_->model_->network->n_bus; ++b) {
        const BusKind kind = job.scenario.kind[b];
        if (kind != BusKind::slack && kind != BusKind::pv) continue;
        const double v = job.scenario.v_set[b];
        if (!std::isnan(v) && v != base_->start_->vm[place_of[b]]) job.change.magnitudes.push_back({place_of[b], v});
    }
}

void LaneSweep::build_change(const Scenario& outage, Job& job) {
    const ElectricalModel& model = *base_->model_;
    const auto& program = *base_->program_;
    LaneChange& change = job.change;
    change.rows.clear();
    change.injections.clear();
    change.kinds.clear();
    change.dead.clear();
    change.magnitudes.clear();
    build_rows(outage, job);
    for (const int bus : job.scenario.changed) {
        const int node = program.place_of[bus];
        if (node >= program.n_node) continue;
        change.injections.push_back({node, job.scenario.p[bus], job.scenario.q[bus]});
        const BusKind kind = job.scenario.kind[bus];
        if (kind != base_->scenario_.kind[bus])
            change.kinds.push_back({node, kind != BusKind::dead, kind == BusKind::pq});
        // A bus that is held no more starts from what it had, not from its set-point.
        if (kind == BusKind::pq && base_->scenario_.kind[bus] == BusKind::pv && base_->warm_vm_[bus] > 0.0 &&
            base_->warm_vm_[bus] != base_->start_->vm[node])
            change.magnitudes.push_back({node, base_->warm_vm_[bus]});
        // And one that starts at its limit, but not after this outage, from its set-point.
        if (kind == BusKind::pv && base_->scenario_.kind[bus] == BusKind::pq && job.scenario.v_set.empty())
            change.magnitudes.push_back({node, model.network->v_set[bus]});
    }
    set_magnitudes(job);
    for (const int bus : job.scenario.dead) change.dead.push_back(program.place_of[bus]);
}

// Where an outage took units of a bus that starts at its limit, the limit is that of the units that remain.
void LaneSweep::resume_changed(Job& job) {
    const Network& net = *base_->model_->network;
    std::vector<int> again;
    for (const int b : job.scenario.changed) {
        if (base_->pin_[b] == Pin::none) continue;
        job.pin[b] = Pin::none;
        const auto begin = net.gens_at.begin() + net.gen_start[b];
        const auto end = net.gens_at.begin() + net.gen_start[b + 1];
        if (std::none_of(begin, end, [&](int g) { return job.scenario.gen_in[g] != 0 && net.holds_own_bus(g); })) continue;
        job.scenario.kind[b] = BusKind::pv;
        pin_changed_[b] = base_->pin_[b];
        again.push_back(b);
    }
    if (again.empty()) return;
    ControlView view = base_->view_of(job.scenario, job.pin);
    for (const auto& control : job.controls) control->resume(view, pin_changed_);
    for (const int b : again) pin_changed_[b] = Pin::none;
}

std::unique_ptr<LaneSweep::Job> LaneSweep::make_job(int item, const Scenario& outage) {
    std::unique_ptr<Job> job;
    if (spare_.empty()) {
        job = std::make_unique<Job>();
        if (base_->options_.controls) job->controls = base_->options_.controls();
    } else {
        job = std::move(spare_.back());
        spare_.pop_back();
    }
    job->item = item;
    job->scenario = base_->scenario_;
    if (!outage.settings.empty()) apply_settings(*base_->model_, outage.settings, job->scenario);
    if (!outage.branches_out.empty() || !outage.generators_out.empty()) take_out(*base_->model_, outage, job->scenario);
    job->pin = base_->pin_;
    if (base_->has_pins_) resume_changed(*job);
    build_change(outage, *job);
    job->dense = !first_->fits(job->change) && first_->fits_dense(job->change);
    job->compensated = job->dense || first_->fits(job->change);
    job->controls_begun = job->suspended = false;
    job->actions.clear();
    job->branches_out = outage.branches_out;
    std::sort(job->branches_out.begin(), job->branches_out.end());
    job->round = 1;
    job->course.reset();
    job->course.begin(job->compensated);
    return job;
}

void LaneSweep::add_direction(const std::vector<double>& by_bus) {
    const auto& program = *base_->program_;
    std::vector<double>& direction = directions_.emplace_back(2 * static_cast<std::size_t>(program.n_node));
    for (int node = 0; node < program.n_node; ++node)
        for (int k = 0; k < 2; ++k) direction[2 * node + k] = by_bus[2 * program.bus_of[node] + k];
}

void LaneSweep::recycle(std::unique_ptr<Job> job) { spare_.push_back(std::move(job)); }

// Limits of the regulated buses lane by lane: those of the start but where an outage took units.
void LaneSweep::load_screen(Pack& pack) {
    const int w = group_.width();
    const std::size_t n = base_->regulated_.size();
    for (std::size_t r = 0; r < n; ++r) {
        std::fill_n(q_low_.data() + r * w, w, base_->q_low_[r]);
        std::fill_n(q_high_.data() + r * w, w, base_->q_high_[r]);
    }
    std::fill(at_max_.begin(), at_max_.end(), std::uint16_t{0});
    std::fill(at_min_.begin(), at_min_.end(), std::uint16_t{0});
    const Network& net = *base_->model_->network;
    for (std::size_t lane = 0; lane < pack.jobs.size(); ++lane) {
        const Job& job = *pack.jobs[lane];
        for (const int b : job.scenario.changed) {
            const int r = base_->regulated_of_[b];
            if (r < 0) continue;
            const LaneQLimits limits =
                screen_limits(bus_reactive_range(net, job.scenario.gen_in, job.scenario.gen_p, b),
                              job.scenario.q_load[b], base_->options_.tolerance);
            q_low_.data()[static_cast<std::size_t>(r) * w + lane] = limits.low;
            q_high_.data()[static_cast<std::size_t>(r) * w + lane] = limits.high;
        }
        if (job.actions.empty() && !base_->has_pins_) continue;
        for (std::size_t r = 0; r < n; ++r) {
            const Pin pin = job.pin[base_->regulated_[r]];
            const auto bit = static_cast<std::uint16_t>(1U << lane);
            if (pin == Pin::q_max) at_max_[r] |= bit;
            if (pin == Pin::q_min) at_min_[r] |= bit;
        }
    }
}

void LaneSweep::eject(Pack& pack, int lane) {
    pack.active &= ~(1U << lane);
    LaneOutcome outcome;
    outcome.item = pack.jobs[lane]->item;
    (*done_)(outcome);
}

// The stopping rule of the scalar solver (solver/powerflow/newton.cpp), lane by lane.
void LaneSweep::judge(Pack& pack, const solver::LaneWorst& worst) {
    const EngineOptions& options = base_->options_;
    for (std::uint32_t left = pack.active & ~pack.waiting & ~pack.solved; left != 0; left &= left - 1) {
        const int lane = std::countr_zero(left);
        Job& job = *pack.jobs[lane];
        switch (job.course.judge(worst.value[lane], options.tolerance, patience)) {
            case solver::LaneCourse::Verdict::solved:
                job.max_mismatch = worst.value[lane];
                pack.solved |= 1U << lane;
                break;
            case solver::LaneCourse::Verdict::goes_on:
                pack.waiting |= 1U << lane;
                break;
            case solver::LaneCourse::Verdict::unusual:
                eject(pack, lane);
                break;
        }
    }
}

// Asks the control itself; what it changed is written back to the lane. True: the lane goes on.
bool LaneSweep::update_control(Pack& pack, int lane) {
    Job& job = *pack.jobs[lane];
    for (std::size_t r = 0; r < base_->regulated_.size(); ++r) {
        const int b = base_->regulated_[r];
        q_calc_[b] = group_.q_calc(lane, base_->regulated_node_[r]);
        state_.vm[b] = group_.vm(lane, base_->regulated_node_[r]);
    }
    ControlView view = base_->view_of(job.scenario, job.pin);
    view.p_calc = p_calc_;
    view.q_calc = q_calc_;
    view.p = p_;
    view.state = &state_;
    view.round = job.round;
    view.actions = &job.actions;
    if (!job.controls_begun)
        for (const auto& control : job.controls) control->begin(view);
    job.controls_begun = true;
    const std::size_t before = job.actions.size();
    ControlAnswer answer = ControlAnswer::stable;
    for (const auto& control : job.controls) {
        answer = control->update(view);
        if (answer != ControlAnswer::stable) break;
    }
    if (answer == ControlAnswer::stable) return false;
    if (answer == ControlAnswer::failed || job.round > base_->options_.max_rounds) {
        eject(pack, lane);
        return true;
    }
    ++job.round;
    job.course.begin(false);
    for (std::size_t k = before; k < job.actions.size(); ++k) {
        const int b = job.actions[k].bus;
        const int node = base_->program_->place_of[b];
        const int r = base_->regulated_of_[b];
        const bool held = job.scenario.kind[b] == BusKind::pv;
        const auto bit = static_cast<std::uint16_t>(1U << lane);
        at_max_[r] = static_cast<std::uint16_t>(job.pin[b] == Pin::q_max ? at_max_[r] | bit : at_max_[r] & ~bit);
        at_min_[r] = static_cast<std::uint16_t>(job.pin[b] == Pin::q_min ? at_min_[r] | bit : at_min_[r] & ~bit);
        job.change.kinds.push_back({node, true, !held});
        job.change.injections.push_back({node, job.scenario.p[b], job.scenario.q[b]});
        if (held) {
            group_.hold_magnitude(lane, node);
            group_.set_vm(lane, node, state_.vm[b]);
        } else {
            group_.free_magnitude(lane, node, job.scenario.q[b]);
        }
    }
    pack.mismatch_again = true;  // judged afresh: as other kinds of bus, or at other voltages
    return true;
}

// The screen compares pinned buses with the set-points of the network; a scenario may have others.
bool LaneSweep::passes_own_set_point(const Job& job, int lane) const {
    if (job.scenario.v_set.empty()) return false;
    const double margin = 9.0 * base_->options_.tolerance;
    for (std::size_t r = 0; r < base_->regulated_.size(); ++r) {
        const Pin pin = job.pin[base_->regulated_[r]];
        if (pin == Pin::none) continue;
        const double above = group_.vm(lane, base_->regulated_node_[r]) - job.scenario.v_set[base_->regulated_[r]];
        if (pin == Pin::q_max ? above > margin : above < -margin) return true;
    }
    return false;
}

void LaneSweep::run_controls(Pack& pack) {
    const std::uint32_t solved = pack.solved;
    pack.solved = 0;
    if (solved == 0) return;
    std::uint32_t wanted = 0;
    if (base_->has_controls_) {
        solver::LaneReactiveScreen screen;
        screen.node = base_->regulated_node_.data();
        screen.n = static_cast<std::int32_t>(base_->regulated_node_.size());
        screen.q_low = q_low_.data();
        screen.q_high = q_high_.data();
        screen.v_set = base_->v_set_.data();
        screen.at_max = at_max_.data();
        screen.at_min = at_min_.data();
        screen.margin = 9.0 * base_->options_.tolerance;
        wanted = group_.reactive_screen(screen) & solved;
    }
    for (std::uint32_t left = base_->has_controls_ ? solved : 0U; left != 0; left &= left - 1)
        if (passes_own_set_point(*pack.jobs[std::countr_zero(left)], std::countr_zero(left))) wanted |= left & (~left + 1);
    for (std::uint32_t left = solved; left != 0; left &= left - 1) {
        const int lane = std::countr_zero(left);
        if (((wanted >> lane) & 1U) != 0 && update_control(pack, lane)) continue;
        pack.finished |= 1U << lane;
        pack.active &= ~(1U << lane);
    }
}

// One step of the lanes that want the kind whose turn it is.
void LaneSweep::take_steps(Pack& pack, std::span<const solver::LaneLoad> loads) {
    using solver::LaneStep;
    std::uint32_t lanes = 0, lost = 0;
    if ((lanes = pack.wanting(LaneStep::shared)) != 0)
        lost = group_.shared_step(*base_->start_, *first_, loads, lanes, pack.begun || pack.jobs[0]->dense);
    else if ((lanes = pack.wanting(LaneStep::chord)) != 0)
        lost = group_.chord(lanes);
    else
        lost = group_.step(lanes = pack.waiting);
    pack.begun = true;
    pack.waiting &= ~lanes;
    for (std::uint32_t left = lanes; left != 0; left &= left - 1) {
        const int lane = std::countr_zero(left);
        pack.jobs[lane]->course.taken(group_.step_size(lane));
    }
    for (std::uint32_t left = lost; left != 0; left &= left - 1) eject(pack, std::countr_zero(left));
}

void LaneSweep::run_pack(Pack& pack, bool may_suspend) {
    std::vector<solver::LaneLoad> loads;
    for (const auto& job : pack.jobs) loads.push_back({&job->change, job->suspended ? &job->state : nullptr});
    group_.load(*base_->start_, loads);
    load_screen(pack);
    pack.active = (1U << pack.jobs.size()) - 1U;
    const int too_few = may_suspend ? group_.width() / 4 : 0;
    while (pack.active != 0) {
        solver::LaneWorst worst;
        do {
            group_.mismatch(worst);
            pack.mismatch_again = false;
            judge(pack, worst);
            run_controls(pack);
        } while (pack.mismatch_again);
        if (pack.waiting == 0) break;
        // Only who wants a factorization next can go on in another pack as if nothing had happened.
        const bool all_factor = pack.wanting(solver::LaneStep::newton) == pack.waiting;
        if (all_factor && (pack.begun || pack.jobs[0]->suspended) && std::popcount(pack.waiting) <= too_few) break;
        take_steps(pack, loads);
    }
    report(pack);
    for (std::size_t lane = 0; lane < pack.jobs.size(); ++lane) {
        if (((pack.active >> lane) & 1U) == 0) {
            recycle(std::move(pack.jobs[lane]));
            continue;
        }
        group_.copy_state(static_cast<int>(lane), pack.jobs[lane]->state);
        pack.jobs[lane]->suspended = true;
        suspended_.push_back(std::move(pack.jobs[lane]));
    }
}

// In place of what the flows and the voltages listed.
void LaneSweep::list_nearest(const std::vector<solver::LaneBranchMask>& out, bool along, solver::LaneFlowArgs& flows,
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
    group_.reach(args);
    flows.n_listed = args.n_branches_listed;
    voltages.n_listed = args.n_places_listed;
}

// Branches whose taps are the scenario's own are left out by the kernel.
void LaneSweep::read_taps(const Job& job, int lane, solver::LaneFlowArgs& flows, std::vector<int>& branches) const {
    constexpr double wide_angle = 100.0 * std::numbers::pi / 180.0;
    const Network& net = *base_->model_->network;
    LaneOutcome at;
    at.scenario = &job.scenario;
    at.model = base_->model_.get();
    at.group = &group_;
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
    for (std::size_t lane = 0; lane < pack.jobs.size(); ++lane) {
        for (const int l : pack.jobs[lane]->branches_out) out.push_back({l, 1U << lane});
        for (const auto& [l, y] : pack.jobs[lane]->scenario.taps) out.push_back({l, 1U << lane});
    }
    std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.branch < b.branch; });
    solver::LaneFlowArgs flows;
    flows.branches = branches_.data();
    flows.n_branch = static_cast<std::int32_t>(branches_.size());
    flows.out = out.data();
    flows.n_out = static_cast<std::int32_t>(out.size());
    flows.listed = listed_branches_.data();
    group_.flows(flows);
    solver::LaneVoltageArgs voltages;
    voltages.low = vm_low_.data();
    voltages.high = vm_high_.data();
    voltages.listed = listed_places_.data();
    group_.voltages(voltages);
    if (directions_.empty()) {
        if (nearest_) list_nearest(out, false, flows, voltages);
        report_lanes(pack, flows, voltages, 0, ~0U);
        return;
    }
    const std::uint32_t no_tangent = group_.linearize();
    for (std::size_t d = 0; d < directions_.size(); ++d) {
        group_.solve(directions_[d]);
        if (nearest_) list_nearest(out, true, flows, voltages);
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
        if (!job.scenario.taps.empty()) read_taps(job, lane, flows, branches);
        LaneOutcome outcome;
        outcome.item = job.item;
        outcome.scenario = &job.scenario;
        outcome.model = base_->model_.get();
        outcome.group = &group_;
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

void LaneSweep::run(const std::function<int()>& next, const std::function<Scenario(int)>& scenario_of,
                    const std::function<void(const LaneOutcome&)>& done) {
    done_ = &done;
    const std::size_t width = static_cast<std::size_t>(group_.width());
    std::vector<std::unique_ptr<Job>> fresh, dense, uncompensated;
    bool more = true;
    const auto run_from = [&](std::vector<std::unique_ptr<Job>>& queue, bool may_suspend) {
        Pack pack;
        while (!queue.empty() && pack.jobs.size() < width) {
            pack.jobs.push_back(std::move(queue.back()));
            queue.pop_back();
        }
        run_pack(pack, may_suspend);
    };
    while (true) {
        while (more && fresh.size() < width && dense.size() < width && uncompensated.size() < width) {
            const int item = next();
            if (item < 0) {
                more = false;
                break;
            }
            auto job = make_job(item, scenario_of(item));
            const bool for_scalar = job->scenario.lost_reference ||
                                    (base_->options_.solve_second_islands && !job->scenario.dead.empty());
            if (for_scalar) {
                LaneOutcome outcome;
                outcome.item = item;
                done(outcome);
                recycle(std::move(job));
                continue;
            }
            (job->dense ? dense : job->compensated ? fresh : uncompensated).push_back(std::move(job));
        }
        if (suspended_.size() >= width) run_from(suspended_, true);
        else if (uncompensated.size() >= width) run_from(uncompensated, true);
        else if (!dense.empty()) run_from(dense, true);
        else if (!fresh.empty()) run_from(fresh, true);
        else if (!uncompensated.empty()) run_from(uncompensated, true);
        else if (!suspended_.empty()) run_from(suspended_, false);
        else if (!more) break;
    }
    done_ = nullptr;
}

}  // namespace araz

#include "araz/engine/lane_sweep.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "araz/solver/admittance.hpp"
#include "lane_job.hpp"
#include "lane_scenario.hpp"

namespace araz {

using solver::BusKind;
using solver::LaneChange;

namespace {

// A lane that needs more steps than this in one solve, chords included, is unusual.
constexpr int patience = 20;

}  // namespace

LaneSweep::~LaneSweep() = default;

LaneSweep::LaneSweep(std::shared_ptr<const LaneBase> base, solver::Isa isa, const LaneLimits& limits,
                     solver::LanePrecision precision)
    : base_(std::move(base)),
      kernels_(&solver::lane_kernels(isa, precision)),
      compensator_(std::make_unique<solver::Compensator>(*base_->start_)),
      shared_(make_pack()) {
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
    patched_ = base_->model_->ybus;
    p_calc_.assign(static_cast<std::size_t>(net.n_bus), 0.0);
    q_calc_ = p_calc_;
    p_ = base_->scenario_.p;
    pin_changed_.assign(static_cast<std::size_t>(net.n_bus), Pin::none);
    state_.vm = p_calc_;
    state_.va = p_calc_;
}

void LaneSweep::add_direction(const std::vector<double>& by_bus) {
    const auto& program = *base_->program_;
    Direction& direction = directions_.emplace_back();
    for (int node = 0; node < program.n_node; ++node)
        for (int k = 0; k < 2; ++k) direction.by_node.push_back(by_bus[2 * program.bus_of[node] + k]);
    for (const int bus : base_->references_) direction.of_references.push_back(by_bus[2 * bus]);
}

std::unique_ptr<LaneSweep::Pack> LaneSweep::make_pack() const { return std::make_unique<Pack>(*base_, *kernels_); }

void LaneSweep::recycle(std::vector<std::unique_ptr<Job>> jobs) {
    for (auto& job : jobs) spare_.push_back(std::move(job));
}

// To the scalar engine.
void LaneSweep::give_back(int item) {
    LaneOutcome outcome;
    outcome.item = item;
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
                pack.leave(lane);
                give_back(job.item);
                break;
        }
    }
}

// Asks the control itself. True: the lane goes on, or has left.
bool LaneSweep::update_control(Pack& pack, int lane) {
    Job& job = *pack.jobs[lane];
    for (std::size_t r = 0; r < base_->regulated_.size(); ++r) {
        const int b = base_->regulated_[r];
        q_calc_[b] = pack.group.q_calc(lane, base_->regulated_node_[r]);
        state_.vm[b] = pack.group.vm(lane, base_->regulated_node_[r]);
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
        pack.leave(lane);
        give_back(job.item);
        return true;
    }
    ++job.round;
    write_back(pack, lane, before);
    // What once needed factors of its own keeps to them.
    const bool at_start = &pack == shared_.get() && compensator_->prepare(job.change, job.compensation);
    job.course.begin(at_start);
    return true;
}

// What a control changed.
void LaneSweep::write_back(Pack& pack, int lane, std::size_t first_action) {
    Job& job = *pack.jobs[lane];
    for (std::size_t k = first_action; k < job.actions.size(); ++k) {
        const int b = job.actions[k].bus;
        const int node = base_->program_->place_of[b];
        const int r = base_->regulated_of_[b];
        const bool held = job.scenario.kind[b] == BusKind::pv;
        const auto bit = static_cast<std::uint16_t>(1U << lane);
        pack.at_max[r] = static_cast<std::uint16_t>(job.pin[b] == Pin::q_max ? pack.at_max[r] | bit : pack.at_max[r] & ~bit);
        pack.at_min[r] = static_cast<std::uint16_t>(job.pin[b] == Pin::q_min ? pack.at_min[r] | bit : pack.at_min[r] & ~bit);
        job.change.kinds.push_back({node, true, !held});
        job.change.injections.push_back({node, job.scenario.p[b], job.scenario.q[b]});
        if (held) {
            pack.group.hold_magnitude(lane, node);
            pack.group.set_vm(lane, node, state_.vm[b]);
        } else {
            pack.group.free_magnitude(lane, node, job.scenario.q[b]);
        }
    }
}

// The screen compares pinned buses with the set-points of the network; a scenario may have others.
bool LaneSweep::passes_own_set_point(const Pack& pack, int lane) const {
    const Job& job = *pack.jobs[lane];
    if (job.scenario.v_set.empty()) return false;
    const double margin = 9.0 * base_->options_.tolerance;
    for (std::size_t r = 0; r < base_->regulated_.size(); ++r) {
        const Pin pin = job.pin[base_->regulated_[r]];
        if (pin == Pin::none) continue;
        const double above = pack.group.vm(lane, base_->regulated_node_[r]) - job.scenario.v_set[base_->regulated_[r]];
        if (pin == Pin::q_max ? above > margin : above < -margin) return true;
    }
    return false;
}

// Of the lanes just solved those become finished that no control changes; the others are judged at the next mismatch.
void LaneSweep::run_controls(Pack& pack) {
    const std::uint32_t solved = pack.solved;
    pack.solved = 0;
    if (solved == 0) return;
    std::uint32_t wanted = 0;
    if (base_->has_controls_) {
        solver::LaneReactiveScreen screen;
        screen.node = base_->regulated_node_.data();
        screen.n = static_cast<std::int32_t>(base_->regulated_node_.size());
        screen.q_low = pack.q_low.data();
        screen.q_high = pack.q_high.data();
        screen.v_set = base_->v_set_.data();
        screen.at_max = pack.at_max.data();
        screen.at_min = pack.at_min.data();
        screen.margin = 9.0 * base_->options_.tolerance;
        wanted = pack.group.reactive_screen(screen) & solved;
        for (std::uint32_t left = solved; left != 0; left &= left - 1)
            if (passes_own_set_point(pack, std::countr_zero(left))) wanted |= left & -left;
    }
    for (std::uint32_t left = solved; left != 0; left &= left - 1) {
        const int lane = std::countr_zero(left);
        if (((wanted >> lane) & 1U) != 0 && update_control(pack, lane)) continue;
        pack.leave(lane);
        if (const auto& balance = pack.jobs[lane]->balance; balance && balance->unmet() != 0.0) give_back(pack.jobs[lane]->item);
        else pack.finished |= 1U << lane;
    }
}

// One step of the lanes that want the kind whose turn it is.
void LaneSweep::take_steps(Pack& pack) {
    using solver::LaneStep;
    std::uint32_t lanes = 0, lost = 0;
    if ((lanes = pack.wanting(LaneStep::shared)) != 0) lost = pack.group.shared_step(lanes);
    else if ((lanes = pack.wanting(LaneStep::chord)) != 0) lost = pack.group.chord(lanes);
    else lost = pack.group.step(lanes = pack.waiting);
    pack.waiting &= ~lanes;
    for (std::uint32_t left = lanes; left != 0; left &= left - 1) {
        const int lane = std::countr_zero(left);
        pack.jobs[lane]->course.taken(pack.group.step_size(lane));
    }
    for (std::uint32_t left = lost; left != 0; left &= left - 1) {
        const int lane = std::countr_zero(left);
        pack.leave(lane);
        give_back(pack.jobs[lane]->item);
    }
    advance_balances(pack, lanes & ~lost);
}

// These lanes go on in a pack with factors of their own. They want a factorization next, so that they go on there as if
// nothing had happened.
void LaneSweep::suspend(Pack& pack, std::uint32_t lanes) {
    for (std::uint32_t left = lanes; left != 0; left &= left - 1) {
        const int lane = std::countr_zero(left);
        pack.group.copy_state(lane, pack.jobs[lane]->state);
        pack.jobs[lane]->suspended = true;
    }
    for (auto& job : pack.unload(lanes)) for_own_.push_back(std::move(job));
}

// The next scenario that takes steps with the Jacobian of the start; null: there are no more.
std::unique_ptr<LaneSweep::Job> LaneSweep::next_shared() {
    while (next_ != nullptr) {
        const int item = (*next_)();
        if (item < 0) {
            next_ = nullptr;
            break;
        }
        auto job = make_job(item, (*scenario_of_)(item));
        if (job->for_scalar) {
            give_back(item);
            spare_.push_back(std::move(job));
        } else if (job->compensated) {
            return job;
        } else {
            for_own_.push_back(std::move(job));
            while (for_own_.size() >= shared_->jobs.size()) run_own();
        }
    }
    return nullptr;
}

// Lanes that are done make room for others. Not one by one: a report and a load touch every lane, the more so where what is nearest
// to a limit is sought, and a tangent factors in all.
void LaneSweep::refill(Pack& pack) {
    const int enough = std::max(1, (directions_.empty() && !nearest_ ? 3 : 7) * pack.width() / 8);
    if (pack.active != 0 && std::popcount(pack.free() | pack.finished) < enough) return;
    report(pack);
    const std::uint32_t room = pack.free() | pack.finished;
    recycle(pack.unload(room));
    std::uint32_t filled = 0;
    for (std::uint32_t left = room; left != 0; left &= left - 1) {
        auto job = next_shared();
        if (!job) break;
        pack.jobs[std::countr_zero(left)] = std::move(job);
        filled |= left & -left;
    }
    if (filled != 0) pack.load(filled, *base_);
}

// Steps with the Jacobian of the start: every lane may go its own way, and lanes that are done are filled again.
void LaneSweep::run_shared() {
    Pack& pack = *shared_;
    while (true) {
        refill(pack);
        if (pack.active == 0) break;
        solver::LaneWorst worst;
        pack.group.mismatch(worst);
        judge(pack, worst);
        run_controls(pack);
        suspend(pack, pack.wanting(solver::LaneStep::newton));
        while (for_own_.size() >= pack.jobs.size()) run_own();
        if (pack.waiting != 0) take_steps(pack);
    }
}

// Steps with factors of their own, of up to W lanes until they are done. Where few are left and more may come they are
// set aside for a fuller pack.
void LaneSweep::run_own() {
    if (!own_) own_ = make_pack();
    Pack& pack = *own_;
    for (auto& job : pack.jobs) {
        if (for_own_.empty()) break;
        job = std::move(for_own_.back());
        for_own_.pop_back();
    }
    pack.load(pack.all(), *base_);
    const bool may_suspend = next_ != nullptr || shared_->active != 0 || !for_own_.empty();
    const int too_few = may_suspend ? pack.width() / 4 : 0;
    bool begun = false;
    while (pack.active != 0) {
        solver::LaneWorst worst;
        // After a control judged afresh: as other kinds of bus, or at other voltages.
        do {
            pack.group.mismatch(worst);
            judge(pack, worst);
            run_controls(pack);
        } while ((pack.active & ~pack.waiting) != 0);
        if (pack.waiting == 0) break;
        const bool all_factor = pack.wanting(solver::LaneStep::newton) == pack.waiting;
        if (begun && all_factor && std::popcount(pack.waiting) <= too_few) break;
        take_steps(pack);
        begun = true;
    }
    report(pack);
    suspend(pack, pack.active);
    recycle(pack.unload(pack.all()));
}

void LaneSweep::run(const std::function<int()>& next, const std::function<Scenario(int)>& scenario_of,
                    const std::function<void(const LaneOutcome&)>& done) {
    next_ = &next;
    scenario_of_ = &scenario_of;
    done_ = &done;
    run_shared();
    while (!for_own_.empty()) run_own();
    done_ = nullptr;
}

}  // namespace araz

#include "araz/engine/lane_sweep.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

#include "araz/solver/admittance.hpp"
#include "lane_limits.hpp"
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
    if (!base_->references_.empty()) {
        border_ = std::make_unique<solver::LaneBorder>(*base_->program_, group_.width(), precision == solver::LanePrecision::floats,
                                                       base_->reference_rows_, base_->equation_of_);
        group_.use(border_.get());
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

void LaneSweep::add_direction(const std::vector<double>& by_bus) {
    const auto& program = *base_->program_;
    Direction& direction = directions_.emplace_back();
    for (int node = 0; node < program.n_node; ++node)
        for (int k = 0; k < 2; ++k) direction.by_node.push_back(by_bus[2 * program.bus_of[node] + k]);
    for (const int bus : base_->references_) direction.of_references.push_back(by_bus[2 * bus]);
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
        if (const auto& balance = pack.jobs[lane]->balance; balance && balance->unmet() != 0.0) {
            eject(pack, lane);
            continue;
        }
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
    advance_balances(pack, lanes & ~lost);
}

void LaneSweep::run_pack(Pack& pack, bool may_suspend) {
    std::vector<solver::LaneLoad> loads;
    for (const auto& job : pack.jobs) loads.push_back({&job->change, job->suspended ? &job->state : nullptr});
    group_.load(*base_->start_, loads);
    load_screen(pack);
    if (border_) border_->clear();
    for (std::size_t lane = 0; border_ && lane < pack.jobs.size(); ++lane) load_balance(static_cast<int>(lane), *pack.jobs[lane]);
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
            if (job->for_scalar) {
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

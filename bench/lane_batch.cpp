#include "lane_batch.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <ctime>

#include "araz/io/case_io.hpp"
#include "araz/solver/lane_course.hpp"
#include "araz/solver/lane_start.hpp"

namespace araz::bench {

using solver::BusKind;

double cpu_seconds() {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

Grid::Grid(const std::string& path) {
    setup.model = ElectricalModel::build(*Network::build(std::make_shared<const Case>(*read_case(path))));
    setup.threads = 1;
    const ElectricalModel& model = *setup.model;
    const Network& net = *model.network;
    base = Engine(setup.model, setup.engine).solve({});
    for (int b = 0; b < net.n_bus; ++b) {
        p.push_back(-base.p_load[b]);
        q.push_back(-base.q_load[b]);
    }
    for (int g = 0; g < net.n_gen; ++g) {
        p[net.gen_bus[g]] += net.pg[g];
        if (model.kind[net.gen_bus[g]] == BusKind::pq) q[net.gen_bus[g]] += net.qg[g];
    }
    std::vector<unsigned char> has;
    for (const BusKind kind : model.kind) has.push_back(kind == BusKind::pq || kind == BusKind::pv ? 1 : 0);
    program = solver::LaneProgram::build(model.pattern, model.ybus, has);
    start = std::make_unique<solver::LaneStart>(program, problem(p, q), solver::VoltageState{base.vm, base.va});
}

solver::PowerFlowProblem Grid::problem(const std::vector<double>& p_at, const std::vector<double>& q_at) const {
    solver::PowerFlowProblem problem;
    problem.pattern = &setup.model->pattern;
    problem.ybus = &setup.model->ybus;
    problem.kind = setup.model->kind;
    problem.p = p_at;
    problem.q = q_at;
    return problem;
}

Solved scalar_batch(const Grid& grid, const Injections& scenarios, solver::NewtonSolver& newton) {
    Solved solved;
    for (std::size_t s = 0; s < scenarios.p.size(); ++s) {
        solver::VoltageState state{grid.base.vm, grid.base.va};
        const auto report = newton.solve(grid.problem(scenarios.p[s], scenarios.q[s]), state, {});
        solved.iterations.push_back(report.status == SolveStatus::converged ? report.iterations : -1);
        solved.state.push_back(std::move(state));
    }
    return solved;
}

LaneBatch::LaneBatch(const Grid& grid, const solver::LaneKernels& kernels)
    : grid_(&grid),
      shared_{solver::LaneGroup(grid.program, kernels), std::vector<Parked>(static_cast<std::size_t>(kernels.width))},
      own_{solver::LaneGroup(grid.program, kernels), std::vector<Parked>(static_cast<std::size_t>(kernels.width))} {
    shared_.group.load(*grid.start, {});
    own_.group.load(*grid.start, {});
}

// The scenarios of these lanes, from the base or from where they were parked.
void LaneBatch::fill(Pack& pack, std::uint32_t lanes) {
    const solver::LaneProgram& program = grid_->program;
    std::vector<solver::LaneLoad> loads(pack.lanes.size());
    for (std::size_t l = 0; l < loads.size(); ++l)
        if (!pack.lanes[l].state.vm.empty()) loads[l].resumed = &pack.lanes[l].state;
    pack.group.load(lanes, loads);
    const int w = pack.group.width();
    for (std::uint32_t left = lanes; left != 0; left &= left - 1) {
        const int l = std::countr_zero(left);
        const int item = pack.lanes[l].item;
        for (int k = 0; k < program.n_node; ++k) {
            pack.group.arrays().p_sched[k * w + l] = scenarios_->p[item][program.bus_of[k]];
            pack.group.arrays().q_sched[k * w + l] = scenarios_->q[item][program.bus_of[k]];
        }
    }
    pack.active |= lanes;
    pack.waiting &= ~lanes;
}

void LaneBatch::judge(Pack& pack) {
    using Verdict = solver::LaneCourse::Verdict;
    solver::LaneWorst worst;
    pack.group.mismatch(worst);
    for (std::uint32_t left = pack.active & ~pack.waiting; left != 0; left &= left - 1) {
        const int l = std::countr_zero(left);
        Parked& lane = pack.lanes[l];
        const Verdict verdict = lane.course.judge(worst.value[l], 1e-8, 20);
        if (verdict == Verdict::goes_on) {
            pack.waiting |= left & -left;
            continue;
        }
        pack.active &= ~(left & -left);
        if (verdict == Verdict::unusual) continue;
        solver::VoltageState places;
        pack.group.copy_state(l, places);
        solver::VoltageState& state = solved_->state[lane.item];
        state = places;
        for (int k = 0; k < grid_->program.n_bus; ++k) {
            state.vm[grid_->program.bus_of[k]] = places.vm[k];
            state.va[grid_->program.bus_of[k]] = places.va[k];
        }
        solved_->iterations[lane.item] = lane.course.iterations();
    }
}

void LaneBatch::step(Pack& pack) {
    using solver::LaneStep;
    LaneStep kind = LaneStep::newton;
    std::uint32_t lanes = 0;
    for (std::uint32_t left = pack.waiting; left != 0; left &= left - 1)
        kind = std::min(kind, pack.lanes[std::countr_zero(left)].course.wanted());
    for (std::uint32_t left = pack.waiting; left != 0; left &= left - 1)
        if (pack.lanes[std::countr_zero(left)].course.wanted() == kind) lanes |= left & -left;
    const std::uint32_t lost = kind == LaneStep::shared  ? pack.group.shared_step(lanes)
                               : kind == LaneStep::chord ? pack.group.chord(lanes)
                                                         : pack.group.step(lanes);
    for (std::uint32_t left = lanes; left != 0; left &= left - 1)
        pack.lanes[std::countr_zero(left)].course.taken(pack.group.step_size(std::countr_zero(left)));
    pack.waiting &= ~lanes;
    pack.active &= ~lost;
}

void LaneBatch::park() {
    for (std::uint32_t left = shared_.waiting; left != 0; left &= left - 1) {
        const int l = std::countr_zero(left);
        if (shared_.lanes[l].course.wanted() != solver::LaneStep::newton) continue;
        Parked& parked = parked_.emplace_back(std::move(shared_.lanes[l]));
        shared_.group.copy_state(l, parked.state);
        shared_.lanes[l] = {};
        shared_.active &= ~(left & -left);
        shared_.waiting &= ~(left & -left);
    }
}

void LaneBatch::solve_parked() {
    std::uint32_t lanes = 0;
    for (std::size_t l = 0; l < own_.lanes.size() && !parked_.empty(); ++l) {
        own_.lanes[l] = std::move(parked_.back());
        parked_.pop_back();
        lanes |= 1U << l;
    }
    fill(own_, lanes);
    for (judge(own_); own_.waiting != 0; judge(own_)) step(own_);
}

Solved LaneBatch::solve(const Injections& scenarios) {
    const int n = static_cast<int>(scenarios.p.size());
    const int w = shared_.group.width();
    Solved solved;
    solved.state.resize(scenarios.p.size());
    solved.iterations.assign(scenarios.p.size(), -1);
    scenarios_ = &scenarios;
    solved_ = &solved;
    for (int next = 0;;) {
        const std::uint32_t room = ((1U << w) - 1U) & ~shared_.active;
        if (next < n && (shared_.active == 0 || std::popcount(room) >= std::max(1, 3 * w / 8))) {
            std::uint32_t lanes = 0;
            for (std::uint32_t left = room; left != 0 && next < n; left &= left - 1) {
                shared_.lanes[std::countr_zero(left)] = {next++, {}, {}};
                shared_.lanes[std::countr_zero(left)].course.begin(true);
                lanes |= left & -left;
            }
            fill(shared_, lanes);
        }
        if (shared_.active == 0) break;
        judge(shared_);
        park();
        while (static_cast<int>(parked_.size()) >= w) solve_parked();
        if (shared_.waiting != 0) step(shared_);
    }
    while (!parked_.empty()) solve_parked();
    return solved;
}

KluNewton::KluNewton(const Grid& grid, Steps steps)
    : grid_(&grid), steps_(steps), equations_(grid.setup.model->pattern), jacobian_(equations_.column().size()),
      x_(static_cast<std::size_t>(equations_.size())) {
    const solver::VoltageState state{grid.base.vm, grid.base.va};
    const solver::PowerFlowProblem problem = grid.problem(grid.p, grid.q);
    equations_.injections(problem, state);
    equations_.jacobian(problem, state, jacobian_);
    for (solver::SparseLu* lu : {&base_, &own_}) {
        lu->analyze(equations_.size(), equations_.row_start(), equations_.column());
        lu->factor(jacobian_);
    }
}

// Iterations, or -1.
int KluNewton::solve(const solver::PowerFlowProblem& problem, bool at_start, solver::VoltageState& state) {
    using solver::LaneCourse;
    using solver::LaneStep;
    LaneCourse course;
    course.begin(at_start && steps_ == Steps::chords);
    double before = 0.0;
    while (true) {
        equations_.injections(problem, state);
        const double worst = equations_.mismatch(problem, state, x_).value;
        // As the scalar engine: no factors for a step that is there to correct, or that a chord does as well.
        const bool chord_does = worst <= 1e-8 || (before > 0.0 && 2.0 * worst * worst < 0.1 * 1e-8 * before);
        before = worst;
        const LaneCourse::Verdict verdict = course.judge(worst, 1e-8, 20);
        if (verdict == LaneCourse::Verdict::solved) return course.iterations();
        if (verdict == LaneCourse::Verdict::unusual) return -1;
        if (steps_ == Steps::newton ? !chord_does : course.wanted() == LaneStep::newton) {
            equations_.jacobian(problem, state, jacobian_);
            if (!own_.refresh(jacobian_).ok) return -1;
        }
        (steps_ == Steps::chords && course.wanted() == LaneStep::shared ? base_ : own_).solve(x_);
        double size = 0.0;
        for (std::size_t b = 0; b < state.vm.size(); ++b) {
            state.va[b] += x_[2 * b];
            state.vm[b] *= 1.0 + x_[2 * b + 1];
            size = std::max({size, std::abs(x_[2 * b]), std::abs(x_[2 * b + 1])});
        }
        course.taken(size);
    }
}

Solved KluNewton::injections(const Injections& scenarios) {
    Solved solved;
    for (std::size_t s = 0; s < scenarios.p.size(); ++s) {
        solver::VoltageState state{grid_->base.vm, grid_->base.va};
        solved.iterations.push_back(solve(grid_->problem(scenarios.p[s], scenarios.q[s]), true, state));
        solved.state.push_back(std::move(state));
    }
    return solved;
}

Solved KluNewton::outages(const std::vector<std::vector<int>>& branches) {
    const ElectricalModel& model = *grid_->setup.model;
    Solved solved;
    std::vector<unsigned char> out(static_cast<std::size_t>(model.network->n_branch), 0);
    for (const std::vector<int>& changed : branches) {
        for (const int l : changed) out[l] = 1;
        solver::AdmittanceValues ybus = model.ybus;
        solver::patch_outages(model.pattern, model.elements, changed, out, ybus);
        for (const int l : changed) out[l] = 0;
        solver::PowerFlowProblem problem = grid_->problem(grid_->p, grid_->q);
        problem.ybus = &ybus;
        solver::VoltageState state{grid_->base.vm, grid_->base.va};
        solved.iterations.push_back(solve(problem, false, state));
        solved.state.push_back(std::move(state));
    }
    return solved;
}

}  // namespace araz::bench

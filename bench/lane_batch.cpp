#include "lane_batch.hpp"

#include <algorithm>
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

namespace {

// Every lane to its solution; iterations stay -1 where there is none.
void run_group(int count, solver::LaneGroup& group, int* iterations) {
    using solver::LaneCourse;
    using solver::LaneStep;
    std::vector<LaneCourse> course(static_cast<std::size_t>(count));
    for (LaneCourse& each : course) each.begin(true);
    std::uint32_t active = (1U << count) - 1U, waiting = 0;
    while (true) {
        solver::LaneWorst worst;
        group.mismatch(worst);
        for (int l = 0; l < count; ++l) {
            if (((active & ~waiting) >> l & 1U) == 0) continue;
            const LaneCourse::Verdict verdict = course[l].judge(worst.value[l], 1e-8, 20);
            if (verdict == LaneCourse::Verdict::goes_on) {
                waiting |= 1U << l;
                continue;
            }
            active &= ~(1U << l);
            if (verdict == LaneCourse::Verdict::solved) iterations[l] = course[l].iterations();
        }
        if (waiting == 0) return;
        LaneStep kind = LaneStep::newton;
        for (int l = 0; l < count; ++l)
            if ((waiting >> l & 1U) != 0) kind = std::min(kind, course[l].wanted());
        std::uint32_t lanes = 0;
        for (int l = 0; l < count; ++l)
            if ((waiting >> l & 1U) != 0 && course[l].wanted() == kind) lanes |= 1U << l;
        const std::uint32_t lost = kind == LaneStep::shared  ? group.shared_step(lanes)
                                   : kind == LaneStep::chord ? group.chord(lanes)
                                                             : group.step(lanes);
        for (int l = 0; l < count; ++l)
            if ((lanes >> l & 1U) != 0) course[l].taken(group.step_size(l));
        waiting &= ~lanes;
        active &= ~lost;
    }
}

}  // namespace

Solved lane_batch(const Grid& grid, const Injections& scenarios, solver::LaneGroup& group) {
    const int w = group.width();
    const int n = static_cast<int>(scenarios.p.size());
    Solved solved;
    solved.state.resize(scenarios.p.size());
    solved.iterations.assign(scenarios.p.size(), -1);
    for (int begin = 0; begin < n; begin += w) {
        const int count = std::min(w, n - begin);
        group.load(*grid.start, {});
        for (int k = 0; k < grid.program.n_node; ++k)
            for (int l = 0; l < count; ++l) {
                group.arrays().p_sched[k * w + l] = scenarios.p[begin + l][grid.program.bus_of[k]];
                group.arrays().q_sched[k * w + l] = scenarios.q[begin + l][grid.program.bus_of[k]];
            }
        run_group(count, group, &solved.iterations[begin]);
        for (int l = 0; l < count; ++l) {
            solver::VoltageState places;
            group.copy_state(l, places);
            solver::VoltageState& state = solved.state[begin + l];
            state = places;
            for (int k = 0; k < grid.program.n_bus; ++k) {
                state.vm[grid.program.bus_of[k]] = places.vm[k];
                state.va[grid.program.bus_of[k]] = places.va[k];
            }
        }
    }
    return solved;
}

ChordNewton::ChordNewton(const Grid& grid)
    : grid_(&grid), base_(grid.setup.model->pattern), own_(grid.setup.model->pattern),
      jacobian_(own_.equations().column().size()), x_(static_cast<std::size_t>(own_.equations().size())) {
    const solver::PowerFlowProblem problem = grid.problem(grid.p, grid.q);
    const solver::VoltageState state{grid.base.vm, grid.base.va};
    base_.linearize(problem, state);
    own_.prime(problem, state);
}

// Iterations, or -1.
int ChordNewton::solve(const solver::PowerFlowProblem& problem, bool at_start, solver::VoltageState& state) {
    using solver::LaneCourse;
    using solver::LaneStep;
    LaneCourse course;
    course.begin(at_start);
    while (true) {
        own_.equations().injections(problem, state);
        const double worst = own_.equations().mismatch(problem, state, x_).value;
        const LaneCourse::Verdict verdict = course.judge(worst, 1e-8, 20);
        if (verdict == LaneCourse::Verdict::solved) return course.iterations();
        if (verdict == LaneCourse::Verdict::unusual) return -1;
        if (course.wanted() == LaneStep::newton) {
            own_.equations().jacobian(problem, state, jacobian_);
            if (!own_.lu().refresh(jacobian_).ok) return -1;
        }
        (course.wanted() == LaneStep::shared ? base_ : own_).solve_linearized(x_);
        double size = 0.0;
        for (std::size_t b = 0; b < state.vm.size(); ++b) {
            state.va[b] += x_[2 * b];
            state.vm[b] *= 1.0 + x_[2 * b + 1];
            size = std::max({size, std::abs(x_[2 * b]), std::abs(x_[2 * b + 1])});
        }
        course.taken(size);
    }
}

Solved ChordNewton::injections(const Injections& scenarios) {
    Solved solved;
    for (std::size_t s = 0; s < scenarios.p.size(); ++s) {
        solver::VoltageState state{grid_->base.vm, grid_->base.va};
        solved.iterations.push_back(solve(grid_->problem(scenarios.p[s], scenarios.q[s]), true, state));
        solved.state.push_back(std::move(state));
    }
    return solved;
}

Solved ChordNewton::outages(const std::vector<std::vector<int>>& branches) {
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

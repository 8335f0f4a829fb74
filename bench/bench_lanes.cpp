// Lanes against the scalar engine: kernels, injection batches and N-1. Every benchmark checks its answer.
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <map>
#include <memory>
#include <random>

#include "araz/control/control_table.hpp"
#include "araz/io/case_io.hpp"
#include "araz/study/n1.hpp"
#include "bench_lanes.hpp"

namespace {

using namespace araz;
using solver::BusKind;

double cpu_seconds() {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

/// A case solved without limits, its lane program and the problem of its start.
struct Grid {
    StudySetup setup;
    Solution base;
    std::vector<double> p, q;
    solver::LaneProgram program;
    std::unique_ptr<solver::LaneStart> start;

    explicit Grid(const std::string& path) {
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

    [[nodiscard]] solver::PowerFlowProblem problem(const std::vector<double>& p_at, const std::vector<double>& q_at) const {
        solver::PowerFlowProblem problem;
        problem.pattern = &setup.model->pattern;
        problem.ybus = &setup.model->ybus;
        problem.kind = setup.model->kind;
        problem.p = p_at;
        problem.q = q_at;
        return problem;
    }
};

// Multiply-adds of one factorization of one lane: updates, right-hand sides, and the pivots' products.
double factor_flops(const solver::LaneProgram& program) {
    return 2.0 * (static_cast<double>(program.operations()) + 4.0 * static_cast<double>(program.pairs.size()) +
                  8.0 * static_cast<double>(program.upper.size()));
}

void lane_factor(benchmark::State& state, const Grid& grid, solver::Isa isa) {
    const solver::LaneKernels& kernels = solver::lane_kernels(isa);
    solver::LaneGroup group(grid.program, kernels);
    const solver::LaneChange nothing;
    const std::vector<solver::LaneLoad> loads(static_cast<std::size_t>(kernels.width), {&nothing, nullptr});
    group.load(*grid.start, loads);
    solver::LaneWorst worst;
    group.mismatch(worst);
    for (auto _ : state)
        if (kernels.factor(group.arrays()) != 0) state.SkipWithError("lost a pivot");
    state.counters["flop"] = benchmark::Counter(kernels.width * factor_flops(grid.program),
                                                benchmark::Counter::kIsIterationInvariantRate);
    state.counters["lanes"] = kernels.width;
}

// Loads and outputs scaled by a common factor of +-10 % and each bus's own of +-20 %.
struct Injections {
    std::vector<std::vector<double>> p, q;

    Injections(const Grid& grid, int n) {
        std::mt19937_64 dice(7);
        const auto uniform = [&](double width) { return width * (2.0 * static_cast<double>(dice() >> 11U) * 0x1p-53 - 1.0); };
        for (int s = 0; s < n; ++s) {
            const double common = 1.0 + uniform(0.1);
            p.push_back(grid.p);
            q.push_back(grid.q);
            for (std::size_t b = 0; b < grid.p.size(); ++b) {
                const double own = common * (1.0 + uniform(0.2));
                p[s][b] = common * (grid.p[b] + grid.base.p_load[b]) - own * grid.base.p_load[b];
                q[s][b] = grid.q[b] + grid.base.q_load[b] - own * grid.base.q_load[b];
            }
        }
    }
};

struct Solved {
    std::vector<solver::VoltageState> state;  ///< by bus
    std::vector<int> iterations;
};

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

Solved lane_batch(const Grid& grid, const Injections& scenarios, solver::LaneGroup& group) {
    const int w = group.width();
    const int n = static_cast<int>(scenarios.p.size());
    solver::FirstStep first(*grid.start);
    Solved solved;
    solved.state.resize(scenarios.p.size());
    solved.iterations.assign(scenarios.p.size(), -1);
    for (int begin = 0; begin < n; begin += w) {
        const int count = std::min(w, n - begin);
        const solver::LaneChange nothing;
        std::vector<solver::LaneLoad> loads(static_cast<std::size_t>(count), {&nothing, nullptr});
        group.load(*grid.start, loads);
        for (int k = 0; k < grid.program.n_node; ++k)
            for (int l = 0; l < count; ++l) {
                group.arrays().p_sched[k * w + l] = scenarios.p[begin + l][grid.program.bus_of[k]];
                group.arrays().q_sched[k * w + l] = scenarios.q[begin + l][grid.program.bus_of[k]];
            }
        std::uint32_t active = (1U << count) - 1U;
        for (int iteration = 0; iteration < 12; ++iteration) {
            solver::LaneWorst worst;
            group.mismatch(worst);
            for (int l = 0; l < count; ++l) {
                if (((active >> l) & 1U) == 0 || !solver::meets_tolerance(worst.value[l], 1e-8)) continue;
                active &= ~(1U << l);
                solved.iterations[begin + l] = iteration;
            }
            if (active == 0) break;
            active &= ~(iteration == 0 ? group.first_step(*grid.start, first, loads, active, true) : group.step(active));
        }
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

double largest_difference(const Solved& a, const Solved& b) {
    double largest = 0.0;
    for (std::size_t s = 0; s < a.state.size(); ++s) {
        if (a.iterations[s] < 0 && b.iterations[s] < 0) continue;
        if (a.iterations[s] != b.iterations[s]) return std::numeric_limits<double>::infinity();
        for (std::size_t k = 0; k < a.state[s].vm.size(); ++k)
            largest = std::max({largest, std::abs(a.state[s].vm[k] - b.state[s].vm[k]),
                                std::abs(a.state[s].va[k] - b.state[s].va[k])});
    }
    return largest;
}

// Both engines back to back in each iteration; the ratio is what the machine's load leaves alone.
template <class Lane, class Scalar, class Difference>
void paired(benchmark::State& state, int n, const Lane& lane, const Scalar& scalar, const Difference& difference) {
    double lane_best = 1e300, scalar_best = 1e300;
    for (auto _ : state) {
        double from = cpu_seconds();
        const auto a = lane();
        const double lane_time = cpu_seconds() - from;
        from = cpu_seconds();
        const auto b = scalar();
        const double scalar_time = cpu_seconds() - from;
        state.SetIterationTime(lane_time);
        lane_best = std::min(lane_best, lane_time);
        scalar_best = std::min(scalar_best, scalar_time);
        if (!(difference(a, b) <= 1e-9)) state.SkipWithError("lanes and scalar differ");
    }
    state.counters["lane_us"] = 1e6 * lane_best / n;
    state.counters["scalar_us"] = 1e6 * scalar_best / n;
    state.counters["ratio"] = scalar_best / lane_best;
}

void injections(benchmark::State& state, const Grid& grid, solver::Isa isa) {
    const int n = grid.setup.model->network->n_bus < 4000 ? 128 : 32;
    const Injections scenarios(grid, n);
    solver::LaneGroup group(grid.program, solver::lane_kernels(isa));
    solver::NewtonSolver newton(grid.setup.model->pattern);
    newton.prime(grid.problem(grid.p, grid.q), {grid.base.vm, grid.base.va});
    paired(state, n, [&] { return lane_batch(grid, scenarios, group); },
           [&] { return scalar_batch(grid, scenarios, newton); }, largest_difference);
}

double n1_difference(const N1Result& a, const N1Result& b) {
    double largest = 0.0;
    for (std::size_t k = 0; k < a.contingencies.size(); ++k) {
        const ContingencyResult& x = a.contingencies[k];
        const ContingencyResult& y = b.contingencies[k];
        if (x.status != y.status || x.violations.size() != y.violations.size()) return std::numeric_limits<double>::infinity();
        if (!is_solved(y.main_island)) continue;
        largest = std::max({largest, std::abs(x.min_vm_pu - y.min_vm_pu), std::abs(x.max_vm_pu - y.max_vm_pu)});
    }
    return largest;
}

// Whole studies: base, outages, readings, violations. A sample of the outages on large grids.
void n1(benchmark::State& state, const Grid& grid, solver::Isa isa, bool q_limits) {
    StudySetup setup = grid.setup;
    if (q_limits) setup.engine.controls = [] { return make_controls({}); };
    const auto all = *make_contingencies(*setup.model, {});
    std::vector<Contingency> list;
    const std::size_t stride = std::max<std::size_t>(1, all.size() / 256);
    for (std::size_t k = 0; k < all.size(); k += stride)
        if (!all[k].splits) list.push_back(all[k]);
    setup.isa = isa;
    StudySetup one_by_one = setup;
    one_by_one.sweep = SweepEngine::scalar;
    paired(state, static_cast<int>(list.size()), [&] { return run_n1(setup, list); },
           [&] { return run_n1(one_by_one, list); }, n1_difference);
}

}  // namespace

void add_lane_benchmarks(const std::string& path) {
    const std::string name = std::filesystem::path(path).stem().string();
    // Built when first asked for, and only once: large cases take seconds.
    const auto grid = [path]() -> const Grid& {
        static std::map<std::string, std::unique_ptr<Grid>> grids;
        auto& slot = grids[path];
        if (!slot) slot = std::make_unique<Grid>(path);
        return *slot;
    };
    for (const solver::Isa isa : solver::available_isas()) {
        const std::string end = "/" + name + "/" + std::string(to_string(isa));
        const auto add = [&](const std::string& what, auto function) {
            return benchmark::RegisterBenchmark((what + end).c_str(), function)->Unit(benchmark::kMicrosecond);
        };
        add("lane_factor", [=](benchmark::State& s) { lane_factor(s, grid(), isa); });
        add("lane_injections", [=](benchmark::State& s) { injections(s, grid(), isa); })->UseManualTime()->Iterations(3);
        add("lane_n1", [=](benchmark::State& s) { n1(s, grid(), isa, false); })->UseManualTime()->Iterations(3);
        add("lane_n1_q_limits", [=](benchmark::State& s) { n1(s, grid(), isa, true); })->UseManualTime()->Iterations(3);
    }
}

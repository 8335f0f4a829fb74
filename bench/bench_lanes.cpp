// Lanes against the scalar engine: kernels, injection batches and N-1. Every benchmark checks its answer.
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <random>

#include "araz/control/control_table.hpp"
#include "araz/io/case_io.hpp"
#include "araz/study/n1.hpp"
#include "bench_lanes.hpp"
#include "lane_batch.hpp"

namespace {

using namespace araz;
using bench::cpu_seconds;
using bench::Grid;
using bench::Injections;
using bench::lane_batch;
using bench::scalar_batch;
using bench::Solved;

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
        if (kernels.factor(group.arrays(), true) != 0) state.SkipWithError("lost a pivot");
    state.counters["flop"] = benchmark::Counter(kernels.width * factor_flops(grid.program),
                                                benchmark::Counter::kIsIterationInvariantRate);
    state.counters["lanes"] = kernels.width;
}

// Loads and outputs scaled by a common factor of +-10 % and each bus's own of +-20 %.
Injections drawn(const Grid& grid, int n) {
    Injections out;
    std::mt19937_64 dice(7);
    const auto uniform = [&](double width) { return width * (2.0 * static_cast<double>(dice() >> 11U) * 0x1p-53 - 1.0); };
    for (int s = 0; s < n; ++s) {
        const double common = 1.0 + uniform(0.1);
        out.p.push_back(grid.p);
        out.q.push_back(grid.q);
        for (std::size_t b = 0; b < grid.p.size(); ++b) {
            const double own = common * (1.0 + uniform(0.2));
            out.p[s][b] = common * (grid.p[b] + grid.base.p_load[b]) - own * grid.base.p_load[b];
            out.q[s][b] = grid.q[b] + grid.base.q_load[b] - own * grid.base.q_load[b];
        }
    }
    return out;
}

double largest_difference(const Solved& a, const Solved& b) {
    double largest = 0.0;
    for (std::size_t s = 0; s < a.state.size(); ++s) {
        if (a.iterations[s] < 0 && b.iterations[s] < 0) continue;
        if ((a.iterations[s] < 0) != (b.iterations[s] < 0)) return std::numeric_limits<double>::infinity();
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
    const Injections scenarios = drawn(grid, n);
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

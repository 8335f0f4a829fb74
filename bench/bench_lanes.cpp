// Lanes against the scalar engine: kernels, injection batches and N-1. Every benchmark checks its answer.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <random>

#include "araz/control/control_table.hpp"
#include "araz/io/case_io.hpp"
#include "araz/study/n1.hpp"
#include "bench_kernels.hpp"
#include "bench_lanes.hpp"
#include "lane_batch.hpp"

namespace {

using namespace araz;
using bench::cpu_seconds;
using bench::Grid;
using bench::Injections;
using bench::LaneBatch;
using bench::scalar_batch;
using bench::Solved;

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

template <class Work>
auto timed(const Work& work, double& seconds) {
    const double from = cpu_seconds();
    auto answer = work();
    seconds = cpu_seconds() - from;
    return answer;
}

// All engines back to back in each iteration; the ratios are what the machine's load leaves alone. `klu_agrees` sees the
// answers of lanes and KLU.
template <class Lane, class Scalar, class Newton, class Chords, class Difference, class Agree>
void paired(benchmark::State& state, int n, const Lane& lane, const Scalar& scalar, const Newton& newton, const Chords& chords,
            const Difference& difference, const Agree& klu_agrees) {
    double lane_best = 1e300, scalar_best = 1e300, newton_best = 1e300, chord_best = 1e300;
    for (auto _ : state) {
        double seconds = 0.0;
        const auto a = timed(lane, seconds);
        state.SetIterationTime(seconds);
        lane_best = std::min(lane_best, seconds);
        const auto b = timed(scalar, seconds);
        scalar_best = std::min(scalar_best, seconds);
        const auto c = timed(newton, seconds);
        newton_best = std::min(newton_best, seconds);
        const auto d = timed(chords, seconds);
        chord_best = std::min(chord_best, seconds);
        if (!(difference(a, b) <= 1e-9)) state.SkipWithError("lanes and scalar differ");
        if (!klu_agrees(a, c) || !klu_agrees(a, d)) state.SkipWithError("lanes and KLU differ");
    }
    state.counters["lane_us"] = 1e6 * lane_best / n;
    state.counters["scalar_us"] = 1e6 * scalar_best / n;
    state.counters["klu_newton_us"] = 1e6 * newton_best / n;
    state.counters["klu_chord_us"] = 1e6 * chord_best / n;
    state.counters["ratio"] = scalar_best / lane_best;
    state.counters["klu_newton_ratio"] = newton_best / lane_best;
    state.counters["klu_chord_ratio"] = chord_best / lane_best;
}

void injections(benchmark::State& state, const Grid& grid, solver::Isa isa) {
    const int n = grid.setup.model->network->n_bus < 4000 ? 128 : 32;
    const Injections scenarios = drawn(grid, n);
    LaneBatch lanes(grid, solver::lane_kernels(isa));
    solver::NewtonSolver newton(grid.setup.model->pattern);
    newton.prime(grid.problem(grid.p, grid.q), {grid.base.vm, grid.base.va});
    bench::KluNewton klu(grid, bench::KluNewton::Steps::newton), chords(grid, bench::KluNewton::Steps::chords);
    paired(state, n, [&] { return lanes.solve(scenarios); },
           [&] { return scalar_batch(grid, scenarios, newton); }, [&] { return klu.injections(scenarios); },
           [&] { return chords.injections(scenarios); },
           largest_difference, [](const Solved& a, const Solved& b) { return largest_difference(a, b) <= 1e-9; });
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

// Voltages of the outages that both solve: the lowest and highest, which is what a study keeps.
bool same_voltages(const N1Result& study, const Solved& klu) {
    for (std::size_t k = 0; k < study.contingencies.size(); ++k) {
        const ContingencyResult& x = study.contingencies[k];
        if (!is_solved(x.main_island) || klu.iterations[k] < 0) continue;
        const auto [low, high] = std::minmax_element(klu.state[k].vm.begin(), klu.state[k].vm.end());
        if (std::abs(*high - x.max_vm_pu) > 1e-9 || (*low > 0.0 && std::abs(*low - x.min_vm_pu) > 1e-9)) return false;
    }
    return true;
}

// Whole studies: base, outages, readings, violations. A sample of the outages on large grids. KLU: voltages alone, without
// reactive limits.
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
    std::vector<std::vector<int>> outages;
    for (const Contingency& contingency : list) outages.push_back(contingency.branches);
    bench::KluNewton klu(grid, bench::KluNewton::Steps::newton), chords(grid, bench::KluNewton::Steps::chords);
    paired(state, static_cast<int>(list.size()), [&] { return run_n1(setup, list); },
           [&] { return run_n1(one_by_one, list); }, [&] { return klu.outages(outages); }, [&] { return chords.outages(outages); },
           n1_difference,
           [&](const N1Result& a, const Solved& b) { return q_limits || same_voltages(a, b); });
}

// The whole of N-1 by one thread and by two: time on the clock, the same answers.
void threads(benchmark::State& state, const Grid& grid) {
    const auto list = *make_contingencies(*grid.setup.model, {});
    StudySetup one = grid.setup, two = grid.setup;
    two.threads = 2;
    double best[2] = {1e300, 1e300};
    const auto clock = [] { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); };
    for (auto _ : state) {
        const double from = clock();
        const N1Result a = run_n1(one, list);
        const double between = clock();
        const N1Result b = run_n1(two, list);
        const double to = clock();
        best[0] = std::min(best[0], between - from);
        best[1] = std::min(best[1], to - between);
        if (n1_difference(a, b) != 0.0) state.SkipWithError("threads differ");
    }
    state.counters["one_ms"] = 1e3 * best[0];
    state.counters["two_ms"] = 1e3 * best[1];
    state.counters["speedup"] = best[0] / best[1];
}

// Built when first asked for, and only once: large cases take seconds.
const Grid& grid_of(const std::string& path) {
    static std::map<std::string, std::unique_ptr<Grid>> grids;
    auto& slot = grids[path];
    if (!slot) slot = std::make_unique<Grid>(path);
    return *slot;
}

}  // namespace

void add_lane_benchmarks(const std::string& path) {
    const std::string name = std::filesystem::path(path).stem().string();
    add_kernel_benchmarks(name, grid_of, path);
    const auto grid = [path]() -> const Grid& { return grid_of(path); };
    for (const solver::Isa isa : solver::available_isas()) {
        const std::string end = "/" + name + "/" + std::string(to_string(isa));
        const auto add = [&](const std::string& what, auto function) {
            return benchmark::RegisterBenchmark((what + end).c_str(), function)->Unit(benchmark::kMicrosecond);
        };
        add("lane_injections", [=](benchmark::State& s) { injections(s, grid(), isa); })->UseManualTime()->Iterations(3);
        add("lane_n1", [=](benchmark::State& s) { n1(s, grid(), isa, false); })->UseManualTime()->Iterations(3);
        add("lane_n1_q_limits", [=](benchmark::State& s) { n1(s, grid(), isa, true); })->UseManualTime()->Iterations(3);
    }
    benchmark::RegisterBenchmark(("n1_threads/" + name).c_str(), [=](benchmark::State& s) { threads(s, grid()); })
        ->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(3);
}

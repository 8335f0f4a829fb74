// Kernels of the lanes on one group, against what the core can do at best.
//
// What a kernel must do is counted from the program it replays: floating-point operations, bytes loaded and stored (with the panel
// of the row at hand), and of them those that are streamed from arrays as long as the grid. Shares: operations of the peak of
// multiply-adds in registers; loads and stores of the rate at which a block in the first cache can be updated; streamed bytes of the
// rate at which a block of the size of those arrays can be read. The largest of the three says what holds a kernel back.
#include "bench_kernels.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "bench_machine.hpp"
#include "lane_batch.hpp"

namespace {

using namespace araz;
using bench::cpu_seconds;
using bench::Grid;

constexpr std::size_t first_cache = 16 * 1024;  // half of the smallest in use
constexpr double in_a_row = 2e-4;  // s of CPU between two looks at the clock

struct Work {
    double flops = 0.0;     ///< of a group
    double touched = 0.0;   ///< bytes loaded and stored
    double streamed = 0.0;  ///< of them from and to long arrays
    double long_arrays = 0.0;  ///< bytes of these
    bool single = true;
};

struct Sizes {
    double nodes, places, entries, pairs, products, upper, stored, kept, w, real, wide;
};

Sizes sizes_of(const solver::LaneProgram& p, const solver::LaneKernels& kernels) {
    const double w = kernels.width;
    return {static_cast<double>(p.n_node), static_cast<double>(p.n_bus), static_cast<double>(p.column.size()),
            static_cast<double>(p.pairs.size()), static_cast<double>(p.position.size()), static_cast<double>(p.upper.size()),
            static_cast<double>(p.stored_size()), static_cast<double>(p.kept_size()), w, w * (kernels.single ? 4.0 : 8.0), 8.0 * w};
}

// 2x2 blocks of a factor: eight multiply-adds for a product with a block, four for one with a pair.
Work work_of(const std::string& kernel, const Sizes& s) {
    if (kernel == "mismatch")
        return {s.w * (8.0 * s.entries + 8.0 * s.nodes), s.wide * (2.0 * s.entries + 6.0 * s.nodes) + s.real * 2.0 * s.nodes,
                s.wide * (2.0 * s.entries + 6.0 * s.nodes) + s.real * 2.0 * s.nodes,
                s.wide * (2.0 * s.places + 4.0 * s.nodes) + s.real * 2.0 * s.nodes + 20.0 * s.entries, false};
    if (kernel == "factor")
        return {s.w * (16.0 * s.products + 8.0 * s.pairs + 16.0 * s.upper),
                s.real * (12.0 * s.products + 6.0 * s.pairs + 6.0 * s.entries + s.stored + s.kept),
                s.real * (4.0 * s.products + 2.0 * s.pairs + s.stored + s.kept), s.real * (s.stored + s.kept)};
    if (kernel == "forward")
        return {s.w * (8.0 * s.pairs + 6.0 * s.nodes), s.real * (6.0 * s.pairs + 8.0 * s.nodes), s.real * (6.0 * s.pairs + 8.0 * s.nodes),
                s.real * (s.kept + 4.0 * s.nodes)};
    if (kernel == "back")
        return {s.w * 8.0 * s.upper, s.real * (s.stored + 2.0 * s.upper + 2.0 * s.nodes),
                s.real * (s.stored + 2.0 * s.upper + 2.0 * s.nodes), s.real * (s.stored + 2.0 * s.nodes)};
    // update: sine and cosine of the turn take 18 operations, the phasor eight, the voltages three.
    return {s.w * 29.0 * s.nodes, s.nodes * (8.0 * s.wide + 4.0 * s.real), s.nodes * (8.0 * s.wide + 4.0 * s.real),
            s.nodes * (4.0 * s.wide + 4.0 * s.real), false};
}

std::vector<double> step_of(const solver::LaneGroup& group, int lane) {
    std::vector<double> out;
    for (int node = 0; node < group.program().n_node; ++node)
        for (int which = 0; which < 2; ++which) out.push_back(group.solved_for(lane, node, which));
    return out;
}

void kernel(benchmark::State& state, const Grid& grid, solver::Isa isa, const std::string& name) {
    const solver::LaneKernels& kernels = solver::lane_kernels(isa);
    solver::LaneGroup group(grid.program, kernels);
    group.load(*grid.start, {});
    for (int k = 0; k < grid.program.n_node; ++k)
        for (int l = 0; l < kernels.width; ++l) group.set_p(l, k, group.p_calc(l, k) + 1e-3 * (k % 7) * (l + 1));
    solver::LaneWorst worst, size;
    const solver::LaneArrays& arrays = group.arrays();
    const auto once = [&] {
        if (name == "mismatch") kernels.mismatch(arrays, worst);
        else if (name == "factor") kernels.factor(arrays, true);
        else if (name == "forward") kernels.forward(arrays);
        else if (name == "back") kernels.back(arrays);
        else kernels.update(arrays, 0, size);  // the work of a step that nobody takes
    };
    kernels.mismatch(arrays, worst);
    if (group.linearize() != 0) state.SkipWithError("lost a pivot");
    kernels.back(arrays);
    const int lane = kernels.width - 1;
    const std::vector<double> before = step_of(group, lane);
    double best = 1e300;
    int calls = 1;
    for (auto _ : state) {
        const double from = cpu_seconds();
        for (int k = 0; k < calls; ++k) once();
        const double seconds = cpu_seconds() - from;
        if (calls > 1 || seconds >= in_a_row) best = std::min(best, seconds / calls);
        if (seconds < in_a_row) calls *= 2;
    }
    // The same step, from the eliminated right-hand side that is there now and from the mismatch of the voltages.
    kernels.mismatch(arrays, worst);
    kernels.forward(arrays);
    kernels.back(arrays);
    const std::vector<double> after = step_of(group, lane);
    double largest = 0.0, off = 0.0;
    for (std::size_t k = 0; k < before.size(); ++k) {
        largest = std::max(largest, std::abs(before[k]));
        off = std::max(off, std::abs(after[k] - before[k]));
    }
    if (!(largest > 0.0) || !(off <= (kernels.single ? 1e-4 : 1e-11) * largest)) state.SkipWithError("another step than before");

    const Work work = work_of(name, sizes_of(grid.program, kernels));
    state.counters["us"] = 1e6 * best;
    state.counters["GFLOPs"] = 1e-9 * work.flops / best;
    state.counters["of_peak"] = work.flops / best / bench::peak_flops(work.single);
    state.counters["of_L1"] = work.touched / best / bench::update_bandwidth(first_cache);
    state.counters["GBs"] = 1e-9 * work.streamed / best;
    state.counters["of_stream"] = work.streamed / best / bench::read_bandwidth(static_cast<std::size_t>(work.long_arrays));
    state.counters["MiB"] = work.long_arrays / (1024.0 * 1024.0);
}

}  // namespace

void add_kernel_benchmarks(const std::string& name, const Grid& (*grid)(const std::string& path), const std::string& path) {
    for (const solver::Isa isa : solver::available_isas())
        for (const char* what : {"factor", "forward", "back", "mismatch", "update"})
            benchmark::RegisterBenchmark(("kernel_" + std::string(what) + "/" + name + "/" + std::string(to_string(isa))).c_str(),
                                         [=](benchmark::State& s) { kernel(s, grid(path), isa, what); })
                ->Unit(benchmark::kMicrosecond);
}

// Curves of a continuation power flow, the intact one and those after outages, in lanes and one by one. Both must meet the
// same events, in the same order, at the same lambda.
#include "bench_curves.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>

#include "araz/control/control_table.hpp"
#include "araz/io/case_io.hpp"
#include "araz/study/continuation.hpp"
#include "lane_batch.hpp"

namespace {

using namespace araz;

// The first outages that do not split the grid: curves take seconds each on large ones.
std::vector<Contingency> first_outages(const StudySetup& setup) {
    const std::size_t n = setup.model->network->n_bus < 500 ? 64 : setup.model->network->n_bus < 4000 ? 15 : 3;
    const auto all = make_contingencies(*setup.model, {});
    std::vector<Contingency> out;
    for (const Contingency& contingency : *all)
        if (!contingency.splits && out.size() < n) out.push_back(contingency);
    return out;
}

// Nothing, or what differs: lambda_max by more than 1e-9; events and points, which are located to 1e-9 of their gauges, by more than
// ten times that.
std::string difference(const PvResult& a, const PvResult& b) {
    for (std::size_t k = 0; k < a.curves.size(); ++k) {
        const PvCurve& x = a.curves[k];
        const PvCurve& y = b.curves[k];
        if (x.end != y.end || x.events.size() != y.events.size() || x.points.size() != y.points.size()) return "another course";
        if (!(std::abs(x.lambda_max - y.lambda_max) <= 1e-9)) return "another margin";
        for (std::size_t i = 0; i < x.events.size(); ++i)
            if (x.events[i].event != y.events[i].event || !(std::abs(x.events[i].lambda - y.events[i].lambda) <= 1e-8)) return "another event";
        for (std::size_t i = 0; i < x.points.size(); ++i)
            if (!(std::abs(x.points[i].min_vm_pu - y.points[i].min_vm_pu) <= 1e-8)) return "another point";
    }
    return {};
}

void curves(benchmark::State& state, const std::string& path) {
    StudySetup lanes;
    lanes.model = ElectricalModel::build(*Network::build(std::make_shared<const Case>(*read_case(path))));
    lanes.threads = 1;
    lanes.engine.controls = [] { return make_controls({}); };
    StudySetup scalar = lanes;
    scalar.sweep = SweepEngine::scalar;
    const auto outages = first_outages(lanes);
    double best[2] = {1e300, 1e300};
    std::size_t points = 0, events = 0;
    for (auto _ : state) {
        const double from = bench::cpu_seconds();
        const auto a = run_pv(lanes, outages, {});
        const double between = bench::cpu_seconds();
        const auto b = run_pv(scalar, outages, {});
        const double to = bench::cpu_seconds();
        best[0] = std::min(best[0], between - from);
        best[1] = std::min(best[1], to - between);
        state.SetIterationTime(between - from);
        if (!a || !b) state.SkipWithError("no curves");
        else if (const std::string what = difference(*a, *b); !what.empty()) state.SkipWithError(what.c_str());
        else {
            points = events = 0;
            for (const PvCurve& curve : a->curves) {
                points += curve.points.size();
                events += curve.events.size();
            }
        }
    }
    const double n = static_cast<double>(outages.size()) + 1.0;
    state.counters["curves"] = n;
    state.counters["points"] = static_cast<double>(points) / n;
    state.counters["events"] = static_cast<double>(events) / n;
    state.counters["lane_ms"] = 1e3 * best[0] / n;
    state.counters["scalar_ms"] = 1e3 * best[1] / n;
    state.counters["ratio"] = best[1] / best[0];
}

}  // namespace

void add_curve_benchmarks(const std::string& path) {
    const std::string name = "curves/" + std::filesystem::path(path).stem().string();
    benchmark::RegisterBenchmark(name.c_str(), [path](benchmark::State& s) { curves(s, path); })
        ->Unit(benchmark::kMillisecond)
        ->UseManualTime()
        ->Iterations(1);
}

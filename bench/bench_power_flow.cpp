// Parse, build, factor, refactor, solve and whole `pf`, on small to large cases. Each benchmark checks
// its answer and fails when it is wrong.
//
//   build/release/araz_bench                       the shipped case
//   ARAZ_CASES_DIR=... build/release/araz_bench    also public cases found in $ARAZ_CASES_DIR/matpower
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "araz/control/control_table.hpp"
#include "araz/io/case_io.hpp"
#include "araz/io/files.hpp"
#include "araz/io/result_io.hpp"
#include "araz/solver/block_lu.hpp"
#include "araz/study/n1.hpp"
#include "araz/study/power_flow.hpp"
#include "bench_capacity.hpp"
#include "bench_controls.hpp"
#include "bench_curves.hpp"
#include "bench_lanes.hpp"

namespace {

using namespace araz;

struct Prepared {
    std::string path, text;
    Case grid;
    StudySetup setup;
};

Prepared prepare(const std::string& path) {
    Prepared p;
    p.path = path;
    p.text = *read_file(path, 1ULL << 30U);
    p.grid = *read_case(path);
    p.setup.model = ElectricalModel::build(*Network::build(std::make_shared<const Case>(p.grid)));
    p.setup.threads = 1;
    return p;
}

void parse(benchmark::State& state, const Prepared& p) {
    for (auto _ : state) {
        const auto grid = case_format("matpower")->read(p.text, p.path, {});
        if (!grid || !(*grid == p.grid)) state.SkipWithError("parsed case differs");
        benchmark::DoNotOptimize(grid);
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(p.text.size()));
}

void build(benchmark::State& state, const Prepared& p) {
    const auto grid = std::make_shared<const Case>(p.grid);
    for (auto _ : state) {
        const auto model = ElectricalModel::build(*Network::build(grid));
        if (model->pattern.nnz() != p.setup.model->pattern.nnz()) state.SkipWithError("pattern differs");
    }
}

// The Jacobian at a solved state, and what its factors give for a known solution.
struct System {
    solver::PowerEquations equations;
    std::vector<double> values, ones, rhs;
    double tolerance = 0.0;

    explicit System(const Prepared& p) : equations(p.setup.model->pattern) {
        const ElectricalModel& model = *p.setup.model;
        const Solution solution = Engine(p.setup.model, p.setup.engine).solve({});
        solver::VoltageState voltages{solution.vm, solution.va};
        solver::PowerFlowProblem problem;
        std::vector<double> p_zero(static_cast<std::size_t>(model.pattern.n_bus), 0.0);
        problem.pattern = &model.pattern;
        problem.ybus = &model.ybus;
        problem.kind = model.kind;
        problem.p = p_zero;
        problem.q = p_zero;
        values.resize(equations.column().size());
        equations.injections(problem, voltages);
        equations.jacobian(problem, voltages, values);
        const int n = equations.size();
        ones.assign(static_cast<std::size_t>(n), 1.0);
        rhs.assign(static_cast<std::size_t>(n), 0.0);
        for (int i = 0; i < n; ++i)
            for (int k = equations.row_start()[i]; k < equations.row_start()[i + 1]; ++k) rhs[i] += values[k];
    }

    template <class Lu>
    bool solves(Lu& lu) const {
        std::vector<double> x = rhs;
        lu.solve(x);
        for (const double value : x)
            if (!(std::abs(value - 1.0) < 1e-6)) return false;
        return true;
    }
};

void factor(benchmark::State& state, const Prepared& p) {
    const System system(p);
    for (auto _ : state) {
        solver::SparseLu lu;
        lu.analyze(system.equations.size(), system.equations.row_start(), system.equations.column());
        if (!lu.factor(system.values).ok || !system.solves(lu)) state.SkipWithError("wrong factors");
    }
}

void refactor(benchmark::State& state, const Prepared& p) {
    const System system(p);
    solver::SparseLu lu;
    lu.analyze(system.equations.size(), system.equations.row_start(), system.equations.column());
    lu.factor(system.values);
    for (auto _ : state)
        if (!lu.refresh(system.values).ok) state.SkipWithError("singular");
    if (!system.solves(lu)) state.SkipWithError("wrong factors");
}

void substitute(benchmark::State& state, const Prepared& p) {
    const System system(p);
    solver::SparseLu lu;
    lu.analyze(system.equations.size(), system.equations.row_start(), system.equations.column());
    lu.factor(system.values);
    for (auto _ : state)
        if (!system.solves(lu)) state.SkipWithError("wrong factors");
}

solver::BlockLu block_lu(const Prepared& p) {
    const solver::AdmittancePattern& pattern = p.setup.model->pattern;
    solver::BlockLu lu;
    lu.analyze(pattern.n_bus, pattern.row_start, pattern.column);
    return lu;
}

// The same three by blocks: analyze and factor, factor, solve.
void block_factor(benchmark::State& state, const Prepared& p) {
    const System system(p);
    for (auto _ : state) {
        solver::BlockLu lu = block_lu(p);
        if (!lu.factor(system.values).ok || !system.solves(lu)) state.SkipWithError("wrong factors");
    }
}

void block_refactor(benchmark::State& state, const Prepared& p) {
    const System system(p);
    solver::BlockLu lu = block_lu(p);
    for (auto _ : state)
        if (!lu.factor(system.values).ok) state.SkipWithError("refused");
    if (!system.solves(lu)) state.SkipWithError("wrong factors");
    state.counters["fill"] = static_cast<double>(lu.fill());
}

void block_substitute(benchmark::State& state, const Prepared& p) {
    const System system(p);
    solver::BlockLu lu = block_lu(p);
    if (!lu.factor(system.values).ok) state.SkipWithError("refused");
    for (auto _ : state)
        if (!system.solves(lu)) state.SkipWithError("wrong factors");
}

void solve(benchmark::State& state, const Prepared& p, bool q_limits) {
    EngineOptions options = p.setup.engine;
    ControlChoice choice;
    choice.reactive_limits = q_limits;
    options.controls = [choice] { return make_controls(choice); };
    Engine engine(p.setup.model, options);
    int iterations = 0;
    for (auto _ : state) {
        const Solution solution = engine.solve({});
        if (!solution.solved()) state.SkipWithError("not solved");
        iterations = solution.iterations;
    }
    state.counters["iterations"] = iterations;
}

void whole_pf(benchmark::State& state, const Prepared& p) {
    for (auto _ : state) {
        auto grid = read_case(p.path);
        StudySetup setup;
        setup.model = ElectricalModel::build(*Network::build(std::make_shared<const Case>(*std::move(grid))));
        const PfResult result = run_power_flow(setup);
        const std::string json = to_json(result);
        if (!is_solved(result.status) || json.empty()) state.SkipWithError("not solved");
    }
}

void contingencies(benchmark::State& state, const Prepared& p) {
    const auto list = *make_contingencies(*p.setup.model, {});
    int solved = 0;
    for (auto _ : state) {
        const N1Result result = run_n1(p.setup, list);
        solved = result.summary.solved;
        if (result.contingencies.size() != list.size()) state.SkipWithError("contingencies missing");
    }
    state.counters["solved"] = solved;
    state.counters["per_s"] = benchmark::Counter(static_cast<double>(list.size()), benchmark::Counter::kIsIterationInvariantRate);
}

void add(const std::string& path) {
    const std::string name = std::filesystem::path(path).stem().string();
    auto* p = new Prepared(prepare(path));  // lives as long as the program, like the benchmarks
    const auto add_one = [&](const char* what, auto function) {
        benchmark::RegisterBenchmark((std::string(what) + "/" + name).c_str(), function)->Unit(benchmark::kMicrosecond);
    };
    add_one("parse", [p](benchmark::State& s) { parse(s, *p); });
    add_one("build", [p](benchmark::State& s) { build(s, *p); });
    add_one("factor", [p](benchmark::State& s) { factor(s, *p); });
    add_one("refactor", [p](benchmark::State& s) { refactor(s, *p); });
    add_one("substitute", [p](benchmark::State& s) { substitute(s, *p); });
    add_one("block_factor", [p](benchmark::State& s) { block_factor(s, *p); });
    add_one("block_refactor", [p](benchmark::State& s) { block_refactor(s, *p); });
    add_one("block_substitute", [p](benchmark::State& s) { block_substitute(s, *p); });
    add_one("solve", [p](benchmark::State& s) { solve(s, *p, false); });
    add_one("solve_q_limits", [p](benchmark::State& s) { solve(s, *p, true); });
    add_one("whole_pf", [p](benchmark::State& s) { whole_pf(s, *p); });
    if (p->setup.model->network->n_bus < 3000) add_one("n1", [p](benchmark::State& s) { contingencies(s, *p); });
}

}  // namespace

int main(int argc, char** argv) {
    add(std::string(ARAZ_SOURCE_DIR) + "/cases/azerbaijan-iran/azerbaijan_iran.m");
    const std::string shipped = std::string(ARAZ_SOURCE_DIR) + "/cases/azerbaijan-iran";
    add_control_benchmarks(shipped);
    add_capacity_benchmarks({"azerbaijan-iran", shipped, "AZ", "IR"});
    add_capacity_benchmarks({"azerbaijan-iran", shipped, "IR", "AZ"});
    if (const char* folder = std::getenv("ARAZ_CASES_DIR")) {
        for (const char* name : {"case_ACTIVSg200", "case118", "case1354pegase", "case_ACTIVSg2000", "case2869pegase", "case9241pegase"}) {
            const std::string path = std::string(folder) + "/matpower/" + name + ".m";
            if (!std::filesystem::exists(path)) continue;
            if (std::string(name) == "case_ACTIVSg200") {
                add_capacity_benchmarks({name, path, "2", "7", true});
                continue;
            }
            add(path);
            add_lane_benchmarks(path);
            add_curve_benchmarks(path);
            if (std::string(name) == "case1354pegase" || std::string(name) == "case_ACTIVSg2000") add_control_benchmarks(path);
        }
    }
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}

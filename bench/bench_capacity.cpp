// One certified direction of an export capacity, beside plain bisection: every contingency in full at every level
// tried, from no shift to the largest, down to the same tolerance. Both must end in overlapping brackets.
#include "bench_capacity.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <cmath>

#include "araz/control/control_table.hpp"
#include "araz/io/case_io.hpp"
#include "araz/study/capacity.hpp"

namespace {

using namespace araz;

struct Question {
    StudySetup setup;
    std::vector<Contingency> contingencies;
    ExchangeSides sides;
    CapacityOptions options;
};

Question ask(const CapacityBench& bench) {
    Question q;
    q.setup.model = ElectricalModel::build(*Network::build(std::make_shared<const Case>(*read_case(bench.path))));
    q.setup.threads = 1;
    ControlChoice choice;
    choice.reactive_limits = true;
    q.setup.engine.controls = [choice] { return make_controls(choice); };
    q.contingencies = *make_contingencies(*q.setup.model, {});
    q.sides = *make_sides(*q.setup.model->network, bench.from, bench.to, bench.by_zone ? Grouping::zone : Grouping::area);
    return q;
}

DirectionResult certified(const Question& q, const Solution& base) {
    return run_directions(q.setup, q.contingencies, q.options, {q.sides}, base).front();
}

// The limit of each pair by the policy no-worse: its own, or what it has at the base.
class Levels {
public:
    Levels(const Question& q, const Solution& base)
        : q_(q), base_(base), engine_(q.setup.model, for_contingencies(q.setup.engine)), monitor_(q.setup.model, q.setup.monitor),
          exchange_(q.setup.model, q.options.mode, q.options.key, q.sides, base) {
        engine_.prime(base);
        (void)is_secure(0.0, true);
    }

    [[nodiscard]] bool is_secure(double shift, bool at_base = false) {
        const ExchangePoint point = exchange_.solve(engine_, shift, base_);
        if (point.status != PointStatus::ok) return false;
        bool secure = holds(-1, point.intact, nullptr, at_base);
        for (std::size_t c = 0; c < q_.contingencies.size() && (secure || at_base); ++c) {
            if (q_.contingencies[c].splits || (!at_base && left_out_[c] != 0)) continue;
            Scenario scenario = point.scenario;
            scenario.branches_out = q_.contingencies[c].branches;
            scenario.generators_out = q_.contingencies[c].generators;
            const Solution after = engine_.solve_from(scenario, point.intact);
            if (at_base && !after.solved()) left_out_[c] = 1;
            secure = (after.solved() && holds(static_cast<int>(c), after, &point.intact, at_base)) && secure;
        }
        return secure;
    }

    [[nodiscard]] long long power_flows() const { return engine_.power_flows(); }
    [[nodiscard]] double largest() const { return std::min(exchange_.source_room(), exchange_.sink_room()); }

private:
    bool holds(int contingency, const Solution& solution, const Solution* before, bool at_base) {
        monitor_.read(solution, before, readings_);
        bool secure = true;
        for (Reading& reading : readings_) {
            const auto key = std::tuple(contingency, reading.watch, reading.index);
            if (at_base && is_violated(reading)) relaxed_[key] = reading.value;
            if (const auto found = relaxed_.find(key); found != relaxed_.end()) reading.limit = found->second;
            secure = secure && !is_violated(reading);
        }
        return secure;
    }

    const Question& q_;
    const Solution& base_;
    Engine engine_;
    Monitor monitor_;
    Exchange exchange_;
    std::vector<Reading> readings_;
    std::map<std::tuple<int, Watch, int>, double> relaxed_;
    std::vector<unsigned char> left_out_ = std::vector<unsigned char>(q_.contingencies.size(), 0);
};

struct Bracket {
    double secure = 0.0, insecure = 0.0;  // MW
    long long power_flows = 0;
};

Bracket bisect(const Question& q, const Solution& base) {
    Levels levels(q, base);
    const double mva = q.setup.model->network->base_mva;
    double low = 0.0;
    double high = levels.largest();
    while ((high - low) * mva > q.options.tolerance_mw) {
        const double middle = 0.5 * (low + high);
        (levels.is_secure(middle) ? low : high) = middle;
    }
    return {low * mva, high * mva, levels.power_flows()};
}

void run_certified(benchmark::State& state, const CapacityBench& bench) {
    const Question q = ask(bench);
    const Solution base = Engine(q.setup.model, q.setup.engine).solve({});
    const Bracket plain = bisect(q, base);
    DirectionResult result;
    for (auto _ : state) result = certified(q, base);
    const Certificate& c = result.certificate;
    if (result.status != "converged") state.SkipWithError("no answer");
    else if (c.secure_mw > plain.insecure + 1e-3 || plain.secure > c.insecure_mw + 1e-3) state.SkipWithError("bisection disagrees");
    state.counters["ttc_shift_mw"] = result.delta_e_mw;
    state.counters["contingencies"] = c.contingencies_solved;
    state.counters["power_flows"] = result.power_flows;
    state.counters["bisection_power_flows"] = static_cast<double>(plain.power_flows);
}

void run_bisection(benchmark::State& state, const CapacityBench& bench) {
    const Question q = ask(bench);
    const Solution base = Engine(q.setup.model, q.setup.engine).solve({});
    Bracket plain;
    for (auto _ : state) plain = bisect(q, base);
    state.counters["ttc_shift_mw"] = plain.secure;
    state.counters["power_flows"] = static_cast<double>(plain.power_flows);
}

}  // namespace

void add_capacity_benchmarks(const CapacityBench& bench) {
    const std::string name = bench.name + " " + bench.from + "->" + bench.to;
    benchmark::RegisterBenchmark(("capacity/" + name).c_str(), run_certified, bench)->Unit(benchmark::kMillisecond);
    benchmark::RegisterBenchmark(("capacity bisection/" + name).c_str(), run_bisection, bench)->Unit(benchmark::kMillisecond);
}

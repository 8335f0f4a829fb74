#include "security.hpp"

#include <algorithm>
#include <cmath>
#include <mutex>

#include "binding.hpp"
#include "parallel.hpp"

namespace araz {

namespace {

constexpr std::size_t keep_per_state = 3;

}  // namespace

struct SecurityCheck::State {
    int contingency = intact_grid;
    bool solved = false;
    double mismatch = 0.0;
    double min_vm = std::numeric_limits<double>::infinity();
    double worst_loading = 0.0;
    int worst_loading_branch = -1;
    PairReading worst;
    double predicted = std::numeric_limits<double>::infinity();
    double focus_severity = nan_value;
    std::vector<PairReading> top, violated;
};

struct SecurityCheck::Worker {
    Engine engine;
    Monitor monitor;
    std::vector<Reading> readings;
    std::vector<std::vector<double>> columns;  ///< right-hand side, then tangent

    Worker(const StudySetup& setup, const Solution& base)
        : engine(setup.model, for_contingencies(setup.engine)), monitor(setup.model, setup.monitor) {
        engine.prime(base);
    }
};

SecurityCheck::~SecurityCheck() = default;

SecurityCheck::SecurityCheck(const StudySetup& setup, const std::vector<Contingency>& contingencies,
                             const Exchange& exchange, const Solution& base)
    : setup_(&setup), contingencies_(&contingencies), exchange_(&exchange), base_(&base), last_secure_(base) {
    workers_.resize(static_cast<std::size_t>(
        resolve_threads(setup.threads, std::max(1, static_cast<int>(contingencies.size())))));
    workers_[0] = std::make_unique<Worker>(setup, base);
    for (int c = 0; c < static_cast<int>(contingencies.size()); ++c)
        if (!contingencies[c].splits && !contingencies[c].excluded) monitored_.push_back(c);
}

Engine& SecurityCheck::engine() { return workers_[0]->engine; }

// A pair's limit by the base-insecure policy: its own, the wider one it had at the base, or none.
Reading SecurityCheck::against_own_limit(const Pair& pair, Reading reading) const {
    const auto found = relaxed_.find(pair);
    if (found != relaxed_.end()) reading.limit = found->second;
    return reading;
}

SecurityCheck::State SecurityCheck::read_state(Worker& worker, int contingency, const Scenario& scenario,
                                               const Solution& solution, const Solution* intact, double shift,
                                               bool tangents, const Pair& focus) const {
    State state;
    state.contingency = contingency;
    state.solved = solution.solved();
    if (!state.solved) return state;
    state.mismatch = solution.max_mismatch;
    worker.monitor.read(solution, intact, worker.readings);
    const bool has_tangent = tangents && (worker.columns.assign(1, exchange_->direction(shift)),
                                          worker.engine.sensitivities(scenario, solution, worker.columns));
    const auto before = [&](const PairReading& a, const PairReading& b) {
        if (has_tangent && a.predicted != b.predicted) return a.predicted < b.predicted;
        return a.severity != b.severity ? a.severity > b.severity : a.pair < b.pair;
    };
    for (const Reading& plain : worker.readings) {
        PairReading entry{{contingency, plain.watch, plain.index}, plain, 0.0};
        const Reading reading = against_own_limit(entry.pair, plain);
        if (plain.watch == Watch::thermal && plain.value / plain.limit > state.worst_loading) {
            state.worst_loading = plain.value / plain.limit;
            state.worst_loading_branch = plain.index;
        }
        if (plain.watch == Watch::voltage_low) state.min_vm = std::min(state.min_vm, plain.value);
        if (std::isnan(reading.limit)) continue;  // not monitored by the policy
        entry.severity = reading.severity();
        if (entry.severity > state.worst.severity) state.worst = entry;
        if (entry.severity > 1.0 + limit_margin) state.violated.push_back(entry);
        if (entry.pair == focus) state.focus_severity = entry.severity;
        if (has_tangent) {
            entry.predicted = shift + binding_shift(*setup_->model, solution, worker.columns[0], reading);
            state.predicted = std::min(state.predicted, entry.predicted);
        }
        if (state.top.size() == keep_per_state && !before(entry, state.top.back())) continue;
        if (has_tangent) entry.slope = severity_slope(*setup_->model, solution, worker.columns[0], reading);
        state.top.insert(std::upper_bound(state.top.begin(), state.top.end(), entry, before), entry);
        if (state.top.size() > keep_per_state) state.top.pop_back();
    }
    return state;
}

void SecurityCheck::merge(const State& state, SecurityReport& report) const {
    if (!state.solved) {
        if (!report.unsolved) report.unsolved_contingency = state.contingency;
        report.unsolved = true;
        report.unsolved_contingencies.push_back(state.contingency);
        return;
    }
    if (state.contingency != intact_grid) {
        ++report.solved;
        report.severity_of[state.contingency] = state.worst.severity;
        report.predicted_of[state.contingency] = state.predicted;
    }
    report.predicted = std::min(report.predicted, state.predicted);
    report.max_mismatch = std::max(report.max_mismatch, state.mismatch);
    report.min_vm = std::min(report.min_vm, state.min_vm);
    if (state.worst_loading > report.worst_loading) {
        report.worst_loading = state.worst_loading;
        report.worst_loading_pair = {state.contingency, Watch::thermal, state.worst_loading_branch};
    }
    if (!std::isnan(state.focus_severity)) report.focus_severity = state.focus_severity;
    report.violated.insert(report.violated.end(), state.violated.begin(), state.violated.end());
    report.top.insert(report.top.end(), state.top.begin(), state.top.end());
    if (state.worst.severity > report.worst.severity) report.worst = state.worst;
}

SecurityReport SecurityCheck::check(double shift, const std::vector<int>& contingencies, bool tangents,
                                    const Pair& focus) {
    SecurityReport report;
    report.severity_of.assign(contingencies_->size(), -std::numeric_limits<double>::infinity());
    report.predicted_of.assign(contingencies_->size(), std::numeric_limits<double>::infinity());
    const long long before = engine().power_flows();
    report.point = exchange_->solve(engine(), shift, last_secure_);
    power_flows_ += engine().power_flows() - before;
    if (report.point.status != PointStatus::ok) {
        report.unsolved = report.point.status == PointStatus::unsolved;
        return report;
    }
    merge(read_state(*workers_[0], intact_grid, report.point.scenario, report.point.intact, nullptr, shift, tangents, focus),
          report);

    Scenario after = report.point.scenario;
    keep_dispatch(setup_->engine.slack, *setup_->model, report.point.intact, after);
    std::vector<State> states(contingencies.size());
    std::atomic<long long> flows{0};
    const auto make_worker = [&](int thread) {
        auto& slot = workers_[thread];
        if (!slot) slot = std::make_unique<Worker>(*setup_, *base_);
        return [&, worker = slot.get()](int item) {
            const int c = contingencies[item];
            Scenario scenario = after;
            scenario.branches_out = (*contingencies_)[c].branches;
            scenario.generators_out = (*contingencies_)[c].generators;
            const long long start = worker->engine.power_flows();
            const Solution solution = worker->engine.solve_from(scenario, report.point.intact);
            flows += worker->engine.power_flows() - start;
            states[item] = read_state(*worker, c, scenario, solution, &report.point.intact, shift, tangents, focus);
            return true;
        };
    };
    if (!contingencies.empty()) for_each_item(static_cast<int>(contingencies.size()), setup_->threads, make_worker);
    power_flows_ += flows;
    for (const State& state : states) merge(state, report);
    report.secure = !report.unsolved && report.worst.severity <= 1.0 + limit_margin;
    if (report.secure) last_secure_ = report.point.intact;
    return report;
}

SecurityReport SecurityCheck::settle_base(BaseInsecure policy, std::vector<Violation>& violations,
                                          std::vector<std::string>& excluded) {
    SecurityReport report = check(0.0, monitored_, true);
    if (report.point.status != PointStatus::ok) return report;
    for (const PairReading& entry : report.violated) {
        violations.push_back(describe(entry));
        if (policy == BaseInsecure::no_worse) relaxed_[entry.pair] = entry.reading.value;
        if (policy == BaseInsecure::drop_pairs) relaxed_[entry.pair] = nan_value;
    }
    for (const int c : report.unsolved_contingencies) {
        Violation v;
        v.kind = "unsolved";
        v.contingency = (*contingencies_)[c].label;
        v.contingency_name = (*contingencies_)[c].name;
        violations.push_back(v);
        if (policy == BaseInsecure::strict) continue;
        excluded.push_back((*contingencies_)[c].label + ": no solution at the base");
        std::erase(monitored_, c);
    }
    const bool relaxed = policy != BaseInsecure::strict && !violations.empty();
    return relaxed ? check(0.0, monitored_, true) : report;
}

Violation SecurityCheck::describe(const PairReading& entry) const {
    const Network& net = *setup_->model->network;
    const bool intact = entry.pair.contingency == intact_grid;
    return to_violation(net, entry.reading, intact ? "" : (*contingencies_)[entry.pair.contingency].label,
                        intact ? "" : (*contingencies_)[entry.pair.contingency].name);
}

std::string SecurityCheck::describe_pair(const Pair& pair) const {
    if (pair.index < 0) return "";
    const Network& net = *setup_->model->network;
    std::string text = pair.watch == Watch::thermal ? "branch " + net.branch_label(pair.index)
                                                    : "bus " + net.bus_label(pair.index);
    if (pair.contingency == intact_grid) return text + ", intact grid";
    const Contingency& c = (*contingencies_)[pair.contingency];
    return text + " after contingency " + c.label + " (" + c.name + ")";
}

}  // namespace araz

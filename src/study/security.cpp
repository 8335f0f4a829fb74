#include "security.hpp"

#include <algorithm>
#include <cmath>
#include <mutex>

#include "parallel.hpp"

namespace araz {

namespace {

constexpr std::size_t keep_per_state = 3;

EngineOptions for_contingencies(EngineOptions options) {
    options.trace = false;
    options.start = Start::automatic;
    return options;
}

}  // namespace

struct SecurityCheck::State {
    int contingency = intact_grid;
    bool solved = false;
    double mismatch = 0.0;
    double min_vm = std::numeric_limits<double>::infinity();
    double worst_loading = 0.0;
    int worst_loading_branch = -1;
    std::vector<PairReading> top;
};

struct SecurityCheck::Worker {
    Engine engine;
    Monitor monitor;

    Worker(const StudySetup& setup, const Solution& base)
        : engine(setup.model, for_contingencies(setup.engine)), monitor(setup.model, setup.monitor) {
        engine.prime(base);
    }
};

SecurityCheck::~SecurityCheck() = default;

SecurityCheck::SecurityCheck(const StudySetup& setup, const std::vector<Contingency>& contingencies,
                             const Exchange& exchange, const Solution& base)
    : setup_(&setup),
      contingencies_(&contingencies),
      exchange_(&exchange),
      base_(&base),
      engine_(setup.model, for_contingencies(setup.engine)),
      monitor_(setup.model, setup.monitor),
      last_secure_(base) {
    engine_.prime(base);
    workers_.resize(static_cast<std::size_t>(
        resolve_threads(setup.threads, std::max(1, static_cast<int>(contingencies.size())))));
    for (int c = 0; c < static_cast<int>(contingencies.size()); ++c)
        if (!contingencies[c].splits && !contingencies[c].excluded) monitored_.push_back(c);
}

double SecurityCheck::severity(const Pair& pair, const Reading& reading) const {
    const auto found = relaxed_.find(pair);
    if (found == relaxed_.end()) return reading.severity();
    if (std::isnan(found->second)) return 0.0;
    Reading against = reading;
    against.limit = found->second;
    return against.severity();
}

SecurityCheck::State SecurityCheck::read_state(Monitor& monitor, int contingency, const Solution& solution) const {
    State state;
    state.contingency = contingency;
    state.solved = solution.solved();
    if (!state.solved) return state;
    state.mismatch = solution.max_mismatch;
    std::vector<Reading> readings;
    monitor.read(solution, contingency != intact_grid, readings);
    const auto worse = [](const PairReading& a, const PairReading& b) {
        return a.severity != b.severity ? a.severity > b.severity : a.pair < b.pair;
    };
    for (const Reading& reading : readings) {
        const Pair pair{contingency, reading.watch, reading.index};
        PairReading entry{pair, reading, severity(pair, reading)};
        if (reading.watch == Watch::thermal && reading.value / reading.limit > state.worst_loading) {
            state.worst_loading = reading.value / reading.limit;
            state.worst_loading_branch = reading.index;
        }
        if (reading.watch == Watch::voltage_low) state.min_vm = std::min(state.min_vm, reading.value);
        if (state.top.size() == keep_per_state && !worse(entry, state.top.back())) continue;
        state.top.insert(std::upper_bound(state.top.begin(), state.top.end(), entry, worse), entry);
        if (state.top.size() > keep_per_state) state.top.pop_back();
    }
    return state;
}

void SecurityCheck::merge(const State& state, SecurityReport& report) const {
    if (!state.solved) {
        if (!report.unsolved) report.unsolved_contingency = state.contingency;
        report.unsolved = true;
        return;
    }
    if (state.contingency != intact_grid) {
        ++report.solved;
        report.severity_of[state.contingency] =
            state.top.empty() ? 0.0 : state.top.front().severity;
    }
    report.max_mismatch = std::max(report.max_mismatch, state.mismatch);
    report.min_vm = std::min(report.min_vm, state.min_vm);
    if (state.worst_loading > report.worst_loading) {
        report.worst_loading = state.worst_loading;
        report.worst_loading_pair = {state.contingency, Watch::thermal, state.worst_loading_branch};
    }
    for (const PairReading& entry : state.top) report.top.push_back(entry);
    if (!state.top.empty() && state.top.front().severity > report.worst.severity) report.worst = state.top.front();
}

SecurityReport SecurityCheck::check(double shift, bool with_contingencies) {
    return check_some(shift, with_contingencies ? monitored_ : std::vector<int>{});
}

SecurityReport SecurityCheck::check_some(double shift, const std::vector<int>& contingencies) {
    SecurityReport report;
    report.severity_of.assign(contingencies_->size(), -std::numeric_limits<double>::infinity());
    const long long before = engine_.power_flows();
    report.point = exchange_->solve(engine_, shift, last_secure_);
    power_flows_ += engine_.power_flows() - before;
    if (report.point.status != PointStatus::ok) {
        report.unsolved = report.point.status == PointStatus::unsolved;
        return report;
    }
    merge(read_state(monitor_, intact_grid, report.point.intact), report);

    std::vector<State> states(contingencies.size());
    std::atomic<long long> flows{0};
    const auto make_worker = [&](int thread) {
        auto& slot = workers_[thread];
        if (!slot) slot = std::make_unique<Worker>(*setup_, *base_);
        return [&, worker = slot.get()](int item) {
            const int c = contingencies[item];
            Scenario scenario = report.point.scenario;
            scenario.branches_out = (*contingencies_)[c].branches;
            scenario.generators_out = (*contingencies_)[c].generators;
            const long long start = worker->engine.power_flows();
            states[item] = read_state(worker->monitor, c, worker->engine.solve_from(scenario, report.point.intact));
            flows += worker->engine.power_flows() - start;
            return true;
        };
    };
    if (!contingencies.empty()) for_each_item(static_cast<int>(contingencies.size()), setup_->threads, make_worker);
    power_flows_ += flows;
    for (State& state : states) merge(state, report);
    std::stable_sort(report.top.begin(), report.top.end(),
                     [](const PairReading& a, const PairReading& b) { return a.severity > b.severity; });
    report.secure = !report.unsolved && report.worst.severity <= 1.0 + limit_margin;
    if (report.secure) last_secure_ = report.point.intact;
    return report;
}

SecurityReport SecurityCheck::settle_base(BaseInsecure policy, std::vector<Violation>& violations,
                                          std::vector<std::string>& excluded) {
    // A pair can be violated deeper than `keep_per_state` shows, so read every state whole here.
    std::vector<int> solved;
    std::vector<Reading> readings;
    const auto note = [&](int c, const Solution& solution) {
        monitor_.read(solution, c != intact_grid, readings);
        for (const Reading& reading : readings) {
            if (!is_violated(reading)) continue;
            const Pair pair{c, reading.watch, reading.index};
            violations.push_back(describe({pair, reading, reading.severity()}));
            if (policy == BaseInsecure::no_worse) relaxed_[pair] = reading.value;
            if (policy == BaseInsecure::drop_pairs) relaxed_[pair] = nan_value;
        }
    };
    const ExchangePoint base_point = exchange_->solve(engine_, 0.0, *base_);
    if (base_point.status != PointStatus::ok) {
        SecurityReport report;
        report.unsolved = true;
        report.point = base_point;
        return report;
    }
    note(intact_grid, base_point.intact);
    for (const int c : monitored_) {
        Scenario scenario = base_point.scenario;
        scenario.branches_out = (*contingencies_)[c].branches;
        scenario.generators_out = (*contingencies_)[c].generators;
        const Solution solution = engine_.solve_from(scenario, base_point.intact);
        ++power_flows_;
        if (solution.solved()) {
            note(c, solution);
            solved.push_back(c);
            continue;
        }
        Violation v;
        v.kind = "unsolved";
        v.contingency = (*contingencies_)[c].label;
        v.contingency_name = (*contingencies_)[c].name;
        violations.push_back(v);
        if (policy == BaseInsecure::strict) solved.push_back(c);
        else excluded.push_back((*contingencies_)[c].label + ": no solution at the base");
    }
    monitored_ = solved;
    return check(0.0, true);
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

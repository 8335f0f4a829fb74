#include "security.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>

#include "parallel.hpp"

namespace araz {

namespace {

constexpr int lane_pack = 16;  // a thread is worth its own lanes from this many contingencies on
constexpr int fewest_in_lanes = 4;
constexpr double tie = 1e-9;

}  // namespace

struct SecurityCheck::Worker {
    Engine engine;
    StateReader reader;
    std::vector<std::vector<double>> columns;  ///< right-hand side, then tangent

    Worker(const StudySetup& setup, const Solution& base)
        : engine(setup.model, for_contingencies(setup.engine)), reader(setup.model, setup.monitor) {
        engine.prime(base);
    }
};

SecurityCheck::~SecurityCheck() = default;

SecurityCheck::SecurityCheck(const StudySetup& setup, const std::vector<Contingency>& contingencies,
                             const Exchange& exchange, const Solution& base, SharedBase* shared)
    : setup_(&setup), contingencies_(&contingencies), exchange_(&exchange), base_(&base), shared_(shared) {
    last_secure_.intact = base;
    workers_.resize(static_cast<std::size_t>(
        resolve_threads(setup.threads, std::max(1, static_cast<int>(contingencies.size())))));
    workers_[0] = std::make_unique<Worker>(setup, base);
    for (int c = 0; c < static_cast<int>(contingencies.size()); ++c)
        if (!contingencies[c].splits && !contingencies[c].excluded) monitored_.push_back(c);
}

Engine& SecurityCheck::engine() { return workers_[0]->engine; }

SecurityCheck::Worker& SecurityCheck::worker_of(int thread) {
    auto& slot = workers_[thread];
    if (!slot) slot = std::make_unique<Worker>(*setup_, *base_);
    return *slot;
}

// Calls take(k, state) for the tangent along each exchange, or take(0, state) without any.
template <class Take>
void SecurityCheck::read_state(Worker& worker, int contingency, const Scenario& scenario, const Solution& solution,
                               const Solution* intact, Along along, const ReadingRules& rules, const Take& take) const {
    worker.columns.clear();
    if (solution.solved())
        for (const Exchange* exchange : along) worker.columns.push_back(exchange->direction(rules.shift));
    const bool has_tangent = !worker.columns.empty() && worker.engine.sensitivities(scenario, solution, worker.columns);
    for (std::size_t k = 0; k < std::max<std::size_t>(1, along.size()); ++k) {
        CheckedState state;
        state.contingency = contingency;
        if (solution.solved()) {
            worker.reader.load(solution, has_tangent ? std::span<const double>(worker.columns[k]) : std::span<const double>());
            state = worker.reader.read(contingency, intact, rules);
        }
        take(k, std::move(state));
    }
}

CheckedState SecurityCheck::read_intact(const ExchangePoint& point, bool tangents, const ReadingRules& rules) {
    CheckedState intact;
    read_state(*workers_[0], intact_grid, point.scenario, point.intact, nullptr, tangents ? Along(&exchange_, 1) : Along(), rules,
               [&](std::size_t, CheckedState state) { intact = std::move(state); });
    return intact;
}

void SecurityCheck::solve_and_read(Worker& worker, const std::vector<int>& contingencies, int item, const Scenario& after,
                                   const ExchangePoint& point, Along along, const ReadingRules& rules, States& states) {
    const int contingency = contingencies[item];
    Scenario scenario = after;
    scenario.branches_out = (*contingencies_)[contingency].branches;
    scenario.generators_out = (*contingencies_)[contingency].generators;
    const long long start = worker.engine.power_flows();
    const Solution solution = worker.engine.solve_from(scenario, point.intact);
    power_flows_ += worker.engine.power_flows() - start;
    read_state(worker, contingency, scenario, solution, &point.intact, along, rules,
               [&](std::size_t k, CheckedState state) { states[k][item] = std::move(state); });
}

void SecurityCheck::check_one_by_one(const std::vector<int>& contingencies, const Scenario& after, const ExchangePoint& point,
                                     Along along, const ReadingRules& rules, States& states) {
    for_each_item(static_cast<int>(contingencies.size()), setup_->threads, [&](int thread) {
        return [&, worker = &worker_of(thread)](int item) {
            solve_and_read(*worker, contingencies, item, after, point, along, rules, states);
            return true;
        };
    });
}

SecurityCheck::LaneReading SecurityCheck::lane_reading(const Pair& focus) const {
    const Network& net = *setup_->model->network;
    LaneReading how;
    how.whole = setup_->monitor.voltage_step > 0.0;
    if (how.whole) return how;
    how.limits.nearest = true;
    for (int l = 0; l < net.n_branch; ++l) how.limits.branch.push_back(rating(net, l, setup_->monitor.rating_contingency));
    how.limits.vm_low.assign(static_cast<std::size_t>(net.n_bus), -1.0);
    how.limits.vm_high.assign(static_cast<std::size_t>(net.n_bus), 0.0);
    if (setup_->monitor.voltage_limits)
        for (int b = 0; b < net.n_bus; ++b) {
            how.limits.vm_low[b] = std::max(0.0, net.vmin[b]);
            how.limits.vm_high[b] = net.vmax[b];
        }
    std::set<int> branches, buses;
    const auto apart = [&](const Pair& pair) {
        if (pair.index < 0 || pair.contingency == intact_grid) return;
        (pair.watch == Watch::thermal ? branches : buses).insert(pair.index);
    };
    apart(focus);
    for (const auto& [pair, limit] : relaxed_) apart(pair);
    for (const int l : branches) how.limits.branch[l] = 0.0;
    for (const int b : buses) how.limits.vm_low[b] = -1.0;
    how.branches.assign(branches.begin(), branches.end());
    how.buses.assign(buses.begin(), buses.end());
    return how;
}

// False: not for lanes. What a lane gives back is solved one by one.
bool SecurityCheck::check_in_lanes(const std::vector<int>& contingencies, const Scenario& after, const ExchangePoint& point,
                                   Along along, const ReadingRules& rules, States& states) {
    const int count = static_cast<int>(contingencies.size());
    if (setup_->sweep == SweepEngine::scalar || no_lanes_ || count < fewest_in_lanes) return false;
    auto lanes = std::make_shared<const LaneBase>(setup_->model, setup_->engine, after, point.intact, lanes_.get());
    if (!lanes->ok()) {
        no_lanes_ = true;
        return false;
    }
    lanes_ = lanes;
    const LaneReading reading = lane_reading(rules.focus);
    std::atomic<int> next{0};
    const int threads = resolve_threads(setup_->threads, (count + lane_pack - 1) / lane_pack);
    for_each_item(threads, threads, [&](int thread) {
        return [&, thread](int) {
            LaneSweep sweep(lanes, setup_->isa, reading.limits);
            std::vector<int> branches, buses;
            const auto merged = [](std::span<const int> listed, const std::vector<int>& apart, std::vector<int>& all) {
                all.clear();
                std::set_union(listed.begin(), listed.end(), apart.begin(), apart.end(), std::back_inserter(all));
            };
            for (const Exchange* exchange : along) sweep.add_direction(exchange->direction(rules.shift));
            StateReader reader(setup_->model, setup_->monitor);
            sweep.run([&] { const int item = next++; return item < count ? item : -1; },
                      [&](int item) { return (*contingencies_)[contingencies[item]].scenario(); },
                      [&](const LaneOutcome& outcome) {
                          const int c = contingencies[outcome.item];
                          if (!outcome.solved) {
                              solve_and_read(worker_of(thread), contingencies, outcome.item, after, point, along, rules, states);
                              return;
                          }
                          if (outcome.direction == 0) ++power_flows_;
                          reader.load(outcome, (*contingencies_)[c].branches);
                          CheckedState& state = states[outcome.direction][outcome.item];
                          if (reading.whole) {
                              state = reader.read(c, &point.intact, rules);
                              return;
                          }
                          merged(outcome.branches, reading.branches, branches);
                          merged(outcome.buses, reading.buses, buses);
                          state = reader.read_listed(c, branches, buses, outcome.lowest_vm, rules);
                      });
            return true;
        };
    });
    return true;
}

void SecurityCheck::merge(const CheckedState& state, SecurityReport& report) const {
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
    // Of readings that tie but for rounding (a held voltage in many states) the first counts, whoever solved them.
    if (state.worst.severity > report.worst.severity + tie) report.worst = state.worst;
}

SecurityReport SecurityCheck::empty_report() const {
    SecurityReport report;
    report.severity_of.assign(contingencies_->size(), -std::numeric_limits<double>::infinity());
    report.predicted_of.assign(contingencies_->size(), std::numeric_limits<double>::infinity());
    return report;
}

// Solves the intact grid at a shift. False: the report says why not.
bool SecurityCheck::solve_point(double shift, SecurityReport& report) {
    const long long before = engine().power_flows();
    report.point = exchange_->solve(engine(), shift, last_secure_.intact, &last_secure_);
    power_flows_ += engine().power_flows() - before;
    report.unsolved = report.point.status == PointStatus::unsolved;
    return report.point.status == PointStatus::ok;
}

SecurityReport SecurityCheck::check(double shift, const std::vector<int>& contingencies, bool tangents,
                                    const Pair& focus) {
    SecurityReport report = empty_report();
    if (!solve_point(shift, report)) return report;
    const ReadingRules rules{&relaxed_, focus, shift};
    merge(read_intact(report.point, tangents, rules), report);
    const States states = check_after(contingencies, report.point, tangents ? Along(&exchange_, 1) : Along(), rules);
    for (const CheckedState& state : states[0]) merge(state, report);
    conclude(report);
    return report;
}

// As check(0, monitored, true); the states after the contingencies come back too.
SecurityReport SecurityCheck::check_base(std::vector<CheckedState>& states) {
    SecurityReport report = empty_report();
    if (!solve_point(0.0, report)) return report;
    const ReadingRules rules{&relaxed_, {}, 0.0};
    merge(read_intact(report.point, true, rules), report);
    states = base_states(report.point, rules);
    for (const CheckedState& state : states) merge(state, report);
    conclude(report);
    return report;
}

namespace {

bool same_state(const ExchangePoint& a, const ExchangePoint& b) {
    const auto same_output = [](const GeneratorSetting& x, const GeneratorSetting& y) {
        return x.generator == y.generator && x.p == y.p;
    };
    return std::equal(a.scenario.generator_p.begin(), a.scenario.generator_p.end(), b.scenario.generator_p.begin(),
                      b.scenario.generator_p.end(), same_output) &&
           a.intact.vm == b.intact.vm && a.intact.va == b.intact.va;
}

}  // namespace

// The states of all exchanges at once, or those that another one has had solved. Two exchanges that do not start from the
// same state to the last bit share nothing.
std::vector<CheckedState> SecurityCheck::base_states(const ExchangePoint& point, const ReadingRules& rules) {
    const auto own = [&] { return std::move(check_after(monitored_, point, Along(&exchange_, 1), rules)[0]); };
    if (shared_ == nullptr || shared_->exchanges_.size() < 2) return own();
    if (!shared_->solved_) {
        shared_->states_ = check_after(monitored_, point, shared_->exchanges_, rules);
        shared_->point_ = point;
        shared_->contingencies_ = monitored_;
        shared_->solved_ = true;
    }
    const auto& exchanges = shared_->exchanges_;
    const auto found = std::find(exchanges.begin(), exchanges.end(), exchange_);
    if (found == exchanges.end() || shared_->contingencies_ != monitored_ || !same_state(shared_->point_, point)) return own();
    return shared_->states_[static_cast<std::size_t>(found - exchanges.begin())];
}

SecurityCheck::States SecurityCheck::check_after(const std::vector<int>& contingencies, const ExchangePoint& point, Along along,
                                                 const ReadingRules& rules) {
    States states(std::max<std::size_t>(1, along.size()), std::vector<CheckedState>(contingencies.size()));
    if (contingencies.empty()) return states;
    Scenario after = point.scenario;
    keep_dispatch(setup_->engine.slack, *setup_->model, point.intact, after);
    if (!check_in_lanes(contingencies, after, point, along, rules, states))
        check_one_by_one(contingencies, after, point, along, rules, states);
    return states;
}

void SecurityCheck::conclude(SecurityReport& report) {
    report.secure = !report.unsolved && report.worst.severity <= 1.0 + limit_margin;
    if (report.secure) last_secure_ = report.point;
}

// A limit that the policy widened belongs to one pair: the other contingencies read as before.
void SecurityCheck::check_relaxed(const std::vector<CheckedState>& before, SecurityReport& report) {
    const ReadingRules rules{&relaxed_, {}, 0.0};
    std::vector<int> again;
    for (const CheckedState& state : before)
        if (state.solved && !state.violated.empty()) again.push_back(state.contingency);
    const std::vector<CheckedState> relaxed = check_after(again, report.point, Along(&exchange_, 1), rules)[0];
    const CheckedState intact = read_intact(report.point, true, rules);
    SecurityReport settled = empty_report();
    settled.point = std::move(report.point);
    merge(intact, settled);
    std::size_t next = 0;
    for (const CheckedState& state : before) {
        const bool renewed = next < again.size() && again[next] == state.contingency;
        if (renewed) merge(relaxed[next++], settled);
        else if (std::binary_search(monitored_.begin(), monitored_.end(), state.contingency)) merge(state, settled);
    }
    conclude(settled);
    report = std::move(settled);
}

SecurityReport SecurityCheck::settle_base(BaseInsecure policy, std::vector<Violation>& violations,
                                          std::vector<std::string>& excluded) {
    std::vector<CheckedState> states;
    SecurityReport report = check_base(states);
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
    if (relaxed) check_relaxed(states, report);
    return report;
}

std::vector<PairReading> SecurityCheck::read_exactly(const ExchangePoint& point, std::vector<PairReading> readings) {
    std::vector<int> contingencies;
    for (const PairReading& reading : readings)
        if (reading.pair.contingency != intact_grid) contingencies.push_back(reading.pair.contingency);
    std::sort(contingencies.begin(), contingencies.end());
    contingencies.erase(std::unique(contingencies.begin(), contingencies.end()), contingencies.end());
    if (contingencies.empty() || no_lanes_ || setup_->sweep == SweepEngine::scalar) return readings;
    Scenario after = point.scenario;
    keep_dispatch(setup_->engine.slack, *setup_->model, point.intact, after);
    States states(1, std::vector<CheckedState>(contingencies.size()));
    check_one_by_one(contingencies, after, point, Along(&exchange_, 1), {&relaxed_, {}, point.shift}, states);
    for (PairReading& reading : readings)
        for (const CheckedState& state : states[0])
            for (const PairReading& exact : state.top)
                if (exact.pair == reading.pair) reading = exact;
    return readings;
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

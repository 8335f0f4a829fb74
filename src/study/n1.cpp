#include "araz/study/n1.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <set>

#include "araz/solver/graph.hpp"
#include "araz/study/controls.hpp"
#include "araz/study/diagnosis.hpp"
#include "parallel.hpp"
#include "screen.hpp"

namespace araz {

namespace {

constexpr int lane_pack = 16;  // a thread is worth its own lanes from this many outages on
constexpr int piece_of_stream = 2048;  // results held at a time when they are streamed

// Circuits and buses that are twins differ in the last digits, by the way that a solver went: of those within this, the first is named.
constexpr double tie = 1e-9;

void take_worst_loading(const Network& net, const std::vector<Reading>& readings, ContingencyResult& result) {
    double worst = -1.0;
    for (const Reading& reading : readings)
        if (reading.watch == Watch::thermal) worst = std::max(worst, reading.severity());
    if (worst < 0.0) return;
    const auto first = std::find_if(readings.begin(), readings.end(), [&](const Reading& reading) {
        return reading.watch == Watch::thermal && reading.severity() >= worst * (1.0 - tie);
    });
    result.max_loading_pct = 100.0 * worst;
    result.max_loading_branch = net.branch_row[first->index] + 1;
    result.max_loading_branch_name = net.branch_name(first->index);
}

void take_violations(const Network& net, const Contingency& contingency, const std::vector<Reading>& readings,
                     ContingencyResult& result) {
    for (const Reading& reading : readings)
        if (is_violated(reading))
            result.violations.push_back(to_violation(net, reading, contingency.label, contingency.name));
}

/// `vm` of a bus; 0 where it has no voltage.
template <class Magnitude>
void take_extreme_voltages(const Network& net, double lowest, double highest, const Magnitude& vm, ContingencyResult& result) {
    const auto first_near = [&](double value) {
        int b = 0;
        while (!(std::abs(vm(b) - value) <= tie)) ++b;
        return number(net.bus_id[b]);
    };
    result.min_vm_pu = lowest;
    result.min_vm_bus = first_near(lowest);
    result.max_vm_pu = highest;
    result.max_vm_bus = first_near(highest);
}

void take_extreme_voltages(const Network& net, const Solution& solution, ContingencyResult& result) {
    double lowest = std::numeric_limits<double>::infinity(), highest = 0.0;
    for (int b = 0; b < net.n_bus; ++b) {
        if (solution.live[b] == 0) continue;
        lowest = std::min(lowest, solution.vm[b]);
        highest = std::max(highest, solution.vm[b]);
    }
    if (highest > 0.0)
        take_extreme_voltages(net, lowest, highest, [&](int b) { return solution.live[b] != 0 ? solution.vm[b] : 0.0; }, result);
}

double losses(const ElectricalModel& model, const Solution& solution, std::vector<solver::BranchFlow>& flows) {
    branch_flows(model, solution, flows);
    double sum = 0.0;
    for (const solver::BranchFlow& flow : flows) sum += flow.p_from + flow.p_to;
    return sum;
}

void count_bus(const Network& net, int b, CutOffPart& part) {
    if (part.buses++ == 0) part.first_bus = number(net.bus_id[b]);
    part.load_mw += net.p_load[b] * net.base_mva;
    for (int k = net.gen_start[b]; k < net.gen_start[b + 1]; ++k)
        if (net.is_unit(net.gens_at[k])) part.generation_mw += net.pg[net.gens_at[k]] * net.base_mva;
}

// The outage of a bridge of which the smaller side is dark and the other not, the most frequent split. False: another one.
bool describe_dark_side(const ElectricalModel& model, const Contingency& contingency, const std::function<bool(int)>& lives,
                        ContingencyResult& result) {
    if (contingency.branches.size() != 1 || model.bridge[contingency.branches[0]] == 0) return false;
    const int bridge = contingency.branches[0];
    const int from = model.pattern.from[bridge], to = model.pattern.to[bridge];
    if (lives(from) == lives(to)) return false;
    const std::vector<int> side = solver::smaller_side(model.pattern, bridge);
    if (lives(std::binary_search(side.begin(), side.end(), from) ? from : to)) return false;
    CutOffPart part;
    for (const int b : side) count_bus(*model.network, b, part);
    part.state = "dark";
    result.parts.push_back(part);
    return true;
}

// The parts of islands that a contingency splits, but for the one of each that keeps its reference, or is the largest.
void describe_parts(const ElectricalModel& model, const Contingency& contingency, const std::vector<int>& new_references,
                    const std::function<bool(int)>& lives, ContingencyResult& result) {
    if (new_references.empty() && describe_dark_side(model, contingency, lives, result)) return;
    const Network& net = *model.network;
    std::vector<unsigned char> out(static_cast<std::size_t>(net.n_branch), 0);
    for (const int l : contingency.branches) out[l] = 1;
    const std::vector<int> part = solver::components(model.pattern, out);
    struct Piece {
        CutOffPart row;
        int island = -1;
        bool alive = false, reference = false;
    };
    std::vector<Piece> pieces(static_cast<std::size_t>(*std::max_element(part.begin(), part.end()) + 1));
    for (int b = 0; b < net.n_bus; ++b) {
        if (net.island[b] < 0) continue;
        Piece& piece = pieces[part[b]];
        count_bus(net, b, piece.row);
        piece.island = net.island[b];
        piece.alive = piece.alive || lives(b);
        piece.reference = piece.reference || model.kind[b] == solver::BusKind::slack;
    }
    for (const int b : new_references) pieces[part[b]].row.reference_bus = number(net.bus_id[b]);
    std::vector<const Piece*> stays(static_cast<std::size_t>(net.n_island), nullptr);
    for (const Piece& piece : pieces) {
        if (piece.island < 0) continue;
        const Piece*& best = stays[piece.island];
        const auto weight = [](const Piece& p) { return std::tuple(p.alive, p.reference, p.row.buses); };
        if (best == nullptr || weight(piece) > weight(*best)) best = &piece;
    }
    for (Piece& piece : pieces) {
        if (piece.island < 0) continue;
        if (stays[piece.island] == &piece) {
            if (piece.alive && piece.row.reference_bus != 0) result.reference_bus = piece.row.reference_bus;
            continue;
        }
        piece.row.state = piece.alive ? "solved" : "dark";
        if (!piece.alive) piece.row.reference_bus = 0;
        result.parts.push_back(piece.row);
    }
    std::sort(result.parts.begin(), result.parts.end(),
              [&](const CutOffPart& a, const CutOffPart& b) { return net.index_of.at(a.first_bus) < net.index_of.at(b.first_bus); });
}

// One thread's means to solve contingencies.
class Worker {
public:
    Worker(const StudySetup& setup, const Solution& base) : base_(base), engine_(setup.model, for_contingencies(setup.engine)), monitor_(setup.model, setup.monitor) {
        engine_.prime(base);
        keep_dispatch(setup.engine.slack, *setup.model, base, dispatch_);
    }

    ContingencyResult solve(const Contingency& contingency) {
        const ElectricalModel& model = engine_.model();
        const Network& net = *model.network;
        Scenario scenario = dispatch_;
        scenario.label = contingency.label;
        scenario.branches_out = contingency.branches;
        scenario.generators_out = contingency.generators;
        const Solution solution = engine_.solve_from(scenario, base_);
        ContingencyResult result;
        result.contingency = contingency.label;
        result.name = contingency.name;
        result.outage = contingency.elements(net);
        result.main_island = solution.status;
        result.status = solution.lost_buses > 0 ? SolveStatus::islanded : solution.status;
        if (solution.lost_buses > 0 || !solution.new_references.empty())
            describe_parts(model, contingency, solution.new_references, [&](int b) { return solution.live[b] != 0; }, result);
        if (!result.parts.empty() && is_solved(solution.status)) result.status = SolveStatus::islanded;
        result.reason = solution.reason;
        result.iterations = solution.iterations;
        result.max_mismatch_pu = solution.max_mismatch;
        result.lost_buses = solution.lost_buses;
        result.lost_load_mw = solution.lost_load * net.base_mva;
        result.lost_generation_mw = solution.lost_generation * net.base_mva;
        if (!solution.solved()) return result;
        monitor_.read(solution, &base_, readings_);
        take_worst_loading(net, readings_, result);
        take_extreme_voltages(net, solution, result);
        result.loss_mw = losses(model, solution, flows_) * net.base_mva;
        take_violations(net, contingency, readings_, result);
        return result;
    }

private:
    const Solution& base_;
    Scenario dispatch_;  ///< what every contingency starts from
    Engine engine_;
    Monitor monitor_;
    std::vector<Reading> readings_;
    std::vector<solver::BranchFlow> flows_;
};

// One thread's means to solve contingencies in lanes; what a lane gives back is solved by a Worker.
class LaneWorker {
public:
    LaneWorker(const StudySetup& setup, const Solution& base, std::shared_ptr<const LaneBase> lanes)
        : setup_(setup), base_(base), monitor_(setup.model, setup.monitor), sweep_(std::move(lanes), setup.isa, limits()) {}

    /// Solves what `next` gives until it is negative.
    void run(const std::vector<Contingency>& contingencies, const std::function<int()>& next,
             const std::function<void(int, ContingencyResult)>& done) {
        sweep_.run(next, [&](int item) { return contingencies[item].scenario(); },
                   [&](const LaneOutcome& outcome) {
                       const Contingency& contingency = contingencies[outcome.item];
                       done(outcome.item, outcome.solved ? to_result(contingency, outcome) : scalar().solve(contingency));
                   });
    }

private:
    [[nodiscard]] LaneLimits limits() const {
        LaneLimits limits;
        limits.branch = monitor_.ratings(true);
        if (setup_.monitor.voltage_limits) {
            limits.vm_low = setup_.model->network->vmin;
            limits.vm_high = setup_.model->network->vmax;
        }
        return limits;
    }

    Worker& scalar() {
        if (!scalar_) scalar_ = std::make_unique<Worker>(setup_, base_);
        return *scalar_;
    }

    [[nodiscard]] Reading thermal(int l, const LaneOutcome& at) const {
        const Network& net = *setup_.model->network;
        const int f = net.from[l];
        const int t = net.to[l];
        const solver::BranchFlow flow =
            solver::branch_flow(setup_.model->elements.branch[l], at.vm(f), at.va(f), at.vm(t), at.va(t));
        const double at_from = std::hypot(flow.p_from, flow.q_from);
        const double at_to = std::hypot(flow.p_to, flow.q_to);
        return {Watch::thermal, l, at_to > at_from, std::max(at_from, at_to), monitor_.ratings(true)[l]};
    }

    // The same readings as Monitor::read, but only those that can matter.
    void read(const LaneOutcome& at) {
        const Network& net = *setup_.model->network;
        readings_.clear();
        for (const int l : at.branches)
            if (at.vm(net.from[l]) > 0.0) readings_.push_back(thermal(l, at));
        for (const int b : at.buses) {
            readings_.push_back({Watch::voltage_low, b, false, at.vm(b), net.vmin[b]});
            readings_.push_back({Watch::voltage_high, b, false, at.vm(b), net.vmax[b]});
        }
        if (setup_.monitor.voltage_step > 0.0) read_steps(at);
    }

    // Steps beside the limits of each bus, in the order of Monitor::read.
    void read_steps(const LaneOutcome& at) {
        const Network& net = *setup_.model->network;
        for (int b = 0; b < net.n_bus; ++b) {
            if (base_.live[b] == 0 || !(at.vm(b) > 0.0)) continue;
            readings_.push_back({Watch::voltage_step, b, false, std::abs(at.vm(b) - base_.vm[b]), setup_.monitor.voltage_step});
        }
        std::stable_sort(readings_.begin(), readings_.end(), [](const Reading& a, const Reading& b) {
            const bool bus_a = a.watch != Watch::thermal;
            const bool bus_b = b.watch != Watch::thermal;
            return bus_a != bus_b ? bus_b : bus_a && a.index < b.index;
        });
    }

    ContingencyResult to_result(const Contingency& contingency, const LaneOutcome& at) {
        const Network& net = *setup_.model->network;
        ContingencyResult result;
        result.contingency = contingency.label;
        result.name = contingency.name;
        result.outage = contingency.elements(net);
        result.main_island = SolveStatus::converged;
        result.status = at.lost_buses > 0 ? SolveStatus::islanded : SolveStatus::converged;
        if (at.lost_buses > 0)
            describe_parts(*setup_.model, contingency, {}, [&](int b) { return at.vm(b) > 0.0; }, result);
        result.iterations = at.iterations;
        result.max_mismatch_pu = at.max_mismatch;
        result.lost_buses = at.lost_buses;
        result.lost_load_mw = at.lost_load * net.base_mva;
        result.lost_generation_mw = at.lost_generation * net.base_mva;
        read(at);
        take_worst_loading(net, readings_, result);
        take_extreme_voltages(net, at.lowest_vm, at.highest_vm, [&](int b) { return at.vm(b); }, result);
        result.loss_mw = at.loss * net.base_mva;
        take_violations(net, contingency, readings_, result);
        return result;
    }

    const StudySetup& setup_;
    const Solution& base_;
    Monitor monitor_;
    LaneSweep sweep_;
    std::unique_ptr<Worker> scalar_;
    std::vector<Reading> readings_;
};

// In lanes when this sweep is for lanes; null: one by one.
std::shared_ptr<const LaneBase> lane_base(const StudySetup& setup, const Solution& base) {
    if (setup.sweep == SweepEngine::scalar) return nullptr;
    Scenario dispatched;
    keep_dispatch(setup.engine.slack, *setup.model, base, dispatched);
    auto lanes = std::make_shared<const LaneBase>(setup.model, setup.engine, dispatched, base);
    return lanes->ok() ? lanes : nullptr;
}

void count_in(const ContingencyResult& c, N1Summary& summary) {
    const bool solved = is_solved(c.main_island);
    if (!solved) ++summary.unsolved;
    else if (c.status == SolveStatus::islanded) ++summary.islanding;
    else ++summary.solved;
    if (!c.violations.empty()) ++summary.with_violations;
    if (!solved) return;
    if (c.max_loading_branch != 0 && !(c.max_loading_pct <= summary.worst_loading_pct)) {
        summary.worst_loading_pct = c.max_loading_pct;
        summary.worst_branch = c.max_loading_branch;
        summary.worst_contingency = c.contingency;
    }
    if (!(c.min_vm_pu >= summary.lowest_vm_pu)) {
        summary.lowest_vm_pu = c.min_vm_pu;
        summary.lowest_vm_bus = c.min_vm_bus;
        summary.lowest_vm_contingency = c.contingency;
    }
}

// Contingencies first .. first + results.size() - 1 of the list, each into its own slot.
class Sweep {
public:
    Sweep(const StudySetup& setup, const Solution& base, const std::vector<Contingency>& contingencies,
          const std::function<void(int, int)>& progress)
        : setup_(setup), base_(base), contingencies_(contingencies), progress_(progress), lanes_(lane_base(setup, base)) {}

    void run(int first, std::vector<ContingencyResult>& results) {
        const int count = static_cast<int>(results.size());
        const auto take = [&](int item, ContingencyResult solved) {
            results[item - first] = std::move(solved);
            if (progress_) progress_(++done_, static_cast<int>(contingencies_.size()));
        };
        if (!lanes_) {
            for_each_item(count, setup_.threads, [&](int) {
                return [&, worker = std::make_shared<Worker>(setup_, base_)](int k) {
                    take(first + k, worker->solve(contingencies_[first + k]));
                    return true;
                };
            });
            return;
        }
        std::atomic<int> next{first};
        const int threads = resolve_threads(setup_.threads, (count + lane_pack - 1) / lane_pack);
        for_each_item(threads, threads, [&](int) {
            return [&](int) {
                LaneWorker(setup_, base_, lanes_)
                    .run(contingencies_, [&] { const int item = next++; return item < first + count ? item : -1; }, take);
                return true;
            };
        });
    }

private:
    const StudySetup& setup_;
    const Solution& base_;
    const std::vector<Contingency>& contingencies_;
    const std::function<void(int, int)>& progress_;
    std::shared_ptr<const LaneBase> lanes_;
    std::atomic<int> done_{0};
};

// What leaving out the screened contingencies would have missed.
void audit(const std::set<std::string>& screened, const ContingencyResult& result, N1Screen& screen) {
    if (screened.count(result.contingency) == 0) return;
    screen.missed.insert(screen.missed.end(), result.violations.begin(), result.violations.end());
    if (!is_solved(result.main_island)) screen.missed_unsolved.push_back(result.contingency);
}

}  // namespace

N1Result run_n1(const StudySetup& setup, const std::vector<Contingency>& all,
                const std::function<void(int, int)>& progress, const N1Options& options) {
    if (setup.settle_first) {
        const Settled settled = settle(setup);
        N1Result result = run_n1(settled.setup, all, progress, options);
        settled.tell(result.base);
        return result;
    }
    std::vector<Contingency> contingencies;
    std::copy_if(all.begin(), all.end(), std::back_inserter(contingencies),
                 [](const Contingency& c) { return !c.excluded; });
    N1Result result;
    Engine engine(setup.model, setup.engine);
    const Solution base = engine.solve(Scenario{});
    result.base = to_result(setup.model, base, setup.monitor, setup.engine.tolerance);
    result.envelope = result.base.envelope;
    result.envelope.schema = "araz.n1/1";
    if (!base.solved()) {
        probe_failure(setup, base, result.base.diagnosis);
        return result;
    }
    std::set<std::string> screened;
    if (!std::isnan(options.screen_pct)) {
        screened = screen_contingencies(setup, base, contingencies, options.screen_pct, result.screen);
        if (!options.audit_screen)
            std::erase_if(contingencies, [&](const Contingency& c) { return screened.count(c.label) != 0; });
    }
    const int count = static_cast<int>(contingencies.size());
    const bool audited = options.audit_screen && !std::isnan(options.screen_pct);
    result.screen.audited = audited;
    Sweep sweep(setup, base, contingencies, progress);
    // What a contingency gives does not depend on those beside it, so the list may be cut anywhere.
    const int piece = options.sink ? piece_of_stream : std::max(1, count);
    for (int first = 0; first < count; first += piece) {
        std::vector<ContingencyResult> results(static_cast<std::size_t>(std::min(piece, count - first)));
        sweep.run(first, results);
        for (ContingencyResult& c : results) {
            count_in(c, result.summary);
            if (audited) audit(screened, c, result.screen);
            if (options.sink && !options.sink(c)) return result;
        }
        if (!options.sink) result.contingencies = std::move(results);
    }
    return result;
}

}  // namespace araz

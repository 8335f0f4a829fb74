#include "araz/study/n1.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>

#include "araz/study/diagnosis.hpp"
#include "parallel.hpp"

namespace araz {

namespace {

void take_extremes(const Network& net, const std::vector<Reading>& readings, const Solution& solution,
                   ContingencyResult& result) {
    double worst = -1.0;
    for (const Reading& reading : readings) {
        if (reading.watch != Watch::thermal || reading.severity() <= worst) continue;
        worst = reading.severity();
        result.max_loading_pct = 100.0 * worst;
        result.max_loading_branch = net.branch_row[reading.index] + 1;
        result.max_loading_branch_name = net.branch_name(reading.index);
    }
    for (int b = 0; b < net.n_bus; ++b) {
        if (solution.live[b] == 0) continue;
        if (!(solution.vm[b] >= result.min_vm_pu)) {
            result.min_vm_pu = solution.vm[b];
            result.min_vm_bus = number(net.bus_id[b]);
        }
        if (!(solution.vm[b] <= result.max_vm_pu)) {
            result.max_vm_pu = solution.vm[b];
            result.max_vm_bus = number(net.bus_id[b]);
        }
    }
}

double losses(const ElectricalModel& model, const Solution& solution, std::vector<solver::BranchFlow>& flows) {
    branch_flows(model, solution, flows);
    double sum = 0.0;
    for (const solver::BranchFlow& flow : flows) sum += flow.p_from + flow.p_to;
    return sum;
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
        result.reason = solution.reason;
        result.iterations = solution.iterations;
        result.max_mismatch_pu = solution.max_mismatch;
        result.lost_buses = solution.lost_buses;
        result.lost_load_mw = solution.lost_load * net.base_mva;
        result.lost_generation_mw = solution.lost_generation * net.base_mva;
        if (!solution.solved()) return result;
        monitor_.read(solution, &base_, readings_);
        take_extremes(net, readings_, solution, result);
        result.loss_mw = losses(model, solution, flows_) * net.base_mva;
        for (const Reading& reading : readings_)
            if (is_violated(reading))
                result.violations.push_back(to_violation(net, reading, contingency.label, contingency.name));
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

N1Summary summarise(const std::vector<ContingencyResult>& contingencies) {
    N1Summary summary;
    for (const ContingencyResult& c : contingencies) {
        const bool solved = is_solved(c.main_island);
        if (!solved) ++summary.unsolved;
        else if (c.status == SolveStatus::islanded) ++summary.islanding;
        else ++summary.solved;
        if (!c.violations.empty()) ++summary.with_violations;
        if (!solved) continue;
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
    return summary;
}

}  // namespace

N1Result run_n1(const StudySetup& setup, const std::vector<Contingency>& all,
                const std::function<void(int, int)>& progress) {
    std::vector<Contingency> contingencies;
    std::copy_if(all.begin(), all.end(), std::back_inserter(contingencies),
                 [](const Contingency& c) { return !c.excluded; });
    N1Result result;
    Engine engine(setup.model, setup.engine);
    const Solution base = engine.solve(Scenario{});
    result.base = to_result(setup.model, base, setup.monitor);
    result.envelope = result.base.envelope;
    result.envelope.schema = "araz.n1/1";
    if (!base.solved()) {
        probe_failure(setup, base, result.base.diagnosis);
        return result;
    }

    const int count = static_cast<int>(contingencies.size());
    result.contingencies.resize(contingencies.size());
    std::atomic<int> done{0};
    for_each_item(count, setup.threads, [&](int) {
        return [&, worker = std::make_shared<Worker>(setup, base)](int item) {
            result.contingencies[item] = worker->solve(contingencies[item]);
            if (progress) progress(++done, count);
            return true;
        };
    });
    result.summary = summarise(result.contingencies);
    return result;
}

}  // namespace araz

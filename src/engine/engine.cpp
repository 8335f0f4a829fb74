#include "araz/engine/engine.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "araz/base/check.hpp"
#include "araz/solver/graph.hpp"
#include "outputs.hpp"

namespace araz {

using solver::BusKind;
using solver::NewtonReport;

/// One start of the ladder.
struct Engine::Rung {
    Start start = Start::stored;
    bool warm = false;
    bool capped = false;
    const char* name = "";
};

namespace {

// Step cap of the last rung: 10 degrees and 0.1 p.u., with the iterations that small steps need.
constexpr double capped_angle = 10.0 * std::numbers::pi / 180.0;
constexpr double capped_voltage = 0.1;
constexpr int capped_iterations = 100;

// A converged state with a lower magnitude than this, or with a wider angle across a branch, is a false root
// of the equations, not a grid in operation: the ladder goes on and the result says so if nothing better is
// found. Public cases that are meant to be solved stay above 0.54 p.u. A reactance carries its most at 90
// degrees and a line with losses a little later; false roots lie near 180.
constexpr double plausible_vm = 0.45;
constexpr double plausible_angle = 110.0 * std::numbers::pi / 180.0;

bool is_plausible(const Network& net, const std::vector<BusKind>& kind, const std::vector<unsigned char>& out,
                  const solver::VoltageState& state) {
    for (int b = 0; b < net.n_bus; ++b)
        if (kind[b] != BusKind::dead && state.vm[b] < plausible_vm) return false;
    for (int l = 0; l < net.n_branch; ++l) {
        const int f = net.from[l];
        const int t = net.to[l];
        if (kind[f] == BusKind::dead || kind[t] == BusKind::dead || (!out.empty() && out[l] != 0)) continue;
        const double across = std::remainder(state.va[f] - state.va[t] - net.shift[l], 2.0 * std::numbers::pi);
        if (std::abs(across) > plausible_angle) return false;
    }
    return true;
}

solver::DcBranches without(solver::DcBranches branches, const std::vector<unsigned char>& out) {
    for (std::size_t l = 0; l < out.size(); ++l)
        if (out[l] != 0) branches.b[l] = 0.0;
    return branches;
}

std::string outcome(const char* rung, const NewtonReport& report) {
    return std::string(rung) + ": " + std::string(to_string(report.status)) + " after " +
           std::to_string(report.iterations) + " iterations";
}

}  // namespace

Engine::Engine(ModelPtr model, EngineOptions options)
    : model_(std::move(model)), options_(std::move(options)), newton_(model_->pattern) {
    if (options_.controls) controls_ = options_.controls();
}

solver::PowerFlowProblem Engine::problem() const {
    solver::PowerFlowProblem problem;
    problem.pattern = &model_->pattern;
    problem.ybus = use_patched_ ? &patched_ : &model_->ybus;
    problem.kind = kind_;
    problem.p = p_;
    problem.q = q_;
    return problem;
}

void Engine::apply_outages(const Scenario& scenario, Solution& solution) {
    use_patched_ = !scenario.branches_out.empty();
    solution.branch_out.clear();
    out_mask_.clear();
    if (!use_patched_) return;
    solution.branch_out.assign(static_cast<std::size_t>(network().n_branch), 0);
    for (const int l : scenario.branches_out) solution.branch_out[l] = 1;
    out_mask_ = solution.branch_out;
    patched_ = model_->ybus;  // a fresh copy: nothing is ever added back
    solver::patch_outages(model_->pattern, model_->elements, scenario.branches_out, solution.branch_out, patched_);
}

// Parts that an outage cuts off from every slack bus lose supply: they are dead in this scenario.
void Engine::cut_off_lost_parts(const Scenario& scenario, Solution& solution) {
    const Network& net = network();
    const bool single = scenario.branches_out.size() == 1;
    if (scenario.branches_out.empty() || (single && model_->bridge[scenario.branches_out[0]] == 0)) return;
    const std::vector<int> part = solver::components(model_->pattern, solution.branch_out);
    std::vector<unsigned char> supplied(static_cast<std::size_t>(net.n_bus), 0);
    for (int b = 0; b < net.n_bus; ++b)
        if (kind_[b] == BusKind::slack) supplied[part[b]] = 1;
    for (int b = 0; b < net.n_bus; ++b) {
        if (supplied[part[b]] != 0 || kind_[b] == BusKind::dead) continue;
        kind_[b] = BusKind::dead;
        solution.live[b] = 0;
        ++solution.lost_buses;
        solution.lost_load += solution.p_load[b];
        for (int k = net.gen_start[b]; k < net.gen_start[b + 1]; ++k) {
            const int g = net.gens_at[k];
            if (gen_in_[g] == 0) continue;
            if (net.is_unit(g)) solution.lost_generation += gen_p_[g];
            gen_in_[g] = 0;
        }
        solution.p_load[b] = solution.q_load[b] = 0.0;
    }
    drop_broken_dc_lines();
}

// A DC line that lost one end delivers nothing at the other.
void Engine::drop_broken_dc_lines() {
    const Network& net = network();
    for (int g = net.n_unit; g + 1 < net.n_gen; g += 2)
        if (gen_in_[g] == 0 || gen_in_[g + 1] == 0) gen_in_[g] = gen_in_[g + 1] = 0;
}

void Engine::schedule_injections(const Scenario& scenario, Solution& solution) {
    const Network& net = network();
    for (const int g : scenario.generators_out) gen_in_[g] = 0;
    drop_broken_dc_lines();
    // A bus that lost its last unit regulates no more.
    for (int g = 0; g < net.n_gen; ++g) {
        const int b = net.gen_bus[g];
        if (gen_in_[g] != 0 || kind_[b] != BusKind::pv) continue;
        bool left = false;
        for (int k = net.gen_start[b]; k < net.gen_start[b + 1]; ++k) left = left || gen_in_[net.gens_at[k]] != 0;
        if (!left) kind_[b] = BusKind::pq;
    }
    for (int b = 0; b < net.n_bus; ++b) {
        p_[b] = -solution.p_load[b];
        q_[b] = -solution.q_load[b];
    }
    for (int g = 0; g < net.n_gen; ++g) {
        if (gen_in_[g] == 0) {
            gen_p_[g] = 0.0;
            continue;
        }
        p_[net.gen_bus[g]] += gen_p_[g];
        if (kind_[net.gen_bus[g]] == BusKind::pq) q_[net.gen_bus[g]] += net.qg[g];
    }
}

void Engine::load(const Scenario& scenario, Solution& solution) {
    const Network& net = network();
    kind_ = model_->kind;
    v_set_ = net.v_set;
    p_.resize(net.n_bus);
    q_.resize(net.n_bus);
    gen_p_ = net.pg;
    gen_in_.assign(static_cast<std::size_t>(net.n_gen), 1);
    for (const GeneratorSetting& setting : scenario.generator_p) gen_p_[setting.generator] = setting.p;

    solution.p_load = net.p_load;
    solution.q_load = net.q_load;
    for (const LoadChange& change : scenario.load_changes) {
        solution.p_load[change.bus] += change.p;
        solution.q_load[change.bus] += change.q;
    }
    solution.live.assign(static_cast<std::size_t>(net.n_bus), 1);
    for (int b = 0; b < net.n_bus; ++b) {
        if (kind_[b] != BusKind::dead) continue;
        solution.live[b] = 0;
        solution.p_load[b] = solution.q_load[b] = 0.0;
        for (int k = net.gen_start[b]; k < net.gen_start[b + 1]; ++k) gen_in_[net.gens_at[k]] = 0;
    }
    apply_outages(scenario, solution);
    cut_off_lost_parts(scenario, solution);
    schedule_injections(scenario, solution);
    start_kind_ = kind_;
    start_q_ = q_;
    start_gen_p_ = gen_p_;
}

std::vector<Engine::Rung> Engine::ladder(bool warm) const {
    std::vector<Rung> rungs;
    if (warm) rungs.push_back({Start::stored, true, false, "warm"});
    if (options_.start == Start::automatic || options_.start == Start::stored)
        rungs.push_back({Start::stored, false, false, "stored"});
    if (options_.start == Start::flat) rungs.push_back({Start::flat, false, false, "flat"});
    rungs.push_back({Start::dc, false, false, "dc"});
    rungs.push_back({Start::dc, false, true, "dc+step-cap"});
    if (options_.start == Start::automatic || options_.start == Start::stored)
        rungs.push_back({Start::stored, false, true, "stored+step-cap"});
    return rungs;
}

void Engine::set_start(const Rung& rung, const Solution* warm) {
    const Network& net = network();
    kind_ = start_kind_;
    q_ = start_q_;
    gen_p_ = start_gen_p_;
    if (rung.warm) {
        state_.vm = warm->vm;
        state_.va = warm->va;
    } else if (rung.start == Start::stored) {
        state_.vm = net.vm_stored;
        state_.va = net.va_stored;
    } else {
        state_.vm.assign(static_cast<std::size_t>(net.n_bus), 1.0);
        state_.va.assign(static_cast<std::size_t>(net.n_bus), 0.0);
        std::vector<double> reference(static_cast<std::size_t>(net.n_island), 0.0);
        for (int b = net.n_bus - 1; b >= 0; --b)
            if (kind_[b] == BusKind::slack) reference[net.island[b]] = net.va_stored[b];
        for (int b = 0; b < net.n_bus; ++b)
            if (net.island[b] >= 0) state_.va[b] = reference[net.island[b]];
    }
    for (int b = 0; b < net.n_bus; ++b) {
        if (kind_[b] == BusKind::slack) state_.va[b] = net.va_stored[b];
        if ((kind_[b] == BusKind::slack || kind_[b] == BusKind::pv) && !std::isnan(v_set_[b])) state_.vm[b] = v_set_[b];
        if (kind_[b] == BusKind::dead) {
            state_.vm[b] = 0.0;
            state_.va[b] = 0.0;
        } else if (!(state_.vm[b] > 0.0)) {
            state_.vm[b] = 1.0;  // a stored zero or NaN is no start
        }
        if (std::isnan(state_.va[b])) state_.va[b] = 0.0;
    }
    if (rung.start == Start::dc && !rung.warm) set_dc_angles();
}

void Engine::set_dc_angles() {
    solver::DcSolver dc(model_->pattern, without(model_->dc, out_mask_), kind_);
    if (dc.ok()) dc.solve(p_, state_.va);
}

NewtonReport Engine::newton(const Rung& rung, const std::string& phase, Solution& solution) {
    solver::NewtonOptions options;
    options.tolerance = options_.tolerance;
    options.max_iterations = options_.max_iterations;
    if (rung.capped) {
        options.max_angle_step = capped_angle;
        options.max_voltage_step = capped_voltage;
        options.max_iterations = std::max(options.max_iterations, capped_iterations);
    }
    NewtonReport report = newton_.solve(problem(), state_, options);
    ++power_flows_;
    if (options_.trace)
        for (const auto& step : report.trace)
            solution.trace.push_back(
                {phase, step.iteration, step.worst.value, step.worst.bus, step.worst.reactive, step.step});
    solution.iterations += report.iterations;
    solution.max_mismatch = report.max_mismatch;
    solution.weakest_bus = report.weakest_bus;
    return report;
}

ControlView Engine::view(Solution& solution, int round) {
    ControlView view;
    view.model = model_.get();
    view.p_calc = newton_.equations().p_calc();
    view.q_calc = newton_.equations().q_calc();
    view.p_load = solution.p_load;
    view.q_load = solution.q_load;
    view.gen_p = gen_p_;
    view.gen_in = gen_in_;
    view.kind = kind_;
    view.p = p_;
    view.q = q_;
    view.v_set = v_set_;
    view.pin = solution.pin;
    view.state = &state_;
    view.tolerance = options_.tolerance;
    view.round = round;
    view.actions = &solution.actions;
    return view;
}

SolveStatus Engine::run_controls(const Rung& rung, Solution& solution) {
    SolveStatus status = SolveStatus::converged;
    for (int round = 1; !controls_.empty(); ++round) {
        bool changed = false;
        for (const auto& control : controls_) {
            ControlView at = view(solution, round);
            const ControlAnswer answer = control->update(at);
            if (answer == ControlAnswer::stable) continue;
            if (answer == ControlAnswer::failed || round > options_.max_rounds) return SolveStatus::limit_cycle;
            const NewtonReport report = newton(rung, std::string(control->name()), solution);
            if (!is_solved(report.status)) return report.status;
            status = report.status;
            changed = true;
            break;  // every pass begins with the first control: the inner ones settle first
        }
        if (!changed) break;
    }
    return status;
}

bool Engine::run_rung(const Rung& rung, Solution& solution) {
    solution.iterations = 0;
    solution.actions.clear();
    solution.pin.assign(static_cast<std::size_t>(network().n_bus), Pin::none);
    const NewtonReport report = newton(rung, rung.name, solution);
    solution.status = report.status;
    solution.start = rung.name;
    solution.tried.push_back(outcome(rung.name, report));
    if (!is_solved(report.status)) return false;
    for (const auto& control : controls_) control->begin(view(solution, 0));
    solution.status = run_controls(rung, solution);
    if (!is_solved(solution.status))
        solution.tried.back() += "; with controls: " + std::string(to_string(solution.status));
    return is_solved(solution.status);
}

void Engine::finish(Solution& solution) {
    solution.vm = state_.vm;
    solution.va = state_.va;
    const auto p_calc = newton_.equations().p_calc();
    const auto q_calc = newton_.equations().q_calc();
    share_outputs(*model_, kind_, gen_in_, gen_p_, p_calc, q_calc, solution);
    if (solution.solved()) return;
    solution.p_mismatch.assign(static_cast<std::size_t>(network().n_bus), 0.0);
    solution.q_mismatch = solution.p_mismatch;
    std::vector<double> mismatch(2 * static_cast<std::size_t>(network().n_bus), 0.0);
    newton_.equations().mismatch(problem(), state_, mismatch);
    for (int b = 0; b < network().n_bus; ++b) {
        solution.p_mismatch[b] = mismatch[2 * b];
        solution.q_mismatch[b] = mismatch[2 * b + 1];
    }
}

Solution Engine::solve_ladder(const Scenario& scenario, const Solution* warm) {
    Solution solution;
    load(scenario, solution);
    Solution implausible;  // a false root, kept in case nothing better comes
    bool have_implausible = false;
    for (const Rung& rung : ladder(warm != nullptr)) {
        set_start(rung, warm);
        if (!run_rung(rung, solution)) continue;
        const bool plausible = is_plausible(network(), kind_, out_mask_, state_);
        finish(solution);
        if (plausible) return solution;
        solution.tried.back() += "; false root";
        if (!have_implausible) implausible = solution;
        have_implausible = true;
    }
    if (have_implausible) {
        implausible.tried = solution.tried;
        return implausible;
    }
    finish(solution);
    // With one rung its own word says most; after several the ladder as a whole has failed.
    if (solution.tried.size() > 1 && solution.status != SolveStatus::limit_cycle &&
        solution.status != SolveStatus::singular)
        solution.status = SolveStatus::no_solution_found;
    return solution;
}

Solution Engine::solve(const Scenario& scenario) { return solve_ladder(scenario, nullptr); }

Solution Engine::solve_from(const Scenario& scenario, const Solution& warm) {
    return solve_ladder(scenario, &warm);
}

void Engine::prime(const Solution& base) {
    Solution scratch;
    load(Scenario{}, scratch);
    state_.vm = base.vm;
    state_.va = base.va;
    newton_.prime(problem(), state_);
}

bool Engine::sensitivities(const Scenario& scenario, const Solution& at, std::vector<std::vector<double>>& columns) {
    Solution scratch;
    load(scenario, scratch);
    for (int b = 0; b < network().n_bus; ++b)
        if (at.pin[b] != Pin::none && kind_[b] == BusKind::pv) kind_[b] = BusKind::pq;
    state_.vm = at.vm;
    state_.va = at.va;
    if (!newton_.linearize(problem(), state_)) return false;
    for (auto& column : columns) {
        for (int b = 0; b < network().n_bus; ++b) {
            if (kind_[b] == BusKind::slack || kind_[b] == BusKind::dead) column[2 * b] = 0.0;
            if (kind_[b] != BusKind::pq) column[2 * b + 1] = 0.0;
        }
        newton_.solve_linearized(column);
    }
    return true;
}

Solution Engine::solve_dc(const Scenario& scenario) {
    Solution solution;
    load(scenario, solution);
    set_start({Start::flat, false, false, "dc"}, nullptr);
    const Network& net = network();
    for (int b = 0; b < net.n_bus; ++b) {
        state_.vm[b] = kind_[b] == BusKind::dead ? 0.0 : 1.0;
        p_[b] -= net.g_shunt[b];  // the DC model's shunts draw their power at 1 p.u.
    }
    const solver::DcBranches branches = without(model_->dc, solution.branch_out);
    solver::DcSolver dc(model_->pattern, branches, kind_);
    solution.start = "dc";
    solution.status = dc.ok() ? SolveStatus::converged : SolveStatus::singular;
    if (dc.ok()) dc.solve(p_, state_.va);
    ++power_flows_;
    solution.pin.assign(static_cast<std::size_t>(net.n_bus), Pin::none);
    solution.vm = state_.vm;
    solution.va = state_.va;

    std::vector<double> p_calc(static_cast<std::size_t>(net.n_bus), 0.0);
    std::vector<double> q_calc(static_cast<std::size_t>(net.n_bus), 0.0);
    for (int l = 0; l < net.n_branch; ++l) {
        const double flow = branches.b[l] * (state_.va[net.from[l]] - state_.va[net.to[l]] - branches.shift[l]);
        p_calc[net.from[l]] += flow;
        p_calc[net.to[l]] -= flow;
    }
    for (int b = 0; b < net.n_bus; ++b) p_calc[b] += net.g_shunt[b];
    share_outputs(*model_, kind_, gen_in_, gen_p_, p_calc, q_calc, solution);
    std::fill(solution.gen_q.begin(), solution.gen_q.end(), 0.0);
    return solution;
}

void branch_flows(const ElectricalModel& model, const Solution& solution, std::vector<solver::BranchFlow>& flows) {
    const Network& net = *model.network;
    flows.resize(net.n_branch);
    for (int l = 0; l < net.n_branch; ++l) {
        const int f = net.from[l];
        const int t = net.to[l];
        const bool off = solution.live[f] == 0 || solution.live[t] == 0 ||
                         (!solution.branch_out.empty() && solution.branch_out[l] != 0);
        flows[l] = off ? solver::BranchFlow{}
                       : solver::branch_flow(model.elements.branch[l], solution.vm[f], solution.va[f], solution.vm[t],
                                             solution.va[t]);
    }
}

}  // namespace araz

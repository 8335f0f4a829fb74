#include "araz/engine/engine.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "araz/base/check.hpp"
#include "araz/solver/graph.hpp"
#include "balance.hpp"
#include "links.hpp"
#include "outputs.hpp"
#include "regulation.hpp"
#include "plausible.hpp"
#include "rung.hpp"
#include "without.hpp"

namespace araz {

using solver::BusKind;
using solver::NewtonReport;

namespace {

// Step cap of the last rung: 10 degrees and 0.1 p.u., with the iterations that small steps need.
constexpr double capped_angle = 10.0 * std::numbers::pi / 180.0;
constexpr double capped_voltage = 0.1;
constexpr int capped_iterations = 100;

// "Ten fast-decoupled sweeps, then Newton" as a start; the state they leave must not be beyond use.
constexpr int start_sweeps = 10;
constexpr double hopeless_start = 1e6;
constexpr int fast_decoupled_limit = 200;
constexpr int few_starts_patience = 12;

std::string outcome(const char* rung, const NewtonReport& report) {
    return std::string(rung) + ": " + std::string(to_string(report.status)) + " after " +
           std::to_string(report.iterations) + " iterations";
}

}  // namespace

Engine::Engine(ModelPtr model, EngineOptions options)
    : given_(std::move(model)), built_(given_), model_(built_), options_(std::move(options)), newton_(built_->pattern) {
    if (options_.controls) controls_ = options_.controls();
}

Engine::~Engine() = default;
Engine::Engine(Engine&&) noexcept = default;

EngineOptions for_contingencies(EngineOptions options) {
    options.trace = false;
    options.start = Start::automatic;
    options.few_starts = true;
    if (options.controls_after) options.controls = options.controls_after;
    return options;
}

solver::PowerFlowProblem Engine::problem() const {
    solver::PowerFlowProblem problem;
    problem.pattern = &built_->pattern;
    problem.ybus = use_patched_ ? &patched_ : &model_->ybus;
    problem.kind = kind_;
    problem.p = p_;
    problem.q = q_;
    problem.load = model_->load.empty() ? nullptr : &model_->load;
    problem.links = model_->links_or_null();
    problem.emulation = model_->emulation_or_null();
    problem.emulated_q = emulated_q_;
    problem.emulated_side = emulated_side_;
    problem.curves = curves_.empty() ? nullptr : &curves_;
    if (regulation_) problem.stiffness = regulation_->stiffness(built_->pattern, *problem.ybus);
    return problem;
}

std::vector<Engine::Rung> Engine::ladder(const Solution* warm) const {
    std::vector<Rung> rungs;
    if (warm != nullptr) {
        const auto is_pinned = [](Pin pin) { return pin != Pin::none; };
        const bool pinned = !controls_.empty() && std::any_of(warm->pin.begin(), warm->pin.end(), is_pinned);
        if (pinned) rungs.push_back({Start::stored, true, false, "warm with limits", 0, true});
        rungs.push_back({Start::stored, true, false, "warm", 0});
        if (options_.few_starts) {
            rungs.push_back({Start::dc, false, true, "dc+step-cap", 0});
            return rungs;
        }
    }
    if (options_.start == Start::automatic || options_.start == Start::stored)
        rungs.push_back({Start::stored, false, false, "stored", 0});
    if (options_.start == Start::flat) rungs.push_back({Start::flat, false, false, "flat", 0});
    rungs.push_back({Start::dc, false, false, "dc", 0});
    rungs.push_back({Start::flat, false, false, "fast-decoupled", start_sweeps});
    rungs.push_back({Start::dc, false, true, "dc+step-cap", 0});
    if (options_.start == Start::automatic || options_.start == Start::stored)
        rungs.push_back({Start::stored, false, true, "stored+step-cap", 0});
    return rungs;
}

void Engine::set_start(const Rung& rung, const Solution* warm, Solution& solution) {
    const Network& net = network();
    kind_ = start_kind_;
    p_ = start_p_;
    q_ = start_q_;
    gen_p_ = start_gen_p_;
    if (net.has_modes)
        for (int b = 0; b < net.n_bus; ++b) q_other_[b] = other_q(b);
    solution.pin.assign(static_cast<std::size_t>(net.n_bus), Pin::none);
    if (rung.resume) {
        ControlView at = unsolved_view(solution);
        for (const auto& control : controls_) control->resume(at, warm->pin);
    }
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
            if (is_reference(kind_[b])) reference[net.island[b]] = net.va_stored[b];
        for (int b = 0; b < net.n_bus; ++b)
            if (net.island[b] >= 0) state_.va[b] = reference[net.island[b]];
    }
    state_.vm.resize(kind_.size(), 0.0);  // links: no flow yet
    state_.va.resize(kind_.size(), 0.0);
    for (int b = 0; b < net.n_bus; ++b) {
        if (kind_[b] == BusKind::slack && !rung.warm) state_.va[b] = net.va_stored[b];
        if ((kind_[b] == BusKind::slack || kind_[b] == BusKind::pv) && !std::isnan(v_set_[b])) state_.vm[b] = v_set_[b];
        if (kind_[b] == BusKind::angle && !rung.warm) state_.va[b] = net.va_stored[b];
        if (kind_[b] == BusKind::dead) {
            state_.vm[b] = 0.0;
            state_.va[b] = 0.0;
        } else if (!(state_.vm[b] > 0.0)) {
            state_.vm[b] = 1.0;  // a stored zero or NaN is no start
        }
        if (std::isnan(state_.va[b])) state_.va[b] = 0.0;
    }
    emulated_q_ = start_emulated_q_;
    for (int k = 0; regulation_ && !rung.warm && k < regulation_->size(); ++k) {
        const RegulationGroup& group = regulation_->groups()[k];
        state_.vm[group.bus] = group.v_set;
    }
    if (rung.start == Start::dc && !rung.warm) set_dc_angles();
    start_emulation();
}

void Engine::set_dc_angles() {
    solver::DcSolver dc(model_->pattern, without(model_->dc, out_mask_), kind_, model_->links_or_null(),
                        model_->emulation_or_null());
    if (!dc.ok()) return;
    std::vector<double> p = p_;
    if (!model_->load.empty())
        for (int b = 0; b < network().n_bus; ++b) p[b] -= model_->load.p(b, 1.0);
    dc.solve(p, state_.va);
}

NewtonReport Engine::newton(const Rung& rung, const std::string& phase, Solution& solution) {
    solver::NewtonOptions options;
    options.tolerance = options_.tolerance;
    options.max_iterations = options_.max_iterations;
    if (options_.few_starts) options.patience = few_starts_patience;
    if (rung.capped) {
        options.max_angle_step = capped_angle;
        options.max_voltage_step = capped_voltage;
        options.max_iterations = std::max(options.max_iterations, capped_iterations);
    }
    const bool sweeps_only = options_.method != Method::newton;
    NewtonReport report;
    if ((rung.sweeps > 0 || sweeps_only) && model_->n_link() == 0 && model_->n_emulated() == 0) {
        report = fast_decoupled(sweeps_only ? fast_decoupled_limit : rung.sweeps);
        if (sweeps_only || (is_solved(report.status) && !regulation_)) return note(report, phase, solution);
        if (!(report.max_mismatch < hopeless_start)) return note(report, phase, solution);
        note(report, phase, solution);
    }
    const solver::VoltageState start = model_->n_emulated() > 0 ? state_ : solver::VoltageState{};
    report = note(newton_.solve(problem(), state_, options, border()), phase, solution);
    if (model_->n_emulated() == 0 || is_solved(report.status)) return report;
    state_ = start;
    return solve_by_sides(options, phase, solution);
}

NewtonReport Engine::fast_decoupled(int sweeps) {
    const auto variant = options_.method == Method::fast_decoupled_bx ? solver::FastDecoupled::bx : solver::FastDecoupled::xb;
    if (!sweeper_) {
        const Network& net = network();
        sweeper_ = std::make_unique<solver::FastDecoupledSolver>(
            model_->pattern, solver::SeriesData{net.r, net.x, net.b_charge, net.tap, net.shift}, net.b_shunt, variant);
    }
    solver::NewtonOptions options;
    options.tolerance = options_.tolerance;
    options.max_iterations = sweeps;
    return sweeper_->solve(problem(), state_, options, out_mask_, newton_.equations());
}

NewtonReport Engine::note(NewtonReport report, const std::string& phase, Solution& solution) {
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

// What units and constant loads feed in at each bus; and the output of the reference units, which limits
// that depend on it need.
void Engine::gather_supply(const Solution& solution) {
    follow_emulation();
    const Network& net = network();
    const auto p_calc = newton_.equations().p_calc();
    const auto q_calc = newton_.equations().q_calc();
    if (!is_constant()) {
        p_supply_.assign(p_calc.begin(), p_calc.end());
        q_supply_.assign(q_calc.begin(), q_calc.end());
        for (int b = 0; b < net.n_bus; ++b) {
            if (kind_[b] == BusKind::dead) continue;
            if (!model_->load.empty()) {
                p_supply_[b] += model_->load.p(b, state_.vm[b]);
                q_supply_[b] += model_->load.q(b, state_.vm[b]);
            }
            if (!curves_.empty()) q_supply_[b] -= curves_.q(b, state_.vm[b]);
        }
    }
    for (int b = 0; b < net.n_bus; ++b) {
        if (!is_reference(kind_[b])) continue;
        int first = -1;
        double others = 0.0;
        for (int k = net.gen_start[b]; k < net.gen_start[b + 1]; ++k) {
            const int g = net.gens_at[k];
            if (gen_in_[g] == 0) continue;
            if (first < 0) first = g;
            else others += gen_p_[g];
        }
        if (first >= 0 && !balance_) gen_p_[first] = (is_constant() ? p_calc[b] : p_supply_[b]) + solution.p_load[b] - others;
    }
}

// A balance that the limits of the participants leave open is no solution, whatever Newton says.
bool Engine::is_balanced(Solution& solution) const {
    if (!balance_ || balance_->unmet() <= 10.0 * options_.tolerance) return true;
    solution.status = SolveStatus::no_solution_found;
    solution.reason = "the slack distribution cannot be met: " + balance_->why_unmet();
    solution.tried.back() += "; " + solution.reason;
    return false;
}

ControlView Engine::view(Solution& solution, int round) {
    gather_supply(solution);
    ControlView view = unsolved_view(solution);
    const bool constant = is_constant();
    view.p_calc = constant ? newton_.equations().p_calc() : std::span<const double>(p_supply_);
    view.q_calc = constant ? newton_.equations().q_calc() : std::span<const double>(q_supply_);
    view.round = round;
    return view;
}

ControlView Engine::unsolved_view(Solution& solution) {
    fix_consumption(solution);
    ControlView view;
    view.model = model_.get();
    view.joined = joined_.empty() ? nullptr : &joined_;
    view.p_load = solution.p_load;
    view.q_load = q_fixed_;
    view.gen_p = gen_p_;
    view.gen_in = gen_in_;
    view.kind = kind_;
    view.p = p_;
    view.q = q_;
    view.v_set = v_set_;
    view.pin = solution.pin;
    view.state = &state_;
    view.tolerance = options_.tolerance;
    view.actions = &solution.actions;
    view.devices = solution.devices;
    view.branch_out = out_mask_;
    if (regulation_) view.groups = regulation_->groups();
    view.linearize = [this] { return linearize(); };
    view.solve_linearized = [this](std::span<double> x) { solve_linearized(x); };
    return view;
}

SolveStatus Engine::run_controls(const Rung& rung, Solution& solution) {
    SolveStatus status = solution.status;  // of the first solve, which stands where nothing changes
    for (int round = 1;; ++round) {
        bool changed = false;
        if (follow_outputs(solution)) {
            if (round > options_.max_rounds) return SolveStatus::limit_cycle;
            const NewtonReport report = newton(rung, "reactive_modes", solution);
            if (!is_solved(report.status)) return report.status;
            status = report.status;
            continue;
        }
        for (const auto& control : controls_) {
            ControlView at = view(solution, round);
            const ControlAnswer answer = control->update(at);
            if (answer == ControlAnswer::stable) continue;
            if (answer == ControlAnswer::failed || round > options_.max_rounds) return SolveStatus::limit_cycle;
            move_devices(solution);
            if (regulation_) regulation_->write();
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
    const NewtonReport report = newton(rung, rung.name, solution);
    solution.status = report.status;
    solution.start = rung.name;
    solution.tried.push_back(outcome(rung.name, report));
    if (!is_solved(report.status)) return false;
    if (!rung.warm && model_->n_emulated() == 0) unwind_angles(network(), kind_, out_mask_, state_);
    for (const auto& control : controls_) control->begin(view(solution, 0));
    solution.status = run_controls(rung, solution);
    if (!is_solved(solution.status))
        solution.tried.back() += "; with controls: " + std::string(to_string(solution.status));
    return is_solved(solution.status) && is_balanced(solution);
}

// Devices begin every rung where the network has them, whatever was solved before.
void Engine::restore_positions(Solution& solution) {
    const auto& devices = built_->network->devices;
    solution.devices.assign(devices.size(), DevicePosition{});
    for (std::size_t d = 0; d < devices.size(); ++d) solution.devices[d].value = devices[d].at;
    use_model(built_);
}

void Engine::move_devices(const Solution& solution) {
    const auto& now = network().devices;
    const bool moved = !std::equal(now.begin(), now.end(), solution.devices.begin(),
                                   [](const Device& a, const DevicePosition& b) { return a.at == b.value; });
    if (!moved) return;
    if (!moved_) {
        moved_network_ = std::make_shared<Network>(*built_->network);
        moved_ = std::make_shared<ElectricalModel>(*built_);
        moved_->network = moved_network_;
    }
    apply_positions(*built_, solution.devices, *moved_network_, *moved_);
    model_.reset();
    use_model(moved_);
}

void Engine::use_model(ModelPtr model) {
    if (model == model_) return;
    model_ = std::move(model);
    sweeper_.reset();
    if (balance_) balance_->use(*model_);
    if (!use_patched_) return;
    std::vector<int> out;
    for (int l = 0; l < static_cast<int>(out_mask_.size()); ++l)
        if (out_mask_[l] != 0) out.push_back(l);
    patched_ = model_->ybus;
    solver::patch_outages(built_->pattern, model_->elements, out, out_mask_, patched_);
}

void Engine::finish(Solution& solution) {
    const Network& net = network();
    const std::size_t n = static_cast<std::size_t>(net.n_bus);
    solution.vm.assign(state_.vm.begin(), state_.vm.begin() + net.n_bus);
    solution.va.assign(state_.va.begin(), state_.va.begin() + net.n_bus);
    gather_supply(solution);
    if (net.has_modes)
        for (int b = 0; b < net.n_bus; ++b) q_other_[b] = other_q(b);
    fix_consumption(solution);
    const bool constant = is_constant();
    share_outputs(*model_, kind_, gen_in_, gen_p_,
                  constant ? newton_.equations().p_calc() : std::span<const double>(p_supply_),
                  constant ? newton_.equations().q_calc() : std::span<const double>(q_supply_), q_fixed_,
                  joined_.empty() ? nullptr : &joined_, solution);
    report_regulation(solution);
    if (!model_->load.empty()) {
        for (int b = 0; b < net.n_bus; ++b) {
            if (kind_[b] == BusKind::dead) continue;
            solution.p_load[b] += model_->load.p(b, state_.vm[b]);
            solution.q_load[b] += model_->load.q(b, state_.vm[b]);
        }
    }
    if (model_->n_link() > 0) recover_links(solution);
    if (balance_) solution.balances = balance_->report(solution);
    if (solution.solved()) return;
    solution.p_mismatch.assign(n, 0.0);
    solution.q_mismatch.assign(n, 0.0);
    std::vector<double> mismatch(2 * kind_.size(), 0.0);
    newton_.equations().mismatch(problem(), state_, mismatch);
    for (int b = 0; b < net.n_bus; ++b) {
        solution.p_mismatch[b] = mismatch[2 * b];
        solution.q_mismatch[b] = mismatch[2 * b + 1];
    }
}

// The flows through joined buses, from what remains at each of them; pins speak for the whole group.
void Engine::recover_links(Solution& solution) {
    const Network& net = network();
    if (!joined_.empty())
        for (int b = 0; b < net.n_bus; ++b)
            for (const int other : joined_[b]) solution.pin[other] = solution.pin[b];
    std::vector<double> p(static_cast<std::size_t>(net.n_bus)), q(p.size());
    std::vector<solver::BranchFlow> flows;
    solution.link_p.assign(static_cast<std::size_t>(model_->n_link()), 0.0);
    solution.link_q = solution.link_p;
    branch_flows(*model_, solution, flows);
    for (int b = 0; b < net.n_bus; ++b) {
        const double vv = solution.vm[b] * solution.vm[b];
        p[b] = -solution.p_load[b] - vv * net.g_shunt[b];
        q[b] = -solution.q_load[b] + vv * net.b_shunt[b];
    }
    for (int g = 0; g < net.n_gen; ++g) {
        p[net.gen_bus[g]] += solution.gen_p[g];
        q[net.gen_bus[g]] += solution.gen_q[g];
    }
    for (int l = 0; l < net.n_branch; ++l) {
        p[net.from[l]] -= flows[l].p_from;
        q[net.from[l]] -= flows[l].q_from;
        p[net.to[l]] -= flows[l].p_to;
        q[net.to[l]] -= flows[l].q_to;
    }
    share_among_links(*model_, solution, p, solution.link_p);
    share_among_links(*model_, solution, q, solution.link_q);
}

Solution Engine::solve_ladder(const Scenario& scenario, const Solution* warm) {
    Solution solution;
    dc_ = false;
    load(scenario, solution);
    Solution implausible;  // a false root, kept in case nothing better comes
    bool have_implausible = false;
    for (const Rung& rung : ladder(warm)) {
        solution.p_load = start_p_load_;
        solution.q_load = start_q_load_;
        restore_positions(solution);
        set_start(rung, warm, solution);
        if (balance_) balance_->restart();
        if (regulation_) regulation_->restart(warm != nullptr && rung.warm ? std::span<const double>(warm->gen_q) : std::span<const double>());
        const bool solved = run_rung(rung, solution);
        if (!solution.reason.empty()) break;  // another start balances no better
        if (!solved) continue;
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
    if (!solution.reason.empty()) return solution;
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
    state_.vm.resize(kind_.size(), 0.0);
    state_.va.resize(kind_.size(), 0.0);
    start_emulation();
    newton_.prime(problem(), state_);
}

bool Engine::sensitivities(const Scenario& scenario, const Solution& at, std::vector<std::vector<double>>& columns) {
    Solution scratch;
    load(scenario, scratch);
    for (int b = 0; b < network().n_bus; ++b)
        if (at.pin[b] != Pin::none && holds_voltage(kind_[b]))
            kind_[b] = is_reference(kind_[b]) ? BusKind::angle : BusKind::pq;
    state_.vm = at.vm;
    state_.va = at.va;
    state_.vm.resize(kind_.size(), 0.0);
    state_.va.resize(kind_.size(), 0.0);
    start_emulation();
    if (regulation_)
        for (RegulationGroup& group : regulation_->groups())
            for (const SharedRegulation& before : at.regulations)
                for (std::size_t k = 0; before.bus == group.bus && k < before.units.size(); ++k)
                    for (RegulationMember& member : group.members)
                        if (member.unit == before.units[k]) member.pin = before.pins[k];
    // Who shares how much depends on how much is shared.
    if (balance_ && at.balances.size() == static_cast<std::size_t>(balance_->size())) {
        std::vector<double> imbalance;
        for (const SlackBalance& balance : at.balances) imbalance.push_back(balance.imbalance);
        balance_->advance(imbalance);
    }
    if (!linearize()) return false;
    for (auto& column : columns) {
        const std::size_t asked = column.size();
        column.resize(2 * kind_.size(), 0.0);
        solve_linearized(column);
        column.resize(asked);
    }
    return true;
}

void branch_flows(const ElectricalModel& model, const Solution& solution, std::vector<solver::BranchFlow>& flows) {
    const Network& net = *model.network;
    flows.resize(net.n_branch);
    for (int l = 0; l < net.n_branch; ++l) {
        const int f = net.from[l];
        const int t = net.to[l];
        const int link = model.link_of_branch[l];
        const bool off = solution.live[f] == 0 || solution.live[t] == 0 ||
                         (!solution.branch_out.empty() && solution.branch_out[l] != 0);
        flows[l] = off ? solver::BranchFlow{}
                       : solver::branch_flow(model.elements.branch[l], solution.vm[f], solution.va[f], solution.vm[t],
                                             solution.va[t]);
        if (link < 0 || off || solution.link_p.empty()) continue;
        flows[l].p_from += solution.link_p[link];
        flows[l].q_from += solution.link_q[link];
        flows[l].p_to -= solution.link_p[link];
        flows[l].q_to -= solution.link_q[link];
    }
    // Devices that the solve itself has moved stand elsewhere than in the model.
    for (std::size_t d = 0; d < solution.devices.size(); ++d) {
        const Device& device = net.devices[d];
        const double value = solution.devices[d].value;
        const int l = device.branch;
        if (l < 0 || value == device.at) continue;
        const int f = net.from[l];
        const int t = net.to[l];
        if (solution.live[f] == 0 || solution.live[t] == 0 || (!solution.branch_out.empty() && solution.branch_out[l] != 0))
            continue;
        const bool tap = device.kind == DeviceKind::tap;
        flows[l] = solver::branch_flow(solver::branch_admittance(net.r[l], net.x[l], net.b_charge[l], tap ? value : net.tap[l],
                                                                 tap ? net.shift[l] : value),
                                       solution.vm[f], solution.va[f], solution.vm[t], solution.va[t]);
    }
}

}  // namespace araz

#include <algorithm>
#include <cmath>
#include <map>

#include "araz/engine/lane_sweep.hpp"
#include "lane_job.hpp"
#include "lane_limits.hpp"
#include "lane_scenario.hpp"

namespace araz {

using solver::BusKind;

ReactiveRange bus_reactive_range(const Network& net, const std::vector<unsigned char>& gen_in,
                                 const std::vector<double>& gen_p, int bus) {
    ReactiveRange sum;
    for (int k = net.gen_start[bus]; k < net.gen_start[bus + 1]; ++k) {
        const int g = net.gens_at[k];
        if (gen_in[g] == 0 || !net.regulates(g)) continue;
        const ReactiveRange range = reactive_range(net, g, gen_p[g]);
        sum.min += range.min;
        sum.max += range.max;
    }
    return sum;
}

namespace {

// Lanes know constant power, the references or units of their islands balancing, DC lines at their set-points and the switching of
// PV buses; the scalar engine all the rest.
bool is_for_lanes(const ElectricalModel& model, const EngineOptions& options, const ControlList& controls) {
    if (options.slack.mode == SlackMode::area || options.method != Method::newton) return false;
    if (options.slack.mode == SlackMode::distributed && options.slack.key == SlackKey::load) return false;
    if (model.n_link() > 0 || model.n_emulated() > 0 || !model.load.empty()) return false;
    if (model.network->depends_on_voltage || model.network->regulates_remotely) return false;
    return std::all_of(controls.begin(), controls.end(), [](const auto& control) { return control->only_switches_pv(); });
}

}  // namespace

solver::LaneBorder::Row row_of(const solver::LaneProgram& program, const solver::AdmittancePattern& pattern,
                               const solver::AdmittanceValues& ybus, int bus) {
    solver::LaneBorder::Row row;
    const auto add = [&](int slot) {
        row.column.push_back(program.place_of[pattern.column[slot]]);
        row.g.push_back(ybus.g[slot]);
        row.b.push_back(ybus.b[slot]);
    };
    add(pattern.diagonal[bus]);
    for (int k = pattern.row_start[bus]; k < pattern.row_start[bus + 1]; ++k)
        if (pattern.column[k] != bus) add(k);
    return row;
}

LaneBase::LaneBase(ModelPtr model, const EngineOptions& options, const Scenario& common, const Solution& warm,
                   const LaneBase* previous)
    : model_(std::move(model)), options_(for_contingencies(options)) {
    if (!warm.solved() || !common.branches_out.empty() || !common.generators_out.empty() || !common.settings.empty()) return;
    const ControlList controls = options_.controls ? options_.controls() : ControlList{};
    if (!is_for_lanes(*model_, options_, controls)) return;
    has_controls_ = !controls.empty();
    scenario_ = load_intact(*model_, common);
    for (const BusKind kind : scenario_.kind) has_equations_.push_back(kind == BusKind::pq || kind == BusKind::pv ? 1 : 0);
    program_ = previous != nullptr && previous->model_ == model_ && previous->has_equations_ == has_equations_
                   ? previous->program_
                   : std::make_shared<const solver::LaneProgram>(
                         solver::LaneProgram::build(model_->pattern, model_->ybus, has_equations_));
    if (program_->n_node == 0 || (options_.slack.mode == SlackMode::distributed && !list_references())) return;
    list_regulated();
    resume(controls, warm);
    set_start(warm);
    ok_ = start_->ok();
}

// False: an island has several, of which the engine keeps one.
bool LaneBase::list_references() {
    const Network& net = *model_->network;
    const auto& pattern = model_->pattern;
    std::map<int, int> of_island;
    for (int b = 0; b < net.n_bus; ++b)
        if (scenario_.kind[b] == BusKind::slack && !of_island.emplace(net.island[b], b).second) return false;
    if (of_island.size() > 255) return false;
    std::map<int, std::uint8_t> equation;
    for (const auto& [island, bus] : of_island) {
        equation.emplace(island, static_cast<std::uint8_t>(references_.size()));
        references_.push_back(bus);
        reference_rows_.push_back(row_of(*program_, pattern, model_->ybus, bus));
    }
    for (int node = 0; node < program_->n_node; ++node) equation_of_.push_back(equation.at(net.island[program_->bus_of[node]]));
    return true;
}

ControlView LaneBase::view_of(LoadedScenario& scenario, std::vector<Pin>& pin) const {
    ControlView view;
    view.model = model_.get();
    view.p_load = scenario.p_load;
    view.q_load = scenario.q_load;
    view.gen_p = scenario.gen_p;
    view.gen_in = scenario.gen_in;
    view.kind = scenario.kind;
    view.p = scenario.p;
    view.q = scenario.q;
    view.v_set = scenario.v_set.empty() ? model_->network->v_set : scenario.v_set;
    view.pin = pin;
    view.tolerance = options_.tolerance;
    return view;
}

void LaneBase::resume(const ControlList& controls, const Solution& warm) {
    pin_.assign(static_cast<std::size_t>(model_->network->n_bus), Pin::none);
    ControlView view = view_of(scenario_, pin_);
    for (const auto& control : controls) control->resume(view, warm.pin);
    has_pins_ = std::any_of(pin_.begin(), pin_.end(), [](Pin pin) { return pin != Pin::none; });
}

// The warm rung of the engine: voltages of the solved state, set-points restored but where a limit binds.
void LaneBase::set_start(const Solution& warm) {
    const Network& net = *model_->network;
    solver::VoltageState state{warm.vm, warm.va};
    warm_vm_ = warm.vm;
    for (int b = 0; b < net.n_bus; ++b) {
        const BusKind kind = scenario_.kind[b];
        if (kind == BusKind::slack) state.va[b] = net.va_stored[b];
        if ((kind == BusKind::slack || kind == BusKind::pv) && !std::isnan(net.v_set[b])) state.vm[b] = net.v_set[b];
        if (kind == BusKind::dead) state.vm[b] = state.va[b] = 0.0;
        else if (!(state.vm[b] > 0.0)) state.vm[b] = 1.0;
        if (std::isnan(state.va[b])) state.va[b] = 0.0;
    }
    solver::PowerFlowProblem problem;
    problem.pattern = &model_->pattern;
    problem.ybus = &model_->ybus;
    problem.kind = scenario_.kind;
    problem.p = scenario_.p;
    problem.q = scenario_.q;
    start_ = std::make_unique<solver::LaneStart>(*program_, problem, state);
}

void LaneBase::list_regulated() {
    const Network& net = *model_->network;
    regulated_of_.assign(static_cast<std::size_t>(net.n_bus), -1);
    for (int b = 0; b < net.n_bus; ++b) {
        if (scenario_.kind[b] != BusKind::pv) continue;
        regulated_of_[b] = static_cast<int>(regulated_.size());
        regulated_.push_back(b);
        regulated_node_.push_back(program_->place_of[b]);
        v_set_.push_back(net.v_set[b]);
        const LaneQLimits limits =
            screen_limits(bus_reactive_range(net, scenario_.gen_in, scenario_.gen_p, b), scenario_.q_load[b], options_.tolerance);
        q_low_.push_back(limits.low);
        q_high_.push_back(limits.high);
    }
}

}  // namespace araz

#include "araz/study/controls.hpp"

#include <array>
#include <cmath>
#include <numbers>

#include "araz/control/device_control.hpp"

namespace araz {

namespace {

struct Kind {
    const char* control;
    const char* unit;
    const char* measured;
};
constexpr std::array kinds{Kind{"svc", "MVAr", "p.u."}, Kind{"phase", "deg", "MW"}, Kind{"taps", "p.u.", "p.u."},
                           Kind{"shunts", "MVAr", "p.u."}};
constexpr std::array states{"idle", "in_band", "at_high", "at_low", "held", "between"};

const Kind& kind_of(const Device& device) { return kinds[static_cast<std::size_t>(device.kind)]; }

double in_file_units(const Network& net, const Device& device, double value) {
    switch (device.kind) {
        case DeviceKind::tap: return value;
        case DeviceKind::phase: return value * 180.0 / std::numbers::pi;
        case DeviceKind::svc:
        case DeviceKind::shunt: return value * net.base_mva;
    }
    return value;
}

// Steps above the lower end; a value between two steps has a fraction.
double position_of(const Device& device, double value) {
    if (device.steps == 0) return nan_value;
    const double position = (value - device.low) / (device.high - device.low) * device.steps;
    return std::abs(position - std::round(position)) < 1e-9 ? std::round(position) : position;
}

}  // namespace

void add_controls(const ElectricalModel& built, const Solution& solution, PfResult& result) {
    const Network& net = *built.network;
    const solver::VoltageState state{solution.vm, solution.va};
    for (std::size_t d = 0; d < solution.devices.size(); ++d) {
        const DevicePosition& at = solution.devices[d];
        const Device& device = net.devices[d];
        if (at.state == DeviceState::idle) continue;
        const double per_unit = device.kind == DeviceKind::phase ? net.measured_base(device) : 1.0;
        ControlResult row;
        row.control = kind_of(device).control;
        row.device = device.row + 1;
        row.id = net.source->devices[device.row].id;
        row.branch = device.branch < 0 ? 0 : net.branch_row[device.branch] + 1;
        row.bus = device.bus < 0 ? 0 : number(net.bus_id[device.bus]);
        row.controlled_bus = device.controlled < 0 ? 0 : number(net.bus_id[device.controlled]);
        row.state = states[static_cast<std::size_t>(at.state)];
        row.position = position_of(device, at.value);
        row.position_before = position_of(device, device.at);
        row.value = in_file_units(net, device, at.value);
        row.value_before = in_file_units(net, device, device.at);
        row.value_unit = kind_of(device).unit;
        row.measured = measured(net, device, at.value, state) * per_unit;
        row.target = device.target * per_unit;
        row.deadband = 2.0 * device.half_band * per_unit;
        row.measured_unit = device.rule == PhaseRule::power ? kind_of(device).measured : "A";
        row.rule = device.rule == PhaseRule::current_limit ? "limit" : "hold";
        result.controls.push_back(row);
    }
    for (const ControlAction& action : solution.actions) {
        if (action.device < 0) continue;
        const Device& device = net.devices[action.device];
        ControlActionResult row;
        row.action = static_cast<int>(result.control_actions.size()) + 1;
        row.round = action.round;
        row.control = action.control;
        row.device = device.row + 1;
        row.id = net.source->devices[device.row].id;
        row.move = action.action;
        row.value_before = in_file_units(net, device, action.before);
        row.value = in_file_units(net, device, action.after);
        row.value_unit = kind_of(device).unit;
        result.control_actions.push_back(row);
    }
}

void Settled::tell(PfResult& base) const {
    base.controls = controls;
    base.control_actions = actions;
}

Settled settle(const StudySetup& setup) {
    Settled settled;
    settled.setup = setup;
    settled.setup.settle_first = false;
    Engine engine(setup.model, setup.engine);
    const Solution solution = engine.solve(Scenario{});
    if (!solution.solved()) return settled;
    PfResult lists;
    add_controls(*setup.model, solution, lists);
    settled.controls = std::move(lists.controls);
    settled.actions = std::move(lists.control_actions);
    settled.setup.model = at_positions(setup.model, solution.devices);
    if (setup.engine.controls_after) settled.setup.engine.controls = setup.engine.controls_after;
    return settled;
}

}  // namespace araz

#include "devices.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "araz/model/end_state.hpp"
#include "law.hpp"
#include "state.hpp"

namespace araz {

namespace {

std::string element_of(const ControlResult& found) { return "device " + std::to_string(found.device); }

double measured_again(const State& state, const DeviceRow& row, const ControlResult& found) {
    if (row.kind == DeviceKind::phase) {
        const std::complex<double> flow = branch_flow(state, row.branch).from;
        if (row.rule == PhaseRule::power) return flow.real();
        // S = sqrt(3) U I, with U in kV the voltage at the from side.
        const auto from = static_cast<std::size_t>(state.from_row(row.branch));
        const double kv = std::abs(state.voltage[from]) * state.grid->buses[from].base_kv;
        return 1000.0 * std::abs(flow) / (std::sqrt(3.0) * kv);
    }
    const auto at = state.row_of.find(number(row.controlled_bus));
    if (at == state.row_of.end()) return nan_value;
    const double v = std::abs(state.voltage[at->second]);
    if (row.kind != DeviceKind::svc) return v;
    const double rated = std::max(std::abs(row.low), std::abs(row.high));
    const double fed = found.value * std::norm(state.voltage[state.row_of.at(number(row.bus))]);
    return v + row.slope_percent / 100.0 * (rated > 0.0 ? fed / rated : 0.0);
}

// What 1 p.u. of a measured quantity is in its unit.
double base_of(const State& state, const DeviceRow& row) {
    if (row.kind != DeviceKind::phase) return 1.0;
    const double mva = state.grid->base_mva;
    if (row.rule == PhaseRule::power) return mva;
    return 1000.0 * mva / (std::sqrt(3.0) * state.grid->buses[static_cast<std::size_t>(state.from_row(row.branch))].base_kv);
}

// A converter that limits its current reaches further in susceptance where its voltage is low.
double reach(const State& state, const DeviceRow& row) {
    return row.limits_current ? 1.0 / std::abs(state.voltage[state.row_of.at(number(row.bus))]) : 1.0;
}

struct Words {
    const char* control;
    const char* unit;
    const char* measured;
};

Words words_of(const DeviceRow& row) {
    switch (row.kind) {
        case DeviceKind::tap: return {"taps", "p.u.", "p.u."};
        case DeviceKind::phase: return {"phase", "deg", row.rule == PhaseRule::power ? "MW" : "A"};
        case DeviceKind::shunt: return {"shunts", "MVAr", "p.u."};
        case DeviceKind::svc: return {"svc", "MVAr", "p.u."};
    }
    return {"", "", ""};
}

bool is_limit(const DeviceRow& row) { return row.kind == DeviceKind::phase && row.rule == PhaseRule::current_limit; }

// Where the case has a device.
double given(const Case& grid, const DeviceRow& row) {
    if (row.branch < 0) return row.at;
    const BranchRow& branch = grid.branches[static_cast<std::size_t>(row.branch)];
    return row.kind == DeviceKind::phase ? branch.shift_deg : branch.ratio == 0.0 ? 1.0 : branch.ratio;
}

// What a row repeats from the case: words, target and place before.
void see_claims(const Case& grid, const DeviceRow& row, const ControlResult& found, const std::string& element, Law& law) {
    const Words words = words_of(row);
    law.see(found.control == words.control && found.value_unit == words.unit && found.measured_unit == words.measured, element + " words");
    law.see(found.rule.empty() || found.rule == (is_limit(row) ? "limit" : "hold"), element + " rule");
    law.see(found.id == row.id, element + " id");
    law.see(found.controlled_bus == (row.kind == DeviceKind::phase ? 0 : number(row.controlled_bus)), element + " controlled_bus");
    law.see(found.bus == (row.branch < 0 ? number(row.bus) : 0), element + " bus");
    const auto same = [&](double claimed, double expected) { return std::abs(claimed - expected) <= 1e-9 * std::max(1.0, std::abs(expected)); };
    law.see(same(found.target, row.target), element + " target");
    law.see(same(found.deadband, row.deadband), element + " deadband");
    law.see(same(found.value_before, given(grid, row)), element + " value_before");
    const auto step = [&](double value) { return (value - row.low) / (row.high - row.low) * row.steps; };
    for (const auto& [claimed, value] : {std::pair{found.position, found.value}, {found.position_before, found.value_before}})
        law.see(row.steps > 0 ? same(claimed, step(value)) : std::isnan(claimed), element + " position");
}

// Every device that the controls asked for could move is listed once.
void see_all_listed(const Case& grid, const State& state, Law& law) {
    const std::string asked = "," + state.option("controls", "none") + ",";
    std::vector<int> listed(grid.devices.size(), 0);
    for (const ControlResult& found : state.result->controls)
        if (found.device >= 1 && found.device <= static_cast<int>(listed.size())) ++listed[static_cast<std::size_t>(found.device) - 1];
    const auto live = [&](BusId id) {
        const auto at = state.row_of.find(number(id));
        return at != state.row_of.end() && state.live[at->second] != 0;
    };
    for (std::size_t d = 0; d < grid.devices.size(); ++d) {
        const DeviceRow& row = grid.devices[d];
        const std::string element = "device " + std::to_string(d + 1);
        law.see(listed[d] <= 1, element + " listed twice");
        const bool wanted = asked == ",all," || asked.find("," + std::string(words_of(row).control) + ",") != std::string::npos;
        if (!wanted || row.low == row.high) continue;
        if (row.branch >= 0) {
            const BranchRow& branch = grid.branches[static_cast<std::size_t>(row.branch)];
            // One without impedance joins its buses and moves nothing.
            if (!state.carries(row.branch) || std::hypot(branch.r_pu, branch.x_pu) < 1e-3) continue;
        } else if (!live(row.bus)) {
            continue;
        }
        if (row.kind != DeviceKind::phase && !live(row.controlled_bus)) continue;
        law.see(listed[d] == 1, element + " not listed");
    }
}

// Moves lead from where the case has a device to where it ended, one after the other.
void see_moves(const Case& grid, const State& state, Law& law) {
    struct Course {
        const ControlResult* row = nullptr;
        double at = 0.0;
    };
    std::map<int, Course> courses;
    for (const ControlResult& found : state.result->controls) courses[found.device] = {&found, found.value_before};
    int last = 0;
    int round = 0;
    for (const ControlActionResult& move : state.result->control_actions) {
        const std::string element = "control action " + std::to_string(move.action);
        law.see(move.action == ++last && move.round >= round, element + " order");
        round = move.round;
        const auto course = courses.find(move.device);
        law.see(course != courses.end(), element + " device");
        if (course == courses.end()) continue;
        const ControlResult& found = *course->second.row;
        const DeviceRow& row = grid.devices[static_cast<std::size_t>(found.device) - 1];
        law.see(move.control == found.control && move.id == found.id && move.value_unit == found.value_unit, element + " words");
        law.see(move.move == "move" || (move.move == "step" && row.kind != DeviceKind::svc), element + " move");
        // Conversions of units leave the last digits open.
        law.see(std::abs(move.value_before - course->second.at) <= 1e-9 * std::max(1.0, std::abs(move.value_before)), element + " value_before");
        course->second.at = move.value;
    }
    for (const auto& [device, course] : courses)
        law.see(std::abs(course.at - course.row->value) <= 1e-9 * std::max(1.0, std::abs(course.at)), element_of(*course.row) + " moves");
}

void see_state(const State& state, const DeviceRow& row, const ControlResult& found, double t, double excess, Law& band) {
    const std::string element = element_of(found);
    if (found.state == "in_band") return band.see(excess, element);
    if (found.state == "held") {
        const auto units = state.units_by_bus();
        return band.see(row.kind != DeviceKind::phase && !units[state.row_of.at(number(row.controlled_bus))].empty(), element + " held");
    }
    band.see(excess > 0.0, element + " in its band");
    if (found.state == "at_high") return band.see(std::abs(t - 1.0), element + " upper end");
    if (found.state == "at_low") return band.see(std::abs(t), element + " lower end");
    band.see(found.state == "between" && t > 0.0 && t < 1.0, element + " between");
    // One step of a ratio moves no voltage by more than about itself.
    if (row.kind == DeviceKind::tap && row.steps > 0)
        band.see(std::max(0.0, excess - 1.2 * (row.high - row.low) / row.steps), element + " between");
}

}  // namespace

void check_devices(const Case& grid, const State& state, VerifyReport& report) {
    Law known("device_rows", 0.0, "");
    Law position("device_position", 1e-9, "");
    Law measured("device_measured", 1e-6, "");
    // Devices stop ten times the tolerance of the power flow from the edge of their band: 1e-7 p.u.
    Law band("device_band", 1e-6, "p.u.");
    Law moves("device_moves", 0.0, "");
    see_all_listed(grid, state, known);
    for (const ControlResult& found : state.result->controls) {
        const std::string element = element_of(found);
        const DeviceRow* row = device_of(grid, found);
        known.see(row != nullptr, element);
        if (row == nullptr) continue;
        see_claims(grid, *row, found, element, known);
        const double scale = row->kind == DeviceKind::svc ? reach(state, *row) : 1.0;
        const double t = (found.value - scale * row->low) / (scale * (row->high - row->low));
        const bool moved = found.value != given(grid, *row);
        position.see(std::max(0.0, std::max(-t, t - 1.0)), element + " range");
        if (moved && row->steps > 0) position.see(t * row->steps - std::round(t * row->steps), element + " step");
        const double now = measured_again(state, *row, found);
        measured.see(now - found.measured, element);
        const double off = is_limit(*row) ? std::max(0.0, now - row->target) : now - row->target;
        see_state(state, *row, found, t, std::max(0.0, std::abs(off) - 0.5 * row->deadband) / base_of(state, *row), band);
    }
    if (known.holds()) see_moves(grid, state, moves);
    for (const Law* law : {&known, &position, &measured, &band, &moves}) law->report(report);
}

}  // namespace araz

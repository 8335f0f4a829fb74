#include "devices.hpp"

#include <algorithm>
#include <cmath>

#include "araz/model/end_state.hpp"
#include "law.hpp"
#include "state.hpp"

namespace araz {

namespace {

std::string element_of(const ControlResult& found) { return "device " + std::to_string(found.device); }

double measured_again(const State& state, const DeviceRow& row, const ControlResult& found) {
    if (row.kind == DeviceKind::phase) return branch_flow(state, row.branch).from.real();
    const auto at = state.row_of.find(number(row.controlled_bus));
    if (at == state.row_of.end()) return nan_value;
    const double v = std::abs(state.voltage[at->second]);
    if (row.kind != DeviceKind::svc) return v;
    const double rated = std::max(std::abs(row.low), std::abs(row.high));
    const double fed = found.value * std::norm(state.voltage[state.row_of.at(number(row.bus))]);
    return v + row.slope_percent / 100.0 * (rated > 0.0 ? fed / rated : 0.0);
}

// A converter that limits its current reaches further in susceptance where its voltage is low.
double reach(const State& state, const DeviceRow& row) {
    return row.limits_current ? 1.0 / std::abs(state.voltage[state.row_of.at(number(row.bus))]) : 1.0;
}

}  // namespace

void check_devices(const Case& grid, const State& state, VerifyReport& report) {
    Law known("device_rows", 0.0, "");
    Law position("device_position", 1e-9, "");
    Law measured("device_measured", 1e-6, "");
    Law band("device_band", 1e-6, "");
    for (const ControlResult& found : state.result->controls) {
        const std::string element = element_of(found);
        const DeviceRow* row = device_of(grid, found);
        known.see(row != nullptr, element);
        if (row == nullptr) continue;
        const double scale = row->kind == DeviceKind::svc ? reach(state, *row) : 1.0;
        const double t = (found.value - scale * row->low) / (scale * (row->high - row->low));
        const bool moved = found.value != row->at;
        position.see(std::max(0.0, std::max(-t, t - 1.0)), element + " range");
        if (moved && row->steps > 0) position.see(t * row->steps - std::round(t * row->steps), element + " step");
        const double now = measured_again(state, *row, found);
        measured.see(now - found.measured, element);
        const double off = now - row->target;
        const double excess = std::max(0.0, std::abs(off) - 0.5 * row->deadband);
        if (found.state == "in_band") band.see(excess, element);
        else if (found.state == "at_high") band.see(std::abs(t - 1.0), element + " upper end");
        else if (found.state == "at_low") band.see(std::abs(t), element + " lower end");
        else if (found.state == "held") {
            const auto units = state.units_by_bus();
            band.see(!units[state.row_of.at(number(row->controlled_bus))].empty(), element + " held");
        } else if (row->kind == DeviceKind::tap && row->steps > 0) {
            // One step of a ratio moves no voltage by more than about itself.
            band.see(std::max(0.0, excess - 1.2 * (row->high - row->low) / row->steps), element + " between");
        }
    }
    known.report(report);
    position.report(report);
    measured.report(report);
    band.report(report);
}

}  // namespace araz

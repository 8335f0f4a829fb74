#include "device_sensitivity.hpp"

#include <array>
#include <cmath>

#include "araz/control/device_control.hpp"

namespace araz {

namespace {

constexpr double difference = 1e-6;  // for derivatives by central differences, p.u. and radians

solver::BranchFlow flow_of(const Network& net, const Device& device, double value, const solver::VoltageState& state) {
    const int l = device.branch;
    const int f = net.from[l];
    const int t = net.to[l];
    const bool tap = device.kind == DeviceKind::tap;
    return solver::branch_flow(solver::branch_admittance(net.r[l], net.x[l], net.b_charge[l], tap ? value : net.tap[l],
                                                         tap ? net.shift[l] : value),
                               state.vm[f], state.va[f], state.vm[t], state.va[t]);
}

// What a change of a device adds to the mismatch (scheduled less calculated) of its buses, per t.
void add_injection(const ControlView& view, int d, double rate, std::vector<double>& x) {
    const Network& net = *view.model->network;
    const Device& device = net.devices[d];
    const solver::VoltageState& state = *view.state;
    if (device.branch < 0) {
        x[2 * device.bus + 1] += rate * state.vm[device.bus] * state.vm[device.bus];
        return;
    }
    const int f = net.from[device.branch];
    const int t = net.to[device.branch];
    const solver::BranchFlow up = flow_of(net, device, view.devices[d].value + difference, state);
    const solver::BranchFlow down = flow_of(net, device, view.devices[d].value - difference, state);
    const double scale = -rate / (2.0 * difference);
    x[2 * f] += scale * (up.p_from - down.p_from);
    x[2 * f + 1] += scale * (up.q_from - down.q_from);
    x[2 * t] += scale * (up.p_to - down.p_to);
    x[2 * t + 1] += scale * (up.q_to - down.q_to);
}

// Derivative of what a group measures along a change of state (dva, dlnV) and of device values. `moved` is a copy of the
// state to work in, left as it was: a copy per pair of groups would cost more than all the rest.
std::complex<double> along(const ControlView& view, std::span<const int> group, const std::vector<double>& rate,
                           const std::vector<double>& x, solver::VoltageState& moved) {
    const Network& net = *view.model->network;
    for (const int d : group) {
        if (!in_service(view, d)) continue;
        const Device& device = net.devices[d];
        const std::array<int, 4> buses{device.bus, device.controlled, device.branch < 0 ? -1 : net.from[device.branch],
                                       device.branch < 0 ? -1 : net.to[device.branch]};
        const auto at = [&](double h) {
            for (const int b : buses) {
                if (b < 0) continue;
                moved.va[b] = view.state->va[b] + h * x[2 * b];
                moved.vm[b] = view.state->vm[b] * (1.0 + h * x[2 * b + 1]);
            }
            return reading(net, device, view.devices[d].value + h * rate[d], moved);
        };
        const std::complex<double> slope = (at(difference) - at(-difference)) / (2.0 * difference);
        for (const int b : buses) {
            if (b < 0) continue;
            moved.va[b] = view.state->va[b];
            moved.vm[b] = view.state->vm[b];
        }
        return slope;
    }
    return 0.0;
}

}  // namespace

bool in_service(const ControlView& view, int device) {
    const Network& net = *view.model->network;
    const Device& of = net.devices[device];
    const auto dead = [&](int b) { return b >= 0 && view.kind[b] == solver::BusKind::dead; };
    if (dead(of.bus) || dead(of.controlled)) return false;
    if (of.branch < 0) return true;
    if (!view.branch_out.empty() && view.branch_out[of.branch] != 0) return false;
    return !dead(net.from[of.branch]) && !dead(net.to[of.branch]);
}

std::complex<double> reading(const Network& net, const Device& device, double value, const solver::VoltageState& state) {
    if (device.kind == DeviceKind::phase) {
        const solver::BranchFlow flow = flow_of(net, device, value, state);
        if (device.rule == PhaseRule::power) return flow.p_from;
        return std::complex<double>(flow.p_from, -flow.q_from) / state.vm[net.from[device.branch]];
    }
    const double v = state.vm[device.controlled];
    if (device.kind != DeviceKind::svc) return v;
    return v + device.slope * value * state.vm[device.bus] * state.vm[device.bus];
}

std::vector<std::vector<std::complex<double>>> sensitivities(const ControlView& view, std::span<const std::span<const int>> groups) {
    const Network& net = *view.model->network;
    const std::size_t n = groups.size();
    std::vector<std::vector<std::complex<double>>> s(n, std::vector<std::complex<double>>(n));
    if (n == 0 || !view.linearize()) return s;
    solver::VoltageState moved = *view.state;
    for (std::size_t column = 0; column < n; ++column) {
        std::vector<double> x(2 * view.kind.size(), 0.0);
        std::vector<double> rate(net.devices.size(), 0.0);
        for (const int d : groups[column]) {
            if (!in_service(view, d)) continue;
            const DeviceRange range = device_range(net.devices[d], *view.state);
            rate[d] = range.high - range.low;
            add_injection(view, d, rate[d], x);
        }
        for (std::size_t b = 0; b < view.kind.size(); ++b) {
            if (!solver::has_p_equation(view.kind[b])) x[2 * b] = 0.0;
            if (!solver::has_q_equation(view.kind[b])) x[2 * b + 1] = 0.0;
        }
        view.solve_linearized(x);
        for (std::size_t row = 0; row < n; ++row) s[row][column] = along(view, groups[row], rate, x, moved);
    }
    return s;
}

}  // namespace araz

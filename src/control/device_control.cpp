#include "araz/control/device_control.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <tuple>

#include "dense.hpp"

namespace araz {

namespace {

constexpr double difference = 1e-6;   // for derivatives by central differences, p.u. and radians
constexpr double aim = 1e-4;          // of the continuous stage of devices with steps, p.u.: far below any step
constexpr double largest_move = 0.5;  // of a relative position in one round

std::string_view word(DeviceKind kind) {
    constexpr std::array<std::string_view, 4> words{"svc", "phase", "taps", "shunts"};
    return words[static_cast<std::size_t>(kind)];
}

struct Group {
    std::vector<int> devices;
    int steps = 0;            ///< of the finest device; 0: continuous
    double position = 0.0;    ///< relative
    double target = 0.0, half_band = 0.0;
    bool moving = false;      ///< in the continuous stage
    bool moved = false;       ///< left the positions of the network: its devices stand together
    int last = 0;             ///< direction of the last single step
    int turns = 0;
};

double clamp01(double t) { return std::clamp(t, 0.0, 1.0); }

}  // namespace

double measured(const Network& net, const Device& device, double value, const solver::VoltageState& state) {
    if (device.kind == DeviceKind::phase) {
        const int l = device.branch;
        const int f = net.from[l];
        const int t = net.to[l];
        return solver::branch_flow(solver::branch_admittance(net.r[l], net.x[l], net.b_charge[l], net.tap[l], value),
                                   state.vm[f], state.va[f], state.vm[t], state.va[t])
            .p_from;
    }
    const double v = state.vm[device.controlled];
    if (device.kind != DeviceKind::svc) return v;
    return v + device.slope * value * state.vm[device.bus] * state.vm[device.bus];
}

DeviceRange device_range(const Device& device, const solver::VoltageState& state) {
    const double scale = device.limits_current && state.vm[device.bus] > 0.0 ? 1.0 / state.vm[device.bus] : 1.0;
    return {device.low * scale, device.high * scale};
}

namespace {

class DeviceControl final : public Control {
public:
    explicit DeviceControl(const DeviceControlOptions& options) : options_(options) {}

    [[nodiscard]] std::string_view name() const override { return word(options_.kind); }

    void begin(const ControlView& view) override {
        rounds_ = 0;
        stepping_ = turned_ = false;
        make_groups(view);
    }

    ControlAnswer update(ControlView& view) override {
        const std::vector<int> active = judge(view);
        if (options_.kind == DeviceKind::svc || !stepping_) {
            const ControlAnswer answer = settle(view, active);
            if (answer != ControlAnswer::stable || options_.kind == DeviceKind::svc) return answer;
        }
        return step(view, active);
    }

private:
    void make_groups(const ControlView& view) {
        const Network& net = *view.model->network;
        groups_.clear();
        std::map<std::tuple<int, bool, double, double>, int> group_of;
        for (int d = 0; d < static_cast<int>(net.devices.size()); ++d) {
            const Device& device = net.devices[d];
            if (device.kind != options_.kind || device.low == device.high) continue;
            const bool together = device.kind == DeviceKind::tap || device.kind == DeviceKind::shunt;
            int at = static_cast<int>(groups_.size());
            if (together) {
                const bool from_side = device.branch >= 0 && net.from[device.branch] == device.controlled;
                at = group_of.try_emplace({device.controlled, from_side, device.target, device.half_band}, at).first->second;
            }
            if (at == static_cast<int>(groups_.size())) groups_.emplace_back();
            Group& group = groups_[at];
            group.devices.push_back(d);
            group.target = device.target;
            group.half_band = device.half_band;
        }
        for (Group& group : groups_) {
            for (const int d : group.devices) {
                const Device& device = net.devices[d];
                group.steps = std::max(group.steps, device.steps);
                group.position += (view.devices[d].value - device.low) / (device.high - device.low) /
                                  static_cast<double>(group.devices.size());
            }
        }
    }

    [[nodiscard]] static bool in_service(const ControlView& view, int d) {
        const Network& net = *view.model->network;
        const Device& device = net.devices[d];
        const auto dead = [&](int b) { return b >= 0 && view.kind[b] == solver::BusKind::dead; };
        if (dead(device.bus) || dead(device.controlled)) return false;
        if (device.branch < 0) return true;
        if (!view.branch_out.empty() && view.branch_out[device.branch] != 0) return false;
        return !dead(net.from[device.branch]) && !dead(net.to[device.branch]);
    }

    static bool is_held(const ControlView& view, const Device& device) {
        return device.controlled >= 0 && solver::holds_voltage(view.kind[device.controlled]);
    }

    [[nodiscard]] double error(const ControlView& view, const Group& group) const {
        const Network& net = *view.model->network;
        for (const int d : group.devices)
            if (in_service(view, d)) return measured(net, net.devices[d], view.devices[d].value, *view.state) - group.target;
        return 0.0;
    }

    [[nodiscard]] double allowed(const ControlView& view, const Group& group) const {
        return group.half_band + 10.0 * view.tolerance;
    }

    // Groups that can act, with the states of all devices; a device whose end of range moved stays within it.
    std::vector<int> judge(ControlView& view) {
        std::vector<int> active;
        for (int k = 0; k < static_cast<int>(groups_.size()); ++k) {
            Group& group = groups_[k];
            DeviceState state = DeviceState::idle;
            for (const int d : group.devices) {
                if (!in_service(view, d)) continue;
                state = is_held(view, view.model->network->devices[d]) ? DeviceState::held : DeviceState::in_band;
            }
            if (state == DeviceState::in_band) {
                active.push_back(k);
                if (std::abs(error(view, group)) > allowed(view, group))
                    state = group.position >= 1.0   ? DeviceState::at_high
                            : group.position <= 0.0 ? DeviceState::at_low
                                                    : DeviceState::between;
            }
            for (const int d : group.devices) view.devices[d].state = in_service(view, d) ? state : DeviceState::idle;
        }
        return active;
    }

    [[nodiscard]] double value_at(const ControlView& view, int d, double t, bool rounded) const {
        const Device& device = view.model->network->devices[d];
        if (rounded && device.steps > 0) t = std::round(t * device.steps) / device.steps;
        const DeviceRange range = device_range(device, *view.state);
        return range.low + t * (range.high - range.low);
    }

    // Puts a group at a relative position; says whether a device changed its value.
    bool put(ControlView& view, Group& group, double t, bool rounded) {
        if (group.moved && group.position == t && !rounded && options_.kind != DeviceKind::svc) return false;
        group.position = t;
        group.moved = true;
        bool changed = false;
        for (const int d : group.devices) {
            if (!in_service(view, d)) continue;
            const double value = value_at(view, d, t, rounded);
            const double before = view.devices[d].value;
            if (std::abs(value - before) <= 1e-12) continue;
            view.devices[d].value = value;
            changed = true;
            const Device& device = view.model->network->devices[d];
            view.actions->push_back({std::string(name()), rounded ? "step" : "move", device.controlled, view.round, d, before, value});
        }
        return changed;
    }

    // dm/dt of the groups asked for, [row][column].
    [[nodiscard]] std::vector<std::vector<double>> sensitivities(const ControlView& view, const std::vector<int>& which) const {
        const Network& net = *view.model->network;
        const std::size_t n = which.size();
        std::vector<std::vector<double>> s(n, std::vector<double>(n, 0.0));
        if (n == 0 || !view.linearize()) return s;
        for (std::size_t column = 0; column < n; ++column) {
            std::vector<double> x(2 * view.kind.size(), 0.0);
            std::vector<double> rate(net.devices.size(), 0.0);
            for (const int d : groups_[which[column]].devices) {
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
            for (std::size_t row = 0; row < n; ++row) s[row][column] = along(view, groups_[which[row]], rate, x);
        }
        return s;
    }

    // What a change of a device adds to the mismatch (scheduled less calculated) of its buses, per t.
    static void add_injection(const ControlView& view, int d, double rate, std::vector<double>& x) {
        const Network& net = *view.model->network;
        const Device& device = net.devices[d];
        const solver::VoltageState& state = *view.state;
        if (device.branch < 0) {
            x[2 * device.bus + 1] += rate * state.vm[device.bus] * state.vm[device.bus];
            return;
        }
        const int l = device.branch;
        const int f = net.from[l];
        const int t = net.to[l];
        const auto flow = [&](double value) {
            const bool tap = device.kind == DeviceKind::tap;
            return solver::branch_flow(solver::branch_admittance(net.r[l], net.x[l], net.b_charge[l], tap ? value : net.tap[l],
                                                                 tap ? net.shift[l] : value),
                                       state.vm[f], state.va[f], state.vm[t], state.va[t]);
        };
        const solver::BranchFlow up = flow(view.devices[d].value + difference);
        const solver::BranchFlow down = flow(view.devices[d].value - difference);
        const double scale = -rate / (2.0 * difference);
        x[2 * f] += scale * (up.p_from - down.p_from);
        x[2 * f + 1] += scale * (up.q_from - down.q_from);
        x[2 * t] += scale * (up.p_to - down.p_to);
        x[2 * t + 1] += scale * (up.q_to - down.q_to);
    }

    // Derivative of what a group measures along a change of state (dva, dlnV) and of device values.
    [[nodiscard]] double along(const ControlView& view, const Group& group, const std::vector<double>& rate,
                               const std::vector<double>& x) const {
        const Network& net = *view.model->network;
        for (const int d : group.devices) {
            if (!in_service(view, d)) continue;
            const Device& device = net.devices[d];
            const auto at = [&](double h) {
                solver::VoltageState moved = *view.state;
                const std::array<int, 4> buses{device.bus, device.controlled, device.branch < 0 ? -1 : net.from[device.branch],
                                               device.branch < 0 ? -1 : net.to[device.branch]};
                for (const int b : buses) {
                    if (b < 0) continue;
                    moved.va[b] = view.state->va[b] + h * x[2 * b];
                    moved.vm[b] = view.state->vm[b] * (1.0 + h * x[2 * b + 1]);
                }
                return measured(net, device, view.devices[d].value + h * rate[d], moved);
            };
            return (at(difference) - at(-difference)) / (2.0 * difference);
        }
        return 0.0;
    }

    // First stage. Stable: nothing left to do in it.
    ControlAnswer settle(ControlView& view, const std::vector<int>& active) {
        std::vector<int> which;
        bool open = false;
        for (const int k : active) {
            Group& group = groups_[k];
            const double e = std::abs(error(view, group));
            if (e > allowed(view, group)) group.moving = true;
            if (!group.moving) continue;
            which.push_back(k);
            open = open || e > (group.steps > 0 ? aim : allowed(view, group));
        }
        const bool continuous = options_.kind == DeviceKind::svc;
        if (!open || (!continuous && rounds_ >= options_.continuous_rounds)) return round_off(view, which);
        const std::vector<double> to = newton_step(view, which);
        bool changed = false;
        for (std::size_t i = 0; i < which.size(); ++i) changed = put(view, groups_[which[i]], to[i], false) || changed;
        if (!changed) return round_off(view, which);
        return ++rounds_ > options_.continuous_rounds ? ControlAnswer::failed : ControlAnswer::changed;
    }

    // Positions after one Newton step on the errors, clipped: what would leave its range stays at the end, and
    // the others make up for it.
    [[nodiscard]] std::vector<double> newton_step(const ControlView& view, const std::vector<int>& which) const {
        const auto s = sensitivities(view, which);
        std::vector<double> to(which.size());
        std::vector<unsigned char> fixed(which.size(), 0);
        for (std::size_t pass = 0; pass <= which.size(); ++pass) {
            std::vector<std::size_t> open;
            for (std::size_t i = 0; i < which.size(); ++i)
                if (fixed[i] == 0) open.push_back(i);
            std::vector<std::vector<double>> a(open.size(), std::vector<double>(open.size()));
            std::vector<double> b(open.size());
            for (std::size_t i = 0; i < open.size(); ++i) {
                b[i] = -error(view, groups_[which[open[i]]]);
                for (std::size_t j = 0; j < open.size(); ++j) a[i][j] = s[open[i]][open[j]];
                for (std::size_t j = 0; j < which.size(); ++j)
                    if (fixed[j] != 0) b[i] -= s[open[i]][j] * (to[j] - groups_[which[j]].position);
            }
            solve_dense(a, b);
            bool clipped = false;
            for (std::size_t i = 0; i < open.size(); ++i) {
                const double now = groups_[which[open[i]]].position;
                const double wanted = now + std::clamp(b[i], -largest_move, largest_move);
                to[open[i]] = clamp01(wanted);
                if (wanted == to[open[i]]) continue;
                fixed[open[i]] = 1;
                clipped = true;
            }
            if (!clipped) break;
        }
        return to;
    }

    ControlAnswer round_off(ControlView& view, const std::vector<int>& which) {
        if (options_.kind == DeviceKind::svc) return follow_ends(view);
        stepping_ = true;
        bool changed = false;
        for (const int k : which) {
            Group& group = groups_[k];
            const double t = group.steps > 0 ? std::round(group.position * group.steps) / group.steps : group.position;
            changed = put(view, group, t, true) || changed;
        }
        return changed ? ControlAnswer::changed : ControlAnswer::stable;
    }

    // A converter at its current limit follows its voltage.
    ControlAnswer follow_ends(ControlView& view) {
        bool changed = false;
        for (Group& group : groups_)
            for (const int d : group.devices) {
                const DeviceRange range = device_range(view.model->network->devices[d], *view.state);
                const double value = std::clamp(view.devices[d].value, range.low, range.high);
                const bool at_end = group.position <= 0.0 || group.position >= 1.0;
                const double end = at_end ? value_at(view, d, group.position, false) : value;
                if (!in_service(view, d) || !group.moved || std::abs(end - view.devices[d].value) <= 1e-10) continue;
                view.actions->push_back({std::string(name()), "move", view.model->network->devices[d].controlled, view.round, d,
                                         view.devices[d].value, end});
                view.devices[d].value = end;
                changed = true;
            }
        if (!changed) return ControlAnswer::stable;
        return ++rounds_ > options_.continuous_rounds ? ControlAnswer::failed : ControlAnswer::changed;
    }

    struct Step {
        int group = 0;
        double to = 0.0;
        double excess = 0.0;
        int direction = 0;
    };

    // Second stage: single steps.
    ControlAnswer step(ControlView& view, const std::vector<int>& active) {
        std::vector<int> outside;
        for (const int k : active)
            if (std::abs(error(view, groups_[k])) > allowed(view, groups_[k])) outside.push_back(k);
        if (outside.empty()) return ControlAnswer::stable;
        const auto s = sensitivities(view, outside);
        std::vector<Step> steps;
        for (std::size_t i = 0; i < outside.size(); ++i) {
            const Group& group = groups_[outside[i]];
            if (group.turns >= options_.reversals) continue;
            const double e = error(view, group);
            const int direction = e * s[i][i] > 0.0 ? -1 : 1;
            const double now = std::round(group.position * group.steps);
            const double to = group.steps > 0 ? clamp01((now + direction) / group.steps) : clamp01(group.position - e / s[i][i]);
            if (std::abs(e + s[i][i] * (to - group.position)) >= std::abs(e) - 10.0 * view.tolerance) continue;
            steps.push_back({outside[i], to, std::abs(e) - group.half_band, direction});
        }
        if (turned_ && steps.size() > 1)
            steps = {*std::max_element(steps.begin(), steps.end(), [](const Step& a, const Step& b) { return a.excess < b.excess; })};
        bool changed = false;
        for (const Step& next : steps) {
            Group& group = groups_[next.group];
            if (group.last == -next.direction) {
                ++group.turns;
                turned_ = true;
            }
            group.last = next.direction;
            changed = put(view, group, next.to, true) || changed;
        }
        return changed ? ControlAnswer::changed : ControlAnswer::stable;
    }

    DeviceControlOptions options_;
    std::vector<Group> groups_;
    int rounds_ = 0;
    bool stepping_ = false;  ///< in the second stage
    bool turned_ = false;    ///< a group has reversed: one at a time
};

}  // namespace

std::unique_ptr<Control> make_device_control(const DeviceControlOptions& options) {
    return std::make_unique<DeviceControl>(options);
}

}  // namespace araz

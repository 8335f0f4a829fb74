#include "araz/control/device_control.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <map>
#include <tuple>

#include "dense.hpp"
#include "device_sensitivity.hpp"

namespace araz {

namespace {

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
    bool current = false;     ///< holds the size of a phasor
    bool limits = false;      ///< content anywhere below its target
    bool moving = false;      ///< in the continuous stage
    bool moved = false;       ///< left the positions of the network: its devices stand together
    int last = 0;             ///< direction of the last single step
    int turns = 0;
};

using Matrix = std::vector<std::vector<std::complex<double>>>;

double clamp01(double t) { return std::clamp(t, 0.0, 1.0); }

bool holds_current(const Device& device) { return device.kind == DeviceKind::phase && device.rule != PhaseRule::power; }

// How far a current may be from its target after a move: |i + s dt| = target, by the root nearest to where the
// device stands; where no shift brings it there, the shift of the least current.
struct CurrentMove {
    double dt = 0.0;
    bool reachable = false;
};

CurrentMove current_move(std::complex<double> i, std::complex<double> s, double target) {
    const double a = std::norm(s);
    if (!(a > 0.0)) return {};
    const double b = (std::conj(i) * s).real();
    const double root = b * b - a * (std::norm(i) - target * target);
    if (root < 0.0) return {-b / a, false};
    const double near = b > 0.0 ? -b + std::sqrt(root) : -b - std::sqrt(root);
    return {near / a, true};
}

}  // namespace

double measured(const Network& net, const Device& device, double value, const solver::VoltageState& state) {
    const std::complex<double> at = reading(net, device, value, state);
    return holds_current(device) ? std::abs(at) : at.real();
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
            group.current = holds_current(device);
            group.limits = group.current && device.rule == PhaseRule::current_limit;
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

    static bool is_held(const ControlView& view, const Device& device) {
        return device.controlled >= 0 && solver::holds_voltage(view.kind[device.controlled]);
    }

    [[nodiscard]] static std::complex<double> reading_of(const ControlView& view, const Group& group) {
        const Network& net = *view.model->network;
        for (const int d : group.devices)
            if (in_service(view, d)) return reading(net, net.devices[d], view.devices[d].value, *view.state);
        return group.target;
    }

    // How far a reading is from what the group wants.
    [[nodiscard]] static double off(const Group& group, std::complex<double> at) {
        const double e = (group.current ? std::abs(at) : at.real()) - group.target;
        return group.limits ? std::max(e, 0.0) : e;
    }

    [[nodiscard]] static double error(const ControlView& view, const Group& group) { return off(group, reading_of(view, group)); }

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

    [[nodiscard]] Matrix sensitivity_of(const ControlView& view, const std::vector<int>& which) const {
        std::vector<std::span<const int>> devices;
        for (const int k : which) devices.emplace_back(groups_[k].devices);
        return sensitivities(view, devices);
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

    // One equation of the Newton step, sum_j a_j dt_j = b. That of a current is tangent to the circle of its target where
    // its own move alone would meet it; a current that cannot come there goes to its least, and a limit that is kept stays.
    struct Equation {
        std::vector<double> a;
        double b = 0.0;
    };

    [[nodiscard]] Equation equation(const ControlView& view, const Group& group, const std::vector<std::complex<double>>& s,
                                    std::size_t own) const {
        Equation out{std::vector<double>(s.size(), 0.0), 0.0};
        const std::complex<double> at = reading_of(view, group);
        std::complex<double> direction = 1.0;
        if (group.current) {
            const bool kept = group.limits && off(group, at) == 0.0;
            const CurrentMove move = kept ? CurrentMove{} : current_move(at, s[own], group.target);
            if (!move.reachable) {
                out.a[own] = 1.0;
                out.b = move.dt;
                return out;
            }
            const std::complex<double> there = at + s[own] * move.dt;
            direction = there / std::abs(there);
        }
        for (std::size_t j = 0; j < s.size(); ++j) out.a[j] = (std::conj(direction) * s[j]).real();
        out.b = group.target - (std::conj(direction) * at).real();
        return out;
    }

    // Positions after one Newton step on the errors, clipped: what would leave its range stays at the end, and
    // the others make up for it.
    [[nodiscard]] std::vector<double> newton_step(const ControlView& view, const std::vector<int>& which) const {
        const Matrix s = sensitivity_of(view, which);
        std::vector<Equation> rows;
        for (std::size_t i = 0; i < which.size(); ++i) rows.push_back(equation(view, groups_[which[i]], s[i], i));
        std::vector<double> to(which.size());
        std::vector<unsigned char> fixed(which.size(), 0);
        for (std::size_t pass = 0; pass <= which.size(); ++pass) {
            std::vector<std::size_t> open;
            for (std::size_t i = 0; i < which.size(); ++i)
                if (fixed[i] == 0) open.push_back(i);
            std::vector<std::vector<double>> a(open.size(), std::vector<double>(open.size()));
            std::vector<double> b(open.size());
            for (std::size_t i = 0; i < open.size(); ++i) {
                const Equation& row = rows[open[i]];
                b[i] = row.b;
                for (std::size_t j = 0; j < open.size(); ++j) a[i][j] = row.a[open[j]];
                for (std::size_t j = 0; j < which.size(); ++j)
                    if (fixed[j] != 0) b[i] -= row.a[j] * (to[j] - groups_[which[j]].position);
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

    // Where one more step brings a group nearest to its target, by the sensitivity of its reading; its own place if none does.
    [[nodiscard]] static double better_position(const Group& group, std::complex<double> at, std::complex<double> s, double tolerance) {
        std::vector<double> places;
        if (group.steps > 0) {
            const double now = std::round(group.position * group.steps);
            places = {clamp01((now - 1.0) / group.steps), clamp01((now + 1.0) / group.steps)};
        } else {
            const double move = group.current ? current_move(at, s, group.target).dt : (group.target - at.real()) / s.real();
            places = {clamp01(group.position + move)};
        }
        double best = group.position;
        double least = std::abs(off(group, at)) - 10.0 * tolerance;
        for (const double to : places) {
            const double left = std::abs(off(group, at + s * (to - group.position)));
            if (!(left < least)) continue;
            least = left;
            best = to;
        }
        return best;
    }

    // Second stage: single steps.
    ControlAnswer step(ControlView& view, const std::vector<int>& active) {
        std::vector<int> outside;
        for (const int k : active)
            if (std::abs(error(view, groups_[k])) > allowed(view, groups_[k])) outside.push_back(k);
        if (outside.empty()) return ControlAnswer::stable;
        const Matrix s = sensitivity_of(view, outside);
        std::vector<Step> steps;
        for (std::size_t i = 0; i < outside.size(); ++i) {
            const Group& group = groups_[outside[i]];
            if (group.turns >= options_.reversals) continue;
            const std::complex<double> at = reading_of(view, group);
            const double to = better_position(group, at, s[i][i], view.tolerance);
            if (to == group.position) continue;
            steps.push_back({outside[i], to, std::abs(off(group, at)) - group.half_band, to > group.position ? 1 : -1});
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

#include "araz/control/reactive_limits.hpp"

#include <algorithm>
#include <cmath>

namespace araz {

namespace {

using solver::BusKind;

struct Switch {
    int bus = 0;
    Pin to = Pin::none;
    double limit = 0.0;     ///< Q injection of the units when pinned, p.u.
    double violation = 0.0; ///< how far the limit or the set-point is passed, p.u.
    int group = -1;         ///< of units that hold a bus together; -1: the units of the bus alone
    int member = -1;        ///< of the group
};

// The level at which a member leaves its limit.
double level_at(const RegulationMember& member, double limit) { return (limit - member.start) / member.weight; }

class ReactiveLimits final : public Control {
public:
    explicit ReactiveLimits(const ReactiveLimitOptions& options) : options_(options) {}

    [[nodiscard]] std::string_view name() const override { return "reactive_limits"; }
    [[nodiscard]] bool only_switches_pv() const override { return !options_.include_slack; }

    // Buses at their limits before an outage or a shift mostly are so after it: pinned from the start they save the
    // rounds that find them one after the other. Those that should be held again are released like any other.
    void resume(ControlView& view, std::span<const Pin> pins) override {
        for (int b = 0; b < static_cast<int>(pins.size()); ++b) {
            if (pins[b] == Pin::none || !may_pin(view.kind[b])) continue;
            const ReactiveRange range = bus_range(view, b);
            const double limit = pins[b] == Pin::q_max ? range.max : range.min;
            if (std::isfinite(limit)) pin_at(view, b, pins[b], limit);
        }
    }

    void begin(const ControlView& view) override {
        releases_.assign(view.kind.size(), 0);
        group_releases_.assign(view.groups.size(), 0);
        hunting_ = false;
    }

    ControlAnswer update(ControlView& view) override {
        std::vector<Switch> switches = wanted(view);
        for (int k = 0; k < static_cast<int>(view.groups.size()); ++k) add_of_group(view, k, switches);
        if (switches.empty()) return ControlAnswer::stable;
        if (hunting_) keep_largest(switches);
        for (const Switch& change : switches) {
            if (change.group >= 0) {
                if (!apply_to_group(view, change)) return ControlAnswer::failed;
                continue;
            }
            if (change.to == Pin::none && ++releases_[change.bus] > options_.free_releases) hunting_ = true;
            if (releases_[change.bus] > options_.max_releases) return ControlAnswer::failed;
            apply(view, change);
        }
        return ControlAnswer::changed;
    }

private:
    static ReactiveRange bus_range(const ControlView& view, int bus) {
        const Network& net = *view.model->network;
        ReactiveRange sum;
        for_each_unit(view, bus, [&](int g) {
            const ReactiveRange range = reactive_range(net, g, view.gen_p[g]);
            sum.min += range.min;
            sum.max += range.max;
        });
        return sum;
    }

    [[nodiscard]] bool may_pin(BusKind kind) const {
        return kind == BusKind::pv || (options_.include_slack && kind == BusKind::slack);
    }

    [[nodiscard]] std::vector<Switch> wanted(const ControlView& view) const {
        // A limit counts as passed beyond ten times what the solve itself leaves open.
        const double slack = 10.0 * view.tolerance;
        std::vector<Switch> switches;
        for (int b = 0; b < static_cast<int>(view.kind.size()); ++b) {
            if (may_pin(view.kind[b])) {
                const ReactiveRange range = bus_range(view, b);
                const double q = view.q_calc[b] + view.q_load[b];
                if (q > range.max + slack) {
                    switches.push_back({b, Pin::q_max, range.max, q - range.max, -1, -1});
                } else if (q < range.min - slack) {
                    switches.push_back({b, Pin::q_min, range.min, range.min - q, -1, -1});
                }
            } else if (holds_voltage(view.kind[b]) || b >= static_cast<int>(view.pin.size())) {
                continue;
            } else if (view.pin[b] != Pin::none && has_q_equation(view.kind[b])) {
                const double above = view.state->vm[b] - view.v_set[b];
                const bool wrong_side = view.pin[b] == Pin::q_max ? above > slack : above < -slack;
                const ReactiveRange range = bus_range(view, b);
                const double limit = view.pin[b] == Pin::q_max ? range.max : range.min;
                if (wrong_side && range.max - range.min > slack)
                    switches.push_back({b, Pin::none, 0.0, std::abs(above), -1, -1});
                else if (std::abs(limit - (view.q[b] + view.q_load[b])) > slack)  // P moved along the capability curve
                    switches.push_back({b, view.pin[b], limit, std::abs(limit - (view.q[b] + view.q_load[b])), -1, -1});
            }
        }
        return switches;
    }

    // Members beyond a limit; members whose share lies within their limits again; and where nobody is left, those that
    // the voltage asks back: of several the first to leave its limit as the level turns.
    static void add_of_group(const ControlView& view, int index, std::vector<Switch>& switches) {
        const RegulationGroup& group = view.groups[index];
        const double slack = 10.0 * view.tolerance;
        const bool exhausted = group.is_exhausted();
        const double above = view.state->vm[group.bus] - group.v_set;
        int first = -1;
        for (int k = 0; k < static_cast<int>(group.members.size()); ++k) {
            const RegulationMember& member = group.members[k];
            const ReactiveRange range = reactive_range(*view.model->network, member.unit, view.gen_p[member.unit]);
            const double q = group.output(member);
            const auto add = [&](Pin to, double limit, double violation) {
                switches.push_back({member.bus, to, limit, violation, index, k});
            };
            if (member.pin == Pin::none) {
                if (q > range.max + slack) add(Pin::q_max, range.max, q - range.max);
                else if (q < range.min - slack) add(Pin::q_min, range.min, range.min - q);
                continue;
            }
            const bool high = member.pin == Pin::q_max;
            const double limit = high ? range.max : range.min;
            if (std::abs(q - limit) > slack) add(member.pin, limit, std::abs(q - limit));
            if (!(member.weight > 0.0) || range.max - range.min <= slack) continue;
            if (!exhausted) {
                const double back = high ? limit - group.wanted(member) : group.wanted(member) - limit;
                if (back > slack) add(Pin::none, limit, back);
                continue;
            }
            if (!(high ? above > slack : above < -slack)) continue;
            const double level = level_at(member, limit);
            const bool earlier = first < 0 || (high ? level > level_at(group.members[first], group.members[first].held)
                                                    : level < level_at(group.members[first], group.members[first].held));
            if (earlier) first = k;
        }
        if (first >= 0)
            switches.push_back({group.members[first].bus, Pin::none, group.members[first].held, std::abs(above), index, first});
    }

    // False: released too often.
    bool apply_to_group(ControlView& view, const Switch& change) {
        RegulationGroup& group = view.groups[change.group];
        RegulationMember& member = group.members[change.member];
        const bool exhausted = group.is_exhausted();
        const bool follows = member.pin == change.to;
        member.pin = change.to;
        member.held = change.limit;
        if (change.to == Pin::none) {
            if (exhausted) group.level = level_at(member, change.limit);
            int& count = group_releases_[change.group];
            const int units = static_cast<int>(group.members.size());
            if (++count > options_.free_releases * units) hunting_ = true;
            if (count > options_.max_releases * units) return false;
        }
        const char* action = change.to == Pin::none ? "release"
                             : follows              ? "follow limit"
                             : change.to == Pin::q_max ? "pin q_max"
                                                       : "pin q_min";
        view.actions->push_back({"reactive_limits", action, change.bus, view.round});
        return true;
    }

    static void keep_largest(std::vector<Switch>& switches) {
        const auto largest =
            std::max_element(switches.begin(), switches.end(),
                             [](const Switch& a, const Switch& b) { return a.violation < b.violation; });
        switches = {*largest};
    }

    static void pin_at(ControlView& view, int b, Pin to, double limit) {
        view.pin[b] = to;
        view.kind[b] = is_reference(view.kind[b]) ? BusKind::angle : BusKind::pq;
        view.q[b] = limit - view.q_load[b];
    }

    static void apply(ControlView& view, const Switch& change) {
        const int b = change.bus;
        const bool follows = view.pin[b] == change.to;
        if (change.to == Pin::none) {
            view.pin[b] = Pin::none;
            view.kind[b] = is_reference(view.kind[b]) ? BusKind::slack : BusKind::pv;
            view.state->vm[b] = view.v_set[b];
        } else {
            pin_at(view, b, change.to, change.limit);
        }
        const char* action = change.to == Pin::none ? "release"
                             : follows              ? "follow limit"
                             : change.to == Pin::q_max ? "pin q_max"
                                                       : "pin q_min";
        view.actions->push_back({"reactive_limits", action, b, view.round});
    }

    ReactiveLimitOptions options_;
    std::vector<int> releases_, group_releases_;
    bool hunting_ = false;
};

}  // namespace

std::unique_ptr<Control> make_reactive_limits(const ReactiveLimitOptions& options) {
    return std::make_unique<ReactiveLimits>(options);
}

}  // namespace araz

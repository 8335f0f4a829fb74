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
};

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
        hunting_ = false;
    }

    ControlAnswer update(ControlView& view) override {
        std::vector<Switch> switches = wanted(view);
        if (switches.empty()) return ControlAnswer::stable;
        if (hunting_) keep_largest(switches);
        for (const Switch& change : switches) {
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
                    switches.push_back({b, Pin::q_max, range.max, q - range.max});
                } else if (q < range.min - slack) {
                    switches.push_back({b, Pin::q_min, range.min, range.min - q});
                }
            } else if (holds_voltage(view.kind[b]) || b >= static_cast<int>(view.pin.size())) {
                continue;
            } else if (view.pin[b] != Pin::none && has_q_equation(view.kind[b])) {
                const double above = view.state->vm[b] - view.v_set[b];
                const bool wrong_side = view.pin[b] == Pin::q_max ? above > slack : above < -slack;
                const ReactiveRange range = bus_range(view, b);
                const double limit = view.pin[b] == Pin::q_max ? range.max : range.min;
                if (wrong_side && range.max - range.min > slack)
                    switches.push_back({b, Pin::none, 0.0, std::abs(above)});
                else if (std::abs(limit - (view.q[b] + view.q_load[b])) > slack)  // P moved along the capability curve
                    switches.push_back({b, view.pin[b], limit, std::abs(limit - (view.q[b] + view.q_load[b]))});
            }
        }
        return switches;
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
    std::vector<int> releases_;
    bool hunting_ = false;
};

}  // namespace

std::unique_ptr<Control> make_reactive_limits(const ReactiveLimitOptions& options) {
    return std::make_unique<ReactiveLimits>(options);
}

}  // namespace araz

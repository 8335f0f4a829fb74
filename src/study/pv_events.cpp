// What can happen along a curve, and what follows from it.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "pv_tracer.hpp"

namespace araz {

using solver::BusKind;

namespace {

constexpr double base_tolerance = 5e-8; // p.u.; what the power flow of the base leaves open
constexpr std::size_t listed_buses = 10;
constexpr int most_switches = 4;        // of one bus at one point: the curve goes on on neither side

}  // namespace

double PvTracer::free_output(int bus, const Station& at) const {
    const double lambda = at.point.lambda;
    double others = 0.0;
    const int free = free_unit(bus);
    for (int k = net_.gen_start[bus]; k < net_.gen_start[bus + 1]; ++k)
        if (const int g = net_.gens_at[k]; gen_in_[g] != 0 && g != free) others += unit_p(g, lambda);
    return at.p_calc[bus] + load_p_[bus] + (lambda - lambda0_) * load_p_rate_[bus] - others;
}

PvEvent PvTracer::event_of(const char* word, const Station& at) const {
    PvEvent event;
    event.event = word;
    event.lambda = at.point.lambda;
    event.mw = at.point.lambda * path_.mw_per_lambda();
    event.point = static_cast<int>(curve_->points.size());
    return event;
}

void PvTracer::name_bus(PvEvent& event, int bus) const {
    event.bus = number(net_.bus_id[bus]);
    event.bus_name = net_.source->buses[net_.bus_row[bus]].name;
}

void PvTracer::name_unit(PvEvent& event, int unit) const {
    if (unit < 0) return;
    if (net_.is_unit(unit)) event.generator = net_.gen_row[unit] + 1;
    name_bus(event, net_.gen_bus[unit]);
}

void PvTracer::note_limit(const Station& at, const Gauge& gauge, bool at_base) {
    noted_.insert({static_cast<int>(gauge.what), gauge.index});
    const Violation found = to_violation(net_, reading_of(gauge, at), "", "");
    PvEvent event = event_of(found.kind.c_str(), at);
    event.at_base = at_base;
    event.branch = found.branch;
    event.branch_name = found.branch_name;
    event.side = found.side;
    event.bus = found.bus;
    event.bus_name = found.bus_name;
    event.value = found.value;
    event.limit = found.limit;
    event.unit = found.unit;
    if (curve_->first_limit.empty()) {
        curve_->first_limit = event.event;
        curve_->first_limit_lambda = event.lambda;
        curve_->first_limit_mw = event.mw;
    }
    curve_->events.push_back(std::move(event));
    if (options_.stop == PvStop::limit) stop("limit");
}

// Limits that are broken before anything moves.
void PvTracer::note_base(const Station& at) {
    for (const Gauge& gauge : gauges_) {
        const bool limit = gauge.what == What::thermal || gauge.what == What::low || gauge.what == What::high;
        if (limit && is_violated(reading_of(gauge, at))) note_limit(at, gauge, true);
    }
}

bool PvTracer::stop(const char* word) {
    if (curve_->end.empty()) curve_->end = word;
    return false;
}

// False when the curve ends here.
Task<bool> PvTracer::handle(Station& at, Met gauge) {
    switch (gauge.what) {
        case What::q_max:
        case What::q_min:
        case What::release: co_return co_await switch_reactive(at, gauge);
        case What::p_max:
        case What::p_min:
        case What::slack_p: co_return co_await fill_unit(at, gauge);
        case What::next:
        case What::previous: co_return co_await change_interval(at, gauge);
        case What::low:
        case What::high:
        case What::thermal: note_limit(at, gauge, false); co_return curve_->end.empty();
        case What::target: curve_->events.push_back(event_of("target", at)); co_return stop("target");
        case What::traced: co_return stop("traced");
        case What::nose: break;
    }
    curve_->events.push_back(event_of("nose", at));
    if (curve_->bifurcation == "none") curve_->bifurcation = "saddle_node";
    upper_ = !upper_;
    co_return options_.stop == PvStop::full || stop("nose");
}

// New equations at the same point: the curve goes on in the direction in which ln V of `bus` times `sign` falls, as
// the limit just reached demands, or without a bus on the side it came from. When lambda then falls, the limit itself
// ends the range of lambda (I. Dobson, L. Lu, "Voltage collapse precipitated by the immediate change in stability when
// generator reactive power limits are encountered", IEEE Trans. Circuits Syst. I 39(9), 1992).
Task<bool> PvTracer::turn(Station& at, int bus, double sign) {
    rebuild();
    const solver::CurveTangent before = at.tangent;
    const bool made = co_await tangent_at(at, before);
    if (!made) co_return stop("step_too_small");
    if (bus >= 0 && sign * at.tangent.x[2 * static_cast<std::size_t>(bus) + 1] > 0.0) {
        for (double& value : at.tangent.x) value = -value;
        at.tangent.lambda = -at.tangent.lambda;
    }
    const bool rising = at.tangent.lambda > 0.0;
    if (rising == upper_) co_return true;
    upper_ = rising;
    if (rising) co_return true;
    curve_->events.push_back(event_of("limit_induced", at));
    if (curve_->bifurcation == "none") curve_->bifurcation = "limit_induced";
    if (at.point.lambda >= curve_->lambda_max) note_largest(at);
    co_return options_.stop == PvStop::full || stop("limit_induced");
}

// The first regulated bus of the island that can becomes the reference (MATPOWER's order). False: there is none.
bool PvTracer::choose_reference(int bus) {
    for (int b = 0; b < net_.n_bus; ++b) {
        if (b == bus || kind_[b] != BusKind::pv || net_.island[b] != net_.island[bus]) continue;
        const int unit = free_unit(b);
        if (unit < 0 || (fixed_[unit] != 0 && !options_.hand_over_to_full)) continue;
        kind_[b] = BusKind::slack;
        return true;
    }
    return false;
}

// The unit that was free at a reference bus keeps its output from here on, and another bus takes over.
bool PvTracer::move_reference(int bus, const Station& at) {
    const int free = free_unit(bus);
    unit_p_[free] = free_output(bus, at);
    unit_rate_[free] = 0.0;
    fixed_[free] = 1;
    return choose_reference(bus);
}

PvEvent PvTracer::reactive_event(const Station& at, const Met& gauge) const {
    const int b = gauge.index;
    const bool high = gauge.what == What::q_max;
    PvEvent event = event_of(gauge.what == What::release ? "q_release" : high ? "q_max" : "q_min", at);
    name_unit(event, free_unit(b));
    name_bus(event, b);
    if (gauge.what == What::release) return event;
    const ReactiveRange range = range_at(b, at.point.lambda);
    event.limit = (high ? range.max : range.min) * net_.base_mva;
    event.value = event.limit + (high ? gauge.value : -gauge.value) * net_.base_mva;
    event.unit = "MVAr";
    return event;
}

Task<bool> PvTracer::switch_reactive(Station& at, const Met& gauge) {
    const int b = gauge.index;
    const bool release = gauge.what == What::release;
    if (++switched_here_[b] > most_switches) co_return stop("step_too_small");
    curve_->events.push_back(reactive_event(at, gauge));
    anchor(at.point.lambda);
    if (release) {
        pin_[b] = Pin::none;
        kind_[b] = BusKind::pv;
        at.point.state.vm[b] = v_set_[b];
        co_return co_await turn(at, -1, 0.0);
    }
    const bool was_reference = kind_[b] == BusKind::slack;
    pin_[b] = gauge.what == What::q_max ? Pin::q_max : Pin::q_min;
    kind_[b] = BusKind::pq;
    if (was_reference && !move_reference(b, at)) {
        curve_->events.push_back(event_of("no_regulation", at));
        co_return stop("no_regulation");
    }
    co_return co_await turn(at, b, pin_[b] == Pin::q_max ? 1.0 : -1.0);
}

// Where the reference bus has limits, all limits are met here, before the curve begins:
// all buses beyond a limit are held there at once, another reference is chosen where needed, and the state is
// solved again at lambda 0. The unit of the former reference starts from its output and moves to its target like any
// other.
Task<bool> PvTracer::settle_base(Station& at) {
    for (;;) {
        measure_afresh(at);
        bool changed = false;
        std::vector<int> left;
        for (std::size_t k = 0; k < gauges_.size(); ++k) {
            const Met gauge = met(at, k);
            const bool reactive = gauge.what == What::q_max || gauge.what == What::q_min;
            if (!reactive || !(gauge.value > base_tolerance)) continue;
            const int b = gauge.index;
            PvEvent event = reactive_event(at, gauge);
            event.at_base = true;
            curve_->events.push_back(event);
            if (kind_[b] == BusKind::slack) {
                const int unit = free_unit(b);
                unit_p_[unit] = free_output(b, at);
                if (!options_.sides) 
                    unit_rate_[unit] = (options_.grow_rows.empty() ? options_.target : 1.0) * net_.pg[unit] - unit_p_[unit];
                left.push_back(b);
            }
            pin_[b] = gauge.what == What::q_max ? Pin::q_max : Pin::q_min;
            kind_[b] = BusKind::pq;
            changed = true;
        }
        if (!changed) co_return true;
        for (const int b : left)
            if (!choose_reference(b)) {
                curve_->events.push_back(event_of("no_regulation", at));
                co_return stop("no_regulation");
            }
        rebuild();
        const bool solved = co_await first_tangent(at, true);
        if (!solved) co_return stop("unsolved_base");
    }
}

Task<bool> PvTracer::fill_unit(Station& at, const Met& gauge) {
    const int g = gauge.index;
    const int b = net_.gen_bus[g];
    PvEvent event = event_of(gauge.what == What::p_min ? "p_min" : "p_max", at);
    name_unit(event, g);
    event.limit = (gauge.what == What::p_min ? net_.pmin[g] : net_.pmax[g]) * net_.base_mva;
    event.value = event.limit + (gauge.what == What::p_min ? -gauge.value : gauge.value) * net_.base_mva;
    event.unit = "MW";
    curve_->events.push_back(event);
    anchor(at.point.lambda);
    if (gauge.what == What::slack_p) {
        kind_[b] = BusKind::pv;
        if (!move_reference(b, at)) {
            curve_->events.push_back(event_of("generators_exhausted", at));
            co_return stop("generators_exhausted");
        }
    } else {
        unit_rate_[g] = 0.0;
        fixed_[g] = 1;
    }
    co_return co_await turn(at, -1, 0.0);
}

// A unit of a transfer has filled, and the others take its share; or the curve comes back below that point.
Task<bool> PvTracer::change_interval(Station& at, const Met& gauge) {
    anchor(at.point.lambda);
    if (gauge.what == What::previous) {
        set_rates(interval_ - 1);
        co_return co_await turn(at, -1, 0.0);
    }
    const char* word = rates_.full_is_source ? "source_exhausted" : "sink_exhausted";
    PvEvent event = event_of(rates_.exhausted ? word : rates_.full_is_source ? "p_max" : "p_min", at);
    name_unit(event, rates_.full_unit);
    if (rates_.full_unit >= 0) {
        event.value = unit_p_[rates_.full_unit] * net_.base_mva;
        event.limit = (rates_.full_is_source ? net_.pmax : net_.pmin)[rates_.full_unit] * net_.base_mva;
        event.unit = "MW";
    }
    curve_->events.push_back(event);
    if (rates_.exhausted) co_return stop(word);
    set_rates(interval_ + 1);
    co_return co_await turn(at, -1, 0.0);
}

void PvTracer::keep(const Station& at) {
    const std::vector<double>& vm = at.point.state.vm;
    if (!voltages_.empty() && voltages_.back() == vm && curve_->points.back().lambda == at.point.lambda) return;
    PvPoint point;
    point.point = static_cast<int>(curve_->points.size()) + 1;
    point.part = upper_ ? "upper" : "lower";
    point.lambda = at.point.lambda;
    point.mw = at.point.lambda * path_.mw_per_lambda();
    for (int l = 0; l < net_.n_branch; ++l) {
        const solver::BranchFlow s = flow(l, at);
        point.loss_mw += (s.p_from + s.p_to) * net_.base_mva;
    }
    for (int b = 0; b < net_.n_bus; ++b) {
        if (kind_[b] == BusKind::dead) continue;
        if (kind_[b] == BusKind::slack) {
            const double load = load_p_[b] + (at.point.lambda - lambda0_) * load_p_rate_[b];
            point.slack_p_mw += (at.p_calc[b] + load) * net_.base_mva;
        }
        if (!(vm[b] < point.min_vm_pu) && !std::isnan(point.min_vm_pu)) continue;
        point.min_vm_pu = vm[b];
        point.min_vm_bus = number(net_.bus_id[b]);
    }
    switched_here_.clear();
    voltages_.push_back(vm);
    curve_->points.push_back(point);
}

void PvTracer::note_largest(const Station& at) {
    curve_->lambda_max = at.point.lambda;
    largest_.point = at.point;
    largest_.tangent = at.tangent;
}

// What the state at lambda_max says: which voltages move most there. At a saddle node that is the null vector.
void PvTracer::finish() {
    curve_->margin_mw = curve_->lambda_max * path_.mw_per_lambda();
    const std::vector<double>& vm = largest_.point.state.vm;
    std::vector<double> moves(static_cast<std::size_t>(net_.n_bus), 0.0);
    double most = 0.0;
    for (int b = 0; b < net_.n_bus; ++b) {
        if (kind_[b] == BusKind::dead) continue;
        moves[b] = vm[b] * std::abs(largest_.tangent.x[2 * static_cast<std::size_t>(b) + 1]);
        most = std::max(most, moves[b]);
        if (!(vm[b] >= curve_->vm_min_pu)) curve_->vm_min_pu = vm[b];
    }
    critical_.resize(moves.size());
    std::iota(critical_.begin(), critical_.end(), 0);
    std::stable_sort(critical_.begin(), critical_.end(), [&](int a, int b) { return moves[a] > moves[b]; });
    for (std::size_t k = 0; k < std::min(listed_buses, critical_.size()); ++k) {
        const int b = critical_[k];
        if (!(moves[b] > 0.0)) break;
        curve_->critical_buses.push_back({number(net_.bus_id[b]), net_.source->buses[net_.bus_row[b]].name,
                                          moves[b] / most, vm[b]});
    }
    if (!curve_->critical_buses.empty()) curve_->critical_bus = curve_->critical_buses.front().bus;
}

}  // namespace araz

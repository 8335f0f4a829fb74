// What is watched along a curve, and how far each of it is from having passed.
#include <algorithm>
#include <cmath>
#include <limits>

#include "pv_tracer.hpp"

namespace araz {

using solver::BusKind;

void PvTracer::list_gauges() {
    gauges_.clear();
    const auto add = [&](What what, int index, double limit = 0.0) { gauges_.push_back({what, index, limit}); };
    add(What::nose, 0);
    if (!upper_) add(What::traced, 0);
    if (std::isfinite(options_.max_mw)) add(What::target, 0);
    if (options_.sides) {
        add(What::next, 0);
        if (interval_ > 0) add(What::previous, 0);
    }
    for (int b = 0; b < net_.n_bus && options_.q_limits; ++b) {
        if (kind_[b] == BusKind::pv || (kind_[b] == BusKind::slack && options_.q_limits_slack)) {
            add(What::q_max, b);
            add(What::q_min, b);
        } else if (pin_[b] != Pin::none && kind_[b] == BusKind::pq) {
            add(What::release, b);
        }
    }
    for (int g = 0; g < net_.n_unit && options_.p_limits && !options_.sides; ++g) {
        const int b = net_.gen_bus[g];
        if (gen_in_[g] == 0 || fixed_[g] != 0) continue;
        if (kind_[b] == BusKind::slack && g == free_unit(b)) add(What::slack_p, g);
        else if (unit_rate_[g] > 0.0) add(What::p_max, g);
        else if (unit_rate_[g] < 0.0) add(What::p_min, g);
    }
    first_watched_ = gauges_.size();
    gauges_.insert(gauges_.end(), watched_.begin(), watched_.end());
}

// What the monitor watches in the state at the start it watches along the whole curve, flows first. Voltage steps are not, so any
// state says "after an outage".
void PvTracer::list_watched() {
    std::vector<Reading> readings;
    monitor_.read(shown_, contingency_ ? &shown_ : nullptr, readings);
    watched_.clear();
    for (const Reading& reading : readings) {
        if (reading.watch == Watch::voltage_step) continue;
        const What what = reading.watch == Watch::thermal ? What::thermal : reading.watch == Watch::voltage_high ? What::high : What::low;
        watched_.push_back({what, reading.index, reading.limit});
    }
}

double PvTracer::gauge_value(const Gauge& gauge, const Station& at) const {
    const double lambda = at.point.lambda;
    const int k = gauge.index;
    switch (gauge.what) {
        case What::nose: return metric_.scale * (upper_ ? -at.tangent.lambda : at.tangent.lambda);
        case What::traced: return -lambda;
        case What::target: return lambda - options_.max_mw / std::abs(path_.mw_per_lambda());
        case What::next: return lambda - rates_.end;
        case What::previous: return rates_.start - lambda;
        case What::q_max:
        case What::q_min: break;  // measured together
        case What::release: return (pin_[k] == Pin::q_max ? 1.0 : -1.0) * (at.point.state.vm[k] - v_set_[k]);
        case What::slack_p: return free_output(net_.gen_bus[k], at) - net_.pmax[k];
        case What::p_max: return unit_p(k, lambda) - net_.pmax[k];
        case What::p_min: return net_.pmin[k] - unit_p(k, lambda);
        case What::thermal:
        case What::low:
        case What::high: break;  // likewise
    }
    return 0.0;
}

Reading PvTracer::reading_of(const Gauge& gauge, const Station& at) const {
    if (gauge.what == What::low) return {Watch::voltage_low, gauge.index, false, at.point.state.vm[gauge.index], gauge.limit};
    if (gauge.what == What::high) return {Watch::voltage_high, gauge.index, false, at.point.state.vm[gauge.index], gauge.limit};
    const solver::BranchFlow s = flow(gauge.index, at);
    const double from = s.p_from * s.p_from + s.q_from * s.q_from;
    const double to = s.p_to * s.p_to + s.q_to * s.q_to;
    return {Watch::thermal, gauge.index, to > from, std::sqrt(std::max(from, to)), gauge.limit};
}

void PvTracer::measure(Station& at) {
    const double lambda = at.point.lambda;
    at.gauges.resize(gauges_.size());
    std::size_t k = 0;
    for (; k < first_watched_; ++k) {
        if (gauges_[k].what != What::q_max) {
            at.gauges[k] = gauge_value(gauges_[k], at);
            continue;
        }
        const int b = gauges_[k].index;
        const ReactiveRange range = range_at(b, lambda);
        const double q = at.q_calc[b] + load_q_[b] + (lambda - lambda0_) * load_q_rate_[b] - other_q(b, lambda, at.point.state.vm[b]);
        at.gauges[k] = q - range.max;
        at.gauges[++k] = range.min - q;
    }
    for (; k < gauges_.size() && gauges_[k].what == What::thermal; ++k) at.gauges[k] = reading_of(gauges_[k], at).value - gauges_[k].limit;
    const double* vm = at.point.state.vm.data();
    for (; k < gauges_.size(); ++k) {
        const double above = vm[gauges_[k].index] - gauges_[k].limit;
        at.gauges[k] = gauges_[k].what == What::high ? above : -above;
    }
}

bool PvTracer::is_due(const Gauge& gauge) const {
    return noted_.count({static_cast<int>(gauge.what), gauge.index}) == 0;
}

// The gauge that passes first on a straight line between both stations; the number of gauges when none does.
std::size_t PvTracer::due(const Station& from, const Station& to) const {
    std::size_t first = gauges_.size();
    double earliest = std::numeric_limits<double>::infinity();
    for (std::size_t k = 0; k < gauges_.size(); ++k) {
        const double after = to.gauges[k];
        if (!(after > on_event) || !is_due(gauges_[k])) continue;
        const double before = from.gauges[k];
        const double where = before >= 0.0 ? 0.0 : -before / (after - before);
        if (where < earliest) {
            earliest = where;
            first = k;
        }
    }
    return first;
}

solver::BranchFlow PvTracer::flow(int l, const Station& at) const {
    const int from = net_.from[l], to = net_.to[l];
    const bool off = shown_.live[from] == 0 || shown_.live[to] == 0 || (!shown_.branch_out.empty() && shown_.branch_out[l] != 0);
    return off ? solver::BranchFlow{} : solver::branch_flow(model_.elements.branch[l], {at.e[from], at.f[from]}, {at.e[to], at.f[to]});
}

}  // namespace araz

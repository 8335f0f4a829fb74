#include "pv_tracer.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace araz {

using solver::BusKind;
using solver::CurveAnswer;
using solver::CurveRequest;
using solver::CurveTangent;

namespace {

// Steps are sized by what they do to the state: radians and ln V.
constexpr double first_move = 0.02;
constexpr double largest_move = 0.1;
constexpr double wanted_error = 0.002;    // of the predictor
constexpr double accepted_error = 0.03;
constexpr double smallest_turn = 0.5;     // cosine between tangents of neighbours: less may be another curve
constexpr double smallest_step = 1e-9;    // relative to the first one
constexpr int max_locations = 80;
constexpr int max_halvings = 20;

double largest(const std::vector<double>& x) {
    double out = 0.0;
    for (const double value : x) out = std::max(out, std::abs(value));
    return out;
}

}  // namespace

PvTracer::PvTracer(const StudySetup& setup, const PvPath& path, const PvOptions& options, bool contingency)
    : setup_(setup), path_(path), options_(options), model_(*setup.model), net_(*setup.model->network),
      contingency_(contingency), monitor_(setup.model, setup.monitor) {}

void PvTracer::use(PvLanes& lanes, int lane, const solver::LaneProgram& program) {
    lanes_ = &lanes;
    lane_ = lane;
    program_ = &program;
}

// The state's own injections become the base of the path, so it starts on the curve.
void PvTracer::begin(const Solution& start) {
    shown_ = start;
    ybus_ = model_.ybus;
    std::vector<int> out;
    for (std::size_t l = 0; l < start.branch_out.size(); ++l)
        if (start.branch_out[l] != 0) out.push_back(static_cast<int>(l));
    if (!out.empty()) solver::patch_outages(model_.pattern, model_.elements, out, start.branch_out, ybus_);
    kind_ = model_.kind;
    pin_ = start.pin;
    v_set_ = net_.v_set;
    gen_in_.assign(static_cast<std::size_t>(net_.n_gen), 1);
    for (int b = 0; b < net_.n_bus; ++b) {
        if (start.live[b] == 0) kind_[b] = BusKind::dead;
        else if (pin_[b] != Pin::none && kind_[b] == BusKind::pv) kind_[b] = BusKind::pq;
    }
    for (int g = 0; g < net_.n_gen; ++g) gen_in_[g] = kind_[net_.gen_bus[g]] == BusKind::dead ? 0 : 1;
    curves_ = {};
    if (net_.depends_on_voltage) curves_.of_bus.assign(static_cast<std::size_t>(net_.n_bus), -1);
    for (int g = 0; g < net_.n_unit; ++g) {
        // One that is out gives nothing, whatever its curve says.
        const int b = net_.gen_bus[g];
        if (net_.q_mode[g] != ReactiveMode::q_of_v || gen_in_[g] == 0 || start.gen_q[g] != net_.q_curve[g].at(start.vm[b])) continue;
        int& at = curves_.of_bus[b];
        if (at < 0) {
            at = static_cast<int>(curves_.line.size());
            curves_.line.emplace_back();
        }
        curves_.line[at] = sum_of(curves_.line[at], net_.q_curve[g]);
    }
    fixed_.assign(static_cast<std::size_t>(net_.n_gen), 0);
    unit_p_ = start.gen_p;
    unit_q_ = start.gen_q;
    load_p_ = start.p_load;
    load_q_ = start.q_load;
    lambda0_ = 0.0;
    upper_ = true;
    noted_.clear();
    voltages_.clear();
    critical_.clear();
    largest_ = {};
    metric_ = {};
    list_watched();
    set_rates(0);
    rebuild();
    if (lanes_ == nullptr) return;
    std::vector<int> ends;
    for (const int l : out) ends.insert(ends.end(), {net_.from[l], net_.to[l]});
    rows_ = lane_rows(*program_, ybus_, ends);
    lanes_->set_rows(lane_, rows_);
}

void PvTracer::set_rates(int interval) {
    interval_ = interval;
    rates_ = path_.interval(interval);
    unit_rate_ = rates_.unit;
    unit_q_rate_ = rates_.unit_q;
    load_p_rate_ = rates_.load_p;
    load_q_rate_ = rates_.load_q;
    for (int g = 0; g < net_.n_gen; ++g)
        if (gen_in_[g] == 0 || fixed_[g] != 0) unit_rate_[g] = unit_q_rate_[g] = 0.0;
    for (int b = 0; b < net_.n_bus; ++b)
        if (kind_[b] == BusKind::dead) load_p_rate_[b] = load_q_rate_[b] = 0.0;
}

// Everything that moves is carried to `lambda`, so that rates may change there without a jump.
void PvTracer::anchor(double lambda) {
    const double moved = lambda - lambda0_;
    for (int g = 0; g < net_.n_gen; ++g) {
        unit_p_[g] += moved * unit_rate_[g];
        unit_q_[g] += moved * q_rate(g);
    }
    for (int b = 0; b < net_.n_bus; ++b) {
        load_p_[b] += moved * load_p_rate_[b];
        load_q_[b] += moved * load_q_rate_[b];
    }
    lambda0_ = lambda;
}

ReactiveRange PvTracer::range_at(int bus, double lambda) const {
    ReactiveRange sum;
    for (int k = net_.gen_start[bus]; k < net_.gen_start[bus + 1]; ++k) {
        const int g = net_.gens_at[k];
        if (gen_in_[g] == 0 || !net_.regulates(g)) continue;
        const ReactiveRange range = reactive_range(net_, g, unit_p(g, lambda));
        sum.min += range.min;
        sum.max += range.max;
    }
    return sum;
}

double PvTracer::other_q(int bus, double lambda, double vm) const {
    double sum = curves_.empty() ? 0.0 : curves_.q(bus, vm);
    for (int k = net_.gen_start[bus]; k < net_.gen_start[bus + 1]; ++k) {
        const int g = net_.gens_at[k];
        if (gen_in_[g] == 0 || net_.regulates(g) || net_.q_mode[g] == ReactiveMode::q_of_v) continue;
        sum += unit_q_[g] + (lambda - lambda0_) * q_rate(g);
    }
    return sum;
}

// The unit that takes what is left over at a reference bus: its first one.
int PvTracer::free_unit(int bus) const {
    for (int k = net_.gen_start[bus]; k < net_.gen_start[bus + 1]; ++k)
        if (gen_in_[net_.gens_at[k]] != 0) return net_.gens_at[k];
    return -1;
}

void PvTracer::rebuild() {
    ++edition_;
    const std::size_t n = static_cast<std::size_t>(net_.n_bus);
    p_.assign(n, 0.0);
    q_ = dp_ = dq_ = p_;
    for (std::size_t b = 0; b < n; ++b) {
        p_[b] = -load_p_[b];
        q_[b] = -load_q_[b];
        dp_[b] = -load_p_rate_[b];
        dq_[b] = -load_q_rate_[b];
    }
    for (int g = 0; g < net_.n_gen; ++g) {
        if (gen_in_[g] == 0) continue;
        const int b = net_.gen_bus[g];
        p_[b] += unit_p_[g];
        dp_[b] += unit_rate_[g];
        if (net_.q_mode[g] == ReactiveMode::q_of_v) continue;
        if (net_.regulates(g) && (kind_[b] != BusKind::pq || pin_[b] != Pin::none)) continue;
        q_[b] += unit_q_[g];
        dq_[b] += q_rate(g);
    }
    // A limit that depends on the output of its units moves with them.
    constexpr double ahead = 1e-6;
    for (int b = 0; b < net_.n_bus; ++b) {
        if (pin_[b] == Pin::none || kind_[b] != BusKind::pq) continue;
        const auto limit = [&](double lambda) {
            const ReactiveRange range = range_at(b, lambda);
            return pin_[b] == Pin::q_max ? range.max : range.min;
        };
        const double here = limit(lambda0_);
        q_[b] += here;
        dq_[b] += (limit(lambda0_ + ahead) - here) / ahead;
    }
}

solver::CurveProblem PvTracer::problem() const {
    return {&model_.pattern, &ybus_, kind_, p_, q_, dp_, dq_, lambda0_, curves_.empty() ? nullptr : &curves_, edition_};
}

Task<void> PvTracer::solve(const CurveRequest& request, CurveAnswer& answer) {
    if (lanes_ != nullptr && request.problem.curves == nullptr) {
        const bool usual = co_await lanes_->solve(lane_, request, answer);
        if (usual) co_return;
    }
    if (!continuation_) continuation_ = std::make_unique<solver::Continuation>(model_.pattern);
    continuation_->solve(request, answer);
}

void PvTracer::take(CurveAnswer& answer, Station& to) const {
    to.point = std::move(answer.point);
    to.p_calc = std::move(answer.p_calc);
    to.q_calc = std::move(answer.q_calc);
    to.e = std::move(answer.e);
    to.f = std::move(answer.f);
}

// Towards growing lambda. The scale makes lambda and the state equally long at the start.
Task<bool> PvTracer::first_tangent(Station& at, bool corrects) {
    const std::size_t size = 2 * static_cast<std::size_t>(net_.n_bus);
    const CurveTangent up{std::vector<double>(size, 0.0), 1.0};
    metric_.scale = 1.0;
    const CurveRequest request{problem(), &at.point, &up, metric_, 0.0, setup_.engine.tolerance, corrects, true};
    CurveAnswer answer;
    co_await solve(request, answer);
    curve_->corrections += answer.correction.iterations;
    if (!answer.correction.ok || !answer.has_tangent || !(answer.tangent.lambda > 0.0)) co_return false;
    double square = 0.0;
    for (const double value : answer.tangent.x) square += value * value;
    const double slope = std::sqrt(square / static_cast<double>(size)) / answer.tangent.lambda;
    if (slope > 0.0) metric_.scale = slope;
    take(answer, at);
    at.tangent = std::move(answer.tangent);
    co_return metric_.normalize(at.tangent);
}

double PvTracer::first_step(const Station& at) const { return first_move / std::max(largest(at.tangent.x), 1e-12); }

// Without a tangent of its own a station keeps that of `from`, and its gauge of the nose says nothing.
Task<bool> PvTracer::station_at(const Station& from, double step, Station& to, double& predictor_error, bool with_tangent) {
    const CurveRequest request{problem(), &from.point, &from.tangent, metric_, step, setup_.engine.tolerance, true, with_tangent};
    CurveAnswer answer;
    co_await solve(request, answer);
    curve_->corrections += answer.correction.iterations;
    if (!answer.correction.ok || answer.has_tangent != with_tangent) co_return false;
    predictor_error = answer.correction.predictor_error;
    take(answer, to);
    to.tangent = with_tangent ? std::move(answer.tangent) : from.tangent;
    if (std::isnan(curve_->max_mismatch_pu) || answer.correction.mismatch > curve_->max_mismatch_pu)
        curve_->max_mismatch_pu = answer.correction.mismatch;
    measure(to);
    co_return true;
}

// One accepted step; `step` comes back as a proposal for the next. False: none could be found.
Task<bool> PvTracer::advance(const Station& from, double& step, Station& to, std::optional<Met>& event) {
    const double reach = largest(from.tangent.x);
    const double least = smallest_step * first_step(from);
    for (double size = std::min(step, largest_move / std::max(reach, 1e-12)); size > least; size *= 0.5) {
        double error = 0.0;
        const bool reached = co_await station_at(from, size, to, error);
        if (!reached || error > accepted_error) continue;
        if (metric_.dot(from.tangent, to.tangent) < smallest_turn) continue;
        step = size * std::clamp(std::sqrt(wanted_error / std::max(error, 1e-12)), 0.5, 2.0);
        std::size_t passed = due(from, to);
        if (passed == gauges_.size()) co_return true;
        step = size;
        to = co_await locate(from, size, std::move(to), passed);
        event = met(to, passed);
        co_return true;
    }
    co_return false;
}

// The first event between both stations: regula falsi (Illinois) on its gauge along the step. Another gauge that
// turns out to have passed before it takes its place.
Task<PvTracer::Station> PvTracer::locate(const Station& from, double step, Station to, std::size_t& event) {
    double high = step;
    Station found = std::move(to);
    for (int round = 0; round < max_locations && event < gauges_.size(); ++round) {
        double low = 0.0;
        double g_low = from.gauges[event];
        double g_high = found.gauges[event];
        double error = 0.0;
        const bool is_nose = gauges_[event].what == What::nose;
        bool has_tangent = true;
        // It stands at the limit already: that is the event, unless the curve first leads away from it and back within the step.
        for (int k = 0; k < max_halvings && g_low >= -on_event; ++k) {
            Station probe;
            const double at = std::ldexp(step, -k - 1);
            const bool reached = co_await station_at(from, at, probe, error, is_nose);
            if (!reached) continue;
            const double g = probe.gauges[event];
            if (g < -on_event) {
                low = at;
                g_low = g;
            } else if (g > on_event && at < high) {
                high = at;
                g_high = g;
                found = std::move(probe);
                has_tangent = is_nose;
            }
        }
        if (g_low >= -on_event) co_return from;
        int side = 0;
        for (int k = 0; k < max_locations; ++k) {
            if (std::abs(found.gauges[event]) <= on_event || high - low <= 1e-14 * step) break;
            double at = high - g_high * (high - low) / (g_high - g_low);
            if (!(at > low && at < high)) at = 0.5 * (low + high);
            Station probe;
            bool reached = co_await station_at(from, at, probe, error, is_nose);
            if (!reached) {
                at = 0.5 * (low + high);
                reached = co_await station_at(from, at, probe, error, is_nose);
                if (!reached) break;
            }
            const double g = probe.gauges[event];
            if (g > 0.0) {
                high = at;
                g_high = g;
                if (side == 1) g_low *= 0.5;
                side = 1;
                found = std::move(probe);
                has_tangent = is_nose;
            } else {
                low = at;
                g_low = g;
                if (side == -1) g_high *= 0.5;
                side = -1;
                if (std::abs(g) <= on_event) {
                    high = at;
                    found = std::move(probe);
                    has_tangent = is_nose;
                }
            }
        }
        if (!has_tangent) {
            const bool made = co_await tangent_at(found, from.tangent);
            if (made) measure(found);
        }
        // Whatever else has passed here came earlier.
        std::size_t earlier = gauges_.size();
        double first = 1.0;
        for (std::size_t k = 0; k < gauges_.size(); ++k) {
            const double g = found.gauges[k];
            if (k == event || !is_due(gauges_[k]) || g <= on_event) continue;
            const double before = from.gauges[k];
            const double where = before >= 0.0 ? 0.0 : -before / (g - before);
            if (where < first) {
                first = where;
                earlier = k;
            }
        }
        if (earlier == gauges_.size()) co_return found;
        event = earlier;
    }
    co_return found;
}

// The unit tangent on the side of `along`, with the equations at hand. False: there is none, and the station stays as it is.
Task<bool> PvTracer::tangent_at(Station& at, const CurveTangent& along) {
    const CurveRequest request{problem(), &at.point, &along, metric_, 0.0, setup_.engine.tolerance, false, true};
    CurveAnswer answer;
    co_await solve(request, answer);
    if (!answer.has_tangent) co_return false;
    take(answer, at);
    at.tangent = std::move(answer.tangent);
    co_return true;
}

Task<void> PvTracer::trace(const Solution& start, PvCurve& curve) {
    curve_ = &curve;
    begin(start);
    Station at;
    at.point = {{start.vm, start.va}, 0.0};
    const bool begins = co_await first_tangent(at);
    if (!begins) {
        stop("step_too_small");
        co_return;
    }
    if (options_.q_limits && options_.q_limits_slack) {
        const bool settled = co_await settle_base(at);
        if (!settled) co_return;
    }
    measure_afresh(at);
    keep(at);
    note_largest(at);
    note_base(at);
    double step = first_step(at);
    while (curve.end.empty()) {
        if (static_cast<int>(curve.points.size()) >= options_.max_points) {
            stop("point_limit");
            break;
        }
        Station next;
        std::optional<Met> event;
        const bool advanced = co_await advance(at, step, next, event);
        if (!advanced) {
            stop("step_too_small");
            break;
        }
        at = std::move(next);
        keep(at);
        if (at.point.lambda > curve.lambda_max) note_largest(at);
        if (!event) continue;
        const bool goes_on = co_await handle(at, *event);
        if (goes_on) measure_afresh(at);
    }
    finish();
}

}  // namespace araz

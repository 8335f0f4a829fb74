#include "araz/solver/lane_curves.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

#include "araz/base/check.hpp"

namespace araz::solver {

LaneCurves::LaneCurves(const LaneProgram& program, Isa isa)
    : program_(&program), kernels_(&lane_kernels(isa, LanePrecision::doubles)), lanes_(static_cast<std::size_t>(kernels_->width)) {
    const std::size_t w = static_cast<std::size_t>(width());
    const std::size_t nodes = w * static_cast<std::size_t>(program.n_node);
    const std::size_t places = w * static_cast<std::size_t>(program.n_bus);
    const auto buffer = [&](std::size_t n) { return buffers_.emplace_back(n).data(); };
    arrays_.program = view(program);
    for (double** array : {&arrays_.vm, &arrays_.va, &arrays_.e, &arrays_.f}) *array = buffer(places);
    for (double** array : {&arrays_.p_sched, &arrays_.q_sched, &arrays_.p_calc, &arrays_.q_calc, &p_, &q_, &dp_, &dq_})
        *array = buffer(nodes);
    for (double** array : {&rate_, &row_, &moved_, &w_}) *array = buffer(2 * nodes);
    arrays_.er = arrays_.e;
    arrays_.fr = arrays_.f;
    arrays_.x = buffer(2 * nodes);
    arrays_.step = buffer(2 * nodes);
    arrays_.stored = buffer(w * program.stored_size());
    arrays_.kept = buffer(w * program.kept_size());
    arrays_.panel = buffer(4 * w * static_cast<std::size_t>(program.widest_panel));
    has_p_.assign(static_cast<std::size_t>(program.n_node), 0);
    has_q_ = has_p_;
    arrays_.has_p = has_p_.data();
    arrays_.has_q = has_q_.data();
}

void LaneCurves::set_rows(int lane, std::span<const LaneChange::Row> rows) {
    lanes_[lane].rows = rows;
    lanes_[lane].edition = 0;
    patches_.clear();
    for (int l = 0; l < width(); ++l)
        for (const LaneChange::Row& row : lanes_[l].rows) patches_.push_back({row.node, l, row.g.data(), row.b.data()});
    std::stable_sort(patches_.begin(), patches_.end(),
                     [](const LanePatchRow& a, const LanePatchRow& b) { return a.node < b.node; });
    arrays_.patches = patches_.data();
    arrays_.n_patch = static_cast<std::int32_t>(patches_.size());
}

void LaneCurves::load_equations(int lane) {
    const CurveRequest& request = *lanes_[lane].request;
    const CurveProblem& problem = request.problem;
    const auto bit = static_cast<std::uint16_t>(1U << lane);
    for (int i = 0; i < program_->n_node; ++i) {
        const int b = program_->bus_of[i];
        const bool has_p = has_p_equation(problem.kind[b]);
        const bool has_q = has_q_equation(problem.kind[b]);
        has_p_[i] = static_cast<std::uint16_t>(has_p ? has_p_[i] | bit : has_p_[i] & ~bit);
        has_q_[i] = static_cast<std::uint16_t>(has_q ? has_q_[i] | bit : has_q_[i] & ~bit);
        at(p_, lane, i) = problem.p[b];
        at(q_, lane, i) = problem.q[b];
        at(dp_, lane, i) = problem.dp[b];
        at(dq_, lane, i) = problem.dq[b];
        at(rate_, lane, 2 * i) = has_p ? problem.dp[b] : 0.0;
        at(rate_, lane, 2 * i + 1) = has_q ? problem.dq[b] : 0.0;
    }
}

void LaneCurves::load_row(int lane) {
    const std::vector<double>& x = lanes_[lane].request->along->x;
    for (int i = 0; i < program_->n_node; ++i) {
        const int b = program_->bus_of[i];
        at(row_, lane, 2 * i) = x[2 * b];
        at(row_, lane, 2 * i + 1) = x[2 * b + 1];
        at(moved_, lane, 2 * i) = at(moved_, lane, 2 * i + 1) = 0.0;
    }
}

void LaneCurves::load(int lane, const CurveRequest& request, CurveAnswer& answer) {
    ARAZ_CHECK(request.problem.curves == nullptr && request.problem.pattern->n_bus == program_->n_bus, "not for lanes");
    Lane& mine = lanes_[lane];
    const bool known = request.problem.edition != 0 && request.problem.edition == mine.edition;
    mine = {&request, &answer, mine.rows, Want::judgement, {}, request.from->lambda, std::numeric_limits<double>::infinity(), 0,
            request.problem.edition};
    if (!known) load_equations(lane);
    load_row(lane);
    const VoltageState& state = request.from->state;
    for (int k = 0; k < program_->n_bus; ++k) {
        const int b = program_->bus_of[k];
        at(arrays_.vm, lane, k) = state.vm[b];
        at(arrays_.va, lane, k) = state.va[b];
    }
    stale_ = true;
    if (!request.corrects) return;
    const CurveTangent& along = *request.along;
    for (int i = 0; i < program_->n_node; ++i) {
        const int b = program_->bus_of[i];
        if (request.problem.kind[b] == BusKind::dead) continue;
        at(arrays_.va, lane, i) += request.step * along.x[2 * b];
        at(arrays_.vm, lane, i) *= std::exp(request.step * along.x[2 * b + 1]);
    }
    mine.lambda += request.step * along.lambda;
}

// Phasors and injections at the voltages, and the mismatch. What did not change comes out as it was: each is a function of
// its lane's voltages and lambda alone.
void LaneCurves::evaluate(LaneWorst& worst) {
    if (stale_) kernels_->phasors(arrays_, 0, program_->n_bus);
    stale_ = false;
    alignas(lane_alignment) std::array<double, most_lanes> distance{};
    for (int l = 0; l < width(); ++l)
        if (lanes_[l].request != nullptr) distance[l] = lanes_[l].lambda - lanes_[l].request->problem.lambda0;
    kernels_->schedule(arrays_, {p_, q_, dp_, dq_}, distance.data());
    kernels_->mismatch(arrays_, worst);
}

// What the lane wants next. False: an unusual course.
bool LaneCurves::judge(Lane& lane, double mismatch) {
    if (lane.want != Want::judgement) return true;
    const CurveRequest& request = *lane.request;
    const Want then = request.wants_tangent ? Want::tangent : Want::nothing;
    CurveCorrection& report = lane.correction;
    if (!request.corrects) {
        report.ok = true;
        lane.want = then;
        return true;
    }
    report.mismatch = mismatch;
    if (!std::isfinite(mismatch)) return false;
    const bool was_ok = report.ok;
    report.ok = mismatch <= request.tolerance;
    const bool slow = !(mismatch < CurveRules::chord_rate * lane.before);
    lane.before = mismatch;
    if (report.ok && (mismatch <= CurveRules::enough * request.tolerance || (was_ok && slow))) {
        lane.want = then;
        return true;
    }
    if (report.iterations == CurveRules::max_corrections) return false;
    lane.want = report.iterations == 0 || slow ? Want::newton : Want::chord;
    return lane.want == Want::chord || lane.factorizations++ < CurveRules::max_factorizations;
}

std::uint32_t LaneCurves::wanting(Want want) const {
    std::uint32_t lanes = 0;
    for (int l = 0; l < width(); ++l)
        if (lanes_[l].request != nullptr && lanes_[l].want == want) lanes |= 1U << l;
    return lanes;
}

// x := d, and w from it with the factors at hand.
void LaneCurves::eliminate() {
    std::copy_n(rate_, 2 * static_cast<std::ptrdiff_t>(program_->n_node) * width(), reals(arrays_.x));
    void* const step = std::exchange(arrays_.step, w_);
    kernels_->forward(arrays_);
    kernels_->back(arrays_);
    arrays_.step = step;
}

// J^-1 mismatch is in `step`: makes it a step on the plane of the correction, and takes it.
void LaneCurves::step(std::uint32_t active) {
    alignas(lane_alignment) std::array<double, most_lanes> along_x{}, along_w{}, change{};
    kernels_->dot(arrays_, row_, arrays_.step, along_x.data());
    kernels_->dot(arrays_, row_, w_, along_w.data());
    const double n = 2.0 * program_->n_bus;
    for (int l = 0; l < width(); ++l) {
        if (((active >> l) & 1U) == 0) continue;
        const CurveRequest& request = *lanes_[l].request;
        const double scale = request.metric.scale;
        change[l] = -(along_x[l] / n) / (along_w[l] / n + scale * scale * request.along->lambda);
    }
    kernels_->add_border(arrays_, {w_, change.data(), nullptr});
    LaneWorst size;
    kernels_->displace(arrays_, active, moved_, size);
    stale_ = true;
    for (int l = 0; l < width(); ++l) {
        if (((active >> l) & 1U) == 0) continue;
        Lane& lane = lanes_[l];
        ++lane.correction.iterations;
        lane.lambda += change[l];
        lane.want = Want::judgement;
        // Left to the next mismatch to find: a lane without a number is unusual.
        if (!(size.value[l] < CurveRules::hopeless_change)) lane.lambda = std::numeric_limits<double>::quiet_NaN();
    }
}

bool LaneCurves::write_tangent(int l) {
    const CurveRequest& request = *lanes_[l].request;
    CurveTangent& t = lanes_[l].answer->tangent;
    t.x.assign(2 * static_cast<std::size_t>(program_->n_bus), 0.0);
    for (int i = 0; i < program_->n_node; ++i) {
        const std::size_t b = static_cast<std::size_t>(program_->bus_of[i]);
        t.x[2 * b] = at(w_, l, 2 * i);
        t.x[2 * b + 1] = at(w_, l, 2 * i + 1);
    }
    t.lambda = 1.0;
    if (!request.metric.normalize(t)) return false;
    const double side = request.metric.dot(t, *request.along);
    if (side < 0.0) {
        for (double& value : t.x) value = -value;
        t.lambda = -t.lambda;
    }
    return side != 0.0;
}

void LaneCurves::write_point(int l) {
    Lane& lane = lanes_[l];
    CurveAnswer& answer = *lane.answer;
    const std::size_t n = static_cast<std::size_t>(program_->n_bus);
    answer.point.state.vm.resize(n);
    answer.point.state.va.resize(n);
    answer.p_calc.assign(n, 0.0);
    answer.q_calc.assign(n, 0.0);
    answer.e.resize(n);
    answer.f.resize(n);
    for (int k = 0; k < program_->n_bus; ++k) {
        const int b = program_->bus_of[k];
        answer.point.state.vm[b] = at(arrays_.vm, l, k);
        answer.point.state.va[b] = at(arrays_.va, l, k);
        answer.e[b] = at(arrays_.e, l, k);
        answer.f[b] = at(arrays_.f, l, k);
    }
    for (int i = 0; i < program_->n_node; ++i) {
        const int b = program_->bus_of[i];
        answer.p_calc[b] = at(arrays_.p_calc, l, i);
        answer.q_calc[b] = at(arrays_.q_calc, l, i);
        for (int k = 2 * i; k < 2 * i + 2; ++k)
            lane.correction.predictor_error = std::max(lane.correction.predictor_error, std::abs(at(moved_, l, k)));
    }
    answer.point.lambda = lane.lambda;
    answer.correction = lane.correction;
}

// Evaluates the lanes, new ones too, and hears what each wants.
void LaneCurves::look(Done& done) {
    LaneWorst worst;
    evaluate(worst);
    for (int l = 0; l < width(); ++l) {
        Lane& lane = lanes_[l];
        if (lane.request == nullptr) continue;
        if (!judge(lane, worst.value[l])) finish(l, false, done);
        else if (lane.want == Want::nothing) {
            lane.answer->has_tangent = false;
            write_point(l);
            finish(l, true, done);
        }
    }
}

void LaneCurves::finish(int l, bool usual, Done& done) {
    done.lanes |= 1U << l;
    if (!usual) done.unusual |= 1U << l;
    lanes_[l].request = nullptr;
}

// New factors for all who want any: a Newton step, or the tangent.
void LaneCurves::factor(Done& done) {
    std::uint32_t newtons = wanting(Want::newton), tangents = wanting(Want::tangent);
    const std::uint32_t lost = kernels_->factor(arrays_, true);
    kernels_->back(arrays_);
    eliminate();
    for (std::uint32_t left = lost & (newtons | tangents); left != 0; left &= left - 1) finish(std::countr_zero(left), false, done);
    newtons &= ~lost;
    tangents &= ~lost;
    for (std::uint32_t left = tangents; left != 0; left &= left - 1) {
        const int l = std::countr_zero(left);
        const bool made = write_tangent(l);
        lanes_[l].answer->has_tangent = made;
        if (made) write_point(l);
        finish(l, made, done);
    }
    if (newtons != 0) step(newtons);
}

LaneCurves::Done LaneCurves::run() {
    Done done;
    while (done.lanes == 0) {
        // No lane's factors are replaced while it wants chords, and who has just come can wait for those.
        if (const std::uint32_t chords = wanting(Want::chord); chords != 0) {
            kernels_->forward(arrays_);
            kernels_->back(arrays_);
            step(chords);
        } else if (wanting(Want::judgement) == 0) {
            factor(done);
            if (done.lanes != 0) break;
        }
        look(done);
    }
    return done;
}

}  // namespace araz::solver

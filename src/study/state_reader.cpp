#include "state_reader.hpp"

#include <algorithm>
#include <cmath>

namespace araz {

namespace {

constexpr std::size_t keep_per_state = 3;
constexpr double tie = 1e-9;  // readings closer than this differ by rounding: the first counts
constexpr double never = std::numeric_limits<double>::infinity();

}  // namespace

double crossing(double p, double q, double dp, double dq, double limit) {
    const double a = dp * dp + dq * dq;
    const double b = 2.0 * (p * dp + q * dq);
    const double c = p * p + q * q - limit * limit;
    if (!(a > 0.0)) return never;
    if (c >= -2.0 * limit_margin * limit * limit) return b >= 0.0 ? 0.0 : -b / a;  // at the limit already
    // c < 0: one positive root; written so that nothing cancels.
    const double root = std::sqrt(b * b - 4.0 * a * c);
    return b >= 0.0 ? -2.0 * c / (b + root) : (root - b) / (2.0 * a);
}

/// Keeps what counts of the readings of one state.
class StateReader::Collector {
public:
    Collector(const ReadingRules& rules, bool has_tangent, CheckedState& state)
        : rules_(rules), has_tangent_(has_tangent), state_(state) {
        any_focus_ = rules.focus.index >= 0 && rules.focus.contingency == state.contingency;
        if (rules.relaxed == nullptr) return;
        const auto first = rules.relaxed->lower_bound({state.contingency, Watch::thermal, -1});
        any_relaxed_ = first != rules.relaxed->end() && first->first.contingency == state.contingency;
    }

    /// False: the policy does not watch this pair.
    bool set_limit(Reading& reading) const {
        if (!any_relaxed_) return true;
        const auto found = rules_.relaxed->find({state_.contingency, reading.watch, reading.index});
        if (found != rules_.relaxed->end()) reading.limit = found->second;
        return !std::isnan(reading.limit);
    }

    /// Steps beyond this cannot enter the list of the first to bind.
    [[nodiscard]] double reach() const {
        return state_.top.size() < keep_per_state ? never : state_.top.back().predicted - rules_.shift;
    }

    /// False: a reading of this severity that binds no earlier than after `step` changes nothing that is kept.
    [[nodiscard]] bool matters(double severity, double step) const {
        if (severity > state_.worst.severity || severity > 1.0 || any_focus_) return true;
        if (state_.top.size() < keep_per_state) return true;
        const PairReading& last = state_.top.back();
        return has_tangent_ ? rules_.shift + step <= last.predicted : severity >= last.severity;
    }

    /// `step`: to where the linearized reading meets its limit, p.u.; `slope()`: of its severity, asked for only when kept.
    template <class Slope>
    void take(const Reading& plain, double severity, double step, const Slope& slope) {
        PairReading entry{{state_.contingency, plain.watch, plain.index}, plain, severity};
        if (severity > state_.worst.severity + tie) state_.worst = entry;
        if (severity > 1.0 + limit_margin) state_.violated.push_back(entry);
        if (entry.pair == rules_.focus) state_.focus_severity = severity;
        if (has_tangent_) {
            entry.predicted = rules_.shift + step;
            state_.predicted = std::min(state_.predicted, entry.predicted);
        }
        const auto before = [&](const PairReading& a, const PairReading& b) {
            if (has_tangent_ && a.predicted != b.predicted) return a.predicted < b.predicted;
            return a.severity != b.severity ? a.severity > b.severity : a.pair < b.pair;
        };
        auto& top = state_.top;
        if (top.size() == keep_per_state && !before(entry, top.back())) return;
        if (has_tangent_) entry.slope = slope();
        top.insert(std::upper_bound(top.begin(), top.end(), entry, before), entry);
        if (top.size() > keep_per_state) top.pop_back();
    }

    [[nodiscard]] bool has_tangent() const { return has_tangent_; }
    [[nodiscard]] CheckedState& state() { return state_; }

private:
    const ReadingRules& rules_;
    bool has_tangent_;
    bool any_relaxed_ = false;
    bool any_focus_ = false;  ///< the pair asked for is of this state
    CheckedState& state_;
};

StateReader::StateReader(ModelPtr model, const MonitorOptions& options) : model_(std::move(model)), options_(options) {
    const Network& net = *model_->network;
    for (int l = 0; l < net.n_branch; ++l) {
        const bool is_link = model_->n_link() > 0 && model_->link_of_branch[l] >= 0;
        const Watched entry{l, net.from[l], net.to[l], is_link, rating(net, l, options_.rating_base),
                            rating(net, l, options_.rating_contingency), model_->elements.branch[l]};
        const bool has_limit = entry.limit_intact > 0.0 || entry.limit_after > 0.0;
        watched_of_.push_back(has_limit ? static_cast<int>(watched_.size()) : -1);
        if (has_limit) watched_.push_back(entry);
    }
    const auto n = static_cast<std::size_t>(net.n_bus);
    for (auto* array : {&vm_, &e_, &f_, &d_vm_, &d_e_, &d_f_}) array->assign(n, 0.0);
    out_.assign(static_cast<std::size_t>(net.n_branch), 0);
}

void StateReader::take_phasor(int bus, double vm, double va, double dva, double dlnv) {
    vm_[bus] = vm;
    e_[bus] = vm * std::cos(va);
    f_[bus] = vm * std::sin(va);
    d_vm_[bus] = vm * dlnv;
    d_e_[bus] = e_[bus] * dlnv - f_[bus] * dva;
    d_f_[bus] = f_[bus] * dlnv + e_[bus] * dva;
}

void StateReader::load(const Solution& solution, std::span<const double> tangent) {
    has_tangent_ = !tangent.empty();
    mismatch_ = solution.max_mismatch;
    for (int b = 0; b < model_->network->n_bus; ++b) {
        const bool live = solution.live[b] != 0;
        take_phasor(b, live ? solution.vm[b] : 0.0, live ? solution.va[b] : 0.0, has_tangent_ ? tangent[2 * b] : 0.0,
                    has_tangent_ ? tangent[2 * b + 1] : 0.0);
    }
    for (const int l : marked_) out_[l] = 0;
    marked_.clear();
    for (std::size_t l = 0; l < solution.branch_out.size(); ++l)
        if (solution.branch_out[l] != 0) marked_.push_back(static_cast<int>(l));
    for (const int l : marked_) out_[l] = 1;
    if (model_->n_link() > 0) branch_flows(*model_, solution, link_flows_);
}

void StateReader::load(const LaneOutcome& outcome, std::span<const int> branches_out) {
    has_tangent_ = outcome.has_tangent;
    mismatch_ = outcome.max_mismatch;
    for (int b = 0; b < model_->network->n_bus; ++b) {
        vm_[b] = outcome.vm(b);
        e_[b] = outcome.e(b);
        f_[b] = outcome.f(b);
        if (!has_tangent_) continue;
        const double dva = outcome.dva(b);
        const double dlnv = outcome.dlnv(b);
        d_vm_[b] = vm_[b] * dlnv;
        d_e_[b] = e_[b] * dlnv - f_[b] * dva;
        d_f_[b] = f_[b] * dlnv + e_[b] * dva;
    }
    for (const int l : marked_) out_[l] = 0;
    marked_.assign(branches_out.begin(), branches_out.end());
    for (const int l : marked_) out_[l] = 1;
}

// S = V conj(Y V) at both ends.
StateReader::Flow StateReader::flow_of(const Watched& branch) const {
    if (branch.is_link) {
        const solver::BranchFlow& flow = link_flows_[branch.branch];
        return {flow.p_from, flow.q_from, flow.p_to, flow.q_to};
    }
    const solver::BranchAdmittance& y = branch.y;
    const double ef = e_[branch.from], ff = f_[branch.from], et = e_[branch.to], ft = f_[branch.to];
    const double re_from = y.gff * ef - y.bff * ff + y.gft * et - y.bft * ft;
    const double im_from = y.gff * ff + y.bff * ef + y.gft * ft + y.bft * et;
    const double re_to = y.gtf * ef - y.btf * ff + y.gtt * et - y.btt * ft;
    const double im_to = y.gtf * ff + y.btf * ef + y.gtt * ft + y.btt * et;
    return {ef * re_from + ff * im_from, ff * re_from - ef * im_from, et * re_to + ft * im_to, ft * re_to - et * im_to};
}

// dS = dV conj(Y V) + V conj(Y dV).
StateReader::Flow StateReader::change_of(const Watched& branch) const {
    const solver::BranchAdmittance& y = branch.y;
    const auto end = [&](double g_own, double b_own, double g_other, double b_other, int own, int other, double& dp, double& dq) {
        const double e = e_[own], f = f_[own], de = d_e_[own], df = d_f_[own];
        const double re = g_own * e - b_own * f + g_other * e_[other] - b_other * f_[other];
        const double im = g_own * f + b_own * e + g_other * f_[other] + b_other * e_[other];
        const double d_re = g_own * de - b_own * df + g_other * d_e_[other] - b_other * d_f_[other];
        const double d_im = g_own * df + b_own * de + g_other * d_f_[other] + b_other * d_e_[other];
        dp = de * re + df * im + e * d_re + f * d_im;
        dq = df * re - de * im + f * d_re - e * d_im;
    };
    Flow change{};
    end(y.gff, y.bff, y.gft, y.bft, branch.from, branch.to, change.p_from, change.q_from);
    end(y.gtt, y.btt, y.gtf, y.btf, branch.to, branch.from, change.p_to, change.q_to);
    return change;
}

void StateReader::read_branch(const Watched& branch, double rated, Collector& out) const {
    if (!(rated > 0.0) || out_[branch.branch] != 0 || !(vm_[branch.from] > 0.0)) return;
    CheckedState& state = out.state();
    const Flow s = flow_of(branch);
    const double square_from = s.p_from * s.p_from + s.q_from * s.q_from;
    const double square_to = s.p_to * s.p_to + s.q_to * s.q_to;
    const bool to_side = square_to > square_from;
    const double value = std::sqrt(to_side ? square_to : square_from);
    if (value / rated > state.worst_loading) {
        state.worst_loading = value / rated;
        state.worst_loading_branch = branch.branch;
    }
    const Reading plain{Watch::thermal, branch.branch, to_side, value, rated};
    Reading reading = plain;
    if (!out.set_limit(reading)) return;
    const double limit = reading.limit;
    double step = never;
    if (out.has_tangent()) {
        const Flow d = change_of(branch);
        const double room = limit - value;
        const double speed = std::max(d.p_from * d.p_from + d.q_from * d.q_from, d.p_to * d.p_to + d.q_to * d.q_to);
        const double reach = out.reach();
        // No farther along than speed times the step: what cannot get there in time need not be solved for.
        if (room > 0.0 && std::isfinite(reach) && room * room > speed * reach * reach) step = std::sqrt(room * room / speed);
        else
            step = std::min(crossing(s.p_from, s.q_from, d.p_from, d.q_from, limit),
                            crossing(s.p_to, s.q_to, d.p_to, d.q_to, limit));
    }
    if (!out.matters(value / limit, step)) return;
    out.take(plain, value / limit, step, [&] {
        const Flow d = change_of(branch);
        return to_side ? (s.p_to * d.p_to + s.q_to * d.q_to) / (value * limit)
                       : (s.p_from * d.p_from + s.q_from * d.q_from) / (value * limit);
    });
}

// `slope`: of the severity, p.u. per p.u. of shift.
void StateReader::read_voltage(Watch watch, int bus, double value, double limit, double slope, Collector& out) const {
    const Reading plain{watch, bus, false, value, limit};
    Reading reading = plain;
    if (!out.set_limit(reading)) return;
    const double severity = 1.0 + (watch == Watch::voltage_low ? reading.limit - value : value - reading.limit);
    // Held, or moving inwards: never. A step is the difference of two states; the search follows it by its
    // severity alone.
    const double step = watch != Watch::voltage_step && slope > 1e-12 ? std::max(0.0, (1.0 - severity) / slope) : never;
    if (out.matters(severity, step)) out.take(plain, severity, step, [&] { return watch == Watch::voltage_step ? nan_value : slope; });
}

void StateReader::read_bands(int bus, Collector& out) const {
    const Network& net = *model_->network;
    read_voltage(Watch::voltage_low, bus, vm_[bus], net.vmin[bus], -d_vm_[bus], out);
    read_voltage(Watch::voltage_high, bus, vm_[bus], net.vmax[bus], d_vm_[bus], out);
}

void StateReader::read_buses(const Solution* intact, Collector& out) const {
    const bool steps = intact != nullptr && options_.voltage_step > 0.0;
    if (!options_.voltage_limits && !steps) return;
    for (int b = 0; b < model_->network->n_bus; ++b) {
        if (!(vm_[b] > 0.0)) continue;
        if (options_.voltage_limits) {
            out.state().min_vm = std::min(out.state().min_vm, vm_[b]);
            read_bands(b, out);
        }
        if (steps && intact->live[b] != 0)
            read_voltage(Watch::voltage_step, b, std::abs(vm_[b] - intact->vm[b]), options_.voltage_step, nan_value, out);
    }
}

CheckedState StateReader::read_listed(int contingency, std::span<const int> branches, std::span<const int> buses,
                                      double lowest_vm, const ReadingRules& rules) {
    CheckedState state;
    state.contingency = contingency;
    state.solved = true;
    state.mismatch = mismatch_;
    Collector out(rules, has_tangent_, state);
    for (const int l : branches)
        if (watched_of_[l] >= 0) read_branch(watched_[watched_of_[l]], watched_[watched_of_[l]].limit_after, out);
    if (!options_.voltage_limits) return state;
    state.min_vm = lowest_vm;
    for (const int b : buses)
        if (vm_[b] > 0.0) read_bands(b, out);
    return state;
}

CheckedState StateReader::read(int contingency, const Solution* intact, const ReadingRules& rules) {
    CheckedState state;
    state.contingency = contingency;
    state.solved = true;
    state.mismatch = mismatch_;
    Collector out(rules, has_tangent_, state);
    for (const Watched& branch : watched_) read_branch(branch, intact != nullptr ? branch.limit_after : branch.limit_intact, out);
    read_buses(intact, out);
    return state;
}

}  // namespace araz

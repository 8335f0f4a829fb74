#include <algorithm>
#include <utility>

#include "araz/base/check.hpp"
#include "araz/solver/lane_group.hpp"

namespace araz::solver {

LaneGroup::LaneGroup(const LaneProgram& program, const LaneKernels& kernels) : program_(&program), kernels_(&kernels) {
    const std::size_t w = static_cast<std::size_t>(kernels.width);
    const std::size_t places = w * static_cast<std::size_t>(program.n_bus);
    const std::size_t nodes = w * static_cast<std::size_t>(program.n_node);
    const auto buffer = [&](std::size_t n) { return buffers_.emplace_back(n).data(); };
    arrays_.program = view(program);
    arrays_.vm = buffer(places);
    arrays_.va = buffer(places);
    arrays_.e = buffer(places);
    arrays_.f = buffer(places);
    arrays_.p_sched = buffer(nodes);
    arrays_.q_sched = buffer(nodes);
    arrays_.p_calc = buffer(nodes);
    arrays_.q_calc = buffer(nodes);
    arrays_.x = buffer(2 * nodes);
    const auto reals = [&](std::size_t n) { return buffer(kernels.single ? (n + 1) / 2 : n); };
    arrays_.er = kernels.single ? reals(places) : arrays_.e;
    arrays_.fr = kernels.single ? reals(places) : arrays_.f;
    arrays_.step = reals(2 * nodes);
    arrays_.stored = reals(w * program.stored_size());
    arrays_.kept = reals(w * program.kept_size());
    arrays_.panel = reals(4 * w * static_cast<std::size_t>(program.widest_panel));
    has_p_.resize(static_cast<std::size_t>(program.n_node));
    has_q_.resize(static_cast<std::size_t>(program.n_node));
    arrays_.has_p = has_p_.data();
    arrays_.has_q = has_q_.data();
}

namespace {

template <class Real>
void spread(std::span<const Real> from, int width, Real* to) {
    for (const Real value : from) {
        std::fill_n(to, width, value);
        to += width;
    }
}

void spread(const std::vector<double>& from, int width, double* to) { spread(std::span<const double>(from), width, to); }

void set_bit(std::uint16_t& bits, int lane, bool value) {
    const auto bit = static_cast<std::uint16_t>(1U << lane);
    bits = static_cast<std::uint16_t>(value ? bits | bit : bits & ~bit);
}

}  // namespace

void LaneGroup::load(const LaneStart& start, std::span<const LaneLoad> loads) {
    const int w = width();
    ARAZ_CHECK(&start.program() == program_ && static_cast<int>(loads.size()) <= w, "wrong start or too many lanes");
    spread(start.vm, w, arrays_.vm);
    spread(start.va, w, arrays_.va);
    spread(start.p_sched, w, arrays_.p_sched);
    spread(start.q_sched, w, arrays_.q_sched);
    const auto all = static_cast<std::uint16_t>((1U << w) - 1U);
    for (int i = 0; i < program_->n_node; ++i) {
        has_p_[i] = start.has_p[i] != 0 ? all : std::uint16_t{0};
        has_q_[i] = start.has_q[i] != 0 ? all : std::uint16_t{0};
    }
    patches_.clear();
    for (int lane = 0; lane < static_cast<int>(loads.size()); ++lane) {
        load_change(lane, *loads[lane].change);
        if (const VoltageState* resumed = loads[lane].resumed)
            for (int k = 0; k < program_->n_bus; ++k) {
                at(arrays_.vm, lane, k) = resumed->vm[k];
                at(arrays_.va, lane, k) = resumed->va[k];
            }
    }
    std::stable_sort(patches_.begin(), patches_.end(),
                     [](const LanePatchRow& a, const LanePatchRow& b) { return a.node < b.node; });
    arrays_.patches = patches_.data();
    arrays_.n_patch = static_cast<std::int32_t>(patches_.size());
    kernels_->phasors(arrays_, 0, program_->n_bus);
}

void LaneGroup::load_change(int lane, const LaneChange& change) {
    for (const LaneChange::Row& row : change.rows) patches_.push_back({row.node, lane, row.g.data(), row.b.data()});
    for (const LaneChange::Injection& injection : change.injections) {
        at(arrays_.p_sched, lane, injection.node) = injection.p;
        at(arrays_.q_sched, lane, injection.node) = injection.q;
    }
    for (const LaneChange::Kind& kind : change.kinds) {
        set_bit(has_p_[kind.node], lane, kind.has_p);
        set_bit(has_q_[kind.node], lane, kind.has_q);
    }
    for (const int place : change.dead) {
        at(arrays_.vm, lane, place) = 0.0;
        at(arrays_.va, lane, place) = 0.0;
    }
    for (const LaneChange::Magnitude& magnitude : change.magnitudes) at(arrays_.vm, lane, magnitude.place) = magnitude.vm;
}

// w of the border, by the factors at hand, which `solve` knows.
template <class Solve>
std::uint32_t LaneGroup::solve_border(const Solve& solve) {
    if (border_ == nullptr) return 0;
    border_->write_columns(arrays_);
    void* const step = std::exchange(arrays_.step, border_->buffer());
    const std::uint32_t lost = solve();
    arrays_.step = step;
    return lost;
}

// Adds what the unknowns of the border do to the step.
std::uint32_t LaneGroup::complete_step() {
    if (border_ == nullptr) return 0;
    const std::uint32_t lost = border_->close(arrays_);
    kernels_->add_border(arrays_, border_->step());
    return lost;
}

std::uint32_t LaneGroup::step(std::uint32_t active) {
    std::uint32_t lost = kernels_->factor(arrays_, true);
    kernels_->back(arrays_);
    solve_border([&] {
        kernels_->forward(arrays_);
        kernels_->back(arrays_);
        return 0U;
    });
    lost |= complete_step();
    return (lost & active) | kernels_->update(arrays_, active, size_);
}

std::uint32_t LaneGroup::chord(std::uint32_t active) {
    kernels_->forward(arrays_);
    kernels_->back(arrays_);
    const std::uint32_t lost = complete_step() & active;
    return lost | kernels_->update(arrays_, active, size_);
}

template <class Real>
std::uint32_t LaneGroup::correct_steps(const LaneStart& start, FirstStep& first, std::span<const LaneLoad> loads,
                                       std::uint32_t active, bool dense, const Real* eliminated) {
    const int w = width();
    Real* step = static_cast<Real*>(arrays_.step);
    if (!dense) spread(std::span<const Real>(eliminated, start.eliminated.size()), w, step);
    std::uint32_t lost = 0;
    for (int lane = 0; lane < static_cast<int>(loads.size()); ++lane) {
        if (((active >> lane) & 1U) == 0) continue;
        if (!first.correct(*loads[lane].change, arrays_.x + lane, step + lane, w, dense)) lost |= 1U << lane;
    }
    return lost;
}

std::uint32_t LaneGroup::shared_step(const LaneStart& start, FirstStep& first, std::span<const LaneLoad> loads,
                                     std::uint32_t active, bool dense) {
    const auto solve_from_start = [&](bool anywhere) {
        if (anywhere) kernels_->shared_forward(start.factors(), arrays_);
        const std::uint32_t lost =
            kernels_->single ? correct_steps<float>(start, first, loads, active, anywhere, start.eliminated_single.data())
                             : correct_steps<double>(start, first, loads, active, anywhere, start.eliminated.data());
        kernels_->shared_back(start.factors(), arrays_);
        return lost;
    };
    std::uint32_t lost = solve_from_start(dense);
    lost |= solve_border([&] { return solve_from_start(true); });
    lost |= complete_step();
    return (lost & active) | kernels_->update(arrays_, active, size_);
}

std::uint32_t LaneGroup::linearize() {
    const std::uint32_t lost = kernels_->factor(arrays_, true);
    solve_border([&] {
        kernels_->forward(arrays_);
        kernels_->back(arrays_);
        return 0U;
    });
    return lost;
}

void LaneGroup::solve(std::span<const double> rhs, std::span<const double> border) {
    const int w = width();
    for (int i = 0; i < program_->n_node; ++i)
        for (int lane = 0; lane < w; ++lane) {
            at(arrays_.x, lane, 2 * i) = ((has_p_[i] >> lane) & 1) != 0 ? rhs[2 * i] : 0.0;
            at(arrays_.x, lane, 2 * i + 1) = ((has_q_[i] >> lane) & 1) != 0 ? rhs[2 * i + 1] : 0.0;
        }
    kernels_->forward(arrays_);
    kernels_->back(arrays_);
    if (border_ == nullptr) return;
    (void)border_->close(arrays_, border);  // regular where the pivots of `linearize` are
    kernels_->add_border(arrays_, border_->step());
}

void LaneGroup::set_vm(int lane, int place, double vm) {
    at(arrays_.vm, lane, place) = vm;
    kernels_->phasors(arrays_, place, place + 1);
}

void LaneGroup::free_magnitude(int lane, int node, double q_sched) {
    set_bit(has_q_[node], lane, true);
    at(arrays_.q_sched, lane, node) = q_sched;
    at(arrays_.x, lane, 2 * node + 1) = q_sched - q_calc(lane, node);
}

void LaneGroup::hold_magnitude(int lane, int node) {
    set_bit(has_q_[node], lane, false);
    at(arrays_.x, lane, 2 * node + 1) = 0.0;
}

void LaneGroup::copy_state(int lane, VoltageState& state) const {
    state.vm.resize(static_cast<std::size_t>(program_->n_bus));
    state.va.resize(static_cast<std::size_t>(program_->n_bus));
    for (int k = 0; k < program_->n_bus; ++k) {
        state.vm[k] = vm(lane, k);
        state.va[k] = va(lane, k);
    }
}

}  // namespace araz::solver

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
    const auto reals = [&](std::size_t n) { return buffer(kernels.single ? (n + 1) / 2 : n); };
    arrays_.er = kernels.single ? nullptr : arrays_.e;
    arrays_.fr = kernels.single ? nullptr : arrays_.f;
    arrays_.x = reals(2 * nodes);
    arrays_.step = reals(2 * nodes);
    has_p_.resize(static_cast<std::size_t>(program.n_node));
    has_q_.resize(static_cast<std::size_t>(program.n_node));
    arrays_.has_p = has_p_.data();
    arrays_.has_q = has_q_.data();
    loads_.resize(w);
}

// Own factors, and what they are made from, are most of a group's memory, and some groups take shared steps only.
void LaneGroup::need_factors() {
    if (arrays_.stored != nullptr) return;
    const std::size_t w = static_cast<std::size_t>(width());
    const auto reals = [&](std::size_t n) -> void* { return buffers_.emplace_back(kernels_->single ? (n + 1) / 2 : n).data(); };
    arrays_.stored = reals(w * program_->stored_size());
    arrays_.kept = reals(w * program_->kept_size());
    arrays_.panel = reals(4 * w * static_cast<std::size_t>(program_->widest_panel));
    if (!kernels_->single) return;
    const std::size_t places = w * static_cast<std::size_t>(program_->n_bus);
    arrays_.er = reals(places);
    arrays_.fr = reals(places);
    std::transform(arrays_.e, arrays_.e + places, static_cast<float*>(arrays_.er), [](double e) { return static_cast<float>(e); });
    std::transform(arrays_.f, arrays_.f + places, static_cast<float*>(arrays_.fr), [](double f) { return static_cast<float>(f); });
}

namespace {

void spread(const std::vector<double>& from, int width, double* to) {
    for (const double value : from) {
        std::fill_n(to, width, value);
        to += width;
    }
}

void set_bits(std::uint16_t& bits, std::uint32_t lanes, bool value) {
    bits = static_cast<std::uint16_t>(value ? bits | lanes : bits & ~lanes);
}

}  // namespace

void LaneGroup::load(const LaneStart& start, std::span<const LaneLoad> loads) {
    const int w = width();
    ARAZ_CHECK(&start.program() == program_ && static_cast<int>(loads.size()) <= w, "wrong start or too many lanes");
    start_ = &start;
    spread(start.vm, w, arrays_.vm);
    spread(start.va, w, arrays_.va);
    kernels_->phasors(arrays_, 0, program_->n_bus);
    start_e_.resize(start.vm.size());
    start_f_.resize(start.vm.size());
    for (int k = 0; k < program_->n_bus; ++k) {
        start_e_[k] = e(0, k);
        start_f_[k] = f(0, k);
    }
    std::vector<LaneLoad> all(loads.begin(), loads.end());
    all.resize(static_cast<std::size_t>(w));
    load((1U << w) - 1U, all);
}

void LaneGroup::load(std::uint32_t lanes, std::span<const LaneLoad> loads) {
    restore_start(lanes);
    for (int lane = 0; lane < width(); ++lane) {
        if (((lanes >> lane) & 1U) == 0) continue;
        loads_[lane] = loads[lane];
        if (loads_[lane].change != nullptr) load_change(lane);
        const LaneState* state = loads_[lane].resumed;
        for (int k = 0; state != nullptr && k < program_->n_bus; ++k) {
            at(arrays_.vm, lane, k) = state->vm[k];
            at(arrays_.va, lane, k) = state->va[k];
            set_phasor(lane, k, state->e[k], state->f[k]);
        }
    }
    list_patches();
}

void LaneGroup::unload(std::uint32_t lanes) {
    for (int lane = 0; lane < width(); ++lane)
        if (((lanes >> lane) & 1U) != 0) loads_[lane] = {};
    list_patches();
}

void LaneGroup::restore_start(std::uint32_t lanes) {
    std::array<int, most_lanes> list{};
    int n = 0;
    for (int lane = 0; lane < width(); ++lane)
        if (((lanes >> lane) & 1U) != 0) list[n++] = lane;
    const std::span<const int> each(list.data(), static_cast<std::size_t>(n));
    for (int k = 0; k < program_->n_bus; ++k)
        for (const int lane : each) {
            at(arrays_.vm, lane, k) = start_->vm[k];
            at(arrays_.va, lane, k) = start_->va[k];
            set_phasor(lane, k, start_e_[k], start_f_[k]);
        }
    for (int i = 0; i < program_->n_node; ++i) {
        for (const int lane : each) {
            at(arrays_.p_sched, lane, i) = start_->p_sched[i];
            at(arrays_.q_sched, lane, i) = start_->q_sched[i];
        }
        set_bits(has_p_[i], lanes, start_->has_p[i] != 0);
        set_bits(has_q_[i], lanes, start_->has_q[i] != 0);
    }
}

void LaneGroup::load_change(int lane) {
    const LaneChange& change = *loads_[lane].change;
    for (const LaneChange::Injection& injection : change.injections) {
        at(arrays_.p_sched, lane, injection.node) = injection.p;
        at(arrays_.q_sched, lane, injection.node) = injection.q;
    }
    for (const LaneChange::Kind& kind : change.kinds) {
        set_bits(has_p_[kind.node], 1U << lane, kind.has_p);
        set_bits(has_q_[kind.node], 1U << lane, kind.has_q);
    }
    for (const int place : change.dead) set_voltage(lane, place, 0.0, 0.0);
    for (const LaneChange::Magnitude& magnitude : change.magnitudes) set_vm(lane, magnitude.place, magnitude.vm);
}

void LaneGroup::list_patches() {
    patches_.clear();
    for (int lane = 0; lane < width(); ++lane) {
        if (loads_[lane].change == nullptr) continue;
        for (const LaneChange::Row& row : loads_[lane].change->rows) patches_.push_back({row.node, lane, row.g.data(), row.b.data()});
    }
    std::stable_sort(patches_.begin(), patches_.end(),
                     [](const LanePatchRow& a, const LanePatchRow& b) { return a.node < b.node; });
    arrays_.patches = patches_.data();
    arrays_.n_patch = static_cast<std::int32_t>(patches_.size());
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
    need_factors();
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

void LaneGroup::compensate(std::uint32_t active) {
    for (int lane = 0; lane < width(); ++lane) {
        const Compensation* compensation = loads_[lane].compensation;
        if (((active >> lane) & 1U) == 0 || compensation == nullptr) continue;
        if (kernels_->single) compensation->apply(static_cast<float*>(arrays_.step) + lane, width());
        else compensation->apply(static_cast<double*>(arrays_.step) + lane, width());
    }
}

std::uint32_t LaneGroup::shared_step(std::uint32_t active) {
    const auto solve = [&] {
        kernels_->shared_forward(start_->factors(), arrays_);
        compensate(active);
        kernels_->shared_back(start_->factors(), arrays_);
        return 0U;
    };
    solve();
    solve_border(solve);
    const std::uint32_t lost = complete_step() & active;
    return lost | kernels_->update(arrays_, active, size_);
}

std::uint32_t LaneGroup::linearize() {
    need_factors();
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
            set_x(lane, 2 * i, ((has_p_[i] >> lane) & 1) != 0 ? rhs[2 * i] : 0.0);
            set_x(lane, 2 * i + 1, ((has_q_[i] >> lane) & 1) != 0 ? rhs[2 * i + 1] : 0.0);
        }
    kernels_->forward(arrays_);
    kernels_->back(arrays_);
    if (border_ == nullptr) return;
    (void)border_->close(arrays_, border);  // regular where the pivots of `linearize` are
    kernels_->add_border(arrays_, border_->step());
}

// The sine and cosine of the kernels. Of this lane alone: phasors of others are what their steps turned them to.
void LaneGroup::set_voltage(int lane, int place, double vm, double va) {
    alignas(lane_alignment) std::array<double, most_lanes> angle, sine, cosine;
    angle.fill(va);
    kernels_->sincos(angle.data(), sine.data(), cosine.data(), 1);
    at(arrays_.vm, lane, place) = vm;
    at(arrays_.va, lane, place) = va;
    set_phasor(lane, place, vm * cosine[0], vm * sine[0]);
}

void LaneGroup::set_phasor(int lane, int place, double e, double f) {
    at(arrays_.e, lane, place) = e;
    at(arrays_.f, lane, place) = f;
    if (!kernels_->single || arrays_.er == nullptr) return;
    const std::ptrdiff_t i = static_cast<std::ptrdiff_t>(place) * width() + lane;
    static_cast<float*>(arrays_.er)[i] = static_cast<float>(e);
    static_cast<float*>(arrays_.fr)[i] = static_cast<float>(f);
}

void LaneGroup::set_x(int lane, int equation, double value) {
    const std::ptrdiff_t i = static_cast<std::ptrdiff_t>(equation) * width() + lane;
    if (kernels_->single) static_cast<float*>(arrays_.x)[i] = static_cast<float>(value);
    else static_cast<double*>(arrays_.x)[i] = value;
}

void LaneGroup::set_vm(int lane, int place, double vm) { set_voltage(lane, place, vm, va(lane, place)); }

void LaneGroup::free_magnitude(int lane, int node, double q_sched) {
    set_bits(has_q_[node], 1U << lane, true);
    at(arrays_.q_sched, lane, node) = q_sched;
    set_x(lane, 2 * node + 1, q_sched - q_calc(lane, node));
}

void LaneGroup::hold_magnitude(int lane, int node) {
    set_bits(has_q_[node], 1U << lane, false);
    set_x(lane, 2 * node + 1, 0.0);
}

void LaneGroup::copy_state(int lane, LaneState& state) const {
    copy_state(lane, static_cast<VoltageState&>(state));
    state.e.resize(state.vm.size());
    state.f.resize(state.vm.size());
    for (int k = 0; k < program_->n_bus; ++k) {
        state.e[k] = e(lane, k);
        state.f[k] = f(lane, k);
    }
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

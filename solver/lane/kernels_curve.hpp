// What lanes need to follow curves beside the steps of Newton's method. Part of kernels_source.hpp: included inside its
// namespace, once per instruction set.
#pragma once

void schedule(const LaneArrays& a, const LaneRates& rates, const double* moved) {
    const V distance = at(moved, 0);
    for (std::ptrdiff_t i = 0; i < a.program.n_node; ++i) {
        put(a.p_sched, i, at(rates.p, i) + distance * at(rates.dp, i));
        put(a.q_sched, i, at(rates.q, i) + distance * at(rates.dq, i));
    }
}

// The Taylor series of a sixteenth of the exponent, to where the next term is below 1e-17 of the sum for |x| <= 1, then four
// squarings: 16 units in the last place.
ARAZ_INLINE V exponential(V x) {
    const V y = x * 0.0625;
    V s = y * (1.0 / 362880.0) + 1.0 / 40320.0;
    s = y * s + 1.0 / 5040.0;
    s = y * s + 1.0 / 720.0;
    s = y * s + 1.0 / 120.0;
    s = y * s + 1.0 / 24.0;
    s = y * s + 1.0 / 6.0;
    s = y * s + 0.5;
    s = y * s + 1.0;
    s = y * s + 1.0;
    s = s * s;
    s = s * s;
    s = s * s;
    return s * s;
}

void displace(const LaneArrays& a, std::uint32_t active, double* sum, LaneWorst& size) {
    const M moves = lanes_of(active);
    V largest = splat(0.0);
    const Real* step = real(a.step);
    for (std::ptrdiff_t i = 0; i < a.program.n_node; ++i) {
        const V dva = keep(widen(at(step, 2 * i)), moves);
        const V dlnv = keep(widen(at(step, 2 * i + 1)), moves);
        largest = select(largest < absolute(dva), absolute(dva), largest);
        largest = select(largest < absolute(dlnv), absolute(dlnv), largest);
        put(sum, 2 * i, at(sum, 2 * i) + dva);
        put(sum, 2 * i + 1, at(sum, 2 * i + 1) + dlnv);
        put(a.va, i, at(a.va, i) + dva);
        put(a.vm, i, at(a.vm, i) * exponential(dlnv));
    }
    for (int l = 0; l < W; ++l) size.value[l] = lane_of(largest, l);
}

void dot(const LaneArrays& a, const void* x, const void* y, double* out) {
    const Real* left = static_cast<const Real*>(x);
    const Real* right = static_cast<const Real*>(y);
    V angles = splat(0.0), magnitudes = splat(0.0);
    for (std::ptrdiff_t i = 0; i < a.program.n_node; ++i) {
        angles = angles + widen(at(left, 2 * i)) * widen(at(right, 2 * i));
        magnitudes = magnitudes + widen(at(left, 2 * i + 1)) * widen(at(right, 2 * i + 1));
    }
    put(out, 0, angles + magnitudes);
}

// Phasors, injections and mismatch of the lanes, in double precision. Part of kernels_source.hpp.
#pragma once

// sin and cos: reduction by pi/2 in three parts of 33, 33 and 53 bits (W. J. Cody, W. Waite, "Software Manual
// for the Elementary Functions", 1980), then minimax polynomials in y^2 on |y| <= pi/4 (errors 2e-17 of sin
// and 1.3e-18 of cos before rounding).
ARAZ_INLINE void native_sine_cosine(Native x, Native& sine, Native& cosine) {
    const double to_integer = 6755399441055744.0;  // 1.5 * 2^52: adding it rounds to an integer
    const Native shifted = x * 0.63661977236758138 + to_integer;
    const NativeMask quadrant = (NativeMask)shifted;
    const Native q = shifted - to_integer;
    Native y = x - q * 1.5707963267341256;
    y = y - q * 6.077100506303966e-11;
    y = y - q * 2.0222662487959506e-21;
    const Native z = y * y;
    Native s = z * 1.5918101227996822e-10 - 2.5051131455389307e-08;
    s = z * s + 2.7557316100682792e-06;
    s = z * s - 0.00019841269836754969;
    s = z * s + 0.0083333333333309462;
    s = z * s - 0.16666666666666666;
    s = y + y * (z * s);
    Native c = z * -1.1382614867131847e-11 + 2.0876146024665577e-09;
    c = z * c - 2.7557317270560173e-07;
    c = z * c + 2.4801587298763433e-05;
    c = z * c - 0.0013888888888887395;
    c = z * c + 0.041666666666666664;
    const Native half = 0.5 * z;
    const Native one = 1.0 - half;
    c = one + (((1.0 - one) - half) + (z * z) * c);
    const NativeMask odd = (quadrant & 1) != 0;
    const Native from_sine = odd ? c : s;
    const Native from_cosine = odd ? s : c;
    sine = (Native)((NativeMask)from_sine ^ ((quadrant & 2) << 62));
    cosine = (Native)((NativeMask)from_cosine ^ (((quadrant + 1) & 2) << 62));
}

ARAZ_INLINE void sine_cosine(V x, V& sine, V& cosine) {
#if ARAZ_LANE_SINGLE
    native_sine_cosine(x.lo, sine.lo, cosine.lo);
    native_sine_cosine(x.hi, sine.hi, cosine.hi);
#else
    native_sine_cosine(x, sine, cosine);
#endif
}

void sincos(const double* x, double* s, double* c, std::ptrdiff_t n) {
    for (std::ptrdiff_t i = 0; i < n; ++i) {
        V sine, cosine;
        sine_cosine(at(x, i), sine, cosine);
        put(s, i, sine);
        put(c, i, cosine);
    }
}

ARAZ_INLINE Real* real(void* array) { return static_cast<Real*>(array); }

ARAZ_INLINE void put_phasor(const LaneArrays& a, std::ptrdiff_t place, V e, V f) {
    put(a.e, place, e);
    put(a.f, place, f);
#if ARAZ_LANE_SINGLE
    if (a.er == nullptr) return;
    put(real(a.er), place, narrow(e));
    put(real(a.fr), place, narrow(f));
#endif
}

ARAZ_INLINE void phasor(const LaneArrays& a, std::ptrdiff_t place, V vm, V va) {
    V s, c;
    sine_cosine(va, s, c);
    const V e = vm * c;
    const V f = vm * s;
    put_phasor(a, place, e, f);
}

void phasors(const LaneArrays& a, int first, int last) {
    for (std::ptrdiff_t i = first; i < last; ++i) phasor(a, i, at(a.vm, i), at(a.va, i));
}

// Further than this a phasor is not turned but computed anew.
constexpr double small_turn = 0.0625;

// Sine and cosine up to small_turn: the Taylor series to where the next term is below 1e-18 of the sum.
ARAZ_INLINE void small_sine_cosine(V x, V& sine, V& cosine) {
    const V z = x * x;
    V s = z * (1.0 / 362880.0) - 1.0 / 5040.0;
    s = z * s + 1.0 / 120.0;
    s = z * s - 1.0 / 6.0;
    sine = x + x * (z * s);
    V c = z * (1.0 / 40320.0) - 1.0 / 720.0;
    c = z * c + 1.0 / 24.0;
    c = z * c - 0.5;
    cosine = 1.0 + z * c;
}

// The phasor of a place that moved by dva to va and by the factor `stretch` to vm. A turn takes half the operations of a sine and
// cosine, and errs by a unit in the last place.
ARAZ_INLINE void turn_phasor(const LaneArrays& a, std::ptrdiff_t place, V dva, V stretch, V vm, V va) {
    V s, c;
    small_sine_cosine(dva, s, c);
    const V e_before = at(a.e, place);
    const V f_before = at(a.f, place);
    V e = (e_before * c - f_before * s) * stretch;
    V f = (e_before * s + f_before * c) * stretch;
    const M far = ~(absolute(dva) <= splat(small_turn));
    if (bits_of(far) != 0) {
        sine_cosine(va, s, c);
        e = select(far, vm * c, e);
        f = select(far, vm * s, f);
    }
    put_phasor(a, place, e, f);
}

// Largest |x| so far, and whether all were finite.
struct Largest {
    V value = splat(0.0);
    M finite = every_lane();
    inline __attribute__((always_inline)) void take(V x) {
        const V a = absolute(x);
        value = select(value < a, a, value);
        finite &= a < splat(1e300);
    }
};

// Injection of one lane from its own row of Ybus.
ARAZ_INLINE void patched_injection(const LaneArrays& a, const LanePatchRow& row) {
    const LaneView& p = a.program;
    const int begin = p.row_start[row.node];
    const int length = p.row_start[row.node + 1] - begin;
    double re = 0.0, im = 0.0;
    for (int k = 0; k < length; ++k) {
        const std::ptrdiff_t j = static_cast<std::ptrdiff_t>(p.column[begin + k]) * W + row.lane;
        re += row.g[k] * a.e[j] - row.b[k] * a.f[j];
        im += row.g[k] * a.f[j] + row.b[k] * a.e[j];
    }
    const std::ptrdiff_t i = static_cast<std::ptrdiff_t>(row.node) * W + row.lane;
    a.p_calc[i] = a.e[i] * re + a.f[i] * im;
    a.q_calc[i] = a.f[i] * re - a.e[i] * im;
}

void mismatch(const LaneArrays& a, LaneWorst& worst) {
    const LaneView& p = a.program;
    Largest largest;
    const LanePatchRow* patch = a.patches;
    const LanePatchRow* last_patch = a.patches + a.n_patch;
    for (int i = 0; i < p.n_node; ++i) {
        V re = splat(0.0), im = splat(0.0);
        for (int k = p.row_start[i]; k < p.row_start[i + 1]; ++k) {
            const double g = p.g[k];
            const double b = p.b[k];
            const V e = at(a.e, p.column[k]);
            const V f = at(a.f, p.column[k]);
            re = re + g * e;
            re = re - b * f;
            im = im + g * f;
            im = im + b * e;
        }
        const V e = at(a.e, i);
        const V f = at(a.f, i);
        put(a.p_calc, i, e * re + f * im);
        put(a.q_calc, i, f * re - e * im);
        for (; patch != last_patch && patch->node == i; ++patch) patched_injection(a, *patch);
        V dp = at(a.p_sched, i) - at(a.p_calc, i);
        V dq = at(a.q_sched, i) - at(a.q_calc, i);
        if (a.has_p[i] != all_lanes) dp = keep(dp, lanes_of(a.has_p[i]));
        if (a.has_q[i] != all_lanes) dq = keep(dq, lanes_of(a.has_q[i]));
        largest.take(dp);
        largest.take(dq);
        put(real(a.x), 2 * static_cast<std::ptrdiff_t>(i), narrow(dp));
        put(real(a.x), 2 * static_cast<std::ptrdiff_t>(i) + 1, narrow(dq));
    }
    for (int l = 0; l < W; ++l) worst.value[l] = lane_of(largest.finite, l) ? lane_of(largest.value, l) : __builtin_nan("");
}

std::uint32_t update(const LaneArrays& a, std::uint32_t active, LaneWorst& size) {
    const M moves = lanes_of(active);
    M sound = every_lane();
    F largest{};
    const Real* step = real(a.step);
    for (std::ptrdiff_t i = 0; i < a.program.n_node; ++i) {
        const F dva = at(step, 2 * i), dlnv = at(step, 2 * i + 1);
        largest = select(largest < absolute(dva), absolute(dva), largest);
        largest = select(largest < absolute(dlnv), absolute(dlnv), largest);
        // What a lane does not solve for stays, to the last bit: compensated steps are only zero to rounding there.
        M turns = moves, stretches = moves;
        if (a.has_p[i] != all_lanes) turns = turns & lanes_of(a.has_p[i]);
        if (a.has_q[i] != all_lanes) stretches = stretches & lanes_of(a.has_q[i]);
        const V turn = keep(widen(dva), turns);
        const V stretch = 1.0 + keep(widen(dlnv), stretches);
        const V va = at(a.va, i) + turn;
        const V vm = at(a.vm, i) * stretch;
        put(a.va, i, va);
        put(a.vm, i, vm);
        M upright = vm > splat(0.0);
        if (a.has_p[i] != all_lanes) upright |= ~lanes_of(a.has_p[i]);
        sound &= upright & (absolute(va) < splat(1e5));
        turn_phasor(a, i, turn, stretch, vm, va);
    }
    for (int l = 0; l < W; ++l) size.value[l] = largest[l];
    return bits_of(~sound) & active;
}

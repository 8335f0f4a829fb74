// The lane kernels in GNU vector types; included by one file per instruction set, which defines
//   ARAZ_LANE_SPACE   a namespace of its own (no symbol may be shared between instruction sets)
//   ARAZ_LANE_WIDTH   doubles in a vector
//   ARAZ_LANE_ISA     the Isa
// Products followed by a sum are fused where the instruction set can (-ffp-contract=fast on those files).
//
// 2x2 blocks are stored by columns: [P/va, Q/va, P/lnV, Q/lnV].

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "araz/solver/lane_kernels.hpp"

namespace araz::solver::ARAZ_LANE_SPACE {

namespace {

constexpr int W = ARAZ_LANE_WIDTH;
constexpr std::uint32_t all_lanes = (1U << W) - 1U;
typedef double V __attribute__((vector_size(8 * W), may_alias));
typedef std::int64_t M __attribute__((vector_size(8 * W), may_alias));

#define ARAZ_INLINE static inline __attribute__((always_inline))

ARAZ_INLINE V splat(double x) { return x - V{}; }
ARAZ_INLINE V absolute(V x) { return (V)((M)x & (M{} + 0x7fffffffffffffffLL)); }
ARAZ_INLINE V at(const double* array, std::ptrdiff_t place) { return *(const V*)(array + place * W); }
ARAZ_INLINE void put(double* array, std::ptrdiff_t place, V x) { *(V*)(array + place * W) = x; }

// All bits set in the lanes of `bits`.
ARAZ_INLINE M lanes_of(std::uint32_t bits) {
    M bit;
    for (int l = 0; l < W; ++l) bit[l] = 1LL << l;
    return ((M{} + static_cast<std::int64_t>(bits)) & bit) != 0;
}

ARAZ_INLINE V keep(V x, M mask) { return (V)((M)x & mask); }

ARAZ_INLINE std::uint32_t bits_of(M mask) {
#if defined(__AVX512DQ__) && ARAZ_LANE_WIDTH == 8
    return _mm512_movepi64_mask((__m512i)mask);
#elif defined(__AVX2__) && ARAZ_LANE_WIDTH == 4
    return static_cast<std::uint32_t>(_mm256_movemask_pd((__m256d)mask));
#elif defined(__x86_64__) && ARAZ_LANE_WIDTH == 2
    return static_cast<std::uint32_t>(_mm_movemask_pd((__m128d)mask));
#else
    std::uint32_t bits = 0;
    for (int l = 0; l < W; ++l) bits |= mask[l] != 0 ? 1U << l : 0U;
    return bits;
#endif
}

// Largest |x| so far, and whether all were finite.
struct Largest {
    V value{};
    M finite = M{} - 1;
    inline __attribute__((always_inline)) void take(V x) {
        const V a = absolute(x);
        value = value < a ? a : value;
        finite &= a < splat(1e300);
    }
};

// sin and cos: reduction by pi/2 in three parts of 33, 33 and 53 bits (W. J. Cody, W. Waite, "Software Manual
// for the Elementary Functions", 1980), then minimax polynomials in y^2 on |y| <= pi/4 (errors 2e-17 of sin
// and 1.3e-18 of cos before rounding).
ARAZ_INLINE void sine_cosine(V x, V& sine, V& cosine) {
    const double to_integer = 6755399441055744.0;  // 1.5 * 2^52: adding it rounds to an integer
    const V shifted = x * 0.63661977236758138 + to_integer;
    const M quadrant = (M)shifted;
    const V q = shifted - to_integer;
    V y = x - q * 1.5707963267341256;
    y = y - q * 6.077100506303966e-11;
    y = y - q * 2.0222662487959506e-21;
    const V z = y * y;
    V s = z * 1.5918101227996822e-10 - 2.5051131455389307e-08;
    s = z * s + 2.7557316100682792e-06;
    s = z * s - 0.00019841269836754969;
    s = z * s + 0.0083333333333309462;
    s = z * s - 0.16666666666666666;
    s = y + y * (z * s);
    V c = z * -1.1382614867131847e-11 + 2.0876146024665577e-09;
    c = z * c - 2.7557317270560173e-07;
    c = z * c + 2.4801587298763433e-05;
    c = z * c - 0.0013888888888887395;
    c = z * c + 0.041666666666666664;
    const V half = 0.5 * z;
    const V one = 1.0 - half;
    c = one + (((1.0 - one) - half) + (z * z) * c);
    const M odd = (quadrant & 1) != 0;
    const V from_sine = odd ? c : s;
    const V from_cosine = odd ? s : c;
    sine = (V)((M)from_sine ^ ((quadrant & 2) << 62));
    cosine = (V)((M)from_cosine ^ (((quadrant + 1) & 2) << 62));
}

void sincos(const double* x, double* s, double* c, std::ptrdiff_t n) {
    for (std::ptrdiff_t i = 0; i < n; ++i) {
        V sine, cosine;
        sine_cosine(at(x, i), sine, cosine);
        put(s, i, sine);
        put(c, i, cosine);
    }
}

ARAZ_INLINE void phasor(const LaneArrays& a, std::ptrdiff_t place, V vm, V va) {
    V s, c;
    sine_cosine(va, s, c);
    put(a.e, place, vm * c);
    put(a.f, place, vm * s);
}

void phasors(const LaneArrays& a, int first, int last) {
    for (std::ptrdiff_t i = first; i < last; ++i) phasor(a, i, at(a.vm, i), at(a.va, i));
}

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
        V re{}, im{};
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
        put(a.x, 2 * static_cast<std::ptrdiff_t>(i), dp);
        put(a.x, 2 * static_cast<std::ptrdiff_t>(i) + 1, dq);
    }
    for (int l = 0; l < W; ++l) worst.value[l] = largest.finite[l] != 0 ? largest.value[l] : __builtin_nan("");
}

// Jacobian block of the neighbour j in row i: H = L and N = -M (power_equations.hpp).
struct Neighbour {
    V h, n;
};
ARAZ_INLINE Neighbour neighbour(double g, double b, V ei, V fi, V ej, V fj) {
    const V re = g * ej - b * fj;
    const V im = g * fj + b * ej;
    return {fi * re - ei * im, ei * re + fi * im};
}

ARAZ_INLINE void put_block(double* panel, std::ptrdiff_t block, V pa, V qa, V pv, V qv) {
    put(panel, 4 * block, pa);
    put(panel, 4 * block + 1, qa);
    put(panel, 4 * block + 2, pv);
    put(panel, 4 * block + 3, qv);
}

// The row of one lane whose admittances differ.
ARAZ_INLINE void patched_row(const LaneArrays& a, const LanePatchRow& row, std::ptrdiff_t diagonal) {
    const LaneView& p = a.program;
    const int t = row.node;
    const bool has_p = ((a.has_p[t] >> row.lane) & 1U) != 0;
    const bool has_q = ((a.has_q[t] >> row.lane) & 1U) != 0;
    const std::ptrdiff_t i = static_cast<std::ptrdiff_t>(t) * W + row.lane;
    const double e = a.e[i], f = a.f[i];
    const int begin = p.row_start[t];
    const int length = p.row_start[t + 1] - begin;
    const LaneEntry* entry = p.entries + p.entry_start[t];
    for (int k = 1; k < length; ++k) {
        const int place = p.column[begin + k];
        if (place >= p.n_node) continue;
        const std::ptrdiff_t j = static_cast<std::ptrdiff_t>(place) * W + row.lane;
        const double re = row.g[k] * a.e[j] - row.b[k] * a.f[j];
        const double im = row.g[k] * a.f[j] + row.b[k] * a.e[j];
        const double h = f * re - e * im;
        const double n = e * re + f * im;
        double* block = a.panel + static_cast<std::ptrdiff_t>(4 * entry->at) * W + row.lane;
        ++entry;
        block[0] = has_p ? h : 0.0;
        block[W] = has_q ? -n : 0.0;
        block[2 * W] = has_p ? n : 0.0;
        block[3 * W] = has_q ? h : 0.0;
    }
    const double vv = e * e + f * f;
    double* block = a.panel + 4 * diagonal * W + row.lane;
    block[0] = has_p ? -a.q_calc[i] - row.b[0] * vv : 1.0;
    block[W] = has_q ? a.p_calc[i] - row.g[0] * vv : 0.0;
    block[2 * W] = has_p ? a.p_calc[i] + row.g[0] * vv : 0.0;
    block[3 * W] = has_q ? a.q_calc[i] - row.b[0] * vv : 1.0;
}

// Writes row t of the Jacobian into the panel.
ARAZ_INLINE void fill_row(const LaneArrays& a, int t, std::ptrdiff_t diagonal) {
    const LaneView& p = a.program;
    double* panel = a.panel;
    const V e = at(a.e, t);
    const V f = at(a.f, t);
    for (int k = p.fill_start[t]; k < p.fill_start[t + 1]; ++k) put_block(panel, p.fill[k], V{}, V{}, V{}, V{});
    const bool full = a.has_p[t] == all_lanes && a.has_q[t] == all_lanes;
    const M has_p = lanes_of(a.has_p[t]);
    const M has_q = lanes_of(a.has_q[t]);
    const LaneEntry* end = p.entries + p.entry_start[t + 1];
    if (full) {
        for (const LaneEntry* x = p.entries + p.entry_start[t]; x != end; ++x) {
            const Neighbour j = neighbour(x->g, x->b, e, f, at(a.e, x->column), at(a.f, x->column));
            put_block(panel, x->at, j.h, -j.n, j.n, j.h);
        }
    } else {
        for (const LaneEntry* x = p.entries + p.entry_start[t]; x != end; ++x) {
            const Neighbour j = neighbour(x->g, x->b, e, f, at(a.e, x->column), at(a.f, x->column));
            put_block(panel, x->at, keep(j.h, has_p), keep(-j.n, has_q), keep(j.n, has_p), keep(j.h, has_q));
        }
    }
    const double g = p.g[p.row_start[t]];
    const double b = p.b[p.row_start[t]];
    const V vv = e * e + f * f;
    const V pc = at(a.p_calc, t);
    const V qc = at(a.q_calc, t);
    V pa = -qc - b * vv, qa = pc - g * vv, pv = pc + g * vv, qv = qc - b * vv;
    if (!full) {
        pa = has_p ? pa : splat(1.0);
        pv = keep(pv, has_p);
        qa = keep(qa, has_q);
        qv = has_q ? qv : splat(1.0);
    }
    put_block(panel, diagonal, pa, qa, pv, qv);
}

// x -= l * u for one 2x2 block.
ARAZ_INLINE void subtract_product(double* x, const V* l, const double* u) {
    const V u00 = at(u, 0), u10 = at(u, 1), u01 = at(u, 2), u11 = at(u, 3);
    V x00 = at(x, 0), x10 = at(x, 1), x01 = at(x, 2), x11 = at(x, 3);
    x00 = x00 - l[0] * u00;
    x10 = x10 - l[1] * u00;
    x01 = x01 - l[0] * u01;
    x11 = x11 - l[1] * u01;
    x00 = x00 - l[2] * u10;
    x10 = x10 - l[3] * u10;
    x01 = x01 - l[2] * u11;
    x11 = x11 - l[3] * u11;
    put(x, 0, x00);
    put(x, 1, x10);
    put(x, 2, x01);
    put(x, 3, x11);
}

std::uint32_t factor(const LaneArrays& a) {
    const LaneView& p = a.program;
    const LanePatchRow* patch = a.patches;
    const LanePatchRow* last_patch = a.patches + a.n_patch;
    const LanePair* pair = p.pairs;
    const std::uint16_t* position = p.position;
    M lost{};
    for (int t = 0; t < p.n_node; ++t) {
        const int n_lower = p.lower_start[t + 1] - p.lower_start[t];
        const int n_upper = p.upper_start[t + 1] - p.upper_start[t];
        fill_row(a, t, n_lower);
        for (; patch != last_patch && patch->node == t; ++patch) patched_row(a, *patch, n_lower);
        V yp = at(a.x, 2 * static_cast<std::ptrdiff_t>(t));
        V yq = at(a.x, 2 * static_cast<std::ptrdiff_t>(t) + 1);
        for (const LanePair* end = pair + n_lower; pair != end; ++pair) {
            const double* source = a.stored + static_cast<std::ptrdiff_t>(pair->source) * W;
            const char* next = reinterpret_cast<const char*>(a.stored + static_cast<std::ptrdiff_t>(pair[1].source) * W);
            __builtin_prefetch(next);
            __builtin_prefetch(next + 64);
            __builtin_prefetch(next + 128);
            __builtin_prefetch(next + 256);
            __builtin_prefetch(next + 384);
            const double* from = a.panel + static_cast<std::ptrdiff_t>(4 * pair->at) * W;
            const V l[4] = {at(from, 0), at(from, 1), at(from, 2), at(from, 3)};
            const V sp = at(source, 0), sq = at(source, 1);
            yp = yp - l[0] * sp;
            yq = yq - l[1] * sp;
            yp = yp - l[2] * sq;
            yq = yq - l[3] * sq;
            source += 2 * W;
            for (const std::uint16_t* stop = position + pair->n_column; position != stop; ++position, source += 4 * W)
                subtract_product(a.panel + static_cast<std::ptrdiff_t>(4 * *position) * W, l, source);
        }
        // The pivot: its inverse times everything to the right of it.
        double* d = a.panel + static_cast<std::ptrdiff_t>(4 * n_lower) * W;
        const V d00 = at(d, 0), d10 = at(d, 1), d01 = at(d, 2), d11 = at(d, 3);
        const V determinant = d00 * d11 - d01 * d10;
        const V size = (absolute(d00) + absolute(d01)) * (absolute(d10) + absolute(d11));
        lost |= (absolute(determinant) > 1e-12 * size) == 0;
        const V inverse = 1.0 / determinant;
        const V i00 = d11 * inverse, i10 = -d10 * inverse, i01 = -d01 * inverse, i11 = d00 * inverse;
        double* out = a.stored + static_cast<std::ptrdiff_t>(p.stored[t]) * W;
        put(out, 0, i00 * yp + i01 * yq);
        put(out, 1, i10 * yp + i11 * yq);
        out += 2 * W;
        for (int k = 0; k < n_upper; ++k, out += 4 * W) {
            d += 4 * W;
            const V u00 = at(d, 0), u10 = at(d, 1), u01 = at(d, 2), u11 = at(d, 3);
            put(out, 0, i00 * u00 + i01 * u10);
            put(out, 1, i10 * u00 + i11 * u10);
            put(out, 2, i00 * u01 + i01 * u11);
            put(out, 3, i10 * u01 + i11 * u11);
        }
    }
    return bits_of(lost);
}

void back(const LaneArrays& a) {
    const LaneView& p = a.program;
    for (std::ptrdiff_t t = p.n_node - 1; t >= 0; --t) {
        const double* u = a.stored + static_cast<std::ptrdiff_t>(p.stored[t]) * W;
        V xa = at(u, 0), xv = at(u, 1);
        u += 2 * W;
        for (int k = p.upper_start[t]; k < p.upper_start[t + 1]; ++k, u += 4 * W) {
            const double* x = a.x + 2 * static_cast<std::ptrdiff_t>(p.upper[k]) * W;
            const V ya = at(x, 0), yv = at(x, 1);
            xa = xa - at(u, 0) * ya;
            xv = xv - at(u, 1) * ya;
            xa = xa - at(u, 2) * yv;
            xv = xv - at(u, 3) * yv;
        }
        put(a.x, 2 * t, xa);
        put(a.x, 2 * t + 1, xv);
    }
}

void shared_forward(const SharedFactors& factors, const LaneArrays& a) {
    const LaneView& p = a.program;
    for (std::ptrdiff_t t = 0; t < p.n_node; ++t) {
        V yp = at(a.x, 2 * t), yq = at(a.x, 2 * t + 1);
        const double* l = factors.lower + 4 * static_cast<std::ptrdiff_t>(p.lower_start[t]);
        for (int k = p.lower_start[t]; k < p.lower_start[t + 1]; ++k, l += 4) {
            const double* y = a.x + 2 * static_cast<std::ptrdiff_t>(p.lower[k]) * W;
            const V sp = at(y, 0), sq = at(y, 1);
            yp = yp - l[0] * sp;
            yq = yq - l[1] * sp;
            yp = yp - l[2] * sq;
            yq = yq - l[3] * sq;
        }
        const double* d = factors.inverse + 4 * t;
        put(a.x, 2 * t, d[0] * yp + d[2] * yq);
        put(a.x, 2 * t + 1, d[1] * yp + d[3] * yq);
    }
}

void shared_back(const SharedFactors& factors, const LaneArrays& a) {
    const LaneView& p = a.program;
    for (std::ptrdiff_t t = p.n_node - 1; t >= 0; --t) {
        V xa = at(a.x, 2 * t), xv = at(a.x, 2 * t + 1);
        const double* u = factors.upper + 4 * static_cast<std::ptrdiff_t>(p.upper_start[t]);
        for (int k = p.upper_start[t]; k < p.upper_start[t + 1]; ++k, u += 4) {
            const double* x = a.x + 2 * static_cast<std::ptrdiff_t>(p.upper[k]) * W;
            const V ya = at(x, 0), yv = at(x, 1);
            xa = xa - u[0] * ya;
            xv = xv - u[1] * ya;
            xa = xa - u[2] * yv;
            xv = xv - u[3] * yv;
        }
        put(a.x, 2 * t, xa);
        put(a.x, 2 * t + 1, xv);
    }
}

std::uint32_t update(const LaneArrays& a, std::uint32_t active) {
    const M moves = lanes_of(active);
    M sound = M{} - 1;
    for (std::ptrdiff_t i = 0; i < a.program.n_node; ++i) {
        const V va = at(a.va, i) + keep(at(a.x, 2 * i), moves);
        const V vm = at(a.vm, i) * (1.0 + keep(at(a.x, 2 * i + 1), moves));
        put(a.va, i, va);
        put(a.vm, i, vm);
        sound &= (vm > splat(0.0)) | ~lanes_of(a.has_p[i]);
        sound &= absolute(va) < splat(1e5);
        phasor(a, i, vm, va);
    }
    return bits_of(~sound) & active;
}

// Loading of one branch in one lane is written as nothing when the branch is out there.
void flows(const LaneArrays& a, LaneFlowArgs& args) {
    V loss{}, highest{};
    M wide{};
    const LaneBranchMask* out = args.out;
    const LaneBranchMask* last_out = args.out + args.n_out;
    args.n_listed = 0;
    for (int l = 0; l < args.n_branch; ++l) {
        const LaneBranch& y = args.branches[l];
        const V ef = at(a.e, y.from), ff = at(a.f, y.from);
        const V et = at(a.e, y.to), ft = at(a.f, y.to);
        const V c = ef * et + ff * ft;
        const V s = ff * et - ef * ft;
        const V vf = ef * ef + ff * ff;
        const V vt = et * et + ft * ft;
        V pf = vf * y.gff + c * y.gft + s * y.bft;
        V qf = s * y.gft - c * y.bft - vf * y.bff;
        V pt = vt * y.gtt + c * y.gtf - s * y.btf;
        V qt = -(vt * y.btt + s * y.gtf + c * y.btf);
        const V across = c * y.cos_shift + s * y.sin_shift;
        // cos 100 degrees is -0.174; compared as squares.
        M apart = (across < splat(0.0)) & (across * across > 0.03 * (vf * vt));
        std::uint32_t gone = 0;
        for (; out != last_out && out->branch == l; ++out) gone |= out->lanes;
        if (gone != 0) {
            const M there = ~lanes_of(gone);
            pf = keep(pf, there);
            qf = keep(qf, there);
            pt = keep(pt, there);
            qt = keep(qt, there);
            apart &= there;
        }
        wide |= apart;
        loss = loss + (pf + pt);
        if (y.inverse_limit_squared == 0.0) continue;
        const V sf = pf * pf + qf * qf;
        const V st = pt * pt + qt * qt;
        const V loading = (sf < st ? st : sf) * y.inverse_limit_squared;
        // Ties within rounding are all listed: who comes first is decided by the reader.
        const V bar = highest * (1.0 - 1e-9);
        M listed = (loading >= bar) | (loading >= splat(args.violation));
        if (gone != 0) listed &= ~lanes_of(gone);
        highest = highest < loading ? loading : highest;
        const std::uint32_t bits = bits_of(listed);
        if (bits != 0) args.listed[args.n_listed++] = {l, bits};
    }
    for (int l = 0; l < W; ++l) {
        args.loss[l] = loss[l];
        args.highest[l] = highest[l];
    }
    args.wide = bits_of(wide);
}

void voltages(const LaneArrays& a, LaneVoltageArgs& args) {
    V lowest = splat(1e300), highest = splat(-1e300);
    args.n_listed = 0;
    for (std::ptrdiff_t i = 0; i < a.program.n_place; ++i) {
        const V vm = at(a.vm, i);
        const M live = vm > splat(0.0);
        lowest = (live & (vm < lowest)) ? vm : lowest;
        highest = (live & (vm > highest)) ? vm : highest;
        const std::uint32_t bits = bits_of(live & ((vm < splat(args.low[i])) | (vm > splat(args.high[i]))));
        if (bits != 0) args.listed[args.n_listed++] = {static_cast<std::int32_t>(i), bits};
    }
    for (int l = 0; l < W; ++l) {
        args.lowest[l] = lowest[l];
        args.highest[l] = highest[l];
    }
}

std::uint32_t reactive_screen(const LaneArrays& a, const LaneReactiveScreen& screen) {
    M wanted{};
    for (std::ptrdiff_t r = 0; r < screen.n; ++r) {
        const int i = screen.node[r];
        const V q = at(a.q_calc, i);
        const M held = lanes_of(a.has_p[i] & ~static_cast<unsigned>(a.has_q[i]));
        wanted |= held & ((q > at(screen.q_high, r)) | (q < at(screen.q_low, r)));
        const std::uint32_t pinned = screen.at_max[r] | screen.at_min[r];
        if (pinned == 0) continue;
        const V above = at(a.vm, i) - screen.v_set[r];
        wanted |= lanes_of(screen.at_max[r]) & (above > splat(screen.margin));
        wanted |= lanes_of(screen.at_min[r]) & (above < splat(-screen.margin));
    }
    return bits_of(wanted);
}

#include "kernels_reach.hpp"

}  // namespace

extern const LaneKernels kernels;
const LaneKernels kernels{Isa::ARAZ_LANE_ISA, W, phasors, mismatch, factor, back, shared_forward, shared_back,
                          update, flows, voltages, reach, reactive_screen, sincos};

}  // namespace araz::solver::ARAZ_LANE_SPACE

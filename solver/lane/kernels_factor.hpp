// Jacobian, elimination and substitutions of the lanes, in the precision of the factors. Part of kernels_source.hpp.
//
// 2x2 blocks are stored by columns: [P/va, Q/va, P/lnV, Q/lnV].
#pragma once

// A pivot whose determinant cancels to this share of its terms is lost.
#if ARAZ_LANE_SINGLE
constexpr Real lost_share = 1e-5F;
#else
constexpr Real lost_share = 1e-12;
#endif

// Phasors in the precision of the factors.
ARAZ_INLINE const Real* real_e(const LaneArrays& a) { return static_cast<const Real*>(a.er); }
ARAZ_INLINE const Real* real_f(const LaneArrays& a) { return static_cast<const Real*>(a.fr); }

// Jacobian block of the neighbour j in row i: H = L and N = -M (power_equations.hpp).
struct Neighbour {
    F h, n;
};
ARAZ_INLINE Neighbour neighbour(Real g, Real b, F ei, F fi, F ej, F fj) {
    const F re = g * ej - b * fj;
    const F im = g * fj + b * ej;
    return {fi * re - ei * im, ei * re + fi * im};
}

ARAZ_INLINE void put_block(Real* panel, std::ptrdiff_t block, F pa, F qa, F pv, F qv) {
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
    const auto set = [](Real* block, double pa, double qa, double pv, double qv) {
        block[0] = static_cast<Real>(pa);
        block[W] = static_cast<Real>(qa);
        block[2 * W] = static_cast<Real>(pv);
        block[3 * W] = static_cast<Real>(qv);
    };
    for (int k = 1; k < length; ++k) {
        const int place = p.column[begin + k];
        if (place >= p.n_node) continue;
        const std::ptrdiff_t j = static_cast<std::ptrdiff_t>(place) * W + row.lane;
        const double re = row.g[k] * a.e[j] - row.b[k] * a.f[j];
        const double im = row.g[k] * a.f[j] + row.b[k] * a.e[j];
        const double h = f * re - e * im;
        const double n = e * re + f * im;
        Real* block = real(a.panel) + static_cast<std::ptrdiff_t>(4 * entry->at) * W + row.lane;
        ++entry;
        set(block, has_p ? h : 0.0, has_q ? -n : 0.0, has_p ? n : 0.0, has_q ? h : 0.0);
    }
    const double vv = e * e + f * f;
    set(real(a.panel) + 4 * diagonal * W + row.lane, has_p ? -a.q_calc[i] - row.b[0] * vv : 1.0,
        has_q ? a.p_calc[i] - row.g[0] * vv : 0.0, has_p ? a.p_calc[i] + row.g[0] * vv : 0.0,
        has_q ? a.q_calc[i] - row.b[0] * vv : 1.0);
}

ARAZ_INLINE Real conductance(const LaneEntry& entry) {
#if ARAZ_LANE_SINGLE
    return entry.g_single;
#else
    return entry.g;
#endif
}
ARAZ_INLINE Real susceptance(const LaneEntry& entry) {
#if ARAZ_LANE_SINGLE
    return entry.b_single;
#else
    return entry.b;
#endif
}

// Writes row t of the Jacobian into the panel.
ARAZ_INLINE void fill_row(const LaneArrays& a, int t, std::ptrdiff_t diagonal) {
    const LaneView& p = a.program;
    Real* panel = real(a.panel);
    const Real* all_e = real_e(a);
    const Real* all_f = real_f(a);
    const F e = at(all_e, t);
    const F f = at(all_f, t);
    for (int k = p.fill_start[t]; k < p.fill_start[t + 1]; ++k) put_block(panel, p.fill[k], F{}, F{}, F{}, F{});
    const bool full = a.has_p[t] == all_lanes && a.has_q[t] == all_lanes;
    const FM has_p = factor_lanes_of(a.has_p[t]);
    const FM has_q = factor_lanes_of(a.has_q[t]);
    const LaneEntry* end = p.entries + p.entry_start[t + 1];
    if (full) {
        for (const LaneEntry* x = p.entries + p.entry_start[t]; x != end; ++x) {
            const Neighbour j = neighbour(conductance(*x), susceptance(*x), e, f, at(all_e, x->column), at(all_f, x->column));
            put_block(panel, x->at, j.h, -j.n, j.n, j.h);
        }
    } else {
        for (const LaneEntry* x = p.entries + p.entry_start[t]; x != end; ++x) {
            const Neighbour j = neighbour(conductance(*x), susceptance(*x), e, f, at(all_e, x->column), at(all_f, x->column));
            put_block(panel, x->at, keep(j.h, has_p), keep(-j.n, has_q), keep(j.n, has_p), keep(j.h, has_q));
        }
    }
    const Real g = static_cast<Real>(p.g[p.row_start[t]]);
    const Real b = static_cast<Real>(p.b[p.row_start[t]]);
    const F vv = e * e + f * f;
    const F pc = narrow(at(a.p_calc, t));
    const F qc = narrow(at(a.q_calc, t));
    F pa = -qc - b * vv, qa = pc - g * vv, pv = pc + g * vv, qv = qc - b * vv;
    if (!full) {
        const F one = F{} + Real{1};
        pa = select(has_p, pa, one);
        pv = keep(pv, has_p);
        qa = keep(qa, has_q);
        qv = select(has_q, qv, one);
    }
    put_block(panel, diagonal, pa, qa, pv, qv);
}

// x -= l * u for one 2x2 block.
ARAZ_INLINE void subtract_product(Real* x, const F* l, const Real* u) {
    const F u00 = at(u, 0), u10 = at(u, 1), u01 = at(u, 2), u11 = at(u, 3);
    F x00 = at(x, 0), x10 = at(x, 1), x01 = at(x, 2), x11 = at(x, 3);
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

// y -= l * s for one 2x2 block and a pair.
ARAZ_INLINE void subtract_pair(F& yp, F& yq, F l0, F l1, F l2, F l3, F sp, F sq) {
    yp = yp - l0 * sp;
    yq = yq - l1 * sp;
    yp = yp - l2 * sq;
    yq = yq - l3 * sq;
}

ARAZ_INLINE void look_ahead(const Real* next) {
    const char* line = reinterpret_cast<const char*>(next);
    __builtin_prefetch(line);
    __builtin_prefetch(line + 64);
    __builtin_prefetch(line + 128);
    __builtin_prefetch(line + 256);
    __builtin_prefetch(line + 384);
}

// With `keeps` the blocks left of the diagonal and the inverse pivots stay for `forward`.
template <bool keeps>
ARAZ_INLINE std::uint32_t eliminate(const LaneArrays& a) {
    const LaneView& p = a.program;
    const LanePatchRow* patch = a.patches;
    const LanePatchRow* last_patch = a.patches + a.n_patch;
    const LanePair* pair = p.pairs;
    const std::uint16_t* position = p.position;
    Real* stored = real(a.stored);
    Real* panel = real(a.panel);
    Real* kept = real(a.kept);
    FM lost{};
    for (int t = 0; t < p.n_node; ++t) {
        const int n_lower = p.lower_start[t + 1] - p.lower_start[t];
        const int n_upper = p.upper_start[t + 1] - p.upper_start[t];
        fill_row(a, t, n_lower);
        for (; patch != last_patch && patch->node == t; ++patch) patched_row(a, *patch, n_lower);
        F yp = at(real(a.x), 2 * static_cast<std::ptrdiff_t>(t));
        F yq = at(real(a.x), 2 * static_cast<std::ptrdiff_t>(t) + 1);
        for (const LanePair* end = pair + n_lower; pair != end; ++pair) {
            const Real* source = stored + static_cast<std::ptrdiff_t>(pair->source) * W;
            look_ahead(stored + static_cast<std::ptrdiff_t>(pair[1].source) * W);
            const Real* from = panel + static_cast<std::ptrdiff_t>(4 * pair->at) * W;
            const F l[4] = {at(from, 0), at(from, 1), at(from, 2), at(from, 3)};
            subtract_pair(yp, yq, l[0], l[1], l[2], l[3], at(source, 0), at(source, 1));
            if (keeps) {
                put_block(kept, 0, l[0], l[1], l[2], l[3]);
                kept += 4 * W;
            }
            source += 2 * W;
            for (const std::uint16_t* stop = position + pair->n_column; position != stop; ++position, source += 4 * W)
                subtract_product(panel + static_cast<std::ptrdiff_t>(4 * *position) * W, l, source);
        }
        // The pivot: its inverse times everything to the right of it.
        Real* d = panel + static_cast<std::ptrdiff_t>(4 * n_lower) * W;
        const F d00 = at(d, 0), d10 = at(d, 1), d01 = at(d, 2), d11 = at(d, 3);
        const F determinant = d00 * d11 - d01 * d10;
        const F size = (absolute(d00) + absolute(d01)) * (absolute(d10) + absolute(d11));
        lost |= (absolute(determinant) > lost_share * size) == 0;
        const F inverse = Real{1} / determinant;
        const F i00 = d11 * inverse, i10 = -d10 * inverse, i01 = -d01 * inverse, i11 = d00 * inverse;
        if (keeps) {
            put_block(kept, 0, i00, i10, i01, i11);
            kept += 4 * W;
        }
        Real* out = stored + static_cast<std::ptrdiff_t>(p.stored[t]) * W;
        put(out, 0, i00 * yp + i01 * yq);
        put(out, 1, i10 * yp + i11 * yq);
        out += 2 * W;
        for (int k = 0; k < n_upper; ++k, out += 4 * W) {
            d += 4 * W;
            const F u00 = at(d, 0), u10 = at(d, 1), u01 = at(d, 2), u11 = at(d, 3);
            put_block(out, 0, i00 * u00 + i01 * u10, i10 * u00 + i11 * u10, i00 * u01 + i01 * u11, i10 * u01 + i11 * u11);
        }
    }
    return factor_bits_of(lost);
}

std::uint32_t factor(const LaneArrays& a, bool keeps) { return keeps ? eliminate<true>(a) : eliminate<false>(a); }

// The elimination of another right-hand side, from what `factor` kept.
void forward(const LaneArrays& a) {
    const LaneView& p = a.program;
    const LanePair* pair = p.pairs;
    Real* stored = real(a.stored);
    const Real* kept = real(a.kept);
    for (int t = 0; t < p.n_node; ++t) {
        F yp = at(real(a.x), 2 * static_cast<std::ptrdiff_t>(t));
        F yq = at(real(a.x), 2 * static_cast<std::ptrdiff_t>(t) + 1);
        for (const LanePair* end = pair + (p.lower_start[t + 1] - p.lower_start[t]); pair != end; ++pair, kept += 4 * W) {
            const Real* source = stored + static_cast<std::ptrdiff_t>(pair->source) * W;
            subtract_pair(yp, yq, at(kept, 0), at(kept, 1), at(kept, 2), at(kept, 3), at(source, 0), at(source, 1));
        }
        Real* out = stored + static_cast<std::ptrdiff_t>(p.stored[t]) * W;
        put(out, 0, at(kept, 0) * yp + at(kept, 2) * yq);
        put(out, 1, at(kept, 1) * yp + at(kept, 3) * yq);
        kept += 4 * W;
    }
}

void back(const LaneArrays& a) {
    const LaneView& p = a.program;
    const Real* stored = real(a.stored);
    Real* step = real(a.step);
    for (std::ptrdiff_t t = p.n_node - 1; t >= 0; --t) {
        const Real* u = stored + static_cast<std::ptrdiff_t>(p.stored[t]) * W;
        F xa = at(u, 0), xv = at(u, 1);
        u += 2 * W;
        for (int k = p.upper_start[t]; k < p.upper_start[t + 1]; ++k, u += 4 * W) {
            const Real* x = step + 2 * static_cast<std::ptrdiff_t>(p.upper[k]) * W;
            subtract_pair(xa, xv, at(u, 0), at(u, 1), at(u, 2), at(u, 3), at(x, 0), at(x, 1));
        }
        put(step, 2 * t, xa);
        put(step, 2 * t + 1, xv);
    }
}

ARAZ_INLINE const Real* lower_of(const SharedFactors& factors) {
#if ARAZ_LANE_SINGLE
    return factors.lower_single;
#else
    return factors.lower;
#endif
}
ARAZ_INLINE const Real* inverse_of(const SharedFactors& factors) {
#if ARAZ_LANE_SINGLE
    return factors.inverse_single;
#else
    return factors.inverse;
#endif
}
ARAZ_INLINE const Real* upper_of(const SharedFactors& factors) {
#if ARAZ_LANE_SINGLE
    return factors.upper_single;
#else
    return factors.upper;
#endif
}

void shared_forward(const SharedFactors& factors, const LaneArrays& a) {
    const LaneView& p = a.program;
    Real* step = real(a.step);
    for (std::ptrdiff_t t = 0; t < p.n_node; ++t) {
        F yp = at(real(a.x), 2 * t), yq = at(real(a.x), 2 * t + 1);
        const Real* l = lower_of(factors) + 4 * static_cast<std::ptrdiff_t>(p.lower_start[t]);
        for (int k = p.lower_start[t]; k < p.lower_start[t + 1]; ++k, l += 4) {
            const Real* y = step + 2 * static_cast<std::ptrdiff_t>(p.lower[k]) * W;
            const F sp = at(y, 0), sq = at(y, 1);
            yp = yp - l[0] * sp;
            yq = yq - l[1] * sp;
            yp = yp - l[2] * sq;
            yq = yq - l[3] * sq;
        }
        const Real* d = inverse_of(factors) + 4 * t;
        put(step, 2 * t, d[0] * yp + d[2] * yq);
        put(step, 2 * t + 1, d[1] * yp + d[3] * yq);
    }
}

void shared_back(const SharedFactors& factors, const LaneArrays& a) {
    const LaneView& p = a.program;
    Real* step = real(a.step);
    for (std::ptrdiff_t t = p.n_node - 1; t >= 0; --t) {
        F xa = at(step, 2 * t), xv = at(step, 2 * t + 1);
        const Real* u = upper_of(factors) + 4 * static_cast<std::ptrdiff_t>(p.upper_start[t]);
        for (int k = p.upper_start[t]; k < p.upper_start[t + 1]; ++k, u += 4) {
            const Real* x = step + 2 * static_cast<std::ptrdiff_t>(p.upper[k]) * W;
            const F ya = at(x, 0), yv = at(x, 1);
            xa = xa - u[0] * ya;
            xv = xv - u[1] * ya;
            xa = xa - u[2] * yv;
            xv = xv - u[3] * yv;
        }
        put(step, 2 * t, xa);
        put(step, 2 * t + 1, xv);
    }
}

void add_border(const LaneArrays& a, const LaneBorderStep& border) {
    Real* step = real(a.step);
    const Real* w = static_cast<const Real*>(border.w);
    F change = narrow(at(border.change, 0));
    for (std::ptrdiff_t t = 0; t < a.program.n_node; ++t) {
        if (border.equation_of != nullptr) change = narrow(at(border.change, border.equation_of[t]));
        put(step, 2 * t, at(step, 2 * t) + at(w, 2 * t) * change);
        put(step, 2 * t + 1, at(step, 2 * t + 1) + at(w, 2 * t + 1) * change);
    }
}

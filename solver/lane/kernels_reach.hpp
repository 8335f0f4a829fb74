// The kernel that reads solved states against their limits and, along a tangent, finds what binds first. Part of
// kernels_source.hpp: included inside its namespace, once per instruction set.

// First E >= 0 with |s + E ds|^2 = limit^2, from a = |ds|^2, b = 2 s.ds and c = |s|^2 - limit^2, each over limit^2. Of the
// precision of the factors, as the tangent itself. Not a number or infinite where there is none; what stands at its limit is
// listed whatever this says.
ARAZ_INLINE F step_to_limit(F a, F b, F c) {
    const F root = factor_root(b * b - Real{4} * a * c);
    const F outwards = Real{-2} * c / (b + root);
    const F inwards = (root - b) / (Real{2} * a);
    return select(b < F{}, inwards, outwards);
}

ARAZ_INLINE F smaller(F a, F b) { return select(b < a, b, a); }
ARAZ_INLINE F splat_factor(double x) { return F{} + static_cast<Real>(x); }

// Apparent power at both ends; linear in |Vf|^2, |Vt|^2, Re(Vf Vt*) and Im(Vf Vt*), so their changes give its change.
struct Ends {
    V pf, qf, pt, qt;
};
ARAZ_INLINE Ends power_at_ends(const LaneBranch& y, V vf, V vt, V c, V s) {
    return {vf * y.gff + c * y.gft + s * y.bft, s * y.gft - c * y.bft - vf * y.bff, vt * y.gtt + c * y.gtf - s * y.btf,
            -(vt * y.btt + s * y.gtf + c * y.btf)};
}

// The three smallest steps so far, lane by lane.
constexpr double never = 1e30;
#if ARAZ_LANE_SINGLE
constexpr Real near_tie = 1e-3F;
#else
constexpr Real near_tie = 1e-9;
#endif
struct Nearest {
    F first = splat_factor(never), second = splat_factor(never), third = splat_factor(never);
    inline __attribute__((always_inline)) std::uint32_t take(F step) {
        // Ties within rounding are all listed: who comes first is decided by the reader.
        const std::uint32_t listed = factor_bits_of(step <= third * (Real{1} + near_tie));
        third = smaller(third, step);
        const F low = smaller(second, third);
        third = select(third < second, second, third);
        second = select(low < first, first, low);
        first = smaller(first, low);
        return listed;
    }
};

ARAZ_INLINE V tangent_at(const LaneArrays& a, std::ptrdiff_t place, int which) {
    return place < a.program.n_node ? widen(at(real(a.step), 2 * place + which)) : splat(0.0);
}

void reach_branches(const LaneArrays& a, LaneReachArgs& args, Nearest& nearest) {
    V highest = splat(0.0);
    const LaneBranchMask* out = args.out;
    const LaneBranchMask* last_out = args.out + args.n_out;
    for (int l = 0; l < args.n_branch; ++l) {
        const LaneBranch& y = args.branches[l];
        std::uint32_t gone = 0;
        for (; out != last_out && out->branch == l; ++out) gone |= out->lanes;
        if (y.inverse_limit_squared == 0.0) continue;
        const V ef = at(a.e, y.from), ff = at(a.f, y.from);
        const V et = at(a.e, y.to), ft = at(a.f, y.to);
        const V c = ef * et + ff * ft;
        const V s = ff * et - ef * ft;
        const V vf = ef * ef + ff * ff;
        const V vt = et * et + ft * ft;
        const Ends flow = power_at_ends(y, vf, vt, c, s);
        const V from = (flow.pf * flow.pf + flow.qf * flow.qf) * y.inverse_limit_squared;
        const V to = (flow.pt * flow.pt + flow.qt * flow.qt) * y.inverse_limit_squared;
        const V loading = select(from < to, to, from);
        M listed = (loading >= highest * (1.0 - 1e-9)) | (loading >= splat(1.0 - 1e-6));
        const M there = gone == 0 ? every_lane() : ~lanes_of(gone);
        std::uint32_t nearby = 0;
        highest = select(there & (highest < loading), loading, highest);
        if (args.along) {
            const V dlf = tangent_at(a, y.from, 1), dlt = tangent_at(a, y.to, 1);
            const V turn = tangent_at(a, y.from, 0) - tangent_at(a, y.to, 0);
            const V stretch = dlf + dlt;
            const Ends d = power_at_ends(y, 2.0 * vf * dlf, 2.0 * vt * dlt, c * stretch - s * turn, s * stretch + c * turn);
            const V scale = splat(y.inverse_limit_squared);
            const F at_from = step_to_limit(narrow((d.pf * d.pf + d.qf * d.qf) * scale),
                                            narrow(2.0 * (flow.pf * d.pf + flow.qf * d.qf) * scale), narrow(from - 1.0));
            const F at_to = step_to_limit(narrow((d.pt * d.pt + d.qt * d.qt) * scale),
                                          narrow(2.0 * (flow.pt * d.pt + flow.qt * d.qt) * scale), narrow(to - 1.0));
            // Of a number and none the number counts.
            F step = select(at_from == at_from, at_from, at_to);
            step = smaller(step, at_to);
            step = select((step == step) & factor_lanes_of(~gone), step, splat_factor(never));
            nearby = nearest.take(step);
        }
        const std::uint32_t bits = (bits_of(listed) | nearby) & ~gone;
        if (bits != 0) args.branches_listed[args.n_branches_listed++] = {l, bits};
    }
}

void reach_buses(const LaneArrays& a, LaneReachArgs& args, Nearest& nearest) {
    V widest = splat(-1e300);
    for (std::ptrdiff_t i = 0; i < a.program.n_place; ++i) {
        if (args.low[i] < 0.0) continue;
        const V vm = at(a.vm, i);
        const M live = vm > splat(0.0);
        const V under = splat(args.low[i]) - vm;
        const V over = vm - splat(args.high[i]);
        const V beyond = select(under < over, over, under);
        M listed = (beyond >= widest - 1e-9) | (beyond >= splat(-1e-6));
        widest = select(live & (widest < beyond), beyond, widest);
        std::uint32_t nearby = 0;
        if (args.along) {
            const V rises = vm * tangent_at(a, i, 1);
            // Held, or moving inwards: never.
            V step = select(rises > splat(1e-12), -over / rises, splat(never));
            step = select(rises < splat(-1e-12), under / rises, step);
            nearby = nearest.take(narrow(select(live & (step < splat(never)), step, splat(never))));
        }
        const std::uint32_t bits = (bits_of(listed) | nearby) & bits_of(live);
        if (bits != 0) args.places_listed[args.n_places_listed++] = {static_cast<std::int32_t>(i), bits};
    }
}

void reach(const LaneArrays& a, LaneReachArgs& args) {
    Nearest nearest;
    args.n_branches_listed = args.n_places_listed = 0;
    reach_branches(a, args, nearest);
    if (args.low != nullptr) reach_buses(a, args, nearest);
}

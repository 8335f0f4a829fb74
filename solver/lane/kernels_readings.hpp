// Flows, voltages and reactive outputs of solved lanes against their limits. Part of kernels_source.hpp.
#pragma once

// Loading of one branch in one lane is written as nothing when the branch is out there.
void flows(const LaneArrays& a, LaneFlowArgs& args) {
    V loss = splat(0.0), highest = splat(0.0);
    M wide = ~every_lane();
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
        const V loading = select(sf < st, st, sf) * y.inverse_limit_squared;
        // Ties within rounding are all listed: who comes first is decided by the reader.
        const V bar = highest * (1.0 - 1e-9);
        M listed = (loading >= bar) | (loading >= splat(args.violation));
        if (gone != 0) listed &= ~lanes_of(gone);
        highest = select(highest < loading, loading, highest);
        const std::uint32_t bits = bits_of(listed);
        if (bits != 0) args.listed[args.n_listed++] = {l, bits};
    }
    for (int l = 0; l < W; ++l) {
        args.loss[l] = lane_of(loss, l);
        args.highest[l] = lane_of(highest, l);
    }
    args.wide = bits_of(wide);
}

void voltages(const LaneArrays& a, LaneVoltageArgs& args) {
    V lowest = splat(1e300), highest = splat(-1e300);
    args.n_listed = 0;
    for (std::ptrdiff_t i = 0; i < a.program.n_place; ++i) {
        const V vm = at(a.vm, i);
        const M live = vm > splat(0.0);
        lowest = select(live & (vm < lowest), vm, lowest);
        highest = select(live & (vm > highest), vm, highest);
        const std::uint32_t bits = bits_of(live & ((vm < splat(args.low[i])) | (vm > splat(args.high[i]))));
        if (bits != 0) args.listed[args.n_listed++] = {static_cast<std::int32_t>(i), bits};
    }
    for (int l = 0; l < W; ++l) {
        args.lowest[l] = lane_of(lowest, l);
        args.highest[l] = lane_of(highest, l);
    }
}

std::uint32_t reactive_screen(const LaneArrays& a, const LaneReactiveScreen& screen) {
    M wanted = ~every_lane();
    for (std::ptrdiff_t r = 0; r < screen.n; ++r) {
        const int i = screen.node[r];
        const V q = at(a.q_calc, i);
        const M held = lanes_of(a.has_p[i] & ~static_cast<unsigned>(a.has_q[i]));
        wanted |= held & ((q > at(screen.q_high, r)) | (q < at(screen.q_low, r)));
        const std::uint32_t pinned = screen.at_max[r] | screen.at_min[r];
        if (pinned == 0) continue;
        const V above = at(a.vm, i) - splat(screen.v_set[r]);
        wanted |= lanes_of(screen.at_max[r]) & (above > splat(screen.margin));
        wanted |= lanes_of(screen.at_min[r]) & (above < splat(-screen.margin));
    }
    return bits_of(wanted);
}

// What a solved state leaves to limits and shares: reactive limits, outputs of units, what the references give too much.
#include <cmath>

#include "own_joints.hpp"
#include "own_newton_work.hpp"

namespace araz {

using Complex = std::complex<double>;

namespace {

constexpr int all_at_once = 8;        // rounds in which every violated bus switches; then the worst alone

}  // namespace

ReactiveRange OwnNewton::Work::range_of(int node) const {
    ReactiveRange sum{0.0, 0.0};
    const Case& c = *grid.grid;
    for (const int s : grid.sources_at[node]) {
        if (on[s] == 0 || !grid.sources[s].holds) continue;
        const OwnSource& source = grid.sources[s];
        ReactiveRange range;
        if (source.generator >= 0) range = capability(c.generators[source.generator], p_of(s) * c.base_mva);
        else if (source.from_end) range = {c.dc_lines[source.dc_line].qminf_mvar, c.dc_lines[source.dc_line].qmaxf_mvar};
        else range = {c.dc_lines[source.dc_line].qmint_mvar, c.dc_lines[source.dc_line].qmaxt_mvar};
        sum.min += range.min / c.base_mva;
        sum.max += range.max / c.base_mva;
    }
    return sum;
}

// True: something switched. A bus at its limit is released when its voltage passes the set-point the wrong way.
bool OwnNewton::Work::switch_limits(int round) {
    const double slack = 100.0 * options.tolerance;
    struct Change {
        int node, to;
        double excess;
    };
    std::vector<Change> changes;
    for (int b = 0; b < grid.n; ++b) {
        if (kind[b] == Kind::pv) {
            const ReactiveRange range = range_of(b);
            const double q = injection(b).imag() + grid.load[b].imag() - others(b);
            if (q > range.max + slack) changes.push_back({b, 1, q - range.max});
            else if (q < range.min - slack) changes.push_back({b, -1, range.min - q});
        } else if (pinned[b] != 0) {
            const double above = std::abs(state.v[b]) - grid.v_set[b];
            const ReactiveRange range = range_of(b);
            if (range.max - range.min > slack && (pinned[b] > 0 ? above > slack : above < -slack)) changes.push_back({b, 0, std::abs(above)});
        }
    }
    if (changes.empty()) return false;
    if (round > all_at_once) {
        std::stable_sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) { return a.excess > b.excess; });
        changes.erase(changes.begin() + 1, changes.end());
    }
    for (const Change& change : changes) {
        const int b = change.node;
        pinned[b] = change.to;
        kind[b] = change.to == 0 ? Kind::pv : Kind::pq;
        if (change.to == 0) {
            state.v[b] = std::polar(grid.v_set[b], std::arg(state.v[b]));
        } else {
            const ReactiveRange range = range_of(b);
            scheduled[b].imag((change.to > 0 ? range.max : range.min) - grid.load[b].imag() + others(b) -
                              following(b, std::abs(state.v[b])) - emulated[b].imag());
        }
    }
    return true;
}

// P of a reference goes to its first unit, of joined buses to one of those named as reference.
void OwnNewton::Work::share_outputs() {
    state.source.assign(grid.sources.size(), 0.0);
    for (int b = 0; b < grid.n; ++b) {
        if (state.live[b] == 0) continue;
        const Complex total = injection(b) + grid.load[b];
        double p = 0.0;
        int first = -1;
        std::vector<int> holders;
        const auto is_named = [&](int s) { return grid.grid->buses[grid.sources[s].bus].type == BusType::slack; };
        for (const int s : grid.sources_at[b]) {
            if (on[s] == 0) continue;
            const OwnSource& source = grid.sources[s];
            state.source[s] = Complex(p_of(s), source.holds ? (grid.regulated[b] == 0 ? source.q : 0.0) : given_q(s));
            if (source.holds) holders.push_back(s);
            if (first < 0 || (is_named(s) && !is_named(first))) first = s;
            p += p_of(s);
        }
        if (first < 0) continue;
        if (kind[b] == Kind::reference) state.source[first].real(total.real() - (p - p_of(first)));
        if (grid.regulated[b] == 0 || holders.empty()) continue;
        const std::vector<double> q = own_shares(grid, holders, total.imag() - others(b));
        for (std::size_t k = 0; k < holders.size(); ++k) state.source[holders[k]].imag(q[k]);
    }
}

// What the reference of each part gives beyond its schedule; or, before anything is solved, what all its nodes do.
std::vector<double> OwnNewton::Work::left_over(bool everywhere) const {
    std::vector<double> left(static_cast<std::size_t>(grid.n) + 1, 0.0);
    for (int b = 0; b < grid.n; ++b)
        if (kind[b] == Kind::reference || (everywhere && kind[b] != Kind::dead))
            left[part[b]] += (injection(b) - scheduled[b] - emulated[b]).real();
    return left;
}

void OwnNewton::Work::move(const std::vector<double>& shares) {
    for (std::size_t s = 0; s < shares.size(); ++s) {
        scheduled[grid.sources[s].node] += shares[s] - shared[s];
        shared[s] = shares[s];
    }
}

}  // namespace araz

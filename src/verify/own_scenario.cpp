// Who takes part in a scenario, and with what: outages, references, schedules, DC lines that follow an angle.
#include <numbers>

#include "own_dc.hpp"
#include "own_newton_work.hpp"

namespace araz {

using Complex = std::complex<double>;

void OwnNewton::Work::switch_off(const OwnOutage& outage) {
    state = OwnState{};
    state.branch_out.assign(grid.branches.size(), 0);
    for (const int row : outage.branches) state.branch_out[row] = 1;
    on.assign(grid.sources.size(), 1);
    for (std::size_t s = 0; s < grid.sources.size(); ++s) {
        const OwnSource& source = grid.sources[s];
        const auto in = [](const std::vector<int>& rows, int row) { return std::find(rows.begin(), rows.end(), row) != rows.end(); };
        if (source.generator >= 0 ? in(outage.generators, source.generator) : in(outage.dc_lines, source.dc_line)) on[s] = 0;
    }
    // Alive is what a reference of the intact grid still reaches.
    part = own_parts(grid, state.branch_out);
    const std::vector<int> before = outage.branches.empty() ? part : own_parts(grid, {});
    std::vector<unsigned char> fed(grid.n + 1, 0), fed_before(grid.n + 1, 0);
    for (int b = 0; b < grid.n; ++b)
        if (grid.reference[b] != 0) fed_before[before[b]] = 1;
    reference = grid.reference;
    if (!outage.generators.empty()) hand_over();
    for (int b = 0; b < grid.n; ++b)
        if (reference[b] != 0) fed[part[b]] = 1;
    state.live.assign(static_cast<std::size_t>(grid.n), 0);
    for (int b = 0; b < grid.n; ++b) state.live[b] = fed[part[b]];
    std::vector<unsigned char> lost(static_cast<std::size_t>(grid.n), 0);
    for (int b = 0; b < grid.n; ++b) {
        lost[b] = fed_before[before[b]] != 0 && state.live[b] == 0 ? 1 : 0;
        if (lost[b] != 0) state.lost_load += grid.load[b].real();
    }
    for (std::size_t i = 0; i < grid.node_of.size(); ++i)
        if (grid.node_of[i] >= 0 && lost[grid.node_of[i]] != 0) ++state.lost_buses;
    for (std::size_t s = 0; s < grid.sources.size(); ++s) {
        if (state.live[grid.sources[s].node] != 0) continue;
        if (lost[grid.sources[s].node] != 0 && grid.sources[s].generator >= 0) state.lost_generation += grid.sources[s].p;
        on[s] = 0;
    }
    for (std::size_t s = 0; s < grid.sources.size(); ++s)  // a DC line works with both ends or not at all
        for (std::size_t t = 0; t < grid.sources.size() && grid.sources[s].dc_line >= 0; ++t)
            if (grid.sources[t].dc_line == grid.sources[s].dc_line && on[t] == 0) on[s] = 0;
    emulates.clear();
    for (const OwnEmulation& line : grid.emulations)
        emulates.push_back(on[line.source[0]] != 0 && part[line.node[0]] == part[line.node[1]] ? 1 : 0);
}

// A reference that lost its last unit hands over to the first regulated node with a unit of its part; a part that keeps
// neither is not fed. Where that is the part of all references of an island, its largest part with a unit goes on.
void OwnNewton::Work::hand_over() {
    const auto has_unit = [&](int b) {
        return std::any_of(grid.sources_at[b].begin(), grid.sources_at[b].end(),
                           [&](int s) { return on[s] != 0 && grid.sources[s].generator >= 0 && grid.sources[s].holds; });
    };
    const std::vector<int> island = own_parts(grid, {});
    std::vector<int> size(grid.n + 1, 0), heir(grid.n + 1, -1);
    for (int b = 0; b < grid.n; ++b) {
        ++size[part[b]];
        if (heir[part[b]] < 0 && grid.regulated[b] != 0 && has_unit(b)) heir[part[b]] = b;
    }
    for (int b = 0; b < grid.n; ++b) {
        if (grid.reference[b] == 0 || has_unit(b)) continue;
        reference[b] = 0;
        const auto held = [&](const std::vector<int>& of, int where) {
            for (int c = 0; c < grid.n; ++c)
                if (reference[c] != 0 && of[c] == where) return true;
            return false;
        };
        if (held(part, part[b])) continue;
        if (heir[part[b]] >= 0) {
            reference[heir[part[b]]] = 1;
            continue;
        }
        if (held(island, island[b])) continue;
        int best = -1;
        for (int c = 0; c < grid.n; ++c) {
            const int p = part[c];
            if (island[c] == island[b] && heir[p] >= 0 && (best < 0 || size[p] > size[best])) best = p;
        }
        if (best >= 0) reference[heir[best]] = 1;
    }
}

void OwnNewton::Work::schedule() {
    kind.assign(static_cast<std::size_t>(grid.n), Kind::dead);
    pinned.assign(static_cast<std::size_t>(grid.n), 0);
    scheduled.assign(static_cast<std::size_t>(grid.n), 0.0);
    outlet.assign(grid.sources.size(), 0.0);
    shared.assign(grid.sources.size(), 0.0);
    for (std::size_t s = 0; s < grid.sources.size(); ++s) outlet[s] = Complex(grid.sources[s].p, grid.sources[s].q);
    emulated.assign(static_cast<std::size_t>(grid.n), 0.0);
    std::vector<unsigned char> by_angle(grid.sources.size(), 0);
    for (std::size_t k = 0; k < emulates.size(); ++k)
        for (const int s : grid.emulations[k].source) by_angle[s] = emulates[k];
    for (int b = 0; b < grid.n; ++b) {
        if (state.live[b] == 0) continue;
        const bool has_holder = std::any_of(grid.sources_at[b].begin(), grid.sources_at[b].end(), [&](int s) { return on[s] != 0 && grid.sources[s].holds; });
        kind[b] = reference[b] != 0 ? Kind::reference : grid.regulated[b] != 0 && has_holder ? Kind::pv : Kind::pq;
        scheduled[b] = -grid.load[b];
        for (const int s : grid.sources_at[b])
            if (const OwnSource& source = grid.sources[s]; on[s] != 0 && by_angle[s] == 0)
                scheduled[b] += Complex(source.p, (source.holds ? grid.regulated[b] == 0 : !source.follows_voltage) ? source.q : 0.0);
    }
    // Where units share what is left over a part has one reference, the first; others only hold their voltage.
    std::vector<unsigned char> has_reference(static_cast<std::size_t>(grid.n) + 1, 0);
    for (int b = 0; b < grid.n && !options.slack_key.empty(); ++b)
        if (kind[b] == Kind::reference && has_reference[part[b]]++ != 0) kind[b] = Kind::pv;
}

double OwnNewton::Work::angle_of(const OwnEmulation& line) const {
    const double apart = std::arg(state.v[line.node[0]]) - std::arg(state.v[line.node[1]]);
    return std::remainder(apart, 2.0 * std::numbers::pi) * 180.0 / std::numbers::pi;
}

void OwnNewton::Work::follow_angles() {
    const double base = grid.grid->base_mva;
    std::fill(emulated.begin(), emulated.end(), 0.0);
    for (std::size_t k = 0; k < emulates.size(); ++k) {
        if (emulates[k] == 0) continue;
        const OwnEmulation& line = grid.emulations[k];
        const DcLineRow& row = grid.grid->dc_lines[line.dc_line];
        const OwnDcEnds ends = own_dc_ends(row, own_dc_asked(row, angle_of(line), true));
        for (int end = 0; end < 2; ++end) {
            outlet[line.source[end]] = Complex(ends.p[end], ends.q[end]) / base;
            emulated[line.node[end]] += outlet[line.source[end]];
        }
    }
}

// What the ends feed in is scheduled, so its slopes enter with a minus sign; by differences of the law itself.
void OwnNewton::Work::add_emulation_slopes() {
    constexpr double step = 1e-3;  // degrees
    const double per_radian = 180.0 / std::numbers::pi / grid.grid->base_mva / (2.0 * step);
    double* value = jacobian.valuePtr();
    for (std::size_t k = 0; k < emulates.size(); ++k) {
        if (emulates[k] == 0) continue;
        const OwnEmulation& line = grid.emulations[k];
        const DcLineRow& row = grid.grid->dc_lines[line.dc_line];
        const double angle = angle_of(line);
        const OwnDcEnds up = own_dc_ends(row, own_dc_asked(row, angle + step, true));
        const OwnDcEnds down = own_dc_ends(row, own_dc_asked(row, angle - step, true));
        for (int end = 0; end < 2; ++end) {
            const int b = line.node[end];
            for (int other = 0; other < 2; ++other) {
                const int c = line.node[other];
                if (kind[c] != Kind::pv && kind[c] != Kind::pq) continue;
                const double sign = other == 0 ? per_radian : -per_radian;
                const auto& s = slot[position(b, c)];
                if (kind[b] == Kind::pv || kind[b] == Kind::pq) value[s[0]] -= sign * (up.p[end] - down.p[end]);
                if (kind[b] == Kind::pq) value[s[2]] -= sign * (up.q[end] - down.q[end]);
            }
        }
    }
}

}  // namespace araz

#include "own_after.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

namespace araz {

namespace {

OwnState by_nodes_of(const OwnGrid& grid, const OwnGrid& own, const OwnState& state) {
    OwnState same;
    same.solved = state.solved;
    for (const int bus : grid.bus_of) {
        same.v.push_back(state.v[own.node_of[bus]]);
        same.live.push_back(state.live[own.node_of[bus]]);
    }
    return same;
}

// What has lost its feed against the state before; a solve of the opened grid alone cannot know.
void count_losses(const OwnGrid& grid, const OwnState& before, OwnState& state) {
    if (state.live.empty()) return;
    state.lost_load = state.lost_generation = 0.0;
    state.lost_buses = 0;
    const auto lost = [&](int node) { return before.live[node] != 0 && state.live[node] == 0; };
    for (int node = 0; node < grid.n; ++node)
        if (lost(node)) state.lost_load += grid.load[node].real();
    for (const int node : grid.node_of)
        if (node >= 0 && lost(node)) ++state.lost_buses;
    for (const OwnSource& source : grid.sources)
        if (source.generator >= 0 && lost(source.node)) state.lost_generation += source.p;
}

// An outage makes no reference: of the parts of a node that had one, those named as reference keep it, else the first.
void keep_references(const OwnGrid& own, OwnGrid& open) {
    const auto& buses = own.grid->buses;
    std::vector<int> kept(static_cast<std::size_t>(own.n), -1);
    const auto is_named = [&](int node) {
        for (std::size_t i = 0; i < buses.size(); ++i)
            if (open.node_of[i] == node && buses[i].type == BusType::slack) return true;
        return false;
    };
    for (int b = 0; b < open.n; ++b) {
        if (open.reference[b] == 0) continue;
        int& other = kept[own.node_of[open.bus_of[b]]];
        const bool had = own.reference[own.node_of[open.bus_of[b]]] != 0;
        if (!had || (other >= 0 && (is_named(other) || !is_named(b)))) {
            open.reference[b] = 0;
            continue;
        }
        if (other >= 0) open.reference[other] = 0;
        other = b;
    }
}

}  // namespace

OwnGrid open_grid(const OwnGrid& own, const OwnOutage& outage, Case& rows) {
    rows = *own.grid;
    for (const int row : outage.branches) rows.branches[static_cast<std::size_t>(row)].in_service = false;
    const bool with_dc_lines =
        std::any_of(own.sources.begin(), own.sources.end(), [](const OwnSource& source) { return source.dc_line >= 0; });
    OwnGrid open = build_own_grid(rows, with_dc_lines);
    keep_references(own, open);
    return open;
}

OwnGrid own_dispatched(const OwnGrid& own, const OwnState& base, Case& rows) {
    rows = *own.grid;
    bool with_dc_lines = false;
    for (std::size_t s = 0; s < own.sources.size(); ++s) {
        with_dc_lines = with_dc_lines || own.sources[s].dc_line >= 0;
        if (const int row = own.sources[s].generator; row >= 0)
            rows.generators[static_cast<std::size_t>(row)].pg_mw = base.source[s].real() * rows.base_mva;
    }
    return build_own_grid(rows, with_dc_lines);
}

OwnAfter::OwnAfter(const OwnGrid& own, const OwnOptions& options, const OwnOutage& outage, const OwnState& intact) {
    if (!opens_joint(*own.grid, outage)) {
        state_ = OwnNewton(own, options).solve(outage, intact.v);
        return;
    }
    const auto apart = std::make_shared<Apart>();
    apart->grid = open_grid(own, outage, apart->rows);
    apart->before = by_nodes_of(apart->grid, own, intact);
    state_ = OwnNewton(apart->grid, options).solve(outage, apart->before.v);
    count_losses(apart->grid, apart->before, state_);
    apart_ = apart;
}

std::vector<OwnReading> OwnAfter::readings(const OwnGrid& own, const OwnLimits& limits, const OwnState* intact) const {
    if (!state_.solved) return {};
    return apart_ ? own_readings(apart_->grid, state_, limits, &apart_->before) : own_readings(own, state_, limits, intact);
}

void solve_all(const OwnGrid& grid, const OwnOptions& options, const std::vector<OwnContingency>& contingencies,
               const OwnState& intact, const std::function<void(std::size_t, OwnAfter)>& take) {
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
        OwnNewton newton(grid, options);
        for (std::size_t k = next++; k < contingencies.size(); k = next++) {
            const OwnOutage& outage = contingencies[k].outage;
            take(k, opens_joint(*grid.grid, outage) ? OwnAfter(grid, options, outage, intact)
                                                    : OwnAfter(newton.solve(outage, intact.v)));
        }
    };
    const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
    const std::size_t n = std::min(cores, std::max<std::size_t>(1, contingencies.size()));
    std::vector<std::jthread> pool;
    for (std::size_t k = 1; k < n; ++k) pool.emplace_back(work);
    work();
}

}  // namespace araz

// What an outage leaves. Buses joined without impedance are one node of a grid, so an outage that opens a switch
// between them has a grid of its own.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "own_study.hpp"

namespace araz {

class OwnAfter {
public:
    OwnAfter() = default;
    /// The state of `own` itself: intact, or after an outage that parts no node of it.
    explicit OwnAfter(OwnState state) : state_(std::move(state)) {}
    /// `intact`: the state of `own` that the outage begins from. Parts nodes where it opens what joins them.
    OwnAfter(const OwnGrid& own, const OwnOptions& options, const OwnOutage& outage, const OwnState& intact);

    [[nodiscard]] const OwnState& state() const { return state_; }
    /// The grid that the state belongs to. Rows are the same in both.
    [[nodiscard]] const OwnGrid& grid(const OwnGrid& own) const { return apart_ ? apart_->grid : own; }
    /// As own_readings; `intact`: null for an intact state.
    [[nodiscard]] std::vector<OwnReading> readings(const OwnGrid& own, const OwnLimits& limits, const OwnState* intact) const;

private:
    struct Apart {
        Case rows;
        OwnGrid grid;
        OwnState before;  ///< the intact state by the nodes of `grid`
    };
    std::shared_ptr<const Apart> apart_;
    OwnState state_;
};

/// The grid with the branches of an outage that join buses taken out of service; it points to `rows`.
[[nodiscard]] OwnGrid open_grid(const OwnGrid& own, const OwnOutage& outage, Case& rows);

/// The grid with what its units give in `base` as their schedule, which contingencies under a shared slack begin from; it points to
/// `rows`.
[[nodiscard]] OwnGrid own_dispatched(const OwnGrid& own, const OwnState& base, Case& rows);

/// Solves contingencies from `intact` on several threads; `take(k, after)` is called for each, from any thread.
void solve_all(const OwnGrid& grid, const OwnOptions& options, const std::vector<OwnContingency>& contingencies,
               const OwnState& intact, const std::function<void(std::size_t, OwnAfter)>& take);

}  // namespace araz

// Curves in lockstep: each asks for one point after the other, and the lanes answer whoever asks.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "araz/base/task.hpp"
#include "araz/solver/lane_curves.hpp"

namespace araz {

/// One thread's lanes. A curve holds a lane from its beginning to its end; while it waits for an answer the others go on.
class PvLanes {
public:
    PvLanes(const solver::LaneProgram& program, solver::Isa isa);

    /// Awaits the answer of the lane that the curve holds. False: an unusual course, nothing was answered.
    class Work {
    public:
        Work(PvLanes& lanes, int lane, const solver::CurveRequest& request, solver::CurveAnswer& answer)
            : lanes_(lanes), lane_(lane), request_(request), answer_(answer) {}
        [[nodiscard]] bool await_ready() const noexcept { return false; }
        void await_suspend(std::coroutine_handle<> waiting);
        [[nodiscard]] bool await_resume() const;

    private:
        PvLanes& lanes_;
        int lane_;
        const solver::CurveRequest& request_;
        solver::CurveAnswer& answer_;
    };
    [[nodiscard]] Work solve(int lane, const solver::CurveRequest& request, solver::CurveAnswer& answer) {
        return {*this, lane, request, answer};
    }
    void set_rows(int lane, std::span<const solver::LaneChange::Row> rows) { lanes_.set_rows(lane, rows); }

    /// Takes curves from `start`, which is given the lane, until it has none left (nothing), and runs them to their ends.
    void run(const std::function<std::optional<Task<void>>(int lane)>& start);

private:
    struct Slot {
        std::optional<Task<void>> curve;
        std::coroutine_handle<> waiting;
        bool unusual = false;
    };
    solver::LaneCurves lanes_;
    std::vector<Slot> slots_;
};

/// The rows of Ybus of these buses as the lanes take them.
[[nodiscard]] std::vector<solver::LaneChange::Row> lane_rows(const solver::LaneProgram& program, const solver::AdmittanceValues& ybus,
                                                             const std::vector<int>& buses);

}  // namespace araz

// Hours of one point and variant as settings on its one network, W at a time where lanes can do it.
#pragma once

#include <functional>
#include <memory>
#include <unordered_map>

#include "araz/study/batch.hpp"
#include "batch_row.hpp"

namespace araz {

/// One thread's means to solve them. What an hour gives does not depend on what was solved before, or beside it.
class HourSolver {
public:
    HourSolver(const BatchStudy& study, int group);

    /// Takes scenarios from `next` (negative: none left) and hands over the row of each once, in any order.
    void run(const std::function<int()>& next, const std::function<void(int scenario, BatchRow row)>& done);

private:
    [[nodiscard]] int series_row(int scenario) const;
    [[nodiscard]] Scenario begin(int scenario, HourState& hour) const;
    [[nodiscard]] BatchRow solve_scalar(int scenario, const HourState& hour, const Scenario& overlay);

    const BatchStudy& study_;
    const HourlyDispatch& hours_;
    std::shared_ptr<const HourBase> base_;
    HourRowWriter writer_;
    std::unique_ptr<LaneSweep> sweep_;
    std::unique_ptr<Engine> engine_;                ///< made when first needed
    std::unordered_map<int, HourState> in_hand_;    ///< by scenario
};

}  // namespace araz

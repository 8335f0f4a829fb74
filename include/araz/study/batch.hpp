// One study in many states: what a row of a batch holds, and how a scenario becomes one.
#pragma once

#include <atomic>
#include <functional>
#include <memory>

#include "araz/model/batch.hpp"
#include "araz/study/capacity.hpp"
#include "araz/study/dispatch.hpp"
#include "araz/study/n1.hpp"

namespace araz {

/// All columns that a study of this kind can have, the default ones first.
struct BatchColumnChoice {
    BatchColumn column;
    bool initial = false;  ///< part of the outputs unless others are chosen
};
[[nodiscard]] std::vector<BatchColumnChoice> batch_columns(BatchKind kind);

/// A study ready to run on one case, in one thread.
struct BatchTask {
    StudySetup setup;
    std::vector<Contingency> contingencies;
    CapacityOptions capacity;
    std::vector<ExchangeSides> sides;
    N1Options n1 = {};
};

/// Axes of a batch: labels of all variants, in the order in which they first appear.
[[nodiscard]] std::vector<BatchAxis> batch_axes(const std::vector<const Case*>& grids, const std::vector<ExchangeSides>& sides);

struct BatchStudy {
    BatchLayout layout;
    std::vector<std::shared_ptr<const HourlyDispatch>> states;  ///< [points x variants], variants fastest
    std::shared_ptr<const ProfileSeries> series;                ///< the states look into it
    std::function<Result<BatchTask>(Case)> prepare;             ///< called from any thread

    [[nodiscard]] const HourlyDispatch& state(const BatchLayout::Place& at) const {
        return *states[static_cast<std::size_t>(at.point) * layout.variants.size() + static_cast<std::size_t>(at.variant)];
    }
};

/// The row of one scenario. Never fails: what could not be solved has a status and nothing else. A case that
/// is no network in this hour has the status "invalid".
[[nodiscard]] BatchRow solve_scenario(const BatchStudy& study, int scenario);

/// Solves scenarios in `threads` (1 or more) threads until `next` gives -1; `next` is called from any thread and may wait.
/// `done` is called from any thread, one call at a time. It returns false to stop. `stop` ends the work after the
/// scenarios in hand.
void run_scenarios(const BatchStudy& study, int threads, const std::function<int()>& next, const std::atomic<bool>& stop,
                   const std::function<bool(int scenario, BatchRow row, double seconds)>& done);

}  // namespace araz

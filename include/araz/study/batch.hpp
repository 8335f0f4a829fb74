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

/// A point and variant, ready for hours as settings on its one network. Of power-flow studies.
struct HourBase {
    StudySetup setup;                       ///< its engine is for hours: the controls of the base act in them
    Solution base;                          ///< solved state of the network as it stands: every hour starts from it
    std::shared_ptr<const LaneBase> lanes;  ///< null: the scalar engine solves all hours
    bool own_mixes = true;                  ///< voltage dependence of loads is that of the case, not of an option
};
[[nodiscard]] std::shared_ptr<const HourBase> make_hour_base(StudySetup setup, Solution base, bool own_mixes);

struct BatchStudy {
    BatchLayout layout;
    std::vector<std::shared_ptr<const HourlyDispatch>> states;  ///< [points x variants], variants fastest
    std::vector<std::shared_ptr<const HourBase>> bases;         ///< likewise, of power-flow studies; else empty
    std::shared_ptr<const ProfileSeries> series;                ///< the states look into it
    std::vector<std::vector<std::string>> units_out;            ///< [hours] identifiers of units drawn out of service; empty: none
    std::function<Result<BatchTask>(Case)> prepare;             ///< called from any thread

    [[nodiscard]] int group(const BatchLayout::Place& at) const {
        return at.point * static_cast<int>(layout.variants.size()) + at.variant;
    }
    [[nodiscard]] const HourlyDispatch& state(const BatchLayout::Place& at) const {
        return *states[static_cast<std::size_t>(group(at))];
    }
    /// The hour of a scenario with the units that are out in it; what a variant lacks cannot be out.
    [[nodiscard]] HourState hour(const BatchLayout::Place& at) const;
};

struct SolvedRow {
    int scenario = 0;
    BatchRow row;
    double seconds = 0.0;
};

/// Scenarios of one point and variant that are handed out together: one for studies of which each takes long, many power
/// flows. Depends on the study and on the list alone.
[[nodiscard]] std::vector<std::vector<int>> blocks_of(const BatchStudy& study, const std::vector<int>& scenarios);

/// Solves scenarios in `threads` (1 or more) threads until `next(true)` gives an empty block. `next` is called from any thread:
/// next(true) may wait for work, with nothing solved in hand; next(false) must not, and may give nothing for now. A row never fails: what could not be solved has a status and nothing else; a case that is no network in its
/// hour has the status "invalid". `done` is called from any thread, one call at a time. It returns false to stop. `stop`
/// ends the work after the scenarios in hand.
void run_scenarios(const BatchStudy& study, int threads, const std::function<std::vector<int>(bool wait)>& next, const std::atomic<bool>& stop,
                   const std::function<bool(std::vector<SolvedRow> rows)>& done);

}  // namespace araz

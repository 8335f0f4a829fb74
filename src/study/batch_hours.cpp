#include "batch_hours.hpp"

namespace araz {

namespace {

// What a row needs from the lanes beyond the state: which readings may be violated or the highest.
LaneLimits limits_of(const HourBase& base) {
    LaneLimits limits;
    limits.branch = Monitor(base.setup.model, base.setup.monitor).ratings(false);
    if (base.setup.monitor.voltage_limits) {
        limits.vm_low = base.setup.model->network->vmin;
        limits.vm_high = base.setup.model->network->vmax;
    }
    return limits;
}

}  // namespace

std::shared_ptr<const HourBase> make_hour_base(StudySetup setup, Solution base, bool own_mixes) {
    auto out = std::make_shared<HourBase>();
    setup.engine.trace = false;
    setup.engine.controls_after = setup.engine.controls;  // an hour is no contingency: nothing is frozen in it
    if (setup.sweep == SweepEngine::lane) {
        auto lanes = std::make_shared<const LaneBase>(setup.model, setup.engine, Scenario{}, base);
        if (lanes->ok()) out->lanes = std::move(lanes);
    }
    out->setup = std::move(setup);
    out->base = std::move(base);
    out->own_mixes = own_mixes;
    return out;
}

HourSolver::HourSolver(const BatchStudy& study, int group)
    : study_(study), hours_(*study.states[static_cast<std::size_t>(group)]), base_(study.bases[static_cast<std::size_t>(group)]),
      writer_(study.layout, hours_.grid(), *base_) {
    if (base_->lanes) sweep_ = std::make_unique<LaneSweep>(base_->lanes, base_->setup.isa, limits_of(*base_));
}

int HourSolver::series_row(int scenario) const { return study_.layout.hours[study_.layout.place(scenario).hour]; }

Scenario HourSolver::begin(int scenario, HourState& hour) const {
    hour = study_.hour(study_.layout.place(scenario));
    Scenario overlay;
    overlay.generators_out = hours_.outages_in(hour, *base_->setup.model->network);
    overlay.settings = hours_.settings_in(hour, *base_->setup.model->network, base_->own_mixes);
    return overlay;
}

BatchRow HourSolver::solve_scalar(int scenario, const HourState& hour, const Scenario& overlay) {
    if (!engine_) {
        engine_ = std::make_unique<Engine>(base_->setup.model, base_->setup.engine);
        engine_->prime(base_->base);
    }
    const Solution solution = engine_->solve_from(overlay, base_->base);
    return writer_.row(hour, *study_.series, series_row(scenario), engine_->model(), solution);
}

void HourSolver::run(const std::function<int()>& next, const std::function<void(int scenario, BatchRow row)>& done) {
    if (!sweep_) {
        for (int scenario = next(); scenario >= 0; scenario = next()) {
            HourState hour;
            const Scenario overlay = begin(scenario, hour);
            done(scenario, solve_scalar(scenario, hour, overlay));
        }
        return;
    }
    sweep_->run(next, [&](int scenario) { return begin(scenario, in_hand_[scenario]); },
                [&](const LaneOutcome& outcome) {
                    const auto at = in_hand_.find(outcome.item);
                    const HourState& hour = at->second;
                    if (outcome.solved) {
                        done(outcome.item, writer_.row(hour, *study_.series, series_row(outcome.item), outcome));
                    } else {
                        HourState again;
                        const Scenario overlay = begin(outcome.item, again);
                        done(outcome.item, solve_scalar(outcome.item, hour, overlay));
                    }
                    in_hand_.erase(at);
                });
}

}  // namespace araz

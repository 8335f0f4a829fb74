// Devices that outer loops move: what a study of many states does with them, and how results tell.
#pragma once

#include "araz/study/power_flow.hpp"

namespace araz {

/// A study's setup with the devices settled, and what settling them did.
struct Settled {
    StudySetup setup;
    std::vector<ControlResult> controls;
    std::vector<ControlActionResult> actions;

    /// Puts the lists in place of those of a base that was solved again.
    void tell(PfResult& base) const;
};

/// Solves the intact grid with `setup.engine.controls` and makes the positions it ends in those of the network;
/// the controls of the setup become `setup.engine.controls_after`. A base that does not solve leaves the
/// setup as it is, so that the study says why.
[[nodiscard]] Settled settle(const StudySetup& setup);

/// `built`: the model before the solve.
void add_controls(const ElectricalModel& built, const Solution& solution, PfResult& result);

}  // namespace araz

// The power-flow study: one solve and its result in file units.
#pragma once

#include "araz/engine/engine.hpp"
#include "araz/engine/lane_sweep.hpp"
#include "araz/model/results.hpp"
#include "araz/study/monitor.hpp"

namespace araz {

/// Case, network and engine options of a study, as the command line or Python resolved them.
struct StudySetup {
    ModelPtr model;
    EngineOptions engine;
    MonitorOptions monitor;
    int threads = 0;  ///< 0: all cores
    SweepEngine sweep = SweepEngine::lane;  ///< who solves many outages of one state
    solver::Isa isa = solver::best_isa();   ///< of the lanes
};

[[nodiscard]] PfResult run_power_flow(const StudySetup& setup, bool dc = false);

/// A solution in file units, every row of the file present (out of service: zeros; isolated: null voltage).
/// The one place where per unit and radians become MW, MVAr and degrees.
[[nodiscard]] PfResult to_result(const ModelPtr& model, const Solution& solution, const MonitorOptions& monitor);

/// The envelope's part about the case.
[[nodiscard]] CaseInfo case_info(const Case& grid);

}  // namespace araz

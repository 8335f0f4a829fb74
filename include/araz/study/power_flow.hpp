// The power-flow study: one solve and its result in file units.
#pragma once

#include "araz/engine/engine.hpp"
#include "araz/engine/lane_sweep.hpp"
#include "araz/model/results.hpp"
#include "araz/study/monitor.hpp"

namespace araz {

/// Another way to solve the same case, which the diagnosis of a failed solve tries.
struct Alternative {
    std::string probe;          ///< in words: "without reactive limits"
    std::string command;        ///< repeats it
    EngineOptions engine;
    bool same_problem = false;  ///< only another start: whatever it finds solves what was asked
};

/// What a diagnosis may try, and how the command line says it.
struct DiagnosisMeans {
    std::string command;        ///< the power flow that was asked for, without its outputs; empty: no commands
    BuildOptions build;
    double scale_load = 1.0;    ///< already applied to the case
    std::vector<Alternative> alternatives;
};

/// Case, network and engine options of a study, as the command line or Python resolved them.
struct StudySetup {
    ModelPtr model;
    EngineOptions engine;
    MonitorOptions monitor;
    int threads = 0;  ///< 0: all cores
    DiagnosisMeans diagnosis;
    SweepEngine sweep = SweepEngine::lane;  ///< who solves many outages of one state
    /// The study begins with the devices where a first solve with `engine.controls` leaves them (study/controls.hpp).
    bool settle_first = false;
    solver::Isa isa = solver::best_isa();   ///< of the lanes
};

[[nodiscard]] PfResult run_power_flow(const StudySetup& setup, bool dc = false);

/// A solution in file units, every row of the file present (out of service: zeros; isolated: null voltage).
/// The one place where per unit and radians become MW, MVAr and degrees. `tolerance`: of the power flow, p.u.
[[nodiscard]] PfResult to_result(const ModelPtr& model, const Solution& solution, const MonitorOptions& monitor,
                                 double tolerance);

/// The envelope's part about the case.
[[nodiscard]] CaseInfo case_info(const Case& grid);

}  // namespace araz

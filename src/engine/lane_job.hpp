// What a lane sweep keeps of a scenario on its way. Part of lane_sweep.cpp, lane_job.cpp and lane_report.cpp.
#pragma once

#include <bit>

#include "araz/engine/lane_sweep.hpp"
#include "balance.hpp"

namespace araz {

/// The row of a bus in Ybus, by places of the program.
[[nodiscard]] solver::LaneBorder::Row row_of(const solver::LaneProgram& program, const solver::AdmittancePattern& pattern,
                                             const solver::AdmittanceValues& ybus, int bus);

/// One scenario on its way.
struct LaneSweep::Job {
    int item = 0;
    LoadedScenario scenario;
    solver::LaneChange change;
    bool for_scalar = false;       ///< nothing for lanes
    std::vector<int> part;         ///< [n_bus] island, -1: dead
    std::unique_ptr<Balance> balance;  ///< of a distributed slack; writes into `scenario`
    std::vector<std::pair<int, solver::LaneBorder::Row>> reference_rows;  ///< those that differ, by reference
    bool compensated = false;      ///< takes its first step by compensation
    bool dense = false;            ///< and its injections may differ from the start's anywhere
    ControlList controls;
    bool controls_begun = false;
    std::vector<Pin> pin;
    std::vector<ControlAction> actions;
    std::vector<int> branches_out;
    int round = 1;
    solver::LaneCourse course;
    double max_mismatch = 0.0;
    solver::VoltageState state;    ///< by places, when suspended
    bool suspended = false;
};

/// Lanes at work together.
struct LaneSweep::Pack {
    std::vector<std::unique_ptr<Job>> jobs;
    std::uint32_t active = 0;      ///< not finished, not ejected
    std::uint32_t waiting = 0;     ///< judged and in need of a step
    std::uint32_t solved = 0;      ///< judged and solved, controls not yet asked
    std::uint32_t finished = 0;
    bool mismatch_again = false;
    bool begun = false;            ///< a step has been taken: voltages are no longer those of the start

    /// Those that wait for a step of this kind.
    [[nodiscard]] std::uint32_t wanting(solver::LaneStep step) const {
        std::uint32_t lanes = 0;
        for (std::uint32_t left = waiting; left != 0; left &= left - 1)
            if (jobs[std::countr_zero(left)]->course.wanted() == step) lanes |= left & -left;
        return lanes;
    }
};

}  // namespace araz

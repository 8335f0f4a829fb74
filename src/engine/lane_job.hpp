// What a lane sweep keeps of a scenario on its way, and the lanes that work on them together.
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
    bool compensated = false;      ///< takes steps with the Jacobian of the start
    solver::Compensation compensation;
    ControlList controls;
    bool controls_begun = false;
    std::vector<Pin> pin;
    std::vector<ControlAction> actions;
    std::vector<int> branches_out;
    int round = 1;
    solver::LaneCourse course;
    double max_mismatch = 0.0;
    solver::LaneState state;       ///< by places, once it has left a pack
    bool suspended = false;
};

/// Lanes at work together.
struct LaneSweep::Pack {
    Pack(const LaneBase& base, const solver::LaneKernels& kernels);

    /// Puts the jobs of these lanes to work, which `jobs` has.
    void load(std::uint32_t lanes, const LaneBase& base);
    /// Takes the jobs of these lanes out.
    std::vector<std::unique_ptr<Job>> unload(std::uint32_t lanes);
    /// The limits of the regulated buses in one lane: those of the start but where an outage took units.
    void load_screen(int lane, const LaneBase& base);
    void load_balance(int lane, const LaneBase& base);
    /// A lane that has no part any more; its job stays until it is unloaded.
    void leave(int lane) { active &= ~(1U << lane); }

    [[nodiscard]] int width() const { return group.width(); }
    [[nodiscard]] std::uint32_t all() const { return (1U << width()) - 1U; }
    /// Without a job, or with one that has left.
    [[nodiscard]] std::uint32_t free() const { return all() & ~active & ~finished; }
    /// Those that wait for a step of this kind.
    [[nodiscard]] std::uint32_t wanting(solver::LaneStep step) const {
        std::uint32_t lanes = 0;
        for (std::uint32_t left = waiting; left != 0; left &= left - 1)
            if (jobs[std::countr_zero(left)]->course.wanted() == step) lanes |= left & -left;
        return lanes;
    }

    solver::LaneGroup group;
    std::unique_ptr<solver::LaneBorder> border;    ///< null: the references balance alone
    std::vector<std::unique_ptr<Job>> jobs;        ///< [W]
    std::uint32_t active = 0;      ///< not finished, not ejected
    std::uint32_t waiting = 0;     ///< judged and in need of a step
    std::uint32_t solved = 0;      ///< judged and solved, controls not yet asked
    std::uint32_t finished = 0;    ///< solved and not yet reported
    solver::LaneBuffer q_low, q_high;              ///< [regulated] x W
    std::vector<std::uint16_t> at_max, at_min;     ///< [regulated]
};

}  // namespace araz

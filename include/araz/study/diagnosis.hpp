// Why a power flow did not solve: the evidence that the failed solve leaves, probes that change one thing
// at a time, and the kind of failure that both point to.
//
// The kinds follow the practice of telling a solvable case with a bad start from one without a solution
// (F. Milano, "Continuous Newton's method for power flow analysis", IEEE Trans. Power Syst. 24(1), 2009):
//   bad_start           the same equations solve from another start or with more iterations
//   controls_cycling    Newton solves, the outer loops keep switching
//   bad_data            suspicious data where the solve fails, or no solution even at a twentieth of the load
//   no_solution_nearby  the equations solve at a lower load, or with the controls relaxed, and not as asked
#pragma once

#include "araz/study/power_flow.hpp"

namespace araz {

/// What the failed solve itself shows: the ten largest mismatches with their neighbours, islands, starts
/// tried, bus of the smallest pivot, controls that kept switching. Of a solved state: islands and starts.
[[nodiscard]] Diagnosis describe_failure(const ElectricalModel& model, const Solution& solution);

/// Adds suspicious data near the failure, the probes, the kind and the command of the best state reached.
/// Solves the case some ten to twenty times more.
void probe_failure(const StudySetup& setup, const Solution& failed, Diagnosis& diagnosis);

}  // namespace araz

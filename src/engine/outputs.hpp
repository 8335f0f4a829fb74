// From bus injections to the output of each unit.
#pragma once

#include <span>
#include <vector>

#include "araz/engine/electrical_model.hpp"
#include "araz/model/solution.hpp"

namespace araz {

/// Fills gen_p and gen_q of `solution` from the solved bus injections. The slack's active power goes to
/// its first unit in service; reactive power of a regulated bus is shared in proportion to the units'
/// reactive ranges (MATPOWER's rules, pfsoln), or by their shares where all units there state one; what other units give
/// follows from their mode. `q_fixed`: constant consumption less that of units that do not regulate. `joined`: buses whose units act at each bus, null: none.
void share_outputs(const ElectricalModel& model, std::span<const solver::BusKind> kind,
                   std::span<const unsigned char> gen_in, std::span<const double> gen_p,
                   std::span<const double> p_calc, std::span<const double> q_calc,
                   std::span<const double> q_fixed,
                   const std::vector<std::vector<int>>* joined, Solution& solution);

}  // namespace araz

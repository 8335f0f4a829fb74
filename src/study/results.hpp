// From a solution to areas and ties; shared by the studies.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "araz/engine/engine.hpp"
#include "araz/model/results.hpp"

namespace araz {

/// Active power leaving each group of buses over branches and DC lines to other groups, p.u., metered at the
/// group's own end. `group` is [n_bus] with values 0 .. n_group - 1; negative: no group.
[[nodiscard]] std::vector<double> net_exports(const Network& net, std::span<const int> group, int n_group,
                                              std::span<const solver::BranchFlow> flows, const Solution& solution);

[[nodiscard]] std::vector<AreaResult> area_results(const ElectricalModel& model, const Solution& solution,
                                                   std::span<const solver::BranchFlow> flows);

/// Whether each regulated bus of a solved state rests where its limits let it (docs/elements.md). A limit or
/// set-point counts as passed beyond ten times the larger of `tolerance` and the mismatch left open, p.u.
[[nodiscard]] ReactiveLimitCheck check_reactive_limits(const ElectricalModel& model, const Solution& solution,
                                                       double tolerance);

/// Branches in service whose ends lie in different areas (or groups, when given).
[[nodiscard]] std::vector<TieResult> tie_results(const Network& net, std::span<const solver::BranchFlow> flows,
                                                 std::span<const int> group,
                                                 const std::function<double(int)>& rating_of);

/// Every DC line of a case whose DC lines take part; `dc_model`: of a DC power flow, which knows no reactive power.
[[nodiscard]] std::vector<DcLineResult> dc_line_results(const ElectricalModel& model, const Solution& solution, bool dc_model);

}  // namespace araz

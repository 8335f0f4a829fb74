// AC contingency analysis: every outage solved in full, none screened unless that is asked for.
#pragma once

#include <functional>
#include <limits>

#include "araz/study/contingency.hpp"
#include "araz/study/power_flow.hpp"

namespace araz {

struct N1Options {
    /// Branch outages whose loadings a linear estimate (AC flows of the base, LODFs of the DC model) puts below this
    /// percentage are left out; NaN: none. Outages that split the grid, of units and of several branches never are.
    double screen_pct = std::numeric_limits<double>::quiet_NaN();
    /// Takes every result in the order of the list, instead of N1Result::contingencies: memory then does not grow with the
    /// list. False stops the study. Called from the calling thread.
    std::function<bool(const ContingencyResult&)> sink;
    bool audit_screen = false;  ///< solves them all the same, and says what leaving them out would have missed
};

/// Solves the base and every contingency from it. An outage that splits the network has status
/// `islanded`: the part with the slack is solved, what is cut off is reported part by part; it is lost, or with
/// EngineOptions::solve_second_islands lives on where its units can carry it. The answer does
/// not depend on the number of threads. `progress(done, total)` may be empty; it is called from any thread.
[[nodiscard]] N1Result run_n1(const StudySetup& setup, const std::vector<Contingency>& contingencies,
                              const std::function<void(int, int)>& progress = {}, const N1Options& options = {});

}  // namespace araz

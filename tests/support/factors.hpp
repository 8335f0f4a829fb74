// DC flows solved afresh, to hold linear factors against.
#pragma once

#include <gtest/gtest.h>

#include <vector>

#include "araz/engine/engine.hpp"
#include "araz/study/power_flow.hpp"

namespace araz::testing {

/// Active flow of every branch of the DC model, p.u.; 0 for those out.
inline std::vector<double> fresh_dc_flows(const StudySetup& setup, const Scenario& scenario) {
    Engine engine(setup.model, setup.engine);
    const Solution solution = engine.solve_dc(scenario);
    EXPECT_EQ(solution.status, SolveStatus::converged);
    const ElectricalModel& model = engine.model();
    std::vector<double> flows;
    for (int l = 0; l < engine.network().n_branch; ++l) {
        const bool out = !solution.branch_out.empty() && solution.branch_out[l] != 0;
        const double angle =
            solution.va[engine.network().from[l]] - solution.va[engine.network().to[l]] - model.dc.shift[l];
        flows.push_back(out ? 0.0 : model.dc.b[l] * angle);
    }
    return flows;
}

}  // namespace araz::testing

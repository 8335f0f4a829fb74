// DC power flow, transfer factors and outage factors against MATPOWER's (tests/reference/README.md).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "araz/engine/engine.hpp"
#include "support/reference.hpp"
#include "support/study.hpp"

namespace araz::testing {
namespace {

// A linear system: the two sides differ by rounding, condition number (up to 1e7 on the largest cases)
// times 1e-16 of flows up to 1e4 MW.
constexpr double flow_tolerance = 1e-5;   // MW
constexpr double angle_tolerance = 1e-6;  // degrees

class ReferenceDc : public ::testing::TestWithParam<std::string> {};

TEST_P(ReferenceDc, FlowsAndAnglesAreMatpowers) {
    const std::string name = GetParam();
    auto grid = public_case(name);
    if (!grid) return;
    const ReferenceTable summary("dcpf_summary.csv");
    const std::size_t row = summary.row_of(name);
    ASSERT_EQ(summary.integer(row, "ok"), 1);

    const PfResult result = solve_dc(std::move(*grid));

    ASSERT_EQ(result.status, SolveStatus::converged);
    double sum_abs = 0.0;
    double max_abs = 0.0;
    for (const BranchResult& branch : result.branches) {
        sum_abs += std::abs(branch.p_from_mw);
        max_abs = std::max(max_abs, std::abs(branch.p_from_mw));
        EXPECT_EQ(branch.p_to_mw, -branch.p_from_mw) << "the DC model has no losses";
    }
    double va_min = nan_value;
    double va_max = nan_value;
    for (const BusResult& bus : result.buses) {
        if (bus.type == "isolated") continue;
        va_min = std::fmin(va_min, bus.va_deg);
        va_max = std::fmax(va_max, bus.va_deg);
    }
    double slack_mw = 0.0;
    for (const GeneratorResult& unit : result.generators)
        if (unit.bus == summary.integer(row, "ref_bus")) slack_mw += unit.p_mw;
    EXPECT_NEAR(slack_mw, summary.number(row, "slack_p_mw"), flow_tolerance);
    EXPECT_NEAR(max_abs, summary.number(row, "max_abs_flow_mw"), flow_tolerance);
    const double all = flow_tolerance * std::sqrt(static_cast<double>(result.branches.size()));
    EXPECT_NEAR(sum_abs, summary.number(row, "sum_abs_flow_mw"), all);
    EXPECT_NEAR(va_min, summary.number(row, "va_min_deg"), angle_tolerance);
    EXPECT_NEAR(va_max, summary.number(row, "va_max_deg"), angle_tolerance);
}

INSTANTIATE_TEST_SUITE_P(Public, ReferenceDc, ::testing::ValuesIn(reference_cases()), name_of_case);

class ReferenceDcFlows : public ::testing::TestWithParam<std::string> {};

TEST_P(ReferenceDcFlows, EveryBranchFlowIsMatpowers) {
    auto grid = public_case(GetParam());
    if (!grid) return;
    const ReferenceTable reference("dcpf_branch_" + GetParam() + ".csv");
    const PfResult result = solve_dc(std::move(*grid));
    ASSERT_EQ(reference.rows(), result.branches.size());
    for (std::size_t row = 0; row < reference.rows(); ++row)
        EXPECT_NEAR(result.branches[row].p_from_mw, reference.number(row, "pf_mw"), 1e-9) << "branch " << row + 1;
}

INSTANTIATE_TEST_SUITE_P(Public, ReferenceDcFlows, ::testing::Values("case9", "case14", "case30", "case118"),
                         name_of_case);

/// Active flow of every branch of the DC model, p.u.
std::vector<double> dc_flows(Engine& engine, const Scenario& scenario) {
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

class ReferenceFactors : public ::testing::TestWithParam<std::string> {
protected:
    // Factors are of order one and printed with 12 digits.
    static constexpr double tolerance = 1e-10;
};

TEST_P(ReferenceFactors, AnInjectionMovesFlowsByMatpowersTransferFactors) {
    auto grid = public_case(GetParam());
    if (!grid) return;
    const ReferenceTable ptdf("ptdf_" + GetParam() + ".csv");
    const StudySetup setup = make_setup(std::move(*grid));
    Engine engine(setup.model, setup.engine);
    const Network& net = engine.network();
    const std::vector<double> before = dc_flows(engine, {});
    for (int bus = 0; bus < net.n_bus; ++bus) {
        Scenario injection;
        injection.load_changes.push_back({bus, -1.0, 0.0});
        const std::vector<double> after = dc_flows(engine, injection);
        const std::string column = std::to_string(number(net.bus_id[bus]));
        for (std::size_t row = 0; row < ptdf.rows(); ++row) {
            const auto l = static_cast<std::size_t>(net.branch_of_row[ptdf.integer(row, "branch") - 1]);
            EXPECT_NEAR(after[l] - before[l], ptdf.number(row, column), tolerance)
                << "bus " << column << ", row " << row;
        }
    }
}

TEST_P(ReferenceFactors, AnOutageMovesFlowsByMatpowersOutageFactors) {
    auto grid = public_case(GetParam());
    if (!grid) return;
    const ReferenceTable lodf("lodf_" + GetParam() + ".csv");
    const StudySetup setup = make_setup(std::move(*grid));
    Engine engine(setup.model, setup.engine);
    const Network& net = engine.network();
    const std::vector<double> before = dc_flows(engine, {});
    for (int out = 0; out < net.n_branch; ++out) {
        const std::string column = std::to_string(net.branch_row[out] + 1);
        const bool bridge = std::isnan(lodf.number(0, column));
        EXPECT_EQ(setup.model->bridge[out] != 0, bridge) << "branch " << column;
        if (bridge) continue;
        const std::vector<double> after = dc_flows(engine, {"", {out}, {}, {}, {}, {}});
        for (std::size_t row = 0; row < lodf.rows(); ++row) {
            const auto l = static_cast<std::size_t>(net.branch_of_row[lodf.integer(row, "branch") - 1]);
            if (static_cast<int>(l) == out) continue;
            EXPECT_NEAR(after[l] - before[l], lodf.number(row, column) * before[static_cast<std::size_t>(out)],
                        tolerance)
                << "outage " << column << ", row " << row;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Public, ReferenceFactors, ::testing::Values("case9", "case14", "case30"), name_of_case);

}  // namespace
}  // namespace araz::testing

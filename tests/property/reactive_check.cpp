// The counts of reactive_limits: on a grid solved on paper, and on any grid against its own rows.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "araz/verify/verify.hpp"
#include "support/grids.hpp"
#include "support/study.hpp"
#include "unit/result_samples.hpp"

namespace araz::testing {
namespace {

// A lossless line of 0.1 p.u. without active power: Q at its far end is (V - V^2)/x, at its near end (1 - V)/x.
constexpr double x = 0.1;

Case two_buses(double load_mvar, double q_min, double q_max, double reference_q_max = 500.0) {
    Case grid;
    grid.buses = {samples::bus_row(1, BusType::slack, 1, ""), samples::bus_row(2, BusType::pv, 1, "")};
    grid.buses[1].qd_mvar = load_mvar;
    grid.branches = {samples::branch_row(1, 2, 0.0, x, 0.0, 0.0)};
    grid.generators = {samples::generator_row(1, 0.0, -500.0, reference_q_max, 1.0),
                       samples::generator_row(2, 0.0, q_min, q_max, 1.0)};
    return grid;
}

// V for `q` p.u. delivered at the far end: the upper root of V - V^2 = q x.
double far_voltage(double q) { return 0.5 * (1.0 + std::sqrt(1.0 - 4.0 * q * x)); }

const Solving limited{.q_limits = true};

TEST(ReactiveCheck, HeldWithinLimits) {
    const ReactiveLimitCheck check = solve(two_buses(50.0, -60.0, 60.0), limited).reactive_limits;
    EXPECT_EQ(check.buses, 2);
    EXPECT_EQ(check.held, 2);
    EXPECT_EQ(check.beyond_limits, 0);
    EXPECT_EQ(check.wrong_side, 0);
    EXPECT_EQ(check.largest_violation_bus, 0);
    EXPECT_DOUBLE_EQ(check.tolerance_pu, 10.0 * limited.tolerance);
}

TEST(ReactiveCheck, PinnedAtEitherLimitOnTheRightSide) {
    const PfResult low = solve(two_buses(100.0, -60.0, 60.0), limited);  // 40 MVAr are missing at bus 2
    EXPECT_NEAR(low.buses[1].vm_pu, far_voltage(0.4), 1e-9);
    EXPECT_EQ(low.reactive_limits.held, 1);
    EXPECT_EQ(low.reactive_limits.pinned_q_max, 1);
    EXPECT_EQ(low.reactive_limits.wrong_side, 0);
    EXPECT_EQ(low.reactive_limits.beyond_limits, 0);
    const PfResult high = solve(two_buses(-100.0, -60.0, 60.0), limited);
    EXPECT_NEAR(high.buses[1].vm_pu, far_voltage(-0.4), 1e-9);
    EXPECT_EQ(high.reactive_limits.pinned_q_min, 1);
    EXPECT_EQ(high.reactive_limits.wrong_side, 0);
}

TEST(ReactiveCheck, LimitsThatAreNotEnforcedAreMeasured) {
    const ReactiveLimitCheck check = solve(two_buses(100.0, -60.0, 60.0)).reactive_limits;
    EXPECT_EQ(check.held, 2);
    EXPECT_EQ(check.beyond_limits, 1);
    EXPECT_EQ(check.largest_violation_bus, 2);
    EXPECT_NEAR(check.largest_violation_mvar, 40.0, 1e-6);
}

TEST(ReactiveCheck, TheReferenceCountsThoughItIsExempt) {
    const double delivered = 100.0 * (1.0 - far_voltage(0.4)) / x;
    const PfResult result = solve(two_buses(100.0, -60.0, 60.0, 30.0), limited);
    EXPECT_EQ(result.reactive_limits.beyond_limits, 1);
    EXPECT_EQ(result.reactive_limits.largest_violation_bus, 1);
    EXPECT_NEAR(result.reactive_limits.largest_violation_mvar, delivered - 30.0, 1e-6);
}

// A state that no control would leave: pinned at Qmax with the voltage above the set-point, at Qmin below it.
TEST(ReactiveCheck, WrongSidesAreFound) {
    for (const double load : {100.0, -100.0}) {
        const StudySetup setup = make_setup(two_buses(load, -60.0, 60.0), limited);
        Engine engine(setup.model, setup.engine);
        Solution solution = engine.solve(Scenario{});
        ASSERT_TRUE(solution.solved());
        ASSERT_NE(solution.pin[1], Pin::none);
        solution.vm[1] = load > 0.0 ? 1.02 : 0.98;
        const ReactiveLimitCheck check = to_result(setup.model, solution, setup.monitor, setup.engine.tolerance).reactive_limits;
        EXPECT_EQ(check.wrong_side, 1);
        EXPECT_EQ(check.wrong_side_bus, 2);
        EXPECT_NEAR(check.largest_wrong_side_pu, 0.02, 1e-12);
        EXPECT_EQ(check.beyond_limits, 0);
    }
}

TEST(ReactiveCheck, EqualLimitsHaveNoWrongSide) {
    const PfResult result = solve(two_buses(100.0, 120.0, 120.0), limited);  // more than the load: V rises
    EXPECT_NEAR(result.buses[1].vm_pu, far_voltage(-0.2), 1e-9);
    EXPECT_EQ(result.reactive_limits.pinned_q_max + result.reactive_limits.pinned_q_min, 1);
    EXPECT_EQ(result.reactive_limits.wrong_side, 0);
}

TEST(ReactiveCheck, ALinearFlowHasNone) {
    const PfResult result = solve_dc(two_buses(100.0, -60.0, 60.0));
    EXPECT_EQ(result.reactive_limits.buses, 0);
    EXPECT_TRUE(std::isnan(result.reactive_limits.tolerance_pu));
}

// Two regulated buses without impedance between them are one place: their limits are summed.
TEST(ReactiveCheck, JoinedBusesCountOnce) {
    Case grid = two_buses(100.0, -60.0, 20.0);
    grid.buses.push_back(samples::bus_row(3, BusType::pv, 1, ""));
    grid.generators.push_back(samples::generator_row(3, 0.0, -60.0, 40.0, 1.0));
    grid.branches.push_back(samples::branch_row(2, 3, 0.0, 0.0, 0.0, 0.0));
    PfResult result = solve(grid, limited);
    ASSERT_TRUE(is_solved(result.status));
    EXPECT_NEAR(result.buses[1].vm_pu, far_voltage(0.4), 1e-9) << "60 of 100 MVAr";
    EXPECT_EQ(result.reactive_limits.buses, 2);
    EXPECT_EQ(result.reactive_limits.held, 1);
    EXPECT_EQ(result.reactive_limits.pinned_q_max, 1);
    EXPECT_EQ(result.reactive_limits.beyond_limits, 0);
    EXPECT_EQ(result.reactive_limits.wrong_side, 0);
    EXPECT_TRUE(check_laws(grid, result).passed()) << render(check_laws(grid, result).findings);
    ++result.reactive_limits.buses;
    EXPECT_FALSE(check_laws(grid, result).passed());

    for (GeneratorRow& unit : grid.generators) unit.qmax_mvar = 80.0;
    EXPECT_EQ(solve(grid, limited).reactive_limits.held, 2) << "160 MVAr are enough for both";
}

class ReactiveCheckOfGrids : public ::testing::TestWithParam<int> {};

TEST_P(ReactiveCheckOfGrids, AgreesWithTheRowsAndWithVerify) {
    GridRecipe recipe;
    recipe.seed = static_cast<std::uint64_t>(GetParam());
    recipe.buses = 10 + 6 * GetParam();
    Case grid = make_grid(recipe);
    for (GeneratorRow& unit : grid.generators) unit.qmax_mvar = std::min(unit.qmax_mvar, 8.0 * GetParam());
    PfResult result = solve(grid, limited);
    ASSERT_TRUE(is_solved(result.status));
    result.envelope.options["tol"] = limited.tolerance;
    const ReactiveLimitCheck& check = result.reactive_limits;
    EXPECT_EQ(check.buses, check.held + check.pinned_q_max + check.pinned_q_min);
    EXPECT_EQ(check.wrong_side, 0);
    const auto free = std::count_if(result.buses.begin(), result.buses.end(),
                                    [](const BusResult& bus) { return bus.type == "pv" || bus.type == "slack"; });
    EXPECT_EQ(check.held, free);
    const VerifyReport report = check_laws(grid, result);
    const auto law = std::find_if(report.checks.begin(), report.checks.end(),
                                  [](const LawCheck& each) { return each.law == "reactive_limits"; });
    ASSERT_NE(law, report.checks.end());
    EXPECT_TRUE(law->passed()) << law->element;
}

INSTANTIATE_TEST_SUITE_P(Seeds, ReactiveCheckOfGrids, ::testing::Range(1, 9));

}  // namespace
}  // namespace araz::testing

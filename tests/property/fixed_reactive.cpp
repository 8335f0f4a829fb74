// A unit at a bus that holds no voltage gives its reactive output: solved on paper over a lossless line.
#include <gtest/gtest.h>

#include <cmath>

#include "araz/verify/verify.hpp"
#include "support/study.hpp"
#include "unit/result_samples.hpp"

namespace araz::testing {
namespace {

class FixedReactive : public ::testing::TestWithParam<double> {};

// Q = (V - V^2)/x arrives at the far end of a line of x p.u. without active power: V - V^2 = -Qg x.
TEST_P(FixedReactive, SetsTheVoltageOfItsBus) {
    constexpr double x = 0.1;
    Case grid;
    grid.buses = {samples::bus_row(1, BusType::slack, 1, ""), samples::bus_row(2, BusType::pq, 1, "")};
    grid.branches = {samples::branch_row(1, 2, 0.0, x, 0.0, 0.0)};
    grid.generators = {samples::generator_row(1, 0.0, -500.0, 500.0, 1.0),
                       samples::generator_row(2, 0.0, -90.0, 90.0, 1.1)};
    grid.generators[1].qg_mvar = GetParam();
    const PfResult result = solve(grid, {.q_limits = true});
    ASSERT_TRUE(is_solved(result.status));
    EXPECT_NEAR(result.buses[1].vm_pu, 0.5 * (1.0 + std::sqrt(1.0 + 4.0 * x * GetParam() / 100.0)), 1e-9);
    EXPECT_EQ(result.generators[1].q_mvar, GetParam());
    EXPECT_EQ(result.generators[1].limit, "none");
    EXPECT_EQ(result.reactive_limits.buses, 1) << "only the reference holds a voltage";
    grid.generators[1].qg_mvar += 0.01;  // the law compares with the case
    bool caught = false;
    for (const LawCheck& check : check_laws(grid, result).checks)
        caught = caught || (check.law == "generator_output" && !check.passed());
    EXPECT_TRUE(caught);
}

INSTANTIATE_TEST_SUITE_P(Outputs, FixedReactive, ::testing::Values(-60.0, -12.5, 0.0, 40.0));

}  // namespace
}  // namespace araz::testing

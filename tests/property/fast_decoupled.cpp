// Fast-decoupled iterations end where Newton ends.
#include <gtest/gtest.h>

#include <cmath>

#include "support/grids.hpp"
#include "support/reference.hpp"
#include "support/study.hpp"

namespace araz::testing {
namespace {

void expect_same(const PfResult& a, const PfResult& b, const std::string& what) {
    ASSERT_EQ(b.status, SolveStatus::converged) << what;
    for (std::size_t k = 0; k < a.buses.size(); ++k) {
        if (std::isnan(a.buses[k].vm_pu)) continue;
        EXPECT_NEAR(a.buses[k].vm_pu, b.buses[k].vm_pu, 1e-8) << what;
        EXPECT_NEAR(a.buses[k].va_deg, b.buses[k].va_deg, 1e-6) << what;
    }
}

class FastDecoupledOnGrids : public ::testing::TestWithParam<int> {};

TEST_P(FastDecoupledOnGrids, EndsWhereNewtonEnds) {
    GridRecipe recipe;
    recipe.seed = static_cast<std::uint64_t>(GetParam());
    recipe.buses = 10 + 8 * GetParam();
    for (const bool limits : {false, true}) {
        Solving solving;
        solving.q_limits = limits;
        const PfResult newton = solve(make_grid(recipe), solving);
        for (const Method method : {Method::fast_decoupled_xb, Method::fast_decoupled_bx}) {
            StudySetup setup = make_setup(make_grid(recipe), solving);
            setup.engine.method = method;
            const PfResult result = run_power_flow(setup);
            expect_same(newton, result, limits ? "with limits" : "without limits");
            EXPECT_GT(result.iterations, newton.iterations);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, FastDecoupledOnGrids, ::testing::Range(1, 7));

class FastDecoupledOnCases : public ::testing::TestWithParam<std::string> {};

TEST_P(FastDecoupledOnCases, EndsWhereNewtonEnds) {
    const auto grid = public_case(GetParam());
    if (!grid) return;
    const PfResult newton = solve(*grid);
    for (const Method method : {Method::fast_decoupled_xb, Method::fast_decoupled_bx}) {
        StudySetup setup = make_setup(*grid);
        setup.engine.method = method;
        expect_same(newton, run_power_flow(setup), GetParam());
    }
}

INSTANTIATE_TEST_SUITE_P(Cases, FastDecoupledOnCases,
                         ::testing::Values("case9", "case14", "case30", "case57", "case118", "case300", "case1354pegase"),
                         [](const auto& instance) { return name_of_case(instance); });

// Flat starts that plain Newton does not survive: the ladder solves them to the stored solution.
class FlatStarts : public ::testing::TestWithParam<std::string> {};

TEST_P(FlatStarts, LeadToTheSolutionOfTheStoredStart) {
    const auto grid = public_case(GetParam());
    if (!grid) return;
    Solving flat;
    flat.start = Start::flat;
    expect_same(solve(*grid), solve(*grid, flat), GetParam());
}

INSTANTIATE_TEST_SUITE_P(Cases, FlatStarts, ::testing::Values("case1888rte", "case1951rte", "case3012wp", "case3375wp"),
                         [](const auto& instance) { return name_of_case(instance); });

}  // namespace
}  // namespace araz::testing

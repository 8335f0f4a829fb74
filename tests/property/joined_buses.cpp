// Branches without impedance: one voltage for their buses, flows from the balance at their ends.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <complex>

#include "araz/control/control_table.hpp"
#include "araz/verify/verify.hpp"
#include "support/grids.hpp"
#include "support/study.hpp"

namespace araz::testing {
namespace {

Case grid_of(int seed) {
    GridRecipe recipe;
    recipe.seed = static_cast<std::uint64_t>(seed);
    recipe.buses = 14 + 5 * seed;
    return make_grid(recipe);
}

class JoinedBuses : public ::testing::TestWithParam<int> {};

TEST_P(JoinedBuses, SolveLikeTheUnsplitGrid) {
    const Case whole = grid_of(GetParam());
    for (const int row : {0, 3, 7}) {
        const Case split = with_coupler(whole, row, 0.0);
        const PfResult a = solve(whole);
        const PfResult b = solve(split);
        ASSERT_EQ(b.status, SolveStatus::converged);
        for (std::size_t k = 0; k < whole.buses.size(); ++k) {
            if (std::isnan(a.buses[k].vm_pu)) continue;
            EXPECT_NEAR(a.buses[k].vm_pu, b.buses[k].vm_pu, 1e-9);
            EXPECT_NEAR(a.buses[k].va_deg, b.buses[k].va_deg, 1e-7);
        }
        EXPECT_NEAR(a.buses[row].vm_pu, b.buses.back().vm_pu, 1e-12);
        for (std::size_t k = 0; k < whole.branches.size(); ++k)
            EXPECT_NEAR(a.branches[k].p_from_mw, b.branches[k].p_from_mw, 1e-6);
        EXPECT_NEAR(a.totals.loss_mw, b.totals.loss_mw, 1e-6);
        PfResult checked = b;
        checked.envelope.options["q-limits"] = std::string("off");
        const VerifyReport report = check_laws(split, checked);
        EXPECT_TRUE(report.passed()) << render(report.findings);
    }
}

// A coupler of 1e-9 p.u. and none at all: voltages closer than 1e-8 p.u.; the flow through it the same.
TEST_P(JoinedBuses, TinyImpedancesChangeNothingWhenMerged) {
    const Case tiny = with_coupler(grid_of(GetParam()), 3, 1e-6);
    Solving solving;
    solving.tolerance = 1e-9;
    const PfResult as_impedance = solve(tiny, solving);
    BuildOptions build;
    build.merge_below = 1e-5;
    StudySetup setup = make_setup(tiny, solving);
    setup.model = ElectricalModel::build(*Network::build(std::make_shared<const Case>(tiny), build));
    ASSERT_EQ(setup.model->n_link(), 1);
    const PfResult merged = run_power_flow(setup);
    ASSERT_EQ(as_impedance.status, SolveStatus::converged);
    ASSERT_EQ(merged.status, SolveStatus::converged);
    // |dV| is of the order of |z| times the current through it, here below 2 p.u.
    for (std::size_t k = 0; k < tiny.buses.size(); ++k)
        if (!std::isnan(merged.buses[k].vm_pu)) {
            EXPECT_NEAR(merged.buses[k].vm_pu, as_impedance.buses[k].vm_pu, 5e-6);
        }
    EXPECT_NEAR(merged.branches.back().p_from_mw, as_impedance.branches.back().p_from_mw, 1e-3);
    EXPECT_NEAR(merged.branches.back().q_from_mvar, as_impedance.branches.back().q_from_mvar, 1e-3);
}

// Below the rounding floor of the mismatch Newton can only reach the attainable accuracy; merging converges.
TEST_P(JoinedBuses, AnImpedanceOfABillionthMayBeMerged) {
    const Case tiny = with_coupler(grid_of(GetParam()), 3, 1e-9);
    Solving solving;
    solving.tolerance = 1e-8;
    StudySetup setup = make_setup(tiny, solving);
    ASSERT_EQ(setup.model->n_link(), 1);
    const PfResult merged = run_power_flow(setup);
    ASSERT_EQ(merged.status, SolveStatus::converged);
    BuildOptions build;
    build.merge_below = 0.0;
    setup.model = ElectricalModel::build(*Network::build(std::make_shared<const Case>(tiny), build));
    ASSERT_EQ(setup.model->n_link(), 0);
    const PfResult kept = run_power_flow(setup);
    EXPECT_EQ(kept.status, kept.max_mismatch_pu > solving.tolerance ? SolveStatus::attainable : SolveStatus::converged);
    for (std::size_t k = 0; k < tiny.buses.size(); ++k) {
        if (!std::isnan(merged.buses[k].vm_pu)) {
            EXPECT_NEAR(merged.buses[k].vm_pu, kept.buses[k].vm_pu, 1e-8);
        }
    }
}

// 1e-11 p.u. carries 0.1 p.u. over a difference of 1e-12 in voltage: rounding alone leaves about 2e-16 / 1e-11 = 2e-5 p.u. open.
TEST_P(JoinedBuses, WhatRoundingLeavesOpenIsCalledAttainable) {
    StudySetup setup = make_setup(grid_of(GetParam()), {});
    BuildOptions build;
    build.merge_below = 0.0;
    setup.model = ElectricalModel::build(*Network::build(std::make_shared<const Case>(with_coupler(grid_of(GetParam()), 3, 1e-11)), build));
    for (const bool limits : {false, true}) {
        ControlChoice choice;
        choice.reactive_limits = limits;
        setup.engine.controls = [choice] { return make_controls(choice); };
        const PfResult result = run_power_flow(setup);
        EXPECT_EQ(result.status, SolveStatus::attainable);
        EXPECT_GT(result.max_mismatch_pu, setup.engine.tolerance);
        EXPECT_LT(result.max_mismatch_pu, 1e-2);
    }
}

// Opening the coupler is an outage like any other: the power flow of the grid without it, checked by a second path.
TEST_P(JoinedBuses, AnOutageOpensTheCoupler) {
    const Case split = with_coupler(grid_of(GetParam()), 3, 0.0);
    const StudySetup setup = make_setup(split);
    N1Result result = run_n1(setup, single_outages(setup));
    result.envelope.options["q-limits"] = std::string("off");
    const std::string coupler = std::to_string(split.branches.size());
    const auto found = std::find_if(result.contingencies.begin(), result.contingencies.end(),
                                    [&](const ContingencyResult& row) { return row.contingency == coupler; });
    ASSERT_NE(found, result.contingencies.end());
    Case open = split;
    open.branches.back().in_service = false;
    const PfResult without = solve(open);
    if (found->status == SolveStatus::converged) {
        EXPECT_NEAR(found->loss_mw, without.totals.loss_mw, 1e-5);
    }
    const VerifyReport report = check_contingencies(split, result);
    EXPECT_TRUE(report.passed()) << render(report.findings);
    if (found->status != SolveStatus::converged) return;
    found->loss_mw += 0.01;
    EXPECT_FALSE(check_contingencies(split, result).passed());
}

// The flows through couplers, one or several of a ring, intact and opened one by one, against the re-check's own.
TEST_P(JoinedBuses, LoadingsOfCouplersAfterOutagesAreVerified) {
    for (const auto& [row, couplers] : {std::pair{3, 1}, {3, 2}, {3, 3}, {0, 1}, {0, 2}, {7, 1}}) {
        Case split = with_coupler(grid_of(GetParam()), row, 0.0, couplers);
        for (int k = 0; k < couplers; ++k) (split.branches.end() - 1 - k)->rate_a_mva = 0.5 + k;
        const StudySetup setup = make_setup(split);
        N1Result result = run_n1(setup, single_outages(setup));
        result.envelope.options["q-limits"] = std::string("off");
        const VerifyReport report = check_contingencies(split, result);
        EXPECT_TRUE(report.passed()) << couplers << " couplers at " << row << ": " << render(report.findings);
        int seen = 0;
        for (ContingencyResult& outage : result.contingencies)
            for (Violation& violation : outage.violations) {
                if (violation.branch <= static_cast<int>(split.branches.size()) - couplers) continue;
                if (seen++ > 0) continue;
                violation.value += 0.01;
                EXPECT_FALSE(check_contingencies(split, result).passed());
                violation.value -= 0.01;
            }
        EXPECT_GT(seen, 10);
    }
}

// Equal parallel couplers share equally: the least sum of squares.
TEST_P(JoinedBuses, ParallelCouplersShareEqually) {
    const Case one = with_coupler(grid_of(GetParam()), 3, 0.0, 1);
    const Case three = with_coupler(grid_of(GetParam()), 3, 0.0, 3);
    const PfResult a = solve(one);
    const PfResult b = solve(three);
    ASSERT_EQ(b.status, SolveStatus::converged);
    const double through = a.branches.back().p_from_mw;
    EXPECT_GT(std::abs(through), 1e-3);
    for (int k = 0; k < 3; ++k) EXPECT_NEAR((b.branches.end() - 1 - k)->p_from_mw, through / 3.0, 1e-6);
}

TEST_P(JoinedBuses, OpeningTheCouplerSplitsTheNode) {
    const Case joined = with_coupler(grid_of(GetParam()), 3, 0.0);
    Case open = joined;
    open.branches.back().in_service = false;
    const StudySetup setup = make_setup(joined);
    const N1Result n1 = run_n1(setup, single_outages(setup));
    const PfResult alone = solve(open);
    const std::string label = std::to_string(joined.branches.size());
    bool seen = false;
    for (const ContingencyResult& c : n1.contingencies) {
        if (c.contingency != label) continue;
        seen = true;
        if (c.lost_buses > 0) continue;
        ASSERT_EQ(c.status, SolveStatus::converged);
        EXPECT_NEAR(c.loss_mw, alone.totals.loss_mw, 1e-5);
    }
    EXPECT_TRUE(seen);
}

TEST_P(JoinedBuses, OtherOutagesEqualThoseOfTheUnsplitGrid) {
    const Case whole = grid_of(GetParam());
    const Case split = with_coupler(whole, 3, 0.0);
    const StudySetup a_setup = make_setup(whole);
    const StudySetup b_setup = make_setup(split);
    const N1Result a = run_n1(a_setup, single_outages(a_setup));
    const N1Result b = run_n1(b_setup, single_outages(b_setup));
    int compared = 0;
    for (const ContingencyResult& c : a.contingencies)
        for (const ContingencyResult& d : b.contingencies) {
            if (c.contingency != d.contingency) continue;
            EXPECT_EQ(c.status, d.status) << c.contingency;
            if (c.status == SolveStatus::converged) {
                EXPECT_NEAR(c.loss_mw, d.loss_mw, 1e-5);
            }
            ++compared;
        }
    EXPECT_GT(compared, 10);
}

TEST_P(JoinedBuses, TheDcModelJoinsThemToo) {
    const Case whole = grid_of(GetParam());
    const Case split = with_coupler(whole, 3, 0.0);
    const PfResult a = solve_dc(whole);
    const PfResult b = solve_dc(split);
    for (std::size_t k = 0; k < whole.branches.size(); ++k)
        EXPECT_NEAR(a.branches[k].p_from_mw, b.branches[k].p_from_mw, 1e-8);
}

INSTANTIATE_TEST_SUITE_P(Seeds, JoinedBuses, ::testing::Range(1, 5));

// Two regulated buses behind a coupler act as one: limits are summed, the reactive power is shared by range.
TEST(JoinedRegulators, ShareTheirReactivePower) {
    Case grid = two_areas(1, 0.1, 0.0);
    grid.buses[1].pd_mw = 1500.0;
    grid.buses[1].qd_mvar = 100.0;
    grid.generators[1].pg_mw = 1500.0;
    BusRow other = grid.buses[1];
    other.bus = BusId{3};
    other.pd_mw = 1500.0;
    other.qd_mvar = 200.0;
    grid.buses.push_back(other);
    GeneratorRow unit = grid.generators[1];
    unit.bus = BusId{3};
    for (GeneratorRow* each : {&grid.generators[0], &grid.generators[1], &unit}) each->qmin_mvar = 0.0;
    grid.generators[0].qmax_mvar = 1000.0;
    grid.generators[1].qmax_mvar = 100.0;
    unit.qmax_mvar = 300.0;
    grid.generators.push_back(unit);
    BranchRow coupler;
    coupler.from_bus = BusId{2};
    coupler.to_bus = BusId{3};
    grid.branches.push_back(coupler);
    Solving solving;
    solving.q_limits = true;
    const PfResult result = solve(grid, solving);
    ASSERT_EQ(result.status, SolveStatus::converged);
    // No exchange: the node needs its own 300 MVAr, three quarters of the range of 400.
    EXPECT_NEAR(result.generators[1].q_mvar, 75.0, 1e-4);
    EXPECT_NEAR(result.generators[2].q_mvar, 225.0, 1e-4);
    EXPECT_NEAR(result.branches[1].q_from_mvar, -25.0, 1e-4);
    EXPECT_NEAR(result.branches[1].p_from_mw, 0.0, 1e-4);
    EXPECT_TRUE(check_laws(grid, result).passed()) << render(check_laws(grid, result).findings);
    // After outages the re-check shares likewise: the coupler carries what the parts leave over.
    grid.branches.push_back(grid.branches[0]);
    grid.branches[1].rate_a_mva = 10.0;
    const StudySetup setup = make_setup(grid, solving);
    N1Result outages = run_n1(setup, single_outages(setup));
    ASSERT_FALSE(outages.contingencies[0].violations.empty());
    EXPECT_TRUE(check_contingencies(grid, outages).passed()) << render(check_contingencies(grid, outages).findings);
    grid.branches.pop_back();

    Case apart = grid;
    apart.generators[2].vg_pu = 1.01;
    const NetworkPtr net = build_network(apart);
    int findings = 0;
    for (const Finding& finding : net->findings) findings += finding.code == "AZ1314" ? 1 : 0;
    EXPECT_EQ(findings, 1);
}

}  // namespace
}  // namespace araz::testing

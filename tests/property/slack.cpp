// Distributed slack and area control: closed forms, limits, and what the answer may not depend on.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "araz/control/control_table.hpp"
#include "araz/verify/verify.hpp"
#include "support/grids.hpp"
#include "support/study.hpp"

namespace araz::testing {
namespace {

StudySetup setup_with(Case grid, SlackMode mode, SlackKey key, const Solving& solving = {}) {
    StudySetup setup = make_setup(std::move(grid), solving);
    setup.engine.slack.mode = mode;
    setup.engine.slack.key = key;
    return setup;
}

PfResult solved(const Case& grid, SlackMode mode, SlackKey key) {
    PfResult result = run_power_flow(setup_with(grid, mode, key));
    result.envelope.options["slack"] = std::string(to_string(mode));
    result.envelope.options["slack-key"] = std::string(to_string(key));
    result.envelope.options["q-limits"] = std::string("off");
    return result;
}

// Three units on lossless lines: 95, 50 and 50 MW scheduled, up to 100, 200 and 300.
Case three_units(double load_mw) {
    Case grid;
    grid.name = "three_units";
    grid.format = "matpower";
    const double scheduled[] = {95.0, 50.0, 50.0};
    for (int k = 0; k < 3; ++k) {
        BusRow bus;
        bus.bus = BusId{k + 1};
        bus.type = k == 0 ? BusType::slack : BusType::pv;
        bus.area = k + 1;
        bus.base_kv = 400.0;
        bus.pd_mw = load_mw / 3.0;
        grid.buses.push_back(bus);
        GeneratorRow unit;
        unit.bus = bus.bus;
        unit.pg_mw = scheduled[k];
        unit.pmax_mw = 100.0 * (k + 1);
        unit.apf = 1.0 + k;
        grid.generators.push_back(unit);
        BranchRow line;
        line.from_bus = bus.bus;
        line.to_bus = BusId{(k + 1) % 3 + 1};
        line.x_pu = 0.05;
        grid.branches.push_back(line);
    }
    return grid;
}

double output(const PfResult& result, int generator) { return result.generators[generator].p_mw; }

constexpr double mw = 1e-6;  // 1e-8 p.u. on 100 MVA

TEST(DistributedSlack, FollowsTheKeyAndPassesOnWhatALimitCuts) {
    const double scheduled[] = {95.0, 50.0, 50.0};
    const double room[] = {5.0, 150.0, 250.0};
    // 100 MW are missing. By Pmax (1:2:3) unit 1 would take 16.7 but has 5; 95 go to the others as 2:3.
    const PfResult by_pmax = solved(three_units(295.0), SlackMode::distributed, SlackKey::pmax);
    ASSERT_EQ(by_pmax.status, SolveStatus::converged);
    EXPECT_NEAR(output(by_pmax, 0), 100.0, mw);
    EXPECT_NEAR(output(by_pmax, 1), 50.0 + 38.0, mw);
    EXPECT_NEAR(output(by_pmax, 2), 50.0 + 57.0, mw);
    EXPECT_NEAR(by_pmax.slack_groups.at(0).imbalance_mw, 100.0, mw);
    EXPECT_TRUE(by_pmax.slack_shares.at(0).at_limit);
    EXPECT_FALSE(by_pmax.slack_shares.at(1).at_limit);

    // Rooms are 5, 150 and 250 of 405.
    const PfResult by_room = solved(three_units(295.0), SlackMode::distributed, SlackKey::headroom);
    for (int k = 0; k < 3; ++k)
        EXPECT_NEAR(output(by_room, k), scheduled[k] + 100.0 * room[k] / 405.0, mw);

    // 10 MW too many, by output: 95:50:50, nobody near a limit.
    const PfResult by_output = solved(three_units(185.0), SlackMode::distributed, SlackKey::pg);
    for (int k = 0; k < 3; ++k)
        EXPECT_NEAR(output(by_output, k), scheduled[k] * (1.0 - 10.0 / 195.0), mw);

    const PfResult by_factor = solved(three_units(198.0), SlackMode::distributed, SlackKey::file);
    for (int k = 0; k < 3; ++k)
        EXPECT_NEAR(output(by_factor, k), scheduled[k] + 0.5 * (k + 1), mw);

    // Loads give way in proportion; units keep their schedule.
    const PfResult by_load = solved(three_units(210.0), SlackMode::distributed, SlackKey::load);
    for (int k = 0; k < 3; ++k) {
        EXPECT_NEAR(by_load.buses[k].p_load_mw, 65.0, mw);
        EXPECT_NEAR(output(by_load, k), by_pmax.slack_shares[k].scheduled_mw, mw);
    }
    EXPECT_NEAR(by_load.totals.load_mw, 195.0, mw);
}

TEST(DistributedSlack, TakesNoMoreNewtonStepsThanTheCaseSlack) {
    const PfResult plain = solved(three_units(295.0), SlackMode::reference, SlackKey::pmax);
    const PfResult shared = solved(three_units(295.0), SlackMode::distributed, SlackKey::pmax);
    EXPECT_LE(shared.iterations, plain.iterations + 1);
}

TEST(DistributedSlack, WhatNobodyCanTakeIsAFailureWithItsReason) {
    const PfResult result = solved(three_units(620.0), SlackMode::distributed, SlackKey::pmax);
    EXPECT_EQ(result.status, SolveStatus::no_solution_found);
    ASSERT_FALSE(result.slack_groups.empty());
    EXPECT_NEAR(result.slack_groups[0].unmet_mw, 20.0, 1e-4);
    const auto& findings = result.envelope.findings;
    const auto found = std::find_if(findings.begin(), findings.end(), [](const Finding& f) { return f.code == "AZ2003"; });
    ASSERT_NE(found, findings.end());
    EXPECT_NE(found->message.find("20 MW too little"), std::string::npos) << found->message;
    // Exactly at the limit it is met.
    EXPECT_EQ(solved(three_units(600.0), SlackMode::distributed, SlackKey::pmax).status, SolveStatus::converged);
}

TEST(DistributedSlack, TheDcModelSharesTheSameWay) {
    const StudySetup setup = setup_with(three_units(295.0), SlackMode::distributed, SlackKey::pmax);
    const PfResult result = run_power_flow(setup, true);
    EXPECT_NEAR(output(result, 0), 100.0, mw);
    EXPECT_NEAR(output(result, 1), 88.0, mw);
    EXPECT_NEAR(output(result, 2), 107.0, mw);
}

class SharedSlack : public ::testing::TestWithParam<int> {
protected:
    [[nodiscard]] Case grid() const {
        GridRecipe recipe;
        recipe.seed = static_cast<std::uint64_t>(GetParam());
        recipe.buses = 12 + 6 * GetParam();
        recipe.areas = 3;
        return make_grid(recipe);
    }
};

// Makes another bus with a unit the reference.
Case with_other_reference(Case grid) {
    int fresh = -1;
    for (std::size_t k = 0; k < grid.buses.size(); ++k) {
        if (grid.buses[k].type == BusType::slack) grid.buses[k].type = BusType::pv;
        else if (grid.buses[k].type == BusType::pv &&
                 std::any_of(grid.generators.begin(), grid.generators.end(), [&](const GeneratorRow& unit) {
                     return unit.in_service && unit.bus == grid.buses[k].bus;
                 }))
            fresh = static_cast<int>(k);
    }
    if (fresh >= 0) grid.buses[fresh].type = BusType::slack;
    return grid;
}

TEST_P(SharedSlack, DoesNotDependOnTheReference) {
    for (const SlackKey key : {SlackKey::pmax, SlackKey::headroom, SlackKey::pg, SlackKey::load}) {
        const PfResult a = solved(grid(), SlackMode::distributed, key);
        const PfResult b = solved(with_other_reference(grid()), SlackMode::distributed, key);
        ASSERT_EQ(a.status, SolveStatus::converged);
        ASSERT_EQ(b.status, SolveStatus::converged);
        const double turn = a.buses[0].va_deg - b.buses[0].va_deg;
        for (std::size_t k = 0; k < a.buses.size(); ++k) {
            if (std::isnan(a.buses[k].vm_pu)) continue;
            EXPECT_NEAR(a.buses[k].vm_pu, b.buses[k].vm_pu, 1e-9);
            EXPECT_NEAR(a.buses[k].va_deg - b.buses[k].va_deg, turn, 1e-7);
        }
        for (std::size_t k = 0; k < a.generators.size(); ++k) EXPECT_NEAR(output(a, static_cast<int>(k)), output(b, static_cast<int>(k)), mw);
    }
}

// Every share by the key, recomputed by another method, and Kirchhoff's laws.
TEST_P(SharedSlack, TheVerifierAgrees) {
    for (const SlackKey key : {SlackKey::pmax, SlackKey::headroom, SlackKey::pg, SlackKey::load}) {
        const Case made = grid();
        const PfResult result = solved(made, SlackMode::distributed, key);
        const VerifyReport report = check_laws(made, result);
        EXPECT_TRUE(report.passed()) << render(report.findings);
        EXPECT_TRUE(std::any_of(report.checks.begin(), report.checks.end(), [](const LawCheck& c) { return c.law == "slack_share"; }));
    }
}

TEST_P(SharedSlack, AWrongShareIsCaught) {
    const Case made = grid();
    PfResult result = solved(made, SlackMode::distributed, SlackKey::pmax);
    result.slack_shares.front().share_mw += 0.01;
    EXPECT_FALSE(check_laws(made, result).passed());
}

TEST_P(SharedSlack, SolvingTwiceGivesTheSameBytes) {
    const StudySetup setup = setup_with(grid(), SlackMode::distributed, SlackKey::headroom);
    Engine engine(setup.model, setup.engine);
    const Solution first = engine.solve(Scenario{});
    Scenario other;
    other.branches_out = {1};
    static_cast<void>(engine.solve(other));
    const Solution again = engine.solve(Scenario{});
    EXPECT_EQ(first.vm, again.vm);
    EXPECT_EQ(first.va, again.va);
    EXPECT_EQ(first.gen_p, again.gen_p);
}

TEST_P(SharedSlack, AreasHoldTheirSchedule) {
    const Case made = grid();
    StudySetup setup = setup_with(made, SlackMode::area, SlackKey::pmax);
    const PfResult base = run_power_flow(setup);
    ASSERT_EQ(base.status, SolveStatus::converged);
    // The dispatch gives the default schedule up to the losses that sharing inside the area of the reference moves.
    for (const SlackGroupResult& group : base.slack_groups)
        if (!std::isnan(group.net_export_mw)) {
            EXPECT_NEAR(group.imbalance_mw, 0.0, 0.05);
        }
    // Ask one area for 3 MW more.
    int moved = 0;
    for (const SlackGroupResult& group : base.slack_groups) {
        if (std::isnan(group.net_export_mw)) continue;
        setup.engine.slack.schedule = {{group.area, (group.net_export_mw + 3.0) / 100.0}};
        const PfResult after = run_power_flow(setup);
        ASSERT_EQ(after.status, SolveStatus::converged);
        for (std::size_t k = 0; k < after.areas.size(); ++k) {
            if (std::isnan(base.slack_groups[0].net_export_mw) && after.areas[k].area == base.slack_groups[0].area) continue;
            const double asked = after.areas[k].area == group.area ? 3.0 : 0.0;
            EXPECT_NEAR(after.areas[k].net_export_mw - base.areas[k].net_export_mw, asked, 2.0 * mw);
        }
        ++moved;
    }
    EXPECT_GE(moved, 1);
}

// The imbalance of a contingency starts from the dispatch of the base: the same as solving the grid without the
// branch, scheduled at the outputs of the base.
TEST_P(SharedSlack, AContingencyEqualsASolveFromTheDispatchOfTheBase) {
    const Case made = grid();
    const StudySetup setup = setup_with(made, SlackMode::distributed, SlackKey::pmax);
    const N1Result n1 = run_n1(setup, single_outages(setup));
    int compared = 0;
    for (const ContingencyResult& c : n1.contingencies) {
        if (c.status != SolveStatus::converged) continue;
        Case after = made;
        for (std::size_t g = 0; g < after.generators.size(); ++g) after.generators[g].pg_mw = output(n1.base, static_cast<int>(g));
        after.branches[static_cast<std::size_t>(std::stoi(c.contingency)) - 1].in_service = false;
        const PfResult alone = solved(after, SlackMode::distributed, SlackKey::pmax);
        ASSERT_EQ(alone.status, SolveStatus::converged);
        EXPECT_NEAR(alone.totals.loss_mw, c.loss_mw, 10.0 * mw);
        if (++compared == 5) break;
    }
    EXPECT_GE(compared, 3);
}

// Losing the unit at the reference moves the reference, and with a shared slack that changes nothing else.
TEST_P(SharedSlack, TheReferenceMayLoseItsUnits) {
    const Case made = grid();
    const StudySetup setup = setup_with(made, SlackMode::distributed, SlackKey::pmax);
    const Network& net = *setup.model->network;
    Scenario lost;
    for (int g = 0; g < net.n_unit; ++g)
        if (net.bus_type[net.gen_bus[g]] == BusType::slack) lost.generators_out.push_back(g);
    ASSERT_FALSE(lost.generators_out.empty());
    Engine engine(setup.model, setup.engine);
    const Solution solution = engine.solve(lost);
    ASSERT_EQ(solution.status, SolveStatus::converged) << solution.reason;
    double generation = 0.0;
    double load = 0.0;
    for (const double p : solution.gen_p) generation += p;
    for (const double p : solution.p_load) load += p;
    std::vector<solver::BranchFlow> flows;
    branch_flows(*setup.model, solution, flows);
    double loss = 0.0;
    for (const auto& flow : flows) loss += flow.p_from + flow.p_to;
    for (int b = 0; b < net.n_bus; ++b) loss += net.g_shunt[b] * solution.vm[b] * solution.vm[b];
    EXPECT_NEAR(generation, load + loss, 1e-8 * net.n_bus);
    for (const int g : lost.generators_out) EXPECT_EQ(solution.gen_p[g], 0.0);
}

INSTANTIATE_TEST_SUITE_P(Seeds, SharedSlack, ::testing::Range(1, 5));

TEST(SlackLimits, AReferenceAtItsReactiveLimitKeepsItsAngleOnly) {
    Case grid = three_units(200.0);
    for (BusRow& bus : grid.buses) bus.qd_mvar = 50.0;
    for (GeneratorRow& unit : grid.generators) {
        unit.qmin_mvar = -200.0;
        unit.qmax_mvar = 200.0;
    }
    grid.generators[0].vg_pu = 1.02;
    grid.generators[0].qmax_mvar = 40.0;
    StudySetup setup = make_setup(grid);
    ControlChoice choice;
    choice.slack_limits = true;
    setup.engine.controls = [choice] { return make_controls(choice); };
    const PfResult limited = run_power_flow(setup);
    ASSERT_EQ(limited.status, SolveStatus::converged);
    EXPECT_NEAR(limited.generators[0].q_mvar, 40.0, 1e-5);
    EXPECT_LT(limited.buses[0].vm_pu, 1.02);
    EXPECT_EQ(limited.generators[0].limit, "q_max");
    EXPECT_EQ(limited.buses[0].va_deg, 0.0);
    choice.slack_limits = false;
    setup.engine.controls = [choice] { return make_controls(choice); };
    const PfResult exempt = run_power_flow(setup);
    EXPECT_EQ(exempt.buses[0].vm_pu, 1.02);
    EXPECT_GT(exempt.generators[0].q_mvar, 40.0);
}

}  // namespace
}  // namespace araz::testing

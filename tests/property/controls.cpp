// Voltage and flow controls: closed forms on two buses, and the contract of every outer loop.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "araz/control/control_table.hpp"
#include "araz/model/end_state.hpp"
#include "araz/study/capacity.hpp"
#include "araz/study/controls.hpp"
#include "araz/verify/verify.hpp"
#include "support/grids.hpp"
#include "support/study.hpp"

namespace araz::testing {
namespace {

StudySetup setup_for(const Case& grid, const std::string& words) {
    StudySetup setup = make_setup(grid);
    ControlChoice choice;
    choice.reactive_limits = false;
    EXPECT_TRUE(choose_control(words, choice)) << words;
    setup.engine.controls = [choice] { return make_controls(choice); };
    setup.engine.controls_after = [choice] { return make_controls(choice, true); };
    return setup;
}

PfResult run(const Case& grid, const std::string& words) {
    PfResult result = run_power_flow(setup_for(grid, words));
    result.envelope.options["q-limits"] = std::string("off");
    return result;
}

void expect_verified(const Case& grid, const PfResult& result) {
    const VerifyReport report = check_laws(grid, result);
    EXPECT_TRUE(report.passed()) << render(report.findings);
}

// 1 p.u. behind x = 0.1 p.u. and a load of 0.8 + j0.4 p.u.
Case feeder() {
    Case grid = two_areas(1, 0.1, 0.0);
    grid.buses[0].pd_mw = 0.0;
    grid.generators[0].pg_mw = 0.0;
    grid.buses[1].type = BusType::pq;
    grid.buses[1].pd_mw = 80.0;
    grid.buses[1].qd_mvar = 40.0;
    grid.generators.pop_back();
    grid.branches[0].ratio = 1.0;
    return grid;
}

// +-9 steps of 1.25 % at the from side hold bus 2.
DeviceRow changer(int branch = 0) {
    DeviceRow tap;
    tap.branch = branch;
    tap.controlled_bus = BusId{2};
    tap.low = 1.0 - 9 * 0.0125;
    tap.high = 1.0 + 9 * 0.0125;
    tap.steps = 18;
    tap.at = 1.0;
    tap.deadband = 0.02;
    return tap;
}

TEST(Controls, ATapChangerStopsWhereTheClosedFormSays) {
    Case grid = feeder();
    grid.devices = {changer()};
    const PfResult result = run(grid, "taps");
    ASSERT_EQ(result.status, SolveStatus::converged);
    ASSERT_EQ(result.controls.size(), 1U);
    EXPECT_EQ(result.controls[0].state, "in_band");
    EXPECT_EQ(result.controls[0].position, 6.0);  // three below the middle
    EXPECT_NEAR(result.controls[0].value, 0.9625, 1e-12);
    // E = 1 / ratio behind x: V^4 + (2 x Q - E^2) V^2 + x^2 (P^2 + Q^2) = 0.
    const double b = 2 * 0.1 * 0.4 - 1.0 / (0.9625 * 0.9625);
    const double v = std::sqrt(0.5 * (-b + std::sqrt(b * b - 4 * 0.01 * 0.8)));
    EXPECT_NEAR(result.buses[1].vm_pu, v, 1e-10);
    EXPECT_NEAR(v, 0.99567585225089, 1e-13);  // pandapower 3.5.6, discrete tap control
    EXPECT_FALSE(result.control_actions.empty());
    expect_verified(grid, result);
    PfResult wrong = result;
    wrong.controls[0].value = 0.975;
    EXPECT_FALSE(check_laws(grid, wrong).passed());
}

TEST(Controls, NothingMovesWithoutBeingAsked) {
    Case grid = feeder();
    const PfResult plain = run(grid, "none");
    grid.devices = {changer()};
    const PfResult result = run(grid, "none");
    EXPECT_EQ(result.buses[1].vm_pu, plain.buses[1].vm_pu);
    EXPECT_TRUE(result.controls.empty());
    EXPECT_TRUE(result.control_actions.empty());
}

TEST(Controls, ParallelTransformersMoveTogether) {
    Case grid = feeder();
    grid.branches[0].x_pu = 0.2;
    grid.branches.push_back(grid.branches[0]);
    grid.devices = {changer(0), changer(1)};
    const PfResult result = run(grid, "taps");
    ASSERT_EQ(result.controls.size(), 2U);
    EXPECT_EQ(result.controls[0].position, 6.0);
    EXPECT_EQ(result.controls[1].position, 6.0);
    EXPECT_NEAR(result.buses[1].vm_pu, 0.99567585225089, 1e-9);
    expect_verified(grid, result);
}

TEST(Controls, ATapChangerStopsAtItsEnd) {
    Case grid = feeder();
    grid.devices = {changer()};
    grid.devices[0].target = 1.3;
    const PfResult result = run(grid, "taps");
    ASSERT_EQ(result.status, SolveStatus::converged);
    EXPECT_EQ(result.controls[0].state, "at_low");
    EXPECT_EQ(result.controls[0].position, 0.0);
    expect_verified(grid, result);
}

TEST(Controls, ABandBetweenTwoStepsEndsAtOneOfThem) {
    Case grid = feeder();
    grid.devices = {changer()};
    grid.devices[0].deadband = 1e-4;
    const PfResult result = run(grid, "taps");
    ASSERT_EQ(result.status, SolveStatus::converged);
    EXPECT_EQ(result.controls[0].state, "between");
    EXPECT_EQ(result.controls[0].position, 6.0);
    expect_verified(grid, result);
}

TEST(Controls, AVoltageThatUnitsHoldIsLeftToThem) {
    Case grid = two_areas(1, 0.1, 0.0);
    grid.devices = {changer()};
    grid.devices[0].target = 1.05;
    const PfResult result = run(grid, "taps");
    EXPECT_EQ(result.controls[0].state, "held");
    EXPECT_TRUE(result.control_actions.empty());
    expect_verified(grid, result);
}

TEST(Controls, ACapacitorBankSwitchesItsSteps) {
    Case grid = feeder();
    DeviceRow bank;
    bank.kind = DeviceKind::shunt;
    bank.bus = bank.controlled_bus = BusId{2};
    bank.high = 60.0;
    bank.steps = 6;
    bank.deadband = 0.02;
    grid.devices = {bank};
    const PfResult result = run(grid, "shunts");
    ASSERT_EQ(result.status, SolveStatus::converged);
    EXPECT_EQ(result.controls[0].state, "in_band");
    // V^2 (1/x - b) + Q = sqrt((V/x)^2 - P^2) at the step found.
    const double v = result.buses[1].vm_pu;
    const double steps = result.controls[0].position;
    EXPECT_EQ(result.controls[0].value, 10.0 * steps);
    EXPECT_NEAR(v * v * (10.0 - 0.1 * steps) + 0.4, std::sqrt(100.0 * v * v - 0.64), 1e-9);
    EXPECT_NEAR(result.totals.shunt_mvar, 10.0 * steps * v * v, 1e-7);
    expect_verified(grid, result);
}

DeviceRow compensator(bool current) {
    DeviceRow svc;
    svc.kind = DeviceKind::svc;
    svc.bus = svc.controlled_bus = BusId{2};
    svc.low = -50.0;
    svc.high = 100.0;
    svc.slope_percent = 3.0;
    svc.limits_current = current;
    return svc;
}

TEST(Controls, ACompensatorSitsOnItsCharacteristic) {
    for (const bool current : {false, true}) {
        Case grid = feeder();
        grid.devices = {compensator(current)};
        const PfResult result = run(grid, "svc");
        ASSERT_EQ(result.status, SolveStatus::converged);
        const double v = result.buses[1].vm_pu;
        const double q = result.controls[0].value / 100.0 * v * v;
        EXPECT_NEAR(v + 0.03 * q, 1.0, 1e-7);
        EXPECT_NEAR(10.0 * v * v + 0.4 - q, std::sqrt(100.0 * v * v - 0.64), 1e-8);
        expect_verified(grid, result);
    }
}

TEST(Controls, ACompensatorAtItsLimitIsASusceptanceOrACurrent) {
    for (const bool current : {false, true}) {
        Case grid = feeder();
        grid.devices = {compensator(current)};
        grid.devices[0].high = 20.0;
        grid.devices[0].target = 1.1;
        const PfResult result = run(grid, "svc");
        ASSERT_EQ(result.status, SolveStatus::converged);
        EXPECT_EQ(result.controls[0].state, "at_high");
        const double v = result.buses[1].vm_pu;
        EXPECT_NEAR(result.totals.shunt_mvar, 20.0 * v * (current ? 1.0 : v), 1e-6);
        expect_verified(grid, result);
    }
}

TEST(Controls, APhaseShifterHoldsItsFlow) {
    // Two equal lines share 80 MW; the shifter in one of them takes it to 55 MW.
    Case grid = feeder();
    grid.branches.push_back(grid.branches[0]);
    grid.branches[1].ratio = 0.0;
    DeviceRow shifter;
    shifter.kind = DeviceKind::phase;
    shifter.branch = 0;
    shifter.low = -10.0;
    shifter.high = 10.0;
    shifter.target = 55.0;
    grid.devices = {shifter};
    PfResult result = run(grid, "phase");
    ASSERT_EQ(result.status, SolveStatus::converged);
    EXPECT_NEAR(result.branches[0].p_from_mw, 55.0, 1e-4);
    EXPECT_LT(result.controls[0].value, 0.0);  // a positive shift delays the to side and takes flow off
    expect_verified(grid, result);
    grid.devices[0].steps = 20;
    grid.devices[0].deadband = 20.0;
    result = run(grid, "phase");
    EXPECT_NEAR(result.controls[0].value, std::round(result.controls[0].value), 1e-9);
    EXPECT_EQ(result.controls[0].state, "in_band");
    expect_verified(grid, result);
}

// A meshed grid whose transformers hold their to-sides, with banks at other buses.
Case controlled_grid(int seed) {
    GridRecipe recipe;
    recipe.seed = static_cast<std::uint64_t>(seed);
    recipe.buses = 30;
    recipe.reactive_room = 50.0;
    Case grid = make_grid(recipe);
    std::vector<std::int64_t> taken;
    for (std::size_t l = 0; l < grid.branches.size(); ++l) {
        const BranchRow& branch = grid.branches[l];
        if (branch.ratio == 0.0 || branch.shift_deg != 0.0 || !branch.in_service) continue;
        DeviceRow tap = changer(static_cast<int>(l));
        tap.controlled_bus = branch.to_bus;
        tap.at = branch.ratio;
        tap.deadband = 0.03;
        grid.devices.push_back(tap);
        taken.push_back(number(branch.to_bus));
    }
    int banks = 0;
    for (const BusRow& bus : grid.buses) {
        if (banks == 3 || bus.type != BusType::pq || std::count(taken.begin(), taken.end(), number(bus.bus)) > 0) continue;
        DeviceRow bank;
        bank.kind = DeviceKind::shunt;
        bank.bus = bank.controlled_bus = bus.bus;
        bank.high = 40.0;
        bank.steps = 8;
        bank.target = 1.01;
        bank.deadband = 0.02;
        grid.devices.push_back(bank);
        ++banks;
    }
    return grid;
}

class ControlContract : public ::testing::TestWithParam<int> {};

TEST_P(ControlContract, IsIdempotentOnceStable) {
    const Case grid = controlled_grid(GetParam());
    ASSERT_FALSE(grid.devices.empty());
    const StudySetup setup = setup_for(grid, "all");
    const Settled settled = settle(setup);
    ASSERT_FALSE(settled.controls.empty());
    StudySetup again = settled.setup;
    again.engine.controls = setup.engine.controls;
    const PfResult second = run_power_flow(again);
    ASSERT_EQ(second.status, SolveStatus::converged);
    for (std::size_t k = 0; k < second.controls.size(); ++k)
        EXPECT_NEAR(second.controls[k].value, settled.controls[k].value, 1e-9) << k << " " << second.controls[k].state;
}

TEST_P(ControlContract, IsBoundedAndVerified) {
    const Case grid = controlled_grid(GetParam());
    const PfResult result = run(grid, "all");
    ASSERT_EQ(result.status, SolveStatus::converged);
    for (const ControlActionResult& action : result.control_actions) EXPECT_LE(action.round, 100);
    expect_verified(grid, result);
}

TEST_P(ControlContract, DoesNotDependOnTheOrderOfRows) {
    const Case grid = controlled_grid(GetParam());
    Case turned = grid;
    std::reverse(turned.devices.begin(), turned.devices.end());
    const PfResult a = run(grid, "all");
    const PfResult b = run(turned, "all");
    ASSERT_EQ(a.controls.size(), b.controls.size());
    for (std::size_t k = 0; k < a.controls.size(); ++k)
        EXPECT_NEAR(a.controls[k].value, b.controls[b.controls.size() - 1 - k].value, 1e-9) << k;
}

TEST_P(ControlContract, DoesNotDependOnWhatWasSolvedBefore) {
    const StudySetup setup = setup_for(controlled_grid(GetParam()), "all");
    Engine used(setup.model, setup.engine);
    const Solution first = used.solve({});
    Scenario outage;
    outage.branches_out = {0};
    static_cast<void>(used.solve_from(outage, first));
    const Solution second = used.solve({});
    ASSERT_EQ(first.devices.size(), second.devices.size());
    for (std::size_t d = 0; d < first.devices.size(); ++d) EXPECT_EQ(first.devices[d].value, second.devices[d].value);
    EXPECT_EQ(first.vm, second.vm);
}

TEST_P(ControlContract, FrozenPositionsAreThoseOfTheBase) {
    const Case grid = controlled_grid(GetParam());
    StudySetup setup = setup_for(grid, "taps");
    setup.settle_first = true;
    const N1Result result = run_n1(setup, single_outages(setup));
    ASSERT_EQ(result.base.status, SolveStatus::converged);
    ASSERT_FALSE(result.base.controls.empty());
    Case moved = grid;
    for (const ControlResult& row : result.base.controls) moved.branches[row.branch - 1].ratio = row.value;
    const StudySetup plain = setup_for(moved, "none");
    const N1Result expected = run_n1(plain, single_outages(plain));
    ASSERT_EQ(result.contingencies.size(), expected.contingencies.size());
    for (std::size_t k = 0; k < result.contingencies.size(); ++k) {
        EXPECT_EQ(result.contingencies[k].status, expected.contingencies[k].status) << k;
        const double loading = expected.contingencies[k].max_loading_pct;
        if (std::isnan(loading)) continue;
        EXPECT_NEAR(result.contingencies[k].max_loading_pct, loading, 1e-5) << k;
    }
}

TEST_P(ControlContract, ACapacityKeepsThePositionsOfTheBase) {
    const Case grid = controlled_grid(GetParam());
    StudySetup setup = setup_for(grid, "all");
    setup.settle_first = true;
    const auto sides = make_sides(*setup.model->network, "1", "2", Grouping::area);
    ASSERT_TRUE(sides);
    CapacityResult result = run_capacity(setup, single_outages(setup), {}, {*sides});
    ASSERT_FALSE(result.controls.empty());
    const StudySetup plain = setup_for(with_devices(grid, result.controls), "none");
    const CapacityResult expected = run_capacity(plain, single_outages(plain), {}, {*sides});
    ASSERT_EQ(result.directions.size(), 1U);
    const DirectionResult& a = result.directions[0];
    const DirectionResult& b = expected.directions[0];
    EXPECT_EQ(a.limit.cause, b.limit.cause);
    EXPECT_NEAR(a.base_exchange_mw, b.base_exchange_mw, 1e-5);
    EXPECT_EQ(std::isnan(a.ttc_mw), std::isnan(b.ttc_mw));
    if (!std::isnan(b.ttc_mw)) {
        EXPECT_NEAR(a.ttc_mw, b.ttc_mw, 0.02);  // the width of the bracket
    }
    result.envelope.options["q-limits"] = std::string("off");
    result.envelope.options["from"] = std::string("1");
    result.envelope.options["to"] = std::string("2");
    const VerifyReport report = check_certificates(grid, result);
    EXPECT_TRUE(report.passed()) << render(report.findings);
}

INSTANTIATE_TEST_SUITE_P(Grids, ControlContract, ::testing::Range(1, 7));

}  // namespace
}  // namespace araz::testing

// Phase shifters that hold a current or stay below one: closed forms of a circulating current, and the ends of what
// a shift can do.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "araz/control/control_table.hpp"
#include "araz/verify/verify.hpp"
#include "support/grids.hpp"
#include "support/study.hpp"

namespace araz::testing {
namespace {

constexpr double reactance = 0.1;
constexpr double degrees = 180.0 / std::numbers::pi;
const double base_a = 1000.0 * 100.0 / (std::sqrt(3.0) * 400.0);  // of 100 MVA at 400 kV

StudySetup setup_for(const Case& grid) {
    StudySetup setup = make_setup(grid);
    ControlChoice choice;
    choice.reactive_limits = false;
    choice.phase = true;
    setup.engine.controls = [choice] { return make_controls(choice); };
    return setup;
}

PfResult run(const Case& grid) {
    PfResult result = run_power_flow(setup_for(grid));
    result.envelope.options["q-limits"] = std::string("off");
    return result;
}

void expect_verified(const Case& grid, const PfResult& result) {
    const VerifyReport report = check_laws(grid, result);
    EXPECT_TRUE(report.passed()) << render(report.findings);
}

DeviceRow shifter(PhaseRule rule, double target, int branch = 0) {
    DeviceRow device;
    device.kind = DeviceKind::phase;
    device.branch = branch;
    device.rule = rule;
    device.low = -20.0;
    device.high = 20.0;
    device.target = target;
    return device;
}

// Two buses held at 1 p.u., nothing consumed, two equal reactances; the shift s of one of them drives a current around:
// its angle is s/2 across each, so I = 2 sin(|s|/4) / x.
Case ring(double shift_deg) {
    Case grid = two_areas(2, reactance, 0.0);
    for (BusRow& bus : grid.buses) bus.pd_mw = 0.0;
    for (GeneratorRow& unit : grid.generators) unit.pg_mw = 0.0;
    grid.branches[0].ratio = 1.0;
    grid.branches[0].shift_deg = shift_deg;
    return grid;
}

double shift_for(double current_pu) { return 4.0 * std::asin(0.5 * current_pu * reactance) * degrees; }

TEST(PhaseCurrent, HoldsTheCurrentOfTheClosedForm) {
    for (const double before : {1.0, -1.0, 15.0, -15.0}) {
        Case grid = ring(before);
        grid.devices = {shifter(PhaseRule::current, 0.5 * base_a)};
        grid.devices[0].at = before;
        const PfResult result = run(grid);
        ASSERT_EQ(result.status, SolveStatus::converged);
        ASSERT_EQ(result.controls.size(), 1U);
        const ControlResult& row = result.controls[0];
        EXPECT_EQ(row.state, "in_band");
        EXPECT_EQ(row.measured_unit, "A");
        EXPECT_EQ(row.rule, "hold");
        // 1e-7 p.u. of current from the target, over d|I|/ds = 1/(2x).
        EXPECT_NEAR(row.value, std::copysign(shift_for(0.5), before), 1e-7 * 2.0 * reactance * degrees + 1e-9);
        EXPECT_NEAR(row.measured, 0.5 * base_a, 1e-7 * base_a);
        const double s_mva = std::hypot(result.branches[0].p_from_mw, result.branches[0].q_from_mvar);
        EXPECT_NEAR(1000.0 * s_mva / (std::sqrt(3.0) * 400.0), row.measured, 1e-9);
        expect_verified(grid, result);
        PfResult wrong = result;
        wrong.controls[0].measured += 0.01;
        EXPECT_FALSE(check_laws(grid, wrong).passed());
    }
}

TEST(PhaseCurrent, StepsEndInTheBand) {
    Case grid = ring(12.0);
    grid.devices = {shifter(PhaseRule::current, 0.5 * base_a)};
    grid.devices[0].at = 12.0;
    grid.devices[0].steps = 40;  // of one degree: 0.0873 p.u. of current
    grid.devices[0].deadband = 0.1 * base_a;
    const PfResult result = run(grid);
    ASSERT_EQ(result.status, SolveStatus::converged);
    EXPECT_EQ(result.controls[0].state, "in_band");
    EXPECT_NEAR(result.controls[0].value, std::round(shift_for(0.5)), 1e-9);
    expect_verified(grid, result);
}

TEST(PhaseCurrent, ALimitMovesOnlyWhatIsAboveIt) {
    for (const double before : {3.0, 10.0}) {
        Case grid = ring(before);
        grid.devices = {shifter(PhaseRule::current_limit, 0.5 * base_a)};
        grid.devices[0].at = before;
        const PfResult result = run(grid);
        ASSERT_EQ(result.status, SolveStatus::converged);
        const bool above = before > shift_for(0.5);
        EXPECT_EQ(result.controls[0].state, "in_band");
        EXPECT_EQ(result.controls[0].rule, "limit");
        // It stops as soon as it is below: a first move of 0.075 rad, half of it across the branch, misses by its square.
        EXPECT_NEAR(result.controls[0].value, above ? shift_for(0.5) : before, above ? 2e-3 * shift_for(0.5) : 0.0);
        EXPECT_LE(result.controls[0].measured, (0.5 + 1e-7) * base_a);
        EXPECT_EQ(result.control_actions.empty(), !above);
        expect_verified(grid, result);
        if (above) continue;
        PfResult wrong = result;
        wrong.controls[0].state = "at_high";
        EXPECT_FALSE(check_laws(grid, wrong).passed());
    }
}

// The step nearest to the limit is above it; the one below it is taken.
TEST(PhaseCurrent, StepsEndBelowTheirLimit) {
    Case grid = ring(12.0);
    grid.devices = {shifter(PhaseRule::current_limit, 0.0)};
    grid.devices[0].at = 12.0;
    grid.devices[0].steps = 40;
    grid.devices[0].target = 2.0 * std::sin(4.6 / degrees / 4.0) / reactance * base_a;  // reached at 4.6 degrees
    const PfResult result = run(grid);
    ASSERT_EQ(result.status, SolveStatus::converged);
    EXPECT_EQ(result.controls[0].state, "in_band");
    EXPECT_NEAR(result.controls[0].value, 4.0, 1e-9);
    EXPECT_LT(result.controls[0].measured, grid.devices[0].target);
    expect_verified(grid, result);
}

TEST(PhaseCurrent, ShiftersInParallelPathsAreSetTogether) {
    Case grid = ring(2.0);
    grid.branches.push_back(grid.branches[1]);
    grid.branches[1].ratio = 1.0;
    grid.branches[1].shift_deg = -1.0;
    grid.devices = {shifter(PhaseRule::current, 0.4 * base_a, 0), shifter(PhaseRule::current_limit, 0.1 * base_a, 1)};
    grid.devices[0].at = 2.0;
    grid.devices[1].at = -1.0;
    const PfResult result = run(grid);
    ASSERT_EQ(result.status, SolveStatus::converged);
    EXPECT_NEAR(result.controls[0].measured, 0.4 * base_a, 1e-7 * base_a);
    EXPECT_LE(result.controls[1].measured, 0.1 * base_a * (1.0 + 1e-6));
    expect_verified(grid, result);
    std::swap(grid.devices[0], grid.devices[1]);
    const PfResult turned = run(grid);
    for (int k = 0; k < 2; ++k) EXPECT_NEAR(turned.controls[1 - k].value, result.controls[k].value, 1e-9);
}

// Reactive power keeps flowing whatever the shift: no shift brings the current to 5 A, the least one is kept.
TEST(PhaseCurrent, ATargetBelowTheLeastCurrentEndsAtTheLeast) {
    Case grid = two_areas(2, reactance, 0.0);
    grid.buses[0].pd_mw = 0.0;
    grid.buses[1].type = BusType::pq;
    grid.buses[1].pd_mw = 80.0;
    grid.buses[1].qd_mvar = 40.0;
    grid.generators.pop_back();
    grid.branches[0].ratio = 1.0;
    grid.devices = {shifter(PhaseRule::current, 5.0)};
    const PfResult result = run(grid);
    ASSERT_EQ(result.status, SolveStatus::converged);
    EXPECT_EQ(result.controls[0].state, "between");
    EXPECT_GT(result.controls[0].measured, 5.0);
    expect_verified(grid, result);
    for (const double aside : {-0.05, 0.05}) {
        Case near = grid;
        near.devices.clear();
        near.branches[0].shift_deg = result.controls[0].value + aside;
        const PfResult other = solve(near);
        const double current = 1000.0 * std::hypot(other.branches[0].p_from_mw, other.branches[0].q_from_mvar) /
                               (std::sqrt(3.0) * 400.0 * other.buses[0].vm_pu);
        EXPECT_GT(current, result.controls[0].measured);
    }
}

TEST(PhaseCurrent, IsIdempotentOnceStable) {
    for (const PhaseRule rule : {PhaseRule::current, PhaseRule::current_limit}) {
        Case grid = ring(14.0);
        grid.devices = {shifter(rule, 0.3 * base_a)};
        grid.devices[0].at = 14.0;
        const PfResult first = run(grid);
        grid.branches[0].shift_deg = grid.devices[0].at = first.controls[0].value;
        const PfResult second = run(grid);
        EXPECT_TRUE(second.control_actions.empty());
        EXPECT_NEAR(second.controls[0].value, first.controls[0].value, 1e-12);
    }
}

}  // namespace
}  // namespace araz::testing

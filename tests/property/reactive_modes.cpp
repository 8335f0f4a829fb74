// Units that do not hold a voltage: closed forms on two buses, and what must hold on any grid.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "araz/control/control_table.hpp"
#include "araz/model/end_state.hpp"
#include "araz/study/continuation.hpp"
#include "araz/verify/verify.hpp"
#include "support/grids.hpp"
#include "support/study.hpp"
#include "unit/result_samples.hpp"

namespace araz::testing {
namespace {

const Solving limited{.q_limits = true};

ReactiveRule in_mode(ReactiveMode mode) {
    ReactiveRule rule;
    rule.mode = mode;
    return rule;
}

ReactiveRule at_power_factor(double factor) {
    ReactiveRule rule = in_mode(ReactiveMode::fixed_pf);
    rule.power_factor = factor;
    return rule;
}

ReactiveRule droop(double v_ref, double slope_percent, double deadband) {
    ReactiveRule rule = in_mode(ReactiveMode::q_of_v);
    rule.v_ref_pu = v_ref;
    rule.slope_percent = slope_percent;
    rule.deadband_pu = deadband;
    return rule;
}

// 1 p.u. behind a lossless line of `x` p.u.; the unit at bus 2 gives `p_mw` by `rule`, a load takes `q_mvar`.
Case feeder(double x, double p_mw, const ReactiveRule& rule, double q_load_mvar = 0.0, double q_max = 500.0) {
    Case grid;
    grid.buses = {samples::bus_row(1, BusType::slack, 1, ""), samples::bus_row(2, BusType::pv, 1, "")};
    grid.buses[1].qd_mvar = q_load_mvar;
    grid.branches = {samples::branch_row(1, 2, 0.0, x, 0.0, 0.0)};
    grid.generators = {samples::generator_row(1, 0.0, -500.0, 500.0, 1.0), samples::generator_row(2, p_mw, -q_max, q_max, 1.1)};
    grid.generators[1].reactive = rule;
    return grid;
}

// |V| at the far end that feeds p + jq into the line: from p = V sin(d)/x and q = (V^2 - V cos(d))/x.
double far_voltage(double x, double p, double q) {
    const double b = 1.0 + 2.0 * q * x;
    return std::sqrt(0.5 * (b + std::sqrt(b * b - 4.0 * x * x * (p * p + q * q))));
}

void expect_laws(const Case& grid, PfResult result, bool q_limits = false) {
    result.envelope.options["q-limits"] = std::string(q_limits ? "on" : "off");
    const VerifyReport report = check_laws(grid, result);
    for (const LawCheck& check : report.checks)
        EXPECT_TRUE(check.passed()) << check.law << " at " << check.element << ": " << check.deviation << " " << check.unit;
}

TEST(ReactiveModes, APowerFactorGivesQInProportionToP) {
    for (const double factor : {1.0, 0.9, -0.95})
        for (const double p_mw : {80.0, -40.0}) {
            ReactiveRule rule = at_power_factor(factor);
            const Case grid = feeder(0.2, p_mw, rule);
            const PfResult result = solve(grid, limited);
            ASSERT_TRUE(is_solved(result.status));
            const double q_mvar = (factor > 0.0 ? 1.0 : -1.0) * p_mw * std::tan(std::acos(std::abs(factor)));
            EXPECT_NEAR(result.generators[1].q_mvar, q_mvar, 1e-9) << factor;
            EXPECT_NEAR(result.buses[1].vm_pu, far_voltage(0.2, p_mw / 100.0, q_mvar / 100.0), 1e-9);
            EXPECT_EQ(result.buses[1].type, "pq") << "nobody holds its voltage";
            EXPECT_EQ(result.generators[1].regulated_bus, 0);
            expect_laws(grid, result, true);
        }
}

TEST(ReactiveModes, QFollowsP) {
    ReactiveRule rule = in_mode(ReactiveMode::q_of_p);
    rule.points = {{0.0, 10.0}, {50.0, 0.0}, {100.0, -40.0}};
    for (const auto& [p_mw, q_mvar] : {std::pair{-5.0, 10.0}, {25.0, 5.0}, {50.0, 0.0}, {75.0, -20.0}, {120.0, -30.0}}) {
        const Case grid = feeder(0.1, p_mw, rule, 0.0, 30.0);  // its limit cuts the curve at -30
        const PfResult result = solve(grid);
        ASSERT_TRUE(is_solved(result.status));
        EXPECT_NEAR(result.generators[1].q_mvar, q_mvar, 1e-9) << p_mw;
        EXPECT_NEAR(result.buses[1].vm_pu, far_voltage(0.1, p_mw / 100.0, q_mvar / 100.0), 1e-9);
        expect_laws(grid, result);
    }
}

// Without P: (V^2 - V)/x + load = Q(V), on each piece of Q(V) a quadratic equation.
TEST(ReactiveModes, QFollowsTheVoltageOnEveryPiece) {
    constexpr double x = 0.2;
    for (const double slope : {8.0, 2.0, 0.05}) {
        ReactiveRule rule = droop(1.0, slope, 0.02);
        for (double load_mvar = -120.0; load_mvar <= 120.0; load_mvar += 10.0) {
            const Case grid = feeder(x, 0.0, rule, load_mvar, 30.0);
            const PfResult result = solve(grid, limited);
            ASSERT_TRUE(is_solved(result.status)) << slope << " " << load_mvar;
            const double v = result.buses[1].vm_pu;
            const double q = result.generators[1].q_mvar / 100.0;
            EXPECT_NEAR((v * v - v) / x + load_mvar / 100.0, q, 1e-8) << slope << " " << load_mvar;
            const double beyond = std::max(0.0, std::abs(v - 1.0) - 0.01);
            const double expected = std::min(0.3, 0.3 * beyond * 100.0 / slope) * (v < 1.0 ? 1.0 : -1.0);
            EXPECT_NEAR(q, expected, 1e-10) << slope << " " << load_mvar;
            // Saturated, or within the dead band: the root is known.
            const double root = std::abs(q) > 0.3 - 1e-12 || q == 0.0 ? far_voltage(x, 0.0, q - load_mvar / 100.0) : v;
            EXPECT_NEAR(v, root, 1e-9);
            expect_laws(grid, result, true);
        }
    }
}

// The same characteristic as points.
TEST(ReactiveModes, PointsAndSlopeAgree) {
    ReactiveRule slope = droop(1.01, 4.0, 0.02);
    ReactiveRule points = in_mode(ReactiveMode::q_of_v);
    points.points = {{0.96, 30.0}, {1.0, 0.0}, {1.02, 0.0}, {1.06, -30.0}};
    for (const double load : {-60.0, -5.0, 40.0, 90.0}) {
        const PfResult a = solve(feeder(0.15, 20.0, slope, load, 30.0));
        const PfResult b = solve(feeder(0.15, 20.0, points, load, 30.0));
        EXPECT_NEAR(a.buses[1].vm_pu, b.buses[1].vm_pu, 1e-10) << load;
        EXPECT_NEAR(a.generators[1].q_mvar, b.generators[1].q_mvar, 1e-8) << load;
    }
}

// Bus 2 is held by its other unit, which gives what is left, and has limits for itself.
TEST(ReactiveModes, ABusIsHeldByTheUnitsThatRegulate) {
    ReactiveRule rule = in_mode(ReactiveMode::fixed_q);
    Case grid = feeder(0.1, 0.0, rule, 50.0);
    grid.generators[1].qg_mvar = 20.0;
    grid.generators.push_back(samples::generator_row(2, 0.0, -100.0, 100.0, 1.01));
    const PfResult held = solve(grid, limited);
    EXPECT_EQ(held.buses[1].vm_pu, 1.01);
    EXPECT_NEAR(held.generators[1].q_mvar, 20.0, 1e-12);
    EXPECT_NEAR(held.generators[2].q_mvar, 100.0 * (1.01 * 1.01 - 1.01) / 0.1 + 30.0, 1e-6);
    expect_laws(grid, held, true);
    grid.generators[2].qmax_mvar = 15.0;
    const PfResult pinned = solve(grid, limited);
    EXPECT_NEAR(pinned.buses[1].vm_pu, far_voltage(0.1, 0.0, -0.15), 1e-9);
    EXPECT_EQ(pinned.generators[1].limit, "none");
    EXPECT_EQ(pinned.generators[2].limit, "q_max");
    EXPECT_EQ(pinned.reactive_limits.pinned_q_max, 1);
    expect_laws(grid, pinned, true);
}

TEST(ReactiveModes, EveryBrokenRuleIsCaught) {
    ReactiveRule curve = droop(1.0, 5.0, 0.0);
    const Case grid = feeder(0.1, 10.0, curve, 30.0, 60.0);
    for (const auto& change : {+[](Case& c) { c.generators[1].reactive.slope_percent = 5.01; },
                               +[](Case& c) { c.generators[1].reactive.deadband_pu = 0.001; },
                               +[](Case& c) { c.generators[1].reactive = at_power_factor(0.9); }}) {
        PfResult result = solve(grid);
        Case other = grid;
        change(other);
        bool caught = false;
        for (const LawCheck& check : check_laws(other, result).checks) caught = caught || (check.law == "reactive_mode" && !check.passed());
        EXPECT_TRUE(caught);
    }
}

// Of every four units one keeps its mode, the others get another.
Case with_modes(Case grid, int seed, bool with_curves = true) {
    Dice dice(static_cast<std::uint64_t>(seed) + 77);
    int k = seed;
    for (GeneratorRow& unit : grid.generators) {
        const bool reference = std::any_of(grid.buses.begin(), grid.buses.end(), [&](const BusRow& bus) {
            return bus.bus == unit.bus && bus.type == BusType::slack;
        });
        if (!std::isfinite(unit.qmax_mvar) || !std::isfinite(unit.qmin_mvar)) continue;
        const int which = k++ % 5;
        if (reference || which == 0) continue;
        ReactiveRule& rule = unit.reactive;
        if (which == 1) rule = at_power_factor(dice.chance(0.5) ? 0.95 : -0.97);
        if (which == 2) rule.mode = ReactiveMode::q_of_p;
        if (which == 2) rule.points = {{0.0, 0.0}, {0.5 * std::abs(unit.pg_mw) + 1.0, 2.0}, {2.0 * std::abs(unit.pg_mw) + 2.0, -5.0}};
        if (which == 3) rule.mode = ReactiveMode::fixed_q;
        if (which == 3) unit.qg_mvar = dice.uniform(-5.0, 10.0);
        if (which == 4 && with_curves)
            rule = droop(unit.vg_pu, dice.uniform(1.0, 6.0), 0.01);
    }
    return grid;
}

class ReactiveModesOfGrids : public ::testing::TestWithParam<int> {
protected:
    [[nodiscard]] Case grid(bool with_curves = true) const {
        GridRecipe recipe;
        recipe.seed = static_cast<std::uint64_t>(GetParam());
        recipe.buses = 14 + 5 * GetParam();
        return with_modes(make_grid(recipe), GetParam(), with_curves);
    }
};

TEST_P(ReactiveModesOfGrids, TheVerifierAgrees) {
    const Case made = grid();
    for (const bool limits : {false, true}) {
        const PfResult result = solve(made, {.q_limits = limits});
        ASSERT_TRUE(is_solved(result.status));
        expect_laws(made, result, limits);
    }
}

TEST_P(ReactiveModesOfGrids, NeitherNumbersNorTheBaseMatter) {
    const Case made = grid();
    const PfResult before = solve(made, limited);
    ASSERT_TRUE(is_solved(before.status));
    const PfResult base = solve(on_base(made, 250.0), limited);
    for (std::size_t b = 0; b < made.buses.size(); ++b)
        if (!std::isnan(before.buses[b].vm_pu)) {
            EXPECT_NEAR(base.buses[b].vm_pu, before.buses[b].vm_pu, 1e-8);
        }
    const PfResult other = solve(renumbered(made, 5), limited);
    EXPECT_NEAR(other.totals.loss_mw, before.totals.loss_mw, 1e-6);
    EXPECT_NEAR(other.totals.generation_mvar, before.totals.generation_mvar, 1e-5);
}

// The outputs that follow P follow what the shared slack adds to it; solved again from its own state nothing moves.
TEST_P(ReactiveModesOfGrids, SharedSlackMovesQToo) {
    Case made = grid();
    StudySetup setup = make_setup(made, limited);
    setup.engine.slack.mode = SlackMode::distributed;
    const PfResult result = run_power_flow(setup);
    ASSERT_TRUE(is_solved(result.status));
    PfResult said = result;
    said.envelope.options["slack"] = std::string("distributed");
    expect_laws(made, said, true);
    Engine engine(setup.model, setup.engine);
    const Solution once = engine.solve(Scenario{});
    const Solution twice = engine.solve_from(Scenario{}, once);
    for (std::size_t b = 0; b < once.vm.size(); ++b) EXPECT_NEAR(once.vm[b], twice.vm[b], 1e-9);
}

// After outages of branches and units, in lanes where they know the modes and in the scalar engine: solved again by verify.
TEST_P(ReactiveModesOfGrids, OutagesAreSolvedAlike) {
    for (const bool curves : {false, true}) {
        const Case made = grid(curves);
        Solving solving = limited;
        solving.tolerance = 1e-9;
        const StudySetup setup = make_setup(made, solving);
        ContingencySpec spec;
        spec.generators = true;
        const auto list = make_contingencies(*setup.model, spec);
        ASSERT_TRUE(list);
        N1Result result = run_n1(setup, *list);
        result.envelope.options["q-limits"] = std::string("on");
        result.envelope.options["generators"] = true;
        result.base.envelope.options = result.envelope.options;
        const VerifyReport report = check_contingencies(made, result);
        for (const LawCheck& check : report.checks)
            EXPECT_TRUE(check.passed()) << curves << " " << check.law << " at " << check.element << ": " << check.deviation;
        EXPECT_GT(report.checks.size(), 3U);
    }
}

// A capacity and its certificate: every state of it is solved again by verify.
class ReactiveModesInCapacities : public ReactiveModesOfGrids {};

TEST_P(ReactiveModesInCapacities, CertificatesHold) {
    Case made = grid();
    const PfResult base = solve(made);
    for (std::size_t row = 0; row < made.branches.size(); ++row)
        made.branches[row].rate_a_mva = 3.0 * std::max(30.0, std::hypot(base.branches[row].p_from_mw, base.branches[row].q_from_mvar));
    for (GeneratorRow& unit : made.generators) unit.pmax_mw = unit.pg_mw + 100.0;
    Solving solving = limited;
    solving.tolerance = 1e-8;
    solving.monitor.voltage_limits = false;
    const StudySetup setup = make_setup(made, solving);
    const auto sides = make_sides(*setup.model->network, "1", "2", Grouping::area);
    ASSERT_TRUE(sides);
    CapacityResult result = run_capacity(setup, single_outages(setup), {}, {*sides});
    result.envelope.options["q-limits"] = std::string("on");
    result.envelope.options["voltage-limits"] = std::string("off");
    result.envelope.options["tolerance"] = CapacityOptions{}.tolerance_mw;
    const VerifyReport report = check_certificates(made, result);
    for (const LawCheck& check : report.checks)
        EXPECT_TRUE(check.passed()) << check.law << " at " << check.element << ": " << check.deviation;
    EXPECT_GT(report.checks.size(), 5U);
}

// Every column of J by central differences, curves and all.
TEST_P(ReactiveModesOfGrids, TheSlopeOfTheCurvesIsInTheJacobian) {
    const Case made = grid();
    const StudySetup setup = make_setup(made, limited);
    Engine engine(setup.model, setup.engine);
    const Solution base = engine.solve(Scenario{});
    ASSERT_TRUE(base.solved());
    // Sensitivity of all voltages to 1 MVAr at some bus, against two solves with that load.
    const Network& net = *setup.model->network;
    for (int b = 0; b < net.n_bus; b += 5) {
        if (base.live[b] == 0) continue;
        constexpr double h = 1e-5;
        std::vector<std::vector<double>> columns(1, std::vector<double>(2 * static_cast<std::size_t>(net.n_bus), 0.0));
        columns[0][2 * static_cast<std::size_t>(b) + 1] = 1.0;
        ASSERT_TRUE(engine.sensitivities(Scenario{}, base, columns));
        Scenario up, down;
        up.load_changes = {{b, 0.0, -h}};
        down.load_changes = {{b, 0.0, h}};
        const Solution more = engine.solve_from(up, base);
        const Solution less = engine.solve_from(down, base);
        if (more.pin != base.pin || less.pin != base.pin) continue;
        for (int c = 0; c < net.n_bus; ++c) {
            if (base.live[c] == 0) continue;
            EXPECT_NEAR((more.vm[c] - less.vm[c]) / (2.0 * h * base.vm[c]), columns[0][2 * static_cast<std::size_t>(c) + 1], 2e-4);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, ReactiveModesInCapacities, ::testing::Range(1, 4));
INSTANTIATE_TEST_SUITE_P(Seeds, ReactiveModesOfGrids, ::testing::Range(1, 9));

// A PV curve to 1.3 times the load ends where a power flow of the grown case ends.
TEST(ReactiveModes, APvCurvePassesThroughThePowerFlow) {
    for (const double slope : {0.0, 4.0, 0.5}) {
        ReactiveRule rule = at_power_factor(0.98);
        if (slope > 0.0) rule = droop(1.0, slope, 0.01);
        Case grid = feeder(0.3, 20.0, rule, 15.0, 40.0);
        grid.buses[1].pd_mw = 60.0;
        PvOptions options;
        options.target = 1.3;
        options.stop = PvStop::nose;
        options.p_limits = false;
        options.max_mw = 0.3 * 60.0;
        options.bus_rows = {1};
        const auto result = run_pv(make_setup(grid, limited), {}, options);
        ASSERT_TRUE(result) << render(result.error().findings);
        Case grown = grid;
        grown.buses[1].pd_mw *= 1.3;
        grown.buses[1].qd_mvar *= 1.3;
        grown.generators[1].pg_mw *= 1.3;
        const PfResult there = solve(grown, limited);
        ASSERT_FALSE(result->curves[0].points.empty());
        EXPECT_EQ(result->curves[0].end, "target");
        EXPECT_NEAR(result->curves[0].points.back().min_vm_pu, std::min(there.buses[1].vm_pu, 1.0), 1e-8) << slope;
    }
}

TEST(ReactiveModes, WhatIsImpossibleIsRefused) {
    const auto code_of = [](const Case& grid) {
        std::string codes;
        for (const Finding& finding : check_case(grid))
            if (finding.severity == Severity::error) codes += finding.code + " ";
        return codes;
    };
    EXPECT_EQ(code_of(feeder(0.1, 10.0, {})), "");
    EXPECT_EQ(code_of(feeder(0.1, 10.0, at_power_factor(0.0))), "AZ1250 ");
    EXPECT_EQ(code_of(feeder(0.1, 10.0, in_mode(ReactiveMode::q_of_p))), "AZ1251 ");
    EXPECT_EQ(code_of(feeder(0.1, 10.0, in_mode(ReactiveMode::q_of_v))), "AZ1251 ");
    ReactiveRule rising = in_mode(ReactiveMode::q_of_v);
    rising.points = {{0.95, 10.0}, {1.0, 12.0}, {1.05, -10.0}};
    EXPECT_EQ(code_of(feeder(0.1, 10.0, rising)), "AZ1252 ");
    Case reference = feeder(0.1, 10.0, {});
    reference.generators[0].reactive.mode = ReactiveMode::fixed_q;
    EXPECT_EQ(code_of(reference), "AZ1315 ");
}

}  // namespace
}  // namespace araz::testing

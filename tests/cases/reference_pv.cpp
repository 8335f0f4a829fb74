// Continuation power flow against MATPOWER's: the runs of tests/reference/cpf_summary.csv, and the published results
// of MATPOWER's own test of runcpf (lib/t/t_cpf.m, MATPOWER 8.1).
#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <utility>

#include "araz/study/continuation.hpp"
#include "support/growth.hpp"
#include "support/reference.hpp"
#include "support/study.hpp"

namespace araz::testing {
namespace {

PvCurve curve_of(Case grid, const PvOptions& options, const MonitorOptions& monitor = {}) {
    Solving solving;
    solving.q_limits = options.q_limits;
    solving.monitor = monitor;
    const StudySetup setup = make_setup(std::move(grid), solving);
    auto result = run_pv(setup, {}, options);
    if (!result) throw std::runtime_error(render(result.error().findings));
    return result->curves.at(0);
}

std::vector<std::string> words_of(const PvCurve& curve, const std::vector<std::string>& kinds) {
    std::vector<std::string> out;
    for (const PvEvent& event : curve.events)
        for (const std::string& kind : kinds)
            if (event.event == kind && !event.at_base)
                out.push_back(kind + (event.generator > 0 ? " " + std::to_string(event.generator) : ""));
    return out;
}

/// Without flow limits: a factor that no flow reaches.
MonitorOptions watch(bool flow, bool voltage) {
    MonitorOptions monitor;
    monitor.rating_base.factor = flow ? 1.0 : 1e6;
    monitor.voltage_limits = voltage;
    return monitor;
}

// --- tests/reference/cpf_summary.csv -----------------------------------------------------------------------

TEST(ReferencePv, EveryRunOfMatpowerEndsAtTheSameLambdaAndState) {
    const ReferenceTable table("cpf_summary.csv");
    int compared = 0;
    int limit_induced = 0;
    for (std::size_t row = 0; row < table.rows(); ++row) {
        auto grid = public_case(table.text(row, "case"));
        if (!grid) return;
        PvOptions options;
        options.target = 2.5;
        options.q_limits = table.integer(row, "enforce_q_lims") != 0;
        options.q_limits_slack = table.integer(row, "enforce_q_lims") == 1;
        const bool flow = table.integer(row, "enforce_flow_lims") != 0;
        const bool voltage = table.integer(row, "enforce_v_lims") != 0;
        options.stop = flow || voltage ? PvStop::limit : PvStop::nose;
        const PvCurve curve = curve_of(*grid, options, watch(flow, voltage));
        SCOPED_TRACE(table.text(row, "case") + " row " + std::to_string(row) + " ends with " + curve.end);
        ++compared;
        if (curve.bifurcation == "limit_induced") {
            // MATPOWER goes on with the unit at its limit and its voltage above the set-point, which no regulator would
            // hold (next test): the range ends where it met the limit.
            ++limit_induced;
            EXPECT_NEAR(curve.lambda_max, curve.events.back().lambda, 0.0);
            EXPECT_LT(curve.lambda_max, table.number(row, "max_lam") - 1e-3);
            EXPECT_NEAR(curve.lambda_max, std::stod(table.text(row, "events").substr(5)), 1e-6);
            continue;
        }
        // MATPOWER locates reactive and flow limits to 1e-5 MVA and voltages to 1e-8 p.u.; these cases move by more
        // than 10 MVA and 0.01 p.u. per unit of lambda. A nose is second order in its tolerance.
        EXPECT_NEAR(curve.lambda_max, table.number(row, "max_lam"), 1e-6);
        // The voltage at a fold moves with the square root of lambda: 1e-8 of its tangent is 1e-5 p.u. at most.
        EXPECT_NEAR(curve.vm_min_pu, table.number(row, "vmin_at_end_pu"), 1e-5);
        for (std::size_t at = 0; const PvEvent& event : curve.events) {
            if (event.event != "q_max" || event.at_base) continue;
            // "QLIM 0.137313541231; QLIM ..."
            const std::string text = table.text(row, "events");
            at = text.find("QLIM", at);
            ASSERT_NE(at, std::string::npos) << "MATPOWER has fewer events";
            EXPECT_NEAR(event.lambda, std::stod(text.substr(at + 5)), 1e-6);
            at += 4;
        }
    }
    EXPECT_EQ(compared, 12);
    EXPECT_EQ(limit_induced, 2);
}

// Between the limit-induced end and MATPOWER's nose: with the unit at bus 2 held at Qmax there is a state, its voltage
// lies above the set-point, and with the regulator at work there is none.
TEST(ReferencePv, BeyondALimitInducedEndTheRegulatorHasNoState) {
    auto grid = public_case("case9");
    if (!grid) return;
    PvOptions options;
    options.target = 2.5;
    const PvCurve curve = curve_of(*grid, options, watch(false, false));
    ASSERT_EQ(curve.end, "limit_induced");
    const double between = 0.5 * (curve.lambda_max + 1.05487691379577);
    const double factor = 1.0 + 1.5 * between;
    for (BusRow& bus : grid->buses) {
        bus.pd_mw *= factor;
        bus.qd_mvar *= factor;
    }
    for (GeneratorRow& unit : grid->generators) unit.pg_mw *= factor;
    Solving regulated;
    regulated.q_limits = true;
    EXPECT_FALSE(is_solved(solve(*grid, regulated).status));
    Case held = *grid;
    held.buses[1].type = BusType::pq;
    held.generators[1].qg_mvar = held.generators[1].qmax_mvar;
    const PfResult state = solve(held);
    ASSERT_TRUE(is_solved(state.status));
    EXPECT_GT(state.buses[1].vm_pu, held.generators[1].vg_pu + 1e-3);
}

// --- lib/t/t_cpf.m -----------------------------------------------------------------------------------------

/// MATPOWER's t_case9_pfv2 with the changes of t_cpf.m, made from its case9.
std::optional<Case> nine_buses() {
    auto grid = public_case("case9");
    if (!grid) return grid;
    for (BusRow& bus : grid->buses)
        if (number(bus.bus) == 3) bus.bus = BusId{30};
    for (BranchRow& branch : grid->branches)
        if (number(branch.from_bus) == 3) branch.from_bus = BusId{30};
    BusRow isolated = grid->buses[2];
    isolated.bus = BusId{50};
    isolated.type = BusType::isolated;
    grid->buses.insert(grid->buses.begin() + 3, isolated);
    const double output[3] = {0.0, 163.0, 85.0};
    for (int g = 0; g < 3; ++g) {
        GeneratorRow& unit = grid->generators[g];
        if (number(unit.bus) == 3) unit.bus = BusId{30};
        unit.pg_mw = output[g];
        unit.qg_mvar = 0.0;
        unit.vg_pu = 1.0;
    }
    grid->generators[0].qmax_mvar = 200.0;
    grid->generators[0].pmin_mw = 90.0;
    grid->branches[4].rate_a_mva = 40.0;
    return grid;
}

PvOptions to_target(bool q, bool p) {
    PvOptions options;
    options.target = 2.5;
    options.q_limits = options.q_limits_slack = q;
    options.p_limits = p;
    return options;
}

TEST(MatpowerPvTests, WithoutLimitsTheNoseIsWhereMatpowersIs) {
    const auto grid = nine_buses();
    if (!grid) return;
    const PvCurve curve = curve_of(*grid, to_target(false, false), watch(false, false));
    EXPECT_NEAR(curve.lambda_max, 0.99025, 1e-3);  // the test's own tolerance
    EXPECT_EQ(curve.end, "nose");
    EXPECT_EQ(curve.bifurcation, "saddle_node");
}

TEST(MatpowerPvTests, ReactiveLimitsMoveTheReferenceAndLowerTheNose) {
    const auto grid = nine_buses();
    if (!grid) return;
    const PvCurve curve = curve_of(*grid, to_target(true, false), watch(false, false));
    // 0.795809 with the limit met to 0.01 MVAr: 1e-2 MVAr of the 400 MVAr per unit of lambda is 2.5e-5.
    EXPECT_NEAR(curve.lambda_max, 0.795809, 2.5e-5);
    EXPECT_EQ(words_of(curve, {"q_max", "nose"}), (std::vector<std::string>{"q_max 1", "nose"}));
}

TEST(MatpowerPvTests, ActiveLimitsPassTheReferenceOnUntilNobodyIsLeft) {
    const auto grid = nine_buses();
    if (!grid) return;
    const PvCurve curve = curve_of(*grid, to_target(false, true), watch(false, false));
    EXPECT_NEAR(curve.lambda_max, 0.97975, 1e-4);
    EXPECT_EQ(curve.end, "generators_exhausted");
    std::vector<std::int64_t> buses;  // its file has the unit of bus 2 in row 3
    for (const PvEvent& event : curve.events)
        if (event.event == "p_max") buses.push_back(event.bus);
    EXPECT_EQ(buses, (std::vector<std::int64_t>{2, 1, 30}));
}

TEST(MatpowerPvTests, TheFirstFlowAndTheFirstVoltageStopWhereMatpowerStops) {
    const auto grid = nine_buses();
    if (!grid) return;
    PvOptions options = to_target(false, false);
    options.stop = PvStop::limit;
    const PvCurve flow = curve_of(*grid, options, watch(true, false));
    // MATPOWER stops 0.01 MVA and 1e-4 p.u. short of a limit at most; the flow grows by about 150 MVA and the voltage
    // falls by more than 0.2 p.u. per unit of lambda.
    EXPECT_NEAR(flow.lambda_max, 0.110684, 0.01 / 140.0);
    EXPECT_GE(flow.lambda_max, 0.110684 - 1e-6);
    EXPECT_EQ(flow.events.back().branch, 5);
    EXPECT_NEAR(flow.events.back().value, 40.0, 1e-6);
    EXPECT_EQ(flow.end, "limit");
    const PvCurve voltage = curve_of(*grid, options, watch(false, true));
    EXPECT_NEAR(voltage.lambda_max, 0.316932, 1e-4 / 0.2);
    EXPECT_GE(voltage.lambda_max, 0.316932 - 1e-6);
    EXPECT_EQ(voltage.events.back().bus, 9);
    EXPECT_NEAR(voltage.events.back().value, 0.9, 1e-8);
    const PvCurve both = curve_of(*grid, options, watch(true, true));
    EXPECT_EQ(both.lambda_max, flow.lambda_max);
    EXPECT_EQ(both.events.back().branch, 5);
}

TEST(MatpowerPvTests, ALimitBrokenAtTheBaseEndsTheCurveThere) {
    auto grid = nine_buses();
    if (!grid) return;
    PvOptions options = to_target(false, false);
    options.stop = PvStop::limit;
    grid->branches[0].rate_a_mva = 75.0;
    const PvCurve flow = curve_of(*grid, options, watch(true, false));
    EXPECT_EQ(flow.lambda_max, 0.0);
    EXPECT_EQ(flow.end, "limit");
    EXPECT_TRUE(flow.events.front().at_base);
    EXPECT_EQ(flow.events.front().branch, 1);
    for (BusRow& bus : grid->buses)
        if (number(bus.bus) == 5) bus.vmin_pu = 0.98;
    const PvCurve voltage = curve_of(*grid, options, watch(false, true));
    EXPECT_EQ(voltage.lambda_max, 0.0);
    EXPECT_EQ(voltage.events.front().bus, 5);
    EXPECT_TRUE(voltage.events.front().at_base);
}

// MATPOWER hands the reference to the unit at bus 2 although it stands at Pmax, and lets it exceed Pmax. araz passes
// such a unit over unless told otherwise: the margin is larger, and all limits hold.
TEST(MatpowerPvTests, BothKindsOfLimitsTogether) {
    const auto grid = nine_buses();
    if (!grid) return;
    PvOptions options = to_target(true, true);
    options.hand_over_to_full = true;
    const PvCurve theirs = curve_of(*grid, options, watch(false, false));
    EXPECT_NEAR(theirs.lambda_max, 0.833343, 1e-3);
    EXPECT_EQ(theirs.end, "nose");
    options.hand_over_to_full = false;
    const PvCurve ours = curve_of(*grid, options, watch(false, false));
    EXPECT_GT(ours.lambda_max, theirs.lambda_max + 1e-3);
    EXPECT_EQ(words_of(ours, {"p_max", "q_max", "nose"}).size(), 3U);
}

TEST(MatpowerPvTests, AFullTraceComesBackToTheBaseLoad) {
    const auto grid = nine_buses();
    if (!grid) return;
    PvOptions options = to_target(false, false);
    options.stop = PvStop::full;
    const PvCurve curve = curve_of(*grid, options, watch(false, false));
    EXPECT_EQ(curve.end, "traced");
    EXPECT_NEAR(curve.points.back().lambda, 0.0, 1e-8);
    EXPECT_EQ(curve.points.back().part, "lower");
    EXPECT_LT(curve.points.back().min_vm_pu, curve.vm_min_pu);
}

TEST(MatpowerPvTests, AReactiveLimitCanEndTheRangeByItself) {
    auto grid = public_case("case4gs");
    if (!grid) return;
    grid->buses[3].pd_mw = -1820.0;
    grid->buses[3].qd_mvar = -1307.2;
    GeneratorRow& first = grid->generators[0];
    first.pg_mw = 300.0;
    first.qmax_mvar = 200.0;
    first.qmin_mvar = -1e9;
    first.pmax_mw = 250.0;
    grid->generators[1].qmax_mvar = 1e9;
    grid->generators[1].pmax_mw = 500.0;
    PvOptions options;
    options.q_limits_slack = true;
    options.grow_rows = {2};
    options.stop = PvStop::full;
    const PvCurve curve = curve_of(*grid, options, watch(false, false));
    EXPECT_NEAR(curve.lambda_max, 2.98036879, 1e-7);
    EXPECT_EQ(words_of(curve, {"q_max", "limit_induced", "nose"}), (std::vector<std::string>{"q_max 1", "limit_induced"}));
    EXPECT_EQ(curve.bifurcation, "limit_induced");
    EXPECT_EQ(curve.end, "traced");
    options.stop = PvStop::nose;
    EXPECT_EQ(curve_of(*grid, options, watch(false, false)).end, "limit_induced");
}

// MATPOWER's 0.038307 is the largest of points 0.1 apart on the curve, not a located nose, so it lies below. Its limits
// are met to 0.01 MVAr, which puts two units that reach theirs within 3e-5 of each other in the other order.
TEST(MatpowerPvTests, TheLargeCaseMeetsTheSameLimits) {
    const auto grid = public_case("case300");
    if (!grid) return;
    PvOptions options = to_target(true, false);
    const PvCurve curve = curve_of(*grid, options, watch(false, false));
    EXPECT_GE(curve.lambda_max, 0.038307 - 1e-6);
    EXPECT_LE(curve.lambda_max, 0.038307 * 1.002);
    EXPECT_EQ(words_of(curve, {"q_max", "q_min", "nose"}),
              (std::vector<std::string>{"q_max 26", "q_max 19", "q_max 67", "q_max 15", "q_max 59", "q_max 69",
                                        "q_max 50", "q_max 54", "q_max 66", "nose"}));
    options.stop = PvStop::full;
    const PvCurve full = curve_of(*grid, options, watch(false, false));
    EXPECT_EQ(words_of(full, {"q_max"}).back(), "q_max 68") << "the next one of MATPOWER's list, on the lower part";
}

// A bus that has just reached its limit leaves it and comes back within the step that passes the nose: the nose is met first.
TEST(LargeCurves, AVoltageThatComesBackWithinAStepDoesNotEndTheWay) {
    auto grid = public_case("case1354pegase");
    if (!grid) return;
    grid->branches.at(13).in_service = false;
    const PvCurve curve = curve_of(*grid, PvOptions{}, watch(false, false));
    EXPECT_EQ(curve.end, "nose");
    std::set<std::pair<long long, double>> switched;
    for (const PvEvent& event : curve.events) {
        if (event.at_base || (event.event != "q_max" && event.event != "q_min" && event.event != "q_release")) continue;
        EXPECT_TRUE(switched.insert({event.bus, event.lambda}).second) << event.event << " at bus " << event.bus;
    }
    EXPECT_GT(switched.size(), 50U);

    Solving limited;
    limited.q_limits = true;
    const StudySetup setup = make_setup(*grid, limited);
    const auto solves = [&](double lambda) {
        return Engine(setup.model, setup.engine).solve(grown(*setup.model->network, lambda)).solved();
    };
    EXPECT_TRUE(solves(0.99 * curve.lambda_max));
    EXPECT_FALSE(solves(1.01 * curve.lambda_max));
}

// --- nose points by uniform scaling, from MATPOWER's runcpf and repeated runpf -----------------------------------

TEST(NosePoints, UniformScalingEndsWhereRepeatedPowerFlowsEnd) {
    const std::pair<const char*, double> known[] = {{"case9", 1.64124}, {"case14", 3.06025}, {"case118", 2.18710}};
    for (const auto& [name, lambda] : known) {
        const auto grid = public_case(name);
        if (!grid) return;
        PvOptions options;
        options.q_limits = false;
        // Both of MATPOWER's ways agree to 2e-5.
        EXPECT_NEAR(curve_of(*grid, options, watch(false, false)).lambda_max, lambda, 2e-5) << name;
    }
}

}  // namespace
}  // namespace araz::testing

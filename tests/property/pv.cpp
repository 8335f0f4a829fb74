// PV curves: closed forms of two buses, and what every curve must obey on any grid.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "araz/io/pv_io.hpp"
#include "araz/study/continuation.hpp"
#include "support/grids.hpp"
#include "support/growth.hpp"
#include "support/study.hpp"

namespace araz::testing {
namespace {

PvResult run(const StudySetup& setup, const PvOptions& options, const std::vector<Contingency>& outages = {}) {
    auto result = run_pv(setup, outages, options);
    if (!result) throw std::runtime_error(render(result.error().findings));
    return *std::move(result);
}

MonitorOptions nothing_watched() {
    MonitorOptions monitor;
    monitor.rating_base.factor = monitor.rating_contingency.factor = 1e6;
    monitor.voltage_limits = false;
    return monitor;
}

// --- two buses ------------------------------------------------------------------------------------------------
//
// A source E = 1 behind j x feeds a load P at power factor angle phi, lagging. The nose is at
//   Pmax = cos(phi) / (2 x (1 + sin(phi))),   V = 1 / sqrt(2 (1 + sin(phi)))
// (T. Van Cutsem, C. Vournas, "Voltage Stability of Electric Power Systems", 1998, section 2.3).

Case one_load(double x, double p_mw, double phi) {
    Case grid;
    grid.name = "one_load";
    grid.base_mva = 100.0;
    for (int k = 1; k <= 2; ++k) {
        BusRow bus;
        bus.bus = BusId{k};
        bus.type = k == 1 ? BusType::slack : BusType::pq;
        bus.base_kv = 110.0;
        grid.buses.push_back(bus);
    }
    grid.buses[1].pd_mw = p_mw;
    grid.buses[1].qd_mvar = p_mw * std::tan(phi);
    GeneratorRow unit;
    unit.bus = BusId{1};
    unit.pmax_mw = 1e4;
    grid.generators.push_back(unit);
    BranchRow line;
    line.from_bus = BusId{1};
    line.to_bus = BusId{2};
    line.x_pu = x;
    grid.branches.push_back(line);
    return grid;
}

TEST(PvClosedForms, TheNoseOfOneLoadBehindAReactance) {
    for (const double x : {0.05, 0.2, 1.0})
        for (const double phi : {0.0, 0.2, 0.5, -0.2}) {
            Solving solving;
            solving.monitor = nothing_watched();
            const double base_mw = 5.0;
            const PvResult result = run(make_setup(one_load(x, base_mw, phi), solving), {});
            const PvCurve& curve = result.curves[0];
            const double most = 100.0 * std::cos(phi) / (2.0 * x * (1.0 + std::sin(phi)));
            // 1e-10 p.u. of mismatch, and the square of 1e-9 of the tangent.
            EXPECT_NEAR(base_mw + curve.margin_mw, most, 1e-7 * most) << "x " << x << ", phi " << phi;
            EXPECT_NEAR(curve.vm_min_pu, 1.0 / std::sqrt(2.0 * (1.0 + std::sin(phi))), 1e-7);
            EXPECT_EQ(curve.bifurcation, "saddle_node");
            EXPECT_EQ(curve.critical_bus, 2);
            EXPECT_EQ(curve.critical_buses[0].participation, 1.0);
        }
}

// Both roots of V^4 + (2 Q x - 1) V^2 + x^2 (P^2 + Q^2) = 0 are met: the upper before the nose, the lower after it.
TEST(PvClosedForms, EveryPointOfTheWholeCurveSolvesTheQuadratic) {
    constexpr double x = 0.3;
    constexpr double phi = 0.3;
    constexpr double base_mw = 20.0;
    Solving solving;
    solving.monitor = nothing_watched();
    PvOptions options;
    options.stop = PvStop::full;
    options.bus_rows = {1};
    const PvCurve curve = run(make_setup(one_load(x, base_mw, phi), solving), options).curves[0];
    ASSERT_EQ(curve.end, "traced");
    int lower = 0;
    for (const PvPoint& point : curve.points) {
        const double p = base_mw * (1.0 + point.lambda) / 100.0;
        const double q = p * std::tan(phi);
        const double half = 0.5 - q * x;
        const double root = std::sqrt(std::max(0.0, half * half - x * x * (p * p + q * q)));
        const double v = std::sqrt(point.part == "upper" ? half + root : half - root);
        lower += point.part == "lower" ? 1 : 0;
        EXPECT_NEAR(point.vm_pu[0], v, point.lambda > 0.999 * curve.lambda_max ? 1e-5 : 1e-8) << "lambda " << point.lambda;
    }
    EXPECT_GT(lower, 3);
}

// A line between two regulated buses: P = sin(delta) / x, with its end at 90 degrees; the load sits at the reference.
TEST(PvClosedForms, ATransferOverAReactanceEndsAtNinetyDegrees) {
    Case grid = one_load(0.4, 300.0, 0.0);
    std::swap(grid.buses[0].pd_mw, grid.buses[1].pd_mw);
    grid.buses[1].area = 2;
    grid.buses[1].type = BusType::pv;
    GeneratorRow unit;
    unit.bus = BusId{2};
    unit.pg_mw = 10.0;
    unit.pmax_mw = 1000.0;
    grid.generators.push_back(unit);
    // The reference takes no part, so its area moves a load.
    Solving solving;
    solving.monitor = nothing_watched();
    const StudySetup setup = make_setup(grid, solving);
    PvOptions options;
    options.sides = *make_sides(*setup.model->network, "2", "1", Grouping::area);
    const auto refused = run_pv(setup, {}, options);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().findings[0].code, "AZ3042");

    grid.buses[1].pd_mw = 1.0;
    options.key = KeyKind::load;
    options.sides = *make_sides(*setup.model->network, "1", "2", Grouping::area);
    const PvCurve back = run(make_setup(grid, solving), options).curves[0];
    // From the 10 - 1 MW that bus 2 sends at the base to the 250 MW it can take.
    EXPECT_NEAR(back.margin_mw, 9.0 + 100.0 / 0.4, 1e-5);
    EXPECT_EQ(back.end, "nose");
}

// --- any grid ---------------------------------------------------------------------------------------------------

class PvCurves : public ::testing::TestWithParam<int> {
protected:
    [[nodiscard]] static Case grid() {
        GridRecipe recipe;
        recipe.seed = static_cast<std::uint64_t>(GetParam());
        recipe.buses = 16;
        return make_grid(recipe);
    }
    [[nodiscard]] static Solving solving(bool q_limits) {
        Solving out;
        out.q_limits = q_limits;
        return out;
    }
    [[nodiscard]] static PvOptions options(bool q_limits) {
        PvOptions out;
        out.q_limits = q_limits;
        return out;
    }
};

TEST_P(PvCurves, EveryUpperPointIsAPowerFlowAndNoneSolvesBeyondTheNose) {
    for (const bool q_limits : {false, true}) {
        const StudySetup setup = make_setup(grid(), solving(q_limits));
        PvOptions asked = options(q_limits);
        for (std::size_t row = 0; row < setup.model->network->source->buses.size(); ++row)
            asked.bus_rows.push_back(static_cast<int>(row));
        const PvResult result = run(setup, asked);
        const PvCurve& curve = result.curves[0];
        ASSERT_TRUE(curve.end == "nose" || curve.end == "limit_induced") << curve.end;
        ASSERT_GT(curve.lambda_max, 0.05);
        const Network& net = *setup.model->network;
        Engine engine(setup.model, setup.engine);
        Solution warm = engine.solve({});
        int compared = 0;
        for (const PvPoint& point : curve.points) {
            // Close to the nose plain Newton has no safe start.
            if (point.lambda > 0.98 * curve.lambda_max) continue;
            warm = engine.solve_from(grown(net, point.lambda), warm);
            ASSERT_TRUE(warm.solved()) << point.lambda;
            for (std::size_t k = 0; k < result.buses.size(); ++k) {
                const int b = net.index_of.at(result.buses[k].bus);
                // Reactive limits are met to ten times the power flow's tolerance there, exactly here.
                EXPECT_NEAR(point.vm_pu[k], warm.vm[b], 1e-6) << "lambda " << point.lambda << ", bus " << result.buses[k].bus;
            }
            ++compared;
        }
        EXPECT_GE(compared, 3);
        EXPECT_FALSE(engine.solve_from(grown(net, 1.005 * curve.lambda_max), warm).solved());
    }
}

TEST_P(PvCurves, EventsStandOnTheirLimits) {
    Case limited = grid();
    for (BranchRow& branch : limited.branches) branch.rate_a_mva = 120.0;
    const StudySetup setup = make_setup(limited, solving(true));
    const PvCurve curve = run(setup, options(true)).curves[0];
    int located = 0;
    double before = 0.0;
    for (const PvEvent& event : curve.events) {
        EXPECT_GE(event.lambda, before - 1e-12);
        before = event.lambda;
        if (event.at_base || std::isnan(event.limit)) continue;
        ++located;
        // 1e-9 p.u. in the location, 1e-8 of the rounding left by the states: in MVA on 100 MVA, or p.u.
        EXPECT_NEAR(event.value, event.limit, 1e-5) << event.event;
    }
    EXPECT_GT(located, 2);
}

TEST_P(PvCurves, AContingencyHasTheCurveOfTheGridWithoutTheBranch) {
    const StudySetup setup = make_setup(grid(), solving(false));
    std::vector<Contingency> outages;
    for (const Contingency& outage : single_outages(setup))
        if (!outage.splits && outages.size() < 3) outages.push_back(outage);
    const PvResult result = run(setup, options(false), outages);
    ASSERT_EQ(result.curves.size(), 4U);
    for (std::size_t k = 0; k < outages.size(); ++k) {
        Case without = grid();
        without.branches[static_cast<std::size_t>(setup.model->network->branch_row[outages[k].branches[0]])].in_service = false;
        const PvCurve alone = run(make_setup(without, solving(false)), options(false)).curves[0];
        EXPECT_EQ(result.curves[k + 1].contingency, outages[k].label);
        EXPECT_NEAR(result.curves[k + 1].lambda_max, alone.lambda_max, 1e-7);
        EXPECT_LE(alone.lambda_max, result.curves[0].lambda_max * 1.2);
    }
}

TEST_P(PvCurves, RenumberingChangesNothing) {
    const PvCurve a = run(make_setup(grid(), solving(true)), options(true)).curves[0];
    const PvCurve b = run(make_setup(renumbered(grid(), 5), solving(true)), options(true)).curves[0];
    EXPECT_NEAR(a.lambda_max, b.lambda_max, 1e-7);
    EXPECT_NEAR(a.margin_mw, b.margin_mw, 1e-4);
    EXPECT_EQ(a.end, b.end);
}

TEST_P(PvCurves, ATransferStopsWhenASideHasNoMoreToGive) {
    const StudySetup setup = make_setup(grid(), solving(false));
    const Network& net = *setup.model->network;
    Engine engine(setup.model, setup.engine);
    const Solution base = engine.solve({});
    for (const KeyKind key : {KeyKind::headroom, KeyKind::pmax, KeyKind::equal}) {
        PvOptions asked = options(false);
        asked.sides = *make_sides(net, "1", "2", Grouping::area);
        asked.key = key;
        const ShiftKey source(net, key, true, base.gen_p, asked.sides->in_from, true);
        const ShiftKey sink(net, key, false, base.gen_p, asked.sides->in_to, true);
        const auto result = run_pv(setup, {}, asked);
        if (!(source.capacity() > 0.0) || !(sink.capacity() > 0.0)) {
            ASSERT_FALSE(result);
            EXPECT_EQ(result.error().findings[0].code, "AZ3042");
            continue;
        }
        const PvCurve& curve = result->curves[0];
        const double most = std::min(source.capacity(), sink.capacity()) * net.base_mva;
        EXPECT_LE(curve.margin_mw, most * (1.0 + 1e-9));
        if (!curve.end.ends_with("exhausted")) continue;
        EXPECT_NEAR(curve.margin_mw, most, 1e-6 * most);
        // The state there is that of the exchange itself.
        const Exchange exchange(setup.model, ExchangeMode::scheduled, key, *asked.sides, base);
        const ExchangePoint point = exchange.solve(engine, most / net.base_mva * (1.0 - 1e-9), base);
        ASSERT_EQ(point.status, PointStatus::ok);
        double lowest = 2.0;
        for (int b = 0; b < net.n_bus; ++b)
            if (point.intact.live[b] != 0) lowest = std::min(lowest, point.intact.vm[b]);
        EXPECT_NEAR(curve.vm_min_pu, lowest, 1e-6);
    }
}

TEST_P(PvCurves, TheSameBytesForAnyNumberOfThreads) {
    StudySetup setup = make_setup(grid(), solving(true));
    std::vector<Contingency> outages = single_outages(setup);
    setup.threads = 1;
    const std::string one = to_json(run(setup, options(true), outages));
    setup.threads = 3;
    EXPECT_EQ(one, to_json(run(setup, options(true), outages)));
}

INSTANTIATE_TEST_SUITE_P(Grids, PvCurves, ::testing::Range(1, 7));

}  // namespace
}  // namespace araz::testing

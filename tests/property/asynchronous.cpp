// Exchange between systems that only a DC line joins: what each island and the line allow, in closed form and
// as a property of any two grids.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "support/grids.hpp"
#include "support/study.hpp"

namespace araz::testing {
namespace {

constexpr double tolerance_mw = 0.1;

Transfer between(const char* from, const char* to, ExchangeMode mode) {
    Transfer transfer;
    transfer.from = from;
    transfer.to = to;
    transfer.options.mode = mode;
    transfer.options.tolerance_mw = tolerance_mw;
    return transfer;
}

Solving thermal_only() {
    Solving solving;
    solving.monitor.voltage_limits = false;
    return solving;
}

DcLineRow link(BusId from, BusId to, double p_mw, double reach_mw) {
    DcLineRow line;
    line.from_bus = from;
    line.to_bus = to;
    line.pf_mw = p_mw;
    line.pmin_mw = -reach_mw;
    line.pmax_mw = reach_mw;
    line.loss0_mw = 1.0;
    line.loss1 = 0.02;
    line.qminf_mvar = line.qmint_mvar = -200.0;
    line.qmaxf_mvar = line.qmaxt_mvar = 200.0;
    line.name = "link";
    return line;
}

/// Two one-bus systems of 3000 MW load and 6000 MW of units each, joined by 400 MW of DC at 100 MW.
Case two_systems() {
    Case grid = two_areas(0, 0.1, 0.0);
    grid.buses[1].type = BusType::slack;
    grid.dc_lines.push_back(link(BusId{1}, BusId{2}, 100.0, 400.0));
    grid.dc_lines_active = true;
    return grid;
}

class Asynchronous : public ::testing::TestWithParam<ExchangeMode> {};

/// No branch at all, so the line's limit is the answer: 400 - 100 MW one way. The other way the exporting
/// end is the to end: it receives 100 - (1 + 2) = 97 MW at the base and sends 400 + (1 + 8) = 409 MW at most.
TEST_P(Asynchronous, TheLineItselfLimitsAndIsNamed) {
    const StudySetup setup = make_setup(two_systems());
    Transfer forth = between("1", "2", GetParam());
    Transfer back = between("2", "1", GetParam());
    forth.options.key = back.options.key = KeyKind::pmax;
    forth.outages = back.outages = false;
    if (GetParam() == ExchangeMode::scheduled) {
        // Units at the reference bus take no part: each system has nothing else.
        EXPECT_EQ(transfer_limit(setup, forth).limit.cause, "key_source");
        return;
    }
    const DirectionResult there = transfer_limit(setup, forth);
    EXPECT_EQ(there.status, "converged");
    EXPECT_NEAR(there.base_exchange_mw, 100.0, 1e-6);
    EXPECT_NEAR(there.delta_e_mw, 300.0, 1e-3);
    EXPECT_EQ(there.limit.cause, "thermal");
    EXPECT_EQ(there.limit.dc_line, 1);
    EXPECT_DOUBLE_EQ(there.limit.limit, 400.0);
    const DirectionResult here = transfer_limit(setup, back);
    EXPECT_NEAR(here.base_exchange_mw, -97.0, 1e-6);
    EXPECT_NEAR(here.delta_e_mw, 409.0 + 97.0, 1e-3);
    EXPECT_EQ(here.limit.dc_line, 1);
}

/// Two meshed systems; area 2 is a copy of another grid with bus numbers of its own.
Case meshed_pair(std::uint64_t seed) {
    GridRecipe recipe;
    recipe.areas = 1;
    recipe.buses = 14;
    recipe.seed = seed;
    Case grid = make_grid(recipe);
    recipe.seed = seed + 100;
    const Case other = make_grid(recipe);
    const auto moved = [](BusId bus) { return BusId{number(bus) + 10000}; };
    for (BusRow bus : other.buses) {
        bus.bus = moved(bus.bus);
        bus.area = 2;
        grid.buses.push_back(bus);
    }
    for (GeneratorRow unit : other.generators) {
        unit.bus = moved(unit.bus);
        grid.generators.push_back(unit);
    }
    for (BranchRow branch : other.branches) {
        branch.from_bus = moved(branch.from_bus);
        branch.to_bus = moved(branch.to_bus);
        grid.branches.push_back(branch);
    }
    grid.gen_costs.clear();
    grid.areas.clear();
    grid.dc_lines.push_back(link(grid.buses[3].bus, moved(other.buses[5].bus), 20.0, 5000.0));
    grid.dc_lines_active = true;
    return rated_for_n1(std::move(grid));
}

Case without_ratings_in(Case grid, bool second) {
    for (BranchRow& branch : grid.branches)
        if ((number(branch.from_bus) > 10000) == second) branch.rate_a_mva = 0.0;
    return grid;
}

/// The islands do not feel each other's flows, only the line's set-point: the pair can exchange what the
/// weaker of the two can.
TEST_P(Asynchronous, TheSmallerSideLimits) {
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
        const Case grid = meshed_pair(seed);
        const Transfer transfer = between("1", "2", GetParam());
        const auto limit = [&](const Case& of) { return transfer_limit(make_setup(of, thermal_only()), transfer); };
        const DirectionResult both = limit(grid);
        const DirectionResult first = limit(without_ratings_in(grid, true));
        const DirectionResult second = limit(without_ratings_in(grid, false));
        ASSERT_EQ(both.status, "converged") << "seed " << seed;
        EXPECT_GT(both.delta_e_mw, 1.0) << "a limit at the base says nothing";
        EXPECT_NEAR(both.delta_e_mw, std::min(first.delta_e_mw, second.delta_e_mw), tolerance_mw) << "seed " << seed;
    }
}

/// What leaves area 1 goes over the line alone: its set-point is the net position, whatever the losses are.
TEST_P(Asynchronous, TheLineCarriesTheNetPosition) {
    const StudySetup setup = make_setup(meshed_pair(4), thermal_only());
    Engine engine(setup.model, setup.engine);
    const Solution base = engine.solve({});
    const Network& net = *setup.model->network;
    const Exchange exchange(setup.model, GetParam(), KeyKind::headroom, *make_sides(net, "1", "2", Grouping::area), base);
    for (const double shift_mw : {1.0, 10.0, 40.0}) {
        const ExchangePoint point = exchange.solve(engine, shift_mw / net.base_mva, base);
        ASSERT_EQ(point.status, PointStatus::ok) << shift_mw;
        EXPECT_NEAR(net.base_mva * point.net_export, 20.0 + shift_mw, 1e-6);
        EXPECT_NEAR(-net.base_mva * point.intact.gen_p[net.n_unit], 20.0 + shift_mw, 1e-6);
        const double delivered = net.base_mva * point.intact.gen_p[net.n_unit + 1];
        EXPECT_NEAR(delivered, (20.0 + shift_mw) * 0.98 - 1.0, 1e-6);
        // Each slack stays at its schedule in net mode: 1e-6 p.u. is what the settling leaves open.
        if (GetParam() != ExchangeMode::net) continue;
        for (int g = 0; g < net.n_unit; ++g) {
            double scheduled = base.gen_p[g];
            for (const GeneratorSetting& setting : point.scenario.generator_p)
                if (setting.generator == g) scheduled = setting.p;
            EXPECT_NEAR(point.intact.gen_p[g], scheduled, 2e-6);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(BothModes, Asynchronous, ::testing::Values(ExchangeMode::net, ExchangeMode::scheduled),
                         [](const auto& mode) { return mode.param == ExchangeMode::net ? "net" : "scheduled"; });

}  // namespace
}  // namespace araz::testing

// MATPOWER's DC lines: two regulating units with a linear loss between them, in or out by one option.
#include <gtest/gtest.h>

#include <cmath>

#include "support/grids.hpp"
#include "support/study.hpp"

namespace araz::testing {
namespace {

Case grid_of(int seed) {
    GridRecipe recipe;
    recipe.seed = static_cast<std::uint64_t>(seed);
    recipe.buses = 20 + 4 * seed;
    return make_grid(recipe);
}

// PQ buses without units for the ends, so that the stand-ins below are alone there.
std::pair<int, int> free_buses(const Case& grid) {
    std::vector<int> rows;
    for (std::size_t k = 0; k < grid.buses.size(); ++k) {
        bool unit = grid.buses[k].type != BusType::pq;
        for (const GeneratorRow& each : grid.generators) unit = unit || each.bus == grid.buses[k].bus;
        if (!unit) rows.push_back(static_cast<int>(k));
    }
    return {rows.at(1), rows.at(rows.size() / 2)};
}

DcLineRow line_between(const Case& grid, int from, int to) {
    DcLineRow line;
    line.from_bus = grid.buses[from].bus;
    line.to_bus = grid.buses[to].bus;
    line.pf_mw = 10.0;
    line.vf_pu = 1.01;
    line.vt_pu = 1.0;
    line.pmax_mw = 10.0;
    line.qminf_mvar = line.qmint_mvar = -10.0;
    line.qmaxf_mvar = line.qmaxt_mvar = 10.0;
    line.loss0_mw = 1.0;
    line.loss1 = 0.01;
    return line;
}

PfResult solve_with(const Case& grid, BuildOptions::DcLines dc, bool q_limits) {
    BuildOptions build;
    build.dc_lines = dc;
    Solving solving;
    solving.q_limits = q_limits;
    StudySetup setup = make_setup(grid, solving);
    setup.model = ElectricalModel::build(*Network::build(std::make_shared<const Case>(grid), build));
    return run_power_flow(setup);
}

class DcLines : public ::testing::TestWithParam<int> {};

// What MATPOWER's toggle_dcline makes of the line, written out by hand: its own test of the power flow with
// "equivalent injections". 10 MW sent are 8.9 MW received with 1 MW + 1 % lost, as in its t_dcline.
TEST_P(DcLines, EqualTheUnitsThatMatpowerPutsInTheirPlace) {
    const Case plain = grid_of(GetParam());
    const auto [from, to] = free_buses(plain);
    Case with_line = plain;
    with_line.dc_lines.push_back(line_between(plain, from, to));
    Case with_units = plain;
    for (const bool sends : {true, false}) {
        GeneratorRow unit;
        unit.bus = plain.buses[sends ? from : to].bus;
        unit.pg_mw = sends ? -10.0 : 8.9;
        unit.pmin_mw = -20.0;
        unit.pmax_mw = 20.0;
        unit.qmin_mvar = -10.0;
        unit.qmax_mvar = 10.0;
        unit.vg_pu = sends ? 1.01 : 1.0;
        with_units.generators.push_back(unit);
        with_units.buses[sends ? from : to].type = BusType::pv;
    }
    for (const bool limits : {false, true}) {
        const PfResult line = solve_with(with_line, BuildOptions::DcLines::on, limits);
        const PfResult units = solve_with(with_units, BuildOptions::DcLines::off, limits);
        ASSERT_EQ(line.status, SolveStatus::converged);
        ASSERT_EQ(units.status, SolveStatus::converged);
        for (std::size_t k = 0; k < plain.buses.size(); ++k) {
            if (std::isnan(line.buses[k].vm_pu)) continue;
            EXPECT_NEAR(line.buses[k].vm_pu, units.buses[k].vm_pu, 1e-9);
            EXPECT_NEAR(line.buses[k].va_deg, units.buses[k].va_deg, 1e-7);
        }
        const DcLineResult& dc = line.dc_lines.at(0);
        EXPECT_NEAR(dc.p_from_mw, 10.0, 1e-12);
        EXPECT_NEAR(dc.p_to_mw, -8.9, 1e-12);
        EXPECT_NEAR(dc.loss_mw, 1.1, 1e-12);
        EXPECT_NEAR(dc.q_from_mvar, -(units.generators.end() - 2)->q_mvar, 1e-5);
        EXPECT_NEAR(dc.q_to_mvar, -(units.generators.end() - 1)->q_mvar, 1e-5);
    }
}

TEST_P(DcLines, AreLeftOutOfMatpowerFilesUnlessAsked) {
    const Case plain = grid_of(GetParam());
    const auto [from, to] = free_buses(plain);
    Case with_line = plain;
    with_line.dc_lines.push_back(line_between(plain, from, to));
    const PfResult without = solve_with(plain, BuildOptions::DcLines::as_case, false);
    const PfResult as_case = solve_with(with_line, BuildOptions::DcLines::as_case, false);
    const PfResult off = solve_with(with_line, BuildOptions::DcLines::off, false);
    for (std::size_t k = 0; k < plain.branches.size(); ++k) {
        EXPECT_EQ(as_case.branches[k].p_from_mw, without.branches[k].p_from_mw);
        EXPECT_EQ(off.branches[k].p_from_mw, without.branches[k].p_from_mw);
    }
    with_line.dc_lines_active = true;  // what a case folder says
    const PfResult active = solve_with(with_line, BuildOptions::DcLines::as_case, false);
    EXPECT_NEAR(active.totals.dc_loss_mw, 1.1, 1e-9);
}

INSTANTIATE_TEST_SUITE_P(Seeds, DcLines, ::testing::Range(1, 4));

}  // namespace
}  // namespace araz::testing

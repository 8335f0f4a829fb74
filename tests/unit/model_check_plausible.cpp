// Single values that contradict the rest of their case.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "araz/model/network.hpp"

namespace araz {
namespace {

BusRow bus(std::int64_t id, BusType type, double pd) {
    BusRow row;
    row.bus = BusId{id};
    row.type = type;
    row.pd_mw = pd;
    row.base_kv = 220.0;
    return row;
}

BranchRow line(std::int64_t from, std::int64_t to) {
    BranchRow row;
    row.from_bus = BusId{from};
    row.to_bus = BusId{to};
    row.r_pu = 0.01;
    row.x_pu = 0.08;
    row.b_pu = 0.05;
    row.rate_a_mva = 200.0;
    return row;
}

// A ring of five buses with a unit at the first: nothing to complain about.
Case ring() {
    Case grid;
    for (int id = 1; id <= 5; ++id) grid.buses.push_back(bus(id, id == 1 ? BusType::slack : BusType::pq, id == 1 ? 0.0 : 20.0 + id));
    for (int id = 1; id <= 5; ++id) grid.branches.push_back(line(id, id % 5 + 1));
    GeneratorRow unit;
    unit.bus = BusId{1};
    unit.pg_mw = 94.0;
    unit.pmax_mw = 200.0;
    unit.mbase_mva = 100.0;
    grid.generators.push_back(unit);
    return grid;
}

const Finding* find(const Findings& findings, std::string_view code) {
    for (const Finding& finding : findings)
        if (finding.code == code) return &finding;
    return nullptr;
}

void expect(const Case& grid, std::string_view code, Severity severity, std::string_view element) {
    const Findings findings = check_case(grid);
    const Finding* finding = find(findings, code);
    ASSERT_NE(finding, nullptr) << code << "\n" << render(findings);
    EXPECT_EQ(finding->severity, severity) << code;
    EXPECT_EQ(finding->element, element) << code;
    EXPECT_FALSE(finding->hint.empty()) << code;
}

TEST(Plausible, FindsNothingInASoundCase) { EXPECT_EQ(render(check_case(ring())), ""); }

TEST(Plausible, SuspectsTheBasePower) {
    for (const double base : {1e5, 0.1}) {
        Case grid = ring();
        grid.base_mva = base;
        expect(grid, "AZ1240", Severity::warning, "");
    }
    for (const double base : {1.0, 10.0, 1000.0}) {
        Case grid = ring();
        grid.base_mva = base;
        EXPECT_EQ(find(check_case(grid), "AZ1240"), nullptr) << base;
    }
}

TEST(Plausible, BlamesTheBusWhoseLinesAllDisagreeWithIt) {
    Case grid = ring();
    grid.buses[2].base_kv = 22.0;
    expect(grid, "AZ1229", Severity::warning, "bus 3");
    grid.buses[2].base_kv = 220'000.0;
    expect(grid, "AZ1241", Severity::warning, "bus 3");
    EXPECT_EQ(find(check_case(grid), "AZ1229"), nullptr) << "said once";
    // Half of the ring on another level: two lines are the transformers that have no ratio.
    grid = ring();
    grid.buses[2].base_kv = grid.buses[3].base_kv = 110.0;
    expect(grid, "AZ1229", Severity::warning, "branch 2");
}

TEST(Plausible, TellsALineWithNegativeReactanceFromASeriesCapacitor) {
    Case grid = ring();
    grid.branches[1].x_pu = -0.08;
    expect(grid, "AZ1242", Severity::warning, "branch 2");
    grid.branches[1].b_pu = 0.0;
    EXPECT_EQ(find(check_case(grid), "AZ1242"), nullptr);
}

TEST(Plausible, SuspectsOneBranchWithRAndXExchanged) {
    Case grid = ring();
    std::swap(grid.branches[3].r_pu, grid.branches[3].x_pu);
    expect(grid, "AZ1243", Severity::warning, "branch 4");
    for (BranchRow& row : grid.branches) row.r_pu = row.x_pu = 0.05;  // distribution: r is no surprise there
    grid.branches[3].r_pu = 0.2;
    EXPECT_EQ(find(check_case(grid), "AZ1243"), nullptr);
}

TEST(Plausible, SuspectsAWholeTableWithRAndXExchanged) {
    Case grid = ring();
    for (BranchRow& row : grid.branches) std::swap(row.r_pu, row.x_pu);
    EXPECT_NE(find(check_case(grid), "AZ1231"), nullptr) << "lines of 220 kV with r = 8 x";
    for (BusRow& row : grid.buses) row.base_kv = 11.0;
    EXPECT_EQ(find(check_case(grid), "AZ1231"), nullptr) << "cables of 11 kV may have that";
}

TEST(Plausible, NotesVerySmallImpedances) {
    Case grid = ring();
    grid.branches[0].r_pu = 0.0;
    grid.branches[0].x_pu = 1e-6;
    expect(grid, "AZ1244", Severity::info, "branch 1");
}

TEST(Plausible, SuspectsTheOnlyNegativeLoad) {
    Case grid = ring();
    grid.buses[3].pd_mw = -24.0;
    expect(grid, "AZ1245", Severity::warning, "bus 4");
    grid.buses[4].pd_mw = -25.0;
    EXPECT_EQ(find(check_case(grid), "AZ1245"), nullptr) << "two of them are a habit";
}

TEST(Plausible, NamesTheLargestLoadWhenAllGenerationIsTooSmall) {
    Case grid = ring();
    grid.buses[3].pd_mw = 240.0;
    expect(grid, "AZ1246", Severity::warning, "bus 4");
    grid.buses[3].pd_mw = 24'000.0;
    expect(grid, "AZ1230", Severity::warning, "bus 4");
    EXPECT_EQ(find(check_case(grid), "AZ1246"), nullptr);
    grid = ring();
    grid.generators[0].pmax_mw = std::numeric_limits<double>::infinity();
    EXPECT_EQ(find(check_case(grid), "AZ1246"), nullptr);
}

TEST(Plausible, RefusesSetPointsInKilovolts) {
    Case grid = ring();
    grid.generators[0].vg_pu = 226.0;
    expect(grid, "AZ1247", Severity::error, "generator 1");
    grid.generators[0].vg_pu = 1.15;
    EXPECT_EQ(find(check_case(grid), "AZ1247"), nullptr);
}

// Two buses with a known flow: the angle that carries 50 MW over x = 0.1 p.u. is asin(0.05) rad.
TEST(Plausible, SeesThatStoredAnglesAreInRadians) {
    Case grid;
    grid.buses = {bus(1, BusType::slack, 0.0), bus(2, BusType::pv, 50.0)};
    GeneratorRow unit;
    unit.bus = BusId{1};
    unit.pmax_mw = 100.0;
    unit.mbase_mva = 100.0;
    grid.generators = {unit};
    unit.bus = BusId{2};
    grid.generators.push_back(unit);
    grid.branches = {line(1, 2)};
    grid.branches[0].r_pu = grid.branches[0].b_pu = 0.0;
    grid.branches[0].x_pu = 0.1;
    const double angle = -std::asin(0.05);
    grid.buses[1].va_deg = angle * 180.0 / std::numbers::pi;
    EXPECT_EQ(find(check_case(grid), "AZ1248"), nullptr);
    grid.buses[1].va_deg = angle;
    expect(grid, "AZ1248", Severity::warning, "bus 2");
}

TEST(Plausible, KnowsUnitsAndParallelBranchesByTheirIdentifiers) {
    Case grid = ring();
    grid.generators.push_back(grid.generators[0]);
    grid.branches.push_back(grid.branches[2]);
    EXPECT_EQ(find(check_case(grid), "AZ1111"), nullptr) << "no identifiers, no double";
    for (GeneratorRow& row : grid.generators) row.id = "1";
    expect(grid, "AZ1111", Severity::error, "generator 2");
    grid.generators[1].id = "2";
    grid.branches[2].id = grid.branches[5].id = "1";
    EXPECT_EQ(find(check_case(grid), "AZ1111"), nullptr);
    const Findings findings = check_case(grid);
    ASSERT_NE(find(findings, "AZ1112"), nullptr);
    EXPECT_EQ(find(findings, "AZ1112")->severity, Severity::warning);
    grid.branches[5].id = "2";
    EXPECT_EQ(find(check_case(grid), "AZ1112"), nullptr);
}

TEST(Plausible, ADoubtfulStatusIsAnErrorUnlessAllowed) {
    Case grid = ring();
    Finding remark;
    remark.severity = Severity::warning;
    remark.code = "AZ1108";
    grid.findings.push_back(remark);
    EXPECT_TRUE(has_error(check_case(grid)));
    BuildOptions allow;
    allow.allow = {"AZ1108"};
    EXPECT_FALSE(has_error(check_case(grid, allow)));
}

TEST(Plausible, SuspectsALineLongerThanAny) {
    Case grid = ring();
    grid.branches[1].b_pu = 12.0;  // x b = 0.96: 56 degrees
    EXPECT_EQ(find(check_case(grid), "AZ1233"), nullptr);
    grid.branches[1].b_pu = 13.0;
    expect(grid, "AZ1233", Severity::warning, "branch 2");
}

TEST(Plausible, SuspectsPowerBeyondTheBranchesOfItsBus) {
    const double carried = 100.0 * 2.0 / std::hypot(0.01, 0.08);  // of two branches at 1 p.u. and 90 degrees, MW
    for (const double sign : {1.0, -1.0}) {
        Case grid = ring();
        grid.generators[0].pmax_mw = 1e6;
        grid.buses[2].pd_mw = sign * 1.4 * carried;
        EXPECT_EQ(find(check_case(grid), "AZ1234"), nullptr);
        grid.buses[2].pd_mw = sign * 1.6 * carried;
        expect(grid, "AZ1234", Severity::warning, "bus 3");
        grid = ring();
        grid.buses[2].gs_mw = sign * 1.6 * carried;
        expect(grid, "AZ1234", Severity::warning, "bus 3");
        grid = ring();
        grid.buses[2].bs_mvar = sign * 2.9 * carried;
        EXPECT_EQ(find(check_case(grid), "AZ1234"), nullptr);
        grid.buses[2].bs_mvar = sign * 3.1 * carried;
        expect(grid, "AZ1234", Severity::warning, "bus 3");
    }
    Case grid = ring();
    grid.buses[0].pd_mw = 2.0 * carried;
    grid.generators[0].pmax_mw = 3.0 * carried;
    EXPECT_EQ(find(check_case(grid), "AZ1234"), nullptr) << "the reference takes what is left";
    grid = ring();
    grid.buses[2].pd_mw = 1.6 * carried;
    grid.generators[0].pmax_mw = 1e6;
    grid.branches.push_back(line(3, 4));
    grid.branches.back().r_pu = grid.branches.back().x_pu = 0.0;
    EXPECT_EQ(find(check_case(grid), "AZ1234"), nullptr) << "a coupler carries anything";
}

TEST(Plausible, BlamesTheBaseWhereMostPowersAreTooLarge) {
    Case grid = ring();
    grid.base_mva = 0.7;  // 22 to 25 MW are 31 to 36 p.u., two branches carry 24.8 p.u.
    EXPECT_EQ(find(check_case(grid), "AZ1234"), nullptr);
    grid.base_mva = 0.5;
    expect(grid, "AZ1234", Severity::warning, "");
}

TEST(Plausible, RemarksAnImpedanceOutOfProportion) {
    Case grid = ring();
    grid.branches[3].x_pu = 38.72;  // 0.08 p.u. in ohms at 220 kV
    expect(grid, "AZ1235", Severity::info, "branch 4");
    grid.branches[3].x_pu = 4.9;
    EXPECT_EQ(find(check_case(grid), "AZ1235"), nullptr);
}

}  // namespace
}  // namespace araz

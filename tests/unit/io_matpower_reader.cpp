#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "araz/io/case_io.hpp"
#include "unit/ring9.hpp"

namespace araz {
namespace {

using test::replaced;
using test::ring9;

Case read(const std::string& text) {
    auto grid = case_format("matpower")->read(text, "test.m", {});
    if (!grid) throw std::runtime_error(render(grid.error().findings));
    return std::move(*grid);
}

constexpr double inf = std::numeric_limits<double>::infinity();

TEST(MatpowerReader, ReadsEveryColumnOfThePlainTables) {
    const Case grid = read(ring9);
    EXPECT_EQ(grid.name, "ring9");
    EXPECT_EQ(grid.base_mva, 100.0);
    ASSERT_EQ(grid.buses.size(), 9U);
    ASSERT_EQ(grid.generators.size(), 3U);
    ASSERT_EQ(grid.branches.size(), 10U);
    const BusRow& bus = grid.buses[4];
    EXPECT_EQ(number(bus.bus), 5);
    EXPECT_EQ(bus.type, BusType::pq);
    EXPECT_EQ(bus.pd_mw, 35.0);
    EXPECT_EQ(bus.qd_mvar, 10.0);
    EXPECT_EQ(bus.bs_mvar, 5.0);
    EXPECT_EQ(bus.area, 2);
    EXPECT_EQ(bus.base_kv, 220.0);
    EXPECT_EQ(bus.vmax_pu, 1.1);
    EXPECT_EQ(bus.vmin_pu, 0.9);
    const GeneratorRow& unit = grid.generators[2];
    EXPECT_EQ(number(unit.bus), 7);
    EXPECT_EQ(unit.vg_pu, 1.015);
    EXPECT_EQ(unit.qmax_mvar, 90.0);
    EXPECT_EQ(unit.qmin_mvar, -60.0);
    EXPECT_EQ(unit.pmax_mw, 140.0);
    EXPECT_EQ(unit.pmin_mw, 20.0);
    const BranchRow& branch = grid.branches[9];
    EXPECT_EQ(number(branch.from_bus), 3);
    EXPECT_EQ(number(branch.to_bus), 8);
    EXPECT_EQ(branch.x_pu, 0.063);
    EXPECT_EQ(branch.rate_c_mva, 240.0);
    EXPECT_EQ(branch.ratio, 0.98);
    EXPECT_EQ(branch.angmin_deg, -360.0);
}

TEST(MatpowerReader, KeepsTheLineOfEveryRowAndTheHashOfTheText) {
    const Case grid = read(ring9);
    EXPECT_EQ(grid.buses[0].source.line, 8);
    EXPECT_EQ(grid.generators[2].source.line, 23);
    EXPECT_EQ(grid.sha256().size(), 64U);
    const SourcePoint cell = locate(grid, grid.buses[1].source, 2);
    EXPECT_EQ(cell.line, 9);
    EXPECT_EQ(cell.column, 6);
    EXPECT_EQ(cell.width, 2);
    EXPECT_EQ(cell.text, "\t2\t1\t40\t12\t0\t0\t1\t1\t0\t220\t1\t1.1\t0.9;");
}

TEST(MatpowerReader, ReadsWindowsEndsOfLine) {
    std::string text;
    for (const char c : ring9) text += c == '\n' ? std::string("\r\n") : std::string(1, c);
    const Case grid = read(text);
    EXPECT_EQ(grid, read(ring9));
    EXPECT_EQ(locate(grid, grid.buses[1].source, 2).text.back(), ';');
}

TEST(MatpowerReader, ReadsCommasBlanksContinuationsAndCommentsInsideATable) {
    const std::string text =
        replaced(ring9,
                 "	1	95	0	120	-80	1.02	200	1	250	10;\n	4	"
                 "90	0	90	-60	1.01	150	1	160	20;\n	7	80",
                 "  1, 95, 0, 120, -80, 1.02, 200, 1, 250, 10 % first\n\n# between\n  4 90 0 90 ... half a row\n -60 "
                 "1.01 150 1 160 20; 7	80");
    const Case grid = read(text);
    Case expected = read(ring9);
    EXPECT_EQ(grid.generators, expected.generators);
    EXPECT_EQ(locate(grid, grid.generators[1].source, 4).line, grid.generators[1].source.line + 1);
    EXPECT_EQ(locate(grid, grid.generators[2].source, 0).column, 25);
}

TEST(MatpowerReader, ReadsRowsThatEndWithTheLineOnly) {
    std::string text = ring9;
    for (std::size_t at; (at = text.find(";\n\t")) != std::string::npos;) text.erase(at, 1);
    EXPECT_EQ(read(text), read(ring9));
}

TEST(MatpowerReader, ReadsInfinitiesInLimits) {
    const Case grid = read(replaced(ring9, "120	-80", "Inf	-Inf"));
    EXPECT_EQ(grid.generators[0].qmax_mvar, inf);
    EXPECT_EQ(grid.generators[0].qmin_mvar, -inf);
}

TEST(MatpowerReader, RoundsNumbersToTheNearestDoubleWhateverTheirLength) {
    for (const char* literal : {"0.1", "1.7976931348623157e308", "2.2250738585072011e-308", "0.30000000000000004",
                                "123456789012345678901234567890", "9007199254740993", "0.000000000000000000000000123",
                                "1E-7", ".5", "5.", "00012.50"}) {
        const Case grid = read(replaced(ring9, "40	12", std::string(literal) + "	12"));
        EXPECT_EQ(grid.buses[1].pd_mw, std::strtod(literal, nullptr)) << literal;
    }
}

TEST(MatpowerReader, ReadsAnUnderflowAsZeroAndSaysSo) {
    const Case grid = read(replaced(ring9, "40	12", "1e-400	12"));
    EXPECT_EQ(grid.buses[1].pd_mw, 0.0);
    ASSERT_NE(test::find(grid.findings, "AZ1017"), nullptr);
    EXPECT_EQ(test::find(grid.findings, "AZ1017")->where.line, 9);
}

TEST(MatpowerReader, AcceptsTheExtraColumnsOfASolvedCase) {
    std::string text = ring9;
    for (std::size_t at = 0; (at = text.find("1.1	0.9;", at)) != std::string::npos; at += 8)
        text.replace(at, 8, "1.1	0.9	17.5	0	0	0;");
    EXPECT_EQ(read(text), read(ring9));
}

TEST(MatpowerReader, ReadsShortBranchAndLongGeneratorTables) {
    std::string text = ring9;
    for (std::size_t at; (at = text.find("	-360	360;")) != std::string::npos;) text.replace(at, 10, ";");
    for (const char* row : {"250	10;", "160	20;", "140	20;"})
        text = replaced(text, row,
                        std::string(row, 6) +
                            "	1	2	3	4	5	6	7	8	9	10	11;");
    const Case grid = read(text);
    EXPECT_EQ(grid.branches, read(ring9).branches);
    EXPECT_EQ(grid.generators[0].pc1_mw, 1.0);
    EXPECT_EQ(grid.generators[0].qc2max_mvar, 6.0);
    EXPECT_EQ(grid.generators[0].apf, 11.0);
}

TEST(MatpowerReader, ReadsNamesFuelsCostsAreasAndDcLines) {
    const Case grid = read(ring9 + R"(
mpc.bus_name = { 'it''s a'; 'b'; 'c % no comment'; "d"; 'e;'; 'f'; 'g'; 'h'; 'i' };
mpc.genfuel = {'hydro'; 'wind'; 'ng'};
mpc.gentype = {'HY'; 'WT'; 'GT'};
mpc.gen_name = {'U1'
  'U2'
  'U3'};
mpc.gencost = [
	2	10	20	3	0.1	5	7	0;
	1	0	0	2	0	0	100	900;
	2	0	0	2	5	7	0	0;
];
mpc.dcline = [1 6 1 10 9 1 2 1.01 1.02 -50 50 -Inf Inf -20 20 0.5 0.01];
mpc.areas = [1 2; 2 4];
mpc.area_name = {1 'north'; 3 'east'};
mpc.zone_name = {'only'};
)");
    EXPECT_EQ(grid.buses[0].name, "it's a");
    EXPECT_EQ(grid.buses[2].name, "c % no comment");
    EXPECT_EQ(grid.generators[1].fuel, "wind");
    EXPECT_EQ(grid.generators[2].type, "GT");
    EXPECT_EQ(grid.generators[1].name, "U2");
    ASSERT_EQ(grid.gen_costs.size(), 3U);
    EXPECT_EQ(grid.gen_costs[1].coefficients, (std::vector<double>{0, 0, 100, 900}));
    EXPECT_EQ(grid.gen_costs[2].coefficients, (std::vector<double>{5, 7}));
    ASSERT_EQ(grid.dc_lines.size(), 1U);
    EXPECT_EQ(grid.dc_lines[0].qmaxf_mvar, inf);
    EXPECT_EQ(grid.dc_lines[0].loss1, 0.01);
    ASSERT_EQ(grid.areas.size(), 3U);
    EXPECT_EQ(grid.areas[0].name, "north");
    EXPECT_EQ(number(grid.areas[1].reference_bus), 4);
    EXPECT_EQ(grid.areas[2].area, 3);
    ASSERT_EQ(grid.zones.size(), 1U);
    EXPECT_EQ(grid.zones[0].name, "only");
    EXPECT_TRUE(grid.findings.empty());
}

TEST(MatpowerReader, KeepsTheMeaningOfRatioAndStatus) {
    const Case grid = read(replaced(ring9, "0.98	0	1", "0	0	2"));
    EXPECT_EQ(grid.branches[9].ratio, 0.0);
    EXPECT_TRUE(grid.branches[9].in_service);
    ASSERT_NE(test::find(grid.findings, "AZ1108"), nullptr);
    EXPECT_FALSE(read(replaced(ring9, "0.98	0	1", "0	0	-1")).branches[9].in_service);
}

TEST(MatpowerReader, NotesFieldsThatAreNotUsed) {
    const Case grid = read(ring9 + "mpc.reserves.zones = [1 2 3];\n");
    const Finding* note = test::find(grid.findings, "AZ1024");
    ASSERT_NE(note, nullptr);
    EXPECT_EQ(note->severity, Severity::info);
    EXPECT_EQ(note->where.line, 39);
}

TEST(MatpowerReader, TakesTheNameOfTheStructureFromTheHeader) {
    std::string text = ring9;
    for (std::size_t at; (at = text.find("mpc")) != std::string::npos;) text.replace(at, 3, "s");
    EXPECT_EQ(read(text), read(ring9));
}

TEST(MatpowerReader, WritesWhatItReads) {
    Case grid = read(ring9 + R"(
mpc.bus_name = { 'it''s a'; ''; ''; ''; 'e;'; ''; ''; ''; 'Şəki' };
mpc.genfuel = {'hydro'; 'wind'; ''};
mpc.gencost = [1 0 0 2 0 0 100 900; 2 0 0 1 5 0 0 0; 2 1 1 0 0 0 0 0];
mpc.dcline = [1 6 0 10 9 1 2 1.01 1.02 -50 50 -Inf Inf -20 20 0.5 0.01];
mpc.areas = [1 2; 2 4];
mpc.area_name = {1 'north'; 2 'south'};
)");
    grid.generators[1].apf = 0.25;
    grid.generators[0].qmax_mvar = inf;
    grid.buses[3].va_deg = 1.0 / 3.0;
    grid.branches[2].in_service = false;
    grid.branches[1].name = "L'2";
    grid.frequency_hz = 60.0;
    const Case again = read(case_format("matpower")->write(grid));
    EXPECT_EQ(again, grid);
    EXPECT_TRUE(again.findings.empty());
}

TEST(MatpowerReader, WritesNamesThatCannotBreakOutOfTheirQuotes) {
    Case grid = read(ring9);
    grid.buses[0].name = "a'; mpc.baseMVA = 1; %\nx";
    grid.name = "9 bus; x";
    const Case again = read(case_format("matpower")->write(grid));
    EXPECT_EQ(again.base_mva, 100.0);
    EXPECT_EQ(again.buses[0].name, "a'; mpc.baseMVA = 1; % x");
    EXPECT_EQ(again.name, "case_9_bus__x");
}

}  // namespace
}  // namespace araz

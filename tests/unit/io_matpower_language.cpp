// The part of the MATLAB language that case files may use.
#include <gtest/gtest.h>

#include <cmath>

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

// The load of bus 2 when its cell is `cell`.
double cell(const std::string& text) {
    return read(replaced(ring9, "	40	12", "	" + text + "	12")).buses[1].pd_mw;
}

std::string code_of(const std::string& statements) {
    const auto grid = case_format("matpower")->read(ring9 + statements, "test.m", {});
    return grid ? "" : grid.error().findings.front().code;
}

TEST(MatpowerLanguage, ComputesCells) {
    EXPECT_EQ(cell("50/3"), 50.0 / 3.0);
    EXPECT_EQ(cell("135/sqrt(3)"), 135.0 / std::sqrt(3.0));
    EXPECT_EQ(cell("(1 + 2) * 3"), 9.0);
    EXPECT_EQ(cell("2 ^ 3"), 8.0);
    EXPECT_EQ(cell("-2^2"), -4.0);
    EXPECT_EQ(cell("2^-1"), 0.5);
    EXPECT_EQ(cell("+4"), 4.0);
    EXPECT_EQ(cell("-(3)"), -3.0);
    EXPECT_EQ(cell("50 / 3"), 50.0 / 3.0);
    EXPECT_EQ(cell("7 - 2"), 5.0);
    EXPECT_EQ(cell("100*cos(pi)"), -100.0);
    EXPECT_EQ(cell("1e3*1e-1"), 100.0);
    EXPECT_EQ(cell("10-4-3"), 3.0);
    EXPECT_EQ(cell("12/2/3"), 2.0);
}

TEST(MatpowerLanguage, SeparatesSignedCellsAsMatlabDoes) {
    const Case grid = read(replaced(ring9, "120	-80	1.02", "120 -80 1.02"));
    EXPECT_EQ(grid.generators[0].qmin_mvar, -80.0);
}

TEST(MatpowerLanguage, ConvertsOhmsAndKilowattsAsTheDistributionCasesDo) {
    const Case grid = read(ring9 + R"(
[PQ, PV, REF, NONE, BUS_I, BUS_TYPE, PD, QD, GS, BS, BUS_AREA, VM, ...
    VA, BASE_KV, ZONE, VMAX, VMIN, LAM_P, LAM_Q, MU_VMAX, MU_VMIN] = idx_bus;
[F_BUS, T_BUS, BR_R, BR_X] = idx_brch;
Vbase = mpc.bus(1, BASE_KV) * 1e3;      %% in Volts
Sbase = mpc.baseMVA * 1e6;              %% in VA
mpc.branch(:, [BR_R BR_X]) = mpc.branch(:, [BR_R BR_X]) / (Vbase^2 / Sbase);
mpc.bus(:, [PD, QD]) = mpc.bus(:, [PD, QD]) / 1e3;
)");
    EXPECT_EQ(grid.branches[0].r_pu, 0.006 / (220e3 * 220e3 / 100e6));
    EXPECT_EQ(grid.branches[9].x_pu, 0.063 / (220e3 * 220e3 / 100e6));
    EXPECT_EQ(grid.branches[9].b_pu, 0.11);
    EXPECT_EQ(grid.buses[1].pd_mw, 0.04);
}

TEST(MatpowerLanguage, ComputesWholeColumns) {
    const Case grid = read(ring9 +
                           "define_constants;\npf = 0.85;\nmpc.bus(:, QD) = mpc.bus(:, PD) * "
                           "sin(acos(pf));\nmpc.bus(:, PD) = mpc.bus(:, PD) .* mpc.bus(:, PD) * pf;\n");
    EXPECT_EQ(grid.buses[1].qd_mvar, 40.0 * std::sin(std::acos(0.85)));
    EXPECT_EQ(grid.buses[1].pd_mw, 1600.0 * 0.85);
}

TEST(MatpowerLanguage, SelectsRowsByFindAndByMask) {
    const std::string text = replaced(ring9, "120	-80", "Inf	-Inf") +
                             "define_constants\nk = find(isinf(mpc.gen(:, QMIN)) & ...\n    isinf(mpc.gen(:, "
                             "QMAX)));\nmpc.gen(k, PMAX) = mpc.gen(k, PG);\n"
                             "mpc.gen(isinf(mpc.gen(:, QMAX)), QMAX) = 55;\nmpc.bus(mpc.bus(:, PD) > 50, PD) = 50;\n";
    const Case grid = read(text);
    EXPECT_EQ(grid.generators[0].pmax_mw, 95.0);
    EXPECT_EQ(grid.generators[1].pmax_mw, 160.0);
    EXPECT_EQ(grid.generators[0].qmax_mvar, 55.0);
    EXPECT_EQ(grid.buses[2].pd_mw, 50.0);
    EXPECT_EQ(grid.buses[1].pd_mw, 40.0);
}

TEST(MatpowerLanguage, RunsTheBranchOfAnIfThatHolds) {
    EXPECT_EQ(
        read(ring9 +
             "fixed = 0;\nif fixed\n  mpc.baseMVA = 1;\nelseif 1\n  mpc.baseMVA = 2;\nelse\n  mpc.baseMVA = 3;\nend\n")
            .base_mva,
        2.0);
    EXPECT_EQ(read(ring9 + "if 0, mpc.baseMVA = unknown_name; end\n").base_mva, 100.0);
    EXPECT_EQ(read(ring9 + "if ~0 && 1 == 1, mpc.baseMVA = 50; end\n").base_mva, 50.0);
}

TEST(MatpowerLanguage, SkipsBlockComments) {
    EXPECT_EQ(read("%{\nnot [ read\n%{\nnested\n%}\n%}\n" + ring9 + "#{\nmpc.baseMVA = 1;\n#}\n").base_mva, 100.0);
}

TEST(MatpowerLanguage, StopsAtReturnAndPassesEnd) {
    EXPECT_EQ(read(ring9 + "end\n").base_mva, 100.0);
    EXPECT_EQ(read(ring9 + "return;\nmpc.baseMVA = 1;\n").base_mva, 100.0);
}

TEST(MatpowerLanguage, NamesEveryConstructItDoesNotSupport) {
    EXPECT_EQ(code_of("for k = 1:9\nend\n"), "AZ1010");
    EXPECT_EQ(code_of("x = 1:9;\n"), "AZ1011");
    EXPECT_EQ(code_of("x = mpc.bus(1:3, 2);\n"), "AZ1010");
    EXPECT_EQ(code_of("x = mpc.bus(end, 2);\n"), "AZ1010");
    EXPECT_EQ(code_of("x = mpc.bus';\n"), "AZ1010");
    EXPECT_EQ(code_of("f = @sin;\n"), "AZ1010");
    EXPECT_EQ(code_of("x = [1 [2 3]];\n"), "AZ1010");
    EXPECT_EQ(code_of("x = mpc.bus * mpc.bus;\n"), "AZ1010");
    EXPECT_EQ(code_of("mpc.bus_name{1} = 'a';\n"), "AZ1010");
    EXPECT_EQ(code_of("mpc.baseMVA += 1;\n"), "AZ1010");
    EXPECT_EQ(code_of("[a, b] = size(mpc.bus);\n"), "AZ1010");
    EXPECT_EQ(code_of("x = system('ls');\n"), "AZ1018");
    EXPECT_EQ(code_of("x = nosuch;\n"), "AZ1018");
    EXPECT_EQ(code_of("mpc.bus(99, 3) = 1;\n"), "AZ1019");
    EXPECT_EQ(code_of("mpc.bus(:, 3) = [1; 2];\n"), "AZ1019");
    EXPECT_EQ(code_of("eval('1')\n"), "AZ1010");
    EXPECT_EQ(code_of("function mpc = other\n"), "AZ1010");
}

TEST(MatpowerLanguage, BoundsNestingOperationsAndComputedCells) {
    EXPECT_EQ(code_of("x = " + std::string(100, '(') + "1" + std::string(100, ')') + ";\n"), "AZ1004");
    EXPECT_EQ(code_of("x = " + std::string(100000, '-') + "1;\n"), "AZ1004");
    std::string sum = "1";
    for (int i = 0; i < 5000; ++i) sum += "+1";
    EXPECT_EQ(code_of("x = " + sum + ";\n"), "AZ1004");
    ReadLimits limits;
    limits.max_cells = 1000;
    std::string statements;
    for (int i = 0; i < 100; ++i) statements += "x = mpc.bus * 2;\n";
    const auto grid = case_format("matpower")->read(ring9 + statements, "test.m", limits);
    ASSERT_FALSE(grid);
    EXPECT_EQ(grid.error().findings.front().code, "AZ1004");
}

TEST(MatpowerLanguage, BoundsRowsAndColumns) {
    ReadLimits limits;
    limits.max_rows = 5;
    auto grid = case_format("matpower")->read(ring9, "test.m", limits);
    ASSERT_FALSE(grid);
    EXPECT_EQ(grid.error().findings.front().code, "AZ1004");
    limits = {};
    limits.max_columns = 12;
    grid = case_format("matpower")->read(ring9, "test.m", limits);
    ASSERT_FALSE(grid);
    EXPECT_EQ(grid.error().findings.front().code, "AZ1004");
}

}  // namespace
}  // namespace araz

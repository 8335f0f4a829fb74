// One test per kind of bad input: its code, its line and column, and that the rest is still read.
#include <gtest/gtest.h>

#include "araz/io/case_io.hpp"
#include "araz/model/network.hpp"
#include "unit/ring9.hpp"

namespace araz {
namespace {

using test::Place;
using test::place_of;
using test::replaced;
using test::ring9;

// Everything that reading and checking have to say.
Findings findings_of(const std::string& text) {
    const auto grid = case_format("matpower")->read(text, "ring9.m", {});
    return grid ? check_case(*grid) : grid.error().findings;
}

// The one error is `code`, in the file at `place`.
void expect_error(const std::string& text, std::string_view code, Place place) {
    const Findings findings = findings_of(text);
    ASSERT_EQ(count(findings, Severity::error), 1U) << render(findings);
    const Finding* error = test::find(findings, code);
    ASSERT_NE(error, nullptr) << render(findings);
    EXPECT_EQ(error->severity, Severity::error);
    EXPECT_EQ(error->where.file, "ring9.m");
    EXPECT_EQ((Place{error->where.line, error->where.column}), place) << render(*error);
}

TEST(MatpowerBadInput, RendersAMissingBusAsTheContractSays) {
    const Findings findings =
        findings_of(replaced(ring9, "	4	5	0.006	0.043", "	4	99	0.006	0.043"));
    ASSERT_EQ(count(findings, Severity::error), 1U);
    EXPECT_EQ(render(*test::find(findings, "AZ1103")),
              "error[AZ1103]: branch 4 ends at bus 99, which does not exist\n"
              "  --> ring9.m:31:4\n"
              "31 | \t4\t99\t0.006\t0.043\t0.07\t200\t220\t240\t0\t0\t1\t-360\t360;\n"
              "   | \t \t^^ no row of mpc.bus has bus_i = 99\n"
              "   = hint: fix the number (did you mean 9?), or leave the branch out with --allow AZ1103\n");
}

TEST(MatpowerBadInput, EmptyTextOrOnlyComments) {
    for (const char* text : {"", " \n\t\r\n", "% nothing\n%{\nat all\n%}\n"}) {
        const Findings findings = findings_of(text);
        ASSERT_EQ(findings.size(), 1U);
        EXPECT_EQ(findings[0].code, "AZ1002");
    }
}

TEST(MatpowerBadInput, TruncatedFileNamesTheOpenTableAndTheLastCompleteRow) {
    const std::string text = ring9.substr(0, ring9.find("0.034"));
    expect_error(text, "AZ1012", place_of(text, "mpc.branch = [", 13));
    EXPECT_NE(findings_of(text)[0].message.find("last complete row is on line 32"), std::string::npos);
}

TEST(MatpowerBadInput, LostBracketIsFoundAtTheNextStatement) {
    const std::string text = replaced(ring9, "0.9;\n];\n\n%% units", "0.9;\n\n%% units");
    expect_error(text, "AZ1012", place_of(text, "mpc.bus = [", 10));
    EXPECT_NE(findings_of(text)[0].message.find("line 16"), std::string::npos);
}

TEST(MatpowerBadInput, RaggedRow) {
    std::string text = replaced(ring9, "	55	18", "	55");
    expect_error(text, "AZ1013", place_of(text, "3	1	55"));
    text = replaced(ring9, "	1	2	0.006", "	1	2	0.006	7");
    expect_error(text, "AZ1013", place_of(text, "1	2	0.006"));
}

TEST(MatpowerBadInput, WordsAndMalformedNumbersInCells) {
    for (const char* word : {"abc", "1.2.3", "0x1F", "12kV", "'40'", "?", "3i", "1e", "--"}) {
        const std::string text = replaced(ring9, "	40	12", std::string("	") + word + "	12");
        const Findings findings = findings_of(text);
        ASSERT_FALSE(findings.empty());
        EXPECT_EQ(findings[0].where.line, 9) << word;
        EXPECT_TRUE(findings[0].code == "AZ1014" || findings[0].code == "AZ1011") << word << render(findings);
    }
    const std::string text = replaced(ring9, "	40	12", "	abc	12");
    expect_error(text, "AZ1014", place_of(text, "abc"));
}

TEST(MatpowerBadInput, DecimalComma) {
    const std::string text = replaced(ring9, "	40	12", "	40,5	12");
    expect_error(text, "AZ1015", place_of(text, "40,5"));
}

TEST(MatpowerBadInput, OverflowingNumber) {
    const std::string text = replaced(ring9, "	40	12", "	1e400	12");
    expect_error(text, "AZ1016", place_of(text, "1e400"));
}

TEST(MatpowerBadInput, NaN) {
    const std::string text = replaced(ring9, "	40	12", "	NaN	12");
    expect_error(text, "AZ1202", place_of(text, "NaN"));
}

TEST(MatpowerBadInput, InfinityOutsideLimits) {
    const std::string text = replaced(ring9, "	40	12", "	Inf	12");
    expect_error(text, "AZ1203", place_of(text, "Inf"));
}

TEST(MatpowerBadInput, TextAfterAStatement) {
    std::string text = replaced(ring9, "mpc.baseMVA = 100;", "mpc.baseMVA = 100 MVA;");
    expect_error(text, "AZ1011", place_of(text, "100 MVA", 4));
    text = ring9 + "and more\n";
    expect_error(text, "AZ1011", place_of(text, "and more"));
}

TEST(MatpowerBadInput, TooFewColumns) {
    std::string text = ring9;
    for (std::size_t at; (at = text.find("	1.1	0.9;")) != std::string::npos;) text.replace(at, 9, ";");
    expect_error(text, "AZ1021", place_of(text, "mpc.bus = ["));
}

TEST(MatpowerBadInput, MissingTablesAndBase) {
    std::string text = replaced(ring9, "mpc.gen = [", "mpc.generators = [");
    EXPECT_NE(test::find(findings_of(text), "AZ1020"), nullptr);
    text = replaced(ring9, "mpc.baseMVA = 100;", "");
    EXPECT_NE(test::find(findings_of(text), "AZ1023"), nullptr);
    text = replaced(ring9, "mpc.version = '2';", "");
    EXPECT_NE(test::find(findings_of(text), "AZ1006"), nullptr);
}

TEST(MatpowerBadInput, BaseThatIsNotPositive) {
    for (const char* base : {"-100", "0", "NaN", "Inf"}) {
        const std::string text = replaced(ring9, "mpc.baseMVA = 100;", std::string("mpc.baseMVA = ") + base + ";");
        expect_error(text, "AZ1201", Place{4, 1});
    }
}

TEST(MatpowerBadInput, OtherVersionsAndChangeTables) {
    expect_error("function [baseMVA, bus, gen, branch] = old\nbaseMVA = 100;\n", "AZ1006", Place{1, 10});
    std::string text = replaced(ring9, "'2'", "'1'");
    expect_error(text, "AZ1006", Place{3, 1});
    expect_error("function chgtab = contab\ndefine_constants;\nchgtab = [1 0 CT_TBRCH];\n", "AZ1007", Place{1, 10});
}

TEST(MatpowerBadInput, NumbersThatMustBeWhole) {
    std::string text = replaced(ring9, "	2	3	0.007", "	2	3.5	0.007");
    expect_error(text, "AZ1102", place_of(text, "3.5"));
    text = replaced(ring9, "	5	1	35	10	0	5	2	1	0	220",
                    "	5	1	35	10	0	5	2.25	1	0	220");
    expect_error(text, "AZ1102", place_of(text, "2.25"));
}

TEST(MatpowerBadInput, BusTypeAndStatus) {
    std::string text = replaced(ring9, "	5	1	35", "	5	7	35");
    expect_error(text, "AZ1106", place_of(text, "5	7	35", 2));
    text = replaced(ring9, "150	1	160", "150	NaN	160");
    expect_error(text, "AZ1107", place_of(text, "NaN"));
}

TEST(MatpowerBadInput, WrongKindsAndLengths) {
    std::string text = ring9 + "mpc.bus_name = {'a'; 'b'};\n";
    expect_error(text, "AZ1105", place_of(text, "mpc.bus_name"));
    text = ring9 + "mpc.genfuel = [1 2 3];\n";
    expect_error(text, "AZ1022", place_of(text, "mpc.genfuel"));
    text = ring9 + "mpc.gencost = [2 0 0 9 1];\n";
    EXPECT_NE(test::find(findings_of(text), "AZ1109"), nullptr);
}

TEST(MatpowerBadInput, UnclosedTextsParenthesesAndBlocks) {
    std::string text = ring9 + "mpc.bus_name = {'a\n";
    EXPECT_NE(test::find(findings_of(text), "AZ1012"), nullptr);
    text = ring9 + "x = (1 + 2;\n";
    expect_error(text, "AZ1012", place_of(text, "x = (", 4));
    text = ring9 + "if 1\nx = 1;\n";
    EXPECT_NE(test::find(findings_of(text), "AZ1012"), nullptr);
    text = ring9 + "%{\nfor ever\n";
    EXPECT_NE(test::find(findings_of(text), "AZ1012"), nullptr);
}

TEST(MatpowerBadInput, ReportsAllProblemsOfOnePass) {
    std::string text = replaced(ring9, "	40	12", "	abc	12");
    text = replaced(text, "	55	18", "	55");
    text = replaced(text, "120	-80", "1e999	-80");
    text = replaced(text, "0.007	0.048", "0.007	0,048");
    const Findings findings = findings_of(text);
    EXPECT_EQ(count(findings, Severity::error), 4U) << render(findings);
    for (const char* code : {"AZ1014", "AZ1013", "AZ1016", "AZ1015"})
        EXPECT_NE(test::find(findings, code), nullptr) << code;
}

}  // namespace
}  // namespace araz

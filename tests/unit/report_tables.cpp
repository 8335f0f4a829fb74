#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "araz/base/text.hpp"
#include "araz/report/tables.hpp"
#include "unit/result_samples.hpp"

namespace araz {
namespace {

using testing::HasSubstr;
using testing::Not;

// The first line that holds `part`.
std::string line_with(const std::string& text, const std::string& part) {
    const auto at = text.find(part);
    EXPECT_NE(at, std::string::npos) << part << " is not in\n" << text;
    if (at == std::string::npos) return {};
    const auto start = text.rfind('\n', at) + 1;
    return text.substr(start, text.find('\n', at) - start);
}

TEST(PfTable, SummaryAndBlocks) {
    const std::string text = to_table(samples::sample_pf());
    EXPECT_TRUE(text.starts_with("AC power flow: three (4 buses, 4 branches, 3 generators)\n"));
    EXPECT_THAT(text, HasSubstr("converged, 4 iterations, start stored"));
    EXPECT_THAT(line_with(text, "losses"), HasSubstr("1.12 MW"));
    EXPECT_THAT(line_with(text, "(MW lost, MVAr injected)"), HasSubstr("4.00 MW"));
    EXPECT_THAT(line_with(text, "-46.00"), HasSubstr("50.00"));
    for (const char* title : {"\nDC lines\n", "\nAreas\n", "\nTies\n", "\nBranches by loading\n", "\nVoltages, lowest and highest\n"})
        EXPECT_THAT(text, HasSubstr(title));
    EXPECT_THAT(text, HasSubstr("No limit is broken."));
    EXPECT_THAT(text, Not(HasSubstr("Largest mismatches")));
}

TEST(PfTable, RowsAreSortedByLoadingAndCut) {
    PfResult result = samples::sample_pf();
    for (BranchResult& branch : result.branches) branch.in_service = true;
    result.branches[0].loading_pct = 20.0;
    result.branches[1].loading_pct = 104.25;
    result.branches[3].loading_pct = 55.0;
    const std::string all = to_table(result, {0, false});
    EXPECT_LT(all.find("104.2 !"), all.find("  55.0"));
    EXPECT_LT(all.find("  55.0"), all.find("  20.0"));
    EXPECT_THAT(all, Not(HasSubstr("rows; --limit 0")));
    const std::string cut = to_table(result, {2, false});
    EXPECT_THAT(cut, HasSubstr("... 2 of 3 rows; --limit 0 shows all"));
    EXPECT_THAT(cut, Not(HasSubstr("  20.0\n")));
}

TEST(PfTable, WithoutRatingsActivePowerOrders) {
    PfResult result = samples::sample_pf();
    for (BranchResult& branch : result.branches) branch.rate_mva = branch.loading_pct = nan_value;
    const std::string text = to_table(result);
    EXPECT_THAT(text, HasSubstr("Branches by active power (the case gives no ratings)"));
    EXPECT_LT(text.find("56.17"), text.find("53.98"));
}

TEST(PfTable, ColumnsLineUp) {
    const std::string text = to_table(samples::sample_pf());
    const auto at = text.find("\nVoltages");
    const std::string block = text.substr(at + 1, text.find("\n\n", at + 1) - at);
    std::size_t ends = 0;
    int lines = 0;
    for (const std::string& part : {std::string("Vmax p.u."), std::string("1.100")}) {
        std::size_t from = 0;
        for (auto found = block.find(part); found != std::string::npos; found = block.find(part, from)) {
            const auto start = block.rfind('\n', found) + 1;
            std::size_t width = 0;  // characters, since one name has two-byte letters
            for (auto i = start; i < found + part.size(); ++i) width += (static_cast<unsigned char>(block[i]) & 0xC0U) != 0x80U;
            if (ends == 0) ends = width;
            EXPECT_EQ(width, ends) << block;
            from = found + 1;
            ++lines;
        }
    }
    EXPECT_EQ(lines, 4);
}

TEST(PfTable, NamesThatOnlyRepeatTheBusesAreLeftOut) {
    PfResult result = samples::sample_pf();
    result.branches[0].name = "10-20";
    result.branches[1].name = "Imishli - Parsabad";
    const std::string text = to_table(result);
    EXPECT_THAT(text, Not(HasSubstr("10-20")));
    EXPECT_THAT(text, HasSubstr("Imishli - Parsabad"));
}

TEST(PfTable, FailureShowsItsDiagnosis) {
    const std::string text = to_table(samples::sample_failure());
    EXPECT_THAT(text, HasSubstr("no_solution_found, 30 iterations"));
    EXPECT_THAT(line_with(text, "-75.000"), HasSubstr("Tabriz"));
    EXPECT_THAT(text, HasSubstr("stored: diverged after 12 iterations"));
    EXPECT_THAT(line_with(text, "mismatch p.u."), HasSubstr("worst bus"));
    EXPECT_THAT(text, HasSubstr("Islands"));
    EXPECT_THAT(text, Not(HasSubstr("Branches by")));
    EXPECT_THAT(text, Not(HasSubstr("No limit is broken")));
}

TEST(PfTable, ColourOnlyRepeatsTheMark) {
    PfResult result = samples::sample_pf();
    result.branches[0].loading_pct = 120.0;
    result.violations = {samples::thermal_violation("")};
    const std::string plain = to_table(result, {20, false});
    const std::string coloured = to_table(result, {20, true});
    EXPECT_THAT(plain, Not(HasSubstr("\x1b")));
    EXPECT_THAT(coloured, HasSubstr("\x1b[31m"));
    EXPECT_THAT(plain, HasSubstr("120.0 !"));
}

TEST(PfTable, NamesCannotActOnTheTerminal) {
    PfResult result = samples::sample_pf();
    result.buses[2].name = "x\x1b[2Jy\nz";
    const std::string text = to_table(result);
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
    EXPECT_THAT(text, HasSubstr("x\\x1b[2Jy z"));
}

TEST(N1Table, CountsWorstSplittingUnsolved) {
    const std::string text = to_table(samples::sample_n1());
    EXPECT_THAT(line_with(text, "contingencies  "), HasSubstr("3: 1 solved, 1 split the grid, 1 unsolved"));
    EXPECT_THAT(line_with(text, "worst loading"), HasSubstr("120.0 % on branch 1 (10-20) after outage of branch 3 (10-30)"));
    EXPECT_THAT(line_with(text, "lowest voltage"), HasSubstr("0.9300 p.u. at bus 30 after outage of branch 3 (10-30)"));
    EXPECT_THAT(line_with(text, "33.00"), HasSubstr("branch 1 (10-20)"));
    EXPECT_THAT(line_with(text, "diverged"), HasSubstr("branch 2"));
}

TEST(N1Table, WorstFirst) {
    N1Result result = samples::sample_n1();
    ContingencyResult worse = result.contingencies[0];
    worse.contingency = "4";
    worse.max_loading_pct = 150.0;
    ContingencyResult unrated = result.contingencies[0];
    unrated.contingency = "5";
    unrated.max_loading_pct = nan_value;
    result.contingencies.insert(result.contingencies.begin(), unrated);
    result.contingencies.push_back(worse);
    const std::string text = to_table(result);
    const auto start = text.find("Contingencies, worst first");
    EXPECT_LT(text.find("branch 4", start), text.find("branch 3", start));
    EXPECT_LT(text.find("branch 3", start), text.find("branch 5", start));
}

TEST(CapacityTable, AnswerAndCertificateInWords) {
    const std::string text = to_table(samples::sample_capacity());
    EXPECT_THAT(text, HasSubstr("=== AZ -> IR ==="));
    EXPECT_THAT(text, HasSubstr("=== IR -> AZ ==="));
    EXPECT_THAT(line_with(text, "TTC  "), HasSubstr("249.74 MW"));
    EXPECT_THAT(text, HasSubstr("branch 10 (6-10) at 100.0 % of rating C (175.0 of 175.0 MVA) after outage of branch 27 (15-24)"));
    EXPECT_THAT(text, HasSubstr("bus 30 (Tabriz) at 0.9000 p.u., lower limit 0.9000 p.u. in the intact grid"));
    EXPECT_THAT(line_with(text, "secure at"), HasSubstr("209.74 MW: 37 contingencies solved, 0 unsolved, max mismatch 3.0e-11 p.u."));
    EXPECT_THAT(line_with(text, "insecure at"), HasSubstr("210.50 MW: branch 1 (10-20) at 120.0 %"));
    EXPECT_THAT(text, HasSubstr("11: splits the network"));
    EXPECT_THAT(text, HasSubstr("no limit up to the largest shift searched"));
    EXPECT_THAT(text, HasSubstr("no shift was proven secure"));
}

TEST(CapacityTable, AHairBeyondTheLimitIsSeen) {
    CapacityResult result = samples::sample_capacity();
    Violation& violation = result.directions[0].certificate.violation;
    violation.value = 100.0012;
    EXPECT_THAT(line_with(to_table(result), "insecure at"), HasSubstr("at 100.0012 % of its rating (100.0012 of 100.0 MVA)"));
}

TEST(CapacityTable, EveryCauseHasWords) {
    const std::vector<std::pair<std::string, std::string>> expected{
        {"collapse", "no power-flow solution after outage of branch 27 (15-24)"},
        {"key_source", "no generation left to raise"},
        {"key_sink", "no generation left to lower"},
        {"solver_failure", "not a security limit"},
        {"voltage_high", "upper limit"},
        {"voltage_step", "steps by"},
        {"angle", "angle"},
        {"thermal", "of rating C"},
        {"base_insecure", "already in the base case: branch 10 (6-10) at 100.0 %"}};
    for (const auto& [cause, words] : expected) {
        CapacityResult result = samples::sample_capacity();
        result.directions.resize(1);
        result.directions[0].limit.cause = cause;
        EXPECT_THAT(line_with(to_table(result), "limited by"), HasSubstr(words)) << cause;
        EXPECT_THAT(line_with(to_table(result), "limited by"), HasSubstr("[" + cause + "]"));
    }
}

}  // namespace
}  // namespace araz

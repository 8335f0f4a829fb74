// araz ptdf and araz lodf as scripts see them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/sample.hpp"
#include "support/program.hpp"

namespace araz::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class FactorVerbs : public ::testing::Test {
protected:
    ScratchFolder folder_;
    std::string file_ = folder_.write("sample.m", sample_case);
};

TEST_F(FactorVerbs, JsonNamesItsConventionsAndAlignsRowsWithColumns) {
    const ProgramRun run = run_araz({"ptdf", file_, "--format", "json", "--outages", "1", "--taps", "off"});
    ASSERT_EQ(run.exit_code, 0) << run.err;
    const json result = json::parse(run.out);
    EXPECT_EQ(result["schema"], "araz.ptdf/1");
    EXPECT_EQ(result["status"], "converged");
    EXPECT_EQ(result["convention"]["taps"], "off");
    EXPECT_EQ(result["convention"]["slack"], "case");
    EXPECT_THAT(result["convention"]["flow_sign"].get<std::string>(), HasSubstr("from bus to the to bus"));
    EXPECT_EQ(result["columns"].size(), 5U);
    EXPECT_EQ(result["branches"].size(), 6U);
    EXPECT_EQ(result["post_outage"].size(), 6U);
    for (const json& row : result["branches"]) EXPECT_EQ(row["ptdf"].size(), 5U);
    EXPECT_EQ(result["slack"][0]["bus"], 1);
    // The spur to bus 5 carries all that is injected there, towards the grid.
    EXPECT_NEAR(result["branches"][5]["ptdf"][4].get<double>(), -1.0, 1e-14);
}

TEST_F(FactorVerbs, ABridgeHasNullInJsonAndAnEmptyCellInCsv) {
    const json result = json::parse(run_araz({"lodf", file_, "--format", "json", "--outages", "6,1"}).out);
    EXPECT_EQ(result["schema"], "araz.lodf/1");
    EXPECT_EQ(result["outages"][0]["splits"], true);
    EXPECT_TRUE(result["branches"][0]["lodf"][0].is_null());
    EXPECT_EQ(result["branches"][0]["lodf"][1], -1.0);
    const ProgramRun csv = run_araz({"lodf", file_, "--format", "csv", "--outages", "6,1", "--branches", "1"});
    EXPECT_EQ(csv.out, "branch,from_bus,to_bus,name,6,1\r\n1,1,2,1-2,,-1\r\n");
}

TEST_F(FactorVerbs, CsvIsOneRowPerBranchAndOneColumnPerBus) {
    const ProgramRun run = run_araz({"ptdf", file_, "--format", "csv", "--branches", "6,1-2", "--buses", "5,1"});
    ASSERT_EQ(run.exit_code, 0) << run.err;
    EXPECT_THAT(run.out, StartsWith("branch,from_bus,to_bus,name,5,1\r\n6,4,5,4-5,-1"));
    const ProgramRun transfer = run_araz({"ptdf", file_, "--format", "csv", "--from", "1", "--to", "2"});
    EXPECT_THAT(transfer.out, StartsWith("branch,from_bus,to_bus,name,1 -> 2\r\n"));
    const ProgramRun keys =
        run_araz({"ptdf", file_, "--format", "csv", "--from", "1", "--to", "2", "--table", "participants"});
    EXPECT_EQ(keys.out, "column,side,bus,name,share\r\n1 -> 2,source,1,,1\r\n1 -> 2,sink,3,,-1\r\n");
}

TEST_F(FactorVerbs, AnElementOutOfServiceIsNullWithAWarning) {
    const std::string off = folder_.write("off.m", with(sample_case, "150	180	200	0	0	1	-360	360;\n	4	5",
                                                        "150	180	200	0	0	0	-360	360;\n	4	5"));
    const ProgramRun run = run_araz({"ptdf", off, "--format", "csv", "--branches", "5", "--buses", "3"});
    EXPECT_EQ(run.exit_code, 0);
    EXPECT_THAT(run.err, HasSubstr("AZ3043"));
    EXPECT_EQ(run.out, "branch,from_bus,to_bus,name,3\r\n5,2,4,,\r\n");
    const json all = json::parse(run_araz({"ptdf", off, "--format", "json"}).out);
    EXPECT_EQ(all["branches"].size(), 5U) << "by default only what is in service";
}

TEST_F(FactorVerbs, WrongNamesEndWithTwoAndOfferTheNearest) {
    const std::vector<std::pair<std::vector<std::string>, std::string>> calls{
        {{"--branches", "7"}, "AZ3040"},          {{"--branches", "3-2"}, "AZ3040"},
        {{"--branches", "one"}, "AZ3040"},        {{"--outages", "0"}, "AZ3040"},
        {{"--buses", "51"}, "AZ3041"},            {{"--from", "1"}, "AZ3007"},
        {{"--from", "1", "--to", "9"}, "AZ3004"}, {{"--from", "1", "--to", "1"}, "AZ3005"},
        {{"--from", "1", "--to", "2", "--buses", "1"}, "AZ3044"},
        {{"--slack", "nobody"}, "AZ3010"},        {{"--slack", "distributed", "--slack-key", "pmx"}, "AZ3010"},
        {{"--key", "head"}, "AZ3010"},            {{"--table", "ptfd", "--format", "csv"}, "AZ3020"}};
    for (const auto& [words, code] : calls) {
        std::vector<std::string> call{"ptdf", file_};
        call.insert(call.end(), words.begin(), words.end());
        const ProgramRun run = run_araz(call);
        EXPECT_EQ(run.exit_code, 2) << words[0] << " " << words[1];
        EXPECT_THAT(run.err, HasSubstr(code)) << words[0] << " " << words[1];
        EXPECT_TRUE(run.out.empty());
    }
    EXPECT_THAT(run_araz({"ptdf", file_, "--from", "1", "--to", "22"}).err, HasSubstr("did you mean 2?"));
}

TEST_F(FactorVerbs, TheSameCallGivesTheSameBytes) {
    for (const char* verb : {"ptdf", "lodf"})
        for (const char* format : {"table", "json", "csv", "ndjson"}) {
            const ProgramRun first = run_araz({verb, file_, "--format", format});
            EXPECT_EQ(first.exit_code, 0) << first.err;
            EXPECT_FALSE(first.out.empty());
            EXPECT_EQ(first.out, run_araz({verb, file_, "--format", format}).out);
        }
}

}  // namespace
}  // namespace araz::testing

// araz pv as scripts see it.
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

class PvVerb : public ::testing::Test {
protected:
    ScratchFolder folder_;
    std::string file_ = folder_.write("sample.m", sample_case);
};

TEST_F(PvVerb, JsonHasACurveForTheIntactGridAndOnePerOutage) {
    const ProgramRun run = run_araz({"pv", file_, "--format", "json", "--outages", "6,1-2", "--buses", "4,5"});
    ASSERT_EQ(run.exit_code, 0) << run.err;
    const json result = json::parse(run.out);
    EXPECT_EQ(result["schema"], "araz.pv/1");
    EXPECT_EQ(result["status"], "converged");
    EXPECT_EQ(result["direction"]["kind"], "load");
    EXPECT_EQ(result["direction"]["mw_per_lambda"], 240.0);
    ASSERT_EQ(result["curves"].size(), 4U);
    for (const json& curve : result["curves"]) {
        EXPECT_GT(curve["margin_mw"], 100.0);
        EXPECT_DOUBLE_EQ(curve["points"][0]["lambda"], 0.0);
        for (const json& point : curve["points"]) EXPECT_EQ(point["vm_pu"].size(), 2U);
        EXPECT_FALSE(curve["critical_buses"].empty());
        EXPECT_LT(curve["max_mismatch_pu"], 1e-8);
    }
    EXPECT_EQ(result["curves"][1]["contingency"], "6");
    EXPECT_EQ(result["curves"][1]["base_status"], "islanded");
    EXPECT_EQ(result["curves"][1]["lost_load_mw"], 10.0);
    EXPECT_TRUE(result["curves"][1]["points"][0]["vm_pu"][1].is_null()) << "bus 5 is cut off";
}

TEST_F(PvVerb, CsvHasOneRowPerPointWithTheChosenVoltages) {
    const ProgramRun run = run_araz({"pv", file_, "--format", "csv", "--buses", "5"});
    ASSERT_EQ(run.exit_code, 0) << run.err;
    EXPECT_THAT(run.out, StartsWith("contingency,point,part,lambda,mw,loss_mw,slack_p_mw,min_vm_pu,min_vm_bus,vm_pu_5\r\n,1,upper,0,0,"));
    EXPECT_THAT(run_araz({"pv", file_, "--format", "csv", "--table", "curves"}).out, HasSubstr("\r\n,"));
    EXPECT_THAT(run_araz({"pv", file_, "--format", "csv", "--table", "events"}).out, HasSubstr("thermal"));
}

TEST_F(PvVerb, StopsWhereItIsTold) {
    const auto end = [&](std::vector<std::string> words) {
        words.insert(words.begin(), {"pv", file_, "--format", "json"});
        const json curve = json::parse(run_araz(words).out)["curves"][0];
        return std::pair<std::string, double>(curve["end"], curve["margin_mw"]);
    };
    const auto nose = end({"--rating-base", "99xA", "--voltage-limits", "off"});
    EXPECT_TRUE(nose.first == "nose" || nose.first == "limit_induced") << nose.first;
    const auto limit = end({"--stop", "limit"});
    EXPECT_EQ(limit.first, "limit");
    EXPECT_LT(limit.second, nose.second);
    const auto capped = end({"--max", "12.5"});
    EXPECT_EQ(capped.first, "target");
    EXPECT_NEAR(capped.second, 12.5, 1e-6);
    EXPECT_EQ(end({"--stop", "full"}).first, "traced");
    const auto transfer = end({"--from", "2", "--to", "1", "--key", "load"});
    EXPECT_EQ(transfer.first, "source_exhausted");
    EXPECT_NEAR(transfer.second, 160.0, 1e-6) << "all load of area 2";
}

TEST_F(PvVerb, WrongDirectionsEndWithTwo) {
    const std::vector<std::pair<std::vector<std::string>, std::string>> calls{
        {{"--from", "1"}, "AZ3007"},
        {{"--from", "1", "--to", "7"}, "AZ3004"},
        {{"--from", "1", "--to", "2"}, "AZ3042"},  // the only unit of area 1 is the reference
        {{"--target", "1"}, "AZ3050"},
        {{"--target", "-1"}, "AZ3010"},
        {{"--grow", "5", "--from", "1", "--to", "2"}, "AZ3052"},
        {{"--grow", "55"}, "AZ3041"},
        {{"--outages", "9"}, "AZ3040"},
        {{"--stop", "noze"}, "AZ3010"},
        {{"--key", "none"}, "AZ3010"}};
    for (const auto& [words, code] : calls) {
        std::vector<std::string> call{"pv", file_, "--format", "json"};
        call.insert(call.end(), words.begin(), words.end());
        const ProgramRun run = run_araz(call);
        EXPECT_EQ(run.exit_code, 2) << words[0] << " " << words[1];
        EXPECT_THAT(run.err, HasSubstr(code)) << words[0] << " " << words[1];
    }
}

TEST_F(PvVerb, ABaseThatDoesNotSolveEndsWithFourAndItsDiagnosis) {
    const std::string heavy = folder_.write("heavy.m", with(sample_case, "2	1	60	20", "2	1	6000	2000"));
    const ProgramRun run = run_araz({"pv", heavy, "--format", "json"});
    EXPECT_EQ(run.exit_code, 4);
    const json result = json::parse(run.out);
    EXPECT_NE(result["status"], "converged");
    EXPECT_TRUE(result["curves"].empty());
    EXPECT_FALSE(result["diagnosis"]["tried"].empty());
    EXPECT_EQ(run_araz({"pv", heavy}).exit_code, 4);
}

TEST_F(PvVerb, TheSameCallGivesTheSameBytes) {
    for (const char* format : {"table", "json", "csv", "ndjson"}) {
        const std::vector<std::string> call{"pv", file_, "--format", format, "--outages", "all"};
        const ProgramRun first = run_araz(call);
        EXPECT_EQ(first.exit_code, 0) << first.err;
        EXPECT_EQ(first.out, run_araz(call).out);
    }
    const std::string h5 = folder_.path("pv.h5");
    ASSERT_EQ(run_araz({"pv", file_, "-o", h5}).exit_code, 0);
    const std::string first = read_bytes(h5);
    ASSERT_EQ(run_araz({"pv", file_, "-o", h5}).exit_code, 0);
    EXPECT_EQ(first, read_bytes(h5));
}

}  // namespace
}  // namespace araz::testing

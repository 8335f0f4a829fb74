// `check`: three levels, --deny and --allow by code, JSON and SARIF, exit codes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/sample.hpp"
#include "support/program.hpp"

namespace araz::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class Check : public ::testing::Test {
protected:
    ScratchFolder folder_;
    std::string good_ = folder_.write("good.m", sample_case);
    // Unusual but usable: a branch from a bus to itself (warning).
    std::string odd_ = folder_.write("odd.m", with(sample_case, "\t2\t4\t0.008", "\t2\t2\t0.008"));
    std::string bad_ = folder_.write("bad.m", with(sample_case, "\t4\t5\t0.01", "\t4\t99\t0.01"));
};

TEST_F(Check, EndsWithZeroOneOrThree) {
    EXPECT_EQ(run_araz({"check", good_}).exit_code, 0);
    EXPECT_EQ(run_araz({"check", odd_}).exit_code, 0) << "a warning does not fail";
    EXPECT_EQ(run_araz({"check", odd_, "--deny", "AZ1104"}).exit_code, 1) << "denied: the check fails";
    EXPECT_EQ(run_araz({"check", bad_}).exit_code, 3) << "the case cannot be used";
    EXPECT_EQ(run_araz({"check", bad_, "--allow", "AZ1103"}).exit_code, 0);
    EXPECT_EQ(run_araz({"check", folder_.path("nosuch.m")}).exit_code, 3);
}

TEST_F(Check, TakesOnlyCodesThatExist) {
    for (const char* option : {"--deny", "--allow"}) {
        for (const char* verb : {"check", "pf"}) {
            const ProgramRun run = run_araz({verb, good_, option, "AZ1104,AZ1030"});
            EXPECT_EQ(run.exit_code, 2);
            EXPECT_THAT(run.err, HasSubstr("AZ1030"));
            EXPECT_THAT(run.err, HasSubstr("did you mean"));
        }
    }
}

TEST_F(Check, SaysTheSameInJsonAndSarif) {
    const json envelope = json::parse(run_araz({"check", odd_, "--format", "json"}).out);
    EXPECT_EQ(envelope["schema"], "araz.check/1");
    EXPECT_EQ(envelope["status"], "passed");
    const json sarif = json::parse(run_araz({"check", odd_, "--format", "sarif"}).out);
    EXPECT_EQ(sarif["version"], "2.1.0");
    const json& results = sarif["runs"][0]["results"];
    ASSERT_EQ(results.size(), envelope["findings"].size());
    for (std::size_t k = 0; k < results.size(); ++k) {
        EXPECT_EQ(results[k]["ruleId"], envelope["findings"][k]["code"]);
        const std::string severity = envelope["findings"][k]["severity"];
        EXPECT_EQ(results[k]["level"], severity == "info" ? "note" : severity);
        EXPECT_EQ(results[k]["locations"][0]["physicalLocation"]["region"]["startLine"], envelope["findings"][k]["line"]);
    }
}

TEST_F(Check, WritesSarifByTheExtensionAlsoOfAFileItCannotRead) {
    const std::string out = folder_.path("findings.sarif");
    EXPECT_EQ(run_araz({"check", bad_, "-o", out}).exit_code, 3);
    EXPECT_EQ(json::parse(read_bytes(out))["runs"][0]["invocations"][0]["exitCode"], 3);
    const std::string broken = folder_.write("broken.m", with(sample_case, "\t2\t1\t60", "\t2\t1\tsixty"));
    const ProgramRun run = run_araz({"check", broken, "--format", "sarif"});
    EXPECT_EQ(run.exit_code, 3);
    const json document = json::parse(run.out);
    EXPECT_EQ(document["runs"][0]["results"][0]["ruleId"], "AZ1014");
    EXPECT_EQ(document["runs"][0]["results"][0]["level"], "error");
}

TEST_F(Check, IsTheOnlyVerbThatWritesSarif) {
    for (const char* verb : {"pf", "n1", "info"}) EXPECT_EQ(run_araz({verb, good_, "--format", "sarif"}).exit_code, 2) << verb;
}

}  // namespace
}  // namespace araz::testing

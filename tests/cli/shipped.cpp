// The certificates of the shipped case, by the command line, re-checked by the command line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/program.hpp"

namespace araz::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

void expect_verified(std::vector<std::string> more) {
    const ScratchFolder folder;
    const std::string shipped = ARAZ_SOURCE_DIR "/cases/azerbaijan-iran";
    const std::string file = folder.path("capacity.json");
    std::vector<std::string> words{"capacity", shipped, "--from", "AZ", "--to", "IR", "-o", file};
    words.insert(words.end(), more.begin(), more.end());
    ASSERT_EQ(run_araz(words).exit_code, 0);
    const ProgramRun run = run_araz({"verify", file, "--case", shipped});
    EXPECT_EQ(run.exit_code, 0) << run.out;
    EXPECT_THAT(run.out, Not(HasSubstr("FAILED")));
    EXPECT_THAT(run.out, HasSubstr("secure contingencies solved"));
}

TEST(ShippedCertificate, OfBothDirectionsVerifies) { expect_verified({"--both"}); }

TEST(ShippedCertificate, OfAnAsynchronousBorderVerifies) { expect_verified({"--variant", "tie-island"}); }

// Two synchronous systems that both hold units of either side: the key of one of them ends the transfer.
TEST(ShippedCertificate, EndedByTheKeyOfOneOfTwoSystemsVerifies) {
    expect_verified({"--both", "--variant", "tie-island", "--point", "spring-night-2026"});
}

// The exported ends stand where the tap changers of the base stand: solving them again moves nothing.
TEST(ShippedCertificate, WithTapChangersAtWorkVerifies) {
    expect_verified({"--controls", "taps", "--both"});
    const ScratchFolder folder;
    const std::string shipped = ARAZ_SOURCE_DIR "/cases/azerbaijan-iran";
    const ProgramRun limit = run_araz({"capacity", shipped, "--from", "AZ", "--to", "IR", "--controls", "taps", "--export-states", folder.path("end"), "--format", "json"});
    const nlohmann::json capacity = nlohmann::json::parse(limit.out);
    EXPECT_GT(capacity["controls"].size(), 200U);
    const ProgramRun again = run_araz({"pf", folder.path("end-secure.m"), "--format", "json"});
    ASSERT_EQ(again.exit_code, 0) << again.err;
    const nlohmann::json state = nlohmann::json::parse(again.out);
    EXPECT_NEAR(state["areas"][0]["net_export_mw"].get<double>(), capacity["directions"][0]["ttc_mw"].get<double>(), 1e-3);
}

TEST(ShippedCertificate, WithListedContingenciesAndAPointVerifies) {
    expect_verified({"--contingencies", "all," ARAZ_SOURCE_DIR "/cases/azerbaijan-iran/contingencies.csv", "--point", "summer-peak-2030"});
}

}  // namespace
}  // namespace araz::testing

// What the verbs answer: exit codes, reproducible bytes, standard input, failed solves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "cli/sample.hpp"
#include "support/program.hpp"

namespace araz::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class Results : public ::testing::Test {
protected:
    ScratchFolder folder_;
    std::string file_ = folder_.write("sample.m", sample_case);

    [[nodiscard]] std::vector<std::string> call(const std::string& verb, const std::string& format) const {
        std::vector<std::string> words{verb, file_, "--format", format};
        if (verb == "capacity") words.insert(words.end(), {"--from", "1", "--to", "2", "--both"});
        return words;
    }
};

TEST_F(Results, ASolvedCaseEndsWithZeroAndItsTotalsAddUp) {
    const ProgramRun run = run_araz(call("pf", "json"));
    ASSERT_EQ(run.exit_code, 0) << run.err;
    const json result = json::parse(run.out);
    EXPECT_EQ(result["status"], "converged");
    EXPECT_EQ(result["case"]["n_bus"], 5);
    const json& totals = result["totals"];
    EXPECT_DOUBLE_EQ(totals["load_mw"], 240.0);
    // No shunt conductance in the sample; 1e-8 p.u. at five buses is 5e-6 MW.
    EXPECT_NEAR(totals["generation_mw"].get<double>(), 240.0 + totals["loss_mw"].get<double>(), 5e-6);
    EXPECT_LT(result["max_mismatch_pu"], 1e-8);
}

TEST_F(Results, TheSameCallGivesTheSameBytes) {
    for (const char* verb : {"pf", "n1", "capacity"}) {
        for (const char* format : {"table", "json", "csv", "ndjson"}) {
            const ProgramRun first = run_araz(call(verb, format));
            EXPECT_EQ(first.exit_code, 0) << verb << " " << format << "\n" << first.err;
            EXPECT_FALSE(first.out.empty());
            EXPECT_EQ(first.out, run_araz(call(verb, format)).out) << verb << " " << format;
        }
    }
}

TEST_F(Results, TheSameCallGivesTheSameHdf5Bytes) {
    const std::string file = folder_.path("result.h5");
    ASSERT_EQ(run_araz({"pf", file_, "-o", file}).exit_code, 0);
    const std::string first = read_bytes(file);
    ASSERT_EQ(run_araz({"pf", file_, "-o", file}).exit_code, 0);
    EXPECT_EQ(first, read_bytes(file));
}

TEST_F(Results, TheNumberOfThreadsChangesNothingButItsOwnEcho) {
    for (const char* verb : {"n1", "capacity"}) {
        const auto with_threads = [&](const std::string& format, const char* threads) {
            auto words = call(verb, format);
            words.insert(words.end(), {"--threads", threads});
            return run_araz(words).out;
        };
        EXPECT_EQ(with_threads("csv", "1"), with_threads("csv", "2")) << verb;
        json one = json::parse(with_threads("json", "1"));
        json two = json::parse(with_threads("json", "2"));
        EXPECT_EQ(one["options"]["threads"], 1);
        EXPECT_EQ(two["options"]["threads"], 2);
        one["options"].erase("threads");
        two["options"].erase("threads");
        EXPECT_EQ(one.dump(), two.dump()) << verb;
    }
}

TEST_F(Results, StandardInputIsReadLikeAFile) {
    json from_file = json::parse(run_araz(call("pf", "json")).out);
    const ProgramRun run = run_araz({"pf", "-", "--from-format", "matpower", "--format", "json"}, sample_case);
    ASSERT_EQ(run.exit_code, 0) << run.err;
    json from_input = json::parse(run.out);
    EXPECT_EQ(from_input["case"]["sha256"], from_file["case"]["sha256"]);
    for (const char* part : {"buses", "branches", "generators", "totals", "status"})
        EXPECT_EQ(from_input[part], from_file[part]) << part;
}

TEST_F(Results, AnErrorInStandardInputHasItsPlace) {
    const ProgramRun run =
        run_araz({"pf", "-", "--from-format", "matpower"}, with(sample_case, "\t4\t5\t0.01", "\t4\t99\t0.01"));
    EXPECT_EQ(run.exit_code, 3);
    EXPECT_THAT(run.err, HasSubstr("AZ1103"));
    EXPECT_THAT(run.err, ::testing::ContainsRegex("--> [^\n]*:25:4"));
}

// --- violations ------------------------------------------------------------------------------------------

TEST_F(Results, ViolationsChangeTheExitCodeOnlyWhenAsked) {
    EXPECT_EQ(run_araz({"pf", file_, "--fail-on-violations"}).exit_code, 0) << "the sample has none";
    const std::string tight = folder_.write("tight.m", with(sample_case, "0.06\t0\t50", "0.06\t0\t5"));
    EXPECT_EQ(run_araz({"pf", tight}).exit_code, 0);
    const ProgramRun run = run_araz({"pf", tight, "--fail-on-violations", "--format", "json"});
    EXPECT_EQ(run.exit_code, 1);
    const json result = json::parse(run.out);
    ASSERT_EQ(result["violations"].size(), 1);
    EXPECT_EQ(result["violations"][0]["kind"], "thermal");
    EXPECT_EQ(result["violations"][0]["branch"], 6);
    EXPECT_EQ(run_araz({"n1", tight, "--fail-on-violations"}).exit_code, 1);
    EXPECT_EQ(run_araz({"n1", tight}).exit_code, 0);
}

TEST_F(Results, N1ListsEveryBranchAndTheSpurAsSplitting) {
    const json result = json::parse(run_araz(call("n1", "json")).out);
    ASSERT_EQ(result["contingencies"].size(), 6);
    for (int k = 0; k < 6; ++k) {
        EXPECT_EQ(result["contingencies"][k]["contingency"], std::to_string(k + 1));
        EXPECT_EQ(result["contingencies"][k]["status"], k == 5 ? "islanded" : "converged");
    }
    EXPECT_DOUBLE_EQ(result["contingencies"][5]["lost_load_mw"], 10.0);
    EXPECT_EQ(result["summary"]["islanding"], 1);
}

TEST_F(Results, CapacityGivesBothDirectionsWithACertificate) {
    const json result = json::parse(run_araz(call("capacity", "json")).out);
    ASSERT_EQ(result["directions"].size(), 2);
    for (const json& direction : result["directions"]) {
        const json& certificate = direction["certificate"];
        EXPECT_EQ(certificate["secure_mw"], direction["delta_e_mw"]);
        EXPECT_NEAR(direction["ttc_mw"].get<double>(),
                    direction["base_exchange_mw"].get<double>() + direction["delta_e_mw"].get<double>(), 1e-9);
        EXPECT_EQ(certificate["contingencies_unsolved"], 0);
        EXPECT_EQ(certificate["contingencies_solved"], 5);
        EXPECT_FALSE(direction["limit"]["cause"].get<std::string>().empty());
    }
    EXPECT_EQ(result["directions"][0]["from"], result["directions"][1]["to"]);
}

// --- no solution -----------------------------------------------------------------------------------------

/// Forty times the load at bus 4: far beyond what the lines can carry.
std::string hopeless() {
    return with(sample_case, "\t4\t1\t80", "\t4\t1\t8000");
}

TEST_F(Results, ACaseWithoutASolutionEndsWithFourAndADiagnosis) {
    const std::string file = folder_.write("hopeless.m", hopeless());
    const ProgramRun run = run_araz({"pf", file, "--format", "json"});
    EXPECT_EQ(run.exit_code, 4);
    const json result = json::parse(run.out);
    EXPECT_THAT(result["status"].get<std::string>(),
                ::testing::AnyOf("no_solution_found", "max_iterations", "diverged", "singular"));
    const json& diagnosis = result["diagnosis"];
    ASSERT_EQ(diagnosis["worst_mismatches"].size(), 5) << "ten worst buses, or all there are";
    double last = INFINITY;
    for (const json& bus : diagnosis["worst_mismatches"]) {
        const double size = std::max(std::abs(bus["p_mw"].get<double>()), std::abs(bus["q_mvar"].get<double>()));
        EXPECT_LE(size, last) << "worst first";
        last = size;
    }
    EXPECT_EQ(diagnosis["islands"].size(), 1);
    EXPECT_GE(diagnosis["tried"].size(), 2);
}

TEST_F(Results, TheDiagnosisIsForPeopleToo) {
    const ProgramRun run = run_araz({"pf", folder_.write("hopeless.m", hopeless())});
    EXPECT_EQ(run.exit_code, 4);
    const std::string all = run.out + run.err;
    EXPECT_THAT(all, HasSubstr("no_solution_found"));
    EXPECT_THAT(all, ::testing::ContainsRegex("[Ww]orst"));
}

TEST_F(Results, StudiesOfACaseWithoutASolutionEndWithFour) {
    const std::string file = folder_.write("hopeless.m", hopeless());
    EXPECT_EQ(run_araz({"n1", file}).exit_code, 4);
    EXPECT_EQ(run_araz({"capacity", file, "--from", "1", "--to", "2"}).exit_code, 4);
}

TEST_F(Results, TheDcModelIsSolvedWhereAcHasNoSolution) {
    const ProgramRun run = run_araz({"pf", folder_.write("hopeless.m", hopeless()), "--dc", "--format", "json"});
    EXPECT_EQ(run.exit_code, 0) << run.err;
    EXPECT_NEAR(json::parse(run.out)["totals"]["loss_mw"].get<double>(), 0.0, 1e-9);
}

}  // namespace
}  // namespace araz::testing

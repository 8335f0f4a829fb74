// A diagnosis ends in a command that works; the ends of a certificate are cases that solve; verify finds what
// was changed in a file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/sample.hpp"
#include "support/program.hpp"

namespace araz::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

std::vector<std::string> words_of(const std::string& command) {
    std::istringstream in(command);
    std::vector<std::string> words;
    for (std::string word; in >> word;) words.push_back(word);
    EXPECT_EQ(words.empty() ? "" : words.front(), "araz");
    if (!words.empty()) words.erase(words.begin());
    return words;
}

class States : public ::testing::Test {
protected:
    ScratchFolder folder_;
    std::string file_ = folder_.write("sample.m", sample_case);

    [[nodiscard]] std::string capacity(const std::vector<std::string>& more = {}) const {
        const std::string out = folder_.path("cap.json");
        std::vector<std::string> words{"capacity", file_, "--from", "1", "--to", "2", "-o", out};
        words.insert(words.end(), more.begin(), more.end());
        const ProgramRun run = run_araz(words);
        EXPECT_EQ(run.exit_code, 0) << run.err;
        return out;
    }
};

TEST_F(States, AFailedPowerFlowEndsInACommandThatSolves) {
    for (const char* verb : {"pf", "n1", "capacity"}) {
        std::vector<std::string> words{verb, file_, "--scale-load", "15", "--format", "json"};
        if (std::string(verb) == "capacity") words.insert(words.end(), {"--from", "1", "--to", "2"});
        const ProgramRun run = run_araz(words);
        EXPECT_EQ(run.exit_code, 4) << verb << run.err;
        const json result = json::parse(run.out);
        const json& diagnosis = std::string(verb) == "n1" ? result["base"]["diagnosis"] : result["diagnosis"];
        EXPECT_EQ(diagnosis["class"], "no_solution_nearby") << verb;
        EXPECT_FALSE(diagnosis["probes"].empty());
        EXPECT_FALSE(diagnosis["worst_mismatches"].empty());
        const std::string command = diagnosis["command"];
        EXPECT_THAT(command, HasSubstr("araz pf " + file_));
        EXPECT_EQ(run_araz(words_of(command)).exit_code, 0) << command;
        for (const json& probe : diagnosis["probes"]) {  // every probe that names its command ends as it says
            if (probe["command"].get<std::string>().empty()) continue;
            EXPECT_EQ(run_araz(words_of(probe["command"])).exit_code, probe["solved"].get<bool>() ? 0 : 4) << probe;
        }
    }
}

TEST_F(States, ATableOfAFailedPowerFlowSaysWhatFailedAndHowToGoOn) {
    const ProgramRun run = run_araz({"pf", file_, "--scale-load", "15"});
    EXPECT_EQ(run.exit_code, 4);
    for (const char* part : {"no solution nearby", "Largest mismatches", "Islands", "Tried, in order", "Probes", "Best state reached", "--scale-load"})
        EXPECT_THAT(run.out, HasSubstr(part));
}

TEST_F(States, ACertificateVerifiesAndAChangedOneDoesNot) {
    const std::string file = capacity({"--both"});
    const ProgramRun good = run_araz({"verify", file, "--case", file_});
    EXPECT_EQ(good.exit_code, 0) << good.out << good.err;
    const std::string text = read_bytes(file);
    json changed = json::parse(text);
    json& certificate = changed["directions"][1]["certificate"];
    certificate["secure_mw"] = certificate["secure_mw"].get<double>() + 1.0;
    const ProgramRun bad = run_araz({"verify", folder_.write("changed.json", changed.dump()), "--case", file_});
    EXPECT_EQ(bad.exit_code, 1);
    EXPECT_THAT(bad.err, HasSubstr("certificate.secure_mw"));
    const std::string other = folder_.write("other.m", with(sample_case, "\t2\t4\t0.008\t0.07", "\t2\t4\t0.008\t0.08"));
    EXPECT_EQ(run_araz({"verify", file, "--case", other}).exit_code, 1);
}

TEST_F(States, ACertificateSaysWhatHasVerifiedIt) {
    const auto said = [&](const std::vector<std::string>& more) {
        return json::parse(read_bytes(capacity(more)))["directions"][0]["certificate"]["verified_by"].get<std::string>();
    };
    EXPECT_THAT(said({}), HasSubstr("the solver that searched"));
    EXPECT_THAT(said({"--recheck"}), HasSubstr("independent"));
}

TEST_F(States, BothEndsAreCasesThatSolve) {
    const std::string file = capacity({"--export-states", folder_.path("end")});
    const json certificate = json::parse(read_bytes(file))["directions"][0]["certificate"];
    for (const char* which : {"secure", "insecure"}) {
        const ProgramRun run = run_araz({"pf", folder_.path("end-" + std::string(which) + ".m"), "--format", "json"});
        ASSERT_EQ(run.exit_code, 0) << run.err;
        const json result = json::parse(run.out);
        EXPECT_LE(result["iterations"].get<int>(), 1) << "the stored voltages are the solution";
        for (const json& listed : certificate["end_states"][which]["buses"])
            for (const json& bus : result["buses"])
                if (bus["bus"] == listed["bus"]) {
                    EXPECT_NEAR(bus["vm_pu"].get<double>(), listed["vm_pu"].get<double>(), 1e-7);
                    EXPECT_NEAR(bus["va_deg"].get<double>(), listed["va_deg"].get<double>(), 1e-5);
                }
    }
}

TEST_F(States, OfBothDirectionsCarryTheirNames) {
    (void)capacity({"--both", "--export-states", folder_.path("end")});
    const std::vector<std::string> names = folder_.names();
    for (const char* name : {"end-1-2-secure.m", "end-1-2-insecure.m", "end-2-1-secure.m", "end-2-1-insecure.m"})
        EXPECT_THAT(names, ::testing::Contains(name));
    const ProgramRun run = run_araz({"capacity", file_, "--from", "1", "--to", "2", "--export-states", folder_.path("nosuch/end")});
    EXPECT_EQ(run.exit_code, 5);
}

TEST_F(States, OfAScaledCaseVerifyWithTheScale) {
    for (const char* verb : {"pf", "n1"}) {
        const std::string out = folder_.path(std::string(verb) + ".json");
        ASSERT_EQ(run_araz({verb, file_, "--scale-load", "0.9", "-o", out}).exit_code, 0);
        const ProgramRun run = run_araz({"verify", out, "--case", file_});
        EXPECT_EQ(run.exit_code, 0) << verb << run.out;
    }
    const std::string file = capacity({"--scale-load", "0.9"});
    EXPECT_EQ(run_araz({"verify", file, "--case", file_}).exit_code, 0);
}

}  // namespace
}  // namespace araz::testing

// Words the program does not know, output it cannot write, help.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "cli/sample.hpp"
#include "support/program.hpp"

namespace araz::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;

class Usage : public ::testing::Test {
protected:
    ScratchFolder folder_;
    std::string file_ = folder_.write("sample.m", sample_case);
};

TEST_F(Usage, AnUnknownVerbIsAnsweredWithTheNearest) {
    const ProgramRun run = run_araz({"capacty", file_});
    EXPECT_EQ(run.exit_code, 2);
    EXPECT_THAT(run.err, HasSubstr("'capacty'"));
    EXPECT_THAT(run.err, HasSubstr("did you mean capacity?"));
    EXPECT_THAT(run.out, IsEmpty());
}

TEST_F(Usage, AnUnknownOptionIsAnsweredWithTheNearest) {
    const ProgramRun run = run_araz({"pf", file_, "--q-limit", "off"});
    EXPECT_EQ(run.exit_code, 2);
    EXPECT_THAT(run.err, HasSubstr("--q-limit'"));
    EXPECT_THAT(run.err, HasSubstr("--q-limits"));
}

TEST_F(Usage, AnUnknownChoiceIsAnsweredWithTheChoices) {
    const ProgramRun run = run_araz({"pf", file_, "--start", "flatt"});
    EXPECT_EQ(run.exit_code, 2);
    EXPECT_THAT(run.err, HasSubstr("auto, stored, flat, dc"));
    EXPECT_THAT(run.err, HasSubstr("did you mean flat?"));
}

TEST_F(Usage, AnUnknownControlIsAnsweredWithTheNearest) {
    const ProgramRun run = run_araz({"pf", file_, "--controls", "tap,shunts"});
    EXPECT_EQ(run.exit_code, 2);
    EXPECT_THAT(run.err, HasSubstr("did you mean taps?"));
    EXPECT_EQ(run_araz({"pf", file_, "--controls", "none,taps"}).exit_code, 2);
    EXPECT_EQ(run_araz({"pf", file_, "--controls", "all"}).exit_code, 0);
}

TEST_F(Usage, AnUnknownAreaIsAnsweredWithTheAreasOfTheCase) {
    const ProgramRun run = run_araz({"capacity", file_, "--from", "1", "--to", "3"});
    EXPECT_EQ(run.exit_code, 2);
    EXPECT_THAT(run.err, HasSubstr("'3'"));
    EXPECT_THAT(run.err, HasSubstr("areas 1, 2"));
}

TEST_F(Usage, AnAreaOnBothSidesIsRefused) {
    EXPECT_EQ(run_araz({"capacity", file_, "--from", "1,2", "--to", "2"}).exit_code, 2);
    EXPECT_EQ(run_araz({"capacity", file_, "--from", "rest", "--to", "rest"}).exit_code, 2);
}

TEST_F(Usage, ValuesThatMakeNoSenseAreRefused) {
    const std::vector<std::vector<std::string>> calls{
        {"pf", file_, "--tol", "tiny"},
        {"pf", file_, "--tol", "-1"},
        {"pf", file_, "--max-iterations", "2.5"},
        {"pf", file_, "--rating-base", "D"},
        {"pf", file_, "--format", "xml"},
        {"pf", file_, "-o", folder_.path("result.xyz")},
        {"n1", file_, "--threads", "-2"},
        {"n1", file_, "--exclude", "77"},
        {"n1", file_, "--exclude", "first"},
        {"capacity", file_},
        {"capacity", file_, "--from", "1"},
        {"capacity", file_, "--from", "1", "--to", "2", "--key", "price"},
        {"capacity", file_, "--from", "1", "--to", "2", "--tolerance", "0"},
        {"capacity", file_, "--from", "1", "--to", "2", "--trm", "lots"},
        {"pf"},
        {"pf", file_, file_},
        {"explain", "AZ9999"},
    };
    for (const auto& call : calls) {
        const ProgramRun run = run_araz(call);
        EXPECT_EQ(run.exit_code, 2) << ::testing::PrintToString(call) << "\n" << run.err;
        EXPECT_THAT(run.err, HasSubstr("error")) << ::testing::PrintToString(call);
    }
}

TEST_F(Usage, AFailedCallLeavesNoFile) {
    const auto before = folder_.names();
    (void)run_araz({"pf", file_, "--start", "flatt", "-o", folder_.path("result.json")});
    EXPECT_EQ(folder_.names(), before);
}

// --- output ----------------------------------------------------------------------------------------------

class Output : public Usage, public ::testing::WithParamInterface<const char*> {};

TEST_P(Output, IntoAFolderThatDoesNotExistIsRefused) {
    const auto before = folder_.names();
    const ProgramRun run = run_araz({"pf", file_, "-o", folder_.path("nosuch/result") + GetParam()});
    EXPECT_EQ(run.exit_code, 5);
    EXPECT_THAT(run.err, HasSubstr("error[AZ4001]"));
    EXPECT_THAT(run.err, HasSubstr("nosuch/result"));
    EXPECT_THAT(run.out, IsEmpty());
    EXPECT_EQ(folder_.names(), before) << "no partial file";
}

TEST_P(Output, OverAFolderIsRefusedAndLeavesNothingBehind) {
    const std::string name = std::string("taken") + GetParam();
    std::filesystem::create_directory(folder_.path(name));
    const auto before = folder_.names();
    EXPECT_EQ(run_araz({"pf", file_, "-o", folder_.path(name)}).exit_code, 5);
    EXPECT_EQ(folder_.names(), before);
    EXPECT_TRUE(std::filesystem::is_empty(folder_.path(name)));
}

TEST_P(Output, IsWrittenWholeAndNothingElse) {
    const std::string name = std::string("result") + GetParam();
    const ProgramRun run = run_araz({"pf", file_, "-o", folder_.path(name)});
    EXPECT_EQ(run.exit_code, 0) << run.err;
    EXPECT_THAT(run.out, IsEmpty());
    EXPECT_GT(read_bytes(folder_.path(name)).size(), 200);
    EXPECT_EQ(folder_.names(), (std::vector<std::string>{name, "sample.m"}));
}

INSTANTIATE_TEST_SUITE_P(Formats, Output, ::testing::Values(".json", ".csv", ".ndjson", ".h5", ".txt"),
                         [](const auto& instance) { return std::string(instance.param).substr(1); });

TEST_F(Usage, AFullDeviceIsAnOutputError) {
    const ProgramRun run = run_araz({"pf", file_, "--format", "json"}, {}, "/dev/full");
    EXPECT_EQ(run.exit_code, 5);
    EXPECT_THAT(run.err, HasSubstr("error[AZ4001]"));
}

// --- help ------------------------------------------------------------------------------------------------

/// The words that begin the lines under "Subcommands:".
std::vector<std::string> verbs() {
    std::istringstream lines(run_araz({"--help"}).out);
    std::vector<std::string> found;
    bool listed = false;
    for (std::string line; std::getline(lines, line);) {
        if (listed && line.starts_with("  ") && line.size() > 2 && line[2] != ' ')
            found.push_back(line.substr(2, line.find(' ', 2) - 2));
        listed = listed || line.starts_with("Subcommands:");
    }
    return found;
}

TEST(Help, ListsTheVerbs) {
    EXPECT_EQ(run_araz({"--help"}).exit_code, 0);
    EXPECT_THAT(verbs(), IsSupersetOf({"info", "check", "convert", "pf", "n1", "capacity", "verify", "explain"}));
}

TEST(Help, OfEveryVerbDescribesItAndGivesAnExample) {
    ASSERT_FALSE(verbs().empty());
    for (const std::string& verb : verbs()) {
        const ProgramRun run = run_araz({verb, "--help"});
        EXPECT_EQ(run.exit_code, 0) << verb;
        EXPECT_THAT(run.err, IsEmpty()) << verb;
        EXPECT_THAT(run.out, HasSubstr("Usage:")) << verb;
        EXPECT_THAT(run.out, HasSubstr("Example")) << verb;
        EXPECT_THAT(run.out, HasSubstr("araz " + verb)) << verb;
    }
}

TEST(Help, WithoutAVerbIsShown) {
    const ProgramRun run = run_araz({});
    EXPECT_EQ(run.exit_code, 0);
    EXPECT_THAT(run.out, HasSubstr("capacity"));
}

TEST(Help, VersionIsOneLine) {
    const ProgramRun run = run_araz({"--version"});
    EXPECT_EQ(run.exit_code, 0);
    EXPECT_THAT(run.out, ::testing::MatchesRegex("araz [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

TEST(Help, EveryCodeAnErrorShowsIsExplained) {
    const ScratchFolder folder;
    const std::vector<std::vector<std::string>> calls{
        {"pf", folder.path("nosuch.m")},
        {"pf", folder.write("empty.m", "")},
        {"pf", folder.write("duplicate.m", with(sample_case, "\t5\t1\t10", "\t4\t1\t10"))},
        {"pf", folder.write("missing.m", with(sample_case, "\t4\t5\t0.01", "\t4\t99\t0.01"))},
        {"pf", folder.write("nan.m", with(sample_case, "\t2\t1\t60", "\t2\t1\tNaN"))},
        {"pf", folder.write("word.m", with(sample_case, "\t2\t1\t60", "\t2\t1\tsixty"))},
        {"pf", folder.write("noslack.m", with(sample_case, "\t1\t3\t20", "\t1\t2\t20"))},
        {"pf", folder.write("sample.m", sample_case), "-o", folder.path("nosuch/result.json")},
        {"pf", folder.path("sample.m"), "--start", "flatt"},
        {"capacity", folder.path("sample.m"), "--from", "9", "--to", "1"},
    };
    for (const auto& call : calls) {
        const std::string err = run_araz(call).err;
        const auto at = err.find("error[AZ");
        ASSERT_NE(at, std::string::npos) << err;
        const std::string code = err.substr(at + 6, 6);
        const ProgramRun explained = run_araz({"explain", code});
        EXPECT_EQ(explained.exit_code, 0) << code;
        EXPECT_THAT(explained.out, HasSubstr(code));
    }
}

}  // namespace
}  // namespace araz::testing

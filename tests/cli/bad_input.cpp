// What the program says about input it cannot use: exit 3, the place, a hint, and the same as JSON.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/sample.hpp"
#include "support/program.hpp"

namespace araz::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct BadFile {
    std::string name;
    std::string text;
    std::string code;
    std::string near;  ///< text of the file at which the first error must point; empty: any place
};

void PrintTo(const BadFile& file, std::ostream* out) {
    *out << file.name;
}

std::vector<BadFile> bad_files() {
    const std::string& good = sample_case;
    return {
        {"truncated_matrix", good.substr(0, good.find("\t3\t4\t0.005")), "", ""},
        {"truncated_row", good.substr(0, good.find("0.05\t0.02")), "", ""},
        {"duplicate_bus", with(good, "\t5\t1\t10", "\t4\t1\t10"), "AZ1101", "4\t1\t10"},
        {"branch_to_a_missing_bus", with(good, "\t4\t5\t0.01", "\t4\t99\t0.01"), "AZ1103", "99\t0.01"},
        {"branch_from_a_missing_bus", with(good, "\t4\t5\t0.01", "\t98\t5\t0.01"), "AZ1103", "98\t5"},
        {"generator_at_a_missing_bus", with(good, "\t3\t115", "\t7\t115"), "AZ1103", "7\t115"},
        {"nan_load", with(good, "\t2\t1\t60", "\t2\t1\tNaN"), "AZ1202", "NaN"},
        {"nan_impedance", with(good, "0.01\t0.06", "0.01\tNaN"), "AZ1202", "NaN"},
        {"infinite_load", with(good, "\t2\t1\t60", "\t2\t1\tInf"), "AZ1203", "Inf"},
        {"word_in_a_cell", with(good, "\t2\t1\t60", "\t2\t1\tsixty"), "", "sixty"},
        {"broken_number", with(good, "\t2\t1\t60", "\t2\t1\t6..0"), "", ""},
        {"row_too_short", with(good, "\t1\t4\t0.006\t0.05\t0.02\t150\t180\t200\t0\t0\t1\t-360\t360;", "\t1\t4\t0.006;"),
         "", ""},
        {"no_slack", with(good, "\t1\t3\t20", "\t1\t2\t20"), "AZ1301", ""},
        {"zero_base", with(good, "mpc.baseMVA = 100", "mpc.baseMVA = 0"), "AZ1201", ""},
        {"no_branch_table", good.substr(0, good.find("mpc.branch")), "", ""},
    };
}

struct Place {
    int line = 0, column = 0;
};

Place place_of(const std::string& text, const std::string& what) {
    const auto at = text.find(what);
    const auto line_start = text.rfind('\n', at);
    return {1 + static_cast<int>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n')),
            static_cast<int>(at - line_start)};
}

class BadInput : public ::testing::TestWithParam<BadFile> {
protected:
    ScratchFolder folder_;
    std::string file_ = folder_.write("bad.m", GetParam().text);
};

TEST_P(BadInput, IsRefusedWithItsPlaceAndAHint) {
    const ProgramRun run = run_araz({"pf", file_});
    EXPECT_EQ(run.exit_code, 3) << run.err;
    EXPECT_THAT(run.out, IsEmpty()) << "messages belong on stderr";
    EXPECT_THAT(run.err, HasSubstr("error[AZ"));
    EXPECT_THAT(run.err, HasSubstr("--> " + file_)) << run.err;
    EXPECT_THAT(run.err, HasSubstr("= hint: ")) << run.err;
    EXPECT_THAT(run.err, HasSubstr("error[" + GetParam().code)) << "any code where the test names none";
    if (GetParam().near.empty()) return;
    const Place place = place_of(GetParam().text, GetParam().near);
    EXPECT_THAT(run.err,
                HasSubstr(file_ + ":" + std::to_string(place.line) + ":" + std::to_string(place.column) + "\n"));
}

TEST_P(BadInput, ComesAsAnEnvelopeInJson) {
    const ProgramRun run = run_araz({"pf", file_, "--format", "json"});
    EXPECT_EQ(run.exit_code, 3);
    const json envelope = json::parse(run.out);
    EXPECT_EQ(envelope["schema"], "araz.pf/1");
    EXPECT_EQ(envelope["status"], "error");
    ASSERT_FALSE(envelope["findings"].empty());
    const json errors = [&] {
        json list = json::array();
        for (const json& finding : envelope["findings"])
            if (finding["severity"] == "error") list.push_back(finding);
        return list;
    }();
    ASSERT_FALSE(errors.empty());
    for (const json& error : errors) {
        EXPECT_EQ(error["file"], file_);
        EXPECT_FALSE(error["message"].get<std::string>().empty());
        EXPECT_FALSE(error["hint"].get<std::string>().empty()) << error;
    }
    EXPECT_THAT(errors[0]["code"].get<std::string>(), ::testing::StartsWith(GetParam().code));
    if (GetParam().near.empty()) return;
    const Place place = place_of(GetParam().text, GetParam().near);
    EXPECT_EQ(errors[0]["line"], place.line);
    EXPECT_EQ(errors[0]["column"], place.column);
}

TEST_P(BadInput, IsRefusedByEveryVerbThatReadsACase) {
    EXPECT_EQ(run_araz({"n1", file_}).exit_code, 3);
    EXPECT_EQ(run_araz({"capacity", file_, "--from", "1", "--to", "2"}).exit_code, 3);
}

INSTANTIATE_TEST_SUITE_P(Files, BadInput, ::testing::ValuesIn(bad_files()),
                         [](const auto& instance) { return instance.param.name; });

TEST(UnreadableInput, AMissingFileIsNamed) {
    const ScratchFolder folder;
    const std::string file = folder.path("nosuch.m");
    const ProgramRun run = run_araz({"pf", file});
    EXPECT_EQ(run.exit_code, 3);
    EXPECT_THAT(run.err, HasSubstr("error[AZ1001]"));
    EXPECT_THAT(run.err, HasSubstr(file));
}

TEST(UnreadableInput, AnEmptyFileIsSaidToBeEmpty) {
    const ScratchFolder folder;
    for (const char* text : {"", "\n  \n", "% nothing but a comment\n"}) {
        const std::string file = folder.write("empty.m", text);
        const ProgramRun run = run_araz({"pf", file});
        EXPECT_EQ(run.exit_code, 3) << "'" << text << "'";
        EXPECT_THAT(run.err, HasSubstr("error[AZ"));
        EXPECT_THAT(run.err, HasSubstr(file));
    }
    EXPECT_THAT(run_araz({"pf", folder.write("zero.m", "")}).err, HasSubstr("AZ1002"));
}

TEST(UnreadableInput, AFolderIsNoCaseFile) {
    const ScratchFolder folder;
    EXPECT_EQ(run_araz({"pf", folder.path("")}).exit_code, 3);
}

TEST(UnreadableInput, AnUnknownExtensionIsSaidToBeUnknown) {
    const ScratchFolder folder;
    const ProgramRun run = run_araz({"pf", folder.write("case.xyz", sample_case)});
    EXPECT_EQ(run.exit_code, 3);
    EXPECT_THAT(run.err, HasSubstr("AZ1003"));
}

TEST(UnreadableInput, BytesThatAreNoTextAreRefusedWithoutACrash) {
    const ScratchFolder folder;
    std::string noise;
    for (int k = 0; k < 4096; ++k) noise.push_back(static_cast<char>((k * 151 + 7) & 0xFF));
    EXPECT_EQ(run_araz({"pf", folder.write("noise.m", noise)}).exit_code, 3);
}

TEST(UnreadableInput, EveryTruncationOfAGoodFileIsRefused) {
    const ScratchFolder folder;
    for (std::size_t length = 0; length < sample_case.size(); length += 37) {
        const ProgramRun run = run_araz({"pf", folder.write("cut.m", sample_case.substr(0, length))});
        EXPECT_EQ(run.exit_code, 3) << "cut after " << length << " bytes\n" << run.err;
    }
}

TEST(SeveralProblems, AreAllListedInOnePass) {
    const ScratchFolder folder;
    std::string text = with(sample_case, "\t5\t1\t10", "\t4\t1\t10");
    text = with(text, "\t2\t3\t0.006", "\t2\t77\t0.006");
    text = with(text, "\t2\t1\t60", "\t2\t1\tNaN");
    const ProgramRun run = run_araz({"pf", folder.write("bad.m", text)});
    EXPECT_EQ(run.exit_code, 3);
    for (const char* code : {"AZ1101", "AZ1103", "AZ1202"})
        EXPECT_THAT(run.err, HasSubstr(std::string("error[") + code));
}

TEST(SeveralProblems, BeyondTwentyAreCounted) {
    const ScratchFolder folder;
    std::string rows;
    for (int k = 0; k < 30; ++k)
        rows += "\t1\t" + std::to_string(100 + k) + "\t0.01\t0.06\t0\t50\t60\t70\t0\t0\t1\t-360\t360;\n";
    const ProgramRun run =
        run_araz({"pf", folder.write("bad.m", with(sample_case, "mpc.branch = [\n", "mpc.branch = [\n" + rows))});
    EXPECT_EQ(run.exit_code, 3);
    EXPECT_THAT(run.err, HasSubstr("and 10 more"));
}

TEST(SeveralProblems, AnAllowedErrorIsAWarningAndTheRestIsSolved) {
    const ScratchFolder folder;
    const std::string file = folder.write("bad.m", with(sample_case, "\t2\t4\t0.008", "\t2\t99\t0.008"));
    EXPECT_EQ(run_araz({"pf", file}).exit_code, 3);
    const ProgramRun run = run_araz({"pf", file, "--allow", "AZ1103"});
    EXPECT_EQ(run.exit_code, 0) << run.err;
    EXPECT_THAT(run.err, HasSubstr("warning[AZ1103]"));
}

}  // namespace
}  // namespace araz::testing

// Copies of the shipped case with one fault each, or several, through `araz check`: exit 3, file, row, column.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "support/program.hpp"

namespace araz::testing {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

// A copy of the case that can be spoiled.
class SpoiledCase {
public:
    SpoiledCase() : path_(scratch_.path("case")) {
        fs::copy(ARAZ_SOURCE_DIR "/cases/azerbaijan-iran", path_, fs::copy_options::recursive);
    }

    // Replaces the first `from`; "" for `from` replaces the whole file.
    void change(const std::string& file, const std::string& from, const std::string& to) const {
        std::string text = read_bytes(path_ + "/" + file);
        const auto at = text.find(from);
        if (at == std::string::npos) throw std::logic_error("'" + from + "' is not in " + file);
        text.replace(at, from.empty() ? text.size() : from.size(), to);
        write(file, text);
    }
    void write(const std::string& file, const std::string& text) const {
        std::ofstream(path_ + "/" + file, std::ios::binary) << text;
    }
    void remove(const std::string& file) const { fs::remove(path_ + "/" + file); }

    // "lines.csv:4:52" of `what` in the spoiled file.
    [[nodiscard]] std::string place(const std::string& file, const std::string& what) const {
        const std::string text = read_bytes(path_ + "/" + file);
        const auto at = text.find(what);
        if (at == std::string::npos) return "nowhere";
        const auto begin = at == 0 ? 0 : text.rfind('\n', at - 1) + 1;
        const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
        return file + ":" + std::to_string(line) + ":" + std::to_string(at - begin + 1);
    }

    // Errors as "CODE FILE:LINE:COLUMN"; the exit code must be 3.
    [[nodiscard]] std::vector<std::string> check() const {
        const ProgramRun run = run_araz({"check", path_, "--format", "json"});
        EXPECT_EQ(run.exit_code, 3) << run.out << run.err;
        std::vector<std::string> errors;
        const json answer = json::parse(run.out);
        for (const json& finding : answer.at("findings")) {
            if (finding.at("severity") != "error") continue;
            const std::string file = finding.at("file");
            std::string text = finding.at("code").get<std::string>() + " " +
                               (file.size() > path_.size() ? file.substr(path_.size() + 1) : "the folder");
            for (const char* number : {"line", "column"})  // null: the file as a whole
                if (finding.at(number).is_number()) text += ":" + std::to_string(finding.at(number).get<int>());
            errors.push_back(text);
        }
        return errors;
    }

private:
    ScratchFolder scratch_;
    std::string path_;
};

struct Fault {
    const char* name;
    const char* file;
    const char* from;
    const char* to;
    const char* code;
    const char* marked;
};

void PrintTo(const Fault& fault, std::ostream* out) {
    *out << fault.name;
}

class ShippedCase : public ::testing::TestWithParam<Fault> {};

TEST_P(ShippedCase, NamesFileRowAndColumnOfTheFault) {
    const Fault& fault = GetParam();
    const SpoiledCase copy;
    copy.change(fault.file, fault.from, fault.to);
    EXPECT_THAT(copy.check(),
                ::testing::ElementsAre(std::string(fault.code) + " " + copy.place(fault.file, fault.marked)));
}

INSTANTIATE_TEST_SUITE_P(
    Faults, ShippedCase,
    ::testing::Values(
        Fault{"missing_column", "lines.csv", ",km,", ",length,", "AZ1402", "line,from_bus"},
        Fault{"unknown_line_type", "lines.csv", "500-3xAS330", "500-3xAS33O", "AZ1410", "500-3xAS33O"},
        Fault{"km_in_m", "lines.csv", ",56.3,", ",56300,", "AZ1415", "56300"},
        Fault{"km_of_a_short_line_in_m", "lines.csv", "230-2xCanary,4,", "230-2xCanary,1900,", "AZ1416", "1900,1,1"},
        Fault{"kv_in_v", "buses.csv", ",500,1,", ",500000,1,", "AZ1415", "500000"},
        Fault{"kv_of_a_type_in_v", "line_types.csv", "AS400,220,", "AS400,220000,", "AZ1415", "220000"},
        Fault{"mw_in_kw", "loads.csv", "1302,14.9,", "1302,14900,", "AZ1415", "14900"},
        Fault{"duplicate_name", "lines.csv", "azerbaijan-tpp--samukh-500-1", "azerbaijan-tpp--absheron-500-1",
              "AZ1408", "azerbaijan-tpp--absheron-500-1,1002,1003"},
        Fault{"dangling_bus", "loads.csv", ",1301,", ",99999,", "AZ1409", "99999"},
        Fault{"dangling_profile", "generators.csv", "wind-baku-absheron,", "wind-bacu-absheron,", "AZ1409",
              "wind-bacu"},
        Fault{"dangling_region", "load_profiles.csv", "\nBaku-Absheron,", "\nBacu-Absheron,", "AZ1409",
              "Bacu-Absheron"},
        Fault{"date_in_a_number", "operating_points/winter-peak-2025.csv", "p_mw,377.1", "p_mw,2025-02-30", "AZ1405",
              "2025-02-30"},
        Fault{"variant_key", "variants/tie-330.toml", "provenance =", "colour = 3\nprovenance =", "AZ1420", "colour"},
        Fault{"variant_number", "variants/hvdc-600.toml", "p_mw = 140", "p_mw = \"much\"", "AZ1405", "\"much\""},
        Fault{"another_encoding", "buses.csv", "1001,Absheron", "1001,Absh\xEAron", "AZ1411", "Absh\xEAron"}),
    [](const auto& fault) { return std::string(fault.param.name); });

TEST(ShippedCaseFiles, MissingOrEmptyTablesAreNamedOnce) {
    const SpoiledCase copy;
    copy.remove("lines.csv");
    EXPECT_THAT(copy.check(), ::testing::ElementsAre("AZ1401 the folder"));
    copy.write("lines.csv", "");
    EXPECT_THAT(copy.check(), ::testing::ElementsAre("AZ1402 lines.csv"));
    copy.write("lines.csv", std::string("line,from_bus\0", 14));
    EXPECT_THAT(copy.check(), ::testing::ElementsAre("AZ1005 lines.csv:1:14"));
}

TEST(ShippedCaseFiles, ProfilesThatAreNotHdf5AreNamed) {
    const SpoiledCase copy;
    copy.write("profiles.h5", "time,wind\n");
    EXPECT_THAT(copy.check(), ::testing::ElementsAre("AZ1419 profiles.h5"));
}

TEST(ShippedCaseFiles, FaultsOfSeveralFilesAreReportedTogether) {
    const SpoiledCase copy;
    copy.change("lines.csv", ",56.3,", ",fifty,");
    copy.change("buses.csv", ",500,1,", ",500000,1,");
    copy.change("loads.csv", ",1301,", ",99999,");
    copy.change("operating_points/winter-peak-2025.csv", "p_mw,377.1", "p_mv,377.1");
    copy.change("variants/tie-330.toml", "provenance =", "colour = 3\nprovenance =");
    EXPECT_THAT(copy.check(),
                ::testing::UnorderedElementsAre(
                    "AZ1405 " + copy.place("lines.csv", "fifty"), "AZ1415 " + copy.place("buses.csv", "500000"),
                    "AZ1409 " + copy.place("loads.csv", "99999"),
                    "AZ1421 " + copy.place("operating_points/winter-peak-2025.csv", "p_mv"),
                    "AZ1420 " + copy.place("variants/tie-330.toml", "colour")));
}

TEST(ShippedCaseFiles, AskingForWhatIsNotThereIsAUsageError) {
    for (const char* option : {"--point", "--variant"}) {
        const ProgramRun run = run_araz({"check", ARAZ_SOURCE_DIR "/cases/azerbaijan-iran", option, "tie-333"});
        EXPECT_EQ(run.exit_code, 2);
        EXPECT_THAT(run.err, ::testing::HasSubstr("AZ3016"));
    }
}

}  // namespace
}  // namespace araz::testing

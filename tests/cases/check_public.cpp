// No rule of `check` calls a public case wrong: three levels are worth nothing if errors cry wolf.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "araz/io/case_io.hpp"
#include "araz/model/network.hpp"
#include "support/reference.hpp"

namespace araz::testing {
namespace {

void expect_no_error(const Case& grid) {
    Findings errors;
    for (const Finding& finding : check_case(grid))
        if (finding.severity == Severity::error) errors.push_back(finding);
    EXPECT_TRUE(errors.empty()) << grid.name << "\n" << render(errors);
}

class PublicCase : public ::testing::TestWithParam<std::string> {};

TEST_P(PublicCase, HasNoError) {
    const auto grid = public_case(GetParam());
    if (!grid) return;
    expect_no_error(*grid);
}

INSTANTIATE_TEST_SUITE_P(Cases, PublicCase, ::testing::ValuesIn(reference_cases()), name_of_case);

TEST(PublicCases, OfAWholeFolderHaveNoError) {
    const char* folder = std::getenv("ARAZ_CASES_DIR");
    if (folder == nullptr) GTEST_SKIP() << "ARAZ_CASES_DIR names no folder";
    int cases = 0;
    std::vector<std::filesystem::path> files;
    for (const char* collection : {"matpower", "pglib"})  // those that their authors mean to be solved
        if (const auto in = std::filesystem::path(folder) / collection; std::filesystem::is_directory(in))
            for (const auto& entry : std::filesystem::recursive_directory_iterator(in))
                if (entry.path().extension() == ".m" && entry.is_regular_file()) files.push_back(entry.path());
    for (const std::filesystem::path& path : files) {
        const auto grid = read_case(path.string());
        if (!grid) {
            const Findings& said = grid.error().findings;
            const bool change_table = std::all_of(said.begin(), said.end(), [](const Finding& f) { return f.code == "AZ1007"; });
            EXPECT_TRUE(change_table) << path << "\n" << render(said);
            continue;
        }
        ++cases;
        expect_no_error(*grid);
    }
    if (cases == 0) GTEST_SKIP() << "no case in " << folder;
}

}  // namespace
}  // namespace araz::testing

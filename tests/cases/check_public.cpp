// No rule of `check` calls a public case wrong: three levels are worth nothing if errors cry wolf.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

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
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (entry.path().extension() != ".m" || !entry.is_regular_file()) continue;
        const auto grid = read_case(entry.path().string());
        if (!grid) {
            const Findings& said = grid.error().findings;
            const bool change_table = std::all_of(said.begin(), said.end(), [](const Finding& f) { return f.code == "AZ1007"; });
            EXPECT_TRUE(change_table) << entry.path() << "\n" << render(said);
            continue;
        }
        ++cases;
        expect_no_error(*grid);
    }
    if (cases == 0) GTEST_SKIP() << "no case in " << folder;
}

}  // namespace
}  // namespace araz::testing

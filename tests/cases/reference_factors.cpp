// The verbs' linear factors against MATPOWER's makePTDF and makeLODF (tests/reference/README.md).
#include <gtest/gtest.h>

#include <cmath>

#include "araz/study/factors.hpp"
#include "support/reference.hpp"
#include "support/study.hpp"

namespace araz::testing {
namespace {

// Factors are of order one and printed with 12 digits.
constexpr double tolerance = 1e-10;

class ReferenceFactorTables : public ::testing::TestWithParam<std::string> {};

TEST_P(ReferenceFactorTables, TransferFactorsAreMatpowers) {
    auto grid = public_case(GetParam());
    if (!grid) return;
    const ReferenceTable reference("ptdf_" + GetParam() + ".csv");
    const StudySetup setup = make_setup(std::move(*grid));
    const auto result = run_ptdf(*setup.model, {}, {});
    ASSERT_TRUE(result);
    ASSERT_EQ(result->branches.size(), reference.rows());
    ASSERT_EQ(result->columns.size() + 3, reference.columns().size());
    for (std::size_t row = 0; row < reference.rows(); ++row) {
        EXPECT_EQ(result->branches[row].branch, reference.integer(row, "branch"));
        for (std::size_t c = 0; c < result->columns.size(); ++c)
            EXPECT_NEAR(result->branches[row].ptdf[c], reference.number(row, result->columns[c].column), tolerance)
                << "row " << row << ", bus " << result->columns[c].column;
    }
}

TEST_P(ReferenceFactorTables, OutageFactorsAreMatpowersAndBridgesHaveNone) {
    auto grid = public_case(GetParam());
    if (!grid) return;
    const ReferenceTable reference("lodf_" + GetParam() + ".csv");
    const StudySetup setup = make_setup(std::move(*grid));
    const auto result = run_lodf(*setup.model, {});
    ASSERT_TRUE(result);
    ASSERT_EQ(result->branches.size(), reference.rows());
    ASSERT_EQ(result->outages.size(), reference.rows());
    int bridges = 0;
    for (std::size_t c = 0; c < result->outages.size(); ++c) {
        const std::string column = std::to_string(result->outages[c].outage);
        bridges += result->outages[c].splits ? 1 : 0;
        for (std::size_t row = 0; row < reference.rows(); ++row) {
            const double expected = reference.number(row, column);
            EXPECT_EQ(std::isnan(expected), result->outages[c].splits) << column;
            if (std::isnan(expected)) EXPECT_TRUE(std::isnan(result->branches[row].lodf[c])) << column;
            else EXPECT_NEAR(result->branches[row].lodf[c], expected, tolerance) << "row " << row << ", outage " << column;
        }
    }
    EXPECT_GT(bridges, 0);
}

INSTANTIATE_TEST_SUITE_P(Public, ReferenceFactorTables, ::testing::Values("case9", "case14", "case30"), name_of_case);

}  // namespace
}  // namespace araz::testing

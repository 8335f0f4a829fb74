// Every single branch outage in AC against MATPOWER's (tests/reference/README.md).
//
// The reference stops below 1e-8 p.u. of mismatch, so its states are good to about 1e-7 p.u.: that is the
// tolerance on voltages; on losses 1e-7 p.u. is 1e-5 MW; a loading is 1e-5 MVA in per cent of the rating.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "support/reference.hpp"
#include "support/study.hpp"

namespace araz::testing {
namespace {

constexpr double vm_tolerance = 1e-7;     // p.u.
constexpr double power_tolerance = 1e-5;  // MW, MVA

class ReferenceN1 : public ::testing::TestWithParam<std::string> {};

double smallest_rating(const Case& grid) {
    double smallest = std::numeric_limits<double>::infinity();
    for (const BranchRow& branch : grid.branches)
        if (branch.rate_a_mva > 0.0) smallest = std::min(smallest, branch.rate_a_mva);
    return smallest;
}

long long count_kind(const ContingencyResult& result, std::string_view kind) {
    return std::count_if(result.violations.begin(), result.violations.end(),
                         [&](const Violation& v) { return v.kind == kind; });
}

void compare_solved(const ContingencyResult& actual, const ReferenceTable& reference, std::size_t row,
                    double loading_tolerance) {
    ASSERT_EQ(actual.status, SolveStatus::converged);
    EXPECT_EQ(actual.lost_buses, 0);
    EXPECT_NEAR(actual.min_vm_pu, reference.number(row, "vmin_pu"), vm_tolerance);
    EXPECT_EQ(actual.min_vm_bus, reference.integer(row, "vmin_bus"));
    EXPECT_NEAR(actual.max_vm_pu, reference.number(row, "vmax_pu"), vm_tolerance);
    EXPECT_NEAR(actual.loss_mw, reference.number(row, "ploss_mw"), power_tolerance);
    EXPECT_EQ(count_kind(actual, "thermal"), reference.integer(row, "n_overload"));
    EXPECT_EQ(count_kind(actual, "voltage_low"), reference.integer(row, "n_below_vmin_limit"));
    EXPECT_EQ(count_kind(actual, "voltage_high"), reference.integer(row, "n_above_vmax_limit"));
    if (std::isnan(reference.number(row, "max_loading_pct"))) {
        EXPECT_EQ(actual.max_loading_branch, 0) << "this case has no ratings";
        return;
    }
    EXPECT_NEAR(actual.max_loading_pct, reference.number(row, "max_loading_pct"), loading_tolerance);
    EXPECT_EQ(actual.max_loading_branch, reference.integer(row, "max_loading_branch"));
}

TEST_P(ReferenceN1, EveryOutageIsMatpowers) {
    auto grid = public_case(GetParam());
    if (!grid) return;
    const double loading_tolerance = 100.0 * power_tolerance / smallest_rating(*grid);
    const StudySetup setup = make_setup(std::move(*grid));
    const ReferenceTable reference("n1_" + GetParam() + ".csv");

    const N1Result result = run_n1(setup, single_outages(setup));

    ASSERT_EQ(result.contingencies.size(), reference.rows());
    for (std::size_t row = 0; row < reference.rows(); ++row) {
        const ContingencyResult& actual = result.contingencies[row];
        SCOPED_TRACE("outage of branch " + actual.contingency);
        ASSERT_EQ(actual.contingency, reference.text(row, "outage_branch"));
        const std::string& status = reference.text(row, "status");
        if (status == "islands") {
            EXPECT_EQ(actual.status, SolveStatus::islanded);
            EXPECT_GT(actual.lost_buses, 0);
            EXPECT_TRUE(is_solved(actual.main_island));
        } else {
            ASSERT_EQ(status, "ok");
            compare_solved(actual, reference, row, loading_tolerance);
        }
    }
}

TEST_P(ReferenceN1, SummaryIsMatpowers) {
    const ReferenceTable reference("n1_summary.csv");
    auto grid = public_case(GetParam());
    if (!grid) return;
    const double loading_tolerance = 100.0 * power_tolerance / smallest_rating(*grid);
    const StudySetup setup = make_setup(std::move(*grid));
    const std::size_t row = reference.row_of(GetParam());

    const N1Summary summary = run_n1(setup, single_outages(setup)).summary;

    EXPECT_EQ(summary.solved, reference.integer(row, "n_converged"));
    EXPECT_EQ(summary.islanding, reference.integer(row, "n_islanding"));
    EXPECT_EQ(summary.unsolved, reference.integer(row, "n_not_converged"));
    EXPECT_EQ(summary.worst_branch, reference.integer(row, "worst_loading_branch"));
    if (summary.worst_branch == 0) return;
    EXPECT_EQ(summary.worst_contingency, reference.text(row, "worst_loading_outage"));
    EXPECT_NEAR(summary.worst_loading_pct, reference.number(row, "worst_loading_pct"), loading_tolerance);
}

INSTANTIATE_TEST_SUITE_P(Public, ReferenceN1, ::testing::Values("case9", "case14", "case30", "case118"), name_of_case);

}  // namespace
}  // namespace araz::testing

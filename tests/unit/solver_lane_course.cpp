// What a lane does next, from made-up mismatches.
#include <gtest/gtest.h>

#include <cmath>

#include "araz/solver/lane_course.hpp"

namespace araz::solver {
namespace {

constexpr double tolerance = 1e-8;
using Verdict = LaneCourse::Verdict;

TEST(LaneCourse, StartsWithTheSharedFactorsWhereTheyFit) {
    LaneCourse course;
    course.begin(true);
    EXPECT_EQ(course.judge(0.1, tolerance, 20), Verdict::goes_on);
    EXPECT_EQ(course.wanted(), LaneStep::shared);
    course.begin(false);
    EXPECT_EQ(course.judge(0.1, tolerance, 20), Verdict::goes_on);
    EXPECT_EQ(course.wanted(), LaneStep::newton);
}

TEST(LaneCourse, StaysWithTheSharedFactorsWhileFewOfTheirStepsWouldDo) {
    LaneCourse course;
    course.begin(true);
    // Steps that would still be needed: to a fiftieth with each 3.7 (twice what the first one left), to a tenth 5.3, to a fifth 6.6, to
    // three tenths 7.8, and to four tenths 9.3, which are too many.
    for (const double mismatch : {1.0, 1e-2, 1e-3, 2e-4, 6e-5}) {
        ASSERT_EQ(course.judge(mismatch, tolerance, 20), Verdict::goes_on);
        EXPECT_EQ(course.wanted(), LaneStep::shared) << mismatch;
        course.taken(0.1 * mismatch);
    }
    ASSERT_EQ(course.judge(2.4e-5, tolerance, 20), Verdict::goes_on);
    EXPECT_EQ(course.wanted(), LaneStep::newton);
}

TEST(LaneCourse, TakesAChordWhenOneMoreStepIsEnough) {
    LaneCourse course;
    course.begin(false);
    ASSERT_EQ(course.judge(1e-2, tolerance, 20), Verdict::goes_on);
    course.taken(1e-2);
    ASSERT_EQ(course.judge(1e-4, tolerance, 20), Verdict::goes_on);  // a reduction to a hundredth: two of them would not do
    EXPECT_EQ(course.wanted(), LaneStep::chord);
    course.taken(1e-4);
    ASSERT_EQ(course.judge(1e-5, tolerance, 20), Verdict::goes_on);  // a chord that did little
    EXPECT_EQ(course.wanted(), LaneStep::newton);
    course.taken(1e-5);
    ASSERT_EQ(course.judge(2e-8, tolerance, 20), Verdict::goes_on);
    EXPECT_EQ(course.wanted(), LaneStep::chord);
    course.taken(1e-8);
    EXPECT_EQ(course.judge(1e-14, tolerance, 20), Verdict::solved);
    EXPECT_EQ(course.iterations(), 4);
}

TEST(LaneCourse, CorrectsWhatMayStillBeOffAndCountsIterationsWithoutIt) {
    LaneCourse course;
    course.begin(true);
    ASSERT_EQ(course.judge(1e-3, tolerance, 20), Verdict::goes_on);
    course.taken(0.02);  // voltages moved by twenty times the mismatch
    ASSERT_EQ(course.judge(9e-9, tolerance, 20), Verdict::goes_on);  // so they may be off by 1.8e-7
    EXPECT_EQ(course.wanted(), LaneStep::shared);
    course.taken(1e-7);
    EXPECT_EQ(course.judge(1e-13, tolerance, 20), Verdict::solved);
    EXPECT_EQ(course.iterations(), 1);
}

TEST(LaneCourse, CorrectsAgainNextToASingularJacobian) {
    LaneCourse course;
    course.begin(true);
    ASSERT_EQ(course.judge(1e-3, tolerance, 20), Verdict::goes_on);
    course.taken(0.02);
    ASSERT_EQ(course.judge(9e-9, tolerance, 20), Verdict::goes_on);
    course.taken(1e-7);
    ASSERT_EQ(course.judge(1e-10, tolerance, 20), Verdict::goes_on);  // 2e-9 in voltage
    course.taken(1e-9);
    ASSERT_EQ(course.judge(1e-11, tolerance, 20), Verdict::goes_on);
    course.taken(1e-10);
    EXPECT_EQ(course.judge(9e-12, tolerance, 20), Verdict::solved);  // no more to be had
    EXPECT_EQ(course.iterations(), 1);
}

TEST(LaneCourse, IsSolvedAtOnceWhereNothingIsMissing) {
    LaneCourse course;
    course.begin(true);
    EXPECT_EQ(course.judge(5e-9, tolerance, 20), Verdict::solved);
    EXPECT_EQ(course.iterations(), 0);
}

TEST(LaneCourse, GivesUpWhatGrowsStallsOrTakesTooLong) {
    LaneCourse grows;
    grows.begin(false);
    EXPECT_EQ(grows.judge(1e7, tolerance, 20), Verdict::unusual);
    LaneCourse lost;
    lost.begin(false);
    EXPECT_EQ(lost.judge(std::nan(""), tolerance, 20), Verdict::unusual);

    LaneCourse stalls;
    stalls.begin(false);
    for (const double value : {1.0, 0.9, 0.8}) {
        ASSERT_EQ(stalls.judge(value, tolerance, 20), Verdict::goes_on);
        stalls.taken(0.1);
    }
    EXPECT_EQ(stalls.judge(0.7, tolerance, 20), Verdict::unusual);  // three steps, not halved

    LaneCourse slow;
    slow.begin(false);
    double value = 1.0;
    for (int step = 0; step < 5; ++step, value *= 0.5) {
        ASSERT_EQ(slow.judge(value, tolerance, 5), Verdict::goes_on);
        slow.taken(0.1);
    }
    EXPECT_EQ(slow.judge(value, tolerance, 5), Verdict::unusual);
}

}  // namespace
}  // namespace araz::solver

#include "araz/solver/lane_course.hpp"

#include <cmath>

namespace araz::solver {

namespace {

// A step with the factors of the start takes a fifth to a half of the time of one with new ones, and its lane is filled again as soon
// as it is done, so that this many of them are worth what a factorization and the chords after it take (docs/performance.md).
constexpr double most_shared = 8.0;
// A chord with the lane's own factors must reduce the mismatch to this to be worth the mismatch and the phasors after it.
constexpr double good_chord = 0.03;
constexpr int most_chords = 6;
constexpr double good_correction = 0.3;
constexpr double hopeless = 1e6;

}  // namespace

void LaneCourse::begin(bool at_start) {
    at_start_ = at_start;
    has_factors_ = correcting_ = false;
    steps_ = chords_ = 0;
    reach_ = 0.0;
}

// Whether steps of the start would do soon, at the rate of the last one; the first, a Newton step if the solve began at the
// start, says less of the next than two of them do.
bool LaneCourse::few_more(double reduction, double mismatch, double tolerance) const {
    const double rate = steps_ == 1 ? 2.0 * reduction : reduction;
    return rate < 1.0 && std::log(0.5 * tolerance / mismatch) > most_shared * std::log(rate);
}

LaneStep LaneCourse::next(double reduction, double mismatch, double tolerance) const {
    if (steps_ == 0) return at_start_ ? LaneStep::shared : LaneStep::newton;
    // What a chord would leave: it contracts about twice as much as the step before it reduced.
    const bool last_one = 2.0 * reduction * mismatch < 0.5 * tolerance;
    if (last_ == LaneStep::shared) return last_one || few_more(reduction, mismatch, tolerance) ? LaneStep::shared : LaneStep::newton;
    return last_one || (reduction < good_chord && chords_ < most_chords) ? LaneStep::chord : LaneStep::newton;
}

LaneCourse::Verdict LaneCourse::judge(double mismatch, double tolerance, int max_steps) {
    const bool met = meets_tolerance(mismatch, tolerance);
    if (correcting_) {
        // Next to a singular Jacobian one chord is not enough; where it no longer helps much it has done what it can.
        if (!met) return Verdict::unusual;
        const bool again = mismatch < good_correction * mismatch_ && wants_correction(mismatch, reach_, tolerance);
        mismatch_ = mismatch;
        return again ? Verdict::goes_on : Verdict::solved;
    }
    const double before = mismatch_;
    mismatch_ = mismatch;
    if (met) {
        if (!has_factors_ || !wants_correction(mismatch, reach_, tolerance)) return Verdict::solved;
        correcting_ = true;
        wanted_ = last_ == LaneStep::shared ? LaneStep::shared : LaneStep::chord;
        return Verdict::goes_on;
    }
    const bool slow = steps_ >= 3 && mismatch > 0.5 * history_[(steps_ - 3) % 4];
    if (!(mismatch < hopeless) || slow || steps_ >= max_steps) return Verdict::unusual;
    history_[steps_ % 4] = mismatch;
    wanted_ = next(mismatch / before, mismatch, tolerance);
    return Verdict::goes_on;
}

void LaneCourse::taken(double size) {
    chords_ = wanted_ == last_ || wanted_ == LaneStep::chord ? chords_ + 1 : 0;
    if (wanted_ == LaneStep::newton) chords_ = 0;
    last_ = wanted_;
    has_factors_ = true;
    if (mismatch_ > 0.0 && reach_ * mismatch_ < size) reach_ = size / mismatch_;
    if (correcting_) return;
    ++steps_;
    ++iterations_;
}

}  // namespace araz::solver

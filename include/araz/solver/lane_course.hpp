// How one lane goes from its start to its solution: which kind of step comes next, and when it is done.
//
// A Newton step costs an elimination; a chord step, with factors that are there already, a fifth of one. So a lane takes
// chords while they reduce the mismatch well and a Newton step when they no longer do (Shamanskii's method, here with as many
// chords as pay: C. T. Kelley, "Iterative Methods for Linear and Nonlinear Equations", 1995, section 5.4.3). A lane that began at
// the start keeps to its factors as long as few more steps with them would do, since it shares them with all others. What
// comes next depends on the lane's own mismatches alone, never on what runs beside it.
#pragma once

#include <cstdint>

#include "araz/solver/newton.hpp"

namespace araz::solver {

/// In the order in which a group serves them: no lane's factors may be replaced while a lane still wants chords.
enum class LaneStep : std::uint8_t {
    shared,  ///< with the Jacobian of the start
    chord,   ///< with the lane's own factors
    newton,  ///< with a factorization of its own
};

class LaneCourse {
public:
    enum class Verdict : std::uint8_t { solved, goes_on, unusual };

    /// A solve from the start with its Jacobian, changed in few rows at most (`at_start`), or from anywhere else.
    void begin(bool at_start);

    /// After a mismatch. `solved`: it meets the tolerance, and the voltages are better than that by the estimate of
    /// `wants_correction`. `unusual`: growing, stalled, or too many steps.
    [[nodiscard]] Verdict judge(double mismatch, double tolerance, int max_steps);

    /// What the lane wants after `goes_on`.
    [[nodiscard]] LaneStep wanted() const { return wanted_; }
    /// The step that was wanted has been taken; `size`: its largest change (rad, or relative magnitude).
    void taken(double size);

    [[nodiscard]] int steps() const { return steps_; }           ///< of this solve
    [[nodiscard]] int iterations() const { return iterations_; } ///< of all solves, corrections not counted
    void reset() { *this = LaneCourse(); }

private:
    [[nodiscard]] bool few_more(double reduction, double mismatch, double tolerance) const;
    [[nodiscard]] LaneStep next(double reduction, double mismatch, double tolerance) const;

    LaneStep wanted_ = LaneStep::newton, last_ = LaneStep::newton;
    bool at_start_ = false;
    bool has_factors_ = false;     ///< of this solve, its own or those of the start
    bool correcting_ = false;
    int steps_ = 0, chords_ = 0, iterations_ = 0;
    double mismatch_ = 0.0;
    double reach_ = 0.0;           ///< largest step over the mismatch that asked for it
    double history_[4] = {};
};

}  // namespace araz::solver

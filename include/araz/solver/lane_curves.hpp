// Points of many curves at once, one to a lane: what Continuation does for one of them, with the lanes' fixed elimination.
//
// The border is not factored with J but eliminated after it: with x = J^-1 mismatch and w = J^-1 d
//   dlambda = - (t_x' x / N) / (t_x' w / N + s^2 t_l),   dx = x + dlambda w,   tangent ~ (w, 1)
// (W. Govaerts, "Stable solvers and block elimination for bordered systems", SIAM J. Matrix Anal. Appl. 12(3), 1991). Next to
// a fold x and w grow along the direction in which J is nearly singular, and what they lose there cancels with dlambda: the step
// stays on the plane of the correction, and the next mismatch says what is left. A lane whose pivots are lost, or that takes an
// unusual course, is given back, and Continuation is authoritative.
#pragma once

#include <span>
#include <vector>

#include "araz/solver/continuation.hpp"
#include "araz/solver/lane_kernels.hpp"
#include "araz/solver/lane_buffer.hpp"
#include "araz/solver/lane_start.hpp"

namespace araz::solver {

class LaneCurves {
public:
    /// Every bus that has equations in some curve, or whose injection is asked for, must be a node of the program.
    LaneCurves(const LaneProgram& program, Isa isa);

    [[nodiscard]] int width() const { return kernels_->width; }

    /// Sets the rows of Ybus in which a lane without work differs from the program, by ascending node. They must live until
    /// others are set.
    void set_rows(int lane, std::span<const LaneChange::Row> rows);

    /// Puts a request to work in a lane that has none. The kinds of the request may be pq, pv, slack and dead; it must have no
    /// Q(V) curves. All that is given must live until the lane is done.
    void load(int lane, const CurveRequest& request, CurveAnswer& answer);

    struct Done {
        std::uint32_t lanes = 0;    ///< without work again
        std::uint32_t unusual = 0;  ///< of those: nothing was answered
    };
    /// Works until a lane is done. At least one must be loaded. A lane knows a problem by its edition, until its rows are set
    /// anew. What a lane answers depends neither on its place nor on
    /// what runs beside it.
    [[nodiscard]] Done run();

private:
    enum class Want : std::uint8_t { judgement, chord, newton, tangent, nothing };
    struct Lane {
        const CurveRequest* request = nullptr;  ///< null: free
        CurveAnswer* answer = nullptr;
        std::span<const LaneChange::Row> rows;
        Want want = Want::nothing;
        CurveCorrection correction;
        double lambda = 0.0;
        double before = 0.0;
        int factorizations = 0;
        int edition = 0;       ///< of the problem that the arrays hold
    };

    double& at(double* array, int lane, std::ptrdiff_t k) { return array[k * width() + lane]; }
    double* reals(void* array) { return static_cast<double*>(array); }
    void load_equations(int lane);
    void load_row(int lane);
    void evaluate(LaneWorst& worst);
    [[nodiscard]] bool judge(Lane& lane, double mismatch);
    [[nodiscard]] std::uint32_t wanting(Want want) const;
    void eliminate();
    void look(Done& done);
    void factor(Done& done);
    void finish(int lane, bool usual, Done& done);
    void step(std::uint32_t active);
    [[nodiscard]] bool write_tangent(int lane);
    void write_point(int lane);

    const LaneProgram* program_;
    const LaneKernels* kernels_;
    std::vector<LaneBuffer> buffers_;
    LaneArrays arrays_;
    std::vector<std::uint16_t> has_p_, has_q_;
    std::vector<LanePatchRow> patches_;
    // [n] or [2n] x W
    double *p_ = nullptr, *q_ = nullptr, *dp_ = nullptr, *dq_ = nullptr;
    double* rate_ = nullptr;   ///< d, by equation: 0 where a lane has none
    double* row_ = nullptr;    ///< t_x
    double* moved_ = nullptr;  ///< sum of the corrections
    double* w_ = nullptr;      ///< J^-1 d at the last factors
    std::vector<Lane> lanes_;
    bool stale_ = false;       ///< phasors are not those of the voltages
};

}  // namespace araz::solver

// One group of W lanes: its arrays and the steps of Newton's method on them. What a lane does next is decided
// by the caller; a step moves only the lanes it names.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "araz/solver/lane_border.hpp"
#include "araz/solver/lane_kernels.hpp"
#include "araz/solver/lane_start.hpp"

namespace araz::solver {

/// Voltages of a lane by places, with the phasors that its steps turned: they need not be those of the angles to the last bit.
struct LaneState : VoltageState {
    std::vector<double> e, f;
};

/// What a lane is loaded with: its difference from the start (null: none), when it comes back from an earlier group the
/// voltages (by places) it had reached, and what its shared steps need. Change and compensation must outlive its stay.
struct LaneLoad {
    const LaneChange* change = nullptr;
    const LaneState* resumed = nullptr;
    const Compensation* compensation = nullptr;   ///< null: nothing to correct
};

class LaneGroup {
public:
    LaneGroup(const LaneProgram& program, const LaneKernels& kernels);

    [[nodiscard]] int width() const { return kernels_->width; }
    [[nodiscard]] const LaneProgram& program() const { return *program_; }

    /// Sets the start, which must outlive the group's work, and loads lanes 0 .. loads.size() - 1; the others hold the start.
    void load(const LaneStart& start, std::span<const LaneLoad> loads);

    /// Loads the lanes of the mask, by `loads` [width()]; the others stay as they are. A mismatch must follow before any step.
    void load(std::uint32_t lanes, std::span<const LaneLoad> loads);
    /// Forgets what these lanes were loaded with; their voltages stay until they are loaded again.
    void unload(std::uint32_t lanes);

    /// The equations of the references belong to the system from now on. The caller keeps the border and what its lanes hold,
    /// and moves its unknowns after each step. Null: none.
    void use(LaneBorder* border) { border_ = border; }

    /// Injections and mismatch at the voltages. Largest absolute mismatch per lane; NaN: not finite.
    void mismatch(LaneWorst& worst) {
        kernels_->mismatch(arrays_, worst);
        if (border_ != nullptr) border_->residuals(arrays_, worst);
    }

    /// One Newton step of the lanes in `active` from the mismatch computed last. Returns those that must leave:
    /// a lost pivot, or a step out of the region where Newton makes sense.
    std::uint32_t step(std::uint32_t active);

    /// A chord step (J. E. Dennis, R. B. Schnabel, "Numerical Methods for Unconstrained Optimization", 1983, section 6.3):
    /// the same with the Jacobian of the last `step`, whichever lanes that one moved.
    std::uint32_t chord(std::uint32_t active);

    /// A step with the Jacobian of the start, changed as the lane's rows are (LaneStart): from the start itself a Newton step,
    /// from anywhere else a chord.
    std::uint32_t shared_step(std::uint32_t active);

    /// Factors J at the voltages of the last mismatch, for `solve`. Returns the lanes whose pivots were lost.
    std::uint32_t linearize();
    /// J x = rhs in every lane; `rhs` (dP, dQ) by node, taken as 0 where a lane has no equation, `border` dP of the references.
    /// Leaves the voltages and destroys the mismatch. The answer does not depend on what was solved for before it.
    void solve(std::span<const double> rhs, std::span<const double> border = {});

    // Changes of one lane between steps. After set_vm the mismatch must be computed again; after hold/free only
    // x of that node changes, and these do it.
    void set_vm(int lane, int place, double vm);
    void set_p(int lane, int node, double p_sched) { at(arrays_.p_sched, lane, node) = p_sched; }
    void free_magnitude(int lane, int node, double q_sched);  ///< PV -> PQ
    void hold_magnitude(int lane, int node);                  ///< PQ -> PV

    void flows(LaneFlowArgs& args) const { kernels_->flows(arrays_, args); }
    void voltages(LaneVoltageArgs& args) const { kernels_->voltages(arrays_, args); }
    void reach(LaneReachArgs& args) const { kernels_->reach(arrays_, args); }
    [[nodiscard]] std::uint32_t reactive_screen(const LaneReactiveScreen& screen) const {
        return kernels_->reactive_screen(arrays_, screen);
    }

    [[nodiscard]] double vm(int lane, int place) const { return at(arrays_.vm, lane, place); }
    [[nodiscard]] double va(int lane, int place) const { return at(arrays_.va, lane, place); }
    [[nodiscard]] double q_calc(int lane, int node) const { return at(arrays_.q_calc, lane, node); }
    [[nodiscard]] double p_calc(int lane, int node) const { return at(arrays_.p_calc, lane, node); }
    [[nodiscard]] double e(int lane, int place) const { return at(arrays_.e, lane, place); }
    [[nodiscard]] double f(int lane, int place) const { return at(arrays_.f, lane, place); }
    /// Mismatch of an equation (2 * node, 2 * node + 1) as the steps see it, in the precision of the factors.
    [[nodiscard]] double mismatch_of(int lane, int equation) const {
        const std::ptrdiff_t k = static_cast<std::ptrdiff_t>(equation) * kernels_->width + lane;
        return kernels_->single ? static_cast<const float*>(arrays_.x)[k] : static_cast<const double*>(arrays_.x)[k];
    }
    /// What solve() found: `which` 0 the angle, 1 ln V.
    [[nodiscard]] double solved_for(int lane, int node, int which) const {
        const std::ptrdiff_t k = static_cast<std::ptrdiff_t>(2 * node + which) * kernels_->width + lane;
        return kernels_->single ? static_cast<const float*>(arrays_.step)[k] : static_cast<const double*>(arrays_.step)[k];
    }
    [[nodiscard]] const LaneArrays& arrays() const { return arrays_; }
    /// Largest change of the last step of each lane, rad or relative magnitude.
    [[nodiscard]] double step_size(int lane) const { return size_.value[lane]; }
    /// Voltages of a lane by places.
    void copy_state(int lane, VoltageState& state) const;
    void copy_state(int lane, LaneState& state) const;

private:
    [[nodiscard]] double at(const double* array, int lane, int place) const {
        return array[static_cast<std::ptrdiff_t>(place) * kernels_->width + lane];
    }
    double& at(double* array, int lane, int place) {
        return array[static_cast<std::ptrdiff_t>(place) * kernels_->width + lane];
    }
    void restore_start(std::uint32_t lanes);
    void load_change(int lane);
    void set_voltage(int lane, int place, double vm, double va);
    void set_phasor(int lane, int place, double e, double f);
    void set_x(int lane, int equation, double value);
    void list_patches();
    void need_factors();
    void compensate(std::uint32_t active);

    template <class Solve>
    std::uint32_t solve_border(const Solve& solve);
    std::uint32_t complete_step();

    const LaneProgram* program_;
    const LaneKernels* kernels_;
    const LaneStart* start_ = nullptr;
    LaneBorder* border_ = nullptr;
    std::vector<LaneBuffer> buffers_;
    std::vector<std::uint16_t> has_p_, has_q_;
    std::vector<double> start_e_, start_f_;   ///< [p] as the kernels compute them
    std::vector<LaneLoad> loads_;             ///< [width]
    std::vector<LanePatchRow> patches_;
    LaneArrays arrays_;
    LaneWorst size_;
};

}  // namespace araz::solver

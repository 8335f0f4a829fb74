// Lane kernels: the inner loops of the lane engine, compiled once per instruction set from one source.
//
// A lane group holds W independent power flows. Every array is lane-major, x[place * W + lane], and 64-byte
// aligned. No kernel lets a lane see another: each operation is element by element, so the result of a lane
// does not depend on what runs beside it nor on which lane it is, bit for bit on one instruction set.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "araz/solver/lane_program.hpp"

namespace araz::solver {

enum class Isa : std::uint8_t { baseline, avx2, avx512 };

[[nodiscard]] std::string_view to_string(Isa isa);
/// Whether this processor and this build have it. `baseline` always.
[[nodiscard]] bool has_isa(Isa isa);
[[nodiscard]] Isa best_isa();
[[nodiscard]] std::vector<Isa> available_isas();

/// Numbers of the Jacobian and its factors. Voltages, injections and mismatch are doubles either way, so it decides how
/// fast a lane converges and not to what. With floats twice as many lanes fit a vector.
enum class LanePrecision : std::uint8_t { doubles, floats };

/// Most lanes of any instruction set and precision.
inline constexpr int most_lanes = 16;

/// Row of Ybus that differs in one lane: the lane's own values, parallel to the row of the program.
struct LanePatchRow {
    std::int32_t node = 0;
    std::int32_t lane = 0;
    const double* g = nullptr;
    const double* b = nullptr;
};

/// A LaneProgram as plain pointers: the kernels' files are compiled for processors that others may not have, so
/// no inline function of a shared type may be instantiated there.
struct LaneView {
    std::int32_t n_place = 0, n_node = 0;
    const int* row_start = nullptr;
    const int* column = nullptr;
    const double* g = nullptr;
    const double* b = nullptr;
    const int* upper_start = nullptr;
    const int* upper = nullptr;
    const int* lower_start = nullptr;
    const int* lower = nullptr;
    const LanePair* pairs = nullptr;
    const std::uint16_t* position = nullptr;
    const int* entry_start = nullptr;
    const LaneEntry* entries = nullptr;
    const int* fill_start = nullptr;
    const std::uint16_t* fill = nullptr;
    const std::uint32_t* stored = nullptr;
};
[[nodiscard]] LaneView view(const LaneProgram& program);

/// Arrays of one lane group. [p]: places x W, [n]: nodes x W, [2n]: equations x W.
struct LaneArrays {
    LaneView program;
    double* vm = nullptr;          ///< [p]
    double* va = nullptr;          ///< [p]
    double* e = nullptr;           ///< [p] vm cos va; turned with each step, so it is as good as the steps that led here
    double* f = nullptr;           ///< [p] vm sin va
    double* p_sched = nullptr;     ///< [n]
    double* q_sched = nullptr;     ///< [n]
    double* p_calc = nullptr;      ///< [n]
    double* q_calc = nullptr;      ///< [n]
    // In the precision of the factors.
    void* x = nullptr;             ///< [2n] mismatch, or another right-hand side
    void* er = nullptr;            ///< [p] e; null while there are no factors
    void* fr = nullptr;            ///< [p] f
    void* step = nullptr;          ///< [2n] J^-1 x
    void* stored = nullptr;        ///< LaneProgram::stored_size x W
    void* kept = nullptr;          ///< LaneProgram::kept_size x W
    void* panel = nullptr;         ///< 4 x widest_panel x W
    const std::uint16_t* has_p = nullptr;  ///< [nodes] bit l: lane l has the equation for P (is alive)
    const std::uint16_t* has_q = nullptr;  ///< [nodes] bit l: lane l has the equation for Q (is PQ)
    const LanePatchRow* patches = nullptr;  ///< by ascending node
    std::int32_t n_patch = 0;
};

/// Scalar factors of one Jacobian that all lanes share: the plain-number counterpart of `stored`. 2x2 blocks by
/// columns.
struct SharedFactors {
    const double* lower = nullptr;    ///< 4 per LaneProgram::lower: A(t,s)
    const double* inverse = nullptr;  ///< 4 per node: inverse pivot
    const double* upper = nullptr;    ///< 4 per LaneProgram::upper: inverse pivot times U
    const float* lower_single = nullptr;  ///< the same, rounded
    const float* inverse_single = nullptr;
    const float* upper_single = nullptr;
};

/// A branch as the flow kernel sees it.
struct LaneBranch {
    std::int32_t from = 0, to = 0;           ///< places
    double gff = 0, bff = 0, gft = 0, bft = 0, gtf = 0, btf = 0, gtt = 0, btt = 0;
    double inverse_limit_squared = 0.0;      ///< 1 / limit^2; 0: not watched
    double cos_shift = 1.0, sin_shift = 0.0;
};

struct LaneBranchMask {
    std::int32_t branch = 0;
    std::uint32_t lanes = 0;
};

struct LaneFlowArgs {
    const LaneBranch* branches = nullptr;
    std::int32_t n_branch = 0;
    const LaneBranchMask* out = nullptr;  ///< outages by ascending branch
    std::int32_t n_out = 0;
    double violation = 1.0;        ///< squared loading from which a branch is listed in any case
    LaneBranchMask* listed = nullptr;  ///< [n_branch] out: branches over `violation` or, when met, the highest so far
    std::int32_t n_listed = 0;     ///< out
    double loss[most_lanes] = {};           ///< out, p.u., per lane
    double highest[most_lanes] = {};        ///< out, squared loading
    std::uint32_t wide = 0;        ///< out, lanes with more than about 100 degrees across some branch
};

struct LanePlaceMask {
    std::int32_t place = 0;
    std::uint32_t lanes = 0;
};

/// Magnitudes of the places with a voltage (above 0) against their bands.
struct LaneVoltageArgs {
    const double* low = nullptr;   ///< [places] p.u.; under it a place is listed
    const double* high = nullptr;  ///< [places]
    LanePlaceMask* listed = nullptr;  ///< [places] out
    std::int32_t n_listed = 0;     ///< out
    double lowest[most_lanes] = {};         ///< out, per lane
    double highest[most_lanes] = {};        ///< out
};

/// States against their limits: what is over or within 1e-6 of one, what is nearest to one so far and, along the tangent
/// in `step`, what is among the three first to meet one so far. A superset of what a reader keeps; it reads these again.
struct LaneReachArgs {
    const LaneBranch* branches = nullptr;
    std::int32_t n_branch = 0;
    const LaneBranchMask* out = nullptr;  ///< outages by ascending branch
    std::int32_t n_out = 0;
    const double* low = nullptr;   ///< [places] p.u.; negative: not watched; null: none is
    const double* high = nullptr;  ///< [places]
    bool along = false;            ///< step holds (dva, dlnV) by node, 0 at the other places
    LaneBranchMask* branches_listed = nullptr;  ///< [n_branch] out
    std::int32_t n_branches_listed = 0;
    LanePlaceMask* places_listed = nullptr;     ///< [places] out
    std::int32_t n_places_listed = 0;
};

/// What the screen of regulated buses needs. [r]: regulated nodes x W.
struct LaneReactiveScreen {
    const std::int32_t* node = nullptr;
    std::int32_t n = 0;
    const double* q_low = nullptr;   ///< [r] injection under which a held bus leaves its range
    const double* q_high = nullptr;  ///< [r]
    const double* v_set = nullptr;   ///< [regulated nodes]
    const std::uint16_t* at_max = nullptr;  ///< [regulated nodes] bit l: pinned at Qmax in lane l
    const std::uint16_t* at_min = nullptr;
    double margin = 0.0;           ///< p.u. of voltage that a pinned bus may stand on the wrong side
};

/// step += w x change of the unknown of the node's equation (lane_border.hpp).
struct LaneBorderStep {
    const void* w = nullptr;                     ///< [2n], in the precision of the factors
    const double* change = nullptr;              ///< [equations x W]
    const std::uint8_t* equation_of = nullptr;   ///< [nodes]; null: one equation
};

/// Scheduled injections that depend on a parameter. [n]: nodes x W.
struct LaneRates {
    const double* p = nullptr;     ///< [n]
    const double* q = nullptr;
    const double* dp = nullptr;    ///< [n] per unit of the parameter
    const double* dq = nullptr;
};

/// Per lane: largest mismatch; not a number when anything in the lane is not finite.
struct LaneWorst {
    double value[most_lanes] = {};
};

struct LaneKernels {
    Isa isa = Isa::baseline;
    bool single = false;  ///< factors are floats
    int width = 0;        ///< W

    /// e, f from vm, va of places [first, last).
    void (*phasors)(const LaneArrays&, int first, int last) = nullptr;
    /// Injections of all nodes, and the mismatch (scheduled minus calculated; 0 where a lane has no equation).
    void (*mismatch)(const LaneArrays&, LaneWorst&) = nullptr;
    /// Jacobian and elimination of x in one pass. With `keeps` other right-hand sides can follow by `forward`. Returns the
    /// lanes whose pivots lost more than twelve digits (floats: five).
    std::uint32_t (*factor)(const LaneArrays&, bool keeps) = nullptr;
    /// Elimination of x alone, after a `factor` that keeps.
    void (*forward)(const LaneArrays&) = nullptr;
    /// The step from what was eliminated last.
    void (*back)(const LaneArrays&) = nullptr;
    /// step := (L D)^-1 x and step := U^-1 step with shared factors.
    void (*shared_forward)(const SharedFactors&, const LaneArrays&) = nullptr;
    void (*shared_back)(const SharedFactors&, const LaneArrays&) = nullptr;
    void (*add_border)(const LaneArrays&, const LaneBorderStep&) = nullptr;
    /// Takes the step in the lanes of `active`. Returns those that left the region where a step makes sense
    /// (a magnitude not above 0, an angle beyond 1e5 rad, or no number). `size`: the largest change, rad or relative magnitude.
    std::uint32_t (*update)(const LaneArrays&, std::uint32_t active, LaneWorst& size) = nullptr;
    /// Injections that move with a parameter: scheduled = base + moved x rate, `moved` by lane.
    void (*schedule)(const LaneArrays&, const LaneRates&, const double* moved) = nullptr;
    /// Adds the step to va and to ln V in the lanes of `active`, whether or not a lane has the equation, and to `sum` [2n]; phasors
    /// are left as they are. `size`: the largest change, rad or of ln V.
    void (*displace)(const LaneArrays&, std::uint32_t active, double* sum, LaneWorst& size) = nullptr;
    /// out[l] = sum of x y over all nodes and both unknowns of lane l; x and y [2n] in the precision of the factors.
    void (*dot)(const LaneArrays&, const void* x, const void* y, double* out) = nullptr;
    /// Flows of all branches against their limits.
    void (*flows)(const LaneArrays&, LaneFlowArgs&) = nullptr;
    void (*voltages)(const LaneArrays&, LaneVoltageArgs&) = nullptr;
    void (*reach)(const LaneArrays&, LaneReachArgs&) = nullptr;
    /// Lanes in which some regulated bus may have to switch.
    std::uint32_t (*reactive_screen)(const LaneArrays&, const LaneReactiveScreen&) = nullptr;
    /// The vectorised sine and cosine themselves: n x W values. At most 2.5 units in the last place for
    /// |x| <= 1e5.
    void (*sincos)(const double* x, double* s, double* c, std::ptrdiff_t n) = nullptr;
};

/// Checks has_isa(isa).
[[nodiscard]] const LaneKernels& lane_kernels(Isa isa, LanePrecision precision = LanePrecision::floats);

/// Bytes of one double vector; arrays of lane groups are aligned to it.
inline constexpr std::size_t lane_alignment = 64;

}  // namespace araz::solver

// The lane kernels in GNU vector types; included by one file per instruction set and precision, which defines
//   ARAZ_LANE_SPACE   a namespace of its own (no symbol may be shared between instruction sets)
//   ARAZ_LANE_WIDTH   doubles in a native vector
//   ARAZ_LANE_SINGLE  1: Jacobian and factors in single precision, two native vectors of doubles per number; else 0
//   ARAZ_LANE_ISA     the Isa
// Products followed by a sum are fused where the instruction set can (-ffp-contract=fast on those files).
//
// Voltages, injections, mismatch and readings are doubles whatever the factors are: what a lane converges to is
// decided by the mismatch alone, factors only say how it gets there.

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "araz/solver/lane_kernels.hpp"

namespace araz::solver::ARAZ_LANE_SPACE {

namespace {

#include "kernels_vector.hpp"
#include "kernels_equations.hpp"
#include "kernels_factor.hpp"
#include "kernels_curve.hpp"
#include "kernels_readings.hpp"
#include "kernels_reach.hpp"

}  // namespace

extern const LaneKernels kernels;
const LaneKernels kernels{Isa::ARAZ_LANE_ISA, ARAZ_LANE_SINGLE != 0, W, phasors, mismatch, factor, forward, back, shared_forward,
                          shared_back, add_border, update, schedule, displace, dot, flows, voltages, reach, reactive_screen, sincos};

}  // namespace araz::solver::ARAZ_LANE_SPACE

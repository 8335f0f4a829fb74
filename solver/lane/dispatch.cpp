// Which kernels run is decided here and nowhere else.
#include "araz/base/check.hpp"
#include "araz/solver/lane_kernels.hpp"

namespace araz::solver {

// Defined by kernels_<isa>.cpp and kernels_<isa>_single.cpp.
namespace lane_baseline {
extern const LaneKernels kernels;
}
namespace lane_baseline_single {
extern const LaneKernels kernels;
}
#ifdef ARAZ_LANE_X86
namespace lane_avx2 {
extern const LaneKernels kernels;
}
namespace lane_avx2_single {
extern const LaneKernels kernels;
}
namespace lane_avx512 {
extern const LaneKernels kernels;
}
namespace lane_avx512_single {
extern const LaneKernels kernels;
}
#endif

std::string_view to_string(Isa isa) {
    switch (isa) {
        case Isa::baseline: return "baseline";
        case Isa::avx2: return "avx2";
        case Isa::avx512: return "avx512";
    }
    return "baseline";
}

bool has_isa(Isa isa) {
    if (isa == Isa::baseline) return true;
#ifdef ARAZ_LANE_X86
    __builtin_cpu_init();
    if (isa == Isa::avx2) return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
    return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512dq") != 0 &&
           __builtin_cpu_supports("avx512vl") != 0 && __builtin_cpu_supports("avx512bw") != 0;
#else
    return false;
#endif
}

std::vector<Isa> available_isas() {
    std::vector<Isa> found;
    for (const Isa isa : {Isa::baseline, Isa::avx2, Isa::avx512})
        if (has_isa(isa)) found.push_back(isa);
    return found;
}

Isa best_isa() { return available_isas().back(); }

const LaneKernels& lane_kernels(Isa isa, LanePrecision precision) {
    ARAZ_CHECK(has_isa(isa), "this processor has no " + std::string(to_string(isa)));
    const bool single = precision == LanePrecision::floats;
#ifdef ARAZ_LANE_X86
    if (isa == Isa::avx2) return single ? lane_avx2_single::kernels : lane_avx2::kernels;
    if (isa == Isa::avx512) return single ? lane_avx512_single::kernels : lane_avx512::kernels;
#endif
    return single ? lane_baseline_single::kernels : lane_baseline::kernels;
}

LaneView view(const LaneProgram& program) {
    LaneView v;
    v.n_place = program.n_bus;
    v.n_node = program.n_node;
    v.row_start = program.row_start.data();
    v.column = program.column.data();
    v.g = program.g.data();
    v.b = program.b.data();
    v.upper_start = program.upper_start.data();
    v.upper = program.upper.data();
    v.lower_start = program.lower_start.data();
    v.lower = program.lower.data();
    v.pairs = program.pairs.data();
    v.position = program.position.data();
    v.entry_start = program.entry_start.data();
    v.entries = program.entries.data();
    v.fill_start = program.fill_start.data();
    v.fill = program.fill.data();
    v.stored = program.stored.data();
    return v;
}

}  // namespace araz::solver

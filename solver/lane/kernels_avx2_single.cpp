#define ARAZ_LANE_SPACE lane_avx2_single
#define ARAZ_LANE_WIDTH 4
#define ARAZ_LANE_SINGLE 1
#define ARAZ_LANE_ISA avx2
#include "kernels_source.hpp"

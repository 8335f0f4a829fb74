#define ARAZ_LANE_SPACE lane_avx512_single
#define ARAZ_LANE_WIDTH 8
#define ARAZ_LANE_SINGLE 1
#define ARAZ_LANE_ISA avx512
#include "kernels_source.hpp"

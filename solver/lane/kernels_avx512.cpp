#define ARAZ_LANE_SPACE lane_avx512
#define ARAZ_LANE_WIDTH 8
#define ARAZ_LANE_SINGLE 0
#define ARAZ_LANE_ISA avx512
#include "kernels_source.hpp"

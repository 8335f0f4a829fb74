#define ARAZ_LANE_SPACE lane_avx2
#define ARAZ_LANE_WIDTH 4
#define ARAZ_LANE_SINGLE 0
#define ARAZ_LANE_ISA avx2
#include "kernels_source.hpp"

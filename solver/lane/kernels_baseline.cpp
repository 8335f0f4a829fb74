#define ARAZ_LANE_SPACE lane_baseline
#define ARAZ_LANE_WIDTH 2
#define ARAZ_LANE_SINGLE 0
#define ARAZ_LANE_ISA baseline
#include "kernels_source.hpp"

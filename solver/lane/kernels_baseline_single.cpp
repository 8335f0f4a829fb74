#define ARAZ_LANE_SPACE lane_baseline_single
#define ARAZ_LANE_WIDTH 2
#define ARAZ_LANE_SINGLE 1
#define ARAZ_LANE_ISA baseline
#include "kernels_source.hpp"

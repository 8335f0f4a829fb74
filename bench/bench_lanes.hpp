// Benchmarks of the lane engine on one case (bench_lanes.cpp), registered by main.
#pragma once

#include <string>

void add_lane_benchmarks(const std::string& path);

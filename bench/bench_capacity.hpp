// Benchmarks of an export capacity (bench_capacity.cpp), registered by main.
#pragma once

#include <string>

struct CapacityBench {
    std::string name, path, from, to;
    bool by_zone = false;
};

void add_capacity_benchmarks(const CapacityBench& bench);

// Benchmarks of the lane kernels on one case, as shares of what the core can do (bench_kernels.cpp).
#pragma once

#include <string>

namespace araz::bench {
struct Grid;
}

/// Registered for each instruction set at hand. `grid` builds the case when first asked for.
void add_kernel_benchmarks(const std::string& name, const araz::bench::Grid& (*grid)(const std::string& path), const std::string& path);

// Benchmarks of PV curves per contingency on one case (bench_curves.cpp), registered by main.
#pragma once

#include <string>

void add_curve_benchmarks(const std::string& path);

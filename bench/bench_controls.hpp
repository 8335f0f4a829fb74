// What each control and each model beyond constant power costs (bench_controls.cpp), registered by main.
#pragma once

#include <string>

/// `path`: a case file or folder. The devices of a folder move; what a case lacks is put into it.
void add_control_benchmarks(const std::string& path);

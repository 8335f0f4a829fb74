// What a batch needs before it has begun.
#include <cstdlib>
#include <fstream>

#include "batch_plan.hpp"

namespace araz::app {

namespace {

// The most that this process has held, in bytes: the plan with its cases and solved bases. getrusage() would count what
// the process held that started this one.
double taken_so_far() {
    std::ifstream in("/proc/self/status");
    for (std::string line; std::getline(in, line);)
        if (line.starts_with("VmHWM:")) return 1024.0 * std::strtod(line.c_str() + 6, nullptr);
    return 0.0;
}

}  // namespace

Error memory_error(double need, const std::string& what_there_is, double have) {
    const auto mib = [](double bytes) { return std::to_string(static_cast<long long>(bytes / 1048576.0)) + " MiB"; };
    return Error::make(ErrorKind::resources, "AZ3064", "this batch needs " + mib(need) + ", " + what_there_is + " " + mib(have),
                       "choose fewer columns along branches, buses and units, or fewer hours at a time");
}

double memory_need(const BatchLayout& layout) {
    // A row, its columns on the way into the image, and the image.
    constexpr double copies = 3.0, text_bytes = 64.0, row_bytes = 128.0;
    const double row = row_bytes + copies * (8.0 * static_cast<double>(layout.numbers()) + text_bytes * static_cast<double>(layout.texts()));
    return row * static_cast<double>(layout.scenarios());
}

double memory_need(const BatchPlan& plan, int threads) {
    // What a thread needs for its case, engine and lanes grows with the elements. The shipped case and case2869pegase
    // take 2 to 4 KiB for each of them. The HDF5 library takes up to 20 MiB for images of any size.
    constexpr double element_bytes = 6144.0, image_bytes = 24.0 * 1048576.0;
    const CaseInfo& grid = plan.manifest.grid;
    const double elements = static_cast<double>(grid.n_bus) + static_cast<double>(grid.n_branch) + static_cast<double>(grid.n_generator);
    return taken_so_far() + image_bytes + memory_need(plan.study.layout) + element_bytes * elements * threads;
}

Result<Done> check_memory_limit(const Options& options, const BatchPlan& plan, int threads) {
    if (!options.has("--mem-limit")) return Done{};
    const double limit = 1048576.0 * options.number("--mem-limit");
    const double need = memory_need(plan, threads);
    if (need > limit) return memory_error(need, "--mem-limit allows", limit);
    return Done{};
}

}  // namespace araz::app

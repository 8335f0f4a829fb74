// Work shared among threads without changing any result: items are taken in order by whoever is free,
// and each writes only to its own slot.
#pragma once

#include <atomic>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace araz {

[[nodiscard]] inline int resolve_threads(int asked, int items) {
    const int cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    return std::max(1, std::min(asked > 0 ? asked : cores, items));
}

/// Calls make_worker(thread) once per thread (0 .. n-1) and worker(item) for every item in 0 .. count-1. A false from
/// the worker stops the rest. The first exception is rethrown.
template <class MakeWorker>
void for_each_item(int count, int threads, const MakeWorker& make_worker) {
    std::atomic<int> next{0};
    std::atomic<bool> stop{false};
    std::exception_ptr failure;
    std::mutex failure_lock;
    const auto run = [&](int thread) {
        try {
            auto worker = make_worker(thread);
            for (int item = next++; item < count && !stop; item = next++)
                if (!worker(item)) stop = true;
        } catch (...) {
            const std::lock_guard guard(failure_lock);
            if (!failure) failure = std::current_exception();
            stop = true;
        }
    };
    const int n = resolve_threads(threads, count);
    if (n == 1) {
        run(0);
    } else {
        std::vector<std::jthread> pool;
        for (int k = 0; k < n; ++k) pool.emplace_back(run, k);
    }
    if (failure) std::rethrow_exception(failure);
}

}  // namespace araz

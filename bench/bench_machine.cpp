#include "bench_machine.hpp"

#include <algorithm>
#include <vector>

#include "lane_batch.hpp"

#if defined(__x86_64__)
#define ARAZ_BENCH_VECTORS __attribute__((target("avx2,fma")))
#else
#define ARAZ_BENCH_VECTORS
#endif

namespace araz::bench {

namespace {

template <class Real>
struct Wide {
    typedef Real type __attribute__((vector_size(32)));
};

constexpr int rounds = 5;
constexpr double long_enough = 0.02;  // s of CPU

// The best rate of `amount` per call of `work`, over rounds that are long enough to be timed.
template <class Work>
double best_rate(double amount, const Work& work) {
    double best = 0.0;
    long calls = 1;
    for (int round = 0; round < rounds;) {
        const double from = cpu_seconds();
        for (long k = 0; k < calls; ++k) {
            work();
            asm volatile("" ::: "memory");  // what was read may be other now: no call stands for several
        }
        const double seconds = cpu_seconds() - from;
        if (seconds < long_enough) {
            calls *= 2;  // reading the clock takes as long as a small block
            continue;
        }
        best = std::max(best, amount * static_cast<double>(calls) / seconds);
        ++round;
    }
    return best;
}

constexpr int chains = 10;  // independent of each other: more than latency times units of any core
constexpr int repeats = 100000;

template <class Real>
ARAZ_BENCH_VECTORS __attribute__((optimize("fp-contract=fast"), noinline)) void multiply_add(Real* out) {
    using V = typename Wide<Real>::type;
    V x[chains];
    const V factor = V{} + Real(0.999), addend = V{} + Real(1e-3);
    for (int c = 0; c < chains; ++c) x[c] = V{} + out[c];
    for (int k = 0; k < repeats; ++k) {
#pragma GCC unroll 10
        for (int c = 0; c < chains; ++c) x[c] = x[c] * factor + addend;
    }
    for (int c = 0; c < chains; ++c) out[c] = x[c][0];
}

template <class Real>
double peak_of() {
    Real out[chains] = {};
    constexpr double lanes = 32.0 / sizeof(Real);
    return best_rate(2.0 * chains * repeats * lanes, [&] { multiply_add(out); });
}

ARAZ_BENCH_VECTORS __attribute__((noinline)) double read_once(const double* data, std::size_t n) {
    using V = Wide<double>::type;
    V sum[8] = {};
    for (std::size_t k = 0; k + 32 <= n; k += 32)
        for (int c = 0; c < 8; ++c) sum[c] += *reinterpret_cast<const V*>(data + k + 4 * c);
    for (int c = 1; c < 8; ++c) sum[0] += sum[c];
    return sum[0][0];
}

ARAZ_BENCH_VECTORS __attribute__((noinline)) void update_once(double* data, std::size_t n) {
    using V = Wide<double>::type;
    for (std::size_t k = 0; k + 32 <= n; k += 32)
        for (int c = 0; c < 8; ++c) *reinterpret_cast<V*>(data + k + 4 * c) += 1.0;
}

// The block begins at a line of the cache.
struct Block {
    explicit Block(std::size_t bytes) : all(bytes / sizeof(double) + 64, 1.0) {
        n = std::max<std::size_t>(32, bytes / sizeof(double) / 32 * 32);
        const auto at = reinterpret_cast<std::size_t>(all.data());
        begin = all.data() + (64 - at % 64) % 64 / sizeof(double);
    }
    std::vector<double> all;
    double* begin = nullptr;
    std::size_t n = 0;
};

}  // namespace

double peak_flops(bool single) { return single ? peak_of<float>() : peak_of<double>(); }

double read_bandwidth(std::size_t bytes) {
    const Block block(bytes);
    double kept = 0.0;
    const double rate = best_rate(static_cast<double>(block.n * sizeof(double)), [&] { kept += read_once(block.begin, block.n); });
    return kept < 0.0 ? 0.0 : rate;  // keeps the sum alive
}

double update_bandwidth(std::size_t bytes) {
    Block block(bytes);
    return best_rate(2.0 * static_cast<double>(block.n * sizeof(double)), [&] { update_once(block.begin, block.n); });
}

}  // namespace araz::bench

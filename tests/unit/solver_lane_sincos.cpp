// The lanes' sine and cosine against the C library's in extended precision.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <numbers>
#include <random>

#include "araz/solver/lane_group.hpp"

namespace araz::solver {
namespace {

// Distance in units in the last place of the exact value.
double ulps(double value, long double exact) {
    const double rounded = static_cast<double>(exact);
    const double unit = std::nextafter(std::abs(rounded), std::numeric_limits<double>::infinity()) - std::abs(rounded);
    return static_cast<double>(std::abs(static_cast<long double>(value) - exact) / static_cast<long double>(unit));
}

std::vector<double> arguments() {
    std::mt19937_64 dice(20240711);
    const auto uniform = [&](double low, double high) {
        return low + (high - low) * static_cast<double>(dice() >> 11U) * 0x1p-53;
    };
    std::vector<double> x{0.0, -0.0, 1e-300, -1e-300, 1e-8, 1e5, -1e5};
    for (int k = 0; k < 200000; ++k) x.push_back(uniform(-4.0, 4.0));
    for (int k = 0; k < 100000; ++k) x.push_back(uniform(-1e5, 1e5));
    for (int k = 0; k < 50000; ++k) x.push_back(std::exp(uniform(-40.0, 11.0)));
    // Where the reduction cancels most: next to multiples of a quarter turn and of an eighth.
    for (int k = -60000; k < 60000; ++k) {
        const double at = k * std::numbers::pi / 4.0;
        for (const double y : {at, std::nextafter(at, 1e9), std::nextafter(at, -1e9)})
            if (std::abs(y) <= 1e5) x.push_back(y);
    }
    return x;
}

class LaneSincos : public ::testing::TestWithParam<Isa> {};

TEST_P(LaneSincos, StaysWithinTwoAndAHalfUlps) {
    const LaneKernels& kernels = lane_kernels(GetParam());
    const std::vector<double> x = arguments();
    const std::size_t w = static_cast<std::size_t>(kernels.width);
    const std::size_t n = (x.size() + w - 1) / w;
    const LaneBuffer in(n * w), sine(n * w), cosine(n * w);
    std::copy(x.begin(), x.end(), in.data());
    kernels.sincos(in.data(), sine.data(), cosine.data(), static_cast<std::ptrdiff_t>(n));
    double worst_sine = 0.0;
    double worst_cosine = 0.0;
    for (std::size_t k = 0; k < x.size(); ++k) {
        worst_sine = std::max(worst_sine, ulps(sine.data()[k], std::sin(static_cast<long double>(x[k]))));
        worst_cosine = std::max(worst_cosine, ulps(cosine.data()[k], std::cos(static_cast<long double>(x[k]))));
    }
    RecordProperty("sine_ulps", std::to_string(worst_sine));
    RecordProperty("cosine_ulps", std::to_string(worst_cosine));
    EXPECT_LE(worst_sine, 2.5);
    EXPECT_LE(worst_cosine, 2.5);
    EXPECT_GT(worst_sine, 0.0) << "nothing was compared";
}

TEST_P(LaneSincos, OddAndEvenToTheBit) {
    const LaneKernels& kernels = lane_kernels(GetParam());
    const std::size_t w = static_cast<std::size_t>(kernels.width);
    const LaneBuffer x(2 * w), sine(2 * w), cosine(2 * w);
    for (std::size_t l = 0; l < w; ++l) {
        x.data()[l] = 0.37 * static_cast<double>(l + 1);
        x.data()[w + l] = -x.data()[l];
    }
    kernels.sincos(x.data(), sine.data(), cosine.data(), 2);
    for (std::size_t l = 0; l < w; ++l) {
        EXPECT_EQ(std::bit_cast<std::uint64_t>(sine.data()[l]), std::bit_cast<std::uint64_t>(-sine.data()[w + l]));
        EXPECT_EQ(std::bit_cast<std::uint64_t>(cosine.data()[l]), std::bit_cast<std::uint64_t>(cosine.data()[w + l]));
    }
}

INSTANTIATE_TEST_SUITE_P(EveryIsa, LaneSincos, ::testing::ValuesIn(available_isas()),
                         [](const auto& test) { return std::string(to_string(test.param)); });

TEST(LaneDispatch, BaselineIsAlwaysThereAndTheBestIsAvailable) {
    EXPECT_TRUE(has_isa(Isa::baseline));
    EXPECT_TRUE(has_isa(best_isa()));
    for (const Isa isa : available_isas()) {
        const int doubles = lane_kernels(isa, LanePrecision::doubles).width;
        EXPECT_EQ(lane_kernels(isa).isa, isa);
        EXPECT_TRUE(doubles == 2 || doubles == 4 || doubles == 8);
        EXPECT_EQ(lane_kernels(isa, LanePrecision::floats).width, 2 * doubles);
        EXPECT_LE(2 * doubles, most_lanes);
    }
}

}  // namespace
}  // namespace araz::solver

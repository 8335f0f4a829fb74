// Scenario sets drawn from series.
#include "araz/model/sampling.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "araz/model/batch.hpp"

namespace araz {
namespace {

// The first numbers that the authors' own splitmix64.c gives for this seed.
TEST(Sampling, CountsLikeThePublishedGenerator) {
    RandomNumbers random(1234567);
    for (const std::uint64_t expected : {6457827717110365317ULL, 3203168211198807973ULL, 9817491932198370423ULL, 4593380528125082431ULL})
        EXPECT_EQ(random.next(), expected);
}

TEST(Sampling, DrawsEveryNumberEquallyOften) {
    RandomNumbers random(3);
    std::vector<int> seen(7);
    for (int k = 0; k < 70000; ++k) ++seen[static_cast<std::size_t>(random.below(7))];
    double chi2 = 0.0;
    for (const int count : seen) chi2 += (count - 10000.0) * (count - 10000.0) / 10000.0;
    EXPECT_LT(chi2, 22.46);  // 0.1 % of fair dice exceed it with six degrees of freedom
    double low = 1.0, high = 0.0;
    for (int k = 0; k < 10000; ++k) {
        const double u = random.unit();
        low = std::min(low, u);
        high = std::max(high, u);
    }
    EXPECT_GE(low, 0.0);
    EXPECT_LT(high, 1.0);
    EXPECT_GT(high - low, 0.99);
}

// Each unit is out as often as its rate says, within four standard deviations, and no two hang together.
TEST(Sampling, ForcesUnitsOutByTheirRates) {
    const std::vector<double> rates{0.0, 0.05, 0.3, 1.0};
    constexpr int size = 20000;
    const auto samples = forced_outages(rates, size, 5);
    ASSERT_EQ(samples.size(), static_cast<std::size_t>(size));
    std::vector<int> out(rates.size());
    int both = 0;
    for (const std::vector<int>& sample : samples) {
        for (const int k : sample) ++out[static_cast<std::size_t>(k)];
        both += std::count(sample.begin(), sample.end(), 1) != 0 && std::count(sample.begin(), sample.end(), 2) != 0 ? 1 : 0;
    }
    const auto within = [&](int count, double rate) {
        return std::abs(count - size * rate) <= 4.0 * std::sqrt(size * rate * (1.0 - rate));
    };
    for (std::size_t k = 0; k < rates.size(); ++k) EXPECT_TRUE(within(out[k], rates[k])) << out[k];
    EXPECT_TRUE(within(both, 0.05 * 0.3)) << both;
    EXPECT_EQ(forced_outages(rates, size, 5), samples);
    EXPECT_NE(forced_outages(rates, size, 6), samples);
    const auto fewer = forced_outages(rates, 100, 5);  // a longer series begins like a shorter one
    EXPECT_TRUE(std::equal(fewer.begin(), fewer.end(), samples.begin()));
}

TEST(Sampling, BootstrapsBlocksAroundTheCircle) {
    const std::vector<int> drawn = block_bootstrap(10, 5003, 4, 11);
    ASSERT_EQ(drawn.size(), 5003U);
    std::vector<int> starts(10), hours(10);
    for (std::size_t k = 0; k < drawn.size(); ++k) {
        ASSERT_TRUE(drawn[k] >= 0 && drawn[k] < 10);
        ++hours[static_cast<std::size_t>(drawn[k])];
        if (k % 4 == 0) ++starts[static_cast<std::size_t>(drawn[k])];
        else EXPECT_EQ(drawn[k], (drawn[k - 1] + 1) % 10) << "within a block at " << k;
    }
    // No hour is favoured, the ends neither, which a bootstrap without the circle would take less often.
    for (int k = 0; k < 10; ++k) {
        EXPECT_NEAR(starts[static_cast<std::size_t>(k)], 125, 45);  // four standard deviations
        EXPECT_NEAR(hours[static_cast<std::size_t>(k)], 500, 180);
    }
    EXPECT_EQ(drawn, block_bootstrap(10, 5003, 4, 11));
    EXPECT_NE(drawn, block_bootstrap(10, 5003, 4, 12));
    const std::vector<int> longer = block_bootstrap(3, 7, 100, 1);  // a block longer than the list goes around it
    for (std::size_t k = 1; k < 7; ++k) EXPECT_EQ(longer[k], (longer[k - 1] + 1) % 3);
}

// Wind, a load that falls with the wind, and a sun that is dark in half of the hours.
ProfileSeries sample_series() {
    ProfileSeries out;
    out.names = {"wind", "load", "sun"};
    out.time_units = "hours";
    for (int t = 0; t < 240; ++t) {
        const double wind = 0.5 + 0.5 * std::sin(0.7 * t) * std::cos(0.013 * t);
        out.time.push_back(t);
        out.values.insert(out.values.end(), {wind, 1.2 - 0.4 * wind, std::max(0.0, std::sin(0.2618 * t + 0.01))});
    }
    return out;
}

double rank_correlation(const ProfileSeries& series, int a, int b) {
    const auto n = static_cast<int>(series.time.size());
    double squares = 0.0;
    for (int k = 0; k < n; ++k) {
        int below_a = 0, below_b = 0;
        for (int other = 0; other < n; ++other) {
            below_a += series.at(other, a) < series.at(k, a) ? 1 : 0;
            below_b += series.at(other, b) < series.at(k, b) ? 1 : 0;
        }
        squares += std::pow(below_a - below_b, 2);
    }
    return 1.0 - 6.0 * squares / (static_cast<double>(n) * (static_cast<double>(n) * n - 1.0));  // Spearman, no ties
}

class LatinHypercube : public ::testing::TestWithParam<int> {};

TEST_P(LatinHypercube, TakesOneValueOfEveryPartAndKeepsTheOrder) {
    const ProfileSeries series = sample_series();
    std::vector<int> rows(200);
    std::iota(rows.begin(), rows.end(), 20);
    const int size = GetParam();
    const ProfileSeries drawn = latin_hypercube(series, rows, size, 5);
    ASSERT_EQ(drawn.time.size(), static_cast<std::size_t>(size));
    ASSERT_EQ(drawn.values.size(), 3U * static_cast<std::size_t>(size));
    for (int c = 0; c < 3; ++c) {
        std::vector<double> margin, values;
        for (const int row : rows) margin.push_back(series.at(row, c));
        for (int k = 0; k < size; ++k) values.push_back(drawn.at(k, c));
        std::sort(margin.begin(), margin.end());
        std::sort(values.begin(), values.end());
        double mean = 0.0, exact = 0.0;
        for (int k = 0; k < size; ++k) {
            EXPECT_GE(values[static_cast<std::size_t>(k)], quantile_of(margin, static_cast<double>(k) / size)) << c;
            EXPECT_LE(values[static_cast<std::size_t>(k)], quantile_of(margin, (k + 1.0) / size) + 1e-15) << c;
            mean += values[static_cast<std::size_t>(k)] / size;
        }
        // The integral of the interpolated quantiles is that of a polygon; one value in each part cannot miss it by more than
        // the range over the number of parts.
        for (std::size_t k = 0; k + 1 < margin.size(); ++k) exact += 0.5 * (margin[k] + margin[k + 1]) / 199.0;
        EXPECT_LE(std::abs(mean - exact), (margin.back() - margin.front()) / size + 1e-12) << c;
    }
    // The load falls with the wind: their rank correlation stays near -1, where margins shuffled one by one would have one near 0.
    // It is not -1 because rows that are drawn twice have no order.
    if (size >= 100) {
        EXPECT_LT(rank_correlation(drawn, 0, 1), -0.99);
    }
    EXPECT_EQ(drawn.values, latin_hypercube(series, rows, size, 5).values);
    EXPECT_NE(drawn.values, latin_hypercube(series, rows, size, 6).values);
}

INSTANTIATE_TEST_SUITE_P(Sizes, LatinHypercube, ::testing::Values(1, 7, 100, 333));

}  // namespace
}  // namespace araz

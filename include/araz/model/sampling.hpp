// Monte Carlo: scenario sets drawn from hourly series, the same on every machine for one seed.
#pragma once

#include <cstdint>
#include <vector>

#include "araz/model/profile.hpp"

namespace araz {

/// splitmix64 (G. L. Steele, D. Lea and C. H. Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014). Neither
/// it nor what is made of it here depends on a standard library, whose distributions differ from each other.
class RandomNumbers {
public:
    explicit RandomNumbers(std::uint64_t seed) : state_(seed) {}
    [[nodiscard]] std::uint64_t next();
    [[nodiscard]] double unit();          ///< 0 <= u < 1, 53 bits
    [[nodiscard]] int below(int count);   ///< 0 .. count-1, all equally likely; count > 0

private:
    std::uint64_t state_;
};

/// `size` positions 0 .. count-1 in blocks of consecutive ones, each from a random start, where the first follows the last
/// (circular block bootstrap: D. N. Politis and J. P. Romano, 1992); the last block is cut to the size. With blocks of one it is the
/// bootstrap of independent hours. count, size and block > 0.
[[nodiscard]] std::vector<int> block_bootstrap(int count, int size, int block, std::uint64_t seed);

/// `size` rows of new series: every profile takes one value from each of `size` equally likely parts of its distribution over
/// `rows`, and the profiles hang together as in these rows: rows are drawn, and the value with rank k among the drawn ones
/// becomes the quantile (k + u) / size of the profile (Latin hypercube sampling with dependence: N. Packham and W. M.
/// Schmidt, Journal of Computational Finance 13 (3), 2010, section 3). Quantiles interpolate as in Distribution. Time counts
/// samples.
[[nodiscard]] ProfileSeries latin_hypercube(const ProfileSeries& series, const std::vector<int>& rows, int size, std::uint64_t seed);

/// For each of `size` samples the positions among `rates` (0..1) of what is out of service: each independently, with its own
/// rate. The numbers are other ones than those of the hours with the same seed.
[[nodiscard]] std::vector<std::vector<int>> forced_outages(const std::vector<double>& rates, int size, std::uint64_t seed);

}  // namespace araz

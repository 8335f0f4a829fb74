#include "araz/model/sampling.hpp"

#include <algorithm>
#include <numeric>

#include "araz/base/check.hpp"
#include "araz/model/batch.hpp"

namespace araz {

std::uint64_t RandomNumbers::next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31U);
}

double RandomNumbers::unit() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }

int RandomNumbers::below(int count) {
    ARAZ_CHECK(count > 0, std::to_string(count));
    const auto n = static_cast<std::uint64_t>(count);
    const std::uint64_t whole = ~std::uint64_t{0} - ~std::uint64_t{0} % n;  // a multiple of n: what is above would favour the first
    std::uint64_t value = next();
    while (value >= whole) value = next();
    return static_cast<int>(value % n);
}

std::vector<int> block_bootstrap(int count, int size, int block, std::uint64_t seed) {
    ARAZ_CHECK(count > 0 && size > 0 && block > 0, std::to_string(count));
    RandomNumbers random(seed);
    std::vector<int> out;
    out.reserve(static_cast<std::size_t>(size));
    while (static_cast<int>(out.size()) < size) {
        const int start = random.below(count);
        for (int k = 0; k < block && static_cast<int>(out.size()) < size; ++k)
            out.push_back(static_cast<int>((static_cast<long long>(start) + k) % count));
    }
    return out;
}

std::vector<std::vector<int>> forced_outages(const std::vector<double>& rates, int size, std::uint64_t seed) {
    RandomNumbers random(seed ^ 0x6f75746167657300ULL);
    std::vector<std::vector<int>> out(static_cast<std::size_t>(size));
    for (std::vector<int>& sample : out)
        for (std::size_t k = 0; k < rates.size(); ++k)
            if (random.unit() < rates[k]) sample.push_back(static_cast<int>(k));
    return out;
}

ProfileSeries latin_hypercube(const ProfileSeries& series, const std::vector<int>& rows, int size, std::uint64_t seed) {
    ARAZ_CHECK(!rows.empty() && size > 0, std::to_string(size));
    RandomNumbers random(seed);
    std::vector<int> drawn(static_cast<std::size_t>(size));
    for (int& row : drawn) row = rows[static_cast<std::size_t>(random.below(static_cast<int>(rows.size())))];
    ProfileSeries out;
    out.file = series.file;
    out.sha256 = series.sha256;
    out.names = series.names;
    out.columns = series.columns;
    out.inputs = series.inputs;
    out.time_units = "samples";
    out.step_hours = series.step_hours;
    for (int k = 0; k < size; ++k) out.time.push_back(k);
    out.values.resize(drawn.size() * series.names.size());
    std::vector<int> order(drawn.size());
    for (int c = 0; c < static_cast<int>(series.names.size()); ++c) {
        std::vector<double> sorted;
        for (const int row : rows) sorted.push_back(series.at(row, c));
        std::sort(sorted.begin(), sorted.end());
        std::iota(order.begin(), order.end(), 0);
        // Equal values in the order in which they were drawn, which is random.
        std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return series.at(drawn[a], c) < series.at(drawn[b], c); });
        for (std::size_t rank = 0; rank < order.size(); ++rank)
            out.values[static_cast<std::size_t>(order[rank]) * series.names.size() + static_cast<std::size_t>(c)] =
                quantile_of(sorted, (static_cast<double>(rank) + random.unit()) / size);
    }
    return out;
}

}  // namespace araz

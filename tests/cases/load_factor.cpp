// The largest common factor on loads and outputs that a diagnosis finds, on public cases, against what MATPOWER's
// Newton reaches on them from stored voltages (measured with MATPOWER 8.1, three digits).
#include <gtest/gtest.h>

#include "araz/model/scale.hpp"
#include "araz/study/diagnosis.hpp"
#include "support/reference.hpp"
#include "support/study.hpp"

namespace araz::testing {
namespace {

struct Nose {
    const char* name;
    double factor;  ///< as MATPOWER reaches it
    double asked;   ///< beyond it
};

void PrintTo(const Nose& nose, std::ostream* out) { *out << nose.name; }

class LargestLoad : public ::testing::TestWithParam<Nose> {};

TEST_P(LargestLoad, IsThatOfMatpower) {
    const auto grid = public_case(GetParam().name);
    if (!grid) return;
    StudySetup setup = make_setup(scale_load_and_generation(*grid, GetParam().asked));
    setup.diagnosis.scale_load = GetParam().asked;
    const PfResult result = run_power_flow(setup);
    ASSERT_FALSE(is_solved(result.status));
    EXPECT_EQ(result.diagnosis.kind, "no_solution_nearby") << result.diagnosis.summary;
    // Halving ends 0.002 of the asked factor below the last one that fails; the reference has half a digit.
    EXPECT_LE(result.diagnosis.largest_scale_load, GetParam().factor + 0.005);
    EXPECT_GE(result.diagnosis.largest_scale_load, GetParam().factor - 0.005 - 0.003 * GetParam().asked);
}

INSTANTIATE_TEST_SUITE_P(Cases, LargestLoad,
                         ::testing::Values(Nose{"case9", 2.64, 3.0}, Nose{"case14", 4.06, 5.0}, Nose{"case30", 5.48, 7.0},
                                           Nose{"case57", 1.89, 3.0}, Nose{"case118", 3.19, 4.0}, Nose{"case300", 1.43, 2.0},
                                           Nose{"case1354pegase", 1.53, 2.0}),
                         [](const auto& instance) { return std::string(instance.param.name); });

}  // namespace
}  // namespace araz::testing

// Outages solved from a state whose binding reactive limits are taken over: the states they reach are those reached with
// every set-point restored first.
#include <gtest/gtest.h>

#include <algorithm>

#include "araz/engine/engine.hpp"
#include "araz/study/contingency.hpp"
#include "support/grids.hpp"
#include "support/reference.hpp"
#include "support/study.hpp"

namespace araz::testing {
namespace {

// Both runs stop at a mismatch of 1e-8 p.u.; Newton's last step makes the state far better than that, and 1e-7 is what
// a reactive power left open by the switching rule (ten times the tolerance) moves a voltage by at most on these grids.
constexpr double vm_tolerance = 1e-7;

struct Compared {
    int outages = 0, pinned_at_start = 0, released = 0;
};

Compared compare(Case grid) {
    Solving solving;
    solving.q_limits = true;
    const StudySetup setup = make_setup(std::move(grid), solving);
    Engine engine(setup.model, setup.engine);
    const Solution base = engine.solve({});
    EXPECT_TRUE(base.solved());
    Solution restored = base;
    std::fill(restored.pin.begin(), restored.pin.end(), Pin::none);
    Compared seen;
    seen.pinned_at_start = static_cast<int>(std::count_if(base.pin.begin(), base.pin.end(), [](Pin p) { return p != Pin::none; }));
    ContingencySpec with_units;
    with_units.generators = true;
    const auto list = make_contingencies(*setup.model, with_units);
    for (const Contingency& contingency : *list) {
        SCOPED_TRACE(contingency.label);
        const Solution resumed = engine.solve_from(contingency.scenario(), base);
        const Solution fresh = engine.solve_from(contingency.scenario(), restored);
        EXPECT_EQ(resumed.status, fresh.status);
        if (!resumed.solved() || !fresh.solved()) continue;
        ++seen.outages;
        for (std::size_t b = 0; b < base.pin.size(); ++b)
            if (base.pin[b] != Pin::none && resumed.vm[b] > 0.0 && resumed.pin[b] == Pin::none) ++seen.released;
        EXPECT_EQ(resumed.pin, fresh.pin);
        for (std::size_t b = 0; b < base.vm.size(); ++b) {
            EXPECT_NEAR(resumed.vm[b], fresh.vm[b], vm_tolerance) << "bus " << b;
            EXPECT_NEAR(resumed.va[b], fresh.va[b], vm_tolerance) << "bus " << b;
        }
    }
    return seen;
}

TEST(WarmLimits, LeadToTheSameStatesOnMadeGrids) {
    Compared all;
    for (int seed = 1; seed <= 8; ++seed) {
        SCOPED_TRACE(seed);
        GridRecipe recipe;
        recipe.seed = static_cast<std::uint64_t>(seed);
        recipe.buses = 12 + 6 * seed;
        recipe.reactive_room = 0.6;
        const Compared seen = compare(make_grid(recipe));
        all.outages += seen.outages;
        all.pinned_at_start += seen.pinned_at_start;
        all.released += seen.released;
    }
    EXPECT_GT(all.outages, 200);
    EXPECT_GT(all.pinned_at_start, 8);
    EXPECT_GT(all.released, 0) << "no limit was ever left";
}

class WarmLimitsCases : public ::testing::TestWithParam<std::string> {};

TEST_P(WarmLimitsCases, LeadToTheSameStates) {
    auto grid = public_case(GetParam());
    if (!grid) return;
    EXPECT_GT(compare(std::move(*grid)).outages, 50);
}

INSTANTIATE_TEST_SUITE_P(Public, WarmLimitsCases, ::testing::Values("case57", "case118", "case_ACTIVSg200", "case300"),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace araz::testing

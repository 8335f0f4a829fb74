// A distributed slack in lanes against the scalar engine's: same status, same voltages, outputs and tangents; limits of
// participants met on the way; islands that balance apart; and the same bits in any packing.
#include <gtest/gtest.h>

#include "araz/study/n1.hpp"
#include "differential/sweeping.hpp"

namespace araz::testing {
namespace {

struct Sharing {
    SlackKey key;
    double room;  ///< of each unit above its output, as a share of its Pmax: little, and outages of units fill some
};

Case shared_grid(int seed, bool q_limits, double room) {
    GridRecipe recipe;
    recipe.seed = static_cast<std::uint64_t>(seed);
    recipe.buses = 12 + 8 * seed;
    recipe.reactive_room = q_limits ? 0.6 : 5.0;
    Case grid = make_grid(recipe);
    Dice dice(31 + recipe.seed);
    for (GeneratorRow& unit : grid.generators) {
        unit.pmin_mw = 0.0;
        unit.pmax_mw = std::max(10.0, unit.pg_mw) * (1.0 + room * dice.uniform(0.2, 1.8));
        unit.apf = dice.uniform(0.0, 3.0);
    }
    return grid;
}

class LaneSlack : public ::testing::TestWithParam<std::tuple<int, bool, int>> {
protected:
    static constexpr Sharing sharings[] = {{SlackKey::pmax, 1.0}, {SlackKey::headroom, 0.2}, {SlackKey::pg, 0.3}, {SlackKey::file, 0.15}};
    [[nodiscard]] static Sweep sweep() {
        const auto& [seed, q_limits, k] = GetParam();
        SlackOptions slack;
        slack.mode = SlackMode::distributed;
        slack.key = sharings[k].key;
        return {shared_grid(seed, q_limits, sharings[k].room), q_limits, 1e-8, slack};
    }
};

TEST_P(LaneSlack, AgreesWithTheScalarEngine) {
    const Sweep s = sweep();
    ASSERT_TRUE(s.base.solved());
    ASSERT_TRUE(s.lanes->ok());
    for (const Kernels& kernels : all_kernels()) {
        SCOPED_TRACE(kernels.name());
        expect_scalar(s, s.run(kernels, s.all()), 0.25);
    }
}

TEST_P(LaneSlack, OutputsAreThoseOfTheScalarEngine) {
    const Sweep s = sweep();
    Engine engine(s.setup.model, s.setup.engine);
    engine.prime(s.base);
    LaneLimits limits;
    limits.branch.assign(static_cast<std::size_t>(s.setup.model->network->n_branch), 0.0);
    for (const Kernels& kernels : all_kernels()) {
        LaneSweep sweep(s.lanes, kernels.isa, limits, kernels.precision);
        std::size_t at = 0;
        int compared = 0;
        LaneOutputs outputs;
        sweep.run([&] { return at < s.outages.size() ? static_cast<int>(at++) : -1; }, [&](int item) { return s.outages[item]; },
                  [&](const LaneOutcome& outcome) {
                      if (!outcome.solved) return;
                      const Solution scalar = engine.solve_from(s.scenario(static_cast<std::size_t>(outcome.item)), s.base);
                      outcome.outputs(outputs);
                      for (int g = 0; g < s.setup.model->network->n_gen; ++g) {
                          EXPECT_NEAR(outputs.solution.gen_p[g], scalar.gen_p[g], 1e-7) << "unit " << g << " after outage " << outcome.item;
                          EXPECT_NEAR(outputs.solution.gen_q[g], scalar.gen_q[g], 1e-7) << "unit " << g << " after outage " << outcome.item;
                      }
                      ++compared;
                  });
        EXPECT_GT(compared, 10);
    }
}

TEST_P(LaneSlack, TangentsAreThoseOfTheScalarEngine) {
    const Sweep s = sweep();
    std::vector<double> direction;
    for (int b = 0; b < s.setup.model->network->n_bus; ++b) {
        direction.push_back(std::sin(1.0 + b));
        direction.push_back(0.3 * std::cos(2.0 * b));
    }
    for (const Kernels& kernels : all_kernels())
        expect_scalar_tangents(s, s.run(kernels, s.all(), direction), direction,
                               kernels.precision == solver::LanePrecision::floats ? 1e-3 : 1e-6);
}

TEST_P(LaneSlack, SameBitsInAnyPacking) {
    const Sweep s = sweep();
    for (const Kernels& kernels : all_kernels()) {
        const std::vector<Answer> forward = s.run(kernels, s.all());
        Dice dice(5);
        EXPECT_EQ(s.run(kernels, dice.shuffled(static_cast<int>(forward.size()))), forward);
        for (const int k : {0, 3, static_cast<int>(forward.size()) - 1}) EXPECT_EQ(s.run(kernels, {k})[k], forward[k]);
    }
}

INSTANTIATE_TEST_SUITE_P(Made, LaneSlack, ::testing::Combine(::testing::Values(1, 2, 4, 6), ::testing::Bool(), ::testing::Range(0, 4)));

// Two islands side by side, each with its own reference, participants and imbalance.
TEST(LaneSlackIslands, BalanceApart) {
    Case grid = shared_grid(3, true, 0.4);
    Case other = shared_grid(2, true, 0.4);
    const auto far = [](BusId bus) { return BusId{number(bus) + 100000}; };
    for (BusRow& bus : other.buses) {
        bus.bus = far(bus.bus);
        bus.name.clear();
        grid.buses.push_back(bus);
    }
    for (BranchRow& branch : other.branches) {
        branch.from_bus = far(branch.from_bus);
        branch.to_bus = far(branch.to_bus);
        grid.branches.push_back(branch);
    }
    for (GeneratorRow& unit : other.generators) {
        unit.bus = far(unit.bus);
        grid.generators.push_back(unit);
    }
    SlackOptions slack;
    slack.mode = SlackMode::distributed;
    const Sweep s(grid, true, 1e-8, slack);
    ASSERT_TRUE(s.base.solved());
    ASSERT_EQ(s.base.balances.size(), 2U);
    ASSERT_TRUE(s.lanes->ok());
    for (const Kernels& kernels : all_kernels()) expect_scalar(s, s.run(kernels, s.all()), 0.25);
}

// What lanes do not know goes to the scalar engine, and comes back right.
TEST(LaneSlackStudy, CapabilityCurvesAndLoadsAreLeftToTheScalarEngine) {
    Case grid = shared_grid(3, true, 0.4);
    SlackOptions slack;
    slack.mode = SlackMode::distributed;
    slack.key = SlackKey::load;
    EXPECT_FALSE(Sweep(grid, true, 1e-8, slack).lanes->ok());
    slack.mode = SlackMode::area;
    slack.key = SlackKey::pmax;
    EXPECT_FALSE(Sweep(grid, true, 1e-8, slack).lanes->ok());
    GeneratorRow& unit = grid.generators[1];
    unit.pc1_mw = 0.0;
    unit.pc2_mw = unit.pmax_mw;
    unit.qc1max_mvar = unit.qmax_mvar;
    unit.qc2max_mvar = 0.5 * unit.qmax_mvar;
    unit.qc1min_mvar = unit.qc2min_mvar = unit.qmin_mvar;
    slack.mode = SlackMode::distributed;
    const Sweep s(grid, true, 1e-8, slack);
    // Only where that unit is out itself does nobody with a curve take part.
    const int with_curve = s.setup.model->network->gen_of_row[1];
    const std::vector<Answer> answers = s.run(all_kernels().front(), s.all());
    for (std::size_t k = 0; k < answers.size(); ++k) {
        const auto& out = s.outages[k].generators_out;
        if (std::find(out.begin(), out.end(), with_curve) == out.end()) {
            EXPECT_FALSE(answers[k].solved) << "outage " << k;
        }
    }
}

}  // namespace
}  // namespace araz::testing

// Contingencies under a shared slack, solved again by verify: two ways to the shares, inside Newton's matrix and around it.
#include <gtest/gtest.h>

#include <cmath>

#include "araz/study/n1.hpp"
#include "araz/verify/verify.hpp"
#include "support/grids.hpp"
#include "support/study.hpp"

namespace araz::testing {
namespace {

std::string failures(const VerifyReport& report) {
    std::string out;
    for (const LawCheck& check : report.checks)
        if (!check.passed()) out += check.law + " at " + check.element + "; ";
    return out;
}

class SlackAfterOutages : public ::testing::TestWithParam<std::tuple<int, SlackKey, bool>> {
protected:
    [[nodiscard]] static Case grid() {
        GridRecipe recipe;
        recipe.seed = static_cast<std::uint64_t>(std::get<0>(GetParam()));
        recipe.reactive_room = 0.8;
        Case grid = make_grid(recipe);
        Dice dice(31 + recipe.seed);
        for (GeneratorRow& unit : grid.generators) {
            unit.pg_mw *= dice.uniform(0.85, 1.1);  // an imbalance at the base already
            unit.pmax_mw = unit.pg_mw + dice.uniform(0.5, 25.0);
            unit.pmin_mw = std::max(0.0, unit.pg_mw - dice.uniform(0.5, 25.0));
            unit.apf = dice.uniform(0.0, 3.0);
        }
        return grid;
    }
    [[nodiscard]] static N1Result study(const Case& grid) {
        const auto& [seed, key, q_limits] = GetParam();
        StudySetup setup = make_setup(grid, {.tolerance = 1e-8, .q_limits = q_limits});
        setup.engine.slack.mode = SlackMode::distributed;
        setup.engine.slack.key = key;
        ContingencySpec spec;
        spec.generators = true;
        N1Result result = run_n1(setup, *make_contingencies(*setup.model, spec));
        OptionMap& options = result.envelope.options;
        options["q-limits"] = std::string(q_limits ? "on" : "off");
        options["generators"] = true;
        options["slack"] = std::string("distributed");
        options["slack-key"] = std::string(to_string(key));
        return result;
    }
};

TEST_P(SlackAfterOutages, HoldsInTheReCheck) {
    const Case given = grid();
    const N1Result result = study(given);
    const VerifyReport report = check_contingencies(given, result);
    EXPECT_TRUE(report.passed()) << failures(report);
    EXPECT_GT(result.summary.solved, 20);
}

TEST_P(SlackAfterOutages, OtherSharesDoNot) {
    const Case given = grid();
    N1Result result = study(given);
    const SlackKey other = std::get<1>(GetParam()) == SlackKey::pmax ? SlackKey::file : SlackKey::pmax;
    result.envelope.options["slack-key"] = std::string(to_string(other));
    EXPECT_FALSE(check_contingencies(given, result).passed());
}

INSTANTIATE_TEST_SUITE_P(Made, SlackAfterOutages,
                         ::testing::Combine(::testing::Range(1, 5), ::testing::Values(SlackKey::pmax, SlackKey::headroom, SlackKey::pg, SlackKey::file),
                                            ::testing::Bool()));

}  // namespace
}  // namespace araz::testing

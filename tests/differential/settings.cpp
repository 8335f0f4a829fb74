// Settings that no profile writes yet: parts of loads that follow the voltage, set-points of DC lines, references of a droop.
// The engine with settings against a network built from the case that holds the values; the lanes against the engine.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "araz/engine/lane_sweep.hpp"
#include "support/grids.hpp"
#include "support/study.hpp"

namespace araz::testing {
namespace {

constexpr double dc_mw[] = {-12.0, 5.0, 18.0, 25.0};

// A DC line with losses between two load buses of the ring.
Case with_dc_line(std::uint64_t seed) {
    GridRecipe recipe;
    recipe.seed = seed;
    Case grid = make_grid(recipe);
    grid.dc_lines_active = true;
    std::vector<BusId> free;
    for (int b = 0; b < recipe.buses; ++b)
        if (grid.buses[static_cast<std::size_t>(b)].type == BusType::pq) free.push_back(grid.buses[static_cast<std::size_t>(b)].bus);
    DcLineRow line;
    line.from_bus = free.front();
    line.to_bus = free[free.size() / 2];
    line.pf_mw = 10.0;
    line.pmin_mw = -40.0;
    line.pmax_mw = 40.0;
    line.qminf_mvar = line.qmint_mvar = -60.0;
    line.qmaxf_mvar = line.qmaxt_mvar = 60.0;
    line.loss0_mw = 0.2;
    line.loss1 = 0.03;
    line.vf_pu = 1.005;
    line.vt_pu = 1.01;
    grid.dc_lines.push_back(line);
    return grid;
}

Case with_droop_and_mixes(std::uint64_t seed) {
    Case grid = with_dc_line(seed);
    for (std::size_t b = 0; b < grid.buses.size(); b += 2)
        if (grid.buses[b].pd_mw != 0.0) grid.load_models.push_back({grid.buses[b].bus, {0.2, 0.1, 0.0, 0.0, 0.3, 0.2, 0.0, 0.0}});
    GeneratorRow plant;
    for (const BusRow& bus : grid.buses)
        if (bus.type == BusType::pq && bus.bus != grid.dc_lines[0].from_bus && bus.bus != grid.dc_lines[0].to_bus) plant.bus = bus.bus;
    plant.pg_mw = plant.pmax_mw = 15.0;
    plant.qmin_mvar = -12.0;
    plant.qmax_mvar = 12.0;
    plant.reactive.mode = ReactiveMode::q_of_v;
    plant.reactive.v_ref_pu = 1.0;
    plant.reactive.slope_percent = 4.0;
    grid.generators.push_back(plant);
    return grid;
}

struct Model {
    StudySetup setup;
    Solution base;

    explicit Model(const Case& grid) {
        Solving solving;
        solving.tolerance = 1e-11;
        setup = make_setup(grid, solving);
        base = Engine(setup.model, setup.engine).solve({});
    }
    [[nodiscard]] const Network& net() const { return *setup.model->network; }
};

void expect_same(const Solution& a, const Solution& b, double tolerance) {
    ASSERT_TRUE(a.solved());
    ASSERT_TRUE(b.solved());
    for (std::size_t k = 0; k < a.live.size(); ++k) {
        EXPECT_NEAR(a.vm[k], b.vm[k], tolerance) << "bus " << k;
        EXPECT_NEAR(a.va[k], b.va[k], tolerance) << "bus " << k;
    }
}

class SettingsOfGrids : public ::testing::TestWithParam<int> {
protected:
    [[nodiscard]] static std::uint64_t seed() { return static_cast<std::uint64_t>(GetParam()); }
};

TEST_P(SettingsOfGrids, MixesDroopsAndDcLinesAreThoseOfTheCase) {
    const Case grid = with_droop_and_mixes(seed());
    const Model plain(grid);
    ASSERT_TRUE(plain.base.solved());
    Engine engine(plain.setup.model, plain.setup.engine);
    for (const double mw : dc_mw) {
        SCOPED_TRACE(mw);
        Case changed = grid;
        Scenario scenario;
        const LoadMix mix{0.01 * (mw + 20.0), 0.3, 0.0, 0.0, 0.5, 0.01 * (mw + 20.0), 0.0, 0.0};
        for (LoadModelRow& model : changed.load_models) {
            model.mix = mix;
            scenario.settings.mixes.push_back({plain.net().index_of.at(number(model.bus)), mix});
        }
        const double reference = 1.0 + 0.0005 * mw;
        changed.generators.back().reactive.v_ref_pu = reference;
        scenario.settings.voltages.push_back({plain.net().gen_of_row.back(), reference});
        changed.dc_lines[0].pf_mw = mw;
        scenario.settings.dc_lines.push_back({0, mw / grid.base_mva});
        const Model built(changed);
        expect_same(engine.solve(scenario), built.base, 1e-10);
        // They matter, or the comparison says nothing.
        double moved = 0.0;
        for (std::size_t b = 0; b < built.base.vm.size(); ++b) moved = std::max(moved, std::abs(built.base.vm[b] - plain.base.vm[b]));
        EXPECT_GT(moved, 1e-5);
    }
    expect_same(engine.solve({}), plain.base, 1e-10);  // and nothing stays
}

TEST_P(SettingsOfGrids, LanesSetDcLinesAsTheEngineDoes) {
    const Model model(with_dc_line(seed()));
    ASSERT_TRUE(model.base.solved());
    std::vector<Scenario> scenarios;
    for (const double mw : dc_mw) {
        Scenario scenario;
        scenario.settings.dc_lines.push_back({0, mw / model.net().base_mva});
        scenarios.push_back(scenario);
        scenario.branches_out = {2};
        scenarios.push_back(scenario);
    }
    for (const solver::Isa isa : solver::available_isas()) {
        const auto lanes = std::make_shared<const LaneBase>(model.setup.model, model.setup.engine, Scenario{}, model.base);
        ASSERT_TRUE(lanes->ok());
        LaneLimits limits;
        limits.branch.assign(static_cast<std::size_t>(model.net().n_branch), 0.0);
        LaneSweep sweep(lanes, isa, limits);
        Engine engine(model.setup.model, model.setup.engine);
        std::size_t next = 0;
        int compared = 0;
        sweep.run([&] { return next < scenarios.size() ? static_cast<int>(next++) : -1; },
                  [&](int item) { return scenarios[static_cast<std::size_t>(item)]; },
                  [&](const LaneOutcome& outcome) {
                      ASSERT_TRUE(outcome.solved);
                      const Solution expected = engine.solve_from(scenarios[static_cast<std::size_t>(outcome.item)], model.base);
                      ASSERT_TRUE(expected.solved());
                      for (int b = 0; b < model.net().n_bus; ++b) {
                          EXPECT_NEAR(outcome.vm(b), expected.vm[b], 1e-9) << to_string(isa) << ", bus " << b;
                          EXPECT_NEAR(outcome.va(b), expected.va[b], 1e-9) << to_string(isa) << ", bus " << b;
                      }
                      ++compared;
                  });
        EXPECT_EQ(compared, static_cast<int>(scenarios.size()));
    }
}

INSTANTIATE_TEST_SUITE_P(Made, SettingsOfGrids, ::testing::Range(1, 5));

}  // namespace
}  // namespace araz::testing

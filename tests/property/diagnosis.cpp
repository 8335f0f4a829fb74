// What a failed power flow is said to have failed of, where the answer is known.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "araz/model/scale.hpp"
#include "araz/study/diagnosis.hpp"
#include "support/grids.hpp"
#include "support/study.hpp"

namespace araz::testing {
namespace {

using ::testing::HasSubstr;

// A source at 1 p.u. behind x feeds P + j0: solvable up to P = 1 / (2 x), the nose at unity power factor
// (T. Van Cutsem, C. Vournas, "Voltage Stability of Electric Power Systems", 1998, eq. 2.11).
Case two_bus(double x, double load_mw) {
    Case grid;
    for (int id = 1; id <= 2; ++id) {
        BusRow bus;
        bus.bus = BusId{id};
        bus.type = id == 1 ? BusType::slack : BusType::pq;
        bus.pd_mw = id == 1 ? 0.0 : load_mw;
        bus.base_kv = 220.0;
        grid.buses.push_back(bus);
    }
    GeneratorRow unit;
    unit.bus = BusId{1};
    unit.pmax_mw = 1e4;
    unit.mbase_mva = 100.0;
    grid.generators.push_back(unit);
    BranchRow branch;
    branch.from_bus = BusId{1};
    branch.to_bus = BusId{2};
    branch.x_pu = x;
    branch.rate_a_mva = 1000.0;
    grid.branches.push_back(branch);
    return grid;
}

StudySetup with_means(StudySetup setup) {
    setup.diagnosis.command = "araz pf case.m";
    EngineOptions flat = setup.engine;
    flat.start = Start::flat;
    EngineOptions patient = setup.engine;
    patient.max_iterations = 200;
    EngineOptions free = setup.engine;
    free.controls = {};
    setup.diagnosis.alternatives = {{"from a flat start", "araz pf case.m --start flat", flat, true},
                                    {"with up to 200 iterations", "araz pf case.m --max-iterations 200", patient, true},
                                    {"without reactive limits", "araz pf case.m --q-limits off", free, false}};
    return setup;
}

TEST(Diagnosis, OfALoadBeyondTheNoseFindsTheNose) {
    constexpr double x = 0.1;
    constexpr double nose_mw = 100.0 / (2.0 * x);
    for (const double over : {1.1, 1.6, 3.0}) {
        const PfResult result = run_power_flow(with_means(make_setup(two_bus(x, over * nose_mw))));
        ASSERT_FALSE(is_solved(result.status));
        const Diagnosis& d = result.diagnosis;
        EXPECT_EQ(d.kind, "no_solution_nearby") << d.summary;
        // Found by halving to 0.0015 of the range, rounded to three digits.
        EXPECT_LE(d.largest_scale_load, 1.0 / over + 1e-9);
        EXPECT_GE(d.largest_scale_load, 1.0 / over - 3e-3);
        EXPECT_EQ(d.weakest_bus, 2);
        EXPECT_THAT(d.command, HasSubstr("--scale-load 0."));
        ASSERT_FALSE(d.worst.empty());
        EXPECT_EQ(d.worst.front().neighbours.size(), 1U);
        // The command's case solves.
        const double factor = d.largest_scale_load;
        EXPECT_TRUE(is_solved(solve(scale_load_and_generation(two_bus(x, over * nose_mw), factor)).status));
    }
}

TEST(Diagnosis, OfAContradictionInTheDataNamesTheRow) {
    // The load of one bus in kW: no solution, and a figure that says so.
    Case grid = make_grid({.seed = 2});
    grid.buses[5].pd_mw = 4e7;
    const PfResult result = run_power_flow(with_means(make_setup(grid)));
    ASSERT_FALSE(is_solved(result.status));
    EXPECT_EQ(result.diagnosis.kind, "bad_data") << result.diagnosis.summary;
    const auto named = [&](const SuspectResult& s) { return s.element == "bus " + std::to_string(number(grid.buses[5].bus)); };
    EXPECT_TRUE(std::any_of(result.diagnosis.suspects.begin(), result.diagnosis.suspects.end(), named));
}

// x = 100 p.u. carries at most half a megawatt, less than a twentieth of the load: ohms, perhaps.
TEST(Diagnosis, OfWhatNothingSolvesIsBadData) {
    const PfResult result = run_power_flow(with_means(make_setup(two_bus(100.0, 40.0))));
    ASSERT_FALSE(is_solved(result.status));
    EXPECT_EQ(result.diagnosis.kind, "bad_data");
    EXPECT_TRUE(std::isnan(result.diagnosis.largest_scale_load));
    EXPECT_TRUE(result.diagnosis.command.empty());
}

TEST(Diagnosis, OfASolvedCaseIsEmpty) {
    const PfResult result = run_power_flow(with_means(make_setup(two_bus(0.1, 100.0))));
    ASSERT_TRUE(is_solved(result.status));
    EXPECT_TRUE(result.diagnosis.kind.empty());
    EXPECT_TRUE(result.diagnosis.probes.empty());
    EXPECT_TRUE(result.diagnosis.command.empty());
}

// An outer loop that never agrees with itself.
class Restless final : public Control {
public:
    [[nodiscard]] std::string_view name() const override { return "restless"; }
    void begin(const ControlView&) override {}
    ControlAnswer update(ControlView& view) override {
        view.actions->push_back({"restless", "toggle", 1, view.round});
        return view.round > 6 ? ControlAnswer::failed : ControlAnswer::changed;
    }
};

TEST(Diagnosis, OfControlsThatKeepSwitchingNamesThem) {
    StudySetup setup = with_means(make_setup(two_bus(0.1, 100.0)));
    const auto restless = [] {
        ControlList list;
        list.push_back(std::make_unique<Restless>());
        return list;
    };
    setup.engine.controls = restless;
    setup.diagnosis.alternatives[0].engine.controls = restless;
    setup.diagnosis.alternatives[1].engine.controls = restless;
    const PfResult result = run_power_flow(setup);
    ASSERT_EQ(result.status, SolveStatus::limit_cycle);
    EXPECT_EQ(result.diagnosis.kind, "controls_cycling");
    ASSERT_FALSE(result.diagnosis.cycling.empty());
    EXPECT_THAT(result.diagnosis.cycling.front(), HasSubstr("restless: toggle at bus 2"));
    EXPECT_EQ(result.diagnosis.command, "araz pf case.m --q-limits off");
}

TEST(Diagnosis, OfWhatSolvesFromAnotherStartIsABadStart) {
    StudySetup setup = with_means(make_setup(two_bus(0.1, 100.0)));
    setup.engine.controls = [] {
        ControlList list;
        list.push_back(std::make_unique<Restless>());
        return list;
    };
    setup.diagnosis.alternatives.resize(1);  // the same problem by its word, and it solves
    const PfResult result = run_power_flow(setup);
    ASSERT_FALSE(is_solved(result.status));
    EXPECT_EQ(result.diagnosis.kind, "bad_start");
    EXPECT_EQ(result.diagnosis.command, "araz pf case.m --start flat");
}

TEST(ScaleLoad, MovesLoadsOutputsAndDcLinesAlone) {
    Case grid = make_grid({.seed = 3});
    DcLineRow line;
    line.pf_mw = 10.0;
    line.pt_mw = 9.0;
    grid.dc_lines.push_back(line);
    const Case half = scale_load_and_generation(grid, 0.5);
    for (std::size_t i = 0; i < grid.buses.size(); ++i) {
        EXPECT_EQ(half.buses[i].pd_mw, 0.5 * grid.buses[i].pd_mw);
        EXPECT_EQ(half.buses[i].qd_mvar, 0.5 * grid.buses[i].qd_mvar);
        EXPECT_EQ(half.buses[i].bs_mvar, grid.buses[i].bs_mvar);
    }
    for (std::size_t i = 0; i < grid.generators.size(); ++i) {
        EXPECT_EQ(half.generators[i].pg_mw, 0.5 * grid.generators[i].pg_mw);
        EXPECT_EQ(half.generators[i].pmax_mw, grid.generators[i].pmax_mw);
    }
    EXPECT_EQ(half.dc_lines[0].pf_mw, 5.0);
    EXPECT_EQ(half.branches, grid.branches);
    EXPECT_EQ(scale_load_and_generation(grid, 1.0), grid);
}

}  // namespace
}  // namespace araz::testing

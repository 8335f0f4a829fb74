// The dispatch of an hour against its own equations, recomputed here from the tables.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "araz/io/profile_io.hpp"
#include "araz/study/dispatch.hpp"
#include "araz/study/power_flow.hpp"
#include "cli/batch_sample.hpp"

namespace araz::testing {
namespace {

// An hour with the case that it is.
struct Hour : HourState {
    Case grid;
};

Hour in(const HourlyDispatch& hours, int row) {
    Hour hour{hours.at(row), {}};
    hour.grid = hours.grid_in(hour);
    return hour;
}

class Dispatch : public ::testing::Test {
protected:
    void read(const std::string& point = "") {
        auto grid = read_profiled_case(folder.path("grid"), {point, ""}, true);
        ASSERT_TRUE(grid) << render(grid.error().findings);
        profiled = *std::move(grid);
        SeriesChoice choice;
        choice.files = {folder.path("series.csv")};
        auto read = read_series(choice);
        ASSERT_TRUE(read) << render(read.error().findings);
        series = *std::move(read);
        const auto network = Network::build(std::make_shared<const Case>(profiled.grid));
        ASSERT_TRUE(network);
        StudySetup setup;
        setup.model = ElectricalModel::build(*network);
        base = run_power_flow(setup);
        ASSERT_TRUE(is_solved(base.status));
    }
    [[nodiscard]] HourlyDispatch dispatch(DispatchRule rule, const std::vector<const Case*>& settings = {}) const {
        return {profiled.grid, profiled.use, series, rule, base, settings};
    }
    // What the units of an area have to give in an hour, by the equation of docs/batch.md.
    [[nodiscard]] double needed(int area, double load) const {
        double load0 = 0.0, output = 0.0;
        for (const BusRow& bus : profiled.grid.buses)
            if (bus.area == area) load0 += bus.pd_mw;
        for (const GeneratorResult& unit : base.generators)
            if (area_of(unit.bus) == area) output += unit.p_mw;
        double net = 0.0;
        for (const AreaResult& result : base.areas)
            if (result.area == area) net = result.net_export_mw;
        const double loss = output - load0 - net;
        return load + net + loss * (load / load0) * (load / load0);
    }
    [[nodiscard]] int area_of(std::int64_t bus) const { return bus <= 3 ? 1 : 2; }
    [[nodiscard]] double output(const Hour& state, int area) const {
        double sum = 0.0;
        for (const GeneratorRow& unit : state.grid.generators)
            if (area_of(number(unit.bus)) == area) sum += unit.pg_mw;
        return sum;
    }
    [[nodiscard]] double load(const Hour& state, int area) const {
        double sum = 0.0;
        for (const BusRow& bus : state.grid.buses)
            if (bus.area == area) sum += bus.pd_mw;
        return sum;
    }

    BatchFolder folder;
    ProfiledCase profiled;
    ProfileSeries series;
    PfResult base;
};

TEST_F(Dispatch, ScalesLoadsByTheirRegions) {
    read();
    const HourlyDispatch rule = dispatch(DispatchRule::given);
    for (int hour = 0; hour < 48; ++hour) {
        const Hour state = in(rule, hour);
        EXPECT_DOUBLE_EQ(state.grid.buses[1].pd_mw, 120.0 * series.at(hour, 1));
        EXPECT_DOUBLE_EQ(state.grid.buses[1].qd_mvar, 35.0 * series.at(hour, 1));
        EXPECT_DOUBLE_EQ(state.grid.buses[3].pd_mw, 130.0 * series.at(hour, 2));
        EXPECT_DOUBLE_EQ(state.grid.generators[1].pmax_mw, 100.0 * series.at(hour, 0));
        EXPECT_DOUBLE_EQ(state.grid.generators[1].pg_mw, state.total_available_mw);
        EXPECT_EQ(state.grid.generators[0].pg_mw, 150.0);
    }
}

TEST_F(Dispatch, BalancesEveryAreaWithinTheLimitsOfItsUnits) {
    read();
    for (const DispatchRule rule : {DispatchRule::proportional, DispatchRule::merit}) {
        const HourlyDispatch hours = dispatch(rule);
        for (int hour = 0; hour < 48; ++hour) {
            const Hour state = in(hours, hour);
            double open = 0.0;
            for (const int area : {1, 2}) open += output(state, area) - needed(area, load(state, area));
            EXPECT_NEAR(open, state.surplus_mw - state.shortage_mw, 1e-8);
            EXPECT_NEAR(output(state, 2), needed(2, load(state, 2)), 1e-8) << "area 2 has room in every hour";
            for (const GeneratorRow& unit : state.grid.generators) {
                EXPECT_LE(unit.pg_mw, unit.pmax_mw + 1e-12);
                EXPECT_GE(unit.pg_mw, unit.pmin_mw);
            }
        }
    }
}

TEST_F(Dispatch, ProportionalKeepsTheRatiosOfFreeUnits) {
    read();
    const Hour state = in(dispatch(DispatchRule::proportional), 12);
    const auto& units = state.grid.generators;
    ASSERT_GT(units[2].pg_mw, units[2].pmin_mw);
    EXPECT_NEAR(units[2].pg_mw / 120.0, units[3].pg_mw / 50.0, 1e-12);
}

TEST_F(Dispatch, MeritLoadsTheCombinedCycleBeforeTheGasTurbine) {
    read();
    const Hour state = in(dispatch(DispatchRule::merit), 12);
    EXPECT_GT(state.grid.generators[2].pg_mw, 0.0);
    EXPECT_EQ(state.grid.generators[3].pg_mw, 0.0);
}

TEST_F(Dispatch, CurtailsWhatNobodyTakesAndSaysWhatIsShort) {
    folder.change("grid/generators.csv", "WT,0,100", "WT,0,400");
    folder.write("series.csv", "time,wind,north,south\n0,1,0.5,1\n1,0,1.9,1.9\n2,0,2,2\n");
    read();
    const HourlyDispatch hours = dispatch(DispatchRule::proportional);
    const Hour windy = in(hours, 0);
    EXPECT_EQ(windy.grid.generators[0].pg_mw, 0.0);
    EXPECT_NEAR(windy.curtailed_mw, 400.0 - needed(1, 85.0), 1e-8);
    const Hour high = in(hours, 2);
    EXPECT_EQ(high.grid.generators[0].pg_mw, 300.0);
    EXPECT_NEAR(high.shortage_mw, needed(1, 340.0) - 300.0 + std::max(0.0, needed(2, 340.0) - 380.0), 1e-8);
}

// P = min(available, limit); what the limit takes counts as curtailed, hour by hour.
TEST_F(Dispatch, ACurtailmentLimitCutsWhatIsAvailable) {
    folder.change("grid/generators.csv", "in_service,profile", "in_service,p_limit_percent,profile");
    for (const char* row : {"150,1.02,1,,assumed", "120,1.02,1,,assumed", "50,1.01,1,,assumed"}) {
        std::string with = row;
        with.replace(with.find("1,,assumed"), 10, "1,,,assumed");
        folder.change("grid/generators.csv", row, with);
    }
    folder.change("grid/generators.csv", "50,1.02,1,wind", "50,1.02,1,60,wind");
    read();
    const HourlyDispatch rule = dispatch(DispatchRule::given);
    double energy = 0.0, expected = 0.0;
    for (int hour = 0; hour < 48; ++hour) {
        const Hour state = in(rule, hour);
        const double available = 100.0 * series.at(hour, 0);
        EXPECT_DOUBLE_EQ(state.grid.generators[1].pg_mw, std::min(available, 60.0));
        EXPECT_DOUBLE_EQ(state.total_available_mw, available);
        EXPECT_NEAR(state.curtailed_mw, std::max(0.0, available - 60.0), 1e-12);
        energy += state.curtailed_mw;
        expected += std::max(0.0, available - 60.0);
    }
    EXPECT_NEAR(energy, expected, 1e-9);
    EXPECT_GT(energy, 0.0);
}

TEST_F(Dispatch, TakesVoltageSettingsBetweenThePointsAroundTheLoad) {
    folder.write("grid/operating_points/low.csv",
                 "element,kind,field,value\nl-a,load,p_mw,25\nl-b,load,p_mw,60\ng-a,generator,vm_set_pu,0.98\n1,bus,vm_set_pu,0.98\n");
    folder.write("series.csv", "time,wind,north,south\n0,0.5,0.75,1\n1,0.5,0.4,1\n2,0.5,1.2,1\n");
    read();
    const auto low = read_profiled_case(folder.path("grid"), {"low", ""}, true);
    ASSERT_TRUE(low);
    const HourlyDispatch hours = dispatch(DispatchRule::proportional, {&profiled.grid, &low->grid});
    EXPECT_NEAR(in(hours, 0).grid.generators[0].vg_pu, 1.00, 1e-12);  // half way between 85 and 170 MW
    EXPECT_NEAR(in(hours, 1).grid.generators[0].vg_pu, 0.98, 1e-12);  // held below the lowest point
    EXPECT_NEAR(in(hours, 2).grid.generators[0].vg_pu, 1.02, 1e-12);  // and above the highest
    EXPECT_NEAR(in(hours, 0).grid.generators[2].vg_pu, 1.02, 1e-12);  // the other area is as it was
}

}  // namespace
}  // namespace araz::testing

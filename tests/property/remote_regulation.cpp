// Units that hold the voltage of a bus together, from elsewhere: closed forms on a star, limits, errors, any grid.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "araz/verify/verify.hpp"
#include "support/grids.hpp"
#include "support/study.hpp"
#include "unit/result_samples.hpp"

namespace araz::testing {
namespace {

const Solving limited{.q_limits = true};
constexpr double x_slack = 0.1, x_2 = 0.1, x_3 = 0.05;

// Lossless lines from bus 4 to the reference and to units at buses 2 and 3, which hold it; nothing but Q flows.
Case star(double load_mvar, double share_2 = 0.0, double share_3 = 0.0) {
    Case grid;
    grid.buses = {samples::bus_row(1, BusType::slack, 1, ""), samples::bus_row(2, BusType::pv, 1, ""),
                  samples::bus_row(3, BusType::pv, 1, ""), samples::bus_row(4, BusType::pq, 1, "")};
    grid.buses[3].qd_mvar = load_mvar;
    grid.branches = {samples::branch_row(1, 4, 0.0, x_slack, 0.0, 0.0), samples::branch_row(2, 4, 0.0, x_2, 0.0, 0.0),
                     samples::branch_row(3, 4, 0.0, x_3, 0.0, 0.0)};
    grid.generators = {samples::generator_row(1, 0.0, -500.0, 500.0, 1.0), samples::generator_row(2, 0.0, -50.0, 50.0, 1.0),
                       samples::generator_row(3, 0.0, -50.0, 100.0, 1.0)};
    for (int k : {1, 2}) grid.generators[k].regulated_bus = BusId{4};
    grid.generators[1].reactive_share = share_2;
    grid.generators[2].reactive_share = share_3;
    return grid;
}

// What arrives at bus 4 (V) of `q` fed in over x: the feeding end has V_k^2 - V_k V = q x.
double arriving(double q, double v, double x) {
    const double v_k = 0.5 * (v + std::sqrt(v * v + 4.0 * q * x));
    return (v_k * v - v * v) / x;
}

// The balance of bus 4 at voltage v, p.u.
double surplus(const PfResult& result, double load_mvar, double v) {
    return arriving(result.generators[1].q_mvar / 100.0, v, x_2) + arriving(result.generators[2].q_mvar / 100.0, v, x_3) +
           (v - v * v) / x_slack - load_mvar / 100.0;
}

void expect_laws(const Case& grid, PfResult result, bool q_limits = true) {
    result.envelope.options["q-limits"] = std::string(q_limits ? "on" : "off");
    const VerifyReport report = check_laws(grid, result);
    for (const LawCheck& check : report.checks)
        EXPECT_TRUE(check.passed()) << check.law << " at " << check.element << ": " << check.deviation << " " << check.unit;
}

TEST(RemoteRegulation, SharesAreGivenOrByRange) {
    for (const double load : {-60.0, 20.0, 80.0}) {
        const PfResult given = solve(star(load, 1.0, 3.0), limited);
        ASSERT_TRUE(is_solved(given.status));
        EXPECT_NEAR(given.buses[3].vm_pu, 1.0, 1e-9);
        EXPECT_NEAR(given.generators[2].q_mvar, 3.0 * given.generators[1].q_mvar, 1e-6);
        EXPECT_NEAR(surplus(given, load, 1.0), 0.0, 1e-8);
        EXPECT_EQ(given.reactive_limits.buses, 2);
        EXPECT_EQ(given.reactive_limits.held, 2);
        EXPECT_EQ(given.generators[1].regulated_bus, 4);
        expect_laws(star(load, 1.0, 3.0), given);
        const PfResult by_range = solve(star(load), limited);
        EXPECT_NEAR((by_range.generators[1].q_mvar + 50.0) / 100.0, (by_range.generators[2].q_mvar + 50.0) / 150.0, 1e-8);
        EXPECT_NEAR(surplus(by_range, load, 1.0), 0.0, 1e-8);
        expect_laws(star(load), by_range);
    }
}

TEST(RemoteRegulation, AUnitAtItsLimitLeavesTheRestToTheOthers) {
    Case grid = star(80.0, 1.0, 1.0);
    grid.generators[1].qmax_mvar = 10.0;
    const PfResult result = solve(grid, limited);
    EXPECT_EQ(result.generators[1].limit, "q_max");
    EXPECT_NEAR(result.generators[1].q_mvar, 10.0, 1e-9);
    EXPECT_EQ(result.generators[2].limit, "none");
    EXPECT_NEAR(result.buses[3].vm_pu, 1.0, 1e-9);
    EXPECT_NEAR(surplus(result, 80.0, 1.0), 0.0, 1e-8);
    expect_laws(grid, result);
    grid.generators[2].qmax_mvar = 20.0;  // now nobody is left
    const PfResult both = solve(grid, limited);
    EXPECT_EQ(both.generators[2].limit, "q_max");
    EXPECT_LT(both.buses[3].vm_pu, 1.0);
    EXPECT_NEAR(surplus(both, 80.0, both.buses[3].vm_pu), 0.0, 1e-8);
    EXPECT_EQ(both.reactive_limits.pinned_q_max, 1);
    EXPECT_EQ(both.reactive_limits.wrong_side, 0);
    expect_laws(grid, both);
    const PfResult off = solve(grid);
    EXPECT_NEAR(off.buses[3].vm_pu, 1.0, 1e-9);
    EXPECT_EQ(off.reactive_limits.beyond_limits, 1);
    expect_laws(grid, off, false);
}

// The clamp of each share is unique, so the answer cannot depend on where limits were met on the way.
TEST(RemoteRegulation, EveryLoadEndsAtTheClampedShares) {
    for (double load = -160.0; load <= 200.0; load += 12.0) {
        Case grid = star(load, 1.0, 2.0);
        grid.generators[1].qmin_mvar = -15.0;
        grid.generators[1].qmax_mvar = 25.0;
        grid.generators[2].qmin_mvar = -60.0;
        grid.generators[2].qmax_mvar = 40.0;
        const PfResult result = solve(grid, limited);
        ASSERT_TRUE(is_solved(result.status)) << load;
        const double q2 = result.generators[1].q_mvar;
        const double q3 = result.generators[2].q_mvar;
        double level = 0.5 * q3;  // of the unit that is free
        if (result.generators[2].limit != "none") level = q2;
        if (result.generators[1].limit == "none" || result.generators[2].limit == "none") {
            EXPECT_NEAR(q2, std::clamp(level, -15.0, 25.0), 1e-5) << load;
            EXPECT_NEAR(q3, std::clamp(2.0 * level, -60.0, 40.0), 1e-5) << load;
            EXPECT_NEAR(result.buses[3].vm_pu, 1.0, 1e-9) << load;
        } else {
            EXPECT_EQ(result.generators[1].limit, result.generators[2].limit) << load;
            EXPECT_EQ(result.buses[3].vm_pu < 1.0, result.generators[1].limit == "q_max") << load;
        }
        EXPECT_NEAR(surplus(result, load, result.buses[3].vm_pu), 0.0, 1e-8) << load;
        expect_laws(grid, result);
    }
}

// The reference itself may hold the far end of its line: V1 follows from Q = load and V2 = 1.
TEST(RemoteRegulation, AReferenceMayHoldAnotherBus) {
    Case grid;
    grid.buses = {samples::bus_row(1, BusType::slack, 1, ""), samples::bus_row(2, BusType::pq, 1, "")};
    grid.buses[1].qd_mvar = 60.0;
    grid.branches = {samples::branch_row(1, 2, 0.0, 0.1, 0.0, 0.0)};
    grid.generators = {samples::generator_row(1, 0.0, -500.0, 500.0, 1.0)};
    grid.generators[0].regulated_bus = BusId{2};
    const PfResult result = solve(grid, limited);
    ASSERT_TRUE(is_solved(result.status));
    EXPECT_NEAR(result.buses[1].vm_pu, 1.0, 1e-9);
    EXPECT_NEAR(result.buses[0].vm_pu, 1.06, 1e-8) << "(V1 V2 - V2^2)/x = 0.6";
    EXPECT_EQ(result.buses[0].type, "slack");
    expect_laws(grid, result);
}

// A unit that is out leaves the bus to the other; one that is cut off with its bus takes nothing along.
TEST(RemoteRegulation, OutagesLeaveTheBusToTheOthers) {
    const Case grid = star(40.0, 1.0, 3.0);
    const StudySetup setup = make_setup(grid, limited);
    Engine engine(setup.model, setup.engine);
    const Solution base = engine.solve(Scenario{});
    Scenario out;
    out.generators_out = {1};
    const Solution unit = engine.solve_from(out, base);
    ASSERT_TRUE(unit.solved());
    EXPECT_NEAR(unit.vm[3], 1.0, 1e-9);
    EXPECT_EQ(unit.gen_q[1], 0.0);
    EXPECT_NEAR(arriving(unit.gen_q[2], 1.0, x_3), 0.4, 1e-8);
    Scenario line;
    line.branches_out = {2};
    const Solution cut = engine.solve_from(line, base);
    ASSERT_TRUE(cut.solved());
    EXPECT_EQ(cut.live[2], 0);
    EXPECT_NEAR(cut.vm[3], 1.0, 1e-9);
    EXPECT_NEAR(arriving(cut.gen_q[1], 1.0, x_2), 0.4, 1e-8);
    Scenario both;
    both.generators_out = {1, 2};
    const Solution none = engine.solve_from(both, base);
    ASSERT_TRUE(none.solved());
    EXPECT_NEAR(none.vm[3], 0.5 * (1.0 + std::sqrt(1.0 - 4.0 * 0.4 * x_slack)), 1e-9);
    EXPECT_TRUE(none.regulations.empty());
    EXPECT_NEAR(engine.solve(Scenario{}).gen_q[1], base.gen_q[1], 1e-9) << "nothing is left of the outages";
}

TEST(RemoteRegulation, TheOrderOfRowsDoesNotMatter) {
    Case grid = star(80.0, 1.0, 2.0);
    grid.generators[2].qmax_mvar = 30.0;
    const PfResult before = solve(grid, limited);
    std::swap(grid.generators[1], grid.generators[2]);
    const PfResult after = solve(grid, limited);
    EXPECT_NEAR(before.generators[1].q_mvar, after.generators[2].q_mvar, 1e-7);
    EXPECT_NEAR(before.generators[2].q_mvar, after.generators[1].q_mvar, 1e-7);
    EXPECT_EQ(after.generators[1].limit, "q_max");
}

// Units of one bus with factors: each within its limits.
TEST(RemoteRegulation, UnitsOfOneBusShareByFactors) {
    Case grid = star(90.0);
    for (int k : {1, 2}) {
        grid.generators[k].regulated_bus = BusId{};
        grid.generators[k].bus = BusId{2};
    }
    grid.buses[2].type = BusType::pq;
    grid.generators[1].reactive_share = 2.0;
    grid.generators[2].reactive_share = 1.0;
    const PfResult free = solve(grid, limited);
    EXPECT_NEAR(free.generators[1].q_mvar, 2.0 * free.generators[2].q_mvar, 1e-6);
    expect_laws(grid, free);
    grid.generators[1].qmax_mvar = 0.5 * free.generators[1].q_mvar;
    const PfResult cut = solve(grid, limited);
    EXPECT_NEAR(cut.generators[1].q_mvar, grid.generators[1].qmax_mvar, 1e-6);
    EXPECT_NEAR(cut.generators[2].q_mvar, free.generators[1].q_mvar + free.generators[2].q_mvar - cut.generators[1].q_mvar, 1e-5);
    EXPECT_EQ(cut.buses[1].type, "pv");
    expect_laws(grid, cut);
}

TEST(RemoteRegulation, ChangedSharesAreCaught) {
    const PfResult result = solve(star(80.0, 1.0, 3.0), limited);
    const auto caught = [&](const Case& grid, const std::string& law) {
        for (const LawCheck& check : check_laws(grid, result).checks)
            if (check.law == law) return !check.passed();
        return false;
    };
    EXPECT_TRUE(caught(star(80.0, 1.0, 2.9), "reactive_share"));
    Case other = star(80.0, 1.0, 3.0);
    for (int k : {1, 2}) other.generators[k].vg_pu = 1.001;
    EXPECT_TRUE(caught(other, "remote_regulation"));
}

TEST(RemoteRegulation, WhatContradictsItselfIsOneLocatedError) {
    const auto codes = [](const Case& grid) {
        std::string out;
        for (const Finding& finding : check_case(grid))
            if (finding.severity == Severity::error) out += finding.code + " " + finding.element + ";";
        return out;
    };
    EXPECT_EQ(codes(star(10.0)), "");
    Case set_points = star(10.0);
    set_points.generators[2].vg_pu = 1.01;
    EXPECT_EQ(codes(set_points), "AZ1317 generator 3;");
    EXPECT_EQ(codes(star(10.0, 1.0, 0.0)), "AZ1319 generator 3;");
    Case other_buses = star(10.0);
    other_buses.generators[2].bus = BusId{2};
    other_buses.generators[2].regulated_bus = BusId{3};
    EXPECT_EQ(codes(other_buses), "AZ1318 generator 3;");
    Case island = star(10.0);
    island.buses.push_back(samples::bus_row(5, BusType::slack, 1, ""));
    island.buses.push_back(samples::bus_row(6, BusType::pq, 1, ""));
    island.branches.push_back(samples::branch_row(5, 6, 0.0, 0.1, 0.0, 0.0));
    island.generators.push_back(samples::generator_row(5, 0.0, -50.0, 50.0, 1.0));
    island.generators[2].regulated_bus = BusId{6};
    EXPECT_EQ(codes(island), "AZ1316 generator 3;");
}

// Load buses beside units: those units hold them, at the voltage they have when every unit holds its own bus. A bus
// with several of them is held together.
Case with_groups(Case grid, bool stated) {
    const PfResult base = solve(grid);
    std::map<BusId, GeneratorRow*> only;  // the unit of a regulated bus that has one
    for (GeneratorRow& unit : grid.generators) {
        const auto row = std::find_if(grid.buses.begin(), grid.buses.end(), [&](const BusRow& bus) { return bus.bus == unit.bus; });
        const bool fits = unit.in_service && row->type == BusType::pv && !only.contains(unit.bus);
        only[unit.bus] = fits ? &unit : nullptr;
    }
    int groups = 0;
    for (std::size_t b = 0; b < grid.buses.size() && groups < 2; ++b) {
        if (grid.buses[b].type != BusType::pq || std::isnan(base.buses[b].vm_pu)) continue;
        int members = 0;
        for (const BranchRow& row : grid.branches) {
            if (!row.in_service || (row.from_bus != grid.buses[b].bus && row.to_bus != grid.buses[b].bus)) continue;
            GeneratorRow*& unit = only[row.from_bus == grid.buses[b].bus ? row.to_bus : row.from_bus];
            if (unit == nullptr) continue;
            unit->regulated_bus = grid.buses[b].bus;
            unit->vg_pu = base.buses[b].vm_pu;
            unit->reactive_share = stated ? 1.0 + members : 0.0;
            unit = nullptr;
            ++members;
        }
        groups += members > 0 ? 1 : 0;
    }
    return grid;
}

class RemoteRegulationOfGrids : public ::testing::TestWithParam<int> {
protected:
    [[nodiscard]] Case grid() const {
        GridRecipe recipe;
        recipe.seed = static_cast<std::uint64_t>(GetParam());
        recipe.buses = 16 + 4 * GetParam();
        return with_groups(make_grid(recipe), GetParam() % 2 == 0);
    }
};

TEST_P(RemoteRegulationOfGrids, TheVerifierAgrees) {
    const Case made = grid();
    ASSERT_TRUE(std::any_of(made.generators.begin(), made.generators.end(), [](const GeneratorRow& unit) { return number(unit.regulated_bus) != 0; }));
    for (const bool limits : {false, true}) {
        const PfResult result = solve(made, {.q_limits = limits});
        ASSERT_TRUE(is_solved(result.status)) << to_string(result.status);
        EXPECT_EQ(result.reactive_limits.wrong_side, 0);
        expect_laws(made, result, limits);
    }
}

TEST_P(RemoteRegulationOfGrids, NeitherNumbersNorTheBaseNorTheStartMatter) {
    const Case made = grid();
    const PfResult before = solve(made, limited);
    ASSERT_TRUE(is_solved(before.status));
    const PfResult base = solve(on_base(made, 250.0), limited);
    Solving flat = limited;
    flat.start = Start::flat;
    const PfResult from_flat = solve(made, flat);
    for (std::size_t b = 0; b < made.buses.size(); ++b)
        if (!std::isnan(before.buses[b].vm_pu)) {
            EXPECT_NEAR(base.buses[b].vm_pu, before.buses[b].vm_pu, 1e-7);
            EXPECT_NEAR(from_flat.buses[b].vm_pu, before.buses[b].vm_pu, 1e-7);
        }
    const StudySetup setup = make_setup(made, limited);
    Engine engine(setup.model, setup.engine);
    const Solution once = engine.solve(Scenario{});
    const Solution twice = engine.solve_from(Scenario{}, once);
    for (std::size_t b = 0; b < once.vm.size(); ++b) EXPECT_NEAR(once.vm[b], twice.vm[b], 1e-8);
}

// Sensitivities with the units answering, against solves beside the state.
TEST_P(RemoteRegulationOfGrids, LinearAnswersIncludeTheUnits) {
    const Case made = grid();
    const StudySetup setup = make_setup(made, limited);
    Engine engine(setup.model, setup.engine);
    const Solution base = engine.solve(Scenario{});
    ASSERT_TRUE(base.solved());
    const Network& net = *setup.model->network;
    for (int b = 0; b < net.n_bus; b += 6) {
        if (base.live[b] == 0) continue;
        constexpr double h = 1e-5;
        std::vector<std::vector<double>> columns(1, std::vector<double>(2 * static_cast<std::size_t>(net.n_bus), 0.0));
        columns[0][2 * static_cast<std::size_t>(b)] = 1.0;
        ASSERT_TRUE(engine.sensitivities(Scenario{}, base, columns));
        Scenario up, down;
        up.load_changes = {{b, -h, 0.0}};
        down.load_changes = {{b, h, 0.0}};
        const Solution more = engine.solve_from(up, base);
        const Solution less = engine.solve_from(down, base);
        for (int c = 0; c < net.n_bus; ++c) {
            if (base.live[c] == 0 || more.pin != base.pin || less.pin != base.pin) continue;
            EXPECT_NEAR((more.va[c] - less.va[c]) / (2.0 * h), columns[0][2 * static_cast<std::size_t>(c)], 1e-3);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RemoteRegulationOfGrids, ::testing::Range(2, 10));

}  // namespace
}  // namespace araz::testing

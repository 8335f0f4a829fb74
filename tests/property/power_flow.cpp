// What any AC power flow must obey, whatever the grid.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <map>
#include <numbers>

#include "araz/io/result_io.hpp"
#include "support/complementarity.hpp"
#include "support/grids.hpp"
#include "support/study.hpp"

namespace araz::testing {
namespace {

class PowerFlow : public ::testing::TestWithParam<int> {
protected:
    [[nodiscard]] Case grid() const {
        GridRecipe recipe;
        recipe.seed = static_cast<std::uint64_t>(GetParam());
        recipe.buses = 8 + 7 * GetParam();
        return make_grid(recipe);
    }
};

using Complex = std::complex<double>;

Complex phasor(const BusResult& bus) {
    return std::polar(bus.vm_pu, bus.va_deg * std::numbers::pi / 180.0);
}

// Both sides of every equation from the file's own rows: phasors, ideal transformer, pi circuit, Kirchhoff.
TEST_P(PowerFlow, PowerBalancesAtEveryBus) {
    const Case made = grid();
    const PfResult result = solve(made);
    ASSERT_EQ(result.status, SolveStatus::converged);

    std::map<std::int64_t, Complex> left;  // MVA: what enters the bus minus what leaves it
    std::map<std::int64_t, Complex> voltage;
    for (std::size_t k = 0; k < made.buses.size(); ++k) {
        const BusRow& row = made.buses[k];
        const Complex v = phasor(result.buses[k]);
        voltage[number(row.bus)] = v;
        left[number(row.bus)] = -Complex(row.pd_mw, row.qd_mvar) - std::norm(v) * Complex(row.gs_mw, -row.bs_mvar);
    }
    for (const GeneratorResult& unit : result.generators) left[unit.bus] += Complex(unit.p_mw, unit.q_mvar);
    for (const BranchRow& row : made.branches) {
        if (!row.in_service) continue;
        const Complex turns = std::polar(row.ratio == 0.0 ? 1.0 : row.ratio, row.shift_deg * std::numbers::pi / 180.0);
        const Complex behind = voltage[number(row.from_bus)] / turns;  // after the ideal transformer
        const Complex to = voltage[number(row.to_bus)];
        const Complex series = (behind - to) / Complex(row.r_pu, row.x_pu);
        const Complex half(0.0, 0.5 * row.b_pu);
        left[number(row.from_bus)] -= made.base_mva * behind * std::conj(series + half * behind);
        left[number(row.to_bus)] -= made.base_mva * to * std::conj(half * to - series);
    }
    // 1e-10 p.u. of mismatch is 1e-8 MVA; the rest is rounding of some hundred MVA.
    for (const auto& [bus, power] : left) EXPECT_LT(std::abs(power), 2e-8) << "bus " << bus;
}

TEST_P(PowerFlow, UnitsOutOfServiceGiveNothingAndRegulatedBusesHoldTheirSetPoint) {
    const Case made = grid();
    const PfResult result = solve(made);
    for (std::size_t k = 0; k < made.generators.size(); ++k) {
        if (made.generators[k].in_service) continue;
        EXPECT_EQ(result.generators[k].p_mw, 0.0);
        EXPECT_EQ(result.generators[k].q_mvar, 0.0);
    }
    int held = 0;
    for (std::size_t k = 0; k < made.buses.size(); ++k) {
        if (made.buses[k].type == BusType::pq) continue;
        for (const GeneratorRow& unit : made.generators) {
            if (unit.bus != made.buses[k].bus || !unit.in_service) continue;
            EXPECT_EQ(result.buses[k].vm_pu, unit.vg_pu);
        }
        ++held;
    }
    EXPECT_GE(held, 3);
}

/// Voltages and flows that carry no number, sorted: what renumbering must leave alone.
std::vector<double> sorted_voltages(const PfResult& result) {
    std::vector<double> out;
    for (const BusResult& bus : result.buses) out.push_back(bus.vm_pu);
    std::sort(out.begin(), out.end());
    return out;
}

std::vector<double> sorted_flows(const PfResult& result) {
    std::vector<double> out;
    for (const BranchResult& branch : result.branches) out.push_back(branch.p_from_mw);
    std::sort(out.begin(), out.end());
    return out;
}

void expect_near(const std::vector<double>& a, const std::vector<double>& b, double tolerance) {
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t k = 0; k < a.size(); ++k) EXPECT_NEAR(a[k], b[k], tolerance);
}

// The sums run in another order, so the answers differ by rounding and by what 1e-10 p.u. leaves open.
TEST_P(PowerFlow, RenumberingBusesAndReorderingRowsChangesNothing) {
    const Case made = grid();
    const PfResult before = solve(made);
    const PfResult after = solve(renumbered(made, 99));
    ASSERT_EQ(after.status, SolveStatus::converged);
    expect_near(sorted_voltages(before), sorted_voltages(after), 1e-9);
    expect_near(sorted_flows(before), sorted_flows(after), 1e-6);
    EXPECT_NEAR(before.totals.loss_mw, after.totals.loss_mw, 1e-6);
    EXPECT_NEAR(before.totals.generation_mvar, after.totals.generation_mvar, 1e-6);
}

TEST_P(PowerFlow, TheBasePowerChangesNothing) {
    const Case made = grid();
    const PfResult before = solve(made);
    const PfResult after = solve(on_base(made, 250.0));
    ASSERT_EQ(after.status, SolveStatus::converged);
    for (std::size_t k = 0; k < before.buses.size(); ++k) {
        EXPECT_NEAR(before.buses[k].vm_pu, after.buses[k].vm_pu, 1e-9);
        EXPECT_NEAR(before.buses[k].va_deg, after.buses[k].va_deg, 1e-7);
    }
    for (std::size_t k = 0; k < before.branches.size(); ++k) {
        EXPECT_NEAR(before.branches[k].p_from_mw, after.branches[k].p_from_mw, 1e-6);
        EXPECT_NEAR(before.branches[k].q_to_mvar, after.branches[k].q_to_mvar, 1e-6);
    }
    EXPECT_NEAR(before.totals.loss_mw, after.totals.loss_mw, 1e-6);
}

TEST_P(PowerFlow, TurningAllAnglesTurnsTheSolution) {
    Case made = grid();
    const PfResult before = solve(made);
    for (BusRow& bus : made.buses) bus.va_deg += 30.0;
    const PfResult after = solve(made);
    for (std::size_t k = 0; k < before.buses.size(); ++k)
        EXPECT_NEAR(before.buses[k].va_deg + 30.0, after.buses[k].va_deg, 1e-7);
    EXPECT_NEAR(before.totals.loss_mw, after.totals.loss_mw, 1e-6);
}

void expect_same_state(const Solution& a, const Solution& b) {
    EXPECT_EQ(a.vm, b.vm);
    EXPECT_EQ(a.va, b.va);
    EXPECT_EQ(a.gen_p, b.gen_p);
    EXPECT_EQ(a.gen_q, b.gen_q);
    EXPECT_EQ(a.iterations, b.iterations);
}

TEST_P(PowerFlow, AScenarioThatChangesNothingIsTheBaseBitForBit) {
    Solving solving;
    solving.q_limits = true;
    const StudySetup setup = make_setup(grid(), solving);
    const Network& net = *setup.model->network;
    Scenario nothing;
    for (int g = 0; g < net.n_gen; ++g) nothing.generator_p.push_back({g, net.pg[g]});
    for (int b = 0; b < net.n_bus; ++b) nothing.load_changes.push_back({b, 0.0, 0.0});
    Engine one(setup.model, setup.engine);
    Engine other(setup.model, setup.engine);
    const Solution base = one.solve({});
    ASSERT_TRUE(base.solved());
    expect_same_state(base, other.solve(nothing));
}

TEST_P(PowerFlow, ASolveDoesNotDependOnWhatTheEngineSolvedBefore) {
    Solving solving;
    solving.q_limits = true;
    const StudySetup setup = make_setup(grid(), solving);
    Engine fresh(setup.model, setup.engine);
    Engine used(setup.model, setup.engine);
    const Solution base = fresh.solve({});
    fresh.prime(base);
    used.prime(base);
    for (int l = 0; l < setup.model->network->n_branch; ++l) (void)used.solve_from({"", {l}, {}, {}, {}, {}}, base);
    Engine once(setup.model, setup.engine);
    once.prime(base);
    const int last = setup.model->network->n_branch / 2;
    expect_same_state(once.solve_from({"", {last}, {}, {}, {}, {}}, base), used.solve_from({"", {last}, {}, {}, {}, {}}, base));
    expect_same_state(base, used.solve({}));
}

INSTANTIATE_TEST_SUITE_P(Grids, PowerFlow, ::testing::Range(1, 8));

// --- N-1 -------------------------------------------------------------------------------------------------

TEST(ContingencyAnalysis, IsTheSameBytesForAnyNumberOfThreads) {
    GridRecipe recipe;
    recipe.buses = 50;
    Solving solving;
    solving.q_limits = true;
    std::string first;
    for (const int threads : {1, 2, 4}) {
        solving.threads = threads;
        const StudySetup setup = make_setup(make_grid(recipe), solving);
        const std::string bytes = to_json(run_n1(setup, single_outages(setup)));
        if (first.empty()) first = bytes;
        EXPECT_EQ(bytes, first) << threads << " threads";
    }
    EXPECT_GT(first.size(), 10'000);
}

// An outage in N-1 is what a fresh power flow of the case without that branch says.
TEST(ContingencyAnalysis, AgreesWithSolvingTheCaseWithoutTheBranch) {
    const Case made = make_grid({});
    const StudySetup setup = make_setup(made);
    const N1Result result = run_n1(setup, single_outages(setup));
    int compared = 0;
    for (const ContingencyResult& outage : result.contingencies) {
        if (outage.status != SolveStatus::converged) continue;
        Case without = made;
        without.branches.at(static_cast<std::size_t>(std::stoi(outage.contingency)) - 1).in_service = false;
        const PfResult fresh = solve(without);
        ASSERT_EQ(fresh.status, SolveStatus::converged) << outage.contingency;
        EXPECT_NEAR(outage.loss_mw, fresh.totals.loss_mw, 1e-6) << outage.contingency;
        double lowest = 2.0;
        for (const BusResult& bus : fresh.buses) lowest = std::min(lowest, bus.vm_pu);
        EXPECT_NEAR(outage.min_vm_pu, lowest, 1e-9) << outage.contingency;
        ++compared;
    }
    EXPECT_GT(compared, 20);
}

TEST(ContingencyAnalysis, ASplittingOutageLosesExactlyWhatHungOnTheBranch) {
    const Case made = make_grid({});
    const StudySetup setup = make_setup(made);
    const N1Result result = run_n1(setup, single_outages(setup));
    int splitting = 0;
    for (const ContingencyResult& outage : result.contingencies) {
        if (outage.status != SolveStatus::islanded) continue;
        ++splitting;
        const BranchRow& spur = made.branches.at(static_cast<std::size_t>(std::stoi(outage.contingency)) - 1);
        const auto hung = std::find_if(made.buses.begin(), made.buses.end(),
                                       [&](const BusRow& bus) { return bus.bus == spur.to_bus; });
        EXPECT_EQ(outage.lost_buses, 1);
        EXPECT_DOUBLE_EQ(outage.lost_load_mw, hung->pd_mw);
        EXPECT_EQ(outage.lost_generation_mw, 0.0);
    }
    EXPECT_EQ(splitting, 3);
    EXPECT_EQ(result.summary.islanding, 3);
}

// --- reactive limits -------------------------------------------------------------------------------------

class TightLimits : public ::testing::TestWithParam<int> {};

TEST_P(TightLimits, EveryRegulatedBusIsAtItsSetPointOrOnTheRightSideOfALimit) {
    GridRecipe recipe;
    recipe.seed = static_cast<std::uint64_t>(GetParam());
    recipe.buses = 30;
    recipe.reactive_room = 0.3 + 0.02 * GetParam();
    Solving solving;
    solving.q_limits = true;
    const StudySetup setup = make_setup(make_grid(recipe), solving);
    Engine engine(setup.model, setup.engine);
    const Solution solution = engine.solve({});
    ASSERT_TRUE(solution.solved()) << to_string(solution.status);
    const PinCount count = expect_complementarity(*setup.model, solution, solving.tolerance);
    EXPECT_GT(count.pinned, 0) << "the limits of this grid are meant to bind";
}

INSTANTIATE_TEST_SUITE_P(Grids, TightLimits, ::testing::Range(1, 16));

TEST(ReactiveLimits, WideLimitsChangeNothing) {
    GridRecipe recipe;
    recipe.reactive_room = 100.0;
    const Case made = make_grid(recipe);
    Solving with;
    with.q_limits = true;
    const PfResult limited = solve(made, with);
    const PfResult free = solve(made);
    EXPECT_EQ(sorted_voltages(limited), sorted_voltages(free));
    EXPECT_EQ(sorted_flows(limited), sorted_flows(free));
}

}  // namespace
}  // namespace araz::testing

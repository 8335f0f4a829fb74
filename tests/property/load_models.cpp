// Voltage-dependent loads: closed forms on two buses, the Jacobian by differences, consistent totals.
#include <gtest/gtest.h>

#include <cmath>

#include "araz/verify/verify.hpp"
#include "support/grids.hpp"
#include "support/study.hpp"

namespace araz::testing {
namespace {

PfResult solve_with(const Case& grid, const std::string& model, const Solving& solving = {}) {
    BuildOptions build;
    build.load_model = *LoadModelChoice::parse(model);
    StudySetup setup = make_setup(grid, solving);
    setup.model = ElectricalModel::build(*Network::build(std::make_shared<const Case>(grid), build));
    PfResult result = run_power_flow(setup);
    result.envelope.options["load-model"] = model;
    result.envelope.options["q-limits"] = std::string("off");
    return result;
}

// 1 p.u. behind x = 0.2 p.u. and a load of `p`, `q` p.u. at 1 p.u.
Case feeder(double p, double q) {
    Case grid = two_areas(1, 0.2, 0.0);
    grid.buses[0].pd_mw = 0.0;
    grid.generators[0].pg_mw = 0.0;
    grid.buses[1].type = BusType::pq;
    grid.buses[1].pd_mw = 100.0 * p;
    grid.buses[1].qd_mvar = 100.0 * q;
    grid.generators.pop_back();
    return grid;
}

TEST(LoadModels, ConstantImpedanceIsADivider) {
    // V = 1 / |1 + jx y| with the admittance y = p - jq.
    const double p = 0.8;
    const double q = 0.3;
    const PfResult result = solve_with(feeder(p, q), "zip:1,0,0");
    ASSERT_EQ(result.status, SolveStatus::converged);
    const double v = 1.0 / std::hypot(1.0 + 0.2 * q, 0.2 * p);
    EXPECT_NEAR(result.buses[1].vm_pu, v, 1e-10);
    EXPECT_NEAR(result.buses[1].p_load_mw, 100.0 * p * v * v, 1e-7);
    EXPECT_NEAR(result.totals.load_mvar, 100.0 * q * v * v, 1e-7);
    EXPECT_NEAR(result.totals.generation_mw, result.totals.load_mw, 1e-6);  // lossless
}

TEST(LoadModels, ConstantCurrentAtUnityPowerFactor) {
    // The current p is in phase with V: V^2 + (x p)^2 = 1.
    const double p = 0.9;
    const PfResult result = solve_with(feeder(p, 0.0), "zip:0,1,0");
    const double v = std::sqrt(1.0 - 0.04 * p * p);
    EXPECT_NEAR(result.buses[1].vm_pu, v, 1e-10);
    EXPECT_NEAR(result.buses[1].p_load_mw, 100.0 * p * v, 1e-7);
}

TEST(LoadModels, AnExponentOfTwoOrOneIsImpedanceOrCurrent) {
    const Case grid = feeder(0.7, 0.25);
    for (const auto& [zip, exponent] : {std::pair{"zip:1,0,0", "exp:2"}, {"zip:0,1,0", "exp:1"}, {"pq", "exp:0"}, {"zip:1,0,0,0,1,0", "exp:2,1"}}) {
        const PfResult a = solve_with(grid, zip);
        const PfResult b = solve_with(grid, exponent);
        ASSERT_EQ(b.status, SolveStatus::converged) << exponent;
        EXPECT_NEAR(a.buses[1].vm_pu, b.buses[1].vm_pu, 1e-10) << exponent;
    }
}

TEST(LoadModels, WordsThatMeanNothingAreRefused) {
    for (const char* text : {"zip", "zip:1,1,0", "zip:0.5,0.5", "exp:", "exp:a", "impedance", "zip:nan,0,1"})
        EXPECT_FALSE(LoadModelChoice::parse(text)) << text;
}

class LoadModelsOnGrids : public ::testing::TestWithParam<int> {
protected:
    [[nodiscard]] Case grid() const {
        GridRecipe recipe;
        recipe.seed = static_cast<std::uint64_t>(GetParam());
        recipe.buses = 15 + 5 * GetParam();
        return make_grid(recipe);
    }
};

TEST_P(LoadModelsOnGrids, TheVerifierAgrees) {
    for (const char* model : {"zip:0.3,0.3,0.4", "zip:0.5,0.2,0.3,0.1,0.7,0.2", "exp:1.3,2.5"}) {
        const Case made = grid();
        const PfResult result = solve_with(made, model);
        ASSERT_EQ(result.status, SolveStatus::converged) << model;
        const VerifyReport report = check_laws(made, result);
        EXPECT_TRUE(report.passed()) << model << "\n" << render(report.findings);
        PfResult wrong = result;
        wrong.envelope.options["load-model"] = std::string("pq");
        EXPECT_FALSE(check_laws(made, wrong).passed());
    }
}

TEST_P(LoadModelsOnGrids, SharedSlackGoesWithThem) {
    const Case made = grid();
    BuildOptions build;
    build.load_model = *LoadModelChoice::parse("zip:0.3,0.3,0.4");
    StudySetup setup = make_setup(made);
    setup.model = ElectricalModel::build(*Network::build(std::make_shared<const Case>(made), build));
    setup.engine.slack.mode = SlackMode::distributed;
    PfResult result = run_power_flow(setup);
    ASSERT_EQ(result.status, SolveStatus::converged);
    result.envelope.options["load-model"] = std::string("zip:0.3,0.3,0.4");
    result.envelope.options["slack"] = std::string("distributed");
    result.envelope.options["q-limits"] = std::string("off");
    const VerifyReport report = check_laws(made, result);
    EXPECT_TRUE(report.passed()) << render(report.findings);
}

// Every column of J by central differences, loads and all.
TEST_P(LoadModelsOnGrids, TheJacobianMatchesDifferences) {
    BuildOptions build;
    build.load_model = *LoadModelChoice::parse("zip:0.2,0.3,0.5");
    build.load_model.mix.p_e = build.load_model.mix.q_e = 0.3;
    build.load_model.mix.p_exponent = 1.4;
    build.load_model.mix.q_exponent = 3.1;
    const auto model = ElectricalModel::build(*Network::build(std::make_shared<const Case>(grid()), build));
    const int n = model->pattern.n_bus;
    solver::PowerEquations equations(model->pattern);
    std::vector<double> p(n, 0.1), q(n, 0.2);
    solver::PowerFlowProblem problem;
    problem.pattern = &model->pattern;
    problem.ybus = &model->ybus;
    problem.kind = model->kind;
    problem.p = p;
    problem.q = q;
    problem.load = &model->load;
    solver::VoltageState state{std::vector<double>(n), std::vector<double>(n)};
    Dice dice(7);
    for (int i = 0; i < n; ++i) {
        state.vm[i] = dice.uniform(0.9, 1.1);
        state.va[i] = dice.uniform(-0.3, 0.3);
    }
    std::vector<double> values(equations.column().size());
    equations.injections(problem, state);
    equations.jacobian(problem, state, values);
    const double h = 1e-6;
    std::vector<double> up(2 * n), down(2 * n);
    for (int unknown = 0; unknown < 2 * n; ++unknown) {
        const auto at = [&](double step, std::vector<double>& out) {
            solver::VoltageState moved = state;
            if (unknown % 2 == 0) moved.va[unknown / 2] += step;
            else moved.vm[unknown / 2] *= std::exp(step);
            equations.injections(problem, moved);
            equations.mismatch(problem, moved, out);
        };
        at(h, up);
        at(-h, down);
        for (int row = 0; row < 2 * n; ++row) {
            const bool identity = row % 2 == 0 ? !has_p_equation(model->kind[row / 2]) : !has_q_equation(model->kind[row / 2]);
            if (identity) continue;
            double analytic = 0.0;
            for (int k = equations.row_start()[row]; k < equations.row_start()[row + 1]; ++k)
                if (equations.column()[k] == unknown) analytic = values[k];
            const double numeric = -(up[row] - down[row]) / (2.0 * h);
            // Second differences of entries of some hundred p.u.: 1e-12 * 1e2, and rounding 1e-16 * 1e2 / h.
            EXPECT_NEAR(analytic, numeric, 1e-7 * (1.0 + std::abs(analytic)));
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, LoadModelsOnGrids, ::testing::Range(1, 4));

}  // namespace
}  // namespace araz::testing

// Factors of Jacobians by blocks: right where they say ok, and silent where they would be wrong, so that KLU takes over.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "araz/solver/jacobian_lu.hpp"
#include "araz/solver/newton.hpp"
#include "support/grids.hpp"
#include "support/reference.hpp"
#include "support/study.hpp"

namespace araz::testing {
namespace {

using solver::BlockLu;
using solver::BusKind;
using solver::JacobianLu;
using solver::LuHealth;
using solver::SparseLu;

/// A Jacobian with its graph and a right-hand side.
struct Jacobian {
    ModelPtr model;
    std::vector<BusKind> kind;
    std::vector<double> p, q;
    solver::VoltageState state;
    std::unique_ptr<solver::PowerEquations> equations;
    std::vector<double> values, rhs;

    /// At voltages near 1 p.u.; every fourth bus holds its voltage, the first is the reference.
    Jacobian(ModelPtr of, std::uint64_t seed) : model(std::move(of)) {
        Dice dice(seed);
        for (int b = 0; b < model->network->n_bus; ++b) {
            kind.push_back(b == 0 ? BusKind::slack : b % 4 == 1 ? BusKind::pv : b % 11 == 10 ? BusKind::dead : BusKind::pq);
            state.vm.push_back(dice.uniform(0.9, 1.1));
            state.va.push_back(dice.uniform(-0.4, 0.4));
        }
        evaluate();
        for (int i = 0; i < size(); ++i) rhs.push_back(dice.uniform(-1.0, 1.0));
    }

    [[nodiscard]] int size() const { return equations->size(); }
    [[nodiscard]] const solver::AdmittancePattern& pattern() const { return model->pattern; }
    [[nodiscard]] solver::PowerFlowProblem problem() const {
        solver::PowerFlowProblem problem;
        problem.pattern = &model->pattern;
        problem.ybus = &model->ybus;
        problem.kind = kind;
        problem.p = p;
        problem.q = q;
        problem.links = model->links_or_null();
        return problem;
    }
    void evaluate() {
        p.resize(kind.size());
        q.resize(kind.size());
        equations = std::make_unique<solver::PowerEquations>(model->pattern);
        equations->injections(problem(), state);
        values.resize(equations->column().size());
        equations->jacobian(problem(), state, values);
    }
    /// The entry of a row (0 upper, 1 lower) and column (0, 1) of a slot of the graph.
    [[nodiscard]] double& at(int node, int slot, int row, int column) {
        const int begin = pattern().row_start[node];
        const int length = pattern().row_start[node + 1] - begin;
        return values[4 * begin + 2 * row * length + 2 * (slot - begin) + column];
    }
    [[nodiscard]] BlockLu blocks() const {
        BlockLu lu;
        lu.analyze(pattern().n_bus, pattern().row_start, pattern().column);
        return lu;
    }
    [[nodiscard]] SparseLu klu() const {
        SparseLu lu;
        lu.analyze(size(), equations->row_start(), equations->column());
        return lu;
    }
    /// |A x - b| over |A| |x| + |b|, largest entries.
    [[nodiscard]] double backward_error(const std::vector<double>& x) const {
        double rest = 0.0, scale = 0.0;
        for (int i = 0; i < size(); ++i) {
            double sum = -rhs[i], sizes = std::abs(rhs[i]);
            for (int k = equations->row_start()[i]; k < equations->row_start()[i + 1]; ++k) {
                sum += values[k] * x[equations->column()[k]];
                sizes += std::abs(values[k] * x[equations->column()[k]]);
            }
            rest = std::max(rest, std::abs(sum));
            scale = std::max(scale, sizes);
        }
        return rest / scale;
    }
};

template <class Lu>
std::vector<double> solved(Lu& lu, std::vector<double> b) {
    lu.solve(b);
    return b;
}

double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
    double largest = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
    return largest;
}

double largest_size(const std::vector<double>& a) { return largest_difference(a, std::vector<double>(a.size(), 0.0)); }

// Gauss with row pivoting on the full matrix.
std::vector<double> dense_solution(const Jacobian& j) {
    const auto n = static_cast<std::size_t>(j.size());
    std::vector<std::vector<double>> a(n, std::vector<double>(n + 1, 0.0));
    for (std::size_t i = 0; i < n; ++i) {
        for (int k = j.equations->row_start()[i]; k < j.equations->row_start()[i + 1]; ++k) a[i][j.equations->column()[k]] = j.values[k];
        a[i][n] = j.rhs[i];
    }
    for (std::size_t k = 0; k < n; ++k) {
        std::size_t best = k;
        for (std::size_t i = k + 1; i < n; ++i)
            if (std::abs(a[i][k]) > std::abs(a[best][k])) best = i;
        std::swap(a[k], a[best]);
        for (std::size_t i = k + 1; i < n; ++i) {
            const double factor = a[i][k] / a[k][k];
            for (std::size_t c = k; c <= n; ++c) a[i][c] -= factor * a[k][c];
        }
    }
    std::vector<double> x(n);
    for (std::size_t k = n; k-- > 0;) {
        x[k] = a[k][n];
        for (std::size_t c = k + 1; c < n; ++c) x[k] -= a[k][c] * x[c];
        x[k] /= a[k][k];
    }
    return x;
}

// A bus, not the first, with one neighbour.
int find_leaf(const solver::AdmittancePattern& graph) {
    for (int b = graph.n_bus - 1; b > 0; --b)
        if (graph.row_start[b + 1] - graph.row_start[b] == 2) return b;
    throw std::runtime_error("no leaf");
}

class BlockFactors : public ::testing::TestWithParam<int> {
protected:
    [[nodiscard]] static Jacobian jacobian(std::uint64_t seed = 0) {
        GridRecipe recipe;
        recipe.seed = static_cast<std::uint64_t>(GetParam());
        recipe.buses = 10 + 13 * GetParam();
        return {make_setup(make_grid(recipe)).model, recipe.seed + 50 + seed};
    }
};

// Condition up to 1e5 and errors of the order of 1e-16 times it.
TEST_P(BlockFactors, SolveLikeADenseEliminationWithPivoting) {
    const Jacobian j = jacobian();
    BlockLu lu = j.blocks();
    const LuHealth health = lu.factor(j.values);
    ASSERT_TRUE(health.ok);
    EXPECT_GT(health.rcond, 1e-6);
    EXPECT_GE(health.weakest_unknown, 0);
    EXPECT_LT(health.weakest_unknown, j.size());
    const std::vector<double> x = solved(lu, j.rhs);
    EXPECT_LE(largest_difference(x, dense_solution(j)), 1e-10 * largest_size(x));
    EXPECT_LE(j.backward_error(x), 1e-14);
}

TEST_P(BlockFactors, DoNotDependOnTheNumbersOfTheBuses) {
    const Jacobian j = jacobian();
    const solver::AdmittancePattern& graph = j.pattern();
    const int n = graph.n_bus;
    Dice dice(7);
    const std::vector<int> old_of = dice.shuffled(n);
    std::vector<int> new_of(static_cast<std::size_t>(n)), row_start{0}, column;
    for (int i = 0; i < n; ++i) new_of[old_of[i]] = i;
    std::vector<double> values, rhs;
    for (const int b : old_of) {
        for (int half = 0; half < 2; ++half) {
            const int begin = j.equations->row_start()[2 * b + half];
            values.insert(values.end(), &j.values[begin], &j.values[begin] + (j.equations->row_start()[2 * b + half + 1] - begin));
            rhs.push_back(j.rhs[2 * b + half]);
        }
        for (int k = graph.row_start[b]; k < graph.row_start[b + 1]; ++k) column.push_back(new_of[graph.column[k]]);
        row_start.push_back(static_cast<int>(column.size()));
    }
    BlockLu given = j.blocks(), renumbered;
    renumbered.analyze(n, row_start, column);
    ASSERT_TRUE(given.factor(j.values).ok);
    ASSERT_TRUE(renumbered.factor(values).ok);
    const std::vector<double> x = solved(given, j.rhs);
    const std::vector<double> y = solved(renumbered, rhs);
    for (int i = 0; i < 2 * n; ++i) EXPECT_NEAR(y[i], x[2 * old_of[i / 2] + i % 2], 1e-11 * largest_size(x));
}

/// Matrices that elimination without pivoting must not answer for.
std::vector<std::pair<std::string, Jacobian>> unfit(const Jacobian& good) {
    std::vector<std::pair<std::string, Jacobian>> all;
    const auto add = [&](const std::string& name) -> Jacobian& {
        Jacobian copy(good.model, 1);
        copy.values = good.values;
        copy.rhs = good.rhs;
        return all.emplace_back(name, std::move(copy)).second;
    };
    all.reserve(8);
    const solver::AdmittancePattern& graph = good.pattern();
    const int node = graph.n_bus / 2;
    const int diagonal = graph.diagonal[node];
    Jacobian& row = add("a row of zeros");
    for (int k = graph.row_start[node]; k < graph.row_start[node + 1]; ++k) row.at(node, k, 1, 0) = row.at(node, k, 1, 1) = 0.0;
    Jacobian& alone = add("a zero block");
    for (int k = graph.row_start[node]; k < graph.row_start[node + 1]; ++k)
        for (int i = 0; i < 4; ++i) alone.at(node, k, i / 2, i % 2) = 0.0;
    Jacobian& parallel = add("two proportional rows");
    for (int k = graph.row_start[node]; k < graph.row_start[node + 1]; ++k)
        for (int c = 0; c < 2; ++c) parallel.at(node, k, 1, c) = 3.0 * parallel.at(node, k, 0, c);
    add("not a number").at(node, diagonal, 0, 1) = std::numeric_limits<double>::quiet_NaN();
    add("not a number beside the diagonal").at(node, graph.row_start[node], 1, 0) = std::numeric_limits<double>::quiet_NaN();
    add("infinite").at(node, diagonal, 1, 1) = std::numeric_limits<double>::infinity();
    Jacobian& afloat = add("no reference");
    afloat.kind.assign(afloat.kind.size(), BusKind::pv);
    std::fill(afloat.state.va.begin(), afloat.state.va.end(), 0.0);
    afloat.evaluate();
    return all;
}

TEST_P(BlockFactors, LeaveSingularAndNearlySingularMatricesToKlu) {
    const Jacobian good = jacobian();
    for (auto& [name, bad] : unfit(good)) {
        BlockLu lu = bad.blocks();
        EXPECT_FALSE(lu.factor(bad.values).ok) << name;
        SparseLu klu = bad.klu();
        const LuHealth expected = klu.factor(bad.values);
        JacobianLu either(bad.pattern(), *bad.equations);
        either.begin(false);
        const LuHealth health = either.factor(bad.values);
        EXPECT_EQ(health.ok, expected.ok) << name;
        EXPECT_EQ(health.weakest_unknown, expected.weakest_unknown) << name;
        if (expected.ok) {
            EXPECT_EQ(solved(either, bad.rhs), solved(klu, bad.rhs)) << name;
        }
    }
}

// As links have it: the node, a leaf and so among the first to go, has a zero diagonal block, but the matrix is regular.
TEST_P(BlockFactors, AZeroDiagonalBlockNeedsPivotingAndGetsItForThisSolveAlone) {
    Jacobian good = jacobian();
    std::fill(good.kind.begin() + 1, good.kind.end(), BusKind::pq);
    good.evaluate();
    std::vector<double> hollow = good.values;
    const int leaf = find_leaf(good.pattern());
    std::swap(hollow, good.values);
    for (int i = 0; i < 4; ++i) good.at(leaf, good.pattern().diagonal[leaf], i / 2, i % 2) = 0.0;
    std::swap(hollow, good.values);

    JacobianLu lu(good.pattern(), *good.equations);
    lu.begin(false);
    ASSERT_TRUE(lu.factor(good.values).ok);
    EXPECT_FALSE(lu.pivoted());
    const std::vector<double> before = solved(lu, good.rhs);

    SparseLu klu = good.klu();
    ASSERT_TRUE(klu.factor(hollow).ok);
    ASSERT_TRUE(lu.factor(hollow).ok);
    EXPECT_TRUE(lu.pivoted());
    EXPECT_EQ(solved(lu, good.rhs), solved(klu, good.rhs));
    ASSERT_TRUE(klu.refresh(good.values).ok);
    ASSERT_TRUE(lu.factor(good.values).ok);
    EXPECT_TRUE(lu.pivoted());
    EXPECT_EQ(solved(lu, good.rhs), solved(klu, good.rhs)) << "it keeps on with the pivots of this solve";

    lu.begin(false);
    ASSERT_TRUE(lu.factor(good.values).ok);
    EXPECT_FALSE(lu.pivoted());
    EXPECT_EQ(solved(lu, good.rhs), before);

    JacobianLu primed(good.pattern(), *good.equations);
    ASSERT_TRUE(primed.prime(hollow, false));
    primed.begin(false);
    ASSERT_TRUE(primed.factor(good.values).ok);
    EXPECT_TRUE(primed.pivoted()) << "what priming found holds";
    EXPECT_EQ(solved(primed, good.rhs), solved(klu, good.rhs));
}

TEST_P(BlockFactors, DependOnTheLatestValuesAlone) {
    const Jacobian a = jacobian(), b = jacobian(1);
    BlockLu used = a.blocks(), fresh = a.blocks();
    ASSERT_TRUE(used.factor(a.values).ok);
    for (auto& [name, bad] : unfit(a)) EXPECT_FALSE(used.factor(bad.values).ok) << name;
    const LuHealth health = used.factor(b.values), expected = fresh.factor(b.values);
    ASSERT_TRUE(health.ok);
    EXPECT_EQ(health.rcond, expected.rcond);
    EXPECT_EQ(health.weakest_unknown, expected.weakest_unknown);
    EXPECT_EQ(solved(used, b.rhs), solved(fresh, b.rhs));
    EXPECT_NE(solved(used, b.rhs), b.rhs);
}

TEST_P(BlockFactors, WithLinksPrimingFixesThePivots) {
    const Jacobian good = jacobian(), other = jacobian(1);
    JacobianLu used(good.pattern(), *good.equations), fresh(good.pattern(), *good.equations);
    for (JacobianLu* lu : {&used, &fresh}) ASSERT_TRUE(lu->prime(good.values, true));
    used.begin(true);
    ASSERT_TRUE(used.factor(other.values).ok);
    for (JacobianLu* lu : {&used, &fresh}) {
        lu->begin(true);
        ASSERT_TRUE(lu->factor(good.values).ok);
        EXPECT_TRUE(lu->pivoted());
    }
    EXPECT_EQ(solved(used, good.rhs), solved(fresh, good.rhs));
}

// At the last load factor that solves, found by bisection: the Jacobian is all but singular there.
TEST_P(BlockFactors, AtANoseTheResidualIsAsSmallAsThatOfKlu) {
    Jacobian j = jacobian();
    j.kind.assign(j.kind.size(), BusKind::pq);
    j.kind[0] = BusKind::slack;
    j.p.assign(j.p.size(), 0.0);
    j.q = j.p;
    Dice dice(11);
    std::vector<double> load;
    for (std::size_t b = 0; b < j.p.size(); ++b) load.push_back(dice.uniform(0.1, 0.3));
    solver::NewtonSolver newton(j.pattern());
    solver::NewtonOptions options;
    options.max_angle_step = 0.2;
    options.max_voltage_step = 0.1;
    double low = 0.0, high = 30.0;
    for (int round = 0; round < 40; ++round) {
        const double factor = 0.5 * (low + high);
        for (std::size_t b = 0; b < load.size(); ++b) {
            j.p[b] = -factor * load[b];
            j.q[b] = -0.3 * factor * load[b];
        }
        solver::VoltageState state{std::vector<double>(load.size(), 1.0), std::vector<double>(load.size(), 0.0)};
        const bool ok = newton.solve(j.problem(), state, options).status == SolveStatus::converged;
        (ok ? low : high) = factor;
        if (ok) j.state = state;
    }
    EXPECT_GT(low, 0.0);
    EXPECT_LT(high, 30.0);
    j.evaluate();
    JacobianLu lu(j.pattern(), *j.equations);
    lu.begin(false);
    ASSERT_TRUE(lu.factor(j.values).ok);
    EXPECT_FALSE(lu.pivoted());
    const std::vector<double> x = solved(lu, j.rhs);
    EXPECT_GT(largest_size(x), 50.0) << "near the nose";
    EXPECT_LE(j.backward_error(x), 1e-14);
}

INSTANTIATE_TEST_SUITE_P(Grids, BlockFactors, ::testing::Range(1, 7));

// A bus of a kind that has equations but nothing to hold it: KLU says so, and which.
TEST(JacobianFactors, ASingularJacobianIsReportedWithItsBus) {
    GridRecipe recipe;
    Jacobian j(make_setup(make_grid(recipe)).model, 3);
    const int n_bus = j.model->network->n_bus;
    const int alone = find_leaf(j.pattern());
    std::fill(j.kind.begin() + 1, j.kind.end(), BusKind::pq);
    std::vector<unsigned char> out(static_cast<std::size_t>(j.pattern().n_branch()), 0);
    std::vector<int> changed;
    for (int l = 0; l < j.pattern().n_branch(); ++l)
        if (j.pattern().from[l] == alone || j.pattern().to[l] == alone) {
            changed.push_back(l);
            out[l] = 1;
        }
    solver::AdmittanceElements elements = j.model->elements;
    elements.g_shunt[alone] = elements.b_shunt[alone] = 0.0;
    solver::AdmittanceValues values;
    solver::assemble(j.pattern(), elements, values);
    solver::patch_outages(j.pattern(), elements, changed, out, values);
    solver::PowerFlowProblem problem = j.problem();
    problem.ybus = &values;
    j.p[alone] = -0.1;
    problem.p = j.p;
    solver::NewtonSolver newton(j.pattern());
    solver::VoltageState state{std::vector<double>(static_cast<std::size_t>(n_bus), 1.0),
                               std::vector<double>(static_cast<std::size_t>(n_bus), 0.0)};
    const solver::NewtonReport report = newton.solve(problem, state, {});
    EXPECT_EQ(report.status, SolveStatus::singular);
    EXPECT_EQ(report.weakest_bus, alone);
    EXPECT_TRUE(newton.lu().pivoted());
}

class BlockFactorsOfCases : public ::testing::TestWithParam<std::string> {};

// At the solved base, against KLU; 1e-9 of the largest entry, condition up to 1e6.
TEST_P(BlockFactorsOfCases, AgreeWithKlu) {
    const auto grid = public_case(GetParam());
    if (!grid) return;
    const StudySetup setup = make_setup(*grid);
    Jacobian j(setup.model, 5);
    const Solution base = Engine(setup.model, setup.engine).solve({});
    j.kind = setup.model->kind;
    j.state = {base.vm, base.va};
    j.state.vm.resize(j.kind.size(), 0.0);
    j.state.va.resize(j.kind.size(), 0.0);
    j.evaluate();
    JacobianLu lu(j.pattern(), *j.equations);
    lu.begin(setup.model->n_link() > 0);
    SparseLu klu = j.klu();
    ASSERT_TRUE(lu.factor(j.values).ok);
    ASSERT_TRUE(klu.factor(j.values).ok);
    EXPECT_EQ(lu.pivoted(), setup.model->n_link() > 0);
    const std::vector<double> x = solved(lu, j.rhs);
    EXPECT_LE(largest_difference(x, solved(klu, j.rhs)), 1e-9 * largest_size(x));
    EXPECT_LE(j.backward_error(x), 1e-13);
}

std::vector<std::string> large_and_reference_cases() {
    std::vector<std::string> names = reference_cases();
    for (const char* name : {"case2869pegase", "case9241pegase", "case_ACTIVSg2000", "case_ACTIVSg10k"})
        if (std::find(names.begin(), names.end(), name) == names.end()) names.emplace_back(name);
    return names;
}

INSTANTIATE_TEST_SUITE_P(Public, BlockFactorsOfCases, ::testing::ValuesIn(large_and_reference_cases()), name_of_case);

}  // namespace
}  // namespace araz::testing

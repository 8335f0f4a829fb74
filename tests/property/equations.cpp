// The power-flow equations themselves: derivatives, admittances under outages, graph.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "araz/solver/graph.hpp"
#include "araz/solver/power_equations.hpp"
#include "support/grids.hpp"
#include "support/study.hpp"

namespace araz::testing {
namespace {

using solver::AdmittanceElements;
using solver::AdmittancePattern;
using solver::AdmittanceValues;
using solver::BusKind;

class Equations : public ::testing::TestWithParam<int> {
protected:
    [[nodiscard]] ModelPtr model() const {
        GridRecipe recipe;
        recipe.seed = static_cast<std::uint64_t>(GetParam());
        recipe.buses = 10 + 7 * GetParam();
        return make_setup(make_grid(recipe)).model;
    }
};

/// A problem at a point that solves nothing: every kind of bus, loads that depend on the voltage.
struct RandomPoint {
    std::vector<BusKind> kind;
    std::vector<double> p, q;
    solver::VoltageDependence load;
    solver::VoltageState state;
    solver::PowerFlowProblem problem;

    RandomPoint(const ElectricalModel& model, std::uint64_t seed) {
        Dice dice(seed);
        for (int b = 0; b < model.network->n_bus; ++b) {
            kind.push_back(static_cast<BusKind>(dice.below(4)));
            p.push_back(dice.uniform(-1.0, 1.0));
            q.push_back(dice.uniform(-1.0, 1.0));
            for (auto* part : {&load.p1, &load.p2, &load.q1, &load.q2}) part->push_back(dice.uniform(-0.5, 0.5));
            state.vm.push_back(dice.uniform(0.8, 1.2));
            state.va.push_back(dice.uniform(-1.5, 1.5));
        }
        problem.pattern = &model.pattern;
        problem.ybus = &model.ybus;
        problem.kind = kind;
        problem.p = p;
        problem.q = q;
        problem.load = &load;
    }
};

std::vector<double> mismatch_at(solver::PowerEquations& equations, const RandomPoint& point,
                                const solver::VoltageState& state) {
    std::vector<double> out(static_cast<std::size_t>(equations.size()));
    equations.injections(point.problem, state);
    (void)equations.mismatch(point.problem, state, out);
    return out;
}

// The mismatch is scheduled minus calculated, so its derivative is minus the Jacobian. Central differences
// with step h are wrong by h^2/6 of the third derivative plus eps/h of the value: with h = 1e-5 and entries
// up to 200 p.u. both stay below 1e-8. A wrong sign or factor is of the order of the entry itself.
TEST_P(Equations, JacobianIsTheDerivativeOfTheMismatch) {
    constexpr double h = 1e-5;
    const ModelPtr grid = model();
    const RandomPoint point(*grid, static_cast<std::uint64_t>(GetParam()) + 100);
    solver::PowerEquations equations(grid->pattern);
    equations.injections(point.problem, point.state);
    std::vector<double> values(equations.column().size());
    equations.jacobian(point.problem, point.state, values);

    const int size = equations.size();
    std::vector<std::vector<double>> jacobian(static_cast<std::size_t>(size),
                                              std::vector<double>(static_cast<std::size_t>(size)));
    for (int row = 0; row < size; ++row)
        for (int k = equations.row_start()[row]; k < equations.row_start()[row + 1]; ++k)
            jacobian[row][equations.column()[k]] = values[k];

    for (int unknown = 0; unknown < size; ++unknown) {
        const int bus = unknown / 2;
        solver::VoltageState ahead = point.state;
        solver::VoltageState behind = point.state;
        if (unknown % 2 == 0) {
            ahead.va[bus] += h;
            behind.va[bus] -= h;
        } else {
            ahead.vm[bus] *= std::exp(h);
            behind.vm[bus] *= std::exp(-h);
        }
        const std::vector<double> up = mismatch_at(equations, point, ahead);
        const std::vector<double> down = mismatch_at(equations, point, behind);
        for (int row = 0; row < size; ++row) {
            const BusKind kind = point.kind[row / 2];
            const bool applies = row % 2 == 0 ? kind == BusKind::pq || kind == BusKind::pv : kind == BusKind::pq;
            if (applies) {
                EXPECT_NEAR(jacobian[row][unknown], -(up[row] - down[row]) / (2.0 * h), 1e-6)
                    << "row " << row << ", unknown " << unknown;
            } else {
                EXPECT_EQ(jacobian[row][unknown], row == unknown ? 1.0 : 0.0) << "rows that do not apply are identity";
            }
        }
    }
}

// Every entry of a matrix built without the branch must be there bit for bit, every other entry be zero.
TEST_P(Equations, AnOutagePatchEqualsTheRebuiltMatrixBitForBit) {
    const ModelPtr grid = model();
    const AdmittancePattern& pattern = grid->pattern;
    for (int out = 0; out < pattern.n_branch(); ++out) {
        std::vector<unsigned char> mask(static_cast<std::size_t>(pattern.n_branch()), 0);
        mask[out] = 1;
        const std::vector<int> changed{out};
        AdmittanceValues patched = grid->ybus;
        solver::patch_outages(pattern, grid->elements, changed, mask, patched);

        std::vector<int> from = pattern.from;
        std::vector<int> to = pattern.to;
        AdmittanceElements elements = grid->elements;
        from.erase(from.begin() + out);
        to.erase(to.begin() + out);
        elements.branch.erase(elements.branch.begin() + out);
        const AdmittancePattern smaller = AdmittancePattern::build(pattern.n_bus, from, to);
        AdmittanceValues rebuilt;
        solver::assemble(smaller, elements, rebuilt);

        for (int i = 0; i < pattern.n_bus; ++i) {
            int k = smaller.row_start[i];
            for (int slot = pattern.row_start[i]; slot < pattern.row_start[i + 1]; ++slot) {
                const bool kept = k < smaller.row_start[i + 1] && smaller.column[k] == pattern.column[slot];
                EXPECT_EQ(patched.g[slot], kept ? rebuilt.g[k] : 0.0) << "outage " << out << ", row " << i;
                EXPECT_EQ(patched.b[slot], kept ? rebuilt.b[k] : 0.0) << "outage " << out << ", row " << i;
                if (kept) ++k;
            }
            EXPECT_EQ(k, smaller.row_start[i + 1]) << "every entry was met";
        }
    }
}

// The lowest bus index of each bus's component, by label spreading: no code shared with solver/graph.cpp.
std::vector<int> labels_without(const AdmittancePattern& pattern, int branch) {
    std::vector<int> label(static_cast<std::size_t>(pattern.n_bus));
    std::iota(label.begin(), label.end(), 0);
    for (bool changed = true; changed;) {
        changed = false;
        for (int l = 0; l < pattern.n_branch(); ++l) {
            if (l == branch || label[pattern.from[l]] == label[pattern.to[l]]) continue;
            const int low = std::min(label[pattern.from[l]], label[pattern.to[l]]);
            label[pattern.from[l]] = label[pattern.to[l]] = low;
            changed = true;
        }
    }
    return label;
}

TEST_P(Equations, BridgesAreTheBranchesWhoseOutageMakesMoreComponents) {
    const ModelPtr grid = model();
    const AdmittancePattern& pattern = grid->pattern;
    const auto count_components = [&](int without) {
        const std::vector<int> label = labels_without(pattern, without);
        int count = 0;
        for (int b = 0; b < pattern.n_bus; ++b) count += label[b] == b ? 1 : 0;
        return count;
    };
    const int intact = count_components(-1);
    int bridges = 0;
    for (int l = 0; l < pattern.n_branch(); ++l) {
        const bool splits = count_components(l) > intact;
        bridges += splits ? 1 : 0;
        EXPECT_EQ(grid->bridge[l] != 0, splits) << "branch " << l;
    }
    EXPECT_GE(bridges, 3) << "the spurs of the made grid are bridges";
    EXPECT_LT(bridges, pattern.n_branch());
}

TEST_P(Equations, TheSmallerSideOfABridgeIsOneOfTheTwoComponentsItLeaves) {
    const ModelPtr grid = model();
    const AdmittancePattern& pattern = grid->pattern;
    for (int l = 0; l < pattern.n_branch(); ++l) {
        if (grid->bridge[l] == 0) continue;
        const std::vector<int> label = labels_without(pattern, l);
        std::vector<int> sides[2];
        for (int b = 0; b < pattern.n_bus; ++b) {
            if (label[b] == label[pattern.from[l]]) sides[0].push_back(b);
            if (label[b] == label[pattern.to[l]]) sides[1].push_back(b);
        }
        EXPECT_EQ(solver::smaller_side(pattern, l), sides[1].size() < sides[0].size() ? sides[1] : sides[0]) << "branch " << l;
    }
}

INSTANTIATE_TEST_SUITE_P(Grids, Equations, ::testing::Range(1, 8));

}  // namespace
}  // namespace araz::testing

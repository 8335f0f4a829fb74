// Outages in lanes against the scalar engine: same status, same switching, voltages within 1e-9 p.u.; and the
// same bits whatever the packing, the order and the number of threads.
#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <limits>

#include "araz/study/n1.hpp"
#include "differential/sweeping.hpp"
#include "support/reference.hpp"

namespace araz::testing {
namespace {

class LaneSweepGrids : public ::testing::TestWithParam<std::tuple<int, bool>> {
protected:
    [[nodiscard]] Sweep sweep() const {
        GridRecipe recipe;
        recipe.seed = static_cast<std::uint64_t>(std::get<0>(GetParam()));
        recipe.buses = 12 + 8 * std::get<0>(GetParam());
        recipe.reactive_room = std::get<1>(GetParam()) ? 0.6 : 5.0;
        return {make_grid(recipe), std::get<1>(GetParam()), 1e-8};
    }
};

// What binds along the tangent, computed branch by branch in complex numbers.
double step_to_limit(const Network& net, const ElectricalModel& model, const LaneOutcome& at, int l, double limit) {
    using Complex = std::complex<double>;
    const int f = net.from[l];
    const int t = net.to[l];
    const solver::BranchAdmittance& y = model.elements.branch[l];
    const Complex vf = std::polar(at.vm(f), at.va(f)), vt = std::polar(at.vm(t), at.va(t));
    const Complex dvf = vf * Complex(at.dlnv(f), at.dva(f)), dvt = vt * Complex(at.dlnv(t), at.dva(t));
    const auto end = [&](Complex own, Complex other, Complex v, Complex w, Complex dv, Complex dw) {
        const Complex s = v * std::conj(own * v + other * w);
        const Complex ds = dv * std::conj(own * v + other * w) + v * std::conj(own * dv + other * dw);
        const double a = std::norm(ds);
        const double b = 2.0 * (s.real() * ds.real() + s.imag() * ds.imag());
        const double c = std::norm(s) - limit * limit;
        return c >= 0.0 ? 0.0 : (std::sqrt(b * b - 4.0 * a * c) - b) / (2.0 * a);
    };
    return std::min(end({y.gff, y.bff}, {y.gft, y.bft}, vf, vt, dvf, dvt), end({y.gtt, y.btt}, {y.gtf, y.btf}, vt, vf, dvt, dvf));
}

TEST_P(LaneSweepGrids, TheNearestToALimitAreAmongTheListed) {
    const Sweep at = sweep();
    const Network& net = *at.setup.model->network;
    LaneLimits limits;
    limits.nearest = true;
    for (int l = 0; l < net.n_branch; ++l) limits.branch.push_back(3.0 + 0.25 * (l % 5));
    limits.vm_low.assign(static_cast<std::size_t>(net.n_bus), 0.8);
    limits.vm_high.assign(static_cast<std::size_t>(net.n_bus), 1.2);
    std::vector<double> direction;
    for (int b = 0; b < net.n_bus; ++b) direction.insert(direction.end(), {std::sin(1.0 + b), 0.3 * std::cos(2.0 * b)});
    for (const Kernels& kernels : all_kernels()) {
        SCOPED_TRACE(kernels.name());
        LaneSweep lanes(at.lanes, kernels.isa, limits, kernels.precision);
        lanes.add_direction(direction);
        const std::vector<int> order = at.all();
        std::size_t next = 0;
        int seen = 0;
        lanes.run([&] { return next < order.size() ? order[next++] : -1; }, [&](int item) { return at.outages[item]; },
                  [&](const LaneOutcome& outcome) {
                      if (!outcome.solved || !outcome.has_tangent) return;
                      ++seen;
                      const auto& out = at.outages[outcome.item].branches_out;
                      int first = -1, highest = -1;
                      double smallest = std::numeric_limits<double>::infinity(), largest = 0.0;
                      for (int l = 0; l < net.n_branch; ++l) {
                          if (std::find(out.begin(), out.end(), l) != out.end() || !(outcome.vm(net.from[l]) > 0.0)) continue;
                          const double step = step_to_limit(net, *at.setup.model, outcome, l, limits.branch[l]);
                          if (step < smallest) smallest = step, first = l;
                          const solver::BranchFlow s = solver::branch_flow(at.setup.model->elements.branch[l], outcome.vm(net.from[l]),
                                                                           outcome.va(net.from[l]), outcome.vm(net.to[l]), outcome.va(net.to[l]));
                          const double loading = std::max(std::hypot(s.p_from, s.q_from), std::hypot(s.p_to, s.q_to)) / limits.branch[l];
                          if (loading > largest) largest = loading, highest = l;
                      }
                      const auto listed = [&](int l) { return std::binary_search(outcome.branches.begin(), outcome.branches.end(), l); };
                      EXPECT_TRUE(listed(first)) << "branch " << first << " binds after " << smallest;
                      EXPECT_TRUE(listed(highest)) << "branch " << highest << " is loaded to " << largest;
                      int lowest = -1;
                      double room = std::numeric_limits<double>::infinity();
                      for (int b = 0; b < net.n_bus; ++b) {
                          if (!(outcome.vm(b) > 0.0)) continue;
                          const double here = std::min(outcome.vm(b) - 0.8, 1.2 - outcome.vm(b));
                          if (here < room) room = here, lowest = b;
                      }
                      EXPECT_TRUE(std::binary_search(outcome.buses.begin(), outcome.buses.end(), lowest)) << "bus " << lowest;
                      EXPECT_LT(outcome.branches.size(), static_cast<std::size_t>(net.n_branch)) << "lists everything";
                  });
        EXPECT_GT(seen, 0);
    }
}

TEST_P(LaneSweepGrids, TangentsAreThoseOfTheScalarEngine) {
    const Sweep at = sweep();
    ASSERT_TRUE(at.lanes->ok());
    std::vector<double> direction;
    for (int b = 0; b < at.setup.model->network->n_bus; ++b) {
        direction.push_back(std::sin(1.0 + b));  // any
        direction.push_back(0.3 * std::cos(2.0 * b));
    }
    for (const Kernels& kernels : all_kernels()) {
        SCOPED_TRACE(kernels.name());
        const auto answers = at.run(kernels, at.all(), direction);
        // Rounding of the factors times the condition of J.
        expect_scalar_tangents(at, answers, direction, kernels.precision == solver::LanePrecision::floats ? 1e-3 : 1e-6);
        // Asking for tangents changes nothing else.
        auto bare = answers;
        for (Answer& answer : bare) answer.tangent.clear();
        EXPECT_EQ(bare, at.run(kernels, at.all()));
    }
}

TEST_P(LaneSweepGrids, AgreesWithTheScalarEngine) {
    const Sweep s = sweep();
    ASSERT_TRUE(s.base.solved());
    ASSERT_TRUE(s.lanes->ok());
    for (const Kernels& kernels : all_kernels()) {
        SCOPED_TRACE(kernels.name());
        expect_scalar(s, s.run(kernels, s.all()), 0.25);
    }
}

TEST_P(LaneSweepGrids, SameBitsInAnyPacking) {
    const Sweep s = sweep();
    ASSERT_TRUE(s.lanes->ok());
    for (const Kernels& kernels : all_kernels()) {
        const std::vector<Answer> forward = s.run(kernels, s.all());
        std::vector<int> order = s.all();
        std::reverse(order.begin(), order.end());
        EXPECT_EQ(s.run(kernels, order), forward);
        Dice dice(5);
        EXPECT_EQ(s.run(kernels, dice.shuffled(static_cast<int>(order.size()))), forward);
        for (const int k : {0, 3, static_cast<int>(order.size()) - 1}) EXPECT_EQ(s.run(kernels, {k})[k], forward[k]);
    }
}

INSTANTIATE_TEST_SUITE_P(Made, LaneSweepGrids, ::testing::Combine(::testing::Range(1, 9), ::testing::Bool()),
                         [](const auto& test) {
                             return std::to_string(std::get<0>(test.param)) + (std::get<1>(test.param) ? "_limits" : "_plain");
                         });

class LaneSweepCases : public ::testing::TestWithParam<std::string> {};

TEST_P(LaneSweepCases, AgreesWithTheScalarEngine) {
    auto grid = public_case(GetParam());
    if (!grid) return;
    for (const bool q_limits : {false, true}) {
        const Sweep s(*grid, q_limits, 1e-8);
        ASSERT_TRUE(s.base.solved());
        for (const Kernels& kernels : all_kernels()) expect_scalar(s, s.run(kernels, s.all()), 0.1);
    }
}

INSTANTIATE_TEST_SUITE_P(Public, LaneSweepCases,
                         ::testing::Values("case9", "case14", "case30", "case57", "case118", "case300", "case24_ieee_rts"),
                         [](const auto& test) { return test.param; });

void expect_same_result(const N1Result& lane, const N1Result& scalar) {
    ASSERT_EQ(lane.contingencies.size(), scalar.contingencies.size());
    for (std::size_t k = 0; k < lane.contingencies.size(); ++k) {
        const ContingencyResult& a = lane.contingencies[k];
        const ContingencyResult& b = scalar.contingencies[k];
        SCOPED_TRACE("contingency " + b.contingency);
        EXPECT_EQ(a.status, b.status);
        EXPECT_EQ(a.main_island, b.main_island);
        EXPECT_EQ(a.outage, b.outage);
        EXPECT_EQ(a.max_loading_branch, b.max_loading_branch);
        EXPECT_EQ(a.min_vm_bus, b.min_vm_bus);
        EXPECT_EQ(a.max_vm_bus, b.max_vm_bus);
        EXPECT_EQ(a.lost_buses, b.lost_buses);
        EXPECT_NEAR(a.lost_load_mw, b.lost_load_mw, 1e-9);
        EXPECT_NEAR(a.lost_generation_mw, b.lost_generation_mw, 1e-9);
        ASSERT_EQ(a.violations.size(), b.violations.size());
        for (std::size_t v = 0; v < a.violations.size(); ++v) {
            EXPECT_EQ(a.violations[v].kind, b.violations[v].kind);
            EXPECT_EQ(a.violations[v].branch, b.violations[v].branch);
            EXPECT_EQ(a.violations[v].bus, b.violations[v].bus);
            EXPECT_EQ(a.violations[v].side, b.violations[v].side);
            EXPECT_NEAR(a.violations[v].value, b.violations[v].value, 1e-6);
        }
        if (!is_solved(b.main_island)) continue;
        EXPECT_NEAR(a.min_vm_pu, b.min_vm_pu, vm_tolerance);
        EXPECT_NEAR(a.max_vm_pu, b.max_vm_pu, vm_tolerance);
        EXPECT_NEAR(a.loss_mw, b.loss_mw, 1e-6);
        if (b.max_loading_branch == 0) continue;
        EXPECT_NEAR(a.max_loading_pct, b.max_loading_pct, 1e-6);
    }
}

TEST(LaneN1, TheStudyIsTheSameWithEitherEngine) {
    for (const std::uint64_t seed : {2U, 5U, 9U}) {
        GridRecipe recipe;
        recipe.seed = seed;
        recipe.buses = 40;
        recipe.reactive_room = 0.8;
        Solving solving;
        solving.q_limits = true;
        solving.tolerance = 1e-8;
        StudySetup setup = make_setup(make_grid(recipe), solving);
        const auto list = *make_contingencies(*setup.model, with_units());
        // What is shared after an outage starts from what the units give at the base.
        for (const auto& [mode, key] : {std::pair(SlackMode::reference, SlackKey::pmax), std::pair(SlackMode::distributed, SlackKey::pmax),
                                        std::pair(SlackMode::distributed, SlackKey::headroom)}) {
            setup.engine.slack.mode = mode;
            setup.engine.slack.key = key;
            SCOPED_TRACE(std::string(to_string(mode)) + " " + std::string(to_string(key)));
            setup.sweep = SweepEngine::scalar;
            const N1Result scalar = run_n1(setup, list);
            setup.sweep = SweepEngine::lane;
            for (const solver::Isa isa : solver::available_isas()) {
                setup.isa = isa;
                expect_same_result(run_n1(setup, list), scalar);
            }
        }
    }
}

TEST(LaneN1, SameBitsForAnyNumberOfThreads) {
    GridRecipe recipe;
    recipe.seed = 3;
    recipe.buses = 60;
    recipe.reactive_room = 0.8;
    Solving solving;
    solving.q_limits = true;
    StudySetup setup = make_setup(make_grid(recipe), solving);
    const auto list = *make_contingencies(*setup.model, with_units());
    setup.threads = 1;
    const N1Result one = run_n1(setup, list);
    for (const int threads : {2, 3, 7}) {
        setup.threads = threads;
        const N1Result many = run_n1(setup, list);
        ASSERT_EQ(one.contingencies.size(), many.contingencies.size());
        for (std::size_t k = 0; k < one.contingencies.size(); ++k) {
            EXPECT_EQ(one.contingencies[k].loss_mw, many.contingencies[k].loss_mw);
            EXPECT_EQ(one.contingencies[k].min_vm_pu, many.contingencies[k].min_vm_pu);
            EXPECT_EQ(one.contingencies[k].max_mismatch_pu, many.contingencies[k].max_mismatch_pu);
        }
    }
}

}  // namespace
}  // namespace araz::testing

// Lane kernels against the dense twin: grids made in code, in each lane another outage and other kinds of bus.
#include <gtest/gtest.h>

#include <cmath>

#include "araz/solver/graph.hpp"
#include "araz/solver/lane_group.hpp"
#include "araz/solver/lane_reference.hpp"
#include "support/grids.hpp"
#include "support/study.hpp"

namespace araz::testing {
namespace {

using namespace solver;

/// One lane's problem, in bus order and as the difference from the start.
struct LaneProblem {
    AdmittanceValues ybus;
    std::vector<BusKind> kind;
    std::vector<double> p, q;
    LaneChange change;
};

struct Bench {
    ModelPtr model;
    std::vector<BusKind> kind;
    std::vector<double> p, q;
    VoltageState state;
    LaneProgram program;
    std::unique_ptr<LaneStart> start;

    explicit Bench(int seed) {
        GridRecipe recipe;
        recipe.seed = static_cast<std::uint64_t>(seed);
        recipe.buses = 8 + 9 * seed;
        const StudySetup setup = make_setup(make_grid(recipe));
        model = setup.model;
        // Near a solved state, so that a step goes somewhere; not at it, so that there is a step to take.
        const Solution solved = Engine(model, setup.engine).solve({});
        Dice dice(recipe.seed);
        std::vector<unsigned char> has;
        kind = model->kind;
        for (int b = 0; b < model->network->n_bus; ++b) {
            has.push_back(kind[b] == BusKind::pq || kind[b] == BusKind::pv ? 1 : 0);
            state.vm.push_back(solved.vm[b] * dice.uniform(0.99, 1.01));
            state.va.push_back(solved.va[b] + dice.uniform(-0.01, 0.01));
        }
        PowerEquations equations(model->pattern);
        PowerFlowProblem at;
        at.pattern = &model->pattern;
        at.ybus = &model->ybus;
        equations.injections(at, {solved.vm, solved.va});
        p.assign(equations.p_calc().begin(), equations.p_calc().end());
        q.assign(equations.q_calc().begin(), equations.q_calc().end());
        program = LaneProgram::build(model->pattern, model->ybus, has);
        start = std::make_unique<LaneStart>(program, problem_of(intact()), state);
    }

    [[nodiscard]] LaneProblem intact() const { return {model->ybus, kind, p, q, {}}; }

    [[nodiscard]] PowerFlowProblem problem_of(const LaneProblem& lane) const {
        PowerFlowProblem problem;
        problem.pattern = &model->pattern;
        problem.ybus = &lane.ybus;
        problem.kind = lane.kind;
        problem.p = lane.p;
        problem.q = lane.q;
        return problem;
    }

    // One branch out, one bus switched between PV and PQ, one injection changed.
    [[nodiscard]] LaneProblem changed(std::uint64_t seed, int n_out = 1) const {
        Dice dice(seed);
        LaneProblem lane = intact();
        std::vector<unsigned char> out(static_cast<std::size_t>(model->network->n_branch), 0);
        std::vector<int> lines;
        while (static_cast<int>(lines.size()) < n_out) {
            const int l = dice.below(model->network->n_branch);
            if (out[l] != 0) continue;
            out[l] = 1;
            const std::vector<int> part = components(model->pattern, out);
            if (std::count(part.begin(), part.end(), 0) == model->network->n_bus) lines.push_back(l);
            else out[l] = 0;
        }
        patch_outages(model->pattern, model->elements, lines, out, lane.ybus);
        for (int node = 0; node < program.n_node; ++node) {
            LaneChange::Row row;
            row.node = node;
            bool differs = false;
            for (int k = program.row_start[node]; k < program.row_start[node + 1]; ++k) {
                row.g.push_back(lane.ybus.g[program.slot[k]]);
                row.b.push_back(lane.ybus.b[program.slot[k]]);
                differs = differs || row.g.back() != program.g[k] || row.b.back() != program.b[k];
            }
            if (differs) lane.change.rows.push_back(row);
        }
        const int node = dice.below(program.n_node);
        const int bus = program.bus_of[node];
        lane.kind[bus] = lane.kind[bus] == BusKind::pq ? BusKind::pv : BusKind::pq;
        lane.change.kinds.push_back({node, true, lane.kind[bus] == BusKind::pq});
        lane.p[bus] += 0.05;
        lane.q[bus] -= 0.025;
        lane.change.injections.push_back({node, lane.p[bus], lane.q[bus]});
        return lane;
    }
};

class LaneKernelsTwin : public ::testing::TestWithParam<std::tuple<Isa, LanePrecision, int>> {
protected:
    [[nodiscard]] const LaneKernels& kernels() const { return lane_kernels(std::get<0>(GetParam()), std::get<1>(GetParam())); }
    [[nodiscard]] int seed() const { return std::get<2>(GetParam()); }
    // Of the mismatch as the steps see it.
    [[nodiscard]] double rounding() const { return std::get<1>(GetParam()) == LanePrecision::floats ? 6e-8 : 0.0; }
    // Steps of single precision are good to its rounding, 6e-8, times the condition of the Jacobians here, some thousands.
    [[nodiscard]] double step_tolerance() const { return std::get<1>(GetParam()) == LanePrecision::floats ? 3e-4 : 1e-8; }
};

std::vector<LaneLoad> loads_of(const std::vector<LaneProblem>& lanes) {
    std::vector<LaneLoad> loads;
    for (const LaneProblem& lane : lanes) loads.push_back({&lane.change, nullptr});
    return loads;
}

// Voltages after one step of each lane against the twin's step from the same state.
void expect_twin_step(const Bench& bench, const LaneGroup& group, const std::vector<LaneProblem>& lanes, double tolerance) {
    for (std::size_t l = 0; l < lanes.size(); ++l) {
        const reference::NewtonStep twin = reference::newton_step(bench.problem_of(lanes[l]), bench.state);
        ASSERT_TRUE(twin.ok);
        double size = 1.0;
        for (const double value : twin.step) size = std::max(size, std::abs(value));
        for (int k = 0; k < bench.program.n_bus; ++k) {
            const int b = bench.program.bus_of[k];
            const double va = bench.state.va[b] + twin.step[2 * b];
            const double vm = bench.state.vm[b] * (1.0 + twin.step[2 * b + 1]);
            EXPECT_NEAR(group.va(static_cast<int>(l), k), va, tolerance * size) << "lane " << l << " bus " << b;
            EXPECT_NEAR(group.vm(static_cast<int>(l), k), vm, tolerance * size) << "lane " << l << " bus " << b;
        }
    }
}

TEST_P(LaneKernelsTwin, MismatchAndFullStep) {
    const Bench bench(seed());
    LaneGroup group(bench.program, kernels());
    std::vector<LaneProblem> lanes;
    for (int l = 0; l < group.width(); ++l) lanes.push_back(bench.changed(static_cast<std::uint64_t>(100 * seed() + l), 1 + l % 2));
    const auto loads = loads_of(lanes);
    group.load(*bench.start, loads);
    LaneWorst worst;
    group.mismatch(worst);
    for (int l = 0; l < group.width(); ++l) {
        const auto twin = reference::newton_step(bench.problem_of(lanes[l]), bench.state);
        double largest = 0.0;
        for (int k = 0; k < bench.program.n_node; ++k) {
            const int b = bench.program.bus_of[k];
            for (int half = 0; half < 2; ++half) {
                const double expected = twin.mismatch[2 * b + half];
                EXPECT_NEAR(group.mismatch_of(l, 2 * k + half), expected, 1e-10 + rounding() * std::abs(expected));
                largest = std::max(largest, std::abs(twin.mismatch[2 * b + half]));
            }
        }
        EXPECT_NEAR(worst.value[l], largest, 1e-10);
    }
    EXPECT_EQ(group.step((1U << group.width()) - 1U), 0U);
    expect_twin_step(bench, group, lanes, step_tolerance());
}

TEST_P(LaneKernelsTwin, AChordTakesTheFactorsOfTheLastStep) {
    const Bench bench(seed());
    LaneGroup group(bench.program, kernels());
    std::vector<LaneProblem> lanes;
    for (int l = 0; l < group.width(); ++l) lanes.push_back(bench.changed(static_cast<std::uint64_t>(200 * seed() + l), 1 + l % 2));
    const auto loads = loads_of(lanes);
    group.load(*bench.start, loads);
    LaneWorst worst;
    group.mismatch(worst);
    EXPECT_EQ(group.step(0U), 0U);  // factors, and moves nobody: a chord from here is the Newton step
    group.mismatch(worst);
    EXPECT_EQ(group.chord((1U << group.width()) - 1U), 0U);
    expect_twin_step(bench, group, lanes, step_tolerance());
    for (int l = 0; l < group.width(); ++l) EXPECT_GT(group.step_size(l), 0.0);
    // And with factors that have grown old it still goes towards the solution.
    LaneWorst before, after;
    group.mismatch(before);
    EXPECT_EQ(group.chord((1U << group.width()) - 1U), 0U);
    group.mismatch(after);
    for (int l = 0; l < group.width(); ++l) EXPECT_LT(after.value[l], before.value[l]);
}

TEST_P(LaneKernelsTwin, ACompensatedStepOfTheStartIsTheLanesNewtonStep) {
    const Bench bench(seed());
    LaneGroup group(bench.program, kernels());
    Compensator compensator(*bench.start);
    std::vector<LaneProblem> lanes;
    for (int l = 0; l < group.width(); ++l) lanes.push_back(bench.changed(static_cast<std::uint64_t>(500 * seed() + l)));
    std::vector<Compensation> compensations(lanes.size());
    std::vector<LaneLoad> loads = loads_of(lanes);
    for (std::size_t l = 0; l < lanes.size(); ++l) {
        ASSERT_TRUE(compensator.prepare(lanes[l].change, compensations[l]));
        loads[l].compensation = &compensations[l];
    }
    group.load(*bench.start, loads);
    LaneWorst worst, after;
    group.mismatch(worst);
    EXPECT_EQ(group.shared_step((1U << group.width()) - 1U), 0U);
    expect_twin_step(bench, group, lanes, step_tolerance());
    // From where it leads the same factors make a chord.
    group.mismatch(worst);
    EXPECT_EQ(group.shared_step((1U << group.width()) - 1U), 0U);
    group.mismatch(after);
    for (int l = 0; l < group.width(); ++l) EXPECT_LT(after.value[l], worst.value[l]);
}

// What a lane loaded in a group at work goes through is what it goes through from the beginning, in whatever lane; and so is what
// goes on in another group.
TEST_P(LaneKernelsTwin, ARefilledLaneStartsAfreshAndAMovedOneGoesOn) {
    const Bench bench(seed());
    Compensator compensator(*bench.start);
    const LaneProblem wanted = bench.changed(11);
    const LaneProblem other = bench.changed(12, 2);
    Compensation of_wanted, of_other;
    ASSERT_TRUE(compensator.prepare(wanted.change, of_wanted));
    ASSERT_TRUE(compensator.prepare(other.change, of_other));
    const auto steps = [](LaneGroup& group, int count) {
        LaneWorst worst;
        for (int step = 0; step < count; ++step) {
            group.mismatch(worst);
            ASSERT_EQ(group.shared_step((1U << group.width()) - 1U), 0U);
        }
    };
    const auto expect_same = [](const LaneState& a, const LaneState& b) {
        EXPECT_EQ(a.vm, b.vm);
        EXPECT_EQ(a.va, b.va);
        EXPECT_EQ(a.e, b.e);
        EXPECT_EQ(a.f, b.f);
    };
    LaneGroup alone(bench.program, kernels());
    alone.load(*bench.start, std::vector<LaneLoad>{{&wanted.change, nullptr, &of_wanted}});
    steps(alone, 3);
    LaneState expected;
    alone.copy_state(0, expected);

    LaneGroup group(bench.program, kernels());
    std::vector<LaneLoad> loads(static_cast<std::size_t>(group.width()), LaneLoad{&other.change, nullptr, &of_other});
    group.load(*bench.start, loads);
    steps(group, 2);
    const int last = group.width() - 1;
    group.unload(1U << last);
    loads[last] = {&wanted.change, nullptr, &of_wanted};
    group.load(1U << last, loads);
    steps(group, 2);
    LaneState state, end;
    group.copy_state(last, state);
    loads[0] = {&wanted.change, &state, &of_wanted};
    group.load(1U, loads);
    steps(group, 1);
    group.copy_state(0, end);
    expect_same(end, expected);
    group.copy_state(last, end);
    expect_same(end, expected);
    // A phasor is turned with each step: a rounding or two of a unit vector each.
    for (int k = 0; k < bench.program.n_bus; ++k) {
        EXPECT_NEAR(expected.e[k], expected.vm[k] * std::cos(expected.va[k]), 4e-15);
        EXPECT_NEAR(expected.f[k], expected.vm[k] * std::sin(expected.va[k]), 4e-15);
    }
}

TEST_P(LaneKernelsTwin, RightHandSidesDoNotSeeEachOther) {
    const Bench bench(seed());
    LaneGroup group(bench.program, kernels());
    std::vector<LaneProblem> lanes;
    for (int l = 0; l < group.width(); ++l) lanes.push_back(bench.changed(static_cast<std::uint64_t>(400 * seed() + l)));
    const auto loads = loads_of(lanes);
    group.load(*bench.start, loads);
    LaneWorst worst;
    group.mismatch(worst);
    std::vector<double> one(2 * static_cast<std::size_t>(bench.program.n_node)), two(one.size());
    for (std::size_t k = 0; k < one.size(); ++k) {
        one[k] = std::sin(1.0 + static_cast<double>(k));
        two[k] = std::cos(3.0 * static_cast<double>(k));
    }
    const auto solution = [&](int lane) {
        std::vector<double> x;
        for (int k = 0; k < bench.program.n_node; ++k) x.insert(x.end(), {group.solved_for(lane, k, 0), group.solved_for(lane, k, 1)});
        return x;
    };
    EXPECT_EQ(group.linearize(), 0U);
    group.solve(two);
    const std::vector<double> alone = solution(1);
    group.solve(one);
    group.solve(two);
    EXPECT_EQ(solution(1), alone);  // to the last bit
}

TEST_P(LaneKernelsTwin, LanesDoNotSeeEachOther) {
    const Bench bench(seed());
    LaneGroup group(bench.program, kernels());
    const LaneProblem lane = bench.changed(7);
    VoltageState alone;
    for (int place = 0; place < group.width(); ++place) {
        std::vector<LaneProblem> lanes;
        for (int l = 0; l < group.width(); ++l) lanes.push_back(bench.changed(static_cast<std::uint64_t>(50 * place + l)));
        lanes[place] = lane;
        const auto loads = loads_of(lanes);
        group.load(*bench.start, loads);
        for (int step = 0; step < 3; ++step) {
            LaneWorst worst;
            group.mismatch(worst);
            (void)group.step(1U << place);
        }
        VoltageState here;
        group.copy_state(place, here);
        if (place == 0) alone = here;
        EXPECT_EQ(here.vm, alone.vm);
        EXPECT_EQ(here.va, alone.va);
    }
}

TEST_P(LaneKernelsTwin, FrozenLanesStayAndBadOnesAreNamed) {
    const Bench bench(seed());
    LaneGroup group(bench.program, kernels());
    std::vector<LaneProblem> lanes(static_cast<std::size_t>(group.width()), bench.intact());
    // Lane 1 loses every admittance of its first node: a zero pivot.
    LaneChange::Row empty;
    empty.node = 0;
    empty.g.assign(static_cast<std::size_t>(bench.program.row_start[1]), 0.0);
    empty.b = empty.g;
    lanes[1].change.rows.push_back(empty);
    lanes[1].change.kinds.push_back({0, true, true});
    const auto loads = loads_of(lanes);
    group.load(*bench.start, loads);
    VoltageState before, after;
    group.copy_state(0, before);
    LaneWorst worst;
    group.mismatch(worst);
    EXPECT_EQ(group.step(2U), 2U);
    group.copy_state(0, after);
    EXPECT_EQ(before.vm, after.vm);
    EXPECT_EQ(before.va, after.va);
    group.mismatch(worst);
    EXPECT_TRUE(std::isnan(worst.value[1]));
    EXPECT_TRUE(std::isfinite(worst.value[0]));
}

TEST_P(LaneKernelsTwin, FlowsAndVoltages) {
    const Bench bench(seed());
    LaneGroup group(bench.program, kernels());
    const Network& net = *bench.model->network;
    std::vector<LaneBranch> branches;
    for (int l = 0; l < net.n_branch; ++l) {
        const BranchAdmittance& y = bench.model->elements.branch[l];
        branches.push_back({bench.program.place_of[net.from[l]], bench.program.place_of[net.to[l]], y.gff, y.bff, y.gft,
                            y.bft, y.gtf, y.btf, y.gtt, y.btt, l % 3 == 2 ? 0.0 : 4.0, std::cos(net.shift[l]), std::sin(net.shift[l])});
    }
    const LaneChange nothing;
    const std::vector<LaneLoad> loads(static_cast<std::size_t>(group.width()), LaneLoad{&nothing, nullptr});
    group.load(*bench.start, loads);
    std::vector<LaneBranchMask> out{{0, 1U}};  // branch 0 is out in lane 0
    std::vector<LaneBranchMask> listed(branches.size());
    LaneFlowArgs args;
    args.branches = branches.data();
    args.n_branch = static_cast<int>(branches.size());
    args.out = out.data();
    args.n_out = 1;
    args.listed = listed.data();
    group.flows(args);
    for (int lane = 0; lane < 2; ++lane) {
        double loss = 0.0, highest = 0.0;
        std::size_t highest_branch = 0;
        std::vector<std::size_t> over;
        for (std::size_t l = lane == 0 ? 1 : 0; l < branches.size(); ++l) {
            const int f = net.from[l], t = net.to[l];
            const auto power = reference::branch_power(branches[l], bench.state.vm[f], bench.state.va[f], bench.state.vm[t], bench.state.va[t]);
            loss += power.loss;
            const double loading = std::max(power.from_squared, power.to_squared) * branches[l].inverse_limit_squared;
            if (loading > highest) {
                highest = loading;
                highest_branch = l;
            }
            if (loading > 1.0) over.push_back(l);
        }
        EXPECT_NEAR(args.loss[lane], loss, 1e-9 * (1.0 + std::abs(loss)));
        EXPECT_NEAR(args.highest[lane], highest, 1e-9 * highest);
        std::vector<std::size_t> found;
        for (int k = 0; k < args.n_listed; ++k)
            if (((listed[k].lanes >> lane) & 1U) != 0) found.push_back(static_cast<std::size_t>(listed[k].branch));
        over.push_back(highest_branch);
        for (const std::size_t l : over) EXPECT_NE(std::find(found.begin(), found.end(), l), found.end()) << "branch " << l;
    }

    std::vector<double> low(branches.size() + net.n_bus, 0.95), high(low.size(), 1.05);
    std::vector<LanePlaceMask> places(static_cast<std::size_t>(net.n_bus));
    LaneVoltageArgs voltages;
    voltages.low = low.data();
    voltages.high = high.data();
    voltages.listed = places.data();
    group.voltages(voltages);
    EXPECT_EQ(voltages.lowest[0], *std::min_element(bench.state.vm.begin(), bench.state.vm.end()));
    EXPECT_EQ(voltages.highest[0], *std::max_element(bench.state.vm.begin(), bench.state.vm.end()));
    const auto outside = std::count_if(bench.state.vm.begin(), bench.state.vm.end(), [](double v) { return v < 0.95 || v > 1.05; });
    EXPECT_EQ(voltages.n_listed, outside);
}

INSTANTIATE_TEST_SUITE_P(EveryIsa, LaneKernelsTwin,
                         ::testing::Combine(::testing::ValuesIn(available_isas()),
                                            ::testing::Values(LanePrecision::doubles, LanePrecision::floats), ::testing::Range(1, 7)),
                         [](const auto& test) {
                             return std::string(to_string(std::get<0>(test.param))) +
                                    (std::get<1>(test.param) == LanePrecision::floats ? "_floats_" : "_doubles_") +
                                    std::to_string(std::get<2>(test.param));
                         });

}  // namespace
}  // namespace araz::testing

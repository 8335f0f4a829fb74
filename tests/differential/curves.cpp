// Curves in lanes beside those followed one by one: single points of every instruction set, and whole studies.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "araz/io/pv_io.hpp"
#include "araz/solver/lane_curves.hpp"
#include "araz/study/continuation.hpp"
#include "support/grids.hpp"
#include "support/study.hpp"

namespace araz::testing {
namespace {

using namespace solver;

// --- kernels ------------------------------------------------------------------------------------------------------

class CurveKernels : public ::testing::TestWithParam<std::tuple<Isa, LanePrecision>> {};

// Against plain loops: what the precision of the factors rounds, and 16 units in the last place of an exponential.
TEST_P(CurveKernels, ScheduleDisplaceAndDot) {
    const LaneKernels& kernels = lane_kernels(std::get<0>(GetParam()), std::get<1>(GetParam()));
    constexpr int n = 23;
    const std::size_t w = static_cast<std::size_t>(kernels.width);
    LaneArrays a;
    a.program.n_node = a.program.n_place = n;
    std::vector<LaneBuffer> buffers;
    Dice dice(3);
    const auto filled = [&](std::size_t size, double most) {
        double* out = buffers.emplace_back(size).data();
        for (std::size_t k = 0; k < size; ++k) out[k] = dice.uniform(-most, most);
        return out;
    };
    double* p = filled(n * w, 2.0);
    double* dp = filled(n * w, 1.0);
    double* moved = filled(w, 3.0);
    for (double** array : {&a.p_sched, &a.q_sched, &a.vm, &a.va}) *array = filled(n * w, 1.0);
    kernels.schedule(a, {p, p, dp, dp}, moved);
    for (std::size_t k = 0; k < n * w; ++k) {
        EXPECT_NEAR(a.p_sched[k], p[k] + moved[k % w] * dp[k], 1e-15);
        EXPECT_EQ(a.p_sched[k], a.q_sched[k]);
    }

    const double* plain = filled(2 * n * w, 0.9);
    const double* other = filled(2 * n * w, 0.9);
    std::vector<double> step(plain, plain + 2 * n * w), factor(other, other + 2 * n * w);
    void* x = const_cast<double*>(plain);
    void* y = const_cast<double*>(other);
    if (kernels.single) {
        for (auto [numbers, array] : {std::pair{&step, &x}, {&factor, &y}}) {
            auto* floats = reinterpret_cast<float*>(buffers.emplace_back(2 * n * w).data());
            for (std::size_t k = 0; k < numbers->size(); ++k) (*numbers)[k] = floats[k] = static_cast<float>((*numbers)[k]);
            *array = floats;
        }
    }
    double* sums = filled(w, 0.0);
    kernels.dot(a, x, y, sums);
    for (std::size_t l = 0; l < w; ++l) {
        double sum = 0.0;
        for (std::size_t k = l; k < step.size(); k += w) sum += step[k] * factor[k];
        EXPECT_NEAR(sums[l], sum, 1e-14);
    }

    a.step = x;
    double* total = filled(2 * n * w, 0.0);
    const std::vector<double> vm(a.vm, a.vm + n * w), va(a.va, a.va + n * w);
    LaneWorst size;
    const std::uint32_t active = 0b10;
    kernels.displace(a, active, total, size);
    kernels.displace(a, active, total, size);
    double largest = 0.0;
    for (std::size_t k = 0; k < n * w; ++k) {
        const std::size_t l = k % w, at = 2 * (k / w) * w + l;
        const bool moves = ((active >> l) & 1U) != 0;
        const double dva = moves ? step[at] : 0.0, dlnv = moves ? step[at + w] : 0.0;
        EXPECT_NEAR(a.va[k], va[k] + 2.0 * dva, 1e-15);
        EXPECT_NEAR(a.vm[k], vm[k] * std::exp(2.0 * dlnv), 1e-14 * std::abs(vm[k]) * std::exp(2.0 * dlnv));
        if (!moves) { EXPECT_EQ(a.vm[k], vm[k]); }
        EXPECT_EQ(total[at], 2.0 * dva);
        EXPECT_EQ(total[at + w], 2.0 * dlnv);
        largest = std::max({largest, std::abs(dva), std::abs(dlnv)});
    }
    EXPECT_EQ(size.value[1], largest);
    EXPECT_EQ(size.value[0], 0.0);
}

INSTANTIATE_TEST_SUITE_P(EveryIsa, CurveKernels,
                         ::testing::Combine(::testing::ValuesIn(available_isas()),
                                            ::testing::Values(LanePrecision::doubles, LanePrecision::floats)),
                         [](const auto& test) {
                             return std::string(to_string(std::get<0>(test.param))) +
                                    (std::get<1>(test.param) == LanePrecision::floats ? "_floats" : "_doubles");
                         });

// --- points -------------------------------------------------------------------------------------------------------

// One curve to each item: an outage, and loads that grow by bus as they like.
struct Track {
    AdmittanceValues ybus;
    std::vector<LaneChange::Row> rows;
    std::vector<BusKind> kind;
    std::vector<double> p, q, dp, dq;
    CurvePoint start;
    CurveTangent up;

    [[nodiscard]] CurveRequest request(const AdmittancePattern& pattern, const CurvePoint& from, const CurveTangent& along, double step,
                                       double scale) const {
        CurveRequest request;
        request.problem = {&pattern, &ybus, kind, p, q, dp, dq, 0.0, nullptr, 1};
        request.from = &from;
        request.along = &along;
        request.metric.scale = scale;
        request.step = step;
        request.tolerance = 1e-8;
        return request;
    }
};

struct Tracks {
    StudySetup setup;
    LaneProgram program;
    std::vector<Track> tracks;

    explicit Tracks(int seed) {
        GridRecipe recipe;
        recipe.seed = static_cast<std::uint64_t>(seed);
        recipe.buses = 7 + 8 * seed;
        setup = make_setup(make_grid(recipe));
        const ElectricalModel& model = *setup.model;
        const Network& net = *model.network;
        std::vector<unsigned char> has;
        for (const BusKind kind : model.kind) has.push_back(kind != BusKind::dead ? 1 : 0);
        program = LaneProgram::build(model.pattern, model.ybus, has);
        Engine engine(setup.model, setup.engine);
        const Solution base = engine.solve({});
        Dice dice(recipe.seed);
        for (const Contingency& outage : single_outages(setup)) {
            if (outage.splits || tracks.size() == 12) continue;
            const Solution after = engine.solve_from(outage.scenario(), base);
            if (!after.solved()) continue;
            Track track;
            track.ybus = model.ybus;
            std::vector<unsigned char> out(static_cast<std::size_t>(net.n_branch), 0);
            out[outage.branches[0]] = 1;
            patch_outages(model.pattern, model.elements, outage.branches, out, track.ybus);
            for (int node = 0; node < program.n_node; ++node) {
                LaneChange::Row row;
                row.node = node;
                for (int k = program.row_start[node]; k < program.row_start[node + 1]; ++k) {
                    row.g.push_back(track.ybus.g[program.slot[k]]);
                    row.b.push_back(track.ybus.b[program.slot[k]]);
                }
                const int l = outage.branches[0];
                if (program.bus_of[node] == net.from[l] || program.bus_of[node] == net.to[l]) track.rows.push_back(row);
            }
            track.kind = model.kind;
            PowerEquations equations(model.pattern);
            PowerFlowProblem at;
            at.pattern = &model.pattern;
            at.ybus = &track.ybus;
            track.start = {{after.vm, after.va}, 0.0};
            equations.injections(at, track.start.state);
            track.p.assign(equations.p_calc().begin(), equations.p_calc().end());
            track.q.assign(equations.q_calc().begin(), equations.q_calc().end());
            for (int b = 0; b < net.n_bus; ++b) {
                track.dp.push_back(-net.p_load[b] * dice.uniform(0.5, 1.5));
                track.dq.push_back(-net.q_load[b] * dice.uniform(0.5, 1.5));
                // Some held magnitudes are free here: kinds differ from lane to lane too.
                if (track.kind[b] == BusKind::pv && dice.chance(0.2)) track.kind[b] = BusKind::pq;
            }
            track.up = {std::vector<double>(2 * static_cast<std::size_t>(net.n_bus), 0.0), 1.0};
            tracks.push_back(std::move(track));
        }
    }
};

void expect_near(const CurveAnswer& a, const CurveAnswer& b, const std::string& what) {
    // Both stop a ten-thousandth under 1e-8 p.u. or where rounding ends; the tangent turns with the state.
    ASSERT_EQ(a.correction.ok, b.correction.ok) << what;
    ASSERT_EQ(a.has_tangent, b.has_tangent) << what;
    EXPECT_NEAR(a.point.lambda, b.point.lambda, 1e-10) << what;
    EXPECT_NEAR(a.correction.predictor_error, b.correction.predictor_error, 1e-9) << what;
    for (std::size_t k = 0; k < a.point.state.vm.size(); ++k) {
        EXPECT_NEAR(a.point.state.vm[k], b.point.state.vm[k], 1e-10) << what << ", bus " << k;
        EXPECT_NEAR(a.point.state.va[k], b.point.state.va[k], 1e-10) << what << ", bus " << k;
        EXPECT_NEAR(a.p_calc[k], b.p_calc[k], 1e-9) << what << ", bus " << k;
        EXPECT_NEAR(a.q_calc[k], b.q_calc[k], 1e-9) << what << ", bus " << k;
        EXPECT_NEAR(a.e[k], a.point.state.vm[k] * std::cos(a.point.state.va[k]), 1e-14);
        EXPECT_NEAR(a.f[k], a.point.state.vm[k] * std::sin(a.point.state.va[k]), 1e-14);
    }
    for (std::size_t k = 0; k < a.tangent.x.size(); ++k) EXPECT_NEAR(a.tangent.x[k], b.tangent.x[k], 1e-8) << what << ", " << k;
    EXPECT_NEAR(a.tangent.lambda, b.tangent.lambda, 1e-8) << what;
}

class LaneCurvePoints : public ::testing::TestWithParam<std::tuple<Isa, int>> {};

// Over the fold and down the other side: at every station the lanes answer what the bordered factorization does.
TEST_P(LaneCurvePoints, AreThoseOfTheBorderedFactorization) {
    const auto [isa, seed] = GetParam();
    const Tracks grid(seed);
    const AdmittancePattern& pattern = grid.setup.model->pattern;
    LaneCurves lanes(grid.program, isa);
    ASSERT_GT(grid.tracks.size(), 2U);
    const int n = std::min<int>(lanes.width(), static_cast<int>(grid.tracks.size()));
    struct At {
        Continuation alone;
        CurvePoint point;
        CurveTangent along;
        CurveRequest request;
        CurveAnswer lane;
        double scale = 1.0, step = 0.0;
        bool lower = false;
    };
    std::vector<std::unique_ptr<At>> at;
    for (int l = 0; l < n; ++l) {
        at.push_back(std::make_unique<At>(At{Continuation(pattern), grid.tracks[l].start, grid.tracks[l].up, {}, {}}));
        lanes.set_rows(l, grid.tracks[l].rows);
        CurveAnswer first;
        CurveRequest request = grid.tracks[l].request(pattern, at[l]->point, at[l]->along, 0.0, 1.0);
        request.corrects = false;
        at[l]->alone.solve(request, first);
        ASSERT_TRUE(first.has_tangent);
        double square = 0.0, most = 0.0;
        for (const double x : first.tangent.x) {
            square += x * x;
            most = std::max(most, std::abs(x));
        }
        at[l]->scale = std::sqrt(square / static_cast<double>(first.tangent.x.size())) / first.tangent.lambda;
        CurveMetric{at[l]->scale}.normalize(first.tangent);
        at[l]->along = first.tangent;
        at[l]->step = 0.05 / most * std::sqrt(square / static_cast<double>(first.tangent.x.size()));
    }
    int compared = 0, lower = 0;
    for (int step = 0; step < 60; ++step) {
        for (int l = 0; l < n; ++l) {
            at[l]->request = grid.tracks[l].request(pattern, at[l]->point, at[l]->along, at[l]->step, at[l]->scale);
            lanes.load(l, at[l]->request, at[l]->lane);
        }
        std::uint32_t pending = (1U << n) - 1U, unusual = 0;
        while (pending != 0) {
            const LaneCurves::Done done = lanes.run();
            pending &= ~done.lanes;
            unusual |= done.unusual;
        }
        for (int l = 0; l < n; ++l) {
            CurveAnswer alone;
            at[l]->alone.solve(at[l]->request, alone);
            const bool answered = ((unusual >> l) & 1U) == 0;
            if (answered) {
                expect_near(at[l]->lane, alone, "lane " + std::to_string(l) + ", step " + std::to_string(step));
                ++compared;
            } else {
                // Given back only what is hard for the other too: a step that is too far here.
                EXPECT_FALSE(alone.correction.ok && alone.correction.iterations < 8) << "lane " << l << ", step " << step;
            }
            if (!alone.correction.ok || !alone.has_tangent) {
                at[l]->step *= 0.5;
                continue;
            }
            at[l]->lower = at[l]->lower || alone.tangent.lambda < 0.0;
            lower += alone.tangent.lambda < 0.0 ? 1 : 0;
            at[l]->point = alone.point;
            at[l]->along = alone.tangent;
        }
        if (::testing::Test::HasFailure()) return;
    }
    EXPECT_GT(compared, 40 * n);
    EXPECT_GT(lower, n);  // folds were passed
}

// Bit for bit, whatever runs beside it and wherever.
TEST_P(LaneCurvePoints, DoNotDependOnWhatRunsBesideThem) {
    const auto [isa, seed] = GetParam();
    const Tracks grid(seed);
    const AdmittancePattern& pattern = grid.setup.model->pattern;
    const Track& track = grid.tracks[0];
    const CurveRequest wanted = track.request(pattern, track.start, track.up, 0.02, 1.0);
    CurveAnswer expected;
    {
        LaneCurves lanes(grid.program, isa);
        lanes.set_rows(0, track.rows);
        lanes.load(0, wanted, expected);
        ASSERT_EQ(lanes.run().unusual, 0U);
    }
    LaneCurves lanes(grid.program, isa);
    for (int place = 0; place < lanes.width(); ++place) {
        std::vector<CurveRequest> requests(static_cast<std::size_t>(lanes.width()));
        std::vector<CurveAnswer> answers(requests.size());
        std::vector<int> reloads(requests.size(), 3);
        const auto load = [&](int l) {
            const Track& other = grid.tracks[static_cast<std::size_t>(l + 1) % grid.tracks.size()];
            // Steps of other sizes, so that the lanes come and go at different times; one has no tangent, one no correction.
            requests[l] = l == place ? wanted : other.request(pattern, other.start, other.up, 0.01 * (l + 1) * reloads[l], 1.0);
            if (l != place && l % 3 == 1) requests[l].wants_tangent = false;
            if (l != place && l % 3 == 2) requests[l].corrects = false;
            lanes.load(l, requests[l], answers[l]);
        };
        for (int l = 0; l < lanes.width(); ++l) {
            lanes.set_rows(l, l == place ? track.rows : grid.tracks[static_cast<std::size_t>(l + 1) % grid.tracks.size()].rows);
            load(l);
        }
        std::uint32_t pending = (1U << lanes.width()) - 1U;
        while (pending != 0) {
            const LaneCurves::Done done = lanes.run();
            pending &= ~done.lanes;
            for (std::uint32_t left = done.lanes; left != 0; left &= left - 1) {
                const int l = std::countr_zero(left);
                if (l == place) {
                    EXPECT_EQ(((done.unusual >> l) & 1U), 0U);
                } else if (--reloads[l] > 0) {
                    load(l);
                    pending |= 1U << l;
                }
            }
        }
        const CurveAnswer& here = answers[place];
        EXPECT_EQ(here.point.lambda, expected.point.lambda);
        EXPECT_EQ(here.point.state.vm, expected.point.state.vm);
        EXPECT_EQ(here.point.state.va, expected.point.state.va);
        EXPECT_EQ(here.p_calc, expected.p_calc);
        EXPECT_EQ(here.tangent.x, expected.tangent.x);
        EXPECT_EQ(here.tangent.lambda, expected.tangent.lambda);
        EXPECT_EQ(here.correction.iterations, expected.correction.iterations);
        EXPECT_EQ(here.correction.predictor_error, expected.correction.predictor_error);
    }
}

// Without a solution in reach a lane gives back, and the others do not notice.
TEST_P(LaneCurvePoints, HopelessOnesAreGivenBackAndHarmNobody) {
    const auto [isa, seed] = GetParam();
    const Tracks grid(seed);
    const AdmittancePattern& pattern = grid.setup.model->pattern;
    const Track& track = grid.tracks[0];
    const CurveRequest usual = track.request(pattern, track.start, track.up, 0.02, 1.0);
    const CurveRequest far = track.request(pattern, track.start, track.up, 1e4, 1.0);
    LaneCurves lanes(grid.program, isa);
    CurveAnswer expected, other, again;
    lanes.set_rows(0, track.rows);
    lanes.load(0, usual, expected);
    ASSERT_EQ(lanes.run().unusual, 0U);
    lanes.set_rows(1, track.rows);
    lanes.load(1, far, other);
    lanes.load(0, usual, again);
    std::uint32_t pending = 3U, unusual = 0;
    while (pending != 0) {
        const LaneCurves::Done done = lanes.run();
        pending &= ~done.lanes;
        unusual |= done.unusual;
    }
    EXPECT_EQ(unusual, 2U);
    EXPECT_EQ(again.point.state.vm, expected.point.state.vm);
    EXPECT_EQ(again.tangent.x, expected.tangent.x);
    // And the lane that failed is as good as new.
    lanes.load(1, usual, other);
    ASSERT_EQ(lanes.run().unusual, 0U);
    EXPECT_EQ(other.point.state.vm, expected.point.state.vm);
    EXPECT_EQ(other.tangent.x, expected.tangent.x);
}

INSTANTIATE_TEST_SUITE_P(EveryIsa, LaneCurvePoints, ::testing::Combine(::testing::ValuesIn(available_isas()), ::testing::Range(1, 5)),
                         [](const auto& test) {
                             return std::string(to_string(std::get<0>(test.param))) + "_" + std::to_string(std::get<1>(test.param));
                         });

// --- studies ------------------------------------------------------------------------------------------------------

enum class Way { plain, limits, all_limits, full, transfer, loads };

class LanePv : public ::testing::TestWithParam<std::tuple<Way, int>> {
protected:
    [[nodiscard]] static StudySetup setup() {
        GridRecipe recipe;
        recipe.seed = static_cast<std::uint64_t>(std::get<1>(GetParam()));
        recipe.buses = 18;
        Case grid = make_grid(recipe);
        for (BranchRow& branch : grid.branches) branch.rate_a_mva = 120.0;
        Solving solving;
        solving.q_limits = way() != Way::plain;
        return make_setup(std::move(grid), solving);
    }
    [[nodiscard]] static Way way() { return std::get<0>(GetParam()); }
    [[nodiscard]] static PvOptions options(const StudySetup& setup) {
        PvOptions out;
        out.q_limits = way() != Way::plain;
        out.q_limits_slack = out.p_limits = way() == Way::all_limits;
        if (way() == Way::full) out.stop = PvStop::full;
        if (way() == Way::loads) out.grow_rows = {1, 4, 6};
        if (way() == Way::transfer) {
            out.sides = *make_sides(*setup.model->network, "1", "2", Grouping::area);
            out.key = KeyKind::pg;
        }
        return out;
    }
};

TEST_P(LanePv, CurvesAreThoseFollowedOneByOne) {
    StudySetup study = setup();
    const std::vector<Contingency> outages = single_outages(study);
    const PvOptions asked = options(study);
    const auto lanes = run_pv(study, outages, asked);
    study.sweep = SweepEngine::scalar;
    const auto alone = run_pv(study, outages, asked);
    ASSERT_TRUE(lanes && alone);
    ASSERT_EQ(lanes->curves.size(), alone->curves.size());
    int points = 0;
    for (std::size_t k = 0; k < alone->curves.size(); ++k) {
        const PvCurve& a = lanes->curves[k];
        const PvCurve& b = alone->curves[k];
        EXPECT_EQ(a.end, b.end) << b.contingency;
        EXPECT_EQ(a.bifurcation, b.bifurcation) << b.contingency;
        EXPECT_EQ(a.base_status, b.base_status) << b.contingency;
        EXPECT_NEAR(a.lambda_max, b.lambda_max, 1e-9) << b.contingency;
        ASSERT_EQ(a.points.size(), b.points.size()) << b.contingency;
        for (std::size_t i = 0; i < a.points.size(); ++i) {
            EXPECT_EQ(a.points[i].part, b.points[i].part);
            EXPECT_NEAR(a.points[i].lambda, b.points[i].lambda, 1e-8) << b.contingency << ", point " << i;
            EXPECT_NEAR(a.points[i].min_vm_pu, b.points[i].min_vm_pu, 1e-8) << b.contingency << ", point " << i;
            EXPECT_NEAR(a.points[i].loss_mw, b.points[i].loss_mw, 1e-5) << b.contingency << ", point " << i;
            EXPECT_NEAR(a.points[i].slack_p_mw, b.points[i].slack_p_mw, 1e-5) << b.contingency << ", point " << i;
            ++points;
        }
        ASSERT_EQ(a.events.size(), b.events.size()) << b.contingency;
        for (std::size_t i = 0; i < a.events.size(); ++i) {
            EXPECT_EQ(a.events[i].event, b.events[i].event) << b.contingency << ", event " << i;
            EXPECT_EQ(a.events[i].bus, b.events[i].bus);
            EXPECT_EQ(a.events[i].branch, b.events[i].branch);
            EXPECT_EQ(a.events[i].generator, b.events[i].generator);
            EXPECT_NEAR(a.events[i].lambda, b.events[i].lambda, 1e-8);
        }
    }
    EXPECT_GT(points, 100);
}

TEST_P(LanePv, TheSameBytesForAnyThreadsAndCompany) {
    StudySetup study = setup();
    const std::vector<Contingency> outages = single_outages(study);
    const PvOptions asked = options(study);
    study.threads = 1;
    const auto all = run_pv(study, outages, asked);
    ASSERT_TRUE(all);
    study.threads = 3;
    const auto shared = run_pv(study, outages, asked);
    ASSERT_TRUE(shared);
    EXPECT_EQ(to_json(*all), to_json(*shared));
    // Every third outage alone has the curves it had in company.
    std::vector<Contingency> few;
    for (std::size_t k = 0; k < outages.size(); k += 3) few.push_back(outages[k]);
    PvResult some = *run_pv(study, few, asked);
    PvResult expected = *all;
    expected.curves = {all->curves[0]};
    for (std::size_t k = 0; k < outages.size(); k += 3) expected.curves.push_back(all->curves[k + 1]);
    EXPECT_EQ(to_json(some), to_json(expected));
}

INSTANTIATE_TEST_SUITE_P(Ways, LanePv,
                         ::testing::Combine(::testing::Values(Way::plain, Way::limits, Way::all_limits, Way::full, Way::transfer, Way::loads),
                                            ::testing::Range(1, 4)));

}  // namespace
}  // namespace araz::testing

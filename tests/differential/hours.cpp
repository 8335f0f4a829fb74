// Hours as settings on one network: the engine against a network built from the case of the hour, the lanes against the
// engine, and the rows of a batch against both; the same bits whatever the packing, the order and the number of threads.
#include <gtest/gtest.h>

#include <cmath>
#include <mutex>

#include "araz/engine/lane_sweep.hpp"
#include "araz/study/batch.hpp"
#include "support/grids.hpp"
#include "support/study.hpp"

namespace araz::testing {
namespace {

constexpr double vm_tolerance = 1e-9;  // p.u. and rad

struct Recipe {
    std::uint64_t seed = 1;
    bool q_limits = false;
    bool voltage_settings = false;  ///< other shunts, taps and set-points too
    bool shared_slack = false;
    double heaviest = 1.2;          ///< load of the heaviest hours over that of the case
};

// A grid, its hours as cases, and what the study makes of them.
struct Hours {
    Case grid;
    StudySetup setup;
    Solution base;
    ProfileUse use;
    ProfileSeries series;
    std::vector<Case> points;
    std::shared_ptr<const HourlyDispatch> dispatch;
    std::vector<std::vector<int>> out;  ///< units out by chance in each hour; never of the reference, which would move
    static constexpr int count = 48;

    explicit Hours(const Recipe& recipe, double tolerance = 1e-8) {
        GridRecipe of_grid;
        of_grid.seed = recipe.seed;
        of_grid.buses = 14 + 6 * static_cast<int>(recipe.seed);
        of_grid.reactive_room = recipe.q_limits ? 0.6 : 5.0;
        grid = make_grid(of_grid);
        for (std::size_t k = 0; k < grid.branches.size(); ++k) grid.branches[k].id = "branch-" + std::to_string(k);
        for (std::size_t k = 0; k < grid.generators.size(); ++k) grid.generators[k].id = "unit-" + std::to_string(k);
        Dice dice(77 + recipe.seed);
        for (BranchRow& branch : grid.branches) branch.rate_a_mva = dice.uniform(30.0, 120.0);
        Solving solving;
        solving.q_limits = recipe.q_limits;
        solving.tolerance = tolerance;
        setup = make_setup(grid, solving);
        if (recipe.shared_slack) {
            setup.engine.slack.mode = SlackMode::distributed;
            setup.engine.slack.key = recipe.seed % 2 == 0 ? SlackKey::headroom : SlackKey::pmax;
        }
        base = Engine(setup.model, setup.engine).solve({});
        draw_series(recipe, dice);
        if (recipe.voltage_settings) draw_points(dice);
        out.resize(count);
        std::vector<int> others;
        for (int g = 0; g < setup.model->network->n_unit; ++g)
            if (setup.model->kind[setup.model->network->gen_bus[g]] != solver::BusKind::slack)
                others.push_back(setup.model->network->gen_row[g]);
        for (int hour = 5; hour < count; hour += 6) out[static_cast<std::size_t>(hour)] = {others[static_cast<std::size_t>(dice.below(static_cast<int>(others.size())))]};
        std::vector<const Case*> list;
        for (const Case& point : points) list.push_back(&point);
        dispatch = std::make_shared<const HourlyDispatch>(grid, use, series, DispatchRule::proportional,
                                                          to_result(setup.model, base, setup.monitor, tolerance), list);
    }
    Hours(const Hours&) = delete;

    // Every load follows a series of its own; every third unit is a plant with a profile.
    void draw_series(const Recipe& recipe, Dice& dice) {
        use.units.resize(grid.generators.size());
        const auto add = [&](const std::string& name) {
            series.names.push_back(name);
            return name;
        };
        for (std::size_t g = 0; g < grid.generators.size(); g += 3)
            use.units[g] = {add("wind " + std::to_string(g)), grid.generators[g].pmax_mw};
        for (const BusRow& bus : grid.buses)
            if (bus.pd_mw != 0.0) use.loads.push_back({bus.bus, bus.pd_mw, bus.qd_mvar, add("load " + std::to_string(number(bus.bus)))});
        for (int hour = 0; hour < count; ++hour) {
            series.time.push_back(hour);
            const double all = dice.chance(0.2) ? recipe.heaviest : dice.uniform(0.6, 1.1);
            for (const std::string& name : series.names)
                series.values.push_back(name.starts_with("wind") ? dice.uniform(0.1, 0.6) : all * dice.uniform(0.9, 1.1));
        }
    }

    void draw_points(Dice& dice) {
        for (const double load : {0.6, 1.2}) {
            Case point = grid;
            for (BusRow& bus : point.buses) {
                bus.pd_mw *= load;
                if (bus.bs_mvar != 0.0) bus.bs_mvar *= dice.uniform(0.5, 1.5);
            }
            for (BranchRow& branch : point.branches)
                if (branch.ratio != 0.0) branch.ratio += dice.uniform(-0.02, 0.02);
            std::map<std::int64_t, double> by_bus;
            for (GeneratorRow& unit : point.generators) {
                const auto [at, fresh] = by_bus.emplace(number(unit.bus), unit.vg_pu + dice.uniform(-0.015, 0.015));
                unit.vg_pu = at->second;
            }
            points.push_back(std::move(point));
        }
    }

    [[nodiscard]] Scenario scenario(int hour) const {
        Scenario overlay;
        const HourState hour_state = state(hour);
        overlay.settings = dispatch->settings_in(hour_state, *setup.model->network, true);
        overlay.generators_out = dispatch->outages_in(hour_state, *setup.model->network);
        return overlay;
    }
    [[nodiscard]] HourState state(int hour) const { return dispatch->at(hour, out[static_cast<std::size_t>(hour)]); }
    [[nodiscard]] Case case_of(int hour) const { return dispatch->grid_in(state(hour)); }
};

class HourGrids : public ::testing::TestWithParam<std::tuple<int, bool, bool, bool>> {
protected:
    [[nodiscard]] static Recipe recipe() {
        const auto& [seed, q_limits, voltage_settings, shared_slack] = GetParam();
        return {static_cast<std::uint64_t>(seed), q_limits, voltage_settings, shared_slack};
    }
};

// To the last bit: settings are written as Network::build would have written the values of the case.
TEST_P(HourGrids, SettingsAreTheNetworkOfTheHour) {
    const Hours hours(recipe());
    Engine engine(hours.setup.model, hours.setup.engine);
    engine.prime(hours.base);
    for (int hour = 0; hour < Hours::count; hour += 5) {  // some with units out
        SCOPED_TRACE(hour);
        const auto model = ElectricalModel::build(build_network(hours.case_of(hour)));
        Engine rebuilt(model, hours.setup.engine);
        rebuilt.prime(hours.base);
        const Solution expected = rebuilt.solve_from({}, hours.base);
        const Solution found = engine.solve_from(hours.scenario(hour), hours.base);
        EXPECT_EQ(found.status, expected.status);
        EXPECT_EQ(found.pin, expected.pin);
        EXPECT_EQ(found.p_load, expected.p_load);
        if (hour == 0) {
            const auto written = with_settings(hours.setup.model, hours.scenario(hour).settings);
            EXPECT_EQ(written->ybus.g, model->ybus.g);
            EXPECT_EQ(written->ybus.b, model->ybus.b);
            EXPECT_EQ(written->network->pg, model->network->pg);
            EXPECT_EQ(written->network->pmax, model->network->pmax);
            EXPECT_EQ(written->network->b_shunt, model->network->b_shunt);
            EXPECT_EQ(written->network->tap, model->network->tap);
        }
        for (int b = 0; b < model->network->n_bus; ++b) {
            EXPECT_NEAR(found.vm[b], expected.vm[b], 1e-12);  // pivots may be chosen anew, at other values
            EXPECT_NEAR(found.va[b], expected.va[b], 1e-12);
        }
    }
    // And nothing of an hour stays.
    const Solution again = engine.solve_from({}, hours.base);
    EXPECT_EQ(again.p_load, hours.base.p_load);
    EXPECT_LE(again.iterations, 1);
}

struct Answer {
    bool solved = false;
    int iterations = 0, lost_buses = 0;
    double loss = 0.0, mismatch = 0.0;
    std::vector<double> vm, va, gen_p, gen_q, flows;
    std::vector<Pin> pin;
    bool operator==(const Answer&) const = default;
};

std::vector<Answer> sweep(const Hours& hours, const std::vector<Scenario>& scenarios, solver::Isa isa, const std::vector<int>& order) {
    const Network& net = *hours.setup.model->network;
    const auto lanes = std::make_shared<const LaneBase>(hours.setup.model, hours.setup.engine, Scenario{}, hours.base);
    EXPECT_TRUE(lanes->ok());
    LaneLimits limits;
    limits.branch.assign(static_cast<std::size_t>(net.n_branch), 0.5);
    LaneSweep engine(lanes, isa, limits);
    std::vector<Answer> answers(scenarios.size());
    LaneOutputs units;
    std::size_t at = 0;
    engine.run([&] { return at < order.size() ? order[at++] : -1; }, [&](int item) { return scenarios[static_cast<std::size_t>(item)]; },
               [&](const LaneOutcome& outcome) {
                   Answer& answer = answers[static_cast<std::size_t>(outcome.item)];
                   answer.solved = outcome.solved;
                   if (!outcome.solved) return;
                   outcome.outputs(units);
                   answer.iterations = outcome.iterations;
                   answer.lost_buses = outcome.lost_buses;
                   answer.loss = outcome.loss;
                   answer.mismatch = outcome.max_mismatch;
                   answer.gen_p = units.solution.gen_p;
                   answer.gen_q = units.solution.gen_q;
                   answer.pin.assign(outcome.pin.begin(), outcome.pin.end());
                   for (int b = 0; b < net.n_bus; ++b) {
                       answer.vm.push_back(outcome.vm(b));
                       answer.va.push_back(outcome.va(b));
                   }
                   for (int l = 0; l < net.n_branch; ++l) {
                       const solver::BranchFlow flow = outcome.flow(l);
                       answer.flows.insert(answer.flows.end(), {flow.p_from, flow.q_from, flow.p_to, flow.q_to});
                       const double loading = std::max(std::hypot(flow.p_from, flow.q_from), std::hypot(flow.p_to, flow.q_to));
                       const bool listed = std::binary_search(outcome.branches.begin(), outcome.branches.end(), l);
                       EXPECT_TRUE(listed || loading < 0.5 * (1.0 + 1e-9)) << "branch " << l;
                   }
               });
    return answers;
}

std::vector<Scenario> with_outages(const Hours& hours) {
    std::vector<Scenario> out;
    for (int hour = 0; hour < Hours::count; ++hour) {
        out.push_back(hours.scenario(hour));
        if (hour % 3 != 0) continue;
        out.push_back(out.back());
        out.back().branches_out = {hour % hours.setup.model->network->n_branch};
        out.push_back(out.back());
        if (out.back().generators_out.empty()) out.back().generators_out = {hour % hours.setup.model->network->n_unit};
    }
    return out;
}

TEST_P(HourGrids, LanesAnswerAsTheEngineDoes) {
    const Hours hours(recipe());
    const std::vector<Scenario> scenarios = with_outages(hours);
    std::vector<int> order;
    for (int k = 0; k < static_cast<int>(scenarios.size()); ++k) order.push_back(k);
    Engine engine(hours.setup.model, for_contingencies(hours.setup.engine));
    engine.prime(hours.base);
    for (const solver::Isa isa : solver::available_isas()) {
        const std::vector<Answer> answers = sweep(hours, scenarios, isa, order);
        int ejected = 0;
        for (std::size_t k = 0; k < answers.size(); ++k) {
            SCOPED_TRACE("scenario " + std::to_string(k));
            const Answer& lane = answers[k];
            const Solution scalar = engine.solve_from(scenarios[k], hours.base);
            if (!lane.solved) {
                ejected += scalar.status == SolveStatus::converged && scenarios[k].generators_out.empty() ? 1 : 0;
                continue;
            }
            ASSERT_EQ(scalar.status, SolveStatus::converged);
            // A chord counts as an iteration, and may take the place of a Newton step with one more after it.
            EXPECT_GE(lane.iterations + 1, scalar.iterations);
            EXPECT_LE(lane.iterations, 3 * scalar.iterations + 3);
            EXPECT_EQ(lane.lost_buses, scalar.lost_buses);
            EXPECT_EQ(lane.pin, scalar.pin);
            std::vector<solver::BranchFlow> flows;
            branch_flows(engine.model(), scalar, flows);
            double loss = 0.0;
            for (std::size_t l = 0; l < flows.size(); ++l) {
                loss += flows[l].p_from + flows[l].p_to;
                EXPECT_NEAR(lane.flows[4 * l], flows[l].p_from, 1e-7);
                EXPECT_NEAR(lane.flows[4 * l + 3], flows[l].q_to, 1e-7);
            }
            EXPECT_NEAR(lane.loss, loss, 1e-7);
            for (std::size_t b = 0; b < scalar.vm.size(); ++b) {
                ASSERT_NEAR(lane.vm[b], scalar.vm[b], vm_tolerance) << "bus " << b;
                ASSERT_NEAR(lane.va[b], scalar.va[b], vm_tolerance) << "bus " << b;
            }
            for (std::size_t g = 0; g < scalar.gen_p.size(); ++g) {
                EXPECT_NEAR(lane.gen_p[g], scalar.gen_p[g], 1e-7) << "unit " << g;
                EXPECT_NEAR(lane.gen_q[g], scalar.gen_q[g], 1e-7) << "unit " << g;
            }
        }
        EXPECT_LE(ejected, static_cast<int>(answers.size()) / 10);
    }
}

TEST_P(HourGrids, LanesDoNotDependOnPacking) {
    const Hours hours(recipe());
    const std::vector<Scenario> scenarios = with_outages(hours);
    std::vector<int> order;
    for (int k = 0; k < static_cast<int>(scenarios.size()); ++k) order.push_back(k);
    const std::vector<Answer> together = sweep(hours, scenarios, solver::best_isa(), order);
    EXPECT_EQ(sweep(hours, scenarios, solver::best_isa(), Dice(5).shuffled(static_cast<int>(scenarios.size()))), together);
    for (int k = 0; k < 9; ++k)
        EXPECT_EQ(sweep(hours, scenarios, solver::best_isa(), {k})[static_cast<std::size_t>(k)], together[static_cast<std::size_t>(k)]);
}

INSTANTIATE_TEST_SUITE_P(Grids, HourGrids, ::testing::Combine(::testing::Range(1, 5), ::testing::Bool(), ::testing::Bool(), ::testing::Bool()));

// A study of all hours with every column.
BatchStudy study_of(const Hours& hours, SweepEngine engine) {
    BatchStudy study;
    study.layout.kind = BatchKind::pf;
    for (int hour = 0; hour < Hours::count; ++hour) study.layout.hours.push_back(hour);
    study.layout.time = hours.series.time;
    study.layout.points = study.layout.variants = {"base"};
    study.layout.axes = batch_axes({&hours.grid}, {});
    study.layout.axes.push_back({"profile", hours.series.names, hours.series.names, {}});
    for (const BatchColumnChoice& choice : batch_columns(BatchKind::pf)) study.layout.columns.push_back(choice.column);
    study.series = std::make_shared<const ProfileSeries>(hours.series);
    study.states = {hours.dispatch};
    for (const std::vector<int>& rows : hours.out) {
        study.units_out.emplace_back();
        for (const int row : rows) study.units_out.back().push_back(hours.grid.generators[static_cast<std::size_t>(row)].id);
    }
    StudySetup setup = hours.setup;
    setup.sweep = engine;
    study.bases = {make_hour_base(setup, hours.base, true)};
    return study;
}

std::vector<BatchRow> rows_of(const BatchStudy& study, int threads, const std::vector<int>& scenarios) {
    std::vector<BatchRow> rows(static_cast<std::size_t>(study.layout.scenarios()));
    auto blocks = blocks_of(study, scenarios);
    std::mutex lock;
    std::size_t at = 0;
    run_scenarios(study, threads,
                  [&](bool) {
                      const std::lock_guard guard(lock);
                      return at < blocks.size() ? blocks[at++] : std::vector<int>{};
                  },
                  false,
                  [&](std::vector<SolvedRow> solved) {
                      for (SolvedRow& row : solved) rows[static_cast<std::size_t>(row.scenario)] = std::move(row.row);
                      return true;
                  });
    return rows;
}

// The row that a power flow of the hour's own case gives; columns along elements included.
void expect_row(const BatchLayout& layout, const BatchRow& row, const Hours& hours, int hour, const PfResult& result) {
    const auto value = [&](const char* column, std::size_t at = 0) {
        return row.numbers[static_cast<std::size_t>(layout.offset(column)) + at];
    };
    const auto near = [&](const char* column, double expected, std::size_t at = 0) {
        EXPECT_NEAR(value(column, at), expected, 1e-8 * std::max(1.0, std::abs(expected))) << column << " " << at;
    };
    EXPECT_EQ(layout.column("status")->words[static_cast<std::size_t>(value("status"))], to_string(result.status));
    if (!is_solved(result.status)) {
        EXPECT_TRUE(std::isnan(value("loss_mw")) && std::isnan(value("vm_pu")) && std::isnan(value("max_loading_pct")));
        return;
    }
    near("generation_mw", result.totals.generation_mw);
    near("load_mw", result.totals.load_mw);
    near("loss_mw", result.totals.loss_mw);
    EXPECT_EQ(value("violations"), static_cast<double>(result.violations.size()));
    const Case grid = hours.case_of(hour);
    double error = 0.0, worst = 0.0, lowest = 10.0, highest = 0.0;
    for (std::size_t k = 0; k < result.generators.size(); ++k) {
        if (!result.generators[k].in_service) {
            EXPECT_TRUE(std::isnan(value("p_mw", k)));
            continue;
        }
        error += result.generators[k].p_mw - grid.generators[k].pg_mw;
        near("p_mw", result.generators[k].p_mw, k);
        near("q_mvar", result.generators[k].q_mvar, k);
    }
    EXPECT_NEAR(value("balance_error_mw"), error, 1e-6);
    for (std::size_t k = 0; k < result.branches.size(); ++k) {
        if (!result.branches[k].in_service) continue;
        near("p_from_mw", result.branches[k].p_from_mw, k);
        near("q_to_mvar", result.branches[k].q_to_mvar, k);
        near("loading_pct", result.branches[k].loading_pct, k);
        worst = std::max(worst, result.branches[k].loading_pct);
    }
    for (std::size_t k = 0; k < result.buses.size(); ++k) {
        if (!std::isfinite(result.buses[k].vm_pu)) continue;
        near("vm_pu", result.buses[k].vm_pu, k);
        near("va_deg", result.buses[k].va_deg, k);
        lowest = std::min(lowest, result.buses[k].vm_pu);
        highest = std::max(highest, result.buses[k].vm_pu);
    }
    near("max_loading_pct", worst);
    near("min_vm_pu", lowest);
    near("max_vm_pu", highest);
    const BatchAxis& areas = *layout.axis("area");
    for (const AreaResult& area : result.areas)
        for (std::size_t k = 0; k < areas.size(); ++k)
            if (areas.ids[k] == std::to_string(area.area)) near("net_export_mw", area.net_export_mw, k);
}

class BatchRows : public HourGrids {};

TEST_P(BatchRows, AreThoseOfTheNetworkBuiltFromTheCaseOfTheHour) {
    constexpr double tolerance = 1e-11;  // so that where two paths stop does not show at 1e-8
    Recipe heavy = recipe();
    heavy.heaviest = 10.0;
    const Hours hours(heavy, tolerance);
    std::vector<int> all;
    for (int hour = 0; hour < Hours::count; ++hour) all.push_back(hour);
    int unsolved = 0;
    for (const SweepEngine engine : {SweepEngine::lane, SweepEngine::scalar}) {
        const BatchStudy study = study_of(hours, engine);
        EXPECT_EQ(study.bases[0]->lanes != nullptr, engine == SweepEngine::lane);
        const std::vector<BatchRow> rows = rows_of(study, 1, all);
        for (int hour = 0; hour < Hours::count; ++hour) {
            SCOPED_TRACE("hour " + std::to_string(hour));
            ASSERT_TRUE(study.layout.fits(rows[static_cast<std::size_t>(hour)]));
            Solving solving;
            solving.q_limits = heavy.q_limits;
            solving.tolerance = tolerance;
            StudySetup of_hour = make_setup(hours.case_of(hour), solving);
            of_hour.engine.slack = hours.setup.engine.slack;
            const PfResult expected = run_power_flow(of_hour);
            expect_row(study.layout, rows[static_cast<std::size_t>(hour)], hours, hour, expected);
            unsolved += is_solved(expected.status) ? 0 : 1;
        }
    }
    if (std::get<0>(GetParam()) == 1) { EXPECT_GT(unsolved, 0) << "the test is to have hours without a solution"; }
}

TEST_P(BatchRows, DoNotDependOnThreadsOrOrder) {
    Recipe heavy = recipe();
    heavy.heaviest = 10.0;
    const Hours hours(heavy);
    const BatchStudy study = study_of(hours, SweepEngine::lane);
    std::vector<int> all, later;
    for (int hour = 0; hour < Hours::count; ++hour) (hour % 7 == 3 ? later : all).push_back(hour);
    std::vector<BatchRow> rest = rows_of(study, 1, later);
    std::vector<int> every = all;
    every.insert(every.end(), later.begin(), later.end());
    std::sort(every.begin(), every.end());
    const auto same = [](const BatchRow& a, const BatchRow& b) {
        return a.texts == b.texts && a.numbers.size() == b.numbers.size() &&
               std::equal(a.numbers.begin(), a.numbers.end(), b.numbers.begin(),
                          [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); });
    };
    const std::vector<BatchRow> one = rows_of(study, 1, every), three = rows_of(study, 3, Dice(9).shuffled(Hours::count));
    for (int hour = 0; hour < Hours::count; ++hour) {
        const auto k = static_cast<std::size_t>(hour);
        EXPECT_TRUE(same(one[k], three[k])) << "hour " << hour;
        if (hour % 7 == 3) { EXPECT_TRUE(same(one[k], rest[k])) << "hour " << hour; }
    }
}

INSTANTIATE_TEST_SUITE_P(Grids, BatchRows, ::testing::Combine(::testing::Range(1, 4), ::testing::Bool(), ::testing::Bool(), ::testing::Bool()));

}  // namespace
}  // namespace araz::testing

// What an export capacity must obey, whatever the grid, and where it is known in closed form.
//
// A search ends in a bracket [secure, insecure]. Two searches for the same limit must have brackets that
// overlap; a limit that can only fall must not be secure above the other's insecure end.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <ostream>

#include "araz/io/result_io.hpp"
#include "support/grids.hpp"
#include "support/study.hpp"

namespace araz::testing {
namespace {

constexpr double tolerance_mw = 0.1;

Transfer one_to_two(ExchangeMode mode) {
    Transfer transfer;
    transfer.from = "1";
    transfer.to = "2";
    transfer.options.mode = mode;
    transfer.options.tolerance_mw = tolerance_mw;
    return transfer;
}

Solving thermal_only() {
    Solving solving;
    solving.monitor.voltage_limits = false;
    return solving;
}

DirectionResult limit_of(const Case& grid, const Transfer& transfer) {
    return transfer_limit(make_setup(grid, thermal_only()), transfer);
}

void expect_thermal(const DirectionResult& result) {
    ASSERT_EQ(result.status, "converged");
    EXPECT_TRUE(result.limit.cause == "thermal" || result.limit.cause == "thermal_n1")
        << result.limit.cause << " at " << result.certificate.secure_mw << " MW of " << result.max_shift_mw;
    EXPECT_GT(result.certificate.secure_mw, 1.0) << "a limit at the base says nothing";
    EXPECT_LE(result.certificate.insecure_mw - result.certificate.secure_mw, tolerance_mw);
}

void expect_same_limit(const DirectionResult& a, const DirectionResult& b) {
    expect_thermal(a);
    expect_thermal(b);
    // In MW of the same grid; 1e-6 MW for what the power flow leaves open.
    EXPECT_LE(a.certificate.secure_mw, b.certificate.insecure_mw + 1e-6);
    EXPECT_LE(b.certificate.secure_mw, a.certificate.insecure_mw + 1e-6);
    EXPECT_NEAR(a.base_exchange_mw, b.base_exchange_mw, 1e-6);
}

struct Setting {
    int seed = 1;
    ExchangeMode mode = ExchangeMode::net;
};

std::string name_of(const Setting& setting) {
    return (setting.mode == ExchangeMode::net ? "net_" : "scheduled_") + std::to_string(setting.seed);
}

void PrintTo(const Setting& setting, std::ostream* out) {
    *out << name_of(setting);
}

class Capacity : public ::testing::TestWithParam<Setting> {
protected:
    [[nodiscard]] Case grid() const {
        GridRecipe recipe;
        recipe.seed = static_cast<std::uint64_t>(GetParam().seed);
        recipe.buses = 16;
        return rated_for_n1(make_grid(recipe));
    }
    [[nodiscard]] Transfer transfer() const { return one_to_two(GetParam().mode); }
};

/// The certificate, checked by hand at both ends with fresh engines and every outage.
TEST_P(Capacity, EveryStateIsSecureAtOneEndOfTheBracketAndOneIsNotAtTheOther) {
    const StudySetup setup = make_setup(grid(), thermal_only());
    const Transfer asked = transfer();
    const DirectionResult result = transfer_limit(setup, asked);
    expect_thermal(result);
    Engine engine(setup.model, setup.engine);
    const Solution base = engine.solve({});
    const Network& net = *setup.model->network;
    const Exchange exchange(setup.model, asked.options.mode, asked.options.key,
                            *make_sides(net, asked.from, asked.to, asked.grouping), base);
    const auto worst_at = [&](double shift_mw) {
        const ExchangePoint point = exchange.solve(engine, shift_mw / net.base_mva, base);
        EXPECT_EQ(point.status, PointStatus::ok);
        double worst = 0.0;
        std::vector<int> outages{-1};
        for (int l = 0; l < net.n_branch; ++l)
            if (setup.model->bridge[l] == 0) outages.push_back(l);
        for (const int out : outages) {
            Scenario scenario = point.scenario;
            if (out >= 0) scenario.branches_out = {out};
            Engine fresh(setup.model, setup.engine);
            const Solution solution = fresh.solve(scenario);
            EXPECT_TRUE(solution.solved());
            std::vector<solver::BranchFlow> flows;
            branch_flows(*setup.model, solution, flows);
            for (int l = 0; l < net.n_branch; ++l) {
                const double flow =
                    std::max(std::hypot(flows[l].p_from, flows[l].q_from), std::hypot(flows[l].p_to, flows[l].q_to));
                if (net.rate_a[l] > 0.0) worst = std::max(worst, flow / net.rate_a[l]);
            }
        }
        return worst;
    };
    // A limit counts as met up to limit_margin; the net mode settles the exchange to 1e-6 p.u.
    EXPECT_LE(worst_at(result.certificate.secure_mw), 1.0 + limit_margin + 1e-6);
    EXPECT_GT(worst_at(result.certificate.insecure_mw), 1.0 + limit_margin - 1e-6);
    for (double part = 0.0; part < 1.0; part += 0.25)
        EXPECT_LE(worst_at(part * result.certificate.secure_mw), 1.0 + limit_margin + 1e-6)
            << "first exit: secure below";
}

TEST_P(Capacity, RenumberingBusesAndReorderingRowsChangesNothing) {
    const Case made = grid();
    expect_same_limit(limit_of(made, transfer()), limit_of(renumbered(made, 5), transfer()));
}

TEST_P(Capacity, TheBasePowerChangesNothing) {
    const Case made = grid();
    expect_same_limit(limit_of(made, transfer()), limit_of(on_base(made, 250.0), transfer()));
}

// The outage of the whole line is no longer in the set once its two halves are separate, so it is left out
// of both sets, and so are the halves.
TEST_P(Capacity, SplittingALineIntoTwoParallelHalvesChangesNothing) {
    const Case made = grid();
    const DirectionResult probe = limit_of(made, transfer());
    const int line = probe.limit.branch;  // the one that matters most
    Transfer whole = transfer();
    whole.excluded_rows = {line};
    const DirectionResult before = limit_of(made, whole);

    Case split = made;
    BranchRow& half = split.branches[static_cast<std::size_t>(line) - 1];
    half.r_pu *= 2.0;
    half.x_pu *= 2.0;
    half.b_pu /= 2.0;
    half.rate_a_mva /= 2.0;
    split.branches.push_back(half);
    Transfer halves = transfer();
    halves.excluded_rows = {line, static_cast<int>(split.branches.size())};
    expect_same_limit(before, limit_of(split, halves));
}

// After a cut the limit may stay, but the other's insecure end bounds it from above.
TEST_P(Capacity, CuttingARatingNeverRaisesIt) {
    const Case made = grid();
    const DirectionResult before = limit_of(made, transfer());
    const int limiting = before.limit.branch;
    for (std::size_t row = 0; row < made.branches.size(); row += 5) {
        Case cut = made;
        cut.branches[row].rate_a_mva *= 0.95;
        const DirectionResult after = limit_of(cut, transfer());
        EXPECT_LE(after.certificate.secure_mw, before.certificate.insecure_mw) << "branch " << row + 1;
    }
    Case cut = made;
    cut.branches[static_cast<std::size_t>(limiting) - 1].rate_a_mva *= 0.98;
    EXPECT_LT(limit_of(cut, transfer()).certificate.secure_mw, before.certificate.secure_mw) << "the limiting branch";
}

TEST_P(Capacity, AddingContingenciesNeverRaisesIt) {
    const Case made = grid();
    Transfer intact = transfer();
    intact.outages = false;
    Transfer most = transfer();
    const DirectionResult all = limit_of(made, transfer());
    if (!all.limit.contingency.empty()) most.excluded_rows = {std::stoi(all.limit.contingency)};
    const DirectionResult some = limit_of(made, most);
    const DirectionResult none = limit_of(made, intact);
    const auto upper = [](const DirectionResult& r) {
        return std::isnan(r.certificate.insecure_mw) ? r.max_shift_mw : r.certificate.insecure_mw;
    };
    EXPECT_LE(all.certificate.secure_mw, upper(some));
    EXPECT_LE(some.certificate.secure_mw, upper(none));
    EXPECT_NEAR(all.ttc_intact_mw, none.ttc_mw, tolerance_mw);
}

TEST_P(Capacity, IsTheSameBytesForAnyNumberOfThreads) {
    const Case made = grid();
    std::string first;
    for (const int threads : {1, 2, 4}) {
        Solving solving = thermal_only();
        solving.threads = threads;
        const StudySetup setup = make_setup(made, solving);
        const Network& net = *setup.model->network;
        const Transfer asked = transfer();
        const std::string bytes = to_json(
            run_capacity(setup, single_outages(setup), asked.options,
                         {*make_sides(net, "1", "2", Grouping::area), *make_sides(net, "2", "1", Grouping::area)}));
        if (first.empty()) first = bytes;
        EXPECT_EQ(bytes, first) << threads << " threads";
    }
}

std::vector<Setting> settings() {
    std::vector<Setting> all;
    for (int seed = 1; seed <= 4; ++seed)
        for (const ExchangeMode mode : {ExchangeMode::net, ExchangeMode::scheduled}) all.push_back({seed, mode});
    return all;
}

INSTANTIATE_TEST_SUITE_P(Grids, Capacity, ::testing::ValuesIn(settings()),
                         [](const auto& instance) { return name_of(instance.param); });

// In net mode every area covers its own losses, so where the slack stands must not matter. After an outage
// the slack does take the change of losses (post-contingency controls are frozen): intact grid only.
TEST(NetExchange, DoesNotDependOnWhereTheSlackIs) {
    for (int seed = 1; seed <= 4; ++seed) {
        GridRecipe recipe;
        recipe.seed = static_cast<std::uint64_t>(seed);
        recipe.buses = 16;
        Case made = rated_for_n1(make_grid(recipe));
        // The solved outputs become the schedule, so that the base is the same whoever is slack.
        const PfResult base = solve(made);
        for (std::size_t k = 0; k < made.generators.size(); ++k) made.generators[k].pg_mw = base.generators[k].p_mw;
        for (std::size_t k = 0; k < made.buses.size(); ++k) {
            made.buses[k].va_deg = base.buses[k].va_deg;
            made.buses[k].vm_pu = base.buses[k].vm_pu;
        }
        Case moved = made;
        bool taken = false;
        for (BusRow& bus : moved.buses) {
            if (bus.type == BusType::slack) {
                bus.type = BusType::pv;
            } else if (bus.type == BusType::pv && bus.area == 2 && !taken) {
                bus.type = BusType::slack;
                taken = true;
            }
        }
        ASSERT_TRUE(taken);
        Transfer asked = one_to_two(ExchangeMode::net);
        asked.outages = false;
        SCOPED_TRACE(seed);
        expect_same_limit(limit_of(made, asked), limit_of(moved, asked));
    }
}

// --- closed forms ----------------------------------------------------------------------------------------
//
// n lossless lines x between buses held at 1 p.u.: P = n sin(d)/x and |S| per line = 2 sin(d/2)/x at both
// ends, so |S| = R gives P = n R sqrt(1 - (xR/2)^2). After an outage n - 1 lines carry the same P.

class TwoAreas : public ::testing::TestWithParam<ExchangeMode> {
protected:
    static constexpr double fine = 0.01;  // MW
    [[nodiscard]] static DirectionResult limit(bool outages) {
        Transfer transfer = one_to_two(GetParam());
        transfer.options.tolerance_mw = fine;
        transfer.outages = outages;
        return limit_of(with_neutral_slack(two_areas(2, 0.1, 500.0)), transfer);
    }

    /// A reference bus in an area of its own, on a stiff line that carries nothing: in scheduled mode the
    /// units at the reference bus take no part.
    [[nodiscard]] static Case with_neutral_slack(Case grid) {
        grid.buses[0].type = BusType::pv;
        BusRow bus = grid.buses[0];
        bus.bus = BusId{3};
        bus.type = BusType::slack;
        bus.area = 3;
        bus.pd_mw = 0.0;
        grid.buses.push_back(bus);
        GeneratorRow unit = grid.generators[0];
        unit.bus = bus.bus;
        unit.pg_mw = 0.0;
        grid.generators.push_back(unit);
        BranchRow line;
        line.from_bus = BusId{3};
        line.to_bus = BusId{1};
        line.x_pu = 0.01;
        grid.branches.push_back(line);
        return grid;
    }
};

TEST_P(TwoAreas, IntactLimitIsTheClosedForm) {
    const DirectionResult result = limit(false);
    EXPECT_NEAR(result.delta_e_mw, 968.245837, fine);
    EXPECT_EQ(result.limit.cause, "thermal");
    EXPECT_NEAR(result.limit.value, 500.0, 0.01);
    EXPECT_NEAR(result.base_exchange_mw, 0.0, 1e-6);
}

TEST_P(TwoAreas, SecureLimitIsTheClosedFormForOneLineLess) {
    const DirectionResult result = limit(true);
    EXPECT_NEAR(result.delta_e_mw, 484.122918, fine);
    EXPECT_NEAR(result.ttc_intact_mw, 968.245837, fine);
    EXPECT_EQ(result.limit.cause, "thermal_n1");
}

INSTANTIATE_TEST_SUITE_P(Modes, TwoAreas, ::testing::Values(ExchangeMode::net, ExchangeMode::scheduled),
                         [](const auto& instance) {
                             return instance.param == ExchangeMode::net ? "net" : "scheduled";
                         });

// A source of 1 p.u. behind a reactance x feeds P at power factor cos(phi): it can give no more than
// cos(phi) / (2x (1 + sin(phi))), and V^2 = (1 - 2xQ)/2 + sqrt((1 - 2xQ)^2/4 - x^2 S^2) below that.
struct RadialLoad {
    double x = 0.1;
    double phi = 0.0;
    [[nodiscard]] double p_max() const { return std::cos(phi) / (2.0 * x * (1.0 + std::sin(phi))); }
    [[nodiscard]] Case at(double p) const {
        Case grid = two_areas(1, x, 0.0);
        for (BusRow& bus : grid.buses) bus.pd_mw = 0.0;
        grid.buses[1].type = BusType::pq;
        grid.buses[1].pd_mw = grid.base_mva * p;
        grid.buses[1].qd_mvar = grid.base_mva * p * std::tan(phi);
        grid.generators.pop_back();
        return grid;
    }
    [[nodiscard]] double voltage(double p) const {
        const double q = p * std::tan(phi);
        const double half = 0.5 - x * q;
        return std::sqrt(half + std::sqrt(half * half - x * x * (p * p + q * q)));
    }
};

TEST(RadialLoad, IsSolvedUpToTheNoseOnTheUpperBranchAndNotBeyond) {
    for (const double x : {0.05, 0.1, 0.4}) {
        for (const double phi : {0.0, 0.3}) {
            const RadialLoad load{x, phi};
            Solving solving;
            solving.start = Start::flat;
            for (const double part : {0.1, 0.5, 0.9, 0.999}) {
                const PfResult result = solve(load.at(part * load.p_max()), solving);
                ASSERT_EQ(result.status, SolveStatus::converged) << "x " << x << ", phi " << phi << ", " << part;
                // dV/dP grows like 1/sqrt(1 - part) towards the nose: 1e-10 p.u. of mismatch stays below 1e-8.
                EXPECT_NEAR(result.buses[1].vm_pu, load.voltage(part * load.p_max()), 1e-8);
            }
            for (const double part : {1.001, 1.1, 2.0}) {
                const PfResult result = solve(load.at(part * load.p_max()), solving);
                EXPECT_FALSE(is_solved(result.status)) << "x " << x << ", phi " << phi << ", " << part;
                EXPECT_FALSE(result.diagnosis.worst.empty());
            }
        }
    }
}

// By the load key the exporter lowers its load and the importer, behind a long line, raises its own.
TEST(RadialLoad, ATransferIntoItEndsInCollapseAtTheNose) {
    const RadialLoad radial{0.4, 0.0};
    Case grid = radial.at(0.5 * radial.p_max());
    Transfer transfer = one_to_two(ExchangeMode::scheduled);
    transfer.options.key = KeyKind::load;
    transfer.options.tolerance_mw = tolerance_mw;
    grid.buses[0].pd_mw = 1000.0;
    const DirectionResult result = limit_of(grid, transfer);
    EXPECT_EQ(result.limit.cause, "collapse");
    EXPECT_NEAR(result.delta_e_mw, 0.5 * 100.0 * radial.p_max(), tolerance_mw);
}

}  // namespace
}  // namespace araz::testing

// LCC and VSC links in meshed grids: laws, symmetries, rest, contingencies, slack, capacities.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numbers>

#include "araz/io/result_io.hpp"
#include "araz/model/end_state.hpp"
#include "araz/study/factors.hpp"
#include "araz/verify/verify.hpp"
#include "support/grids.hpp"
#include "support/links.hpp"
#include "support/study.hpp"

namespace araz::testing {
namespace {

constexpr double degree = std::numbers::pi / 180.0;

std::string failures(const VerifyReport& report) {
    std::string out;
    for (const LawCheck& check : report.checks)
        if (!check.passed()) out += check.law + " at " + check.element + " by " + std::to_string(check.deviation) + "; ";
    return out;
}

void expect_laws(const Case& grid, const PfResult& result) {
    ASSERT_TRUE(is_solved(result.status));
    const VerifyReport report = check_laws(grid, result);
    EXPECT_TRUE(report.passed()) << failures(report);
}

enum class Kind { vsc_v, vsc_q, vsc_pf, lcc, emulated_vsc, emulated_lcc, emulated_at_limit, emulated_v };

/// Three links of a kind between load buses of a meshed grid.
Case grid_with(Kind kind, std::uint64_t seed, int links = 3) {
    GridRecipe recipe;
    recipe.seed = seed;
    recipe.buses = 24;
    Case grid = make_grid(recipe);
    grid.dc_lines_active = true;
    Dice dice(97 * seed + static_cast<std::uint64_t>(kind));
    std::vector<int> free;
    for (int b = 0; b < recipe.buses; ++b)
        if (grid.buses[static_cast<std::size_t>(b)].type == BusType::pq) free.push_back(b);
    for (int k = 0; k < links; ++k) {
        const std::size_t a = static_cast<std::size_t>(3 * k) % free.size();
        const std::size_t b = (a + free.size() / 2) % free.size();
        const bool lcc = kind == Kind::lcc || kind == Kind::emulated_lcc;
        DcLineRow link = lcc ? lcc_link(grid.buses[free[a]].bus, grid.buses[free[b]].bus, dice.uniform(0.85, 0.95), 60.0)
                             : vsc_link(grid.buses[free[a]].bus, grid.buses[free[b]].bus, 60.0);
        link.pf_mw = dice.uniform(-20.0, 20.0);
        link.from_end.loss_share = dice.uniform(0.0, 0.02);
        link.to_end.loss_share = dice.uniform(0.0, 0.02);
        link.from_end.idle_loss_mw = dice.uniform(0.0, 0.3);
        link.to_end.idle_loss_mw = dice.uniform(0.0, 0.3);
        link.r_ohm = dice.uniform(1.0, 10.0);
        link.vdc_kv = 100.0;
        if (!lcc) {
            link.from_end.power_factor = dice.uniform(0.9, 0.99);
            link.to_end.power_factor = -dice.uniform(0.9, 0.99);
            if (kind == Kind::vsc_q || kind == Kind::emulated_vsc) link.from_end.control = DcControl::q;
            link.from_end.q_set_mvar = dice.uniform(-5.0, 5.0);
            if (kind == Kind::vsc_v || kind == Kind::emulated_v) link.from_end.control = link.to_end.control = DcControl::v;
            link.vf_pu = dice.uniform(1.0, 1.02);
            link.vt_pu = dice.uniform(1.0, 1.02);
        }
        link.ac_emulation = kind >= Kind::emulated_vsc;
        link.p0_mw = dice.uniform(-10.0, 10.0);
        link.droop_mw_per_deg = dice.uniform(0.5, 4.0);
        if (kind == Kind::emulated_at_limit) {
            link.pmin_mw = -2.0;
            link.pmax_mw = 3.0;
        }
        grid.dc_lines.push_back(link);
    }
    return grid;
}

using Param = std::tuple<Kind, int>;
class HvdcGrids : public ::testing::TestWithParam<Param> {
protected:
    [[nodiscard]] Case grid() const { return grid_with(std::get<0>(GetParam()), static_cast<std::uint64_t>(std::get<1>(GetParam()))); }
};

void expect_same_state(const PfResult& a, const PfResult& b, double degrees_apart = 0.0) {
    ASSERT_TRUE(is_solved(a.status));
    ASSERT_TRUE(is_solved(b.status));
    for (std::size_t k = 0; k < a.buses.size(); ++k) {
        EXPECT_NEAR(a.buses[k].vm_pu, b.buses[k].vm_pu, 1e-9);
        EXPECT_NEAR(a.buses[k].va_deg, b.buses[k].va_deg + degrees_apart, 1e-7);
    }
}

TEST_P(HvdcGrids, KeepTheirLawsAndTheBalance) {
    for (const bool q_limits : {false, true}) {
        Solving solving;
        solving.q_limits = q_limits;
        PfResult result = solve(grid(), solving);
        result.envelope.options["q_limits"] = std::string(q_limits ? "on" : "off");
        expect_laws(grid(), result);
        const Totals& t = result.totals;
        EXPECT_NEAR(t.generation_mw, t.load_mw + t.loss_mw + t.dc_loss_mw + t.shunt_mw, 1e-5);
        double lost = 0.0;
        for (const DcLineResult& line : result.dc_lines) {
            EXPECT_NEAR(line.loss_mw, line.loss_from_mw + line.loss_line_mw + line.loss_to_mw, 1e-9);
            EXPECT_GE(line.p_set_mw, line.p_min_mw - 1e-9);
            EXPECT_LE(line.p_set_mw, line.p_max_mw + 1e-9);
            lost += line.loss_mw;
        }
        EXPECT_NEAR(t.dc_loss_mw, lost, 1e-9);
    }
}

TEST_P(HvdcGrids, AreTheSameSeenFromTheOtherEnd) {
    const Case given = grid();
    Case other = given;
    for (DcLineRow& line : other.dc_lines) line = reversed(line);
    const PfResult a = solve(given);
    const PfResult b = solve(other);
    expect_same_state(a, b);
    for (std::size_t k = 0; k < a.dc_lines.size(); ++k) {
        EXPECT_NEAR(a.dc_lines[k].p_from_mw, b.dc_lines[k].p_to_mw, 1e-6);
        EXPECT_NEAR(a.dc_lines[k].q_to_mvar, b.dc_lines[k].q_from_mvar, 1e-6);
        EXPECT_NEAR(a.dc_lines[k].p_set_mw, -b.dc_lines[k].p_set_mw, 1e-6);
    }
    expect_laws(other, b);
}

TEST_P(HvdcGrids, DoNotDependOnNumbersOrTheBase) {
    const Case given = grid();
    const PfResult a = solve(given);
    expect_same_state(a, solve(on_base(given, 37.0)));
    const PfResult b = solve(renumbered(given, 5));
    ASSERT_TRUE(is_solved(b.status));
    for (std::size_t k = 0; k < a.dc_lines.size(); ++k) {
        EXPECT_NEAR(a.dc_lines[k].p_from_mw, b.dc_lines[k].p_from_mw, 1e-6);
        EXPECT_NEAR(a.dc_lines[k].q_from_mvar, b.dc_lines[k].q_from_mvar, 1e-5);
        EXPECT_NEAR(a.dc_lines[k].q_to_mvar, b.dc_lines[k].q_to_mvar, 1e-5);
    }
}

// What was solved is at rest: started there, nothing moves. And every start ends there.
TEST_P(HvdcGrids, AreAtRestWhereTheyEnd) {
    Case given = grid();
    const PfResult a = solve(given);
    EXPECT_LE(a.iterations, 12);
    for (const Start start : {Start::flat, Start::dc}) {
        Solving solving;
        solving.start = start;
        expect_same_state(a, solve(given, solving));
    }
    for (std::size_t k = 0; k < given.buses.size(); ++k) {
        if (std::isnan(a.buses[k].vm_pu)) continue;
        given.buses[k].vm_pu = a.buses[k].vm_pu;
        given.buses[k].va_deg = a.buses[k].va_deg;
    }
    Solving loose;
    loose.tolerance = 1e-8;
    EXPECT_EQ(solve(given, loose).iterations, 0);
}

TEST_P(HvdcGrids, RespondAfterContingenciesAsTheReCheckFinds) {
    Case given = grid();
    Solving solving;
    solving.tolerance = 1e-8;
    solving.q_limits = true;
    const StudySetup setup = make_setup(given, solving);
    N1Result result = run_n1(setup, single_outages(setup));
    result.envelope.options["q-limits"] = std::string("on");
    const auto back = n1_from_json(to_json(result), "n1.json");
    ASSERT_TRUE(back);
    const VerifyReport report = check_contingencies(given, *back);
    EXPECT_TRUE(report.passed()) << failures(report);
    EXPECT_GT(result.summary.solved, 20);
}

TEST_P(HvdcGrids, GiveTheSameContingenciesInLanes) {
    StudySetup setup = make_setup(grid(), {.tolerance = 1e-8, .q_limits = true});
    const std::vector<Contingency> list = single_outages(setup);
    setup.sweep = SweepEngine::scalar;
    const N1Result scalar = run_n1(setup, list);
    setup.sweep = SweepEngine::lane;
    const N1Result lane = run_n1(setup, list);
    ASSERT_EQ(scalar.contingencies.size(), lane.contingencies.size());
    for (std::size_t k = 0; k < scalar.contingencies.size(); ++k) {
        EXPECT_EQ(scalar.contingencies[k].status, lane.contingencies[k].status);
        EXPECT_NEAR(scalar.contingencies[k].loss_mw, lane.contingencies[k].loss_mw, 1e-4);
        EXPECT_NEAR(scalar.contingencies[k].min_vm_pu, lane.contingencies[k].min_vm_pu, 1e-7);
    }
}

INSTANTIATE_TEST_SUITE_P(Kinds, HvdcGrids,
                         ::testing::Combine(::testing::Values(Kind::vsc_v, Kind::vsc_q, Kind::vsc_pf, Kind::lcc, Kind::emulated_vsc,
                                                              Kind::emulated_lcc, Kind::emulated_at_limit, Kind::emulated_v),
                                            ::testing::Values(1, 2, 3)));

// In the DC model a lossless link under emulation is a branch: k = 1 / x.
TEST(Hvdc, EmulationEqualsABranchInTheDcModel) {
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
        Case with_link = grid_with(Kind::emulated_vsc, seed, 0);
        Case with_branch = with_link;
        const BusId from = with_link.buses[3].bus;
        const BusId to = with_link.buses[15].bus;
        DcLineRow link = vsc_link(from, to);
        link.ac_emulation = true;
        link.droop_mw_per_deg = 4.0;
        with_link.dc_lines.push_back(link);
        BranchRow branch;
        branch.from_bus = from;
        branch.to_bus = to;
        branch.x_pu = 100.0 * degree / 4.0;
        with_branch.branches.push_back(branch);
        const PfResult a = solve_dc(with_link);
        const PfResult b = solve_dc(with_branch);
        EXPECT_NEAR(a.dc_lines[0].p_from_mw, b.branches.back().p_from_mw, 1e-9);
        EXPECT_GT(std::abs(a.dc_lines[0].p_from_mw), 0.01);
        for (std::size_t k = 0; k < a.buses.size(); ++k)
            if (!std::isnan(a.buses[k].va_deg)) {
                EXPECT_NEAR(a.buses[k].va_deg, b.buses[k].va_deg, 1e-10);
            }
        // So the transfer factors of all other branches are those beside a branch.
        const auto factors_of = [](const Case& grid) {
            auto result = run_ptdf(*make_setup(grid).model, {}, {});
            EXPECT_TRUE(result);
            return *std::move(result);
        };
        const PtdfResult beside_link = factors_of(with_link);
        const PtdfResult beside_branch = factors_of(with_branch);
        ASSERT_EQ(beside_link.branches.size() + 1, beside_branch.branches.size());
        for (std::size_t k = 0; k < beside_link.branches.size(); ++k)
            for (std::size_t c = 0; c < beside_link.branches[k].ptdf.size(); ++c)
                EXPECT_NEAR(beside_link.branches[k].ptdf[c], beside_branch.branches[k].ptdf[c], 1e-12);
        // With losses and limits it keeps its own laws in the DC model too.
        for (const Kind kind : {Kind::emulated_vsc, Kind::emulated_lcc, Kind::emulated_at_limit}) {
            const Case lossy = grid_with(kind, seed);
            expect_laws(lossy, solve_dc(lossy));
        }
    }
}

// Who balances is an unknown of the same Newton step as what the links carry: still quadratic.
TEST(Hvdc, EmulationGoesWithDistributedSlackAndNetPositions) {
    for (const SlackMode mode : {SlackMode::distributed, SlackMode::area})
        for (const std::uint64_t seed : {1U, 2U, 3U}) {
            Case grid = grid_with(Kind::emulated_lcc, seed);
            StudySetup setup = make_setup(grid);
            setup.engine.slack.mode = mode;
            if (mode == SlackMode::area) setup.engine.slack.schedule = {{2, 0.05}};
            PfResult result = run_power_flow(setup);
            ASSERT_TRUE(is_solved(result.status)) << seed;
            EXPECT_LE(result.iterations, 8);
            result.envelope.options["slack"] = std::string(mode == SlackMode::area ? "area" : "distributed");
            result.envelope.options["slack-key"] = std::string("pmax");
            result.envelope.options["q_limits"] = std::string("off");
            expect_laws(grid, result);
            if (mode != SlackMode::area) continue;
            double export_mw = 0.0;
            for (const TieResult& tie : result.ties) export_mw += tie.from_area == 2 ? result.branches[tie.branch - 1].p_from_mw : result.branches[tie.branch - 1].p_to_mw;
            const auto area_of = [&](std::int64_t bus) {
                for (const BusRow& row : grid.buses)
                    if (number(row.bus) == bus) return row.area;
                return 0;
            };
            for (const DcLineResult& line : result.dc_lines) {
                if (area_of(line.from_bus) == area_of(line.to_bus)) continue;
                export_mw += area_of(line.from_bus) == 2 ? line.p_from_mw : line.p_to_mw;
            }
            EXPECT_NEAR(export_mw, 5.0, 1e-6);
        }
}

// From next to nothing to far stiffer than the ties, free or cut on either side: a monotone equation each, so every
// start ends at the same state and in a bounded number of steps.
TEST(Hvdc, EmulationConvergesForAnyDroop) {
    int at_limit = 0;
    int worst = 0;
    for (const double droop : {0.01, 1.0, 30.0, 1000.0})
        for (const double reach : {0.5, 5.0, 500.0})
            for (std::uint64_t seed = 1; seed <= 8; ++seed) {
                Case grid = grid_with(seed % 2 == 0 ? Kind::emulated_lcc : Kind::emulated_vsc, seed, 4);
                for (DcLineRow& line : grid.dc_lines) {
                    line.droop_mw_per_deg = droop;
                    line.pmin_mw = -reach;
                    line.pmax_mw = 1.5 * reach;
                }
                const PfResult result = solve(grid);
                ASSERT_TRUE(is_solved(result.status)) << droop << " " << reach << " " << seed;
                expect_laws(grid, result);
                worst = std::max(worst, result.iterations);
                for (const DcLineResult& line : result.dc_lines) at_limit += line.p_limit == "none" ? 0 : 1;
                Solving flat;
                flat.start = Start::flat;
                expect_same_state(result, solve(grid, flat));
            }
    EXPECT_LE(worst, 60);  // 30 of a Newton iteration that cannot settle its sides, then those with sides held
    EXPECT_GT(at_limit, 50);
}

// A capacity keeps emulation at work: the certificate holds for the re-check, and outages of the link count.
TEST(Hvdc, CapacityKeepsEmulationAtWork) {
    int moved = 0;
    for (const Kind kind : {Kind::emulated_vsc, Kind::emulated_lcc, Kind::vsc_q})
        for (const std::uint64_t seed : {1U, 2U}) {
            Case grid = grid_with(kind, seed, 2);
            grid = rated_for_n1(grid);
            const PfResult base = solve(grid);
            Solving solving;
            solving.tolerance = 1e-8;
            solving.monitor.voltage_limits = false;
            const StudySetup setup = make_setup(grid, solving);
            const auto sides = make_sides(*setup.model->network, "1", "2", Grouping::area);
            ASSERT_TRUE(sides);
            CapacityResult result = run_capacity(setup, single_outages(setup), {}, {*sides});
            result.envelope.options = {{"q-limits", std::string("off")}, {"tolerance", 1.0}, {"voltage-limits", std::string("off")}};
            const auto back = capacity_from_json(to_json(result), "cap.json");
            ASSERT_TRUE(back);
            const VerifyReport report = check_certificates(grid, *back);
            EXPECT_TRUE(report.passed()) << static_cast<int>(kind) << " " << seed << ": " << failures(report);
            EXPECT_GT(result.directions[0].certificate.secure_mw, 1.0);
            const EndState& secure = result.directions[0].certificate.end_states.secure;
            for (const EndStateDcLine& line : secure.dc_lines)
                if (std::abs(line.p_from_mw - base.dc_lines[line.dc_line - 1].p_set_mw) > 0.1) ++moved;
        }
    EXPECT_GT(moved, 3);
}

// Every figure of a link is checked: changed, it fails.
TEST(Hvdc, AnyChangedFigureIsFound) {
    const Case grid = grid_with(Kind::emulated_at_limit, 2);
    const PfResult good = solve(grid);
    expect_laws(grid, good);
    std::size_t at = 0;
    while (at < good.dc_lines.size() && good.dc_lines[at].p_limit == "none") ++at;
    ASSERT_LT(at, good.dc_lines.size());
    const std::vector<std::function<void(DcLineResult&)>> changes{
        [](DcLineResult& l) { l.p_set_mw += 0.01; },      [](DcLineResult& l) { l.p_from_mw += 0.01; },
        [](DcLineResult& l) { l.p_to_mw += 0.01; },       [](DcLineResult& l) { l.q_from_mvar += 0.01; },
        [](DcLineResult& l) { l.q_to_mvar += 0.01; },     [](DcLineResult& l) { l.loss_from_mw += 0.01; },
        [](DcLineResult& l) { l.loss_to_mw += 0.01; },    [](DcLineResult& l) { l.loss_line_mw += 0.01; },
        [](DcLineResult& l) { l.angle_deg += 0.01; },     [](DcLineResult& l) { l.p_limit = l.p_limit == "p_max" ? "p_min" : "p_max"; },
        [](DcLineResult& l) { l.mode = "setpoint"; },     [](DcLineResult& l) { l.technology = "lcc"; },
        [](DcLineResult& l) { l.control_to = "v"; },      [](DcLineResult& l) { l.q_limit_from = "q_max"; },
    };
    for (std::size_t k = 0; k < changes.size(); ++k) {
        PfResult changed = good;
        changes[k](changed.dc_lines[at]);
        EXPECT_FALSE(check_laws(grid, changed).passed()) << k;
    }
}

// Written as a dcline, a link at its set-point is the same grid for MATPOWER's model.
TEST(Hvdc, IsADclineAtItsSetPoint) {
    for (const Kind kind : {Kind::vsc_v, Kind::vsc_q, Kind::vsc_pf, Kind::lcc}) {
        const Case grid = grid_with(kind, 3);
        Case plain = grid;
        for (DcLineRow& line : plain.dc_lines) line = as_dcline(line, line.pf_mw);
        Solving solving;
        solving.q_limits = true;  // a dcline's given Q is its limits
        const PfResult a = solve(grid, solving);
        const PfResult b = solve(plain, solving);
        expect_same_state(a, b);
    }
}

// The states that a capacity exports leave no DC line behind: units in the place of the ends give the same grid.
TEST(Hvdc, UnitsInPlaceOfTheEndsAreTheSameGrid) {
    for (const Kind kind : {Kind::vsc_v, Kind::vsc_q, Kind::lcc, Kind::emulated_lcc, Kind::emulated_vsc}) {
        const Case grid = grid_with(kind, 2);
        Solving solving;
        solving.q_limits = true;
        const PfResult a = solve(grid, solving);
        EndState state;
        for (const DcLineResult& line : a.dc_lines) state.dc_lines.push_back({line.dc_line, line.p_set_mw});
        const Case units = dc_lines_as_units(with_end_state(grid, state));
        EXPECT_TRUE(units.dc_lines.empty());
        expect_same_state(a, solve(units, solving));
    }
}

// In the DC model, who balances and what links lose are found together.
TEST(Hvdc, EmulationInTheDcModelGoesWithDistributedSlack) {
    for (const Kind kind : {Kind::emulated_lcc, Kind::emulated_at_limit}) {
        const Case grid = grid_with(kind, 1);
        StudySetup setup = make_setup(grid);
        setup.engine.slack.mode = SlackMode::distributed;
        PfResult result = run_power_flow(setup, true);
        result.envelope.options["slack"] = std::string("distributed");
        result.envelope.options["slack-key"] = std::string("pmax");
        expect_laws(grid, result);
    }
}

// Converters at buses joined without impedance to others that hold a voltage.
TEST(Hvdc, EndsMayStandAtJoinedBuses) {
    for (const Kind kind : {Kind::emulated_lcc, Kind::emulated_vsc, Kind::vsc_pf, Kind::emulated_v})
        for (const bool q_limits : {false, true}) {
            Case grid = grid_with(kind, 3);
            const auto join = [&](BusId to) {
                BusRow bus = grid.buses[1];
                bus.type = BusType::pq;
                bus.bus = BusId{9000 + number(to)};
                bus.pd_mw = bus.qd_mvar = bus.gs_mw = bus.bs_mvar = 0.0;
                for (const BusRow& row : grid.buses)
                    if (row.bus == to) bus.area = row.area;
                grid.buses.push_back(bus);
                BranchRow coupler;
                coupler.from_bus = to;
                coupler.to_bus = bus.bus;
                grid.branches.push_back(coupler);
                return bus.bus;
            };
            BusId regulated{};
            for (const BusRow& row : grid.buses)
                if (row.type == BusType::pv) regulated = row.bus;
            grid.dc_lines[0].from_bus = join(regulated);
            grid.dc_lines[1].to_bus = join(grid.dc_lines[1].to_bus);
            for (DcLineRow& line : grid.dc_lines) line.vf_pu = line.vt_pu = 1.01;
            for (GeneratorRow& unit : grid.generators)
                if (unit.bus == regulated) unit.vg_pu = 1.01;
            Solving solving;
            solving.q_limits = q_limits;
            PfResult result = solve(grid, solving);
            result.envelope.options["q_limits"] = std::string(q_limits ? "on" : "off");
            expect_laws(grid, result);
        }
}

}  // namespace
}  // namespace araz::testing

// LCC and VSC links: closed forms of small systems, symmetries, limits, and the laws of the re-check.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numbers>

#include "araz/io/result_io.hpp"
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

/// The root of a function that falls through zero once between two points.
double root_of(double low, double high, const std::function<double(double)>& f) {
    for (int k = 0; k < 200; ++k) {
        const double middle = 0.5 * (low + high);
        (f(middle) > 0.0 ? low : high) = middle;
    }
    return 0.5 * (low + high);
}

/// Bus 1 is the reference at 1 p.u.; a lossless line of x (p.u. of 100 MVA) leads to bus 2, which takes p + jq.
Case two_buses(double x, double p_mw, double q_mvar, bool second_holds_voltage) {
    Case grid;
    grid.name = "two";
    grid.dc_lines_active = true;
    for (const int id : {1, 2}) {
        BusRow bus;
        bus.bus = BusId{id};
        bus.type = id == 1 ? BusType::slack : second_holds_voltage ? BusType::pv : BusType::pq;
        bus.base_kv = 400.0;
        bus.area = id;
        grid.buses.push_back(bus);
        if (id == 2 && !second_holds_voltage) continue;
        GeneratorRow unit;
        unit.bus = BusId{id};
        unit.pmax_mw = 1000.0;
        grid.generators.push_back(unit);
    }
    grid.buses[1].pd_mw = p_mw;
    grid.buses[1].qd_mvar = q_mvar;
    BranchRow line;
    line.from_bus = BusId{1};
    line.to_bus = BusId{2};
    line.x_pu = x;
    grid.branches.push_back(line);
    return grid;
}

/// Two one-bus systems with a link between them: nothing but the link's own law is at work.
Case two_systems(const DcLineRow& link) {
    Case grid = two_buses(0.1, 100.0, 20.0, true);
    grid.branches.clear();
    grid.buses[1].type = BusType::slack;
    grid.dc_lines.push_back(link);
    return grid;
}

// By hand: 80 MW sent; 1 % is lost in the first converter, 79.2 MW enter the line; i = 79.2 / 320 kA,
// 5 ohm lose 5 * 0.2475^2 = 0.30628125 MW; 78.89371875 MW arrive and 2 % are lost: 77.315844375 MW. No-load losses
// of 0.5 and 0.7 MW come on top at either end. Q = P tan(acos 0.8) = 0.75 P and tan(acos 0.6) = 4/3 P.
DcLineRow by_hand(DcTechnology technology) {
    DcLineRow link = technology == DcTechnology::lcc ? lcc_link(BusId{1}, BusId{2}, 0.8) : vsc_link(BusId{1}, BusId{2});
    link.from_end.idle_loss_mw = 0.5;
    link.to_end.idle_loss_mw = 0.7;
    link.from_end.loss_share = 0.01;
    link.to_end.loss_share = 0.02;
    link.from_end.power_factor = 0.8;
    link.to_end.power_factor = 0.6;
    link.r_ohm = 5.0;
    link.vdc_kv = 320.0;
    link.pf_mw = 80.0;
    return link;
}

TEST(Hvdc, LccTakesReactivePowerAtBothEndsInBothDirections) {
    const Case grid = two_systems(by_hand(DcTechnology::lcc));
    const PfResult result = solve(grid);
    expect_laws(grid, result);
    const DcLineResult& line = result.dc_lines.at(0);
    EXPECT_NEAR(line.p_from_mw, 80.5, 1e-9);
    EXPECT_NEAR(line.p_to_mw, -77.315844375 + 0.7, 1e-9);
    EXPECT_NEAR(line.q_from_mvar, 60.0, 1e-9);
    EXPECT_NEAR(line.q_to_mvar, 77.315844375 * 4.0 / 3.0, 1e-9);
    EXPECT_NEAR(line.loss_from_mw, 0.8 + 0.5, 1e-9);
    EXPECT_NEAR(line.loss_line_mw, 0.30628125, 1e-9);
    EXPECT_NEAR(line.loss_to_mw, 78.89371875 * 0.02 + 0.7, 1e-9);
    EXPECT_EQ(line.technology, "lcc");
    EXPECT_EQ(line.control_from, "pf");
    EXPECT_EQ(line.mode, "setpoint");

    Case back = grid;
    back.dc_lines[0].pf_mw = -80.0;  // now 2 % first: 78.4 MW, 5 * 0.245^2 = 0.300125 MW, 78.099875 * 0.99
    const PfResult reverse = solve(back);
    expect_laws(back, reverse);
    const DcLineResult& other = reverse.dc_lines.at(0);
    EXPECT_NEAR(other.p_to_mw, 80.7, 1e-9);
    EXPECT_NEAR(other.p_from_mw, -77.31887625 + 0.5, 1e-9);
    EXPECT_NEAR(other.q_to_mvar, 80.0 * 4.0 / 3.0, 1e-9);
    EXPECT_NEAR(other.q_from_mvar, 77.31887625 * 0.75, 1e-9);
}

TEST(Hvdc, VscHoldsPowerFactorReactivePowerOrVoltage) {
    DcLineRow link = by_hand(DcTechnology::vsc);
    link.from_end.control = DcControl::q;
    link.from_end.q_set_mvar = 12.5;
    link.to_end.power_factor = -0.8;  // takes
    Case grid = two_systems(link);
    PfResult result = solve(grid);
    expect_laws(grid, result);
    EXPECT_NEAR(result.dc_lines[0].q_from_mvar, -12.5, 1e-9);
    EXPECT_NEAR(result.dc_lines[0].q_to_mvar, 77.315844375 * 0.75, 1e-9);
    EXPECT_EQ(result.dc_lines[0].q_limit_to, "none");

    grid.dc_lines[0].qmint_mvar = -30.0;  // and no more than that
    result = solve(grid);
    expect_laws(grid, result);
    EXPECT_NEAR(result.dc_lines[0].q_to_mvar, 30.0, 1e-9);
    EXPECT_EQ(result.dc_lines[0].q_limit_to, "q_min");

    // Alone at a load bus behind a line: holding 1.02 p.u. there takes, by the line's law, Q = V (V - cos d) / x.
    Case held = two_buses(0.2, 50.0, 10.0, false);
    held.dc_lines.push_back(vsc_link(BusId{1}, BusId{2}));
    held.dc_lines[0].to_end.control = DcControl::v;
    held.dc_lines[0].vt_pu = 1.02;
    held.dc_lines[0].pf_mw = 20.0;
    result = solve(held);
    expect_laws(held, result);
    const double d = std::asin(0.2 * 0.3 / 1.02);
    EXPECT_NEAR(result.buses[1].vm_pu, 1.02, 1e-10);
    EXPECT_NEAR(result.buses[1].va_deg, -d / degree, 1e-8);
    EXPECT_NEAR(-result.dc_lines[0].q_to_mvar, 10.0 + 100.0 * 1.02 * (1.02 - std::cos(d)) / 0.2, 1e-6);
}

// Both voltages held at 1 p.u.: P = sin(d) / x over the line, p0 + k d over the link, together the load.
TEST(Hvdc, EmulationSharesTheLoadWithALineInClosedForm) {
    for (const double p0 : {-40.0, 0.0, 60.0})
        for (const double droop : {0.5, 5.0, 80.0}) {
            Case grid = two_buses(0.1, 300.0, 0.0, true);
            grid.dc_lines.push_back(vsc_link(BusId{1}, BusId{2}));
            DcLineRow& link = grid.dc_lines[0];
            link.ac_emulation = true;
            link.p0_mw = p0;
            link.droop_mw_per_deg = droop;
            const double d = root_of(-1.5, 1.5, [&](double a) { return 300.0 - 1000.0 * std::sin(a) - p0 - droop * a / degree; });
            const PfResult result = solve(grid);
            expect_laws(grid, result);
            EXPECT_LE(result.iterations, 5);
            EXPECT_NEAR(result.buses[1].va_deg, -d / degree, 1e-8);
            EXPECT_NEAR(result.dc_lines[0].p_set_mw, p0 + droop * d / degree, 1e-6);
            EXPECT_NEAR(result.dc_lines[0].angle_deg, d / degree, 1e-8);
            EXPECT_EQ(result.dc_lines[0].mode, "ac_emulation");
            EXPECT_EQ(result.dc_lines[0].p_limit, "none");

            // At a limit the line takes the rest.
            link.pmax_mw = 0.5 * (p0 + droop * d / degree);
            link.pmin_mw = std::min(-1.0, 2.0 * link.pmax_mw);
            if (link.pmax_mw < link.pmin_mw) continue;
            const PfResult cut = solve(grid);
            expect_laws(grid, cut);
            if (link.pmax_mw > 0.0) {
                EXPECT_NEAR(cut.dc_lines[0].p_set_mw, link.pmax_mw, 1e-9);
                EXPECT_NEAR(cut.buses[1].va_deg, -std::asin((300.0 - link.pmax_mw) / 1000.0) / degree, 1e-8);
                EXPECT_EQ(cut.dc_lines[0].p_limit, "p_max");
            }
        }
}

// A load bus behind a line of x: with P, Q taken there V^4 + (2 x Q - 1) V^2 + x^2 (P^2 + Q^2) = 0 and
// d = atan2(x P, V^2 + x Q). An LCC link under emulation changes both P and Q with the angle that they make.
TEST(Hvdc, EmulationOfAnLccLinkMovesReactivePowerToo) {
    constexpr double x = 0.15;
    Case grid = two_buses(x, 180.0, 10.0, false);
    grid.dc_lines.push_back(by_hand(DcTechnology::lcc));
    DcLineRow& link = grid.dc_lines[0];
    link.from_end.power_factor = link.to_end.power_factor = 0.9;
    link.ac_emulation = true;
    link.p0_mw = 10.0;
    link.droop_mw_per_deg = 3.0;
    double vm = 0.0;
    const double tangent = std::tan(std::acos(0.9));
    const auto angle_at = [&](double u) {
        const double entering = 0.99 * u;
        const double delivered = 0.98 * (entering - 5.0 * entering * entering / (320.0 * 320.0));
        const double p = (180.0 - delivered + 0.7) / 100.0;
        const double q = (10.0 + tangent * delivered) / 100.0;
        const double half = 0.5 * (1.0 - 2.0 * x * q);
        vm = std::sqrt(half + std::sqrt(half * half - x * x * (p * p + q * q)));
        return std::atan2(x * p, vm * vm + x * q) / degree;
    };
    const double u = root_of(0.0, 170.0, [&](double at) { return 10.0 + 3.0 * angle_at(at) - at; });
    const PfResult result = solve(grid);
    expect_laws(grid, result);
    EXPECT_LE(result.iterations, 8);
    EXPECT_NEAR(result.dc_lines[0].p_set_mw, u, 1e-6);
    EXPECT_NEAR(result.buses[1].va_deg, -angle_at(u), 1e-7);
    EXPECT_NEAR(result.buses[1].vm_pu, vm, 1e-9);
    EXPECT_NEAR(result.dc_lines[0].q_to_mvar, tangent * (-result.dc_lines[0].p_to_mw + 0.7), 1e-7);
}

// --- random grids ---

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

// A contingency that leaves no path between the ends leaves no angle either: the link goes to its set-point.
TEST(Hvdc, EmulationEndsWhereTheSynchronousPartDoes) {
    Case grid = two_buses(0.1, 300.0, 0.0, true);
    grid.buses[1].type = BusType::slack;
    grid.dc_lines.push_back(vsc_link(BusId{1}, BusId{2}));
    grid.dc_lines[0].ac_emulation = true;
    grid.dc_lines[0].droop_mw_per_deg = 20.0;
    grid.dc_lines[0].pf_mw = 33.0;
    const StudySetup setup = make_setup(grid);
    const NetworkPtr net = setup.model->network;
    Engine engine(setup.model, setup.engine);
    const Solution intact = engine.solve(Scenario{});
    ASSERT_TRUE(intact.solved());
    Scenario cut;
    cut.branches_out = {0};
    const Solution parted = engine.solve(cut);
    ASSERT_TRUE(parted.solved());
    EXPECT_NEAR(net->dc_power_of(0, parted.gen_p), 0.33, 1e-12);
    EXPECT_GT(std::abs(net->dc_power_of(0, intact.gen_p) - 0.33), 0.01);
    // Between asynchronous systems it is a link at its set-point from the start.
    Case apart = grid;
    apart.branches.clear();
    const PfResult result = solve(apart);
    EXPECT_EQ(result.dc_lines[0].mode, "setpoint");
    EXPECT_NEAR(result.dc_lines[0].p_from_mw, 33.0, 1e-9);
    expect_laws(apart, result);
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

}  // namespace
}  // namespace araz::testing

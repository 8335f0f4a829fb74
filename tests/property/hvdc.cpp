// LCC and VSC links: closed forms of small systems, each mode and limit by hand.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numbers>

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

}  // namespace
}  // namespace araz::testing

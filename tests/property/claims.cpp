// A figure or word of a result that was changed afterwards is found: controls, their moves, shared slack, DC lines.
#include <gtest/gtest.h>

#include <functional>

#include "araz/control/control_table.hpp"
#include "araz/verify/verify.hpp"
#include "support/grids.hpp"
#include "support/study.hpp"

namespace araz::testing {
namespace {

using Change = std::function<void(PfResult&)>;

struct Claim {
    const char* what;
    Change change;
};

void expect_each_found(const Case& grid, const PfResult& result, const std::vector<Claim>& claims) {
    const VerifyReport sound = check_laws(grid, result);
    ASSERT_TRUE(sound.passed()) << render(sound.findings);
    for (const Claim& claim : claims) {
        PfResult changed = result;
        claim.change(changed);
        EXPECT_FALSE(check_laws(grid, changed).passed()) << claim.what;
    }
}

// 1 p.u. behind a tap changer, 80 MW and 40 MVAr, and a bank that stands still at bus 1.
Case feeder() {
    Case grid = two_areas(1, 0.1, 0.0);
    grid.buses[0].pd_mw = 0.0;
    grid.generators[0].pg_mw = 0.0;
    grid.buses[1].type = BusType::pq;
    grid.buses[1].pd_mw = 80.0;
    grid.buses[1].qd_mvar = 40.0;
    grid.generators.pop_back();
    grid.branches[0].ratio = 1.0;
    DeviceRow tap;
    tap.id = "t";
    tap.branch = 0;
    tap.controlled_bus = BusId{2};
    tap.low = 0.8875;
    tap.high = 1.1125;
    tap.steps = 18;
    tap.at = 1.0;
    tap.deadband = 0.02;
    DeviceRow bank;
    bank.kind = DeviceKind::shunt;
    bank.id = "c";
    bank.bus = bank.controlled_bus = BusId{1};
    bank.high = 60.0;
    bank.steps = 6;
    bank.deadband = 0.02;
    grid.devices = {tap, bank};
    return grid;
}

TEST(Claims, OfControlsAndTheirMoves) {
    const Case grid = feeder();
    StudySetup setup = make_setup(grid);
    ControlChoice choice;
    choice.reactive_limits = false;
    ASSERT_TRUE(choose_control("all", choice));
    setup.engine.controls = [choice] { return make_controls(choice); };
    PfResult result = run_power_flow(setup);
    result.envelope.options["q-limits"] = std::string("off");
    result.envelope.options["controls"] = std::string("all");
    ASSERT_EQ(result.controls.size(), 2U);
    ASSERT_GE(result.control_actions.size(), 2U);
    expect_each_found(
        grid, result,
        {{"control", [](PfResult& r) { r.controls[0].control = "shunts"; }},
         {"id", [](PfResult& r) { r.controls[0].id = "u"; }},
         {"controlled bus", [](PfResult& r) { r.controls[0].controlled_bus = 1; }},
         {"in its band, called between", [](PfResult& r) { r.controls[0].state = "between"; }},
         {"in its band, called at an end", [](PfResult& r) { r.controls[0].state = "at_low"; }},
         {"position", [](PfResult& r) { r.controls[0].position += 1.0; }},
         {"position before", [](PfResult& r) { r.controls[0].position_before += 1.0; }},
         {"value before", [](PfResult& r) { r.controls[0].value_before = 0.9875; }},
         {"target", [](PfResult& r) { r.controls[0].target = 0.99; }},
         {"dead band", [](PfResult& r) { r.controls[0].deadband = 0.05; }},
         {"unit", [](PfResult& r) { r.controls[0].value_unit = "deg"; }},
         {"unit of what is measured", [](PfResult& r) { r.controls[0].measured_unit = "MW"; }},
         {"rule", [](PfResult& r) { r.controls[0].rule = "limit"; }},
         {"a device left out", [](PfResult& r) { r.controls.pop_back(); }},
         {"a device twice", [](PfResult& r) { r.controls.push_back(r.controls[1]); }},
         {"no moves", [](PfResult& r) { r.control_actions.clear(); }},
         {"the last move", [](PfResult& r) { r.control_actions.pop_back(); }},
         {"a move twice", [](PfResult& r) { r.control_actions.push_back(r.control_actions.back()); }},
         {"moves the other way", [](PfResult& r) { std::swap(r.control_actions[0], r.control_actions[1]); }},
         {"value of a move", [](PfResult& r) { r.control_actions[0].value += 0.01; }},
         {"device of a move", [](PfResult& r) { r.control_actions[0].device = 2; }},
         {"move of another control", [](PfResult& r) { r.control_actions[0].control = "shunts"; }},
         {"mismatch", [](PfResult& r) { r.envelope.options["tol"] = 1e-8; r.max_mismatch_pu = 0.01; }},
         {"name of a bus", [](PfResult& r) { r.buses[0].name = "elsewhere"; }},
         {"size of the case", [](PfResult& r) { r.envelope.grid = case_info(feeder()); r.envelope.grid.n_branch = 7; }}});
}

TEST(Claims, OfSharedSlack) {
    GridRecipe recipe;
    recipe.seed = 3;
    recipe.buses = 20;
    const Case grid = make_grid(recipe);
    StudySetup setup = make_setup(grid);
    setup.engine.slack.mode = SlackMode::distributed;
    PfResult result = run_power_flow(setup);
    result.envelope.options["q-limits"] = std::string("off");
    result.envelope.options["slack"] = std::string("distributed");
    ASSERT_GE(result.slack_shares.size(), 2U);
    const SlackShareResult other = result.slack_shares.back();
    ASSERT_NE(result.slack_shares[0].bus, other.bus);
    expect_each_found(grid, result,
                      {{"no groups", [](PfResult& r) { r.slack_groups.clear(); }},
                       {"a group twice", [](PfResult& r) { r.slack_groups.push_back(r.slack_groups[0]); }},
                       {"reference", [](PfResult& r) { r.slack_groups[0].reference_bus = -1; }},
                       {"net position of an island", [](PfResult& r) { r.slack_groups[0].net_export_mw = 1.0; }},
                       {"a participant left out", [](PfResult& r) { r.slack_shares.pop_back(); }},
                       {"a participant twice", [](PfResult& r) { r.slack_shares.push_back(r.slack_shares[0]); }},
                       {"generator", [&](PfResult& r) { r.slack_shares[0].generator = other.generator; }},
                       {"a generator that does not exist", [](PfResult& r) { r.slack_shares[0].generator = 0; }},
                       {"bus", [&](PfResult& r) { r.slack_shares[0].bus = other.bus; }},
                       {"area", [](PfResult& r) { r.slack_shares[0].area += 1; }},
                       {"island", [](PfResult& r) { r.slack_shares[0].island += 1; }},
                       {"kind", [](PfResult& r) { r.slack_shares[0].kind = "load"; }},
                       {"at its limit", [](PfResult& r) { r.slack_shares[0].at_limit = !r.slack_shares[0].at_limit; }}});
}

TEST(Claims, OfADcLine) {
    Case grid = two_areas(1, 0.05, 0.0);
    grid.buses[0].pd_mw = grid.buses[1].pd_mw = 300.0;
    grid.generators[0].pg_mw = grid.generators[1].pg_mw = 300.0;
    DcLineRow line;
    line.from_bus = BusId{1};
    line.to_bus = BusId{2};
    line.pf_mw = 50.0;
    line.pt_mw = 49.0;
    line.loss0_mw = 1.0;
    line.pmin_mw = -100.0;
    line.pmax_mw = 100.0;
    line.qminf_mvar = line.qmint_mvar = -50.0;
    line.qmaxf_mvar = line.qmaxt_mvar = 50.0;
    grid.dc_lines = {line};
    grid.dc_lines_active = true;
    PfResult result = solve(grid);
    result.envelope.options["q-limits"] = std::string("off");
    expect_each_found(grid, result,
                      {{"set-point", [](PfResult& r) { r.dc_lines[0].p_set_mw = 60.0; }},
                       {"angle", [](PfResult& r) { r.dc_lines[0].angle_deg = 1.0; }},
                       {"loss of a converter", [](PfResult& r) { r.dc_lines[0].loss_from_mw = 0.5; }}});
}

}  // namespace
}  // namespace araz::testing

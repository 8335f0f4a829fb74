// The re-check of contingencies and certificates: what the studies say passes, what was changed does not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "araz/io/result_io.hpp"
#include "araz/model/end_state.hpp"
#include "araz/verify/verify.hpp"
#include "support/grids.hpp"
#include "support/study.hpp"

namespace araz::testing {
namespace {

using ::testing::HasSubstr;

struct Studied {
    Case grid;
    CapacityResult result;
};

Studied study(const Case& grid, const CapacityOptions& options, OptionMap said, bool q_limits = true, bool outages = true,
              MonitorOptions monitor = {}, SlackOptions slack = {}) {
    Solving solving;
    solving.tolerance = 1e-8;
    solving.q_limits = q_limits;
    solving.monitor = monitor;
    StudySetup setup = make_setup(grid, solving);
    setup.engine.slack = slack;
    const auto sides = make_sides(*setup.model->network, "1", "2", Grouping::area);
    EXPECT_TRUE(sides);
    Studied out{grid, run_capacity(setup, outages ? single_outages(setup) : std::vector<Contingency>{}, options, {*sides})};
    said["q-limits"] = std::string(q_limits ? "on" : "off");
    said["tolerance"] = options.tolerance_mw;
    said["voltage-limits"] = std::string(monitor.voltage_limits ? "on" : "off");
    if (!outages) said["contingencies"] = std::vector<std::string>{"none"};
    out.result.envelope.options = std::move(said);
    // What stands in the file is what is verified.
    auto back = capacity_from_json(to_json(out.result), "cap.json");
    EXPECT_TRUE(back);
    out.result = *back;
    return out;
}

std::string failures(const VerifyReport& report) {
    std::string out;
    for (const LawCheck& check : report.checks)
        if (!check.passed()) out += check.law + " at " + check.element + "; ";
    return out;
}

// Ratings some way above the flows of the base, so that a limit binds after some shift.
Case rated(Case grid, double factor) {
    const PfResult base = solve(grid);
    for (std::size_t row = 0; row < grid.branches.size(); ++row)
        grid.branches[row].rate_a_mva = factor * std::max(30.0, std::hypot(base.branches[row].p_from_mw, base.branches[row].q_from_mvar));
    for (GeneratorRow& unit : grid.generators) unit.pmax_mw = unit.pg_mw + 100.0;
    return grid;
}

MonitorOptions thermal() {
    MonitorOptions monitor;
    monitor.voltage_limits = false;
    return monitor;
}

class Certificates : public ::testing::TestWithParam<int> {};

TEST_P(Certificates, OfEveryExchangeAndKeyHold) {
    for (const ExchangeMode mode : {ExchangeMode::net, ExchangeMode::scheduled}) {
        for (const KeyKind key : {KeyKind::headroom, KeyKind::pg, KeyKind::merit, KeyKind::load}) {
            CapacityOptions options;
            options.mode = mode;
            options.key = key;
            const Case grid = rated(make_grid({.seed = static_cast<std::uint64_t>(GetParam())}), 2.0);
            const Studied done = study(grid, options, {{"key", std::string(to_string(key))}}, GetParam() % 2 == 0, true, thermal());
            ASSERT_EQ(done.result.directions.size(), 1U);
            const VerifyReport report = check_certificates(done.grid, done.result);
            EXPECT_TRUE(report.passed()) << to_string(key) << " " << done.result.directions[0].limit.cause << ": " << failures(report);
        }
    }
}

// Under a shared slack the re-check finds the shares around its Newton, not inside.
TEST_P(Certificates, OfASharedSlackHold) {
    for (const SlackKey key : {SlackKey::pmax, SlackKey::headroom, SlackKey::pg, SlackKey::file}) {
        SlackOptions slack;
        slack.mode = SlackMode::distributed;
        slack.key = key;
        Case grid = rated(make_grid({.seed = static_cast<std::uint64_t>(GetParam())}), 2.0);
        for (std::size_t g = 0; g < grid.generators.size(); ++g) grid.generators[g].apf = static_cast<double>(g % 4);
        const OptionMap said{{"slack", std::string("distributed")}, {"slack-key", std::string(to_string(key))}};
        const Studied done = study(grid, {}, said, GetParam() % 2 == 0, true, thermal(), slack);
        ASSERT_EQ(done.result.directions.size(), 1U);
        const VerifyReport report = check_certificates(done.grid, done.result);
        EXPECT_TRUE(report.passed()) << to_string(key) << " " << done.result.directions[0].limit.cause << ": " << failures(report);
        // With the references taking what is left over the same answer does not hold.
        CapacityResult other = done.result;
        other.envelope.options["slack"] = std::string("case");
        EXPECT_FALSE(check_certificates(done.grid, other).passed());
    }
}

INSTANTIATE_TEST_SUITE_P(Grids, Certificates, ::testing::Values(1, 2, 3, 4));

TEST(Certificate, OfABaseThatIsInsecureHoldsUnderEveryPolicy) {
    Case grid = rated(make_grid({.seed = 5}), 2.0);
    grid.branches[1].rate_a_mva *= 0.3;
    for (const auto& [policy, word] : {std::pair{BaseInsecure::no_worse, "no-worse"}, {BaseInsecure::strict, "strict"}, {BaseInsecure::drop_pairs, "drop-pairs"}}) {
        CapacityOptions options;
        options.base_insecure = policy;
        const Studied done = study(grid, options, {{"base-insecure", std::string(word)}}, true, true, thermal());
        ASSERT_FALSE(done.result.directions[0].base_violations.empty());
        const VerifyReport report = check_certificates(done.grid, done.result);
        EXPECT_TRUE(report.passed()) << word << ": " << failures(report);
    }
}

// Two lossless lines of 2x = 0.1: the closed form of the thermal limit after the loss of one of them.
TEST(Certificate, OfTwoLinesHoldsAndNamesTheLimit) {
    const CapacityOptions options;
    const Studied done = study(two_areas(2, 0.1, 300.0), options, {}, false, true, thermal());
    ASSERT_EQ(done.result.directions[0].limit.cause, "thermal_n1");
    const VerifyReport report = check_certificates(done.grid, done.result);
    EXPECT_TRUE(report.passed()) << failures(report);
}

TEST(Certificate, OfACollapseHolds) {
    CapacityOptions options;
    options.tolerance_mw = 0.1;
    const Studied done = study(two_areas(1, 0.1, 0.0), options, {}, false, false, thermal());
    ASSERT_EQ(done.result.directions[0].limit.cause, "collapse");
    EXPECT_TRUE(done.result.directions[0].certificate.end_states.insecure.buses.empty());
    const VerifyReport report = check_certificates(done.grid, done.result);
    EXPECT_TRUE(report.passed()) << failures(report);
    // The nose of two held voltages lies at 1/x.
    EXPECT_NEAR(done.result.directions[0].certificate.secure_mw, 1000.0, 0.5);
}

// Contingencies that open a coupler part its buses: the re-check solves them on the parted grid.
TEST_P(Certificates, WithOutagesOfRatedCouplersHold) {
    for (const int couplers : {1, 2}) {
        const Case grid = with_coupler(rated(make_grid({.seed = static_cast<std::uint64_t>(GetParam())}), 2.0), 3, 0.0, couplers);
        Case narrow = grid;
        const PfResult base = solve(grid);
        narrow.branches.back().rate_a_mva = std::max(5.0, 1.1 * couplers * std::abs(base.branches.back().p_from_mw));
        Case tie = grid;  // the couplers lead from area to area
        tie.buses.back().area = 3 - tie.buses.back().area;
        for (const Case* each : {&grid, &std::as_const(narrow), &std::as_const(tie)}) {
            const Studied done = study(*each, {}, {}, GetParam() % 2 == 0, true, thermal());
            const VerifyReport report = check_certificates(done.grid, done.result);
            EXPECT_TRUE(report.passed()) << done.result.directions[0].limit.cause << ": " << failures(report);
        }
    }
}

struct Tampering {
    const char* name;
    std::function<void(DirectionResult&)> change;
    const char* named;  ///< part of the element that the finding names
};

std::vector<Tampering> tamperings() {
    using D = DirectionResult;
    return {
        {"secure_mw", [](D& d) { d.certificate.secure_mw += 1.0; }, "secure_mw"},
        {"insecure_mw", [](D& d) { d.certificate.insecure_mw -= 0.5; }, "insecure_mw"},
        {"everything raised together",
         [](D& d) {
             for (double* mw : {&d.certificate.secure_mw, &d.delta_e_mw, &d.ttc_mw, &d.ntc_mw, &d.atc_mw, &d.certificate.insecure_mw,
                                &d.certificate.end_states.secure.shift_mw, &d.certificate.end_states.insecure.shift_mw})
                 *mw += 2.0;
         },
         "end_states.secure.shift_mw"},
        {"ttc", [](D& d) { d.ttc_mw += 1.0; }, "ttc_mw"},
        {"ntc", [](D& d) { d.ntc_mw += 1.0; }, "ntc_mw"},
        {"trm", [](D& d) { d.trm_mw += 1.0; }, "trm_mw"},
        {"ttc_intact", [](D& d) { d.ttc_intact_mw += 1.0; }, "ttc_intact_mw"},
        {"base exchange", [](D& d) { d.base_exchange_mw += 1.0; }, "base_exchange_mw"},
        {"limit branch", [](D& d) { d.limit.branch += 1; }, "limit.branch"},
        {"limit value", [](D& d) { d.limit.value += 1.0; }, "limit.value"},
        {"limit limit", [](D& d) { d.limit.limit += 1.0; }, "limit.limit"},
        {"limit contingency", [](D& d) { d.limit.contingency = d.limit.contingency == "1" ? "2" : "1"; }, "limit"},
        {"intact limit branch", [](D& d) { d.intact_limit.branch += 1; }, "intact_limit.branch"},
        {"violation", [](D& d) { d.certificate.violation.branch += 1; }, "certificate.violation.branch"},
        {"worst loading", [](D& d) { d.certificate.worst_loading_pct += 1.0; }, "worst_loading_pct"},
        {"contingencies solved", [](D& d) { d.certificate.contingencies_solved += 1; }, "contingencies_solved"},
        {"contingencies unsolved", [](D& d) { d.certificate.contingencies_unsolved += 1; }, "contingencies_unsolved"},
        {"excluded", [](D& d) { d.certificate.contingencies_excluded.emplace_back("2: no solution at the base"); }, "contingencies_excluded"},
        {"generator of the secure end", [](D& d) { d.certificate.end_states.secure.generators[1].p_mw += 0.5; }, "end_states.secure.generators: generator"},
        {"generator of the insecure end", [](D& d) { d.certificate.end_states.insecure.generators[1].p_mw += 0.5; }, "end_states.insecure.generators: generator"},
        {"generator gone", [](D& d) { d.certificate.end_states.secure.generators.pop_back(); }, "is missing"},
        {"voltage of the secure end", [](D& d) { d.certificate.end_states.secure.buses[3].vm_pu += 1e-3; }, "end_states.secure.buses: bus"},
        {"shift of a unit", [](D& d) { d.shifts[0].shifted_mw += 0.5; }, "shifts: generator"},
        {"tie", [](D& d) { d.ties[0].p_mw += 0.5; }, "ties: branch"},
        {"limiter", [](D& d) { d.limiters[0].limit.value += 0.5; }, "limiters[0].value"},
        {"step", [](D& d) { d.steps[0].net_export_mw += 0.5; }, "steps[0]"},
    };
}

TEST(Certificate, WithAnyFigureChangedFailsAndNamesIt) {
    const Case grid = rated(make_grid({.seed = 1}), 2.0);
    const Studied done = study(grid, {}, {}, true, true, thermal());
    ASSERT_EQ(done.result.directions[0].limit.cause, "thermal_n1");
    ASSERT_TRUE(check_certificates(done.grid, done.result).passed());
    for (const Tampering& each : tamperings()) {
        CapacityResult changed = done.result;
        each.change(changed.directions[0]);
        const VerifyReport report = check_certificates(done.grid, changed);
        EXPECT_FALSE(report.passed()) << each.name;
        std::string said;
        for (const Finding& finding : report.findings) said += finding.message + "\n";
        EXPECT_THAT(said, HasSubstr(each.named)) << each.name;
    }
}

TEST(Certificate, OfAnotherCaseFails) {
    const Case grid = rated(make_grid({.seed = 1}), 2.0);
    const Studied done = study(grid, {}, {}, true, true, thermal());
    Case other = grid;
    other.branches[0].x_pu *= 1.01;
    EXPECT_FALSE(check_certificates(other, done.result).passed());
    other = grid;
    other.branches[static_cast<std::size_t>(done.result.directions[0].limit.branch) - 1].rate_a_mva *= 0.99;
    EXPECT_FALSE(check_certificates(other, done.result).passed());
}

TEST(Certificate, OfOptionsThatAreNotModelledIsRefusedNotPassed) {
    const Case grid = rated(make_grid({.seed = 1}), 2.0);
    const Studied done = study(grid, {}, {{"slack", std::string("area")}}, true, true, thermal());
    const VerifyReport report = check_certificates(done.grid, done.result);
    EXPECT_FALSE(report.passed());
    ASSERT_FALSE(report.findings.empty());
    EXPECT_THAT(report.findings[0].message, HasSubstr("--slack area"));
}

TEST(EndState, WrittenAsACaseSolvesToTheSameVoltages) {
    const Case grid = rated(make_grid({.seed = 1}), 2.0);
    const Studied done = study(grid, {}, {}, true, true, thermal());
    const EndState& secure = done.result.directions[0].certificate.end_states.secure;
    Solving solving;
    solving.q_limits = true;
    for (const Start start : {Start::stored, Start::flat}) {
        solving.start = start;
        const PfResult again = solve(with_end_state(grid, secure), solving);
        ASSERT_TRUE(is_solved(again.status));
        for (const EndStateBus& listed : secure.buses) {
            const auto found = std::find_if(again.buses.begin(), again.buses.end(), [&](const BusResult& b) { return b.bus == listed.bus; });
            ASSERT_NE(found, again.buses.end());
            EXPECT_NEAR(found->vm_pu, listed.vm_pu, 1e-7);
            EXPECT_NEAR(found->va_deg, listed.va_deg, 1e-5);
        }
    }
}

TEST(EndState, TurnsDcLinesIntoUnitsThatSolveAlike) {
    Case grid = make_grid({.seed = 6});
    DcLineRow line;
    line.from_bus = grid.buses[3].bus;
    line.to_bus = grid.buses[12].bus;
    line.pf_mw = 25.0;
    line.vf_pu = line.vt_pu = 1.01;
    line.pmax_mw = 50.0;
    line.qminf_mvar = line.qmint_mvar = -200.0;
    line.qmaxf_mvar = line.qmaxt_mvar = 200.0;
    line.loss0_mw = 0.2;
    line.loss1 = 0.01;
    grid.dc_lines.push_back(line);
    grid.dc_lines_active = true;
    const PfResult with_line = solve(grid);
    const Case plain = dc_lines_as_units(grid);
    EXPECT_TRUE(plain.dc_lines.empty());
    EXPECT_EQ(plain.generators.size(), grid.generators.size() + 2);
    const PfResult with_units = solve(plain);
    ASSERT_TRUE(is_solved(with_line.status) && is_solved(with_units.status));
    for (std::size_t i = 0; i < with_line.buses.size(); ++i) {
        if (std::isnan(with_line.buses[i].vm_pu)) continue;
        EXPECT_NEAR(with_line.buses[i].vm_pu, with_units.buses[i].vm_pu, 1e-9);
        EXPECT_NEAR(with_line.buses[i].va_deg, with_units.buses[i].va_deg, 1e-7);
    }
}

N1Result contingencies_of(const Case& grid, bool q_limits) {
    Solving solving;
    solving.tolerance = 1e-8;
    solving.q_limits = q_limits;
    const StudySetup setup = make_setup(grid, solving);
    N1Result result = run_n1(setup, single_outages(setup));
    result.envelope.options["q-limits"] = std::string(q_limits ? "on" : "off");
    return *n1_from_json(to_json(result), "n1.json");
}

TEST(Contingencies, AsSolvedHoldWithIslandsAndLimits) {
    for (const std::uint64_t seed : {1U, 2U, 3U, 4U, 5U}) {
        const Case grid = rated(make_grid({.seed = seed}), 1.3);
        const N1Result result = contingencies_of(grid, seed % 2 == 0);
        EXPECT_GT(result.summary.islanding, 0);
        EXPECT_GT(result.summary.with_violations, 0);
        const VerifyReport report = check_contingencies(grid, result);
        EXPECT_TRUE(report.passed()) << seed << ": " << failures(report);
    }
}

TEST(Contingencies, WithAnyFigureChangedFail) {
    const Case grid = rated(make_grid({.seed = 2}), 1.3);
    const N1Result good = contingencies_of(grid, true);
    ASSERT_TRUE(check_contingencies(grid, good).passed());
    const auto violated = std::find_if(good.contingencies.begin(), good.contingencies.end(), [](const auto& c) { return !c.violations.empty(); });
    ASSERT_NE(violated, good.contingencies.end());
    const auto at = static_cast<std::size_t>(violated - good.contingencies.begin());
    const std::vector<std::function<void(N1Result&)>> changes{
        [&](N1Result& r) { r.contingencies[at].max_loading_pct += 0.1; },
        [&](N1Result& r) { r.contingencies[at].min_vm_pu += 1e-4; },
        [&](N1Result& r) { r.contingencies[at].loss_mw += 0.1; },
        [&](N1Result& r) { r.contingencies[at].violations.pop_back(); },
        [&](N1Result& r) { r.contingencies[at].violations[0].value += 0.1; },
        [&](N1Result& r) { r.contingencies[at].violations[0].limit += 0.1; },
        [&](N1Result& r) { r.contingencies[at].max_loading_branch += 1; },
        [&](N1Result& r) { r.contingencies[at].main_island = SolveStatus::diverged; },
        [&](N1Result& r) { r.contingencies[at].lost_load_mw += 1.0; },
        [&](N1Result& r) { r.contingencies[at].outage = {"branch 9999"}; },
        [&](N1Result& r) { r.contingencies.erase(r.contingencies.begin() + static_cast<std::ptrdiff_t>(at)); },
        [&](N1Result& r) { r.summary.with_violations += 1; },
        [&](N1Result& r) { r.summary.solved -= 1; },
    };
    for (std::size_t k = 0; k < changes.size(); ++k) {
        N1Result changed = good;
        changes[k](changed);
        EXPECT_FALSE(check_contingencies(grid, changed).passed()) << k;
    }
}

}  // namespace
}  // namespace araz::testing

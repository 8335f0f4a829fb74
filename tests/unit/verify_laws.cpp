// A result solved on paper passes; any single figure of it that is changed is caught.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "araz/model/result_fields.hpp"
#include "araz/verify/verify.hpp"
#include "unit/result_samples.hpp"

namespace araz {
namespace {

std::string failures(const VerifyReport& report) {
    std::string out;
    for (const LawCheck& check : report.checks)
        if (!check.passed()) out += check.law + " at " + check.element + "; ";
    for (const Finding& finding : report.findings) out += finding.message + "\n";
    return out;
}

bool breaks(const VerifyReport& report, const std::string& law) {
    for (const LawCheck& check : report.checks)
        if (check.law == law && !check.passed()) return true;
    return false;
}

VerifyReport laws(const PfResult& result) { return check_laws(samples::sample_case(), result); }

TEST(VerifyLaws, PaperSolutionPasses) {
    const VerifyReport report = laws(samples::sample_pf());
    EXPECT_TRUE(report.passed()) << failures(report);
    std::set<std::string> names;
    for (const LawCheck& check : report.checks) {
        EXPECT_GT(check.checked, 0);
        names.insert(check.law);
    }
    for (const char* law : {"solved", "rows", "case_data", "bus_type", "voltage", "reference", "energised", "branch_flow",
                            "loading", "kirchhoff_p", "kirchhoff_q", "totals", "areas", "ties", "generator_output",
                            "generator_limits", "dc_line", "set_point", "complementarity", "limit_word", "reactive_limits", "violations"})
        EXPECT_TRUE(names.contains(law)) << law;
}

// Changes each number, flag and state word of each row, one at a time.
template <Record R>
void expect_each_change_caught(const std::string& table, const std::function<std::vector<R>&(PfResult&)>& rows) {
    static const std::set<std::string> labels{"name", "fuel"};  // texts that no law speaks about
    PfResult original = samples::sample_pf();
    for (std::size_t i = 0; i < rows(original).size(); ++i) {
        for_each_field<R>([&](const auto& field) {
            if (labels.contains(std::string(field.key))) return;
            PfResult changed = samples::sample_pf();
            auto& value = rows(changed)[i].*field.member;
            using Member = std::remove_cvref_t<decltype(value)>;
            if constexpr (std::is_same_v<Member, bool>) {
                value = !value;
            } else if constexpr (std::is_same_v<Member, std::string>) {
                value = value == "pv" ? "slack" : value == "slack" ? "pq" : value == "none" ? "q_max" : "dead";
            } else if constexpr (std::is_same_v<Member, double>) {
                if (std::isnan(value)) return;
                value += 1e-3;
            } else {
                value += 1;
            }
            EXPECT_FALSE(laws(changed).passed()) << table << "[" << i << "]." << field.key;
        });
    }
}

TEST(VerifyLaws, EveryChangedBusFigureIsCaught) {
    expect_each_change_caught<BusResult>("buses", [](PfResult& r) -> auto& { return r.buses; });
}
TEST(VerifyLaws, EveryChangedBranchFigureIsCaught) {
    expect_each_change_caught<BranchResult>("branches", [](PfResult& r) -> auto& { return r.branches; });
}
TEST(VerifyLaws, EveryChangedGeneratorFigureIsCaught) {
    expect_each_change_caught<GeneratorResult>("generators", [](PfResult& r) -> auto& { return r.generators; });
}
TEST(VerifyLaws, EveryChangedDcLineFigureIsCaught) {
    expect_each_change_caught<DcLineResult>("dc_lines", [](PfResult& r) -> auto& { return r.dc_lines; });
}
TEST(VerifyLaws, EveryChangedAreaFigureIsCaught) {
    expect_each_change_caught<AreaResult>("areas", [](PfResult& r) -> auto& { return r.areas; });
}
TEST(VerifyLaws, EveryChangedTieFigureIsCaught) {
    expect_each_change_caught<TieResult>("ties", [](PfResult& r) -> auto& { return r.ties; });
}

TEST(VerifyLaws, EveryChangedTotalIsCaught) {
    for_each_field<Totals>([](const auto& field) {
        PfResult changed = samples::sample_pf();
        changed.totals.*field.member += 1e-3;
        EXPECT_TRUE(breaks(laws(changed), "totals")) << field.key;
    });
}

TEST(VerifyLaws, EveryChangedReactiveLimitFigureIsCaught) {
    for_each_field<ReactiveLimitCheck>([](const auto& field) {
        PfResult changed = samples::sample_pf();
        auto& value = changed.reactive_limits.*field.member;
        if constexpr (std::is_same_v<std::remove_cvref_t<decltype(value)>, double>) value += 1e-3;
        else value += 1;
        EXPECT_TRUE(breaks(laws(changed), "reactive_limits")) << field.key;
    });
}

TEST(VerifyLaws, EachLawNamesTheElement) {
    PfResult changed = samples::sample_pf();
    changed.branches[1].p_to_mw += 0.5;
    const VerifyReport report = laws(changed);
    ASSERT_TRUE(breaks(report, "branch_flow"));
    for (const LawCheck& check : report.checks) {
        if (check.law != "branch_flow") continue;
        EXPECT_EQ(check.element, "branch 2 (to)");
        EXPECT_NEAR(check.deviation, 0.5, 1e-9);
        EXPECT_EQ(check.failed, 1);
    }
    ASSERT_FALSE(report.findings.empty());
    EXPECT_EQ(report.findings.front().code, "AZ5010");
    EXPECT_THAT(report.findings.front().message, testing::HasSubstr("branch 2 (to)"));
}

TEST(VerifyLaws, ChangedCaseIsCaught) {
    using Change = std::function<void(Case&)>;
    const std::vector<std::pair<std::string, Change>> changes{
        {"branch_flow", [](Case& c) { c.branches[0].x_pu *= 1.001; }},
        {"branch_flow", [](Case& c) { c.branches[0].b_pu += 0.001; }},
        {"branch_flow", [](Case& c) { c.branches[1].ratio = 0.98; }},
        {"branch_flow", [](Case& c) { c.branches[1].shift_deg = -1.5; }},
        {"branch_flow", [](Case& c) { c.branches[3].in_service = true; }},
        {"kirchhoff_p", [](Case& c) { c.buses[2].gs_mw = 0.0; }},
        {"kirchhoff_q", [](Case& c) { c.buses[2].bs_mvar = -12.0; }},
        {"kirchhoff_p", [](Case& c) { c.buses[1].pd_mw += 0.01; }},
        {"kirchhoff_q", [](Case& c) { c.buses[1].qd_mvar += 0.01; }},
        {"rating", [](Case& c) { c.branches[0].rate_a_mva = 120.0; }},
        {"set_point", [](Case& c) { c.generators[1].vg_pu = 1.02; }},
        {"generator_output", [](Case& c) { c.generators[1].pg_mw = 61.0; }},
        {"generator_limits", [](Case& c) { c.generators[1].qmax_mvar = 91.0; }},
        {"bus_type", [](Case& c) { c.buses[3].type = BusType::pq; }},
        {"ties", [](Case& c) { c.buses[1].area = 2; }}};
    for (const auto& [law, change] : changes) {
        Case grid = samples::sample_case();
        change(grid);
        EXPECT_TRUE(breaks(check_laws(grid, samples::sample_pf()), law)) << law;
    }
}

TEST(VerifyLaws, RowsMustPair) {
    for (const auto& change : std::vector<std::function<void(PfResult&)>>{
             [](PfResult& r) { r.buses.pop_back(); }, [](PfResult& r) { r.buses[1] = r.buses[0]; },
             [](PfResult& r) { r.branches.pop_back(); }, [](PfResult& r) { r.branches[0].branch = 0; },
             [](PfResult& r) { r.generators.push_back(r.generators[0]); }}) {
        PfResult changed = samples::sample_pf();
        change(changed);
        EXPECT_TRUE(breaks(laws(changed), "rows"));
    }
    PfResult no_tie = samples::sample_pf();
    no_tie.ties.pop_back();
    EXPECT_TRUE(breaks(laws(no_tie), "ties"));
    PfResult no_area = samples::sample_pf();
    no_area.areas.pop_back();
    EXPECT_TRUE(breaks(laws(no_area), "areas"));
}

TEST(VerifyLaws, UnsolvedResultDoesNotPass) {
    PfResult changed = samples::sample_pf();
    changed.status = SolveStatus::diverged;
    EXPECT_TRUE(breaks(laws(changed), "solved"));
    EXPECT_FALSE(laws(changed).passed());
    EXPECT_FALSE(VerifyReport{}.passed());
}

// A unit at Qmax with the voltage below its set-point rests; on the wrong side it does not.
struct Pinned {
    Case grid = samples::sample_case();
    PfResult result = samples::sample_pf();
    Pinned(double q_min, double q_max, double v_set, const char* limit) {
        grid.generators[1].qmin_mvar = result.generators[1].q_min_mvar = q_min;
        grid.generators[1].qmax_mvar = result.generators[1].q_max_mvar = q_max;
        grid.generators[1].vg_pu = v_set;
        result.generators[1].limit = limit;
        result.buses[1].type = "pq";
        ReactiveLimitCheck& check = result.reactive_limits;
        check.held = 2;
        ++(limit == std::string("q_min") ? check.pinned_q_min : check.pinned_q_max);
    }
    [[nodiscard]] VerifyReport check() const { return check_laws(grid, result); }
};

TEST(VerifyLaws, ComplementarityHasTwoSides) {
    const auto right_max = Pinned(-40, 30, 1.03, "q_max").check();
    EXPECT_TRUE(right_max.passed()) << failures(right_max);
    const auto right_min = Pinned(30, 90, 0.99, "q_min").check();
    EXPECT_TRUE(right_min.passed()) << failures(right_min);
    EXPECT_TRUE(breaks(Pinned(-40, 30, 0.99, "q_max").check(), "complementarity"));
    EXPECT_TRUE(breaks(Pinned(30, 90, 1.03, "q_min").check(), "complementarity"));
    EXPECT_TRUE(breaks(Pinned(-40, 31, 1.03, "q_max").check(), "complementarity"));
    EXPECT_TRUE(breaks(Pinned(-40, 31, 1.03, "q_max").check(), "limit_word"));
    EXPECT_TRUE(breaks(Pinned(-40, 90, 1.01, "none").check(), "bus_type"));
    Pinned beyond(-40, 29, 1.01, "none");  // held at its set-point beyond the limit
    beyond.result.buses[1].type = "pv";
    EXPECT_TRUE(breaks(beyond.check(), "complementarity"));
    beyond.result.envelope.options["q_limits"] = std::string("off");
    EXPECT_FALSE(breaks(beyond.check(), "complementarity"));
    EXPECT_TRUE(breaks(beyond.check(), "violations")) << "a limit that is not enforced is a violation to list";
}

TEST(VerifyLaws, CapabilityCornersCutTheRange) {
    Case grid = samples::sample_case();
    PfResult result = samples::sample_pf();
    GeneratorRow& row = grid.generators[1];  // at 60 MW, half way between the corners
    row.pc1_mw = 40, row.pc2_mw = 80, row.qc1max_mvar = 80, row.qc2max_mvar = 40, row.qc1min_mvar = -30, row.qc2min_mvar = -10;
    EXPECT_TRUE(breaks(check_laws(grid, result), "generator_limits"));
    result.generators[1].q_max_mvar = 60;
    result.generators[1].q_min_mvar = -20;
    EXPECT_TRUE(check_laws(grid, result).passed()) << failures(check_laws(grid, result));
}

TEST(VerifyLaws, ViolationListIsCompleteAndReal) {
    Case grid = samples::sample_case();
    PfResult result = samples::sample_pf();
    grid.branches[0].rate_a_mva = 50.0;
    grid.buses[2].vmin_pu = result.buses[2].vmin_pu = 0.99;
    BranchResult& branch = result.branches[0];
    const double apparent = std::hypot(branch.p_to_mw, branch.q_to_mvar);
    branch.rate_mva = 50.0;
    branch.loading_pct = 2.0 * apparent;
    ASSERT_TRUE(breaks(check_laws(grid, result), "violations"));
    Violation thermal = samples::thermal_violation("");
    thermal.value = apparent;
    thermal.limit = 50.0;
    Violation low;
    low.kind = "voltage_low";
    low.bus = 30;
    low.value = samples::vm[2];
    low.limit = 0.99;
    result.violations = {thermal, low};
    EXPECT_TRUE(check_laws(grid, result).passed()) << failures(check_laws(grid, result));
    for (const auto& change : std::vector<std::function<void(std::vector<Violation>&)>>{
             [](auto& list) { list.pop_back(); }, [](auto& list) { list[0].value += 1.0; },
             [](auto& list) { list[0].limit += 1.0; }, [](auto& list) { list[1].bus = 20; },
             [](auto& list) { list[1].kind = "voltage_high"; }}) {
        PfResult changed = result;
        change(changed.violations);
        EXPECT_TRUE(breaks(check_laws(grid, changed), "violations"));
    }
}

TEST(VerifyLaws, LiveBusesNeedAReference) {
    PfResult two = samples::sample_pf();  // a second reference would free the output of bus 20
    two.buses[1].type = "slack";
    EXPECT_TRUE(breaks(laws(two), "reference"));
    Case grid = samples::sample_case();
    grid.buses[0].type = BusType::pq;
    PfResult none = samples::sample_pf();
    none.buses[0].type = "pq";
    EXPECT_TRUE(breaks(check_laws(grid, none), "reference"));
    EXPECT_FALSE(breaks(check_laws(grid, samples::sample_pf()), "reference")) << "bus 10 stands in";
    PfResult dead = samples::sample_pf();
    dead.buses[2].type = "dead";
    EXPECT_TRUE(breaks(laws(dead), "energised"));
}

TEST(VerifyLaws, ZeroImpedanceJoinsEqualVoltages) {
    Case grid = samples::sample_case();
    grid.branches[0].r_pu = grid.branches[0].x_pu = 0.0;
    EXPECT_TRUE(breaks(check_laws(grid, samples::sample_pf()), "zero_impedance"));
}

// Two buses, P = angle / x by hand: 0.1 rad over 0.2 p.u. carries 50 MW.
TEST(VerifyLaws, DcFlowByHand) {
    Case grid;
    grid.buses = {samples::bus_row(1, BusType::slack, 1, ""), samples::bus_row(2, BusType::pq, 1, "")};
    grid.buses[1].pd_mw = 50.0;
    grid.branches = {samples::branch_row(1, 2, 0.01, 0.2, 0.3, 0.0)};
    grid.generators = {samples::generator_row(1, 0.0, -100, 100, 1.0)};
    PfResult result;
    result.dc = true;
    result.status = SolveStatus::converged;
    result.buses = {samples::bus_result(grid.buses[0], "slack"), samples::bus_result(grid.buses[1], "pq")};
    result.buses[0].vm_pu = result.buses[1].vm_pu = 1.0;
    result.buses[0].va_deg = 0.0;
    result.buses[1].va_deg = -0.1 * 180.0 / std::numbers::pi;
    BranchResult branch;
    branch.branch = 1, branch.from_bus = 1, branch.to_bus = 2, branch.p_from_mw = 50.0, branch.p_to_mw = -50.0;
    result.branches = {branch};
    GeneratorResult gen;
    gen.generator = 1, gen.bus = gen.regulated_bus = 1, gen.p_mw = 50.0, gen.q_min_mvar = -100, gen.q_max_mvar = 100, gen.p_min_mw = 0, gen.p_max_mw = 500;
    result.generators = {gen};
    result.totals.generation_mw = result.totals.load_mw = 50.0;
    result.areas = {{1, "", 50.0, 50.0, 0.0, 0.0}};
    EXPECT_TRUE(check_laws(grid, result).passed()) << failures(check_laws(grid, result));
    result.buses[1].va_deg -= 1e-3;
    EXPECT_TRUE(breaks(check_laws(grid, result), "branch_flow"));
    EXPECT_TRUE(breaks(check_laws(grid, result), "kirchhoff_p"));
}

}  // namespace
}  // namespace araz

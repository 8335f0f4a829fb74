#include <gtest/gtest.h>

#include <limits>

#include "araz/model/network.hpp"

namespace araz {
namespace {

BusRow bus(std::int64_t id, BusType type, double pd = 0.0) {
    BusRow row;
    row.bus = BusId{id};
    row.type = type;
    row.pd_mw = pd;
    row.base_kv = 220.0;
    return row;
}

GeneratorRow unit(std::int64_t at) {
    GeneratorRow row;
    row.bus = BusId{at};
    row.pg_mw = 50.0;
    row.pmax_mw = 200.0;
    row.mbase_mva = 100.0;
    return row;
}

BranchRow branch(std::int64_t from, std::int64_t to) {
    BranchRow row;
    row.from_bus = BusId{from};
    row.to_bus = BusId{to};
    row.r_pu = 0.01;
    row.x_pu = 0.1;
    row.rate_a_mva = 100.0;
    return row;
}

// Slack 1 - 2 - 3, a unit at 1, load at 2 and 3; nothing to complain about.
Case chain() {
    Case grid;
    grid.buses = {bus(1, BusType::slack), bus(2, BusType::pq, 30.0), bus(3, BusType::pq, 20.0)};
    grid.generators = {unit(1)};
    grid.branches = {branch(1, 2), branch(2, 3)};
    return grid;
}

const Finding* find(const Findings& findings, std::string_view code) {
    for (const Finding& finding : findings)
        if (finding.code == code) return &finding;
    return nullptr;
}

// The severity of `code` among the findings; fails when it is not there.
void expect(const Case& grid, std::string_view code, Severity severity, std::string_view element) {
    const Findings findings = check_case(grid);
    const Finding* finding = find(findings, code);
    ASSERT_NE(finding, nullptr) << code << "\n" << render(findings);
    EXPECT_EQ(finding->severity, severity) << code;
    EXPECT_EQ(finding->element, element) << code;
}

TEST(CheckCase, FindsNothingInASoundCase) {
    EXPECT_EQ(render(check_case(chain())), "");
}

TEST(CheckCase, NeedsBusesAndABase) {
    EXPECT_NE(find(check_case(Case{}), "AZ1020"), nullptr);
    Case grid = chain();
    grid.base_mva = 0.0;
    expect(grid, "AZ1201", Severity::error, "");
}

TEST(CheckCase, FindsMissingAndDuplicateBuses) {
    Case grid = chain();
    grid.buses.push_back(bus(2, BusType::pq));
    expect(grid, "AZ1101", Severity::error, "bus 2");
    grid = chain();
    grid.branches.push_back(branch(3, 31));
    expect(grid, "AZ1103", Severity::error, "branch 3");
    EXPECT_EQ(find(check_case(grid), "AZ1103")->message, "branch 3 ends at bus 31, which does not exist");
    grid = chain();
    grid.generators.push_back(unit(7));
    expect(grid, "AZ1103", Severity::error, "generator 2");
    grid = chain();
    grid.dc_lines.emplace_back();
    grid.dc_lines[0].from_bus = BusId{1};
    grid.dc_lines[0].to_bus = BusId{8};
    expect(grid, "AZ1103", Severity::error, "dc line 1");
    EXPECT_EQ(find(check_case(grid), "AZ1103")->hint, "fix the number, or leave the dc line out with --allow AZ1103");
}

TEST(CheckCase, AllowLowersAnErrorAndDenyRaisesARemark) {
    Case grid = chain();
    grid.branches.push_back(branch(3, 31));
    grid.branches[0].rate_a_mva = 0.0;
    const Findings findings = check_case(grid, {{"AZ1103"}, {"AZ1223"}});
    EXPECT_EQ(find(findings, "AZ1103")->severity, Severity::warning);
    EXPECT_EQ(find(findings, "AZ1223")->severity, Severity::error);
    EXPECT_EQ(find(check_case(grid), "AZ1223")->severity, Severity::info);
}

TEST(CheckCase, RepeatsTheRemarksOfTheReader) {
    Case grid = chain();
    Finding remark;
    remark.severity = Severity::info;
    remark.code = "AZ1024";
    grid.findings.push_back(remark);
    EXPECT_EQ(check_case(grid).size(), 1U);
    EXPECT_EQ(check_case(grid, {{}, {"AZ1024"}}).front().severity, Severity::error);
}

// One code, two degrees: a warning that comes first must not turn the errors after it into warnings.
TEST(CheckCase, KeepsTheSeverityOfEachRemarkOfTheReader) {
    Case grid = chain();
    grid.findings = {{Severity::warning, "AZ1416", "line a", "short", "", "", {}},
                     {Severity::error, "AZ1416", "line b", "long", "", "", {}},
                     {Severity::warning, "AZ1416", "line c", "short", "", "", {}}};
    const Findings findings = check_case(grid);
    ASSERT_EQ(findings.size(), 3U) << render(findings);
    for (const Finding& finding : findings)
        EXPECT_EQ(finding.severity, finding.element == "line b" ? Severity::error : Severity::warning);
    BuildOptions allowed;
    allowed.allow = {"AZ1416"};
    EXPECT_FALSE(has_error(check_case(grid, allowed)));
}

TEST(CheckCase, ListsErrorsOneByOneUpToTwentyAndCountsTheRest) {
    Case grid = chain();
    for (int i = 0; i < 30; ++i) grid.branches.push_back(branch(1, 100 + i));
    const Findings findings = check_case(grid);
    EXPECT_EQ(count(findings, Severity::error), 20U);
    EXPECT_NE(findings.back().message.find("and 10 more"), std::string::npos);
}

TEST(CheckCase, SummarisesManyWarningsAndAllRemarks) {
    Case grid = chain();
    for (int i = 0; i < 5; ++i) {
        grid.branches.push_back(branch(1, 3));
        grid.branches.back().ratio = 0.7;
        grid.branches.back().rate_a_mva = 0.0;
    }
    EXPECT_EQ(count(check_case(grid), Severity::warning), 5U);
    EXPECT_EQ(count(check_case(grid), Severity::info), 1U);
    grid.branches.push_back(grid.branches.back());
    EXPECT_EQ(count(check_case(grid), Severity::warning), 1U);
    EXPECT_NE(find(check_case(grid), "AZ1209")->message.find("(and 5 more like this)"), std::string::npos);
}

TEST(CheckCase, FindsValuesThatAreNoNumbers) {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    constexpr double inf = std::numeric_limits<double>::infinity();
    Case grid = chain();
    grid.buses[1].qd_mvar = nan;
    expect(grid, "AZ1202", Severity::error, "bus 2");
    grid = chain();
    grid.generators[0].qmax_mvar = nan;
    expect(grid, "AZ1202", Severity::error, "generator 1");
    grid = chain();
    grid.branches[1].b_pu = -inf;
    expect(grid, "AZ1203", Severity::error, "branch 2");
    grid = chain();
    grid.generators[0].qmax_mvar = inf;
    grid.branches[1].rate_a_mva = inf;
    EXPECT_FALSE(has_error(check_case(grid)));
}

struct BranchRule {
    const char* code;
    Severity severity;
    void (*spoil)(BranchRow&);
};

TEST(CheckCase, FindsImplausibleBranches) {
    const BranchRule rules[] = {
        {"AZ1311", Severity::warning, [](BranchRow& b) { b.r_pu = b.x_pu = 0.0; }},
        {"AZ1205", Severity::info, [](BranchRow& b) { b.x_pu = -0.1; }},
        {"AZ1206", Severity::info, [](BranchRow& b) { b.r_pu = -0.01; }},
        {"AZ1207", Severity::info, [](BranchRow& b) { b.r_pu = 0.2; }},
        {"AZ1208", Severity::info, [](BranchRow& b) { b.b_pu = -0.2; }},
        {"AZ1209", Severity::warning, [](BranchRow& b) { b.ratio = 1.3; }},
        {"AZ1210", Severity::error, [](BranchRow& b) { b.ratio = -1.0; }},
        {"AZ1210", Severity::error, [](BranchRow& b) { b.ratio = 2.5; }},
        {"AZ1211", Severity::info, [](BranchRow& b) { b.shift_deg = -150.0; }},
        {"AZ1212", Severity::warning, [](BranchRow& b) { b.shift_deg = 330.0; }},
        {"AZ1216", Severity::error, [](BranchRow& b) { b.angmin_deg = 361.0; }},
        {"AZ1222", Severity::error, [](BranchRow& b) { b.rate_c_mva = -1.0; }},
        {"AZ1223", Severity::info, [](BranchRow& b) { b.rate_a_mva = 0.0; }},
        {"AZ1224", Severity::info, [](BranchRow& b) { b.rate_a_mva = 9999.0; }},
        {"AZ1225", Severity::warning, [](BranchRow& b) { b.rate_c_mva = 50.0; }},
        {"AZ1104", Severity::warning, [](BranchRow& b) { b.from_bus = b.to_bus; }},
    };
    for (const BranchRule& rule : rules) {
        Case grid = chain();
        grid.branches.push_back(branch(2, 3));
        rule.spoil(grid.branches.back());
        expect(grid, rule.code, rule.severity, "branch 3");
        const Findings findings = check_case(grid);
        EXPECT_EQ(findings.size(), 1U) << rule.code << "\n" << render(findings);
    }
}

TEST(CheckCase, LooksOnlyAtTheRatingsAndNumbersOfABranchOutOfService) {
    Case grid = chain();
    grid.branches.push_back(branch(2, 3));
    grid.branches.back().in_service = false;
    grid.branches.back().ratio = -1.0;
    grid.branches.back().x_pu = grid.branches.back().r_pu = 0.0;
    EXPECT_EQ(render(check_case(grid)), "");
}

TEST(CheckCase, FindsImplausibleUnits) {
    Case grid = chain();
    grid.generators[0].pmin_mw = 300.0;
    expect(grid, "AZ1213", Severity::error, "generator 1");
    grid = chain();
    grid.generators[0].qmin_mvar = 10.0;
    grid.generators[0].qmax_mvar = -10.0;
    expect(grid, "AZ1214", Severity::error, "generator 1");
    grid = chain();
    grid.generators[0].pg_mw = 201.0;
    expect(grid, "AZ1217", Severity::warning, "generator 1");
    grid = chain();
    grid.generators[0].qg_mvar = 20.0;
    grid.generators[0].qmax_mvar = 10.0;
    expect(grid, "AZ1218", Severity::warning, "generator 1");
    grid = chain();
    grid.generators[0].vg_pu = 0.0;
    expect(grid, "AZ1221", Severity::error, "generator 1");
    grid = chain();
    grid.generators[0].mbase_mva = 0.0;
    expect(grid, "AZ1226", Severity::info, "generator 1");
    grid = chain();
    grid.generators.push_back(unit(1));
    grid.generators[1].vg_pu = 1.02;
    expect(grid, "AZ1308", Severity::warning, "generator 2");
    grid = chain();
    grid.generators.push_back(unit(2));
    expect(grid, "AZ1312", Severity::info, "generator 2");
}

TEST(CheckCase, FindsImplausibleBuses) {
    Case grid = chain();
    grid.buses[1].vmin_pu = 1.2;
    expect(grid, "AZ1215", Severity::error, "bus 2");
    grid = chain();
    grid.buses[1].vm_pu = 1.15;
    expect(grid, "AZ1219", Severity::info, "bus 2");
    grid = chain();
    grid.buses[1].vm_pu = 224.0;
    expect(grid, "AZ1220", Severity::warning, "bus 2");
    grid = chain();
    grid.buses[1].pd_mw = -3.0;
    expect(grid, "AZ1227", Severity::info, "bus 2");
    grid = chain();
    grid.buses[1].base_kv = 0.0;
    expect(grid, "AZ1228", Severity::warning, "bus 2");
    grid = chain();
    grid.buses[2].base_kv = 110.0;
    expect(grid, "AZ1229", Severity::warning, "branch 2");
    grid.branches[1].ratio = 1.0;
    EXPECT_EQ(render(check_case(grid)), "");
}

TEST(CheckCase, NeedsAReferenceInEveryIslandWithASource) {
    Case grid = chain();
    grid.buses[0].type = BusType::pv;
    expect(grid, "AZ1301", Severity::error, "");
    EXPECT_EQ(find(check_case(grid), "AZ1302"), nullptr);
    grid = chain();
    grid.branches[1].in_service = false;
    expect(grid, "AZ1304", Severity::warning, "bus 3");
    grid.buses[2].type = BusType::pv;
    grid.generators.push_back(unit(3));
    expect(grid, "AZ1302", Severity::error, "bus 3");
    grid.buses[2].type = BusType::slack;
    EXPECT_EQ(render(check_case(grid)), "");
    grid.branches[1].in_service = true;
    expect(grid, "AZ1303", Severity::warning, "bus 3");
}

TEST(CheckCase, NotesBusesWhoseTypePromisesAUnit) {
    Case grid = chain();
    grid.buses[2].type = BusType::pv;
    expect(grid, "AZ1307", Severity::info, "bus 3");
    grid = chain();
    grid.generators[0] = unit(2);
    grid.buses[1].type = BusType::pv;
    expect(grid, "AZ1306", Severity::warning, "bus 1");
}

TEST(CheckCase, NotesWhatIsConnectedToAnIsolatedBus) {
    Case grid = chain();
    grid.buses[2].type = BusType::isolated;
    expect(grid, "AZ1305", Severity::info, "bus 3");
    expect(grid, "AZ1313", Severity::info, "branch 2");
}

TEST(CheckCase, SuspectsWrongUnits) {
    Case grid = chain();
    grid.buses[1].pd_mw = 30'000.0;
    expect(grid, "AZ1230", Severity::warning, "bus 2");
    grid = chain();
    for (BranchRow& row : grid.branches) std::swap(row.r_pu, row.x_pu);
    for (BranchRow& row : grid.branches) row.r_pu *= 3.0;
    expect(grid, "AZ1231", Severity::warning, "");
    grid = chain();
    for (BranchRow& row : grid.branches) row.x_pu = 24.0;
    expect(grid, "AZ1232", Severity::warning, "");
}

TEST(CheckCase, WantsOneOrTwoCostRowsPerUnit) {
    Case grid = chain();
    grid.gen_costs.resize(2);
    EXPECT_EQ(find(check_case(grid), "AZ1110"), nullptr);
    grid.gen_costs.resize(3);
    expect(grid, "AZ1110", Severity::error, "");
}

TEST(Locate, FindsCellsByColumnListWhenThereIsNoOffset) {
    Case grid = chain();
    grid.files.push_back({"x.raw", "", "first\n 1, 'A B', 220.0\n"});
    grid.buses[0].source = {0, 2, {2, 5, 12}, -1};
    const SourcePoint point = locate(grid, grid.buses[0].source, 1);
    EXPECT_EQ(point.line, 2);
    EXPECT_EQ(point.column, 5);
    EXPECT_EQ(point.width, 5);
    EXPECT_EQ(point.text, " 1, 'A B', 220.0");
    EXPECT_EQ(locate(grid, grid.buses[1].source).line, 0);
}

}  // namespace
}  // namespace araz

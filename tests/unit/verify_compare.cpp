#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "araz/verify/verify.hpp"

namespace araz {
namespace {

using Rows = std::vector<std::vector<std::string>>;

Table buses(Rows rows, std::string key = "bus") { return {"buses", std::move(key), {"bus", "vm_pu", "va_deg"}, std::move(rows)}; }

const LawCheck* find(const VerifyReport& report, const std::string& law) {
    for (const LawCheck& check : report.checks)
        if (check.law == law) return &check;
    return nullptr;
}

TEST(VerifyCompare, EqualTablesPass) {
    const Table table = buses({{"1", "1.02", "0"}, {"2", "0.98", "-4.5"}});
    const VerifyReport report = compare(table, table, default_tolerances());
    EXPECT_TRUE(report.passed());
    EXPECT_EQ(report.checks.size(), 3U);
    EXPECT_EQ(find(report, "buses.vm_pu")->checked, 2);
}

TEST(VerifyCompare, ToleranceDecides) {
    const Table actual = buses({{"1", "1.02", "0"}, {"2", "0.980000009", "-4.5000009"}});
    const Table reference = buses({{"2", "0.98", "-4.5"}, {"1", "1.02", "0"}});  // order does not matter
    EXPECT_TRUE(compare(actual, reference, default_tolerances()).passed());
    const Table beyond = buses({{"1", "1.02", "0"}, {"2", "0.98000002", "-4.5"}});
    const VerifyReport report = compare(beyond, reference, default_tolerances());
    EXPECT_FALSE(report.passed());
    const LawCheck* check = find(report, "buses.vm_pu");
    ASSERT_NE(check, nullptr);
    EXPECT_EQ(check->failed, 1);
    EXPECT_EQ(check->element, "bus 2");
    EXPECT_NEAR(check->deviation, 2e-8, 1e-12);
    EXPECT_TRUE(compare(beyond, reference, {{"vm_pu", 1e-7}, {"va_deg", 1e-6}}).passed());
}

TEST(VerifyCompare, NamesWinOverEndings) {
    const Table actual{"t", "branch", {"branch", "p_mw"}, {{"1", "10"}}};
    const Table reference{"t", "branch", {"branch", "p_mw"}, {{"1", "11"}}};
    EXPECT_TRUE(compare(actual, reference, {{"*_mw", 2.0}}).passed());
    EXPECT_FALSE(compare(actual, reference, {{"*_mw", 2.0}, {"p_mw", 0.5}}).passed());
    EXPECT_FALSE(compare(actual, reference, {{"*w", 2.0}, {"*_mw", 0.5}}).passed());
    EXPECT_FALSE(compare(actual, reference, {}).passed()) << "without a tolerance a column agrees exactly or not";
}

TEST(VerifyCompare, InfiniteToleranceLeavesOut) {
    const Table actual{"t", "contingency", {"contingency", "iterations", "loss_mw"}, {{"1", "4", "2"}}};
    const Table reference{"t", "contingency", {"contingency", "iterations", "loss_mw"}, {{"1", "9", "2"}}};
    EXPECT_TRUE(compare(actual, reference, default_tolerances()).passed());
    EXPECT_EQ(find(compare(actual, reference, default_tolerances()), "t.iterations"), nullptr);
}

TEST(VerifyCompare, AnglesTurn) {
    EXPECT_TRUE(compare(buses({{"1", "1", "179.9999999"}}), buses({{"1", "1", "-180"}}), default_tolerances()).passed());
    EXPECT_FALSE(compare(buses({{"1", "1", "179.9"}}), buses({{"1", "1", "-180"}}), default_tolerances()).passed());
}

TEST(VerifyCompare, MissingRowsFailOnBothSides) {
    const Table two = buses({{"1", "1", "0"}, {"2", "1", "0"}});
    const Table one = buses({{"1", "1", "0"}});
    for (const auto& report : {compare(one, two, default_tolerances()), compare(two, one, default_tolerances())}) {
        EXPECT_FALSE(report.passed());
        EXPECT_THAT(find(report, "buses.rows")->element, testing::HasSubstr("bus 2"));
    }
}

TEST(VerifyCompare, MissingValuesOnlyMatchMissingValues) {
    EXPECT_TRUE(compare(buses({{"1", "", "0"}}), buses({{"1", "NaN", "0"}}), default_tolerances()).passed());
    EXPECT_FALSE(compare(buses({{"1", "", "0"}}), buses({{"1", "1", "0"}}), default_tolerances()).passed());
    EXPECT_FALSE(compare(buses({{"1", "x", "0"}}), buses({{"1", "1", "0"}}), default_tolerances()).passed());
}

TEST(VerifyCompare, MatpowerHeadersAreUnderstood) {
    const Table branches{"branches", "branch", {"branch", "from_bus", "to_bus", "p_from_mw", "q_from_mvar", "p_to_mw", "q_to_mvar"},
                         {{"1", "4", "9", "10", "5", "-9", "-4"}}};
    Table reference{"", "", {"branch", "from", "to", "pf_mw", "qf_mvar", "pt_mw", "qt_mvar"}, {{"1", "4", "9", "10", "5", "-9", "-4"}}};
    const VerifyReport report = compare(branches, reference, default_tolerances());
    EXPECT_TRUE(report.passed());
    EXPECT_EQ(report.checks.size(), 7U);
    reference.rows[0][5] = "-8.9";
    EXPECT_FALSE(compare(branches, reference, default_tolerances()).passed());
    const Table generators{"generators", "generator", {"generator", "bus", "in_service", "p_mw", "q_mvar"}, {{"1", "4", "true", "10", "5"}}};
    Table units{"", "", {"gen", "bus", "status", "pg_mw", "qg_mvar"}, {{"1", "4", "1", "10", "5"}}};
    EXPECT_TRUE(compare(generators, units, default_tolerances()).passed());
    units.rows[0][2] = "0";
    EXPECT_FALSE(compare(generators, units, default_tolerances()).passed());
}

TEST(VerifyCompare, RepeatedKeysPairByOrder) {
    const Table steps{"steps", "from,to", {"from", "to", "delta_mw"}, {{"A", "B", "0"}, {"A", "B", "100"}}};
    EXPECT_TRUE(compare(steps, steps, default_tolerances()).passed());
    Table other = steps;
    other.rows[1][2] = "101";
    EXPECT_FALSE(compare(steps, other, default_tolerances()).passed());
    other.rows.pop_back();
    EXPECT_FALSE(compare(steps, other, default_tolerances()).passed());
}

TEST(VerifyCompare, NothingToCompareIsNoPass) {
    const Table table = buses({{"1", "1", "0"}});
    const Table other{"x", "", {"bus", "colour"}, {{"1", "red"}}};
    const Table keyless{"x", "", {"node", "vm_pu"}, {{"1", "1"}}};
    EXPECT_FALSE(compare(table, other, default_tolerances()).passed());
    EXPECT_FALSE(compare(table, keyless, default_tolerances()).passed());
    EXPECT_EQ(compare(table, keyless, default_tolerances()).findings.front().code, "AZ5012");
}

}  // namespace
}  // namespace araz

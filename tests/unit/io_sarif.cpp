// SARIF 2.1.0: what its specification requires of a file with results (sections 3.13, 3.14, 3.27 to 3.30).
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "araz/base/codes.hpp"
#include "araz/io/sarif.hpp"

namespace araz {
namespace {

using nlohmann::json;

Findings some() {
    Finding first;
    first.severity = Severity::error;
    first.code = "AZ1103";
    first.element = "branch 4";
    first.message = "branch 4 ends at bus 99, which does not exist";
    first.hint = "fix the number";
    first.where = {"grids/my case+1.m", 31, 4, 2, "\t9\t99\t0.01"};
    Finding second;
    second.severity = Severity::info;
    second.code = "AZ1223";
    second.message = "branch 1 has no rating";
    Finding third = first;
    third.severity = Severity::warning;
    third.where = {"/abs/a.m", 3, 0, 1, ""};
    return {first, second, third};
}

TEST(Sarif, HasWhatTheFormatRequires) {
    const json document = json::parse(to_sarif(some(), "araz check case.m", 3));
    EXPECT_EQ(document["version"], "2.1.0");
    EXPECT_TRUE(document["$schema"].get<std::string>().ends_with("sarif-schema-2.1.0.json"));
    ASSERT_EQ(document["runs"].size(), 1U);
    const json& run = document["runs"][0];
    const json& driver = run["tool"]["driver"];
    EXPECT_EQ(driver["name"], "araz");
    EXPECT_EQ(run["columnKind"], "unicodeCodePoints");
    EXPECT_EQ(run["invocations"][0]["exitCode"], 3);
    EXPECT_EQ(run["invocations"][0]["executionSuccessful"], true);
    ASSERT_EQ(run["results"].size(), 3U);
    ASSERT_EQ(driver["rules"].size(), 2U) << "one rule for each code";
    for (const json& result : run["results"]) {
        EXPECT_FALSE(result["message"]["text"].get<std::string>().empty());
        const auto& rule = driver["rules"].at(result["ruleIndex"].get<std::size_t>());
        EXPECT_EQ(rule["id"], result["ruleId"]);
        EXPECT_EQ(rule["shortDescription"]["text"], std::string(find_code(rule["id"].get<std::string>())->title));
    }
    EXPECT_EQ(run["results"][0]["level"], "error");
    EXPECT_EQ(run["results"][1]["level"], "note");
    EXPECT_EQ(run["results"][2]["level"], "warning");
}

TEST(Sarif, PointsAtTheCell) {
    const json document = json::parse(to_sarif(some(), "", 0));
    const json& results = document["runs"][0]["results"];
    const json& physical = results[0]["locations"][0]["physicalLocation"];
    EXPECT_EQ(physical["artifactLocation"]["uri"], "grids/my%20case%2B1.m");
    EXPECT_EQ(physical["region"]["startLine"], 31);
    EXPECT_EQ(physical["region"]["startColumn"], 4);
    EXPECT_EQ(physical["region"]["endColumn"], 6) << "one behind the last character";
    EXPECT_EQ(results[0]["locations"][0]["logicalLocations"][0]["name"], "branch 4");
    EXPECT_FALSE(results[1].contains("locations")) << "no place, no location";
    const json& absolute = results[2]["locations"][0]["physicalLocation"];
    EXPECT_EQ(absolute["artifactLocation"]["uri"], "file:///abs/a.m");
    EXPECT_FALSE(absolute["region"].contains("startColumn")) << "columns count from 1";
}

TEST(Sarif, OfNothingIsARunWithoutResults) {
    const json document = json::parse(to_sarif({}, "araz check case.m", 0));
    EXPECT_TRUE(document["runs"][0]["results"].is_array());
    EXPECT_TRUE(document["runs"][0]["results"].empty());
}

TEST(Sarif, KeepsBytesThatAreNoUtf8OutOfTheText) {
    Findings findings = some();
    findings[0].message = "bus \xC4 is odd";
    findings[0].where.text = "\xFF";
    EXPECT_TRUE(json::accept(to_sarif(findings, "\xFE", 0)));
}

}  // namespace
}  // namespace araz

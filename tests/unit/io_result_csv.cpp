#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "araz/base/text.hpp"
#include "araz/io/csv.hpp"
#include "araz/io/result_io.hpp"
#include "unit/result_samples.hpp"

namespace araz {
namespace {

std::string cell(const Table& table, std::size_t row, const std::string& column) {
    for (std::size_t i = 0; i < table.columns.size(); ++i)
        if (table.columns[i] == column) return table.rows[row][i];
    ADD_FAILURE() << "no column " << column;
    return {};
}

Table parsed(const Result<std::string>& text) {
    EXPECT_TRUE(text);
    const auto table = parse_csv(*text, "t.csv");
    EXPECT_TRUE(table) << render(table.error().findings);
    return *table;
}

TEST(Csv, QuotesWhatNeedsQuotes) {
    const Table table{"", "", {"name", "x"}, {{"a,b", "1"}, {"say \"hi\"", "2"}, {"two\r\nlines", "3"}, {" edge ", ""}}};
    const std::string text = render_csv(table);
    EXPECT_EQ(text, "name,x\r\n\"a,b\",1\r\n\"say \"\"hi\"\"\",2\r\n\"two\r\nlines\",3\r\n\" edge \",\r\n");
    const auto back = parse_csv(text, "t.csv");
    ASSERT_TRUE(back);
    EXPECT_EQ(back->rows, table.rows);
}

TEST(Csv, FormulasAreDisarmedAndComeBack) {
    const Table table{"", "", {"name"}, {{"=1+1"}, {"@sum"}, {"-Line"}, {"+x"}, {"-1.5"}, {"+3"}, {"'quoted"}, {"plain"}}};
    const std::string text = render_csv(table);
    EXPECT_EQ(text, "name\r\n\"'=1+1\"\r\n\"'@sum\"\r\n\"'-Line\"\r\n\"'+x\"\r\n-1.5\r\n+3\r\n'quoted\r\nplain\r\n");
    EXPECT_EQ(parse_csv(text, "t.csv")->rows, table.rows);
}

TEST(Csv, LineEndsMarksAndBlankLines) {
    const auto table = parse_csv("\xEF\xBB\xBF" "bus,vm_pu\n1, 1.02\r\n\n2,0.98", "t.csv");
    ASSERT_TRUE(table);
    EXPECT_EQ(table->columns, (std::vector<std::string>{"bus", "vm_pu"}));
    EXPECT_EQ(table->rows, (std::vector<std::vector<std::string>>{{"1", "1.02"}, {"2", "0.98"}}));
}

TEST(Csv, ErrorsHaveAPlace) {
    struct Broken {
        const char* text;
        const char* code;
        int line, column;
    };
    for (const Broken& each : {Broken{"a,b\n1,\"x\n2,3\n", "AZ5005", 2, 3}, Broken{"a,b\n1,\"x\"y\n", "AZ5005", 2, 6},
                               Broken{"a,b\n1,x\"\n", "AZ5005", 2, 4}, Broken{"a,b\n1,2\n3\n", "AZ5006", 3, 1},
                               Broken{"a,b\n\"x\ny\",1\n1,2,3\n", "AZ5006", 4, 1}, Broken{"", "AZ5007", 1, 1},
                               Broken{"\n\n", "AZ5007", 1, 1}, Broken{"a,,b\n", "AZ5007", 1, 1}, Broken{"a,b,a\n", "AZ5007", 1, 1}}) {
        const auto table = parse_csv(each.text, "t.csv");
        ASSERT_FALSE(table) << each.text;
        const Finding& finding = table.error().findings.front();
        EXPECT_EQ(finding.code, each.code) << each.text;
        EXPECT_EQ(finding.where.line, each.line) << each.text;
        EXPECT_EQ(finding.where.column, each.column) << each.text;
        EXPECT_EQ(finding.where.file, "t.csv");
    }
}

TEST(ResultCsv, TablesOfEachSchema) {
    EXPECT_EQ(csv_tables("araz.pf/1"), (std::vector<std::string>{"branches", "buses", "generators", "dc_lines", "slack_groups", "slack_shares", "controls", "control_actions", "areas", "ties", "violations"}));
    EXPECT_EQ(csv_tables("araz.n1/1"),
              (std::vector<std::string>{"contingencies", "violations", "base_branches", "base_buses", "base_generators", "base_dc_lines",
                                        "base_slack_groups", "base_slack_shares", "base_controls", "base_control_actions", "base_areas", "base_ties", "base_violations"}));
    EXPECT_EQ(csv_tables("araz.capacity/1"), (std::vector<std::string>{"directions", "limiters", "steps", "shifts", "ties",
                                                                       "certificates", "base_violations", "remedial", "reinforcements", "controls", "control_actions"}));
    EXPECT_TRUE(csv_tables("araz.none/1").empty());
    for (const std::string& name : csv_tables("araz.n1/1")) EXPECT_TRUE(to_csv(samples::sample_n1(), name)) << name;
    for (const std::string& name : csv_tables("araz.capacity/1")) EXPECT_TRUE(to_csv(samples::sample_capacity(), name)) << name;
}

TEST(ResultCsv, FirstTableIsTheDefault) {
    const PfResult result = samples::sample_pf();
    EXPECT_EQ(*to_csv(result), *to_csv(result, "branches"));
    EXPECT_TRUE(to_csv(samples::sample_n1())->starts_with("contingency,name,outage,status,"));
    EXPECT_TRUE(to_csv(samples::sample_capacity())->starts_with("from,to,exchange,"));
}

TEST(ResultCsv, UnknownTableHasASuggestion) {
    const auto text = to_csv(samples::sample_pf(), "busses");
    ASSERT_FALSE(text);
    EXPECT_EQ(text.error().kind, ErrorKind::usage);
    EXPECT_EQ(text.error().findings.front().code, "AZ3020");
    EXPECT_THAT(text.error().findings.front().message, testing::HasSubstr("did you mean buses"));
}

TEST(ResultCsv, SameNumbersAsJson) {
    const PfResult result = samples::sample_pf();
    const auto from_json = pf_from_json(to_json(result), "r.json");
    ASSERT_TRUE(from_json);
    const Table branches = parsed(to_csv(result, "branches"));
    ASSERT_EQ(branches.rows.size(), 4U);
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(parse_double(cell(branches, i, "p_from_mw")), from_json->branches[i].p_from_mw);
        EXPECT_EQ(parse_double(cell(branches, i, "q_to_mvar")), from_json->branches[i].q_to_mvar);
    }
    EXPECT_EQ(cell(branches, 2, "rate_mva"), "") << "no rating is an empty cell";
    EXPECT_EQ(cell(branches, 3, "in_service"), "false");
    const Table buses = parsed(to_csv(result, "buses"));
    EXPECT_EQ(cell(buses, 2, "name"), "=Tabriz, \"230\"");
    EXPECT_EQ(cell(buses, 3, "vm_pu"), "");
}

TEST(ResultCsv, NestedRecordsAreFlat) {
    const CapacityResult result = samples::sample_capacity();
    const Table directions = parsed(to_csv(result, "directions"));
    EXPECT_EQ(cell(directions, 0, "limit_branch"), "10");
    EXPECT_EQ(cell(directions, 0, "limit_cause"), "thermal_n1");
    EXPECT_EQ(cell(directions, 1, "limit_branch"), "");
    const Table certificates = parsed(to_csv(result, "certificates"));
    EXPECT_EQ(cell(certificates, 0, "secure_mw"), "209.74");
    EXPECT_EQ(cell(certificates, 0, "violation_contingency"), "27");
    EXPECT_EQ(cell(certificates, 0, "contingencies_excluded"), "11: splits the network");
    const Table limiters = parsed(to_csv(result, "limiters"));
    EXPECT_EQ(cell(limiters, 0, "from"), "AZ");
    EXPECT_EQ(cell(limiters, 0, "branch"), "10");
    const Table n1 = parsed(to_csv(samples::sample_n1()));
    EXPECT_EQ(cell(n1, 1, "outage"), "branch 1; branch 4");
    EXPECT_EQ(cell(n1, 1, "status"), "islanded");
    EXPECT_EQ(parsed(to_csv(samples::sample_n1(), "violations")).rows.size(), 1U);
}

TEST(ResultCsv, TablesNameColumnsThatExist) {
    std::vector<Table> tables = tables_of(samples::sample_pf());
    for (const auto& more : {tables_of(samples::sample_n1()), tables_of(samples::sample_capacity())})
        tables.insert(tables.end(), more.begin(), more.end());
    for (const Table& table : tables)
        for (const std::string& part : split(table.key, ','))
            EXPECT_THAT(table.columns, testing::Contains(part)) << table.name;
}

}  // namespace
}  // namespace araz

// What araz n1 can take out, and what becomes of the parts that are left: against hand-made cases and against the
// separate solver of araz verify.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "cli/sample.hpp"
#include "support/program.hpp"

namespace araz::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class Contingencies : public ::testing::Test {
protected:
    [[nodiscard]] json n1(std::vector<std::string> more) const {
        std::vector<std::string> call{"n1", file_, "-o", folder_.path("result.json")};
        call.insert(call.end(), more.begin(), more.end());
        const ProgramRun run = run_araz(call);
        EXPECT_EQ(run.exit_code, 0) << run.err;
        return json::parse(read_bytes(folder_.path("result.json")));
    }
    void expect_verified() const {
        const ProgramRun run = run_araz({"verify", folder_.path("result.json"), "--case", file_});
        EXPECT_EQ(run.exit_code, 0) << run.out << run.err;
    }
    static const json& row(const json& result, const std::string& label) {
        for (const json& c : result["contingencies"])
            if (c["contingency"] == label) return c;
        throw std::out_of_range("no contingency " + label);
    }
    ScratchFolder folder_;
    std::string file_ = folder_.write("sample.m", sample_case);
};

TEST_F(Contingencies, ABusGoesOutWithAllThatIsConnectedToIt) {
    const json result = n1({"--contingencies", "none", "--bus-outages"});
    ASSERT_EQ(result["contingencies"].size(), 5U);
    const json& four = row(result, "b4");  // the spur to bus 5 hangs on it
    EXPECT_EQ(four["outage"], json::array({"bus 4"}));
    EXPECT_EQ(four["status"], "islanded");
    EXPECT_EQ(four["main_island"], "converged");
    EXPECT_NEAR(four["lost_load_mw"].get<double>(), 90.0, 1e-9);
    EXPECT_EQ(four["parts"].size(), 2U);
    const json& three = row(result, "b3");  // a unit stands there
    EXPECT_NEAR(three["lost_load_mw"].get<double>(), 70.0, 1e-9);
    EXPECT_NEAR(three["lost_generation_mw"].get<double>(), 115.0, 1e-9);
    expect_verified();
}

TEST_F(Contingencies, TheReferenceMovesWhenItsBusGoesOut) {
    const json result = n1({"--contingencies", "none", "--bus-outages"});
    const json& one = row(result, "b1");
    EXPECT_EQ(one["main_island"], "converged");
    EXPECT_EQ(one["reference_bus"], 3);
    EXPECT_NEAR(one["lost_load_mw"].get<double>(), 20.0, 1e-9);
    EXPECT_EQ(one["lost_buses"], 1);
    // The same by hand: the case without bus 1, with bus 3 as its reference.
    std::string left = with(sample_case, "\t1\t3\t20\t5", "\t1\t4\t20\t5");
    left = with(left, "\t3\t2\t70\t20", "\t3\t3\t70\t20");
    const ProgramRun run = run_araz({"pf", folder_.write("left.m", left), "--format", "json"});
    ASSERT_EQ(run.exit_code, 0) << run.err;
    EXPECT_NEAR(one["loss_mw"].get<double>(), json::parse(run.out)["totals"]["loss_mw"].get<double>(), 1e-5);
}

// Two grids on one line: when it goes, the second has a unit of its own.
TEST_F(Contingencies, ASecondIslandLivesOnWhereItsUnitsCanCarryItsLoad) {
    file_ = folder_.write("two.m", R"(function mpc = two
mpc.version = '2';
mpc.baseMVA = 100;
mpc.bus = [
	1	3	50	0	0	0	1	1	0	220	1	1.1	0.9;
	2	2	60	0	0	0	1	1	0	220	1	1.1	0.9;
	3	1	40	0	0	0	1	1	0	220	1	1.1	0.9;
];
mpc.gen = [
	1	90	0	500	-500	1	100	1	400	0;
	2	60	0	500	-500	1	100	1	120	0;
];
mpc.branch = [
	1	2	0.01	0.1	0	0	0	0	0	0	1	-360	360;
	2	3	0.02	0.1	0	0	0	0	0	0	1	-360	360;
];
)");
    const json dark = n1({});
    EXPECT_NEAR(row(dark, "1")["lost_load_mw"].get<double>(), 100.0, 1e-9);
    EXPECT_EQ(row(dark, "1")["parts"][0]["state"], "dark");
    const json solved = n1({"--second-islands", "solve"});
    const json& split = row(solved, "1");
    EXPECT_EQ(split["status"], "islanded");
    EXPECT_NEAR(split["lost_load_mw"].get<double>(), 0.0, 1e-9);
    ASSERT_EQ(split["parts"].size(), 1U);
    EXPECT_EQ(split["parts"][0]["state"], "solved");
    EXPECT_EQ(split["parts"][0]["reference_bus"], 2);
    EXPECT_EQ(split["parts"][0]["buses"], 2);
    // The losses of the line 2-3 alone: 40 MW at about 1 p.u. over 0.02 p.u.
    EXPECT_NEAR(split["loss_mw"].get<double>(), 0.02 * 0.4 * 0.4 * 100.0, 0.01);
    // Bus 3 has no unit; more load than the unit can carry leaves the part dark as well.
    EXPECT_EQ(row(solved, "2")["parts"][0]["state"], "dark");
    file_ = folder_.write("more.m", with(read_bytes(file_), "\t3\t1\t40\t0", "\t3\t1\t70\t0"));
    EXPECT_EQ(row(n1({"--second-islands", "solve"}), "1")["parts"][0]["state"], "dark");
}

TEST_F(Contingencies, ScreeningLeavesOutWhatItEstimatesLowAndAuditSaysWhatThatMisses) {
    const json full = n1({"--rating-contingency", "0.6xA"});
    std::set<std::string> all;
    for (const json& c : full["contingencies"]) all.insert(c["contingency"].get<std::string>());
    for (const double threshold : {30.0, 70.0, 95.0, 200.0}) {
        SCOPED_TRACE(threshold);
        const std::vector<std::string> asked{"--rating-contingency", "0.6xA", "--screen", std::to_string(threshold)};
        const json screened = n1(asked);
        expect_verified();
        std::set<std::string> seen;
        for (const json& c : screened["contingencies"]) seen.insert(c["contingency"].get<std::string>());
        for (const json& label : screened["screen"]["contingencies"]) EXPECT_TRUE(seen.insert(label.get<std::string>()).second);
        EXPECT_EQ(seen, all);
        for (const json& c : screened["contingencies"]) EXPECT_EQ(c, row(full, c["contingency"].get<std::string>()));

        std::vector<std::string> audited = asked;
        audited.push_back("--audit-screen");
        const json audit = n1(audited);
        EXPECT_EQ(audit["contingencies"], full["contingencies"]);
        std::size_t missed = 0;
        for (const json& label : audit["screen"]["contingencies"]) missed += row(full, label.get<std::string>())["violations"].size();
        EXPECT_EQ(audit["screen"]["missed"].size(), missed);
    }
    EXPECT_EQ(n1({"--rating-contingency", "0.6xA", "--screen", "200"})["contingencies"].size(), 1U);  // the spur splits the grid
    EXPECT_FALSE(full.contains("screen"));
    EXPECT_EQ(run_araz({"n1", file_, "--audit-screen"}).exit_code, 2);
}

TEST_F(Contingencies, ReadsChangeTablesOfMatpower) {
    const std::string table = folder_.write("contab.m", R"(function chgtab = contab
define_constants;
chgtab = [
	1	0	CT_TBRCH	2	BR_STATUS	CT_REP	0;
	2	0.1	CT_TGEN	2	GEN_STATUS	CT_REP	0;
	7	0	CT_TBRCH	1	BR_STATUS	CT_REP	0;
	7	0	CT_TBRCH	3	BR_STATUS	CT_REP	0;
];
)");
    const json result = n1({"--contingencies", table});
    ASSERT_EQ(result["contingencies"].size(), 3U);
    EXPECT_EQ(row(result, "ct1")["outage"], json::array({"branch 2"}));
    EXPECT_EQ(row(result, "ct2")["outage"], json::array({"generator 2"}));
    EXPECT_EQ(row(result, "ct7")["outage"], json::array({"branch 1", "branch 3"}));
    const json single = n1({});
    json same = row(result, "ct1");
    same["contingency"] = "2";
    for (json& v : same["violations"]) v["contingency"] = "2";
    EXPECT_EQ(same, row(single, "2"));
}

TEST_F(Contingencies, RefusesChangesThatAreNoOutagesAndElementsThatDoNotExist) {
    const auto refused = [&](const std::string& name, const std::string& text, const std::string& words) {
        const ProgramRun run = run_araz({"n1", file_, "--contingencies", folder_.write(name, text)});
        EXPECT_EQ(run.exit_code, 3) << text;
        EXPECT_THAT(run.err, HasSubstr(words));
    };
    const std::string head = "function chgtab = c\ndefine_constants;\nchgtab = [\n";
    refused("a.m", head + "1 0 CT_TBUS 2 PD CT_REP 90;\n];\n", "a.m:4");
    refused("b.m", head + "1 0 CT_TBRCH 2 RATE_A CT_REL 0.5;\n];\n", "is no outage");
    refused("c.m", head + "1 0 CT_TBRCH 99 BR_STATUS CT_REP 0;\n];\n", "no branch '99'");
    refused("d.m", head + "1 0 CT_TBRCH 2;\n];\n", "seven columns");
    refused("e.csv", "contingency,element_kind,element\nx,bus,77\n", "no bus '77'");
}

// More contingencies than are held at a time: the lines are those of the whole result, in its order.
TEST_F(Contingencies, StreamsOneLinePerContingencyInTheOrderOfTheList) {
    std::string list = "contingency,element_kind,element\n";
    for (int k = 0; k < 5000; ++k)
        for (const int row : {1 + k % 6, 1 + (k / 6) % 6})
            list += "p" + std::to_string(k) + ",branch," + std::to_string(row) + "\n";
    const std::string file = folder_.write("sample.m", sample_case);
    const std::string pairs = folder_.write("pairs.csv", list);
    const auto call = [&](const std::string& output, const char* threads) {
        return run_araz({"n1", file, "--contingencies", "all," + pairs, "--threads", threads, "-o", folder_.path(output)}).exit_code;
    };
    ASSERT_EQ(call("one.ndjson", "1"), 0);
    ASSERT_EQ(call("two.ndjson", "2"), 0);
    ASSERT_EQ(call("whole.json", "2"), 0);
    EXPECT_EQ(read_bytes(folder_.path("one.ndjson")), read_bytes(folder_.path("two.ndjson")));
    json lines = json::array();
    std::istringstream in(read_bytes(folder_.path("one.ndjson")));
    for (std::string line; std::getline(in, line);) lines.push_back(json::parse(line));
    EXPECT_EQ(lines.size(), 5006U);
    EXPECT_EQ(lines, json::parse(read_bytes(folder_.path("whole.json")))["contingencies"]);
}

TEST_F(Contingencies, AStreamThatCannotBeWrittenEndsWithFiveAndLeavesNothing) {
    const std::string file = folder_.write("sample.m", sample_case);
    EXPECT_EQ(run_araz({"n1", file, "-o", folder_.path("no/such.ndjson")}).exit_code, 5);
    EXPECT_EQ(run_araz({"n1", file, "--format", "ndjson"}, {}, "/dev/full").exit_code, 5);
    EXPECT_THAT(folder_.names(), ::testing::ElementsAre("sample.m"));
}

}  // namespace
}  // namespace araz::testing

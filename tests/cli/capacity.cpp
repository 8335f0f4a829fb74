// Options of araz capacity and n1 where the answer is known in closed form, or from another run of the program.
//
// n lossless lines x between buses held at 1 p.u.: |S| = R per line at P = n R sqrt(1 - (xR/2)^2).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "cli/sample.hpp"
#include "support/program.hpp"

namespace araz::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

constexpr double fine = 0.02;             // MW: twice the bracket that --tolerance 0.01 asks for
constexpr double one_line = 484.122918;   // MW over one line of x = 0.1 and 500 MVA, base 100 MVA

// Two areas of one bus each, two lines of x = 0.1 and a third that is open; `p` MW flow from bus 1 to bus 2.
std::string two_areas(double p) {
    const auto unit = [](int bus, double mw) {
        return "\t" + std::to_string(bus) + "\t" + std::to_string(mw) + "\t0\t3000\t-3000\t1\t100\t1\t2000\t-2000;\n";
    };
    const auto line = [](int status) { return "\t1\t2\t0\t0.1\t0\t500\t500\t500\t0\t0\t" + std::to_string(status) + "\t-360\t360;\n"; };
    return "function mpc = two\nmpc.version = '2';\nmpc.baseMVA = 100;\nmpc.bus = [\n"
           "\t1\t3\t0\t0\t0\t0\t1\t1\t0\t220\t1\t1.1\t0.9;\n\t2\t2\t0\t0\t0\t0\t2\t1\t0\t220\t1\t1.1\t0.9;\n];\nmpc.gen = [\n" +
           unit(1, p) + unit(2, -p) + "];\nmpc.branch = [\n" + line(1) + line(1) + line(0) + "];\n";
}

class CapacityVerb : public ::testing::Test {
protected:
    [[nodiscard]] json run(const std::string& file, std::vector<std::string> more) const {
        std::vector<std::string> call{"capacity", file, "--from", "1", "--to", "2", "--tolerance", "0.01", "--format", "json"};
        call.insert(call.end(), more.begin(), more.end());
        const ProgramRun run = run_araz(call);
        EXPECT_EQ(run.exit_code, 0) << run.err;
        return json::parse(run.out)["directions"][0];
    }
    ScratchFolder folder_;
};

TEST_F(CapacityVerb, SaysWhatOneMoreMvaOfTheBindingRatingBuys) {
    const json d = run(folder_.write("two.m", two_areas(0.0)), {});
    EXPECT_NEAR(d["delta_e_mw"].get<double>(), one_line, fine);
    // d/dR of R sqrt(1 - (xR/2)^2) at R = 5 p.u.
    EXPECT_NEAR(d["relief_mw_per_mva"].get<double>(), 0.903696, 1e-5);
    EXPECT_EQ(d["fcitc_mw"], d["delta_e_mw"]);
    EXPECT_EQ(d["fcttc_mw"], d["ttc_mw"]);
    EXPECT_NEAR(d["nitc_mw"].get<double>(), 2.0 * one_line, fine);
}

TEST_F(CapacityVerb, RelievesABaseThatIsInsecureAndSaysFromWhereOn) {
    const std::string file = folder_.write("two.m", two_areas(-600.0));
    const json d = run(file, {"--base-insecure", "relieve"});
    EXPECT_NEAR(d["window_from_mw"].get<double>(), 600.0 - one_line, 1.0);  // found on levels, narrowed to --tolerance
    EXPECT_NEAR(d["delta_e_mw"].get<double>(), 600.0 + one_line, fine);
    ASSERT_FALSE(d["base_violations"].empty());
    // Without it the limit of a violated pair is what it has at the base, which only the same flow the other way meets.
    EXPECT_NEAR(run(file, {})["delta_e_mw"].get<double>(), 1200.0, fine);
    EXPECT_EQ(run(file, {"--base-insecure", "strict"})["limit"]["cause"], "base_insecure");
}

// The flow falls to zero before it grows: the slope of its magnitude at the base points away from the limit.
TEST_F(CapacityVerb, SeesTheLimitBeyondAFlowThatReverses) {
    const json d = run(folder_.write("two.m", two_areas(-400.0)), {});
    EXPECT_NEAR(d["delta_e_mw"].get<double>(), 400.0 + one_line, fine);
    EXPECT_NEAR(d["ttc_mw"].get<double>(), one_line, fine);
    EXPECT_EQ(d["limit"]["cause"], "thermal_n1");
}

TEST_F(CapacityVerb, AnswersForSeveralBordersFromTheSameBase) {
    const std::string file = ARAZ_SOURCE_DIR "/cases/azerbaijan-iran";
    const auto answer = [&](const std::vector<std::string>& more) {
        std::vector<std::string> call{"capacity", file, "--format", "json"};
        call.insert(call.end(), more.begin(), more.end());
        const ProgramRun run = run_araz(call);
        EXPECT_EQ(run.exit_code, 0) << run.err;
        json directions = json::parse(run.out)["directions"];
        for (json& direction : directions) direction.erase("power_flows");  // those of the base count for the first
        return directions;
    };
    const json both = answer({"--borders", "AZ:IR,AZ+GE:rest", "--both"});
    ASSERT_EQ(both.size(), 4U);
    EXPECT_EQ(both[0].dump(), answer({"--from", "AZ", "--to", "IR"})[0].dump());
    EXPECT_EQ(both[1].dump(), answer({"--from", "IR", "--to", "AZ"})[0].dump());
    EXPECT_EQ(both[2].dump(), answer({"--from", "AZ,GE", "--to", "rest"})[0].dump());
    EXPECT_EQ(both[3]["to"], "AZ,GE");
    std::vector<std::string> pairs;
    for (const json& direction : answer({"--borders", "all", "--contingencies", "none", "--max", "1"}))
        pairs.push_back(direction["from"].get<std::string>() + "-" + direction["to"].get<std::string>());
    EXPECT_THAT(pairs, ::testing::ElementsAre("AZ-IR", "AZ-GE", "AZ-RU", "IR-TR", "IR-AM", "IR-TM"));
}

TEST_F(CapacityVerb, RefusesBordersAndExclusionsThatSayNothing) {
    const std::string file = folder_.write("two.m", two_areas(0.0));
    const auto refused = [&](std::vector<std::string> more, const char* message) {
        std::vector<std::string> call{"capacity", file};
        call.insert(call.end(), more.begin(), more.end());
        const ProgramRun run = run_araz(call);
        EXPECT_EQ(run.exit_code, 2);
        EXPECT_THAT(run.err, HasSubstr(message));
    };
    refused({"--borders", "1-2"}, "'1-2' is not a border");
    refused({"--borders", "1:2,1:9"}, "no area is called '9'");
    refused({"--borders", "1:1"}, "on both sides");
    refused({"--borders", "1:2", "--from", "1"}, "each name the sides");
    refused({"--from", "1", "--to", "2", "--exclude", "4"}, "excluded branch 4 does not exist");
    refused({"--from", "1", "--to", "2", "--exclude", "3"}, "excluded branch 3 is out of service");
    refused({"--from", "1", "--to", "2", "--exclude", "1", "--contingencies", "none"}, "excluded branch 1 is not among the contingencies");
}

TEST_F(CapacityVerb, TriesRemedialActions) {
    const std::string file = folder_.write("two.m", two_areas(0.0));
    const std::string actions = folder_.write("actions.csv", "action,kind,element,value,name\nthird,close,3,,Third line\nworse,open,1,,\n");
    const json d = run(file, {"--remedial", actions});
    ASSERT_EQ(d["remedial"].size(), 2U);
    EXPECT_EQ(d["remedial"][0]["action"], "third");
    EXPECT_NEAR(d["remedial"][0]["gain_mw"].get<double>(), one_line, 2.0 * fine);
    // Only one line is left: its loss splits the grid and is listed, so it limits intact.
    EXPECT_NEAR(d["remedial"][1]["gain_mw"].get<double>(), 0.0, 2.0 * fine);
    EXPECT_EQ(d["remedial"][1]["cause"], "thermal");
}

TEST_F(CapacityVerb, RefusesRemedialActionsThatCannotBe) {
    const std::string file = folder_.write("two.m", two_areas(0.0));
    for (const auto& [row, word] : {std::pair{"a,open,7,,", "no branch '7'"}, {"a,lift,1,0,", "no kind of remedial action"},
                                    {"a,redispatch,1,5000,", "its limits are"}, {"a,tap,1,x,", "AZ3023"}}) {
        const std::string actions = folder_.write("bad.csv", std::string("action,kind,element,value,name\n") + row + "\n");
        const ProgramRun run = run_araz({"capacity", file, "--from", "1", "--to", "2", "--remedial", actions});
        EXPECT_EQ(run.exit_code, 3) << row;
        EXPECT_THAT(run.err, HasSubstr(word));
        EXPECT_THAT(run.err, HasSubstr("bad.csv:2"));
    }
}

TEST_F(CapacityVerb, TakesAQuantileOfDeviationsAsMargin) {
    const std::string file = folder_.write("two.m", two_areas(0.0));
    const std::string deviations = folder_.write("deviations.csv", "deviation_mw\n40\n10\n20\n");
    // Sorted 10, 20, 40: the quantile 0.75 lies half way between the second and the third.
    const json d = run(file, {"--trm", "quantile:0.75:" + deviations});
    EXPECT_NEAR(d["trm_mw"].get<double>(), 30.0, 1e-12);
    EXPECT_NEAR(d["ntc_mw"].get<double>(), d["ttc_mw"].get<double>() - 30.0, 1e-9);
}

TEST_F(CapacityVerb, SharesTheShiftByAFileOfWeightsAndGroupsOfAFile) {
    const std::string four = R"(function mpc = four
mpc.version = '2';
mpc.baseMVA = 100;
mpc.bus = [
	1	3	50	0	0	0	1	1	0	220	1	1.1	0.9;
	2	2	50	0	0	0	1	1	0	220	1	1.1	0.9;
	3	2	50	0	0	0	2	1	0	220	1	1.1	0.9;
	4	2	50	0	0	0	2	1	0	220	1	1.1	0.9;
];
mpc.gen = [
	1	50	0	500	-500	1	100	1	400	0;
	2	50	0	500	-500	1	100	1	400	0;
	3	50	0	500	-500	1	100	1	400	-400;
	4	50	0	500	-500	1	100	1	400	-400;
];
mpc.branch = [
	1	2	0	0.05	0	0	0	0	0	0	1	-360	360;
	3	4	0	0.05	0	0	0	0	0	0	1	-360	360;
	1	3	0	0.05	0	100	100	100	0	0	1	-360	360;
	2	4	0	0.05	0	100	100	100	0	0	1	-360	360;
];
)";
    const std::string file = folder_.write("four.m", four);
    const std::string weights = folder_.write("weights.csv", "generator,weight\n1,3\n2,1\n3,1\n4,1\n");
    const json d = run(file, {"--key", "file", "--key-file", weights, "--contingencies", "none"});
    double moved[5] = {0.0, 0.0, 0.0, 0.0, 0.0};
    for (const json& shift : d["shifts"]) moved[shift["generator"].get<int>()] = shift["shifted_mw"].get<double>() - shift["base_mw"].get<double>();
    EXPECT_GT(moved[1], 1.0);
    EXPECT_NEAR(moved[1], 3.0 * moved[2], 1e-6);
    EXPECT_NEAR(moved[3], moved[4], 1e-6);
    EXPECT_NEAR(moved[1] + moved[2], d["delta_e_mw"].get<double>(), 1e-6);

    const std::string groups = folder_.write("groups.csv", "bus,group\n1,1\n2,1\n3,2\n4,2\n");
    const json by_area = run(file, {});
    const json by_file = run(file, {"--group", "file", "--group-file", groups});
    EXPECT_EQ(by_area["ttc_mw"], by_file["ttc_mw"]);
    const ProgramRun wrong = run_araz({"capacity", file, "--from", "1", "--to", "2", "--key", "file"});
    EXPECT_EQ(wrong.exit_code, 2);
    EXPECT_THAT(wrong.err, HasSubstr("--key-file"));
}

// Bus 2 of a triangle of equal lines gives way first, then bus 3. The first sends a third of the shift over
// the line 3-2, the second takes a third of its own off it: the line is full, and then free again.
TEST_F(CapacityVerb, NamesTheShiftsThatAreSecureAgain) {
    const std::string file = folder_.write("triangle.m", R"(function mpc = triangle
mpc.version = '2';
mpc.baseMVA = 100;
mpc.bus = [
	1	3	0	0	0	0	1	1	0	220	1	1.1	0.9;
	2	2	300	0	0	0	2	1	0	220	1	1.1	0.9;
	3	2	300	0	0	0	2	1	0	220	1	1.1	0.9;
];
mpc.gen = [
	1	0	0	900	-900	1	100	1	600	0;
	2	300	0	900	-900	1	100	1	300	0;
	3	300	0	900	-900	1	100	1	300	0;
];
mpc.gencost = [
	2	0	0	2	10	0;
	2	0	0	2	50	0;
	2	0	0	2	20	0;
];
mpc.branch = [
	1	2	0	0.01	0	0	0	0	0	0	1	-360	360;
	1	3	0	0.01	0	0	0	0	0	0	1	-360	360;
	2	3	0	0.01	0	80	80	80	0	0	1	-360	360;
];
)");
    const json d = run(file, {"--key", "merit", "--contingencies", "none", "--audit", "60"});
    // The angles are small: 1 % covers what the sine leaves of the proportions.
    EXPECT_NEAR(d["delta_e_mw"].get<double>(), 240.0, 2.4);
    ASSERT_EQ(d["secure_again"].size(), 1U);
    const double step = 600.0 / 60.0;
    EXPECT_NEAR(d["secure_again"][0]["from_mw"].get<double>(), 360.0, step + 3.6);
    EXPECT_NEAR(d["secure_again"][0]["to_mw"].get<double>(), 600.0, step);
}

TEST_F(CapacityVerb, WatchesVoltageSteps) {
    const std::string file = folder_.write("sample.m", sample_case);
    const std::string out_row = "1\t4\t0.006\t0.05\t0.02\t150\t180\t200\t0\t0\t1";
    const std::string tripped =
        folder_.write("tripped.m", with(sample_case, "\t" + out_row, "\t1\t4\t0.006\t0.05\t0.02\t150\t180\t200\t0\t0\t0"));
    const auto magnitudes = [](const std::string& path) {
        const ProgramRun run = run_araz({"pf", path, "--format", "json", "--tol", "1e-11"});
        const json result = json::parse(run.out);
        std::vector<double> vm;
        for (const json& bus : result["buses"]) vm.push_back(bus["vm_pu"].get<double>());
        return vm;
    };
    const std::vector<double> before = magnitudes(file);
    const std::vector<double> after = magnitudes(tripped);
    double largest = 0.0;
    std::int64_t bus = 0;
    for (std::size_t k = 0; k < before.size(); ++k)
        if (std::abs(after[k] - before[k]) > largest) {
            largest = std::abs(after[k] - before[k]);
            bus = static_cast<std::int64_t>(k) + 1;
        }
    ASSERT_GT(largest, 1e-4);
    for (const char* engine : {"lane", "scalar"}) {
        const auto violations = [&](double step) {
            const ProgramRun run = run_araz({"n1", file, "--format", "json", "--tol", "1e-11", "--engine", engine, "--voltage-step",
                                             std::to_string(step)});
            const json result = json::parse(run.out);
            std::vector<json> out;
            for (const json& c : result["contingencies"])
                for (const json& v : c["violations"])
                    if (c["contingency"] == "4" && v["kind"] == "voltage_step") out.push_back(v);
            return out;
        };
        const std::vector<json> found = violations(largest - 2e-6);
        ASSERT_EQ(found.size(), 1U) << engine;
        EXPECT_EQ(found[0]["bus"], bus);
        EXPECT_NEAR(found[0]["value"].get<double>(), largest, 1e-9);
        EXPECT_TRUE(violations(largest + 2e-6).empty()) << engine;
    }
}

TEST_F(CapacityVerb, CertificatesWithVoltageStepsAndOfReliefVerify) {
    const auto expect_verified = [&](const std::string& file, std::vector<std::string> more, const std::string& cause) {
        std::vector<std::string> call{"capacity", file, "--from", "1", "--to", "2", "-o", folder_.path("result.json")};
        call.insert(call.end(), more.begin(), more.end());
        ASSERT_EQ(run_araz(call).exit_code, 0);
        const json result = json::parse(read_bytes(folder_.path("result.json")));
        EXPECT_EQ(result["directions"][0]["limit"]["cause"], cause);
        const ProgramRun verified = run_araz({"verify", folder_.path("result.json"), "--case", file});
        EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
    };
    expect_verified(folder_.write("two.m", two_areas(-600.0)), {"--base-insecure", "relieve"}, "thermal_n1");
    // Far ratings, so that the step is what limits.
    std::string wide = sample_case;
    for (std::size_t at = 0; (at = wide.find("\t150\t180\t200\t", at)) != std::string::npos;) wide.replace(at, 13, "\t900\t900\t900\t");
    expect_verified(folder_.write("wide.m", wide), {"--voltage-step", "0.009"}, "voltage_step");
}

TEST_F(CapacityVerb, ValuesReinforcementsOneAtATime) {
    const std::string shipped = ARAZ_SOURCE_DIR "/cases/azerbaijan-iran";
    const auto ttc = [&](const std::vector<std::string>& more) {
        std::vector<std::string> call{"capacity", shipped, "--from", "AZ", "--to", "IR", "--contingencies", "none", "--format", "json"};
        call.insert(call.end(), more.begin(), more.end());
        const ProgramRun run = run_araz(call);
        EXPECT_EQ(run.exit_code, 0) << run.err;
        return json::parse(run.out);
    };
    const json valued = ttc({"--reinforcements", "khudafarin-400,tie-330"});
    const auto figure = [&](const std::vector<std::string>& more) { return ttc(more)["directions"][0]["ttc_mw"].get<double>(); };
    const double base = figure({});
    const double first = figure({"--variant", "khudafarin-400"});
    const double second = figure({"--variant", "tie-330"});
    const double both = figure({"--variant", "khudafarin-400,tie-330"});
    ASSERT_EQ(valued["reinforcements"].size(), 2U);
    const json& one = valued["reinforcements"][0];
    EXPECT_EQ(one["variant"], "khudafarin-400");
    EXPECT_NEAR(one["pint_mw"].get<double>(), first - base, 1e-9);
    EXPECT_NEAR(one["toot_mw"].get<double>(), both - second, 1e-9);
    EXPECT_NEAR(valued["reinforcements"][1]["toot_mw"].get<double>(), both - first, 1e-9);
}

// What a search in lanes and one of one power flow after the other may differ by: the search ends within a fiftieth of
// the tolerance, whoever solves.
void expect_same_search(const std::vector<std::string>& more) {
    const auto run = [&](const char* engine, const char* threads) {
        std::vector<std::string> call{"capacity", ARAZ_SOURCE_DIR "/cases/azerbaijan-iran", "--from", "AZ", "--to", "IR", "--both",
                                      "--format", "json", "--engine", engine, "--threads", threads};
        call.insert(call.end(), more.begin(), more.end());
        return run_araz(call).out;
    };
    const std::string lanes = run("lane", "1");
    json one = json::parse(run("scalar", "2"));
    json several = json::parse(lanes);
    ASSERT_EQ(one["directions"].size(), several["directions"].size());
    for (std::size_t k = 0; k < one["directions"].size(); ++k) {
        json& a = one["directions"][k];
        json& b = several["directions"][k];
        EXPECT_NEAR(a["ttc_mw"].get<double>(), b["ttc_mw"].get<double>(), 0.02);
        for (const char* key : {"cause", "branch", "bus", "contingency", "side"}) EXPECT_EQ(a["limit"][key], b["limit"][key]) << key;
        EXPECT_EQ(a["certificate"]["contingencies_solved"], b["certificate"]["contingencies_solved"]);
        ASSERT_EQ(a["limiters"].size(), b["limiters"].size());
        for (std::size_t i = 0; i < a["limiters"].size(); ++i) {
            // In order of the shift at which they bind; those that tie within what the searches may differ by, in any.
            const json& own = a["limiters"][i];
            EXPECT_NEAR(own["predicted_mw"].get<double>(), b["limiters"][i]["predicted_mw"].get<double>(), 0.1);
            const bool found = std::any_of(b["limiters"].begin(), b["limiters"].end(), [&](const json& other) {
                return other["contingency"] == own["contingency"] && other["branch"] == own["branch"] && other["bus"] == own["bus"] &&
                       std::abs(other["predicted_mw"].get<double>() - own["predicted_mw"].get<double>()) < 0.1;
            });
            const bool ties_at_the_end = own["predicted_mw"].get<double>() > b["limiters"].back()["predicted_mw"].get<double>() - 0.1;
            EXPECT_TRUE(found || ties_at_the_end) << own.dump();
        }
    }
    // To the byte whatever the threads, but for the options that are told back.
    json again = json::parse(run("lane", "2"));
    again.erase("options");
    several.erase("options");
    EXPECT_EQ(again.dump(), several.dump());
}

TEST(CapacityEngines, AgreeOnTheShippedCase) { expect_same_search({}); }
TEST(CapacityEngines, AgreeWithUnitsAndVoltageSteps) {
    expect_same_search({"--generators", "--voltage-step", "0.05", "--point", "summer-peak-2030"});
}
TEST(CapacityEngines, AgreeWithASingleSlackAndAnAsynchronousBorder) {
    expect_same_search({"--exchange", "scheduled", "--key", "pg", "--variant", "tie-island"});
}

}  // namespace
}  // namespace araz::testing

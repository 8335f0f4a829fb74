// Units with reactive modes, held buses and curtailment limits through every verb of the program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "batch_sample.hpp"

namespace araz::testing {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

class Reactive : public ::testing::Test {
protected:
    // The sample with a wind farm and a gas turbine whose cells of the optional columns are given.
    void set(const std::string& wind, const std::string& turbine = ",,,,,,",
             const std::string& profile = "") const {
        if (profile.empty()) folder.remove("grid/load_profiles.csv");  // a single case has no series beside it
        folder.write("grid/generators.csv",
                     "generator,name,bus,fuel,gentype,pmin_mw,pmax_mw,qmin_mvar,qmax_mvar,p_mw,vm_set_pu,in_service,profile,"
                     "provenance,source,q_mode,power_factor,q_slope_percent,q_points,regulated_bus,reactive_share,p_limit_percent\n"
                     "g-a,A 1,1,ng,ST,40,300,-150,200,150,1.02,1,,assumed,S1,,,,,,,\n"
                     "w-c,C wind,3,wind,WT,0,100,-60,60,50,1.02,1," + profile + ",assumed,S1," + wind + "\n"
                     "g-e,E 1,5,ng,CC,30,260,-150,200,120,1.02,1,,assumed,S1,,,,,,,\n"
                     "g-f,F 1,6,ng,GT,0,120,-80,100,50,1.01,1,,assumed,S1," + turbine + "\n");
    }
    [[nodiscard]] Json solved(const std::string& verb, const std::vector<std::string>& more = {}) const {
        const std::string out = folder.path(verb + ".json");
        std::vector<std::string> words{verb, folder.path("grid"), "-o", out};
        words.insert(words.end(), more.begin(), more.end());
        const ProgramRun run = run_araz(words);
        EXPECT_EQ(run.exit_code, 0) << verb << ": " << run.err;
        return run.exit_code == 0 ? Json::parse(read_bytes(out)) : Json{};
    }
    void verified(const std::string& verb) const {
        const ProgramRun run = run_araz({"verify", folder.path(verb + ".json"), "--case", folder.path("grid")});
        EXPECT_EQ(run.exit_code, 0) << verb << ": " << run.out << run.err;
    }

    BatchFolder folder;
};

TEST_F(Reactive, EveryVerbKnowsTheModes) {
    for (const char* wind : {"fixed_pf,-0.95,,,,,80", "fixed_q,,,,,,", "q_of_v,,5,,,,60", "q_of_p,,,0:0 40:-10 100:-30,,,"}) {
        SCOPED_TRACE(wind);
        set(wind);
        const Json pf = solved("pf");
        const std::string word = std::string(wind).substr(0, std::string(wind).find(','));
        EXPECT_EQ(pf["generators"][1]["q_mode"], word);
        EXPECT_TRUE(pf["generators"][1]["regulated_bus"].is_null());
        EXPECT_EQ(pf["buses"][2]["type"], "pq");
        verified("pf");
        static_cast<void>(solved("n1", {"--generators"}));
        verified("n1");
        static_cast<void>(solved("capacity", {"--from", "NO", "--to", "SO"}));
        verified("capacity");
        const ProgramRun pv = run_araz({"pv", folder.path("grid"), "--target", "1.1"});
        EXPECT_EQ(pv.exit_code, word == "q_of_p" ? 2 : 0) << pv.err;
        if (word == "q_of_p") {
            EXPECT_THAT(pv.err, HasSubstr("AZ3053"));
        }
    }
}

// Lanes and the scalar engine give the same figures to the last digit shown.
TEST_F(Reactive, BothEnginesAgree) {
    set("fixed_pf,0.97,,,,,", "fixed_q,,,,,,");
    const Json lanes = solved("n1", {"--engine", "lane", "--generators"});
    const Json scalar = solved("n1", {"--engine", "scalar", "--generators"});
    ASSERT_EQ(lanes["contingencies"].size(), scalar["contingencies"].size());
    for (std::size_t k = 0; k < lanes["contingencies"].size(); ++k) {
        EXPECT_EQ(lanes["contingencies"][k]["status"], scalar["contingencies"][k]["status"]);
        if (lanes["contingencies"][k]["loss_mw"].is_number()) {
            EXPECT_NEAR(lanes["contingencies"][k]["loss_mw"].get<double>(), scalar["contingencies"][k]["loss_mw"].get<double>(), 1e-6);
        }
    }
}

TEST_F(Reactive, ABatchReportsWhatALimitTakes) {
    set("q_of_v,,5,,,,40", ",,,,,,", "wind");
    const ProgramRun run = run_araz({"batch", folder.path("pf.toml")});
    ASSERT_EQ(run.exit_code, 0) << run.err;
    const Json found = Json::parse(read_bytes(folder.path("run/summary.json")));
    EXPECT_EQ(found["solved"], 96);
    double energy = 0.0;  // the series has two digits: 0.10 to 0.99 of 100 MW, of which 40 are let through
    for (int hour = 0; hour < 48; ++hour) energy += std::max(0.0, 1.0 * (10 + (hour * 37) % 90) - 40.0);
    EXPECT_NEAR(found["groups"][0]["curtailed_mwh"].get<double>(), energy, 1e-6);
}

TEST_F(Reactive, UnitsHoldABusTogether) {
    set(",,,,,,", "voltage,,,,4,,");
    folder.change("grid/generators.csv", "120,1.02,1,,assumed,S1,,,,,,,", "120,1.01,1,,assumed,S1,voltage,,,,4,,");
    const Json pf = solved("pf");
    EXPECT_NEAR(pf["buses"][3]["vm_pu"].get<double>(), 1.01, 1e-8);
    EXPECT_EQ(pf["generators"][2]["regulated_bus"], 4);
    verified("pf");
    static_cast<void>(solved("n1", {"--generators"}));
    static_cast<void>(solved("capacity", {"--from", "NO", "--to", "SO"}));
    const ProgramRun pv = run_araz({"pv", folder.path("grid")});
    EXPECT_EQ(pv.exit_code, 2);
    EXPECT_THAT(pv.err, HasSubstr("AZ3053"));
    const ProgramRun sweeps = run_araz({"pf", folder.path("grid"), "--method", "fdxb"});
    EXPECT_EQ(sweeps.exit_code, 2);
    EXPECT_THAT(sweeps.err, HasSubstr("AZ3033"));
}

TEST_F(Reactive, TheLedgerSaysWhatMatpowerFilesLose) {
    set("fixed_pf,0.95,,,,,30", "voltage,,,,4,,");
    const ProgramRun run = run_araz({"convert", folder.path("grid"), folder.path("grid.m")});
    ASSERT_EQ(run.exit_code, 0) << run.err;
    EXPECT_THAT(run.err, HasSubstr("1 reactive modes of generators dropped"));
    EXPECT_THAT(run.err, HasSubstr("1 regulated buses and reactive shares of generators dropped"));
    EXPECT_THAT(run.err, HasSubstr("1 curtailment limits of generators written as Pg and Pmax"));
    const ProgramRun back = run_araz({"pf", folder.path("grid.m"), "--format", "json"});
    EXPECT_EQ(Json::parse(back.out)["generators"][1]["p_mw"], 30.0);
}

}  // namespace
}  // namespace araz::testing

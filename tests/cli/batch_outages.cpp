// [samples] unit-outages: units out of service by chance.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "batch_sample.hpp"

namespace araz::testing {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

class UnitOutages : public ::testing::Test {
protected:
    void ask(const std::string& samples, const std::string& list) const {
        folder.change("pf.toml", "[study]", "[samples]\n" + samples + "\n[study]");
        folder.write("rates.csv", list);
    }
    [[nodiscard]] ProgramRun batch(std::vector<std::string> more = {}) const {
        folder.remove("run");
        std::vector<std::string> words{"batch", folder.path("pf.toml")};
        words.insert(words.end(), more.begin(), more.end());
        return run_araz(words);
    }
    [[nodiscard]] Json groups() const { return Json::parse(read_bytes(folder.path("run/summary.json")))["groups"]; }

    BatchFolder folder;
};

TEST_F(UnitOutages, OthersGiveWhatIsMissing) {
    ASSERT_EQ(batch().exit_code, 0);
    const Json whole = groups();
    ask("unit-outages = \"rates.csv\"", "# shares of time\ngenerator,rate\ng-e,1\ng-f,1\n");
    const ProgramRun run = batch();
    ASSERT_EQ(run.exit_code, 0) << run.err;
    const Json south_off = groups();
    EXPECT_EQ(south_off[0]["solved"], 48);
    // The south has no units left: its whole demand is short, and nothing else changes in the north's load.
    EXPECT_GT(south_off[0]["shortage_mwh"].get<double>(), whole[0]["shortage_mwh"].get<double>() + 48 * 60.0);
    EXPECT_EQ(south_off[0]["load_mw"], whole[0]["load_mw"]);
}

TEST_F(UnitOutages, NeverOutIsAsWithoutTheList) {
    ASSERT_EQ(batch().exit_code, 0);
    const Json whole = groups();
    ask("unit-outages = \"rates.csv\"", "generator,rate\ng-e,0\nw-c,0\n");
    ASSERT_EQ(batch().exit_code, 0);
    EXPECT_EQ(groups(), whole);
}

TEST_F(UnitOutages, GivesTheSameBytesForAnyNumberOfThreadsAndOtherOnesForAnotherSeed) {
    folder.change("pf.toml", "\"p_mw\"", "\"p_mw\", \"units_out\", \"outage_mw\"");
    ask("method = \"bootstrap\"\nsize = 200\nblock = 5\nseed = 3\nunit-outages = \"rates.csv\"",
        "generator,rate\ng-a,0.2\ng-e,0.3\nw-c,0.1\n");
    ASSERT_EQ(batch({"--threads", "1"}).exit_code, 0);
    const std::string one = read_bytes(folder.path("run/result.h5"));
    ASSERT_EQ(batch({"--threads", "3"}).exit_code, 0);
    EXPECT_TRUE(one == read_bytes(folder.path("run/result.h5")));
    EXPECT_EQ(groups()[0]["solved"], 200) << "another unit takes over where the reference is out";
    const Json before = groups();
    folder.change("pf.toml", "seed = 3", "seed = 4");
    ASSERT_EQ(batch().exit_code, 0);
    EXPECT_NE(groups(), before);
}

TEST_F(UnitOutages, RefusesListsThatMakeNoSense) {
    ask("unit-outages = \"rates.csv\"", "generator,rate\ng-a,0.1\n");
    const std::pair<const char*, const char*> lists[] = {
        {"generator,rate\ng-x,0.1\n", "rates.csv:2"},          {"generator,rate\ng-a,0.1\ng-a,0.2\n", "rates.csv:3"},
        {"generator,rate\ng-a,1.5\n", "rates.csv:2"},          {"generator,rate\ng-a,nan\n", "rates.csv:2"},
        {"generator,share\ng-a,0.1\n", "rates.csv"},           {"generator,rate\n", "rates.csv"}};
    for (const auto& [list, place] : lists) {
        folder.write("rates.csv", list);
        const ProgramRun run = batch();
        EXPECT_TRUE(run.exit_code == 2 || run.exit_code == 3) << list << run.exit_code;
        EXPECT_THAT(run.err, HasSubstr(place)) << list;
        EXPECT_FALSE(folder.has("run/journal"));
    }
    folder.remove("rates.csv");
    const ProgramRun run = batch();
    EXPECT_EQ(run.exit_code, 3);
    EXPECT_THAT(run.err, HasSubstr("pf.toml"));
}

}  // namespace
}  // namespace araz::testing

// araz batch, resume and status: what a run directory promises.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

#include "batch_sample.hpp"
#include "running.hpp"
#include "sample.hpp"

namespace araz::testing {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

class Batch : public ::testing::Test {
protected:
    [[nodiscard]] ProgramRun batch(const std::string& study, std::vector<std::string> more = {}) const {
        std::vector<std::string> words{"batch", folder.path(study)};
        words.insert(words.end(), more.begin(), more.end());
        return run_araz(words);
    }
    [[nodiscard]] ProgramRun resume() const { return run_araz({"resume", folder.path("run"), "--threads", "2"}); }
    [[nodiscard]] Json status() const { return Json::parse(run_araz({"status", folder.path("run"), "--format", "json"}).out); }
    [[nodiscard]] std::string result() const { return read_bytes(folder.path("run/result.h5")); }
    [[nodiscard]] std::string summary() const { return read_bytes(folder.path("run/summary.json")); }

    // Waits until the batch has begun its work.
    void wait_for_records() const {
        for (int k = 0; k < 1000; ++k) {
            if (folder.has("run/journal") && read_bytes(folder.path("run/journal")).size() > 4000) return;
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        FAIL() << "the batch does not begin";
    }
    // Something that takes a second or more.
    void make_long() const { folder.change("capacity.toml", "0-11/3", "all"); }

    BatchFolder folder;
};

TEST_F(Batch, SolvesEveryScenarioAndSaysSo) {
    const ProgramRun run = batch("pf.toml");
    ASSERT_EQ(run.exit_code, 0) << run.err;
    EXPECT_EQ(run.err, "");
    const Json found = Json::parse(summary());
    EXPECT_EQ(found["schema"], "araz.batch/1");
    EXPECT_EQ(found["scenarios"], 96);
    EXPECT_EQ(found["solved"], 96);
    ASSERT_EQ(found["groups"].size(), 2U);
    EXPECT_EQ(found["groups"][1]["variant"], "strong");
    // The load of an hour is known: 170 MW in the north, 170 in the south at 1 p.u.
    EXPECT_NEAR(found["groups"][0]["load_mw"]["max"], 170 * 0.86 + 170 * 0.77, 1e-9);
    EXPECT_NEAR(found["groups"][0]["load_mw"]["min"], 170 * 0.50 + 170 * 0.52, 1e-9);
    EXPECT_EQ(found["groups"][0]["branches"].size(), 8U);
    EXPECT_EQ(found["groups"][1]["branches"].size(), 9U);
    EXPECT_TRUE(folder.has("run/shards/shard-00005.h5"));
    const Json state = status();
    EXPECT_EQ(state["status"], "finished");
    EXPECT_EQ(state["done"], 96);
}

TEST_F(Batch, GivesTheSameBytesForAnyNumberOfThreads) {
    for (const char* study : {"pf.toml", "n1.toml", "capacity.toml"}) {
        folder.remove("run");
        ASSERT_EQ(batch(study, {"--threads", "1"}).exit_code, 0);
        const std::string one = result(), one_summary = summary();
        folder.remove("run");
        ASSERT_EQ(batch(study, {"--threads", "3"}).exit_code, 0);
        EXPECT_EQ(one == result(), true) << study;
        EXPECT_EQ(one_summary, summary());
    }
}

TEST_F(Batch, LosesNothingInFiftyKills) {
    make_long();
    ASSERT_EQ(batch("capacity.toml", {"--threads", "2"}).exit_code, 0);
    const std::string expected = result(), expected_summary = summary();
    std::mt19937 random(20260506);
    int kills = 0, rounds = 0;
    for (; kills < 50 && rounds < 60; ++rounds) {
        folder.remove("run");
        int done = 0;
        bool begun = false;
        for (bool finished = false; !finished;) {
            Running run(begun ? std::vector<std::string>{"resume", folder.path("run"), "--threads", "2"}
                              : std::vector<std::string>{"batch", folder.path("capacity.toml"), "--threads", "2"});
            std::this_thread::sleep_for(std::chrono::milliseconds(10 + random() % 120));
            const int code = run.finish(SIGKILL);
            finished = code == 0;
            ASSERT_TRUE(finished || code == 128 + SIGKILL) << code;
            if (!finished) ++kills;
            begun = folder.has("run/manifest.json");
            if (!begun) continue;
            const int now = status()["done"];
            EXPECT_GE(now, done) << "a finished scenario is gone after kill " << kills;
            done = now;
        }
        EXPECT_EQ(result() == expected, true) << "after " << kills << " kills";
        EXPECT_EQ(summary(), expected_summary);
    }
    EXPECT_GE(kills, 50);
}

TEST_F(Batch, EndsAtASignalAndGoesOn) {
    make_long();
    ASSERT_EQ(batch("capacity.toml").exit_code, 0);
    const std::string expected = result();
    for (const int number : {SIGINT, SIGTERM}) {
        folder.remove("run");
        Running run({"batch", folder.path("capacity.toml"), "--threads", "1"});
        wait_for_records();
        const auto begin = std::chrono::steady_clock::now();
        EXPECT_EQ(run.finish(number), 128 + number);
        EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
        const Json state = status();
        EXPECT_EQ(state["status"], "interrupted");
        EXPECT_GT(state["done"], 0);
        EXPECT_LT(state["done"], 192);
        ASSERT_EQ(resume().exit_code, 0);
        EXPECT_EQ(result() == expected, true);
    }
}

TEST_F(Batch, LetsNobodyElseWrite) {
    make_long();
    Running run({"batch", folder.path("capacity.toml"), "--threads", "1"});
    wait_for_records();
    run.signal(SIGSTOP);  // holds the lock as long as the test looks
    EXPECT_EQ(status()["status"], "running");
    for (const ProgramRun& second : {batch("capacity.toml"), resume()}) {
        EXPECT_EQ(second.exit_code, 6);
        EXPECT_THAT(second.err, HasSubstr("AZ3071"));
        EXPECT_THAT(second.err, HasSubstr("pid " + std::to_string(run.pid()) + " on "));
    }
    run.finish(SIGKILL);
    EXPECT_EQ(resume().exit_code, 0) << "the lock of a dead process holds nobody up";
}

TEST_F(Batch, SolvesAgainWhatADamagedJournalLost) {
    ASSERT_EQ(batch("capacity.toml").exit_code, 0);
    const std::string expected = result();
    const std::string journal = read_bytes(folder.path("run/journal"));
    std::string flipped = journal;
    flipped[flipped.size() / 2] = static_cast<char>(~flipped[flipped.size() / 2]);
    const std::string torn = journal.substr(0, journal.size() - 100);
    for (const std::string& damaged : {flipped, torn, journal + "AZR1 rubbish", std::string{}}) {
        folder.write("run/journal", damaged);
        folder.remove("run/result.h5");
        const ProgramRun again = resume();
        ASSERT_EQ(again.exit_code, 0) << again.err;
        EXPECT_EQ(again.err.find("AZ3074") != std::string::npos, !damaged.empty());
        EXPECT_EQ(result() == expected, true);
        EXPECT_EQ(status()["done"], 16);
    }
    folder.write("run/journal", "something else\n");
    EXPECT_EQ(resume().exit_code, 3);
}

TEST_F(Batch, EndsCleanlyWhenTheDiskIsFull) {
    make_long();
    ASSERT_EQ(batch("capacity.toml").exit_code, 0);
    const std::string expected = result();
    folder.remove("run");
    // A limit on the size of a file fails like a full disk, and needs no disk. 60 blocks hold the manifest.
    const std::string command = "ulimit -f 60; exec " ARAZ_BINARY " batch " + folder.path("capacity.toml") + " 2> " + folder.path("err");
    const int status_word = std::system(command.c_str());
    EXPECT_EQ(WEXITSTATUS(status_word), 5);
    EXPECT_THAT(read_bytes(folder.path("err")), HasSubstr("AZ4003"));
    ASSERT_EQ(resume().exit_code, 0);
    EXPECT_EQ(result() == expected, true);
}

TEST_F(Batch, RefusesFoldersThatItCannotUse) {
    folder.write("file", "");
    const ProgramRun below_a_file = batch("n1.toml", {"--run-dir", folder.path("file") + "/run"});
    EXPECT_EQ(below_a_file.exit_code, 5);
    EXPECT_THAT(below_a_file.err, HasSubstr("AZ4003"));
    const ProgramRun used = batch("n1.toml", {"--run-dir", folder.path("grid")});
    EXPECT_EQ(used.exit_code, 2);
    EXPECT_THAT(used.err, HasSubstr("AZ3070"));
    EXPECT_EQ(run_araz({"status", folder.path("grid")}).exit_code, 3);
    EXPECT_EQ(run_araz({"resume", folder.path("grid")}).exit_code, 3);
    ASSERT_EQ(batch("n1.toml").exit_code, 0);
    EXPECT_EQ(batch("n1.toml").exit_code, 2) << "finished work is not overwritten";
}

TEST_F(Batch, DoesNotMixInputs) {
    ASSERT_EQ(batch("n1.toml").exit_code, 0);
    EXPECT_EQ(resume().exit_code, 0);
    folder.change("grid/loads.csv", "120", "121");
    const ProgramRun changed = resume();
    EXPECT_EQ(changed.exit_code, 3);
    EXPECT_THAT(changed.err, HasSubstr("AZ3072"));
    EXPECT_THAT(changed.err, HasSubstr("grid (base; base)"));
}

TEST_F(Batch, PlansWithoutWriting) {
    const ProgramRun run = batch("capacity.toml", {"--dry-run", "--format", "json"});
    ASSERT_EQ(run.exit_code, 0) << run.err;
    const Json plan = Json::parse(run.out);
    EXPECT_EQ(plan["scenarios"], 16);
    EXPECT_EQ(plan["timed_scenarios"], 4);
    EXPECT_GT(plan["memory_mib"], 0.0);
    EXPECT_GT(plan["estimate_s"], 0.0);
    EXPECT_FALSE(folder.has("run"));
    const ProgramRun hours = batch("capacity.toml", {"--dry-run", "--format", "json", "--hours", "3,5-6"});
    EXPECT_EQ(Json::parse(hours.out)["scenarios"], 12);
}

// The limit holds for what the process takes, so what was estimated is never less than that.
TEST_F(Batch, EndsBeforeWorkThatNeedsTooMuchMemory) {
    const ProgramRun refused = batch("pf.toml", {"--mem-limit", "3"});
    EXPECT_EQ(refused.exit_code, 7);
    EXPECT_THAT(refused.err, HasSubstr("AZ3064"));
    EXPECT_THAT(refused.err, HasSubstr("3 MiB"));
    EXPECT_FALSE(folder.has("run"));
    EXPECT_EQ(batch("pf.toml", {"--mem-limit", "0"}).exit_code, 2);
    const double estimate = Json::parse(batch("pf.toml", {"--dry-run", "--format", "json", "--threads", "2"}).out)["process_mib"];
    Running run({"batch", folder.path("pf.toml"), "--threads", "2", "--mem-limit", std::to_string(2.0 * estimate)});
    const double peak = run.watch_peak_mib();
    ASSERT_EQ(run.finish(), 0);
    EXPECT_LE(peak, estimate);
    EXPECT_GT(peak, 0.5 * estimate) << "an estimate that says nothing";
    const std::string expected = result();

    folder.write("run/journal", "");
    folder.remove("run/result.h5");
    EXPECT_EQ(run_araz({"resume", folder.path("run"), "--mem-limit", "3"}).exit_code, 7);
    EXPECT_FALSE(folder.has("run/result.h5"));
    EXPECT_EQ(resume().exit_code, 0);
    EXPECT_EQ(result() == expected, true);
}

// One scenario of a batch and the same state as a case of its own.
TEST_F(Batch, AnswersLikeTheVerbThatItRepeats) {
    folder.write("series.csv", "time,wind,north,south\n0,0.5,1,1\n1,0.5,1,1\n");
    folder.change("capacity.toml", "points = [\"base\", \"windy\"]", "points = [\"calm\"]");
    folder.change("capacity.toml", "hours = \"0-11/3\"", "hours = [1]");
    folder.change("capacity.toml", "[study]", "[dispatch]\nrule = \"given\"\n\n[study]");
    ASSERT_EQ(batch("capacity.toml").exit_code, 0);
    const Json groups = Json::parse(summary())["groups"];
    for (const auto& [k, variant] : {std::pair<int, const char*>{0, ""}, {1, "strong"}}) {
        const ProgramRun verb = run_araz({"capacity", folder.path("grid"), "--from", "NO", "--to", "SO", "--both", "--point", "calm",
                                          "--variant", variant, "--allow", "AZ1419", "--format", "json"});
        ASSERT_EQ(verb.exit_code, 0) << verb.err;
        const Json directions = Json::parse(verb.out)["directions"];
        for (int d = 0; d < 2; ++d) {
            const Json& batched = groups[k]["directions"][d];
            EXPECT_DOUBLE_EQ(batched["ttc_mw"]["p50"], directions[d]["ttc_mw"]);
            EXPECT_DOUBLE_EQ(batched["base_exchange_mw"]["p50"], directions[d]["base_exchange_mw"]);
            EXPECT_EQ(batched["limited_by"][0]["cause"], directions[d]["limit"]["cause"]);
            EXPECT_EQ(directions[d]["limit"]["cause"], "thermal_n1") << "the grid is rated so that an outage limits";
        }
    }
}

// A single file has no tables of profiles: the names of the series say what follows them, the most specific first.
// The same state, written by hand, is solved by the verb.
TEST_F(Batch, TakesACaseOfASingleFile) {
    folder.write("five.m", sample_case);
    folder.write("named.csv", "time,load,area 2,bus 5,generator 2\n0,0.9,0.5,1.2,0.2\n1,0.9,0.5,1.2,0.2\n");
    const std::string study = "case = \"five.m\"\nhours = \"all\"\nout = \"run\"\n[profiles]\nfile = \"named.csv\"\n"
                              "[dispatch]\nrule = \"given\"\n[study]\nkind = \"pf\"\n";
    folder.write("single.toml", study);
    const ProgramRun run = batch("single.toml");
    ASSERT_EQ(run.exit_code, 0) << run.err;
    const Json group = Json::parse(summary())["groups"][0];

    std::string by_hand = with(sample_case, "1\t3\t20\t5\t", "1\t3\t18\t4.5\t");
    by_hand = with(by_hand, "2\t1\t60\t20\t", "2\t1\t54\t18\t");
    by_hand = with(by_hand, "3\t2\t70\t20\t", "3\t2\t35\t10\t");
    by_hand = with(by_hand, "4\t1\t80\t30\t", "4\t1\t40\t15\t");
    by_hand = with(by_hand, "5\t1\t10\t2\t0\t0", "5\t1\t12\t2.4\t0\t0");
    by_hand = with(by_hand, "3\t115\t", "3\t50\t");
    folder.write("by_hand.m", by_hand);
    const ProgramRun verb = run_araz({"pf", folder.path("by_hand.m"), "--format", "json"});
    ASSERT_EQ(verb.exit_code, 0) << verb.err;
    const Json alone = Json::parse(verb.out);
    double lowest = 9.0;
    for (const Json& bus : alone["buses"]) lowest = std::min(lowest, bus["vm_pu"].get<double>());
    EXPECT_NEAR(group["min_vm_pu"]["p50"], lowest, 1e-9);
    EXPECT_NEAR(group["load_mw"]["p50"], 18 + 54 + 35 + 40 + 12, 1e-9);
    EXPECT_NEAR(group["loss_mw"]["p50"], alone["totals"]["loss_mw"], 1e-6);

    folder.remove("run");
    for (const char* name : {"bus 6", "bus 05", "area 3", "generator 3", "generator 0", "wind"}) {
        folder.write("named.csv", "time," + std::string(name) + "\n0,1\n1,1\n");
        const ProgramRun refused = batch("single.toml");
        EXPECT_EQ(refused.exit_code, 3) << name;
        EXPECT_THAT(refused.err, HasSubstr("AZ3063"));
        EXPECT_THAT(refused.err, HasSubstr(name));
        EXPECT_THAT(refused.err, HasSubstr("named.csv"));
    }
    folder.write("single.toml", "points = [\"windy\"]\n" + study);
    EXPECT_EQ(batch("single.toml").exit_code, 2) << "a single file has no operating points";
    EXPECT_FALSE(folder.has("run"));
}

// Samples: the same for one seed, however they are solved, and made of the hours that they are drawn from.
TEST_F(Batch, DrawsSamplesFromTheHours) {
    const std::string study = read_bytes(folder.path("pf.toml"));
    ASSERT_EQ(batch("pf.toml").exit_code, 0);
    const Json all = Json::parse(summary());
    for (const std::string method : {"method = \"bootstrap\"\nblock = 3\n", "method = \"latin-hypercube\"\n"}) {
        const auto with_seed = [&](const std::string& seed, const std::string& threads) {
            folder.remove("run");
            folder.write("pf.toml", study + "\n[samples]\nsize = 200\nseed = " + seed + "\n" + method);
            const ProgramRun run = batch("pf.toml", {"--threads", threads});
            EXPECT_EQ(run.exit_code, 0) << run.err;
            return result();
        };
        const std::string first = with_seed("7", "1");
        EXPECT_EQ(first == with_seed("8", "1"), false);
        EXPECT_EQ(first == with_seed("7", "3"), true);
        const Json found = Json::parse(summary());
        EXPECT_EQ(found["scenarios"], 400);
        EXPECT_EQ(found["solved"], 400);
        EXPECT_EQ(found["options"]["sample_seed"], "7");
        for (int group = 0; group < 2; ++group) {
            const Json& load = found["groups"][group]["load_mw"];
            const Json& whole = all["groups"][group]["load_mw"];
            EXPECT_GE(load["min"], whole["min"].get<double>() - 1e-9);
            EXPECT_LE(load["max"], whole["max"].get<double>() + 1e-9);
            EXPECT_NEAR(load["mean"], whole["mean"], 0.1 * whole["mean"].get<double>());
        }
        // What a damaged journal lost is the same again, also where other scenarios of the hour are left.
        const std::string journal = read_bytes(folder.path("run/journal"));
        folder.write("run/journal", journal.substr(0, journal.size() / 2));
        folder.remove("run/result.h5");
        EXPECT_EQ(resume().exit_code, 0);
        EXPECT_EQ(first == result(), true);
    }
    // As many samples as one likes from one hour: each has its row, which is that of the hour.
    folder.remove("run");
    folder.write("pf.toml", study + "\n[samples]\nmethod = \"bootstrap\"\nsize = 50\n");
    ASSERT_EQ(batch("pf.toml", {"--hours", "5"}).exit_code, 0);
    const Json found = Json::parse(summary())["groups"][0]["load_mw"];
    EXPECT_EQ(found["count"], 50);
    EXPECT_DOUBLE_EQ(found["min"], 170 * 0.65 + 170 * 0.62);
    EXPECT_DOUBLE_EQ(found["max"], found["min"]);
}

TEST_F(Batch, KeepsARowForWhatDoesNotSolve) {
    std::string series = read_bytes(folder.path("series.csv"));
    const auto at = series.find("\n5,");
    series.replace(at, series.find('\n', at + 1) - at, "\n5,0.1,2,2");
    folder.write("series.csv", series);
    folder.change("grid/loads.csv", "l-b,2,120,35", "l-b,2,700,250");  // solves as it stands, not twice as high
    const ProgramRun run = batch("n1.toml");
    ASSERT_EQ(run.exit_code, 0) << run.err;
    const Json found = Json::parse(summary());
    EXPECT_EQ(found["scenarios"], 6);
    EXPECT_EQ(found["unsolved"], 1);
    EXPECT_EQ(status()["unsolved"], 1);
}

// The shipped study in one hour of its year, both variants and both directions.
TEST(ShippedStudy, AnswersAnHour) {
    const ScratchFolder folder;
    const ProgramRun run = run_araz({"batch", ARAZ_SOURCE_DIR "/studies/azerbaijan-iran-capacity.toml", "--hours", "2000", "--run-dir",
                                     folder.path("run")});
    ASSERT_EQ(run.exit_code, 0) << run.err;
    const Json found = Json::parse(read_bytes(folder.path("run/summary.json")));
    ASSERT_EQ(found["groups"].size(), 2U);
    for (const Json& group : found["groups"])
        for (const Json& direction : group["directions"]) EXPECT_EQ(direction["answered"], 1) << direction;
}

struct Fault {
    const char* what;
    const char* file;
    const char* from;
    const char* to;
    int exit_code;
    std::vector<const char*> words;
};
void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.what; }

// A year of series in MW where p.u. are expected: the answer must not take as long as the file is wrong.
TEST_F(Batch, CountsWhatIsWrongEverywhereAndListsTheFirst) {
    std::string series = "time,wind,north,south\n";
    for (int hour = 0; hour < 8760; ++hour) series += std::to_string(hour) + ",50,120.5,80\n";
    folder.write("series.csv", series);
    const ProgramRun run = batch("capacity.toml");
    EXPECT_EQ(run.exit_code, 3);
    EXPECT_THAT(run.err, HasSubstr("26280 places cannot be used"));
    EXPECT_THAT(run.err, HasSubstr("series.csv:2:3"));
    EXPECT_LT(run.err.size(), 20000U);
    EXPECT_FALSE(folder.has("run"));
}

class BatchFault : public Batch, public ::testing::WithParamInterface<Fault> {};

TEST_P(BatchFault, EndsBeforeAnyWork) {
    const Fault& fault = GetParam();
    folder.change(fault.file, fault.from, fault.to);
    const ProgramRun run = batch("capacity.toml");
    EXPECT_EQ(run.exit_code, fault.exit_code) << run.err;
    for (const char* word : fault.words) EXPECT_THAT(run.err, HasSubstr(word));
    EXPECT_FALSE(folder.has("run"));
}

INSTANTIATE_TEST_SUITE_P(
    All, BatchFault,
    ::testing::Values(
        Fault{"unknown key", "capacity.toml", "hours =", "hour =", 2, {"AZ3060", "capacity.toml:4:1", "hours"}},
        Fault{"missing key", "capacity.toml", "hours = \"0-11/3\"\n", "", 2, {"AZ3061", "hours"}},
        Fault{"not TOML", "capacity.toml", "[study]", "[study", 2, {"AZ1412", "capacity.toml:"}},
        Fault{"wrong type", "capacity.toml", "case = \"grid\"", "case = 12", 2, {"AZ3061", "capacity.toml:1:8"}},
        Fault{"unknown option", "capacity.toml", "both = true", "bth = true", 2, {"AZ3060", "capacity.toml:14:7", "both"}},
        Fault{"option out of range", "capacity.toml", "both = true", "tolerance = -1", 2, {"AZ3010", "capacity.toml:14:13"}},
        Fault{"flag with a text", "capacity.toml", "both = true", "both = \"yes\"", 2, {"AZ3061", "capacity.toml:14:8"}},
        Fault{"unknown kind", "capacity.toml", "kind = \"capacity\"", "kind = \"capcity\"", 2, {"AZ3061", "capacity"}},
        Fault{"unknown rule", "capacity.toml", "[study]", "[dispatch]\nrule = \"merits\"\n[study]", 2, {"AZ3061", "merit"}},
        Fault{"unknown point", "capacity.toml", "\"windy\"", "\"wndy\"", 2, {"AZ3016", "capacity.toml:2:19", "windy"}},
        Fault{"unknown variant", "capacity.toml", "\"strong\"", "\"strng\"", 2, {"AZ3016", "capacity.toml:3:21", "strong"}},
        Fault{"variant twice", "capacity.toml", "\"strong\"", "\"base\"", 2, {"AZ3061", "capacity.toml:3:21"}},
        Fault{"unknown area", "capacity.toml", "\"SO\"", "\"SU\"", 2, {"AZ3004", "capacity.toml:11"}},
        Fault{"hours outside", "capacity.toml", "0-11/3", "0-48", 2, {"AZ3062", "capacity.toml:4:9", "47"}},
        Fault{"hours backwards", "capacity.toml", "0-11/3", "9-3", 2, {"AZ3062"}},
        Fault{"hour twice", "capacity.toml", "0-11/3", "0-3,2", 2, {"AZ3062", "row 2"}},
        Fault{"unknown column", "capacity.toml", "shard = 4", "columns = [\"default\", \"ttc\"]", 2, {"AZ3065", "capacity.toml:17:23", "ttc_mw"}},
        Fault{"samples without a method", "capacity.toml", "[outputs]", "[samples]\nsize = 4\n[outputs]", 2, {"AZ3061", "capacity.toml:17:8", "bootstrap"}},
        Fault{"unknown sampling", "capacity.toml", "[outputs]", "[samples]\nmethod = \"bootstrp\"\n[outputs]", 2, {"AZ3061", "capacity.toml:17:10", "bootstrap"}},
        Fault{"no samples", "capacity.toml", "[outputs]", "[samples]\nmethod = \"bootstrap\"\nsize = 0\n[outputs]", 2, {"AZ3061", "capacity.toml:18:8"}},
        Fault{"blocks of a hypercube", "capacity.toml", "[outputs]", "[samples]\nmethod = \"latin-hypercube\"\nblock = 2\n[outputs]", 2, {"AZ3061", "capacity.toml:18:9"}},
        Fault{"missing contingency file", "capacity.toml", "both = true", "contingencies = \"none.csv\"", 3, {"none.csv"}},
        Fault{"missing series", "capacity.toml", "series.csv", "serie.csv", 3, {"serie.csv"}},
        Fault{"missing case", "capacity.toml", "case = \"grid\"", "case = \"grids\"", 3, {"grids"}},
        Fault{"missing profile", "series.csv", "time,wind,", "time,wnd,", 3, {"AZ3063", "'wind'", "wnd", "capacity.toml:8:8"}},
        Fault{"no time column", "series.csv", "time,", "tme,", 3, {"AZ3067", "series.csv:1"}},
        Fault{"time gap", "series.csv", "\n7,", "\n7.5,", 3, {"AZ3067", "series.csv:9"}},
        Fault{"a value is missing", "series.csv", "0,0.10,", "0,,", 3, {"AZ3067", "series.csv:2", "wind"}},
        Fault{"not a number", "series.csv", "0,0.10,", "0,NaN,", 3, {"AZ3067", "series.csv:2"}},
        Fault{"too large", "series.csv", "0,0.10,", "0,3,", 3, {"AZ3067", "series.csv:2"}},
        Fault{"short row", "series.csv", "\n7,", "\n", 3, {"AZ5006"}},
        Fault{"base does not solve", "grid/loads.csv", "120,35", "5000,2500", 4, {"AZ3068", "capacity.toml:1:8"}}));

}  // namespace
}  // namespace araz::testing

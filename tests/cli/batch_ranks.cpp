// A batch in several processes that a launcher of MPI started.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <thread>

#include "batch_sample.hpp"
#include "running.hpp"

namespace araz::testing {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

TEST(Ranks, RefusesToBeOneOfSeveralThatKnowNothingOfEachOther) {
    const BatchFolder folder;
    ::setenv("PMI_SIZE", "3", 1);
    const ProgramRun run = run_araz({"batch", folder.path("pf.toml")});
    ::unsetenv("PMI_SIZE");
    EXPECT_EQ(run.exit_code, 2);
    EXPECT_THAT(run.err, HasSubstr("AZ3075"));
    EXPECT_FALSE(folder.has("run"));
}

#ifdef ARAZ_MPIEXEC

class BatchRanks : public ::testing::Test {
protected:
    // Open MPI asks for these where the tests run as root, or on fewer cores than ranks; others do not know them.
    BatchRanks() {
        for (const char* name : {"OMPI_ALLOW_RUN_AS_ROOT", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "OMPI_MCA_rmaps_base_oversubscribe"})
            ::setenv(name, "1", 1);
        ::setenv("PRTE_MCA_rmaps_default_mapping_policy", ":oversubscribe", 1);
    }

    [[nodiscard]] static std::vector<std::string> words(int ranks, std::vector<std::string> araz) {
        araz.insert(araz.begin(), {"-n", std::to_string(ranks), ARAZ_BINARY});
        return araz;
    }
    static int launch(int ranks, std::vector<std::string> araz) {
        return Running(words(ranks, std::move(araz)), ARAZ_MPIEXEC).finish();
    }
    [[nodiscard]] std::string result() const { return read_bytes(folder.path("run/result.h5")); }
    [[nodiscard]] std::string summary() const { return read_bytes(folder.path("run/summary.json")); }
    [[nodiscard]] int done() const { return Json::parse(run_araz({"status", folder.path("run"), "--format", "json"}).out)["done"]; }

    // The process of a rank that works on this folder; 0: there is none.
    [[nodiscard]] int process_of(int rank) const {
        for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
            const auto all = [&](const char* name) {
                std::ifstream in(entry.path() / name, std::ios::binary);
                return std::string(std::istreambuf_iterator<char>(in), {});
            };
            const int pid = std::atoi(entry.path().filename().c_str());
            if (pid <= 0 || all("cmdline").find(folder.path("capacity.toml")) == std::string::npos) continue;
            const std::string variables = std::string(1, '\0') + all("environ");
            for (const char* name : {"OMPI_COMM_WORLD_RANK=", "PMI_RANK="})
                if (variables.find(std::string(1, '\0') + name + std::to_string(rank) + std::string(1, '\0')) != std::string::npos) return pid;
        }
        return 0;
    }
    void wait_for_records() const {
        for (int k = 0; k < 2000; ++k) {
            if (folder.has("run/journal") && read_bytes(folder.path("run/journal")).size() > 4000) return;
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        FAIL() << "the batch does not begin";
    }

    BatchFolder folder;
};

TEST_F(BatchRanks, GivesTheBytesOfOneProcess) {
    // Many blocks of power flows: what a rank has solved must come back before it waits for more work.
    folder.write("many.toml", read_bytes(folder.path("pf.toml")) + "\n[samples]\nmethod = \"latin-hypercube\"\nsize = 3000\n");
    for (const char* study : {"pf.toml", "many.toml", "n1.toml", "capacity.toml"}) {
        folder.remove("run");
        ASSERT_EQ(run_araz({"batch", folder.path(study)}).exit_code, 0);
        const std::string one = result(), one_summary = summary();
        for (const int ranks : {2, 4}) {
            folder.remove("run");
            ASSERT_EQ(launch(ranks, {"batch", folder.path(study), "--threads", ranks == 2 ? "2" : "0"}), 0) << study;
            EXPECT_EQ(one == result(), true) << study << " in " << ranks;
            EXPECT_EQ(one_summary, summary());
        }
    }
}

TEST_F(BatchRanks, LosesNothingWhenARankIsKilled) {
    folder.change("capacity.toml", "0-11/3", "all");
    ASSERT_EQ(run_araz({"batch", folder.path("capacity.toml")}).exit_code, 0);
    const std::string expected = result(), expected_summary = summary();
    for (const int victim : {2, 0, 1}) {
        folder.remove("run");
        Running run(words(3, {"batch", folder.path("capacity.toml")}), ARAZ_MPIEXEC);
        wait_for_records();
        const int pid = process_of(victim);
        ASSERT_GT(pid, 0) << "no rank " << victim;
        ::kill(pid, SIGKILL);
        EXPECT_NE(run.finish(), 0);
        EXPECT_EQ(process_of(0), 0) << "rank 0 lives on";
        const int kept = done();
        EXPECT_GT(kept, 0);
        EXPECT_LT(kept, 192) << "it was killed too late to show anything";
        EXPECT_FALSE(folder.has("run/result.h5"));
        // As many processes as one likes go on.
        const int code = victim == 1 ? run_araz({"resume", folder.path("run")}).exit_code : launch(victim + 2, {"resume", folder.path("run")});
        ASSERT_EQ(code, 0);
        EXPECT_EQ(result() == expected, true) << "after the death of rank " << victim;
        EXPECT_EQ(summary(), expected_summary);
    }
}

TEST_F(BatchRanks, EndsTogetherBeforeAnyWork) {
    folder.change("pf.toml", "kind = \"pf\"", "kind = \"power\"");
    EXPECT_EQ(launch(3, {"batch", folder.path("pf.toml")}), 2);
    EXPECT_FALSE(folder.has("run"));
    EXPECT_EQ(launch(2, {"batch", folder.path("n1.toml"), "--dry-run"}), 0);
    EXPECT_FALSE(folder.has("run"));
    ASSERT_EQ(launch(2, {"batch", folder.path("n1.toml")}), 0);
    EXPECT_EQ(launch(2, {"batch", folder.path("n1.toml")}), 2) << "finished work is not overwritten";
}

#endif

}  // namespace
}  // namespace araz::testing

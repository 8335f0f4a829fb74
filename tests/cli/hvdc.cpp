// An HVDC link beside the alternating-current ties of the shipped case, from the command line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "support/program.hpp"

namespace araz::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

// A copy of the shipped case with one more link, Imishli 330 to Parsabad 230, which one tie joins as well.
class WithLink {
public:
    explicit WithLink(const std::string& values) : path_(scratch_.path("case")) {
        fs::copy(ARAZ_SOURCE_DIR "/cases/azerbaijan-iran", path_, fs::copy_options::recursive);
        std::ofstream(path_ + "/variants/link.toml")
            << "name = \"link\"\ndescription = \"invented\"\nprovenance = \"assumed\"\nsource = \"ASSUMED\"\n\n[[add.hvdc]]\n"
               "hvdc = \"link\"\nname = \"Link\"\nfrom_bus = 1108\nto_bus = 2133\np_mw = 50\npmin_mw = -300\npmax_mw = 300\n"
               "qmin_mvar = -100\nqmax_mvar = 100\nvm_set_from_pu = 1.01\nvm_set_to_pu = 1.01\nin_service = 1\n"
               "provenance = \"assumed\"\nsource = \"ASSUMED\"\n"
            << values;
    }
    [[nodiscard]] ProgramRun run(std::vector<std::string> words) const {
        words.insert(words.begin() + 1, path_);
        words.insert(words.end(), {"--variant", "link"});
        return run_araz(words);
    }
    [[nodiscard]] std::string scratch(const std::string& name) const { return scratch_.path(name); }
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    ScratchFolder scratch_;
    std::string path_;
};

const std::string emulated =
    "technology = \"vsc\"\ncontrol_to = \"q\"\nq_set_to_mvar = 20\nloss_from_percent = 0.8\nloss_to_percent = 0.8\nr_ohm = 0.5\n"
    "vdc_kv = 320\np_mode = \"ac_emulation\"\np0_mw = 5\ndroop_mw_per_deg = 12\n";

TEST(HvdcCli, ShowsSolvesAndVerifiesALinkUnderEmulation) {
    const WithLink grid(emulated);
    const ProgramRun table = grid.run({"pf"});
    ASSERT_EQ(table.exit_code, 0) << table.err;
    EXPECT_THAT(table.out, HasSubstr("HVDC links"));
    EXPECT_THAT(table.out, HasSubstr("ac_emulation"));
    for (const char* verb : {"pf", "n1"}) {
        const std::string result = grid.scratch(std::string(verb) + ".json");
        ASSERT_EQ(grid.run({verb, "-o", result}).exit_code, 0);
        const ProgramRun verified = run_araz({"verify", result, "--case", grid.path()});
        EXPECT_EQ(verified.exit_code, 0) << verified.out;
    }
    const json line = json::parse(read_bytes(grid.scratch("pf.json")))["dc_lines"][0];
    EXPECT_EQ(line["mode"], "ac_emulation");
    EXPECT_NEAR(line["p_set_mw"].get<double>(), 5.0 + 12.0 * line["angle_deg"].get<double>(), 1e-6);
    EXPECT_NEAR(line["q_to_mvar"].get<double>(), -20.0, 1e-9);
    EXPECT_NEAR(line["loss_mw"].get<double>(),
                line["loss_from_mw"].get<double>() + line["loss_line_mw"].get<double>() + line["loss_to_mw"].get<double>(), 1e-9);
}

TEST(HvdcCli, RefusesWhatDoesNotKnowEmulation) {
    const WithLink grid(emulated);
    const ProgramRun swept = grid.run({"pf", "--method", "fdxb"});
    EXPECT_EQ(swept.exit_code, 2);
    EXPECT_THAT(swept.err, HasSubstr("AZ3033"));
    const ProgramRun curve = grid.run({"pv"});
    EXPECT_EQ(curve.exit_code, 2) << curve.err;
    EXPECT_THAT(curve.err, HasSubstr("AZ3053"));
}

TEST(HvdcCli, SaysWhatAMatpowerFileCannotHold) {
    const WithLink grid("technology = \"lcc\"\n");
    const std::string file = grid.scratch("case.m");
    const ProgramRun run = grid.run({"convert", file});
    ASSERT_EQ(run.exit_code, 0) << run.err;
    EXPECT_THAT(run.err, HasSubstr("1 LCC or VSC links written as dclines"));
    const ProgramRun plain = run_araz({"pf", file, "--dc-lines", "on", "--format", "json"});
    ASSERT_EQ(plain.exit_code, 0) << plain.err;
    const json line = json::parse(plain.out)["dc_lines"][0];
    EXPECT_EQ(line["technology"], "dcline");
    EXPECT_NEAR(line["p_from_mw"].get<double>(), 50.0, 1e-9);
    EXPECT_NEAR(line["q_from_mvar"].get<double>(), 50.0 * std::tan(std::acos(0.857)), 1e-5);  // held by its limits
}

TEST(HvdcCli, FindsABadLinkAtItsPlace) {
    const WithLink grid("technology = \"vsc\"\np_mode = \"ac_emulation\"\n");
    const ProgramRun run = grid.run({"check"});
    EXPECT_EQ(run.exit_code, 3);
    EXPECT_THAT(run.err + run.out, HasSubstr("AZ1430"));
    EXPECT_THAT(run.err + run.out, HasSubstr("link.toml:22:10"));
}

}  // namespace
}  // namespace araz::testing

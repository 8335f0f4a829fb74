// Case folders: reactive modes, buses held from elsewhere and curtailment limits of generators.
#include "case_folder_sample.hpp"

namespace araz {
namespace {

// The two units of the sample with the optional columns; `gamma` fills those of the wind farm.
FileTexts with_columns(const std::string& gamma, const std::string& alpha = ",,,,,,,,") {
    FileTexts files = tiny;
    files["generators.csv"] =
        "generator,name,bus,pmin_mw,pmax_mw,available_mw,qmin_mvar,qmax_mvar,p_mw,vm_set_pu,in_service,provenance,source,"
        "q_mode,power_factor,q_slope_percent,q_deadband_pu,q_points,regulated_bus,reactive_share,p_limit_mw,p_limit_percent\n"
        "g-alpha,Alpha 1,1,50,300,200,-90,120,60,1.02,1,reported,S1," + alpha + "\n"
        "g-gamma,Gamma wind,4,0,80,60,-20,25,30,1.01,1,assumed,S1," + gamma + "\n";
    return files;
}

using CaseFolderModes = CaseFolder;

TEST_F(CaseFolderModes, ReadsEveryMode) {
    const auto rule = [&](const std::string& cells) {
        const auto grid = read(with_columns(cells));
        EXPECT_TRUE(grid) << cells << render(grid.error().findings);
        return grid ? grid->generators[1].reactive : ReactiveRule{};
    };
    EXPECT_EQ(rule(",,,,,,,,"), ReactiveRule{});
    EXPECT_EQ(rule("voltage,,,,,,,,"), ReactiveRule{});
    EXPECT_EQ(rule("fixed_q,,,,,,,,").mode, ReactiveMode::fixed_q);
    EXPECT_EQ(rule("fixed_pf,-0.95,,,,,,,").power_factor, -0.95);
    const ReactiveRule droop = rule("q_of_v,,4,0.02,,,,,");
    EXPECT_EQ(droop.mode, ReactiveMode::q_of_v);
    EXPECT_EQ(droop.v_ref_pu, 1.01);
    EXPECT_EQ(droop.slope_percent, 4.0);
    EXPECT_EQ(droop.deadband_pu, 0.02);
    const std::vector<std::pair<double, double>> points{{0.0, 0.0}, {40.0, -5.0}, {80.0, -20.0}};
    EXPECT_EQ(rule("q_of_p,,,,0:0 40:-5  80:-20,,,,").points, points);
}

TEST_F(CaseFolderModes, ReadsBusesHeldFromElsewhere) {
    const auto grid = read(with_columns("voltage,,,,,5,2.5,,"));
    ASSERT_TRUE(grid) << render(grid.error().findings);
    EXPECT_EQ(grid->generators[1].regulated_bus, BusId{5});
    EXPECT_EQ(grid->generators[1].reactive_share, 2.5);
    EXPECT_EQ(read(with_columns(",,,,,4,,,"))->generators[1].regulated_bus, BusId{}) << "its own bus";
    EXPECT_EQ(read(with_columns("fixed_q,,,,,5,2.5,,"))->generators[1].regulated_bus, BusId{}) << "it holds none";
}

// P = min(P, limit); Pmax likewise, so that nobody raises it beyond.
TEST_F(CaseFolderModes, CurtailsToTheLowerLimit) {
    for (const auto& [cells, limit] : {std::pair{",,,,,,,20,", 20.0}, {",,,,,,,,25", 20.0}, {",,,,,,,22,25", 20.0}, {",,,,,,,18,25", 18.0}}) {
        const auto grid = read(with_columns(cells));
        ASSERT_TRUE(grid) << render(grid.error().findings);
        EXPECT_EQ(grid->generators[1].pg_mw, limit);
        EXPECT_EQ(grid->generators[1].pmax_mw, limit);
        EXPECT_EQ(grid->generators[1].available_mw, 30.0);
        EXPECT_EQ(grid->generators[1].p_limit_mw, limit);
    }
    const auto above = read(with_columns(",,,,,,,50,"));
    EXPECT_EQ(above->generators[1].pg_mw, 30.0);
    EXPECT_EQ(above->generators[1].pmax_mw, 50.0);
    EXPECT_TRUE(std::isinf(read(with_columns(",,,,,,,,"))->generators[1].available_mw));
}

class BadMode : public CaseFolder, public ::testing::WithParamInterface<std::tuple<const char*, const char*, const char*>> {};

TEST_P(BadMode, IsOneErrorAtItsCell) {
    const auto& [cells, code, marked] = GetParam();
    const FileTexts files = with_columns(cells);
    const Findings errors = of_severity(findings_of(files), Severity::error);
    ASSERT_EQ(errors.size(), 1U) << render(errors);
    EXPECT_EQ(errors[0].code, code);
    const std::string& text = files.at("generators.csv");
    const std::string begin = "S1," + std::string(cells);
    const Place row = place_of(text, begin, 3 + std::string(cells).find(marked));
    EXPECT_EQ((Place{errors[0].where.line, errors[0].where.column}), row) << render(errors);
}

INSTANTIATE_TEST_SUITE_P(Cells, BadMode,
                         ::testing::Values(std::tuple{"pf,0.9,,,,,,,", "AZ1407", "pf"},
                                           std::tuple{"fixed_pf,95,,,,,,,", "AZ1406", "95"},
                                           std::tuple{"fixed_pf,0,,,,,,,", "AZ1250", "0"},
                                           std::tuple{"q_of_p,,,,,,,,", "AZ1251", "q_of_p"},
                                           std::tuple{"q_of_v,,,,,,,,", "AZ1251", "q_of_v"},
                                           std::tuple{"q_of_v,,,,0.9:5 0.9:4,,,,", "AZ1425", "0.9:5"},
                                           std::tuple{"q_of_v,,,,0.9:5,,,,", "AZ1425", "0.9:5"},
                                           std::tuple{"q_of_v,,,,0.9:5 1:7 1.1:-5,,,,", "AZ1252", "0.9:5"},
                                           std::tuple{"q_of_v,,-4,,,,,,", "AZ1406", "-4"},
                                           std::tuple{"voltage,,,,,55,,,", "AZ1409", "55"},
                                           std::tuple{"voltage,,,,,,0,,", "AZ1406", "0"},
                                           std::tuple{",,,,,,,,120", "AZ1406", "120"},
                                           std::tuple{"voltage,,,,,2,,,", "AZ1318", "2"}));  // a DC line ends at its bus

TEST_F(CaseFolderModes, AReferenceHoldsAVoltage) {
    const Findings errors = of_severity(findings_of(with_columns(",,,,,,,,", "fixed_q,,,,,,,,")), Severity::error);
    ASSERT_EQ(errors.size(), 1U) << render(errors);
    EXPECT_EQ(errors[0].code, "AZ1315");
}

}  // namespace
}  // namespace araz

// Case folders: switches and bus couplers, and what phase shifters hold.
#include "case_folder_sample.hpp"

namespace araz {
namespace {

// Bus 5 becomes a second busbar section of bus 4.
FileTexts with_switch(const std::string& row = "q-1,Coupler,4,5,coupler,1,300,assumed,S1") {
    FileTexts files = tiny;
    files["switches.csv"] = "# invented\nswitch,name,from_bus,to_bus,kind,closed,rate_a_mva,provenance,source\n" + row + "\n";
    return files;
}

// The transformer of the sample with what its shift holds.
FileTexts with_shift(const std::string& cells) {
    FileTexts files = tiny;
    files["transformers.csv"] =
        "transformer,from_bus,to_bus,mva,uk_percent,x_over_r,tap_ratio,in_service,provenance,source,"
        "shift_deg,shift_min_deg,shift_max_deg,shift_steps,p_target_mw,p_deadband_mw,i_target_a,i_deadband_a,i_limit_a\n"
        "t-beta,2,3,125,10,0.75,0.98,1,assumed,S1," + cells + "\n";
    return files;
}

TEST_F(CaseFolder, SwitchesFollowTheTransformers) {
    const auto grid = read(with_switch());
    ASSERT_TRUE(grid) << render(grid.error().findings);
    ASSERT_EQ(grid->branches.size(), 5U);
    const BranchRow& row = grid->branches[4];
    EXPECT_EQ(row.id, "q-1");
    EXPECT_EQ(row.name, "Coupler");
    EXPECT_EQ(row.from_bus, BusId{4});
    EXPECT_EQ(row.to_bus, BusId{5});
    EXPECT_EQ(std::hypot(row.r_pu, row.x_pu, row.b_pu), 0.0);
    EXPECT_EQ(row.rate_a_mva, 300.0);
    EXPECT_EQ(row.rate_c_mva, 300.0);
    EXPECT_TRUE(row.in_service);
    EXPECT_FALSE(read(with_switch("q-1,,4,5,,0,,assumed,S1"))->branches[4].in_service);
    EXPECT_EQ(read(with_switch("q-1,,4,5,,0,,assumed,S1"))->branches[4].name, "q-1");
}

TEST_F(CaseFolder, PointsVariantsAndContingenciesOpenSwitches) {
    FileTexts files = with_switch();
    files["operating_points/open.csv"] = "element,kind,field,value\nq-1,switch,closed,0\n";
    files["variants/split.toml"] = "[[set.switches]]\nswitch = \"q-1\"\nclosed = false\n";
    EXPECT_FALSE(read(files, {"open", ""})->branches[4].in_service);
    EXPECT_FALSE(read(files, {"", "split"})->branches[4].in_service);
    files["contingencies.csv"] =
        "contingency,name,kind,element_kind,element,provenance,source\nq,Coupler,coupler,switch,q-1,assumed,S1\n";
    EXPECT_TRUE(read(files));
}

TEST_F(CaseFolder, ReadsWhatAShiftHolds) {
    const auto device = [&](const std::string& cells) {
        const auto grid = read(with_shift(cells));
        EXPECT_TRUE(grid) << cells << render(grid.error().findings);
        return grid && grid->devices.size() == 1 ? grid->devices[0] : DeviceRow{};
    };
    const DeviceRow power = device("5,-10,10,20,40,4,,,");
    EXPECT_EQ(power.rule, PhaseRule::power);
    EXPECT_EQ(power.target, 40.0);
    EXPECT_EQ(power.deadband, 4.0);
    const DeviceRow current = device("5,-10,10,20,,,300,12,");
    EXPECT_EQ(current.kind, DeviceKind::phase);
    EXPECT_EQ(current.rule, PhaseRule::current);
    EXPECT_EQ(current.target, 300.0);
    EXPECT_EQ(current.deadband, 12.0);
    EXPECT_EQ(current.steps, 20);
    const DeviceRow limit = device("5,-10,10,,,,,,250");
    EXPECT_EQ(limit.rule, PhaseRule::current_limit);
    EXPECT_EQ(limit.target, 250.0);
    EXPECT_EQ(limit.deadband, 0.0);
    EXPECT_TRUE(read(with_shift("5,-10,10,,,,,,"))->devices.empty()) << "nothing to hold";
}

class BadShift : public CaseFolder, public ::testing::WithParamInterface<std::pair<const char*, const char*>> {};

TEST_P(BadShift, IsOneErrorAtItsCell) {
    const auto& [cells, marked] = GetParam();
    const FileTexts files = with_shift(cells);
    const Findings found = of_severity(findings_of(files), Severity::error);
    ASSERT_EQ(found.size(), 1U) << render(found);
    EXPECT_EQ(found[0].code, "AZ1426");
    const Place expected = place_of(files.at("transformers.csv"), marked);
    EXPECT_EQ((Place{found[0].where.line, found[0].where.column}), expected) << render(found);
}

INSTANTIATE_TEST_SUITE_P(Cells, BadShift,
                         ::testing::Values(std::pair{"5,-10,10,20,40,,301,,", "301"}, std::pair{"5,-10,10,20,,,300,,251", "251"},
                                           std::pair{"5,,,20,41.5,,,,", "41.5"}, std::pair{"5,-10,,20,,,301,,", "301"},
                                           std::pair{"5,11,-11,20,40,,,,", "11,-11"}, std::pair{"15.5,-10,10,20,40,,,,", "15.5"},
                                           std::pair{",3.5,10,20,40,,,,", "3.5,10"}));

class BadSwitch : public CaseFolder, public ::testing::WithParamInterface<std::array<const char*, 3>> {};

TEST_P(BadSwitch, IsOneErrorAtItsCell) {
    const auto& [row, code, marked] = GetParam();
    const FileTexts files = with_switch(row);
    const Findings found = of_severity(findings_of(files), Severity::error);
    ASSERT_EQ(found.size(), 1U) << render(found);
    EXPECT_EQ(found[0].code, code);
    const Place expected = place_of(files.at("switches.csv"), marked);
    EXPECT_EQ((Place{found[0].where.line, found[0].where.column}), expected) << render(found);
}

INSTANTIATE_TEST_SUITE_P(Cells, BadSwitch,
                         ::testing::Values(std::array{"q-1,C,4,3,coupler,1,300,assumed,S1", "AZ1427", "3,coupler"},
                                           std::array{"q-1,C,4,99,coupler,1,300,assumed,S1", "AZ1409", "99"},
                                           std::array{"q-1,C,4,5,valve,1,300,assumed,S1", "AZ1407", "valve"},
                                           std::array{"q-1,C,4,5,breaker,open,300,assumed,S1", "AZ1405", "open"},
                                           std::array{"q-1,C,4,5,breaker,2,300,assumed,S1", "AZ1406", "2,300"},
                                           std::array{"q-1,C,4,5,breaker,,300,assumed,S1", "AZ1404", ",300"}));

}  // namespace
}  // namespace araz

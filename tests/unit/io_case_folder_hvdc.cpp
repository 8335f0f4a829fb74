// HVDC links of case folders: what is read, and values that do not fit together, each found at its place.
#include "case_folder_sample.hpp"

namespace araz {
namespace {

constexpr const char* plain = "in_service,provenance,source\ndc,Alpha - Gamma,1,4,100,-200,200,2,-40,50,1.02,1.01,1,assumed,S1";

class BadLink : public BadCaseFolder {};

TEST_P(BadLink, IsFoundAtItsPlace) { expect_found(GetParam()); }

#define LINK(columns, cells) "in_service,provenance,source," columns "\ndc,Alpha - Gamma,1,4,100,-200,200,,-40,50,1.02,1.01,1,assumed,S1," cells

INSTANTIATE_TEST_SUITE_P(
    Hvdc, BadLink,
    ::testing::Values(
        Bad{"converter value without a technology", "hvdc.csv", plain, LINK("technology,r_ohm", ",5"), "AZ1430", "S1,,5", 4},
        Bad{"unknown technology", "hvdc.csv", plain, LINK("technology", "mmc"), "AZ1407", "mmc"},
        Bad{"unknown control", "hvdc.csv", plain, LINK("technology,control_to", "vsc,p"), "AZ1407", "vsc,p", 4},
        Bad{"unknown mode", "hvdc.csv", plain, LINK("technology,p_mode", "vsc,emulation"), "AZ1407", "emulation"},
        Bad{"control of an LCC", "hvdc.csv", plain, LINK("technology,control_from", "lcc,v"), "AZ1430", "lcc,v", 4},
        Bad{"reactive set-point of an LCC", "hvdc.csv", plain, LINK("technology,q_set_to_mvar", "lcc,7"), "AZ1430", "lcc,7", 4},
        Bad{"LCC that feeds reactive power in", "hvdc.csv", plain, LINK("technology,power_factor_from", "lcc,-0.9"), "AZ1430", "-0.9"},
        Bad{"power factor above 1", "hvdc.csv", plain, LINK("technology,power_factor_from", "lcc,1.1"), "AZ1406", "1.1", 0},
        Bad{"q without a set-point", "hvdc.csv", plain, LINK("technology,control_from", "vsc,q"), "AZ1430", "vsc,q", 4},
        Bad{"set-point without q", "hvdc.csv", plain, LINK("technology,q_set_from_mvar", "vsc,9"), "AZ1430", "vsc,9", 4},
        Bad{"set-point beyond the limits", "hvdc.csv", plain, LINK("technology,control_to,q_set_to_mvar", "vsc,q,60"), "AZ1430", "q,60", 2},
        Bad{"pf without a factor", "hvdc.csv", plain, LINK("technology,control_to", "vsc,pf"), "AZ1430", "vsc,pf", 4},
        Bad{"factor without pf", "hvdc.csv", plain, LINK("technology,power_factor_to", "vsc,0.9"), "AZ1430", "vsc,0.9", 4},
        Bad{"resistance without a voltage", "hvdc.csv", plain, LINK("technology,r_ohm", "vsc,5"), "AZ1430", "vsc,5", 4},
        Bad{"voltage drop beyond reason", "hvdc.csv", plain, LINK("technology,r_ohm,vdc_kv", "vsc,50,100"), "AZ1430", "50,100"},
        Bad{"emulation without a droop", "hvdc.csv", plain, LINK("technology,p_mode", "vsc,ac_emulation"), "AZ1430", "ac_emulation"},
        Bad{"droop of nothing", "hvdc.csv", plain, LINK("technology,droop_mw_per_deg", "vsc,0"), "AZ1406", "vsc,0", 4},
        Bad{"losses above all", "hvdc.csv", plain, LINK("technology,loss_to_percent", "vsc,60"), "AZ1406", "vsc,60", 4},
        Bad{"both kinds of losses", "hvdc.csv", "in_service,provenance,source\ndc,Alpha - Gamma,1,4,100,-200,200,2,-40,50,1.02,1.01,1,assumed,S1",
            "in_service,provenance,source,technology\ndc,Alpha - Gamma,1,4,100,-200,200,2,-40,50,1.02,1.01,1,assumed,S1,vsc", "AZ1430", "200,2,", 4},
        Bad{"set-point outside the active limits", "hvdc.csv", plain,
            "in_service,provenance,source,technology\ndc,Alpha - Gamma,1,4,300,-200,200,,-40,50,1.02,1.01,1,assumed,S1,vsc", "AZ1430", "300,-200"}));

class HvdcTable : public CaseFolder {};

TEST_F(HvdcTable, ReadsWhatALinkHas) {
    const auto grid = read(changed("hvdc.csv", plain,
                                   LINK("technology,control_from,q_set_from_mvar,control_to,power_factor_to,loss_from_mw,loss_to_percent,r_ohm,vdc_kv,p_mode,p0_mw,droop_mw_per_deg",
                                        "vsc,q,-12,pf,0.95,0.4,1.5,3,320,ac_emulation,25,8")));
    ASSERT_TRUE(grid) << render(grid.error().findings);
    const DcLineRow& line = grid->dc_lines.at(0);
    EXPECT_EQ(line.technology, DcTechnology::vsc);
    EXPECT_EQ(line.from_end.control, DcControl::q);
    EXPECT_EQ(line.from_end.q_set_mvar, -12.0);
    EXPECT_EQ(line.to_end.control, DcControl::pf);
    EXPECT_EQ(line.to_end.power_factor, 0.95);
    EXPECT_EQ(line.from_end.idle_loss_mw, 0.4);
    EXPECT_EQ(line.to_end.loss_share, 0.015);
    EXPECT_EQ(line.r_ohm, 3.0);
    EXPECT_EQ(line.vdc_kv, 320.0);
    EXPECT_TRUE(line.ac_emulation);
    EXPECT_EQ(line.p0_mw, 25.0);
    EXPECT_EQ(line.droop_mw_per_deg, 8.0);
}

TEST_F(HvdcTable, GivesAnLccItsUsualPowerFactor) {
    const auto grid = read(changed("hvdc.csv", plain, LINK("technology,power_factor_from", "lcc,0.9")));
    ASSERT_TRUE(grid) << render(grid.error().findings);
    EXPECT_EQ(grid->dc_lines.at(0).from_end.power_factor, 0.9);
    EXPECT_EQ(grid->dc_lines.at(0).to_end.power_factor, 0.857);
    EXPECT_FALSE(holds_voltage(grid->dc_lines.at(0), true));
}

TEST_F(HvdcTable, WithoutTheNewColumnsIsADclineAsBefore) {
    const auto grid = read(tiny);
    ASSERT_TRUE(grid);
    EXPECT_TRUE(grid->dc_lines.at(0).is_dcline());
    EXPECT_EQ(grid->dc_lines.at(0).loss1, 0.02);
    EXPECT_EQ(as_dcline(grid->dc_lines.at(0), 100.0).pt_mw, 98.0);
}

// An operating point may change any column of a link.
TEST_F(HvdcTable, FollowsAnOperatingPoint) {
    FileTexts files = changed("hvdc.csv", plain, LINK("technology,p_mode,droop_mw_per_deg", "vsc,,6"));
    files["operating_points/angle.csv"] = "# invented\n# By the angle.\nelement,kind,field,value\ndc,hvdc,p_mode,ac_emulation\ndc,hvdc,p0_mw,11\n";
    const auto grid = read(files, {"angle", ""});
    ASSERT_TRUE(grid) << render(grid.error().findings);
    EXPECT_TRUE(grid->dc_lines.at(0).ac_emulation);
    EXPECT_EQ(grid->dc_lines.at(0).p0_mw, 11.0);
}

}  // namespace
}  // namespace araz

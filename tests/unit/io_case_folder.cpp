// Case folders: values converted by hand, points and variants, what may be selected.
#include "araz/base/hash.hpp"
#include "case_folder_sample.hpp"

namespace araz {
namespace {

// --- values ---

TEST_F(CaseFolder, ConvertsLinesOnTheirVoltage) {
    const auto grid = read(tiny);
    ASSERT_TRUE(grid) << render(grid.error().findings);
    ASSERT_EQ(grid->branches.size(), 4U);
    const BranchRow& line = grid->branches[0];
    // 220 kV on 100 MVA: z = 484 ohm. 50 km of 0.0484 + j0.484 ohm/km and 2.5 uS/km.
    EXPECT_EQ(line.r_pu, 0.005);
    EXPECT_EQ(line.x_pu, 0.05);
    EXPECT_EQ(line.b_pu, 0.0605);
    // sqrt(3) 220 kV times 1 kA, 1.2 kA, 1.1 kA: 381.051, 457.261, 419.156 MVA
    EXPECT_EQ(line.rate_a_mva, 381.1);
    EXPECT_EQ(line.rate_b_mva, 457.3);
    EXPECT_EQ(line.rate_c_mva, 419.2);
    EXPECT_EQ(line.ratio, 0.0);
    EXPECT_EQ(line.name, "Alpha 220 - Beta 220 1");
    EXPECT_EQ(line.id, "a-b");
    EXPECT_TRUE(line.in_service);
    EXPECT_FALSE(grid->branches[2].in_service);
    const BranchRow& limited = grid->branches[1];  // by something else than its conductors
    EXPECT_EQ(limited.rate_a_mva, 150.0);
    EXPECT_EQ(limited.rate_b_mva, 150.0);
    EXPECT_EQ(limited.rate_c_mva, 165.0);
}

TEST_F(CaseFolder, ConvertsTransformersOnTheirOwnRating) {
    const auto grid = read(tiny);
    ASSERT_TRUE(grid) << render(grid.error().findings);
    const BranchRow& unit = grid->branches[3];
    // z = 10 % of 100 / 125 MVA, halved by two in parallel: 0.04; x/r = 3/4, so r = 4/5 and x = 3/5 of it
    EXPECT_EQ(unit.r_pu, 0.032);
    EXPECT_EQ(unit.x_pu, 0.024);
    EXPECT_EQ(unit.b_pu, 0.0);
    EXPECT_EQ(unit.rate_a_mva, 250.0);
    EXPECT_EQ(unit.rate_c_mva, 300.0);
    EXPECT_EQ(unit.ratio, 0.98);
    EXPECT_EQ(unit.shift_deg, 30.0);
    EXPECT_EQ(unit.name, "Beta 220 - Beta 110 T1");
    EXPECT_EQ(unit.id, "t-beta");
}

TEST_F(CaseFolder, SumsLoadsAndShuntsOfABus) {
    const auto grid = read(tiny);
    ASSERT_TRUE(grid) << render(grid.error().findings);
    const BusRow& bus = grid->buses[2];
    EXPECT_EQ(bus.pd_mw, 60.5);
    EXPECT_EQ(bus.qd_mvar, 15.0);
    EXPECT_EQ(bus.bs_mvar, 20.0);            // two of three steps of 30 MVAr
    EXPECT_EQ(grid->buses[3].bs_mvar, 0.0);  // out of service
    EXPECT_EQ(bus.vmin_pu, 0.95);
    EXPECT_EQ(bus.zone, 7);
    EXPECT_EQ(bus.name, "Beta 110");
    EXPECT_EQ(grid->buses[0].type, BusType::slack);
    EXPECT_EQ(grid->buses[0].vm_pu, 1.02);
    EXPECT_EQ(grid->buses[1].vm_pu, 1.0);
    EXPECT_EQ(grid->buses[4].type, BusType::isolated);  // nothing in service reaches it
}

// 40 MW with 30 % and 20.5 MW with none: 12 of 60.5 MW are constant impedance; 10 of 15 MVAr, half of it current.
TEST_F(CaseFolder, LoadsOfABusMixTheirVoltageDependence) {
    FileTexts files = changed("loads.csv", "q_mvar,region", "q_mvar,pz_percent,qi_percent,region");
    files = changed("loads.csv", "l-1,3,40,10,", "l-1,3,40,10,30,50,", files);
    files = changed("loads.csv", "l-2,3,20.5,5,", "l-2,3,20.5,5,,,", files);
    const auto grid = read(files);
    ASSERT_TRUE(grid) << render(grid.error().findings);
    ASSERT_EQ(grid->load_models.size(), 1U);
    EXPECT_EQ(number(grid->load_models[0].bus), 3);
    EXPECT_NEAR(grid->load_models[0].mix.p_z, 12.0 / 60.5, 1e-15);
    EXPECT_NEAR(grid->load_models[0].mix.q_i, 5.0 / 15.0, 1e-15);
    EXPECT_EQ(grid->load_models[0].mix.p_i, 0.0);
    EXPECT_TRUE(read(tiny)->load_models.empty());
}

TEST_F(CaseFolder, ReadsUnitsConvertersAndNames) {
    const auto grid = read(tiny);
    ASSERT_TRUE(grid) << render(grid.error().findings);
    const GeneratorRow& unit = grid->generators[0];
    EXPECT_EQ(unit.pmax_mw, 200.0);  // what is available, not what is installed
    EXPECT_EQ(grid->generators[1].pmax_mw, 80.0);
    EXPECT_EQ(unit.pmin_mw, 50.0);
    EXPECT_EQ(unit.pg_mw, 60.0);
    EXPECT_EQ(unit.qmin_mvar, -90.0);
    EXPECT_EQ(unit.mbase_mva, 100.0);
    EXPECT_EQ(unit.fuel + unit.type + unit.name + unit.id, "ngSTAlpha 1g-alpha");
    ASSERT_EQ(grid->dc_lines.size(), 1U);
    const DcLineRow& dc = grid->dc_lines[0];
    EXPECT_EQ(dc.pf_mw, 100.0);
    EXPECT_EQ(dc.pt_mw, 98.0);
    EXPECT_EQ(dc.loss0_mw, 0.0);
    EXPECT_EQ(dc.loss1, 0.02);
    EXPECT_EQ(dc.qminf_mvar + dc.qmaxt_mvar, 10.0);
    EXPECT_EQ(dc.vf_pu, 1.02);
    EXPECT_EQ(dc.vt_pu, 1.01);
    EXPECT_EQ(dc.id, "dc");
    EXPECT_TRUE(grid->dc_lines_active);
    EXPECT_EQ(grid->areas[1].name, "SOUTH");
    EXPECT_EQ(grid->zones[0].area, 7);
    EXPECT_EQ(grid->name, "tiny");
    EXPECT_EQ(grid->format, "case-folder");
    EXPECT_EQ(grid->frequency_hz, 60.0);
}

TEST_F(CaseFolder, ReadsReactiveOutputWhereItIsGiven) {
    FileTexts files = changed("generators.csv", "p_mw,vm_set_pu", "p_mw,q_mvar,vm_set_pu", tiny);
    files = changed("generators.csv", "120,60,1.02", "120,60,,1.02", files);
    files = changed("generators.csv", "25,30,1.01", "25,30,-12.5,1.01", files);
    const auto grid = read(files);
    ASSERT_TRUE(grid) << render(grid.error().findings);
    EXPECT_EQ(grid->generators[0].qg_mvar, 0.0);
    EXPECT_EQ(grid->generators[1].qg_mvar, -12.5);
    EXPECT_EQ(read(tiny)->generators[1].qg_mvar, 0.0);
}

TEST_F(CaseFolder, StoredStateHoldsForTheBaseOnly) {
    FileTexts files = tiny;
    files["state.csv"] = "bus,vm_pu,va_deg\n1,1.02,0\n3,0.987,-4.5\n";
    EXPECT_EQ(read(files)->buses[2].va_deg, -4.5);
    EXPECT_EQ(read(files)->buses[2].vm_pu, 0.987);
    EXPECT_EQ(read(files, {"night", ""})->buses[2].vm_pu, 1.0);
}

TEST_F(CaseFolder, HashIsThatOfItsFilesWhereverItLies) {
    const auto grid = read(tiny);
    ASSERT_TRUE(grid);
    std::string list;
    for (const auto& [name, text] : tiny)
        if (name.find('/') == std::string::npos) list += sha256_hex(text) + "  " + name + "\n";
    EXPECT_EQ(grid->sha256(), sha256_hex(list));
    EXPECT_EQ(grid->path(), folder_.string());
    EXPECT_EQ(*read_case(path("case.toml")), *grid);
    EXPECT_EQ(read_case(path("case.toml"))->sha256(), grid->sha256());
    EXPECT_EQ(read_case(folder_.string() + "/")->path(), folder_.string());
    EXPECT_NE(read(tiny, {"night", ""})->sha256(), grid->sha256());
}

TEST_F(CaseFolder, ByteOrderMarksAndDosLineEndsDoNotMatter) {
    FileTexts files = tiny;
    for (auto& [name, text] : files) {
        std::string dos = "\xEF\xBB\xBF";
        for (const char c : text) dos += c == '\n' ? std::string("\r\n") : std::string(1, c);
        text = dos;
    }
    const auto plain = read(tiny);
    const auto dos = read(files, {});
    ASSERT_TRUE(dos) << render(dos.error().findings);
    EXPECT_EQ(*dos, *plain);
}

TEST_F(CaseFolder, HasNoErrorOrWarningByItself) {
    const Findings findings = findings_of(tiny);
    EXPECT_EQ(count(findings, Severity::error), 0U) << render(findings);
    for (const Finding& finding : findings)
        EXPECT_FALSE(finding.code.starts_with("AZ14") && finding.severity != Severity::info) << render(finding);
}

TEST_F(CaseFolder, ChecksOfTheModelPointAtCells) {
    const FileTexts files = changed("generators.csv", "0,80,,-20,25", "0,80,,-20,-25");
    const Findings errors = of_severity(findings_of(files), Severity::error);
    ASSERT_EQ(errors.size(), 1U) << render(errors);
    EXPECT_EQ(errors[0].code, "AZ1214");
    EXPECT_EQ(errors[0].where.file, path("generators.csv"));
    EXPECT_EQ(errors[0].where.line, 3);
}

// --- overlays ---

TEST_F(CaseFolder, PointSetsCells) {
    const auto grid = read(tiny, {"night", ""});
    ASSERT_TRUE(grid) << render(grid.error().findings);
    EXPECT_EQ(grid->buses[2].pd_mw, 28.5);
    EXPECT_EQ(grid->buses[2].bs_mvar, 0.0);
    EXPECT_EQ(grid->buses[3].vm_pu, 0.99);
    EXPECT_EQ(grid->generators[1].pmax_mw, 12.0);
    EXPECT_EQ(grid->generators[1].pg_mw, 12.0);
    EXPECT_EQ(grid->name, "tiny (night)");
}

TEST_F(CaseFolder, VariantAddsSetsAndRemovesRows) {
    const auto grid = read(tiny, {"", "grown"});
    ASSERT_TRUE(grid) << render(grid.error().findings);
    ASSERT_EQ(grid->branches.size(), 4U);
    EXPECT_EQ(grid->branches[1].id, "g-d");
    EXPECT_TRUE(grid->branches[1].in_service);
    EXPECT_EQ(grid->branches[2].id, "a-d");       // added lines follow the others and come before the transformers
    EXPECT_EQ(grid->branches[2].r_pu, 0.008025);  // 160.5 km of 0.0242 ohm/km on 484 ohm
    EXPECT_EQ(grid->branches[2].name, "Alpha 220 - Delta 220");
    EXPECT_EQ(grid->buses[4].type, BusType::pq);
}

TEST_F(CaseFolder, VariantHasTheLastWordAndIsAppliedOnce) {
    const auto grid = read(tiny, {"night", "grown, calm"});
    ASSERT_TRUE(grid) << render(grid.error().findings);
    EXPECT_EQ(grid->branches.size(), 4U);
    EXPECT_FALSE(grid->generators[1].in_service);
    EXPECT_EQ(grid->generators[1].pg_mw, 0.0);
    EXPECT_EQ(grid->generators[1].pmax_mw, 12.0);
    EXPECT_EQ(grid->name, "tiny (night; grown, calm)");
}

TEST_F(CaseFolder, ListsWhatMayBeSelected) {
    write(tiny);
    const auto contents = list_case(folder_.string());
    ASSERT_TRUE(contents) << render(contents.error().findings);
    ASSERT_EQ(contents->points.size(), 1U);
    EXPECT_EQ(contents->points[0].name, "night");
    EXPECT_EQ(contents->points[0].description, "Night, low load.");
    ASSERT_EQ(contents->variants.size(), 2U);
    EXPECT_EQ(contents->variants[1].name, "grown");
    EXPECT_EQ(contents->variants[1].description, "Delta is built.");
    EXPECT_EQ(contents->disclaimer, "invented");
}

TEST_F(CaseFolder, UnknownSelectionIsAUsageErrorWithTheNearestName) {
    const auto grid = read(tiny, {"nigth", "grwn,calm,../case"});
    ASSERT_FALSE(grid);
    EXPECT_EQ(grid.error().kind, ErrorKind::usage);
    ASSERT_EQ(grid.error().findings.size(), 3U);
    for (const Finding& finding : grid.error().findings) EXPECT_EQ(finding.code, "AZ3016");
    EXPECT_THAT(grid.error().findings[0].message, ::testing::HasSubstr("did you mean night?"));
    EXPECT_THAT(grid.error().findings[1].message, ::testing::HasSubstr("did you mean grown?"));
}

TEST_F(CaseFolder, SelectionFromASingleFileIsAUsageError) {
    write({{"a.m", "function mpc = a\n"}});
    const auto grid = read_case(path("a.m"), {}, {"night", ""});
    ASSERT_FALSE(grid);
    EXPECT_EQ(grid.error().kind, ErrorKind::usage);
    EXPECT_EQ(grid.error().findings[0].code, "AZ3017");
}

TEST_F(CaseFolder, FolderWithoutHeaderIsNoCase) {
    write({{"readme.txt", "nothing"}});
    const auto grid = read_case(folder_.string());
    ASSERT_FALSE(grid);
    EXPECT_EQ(grid.error().kind, ErrorKind::invalid_input);
    EXPECT_EQ(grid.error().findings[0].code, "AZ1001");
}

TEST_F(CaseFolder, CannotBeWritten) {
    const auto grid = read(tiny);
    const auto written = write_case(*grid, path("copy"), "case-folder");
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().findings[0].code, "AZ1008");
}

}  // namespace
}  // namespace araz

// Case folders: every kind of bad input in the tables, with its place.
#include "case_folder_sample.hpp"

namespace araz {
namespace {

class BadTable : public BadCaseFolder {};

TEST_P(BadTable, IsFoundAtItsPlace) {
    expect_found(GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Tables, BadTable,
    ::testing::Values(
        Bad{"missing column", "lines.csv", ",km,", ",length,", "AZ1402", "line,from"},
        Bad{"unknown column", "lines.csv",
            "source\na-b,1,2,220-1,50,1,1,,reported,S1\nb-g,2,4,220-2,100,1,1,150,assumed,S1\ng-d,4,5,220-1,15,1,0,,"
            "assumed,S1",
            "source,nots\na-b,1,2,220-1,50,1,1,,reported,S1,\nb-g,2,4,220-2,100,1,1,150,assumed,S1,\ng-d,4,5,220-1,15,"
            "1,0,,assumed,S1,",
            "AZ1403", "nots", 0, Severity::warning},
        Bad{"column twice", "areas.csv", "area,name\n1,NORTH\n2,SOUTH", "area,name,name\n1,NORTH,N\n2,SOUTH,S",
            "AZ1408", "name,name", 5},
        Bad{"no header", "areas.csv", "area,name\n1,NORTH\n2,SOUTH\n", "# nothing\n", "AZ1402", ""},
        Bad{"empty cell", "lines.csv", "a-b,1,2,220-1,50", "a-b,1,2,220-1,", "AZ1404", "a-b,1,2,220-1,", 14},
        Bad{"empty name", "loads.csv", "l-2,3", ",3", "AZ1404", ",3,20.5"},
        Bad{"not a number", "lines.csv", "220-1,50,", "220-1,50 km,", "AZ1405", "50 km"},
        Bad{"decimal comma", "loads.csv", "20.5", "\"20,5\"", "AZ1405", "\"20,5\""},
        Bad{"infinite", "loads.csv", "20.5", "inf", "AZ1405", "inf"},
        Bad{"not whole", "transformers.csv", ",3,2,1,", ",3,1.5,1,", "AZ1405", "1.5,1"},
        Bad{"out of range", "transformers.csv", "0.98", "98", "AZ1406", ",98,", 1},
        Bad{"not positive", "lines.csv", "220-1,50,", "220-1,0,", "AZ1406", "220-1,0", 6},
        Bad{"strange flag", "lines.csv", "50,1,1,,", "50,1,2,,", "AZ1406", "50,1,2", 5},
        Bad{"more steps than there are", "shunts.csv", "3,2,,1", "3,4,,1", "AZ1406", "3,4,,1", 2},
        Bad{"impossible provenance", "loads.csv", "East,assumed,S1\nl-2", "East,gussed,S1\nl-2", "AZ1407", "gussed"},
        Bad{"unknown kind of bus", "buses.csv", ",slack,", ",ref,", "AZ1407", "ref,1.02"},
        Bad{"duplicate name", "lines.csv", "g-d,4", "a-b,4", "AZ1408", "a-b,4"},
        Bad{"duplicate bus", "buses.csv", "\n5,Delta", "\n04,Again,delta,220,2,7,0.9,1.1,pq,,assumed,S1\n5,Delta",
            "AZ1408", "04,Again"},
        Bad{"duplicate name of a bus", "buses.csv", "Delta 220", "Beta 110", "AZ1408", "5,Beta 110", 2},
        Bad{"dangling bus", "loads.csv", "l-2,3", "l-2,33", "AZ1409", "33,20.5"},
        Bad{"dangling substation", "buses.csv", "5,Delta 220,delta", "5,Delta 220,dleta", "AZ1409", "dleta"},
        Bad{"dangling area", "buses.csv", "110,1,7", "110,3,7", "AZ1409", "110,3", 4},
        Bad{"dangling line of a shunt", "shunts.csv", "b-g", "b-gg", "AZ1409", "b-gg"},
        Bad{"dangling outage", "contingencies.csv", "g-gamma", "g-gama", "AZ1409", "g-gama"},
        Bad{"unknown line type", "lines.csv", "220-2", "220-3", "AZ1410", "220-3"},
        Bad{"region of a load that is no zone", "loads.csv", "l-2,3,20.5,5,East", "l-2,3,20.5,5,Eest", "AZ1409", "Eest"},
        Bad{"region of a substation that is no zone", "substations.csv", "AZ,East,reported", "AZ,7,reported", "AZ1409",
            "7,reported"},
        Bad{"tap range upside down", "transformers.csv", "0.9,1.1", "1.1,0.9", "AZ1406", "1.1,0.9"},
        Bad{"tap outside its own range", "transformers.csv", "0.98", "1.15", "AZ1406", "1.15"},
        Bad{"not UTF-8", "substations.csv", "Beta", "B\xEAta", "AZ1411", "B\xEAta"},
        Bad{"semicolons", "areas.csv", "area,name\n1,NORTH\n2,SOUTH", "area;name\n1;NORTH\n2;SOUTH", "AZ1411",
            "area;name"},
        Bad{"tabulators", "zones.csv", "zone,name,area\n7,East,1", "zone\tname\tarea\n7\tEast\t1", "AZ1411",
            "zone\tname"},
        Bad{"carriage returns alone", "areas.csv", "area,name\n1,NORTH\n2,SOUTH\n", "# table\rarea,name\r1,NORTH\r2,SOUTH\r",
            "AZ1402", ""},
        Bad{"frequency that no grid has", "case.toml", "= 60", "= 5000", "AZ1413", "5000"},
        Bad{"huge base", "case.toml", "= 100", "= 1e300", "AZ1413", "1e300"},
        Bad{"huge length", "lines.csv", "220-1,50,", "220-1,1e300,", "AZ1406", "1e300"},
        Bad{"number beyond all numbers", "lines.csv", "220-1,50,", "220-1,1e999,", "AZ1405", "1e999"},
        Bad{"date for a number", "lines.csv", "220-1,50,", "220-1,2025-02-30,", "AZ1405", "2025-02-30"},
        Bad{"row too short", "areas.csv", "2,SOUTH", "2", "AZ1411", "\n2\n", 1},
        Bad{"row too long", "areas.csv", "2,SOUTH", "2,SOUTH,x", "AZ1411", ",x", 1},
        Bad{"quote not closed", "substations.csv", "far\"", "far", "AZ1411", "\"far"},
        Bad{"quote inside", "substations.csv", "Alpha", "Al\"pha", "AZ1411", "\"pha"},
        Bad{"source not resolved", "lines.csv", "assumed,S1\ng-d", "assumed,S1 S3\ng-d", "AZ1414", "S1 S3", 0,
            Severity::warning},
        Bad{"malformed header", "case.toml", "name = \"tiny\"", "name = tiny", "AZ1412", "= tiny", 3},
        Bad{"header without base", "case.toml", "base_mva = 100\n", "", "AZ1413", ""},
        Bad{"base as a text", "case.toml", "= 100", "= \"100\"", "AZ1413", "\"100\""},
        Bad{"another format", "case.toml", "folder/1", "folder/2", "AZ1413", "\"araz-case"},
        Bad{"unknown entry", "case.toml", "frequency_hz", "frequency", "AZ1403", "frequency", 0, Severity::warning}));

INSTANTIATE_TEST_SUITE_P(
    Units, BadTable,
    ::testing::Values(
        Bad{"kV in V", "buses.csv", "3,Beta 110,beta,110,", "3,Beta 110,beta,110000,", "AZ1415", "110000"},
        Bad{"MVA in kVA", "transformers.csv", "125,", "125000,", "AZ1415", "125000"},
        Bad{"MW in kW, beyond any unit", "loads.csv", "l-1,3,40,", "l-1,3,40000,", "AZ1415", "40000"},
        Bad{"MW in kW, beyond the branches of the bus", "loads.csv", "l-1,3,40,", "l-1,3,4000,", "AZ1415", "4000"},
        Bad{"km in m", "lines.csv", "220-1,50,", "220-1,50000,", "AZ1415", "50000"},
        Bad{"m of a short line", "lines.csv", "220-1,15,", "220-1,1500,", "AZ1416", "1500"},
        Bad{"shorter than the straight way", "lines.csv", "220-1,50,", "220-1,15,", "AZ1416", "15,1,1", 0,
            Severity::warning}));

TEST_F(CaseFolder, LineTypeForAnotherVoltageIsDoubted) {
    const Findings warnings =
        of_severity(findings_of(changed("line_types.csv", "220-2,220", "220-2,500")), Severity::warning);
    ASSERT_EQ(warnings.size(), 1U) << render(warnings);
    EXPECT_EQ(warnings[0].code, "AZ1417");
    EXPECT_EQ((Place{warnings[0].where.line, warnings[0].where.column}), (Place{3, 9}));  // in lines.csv
}

TEST_F(CaseFolder, RowsThatNameARemovedRowAreErrorsButListsMayNameIt) {
    EXPECT_TRUE(read(tiny, grown));  // an outage names the removed line b-g
    const Findings errors =
        findings_of(changed("variants/grown.toml", "[[remove.shunts]]\nshunt = \"r-gamma\"\n", ""), grown);
    ASSERT_EQ(errors.size(), 1U) << render(errors);
    EXPECT_EQ(errors[0].code, "AZ1409");
    EXPECT_EQ(errors[0].where.file, path("shunts.csv"));
    EXPECT_EQ(errors[0].label, "removed by a variant");
}

TEST_F(CaseFolder, MissingTablesAreNamed) {
    FileTexts files = tiny;
    files.erase("lines.csv");
    files.erase("hvdc.csv");  // need not be there
    const Findings errors = findings_of(files);
    ASSERT_EQ(errors.size(), 1U) << render(errors);
    EXPECT_EQ(errors[0].code, "AZ1401");
    EXPECT_THAT(errors[0].message, ::testing::HasSubstr("lines.csv is missing"));
}

TEST_F(CaseFolder, SeveralProblemsAreReportedTogether) {
    FileTexts files = changed("lines.csv", "220-1,50,", "220-1,fifty,");
    files = changed("lines.csv", "220-2", "220-9", files);
    files = changed("buses.csv", "alpha,220", "alpha,220000", files);
    files = changed("loads.csv", "l-2,3", "l-1,99", files);
    const auto grid = read(files);
    ASSERT_FALSE(grid);
    EXPECT_EQ(grid.error().kind, ErrorKind::invalid_input);
    std::vector<std::string> codes;
    for (const Finding& finding : grid.error().findings) codes.push_back(finding.code);
    EXPECT_THAT(codes, ::testing::ElementsAre("AZ1415", "AZ1405", "AZ1410", "AZ1408", "AZ1409"));
}

TEST_F(CaseFolder, RendersAnUnknownTypeAsTheContractSays) {
    const Findings errors = findings_of(changed("lines.csv", "220-2", "220-22"));
    ASSERT_EQ(errors.size(), 1U);
    EXPECT_EQ(render(errors[0]),
              "error[AZ1410]: line b-g: type names line type '220-22', which does not exist\n  --> " +
                  path("lines.csv") +
                  ":3:9\n"
                  "3 | b-g,2,4,220-22,100,1,1,150,assumed,S1\n"
                  "  |         ^^^^^^ no such row in line_types.csv\n"
                  "   = hint: fix the name (did you mean 220-2, 220-1?), or add the row to line_types.csv\n");
}

TEST_F(CaseFolder, PlausibilityErrorsCanBeAllowed) {
    const auto grid = read(changed("lines.csv", "220-1,15,", "220-1,1500,"));
    ASSERT_TRUE(grid);
    EXPECT_TRUE(has_error(check_case(*grid)));
    BuildOptions allowed;
    allowed.allow = {"AZ1416"};
    EXPECT_FALSE(has_error(check_case(*grid, allowed)));
}

TEST_F(CaseFolder, DamagedFilesEndWithFindings) {
    for (const auto& [name, text] : tiny) {
        for (std::size_t cut = 0; cut < text.size(); cut += 7) {
            FileTexts files = tiny;
            files[name] = text.substr(0, cut);
            (void)findings_of(files, {"night", "calm"});
            files[name] =
                text.substr(0, cut) + std::string(1, static_cast<char>("\",\n[=\x80"[cut % 6])) + text.substr(cut);
            (void)findings_of(files, {"night", "calm"});
        }
    }
}

}  // namespace
}  // namespace araz

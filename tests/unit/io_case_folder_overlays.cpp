// Case folders: every kind of bad input in operating points and variants, with its place.
#include "case_folder_sample.hpp"

namespace araz {
namespace {

class BadOverlay : public BadCaseFolder {};

TEST_P(BadOverlay, IsFoundAtItsPlace) {
    expect_found(GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Overlays, BadOverlay,
    ::testing::Values(
        Bad{"unknown section", "variants/grown.toml", "set.lines", "sett.lines", "AZ1420", "sett", 0, Severity::error,
            grown},
        Bad{"unknown table", "variants/grown.toml", "set.lines", "set.line", "AZ1420", "set.line", 4, Severity::error,
            grown},
        Bad{"table that no variant changes", "variants/calm.toml", "set.generators", "set.contingencies", "AZ1420",
            "contingencies", 0, Severity::error, calm},
        Bad{"unknown column", "variants/grown.toml", "in_service = true", "inservice = true", "AZ1421", "inservice", 0,
            Severity::error, grown},
        Bad{"unknown row", "variants/grown.toml", "line = \"g-d\"", "line = \"g-e\"", "AZ1422", "\"g-e\"", 0,
            Severity::error, grown},
        Bad{"removed row", "variants/calm.toml",
            "set.generators]]\ngenerator = \"g-gamma\"\nin_service = 0\np_mw = 0.0",
            "set.lines]]\nline = \"b-g\"\nkm = 3.0", "AZ1422", "\"b-g\"", 0, Severity::error, calm},
        Bad{"unknown include", "variants/calm.toml", "[\"grown\"]", "[\"growm\"]", "AZ1423", "\"growm\"", 0,
            Severity::error, calm},
        Bad{"include is no list", "variants/calm.toml", "[\"grown\"]", "\"grown\"", "AZ1424", "\"grown\"", 0,
            Severity::error, calm},
        Bad{"one bracket", "variants/calm.toml", "[[set.generators]]", "[set.generators]", "AZ1424", "generators", 0,
            Severity::error, calm},
        Bad{"entry without a name", "variants/calm.toml", "generator = \"g-gamma\"\n", "", "AZ1424", "[[set", 0,
            Severity::error, calm},
        Bad{"list as a value", "variants/calm.toml", "= 0.0", "= [0.0]", "AZ1424", "[0.0]", 0, Severity::error, calm},
        Bad{"malformed", "variants/calm.toml", "= 0.0", "= 0.0.0", "AZ1412", "0.0.0", 3, Severity::error, calm},
        Bad{"not a number", "variants/grown.toml", "160.5", "\"160,5\"", "AZ1405", "\"160,5\"", 0, Severity::error,
            grown},
        Bad{"added twice", "variants/grown.toml", "\"a-d\"", "\"a-b\"", "AZ1408", "\"a-b\"", 0, Severity::error, grown},
        Bad{"added without a length", "variants/grown.toml", "km = 160.5\n", "", "AZ1404", "[[add.lines", 0,
            Severity::error, grown},
        Bad{"set twice", "variants/calm.toml", "p_mw = 0.0", "p_mw = 0.0\n[[set.generators]]\ngenerator = \"g-gamma\"\np_mw = 1",
            "AZ1408", "1\n", 0, Severity::error, calm},
        Bad{"name is no text", "variants/grown.toml", "\"grown\"", "2030", "AZ1424", "2030", 0, Severity::error, grown},
        Bad{"date for a number", "variants/calm.toml", "0.0", "2025-02-28", "AZ1424", "2025-02-28", 0,
            Severity::error, calm},
        Bad{"impossible date", "variants/grown.toml", "160.5", "2025-02-30", "AZ1412", "2025-02-30", 10,
            Severity::error, grown},
        Bad{"no number at all", "variants/grown.toml", "160.5", "nan", "AZ1405", "nan", 0, Severity::error, grown},
        Bad{"removed row that never was", "variants/grown.toml", "[[remove.lines]]\nline = \"b-g\"",
            "[[remove.lines]]\nline = \"b-g\"\n[[remove.lines]]\nline = \"b-h\"", "AZ1422", "\"b-h\"", 0,
            Severity::error, grown},
        Bad{"not UTF-8", "variants/calm.toml", "g-gamma", "g-g\xE4mma", "AZ1412", "g\xE4", 0, Severity::error, calm},
        Bad{"point: unused column", "operating_points/night.csv",
            "field,value\nl-1,load,p_mw,8\ng-gamma,generator,available_mw,12\ng-gamma,generator,p_mw,12\n"
            "c-beta,shunt,steps_on,0\n4,bus,vm_set_pu,0.99",
            "field,value,why\nl-1,load,p_mw,8,x", "AZ1403", "why", 0, Severity::warning, night},
        Bad{"point: date for a number", "operating_points/night.csv", "p_mw,8", "p_mw,2025-02-31", "AZ1405",
            "2025-02-31", 0, Severity::error, night},
        Bad{"point: unknown element", "operating_points/night.csv", "l-1", "l-11", "AZ1422", "l-11", 0, Severity::error,
            night},
        Bad{"point: unknown kind", "operating_points/night.csv", ",load", ",laod", "AZ1420", "laod", 0, Severity::error,
            night},
        Bad{"point: unknown field", "operating_points/night.csv", "p_mw,8", "p_mv,8", "AZ1421", "p_mv", 0,
            Severity::error, night},
        Bad{"point: field set twice", "operating_points/night.csv", "available_mw", "p_mw", "AZ1408",
            "g-gamma,generator,p_mw,12\nc", 0, Severity::error, night},
        Bad{"point: not a number", "operating_points/night.csv", "p_mw,8", "p_mw,eight", "AZ1405", "eight", 0,
            Severity::error, night},
        Bad{"point: no header", "operating_points/night.csv", "element,kind", "name,kind", "AZ1402", "name,kind", 0,
            Severity::error, night}));

TEST_F(CaseFolder, EmptyOverlays) {
    FileTexts files = tiny;
    files["variants/same.toml"] = "";
    EXPECT_TRUE(read(files, {"", "same"}));  // nothing is changed
    files["operating_points/same.csv"] = "element,kind,field,value\n";
    EXPECT_TRUE(read(files, {"same", ""}));
    files["operating_points/none.csv"] = "";
    const Findings errors = findings_of(files, {"none", ""});
    ASSERT_EQ(errors.size(), 1U);
    EXPECT_EQ(errors[0].code, "AZ1402");
}

TEST_F(CaseFolder, VariantsThatIncludeEachOtherAreAppliedOnce) {
    FileTexts files = tiny;
    files["variants/a.toml"] = "include = [\"b\"]\n[[set.lines]]\nline = \"a-b\"\nkm = 52\n";
    files["variants/b.toml"] = "include = [\"a\"]\n[[set.lines]]\nline = \"a-b\"\nkm = 53\n";
    const auto grid = read(files, {"", "a"});
    ASSERT_TRUE(grid) << render(grid.error().findings);
    EXPECT_EQ(grid->branches[0].x_pu, 0.052);  // a has the last word on what it includes
}

TEST_F(CaseFolder, OverlaysOfAnUnreadableTableAreNotBlamed) {
    FileTexts files = tiny;
    files["lines.csv"] = "line;from_bus\n";
    const Findings errors = findings_of(files, {"night", "grown"});
    ASSERT_EQ(errors.size(), 1U) << render(errors);
    EXPECT_EQ(errors[0].code, "AZ1411");
}

}  // namespace
}  // namespace araz

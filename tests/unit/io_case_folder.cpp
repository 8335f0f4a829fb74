// Case folders: values converted by hand, overlays, and every kind of bad input with its place.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

#include "araz/base/hash.hpp"
#include "araz/io/case_io.hpp"
#include "araz/model/network.hpp"

namespace araz {
namespace {

using FileTexts = std::map<std::string, std::string>;

// Five buses at four substations, 35 to 95 km apart.
const FileTexts tiny{
    {"case.toml",
     "format = \"araz-case-folder/1\"\nname = \"tiny\"\nbase_mva = 100\nfrequency_hz = 60\ndisclaimer = "
     "\"invented\"\n"},
    {"SOURCES.md", "# Sources\n\n| key | what |\n|---|---|\n| S1 | a source |\n| S2 | another |\n"},
    {"substations.csv",
     "# invented\nsubstation,name,lat,lon,country,region,provenance,source,note\n"
     "alpha,Alpha,40.0,49.0,AZ,East,reported,S1,\n"
     "beta,Beta,40.3,49.4,AZ,East,assumed,S1 S2,\n"
     "gamma,Gamma,41.0,50.0,AZ,East,assumed,S2,\"far, but not too far\"\n"
     "delta,Delta,41.1,50.1,AZ,East,assumed,S2,\n"},
    {"areas.csv", "area,name\n1,NORTH\n2,SOUTH\n"},
    {"zones.csv", "zone,name,area\n7,seven,1\n"},
    {"buses.csv",
     "# invented\nbus,name,substation,base_kv,area,zone,vmin_pu,vmax_pu,kind,vm_set_pu,provenance,source\n"
     "1,Alpha 220,alpha,220,1,7,0.9,1.1,slack,1.02,reported,S1\n"
     "2,Beta 220,beta,220,1,7,0.9,1.1,pq,,reported,S1\n"
     "3,Beta 110,beta,110,1,7,0.95,1.05,pq,,assumed,S1\n"
     "4,Gamma 220,gamma,220,2,7,0.9,1.1,pv,1.01,assumed,S1\n"
     "5,Delta 220,delta,220,2,7,0.9,1.1,pq,,assumed,S1\n"},
    {"line_types.csv",
     "type,base_kv,r_ohm_per_km,x_ohm_per_km,b_us_per_km,ampacity_summer_a,ampacity_winter_a,provenance,source\n"
     "220-1,220,0.0484,0.484,2.5,1000,1200,assumed,S1\n"
     "220-2,220,0.0242,0.242,5,2000,2400,assumed,S1\n"},
    {"lines.csv",
     "line,from_bus,to_bus,type,km,circuit,in_service,rate_a_mva,provenance,source\n"
     "a-b,1,2,220-1,50,1,1,,reported,S1\n"
     "b-g,2,4,220-2,100,1,1,150,assumed,S1\n"
     "g-d,4,5,220-1,15,1,0,,assumed,S1\n"},
    {"transformers.csv",
     "transformer,from_bus,to_bus,mva,uk_percent,x_over_r,tap_ratio,shift_deg,tap_min,tap_max,tap_steps,controlled_bus,"
     "parallel,in_service,provenance,source\n"
     "t-beta,2,3,125,10,0.75,0.98,30,0.9,1.1,18,3,2,1,assumed,S1\n"},
    {"generators.csv",
     "generator,name,bus,technology,fuel,gentype,pmin_mw,pmax_mw,available_mw,qmin_mvar,qmax_mvar,p_mw,vm_set_pu,in_"
     "service,provenance,source\n"
     "g-alpha,Alpha 1,1,steam,ng,ST,50,300,200,-90,120,60,1.02,1,reported,S1\n"
     "g-gamma,Gamma wind,4,wind,wind,WT,0,80,,-20,25,30,1.01,1,assumed,S1\n"},
    {"loads.csv",
     "load,bus,p_mw,q_mvar,region,provenance,source\n"
     "l-1,3,40,10,East,assumed,S1\n"
     "l-2,3,20.5,5,East,assumed,S1\n"},
    {"shunts.csv",
     "shunt,bus,q_mvar_at_1pu,kind,steps,steps_on,line,in_service,provenance,source\n"
     "c-beta,3,30,capacitor,3,2,,1,assumed,S1\n"
     "r-gamma,4,-50,line_reactor,1,1,b-g,0,assumed,S1\n"},
    {"hvdc.csv",
     "hvdc,name,from_bus,to_bus,p_mw,pmin_mw,pmax_mw,loss_percent,qmin_mvar,qmax_mvar,vm_set_from_pu,vm_set_to_pu,in_"
     "service,provenance,source\n"
     "dc,Alpha - Gamma,1,4,100,-200,200,2,-40,50,1.02,1.01,1,assumed,S1\n"},
    {"contingencies.csv",
     "contingency,name,kind,element_kind,element,provenance,source\n"
     "both,Both lines,double_circuit,line,a-b,assumed,S1\n"
     "both,Both lines,double_circuit,line,b-g,assumed,S1\n"
     "unit,Wind,unit,generator,g-gamma,assumed,S1\n"},
    {"operating_points/night.csv",
     "# invented\n# Night, low load.\nelement,kind,field,value\n"
     "l-1,load,p_mw,8\n"
     "g-gamma,generator,available_mw,12\n"
     "g-gamma,generator,p_mw,12\n"
     "c-beta,shunt,steps_on,0\n"
     "4,bus,vm_set_pu,0.99\n"},
    {"variants/grown.toml",
     "name = \"grown\"\ndescription = \"Delta is built.\"\n\n"
     "[[set.lines]]\nline = \"g-d\"\nin_service = true\n\n"
     "[[add.lines]]\nline = \"a-d\"\nfrom_bus = 1\nto_bus = 5\ntype = \"220-2\"\nkm = 160.5\nin_service = "
     "1\nprovenance = \"assumed\"\nsource = \"S2\"\n\n"
     "[[remove.lines]]\nline = \"b-g\"\n\n[[remove.shunts]]\nshunt = \"r-gamma\"\n"},
    {"variants/calm.toml",
     "include = [\"grown\"]\n\n[[set.generators]]\ngenerator = \"g-gamma\"\nin_service = 0\np_mw = 0.0\n"},
};

class CaseFolder : public ::testing::Test {
protected:
    void SetUp() override {
        folder_ = std::filesystem::temp_directory_path() / ("araz_folder_" + std::to_string(::getpid()));
        std::filesystem::remove_all(folder_);
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    void write(const FileTexts& files) const {
        for (const auto& [name, text] : files) {
            std::filesystem::create_directories((folder_ / name).parent_path());
            std::ofstream(folder_ / name, std::ios::binary) << text;
        }
    }

    Result<Case> read(const FileTexts& files, const CaseSelection& selection = {}) const {
        std::filesystem::remove_all(folder_);
        write(files);
        return read_case(folder_.string(), {}, selection);
    }

    // Everything that reading and checking have to say.
    Findings findings_of(const FileTexts& files, const CaseSelection& selection = {}) const {
        const auto grid = read(files, selection);
        return grid ? check_case(*grid) : grid.error().findings;
    }

    [[nodiscard]] std::string path(const std::string& name) const { return (folder_ / name).string(); }

    std::filesystem::path folder_;
};

FileTexts changed(const std::string& file, const std::string& from, const std::string& to, FileTexts files = tiny) {
    std::string& text = files.at(file);
    const auto at = text.find(from);
    if (at == std::string::npos) throw std::runtime_error("'" + from + "' is not in " + file);
    text.replace(at, from.size(), to);
    return files;
}

struct Place {
    int line = 0, column = 0;
    bool operator==(const Place&) const = default;
};
void PrintTo(const Place& place, std::ostream* out) {
    *out << place.line << ":" << place.column;
}

// Where the n-th byte of the first `text` of a file stands.
Place place_of(const std::string& file, const std::string& text, std::size_t shift = 0) {
    const auto at = file.find(text) + shift;
    const auto line_begin = at == 0 ? 0 : file.rfind('\n', at - 1) + 1;
    return {1 + static_cast<int>(std::count(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(at), '\n')),
            1 + static_cast<int>(at - line_begin)};
}

Findings of_severity(const Findings& findings, Severity severity) {
    Findings out;
    std::copy_if(findings.begin(), findings.end(), std::back_inserter(out),
                 [&](const Finding& f) { return f.severity == severity; });
    return out;
}

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

// --- bad input ---

// One change of one file and the one finding that it causes, at `marked` in the changed file.
struct Bad {
    const char* what;
    const char* file;
    const char* from;
    const char* to;
    const char* code;
    const char* marked;     ///< "" for the file as a whole
    std::size_t shift = 0;  ///< bytes into `marked`
    Severity severity = Severity::error;
    CaseSelection selection = {};
};

void PrintTo(const Bad& bad, std::ostream* out) {
    *out << bad.what;
}

class BadCaseFolder : public CaseFolder, public ::testing::WithParamInterface<Bad> {};

TEST_P(BadCaseFolder, IsFoundAtItsPlace) {
    const Bad& bad = GetParam();
    const FileTexts files = changed(bad.file, bad.from, bad.to);
    Findings found = of_severity(findings_of(files, bad.selection), bad.severity);
    std::erase_if(found, [](const Finding& f) { return !f.code.starts_with("AZ14"); });
    ASSERT_EQ(found.size(), 1U) << render(found);
    EXPECT_EQ(found[0].code, bad.code) << render(found);
    EXPECT_EQ(found[0].where.file, path(bad.file));
    const std::string marked(bad.marked);
    const Place expected = marked.empty() ? Place{} : place_of(files.at(bad.file), marked, bad.shift);
    EXPECT_EQ((Place{found[0].where.line, found[0].where.column}), expected) << render(found);
    EXPECT_NE(found[0].message, "");
}

const CaseSelection night{"night", ""}, grown{"", "grown"}, calm{"", "calm"};

INSTANTIATE_TEST_SUITE_P(
    Tables, BadCaseFolder,
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
    Units, BadCaseFolder,
    ::testing::Values(
        Bad{"kV in V", "buses.csv", "3,Beta 110,beta,110,", "3,Beta 110,beta,110000,", "AZ1415", "110000"},
        Bad{"MVA in kVA", "transformers.csv", "125,", "125000,", "AZ1415", "125000"},
        Bad{"MW in kW, beyond any unit", "loads.csv", "l-1,3,40,", "l-1,3,40000,", "AZ1415", "40000"},
        Bad{"MW in kW, beyond the branches of the bus", "loads.csv", "l-1,3,40,", "l-1,3,4000,", "AZ1415", "4000"},
        Bad{"km in m", "lines.csv", "220-1,50,", "220-1,50000,", "AZ1415", "50000"},
        Bad{"m of a short line", "lines.csv", "220-1,15,", "220-1,1500,", "AZ1416", "1500"},
        Bad{"shorter than the straight way", "lines.csv", "220-1,50,", "220-1,15,", "AZ1416", "15,1,1", 0,
            Severity::warning}));

INSTANTIATE_TEST_SUITE_P(
    Overlays, BadCaseFolder,
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

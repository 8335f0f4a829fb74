// A case folder of five buses for the tests of its reader, written anew for each of them.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

#include "araz/io/case_io.hpp"
#include "araz/model/network.hpp"

namespace araz {

using FileTexts = std::map<std::string, std::string>;

// Five buses at four substations, 35 to 95 km apart.
inline const FileTexts tiny{
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
    {"zones.csv", "zone,name,area\n7,East,1\n"},
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

inline FileTexts changed(const std::string& file, const std::string& from, const std::string& to, FileTexts files = tiny) {
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
inline void PrintTo(const Place& place, std::ostream* out) {
    *out << place.line << ":" << place.column;
}

// Where the n-th byte of the first `text` of a file stands.
inline Place place_of(const std::string& file, const std::string& text, std::size_t shift = 0) {
    const auto at = file.find(text) + shift;
    const auto line_begin = at == 0 ? 0 : file.rfind('\n', at - 1) + 1;
    return {1 + static_cast<int>(std::count(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(at), '\n')),
            1 + static_cast<int>(at - line_begin)};
}

inline Findings of_severity(const Findings& findings, Severity severity) {
    Findings out;
    std::copy_if(findings.begin(), findings.end(), std::back_inserter(out),
                 [&](const Finding& f) { return f.severity == severity; });
    return out;
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

inline void PrintTo(const Bad& bad, std::ostream* out) {
    *out << bad.what;
}

class BadCaseFolder : public CaseFolder, public ::testing::WithParamInterface<Bad> {
protected:
    void expect_found(const Bad& bad) {
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
};

inline const CaseSelection night{"night", ""}, grown{"", "grown"}, calm{"", "calm"};

}  // namespace araz

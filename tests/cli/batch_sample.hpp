// A case folder of six buses in two areas with hourly series, and studies of it.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "support/program.hpp"

namespace araz::testing {

inline const std::map<std::string, std::string> batch_case{
    {"grid/case.toml", "format = \"araz-case-folder/1\"\nname = \"six\"\nbase_mva = 100\ndisclaimer = \"invented\"\n"},
    {"grid/SOURCES.md", "| key | what |\n|---|---|\n| S1 | invented |\n"},
    {"grid/substations.csv",
     "substation,name,lat,lon,country,region,provenance,source\n"
     "a,A,40.0,49.0,AZ,North,assumed,S1\nb,B,40.3,49.4,AZ,North,assumed,S1\nc,C,40.6,49.1,AZ,North,assumed,S1\n"
     "d,D,39.2,48.6,IR,South,assumed,S1\ne,E,38.9,48.2,IR,South,assumed,S1\nf,F,38.6,48.7,IR,South,assumed,S1\n"},
    {"grid/areas.csv", "area,name\n1,NO\n2,SO\n"},
    {"grid/zones.csv", "zone,name,area\n1,North,1\n2,South,2\n"},
    {"grid/buses.csv",
     "bus,name,substation,base_kv,area,zone,vmin_pu,vmax_pu,kind,vm_set_pu,provenance,source\n"
     "1,A 220,a,220,1,1,0.9,1.1,slack,1.02,assumed,S1\n2,B 220,b,220,1,1,0.9,1.1,pq,,assumed,S1\n"
     "3,C 220,c,220,1,1,0.9,1.1,pv,1.02,assumed,S1\n4,D 220,d,220,2,2,0.9,1.1,pq,,assumed,S1\n"
     "5,E 220,e,220,2,2,0.9,1.1,pv,1.02,assumed,S1\n6,F 220,f,220,2,2,0.9,1.1,pv,1.01,assumed,S1\n"},
    {"grid/line_types.csv",
     "type,base_kv,r_ohm_per_km,x_ohm_per_km,b_us_per_km,ampacity_summer_a,ampacity_winter_a,provenance,source\n"
     "220,220,0.06,0.42,2.7,700,850,assumed,S1\n"},
    {"grid/lines.csv",
     "line,from_bus,to_bus,type,km,circuit,in_service,rate_a_mva,provenance,source\n"
     "a-b,1,2,220,50,1,1,,assumed,S1\nb-c,2,3,220,50,1,1,,assumed,S1\na-c,1,3,220,70,1,1,,assumed,S1\n"
     "b-d,2,4,220,130,1,1,45,assumed,S1\nc-e,3,5,220,210,1,1,40,assumed,S1\nd-e,4,5,220,50,1,1,,assumed,S1\n"
     "e-f,5,6,220,60,1,1,,assumed,S1\nd-f,4,6,220,70,1,1,,assumed,S1\n"},
    {"grid/transformers.csv",
     "transformer,from_bus,to_bus,mva,uk_percent,x_over_r,tap_ratio,shift_deg,in_service,provenance,source\n"},
    {"grid/generators.csv",
     "generator,name,bus,technology,fuel,gentype,pmin_mw,pmax_mw,available_mw,qmin_mvar,qmax_mvar,p_mw,vm_set_pu,in_service,profile,provenance,source\n"
     "g-a,A 1,1,steam,ng,ST,40,300,,-150,200,150,1.02,1,,assumed,S1\n"
     "w-c,C wind,3,wind,wind,WT,0,100,,-60,60,50,1.02,1,wind,assumed,S1\n"
     "g-e,E 1,5,steam,ng,CC,30,260,,-150,200,120,1.02,1,,assumed,S1\n"
     "g-f,F 1,6,gas turbine,ng,GT,0,120,,-80,100,50,1.01,1,,assumed,S1\n"},
    {"grid/loads.csv",
     "load,bus,p_mw,q_mvar,region,provenance,source\n"
     "l-a,1,50,15,North,assumed,S1\nl-b,2,120,35,North,assumed,S1\nl-d,4,130,40,South,assumed,S1\nl-f,6,40,10,South,assumed,S1\n"},
    {"grid/load_profiles.csv", "region,profile,provenance,source\nNorth,north,assumed,S1\nSouth,south,assumed,S1\n"},
    {"grid/variants/strong.toml",
     "name = \"strong\"\ndescription = \"A second tie.\"\n\n[[add.lines]]\nline = \"b-d-2\"\nfrom_bus = 2\nto_bus = 4\ntype = \"220\"\nkm = 130\n"
     "in_service = true\nprovenance = \"assumed\"\nsource = \"S1\"\n"},
    {"grid/operating_points/windy.csv", "# More wind at C.\nelement,kind,field,value\nw-c,generator,pmax_mw,140\n"},
    {"grid/operating_points/calm.csv", "# Half the wind.\nelement,kind,field,value\nw-c,generator,available_mw,50\n"},
    {"pf.toml",
     "case = \"grid\"\nvariants = [\"base\", \"strong\"]\nhours = \"all\"\nout = \"run\"\n\n[profiles]\nfile = \"series.csv\"\n\n"
     "[study]\nkind = \"pf\"\n\n[outputs]\ncolumns = [\"default\", \"loading_pct\", \"vm_pu\", \"p_mw\", \"net_export_mw\"]\nshard = 16\n"},
    {"n1.toml",
     "case = \"grid\"\nhours = \"0-5\"\nout = \"run\"\n\n[profiles]\nfile = \"series.csv\"\n\n[study]\nkind = \"n1\"\nrating-contingency = \"1.1xA\"\n"},
    {"capacity.toml",
     "case = \"grid\"\npoints = [\"base\", \"windy\"]\nvariants = [\"base\", \"strong\"]\nhours = \"0-11/3\"\nout = \"run\"\n\n"
     "[profiles]\nfile = \"series.csv\"\n\n[study]\nkind = \"capacity\"\nfrom = \"NO\"\nto = \"SO\"\nboth = true\n\n[outputs]\nshard = 4\n"},
};

/// Two days: wind from calm to full, loads with a day and a night.
inline std::string batch_series() {
    std::string out = "time,wind,north,south\n";
    for (int hour = 0; hour < 48; ++hour) {
        const int clock = hour % 24;
        const int day = clock < 12 ? clock : 24 - clock;  // 0 .. 12
        out += std::to_string(hour) + ",0." + std::to_string(10 + (hour * 37) % 90) + ",0." + std::to_string(50 + 3 * day) + ",0." +
               std::to_string(52 + 2 * day + hour / 24) + "\n";
    }
    return out;
}

/// The files of the case and its studies in a folder.
class BatchFolder {
public:
    BatchFolder() {
        for (const auto& [name, text] : batch_case) write(name, text);
        write("series.csv", batch_series());
    }
    void write(const std::string& name, const std::string& text) const {
        std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
        std::ofstream(path(name), std::ios::binary) << text;
    }
    /// One file with its only `what` replaced.
    void change(const std::string& name, const std::string& what, const std::string& by) const {
        std::string text = read_bytes(path(name));
        const auto at = text.find(what);
        if (at == std::string::npos) throw std::logic_error("not in " + name + ": " + what);
        write(name, text.replace(at, what.size(), by));
    }
    [[nodiscard]] std::string path(const std::string& name) const { return folder_.path(name); }
    [[nodiscard]] bool has(const std::string& name) const { return std::filesystem::exists(path(name)); }
    void remove(const std::string& name) const { std::filesystem::remove_all(path(name)); }

private:
    ScratchFolder folder_;
};

}  // namespace araz::testing

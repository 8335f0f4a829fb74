// araz batch: the same series in files of every shape give the same rows, and what is wrong in them is said with its place.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <nlohmann/json.hpp>

#include "batch_sample.hpp"
#include "sample.hpp"

namespace araz::testing {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

// Shares of eighths, so that MW of them divide back without rounding.
constexpr int hours = 6;
constexpr std::array<std::array<double, 3>, hours> shares{
    {{0.5, 1.0, 0.25}, {0.625, 0.875, 0.375}, {0.75, 0.75, 0.5}, {0.875, 0.625, 0.25}, {1.0, 0.5, 0.125}, {1.125, 0.375, 0.0}}};

std::string digits(double value) { return Json(value).dump(); }

/// A line for each hour: what `begin` says of it, then a value times the factor of its column.
template <class Begin>
std::string table(const std::string& head, const std::string& separator, const std::array<double, 3>& factor, const Begin& begin, std::size_t from = 0,
                  std::size_t to = 3) {
    std::string out = head + "\n";
    for (int hour = 0; hour < hours; ++hour) {
        out += begin(hour);
        for (std::size_t c = from; c < to; ++c) out += separator + digits(shares[static_cast<std::size_t>(hour)][c] * factor[c]);
        out += "\n";
    }
    return out;
}

constexpr std::array<double, 3> pu{1.0, 1.0, 1.0};
constexpr std::array<double, 3> mw_of_buses{60.0, 80.0, 250.0};    // loads of buses 2 and 4, Pmax of generator 2
constexpr std::array<double, 3> mw_of_areas{80.0, 160.0, 250.0};   // loads of areas 1 and 2

std::string count(int hour) { return std::to_string(hour); }
std::string stamp(int hour) { return "2025-01-01 0" + std::to_string(hour) + ":00:00"; }
std::string german(int hour) { return "01.01.2025 0" + std::to_string(hour) + ":00"; }
std::string period(int hour) { return "2025,1,1," + std::to_string(hour + 1); }

class Shapes : public ::testing::Test {
protected:
    Shapes() {
        folder.write("five.m", sample_case + "\nmpc.gen_name = { 'steam'; 'wind farm' };\n"
                                             "mpc.bus_name = { 'a'; 'b'; 'c'; 'd'; 'e' };\n");
        folder.write("wide.csv", table("time,bus 2,bus 4,generator 2", ",", pu, count));
        folder.write("areas.csv", table("time,area 1,area 2,generator 2", ",", pu, count));
        folder.write("long.csv", long_table());
        folder.write("pypsa/snapshots.csv", clock_only());
        folder.write("pypsa/loads-p_set.csv", table("snapshot,2,d", ",", mw_of_buses, stamp, 0, 2));
        folder.write("pypsa/generators-p_max_pu.csv", table("snapshot,wind farm", ",", pu, stamp, 2));
        folder.write("frame.csv", table(";bus 2;bus 4;generator 2", ";", pu, count));
        folder.write("simbench.csv", table("time;H0_pload;G1_pload;WP4", ";", pu, german));
        folder.write("names.csv", "series,name\nH0_pload,bus 2\nG1_pload,bus 4\nWP4,generator 2\n");
        folder.write("columns.json", frame_json(false));
        folder.write("split.json", frame_json(true));
        folder.write("DAY_AHEAD_regional_Load.csv", table("Year,Month,Day,Period,1,2", ",", mw_of_areas, period, 0, 2));
        folder.write("DAY_AHEAD_wind.csv", table("Year,Month,Day,Period,wind farm", ",", mw_of_areas, period, 2));
    }

    static std::string long_table() {
        const std::array<const char*, 3> names{"generator 2", "bus 4", "bus 2"};
        std::string out = "time,element,value\n";
        for (int hour = 0; hour < hours; ++hour)
            for (std::size_t c = 0; c < 3; ++c)
                out += stamp(hour) + "," + names[c] + "," + digits(shares[static_cast<std::size_t>(hour)][2 - c]) + "\n";
        return out;
    }
    static std::string clock_only() {
        std::string out = "snapshot,objective\n";
        for (int hour = 0; hour < hours; ++hour) out += stamp(hour) + ",1.0\n";
        return out;
    }
    static std::string frame_json(bool split) {
        const std::array<const char*, 3> names{"bus 2", "bus 4", "generator 2"};
        Json out;
        for (int hour = 0; hour < hours; ++hour) {
            const std::string at = std::to_string(1735689600000LL + 3600000LL * hour);  // milliseconds of 2025-01-01
            for (std::size_t c = 0; c < 3; ++c) {
                const double value = shares[static_cast<std::size_t>(hour)][c];
                if (split) out["data"][hour][c] = value;
                else out[names[c]][at] = value;
            }
            if (split) out["index"].push_back(hour);
        }
        if (split) out["columns"] = names;
        return out.dump();
    }

    [[nodiscard]] ProgramRun run(const std::string& profiles) const {
        folder.remove("run");
        folder.write("study.toml", "case = \"five.m\"\nhours = \"all\"\nout = \"run\"\n[profiles]\n" + profiles +
                                       "\n[dispatch]\nrule = \"given\"\n[study]\nkind = \"pf\"\n");
        return run_araz({"batch", folder.path("study.toml")});
    }
    /// The figures of the rows.
    [[nodiscard]] Json figures(const std::string& profiles) const {
        const ProgramRun done = run(profiles);
        EXPECT_EQ(done.exit_code, 0) << profiles << "\n" << done.err;
        return done.exit_code == 0 ? Json::parse(read_bytes(folder.path("run/summary.json")))["groups"] : Json();
    }

    BatchFolder folder;
};

TEST_F(Shapes, GiveTheSameRows) {
    const Json wide = figures("file = \"wide.csv\"");
    ASSERT_EQ(wide[0]["solved"], hours);
    EXPECT_DOUBLE_EQ(wide[0]["load_mw"]["max"], 20 + 70 + 10 + 60 * 0.5 + 80 * 1.0);
    for (const char* file : {"long.csv", "pypsa", "frame.csv", "columns.json", "split.json"})
        EXPECT_EQ(figures("file = \"" + std::string(file) + "\""), wide) << file;
    for (const char* named : {"long.csv\"\nshape = \"long", "frame.csv\"\nshape = \"pandapower", "pypsa\"\nshape = \"pypsa", "wide.csv\"\nshape = \"wide"})
        EXPECT_EQ(figures("file = \"" + std::string(named) + "\""), wide) << named;
    EXPECT_EQ(figures("file = \"simbench.csv\"\nnames = \"names.csv\""), wide);
    const Json areas = figures("file = \"areas.csv\"");
    EXPECT_NE(areas, wide);
    EXPECT_EQ(figures("file = [\"DAY_AHEAD_regional_Load.csv\", \"DAY_AHEAD_wind.csv\"]"), areas);
    EXPECT_EQ(Json::parse(read_bytes(folder.path("run/manifest.json")))["layout"]["step_hours"], 1.0) << "six hours of a day are hours";
}

TEST_F(Shapes, KnowTheirUnitsAndSteps) {
    const Json wide = figures("file = \"wide.csv\"");
    folder.write("mw.csv", table("time,bus 2,bus 4,generator 2", ",", mw_of_buses, count));
    EXPECT_EQ(figures("file = \"mw.csv\"\nunit = \"mw\""), wide);
    folder.write("mw.json", [] {
        Json out;
        for (int hour = 0; hour < hours; ++hour) out["bus 2"][std::to_string(hour)] = 60.0 * shares[static_cast<std::size_t>(hour)][0];
        return out.dump();
    }());
    folder.write("one.csv", table("time,bus 2", ",", pu, count, 0, 1));
    EXPECT_EQ(figures("file = \"mw.json\"\nunit = \"mw\""), figures("file = \"one.csv\""));
    // A quarter of an hour is a quarter of the energy: nothing else tells the steps of an index apart.
    ASSERT_EQ(run("file = \"frame.csv\"\nstep-hours = 0.25").exit_code, 0);
    const std::string quarter = read_bytes(folder.path("run/manifest.json"));
    EXPECT_EQ(Json::parse(quarter)["layout"]["step_hours"], 0.25);
    // Quarters of an hour in RTS-GMLC: 96 periods.
    std::string quarters = "Year,Month,Day,Period,1\n";
    for (int k = 0; k < 96; ++k) quarters += "2025,1,1," + std::to_string(k + 1) + ",80\n";
    folder.write("quarters.csv", quarters);
    ASSERT_EQ(run("file = \"quarters.csv\"").exit_code, 0);
    EXPECT_EQ(Json::parse(read_bytes(folder.path("run/manifest.json")))["layout"]["step_hours"], 0.25);
}

// One column may serve several loads; columns without a name are left alone.
TEST_F(Shapes, TakeNamesFromAFile) {
    folder.write("both.csv", "time,bus 2,bus 4\n0,0.5,0.5\n1,0.75,0.75\n");
    folder.write("profile.csv", "time,H0,unused\n0,0.5,9e9\n1,0.75,1\n");
    folder.write("names.csv", "series,name\nH0,bus 2\nH0,bus 4\n");
    const ProgramRun refused = run("file = \"profile.csv\"\nnames = \"names.csv\"");
    EXPECT_EQ(refused.exit_code, 3) << "also values that nobody uses must be values";
    folder.write("profile.csv", "time,H0,unused\n0,0.5,1\n1,0.75,1\n");
    EXPECT_EQ(figures("file = \"profile.csv\"\nnames = \"names.csv\""), figures("file = \"both.csv\""));
}

TEST_F(Shapes, AreInputsOfAResume) {
    ASSERT_EQ(run("file = [\"DAY_AHEAD_regional_Load.csv\", \"DAY_AHEAD_wind.csv\"]").exit_code, 0);
    const Json manifest = Json::parse(read_bytes(folder.path("run/manifest.json")));
    std::string inputs = manifest["inputs"].dump();
    EXPECT_THAT(inputs, HasSubstr("DAY_AHEAD_regional_Load.csv"));
    EXPECT_THAT(inputs, HasSubstr("DAY_AHEAD_wind.csv"));
    folder.change("DAY_AHEAD_wind.csv", "62.5", "62.4");
    const ProgramRun resumed = run_araz({"resume", folder.path("run")});
    EXPECT_EQ(resumed.exit_code, 3);
    EXPECT_THAT(resumed.err, HasSubstr("AZ3072"));
}

TEST_F(Shapes, ServeCaseFoldersToo) {
    folder.write("long.csv", [] {
        std::string out = "time,element,value\n";
        for (int hour = 0; hour < 48; ++hour)
            for (const char* name : {"wind", "north", "south"}) out += std::to_string(hour) + "," + name + ",0.5\n";
        return out;
    }());
    folder.write("wide.csv", [] {
        std::string out = "time,wind,north,south\n";
        for (int hour = 0; hour < 48; ++hour) out += std::to_string(hour) + ",0.5,0.5,0.5\n";
        return out;
    }());
    folder.write("mw.csv", [] {
        std::string out = "time,wind,north,south\n";
        for (int hour = 0; hour < 48; ++hour) out += std::to_string(hour) + ",50,85,85\n";
        return out;
    }());
    const std::string study = read_bytes(folder.path("pf.toml"));
    Json first;
    for (const char* choice : {"wide.csv\"", "long.csv\"", "mw.csv\"\nunit = \"mw\""}) {
        folder.remove("run");
        folder.write("pf.toml", study);
        folder.change("pf.toml", "series.csv\"", choice);
        const ProgramRun done = run_araz({"batch", folder.path("pf.toml")});
        ASSERT_EQ(done.exit_code, 0) << done.err;
        const Json groups = Json::parse(read_bytes(folder.path("run/summary.json")))["groups"];
        if (first.is_null()) first = groups;
        EXPECT_EQ(groups, first) << choice;
    }
}

struct Fault {
    const char* name;
    const char* profiles;   ///< of the study
    const char* file;       ///< changed, if any
    const char *what, *by;  ///< empty `what`: the whole file
    int exit_code;
    std::vector<std::string> told;
};
void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.name; }

class ShapeFault : public Shapes, public ::testing::WithParamInterface<Fault> {};

TEST_P(ShapeFault, IsToldWithItsPlace) {
    const Fault& fault = GetParam();
    if (*fault.file != '\0') {
        if (*fault.what == '\0') folder.write(fault.file, fault.by);
        else folder.change(fault.file, fault.what, fault.by);
    }
    const ProgramRun done = run(fault.profiles);
    EXPECT_EQ(done.exit_code, fault.exit_code) << done.err;
    for (const std::string& word : fault.told) EXPECT_THAT(done.err, HasSubstr(word)) << fault.name;
    EXPECT_FALSE(folder.has("run")) << "no work before the input is right";
}

constexpr const char* long_file = "file = \"long.csv\"";
constexpr const char* pypsa = "file = \"pypsa\"";
constexpr const char* frame = "file = \"frame.csv\"";
constexpr const char* load_and_wind = "file = [\"DAY_AHEAD_regional_Load.csv\", \"DAY_AHEAD_wind.csv\"]";
constexpr const char* simbench = "file = \"simbench.csv\"\nnames = \"names.csv\"";
constexpr const char* columns = "file = \"columns.json\"";
constexpr const char* split = "file = \"split.json\"";

INSTANTIATE_TEST_SUITE_P(
    All, ShapeFault,
    ::testing::Values(
        Fault{"unknown shape", "file = \"wide.csv\"\nshape = \"rts\"", "", "", "", 2, {"AZ3061", "study.toml:6:9", "rts-gmlc"}},
        Fault{"unknown unit", "file = \"wide.csv\"\nunit = \"kw\"", "", "", "", 2, {"AZ3061", "study.toml:6:8", "pu, mw"}},
        Fault{"no step", "file = \"frame.csv\"\nstep-hours = 0", "", "", "", 2, {"AZ3061", "study.toml:6:14"}},
        Fault{"unknown key", "file = \"wide.csv\"\nsheet = \"a\"", "", "", "", 2, {"AZ3060", "study.toml:6:1"}},
        Fault{"no files", "file = []", "", "", "", 2, {"AZ3061", "study.toml:5:8"}},
        Fault{"missing file", "file = [\"wide.csv\", \"none.csv\"]", "", "", "", 3, {"none.csv"}},
        Fault{"series twice", "file = [\"wide.csv\", \"wide.csv\"]", "", "", "", 3, {"AZ3067", "bus 2"}},
        Fault{"another clock", "file = [\"wide.csv\", \"long.csv\"]", "long.csv", "time,element,value\n", "time,element,value\n", 3, {"AZ3067", "long.csv", "same times"}},

        Fault{"long: no value", "file = \"long.csv\"\nshape = \"long\"", "long.csv", "element,value", "element,valve", 3, {"AZ3067", "long.csv:1", "'value'"}},
        Fault{"long: NaN", long_file, "long.csv", "00:00:00,generator 2,0.25", "00:00:00,generator 2,nan", 3, {"AZ3067", "long.csv:2:33", "nan"}},
        Fault{"long: a value missing", long_file, "long.csv", "2025-01-01 01:00:00,bus 4,0.875\n", "", 3, {"AZ3067", "long.csv:5", "'bus 4' has no value"}},
        Fault{"long: a value twice", long_file, "long.csv", "01:00:00,bus 4", "01:00:00,generator 2", 3, {"AZ3067", "long.csv:6:21", "line 5"}},
        Fault{"long: unknown element", long_file, "long.csv", "", "time,element,value\n0,bus 9,1\n1,bus 9,1\n", 3, {"AZ3063", "long.csv", "bus 9"}},
        Fault{"long: no element", long_file, "long.csv", "", "time,element,value\n0,,1\n1,bus 2,1\n", 3, {"AZ3067", "long.csv:2:3"}},
        Fault{"long: gap of time", long_file, "long.csv", "", "time,element,value\n0,bus 2,1\n1,bus 2,1\n3,bus 2,1\n", 3, {"AZ3067", "long.csv:4:1", "1 to 3 h"}},
        Fault{"long: backwards", long_file, "long.csv", "", "time,element,value\n1,bus 2,1\n0,bus 2,1\n", 3, {"AZ3067", "long.csv:3:1", "forward"}},
        Fault{"long: no such time", long_file, "long.csv", "", "time,element,value\n2025-01-01T00:00,bus 2,1\n2025-02-30T00:00,bus 2,1\n", 3, {"AZ3067", "long.csv:3:1"}},

        Fault{"pypsa: nothing there", "file = \"grid\"", "", "", "", 3, {"AZ3067", "grid", "generators-p_max_pu.csv"}},
        Fault{"pypsa: wrong length", pypsa, "pypsa/snapshots.csv", "2025-01-01 05:00:00,1.0\n", "", 3, {"AZ3067", "6 rows", "snapshots.csv has 5"}},
        Fault{"pypsa: other times", pypsa, "pypsa/snapshots.csv", "", "snapshot\n0\n1\n2\n3\n4\n5\n", 3, {"AZ3067", "snapshots.csv"}},
        Fault{"pypsa: empty value", pypsa, "pypsa/loads-p_set.csv", ",30.0,", ",,", 3, {"AZ3067", "loads-p_set.csv:2:21", "has no value"}},
        Fault{"pypsa: negative load", pypsa, "pypsa/loads-p_set.csv", ",30.0,", ",-30,", 3, {"AZ3067", "loads-p_set.csv:2:21", "-30"}},
        Fault{"pypsa: unknown load", pypsa, "pypsa/loads-p_set.csv", "snapshot,2,d", "snapshot,2,x", 3, {"AZ3063", "loads-p_set.csv", "'x'"}},
        Fault{"pypsa: unknown unit", pypsa, "pypsa/generators-p_max_pu.csv", "wind farm", "wind", 3, {"AZ3063", "generators-p_max_pu.csv", "'wind'"}},
        Fault{"pypsa: far too much load", pypsa, "pypsa/loads-p_set.csv", ",30.0,", ",300,", 3, {"AZ3067", "loads-p_set.csv:2", "300 MW", "60 MW"}},
        Fault{"pypsa: load without MW", pypsa, "five.m", "	2	1	60	20", "	2	1	0	20", 3, {"AZ3067", "loads-p_set.csv", "0 MW"}},
        Fault{"pypsa: one bus twice", pypsa, "pypsa/loads-p_set.csv", "snapshot,2,d", "snapshot,d,bus 4", 3, {"AZ3063", "name one bus"}},

        Fault{"pandapower: too large", frame, "frame.csv", "0;0.5;", "0;2.5;", 3, {"AZ3067", "frame.csv:2:3", "2.5"}},
        Fault{"pandapower: step missing", frame, "frame.csv", "\n3;", "\n4;", 3, {"AZ3067", "frame.csv:5:1", "2 to 4 h"}},
        Fault{"pandapower: short row", frame, "frame.csv", "0;0.5;", "0;", 3, {"AZ5006", "frame.csv:2"}},
        Fault{"pandapower: no column", frame, "frame.csv", "", ";\n0;1\n1;1\n", 3, {"frame.csv:1"}},
        Fault{"pandapower: no date", simbench, "simbench.csv", "01.01.2025 03:00", "01.13.2025 03:00", 3, {"AZ3067", "simbench.csv:5:1"}},
        Fault{"json: no JSON", columns, "columns.json", "", "{\"bus 2\": {\"0\": 1, ", 3, {"AZ3067", "columns.json:1", "JSON"}},
        Fault{"json: null", columns, "columns.json", "", "{\"bus 2\": {\"0\": 1, \"1\": null}}", 3, {"AZ3067", "columns.json", "'bus 2' is empty at index 1"}},
        Fault{"json: other index", columns, "columns.json", "", "{\"bus 2\": {\"0\": 1, \"1\": 1}, \"bus 4\": {\"0\": 1, \"2\": 1}}", 3, {"AZ3067", "'bus 4'", "index"}},
        Fault{"json: gap", columns, "columns.json", "", "{\"bus 2\": {\"0\": 1, \"1\": 1, \"3\": 1}}", 3, {"AZ3067", "from 1 to 3"}},
        Fault{"json: unknown element", columns, "columns.json", "", "{\"bus 9\": {\"0\": 1, \"1\": 1}}", 3, {"AZ3063", "columns.json", "bus 9"}},
        Fault{"json: wrong length", split, "split.json", "", "{\"columns\": [\"bus 2\"], \"index\": [0, 1, 2], \"data\": [[1], [1]]}", 3, {"AZ3067", "split.json"}},
        Fault{"json: a list", split, "split.json", "", "[1, 2]", 3, {"AZ3067", "split.json"}},

        Fault{"rts: no period", load_and_wind, "DAY_AHEAD_wind.csv", "2025,1,1,3,", "2025,1,1,x,", 3, {"AZ3067", "DAY_AHEAD_wind.csv:4:10", "Period is 'x'"}},
        Fault{"rts: no column", "file = \"DAY_AHEAD_wind.csv\"\nshape = \"rts-gmlc\"", "DAY_AHEAD_wind.csv", "Period", "Hour", 3, {"AZ3067", "DAY_AHEAD_wind.csv:1", "'Period'"}},
        Fault{"rts: no such day", load_and_wind, "DAY_AHEAD_wind.csv", "2025,1,1,3,", "2025,2,30,3,", 3, {"AZ3067", "DAY_AHEAD_wind.csv:4:8"}},
        Fault{"rts: a period missing", load_and_wind, "DAY_AHEAD_wind.csv", "2025,1,1,3,125.0\n", "", 3, {"AZ3067", "DAY_AHEAD_wind.csv:4:10", "no gaps"}},
        Fault{"rts: too many periods", load_and_wind, "DAY_AHEAD_wind.csv", "2025,1,1,6,", "2025,1,1,1441,", 3, {"AZ3067", "DAY_AHEAD_wind.csv:1", "1441"}},
        Fault{"rts: unknown region", load_and_wind, "DAY_AHEAD_regional_Load.csv", "Period,1,2", "Period,1,7", 3, {"AZ3063", "DAY_AHEAD_regional_Load.csv", "area 7"}},
        Fault{"rts: unknown unit", load_and_wind, "DAY_AHEAD_wind.csv", "wind farm", "309_WIND_1", 3, {"AZ3063", "309_WIND_1", "names"}},

        Fault{"names: no columns", simbench, "names.csv", "series,name", "from,to", 3, {"AZ3067", "names.csv:1"}},
        Fault{"names: no such series", simbench, "names.csv", "H0_pload", "H0_load", 3, {"AZ3067", "names.csv:2:1", "H0_pload"}},
        Fault{"names: twice", simbench, "names.csv", "bus 4", "bus 2", 3, {"AZ3067", "names.csv:3:10", "twice"}},
        Fault{"names: nothing of the case", simbench, "names.csv", "bus 4", "bus 44", 3, {"AZ3063", "bus 44"}},
        Fault{"names: MW for two", "file = \"simbench.csv\"\nnames = \"names.csv\"\nunit = \"mw\"", "names.csv", "G1_pload", "H0_pload", 3, {"AZ3067", "names.csv:3:1", "MW"}}));

}  // namespace
}  // namespace araz::testing

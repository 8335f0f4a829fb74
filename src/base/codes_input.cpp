#include <array>

#include "codes_tables.hpp"

namespace araz {

namespace {

// AZ10xx files and text, AZ11xx rows and references, AZ12xx values, AZ13xx topology and sources,
// AZ14xx tables and overlays of case folders.
constexpr std::array table{
    // --- files and text ---
    CodeEntry{"AZ1001", "file cannot be read", "The path does not exist, is a folder, or may not be read.",
              "araz pf nosuch.m"},
    CodeEntry{"AZ1002", "file is empty", "The file holds no bytes, or nothing but blanks and comments.", ""},
    CodeEntry{"AZ1003", "unknown case format",
              "The format follows from the extension of the file unless it is named. The message lists the formats "
              "that are known.",
              "araz info case.xyz"},
    CodeEntry{"AZ1004", "input exceeds a limit",
              "Size, rows, columns, nesting and computed cells of an input are bounded, far above any real case, so "
              "that a damaged or "
              "hostile file cannot take the machine. Look whether it is the right file.",
              "a row of more than 64 cells"},
    CodeEntry{"AZ1005", "input is not text",
              "The bytes are compressed, UTF-16, a binary MATLAB or HDF5 file, or hold a NUL byte. Unpack or convert "
              "them first.",
              ""},
    CodeEntry{"AZ1006", "not a MATPOWER case of version 2",
              "Only version 2 of the MATPOWER case format is read: `function mpc = NAME` and `mpc.version = '2'`. "
              "MATPOWER itself converts "
              "version 1: savecase('new.m', loadcase('old.m')).",
              "function [baseMVA, bus, gen, branch] = case9"},
    CodeEntry{"AZ1007", "change table instead of a case",
              "The file returns a table of changes (`function chgtab = NAME`), such as a list of contingencies. It "
              "describes no network.",
              "function chgtab = contab"},
    CodeEntry{"AZ1008", "format goes one way only", "This format can be read but not written, or written but not read.",
              ""},
    CodeEntry{"AZ1010", "language construct is not supported",
              "Case files are read by a small interpreter: assignments, numbers, texts, tables, element-wise "
              "arithmetic and functions, column "
              "names, simple indexing, if. There are no loops, ranges, transposes, structures or function handles. "
              "Write the resulting numbers "
              "into the tables, for example with MATPOWER's savecase.",
              "for k = 1:9"},
    CodeEntry{"AZ1011", "text is not understood",
              "Something stands where a statement, a value or the end of a statement was expected.",
              "mpc.baseMVA = 100 MVA"},
    CodeEntry{"AZ1012", "bracket or quote is never closed",
              "A table, a text, a comment block or an `if` has no end. The message names where it begins and, for "
              "tables, the last complete "
              "row; a file that simply stops is truncated.",
              "mpc.bus = [ 1 3 0 0"},
    CodeEntry{"AZ1013", "row with a different number of cells", "All rows of a table have the same number of cells.",
              "1 2 3; 4 5;"},
    CodeEntry{"AZ1014", "cell is not a number", "A cell of a numeric table holds a word, a text or a malformed number.",
              "1 3 abc 0;"},
    CodeEntry{"AZ1015", "decimal comma",
              "Cells are separated by blanks, and yet a comma stands between two digits. MATLAB would read two cells. "
              "Write 1.05, or separate "
              "all cells of the row by commas.",
              "1 3 1,05 0;"},
    CodeEntry{"AZ1016", "number is too large",
              "The number does not fit a double (about 1.8e308). Write Inf for no limit.", "1e400"},
    CodeEntry{"AZ1017", "number is too small and was read as 0",
              "The number is below the smallest double (about 5e-324).", "1e-400"},
    CodeEntry{"AZ1018", "name is not known",
              "A variable is used before it has been assigned, or a function is not one that a case may call.",
              "mpc.bus(:, 3) = loads;"},
    CodeEntry{"AZ1019", "sizes do not fit", "An index is outside its table, or tables of different sizes are combined.",
              "mpc.bus(99, 3) = 0;"},
    CodeEntry{"AZ1020", "table is missing", "A case needs the tables bus, gen and branch, and at least one bus.", ""},
    CodeEntry{"AZ1021", "table has too few columns",
              "At least 13 columns in bus, 10 in gen, 11 in branch, 17 in dcline, 5 in gencost.", ""},
    CodeEntry{"AZ1022", "value of the wrong kind",
              "A text stands where a number belongs, a matrix where texts belong, or the like.",
              "mpc.baseMVA = '100';"},
    CodeEntry{"AZ1023", "base power is missing", "All per-unit values refer to mpc.baseMVA.", ""},
    CodeEntry{"AZ1024", "field is not used",
              "The file holds data that araz does not read, such as limits of interfaces for an OPF.",
              "mpc.reserves.zones"},

    // --- rows and references ---
    CodeEntry{"AZ1101", "duplicate bus number",
              "Two rows of the bus table have the same number. With --allow AZ1101 the first one counts.", ""},
    CodeEntry{"AZ1102", "number is not whole or out of range",
              "Bus, area and zone numbers are whole numbers; bus numbers begin at 1.", "1.5"},
    CodeEntry{"AZ1103", "bus does not exist",
              "A generator, branch or HVDC line refers to a bus number that no row of the bus table has. With --allow "
              "AZ1103 the element is left out.",
              "9 99 0.01 0.085"},
    CodeEntry{"AZ1104", "branch connects a bus with itself", "The branch is left out: it would only be a shunt.",
              "4 4 0.01 0.085"},
    CodeEntry{"AZ1105", "list of names has the wrong length",
              "bus_name, gen_name, genfuel, gentype and branch_name have one entry per row of their table.", ""},
    CodeEntry{"AZ1106", "unknown bus type", "A bus is of type 1 (PQ), 2 (PV), 3 (reference) or 4 (isolated).", "7"},
    CodeEntry{"AZ1107", "status is not a number", "A status is 1 (in service) or 0 (out of service).", "NaN"},
    CodeEntry{"AZ1108", "status is neither 0 nor 1",
              "As in MATPOWER, a status above 0 counts as in service, any other as out of service.", "2"},
    CodeEntry{"AZ1109", "cost row does not fit its table",
              "The row announces more coefficients than the table has columns.", "2 0 0 9 1 2 3"},
    CodeEntry{"AZ1110", "number of cost rows",
              "gencost has one row per generator, or two when reactive costs are given.", ""},

    CodeEntry{"AZ1111", "identifier of a unit stands twice", "Two units of one bus have the same identifier.", ""},
    CodeEntry{"AZ1112", "parallel branches with one identifier",
              "Two branches between the same buses have the same identifier: perhaps one entered twice. Parallel branches as such are normal.", ""},

    // --- values ---
    CodeEntry{"AZ1201", "base power is not positive", "mpc.baseMVA must be above 0.", "mpc.baseMVA = -100;"},
    CodeEntry{"AZ1202", "value is not a number", "A NaN stands where a number is needed.", "NaN"},
    CodeEntry{"AZ1203", "value is infinite", "Only limits may be infinite.", "Pd = Inf"},
    CodeEntry{"AZ1205", "negative reactance",
              "Series capacitors and network equivalents have it; elsewhere it is a mistake.", "x = -0.03"},
    CodeEntry{"AZ1206", "negative resistance", "Network equivalents have it; elsewhere it is a mistake.", "r = -0.01"},
    CodeEntry{"AZ1207", "resistance above reactance",
              "Usual for cables and distribution lines, suspicious in transmission.", "r = 0.1, x = 0.01"},
    CodeEntry{"AZ1208", "negative charging", "Network equivalents have it; elsewhere it is a mistake.", "b = -0.02"},
    CodeEntry{"AZ1209", "unusual tap ratio", "Most transformers have off-nominal ratios from 0.8 to 1.2 p.u.",
              "ratio = 0.7"},
    CodeEntry{"AZ1210", "impossible tap ratio",
              "A ratio is 0 (none) or between 0.5 and 2 p.u. of the nominal voltages; it is no kV and no percent.",
              "ratio = -1"},
    CodeEntry{"AZ1211", "large phase shift", "More than 30 degrees: a vector group, or a mistake.", "angle = 150"},
    CodeEntry{"AZ1212", "phase shift beyond 180 degrees", "Angles are given in degrees from -180 to 180.",
              "angle = 330"},
    CodeEntry{"AZ1213", "Pmin above Pmax", "The lower active limit is above the upper one.", ""},
    CodeEntry{"AZ1214", "Qmin above Qmax", "The lower reactive limit is above the upper one.", ""},
    CodeEntry{"AZ1215", "Vmin above Vmax", "The lower voltage limit is above the upper one.", ""},
    CodeEntry{"AZ1216", "angmin above angmax", "The lower limit of the angle difference is above the upper one.", ""},
    CodeEntry{"AZ1217", "active output outside its limits", "Pg of a unit in service is not between Pmin and Pmax.",
              ""},
    CodeEntry{"AZ1218", "reactive output outside its limits",
              "The stored Qg of a unit in service is not between Qmin and Qmax.", ""},
    CodeEntry{"AZ1219", "stored voltage outside its limits",
              "The stored voltage of a bus is not between its Vmin and Vmax.", ""},
    CodeEntry{"AZ1220", "stored voltage is not usable",
              "The stored voltage is 0, negative or above 2 p.u.; perhaps it is in kV.", "Vm = 110"},
    CodeEntry{"AZ1221", "voltage set-point is not positive",
              "A unit that holds the voltage of its bus needs a set-point in p.u.", "Vg = 0"},
    CodeEntry{"AZ1222", "negative rating", "A rating is 0 (no limit) or positive.", "rateA = -100"},
    CodeEntry{"AZ1223", "branch without a rating",
              "A rating of 0 means no limit: the branch is not monitored for loading.", "rateA = 0"},
    CodeEntry{"AZ1224", "placeholder rating",
              "Ratings of 9900 MVA and more mostly stand for no limit. Write 0 for that.", "rateA = 9999"},
    CodeEntry{"AZ1225", "normal rating above the emergency rating",
              "rateA is usually the smallest of the three ratings.", ""},
    CodeEntry{"AZ1226", "unit without a machine base", "mBase is 0 or negative. It is not used by the power flow.", ""},
    CodeEntry{"AZ1227", "negative load",
              "The load of a bus is negative: a source, such as embedded generation, or a mistake of sign.",
              "Pd = -20"},
    CodeEntry{"AZ1228", "bus without a nominal voltage",
              "baseKV is 0 or negative: currents and voltage levels cannot be reported.", "baseKV = 0"},
    CodeEntry{"AZ1229", "voltage levels joined by a line",
              "The nominal voltages of both ends differ by more than 1 %, and the branch has no ratio.", ""},
    CodeEntry{"AZ1230", "loads may be in the wrong unit",
              "All loads together are more than ten times what all units can give: kW instead of MW?", ""},
    CodeEntry{"AZ1231", "r and x may be exchanged", "At the median branch x is below a twentieth of r, or at the median line of 100 kV and more below half of it.", ""},
    CodeEntry{"AZ1232", "impedances may be in ohms", "More than half of all branches have more than 5 p.u.", ""},
    CodeEntry{"AZ1233", "line longer than any",
              "x times b is the square of the electrical length of a line; above 1 (57 degrees, 950 km at 50 Hz) one pi section is no model of "
              "it, and one of the two is probably in another unit.",
              "b = 15.8 at x = 0.092"},
    CodeEntry{"AZ1234", "power beyond what branches can carry",
              "No voltages near 1 p.u. and no angles carry this power over the impedances at its bus: a load or unit in kW, a shunt in another "
              "unit, an impedance in ohms, or, when most buses are like that, a base power that is too small.",
              "baseMVA = 1 in a case written for 100"},
    CodeEntry{"AZ1235", "impedance out of proportion", "More than 5 p.u. and a hundred times the median of the case: an equivalent, or ohms.",
              "x = 109.5"},
    CodeEntry{"AZ1240", "unusual base power", "Bases lie between 1 and 1000 MVA; a value far outside is often in kVA or GVA.",
              "mpc.baseMVA = 100000"},
    CodeEntry{"AZ1241", "nominal voltage above every grid's", "More than 1500 kV: probably given in V.", "baseKV = 345000"},
    CodeEntry{"AZ1242", "line with a negative reactance",
              "A branch with line charging has x < 0. A series capacitor has no charging; a line has no negative reactance.", "x = -0.17, b = 0.36"},
    CodeEntry{"AZ1243", "r and x of one branch may be exchanged",
              "r is more than twice x in a case whose branches mostly have x above three times r.", "r = 0.17, x = 0.039"},
    CodeEntry{"AZ1244", "very small impedance", "Below 1e-4 p.u.: bus couplers, and slips of the unit.", "x = 1e-6"},
    CodeEntry{"AZ1245", "only negative load of the case", "One load of the case is negative, all others are positive: perhaps a mistake of sign.",
              "Pd = -90"},
    CodeEntry{"AZ1246", "load above all generation",
              "All loads together exceed the sum of Pmax of all units in service, so the reference unit is beyond its limit. "
              "The largest load is named: look there first.", ""},
    CodeEntry{"AZ1247", "voltage set-point far from 1",
              "A unit would hold its bus below 0.4 or above 2 p.u.; perhaps the set-point is in kV.", "Vg = 345"},
    CodeEntry{"AZ1248", "stored angles may be in radians",
              "The stored voltages balance the loads when their angles are read as radians, and do not as degrees.", "Va = -0.16"},
    CodeEntry{"AZ1250", "impossible power factor", "A power factor lies between -1 and 1 and is not 0; a negative one takes reactive power.",
              "power_factor = 95"},
    CodeEntry{"AZ1251", "reactive mode without its data", "A unit in mode q_of_v needs a slope or points, one in mode q_of_p needs points.",
              "q_mode = q_of_v"},
    CodeEntry{"AZ1252", "rising Q(V) curve", "A unit would feed in more reactive power as the voltage rises and drive it further.",
              "q_points = 0.9:-10 1.1:10"},

    // --- topology and sources ---
    CodeEntry{"AZ1301", "no reference bus",
              "No bus has type 3. With --allow AZ1301 the bus with the largest units becomes the reference.", ""},
    CodeEntry{"AZ1302", "island without a reference bus",
              "A part of the network has units in service but no bus of type 3. With --allow AZ1302 the bus with its "
              "largest units becomes the reference.",
              ""},
    CodeEntry{"AZ1303", "several reference buses in one island",
              "Each of them holds its angle and balances power, as in MATPOWER.", ""},
    CodeEntry{"AZ1304", "dead island with load",
              "A part of the network has load but no unit in service. It is not solved; its load is lost.", ""},
    CodeEntry{"AZ1305", "isolated bus with load or unit",
              "A bus of type 4 is out of service with all that is connected to it.", ""},
    CodeEntry{"AZ1306", "reference bus without a unit",
              "The reference bus has no unit in service; another bus takes over.", ""},
    CodeEntry{"AZ1307", "PV bus without a unit",
              "No unit in service holds the voltage of this bus: it is treated as PQ, as in MATPOWER.", ""},
    CodeEntry{"AZ1308", "conflicting voltage set-points",
              "Units of one bus ask for different voltages. The last one counts, as in MATPOWER.", ""},
    CodeEntry{"AZ1309", "substitute reference bus",
              "The file's reference bus has no unit in service, or there is none: the named bus takes over.", ""},
    CodeEntry{"AZ1310", "nothing to solve", "No island has a unit in service.", ""},
    CodeEntry{"AZ1311", "branch without impedance",
              "A branch in service has r = x = 0. It is taken for a switch or bus coupler: its buses have one voltage, and its "
              "flow follows from the balance at its ends.", "r = 0, x = 0"},
    CodeEntry{"AZ1312", "unit at a PQ bus",
              "A unit in service stands at a bus of type 1: it injects its Pg and Qg and holds no voltage.", ""},
    CodeEntry{"AZ1314", "joined buses disagree",
              "Buses joined without impedance have different voltage set-points or several references. The reference, or "
              "else the first of them in the file, counts.", ""},
    CodeEntry{"AZ1315", "reference that holds no voltage", "All units of a reference bus are in a mode that holds no voltage.", ""},
    CodeEntry{"AZ1316", "regulated bus in another island", "A unit is to hold the voltage of a bus that no path in service leads to.", ""},
    CodeEntry{"AZ1317", "set-points of a regulated bus differ", "Units that hold one bus together want different voltages.", ""},
    CodeEntry{"AZ1318", "units of one bus hold different buses",
              "What stands at one bus can hold one voltage: its units, and DC lines that end there, must name the same bus.", ""},
    CodeEntry{"AZ1319", "share missing", "Some of the units that hold one bus state a reactive share, others do not.", ""},
    CodeEntry{"AZ1313", "branch at an isolated bus", "A branch in service ends at a bus of type 4 and is left out.",
              ""},

    // --- case folders ---
    CodeEntry{"AZ1401", "table of a case folder is missing",
              "A case folder needs case.toml and the tables substations, areas, zones, buses, line_types, lines, transformers, generators and "
              "loads; shunts, hvdc, boundaries, contingencies and state are optional. A table without rows still has its header.",
              "a folder without lines.csv"},
    CodeEntry{"AZ1402", "column is missing", "The header of a table, or of an operating point, lacks a column that every row needs.", "line,from_bus,to_bus,km"},
    CodeEntry{"AZ1403", "column or entry is not used", "The table or case.toml has something that the format does not know; often a misspelt name.", "lenght_km"},
    CodeEntry{"AZ1404", "cell is empty", "A cell holds nothing in a column that needs a value in every row.", "imishli--parsabad-230-1,1307,,230-2xAS300,51"},
    CodeEntry{"AZ1405", "cell is not a number", "A text stands in a column of numbers, or a fraction in one of whole numbers. Decimals are written with a point.",
              "51 km"},
    CodeEntry{"AZ1406", "value outside its range", "The value is beyond what its column can hold, or what any real grid has.", "tap_ratio = 110"},
    CodeEntry{"AZ1407", "word is not one of those allowed", "The column takes certain words only, such as reported, approximate or assumed for the provenance of a row.",
              "provenance = guess"},
    CodeEntry{"AZ1408", "name stands twice", "Two rows of a table have the same name, a header has a column twice, or a point or a variant sets a value twice.", ""},
    CodeEntry{"AZ1409", "reference to a row that does not exist", "A cell names a bus, substation, area, line or other row that its table does not have.", "to_bus = 99"},
    CodeEntry{"AZ1410", "unknown line type", "A line is of a type that line_types.csv does not have.", "type = 230-2xAS30"},
    CodeEntry{"AZ1411", "row of a table cannot be read",
              "The row has more or fewer cells than the header, or its quotes are not in order. A text that holds a comma is put in quotes; a quote "
              "inside is written twice. Cells are separated by commas, and the file is UTF-8.",
              "a,b,\"c"},
    CodeEntry{"AZ1412", "TOML is not understood", "case.toml or a variant breaks the rules of TOML (https://toml.io).", "name = Imishli"},
    CodeEntry{"AZ1413", "entry of case.toml is missing or wrong", "case.toml needs format = \"araz-case-folder/1\", a name and base_mva.", "base_mva = \"100\""},
    CodeEntry{"AZ1414", "source is not resolved", "A row names a source key that SOURCES.md does not have.", "source = AZ-X99"},
    CodeEntry{"AZ1415", "value may be in another unit",
              "The value is a thousand times larger than it can be: kV given in V, MVA in kVA, MW in kW, km in m. With --allow AZ1415 a power "
              "that only looks so is taken as it stands.",
              "base_kv = 230000"},
    CodeEntry{"AZ1416", "length and positions disagree",
              "A line is longer than three times the straight way between its substations and 10 km (error), or shorter than half of it (a "
              "warning): a length in m, or a substation in the wrong place. With --allow AZ1416 it is taken as it stands.",
              "km = 51000"},
    CodeEntry{"AZ1417", "line type for another voltage", "The nominal voltage of the line's type differs from that of its bus by more than 10 %.", ""},
    CodeEntry{"AZ1418", "data that are not part of the network model", "The tables say more than a power flow uses: ranges of taps, switched steps, hourly profiles.", ""},
    CodeEntry{"AZ1419", "hourly profiles cannot be used",
              "profiles.h5 is missing although tables name its profiles, or it is not an HDF5 file with time, profile and p_pu, its time axis is not "
              "the hours of one year, or a value is missing or impossible. A power flow does without it: --allow AZ1419.",
              "time has 8759 hours, the year 2025 has 8760"},
    CodeEntry{"AZ1420", "overlay names something unknown", "A variant has a section or a table, or an operating point a kind of element, that there is not.", "[[sett.lines]]"},
    CodeEntry{"AZ1421", "overlay names an unknown column", "A variant or an operating point sets a column that the table does not have.", "p_mv = 50"},
    CodeEntry{"AZ1422", "overlay changes a row that does not exist",
              "A variant or an operating point names a row that its table does not have, or has no more. Points are applied before variants, "
              "so a point cannot set what a variant adds.",
              "nosuch-unit,generator,p_mw,50"},
    CodeEntry{"AZ1423", "included variant does not exist", "A variant includes another one that the folder variants does not hold.", "include = [\"tie-331\"]"},
    CodeEntry{"AZ1430", "HVDC link whose values do not fit together",
              "An LCC or VSC link of hvdc.csv states values that exclude each other, or lacks one that another needs: a q control "
              "without its set-point, a line resistance without the DC voltage, AC emulation without a droop.",
              "control_from = q without q_set_from_mvar"},
    CodeEntry{"AZ1424", "entry of a variant is malformed", "Rows are written as [[add.TABLE]], [[set.TABLE]] or [[remove.TABLE]] and name their element.", "[set.lines]"},
    CodeEntry{"AZ1425", "points of a curve cannot be read", "A curve is a list of at least two points X:Y, separated by blanks, whose X grow.",
              "q_points = 0.95:10, 1.05:-10"},
    CodeEntry{"AZ1426", "phase shifter whose values do not fit together",
              "A transformer states more than one quantity that its shift holds (p_target_mw, i_target_a, i_limit_a), one without the range of "
              "the shift, a range whose ends are exchanged, or a shift outside its range.",
              "i_target_a = 400 without shift_min_deg and shift_max_deg"},
    CodeEntry{"AZ1427", "switch between two voltages", "A switch has no impedance and joins its buses into one; they have one nominal voltage.",
              "a switch from a bus of 220 kV to one of 110 kV"},
};

}  // namespace

std::span<const CodeEntry> input_codes() {
    return table;
}

}  // namespace araz

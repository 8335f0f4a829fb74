// What a case folder consists of: one row per column. cases/azerbaijan-iran/FORMAT.md says what they mean.
#include <array>

#include "case_folder_table.hpp"

namespace araz::folder {

namespace {

using enum Kind;
using enum Need;

// The bounds are what no real grid exceeds; a value beyond them is a slip of unit or of the pen.
constexpr double max_kv = 1500;
constexpr double max_mva = 5000;
constexpr double max_mw = 20000;
constexpr double max_km = 2000;
constexpr double max_ampere = 50000;
constexpr double max_number = 999'999'999;

constexpr ColumnSpec note{"note", may};
constexpr ColumnSpec provenance{"provenance", must, word, "reported|approximate|assumed"};
constexpr ColumnSpec source{"source", must, sources};
constexpr ColumnSpec region{"region", may, zone_name, "zones"};
constexpr ColumnSpec in_service{"in_service", must, flag};

constexpr ColumnSpec bus_ref(std::string_view name, Need need = must) {
    return {name, need, reference, "buses"};
}
constexpr ColumnSpec power(std::string_view name, std::string_view unit, Need need = must) {
    return {name, need, number, {}, -max_mw, max_mw, unit};
}
constexpr ColumnSpec voltage_pu(std::string_view name, Need need = must) {
    return {name, need, positive, {}, 0, 2, "p.u."};
}
constexpr ColumnSpec base_kv{"base_kv", must, positive, {}, 0, max_kv, "kV"};

constexpr std::array substations{
    ColumnSpec{"substation"},
    ColumnSpec{"name"},
    ColumnSpec{"lat", must, number, {}, -90, 90, "degrees"},
    ColumnSpec{"lon", must, number, {}, -180, 180, "degrees"},
    ColumnSpec{"country", may},
    region,
    provenance,
    source,
    note,
};
constexpr std::array areas{ColumnSpec{"area", must, integer, {}, 1, max_number}, ColumnSpec{"name"},
                           ColumnSpec{"country", may}, note};
constexpr std::array zones{ColumnSpec{"zone", must, integer, {}, 1, max_number}, ColumnSpec{"name"},
                           ColumnSpec{"area", may, reference, "areas"}, note};
constexpr std::array buses{
    ColumnSpec{"bus", must, integer, {}, 1, max_number},
    ColumnSpec{"name"},
    ColumnSpec{"substation", must, reference, "substations"},
    base_kv,
    ColumnSpec{"area", must, reference, "areas"},
    ColumnSpec{"zone", may, reference, "zones"},
    voltage_pu("vmin_pu"),
    voltage_pu("vmax_pu"),
    ColumnSpec{"kind", must, word, "pq|pv|slack"},
    voltage_pu("vm_set_pu", may),
    provenance,
    source,
    note,
};
constexpr std::array line_types{
    ColumnSpec{"type"},
    base_kv,
    ColumnSpec{"r_ohm_per_km", must, number, {}, 0, 50, "ohm/km"},
    ColumnSpec{"x_ohm_per_km", must, positive, {}, 0, 10, "ohm/km"},
    ColumnSpec{"b_us_per_km", must, number, {}, 0, 1000, "uS/km"},
    ColumnSpec{"ampacity_summer_a", must, positive, {}, 0, max_ampere, "A"},
    ColumnSpec{"ampacity_winter_a", must, positive, {}, 0, max_ampere, "A"},
    ColumnSpec{"conductor", may},
    provenance,
    source,
    note,
};
constexpr std::array lines{
    ColumnSpec{"line"},
    bus_ref("from_bus"),
    bus_ref("to_bus"),
    ColumnSpec{"type", must, reference, "line_types"},
    ColumnSpec{"km", must, positive, {}, 0, max_km, "km"},
    ColumnSpec{"circuit", may, integer, {}, 1, 100},
    in_service,
    ColumnSpec{"rate_a_mva", may, positive, {}, 0, max_mw, "MVA"},
    provenance,
    source,
    note,
};
constexpr std::array transformers{
    ColumnSpec{"transformer"},
    bus_ref("from_bus"),
    bus_ref("to_bus"),
    ColumnSpec{"mva", must, positive, {}, 0, max_mva, "MVA"},
    ColumnSpec{"uk_percent", must, positive, {}, 0, 60, "%"},
    ColumnSpec{"x_over_r", must, positive, {}, 0, 1000},
    ColumnSpec{"tap_ratio", must, number, {}, 0.5, 2, "p.u."},
    ColumnSpec{"shift_deg", may, number, {}, -180, 180, "degrees"},
    ColumnSpec{"tap_min", may, number, {}, 0.5, 2, "p.u."},
    ColumnSpec{"tap_max", may, number, {}, 0.5, 2, "p.u."},
    ColumnSpec{"tap_steps", may, integer, {}, 0, 1000},
    bus_ref("controlled_bus", may),
    voltage_pu("v_target_pu", may),
    ColumnSpec{"deadband_pu", may, number, {}, 0, 0.5, "p.u."},
    ColumnSpec{"shift_min_deg", may, number, {}, -180, 180, "degrees"},
    ColumnSpec{"shift_max_deg", may, number, {}, -180, 180, "degrees"},
    ColumnSpec{"shift_steps", may, integer, {}, 0, 1000},
    power("p_target_mw", "MW", may),
    ColumnSpec{"p_deadband_mw", may, number, {}, 0, max_mw, "MW"},
    ColumnSpec{"i_target_a", may, positive, {}, 0, max_ampere, "A"},
    ColumnSpec{"i_deadband_a", may, number, {}, 0, max_ampere, "A"},
    ColumnSpec{"i_limit_a", may, positive, {}, 0, max_ampere, "A"},
    ColumnSpec{"vector_group", may},
    ColumnSpec{"parallel", may, integer, {}, 1, 100},
    in_service,
    provenance,
    source,
    note,
};
constexpr std::array switches{
    ColumnSpec{"switch"},
    ColumnSpec{"name", may},
    bus_ref("from_bus"),
    bus_ref("to_bus"),
    ColumnSpec{"kind", may, word, "breaker|disconnector|coupler|jumper"},
    ColumnSpec{"closed", must, flag},
    ColumnSpec{"rate_a_mva", may, positive, {}, 0, max_mw, "MVA"},
    provenance,
    source,
    note,
};
constexpr std::array generators{
    ColumnSpec{"generator"},
    ColumnSpec{"name"},
    bus_ref("bus"),
    ColumnSpec{"technology", may},
    ColumnSpec{"fuel", may},
    ColumnSpec{"gentype", may},
    power("pmin_mw", "MW"),
    power("pmax_mw", "MW"),
    power("available_mw", "MW", may),
    power("qmin_mvar", "MVAr"),
    power("qmax_mvar", "MVAr"),
    power("p_mw", "MW"),
    power("q_mvar", "MVAr", may),
    voltage_pu("vm_set_pu"),
    ColumnSpec{"q_mode", may, word, "voltage|fixed_q|fixed_pf|q_of_v|q_of_p"},
    ColumnSpec{"power_factor", may, number, {}, -1, 1},
    ColumnSpec{"q_slope_percent", may, positive, {}, 0, 100, "%"},
    ColumnSpec{"q_deadband_pu", may, number, {}, 0, 0.5, "p.u."},
    ColumnSpec{"q_points", may, points},
    bus_ref("regulated_bus", may),
    ColumnSpec{"reactive_share", may, positive, {}, 0, 1e6},
    power("p_limit_mw", "MW", may),
    ColumnSpec{"p_limit_percent", may, number, {}, 0, 100, "%"},
    in_service,
    ColumnSpec{"profile", may},
    provenance,
    source,
    note,
};
constexpr std::array loads{
    ColumnSpec{"load"},
    bus_ref("bus"),
    power("p_mw", "MW"),
    power("q_mvar", "MVAr"),
    ColumnSpec{"pz_percent", may, number, {}, -500, 500, "%"},
    ColumnSpec{"pi_percent", may, number, {}, -500, 500, "%"},
    ColumnSpec{"qz_percent", may, number, {}, -500, 500, "%"},
    ColumnSpec{"qi_percent", may, number, {}, -500, 500, "%"},
    region,
    provenance,
    source,
    note,
};
constexpr std::array load_profiles{ColumnSpec{"region", must, zone_name, "zones"}, ColumnSpec{"profile"}, provenance, source, note};
constexpr std::array shunts{
    ColumnSpec{"shunt"},
    bus_ref("bus"),
    power("q_mvar_at_1pu", "MVAr"),
    ColumnSpec{"kind", must, word, "line_reactor|reactor|capacitor|svc|statcom"},
    ColumnSpec{"steps", may, integer, {}, 1, 1000},
    ColumnSpec{"steps_on", may, integer, {}, 0, 1000},
    bus_ref("controlled_bus", may),
    voltage_pu("v_target_pu", may),
    ColumnSpec{"deadband_pu", may, number, {}, 0, 0.5, "p.u."},
    power("q_min_mvar_at_1pu", "MVAr", may),
    power("q_max_mvar_at_1pu", "MVAr", may),
    ColumnSpec{"slope_percent", may, number, {}, 0, 20, "%"},
    ColumnSpec{"line", may, reference, "lines"},
    in_service,
    provenance,
    source,
    note,
};
constexpr std::array hvdc{
    ColumnSpec{"hvdc"},
    ColumnSpec{"name"},
    bus_ref("from_bus"),
    bus_ref("to_bus"),
    power("p_mw", "MW"),
    power("pmin_mw", "MW"),
    power("pmax_mw", "MW"),
    ColumnSpec{"loss_percent", may, number, {}, 0, 50, "%"},
    power("qmin_mvar", "MVAr"),
    power("qmax_mvar", "MVAr"),
    voltage_pu("vm_set_from_pu"),
    voltage_pu("vm_set_to_pu"),
    ColumnSpec{"technology", may, word, "lcc|vsc"},
    ColumnSpec{"control_from", may, word, "v|q|pf"},
    ColumnSpec{"control_to", may, word, "v|q|pf"},
    power("q_set_from_mvar", "MVAr", may),
    power("q_set_to_mvar", "MVAr", may),
    ColumnSpec{"power_factor_from", may, number, {}, -1, 1},
    ColumnSpec{"power_factor_to", may, number, {}, -1, 1},
    ColumnSpec{"loss_from_mw", may, number, {}, 0, max_mw, "MW"},
    ColumnSpec{"loss_to_mw", may, number, {}, 0, max_mw, "MW"},
    ColumnSpec{"loss_from_percent", may, number, {}, 0, 50, "%"},
    ColumnSpec{"loss_to_percent", may, number, {}, 0, 50, "%"},
    ColumnSpec{"r_ohm", may, number, {}, 0, 1000, "ohm"},
    ColumnSpec{"vdc_kv", may, positive, {}, 0, 2000, "kV"},
    ColumnSpec{"p_mode", may, word, "setpoint|ac_emulation"},
    power("p0_mw", "MW", may),
    ColumnSpec{"droop_mw_per_deg", may, positive, {}, 0, max_mw, "MW/deg"},
    in_service,
    provenance,
    source,
    note,
};
constexpr std::array boundaries{
    ColumnSpec{"boundary"},
    ColumnSpec{"name"},
    ColumnSpec{"country", may},
    bus_ref("bus"),
    ColumnSpec{"generator", may, reference, "generators"},
    ColumnSpec{"load", may, reference, "loads"},
    provenance,
    source,
    note,
};
constexpr std::array contingencies{
    ColumnSpec{"contingency"},
    ColumnSpec{"name"},
    ColumnSpec{"kind"},
    ColumnSpec{"element_kind", must, word, "line|transformer|switch|generator|hvdc|bus|load|shunt"},
    ColumnSpec{"element"},
    provenance,
    source,
    note,
};
constexpr std::array state{bus_ref("bus"), voltage_pu("vm_pu"),
                           ColumnSpec{"va_deg", must, number, {}, -36000, 36000, "degrees"}};

constexpr std::array tables{
    TableSpec{"substations", "substation", true, substations},
    TableSpec{"areas", "area", true, areas},
    TableSpec{"zones", "zone", true, zones},
    TableSpec{"buses", "bus", true, buses, "name"},
    TableSpec{"line_types", "line type", true, line_types},
    TableSpec{"lines", "line", true, lines},
    TableSpec{"transformers", "transformer", true, transformers},
    TableSpec{"switches", "switch", false, switches},
    TableSpec{"generators", "generator", true, generators},
    TableSpec{"loads", "load", true, loads},
    TableSpec{"load_profiles", "load profile of region", false, load_profiles, "", true, false},
    TableSpec{"shunts", "shunt", false, shunts},
    TableSpec{"hvdc", "hvdc", false, hvdc},
    TableSpec{"boundaries", "boundary", false, boundaries},
    TableSpec{"contingencies", "contingency", false, contingencies, "", false, false},
    TableSpec{"state", "stored state of bus", false, state, "", true, false},
};

}  // namespace

std::span<const TableSpec> table_specs() {
    return tables;
}

}  // namespace araz::folder

#include "case_folder_convert.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <initializer_list>
#include <map>
#include <unordered_set>

#include "araz/base/check.hpp"
#include "araz/base/text.hpp"

namespace araz::folder {

namespace {

double through_text(double value, std::chars_format format, int digits) {
    std::array<char, 400> buffer{};
    const auto written = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format, digits);
    double out = value;
    std::from_chars(buffer.data(), written.ptr, out);
    return out;
}

/// Without the noise below 15 significant digits that conversions of units leave.
double clean(double value) {
    return through_text(value, std::chars_format::general, 15);
}

/// Full width of the band of a switched shunt that states none, p.u.
constexpr double default_shunt_band = 0.04;

/// Ratings are stated to 0.1 MVA: nobody knows them better.
double tenth(double value) {
    return clean(through_text(value, std::chars_format::fixed, 1));
}

/// The cells of one row by the names of their columns.
class Reader {
public:
    Reader(const Table& table, const Row& row) : table_(table), row_(row) {}

    [[nodiscard]] const Cell& cell(std::string_view column) const { return row_.cells[table_.at(column)]; }
    [[nodiscard]] const std::string& text(std::string_view column) const { return cell(column).text; }
    [[nodiscard]] double number(std::string_view column, double missing = 0.0) const {
        return number_of(cell(column), missing);
    }
    [[nodiscard]] bool has(std::string_view column) const { return !text(column).empty(); }
    [[nodiscard]] bool flag(std::string_view column) const { return number(column) > 0.0; }
    [[nodiscard]] int integer(std::string_view column, int missing) const {
        return static_cast<int>(number(column, missing));
    }
    [[nodiscard]] BusId bus(std::string_view column) const { return BusId{parse_integer(text(column)).value_or(0)}; }

private:
    const Table& table_;
    const Row& row_;
};

class CaseBuilder {
public:
    CaseBuilder(const Header& header, const Tables& tables, const Files& files, bool with_state)
        : header_(header), tables_(tables), files_(files), with_state_(with_state) {}

    Case build();

private:
    void areas(const Table& table, std::vector<AreaRow>& out);
    void buses();
    void loads_and_shunts();
    void add_shunt_device(const Reader& in, double now);
    void add_transformer_devices(const Reader& in);
    void stored_state();
    void lines();
    void transformers();
    void switches();
    void generators();
    void add_reactive_rule(const Reader& in, GeneratorRow& unit);
    static void curtail(const Reader& in, GeneratorRow& unit);
    void dc_lines();
    void isolate_unreached_buses();

    /// `columns`: in the order of the MATPOWER table, in which checks name them; "" for one that is not here.
    [[nodiscard]] RowSource source(const Table& table, const Row& row,
                                   std::initializer_list<std::string_view> columns) const;
    [[nodiscard]] BusRow& bus(const std::string& key) { return grid_.buses[bus_rows_.at(key)]; }

    const Header& header_;
    const Tables& tables_;
    const Files& files_;
    bool with_state_;
    Case grid_;
    std::map<std::string, std::size_t> bus_rows_;
};

RowSource CaseBuilder::source(const Table& table, const Row& row,
                              std::initializer_list<std::string_view> columns) const {
    RowSource out;
    out.file = row.place.file;
    out.line = row.place.line;
    for (const std::string_view column : columns) {
        const Place place = column.empty() ? Place{} : row.cells[table.at(column)].place;
        const bool here = place.file == out.file && place.line == out.line;  // an overlay may have set it
        out.columns.push_back(here ? files_.locate(place).column : 0);
    }
    return out;
}

void CaseBuilder::areas(const Table& table, std::vector<AreaRow>& out) {
    for (const Row& row : table.rows()) {
        AreaRow& area = out.emplace_back();
        area.area = static_cast<int>(number_of(row.key()));
        area.name = Reader(table, row).text("name");
        area.source = source(table, row, {table.spec().key()});
    }
}

void CaseBuilder::buses() {
    const Table& table = tables_["buses"];
    for (const Row& row : table.rows()) {
        const Reader in(table, row);
        bus_rows_.emplace(row.key().text, grid_.buses.size());
        BusRow& out = grid_.buses.emplace_back();
        out.bus = in.bus("bus");
        out.type = in.text("kind") == "slack" ? BusType::slack : in.text("kind") == "pv" ? BusType::pv : BusType::pq;
        out.area = in.integer("area", 1);
        out.zone = in.integer("zone", 1);
        out.vm_pu = in.number("vm_set_pu", 1.0);
        out.base_kv = in.number("base_kv");
        out.vmax_pu = in.number("vmax_pu");
        out.vmin_pu = in.number("vmin_pu");
        out.name = in.text("name");
        out.source =
            source(table, row,
                   {"bus", "kind", "", "", "", "", "area", "vm_set_pu", "", "base_kv", "zone", "vmax_pu", "vmin_pu"});
    }
}

void CaseBuilder::loads_and_shunts() {
    const Table& loads = tables_["loads"];
    std::map<std::string, LoadMix> mixes;
    for (const Row& row : loads.rows()) {
        const Reader in(loads, row);
        BusRow& at = bus(in.text("bus"));
        at.pd_mw += in.number("p_mw");
        at.qd_mvar += in.number("q_mvar");
        LoadMix& sum = mixes[in.text("bus")];  // MW and MVAr here
        sum.p_z += in.number("p_mw") * in.number("pz_percent") / 100.0;
        sum.p_i += in.number("p_mw") * in.number("pi_percent") / 100.0;
        sum.q_z += in.number("q_mvar") * in.number("qz_percent") / 100.0;
        sum.q_i += in.number("q_mvar") * in.number("qi_percent") / 100.0;
    }
    for (auto& [key, sum] : mixes) {
        if (sum.constant()) continue;
        const BusRow& at = bus(key);
        const auto part = [](double value, double whole) { return whole != 0.0 ? value / whole : 0.0; };
        LoadMix mix;
        mix.p_z = part(sum.p_z, at.pd_mw);
        mix.p_i = part(sum.p_i, at.pd_mw);
        mix.q_z = part(sum.q_z, at.qd_mvar);
        mix.q_i = part(sum.q_i, at.qd_mvar);
        grid_.load_models.push_back({at.bus, mix});
    }
    const Table& shunts = tables_["shunts"];
    for (const Row& row : shunts.rows()) {
        const Reader in(shunts, row);
        if (!in.flag("in_service")) continue;
        const double steps = in.number("steps", 1.0);
        const double now = in.number("q_mvar_at_1pu") * (in.number("steps_on", steps) / steps);
        bus(in.text("bus")).bs_mvar += now;
        if (in.has("controlled_bus")) add_shunt_device(in, now);
    }
    for (BusRow& at : grid_.buses) {
        at.pd_mw = clean(at.pd_mw);
        at.qd_mvar = clean(at.qd_mvar);
        at.bs_mvar = clean(at.bs_mvar);
    }
}

// A bank in steps, or a compensator between its limits.
void CaseBuilder::add_shunt_device(const Reader& in, double now) {
    const bool compensator = in.text("kind") == "svc" || in.text("kind") == "statcom";
    DeviceRow device;
    device.kind = compensator ? DeviceKind::svc : DeviceKind::shunt;
    device.bus = in.bus("bus");
    device.controlled_bus = in.bus("controlled_bus");
    device.low = compensator ? in.number("q_min_mvar_at_1pu") : 0.0;
    device.high = in.number(compensator ? "q_max_mvar_at_1pu" : "q_mvar_at_1pu");
    device.steps = compensator ? 0 : in.integer("steps", 1);
    device.at = now;
    device.target = in.number("v_target_pu", 1.0);
    device.deadband = compensator ? 0.0 : in.number("deadband_pu", default_shunt_band);
    device.slope_percent = in.number("slope_percent");
    device.limits_current = in.text("kind") == "statcom";
    device.id = in.text("shunt");
    grid_.devices.push_back(device);
}

// Deadband without a word from the case: twice the step, so that one step from its edge stays inside.
void CaseBuilder::add_transformer_devices(const Reader& in) {
    const BranchRow& branch = grid_.branches.back();
    DeviceRow device;
    device.branch = static_cast<int>(grid_.branches.size()) - 1;
    device.id = branch.id;
    if (in.has("controlled_bus") && in.has("tap_min") && in.has("tap_max")) {
        device.kind = DeviceKind::tap;
        device.controlled_bus = in.bus("controlled_bus");
        device.low = in.number("tap_min");
        device.high = in.number("tap_max");
        device.steps = in.integer("tap_steps", 0);
        device.at = branch.ratio;
        device.target = in.number("v_target_pu", 1.0);
        device.deadband = in.number("deadband_pu", device.steps > 0 ? clean(2.0 * (device.high - device.low) / device.steps) : 0.0);
        grid_.devices.push_back(device);
    }
    if (!in.has("shift_min_deg") || !in.has("shift_max_deg")) return;
    if (!in.has("p_target_mw") && !in.has("i_target_a") && !in.has("i_limit_a")) return;
    device.kind = DeviceKind::phase;
    device.controlled_bus = BusId{};
    device.rule = in.has("i_target_a")  ? PhaseRule::current
                  : in.has("i_limit_a") ? PhaseRule::current_limit
                                        : PhaseRule::power;
    device.low = in.number("shift_min_deg");
    device.high = in.number("shift_max_deg");
    device.steps = in.integer("shift_steps", 0);
    device.at = branch.shift_deg;
    device.target = in.number("p_target_mw", in.number("i_target_a", in.number("i_limit_a")));
    device.deadband = in.number(device.rule == PhaseRule::power ? "p_deadband_mw" : "i_deadband_a");
    if (device.rule == PhaseRule::current_limit) device.deadband = 0.0;
    grid_.devices.push_back(device);
}

// A switch has no impedance: closed, it joins its buses.
void CaseBuilder::switches() {
    const Table& table = tables_["switches"];
    for (const Row& row : table.rows()) {
        const Reader in(table, row);
        BranchRow& out = grid_.branches.emplace_back();
        out.from_bus = in.bus("from_bus");
        out.to_bus = in.bus("to_bus");
        out.rate_a_mva = out.rate_b_mva = out.rate_c_mva = in.number("rate_a_mva");
        out.in_service = in.flag("closed");
        out.id = in.text("switch");
        out.name = in.has("name") ? in.text("name") : in.text("switch");
        out.source = source(table, row, {"from_bus", "to_bus", "", "", "", "rate_a_mva", "rate_a_mva", "rate_a_mva", "", "", "closed"});
    }
}

void CaseBuilder::stored_state() {
    if (!with_state_) return;
    const Table& table = tables_["state"];
    for (const Row& row : table.rows()) {
        const Reader in(table, row);
        BusRow& at = bus(in.text("bus"));
        if (at.type == BusType::isolated) continue;
        at.vm_pu = in.number("vm_pu");
        at.va_deg = in.number("va_deg");
    }
}

void CaseBuilder::lines() {
    const Table& table = tables_["lines"];
    const Table& types = tables_["line_types"];
    for (const Row& row : table.rows()) {
        const Reader in(table, row);
        const Row* type = types.find(in.text("type"));
        ARAZ_CHECK(type != nullptr, in.text("type"));
        const Reader per_km(types, *type);
        const BusRow& from = bus(in.text("from_bus"));
        const double z_base_ohm = from.base_kv * from.base_kv / header_.base_mva;
        const double km = in.number("km");
        const double mva_per_ampere = std::sqrt(3.0) * from.base_kv / 1000.0;
        double summer = per_km.number("ampacity_summer_a") * mva_per_ampere;
        double winter = per_km.number("ampacity_winter_a") * mva_per_ampere;
        if (in.has("rate_a_mva"))
            summer = winter = in.number("rate_a_mva");  // something else than the conductor limits it

        BranchRow& out = grid_.branches.emplace_back();
        out.from_bus = in.bus("from_bus");
        out.to_bus = in.bus("to_bus");
        out.r_pu = clean(per_km.number("r_ohm_per_km") * km / z_base_ohm);
        out.x_pu = clean(per_km.number("x_ohm_per_km") * km / z_base_ohm);
        out.b_pu = clean(per_km.number("b_us_per_km") * 1e-6 * km * z_base_ohm);
        out.rate_a_mva = tenth(summer);
        out.rate_b_mva = tenth(winter);
        out.rate_c_mva = tenth(1.1 * summer);  // for a short time
        out.in_service = in.flag("in_service");
        out.id = in.text("line");
        out.name =
            from.name + " - " + bus(in.text("to_bus")).name + (in.has("circuit") ? " " + in.text("circuit") : "");
        out.source = source(table, row,
                            {"from_bus", "to_bus", "type", "type", "km", "rate_a_mva", "rate_a_mva", "rate_a_mva", "",
                             "", "in_service"});
    }
}

void CaseBuilder::transformers() {
    const Table& table = tables_["transformers"];
    std::map<std::pair<std::string, std::string>, int> units;  // between the same two buses
    for (const Row& row : table.rows()) {
        const Reader in(table, row);
        const double count = in.number("parallel", 1.0);
        const double mva = in.number("mva");
        const double z = in.number("uk_percent") / 100.0 * header_.base_mva / mva / count;
        const double x_over_r = in.number("x_over_r");
        const double r = z / std::sqrt(1.0 + x_over_r * x_over_r);

        BranchRow& out = grid_.branches.emplace_back();
        out.from_bus = in.bus("from_bus");
        out.to_bus = in.bus("to_bus");
        out.r_pu = clean(r);
        out.x_pu = clean(r * x_over_r);
        out.rate_a_mva = out.rate_b_mva = clean(mva * count);
        out.rate_c_mva = tenth(1.2 * mva * count);
        out.ratio = in.number("tap_ratio");
        out.shift_deg = in.number("shift_deg");
        out.in_service = in.flag("in_service");
        out.id = in.text("transformer");
        const int unit = ++units[{in.text("from_bus"), in.text("to_bus")}];
        out.name = bus(in.text("from_bus")).name + " - " + bus(in.text("to_bus")).name + " T" + std::to_string(unit);
        out.source = source(table, row,
                            {"from_bus", "to_bus", "x_over_r", "uk_percent", "", "mva", "mva", "mva", "tap_ratio",
                             "shift_deg", "in_service"});
        add_transformer_devices(in);
    }
}

// The dead band lies around the set-point of the unit.
void CaseBuilder::add_reactive_rule(const Reader& in, GeneratorRow& unit) {
    const std::string& word = in.text("q_mode");
    unit.reactive.mode = word == "fixed_q"    ? ReactiveMode::fixed_q
                         : word == "fixed_pf" ? ReactiveMode::fixed_pf
                         : word == "q_of_v"   ? ReactiveMode::q_of_v
                         : word == "q_of_p"   ? ReactiveMode::q_of_p
                                              : ReactiveMode::voltage;
    if (unit.reactive.mode == ReactiveMode::fixed_pf) unit.reactive.power_factor = in.number("power_factor", 1.0);
    if (unit.reactive.mode == ReactiveMode::q_of_v) {
        unit.reactive.v_ref_pu = unit.vg_pu;
        unit.reactive.slope_percent = in.number("q_slope_percent");
        unit.reactive.deadband_pu = in.number("q_deadband_pu");
    }
    if (unit.reactive.mode == ReactiveMode::q_of_v || unit.reactive.mode == ReactiveMode::q_of_p)
        if (auto points = points_of(in.text("q_points"))) unit.reactive.points = *std::move(points);
    if (unit.reactive.mode != ReactiveMode::voltage) return;
    if (in.has("regulated_bus") && in.bus("regulated_bus") != unit.bus) unit.regulated_bus = in.bus("regulated_bus");
    unit.reactive_share = in.number("reactive_share");
}

// P = min(available, limit); a dispatch below both stays as it is.
void CaseBuilder::curtail(const Reader& in, GeneratorRow& unit) {
    if (in.has("p_limit_mw")) unit.p_limit_mw = in.number("p_limit_mw");
    if (in.has("p_limit_percent"))
        unit.p_limit_mw = std::min(unit.p_limit_mw, clean(in.number("p_limit_percent") / 100.0 * in.number("pmax_mw")));
    if (std::isinf(unit.p_limit_mw)) return;
    unit.available_mw = unit.pg_mw;
    unit.pg_mw = std::min(unit.pg_mw, unit.p_limit_mw);
    unit.pmax_mw = std::min(unit.pmax_mw, unit.p_limit_mw);
}

void CaseBuilder::generators() {
    const Table& table = tables_["generators"];
    for (const Row& row : table.rows()) {
        const Reader in(table, row);
        GeneratorRow& out = grid_.generators.emplace_back();
        out.bus = in.bus("bus");
        out.pg_mw = in.number("p_mw");
        out.qg_mvar = in.number("q_mvar", 0.0);
        out.qmax_mvar = in.number("qmax_mvar");
        out.qmin_mvar = in.number("qmin_mvar");
        out.vg_pu = in.number("vm_set_pu");
        out.mbase_mva = header_.base_mva;
        out.in_service = in.flag("in_service");
        out.pmax_mw = in.number("available_mw", in.number("pmax_mw"));
        out.pmin_mw = in.number("pmin_mw");
        add_reactive_rule(in, out);
        curtail(in, out);
        out.fuel = in.text("fuel");
        out.type = in.text("gentype");
        out.name = in.text("name");
        out.id = in.text("generator");
        out.source = source(table, row,
                            {"bus", "p_mw", in.has("q_mvar") ? "q_mvar" : "", "qmax_mvar", "qmin_mvar", "vm_set_pu", "", "in_service",
                             in.has("available_mw") ? "available_mw" : "pmax_mw", "pmin_mw", "", "", "", "", "", "", "", "", "",
                             "", "", "q_mode", "power_factor", "q_slope_percent", "q_points", "regulated_bus", "reactive_share",
                             in.has("p_limit_mw") ? "p_limit_mw" : "p_limit_percent"});
    }
}

void CaseBuilder::dc_lines() {
    grid_.dc_lines_active = true;
    const Table& table = tables_["hvdc"];
    for (const Row& row : table.rows()) {
        const Reader in(table, row);
        const double loss = in.number("loss_percent") / 100.0;
        DcLineRow& out = grid_.dc_lines.emplace_back();
        out.from_bus = in.bus("from_bus");
        out.to_bus = in.bus("to_bus");
        out.in_service = in.flag("in_service");
        out.pf_mw = in.number("p_mw");
        out.pt_mw = clean(out.pf_mw * (1.0 - loss));
        out.vf_pu = in.number("vm_set_from_pu");
        out.vt_pu = in.number("vm_set_to_pu");
        out.pmin_mw = in.number("pmin_mw");
        out.pmax_mw = in.number("pmax_mw");
        out.qminf_mvar = out.qmint_mvar = in.number("qmin_mvar");
        out.qmaxf_mvar = out.qmaxt_mvar = in.number("qmax_mvar");
        out.loss1 = clean(loss);
        read_converters(table, row, out);
        out.name = in.text("name");
        out.id = in.text("hvdc");
        out.source = source(table, row,
                            {"from_bus", "to_bus", "in_service", "p_mw", "", "", "", "vm_set_from_pu", "vm_set_to_pu",
                             "pmin_mw", "pmax_mw"});
    }
}

// A bus that nothing in service reaches belongs to a plan that is not built in this variant.
void CaseBuilder::isolate_unreached_buses() {
    std::unordered_set<std::int64_t> reached;
    const auto reach = [&](const auto& rows) {
        for (const auto& row : rows) {
            if (!row.in_service) continue;
            reached.insert(number(row.from_bus));
            reached.insert(number(row.to_bus));
        }
    };
    reach(grid_.branches);
    reach(grid_.dc_lines);
    for (BusRow& at : grid_.buses)
        if (!reached.contains(number(at.bus))) at.type = BusType::isolated;
}

Case CaseBuilder::build() {
    grid_.name = header_.name;
    grid_.format = "case-folder";
    grid_.base_mva = header_.base_mva;
    grid_.frequency_hz = header_.frequency_hz;
    areas(tables_["areas"], grid_.areas);
    areas(tables_["zones"], grid_.zones);
    buses();
    loads_and_shunts();
    lines();
    transformers();
    switches();
    generators();
    dc_lines();
    isolate_unreached_buses();
    stored_state();
    return std::move(grid_);
}

}  // namespace

Case convert_case(const Header& header, const Tables& tables, const Files& files, bool with_state) {
    return CaseBuilder(header, tables, files, with_state).build();
}

}  // namespace araz::folder

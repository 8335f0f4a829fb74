// Values of a case folder that are possible one by one and yet do not fit together: a length that the map
// contradicts, a load that no branch of its bus could carry.
#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>
#include <unordered_map>

#include "araz/base/text.hpp"
#include "case_folder_convert.hpp"

namespace araz::folder {

namespace {

struct Position {
    double lat_deg = 0.0;
    double lon_deg = 0.0;
};

double great_circle_km(const Position& a, const Position& b) {
    constexpr double earth_radius_km = 6371.0088;  // mean radius, IUGG
    constexpr double radian = std::numbers::pi / 180.0;
    const double up = std::sin((b.lat_deg - a.lat_deg) * radian / 2.0);
    const double along = std::sin((b.lon_deg - a.lon_deg) * radian / 2.0);
    const double h = up * up + std::cos(a.lat_deg * radian) * std::cos(b.lat_deg * radian) * along * along;
    return 2.0 * earth_radius_km * std::asin(std::sqrt(std::min(h, 1.0)));
}

std::string rounded(double value) {
    return shortest(std::round(value * 10.0) / 10.0);
}

class Plausibility {
public:
    Plausibility(const Case& grid, const Tables& tables, Report& report)
        : grid_(grid), tables_(tables), report_(report) {}

    void check();

private:
    void check_lengths();
    void check_line_voltages();
    void check_shunt_steps();
    void check_taps();
    void check_shifts();
    void check_switch_voltages();
    void check_power_scale();
    void check_powers(const Table& table, std::string_view column);
    void note_unused_data();

    [[nodiscard]] const Cell& cell(const Table& table, const Row& row, std::string_view column) const {
        return row.cells[table.at(column)];
    }
    [[nodiscard]] const Row* bus_of(const Cell& key) const { return tables_["buses"].find(key.text); }
    [[nodiscard]] std::optional<Position> position(const Cell& bus) const;

    const Case& grid_;
    const Tables& tables_;
    Report& report_;
    std::unordered_map<std::string, double> rating_mva_;  // of all branches of a bus, in service or not
};

std::optional<Position> Plausibility::position(const Cell& bus) const {
    const Row* row = bus_of(bus);
    const Table& substations = tables_["substations"];
    const Row* site = row == nullptr ? nullptr : substations.find(cell(tables_["buses"], *row, "substation").text);
    if (site == nullptr) return std::nullopt;
    return Position{number_of(cell(substations, *site, "lat")), number_of(cell(substations, *site, "lon"))};
}

// A line is longer than the straight way, but not by much; positions are often known to some km only.
void Plausibility::check_lengths() {
    const Table& lines = tables_["lines"];
    for (const Row& row : lines.rows()) {
        const auto from = position(cell(lines, row, "from_bus"));
        const auto to = position(cell(lines, row, "to_bus"));
        if (!from || !to) continue;
        const Cell& length = cell(lines, row, "km");
        const double km = number_of(length);
        const double straight = great_circle_km(*from, *to);
        if (km > 3.0 * straight + 10.0)
            report_.error(length.place, {"AZ1416", lines.label(row),
                                         lines.label(row) + " is " + rounded(km) + " km long, its ends are " +
                                             rounded(straight) + " km apart",
                                         "more than three times the straight way and 10 km",
                                         "is the length given in m, or is a substation in the wrong place?"});
        else if (km < 0.5 * straight)
            report_.warning(
                length.place,
                {"AZ1416", lines.label(row),
                 lines.label(row) + " is " + rounded(km) + " km long, its ends are " + rounded(straight) + " km apart",
                 "less than half of the straight way", "check the length and the positions of both substations"});
    }
}

void Plausibility::check_line_voltages() {
    const Table& lines = tables_["lines"];
    const Table& types = tables_["line_types"];
    for (const Row& row : lines.rows()) {
        const Cell& type = cell(lines, row, "type");
        const double kv = number_of(cell(types, *types.find(type.text), "base_kv"));
        const double bus_kv = number_of(cell(tables_["buses"], *bus_of(cell(lines, row, "from_bus")), "base_kv"));
        if (std::abs(kv - bus_kv) <= 0.1 * bus_kv) continue;
        report_.warning(type.place, {"AZ1417", lines.label(row),
                                     lines.label(row) + " is of a type for " + shortest(kv) + " kV and stands at " +
                                         shortest(bus_kv) + " kV",
                                     "a type for another voltage", "choose a type for this voltage, or add one"});
    }
}

void Plausibility::check_shunt_steps() {
    const Table& shunts = tables_["shunts"];
    for (const Row& row : shunts.rows()) {
        const Cell& on = cell(shunts, row, "steps_on");
        const double steps = number_of(cell(shunts, row, "steps"), 1.0);
        if (number_of(on, steps) <= steps) continue;
        report_.error(on.place,
                      {"AZ1406", shunts.label(row),
                       shunts.label(row) + " has " + on.text + " of " + shortest(steps) + " steps switched on",
                       "expected 0 to " + shortest(steps)});
    }
}

void Plausibility::check_taps() {
    const Table& units = tables_["transformers"];
    for (const Row& row : units.rows()) {
        const Cell& low = cell(units, row, "tap_min");
        const Cell& high = cell(units, row, "tap_max");
        const Cell& tap = cell(units, row, "tap_ratio");
        const double from = number_of(low, 0.0);
        const double to = number_of(high, std::numeric_limits<double>::infinity());
        if (from > to)
            report_.error(low.place, {"AZ1406", units.label(row),
                                      units.label(row) + ": tap_min " + low.text + " is above tap_max " + high.text,
                                      "expected up to " + high.text, "exchange the two ends"});
        else if (number_of(tap) < from || number_of(tap) > to)
            report_.error(tap.place, {"AZ1406", units.label(row),
                                      units.label(row) + ": tap_ratio " + tap.text + " is outside its own range",
                                      "tap_min is " + (low.text.empty() ? "not given" : low.text) + ", tap_max " +
                                          (high.text.empty() ? "not given" : high.text)});
    }
}

// What a phase shifter holds, and the range that it moves in.
void Plausibility::check_shifts() {
    const Table& units = tables_["transformers"];
    for (const Row& row : units.rows()) {
        const auto refuse = [&](const char* column, const std::string& message, const std::string& label, const std::string& hint) {
            report_.error(cell(units, row, column).place, {"AZ1426", units.label(row), units.label(row) + ": " + message, label, hint});
        };
        std::vector<const char*> held;
        for (const char* column : {"p_target_mw", "i_target_a", "i_limit_a"})
            if (!cell(units, row, column).text.empty()) held.push_back(column);
        if (held.size() > 1)
            refuse(held[1], std::string(held[1]) + " is given beside " + held[0], "a shift holds one quantity", "leave one of the cells empty");
        const Cell& low = cell(units, row, "shift_min_deg");
        const Cell& high = cell(units, row, "shift_max_deg");
        const Cell& now = cell(units, row, "shift_deg");
        if (!held.empty() && (low.text.empty() || high.text.empty()))
            refuse(held[0], std::string(held[0]) + " is given without a range of the shift", "shift_min_deg and shift_max_deg are needed",
                   "give both ends, or leave the cell empty");
        if (low.text.empty() || high.text.empty()) continue;
        if (number_of(low) > number_of(high))
            refuse("shift_min_deg", "shift_min_deg " + low.text + " is above shift_max_deg " + high.text, "expected up to " + high.text,
                   "exchange the two ends");
        else if (number_of(now) < number_of(low) || number_of(now) > number_of(high))
            refuse(now.text.empty() ? "shift_min_deg" : "shift_deg", "shift_deg " + (now.text.empty() ? "0" : now.text) + " is outside its own range",
                   "shift_min_deg is " + low.text + ", shift_max_deg " + high.text, "");
    }
}

// Buses that a switch joins have one voltage.
void Plausibility::check_switch_voltages() {
    const Table& switches = tables_["switches"];
    for (const Row& row : switches.rows()) {
        const auto kv_of = [&](const char* column) { return cell(tables_["buses"], *bus_of(cell(switches, row, column)), "base_kv").text; };
        const std::string from = kv_of("from_bus");
        const std::string to = kv_of("to_bus");
        if (std::abs(*parse_double(from) - *parse_double(to)) <= 1e-9 * *parse_double(from)) continue;
        report_.error(cell(switches, row, "to_bus").place,
                      {"AZ1427", switches.label(row), switches.label(row) + " joins a bus of " + from + " kV with one of " + to + " kV",
                       "a switch has one nominal voltage", "put a transformer between the two, or fix the bus"});
    }
}

// kW read as MW: ten times more than all branches of the bus together could carry.
void Plausibility::check_powers(const Table& table, std::string_view column) {
    for (const Row& row : table.rows()) {
        const Cell& power = cell(table, row, column);
        const double mw = std::abs(number_of(power));
        const auto rating = rating_mva_.find(cell(table, row, "bus").text);
        if (rating == rating_mva_.end() || !(rating->second > 0.0) || mw <= 10.0 * rating->second) continue;
        report_.error(power.place,
                      {"AZ1415", table.label(row),
                       table.label(row) + ": " + std::string(column) + " is " + shortest(mw) + " MW: given in kW?",
                       "all branches of its bus together carry " + rounded(rating->second) + " MVA",
                       "the column is in MW: " + shortest(mw / 1000.0) + " MW?"});
    }
}

void Plausibility::check_power_scale() {
    const auto add = [&](BusId bus, double mva) { rating_mva_[std::to_string(number(bus))] += mva; };
    for (const BranchRow& branch : grid_.branches) {
        add(branch.from_bus, branch.rate_a_mva);
        add(branch.to_bus, branch.rate_a_mva);
    }
    for (const DcLineRow& line : grid_.dc_lines) {
        add(line.from_bus, std::abs(line.pmax_mw));
        add(line.to_bus, std::abs(line.pmax_mw));
    }
    check_powers(tables_["loads"], "p_mw");
    check_powers(tables_["generators"], "p_mw");
    check_powers(tables_["generators"], "pmax_mw");
}

// What a Case has no place for yet, said once, so that nobody believes it to be at work.
void Plausibility::note_unused_data() {
    const auto filled = [&](std::string_view table_name, std::string_view column, std::string_view without = {}) {
        const Table& table = tables_[table_name];
        return std::count_if(table.rows().begin(), table.rows().end(), [&](const Row& row) {
            return !cell(table, row, column).text.empty() && (without.empty() || cell(table, row, without).text.empty());
        });
    };
    std::vector<std::string> parts;
    const auto note = [&](std::ptrdiff_t n, const char* what) {
        if (n > 0) parts.push_back(std::to_string(n) + " " + what);
    };
    note(filled("transformers", "tap_steps", "controlled_bus"), "tap ranges without a controlled bus");
    note(filled("shunts", "steps", "controlled_bus"), "shunts with switched steps but no controlled bus");
    note(filled("generators", "profile"), "units with an hourly profile");
    if (parts.empty()) return;
    report_.info({}, {"AZ1418", "", "read, but not part of the network model: " + join(parts, ", "), "",
                      "--controls moves equipment that has a controlled bus; the rest stays as the tables and the operating point set it"});
}

void Plausibility::check() {
    check_lengths();
    check_line_voltages();
    check_shunt_steps();
    check_taps();
    check_shifts();
    check_switch_voltages();
    check_power_scale();
    note_unused_data();
}

}  // namespace

void check_plausibility(const Case& grid, const Tables& tables, Report& report) {
    Plausibility(grid, tables, report).check();
}

}  // namespace araz::folder

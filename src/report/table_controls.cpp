#include "table_pf.hpp"
#include "table_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "table_words.hpp"

namespace araz {

namespace {

std::string place(const ControlResult& row) {
    return row.branch != 0 ? "branch " + whole(row.branch) : "bus " + whole(row.bus);
}

std::string position(const ControlResult& row) {
    if (std::isnan(row.position)) return "-";
    return fmt::format("{:g} from {:g}", row.position, row.position_before);
}

bool is_off(const ControlResult& row) { return row.state != "in_band" && row.state != "held"; }

}  // namespace

std::string control_table(const std::vector<ControlResult>& controls, const std::vector<ControlActionResult>& actions,
                          const TableOptions& options) {
    if (controls.empty()) return {};
    std::vector<const ControlResult*> worth;
    for (const ControlResult& row : controls)
        if (is_off(row) || row.value != row.value_before) worth.push_back(&row);
    std::stable_partition(worth.begin(), worth.end(), [](const ControlResult* row) { return is_off(*row); });
    const auto off = std::count_if(controls.begin(), controls.end(), is_off);
    std::string out = fmt::format("\nControls: {} devices, {} moved or off target ({} off target), {} moves\n", controls.size(),
                                  worth.size(), off, actions.size());
    TextTable table({{"control", Align::left}, {"at", Align::left}, {"id", Align::left}, {"state", Align::left}, {"position"}, {"value"},
                     {"before"}, {"unit", Align::left}, {"measured"}, {"target"}, {"unit", Align::left}});
    const std::size_t shown = rows_shown(worth.size(), options.limit);
    for (std::size_t i = 0; i < shown; ++i) {
        const ControlResult& row = *worth[i];
        table.add({row.control, place(row), cell(row.id), row.state, position(row), fixed(row.value, 4), fixed(row.value_before, 4),
                   row.value_unit, fixed(row.measured, 4), fixed(row.target, 4), row.measured_unit},
                  is_off(row));
    }
    return out + section("Devices that moved or are off target", table, options.color, shown, worth.size());
}

}  // namespace araz

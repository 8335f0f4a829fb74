#include "araz/model/end_state.hpp"

#include <cmath>
#include <unordered_map>

namespace araz {

namespace {

GeneratorRow converter(BusId bus, double p_mw, double q_mvar, double q_min, double q_max, double v_set, const std::string& name) {
    GeneratorRow unit;
    unit.bus = bus;
    unit.pg_mw = unit.pmin_mw = unit.pmax_mw = p_mw;
    unit.qg_mvar = q_mvar;
    unit.qmin_mvar = q_min;
    unit.qmax_mvar = q_max;
    unit.vg_pu = v_set;
    unit.name = name;
    return unit;
}

}  // namespace

Case with_end_state(Case grid, const EndState& state) {
    std::unordered_map<std::int64_t, BusRow*> rows;
    for (BusRow& bus : grid.buses) rows.emplace(number(bus.bus), &bus);
    for (const EndStateGenerator& unit : state.generators)
        if (unit.generator >= 1 && unit.generator <= static_cast<int>(grid.generators.size()))
            grid.generators[static_cast<std::size_t>(unit.generator) - 1].pg_mw = unit.p_mw;
    for (const EndStateDcLine& line : state.dc_lines) {
        if (line.dc_line < 1 || line.dc_line > static_cast<int>(grid.dc_lines.size())) continue;
        DcLineRow& row = grid.dc_lines[static_cast<std::size_t>(line.dc_line) - 1];
        row.pf_mw = line.p_from_mw;
        row.pt_mw = dc_flow(law_of(row), row.pf_mw).p_to;
        row.ac_emulation = false;
    }
    for (const EndStateLoad& load : state.loads) {
        const auto found = rows.find(load.bus);
        if (found == rows.end()) continue;
        found->second->pd_mw = load.p_mw;
        found->second->qd_mvar = load.q_mvar;
    }
    for (const EndStateBus& bus : state.buses) {
        const auto found = rows.find(bus.bus);
        if (found == rows.end()) continue;
        found->second->vm_pu = bus.vm_pu;
        found->second->va_deg = bus.va_deg;
    }
    return grid;
}

const DeviceRow* device_of(const Case& grid, const ControlResult& found) {
    if (found.device < 1 || found.device > static_cast<int>(grid.devices.size())) return nullptr;
    const DeviceRow& row = grid.devices[static_cast<std::size_t>(found.device) - 1];
    const bool on_branch = row.kind == DeviceKind::tap || row.kind == DeviceKind::phase;
    return on_branch == (found.branch != 0) && (!on_branch || found.branch == row.branch + 1) ? &row : nullptr;
}

Case with_devices(Case grid, const std::vector<ControlResult>& controls) {
    for (const ControlResult& found : controls) {
        const DeviceRow* row = device_of(grid, found);
        if (row == nullptr) continue;
        if (row->kind == DeviceKind::tap) grid.branches[static_cast<std::size_t>(row->branch)].ratio = found.value;
        else if (row->kind == DeviceKind::phase) grid.branches[static_cast<std::size_t>(row->branch)].shift_deg = found.value;
        else
            for (BusRow& bus : grid.buses)
                if (bus.bus == row->bus) bus.bs_mvar += found.value - row->at;
    }
    return grid;
}

Case dc_lines_as_units(Case grid) {
    if (!grid.dc_lines_active) return grid;
    std::unordered_map<std::int64_t, BusRow*> rows;
    for (BusRow& bus : grid.buses) rows.emplace(number(bus.bus), &bus);
    const bool costs = grid.gen_costs.size() == grid.generators.size() && !grid.gen_costs.empty();
    if (!costs) grid.gen_costs.clear();
    const auto add = [&](GeneratorRow unit, bool regulates) {
        BusRow& bus = *rows.at(number(unit.bus));
        if (regulates && bus.type == BusType::pq) bus.type = BusType::pv;
        unit.mbase_mva = grid.base_mva;
        grid.generators.push_back(std::move(unit));
        if (!costs) return;
        GenCostRow free;
        free.model = 2;
        free.coefficients = {0.0, 0.0};
        grid.gen_costs.push_back(free);
    };
    for (std::size_t k = 0; k < grid.dc_lines.size(); ++k) {
        const DcLineRow& given = grid.dc_lines[k];
        const DcLineRow line = as_dcline(given, given.pf_mw);
        if (!line.in_service || !rows.contains(number(line.from_bus)) || !rows.contains(number(line.to_bus))) continue;
        const std::string name = line.name.empty() ? "dc line " + std::to_string(k + 1) : line.name;
        add(converter(line.from_bus, -line.pf_mw, line.qf_mvar, line.qminf_mvar, line.qmaxf_mvar, line.vf_pu, name + " (from)"),
            holds_voltage(given, true));
        add(converter(line.to_bus, line.pt_mw, line.qt_mvar, line.qmint_mvar, line.qmaxt_mvar, line.vt_pu, name + " (to)"),
            holds_voltage(given, false));
    }
    grid.dc_lines.clear();
    grid.dc_lines_active = false;
    return grid;
}

}  // namespace araz

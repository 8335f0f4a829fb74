// One end state: that it is a state of the case, that it solves, and that it makes the exchange it claims.
#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <set>

#include "araz/base/text.hpp"
#include "certificate.hpp"
#include "state.hpp"
#include "own_dc.hpp"

namespace araz {

namespace {

using Complex = std::complex<double>;

// "secure" of "certificate.end_states.secure".
std::string end_name(const std::string& where) { return where.substr(where.rfind('.') + 1); }

// Every unit in service and every DC line that takes part stands there once.
bool check_rows(DirectionCheck& check, const EndState& state, const std::string& where) {
    Law law = check.law(end_name(where) + " rows", 0.0, "");
    std::set<int> units, lines;
    std::vector<unsigned char> fed(check.base_grid.n + 1, 0);
    const std::vector<int> part = own_parts(check.base_grid, {});
    for (int b = 0; b < check.base_grid.n; ++b)
        if (check.base_grid.reference[b] != 0) fed[part[b]] = 1;
    for (const OwnSource& source : check.base_grid.sources) {
        if (source.generator >= 0 && fed[part[source.node]] != 0) units.insert(source.generator + 1);
        if (source.dc_line >= 0) lines.insert(source.dc_line + 1);
    }
    for (const EndStateGenerator& unit : state.generators)
        law.see(units.erase(unit.generator) == 1 && std::isfinite(unit.p_mw), where + ".generators: generator " + std::to_string(unit.generator));
    for (const int row : units) law.see(false, where + ".generators: generator " + std::to_string(row) + " is missing");
    for (const EndStateDcLine& line : state.dc_lines)
        law.see(lines.erase(line.dc_line) == 1 && std::isfinite(line.p_from_mw), where + ".dc_lines: dc_line " + std::to_string(line.dc_line));
    for (const int row : lines) law.see(false, where + ".dc_lines: dc_line " + std::to_string(row) + " is missing");
    for (const EndStateLoad& load : state.loads)
        law.see(check.base_grid.row_of.contains(load.bus), where + ".loads: bus " + std::to_string(load.bus));
    std::set<std::int64_t> seen;
    for (const EndStateBus& bus : state.buses)
        law.see(check.base_grid.row_of.contains(bus.bus) && seen.insert(bus.bus).second && bus.vm_pu > 0.0,
                where + ".buses: bus " + std::to_string(bus.bus));
    const bool load_key = option_word(check.options(), "key", "headroom") == "load";
    law.see(state.loads.empty() || load_key, where + ".loads: no load moves with this key");
    law.report(check.report);
    return law.holds();
}

void apply(const EndState& state, Case& grid, const OwnGrid& base) {
    for (const EndStateGenerator& unit : state.generators) grid.generators[static_cast<std::size_t>(unit.generator) - 1].pg_mw = unit.p_mw;
    std::set<int> by_angle;
    for (const OwnEmulation& line : base.emulations) by_angle.insert(line.dc_line + 1);
    for (const EndStateDcLine& line : state.dc_lines)
        if (!by_angle.contains(line.dc_line)) grid.dc_lines[static_cast<std::size_t>(line.dc_line) - 1].pf_mw = line.p_from_mw;
    for (const EndStateLoad& load : state.loads) {
        BusRow& bus = grid.buses[static_cast<std::size_t>(base.row_of.at(load.bus))];
        bus.pd_mw = load.p_mw;
        bus.qd_mvar = load.q_mvar;
    }
}

// Kirchhoff's law at the listed voltages: names the bus where a listed figure does not fit.
void check_balance_of(DirectionCheck& check, const EndState& state, const OwnGrid& own, const std::string& where) {
    OwnState listed;
    listed.live.assign(static_cast<std::size_t>(own.n), 0);
    listed.v.assign(static_cast<std::size_t>(own.n), 0.0);
    listed.branch_out.assign(own.branches.size(), 0);
    for (const EndStateBus& bus : state.buses) {
        const int node = own.node_of[static_cast<std::size_t>(own.row_of.at(bus.bus))];
        if (node < 0) continue;
        listed.live[node] = 1;
        listed.v[node] = std::polar(bus.vm_pu, bus.va_deg * std::numbers::pi / 180.0);
    }
    Law carried = check.law(end_name(where) + " dc_emulation", check.tolerance.power_mw, "MW");
    std::vector<Complex> surplus(static_cast<std::size_t>(own.n));
    for (int b = 0; b < own.n; ++b) surplus[b] = -own.load[b] - std::norm(listed.v[b]) * std::conj(own.shunt[b]);
    std::vector<Complex> fed;
    for (const OwnSource& source : own.sources)
        fed.emplace_back(source.p, own.regulated[source.node] != 0 ? 0.0 : own_q(own, source, std::abs(listed.v[source.node])));
    for (const OwnEmulation& line : own.emulations) {
        const DcLineRow& row = own.grid->dc_lines[line.dc_line];
        const double angle = std::arg(listed.v[line.node[0]] / listed.v[line.node[1]]) * 180.0 / std::numbers::pi;
        const OwnDcEnds ends = own_dc_ends(row, own_dc_asked(row, angle, true));
        for (int end = 0; end < 2; ++end) fed[line.source[end]] = Complex(ends.p[end], ends.q[end]) / own.grid->base_mva;
        for (const EndStateDcLine& shown : state.dc_lines)
            if (shown.dc_line == line.dc_line + 1) carried.see(shown.p_from_mw - own_dc_asked(row, angle, true), where + ".dc_lines: dc_line " + std::to_string(shown.dc_line));
    }
    carried.report(check.report);
    for (std::size_t s = 0; s < own.sources.size(); ++s) surplus[own.sources[s].node] += fed[s];
    for (const OwnBranch& branch : own.branches) {
        const OwnFlow flow = own_flow(own, listed, branch.row);
        surplus[branch.from] -= flow.from;
        surplus[branch.to] -= flow.to;
    }
    Law law = check.law(end_name(where) + " balance", check.tolerance.power_mw, "MW");
    for (int b = 0; b < own.n; ++b) {
        if (listed.live[b] == 0) continue;
        std::string element = where + ".buses: bus " + std::to_string(number(check.grid.buses[own.bus_of[b]].bus));
        for (const int s : own.sources_at[b])
            if (own.sources[s].generator >= 0) element += " or " + where + ".generators: generator " + std::to_string(own.sources[s].generator + 1);
        law.see(surplus[b].real() * check.grid.base_mva, element);
        if (own.regulated[b] == 0) law.see(surplus[b].imag() * check.grid.base_mva, element);
    }
    law.report(check.report);
}

// The state solved again gives the listed voltages and the listed output of the references.
void check_solution(DirectionCheck& check, const EndState& state, const SolvedEnd& end, const std::string& where) {
    Law voltage = check.law(end_name(where) + " voltage", check.tolerance.voltage_pu, "p.u.");
    std::size_t live = 0;
    for (std::size_t i = 0; i < end.own.node_of.size(); ++i)
        if (end.own.node_of[i] >= 0 && end.intact.live[end.own.node_of[i]] != 0) ++live;
    voltage.see(state.buses.size() == live, where + ".buses: " + std::to_string(state.buses.size()) + " of " + std::to_string(live));
    for (const EndStateBus& bus : state.buses) {
        const int node = end.own.node_of[static_cast<std::size_t>(end.own.row_of.at(bus.bus))];
        const Complex listed = std::polar(bus.vm_pu, bus.va_deg * std::numbers::pi / 180.0);
        voltage.see(node < 0 ? HUGE_VAL : std::abs(listed - end.intact.v[node]), where + ".buses: bus " + std::to_string(bus.bus));
    }
    voltage.report(check.report);
    Law output = check.law(end_name(where) + " output", check.tolerance.power_mw, "MW");
    std::map<int, double> solved;
    for (std::size_t s = 0; s < end.own.sources.size(); ++s)
        if (end.own.sources[s].generator >= 0) solved[end.own.sources[s].generator + 1] = end.intact.source[s].real() * check.grid.base_mva;
    for (const EndStateGenerator& unit : state.generators)
        output.see(unit.p_mw - solved[unit.generator], where + ".generators: generator " + std::to_string(unit.generator));
    output.report(check.report);
}

// What the units of a side, or its loads, were moved by: the measure of a scheduled exchange.
double scheduled_shift(const DirectionCheck& check, const Case& moved, int of) {
    double sum = 0.0;
    for (const OwnSource& source : check.base_grid.sources) {
        if (source.generator < 0 || check.group[source.bus] != of || check.base_grid.reference[source.node] != 0) continue;
        sum += moved.generators[source.generator].pg_mw - check.grid.generators[source.generator].pg_mw;
    }
    for (std::size_t i = 0; i < moved.buses.size(); ++i)
        if (check.group[i] == of) sum -= moved.buses[i].pd_mw - check.grid.buses[i].pd_mw;
    return sum;
}

void check_exchange(DirectionCheck& check, const EndState& state, const SolvedEnd& end, const std::string& where) {
    Law law = check.law(end_name(where) + " exchange", check.tolerance.power_mw, "MW");
    if (check.direction.exchange == "scheduled") {
        law.compare(state.shift_mw, scheduled_shift(check, end.grid, 0), where + ".shift_mw");
        law.compare(state.shift_mw, -scheduled_shift(check, end.grid, 1), where + ".shift_mw (importing side)");
    } else {
        const double moved = own_export(end.own, end.intact, check.group, 0) - own_export(check.base_grid, check.base, check.group, 0);
        law.compare(state.shift_mw, moved, where + ".shift_mw");
    }
    law.report(check.report);
}

}  // namespace

std::unique_ptr<SolvedEnd> check_end_state(DirectionCheck& check, const EndState& state, const std::string& name) {
    const std::string where = "certificate.end_states." + name;
    if (!check_rows(check, state, where)) return nullptr;
    auto end = std::make_unique<SolvedEnd>();
    end->grid = check.grid;
    apply(state, end->grid, check.base_grid);
    end->own = build_own_grid(end->grid, check.with_dc_lines);
    if (!state.buses.empty()) check_balance_of(check, state, end->own, where);
    end->intact = OwnNewton(end->own, check.solver).solve({}, check.base.v);
    Law solved = check.law(end_name(where) + " solved", 0.0, "");
    // A state without voltages is one that the search found no solution for.
    solved.see(end->intact.solved == !state.buses.empty(), where + (end->intact.why.empty() ? "" : ": " + end->intact.why));
    solved.report(check.report);
    if (!end->intact.solved || state.buses.empty()) return end;
    check_solution(check, state, *end, where);
    check_exchange(check, state, *end, where);
    return end;
}

}  // namespace araz

#include "state.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "araz/base/text.hpp"
#include "law.hpp"
#include "own_dc.hpp"
#include "laws_units.hpp"

namespace araz {

namespace {

// Fills `paired` with the result row of each case row. Row numbers count from 1.
template <class R, class NumberOf>
void pair_by_row(const std::vector<R>& results, std::size_t rows, NumberOf&& number_of, const std::string& kind,
                 std::vector<const R*>& paired, Law& law) {
    paired.assign(rows, nullptr);
    for (const R& each : results) {
        const int row = number_of(each) - 1;
        const bool fits = row >= 0 && row < static_cast<int>(rows) && paired[static_cast<std::size_t>(row)] == nullptr;
        law.see(fits, kind + " " + std::to_string(row + 1));
        if (fits) paired[static_cast<std::size_t>(row)] = &each;
    }
    for (std::size_t row = 0; row < rows; ++row)
        law.see(paired[row] != nullptr, kind + " " + std::to_string(row + 1));
}

void pair_buses(State& state, Law& law) {
    const auto& rows = state.grid->buses;
    for (std::size_t i = 0; i < rows.size(); ++i) state.row_of.emplace(number(rows[i].bus), static_cast<int>(i));
    state.bus.assign(rows.size(), nullptr);
    for (const BusResult& each : state.result->buses) {
        const auto found = state.row_of.find(each.bus);
        const bool fits = found != state.row_of.end() && state.bus[found->second] == nullptr;
        law.see(fits, "bus " + std::to_string(each.bus));
        if (fits) state.bus[found->second] = &each;
    }
    for (std::size_t i = 0; i < rows.size(); ++i)
        law.see(state.bus[i] != nullptr, "bus " + std::to_string(number(rows[i].bus)));
}

// Elements of the case that end nowhere cannot be checked; a reader refuses them before.
void see_ends(const State& state, Law& law) {
    const auto known = [&](BusId id) { return state.row_of.contains(number(id)); };
    for (std::size_t l = 0; l < state.grid->branches.size(); ++l) {
        const BranchRow& row = state.grid->branches[l];
        law.see(known(row.from_bus) && known(row.to_bus), branch_element(static_cast<int>(l)));
    }
    for (std::size_t g = 0; g < state.grid->generators.size(); ++g)
        law.see(known(state.grid->generators[g].bus), generator_element(static_cast<int>(g)));
    for (std::size_t d = 0; d < state.dc_line.size(); ++d) {
        const DcLineRow& row = state.grid->dc_lines[d];
        law.see(known(row.from_bus) && known(row.to_bus), dc_line_element(static_cast<int>(d)));
    }
}

void read_voltages(State& state) {
    for (std::size_t i = 0; i < state.bus.size(); ++i) {
        const BusResult& bus = *state.bus[i];
        const bool live = bus.type != "isolated" && bus.type != "dead";
        state.live.push_back(live ? 1 : 0);
        const double magnitude = state.result->dc ? 1.0 : bus.vm_pu;
        state.voltage.push_back(live ? phasor(magnitude, bus.va_deg) : 0.0);
    }
}

}  // namespace

std::complex<double> phasor(double size, double angle_deg) {
    const double angle = angle_deg * std::numbers::pi / 180.0;
    return {size * std::cos(angle), size * std::sin(angle)};
}

std::string bus_element(const State& state, int row) {
    return "bus " + std::to_string(number(state.grid->buses[static_cast<std::size_t>(row)].bus));
}
std::string branch_element(int row) { return "branch " + std::to_string(row + 1); }
std::string generator_element(int row) { return "generator " + std::to_string(row + 1); }
std::string dc_line_element(int row) { return "dc_line " + std::to_string(row + 1); }

bool has_generator(const std::vector<Unit>& units) {
    return std::any_of(units.begin(), units.end(), [](const Unit& unit) { return unit.generator >= 0; });
}

// The corners are joined by straight lines (MATPOWER manual, table B-2).
ReactiveRange capability(const GeneratorRow& row, double p_mw) {
    ReactiveRange range{row.qmin_mvar, row.qmax_mvar};
    if (row.pc1_mw == row.pc2_mw) return range;
    const auto line = [&](double q1, double q2) {
        return q1 + (q2 - q1) * (p_mw - row.pc1_mw) / (row.pc2_mw - row.pc1_mw);
    };
    range.max = std::min(range.max, line(row.qc1max_mvar, row.qc2max_mvar));
    range.min = std::max(range.min, line(row.qc1min_mvar, row.qc2min_mvar));
    if (range.min > range.max) range.min = range.max = (range.min + range.max) / 2.0;
    return range;
}

std::optional<State> pair_rows(const Case& grid, const PfResult& result, const LawTolerances& tolerances,
                               VerifyReport& report) {
    State state;
    state.grid = &grid;
    state.result = &result;
    state.tolerances = tolerances;
    Law law("rows", 0.0, "");
    pair_buses(state, law);
    pair_by_row(result.branches, grid.branches.size(), [](const auto& b) { return b.branch; }, "branch", state.branch, law);
    pair_by_row(result.generators, grid.generators.size(), [](const auto& g) { return g.generator; }, "generator",
                state.generator, law);
    if (!result.dc_lines.empty())
        pair_by_row(result.dc_lines, grid.dc_lines.size(), [](const auto& d) { return d.dc_line; }, "dc_line",
                    state.dc_line, law);
    see_ends(state, law);
    law.report(report);
    if (!report.passed()) return std::nullopt;
    read_voltages(state);
    return state;
}

bool State::carries(int row) const {
    return grid->branches[row].in_service && live[from_row(row)] != 0 && live[to_row(row)] != 0;
}

bool State::runs(int row) const { return grid->generators[row].in_service && live[generator_bus(row)] != 0; }

bool State::transmits(int row) const {
    return !dc_line.empty() && grid->dc_lines[row].in_service && live[dc_from(row)] != 0 && live[dc_to(row)] != 0;
}

std::vector<std::vector<Unit>> State::units_by_bus() const {
    std::vector<std::vector<Unit>> units(grid->buses.size());
    for (int g = 0; g < static_cast<int>(grid->generators.size()); ++g) {
        if (!runs(g)) continue;
        const ReactiveRange range = capability(grid->generators[g], generator[g]->p_mw);
        units[generator_bus(g)].push_back(
            {g, generator[g]->p_mw, generator[g]->q_mvar, range.min, range.max, grid->generators[g].vg_pu,
             holds_own_bus(grid->generators[g])});
    }
    for (int d = 0; d < static_cast<int>(dc_line.size()); ++d) {
        if (!transmits(d)) continue;
        const DcLineRow& row = grid->dc_lines[d];
        const DcLineResult& line = *dc_line[d];
        Unit from{-1, -line.p_from_mw, -line.q_from_mvar, row.qminf_mvar, row.qmaxf_mvar, row.vf_pu, own_dc_holds(row, 0)};
        Unit to{-1, -line.p_to_mw, -line.q_to_mvar, row.qmint_mvar, row.qmaxt_mvar, row.vt_pu, own_dc_holds(row, 1)};
        for (Unit* end : {&from, &to})
            if (!end->holds) end->q_min_mvar = end->q_max_mvar = end->q_mvar;
        units[dc_from(d)].push_back(from);
        units[dc_to(d)].push_back(to);
    }
    return units;
}

// A converter that holds a voltage does so wherever it stands; a generator only where the file says so, or as a reference.
bool State::regulates(int row, const std::vector<Unit>& units) const {
    if (std::none_of(units.begin(), units.end(), [](const Unit& unit) { return unit.holds; })) return false;
    const bool converter =
        std::any_of(units.begin(), units.end(), [](const Unit& unit) { return unit.generator < 0 && unit.holds; });
    return converter || grid->buses[row].type != BusType::pq || bus[row]->type == "slack";
}

std::string State::option(const std::string& name, const std::string& otherwise) const {
    std::string dashed = name;
    std::replace(dashed.begin(), dashed.end(), '_', '-');
    for (const std::string& key : {name, dashed}) {
        const auto found = result->envelope.options.find(key);
        if (found == result->envelope.options.end()) continue;
        if (const auto* word = std::get_if<std::string>(&found->second)) return *word;
        if (const auto* flag = std::get_if<bool>(&found->second)) return *flag ? "on" : "off";
        if (const auto* figure = std::get_if<double>(&found->second)) return shortest(*figure);
    }
    return otherwise;
}

}  // namespace araz

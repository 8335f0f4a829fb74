// The pi model at both ends of every branch, and Kirchhoff's law at every bus.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "araz/base/text.hpp"
#include "law.hpp"
#include "state.hpp"

namespace araz {

namespace {

using Complex = std::complex<double>;
constexpr double radians = std::numbers::pi / 180.0;

bool has_impedance(const State& state, int row) {
    const BranchRow& branch = state.grid->branches[row];
    const double merge_below = parse_double(state.option("merge_below", "1e-8")).value_or(1e-8);
    if (std::hypot(branch.r_pu, branch.x_pu) < merge_below) return false;
    return state.result->dc ? branch.x_pu != 0.0 : branch.r_pu != 0.0 || branch.x_pu != 0.0;
}

// The ideal transformer stands at the from side: the pi section sees V_from / (tap e^{j shift}).
Flow ac_flow(const State& state, int row) {
    const BranchRow& branch = state.grid->branches[row];
    const Complex series = 1.0 / Complex(branch.r_pu, branch.x_pu);
    const Complex charging(0.0, branch.b_pu / 2.0);
    const Complex tap = phasor(branch.ratio == 0.0 ? 1.0 : branch.ratio, branch.shift_deg);
    const Complex inner = state.voltage[state.from_row(row)] / tap;
    const Complex to = state.voltage[state.to_row(row)];
    const Complex current = series * (inner - to);
    return {state.grid->base_mva * inner * std::conj(current + charging * inner),
            state.grid->base_mva * to * std::conj(charging * to - current)};
}

Flow dc_flow(const State& state, int row) {
    const BranchRow& branch = state.grid->branches[row];
    const double angle = (state.bus[state.from_row(row)]->va_deg - state.bus[state.to_row(row)]->va_deg - branch.shift_deg) * radians;
    const double p = state.grid->base_mva * angle / (branch.x_pu * (branch.ratio == 0.0 ? 1.0 : branch.ratio));
    return {p, -p};
}

// "1.2xB" of the row's own ratings; an empty B or C stands for A; nothing without a rating.
double expected_rate(const BranchRow& row, const std::string& rule) {
    const auto cross = rule.find('x');
    const std::string column = cross == std::string::npos ? rule : rule.substr(cross + 1);
    const double factor = cross == std::string::npos ? 1.0 : parse_double(rule.substr(0, cross)).value_or(nan_value);
    double rate = row.rate_a_mva;
    if (column == "B" && row.rate_b_mva > 0.0) rate = row.rate_b_mva;
    if (column == "C" && row.rate_c_mva > 0.0) rate = row.rate_c_mva;
    return rate > 0.0 && std::isfinite(rate) ? factor * rate : nan_value;
}

void check_loading(const State& state, VerifyReport& report) {
    const std::string rule = state.option("rating_base", "A");
    Law rate("rating", 1e-9, "MVA");
    Law loading("loading", 1e-6, "%");
    for (int l = 0; l < static_cast<int>(state.branch.size()); ++l) {
        if (!state.carries(l)) continue;
        const BranchResult& found = *state.branch[l];
        const double expected = expected_rate(state.grid->branches[l], rule);
        const std::string element = branch_element(l);
        if (std::isnan(expected)) {
            rate.see(std::isnan(found.rate_mva) && std::isnan(found.loading_pct), element);
            continue;
        }
        rate.see(found.rate_mva - expected, element);
        const double apparent = std::max(std::hypot(found.p_from_mw, found.q_from_mvar),
                                         std::hypot(found.p_to_mw, found.q_to_mvar));
        loading.see(found.loading_pct - 100.0 * apparent / expected, element);
    }
    rate.report(report);
    loading.report(report);
}

}  // namespace

Flow branch_flow(const State& state, int row) {
    if (!state.carries(row)) return {};
    if (!has_impedance(state, row)) {  // no impedance, no law for its flow: the balance of its ends checks it
        const BranchResult& found = *state.branch[row];
        return {{found.p_from_mw, found.q_from_mvar}, {found.p_to_mw, found.q_to_mvar}};
    }
    return state.result->dc ? dc_flow(state, row) : ac_flow(state, row);
}

void check_branches(const State& state, VerifyReport& report) {
    Law flow("branch_flow", state.tolerances.flow_mw, "MVA");
    Law tied("zero_impedance", 1e-9, "p.u.");
    for (int l = 0; l < static_cast<int>(state.branch.size()); ++l) {
        const BranchResult& found = *state.branch[l];
        const Flow expected = branch_flow(state, l);
        const Complex from(found.p_from_mw, found.q_from_mvar);
        const Complex to(found.p_to_mw, found.q_to_mvar);
        flow.see(std::abs(from - expected.from), branch_element(l) + " (from)");
        flow.see(std::abs(to - expected.to), branch_element(l) + " (to)");
        if (state.carries(l) && !has_impedance(state, l)) {
            const BranchRow& row = state.grid->branches[l];
            const Complex tap = phasor(row.ratio == 0.0 ? 1.0 : row.ratio, row.shift_deg);
            tied.see(std::abs(state.voltage[state.from_row(l)] / tap - state.voltage[state.to_row(l)]), branch_element(l));
            if (!state.result->dc) flow.see(std::abs((from + to).real()), branch_element(l) + " (lossless)");
        }
    }
    flow.report(report);
    tied.report(report);
    check_loading(state, report);
}

void check_balance(const State& state, VerifyReport& report) {
    std::vector<Complex> surplus(state.bus.size());  // what the units feed in and nothing takes, MVA
    for (std::size_t i = 0; i < surplus.size(); ++i) {
        const BusRow& row = state.grid->buses[i];
        const double square = std::norm(state.voltage[i]);
        surplus[i] = -consumption(state, static_cast<int>(i)) - Complex(row.gs_mw * square, -row.bs_mvar * square);
    }
    const auto units = state.units_by_bus();
    for (std::size_t i = 0; i < surplus.size(); ++i)
        for (const Unit& unit : units[i]) surplus[i] += Complex(unit.p_mw, unit.q_mvar);
    for (int l = 0; l < static_cast<int>(state.branch.size()); ++l) {
        const Flow flow = branch_flow(state, l);
        surplus[state.from_row(l)] -= flow.from;
        surplus[state.to_row(l)] -= flow.to;
    }
    Law active("kirchhoff_p", state.tolerances.mismatch_pu, "p.u.");
    Law reactive("kirchhoff_q", state.tolerances.mismatch_pu, "p.u.");
    for (int i = 0; i < static_cast<int>(surplus.size()); ++i) {
        if (state.live[i] == 0) continue;
        active.see(surplus[i].real() / state.grid->base_mva, bus_element(state, i));
        if (!state.result->dc) reactive.see(surplus[i].imag() / state.grid->base_mva, bus_element(state, i));
    }
    active.report(report);
    reactive.report(report);
}

}  // namespace araz

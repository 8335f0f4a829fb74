// Totals, areas and ties, summed again from the rows.
#include <cmath>
#include <map>

#include "law.hpp"
#include "state.hpp"

namespace araz {

namespace {

Totals expected_totals(const State& state) {
    Totals sum;
    for (int g = 0; g < static_cast<int>(state.generator.size()); ++g) {
        if (!state.runs(g)) continue;
        sum.generation_mw += state.generator[g]->p_mw;
        sum.generation_mvar += state.generator[g]->q_mvar;
    }
    for (std::size_t i = 0; i < state.bus.size(); ++i) {
        if (state.live[i] == 0) continue;
        const BusRow& row = state.grid->buses[i];
        const double square = std::norm(state.voltage[i]);
        sum.load_mw += consumption(state, static_cast<int>(i)).real();
        sum.load_mvar += consumption(state, static_cast<int>(i)).imag();
        sum.shunt_mw += row.gs_mw * square;
        sum.shunt_mvar += row.bs_mvar * square;
    }
    for (int l = 0; l < static_cast<int>(state.branch.size()); ++l) {
        const Flow flow = branch_flow(state, l);
        sum.loss_mw += (flow.from + flow.to).real();
        sum.loss_mvar += (flow.from + flow.to).imag();
    }
    for (int d = 0; d < static_cast<int>(state.dc_line.size()); ++d) {
        if (!state.transmits(d)) continue;
        sum.dc_loss_mw += state.dc_line[d]->p_from_mw + state.dc_line[d]->p_to_mw;
        sum.dc_mvar -= state.dc_line[d]->q_from_mvar + state.dc_line[d]->q_to_mvar;
    }
    return sum;
}

void check_totals(const State& state, VerifyReport& report) {
    const Totals expected = expected_totals(state);
    const Totals& found = state.result->totals;
    // Sums of many rows may differ in the last digits by their order.
    const double size = std::abs(expected.generation_mw) + std::abs(expected.load_mw) + std::abs(expected.load_mvar);
    Law law("totals", state.tolerances.flow_mw + 1e-12 * size, "MW");
    law.see(found.generation_mw - expected.generation_mw, "generation_mw");
    law.see(found.load_mw - expected.load_mw, "load_mw");
    law.see(found.shunt_mw - expected.shunt_mw, "shunt_mw");
    law.see(found.loss_mw - expected.loss_mw, "loss_mw");
    law.see(found.dc_loss_mw - expected.dc_loss_mw, "dc_loss_mw");
    if (!state.result->dc) {
        law.see(found.generation_mvar - expected.generation_mvar, "generation_mvar");
        law.see(found.load_mvar - expected.load_mvar, "load_mvar");
        law.see(found.shunt_mvar - expected.shunt_mvar, "shunt_mvar");
        law.see(found.loss_mvar - expected.loss_mvar, "loss_mvar");
        law.see(found.dc_mvar - expected.dc_mvar, "dc_mvar");
    }
    law.report(report);
}

std::map<int, AreaResult> expected_areas(const State& state) {
    std::map<int, AreaResult> areas;
    for (std::size_t i = 0; i < state.bus.size(); ++i)
        if (state.live[i] != 0) areas[state.grid->buses[i].area].load_mw += consumption(state, static_cast<int>(i)).real();
    for (int g = 0; g < static_cast<int>(state.generator.size()); ++g)
        if (state.runs(g)) areas[state.grid->buses[state.generator_bus(g)].area].generation_mw += state.generator[g]->p_mw;
    for (int l = 0; l < static_cast<int>(state.branch.size()); ++l) {
        if (!state.carries(l)) continue;
        const Flow flow = branch_flow(state, l);
        AreaResult& from = areas[state.grid->buses[state.from_row(l)].area];
        AreaResult& to = areas[state.grid->buses[state.to_row(l)].area];
        if (&from == &to) {
            from.loss_mw += (flow.from + flow.to).real();
        } else {
            from.net_export_mw += flow.from.real();
            to.net_export_mw += flow.to.real();
        }
    }
    for (int d = 0; d < static_cast<int>(state.dc_line.size()); ++d) {
        if (!state.transmits(d)) continue;
        const DcLineResult& line = *state.dc_line[d];
        AreaResult& from = areas[state.grid->buses[state.dc_from(d)].area];
        AreaResult& to = areas[state.grid->buses[state.dc_to(d)].area];
        if (&from == &to) {
            from.loss_mw += line.p_from_mw + line.p_to_mw;
        } else {
            from.net_export_mw += line.p_from_mw;
            to.net_export_mw += line.p_to_mw;
        }
    }
    return areas;
}

void check_areas(const State& state, VerifyReport& report) {
    std::map<int, AreaResult> expected = expected_areas(state);
    Law law("areas", 10.0 * state.tolerances.flow_mw, "MW");
    for (const AreaResult& found : state.result->areas) {
        const AreaResult sum = expected[found.area];  // an area without live buses has nothing but zeros
        expected.erase(found.area);
        const std::string element = "area " + std::to_string(found.area);
        law.see(found.generation_mw - sum.generation_mw, element + " generation_mw");
        law.see(found.load_mw - sum.load_mw, element + " load_mw");
        law.see(found.loss_mw - sum.loss_mw, element + " loss_mw");
        law.see(found.net_export_mw - sum.net_export_mw, element + " net_export_mw");
    }
    for (const auto& [number, sum] : expected) law.see(false, "area " + std::to_string(number) + " is missing");
    law.report(report);
}

void check_ties(const State& state, VerifyReport& report) {
    std::map<int, const TieResult*> listed;
    for (const TieResult& tie : state.result->ties) listed[tie.branch - 1] = &tie;
    Law law("ties", state.tolerances.flow_mw, "MVA");
    law.see(listed.size() == state.result->ties.size(), "a tie stands twice");
    for (int l = 0; l < static_cast<int>(state.branch.size()); ++l) {
        const int from = state.grid->buses[state.from_row(l)].area;
        const int to = state.grid->buses[state.to_row(l)].area;
        const auto found = listed.find(l);
        if (found == listed.end()) {
            law.see(from == to || !state.carries(l), branch_element(l) + " is missing");
            continue;
        }
        const TieResult& tie = *found->second;
        const BranchResult& branch = *state.branch[l];
        listed.erase(found);
        law.see(from != to && tie.from_area == from && tie.to_area == to && tie.from_bus == branch.from_bus &&
                    tie.to_bus == branch.to_bus, branch_element(l));
        law.see(std::hypot(tie.p_mw - branch.p_from_mw, tie.q_mvar - branch.q_from_mvar), branch_element(l));
        if (!std::isnan(tie.loading_pct) || !std::isnan(branch.loading_pct))
            law.see(tie.loading_pct - branch.loading_pct, branch_element(l));
    }
    for (const auto& [row, tie] : listed) law.see(false, branch_element(row) + " does not exist");
    law.report(report);
}

}  // namespace

void check_sums(const State& state, VerifyReport& report) {
    check_totals(state, report);
    check_areas(state, report);
    check_ties(state, report);
}

}  // namespace araz

// DC lines: what they are set to, what they lose, what their ends hold (docs/hvdc.md).
#include <cmath>

#include "law.hpp"
#include "own_dc.hpp"
#include "state.hpp"

namespace araz {

namespace {

const char* word_of(DcTechnology technology) {
    return technology == DcTechnology::lcc ? "lcc" : technology == DcTechnology::vsc ? "vsc" : "dcline";
}

const char* word_of(const DcLineRow& row, int end) {
    if (own_dc_holds(row, end)) return "v";
    if (row.technology == DcTechnology::lcc) return "pf";
    return (end == 0 ? row.from_end : row.to_end).control == DcControl::q ? "q" : "pf";
}

struct Laws {
    Law power, emulation, loss, reactive, words;
};

void see_reactive(const State& state, const DcLineRow& row, const DcLineResult& found, const OwnDcEnds& expected,
                  const std::string& element, Laws& laws) {
    const double q[2] = {found.q_from_mvar, found.q_to_mvar};
    const std::string* limit[2] = {&found.q_limit_from, &found.q_limit_to};
    const double tolerance = 10.0 * state.tolerances.mismatch_pu * state.grid->base_mva;
    for (int end = 0; end < 2; ++end) {
        const std::string place = element + (end == 0 ? " (from)" : " (to)");
        if (!own_dc_holds(row, end)) {
            laws.reactive.see(q[end] + expected.q[end], place);
            laws.words.see(*limit[end] == (expected.q_limit[end] > 0 ? "q_max" : expected.q_limit[end] < 0 ? "q_min" : "none"), place + " q_limit");
        } else if (*limit[end] == "q_max") {
            laws.words.see(std::abs(-q[end] - (end == 0 ? row.qmaxf_mvar : row.qmaxt_mvar)) <= tolerance, place + " q_limit");
        } else if (*limit[end] == "q_min") {
            laws.words.see(std::abs(-q[end] - (end == 0 ? row.qminf_mvar : row.qmint_mvar)) <= tolerance, place + " q_limit");
        } else {
            laws.words.see(*limit[end] == "none", place + " q_limit");
        }
    }
}

void see_line(const State& state, int d, bool emulates, Laws& laws) {
    const DcLineRow& row = state.grid->dc_lines[d];
    const DcLineResult& found = *state.dc_line[d];
    const std::string element = dc_line_element(d);
    laws.words.see(found.technology == word_of(row.technology) && found.control_from == word_of(row, 0) && found.control_to == word_of(row, 1),
                   element + " technology");
    laws.power.see(found.in_service == state.transmits(d), element + " in_service");
    laws.power.see(found.loss_mw - (found.p_from_mw + found.p_to_mw), element + " loss_mw");
    if (!state.transmits(d)) {
        laws.power.see(std::hypot(std::hypot(found.p_from_mw, found.q_from_mvar), std::hypot(found.p_to_mw, found.q_to_mvar)),
                       element + " out of service");
        laws.words.see(found.mode == "setpoint" && found.p_limit == "none", element + " out of service");
        laws.words.see(found.q_limit_from == "none" && found.q_limit_to == "none", element + " out of service");
        return;
    }
    double u = row.pf_mw;
    laws.words.see(found.mode == (emulates ? "ac_emulation" : "setpoint"), element + " mode");
    if (emulates) {
        const double angle = state.bus[state.dc_from(d)]->va_deg - state.bus[state.dc_to(d)]->va_deg;
        const double asked = own_dc_asked(row, angle, false);
        u = own_dc_asked(row, angle, true);
        laws.emulation.see(found.p_set_mw - u, element + " p_set_mw");
        laws.emulation.see(found.angle_deg - angle, element + " angle_deg");
        // A word at the very edge of the band is as good as its neighbour.
        const bool edge = std::abs(asked - u) <= state.tolerances.flow_mw;
        laws.words.see(edge || found.p_limit == (asked > u ? "p_max" : "p_min"), element + " p_limit");
        laws.words.see(!edge || found.p_limit == "none" || std::abs(u - (found.p_limit == "p_max" ? row.pmax_mw : row.pmin_mw)) <= state.tolerances.flow_mw,
                       element + " p_limit");
    } else {
        if (!std::isnan(found.p_set_mw)) laws.power.see(found.p_set_mw - row.pf_mw, element + " p_set_mw");
        laws.words.see(std::isnan(found.angle_deg), element + " angle_deg");
        laws.words.see(found.p_limit == "none", element + " p_limit");
    }
    const OwnDcEnds expected = own_dc_ends(row, u);
    laws.power.see(found.p_from_mw + expected.p[0], element + " (from)");
    laws.power.see(found.p_to_mw + expected.p[1], element + " (to)");
    if (row.technology != DcTechnology::dcline) {
        laws.loss.see(found.loss_from_mw - expected.converter_loss[0], element + " loss_from_mw");
        laws.loss.see(found.loss_to_mw - expected.converter_loss[1], element + " loss_to_mw");
        laws.loss.see(found.loss_line_mw - expected.line_loss, element + " loss_line_mw");
    } else {
        laws.loss.see(std::isnan(found.loss_from_mw) && std::isnan(found.loss_to_mw) && std::isnan(found.loss_line_mw),
                      element + " has no converters");
    }
    if (state.result->dc) laws.words.see(found.q_limit_from == "none" && found.q_limit_to == "none", element + " q_limit");
    else see_reactive(state, row, found, expected, element, laws);
}

}  // namespace

void check_dc_lines(const State& state, VerifyReport& report) {
    const double flow = state.tolerances.flow_mw;
    Laws laws{Law("dc_line", flow, "MW"), Law("dc_emulation", flow, "MW"), Law("dc_losses", flow, "MW"), Law("dc_reactive", flow, "MVAr"),
              Law("dc_words", 0.0, "")};
    const std::vector<int> part = state.dc_line.empty() ? std::vector<int>{} : parts_of(state);
    for (int d = 0; d < static_cast<int>(state.dc_line.size()); ++d)
        see_line(state, d, state.grid->dc_lines[d].ac_emulation && state.transmits(d) && part[state.dc_from(d)] == part[state.dc_to(d)], laws);
    for (const Law* law : {&laws.power, &laws.emulation, &laws.loss, &laws.reactive, &laws.words}) law->report(report);
}

}  // namespace araz

// DC lines of a solution as rows of a result.
#include <cmath>
#include <numbers>

#include "results.hpp"

namespace araz {

namespace {

constexpr std::string_view technology_words[] = {"dcline", "lcc", "vsc"};
constexpr std::string_view control_words[] = {"v", "q", "pf"};

std::string control_of(const DcLineRow& line, bool from_end) {
    if (line.is_dcline()) return "v";
    if (line.technology == DcTechnology::lcc) return "pf";
    return std::string(control_words[static_cast<std::size_t>((from_end ? line.from_end : line.to_end).control)]);
}

std::string q_limit_of(const Network& net, const Solution& solution, int end) {
    const auto word = [](int side) { return side > 0 ? "q_max" : side < 0 ? "q_min" : "none"; };
    if (net.regulates(end)) return word(static_cast<int>(solution.pin[net.gen_bus[end]]));
    return word(dc_reactive(net.end_reactive[end - net.n_unit], solution.gen_p[end]).limit);
}

void add_state(const ElectricalModel& model, const Solution& solution, int dc, bool dc_model, DcLineResult& line) {
    const Network& net = *model.network;
    const int f = net.n_unit + 2 * dc;
    line.in_service = solution.live[net.gen_bus[f]] != 0 && solution.live[net.gen_bus[f + 1]] != 0;
    line.p_from_mw = -solution.gen_p[f] * net.base_mva;
    line.q_from_mvar = -solution.gen_q[f] * net.base_mva;
    line.p_to_mw = -solution.gen_p[f + 1] * net.base_mva;
    line.q_to_mvar = -solution.gen_q[f + 1] * net.base_mva;
    line.loss_mw = line.p_from_mw + line.p_to_mw;
    if (!line.in_service) return;
    const double u = net.dc_power_of(dc, solution.gen_p);
    line.p_set_mw = u * net.base_mva;
    if (net.dc_law[dc].by_terminal) {
        const DcFlow flow = dc_flow(net.dc_law[dc], u);
        line.loss_from_mw = flow.loss_from * net.base_mva;
        line.loss_to_mw = flow.loss_to * net.base_mva;
        line.loss_line_mw = flow.loss_line * net.base_mva;
    }
    if (!dc_model) {
        line.q_limit_from = q_limit_of(net, solution, f);
        line.q_limit_to = q_limit_of(net, solution, f + 1);
    }
    const int k = model.emulation_of_dc[dc];
    if (k < 0) return;
    line.mode = "ac_emulation";
    line.angle_deg = (solution.va[net.dc_from(dc)] - solution.va[net.dc_to(dc)]) * 180.0 / std::numbers::pi;
    const double asked = model.emulation.asked(k, solution.va);
    line.p_limit = asked > net.dc_pmax[dc] ? "p_max" : asked < net.dc_pmin[dc] ? "p_min" : "none";
}

}  // namespace

std::vector<DcLineResult> dc_line_results(const ElectricalModel& model, const Solution& solution, bool dc_model) {
    const Network& net = *model.network;
    std::vector<DcLineResult> out;
    for (std::size_t row = 0; row < net.dc_of_row.size(); ++row) {
        const DcLineRow& source = net.source->dc_lines[row];
        DcLineResult line;
        line.dc_line = static_cast<int>(row) + 1;
        line.from_bus = number(source.from_bus);
        line.to_bus = number(source.to_bus);
        line.name = source.name;
        line.p_min_mw = source.pmin_mw;
        line.p_max_mw = source.pmax_mw;
        line.technology = technology_words[static_cast<std::size_t>(source.technology)];
        line.control_from = control_of(source, true);
        line.control_to = control_of(source, false);
        if (net.dc_of_row[row] >= 0) add_state(model, solution, net.dc_of_row[row], dc_model, line);
        out.push_back(line);
    }
    return out;
}

}  // namespace araz

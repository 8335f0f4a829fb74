#include <cmath>

#include "araz/model/case.hpp"

namespace araz {

DcLaw law_of(const DcLineRow& line) {
    if (line.is_dcline()) return DcLaw::matpower(line.loss0_mw, line.loss1);
    DcLaw law;
    law.by_terminal = true;
    law.idle_from = line.from_end.idle_loss_mw;
    law.idle_to = line.to_end.idle_loss_mw;
    law.share_from = line.from_end.loss_share;
    law.share_to = line.to_end.loss_share;
    law.line = line.vdc_kv > 0.0 ? line.r_ohm / (line.vdc_kv * line.vdc_kv) : 0.0;  // ohm / kV^2 = 1 / MW
    return law;
}

bool holds_voltage(const DcLineRow& line, bool from_end) {
    if (line.is_dcline()) return true;
    return line.technology == DcTechnology::vsc && (from_end ? line.from_end : line.to_end).control == DcControl::v;
}

DcReactive reactive_of(const DcLineRow& line, bool from_end) {
    const DcEnd& end = from_end ? line.from_end : line.to_end;
    DcReactive out;
    out.idle = end.idle_loss_mw;
    const double factor = std::abs(end.power_factor);
    const double tangent = factor > 0.0 ? std::sqrt(std::max(0.0, 1.0 - factor * factor)) / factor : 0.0;
    if (line.technology == DcTechnology::lcc) {
        out.tangent = -tangent;  // the valves lag, whatever the direction
        return out;
    }
    if (end.control == DcControl::q) out.q = end.q_set_mvar;
    else out.tangent = end.power_factor < 0.0 ? -tangent : tangent;
    out.q_min = from_end ? line.qminf_mvar : line.qmint_mvar;
    out.q_max = from_end ? line.qmaxf_mvar : line.qmaxt_mvar;
    return out;
}

DcLineRow as_dcline(const DcLineRow& line, double u) {
    DcLineRow out = line;
    const DcFlow flow = dc_flow(law_of(line), u);
    out.pf_mw = -flow.p_from;
    out.pt_mw = flow.p_to;
    if (line.is_dcline()) return out;
    out.technology = DcTechnology::dcline;
    out.from_end = out.to_end = DcEnd{};
    out.r_ohm = out.vdc_kv = out.p0_mw = out.droop_mw_per_deg = 0.0;
    out.ac_emulation = false;
    out.loss0_mw = -(flow.p_from + flow.p_to);
    out.loss1 = 0.0;
    if (!holds_voltage(line, true)) out.qf_mvar = out.qminf_mvar = out.qmaxf_mvar = dc_reactive(reactive_of(line, true), flow.p_from).q;
    if (!holds_voltage(line, false)) out.qt_mvar = out.qmint_mvar = out.qmaxt_mvar = dc_reactive(reactive_of(line, false), flow.p_to).q;
    return out;
}

}  // namespace araz

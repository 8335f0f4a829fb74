#include "own_dc.hpp"

#include <cmath>

namespace araz {

bool own_dc_holds(const DcLineRow& line, int end) {
    if (line.technology == DcTechnology::dcline) return true;
    if (line.technology == DcTechnology::lcc) return false;
    return (end == 0 ? line.from_end : line.to_end).control == DcControl::v;
}

double own_dc_asked(const DcLineRow& line, double angle_deg, bool cut) {
    const double asked = line.p0_mw + line.droop_mw_per_deg * angle_deg;
    return cut ? std::fmin(line.pmax_mw, std::fmax(line.pmin_mw, asked)) : asked;
}

OwnDcEnds own_dc_ends(const DcLineRow& line, double u) {
    OwnDcEnds out;
    if (line.technology == DcTechnology::dcline) {
        out.line_loss = line.loss0_mw + line.loss1 * std::abs(u);
        out.p[0] = -u;
        out.p[1] = u - out.line_loss;
        return out;
    }
    // Follow the power: AC to converter, converter to line, line to converter, converter to AC.
    const DcEnd* converter[2] = {&line.from_end, &line.to_end};
    const int sender = u < 0.0 ? 1 : 0;
    const int receiver = 1 - sender;
    double power = std::abs(u);
    double through[2];
    through[sender] = power;
    out.converter_loss[sender] = converter[sender]->loss_share * power;
    power -= out.converter_loss[sender];
    if (line.r_ohm > 0.0 && line.vdc_kv > 0.0) {
        const double kiloampere = power / line.vdc_kv;
        out.line_loss = line.r_ohm * kiloampere * kiloampere;
        power -= out.line_loss;
    }
    out.converter_loss[receiver] = converter[receiver]->loss_share * power;
    power -= out.converter_loss[receiver];
    through[receiver] = power;
    out.p[sender] = -through[sender];
    out.p[receiver] = through[receiver];
    for (int end = 0; end < 2; ++end) {
        out.p[end] -= converter[end]->idle_loss_mw;
        out.converter_loss[end] += converter[end]->idle_loss_mw;
        if (own_dc_holds(line, end)) continue;
        if (line.technology == DcTechnology::vsc && converter[end]->control == DcControl::q) {
            out.q[end] = converter[end]->q_set_mvar;
        } else {
            const double lag = std::tan(std::acos(std::abs(converter[end]->power_factor)));
            const bool feeds = line.technology == DcTechnology::vsc && converter[end]->power_factor > 0.0;
            out.q[end] = (feeds ? lag : -lag) * through[end];
        }
        if (line.technology == DcTechnology::lcc) continue;
        const double low = end == 0 ? line.qminf_mvar : line.qmint_mvar;
        const double high = end == 0 ? line.qmaxf_mvar : line.qmaxt_mvar;
        out.q_limit[end] = out.q[end] > high ? 1 : out.q[end] < low ? -1 : 0;
        if (out.q_limit[end] > 0) out.q[end] = high;
        if (out.q_limit[end] < 0) out.q[end] = low;
    }
    return out;
}

}  // namespace araz

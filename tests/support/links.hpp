// HVDC links for tests.
#pragma once

#include "araz/model/case.hpp"

namespace araz::testing {

/// A lossless VSC link between two buses that holds unity power factor at both ends, at 0 MW, +-`reach_mw`.
[[nodiscard]] inline DcLineRow vsc_link(BusId from, BusId to, double reach_mw = 1000.0) {
    DcLineRow line;
    line.from_bus = from;
    line.to_bus = to;
    line.technology = DcTechnology::vsc;
    line.from_end.control = line.to_end.control = DcControl::pf;
    line.pmin_mw = -reach_mw;
    line.pmax_mw = reach_mw;
    line.qminf_mvar = line.qmint_mvar = -1000.0;
    line.qmaxf_mvar = line.qmaxt_mvar = 1000.0;
    line.name = "link";
    return line;
}

[[nodiscard]] inline DcLineRow lcc_link(BusId from, BusId to, double power_factor, double reach_mw = 1000.0) {
    DcLineRow line = vsc_link(from, to, reach_mw);
    line.technology = DcTechnology::lcc;
    line.from_end.power_factor = line.to_end.power_factor = power_factor;
    return line;
}

/// The same link seen from its other end.
[[nodiscard]] inline DcLineRow reversed(const DcLineRow& given) {
    DcLineRow line = given;
    std::swap(line.from_bus, line.to_bus);
    std::swap(line.from_end, line.to_end);
    std::swap(line.vf_pu, line.vt_pu);
    std::swap(line.qf_mvar, line.qt_mvar);
    std::swap(line.qminf_mvar, line.qmint_mvar);
    std::swap(line.qmaxf_mvar, line.qmaxt_mvar);
    line.pf_mw = -given.pf_mw;
    line.p0_mw = -given.p0_mw;
    line.pmin_mw = -given.pmax_mw;
    line.pmax_mw = -given.pmin_mw;
    return line;
}

}  // namespace araz::testing

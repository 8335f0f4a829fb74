#include "araz/model/scale.hpp"

#include <algorithm>
#include <cmath>

namespace araz {

Case scale_load_and_generation(Case grid, double factor) {
    for (BusRow& bus : grid.buses) {
        bus.pd_mw *= factor;
        bus.qd_mvar *= factor;
    }
    for (GeneratorRow& unit : grid.generators) {
        unit.pg_mw *= factor;
        if (std::isfinite(unit.p_limit_mw)) {  // the limit stays what it is
            unit.available_mw *= factor;
            unit.pg_mw = std::min(unit.available_mw, unit.p_limit_mw);
        }
        unit.qg_mvar *= factor;
    }
    for (DcLineRow& line : grid.dc_lines) {
        for (double* value : {&line.pf_mw, &line.pt_mw, &line.qf_mvar, &line.qt_mvar, &line.p0_mw, &line.from_end.q_set_mvar,
                              &line.to_end.q_set_mvar})
            *value *= factor;
    }
    return grid;
}

}  // namespace araz

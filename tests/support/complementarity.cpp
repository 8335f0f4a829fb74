#include "support/complementarity.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace araz::testing {

PinCount expect_complementarity(const ElectricalModel& model, const Solution& solution, double tolerance) {
    const Network& net = *model.network;
    // The solver leaves a mismatch of `tolerance` open, and a limit counts as passed beyond ten times that;
    // sums over the units of a bus add rounding of the order of 1e-16 of their limits.
    const double open = 11.0 * tolerance;
    PinCount count;
    for (int b = 0; b < net.n_bus; ++b) {
        if (model.kind[b] != solver::BusKind::pv || solution.live[b] == 0) continue;
        double q = 0.0;
        double low = 0.0;
        double high = 0.0;
        for (int k = net.gen_start[b]; k < net.gen_start[b + 1]; ++k) {
            const int g = net.gens_at[k];
            const ReactiveRange range = reactive_range(net, g, solution.gen_p[g]);
            q += solution.gen_q[g];
            low += range.min;
            high += range.max;
        }
        const double above = solution.vm[b] - net.v_set[b];
        const double rounding =
            1e-12 * (1.0 + (std::isfinite(low) ? std::abs(low) : 0.0) + (std::isfinite(high) ? std::abs(high) : 0.0));
        const double slack = open + rounding;
        const bool held = std::abs(above) <= 1e-12 && q >= low - slack && q <= high + slack;
        const bool at_max = std::abs(q - high) <= slack && above <= slack;
        const bool at_min = std::abs(q - low) <= slack && above >= -slack;
        EXPECT_TRUE(held || at_max || at_min) << "bus " << net.bus_label(b) << ": Q " << q << " in [" << low << ", "
                                              << high << "] p.u., V " << above << " p.u. above its set-point";
        if (!(held || at_max || at_min))
            ++count.wrong_side;
        else if (solution.pin[b] != Pin::none)
            ++count.pinned;
        else
            ++count.free;
    }
    return count;
}

}  // namespace araz::testing

// Growth of a whole case, as a plain power flow sees it.
#pragma once

#include "araz/engine/engine.hpp"

namespace araz::testing {

/// All loads and outputs at 1 + lambda times their own.
inline Scenario grown(const Network& net, double lambda) {
    Scenario scenario;
    for (int g = 0; g < net.n_unit; ++g) scenario.generator_p.push_back({g, net.pg[g] * (1.0 + lambda)});
    for (int b = 0; b < net.n_bus; ++b)
        scenario.load_changes.push_back({b, lambda * net.p_load[b], lambda * net.q_load[b]});
    for (int g = 0; g < net.n_unit; ++g)
        if (net.bus_type[net.gen_bus[g]] == BusType::pq)
            scenario.load_changes.push_back({net.gen_bus[g], 0.0, -lambda * net.qg[g]});
    return scenario;
}

}  // namespace araz::testing

#include "end_states.hpp"

#include <numbers>

namespace araz {

namespace {

// Outputs by generator index: of the solution, or of the schedule where there is none.
std::vector<double> outputs(const Network& net, const ExchangePoint& point) {
    if (point.intact.solved()) return point.intact.gen_p;
    std::vector<double> p = net.pg;
    for (const GeneratorSetting& setting : point.scenario.generator_p) p[setting.generator] = setting.p;
    return p;
}

void add_loads(const Network& net, const ExchangePoint& point, EndState& state) {
    std::vector<double> p = net.p_load;
    std::vector<double> q = net.q_load;
    for (const LoadChange& change : point.scenario.load_changes) {
        p[change.bus] += change.p;
        q[change.bus] += change.q;
    }
    for (int b = 0; b < net.n_bus; ++b)
        if (p[b] != net.p_load[b] || q[b] != net.q_load[b])
            state.loads.push_back({number(net.bus_id[b]), p[b] * net.base_mva, q[b] * net.base_mva});
}

}  // namespace

EndState end_state(const Network& net, const ExchangePoint& point) {
    EndState state;
    state.shift_mw = point.shift * net.base_mva;
    const std::vector<double> p = outputs(net, point);
    for (int g = 0; g < net.n_unit; ++g)
        if (net.island[net.gen_bus[g]] >= 0) state.generators.push_back({net.gen_row[g] + 1, p[g] * net.base_mva});
    for (int dc = 0; dc < net.n_dc; ++dc)
        state.dc_lines.push_back({net.dc_row[dc] + 1, net.dc_power_of(dc, p) * net.base_mva});
    add_loads(net, point, state);
    if (!point.intact.solved()) return state;
    for (int b = 0; b < net.n_bus; ++b)
        if (point.intact.live[b] != 0)
            state.buses.push_back({number(net.bus_id[b]), point.intact.vm[b], point.intact.va[b] * 180.0 / std::numbers::pi});
    return state;
}

std::vector<ListedContingency> listed_contingencies(const Network& net, const std::vector<Contingency>& all) {
    std::vector<ListedContingency> listed;
    for (const Contingency& c : all) {
        const std::vector<std::string> out = c.elements(net);
        const bool single = out.size() == 1 && (out[0] == "branch " + c.label || "g" + out[0].substr(out[0].rfind(' ') + 1) == c.label ||
                                                "dc" + out[0].substr(out[0].rfind(' ') + 1) == c.label);
        if (!single) listed.push_back({c.label, out});
    }
    return listed;
}

}  // namespace araz

#include "support/study.hpp"

#include <stdexcept>

#include "araz/control/control_table.hpp"

namespace araz::testing {

NetworkPtr build_network(Case grid) {
    auto network = Network::build(std::make_shared<const Case>(std::move(grid)));
    if (!network) throw std::runtime_error(render(network.error().findings));
    return *network;
}

StudySetup make_setup(Case grid, const Solving& solving) {
    StudySetup setup;
    setup.model = ElectricalModel::build(build_network(std::move(grid)));
    setup.engine.tolerance = solving.tolerance;
    setup.engine.start = solving.start;
    ControlChoice choice;
    choice.reactive_limits = solving.q_limits;
    setup.engine.controls = [choice] { return make_controls(choice); };
    setup.monitor = solving.monitor;
    setup.threads = solving.threads;
    return setup;
}

std::vector<Contingency> single_outages(const StudySetup& setup, std::vector<int> excluded_rows) {
    ContingencySpec spec;
    spec.exclude_rows = std::move(excluded_rows);
    auto list = make_contingencies(*setup.model, spec);
    if (!list) throw std::runtime_error(render(list.error().findings));
    return *list;
}

PfResult solve(Case grid, const Solving& solving) {
    return run_power_flow(make_setup(std::move(grid), solving));
}

PfResult solve_dc(Case grid) {
    return run_power_flow(make_setup(std::move(grid)), true);
}

DirectionResult transfer_limit(const StudySetup& setup, const Transfer& transfer) {
    const auto sides = make_sides(*setup.model->network, transfer.from, transfer.to, transfer.grouping);
    if (!sides) throw std::runtime_error(render(sides.error().findings));
    const auto outages = transfer.outages ? single_outages(setup, transfer.excluded_rows) : std::vector<Contingency>{};
    CapacityResult result = run_capacity(setup, outages, transfer.options, {*sides});
    if (result.directions.size() != 1) throw std::runtime_error("the base case is not solved");
    return std::move(result.directions.front());
}

}  // namespace araz::testing

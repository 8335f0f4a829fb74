#include "support/study.hpp"

#include <algorithm>
#include <cmath>
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

namespace {

void require(const Solution& solution) {
    if (!solution.solved()) throw std::runtime_error("a state of the test grid does not solve");
}

}  // namespace

Case rated_for_n1(Case grid) {
    const StudySetup setup = make_setup(grid);
    Engine engine(setup.model, setup.engine);
    const Solution base = engine.solve({});
    require(base);
    std::vector<double> worst(grid.branches.size(), 0.0);
    const auto note = [&](const Solution& solution) {
        require(solution);
        std::vector<solver::BranchFlow> flows;
        branch_flows(*setup.model, solution, flows);
        for (std::size_t l = 0; l < flows.size(); ++l) {
            double& most = worst[setup.model->network->branch_row[l]];
            most = std::max(
                {most, std::hypot(flows[l].p_from, flows[l].q_from), std::hypot(flows[l].p_to, flows[l].q_to)});
        }
    };
    note(base);
    for (const Contingency& outage : single_outages(setup))
        if (!outage.splits) note(engine.solve_from(outage.scenario(), base));
    for (std::size_t row = 0; row < worst.size(); ++row)
        grid.branches[row].rate_a_mva = 1.1 * grid.base_mva * worst[row];
    return grid;
}

}  // namespace araz::testing

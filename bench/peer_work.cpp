// The work of bench/peers done by the library, without program start, files and tables in the way:
//
//   araz_peer_work CASE file|solve N OUT                       from the file N times; from the grid in memory N times
//   araz_peer_work CASE injections lanes|scalar FACTORS OUT    FACTORS: doubles [scenarios x buses] on the load of each bus
//   araz_peer_work CASE n1 lanes|scalar ROWS OUT               ROWS: branch rows from 1, one per line
//
// Prints {"cpu_s": ..., "items": ...} for the work alone; reading the case and its base solution are not in it, except
// for n1, which solves its base like `araz n1`. OUT: doubles in the order of the case's buses, |V| and angle in rad of every
// bus, scenario after scenario, NaN where nothing solved; for n1 loss in MW, lowest and highest |V| of every outage.
#include <charconv>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>
#include <string>

#include "araz/io/case_io.hpp"
#include "araz/solver/lane_kernels.hpp"
#include "lane_batch.hpp"

namespace {

using namespace araz;

constexpr double none = std::numeric_limits<double>::quiet_NaN();

struct Answer {
    double seconds = 0.0;
    std::vector<double> values;
};

std::string contents(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

// Network buses in the order of the case; -1: a bus that is not in the network.
std::vector<int> places(const Network& net) {
    std::map<BusId, int> at;
    for (int b = 0; b < net.n_bus; ++b) at[net.bus_id[b]] = b;
    std::vector<int> out;
    for (const BusRow& bus : net.source->buses) {
        const auto found = at.find(bus.bus);
        out.push_back(found == at.end() ? -1 : found->second);
    }
    return out;
}

void append(const std::vector<int>& order, const solver::VoltageState* state, std::vector<double>& out) {
    for (const int b : order) {
        out.push_back(state != nullptr && b >= 0 ? state->vm[b] : none);
        out.push_back(state != nullptr && b >= 0 ? state->va[b] : none);
    }
}

Answer file_to_voltages(const std::string& path, int times) {
    Answer out;
    for (int k = 0; k < times; ++k) {
        const double from = bench::cpu_seconds();
        const auto model = ElectricalModel::build(*Network::build(std::make_shared<const Case>(*read_case(path))));
        const Solution last = Engine(model, {}).solve({});
        out.seconds += bench::cpu_seconds() - from;
        const solver::VoltageState state{last.vm, last.va};
        out.values.clear();
        append(places(*model->network), last.solved() ? &state : nullptr, out.values);
    }
    return out;
}

Answer solve(const bench::Grid& grid, int times) {
    Engine engine(grid.setup.model, grid.setup.engine);
    Solution last = engine.solve({});
    const double from = bench::cpu_seconds();
    for (int k = 0; k < times; ++k) last = engine.solve({});
    Answer out{bench::cpu_seconds() - from, {}};
    const solver::VoltageState state{last.vm, last.va};
    append(places(*grid.setup.model->network), last.solved() ? &state : nullptr, out.values);
    return out;
}

Answer injections(const bench::Grid& grid, bool lanes, const std::string& file) {
    const std::string bytes = contents(file);
    const auto* factor = reinterpret_cast<const double*>(bytes.data());
    const std::vector<int> order = places(*grid.setup.model->network);
    const std::size_t count = bytes.size() / sizeof(double) / order.size();
    bench::Injections scenarios;
    for (std::size_t s = 0; s < count; ++s) {
        scenarios.p.push_back(grid.p);
        scenarios.q.push_back(grid.q);
        for (std::size_t k = 0; k < order.size(); ++k) {
            const int b = order[k];
            if (b < 0) continue;
            const double more = factor[s * order.size() + k] - 1.0;
            scenarios.p[s][b] -= more * grid.base.p_load[b];
            scenarios.q[s][b] -= more * grid.base.q_load[b];
        }
    }
    bench::LaneBatch in_lanes(grid, solver::lane_kernels(grid.setup.isa));
    solver::NewtonSolver newton(grid.setup.model->pattern);
    newton.prime(grid.problem(grid.p, grid.q), {grid.base.vm, grid.base.va});
    const double from = bench::cpu_seconds();
    const bench::Solved solved = lanes ? in_lanes.solve(scenarios) : bench::scalar_batch(grid, scenarios, newton);
    Answer out{bench::cpu_seconds() - from, {}};
    for (std::size_t s = 0; s < count; ++s) append(order, solved.iterations[s] < 0 ? nullptr : &solved.state[s], out.values);
    return out;
}

Answer n1(const bench::Grid& grid, bool lanes, const std::string& file) {
    std::map<std::string, const Contingency*> by_row;
    const auto all = make_contingencies(*grid.setup.model, {});
    for (const Contingency& outage : *all) by_row[outage.label] = &outage;
    std::vector<Contingency> list;
    std::ifstream rows(file);
    for (std::string row; rows >> row;)
        if (const auto found = by_row.find(row); found != by_row.end()) list.push_back(*found->second);
    StudySetup setup = grid.setup;
    setup.sweep = lanes ? SweepEngine::lane : SweepEngine::scalar;
    const double from = bench::cpu_seconds();
    const N1Result result = run_n1(setup, list);
    Answer out{bench::cpu_seconds() - from, {}};
    for (const ContingencyResult& outage : result.contingencies) {
        const bool solved = outage.status == SolveStatus::converged;
        for (const double value : {outage.loss_mw, outage.min_vm_pu, outage.max_vm_pu}) out.values.push_back(solved ? value : none);
    }
    return out;
}

int run(const std::vector<std::string>& words) {
    if (words.size() < 5) return 2;
    const std::string& what = words[2];
    int times = 1;
    if (what == "file" || what == "solve") std::from_chars(words[3].data(), words[3].data() + words[3].size(), times);
    Answer answer = what == "file" ? file_to_voltages(words[1], times) : Answer{};
    const bench::Grid grid(words[1]);
    if (what == "solve") {
        answer = solve(grid, times);
    } else if (words.size() == 6 && what == "injections") {
        answer = injections(grid, words[3] == "lanes", words[4]);
    } else if (words.size() == 6 && what == "n1") {
        answer = n1(grid, words[3] == "lanes", words[4]);
    } else if (what != "file") {
        return 2;
    }
    std::ofstream file(words.back(), std::ios::binary);
    file.write(reinterpret_cast<const char*>(answer.values.data()), static_cast<std::streamsize>(answer.values.size() * sizeof(double)));
    if (!file.flush()) return 5;
    std::printf("{\"cpu_s\": %.9g, \"isa\": \"%s\"}\n", answer.seconds, std::string(to_string(grid.setup.isa)).c_str());
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const int status = run({argv, argv + argc});
    if (status == 2) std::fputs("usage: araz_peer_work CASE file|solve N OUT | injections lanes|scalar FACTORS OUT | n1 lanes|scalar ROWS OUT\n", stderr);
    return status;
}

#include "own_joints.hpp"

#include <Eigen/Dense>

#include <algorithm>
#include <cmath>
#include <map>

#include "state.hpp"

namespace araz {

namespace {

using Complex = std::complex<double>;

ReactiveRange range_of(const OwnGrid& own, const OwnSource& source) {
    const Case& c = *own.grid;
    ReactiveRange range;
    if (source.generator >= 0) range = capability(c.generators[source.generator], source.p * c.base_mva);
    else if (source.from_end) range = {c.dc_lines[source.dc_line].qminf_mvar, c.dc_lines[source.dc_line].qmaxf_mvar};
    else range = {c.dc_lines[source.dc_line].qmint_mvar, c.dc_lines[source.dc_line].qmaxt_mvar};
    return {range.min / c.base_mva, range.max / c.base_mva};
}

// The level is sought by halving: the sum of what all give never falls as it rises.
std::vector<double> by_stated_shares(const std::vector<double>& share, const std::vector<ReactiveRange>& range, double total) {
    double low = 0.0, high = 0.0;
    for (const ReactiveRange& r : range) low += r.min, high += r.max;
    const bool limited = total >= low && total <= high;
    const auto gives = [&](std::size_t k, double level) {
        return limited ? std::clamp(share[k] * level, range[k].min, range[k].max) : share[k] * level;
    };
    double below = -1e7, beyond = 1e7;
    for (int halving = 0; halving < 200; ++halving) {
        const double middle = 0.5 * (below + beyond);
        double sum = 0.0;
        for (std::size_t k = 0; k < share.size(); ++k) sum += gives(k, middle);
        (sum < total ? below : beyond) = middle;
    }
    std::vector<double> q;
    for (std::size_t k = 0; k < share.size(); ++k) q.push_back(gives(k, beyond));
    return q;
}

std::vector<double> by_ranges(std::vector<ReactiveRange> range, double total) {
    double bound = std::abs(total), low = 0.0, width = 0.0;
    for (const ReactiveRange& r : range)
        for (const double end : {r.min, r.max})
            if (std::isfinite(end)) bound += std::abs(end);
    for (ReactiveRange& r : range) {
        if (!std::isfinite(r.min)) r.min = std::copysign(bound, r.min);
        if (!std::isfinite(r.max)) r.max = std::copysign(bound, r.max);
        low += r.min;
        width += r.max - r.min;
    }
    std::vector<double> q;
    for (const ReactiveRange& r : range) {
        const double part = width > 1e-14 ? (r.max - r.min) / width : 1.0 / static_cast<double>(range.size());
        q.push_back(r.min + (total - low) * part);
    }
    return q;
}

// [branch row] in service between two buses of one node without impedance.
std::vector<unsigned char> joints_of(const OwnGrid& grid) {
    std::vector<unsigned char> joins;
    for (const BranchRow& branch : grid.grid->branches) {
        const int from = grid.row(branch.from_bus), to = grid.row(branch.to_bus);
        const bool joint = branch.in_service && is_joint(branch) && from >= 0 && to >= 0 && from != to;
        joins.push_back(joint && grid.node_of[from] >= 0 && grid.node_of[from] == grid.node_of[to] ? 1 : 0);
    }
    return joins;
}

// What each bus has left for the joints at it, p.u.
std::vector<Complex> surplus_of(const OwnGrid& grid, const OwnState& state) {
    const Case& c = *grid.grid;
    std::vector<Complex> left(c.buses.size());
    for (std::size_t i = 0; i < c.buses.size(); ++i) {
        const int node = grid.node_of[i];
        if (node < 0 || state.live[node] == 0) continue;
        const Complex shunt(c.buses[i].gs_mw, -c.buses[i].bs_mvar);
        left[i] = -(Complex(c.buses[i].pd_mw, c.buses[i].qd_mvar) + shunt * std::norm(state.v[node])) / c.base_mva;
    }
    for (std::size_t s = 0; s < grid.sources.size(); ++s) left[grid.sources[s].bus] += state.source[s];
    for (const OwnBranch& branch : grid.branches) {
        if (!branch.carries) continue;
        const OwnFlow flow = own_flow(grid, state, branch.row);
        left[grid.row(c.branches[branch.row].from_bus)] -= flow.from;
        left[grid.row(c.branches[branch.row].to_bus)] -= flow.to;
    }
    return left;
}

// The joints of one node.
void settle(const OwnGrid& grid, const std::vector<int>& joints, const std::vector<Complex>& left, std::vector<OwnJointFlow>& flows) {
    const auto ends = [&](int row) {
        return std::pair(grid.row(grid.grid->branches[row].from_bus), grid.row(grid.grid->branches[row].to_bus));
    };
    std::map<int, Eigen::Index> place;
    for (const int row : joints) {
        place.emplace(ends(row).first, static_cast<Eigen::Index>(place.size()));
        place.emplace(ends(row).second, static_cast<Eigen::Index>(place.size()));
    }
    const auto rows = static_cast<Eigen::Index>(place.size());
    Eigen::MatrixXd incidence = Eigen::MatrixXd::Zero(rows, static_cast<Eigen::Index>(joints.size()));
    Eigen::MatrixXd surplus(rows, 2);
    for (std::size_t k = 0; k < joints.size(); ++k) {
        incidence(place[ends(joints[k]).first], static_cast<Eigen::Index>(k)) = 1.0;
        incidence(place[ends(joints[k]).second], static_cast<Eigen::Index>(k)) = -1.0;
    }
    for (const auto& [bus, i] : place) surplus.row(i) << left[bus].real(), left[bus].imag();
    const Eigen::MatrixXd flow = incidence.completeOrthogonalDecomposition().solve(surplus);
    for (std::size_t k = 0; k < joints.size(); ++k) {
        const auto row = static_cast<Eigen::Index>(k);
        flows.push_back({joints[k], Complex(flow(row, 0), flow(row, 1))});
    }
}

}  // namespace

bool is_joint(const BranchRow& branch) { return std::hypot(branch.r_pu, branch.x_pu) < own_merge_below; }

std::vector<double> own_shares(const OwnGrid& grid, const std::vector<int>& sources, double total) {
    if (sources.size() == 1) return {total};
    std::vector<ReactiveRange> range;
    std::vector<double> share;
    for (const int s : sources) {
        range.push_back(range_of(grid, grid.sources[s]));
        const double stated = grid.sources[s].generator >= 0 ? grid.grid->generators[grid.sources[s].generator].reactive_share : 0.0;
        if (stated > 0.0) share.push_back(stated);
    }
    return share.size() == sources.size() ? by_stated_shares(share, range, total) : by_ranges(range, total);
}

std::vector<OwnJointFlow> own_joint_flows(const OwnGrid& grid, const OwnState& state) {
    const Case& c = *grid.grid;
    std::map<int, std::vector<int>> at;  // node: its joints
    const std::vector<unsigned char> joins = joints_of(grid);
    for (int row = 0; row < static_cast<int>(joins.size()); ++row) {
        if (joins[row] == 0 || state.branch_out[row] != 0) continue;
        const int node = grid.node_of[grid.row(c.branches[row].from_bus)];
        if (state.live[node] != 0) at[node].push_back(row);
    }
    std::vector<OwnJointFlow> flows;
    if (at.empty()) return flows;
    const std::vector<Complex> left = surplus_of(grid, state);
    for (const auto& [node, joints] : at) settle(grid, joints, left, flows);
    return flows;
}

}  // namespace araz

// What a state leaves to shares and to branches without impedance: outputs of units that hold a bus together, flows
// between joined buses.
#pragma once

#include <complex>
#include <vector>

#include "own_newton.hpp"

namespace araz {

/// A branch whose impedance is too small to part its buses.
[[nodiscard]] bool is_joint(const BranchRow& branch);

/// Q of sources that hold a node together, p.u.: each `share` u within its limits where all state a share, else in proportion
/// to Qmax - Qmin from Qmin on (infinite limits stand for what no unit there can reach), equal where there is no range.
[[nodiscard]] std::vector<double> own_shares(const OwnGrid& grid, const std::vector<int>& sources, double total);

struct OwnJointFlow {
    int row = 0;
    std::complex<double> s;  ///< into the branch at its from end, p.u.
};
/// Flows through the closed joints of a state: what balances their buses, and of that the least squares, since nothing else
/// decides how those in a ring share. Equal resistances would do the same.
[[nodiscard]] std::vector<OwnJointFlow> own_joint_flows(const OwnGrid& grid, const OwnState& state);

}  // namespace araz

// Connectivity of the bus-branch graph.
#pragma once

#include <span>
#include <vector>

#include "araz/solver/admittance.hpp"

namespace araz::solver {

/// Component number of each bus (0-based, in order of the lowest bus index) without the branches whose
/// `out` is set; `out` may be empty.
[[nodiscard]] std::vector<int> components(const AdmittancePattern& pattern, std::span<const unsigned char> out);

/// [n_branch] 1 where the branch is a bridge: its outage splits the network (R. E. Tarjan, "A note on
/// finding the bridges of a graph", Inf. Process. Lett. 2(6), 1974). Parallel branches are no bridges.
[[nodiscard]] std::vector<unsigned char> bridges(const AdmittancePattern& pattern);

/// Buses on the smaller of the two sides that the outage of a bridge leaves, ascending; of two as large that of its from end.
/// Takes time as that side is large.
[[nodiscard]] std::vector<int> smaller_side(const AdmittancePattern& pattern, int bridge);

}  // namespace araz::solver

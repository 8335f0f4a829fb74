#include "araz/solver/graph.hpp"

#include <algorithm>

namespace araz::solver {

std::vector<int> components(const AdmittancePattern& pattern, std::span<const unsigned char> out) {
    std::vector<int> component(static_cast<std::size_t>(pattern.n_bus), -1);
    std::vector<int> stack;
    int count = 0;
    for (int root = 0; root < pattern.n_bus; ++root) {
        if (component[root] >= 0) continue;
        component[root] = count;
        stack.push_back(root);
        while (!stack.empty()) {
            const int bus = stack.back();
            stack.pop_back();
            for (int k = pattern.incident_start[bus]; k < pattern.incident_start[bus + 1]; ++k) {
                const int l = pattern.incident[k];
                if (!out.empty() && out[l] != 0) continue;
                const int other = pattern.from[l] == bus ? pattern.to[l] : pattern.from[l];
                if (component[other] >= 0) continue;
                component[other] = count;
                stack.push_back(other);
            }
        }
        ++count;
    }
    return component;
}

std::vector<unsigned char> bridges(const AdmittancePattern& pattern) {
    // Depth-first search with an explicit stack: grids are long chains, recursion would overflow.
    struct Frame {
        int bus, via, next;
    };
    std::vector<unsigned char> bridge(static_cast<std::size_t>(pattern.n_branch()), 0);
    std::vector<int> order(static_cast<std::size_t>(pattern.n_bus), -1);
    std::vector<int> low(static_cast<std::size_t>(pattern.n_bus), 0);
    std::vector<Frame> stack;
    int clock = 0;
    for (int root = 0; root < pattern.n_bus; ++root) {
        if (order[root] >= 0) continue;
        order[root] = low[root] = clock++;
        stack.push_back({root, -1, pattern.incident_start[root]});
        while (!stack.empty()) {
            Frame& frame = stack.back();
            if (frame.next == pattern.incident_start[frame.bus + 1]) {
                const Frame done = frame;
                stack.pop_back();
                if (stack.empty()) continue;
                const int parent = stack.back().bus;
                low[parent] = std::min(low[parent], low[done.bus]);
                if (low[done.bus] > order[parent]) bridge[done.via] = 1;
                continue;
            }
            const int l = pattern.incident[frame.next++];
            if (l == frame.via) continue;  // by branch, not by bus: a parallel branch is a way back
            const int bus = frame.bus;
            const int other = pattern.from[l] == bus ? pattern.to[l] : pattern.from[l];
            if (order[other] < 0) {
                order[other] = low[other] = clock++;
                stack.push_back({other, l, pattern.incident_start[other]});
            } else {
                low[bus] = std::min(low[bus], order[other]);
            }
        }
    }
    return bridge;
}

std::vector<int> smaller_side(const AdmittancePattern& pattern, int bridge) {
    // Both grow in turn, a bus at a time; the one that is complete first has no more buses than the other.
    std::vector<unsigned char> seen(static_cast<std::size_t>(pattern.n_bus), 0);
    std::vector<int> sides[2] = {{pattern.from[bridge]}, {pattern.to[bridge]}};
    seen[pattern.from[bridge]] = seen[pattern.to[bridge]] = 1;
    for (std::size_t next = 0;; ++next)
        for (std::vector<int>& side : sides) {
            if (next == side.size()) {
                std::sort(side.begin(), side.end());
                return side;
            }
            const int bus = side[next];
            for (int k = pattern.incident_start[bus]; k < pattern.incident_start[bus + 1]; ++k) {
                const int l = pattern.incident[k];
                const int other = pattern.from[l] == bus ? pattern.to[l] : pattern.from[l];
                if (l == bridge || seen[other] != 0) continue;
                seen[other] = 1;
                side.push_back(other);
            }
        }
}

}  // namespace araz::solver

#include "plausible.hpp"

#include <cmath>
#include <numbers>

namespace araz {

namespace {

// A converged state with a lower magnitude than this, or with a wider angle across a branch, is a false root
// of the equations, not a grid in operation: the ladder goes on and the result says so if nothing better is
// found. Public cases that are meant to be solved stay above 0.54 p.u. A reactance carries its most at 90
// degrees and a line with losses a little later; false roots lie near 180.
constexpr double plausible_vm = 0.45;
constexpr double plausible_angle = 110.0 * std::numbers::pi / 180.0;
constexpr double turn = 2.0 * std::numbers::pi;

using Kinds = std::vector<solver::BusKind>;
using Mask = std::vector<unsigned char>;

bool carries(const Network& net, const Kinds& kind, const Mask& out, int l) {
    const bool alive = kind[net.from[l]] != solver::BusKind::dead && kind[net.to[l]] != solver::BusKind::dead;
    return alive && (out.empty() || out[l] == 0);
}

double across(const Network& net, const solver::VoltageState& state, int l) {
    return state.va[net.from[l]] - state.va[net.to[l]] - net.shift[l];
}

// Branches at each bus, as compressed rows.
struct Incidence {
    std::vector<int> start, branch;

    Incidence(const Network& net, const Kinds& kind, const Mask& out) : start(static_cast<std::size_t>(net.n_bus) + 1, 0) {
        for (int l = 0; l < net.n_branch; ++l)
            if (carries(net, kind, out, l)) ++start[net.from[l] + 1], ++start[net.to[l] + 1];
        for (int b = 0; b < net.n_bus; ++b) start[b + 1] += start[b];
        branch.resize(static_cast<std::size_t>(start.back()));
        std::vector<int> next(start.begin(), start.end() - 1);
        for (int l = 0; l < net.n_branch; ++l)
            if (carries(net, kind, out, l)) branch[next[net.from[l]]++] = branch[next[net.to[l]]++] = l;
    }
};

}  // namespace

bool is_plausible(const Network& net, const Kinds& kind, const Mask& out, const solver::VoltageState& state) {
    for (int b = 0; b < net.n_bus; ++b)
        if (kind[b] != solver::BusKind::dead && state.vm[b] < plausible_vm) return false;
    for (int l = 0; l < net.n_branch; ++l)
        if (carries(net, kind, out, l) && std::abs(std::remainder(across(net, state, l), turn)) > plausible_angle) return false;
    return true;
}

void unwind_angles(const Network& net, const Kinds& kind, const Mask& out, solver::VoltageState& state) {
    bool wound = false;
    for (int l = 0; l < net.n_branch && !wound; ++l)
        wound = carries(net, kind, out, l) && std::abs(across(net, state, l)) > 0.5 * turn;
    if (!wound) return;
    const Incidence at(net, kind, out);
    std::vector<unsigned char> seen(static_cast<std::size_t>(net.n_bus), 0);
    std::vector<int> queue;
    for (int root = 0; root < net.n_bus; ++root) {
        if (!solver::is_reference(kind[root])) continue;
        if (seen[root] != 0) continue;
        seen[root] = 1;
        queue.assign(1, root);
        for (std::size_t k = 0; k < queue.size(); ++k) {
            for (int i = at.start[queue[k]]; i < at.start[queue[k] + 1]; ++i) {
                const int l = at.branch[i];
                const bool forward = net.from[l] == queue[k];
                const int other = forward ? net.to[l] : net.from[l];
                if (seen[other] != 0) continue;
                seen[other] = 1;
                const double turns = std::round(across(net, state, l) / turn);
                if (turns != 0.0) state.va[other] += (forward ? turns : -turns) * turn;
                queue.push_back(other);
            }
        }
    }
}

}  // namespace araz

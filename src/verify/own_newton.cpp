#include "own_newton.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "own_newton_work.hpp"
#include "own_slack.hpp"

namespace araz {

namespace {

using Complex = std::complex<double>;
constexpr Complex j1(0.0, 1.0);
constexpr int max_iterations = 40;
constexpr int max_rounds = 60;        // of switching between PV and PQ
constexpr int max_sharings = 40;
constexpr double angle_cap = 10.0 * std::numbers::pi / 180.0;
constexpr double voltage_cap = 0.1;

}  // namespace

std::size_t OwnNewton::Work::position(int row, int column) const {
    const auto& list = nonzero[row];
    const auto at = std::lower_bound(list.begin(), list.end(), column, [](const auto& e, int c) { return e.first < c; });
    return at->second;
}

void OwnNewton::Work::lay_out() {
    nonzero.resize(static_cast<std::size_t>(grid.n));
    for (int b = 0; b < grid.n; ++b) nonzero[b].emplace_back(b, 0);
    for (const OwnBranch& branch : grid.branches) {
        if (!branch.carries) continue;
        nonzero[branch.from].emplace_back(branch.to, 0);
        nonzero[branch.to].emplace_back(branch.from, 0);
    }
    for (const OwnEmulation& line : grid.emulations) {
        nonzero[line.node[0]].emplace_back(line.node[1], 0);
        nonzero[line.node[1]].emplace_back(line.node[0], 0);
    }
    std::vector<Eigen::Triplet<double>> entries;
    std::size_t count = 0;
    for (int b = 0; b < grid.n; ++b) {
        auto& list = nonzero[b];
        std::sort(list.begin(), list.end());
        list.erase(std::unique(list.begin(), list.end()), list.end());
        for (auto& [other, at] : list) {
            at = count++;
            for (const int row : {2 * b, 2 * b + 1})
                for (const int column : {2 * other, 2 * other + 1}) entries.emplace_back(row, column, 1.0);
        }
    }
    jacobian.resize(2 * grid.n, 2 * grid.n);
    jacobian.setFromTriplets(entries.begin(), entries.end());
    jacobian.makeCompressed();
    slot.resize(count);
    const auto index = [&](int row, int column) {
        const int* begin = jacobian.innerIndexPtr() + jacobian.outerIndexPtr()[column];
        const int* end = jacobian.innerIndexPtr() + jacobian.outerIndexPtr()[column + 1];
        return static_cast<int>(std::lower_bound(begin, end, row) - jacobian.innerIndexPtr());
    };
    for (int b = 0; b < grid.n; ++b)
        for (const auto& [other, at] : nonzero[b])
            slot[at] = {index(2 * b, 2 * other), index(2 * b, 2 * other + 1), index(2 * b + 1, 2 * other),
                        index(2 * b + 1, 2 * other + 1)};
    if (grid.n > 0) lu.analyzePattern(jacobian);
}

// From the rows that are left, anew for every solve: nothing is patched.
void OwnNewton::Work::build_admittance() {
    y.assign(slot.size(), 0.0);
    for (const OwnBranch& branch : grid.branches) {
        if (!branch.carries || state.branch_out[branch.row] != 0) continue;
        y[position(branch.from, branch.from)] += branch.yff;
        y[position(branch.from, branch.to)] += branch.yft;
        y[position(branch.to, branch.from)] += branch.ytf;
        y[position(branch.to, branch.to)] += branch.ytt;
    }
    for (int b = 0; b < grid.n; ++b) y[position(b, b)] += grid.shunt[b];  // G consumes, B injects at 1 p.u.
}

// What the units that follow the voltage of a node feed in.
double OwnNewton::Work::following(int node, double vm) const {
    double sum = 0.0;
    for (const int s : grid.sources_at[node])
        if (on[s] != 0 && grid.sources[s].follows_voltage) sum += own_q(grid, grid.sources[s], vm);
    return sum;
}

// What all units feed in that do not hold the voltage.
double OwnNewton::Work::others(int node) const {
    double sum = 0.0;
    for (const int s : grid.sources_at[node])
        if (on[s] != 0 && !grid.sources[s].holds) sum += given_q(s);
    return sum;
}

void OwnNewton::Work::set_start(const std::vector<Complex>& start) {
    state.v.assign(static_cast<std::size_t>(grid.n), 0.0);
    for (int b = 0; b < grid.n; ++b) {
        if (state.live[b] == 0) continue;
        const double stored = grid.grid->buses[grid.bus_of[b]].vm_pu;
        Complex v = start.empty() ? std::polar(stored > 0.0 && stored < 2.0 ? stored : 1.0, grid.angle[b]) : start[b];
        if (!(std::abs(v) > 0.0)) v = 1.0;
        double size = std::abs(v);
        double angle = std::arg(v);
        if (kind[b] == Kind::reference && (grid.reference[b] != 0 || start.empty())) angle = grid.angle[b];
        if (kind[b] == Kind::reference || kind[b] == Kind::pv) size = grid.v_set[b];
        state.v[b] = std::polar(size, angle);
    }
}

Complex OwnNewton::Work::injection(int node) const {
    Complex current = 0.0;
    for (const auto& [other, at] : nonzero[node]) current += y[at] * state.v[other];
    return state.v[node] * std::conj(current);
}

double OwnNewton::Work::mismatch(Eigen::VectorXd& f) {
    follow_angles();
    f.setZero(2 * grid.n);
    double largest = 0.0;
    for (int b = 0; b < grid.n; ++b) {
        if (kind[b] == Kind::dead || kind[b] == Kind::reference) continue;
        const Complex off = scheduled[b] + emulated[b] - injection(b);
        f[2 * b] = off.real();
        if (kind[b] == Kind::pq) f[2 * b + 1] = off.imag() + following(b, std::abs(state.v[b]));
        largest = std::max({largest, std::abs(f[2 * b]), std::abs(f[2 * b + 1])});
        if (!std::isfinite(off.real()) || !std::isfinite(off.imag())) return HUGE_VAL;
    }
    return largest;
}

void OwnNewton::Work::fill_jacobian() {
    double* value = jacobian.valuePtr();
    for (int b = 0; b < grid.n; ++b) {
        const bool has_p = kind[b] == Kind::pv || kind[b] == Kind::pq;
        const bool has_q = kind[b] == Kind::pq;
        const Complex v = state.v[b];
        Complex current = 0.0;
        for (const auto& [other, at] : nonzero[b]) current += y[at] * state.v[other];
        for (const auto& [other, at] : nonzero[b]) {
            const Complex term = y[at] * state.v[other];
            const double size = std::max(std::abs(state.v[other]), 1e-12);
            Complex by_angle = -j1 * v * std::conj(term);
            Complex by_size = v * std::conj(term / size);
            if (other == b) {
                by_angle += j1 * v * std::conj(current);
                by_size += std::conj(current) * v / size;
                constexpr double h = 1e-7;  // the pieces are straight: a difference is their slope but across a bend
                by_size -= j1 * ((following(b, size + h) - following(b, size - h)) / (2.0 * h));
            }
            const bool angle_moves = kind[other] == Kind::pv || kind[other] == Kind::pq;
            const bool size_moves = kind[other] == Kind::pq;
            const auto& s = slot[at];
            value[s[0]] = has_p && angle_moves ? by_angle.real() : (other == b && !has_p ? 1.0 : 0.0);
            value[s[1]] = has_p && size_moves ? by_size.real() : 0.0;
            value[s[2]] = has_q && angle_moves ? by_angle.imag() : 0.0;
            value[s[3]] = has_q && size_moves ? by_size.imag() : (other == b && !has_q ? 1.0 : 0.0);
        }
    }
}

bool OwnNewton::Work::iterate(bool capped) {
    Eigen::VectorXd f;
    double floor = HUGE_VAL;
    for (int k = 0; k <= (capped ? 3 : 1) * max_iterations; ++k) {
        state.mismatch = mismatch(f);
        if (state.mismatch <= options.tolerance) return true;
        if (!std::isfinite(state.mismatch) || state.mismatch > 1e12) break;
        // Quadratic convergence that has ended at rounding, still well inside what any result claims.
        if (state.mismatch < 1e-7 && state.mismatch > 0.5 * floor) return true;
        floor = std::min(floor, state.mismatch);
        fill_jacobian();
        add_emulation_slopes();
        lu.factorize(jacobian);
        if (lu.info() != Eigen::Success) {
            state.why = "the Jacobian is singular";
            return false;
        }
        Eigen::VectorXd x = lu.solve(f);
        double scale = 1.0;
        for (int b = 0; capped && b < grid.n; ++b) {
            scale = std::min(scale, angle_cap / std::max(std::abs(x[2 * b]), angle_cap));
            scale = std::min(scale, voltage_cap / std::max(std::abs(x[2 * b + 1]), voltage_cap));
        }
        const std::vector<Complex> before = state.v;
        const double least = follows_voltage ? 0.01 * scale : scale;  // where curves bend a whole step may swing about a bend
        for (bool taken = false; !taken; scale *= 0.5) {
            for (int b = 0; b < grid.n; ++b) {
                if (kind[b] == Kind::dead) continue;
                const double size = std::abs(before[b]) + scale * x[2 * b + 1];
                if (!(size > 0.0)) {
                    state.why = "a voltage fell to zero";
                    return false;
                }
                state.v[b] = std::polar(size, std::arg(before[b]) + scale * x[2 * b]);
            }
            Eigen::VectorXd trial;
            taken = 0.5 * scale < least || !(mismatch(trial) > state.mismatch);
        }
        ++state.iterations;
    }
    state.why = "no convergence";
    return false;
}

bool OwnNewton::Work::run(const std::vector<Complex>& start, bool capped) {
    schedule();
    set_start(start);
    if (options.slack_key.empty()) return settle(capped);
    OwnSharing sharing(grid, options.slack_key, on, part);
    // What every node leaves open within its tolerance adds up at the reference.
    const double small = 100.0 * options.tolerance;
    for (int k = 0; k < max_sharings; ++k) {
        if (k > 0 && !settle(capped)) return false;
        const std::vector<double> left = left_over(k == 0);
        if (k > 0 && std::all_of(left.begin(), left.end(), [&](double each) { return std::abs(each) <= small; })) return true;
        if (!sharing.take(left)) {
            state.why = "nobody is left to share the imbalance";
            return false;
        }
        move(sharing.shares());
    }
    state.why = "the shares of the imbalance do not settle";
    return false;
}

bool OwnNewton::Work::settle(bool capped) {
    if (!iterate(capped)) return false;
    for (int round = 1; options.q_limits && switch_limits(round); ++round) {
        if (round > max_rounds) {
            state.why = "reactive limits keep switching";
            return false;
        }
        if (!iterate(capped)) return false;
    }
    return true;
}

OwnNewton::OwnNewton(const OwnGrid& grid, OwnOptions options) : work_(std::make_unique<Work>(grid, options)) {}
OwnNewton::~OwnNewton() = default;

OwnState OwnNewton::solve(const OwnOutage& outage, const std::vector<std::complex<double>>& start) {
    Work& w = *work_;
    w.switch_off(outage);
    w.build_admittance();
    w.state.solved = w.run(start, false) || w.run({}, false) || w.run(start, true) || w.run({}, true);
    if (w.state.solved) w.state.why.clear();
    w.share_outputs();
    return w.state;
}

OwnFlow own_flow(const OwnGrid& grid, const OwnState& state, int branch_row) {
    const OwnBranch& branch = grid.branches[branch_row];
    if (!branch.carries || state.branch_out[branch_row] != 0 || state.live[branch.from] == 0 || state.live[branch.to] == 0) return {};
    const Complex f = state.v[branch.from];
    const Complex t = state.v[branch.to];
    return {f * std::conj(branch.yff * f + branch.yft * t), t * std::conj(branch.ytf * f + branch.ytt * t)};
}

}  // namespace araz

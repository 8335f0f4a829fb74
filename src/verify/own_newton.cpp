#include "own_newton.hpp"

#include <Eigen/SparseLU>
#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "own_dc.hpp"
#include "own_joints.hpp"
#include "own_slack.hpp"
#include "state.hpp"

namespace araz {

namespace {

using Complex = std::complex<double>;
constexpr Complex j1(0.0, 1.0);
constexpr int max_iterations = 40;
constexpr int max_rounds = 60;        // of switching between PV and PQ
constexpr int max_sharings = 40;
constexpr int all_at_once = 8;        // rounds in which every violated bus switches; then the worst alone
constexpr double angle_cap = 10.0 * std::numbers::pi / 180.0;
constexpr double voltage_cap = 0.1;

enum class Kind : unsigned char { dead, reference, pv, pq };

}  // namespace

struct OwnNewton::Work {
    const OwnGrid& grid;
    OwnOptions options;

    // Fixed pattern: every node with itself and its neighbours, both unknowns and both equations of each.
    std::vector<std::vector<std::pair<int, std::size_t>>> nonzero;  // [node] (neighbour, position in y)
    std::vector<std::array<int, 4>> slot;                           // [position] of dP/da dP/dv dQ/da dQ/dv
    Eigen::SparseMatrix<double> jacobian;
    Eigen::SparseLU<Eigen::SparseMatrix<double>, Eigen::COLAMDOrdering<int>> lu;

    // The solve at hand.
    std::vector<Complex> y;
    std::vector<Kind> kind;
    std::vector<Complex> scheduled;  // [node] net injection; imaginary part of PQ nodes only
    std::vector<Complex> outlet;     // [source] output of DC ends: given, or of the angles at hand
    std::vector<unsigned char> emulates;   // [emulation] acts in this scenario
    std::vector<Complex> emulated;   // [node] what emulated ends feed in
    std::vector<int> pinned;         // [node] 0, +1 at Qmax, -1 at Qmin
    std::vector<unsigned char> on;   // [source]
    std::vector<unsigned char> reference;  // [node] who holds an angle in this scenario
    std::vector<int> part;           // [node] connected part in this scenario
    std::vector<double> shared;      // [source] output beyond the schedule
    OwnState state;
    bool follows_voltage = false;    // a source does

    Work(const OwnGrid& own, OwnOptions how) : grid(own), options(how) {
        follows_voltage = std::any_of(grid.sources.begin(), grid.sources.end(), [](const OwnSource& s) { return s.follows_voltage; });
        lay_out();
    }

    void lay_out();
    [[nodiscard]] std::size_t position(int row, int column) const;
    void build_admittance();
    void switch_off(const OwnOutage& outage);
    void hand_over();
    void schedule();
    void set_start(const std::vector<Complex>& start);
    [[nodiscard]] double angle_of(const OwnEmulation& line) const;
    void follow_angles();
    void add_emulation_slopes();
    [[nodiscard]] double p_of(int s) const { return grid.sources[s].generator >= 0 ? grid.sources[s].p + shared[s] : outlet[s].real(); }
    // Of a source that does not hold the voltage.
    [[nodiscard]] double given_q(int s) const {
        const OwnSource& source = grid.sources[s];
        return source.generator >= 0 ? own_q(grid, source, std::abs(state.v[source.node])) : outlet[s].imag();
    }
    [[nodiscard]] Complex injection(int node) const;
    [[nodiscard]] double following(int node, double vm) const;
    [[nodiscard]] double others(int node) const;
    [[nodiscard]] double mismatch(Eigen::VectorXd& f);
    void fill_jacobian();
    bool iterate(bool capped);
    [[nodiscard]] ReactiveRange range_of(int node) const;
    bool switch_limits(int round);
    void share_outputs();
    bool settle(bool capped);
    [[nodiscard]] std::vector<double> left_over(bool everywhere) const;
    void move(const std::vector<double>& shares);
    bool run(const std::vector<Complex>& start, bool capped);
};

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

void OwnNewton::Work::switch_off(const OwnOutage& outage) {
    state = OwnState{};
    state.branch_out.assign(grid.branches.size(), 0);
    for (const int row : outage.branches) state.branch_out[row] = 1;
    on.assign(grid.sources.size(), 1);
    for (std::size_t s = 0; s < grid.sources.size(); ++s) {
        const OwnSource& source = grid.sources[s];
        const auto in = [](const std::vector<int>& rows, int row) { return std::find(rows.begin(), rows.end(), row) != rows.end(); };
        if (source.generator >= 0 ? in(outage.generators, source.generator) : in(outage.dc_lines, source.dc_line)) on[s] = 0;
    }
    // Alive is what a reference of the intact grid still reaches.
    part = own_parts(grid, state.branch_out);
    const std::vector<int> before = outage.branches.empty() ? part : own_parts(grid, {});
    std::vector<unsigned char> fed(grid.n + 1, 0), fed_before(grid.n + 1, 0);
    for (int b = 0; b < grid.n; ++b)
        if (grid.reference[b] != 0) fed_before[before[b]] = 1;
    reference = grid.reference;
    if (!outage.generators.empty()) hand_over();
    for (int b = 0; b < grid.n; ++b)
        if (reference[b] != 0) fed[part[b]] = 1;
    state.live.assign(static_cast<std::size_t>(grid.n), 0);
    for (int b = 0; b < grid.n; ++b) state.live[b] = fed[part[b]];
    std::vector<unsigned char> lost(static_cast<std::size_t>(grid.n), 0);
    for (int b = 0; b < grid.n; ++b) {
        lost[b] = fed_before[before[b]] != 0 && state.live[b] == 0 ? 1 : 0;
        if (lost[b] != 0) state.lost_load += grid.load[b].real();
    }
    for (std::size_t i = 0; i < grid.node_of.size(); ++i)
        if (grid.node_of[i] >= 0 && lost[grid.node_of[i]] != 0) ++state.lost_buses;
    for (std::size_t s = 0; s < grid.sources.size(); ++s) {
        if (state.live[grid.sources[s].node] != 0) continue;
        if (lost[grid.sources[s].node] != 0 && grid.sources[s].generator >= 0) state.lost_generation += grid.sources[s].p;
        on[s] = 0;
    }
    for (std::size_t s = 0; s < grid.sources.size(); ++s)  // a DC line works with both ends or not at all
        for (std::size_t t = 0; t < grid.sources.size() && grid.sources[s].dc_line >= 0; ++t)
            if (grid.sources[t].dc_line == grid.sources[s].dc_line && on[t] == 0) on[s] = 0;
    emulates.clear();
    for (const OwnEmulation& line : grid.emulations)
        emulates.push_back(on[line.source[0]] != 0 && part[line.node[0]] == part[line.node[1]] ? 1 : 0);
}

// A reference that lost its last unit hands over to the first regulated node with a unit of its part; a part that keeps
// neither is not fed. Where that is the part of all references of an island, its largest part with a unit goes on.
void OwnNewton::Work::hand_over() {
    const auto has_unit = [&](int b) {
        return std::any_of(grid.sources_at[b].begin(), grid.sources_at[b].end(),
                           [&](int s) { return on[s] != 0 && grid.sources[s].generator >= 0 && grid.sources[s].holds; });
    };
    const std::vector<int> island = own_parts(grid, {});
    std::vector<int> size(grid.n + 1, 0), heir(grid.n + 1, -1);
    for (int b = 0; b < grid.n; ++b) {
        ++size[part[b]];
        if (heir[part[b]] < 0 && grid.regulated[b] != 0 && has_unit(b)) heir[part[b]] = b;
    }
    for (int b = 0; b < grid.n; ++b) {
        if (grid.reference[b] == 0 || has_unit(b)) continue;
        reference[b] = 0;
        const auto held = [&](const std::vector<int>& of, int where) {
            for (int c = 0; c < grid.n; ++c)
                if (reference[c] != 0 && of[c] == where) return true;
            return false;
        };
        if (held(part, part[b])) continue;
        if (heir[part[b]] >= 0) {
            reference[heir[part[b]]] = 1;
            continue;
        }
        if (held(island, island[b])) continue;
        int best = -1;
        for (int c = 0; c < grid.n; ++c) {
            const int p = part[c];
            if (island[c] == island[b] && heir[p] >= 0 && (best < 0 || size[p] > size[best])) best = p;
        }
        if (best >= 0) reference[heir[best]] = 1;
    }
}

void OwnNewton::Work::schedule() {
    kind.assign(static_cast<std::size_t>(grid.n), Kind::dead);
    pinned.assign(static_cast<std::size_t>(grid.n), 0);
    scheduled.assign(static_cast<std::size_t>(grid.n), 0.0);
    outlet.assign(grid.sources.size(), 0.0);
    shared.assign(grid.sources.size(), 0.0);
    for (std::size_t s = 0; s < grid.sources.size(); ++s) outlet[s] = Complex(grid.sources[s].p, grid.sources[s].q);
    emulated.assign(static_cast<std::size_t>(grid.n), 0.0);
    std::vector<unsigned char> by_angle(grid.sources.size(), 0);
    for (std::size_t k = 0; k < emulates.size(); ++k)
        for (const int s : grid.emulations[k].source) by_angle[s] = emulates[k];
    for (int b = 0; b < grid.n; ++b) {
        if (state.live[b] == 0) continue;
        const bool has_holder = std::any_of(grid.sources_at[b].begin(), grid.sources_at[b].end(), [&](int s) { return on[s] != 0 && grid.sources[s].holds; });
        kind[b] = reference[b] != 0 ? Kind::reference : grid.regulated[b] != 0 && has_holder ? Kind::pv : Kind::pq;
        scheduled[b] = -grid.load[b];
        for (const int s : grid.sources_at[b])
            if (const OwnSource& source = grid.sources[s]; on[s] != 0 && by_angle[s] == 0)
                scheduled[b] += Complex(source.p, (source.holds ? grid.regulated[b] == 0 : !source.follows_voltage) ? source.q : 0.0);
    }
    // Where units share what is left over a part has one reference, the first; others only hold their voltage.
    std::vector<unsigned char> has_reference(static_cast<std::size_t>(grid.n) + 1, 0);
    for (int b = 0; b < grid.n && !options.slack_key.empty(); ++b)
        if (kind[b] == Kind::reference && has_reference[part[b]]++ != 0) kind[b] = Kind::pv;
}

double OwnNewton::Work::angle_of(const OwnEmulation& line) const {
    const double apart = std::arg(state.v[line.node[0]]) - std::arg(state.v[line.node[1]]);
    return std::remainder(apart, 2.0 * std::numbers::pi) * 180.0 / std::numbers::pi;
}

void OwnNewton::Work::follow_angles() {
    const double base = grid.grid->base_mva;
    std::fill(emulated.begin(), emulated.end(), 0.0);
    for (std::size_t k = 0; k < emulates.size(); ++k) {
        if (emulates[k] == 0) continue;
        const OwnEmulation& line = grid.emulations[k];
        const DcLineRow& row = grid.grid->dc_lines[line.dc_line];
        const OwnDcEnds ends = own_dc_ends(row, own_dc_asked(row, angle_of(line), true));
        for (int end = 0; end < 2; ++end) {
            outlet[line.source[end]] = Complex(ends.p[end], ends.q[end]) / base;
            emulated[line.node[end]] += outlet[line.source[end]];
        }
    }
}

// What the ends feed in is scheduled, so its slopes enter with a minus sign; by differences of the law itself.
void OwnNewton::Work::add_emulation_slopes() {
    constexpr double step = 1e-3;  // degrees
    const double per_radian = 180.0 / std::numbers::pi / grid.grid->base_mva / (2.0 * step);
    double* value = jacobian.valuePtr();
    for (std::size_t k = 0; k < emulates.size(); ++k) {
        if (emulates[k] == 0) continue;
        const OwnEmulation& line = grid.emulations[k];
        const DcLineRow& row = grid.grid->dc_lines[line.dc_line];
        const double angle = angle_of(line);
        const OwnDcEnds up = own_dc_ends(row, own_dc_asked(row, angle + step, true));
        const OwnDcEnds down = own_dc_ends(row, own_dc_asked(row, angle - step, true));
        for (int end = 0; end < 2; ++end) {
            const int b = line.node[end];
            for (int other = 0; other < 2; ++other) {
                const int c = line.node[other];
                if (kind[c] != Kind::pv && kind[c] != Kind::pq) continue;
                const double sign = other == 0 ? per_radian : -per_radian;
                const auto& s = slot[position(b, c)];
                if (kind[b] == Kind::pv || kind[b] == Kind::pq) value[s[0]] -= sign * (up.p[end] - down.p[end]);
                if (kind[b] == Kind::pq) value[s[2]] -= sign * (up.q[end] - down.q[end]);
            }
        }
    }
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

ReactiveRange OwnNewton::Work::range_of(int node) const {
    ReactiveRange sum{0.0, 0.0};
    const Case& c = *grid.grid;
    for (const int s : grid.sources_at[node]) {
        if (on[s] == 0 || !grid.sources[s].holds) continue;
        const OwnSource& source = grid.sources[s];
        ReactiveRange range;
        if (source.generator >= 0) range = capability(c.generators[source.generator], p_of(s) * c.base_mva);
        else if (source.from_end) range = {c.dc_lines[source.dc_line].qminf_mvar, c.dc_lines[source.dc_line].qmaxf_mvar};
        else range = {c.dc_lines[source.dc_line].qmint_mvar, c.dc_lines[source.dc_line].qmaxt_mvar};
        sum.min += range.min / c.base_mva;
        sum.max += range.max / c.base_mva;
    }
    return sum;
}

// True: something switched. A bus at its limit is released when its voltage passes the set-point the wrong way.
bool OwnNewton::Work::switch_limits(int round) {
    const double slack = 100.0 * options.tolerance;
    struct Change {
        int node, to;
        double excess;
    };
    std::vector<Change> changes;
    for (int b = 0; b < grid.n; ++b) {
        if (kind[b] == Kind::pv) {
            const ReactiveRange range = range_of(b);
            const double q = injection(b).imag() + grid.load[b].imag() - others(b);
            if (q > range.max + slack) changes.push_back({b, 1, q - range.max});
            else if (q < range.min - slack) changes.push_back({b, -1, range.min - q});
        } else if (pinned[b] != 0) {
            const double above = std::abs(state.v[b]) - grid.v_set[b];
            const ReactiveRange range = range_of(b);
            if (range.max - range.min > slack && (pinned[b] > 0 ? above > slack : above < -slack)) changes.push_back({b, 0, std::abs(above)});
        }
    }
    if (changes.empty()) return false;
    if (round > all_at_once) {
        std::stable_sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) { return a.excess > b.excess; });
        changes.erase(changes.begin() + 1, changes.end());
    }
    for (const Change& change : changes) {
        const int b = change.node;
        pinned[b] = change.to;
        kind[b] = change.to == 0 ? Kind::pv : Kind::pq;
        if (change.to == 0) {
            state.v[b] = std::polar(grid.v_set[b], std::arg(state.v[b]));
        } else {
            const ReactiveRange range = range_of(b);
            scheduled[b].imag((change.to > 0 ? range.max : range.min) - grid.load[b].imag() + others(b) -
                              following(b, std::abs(state.v[b])) - emulated[b].imag());
        }
    }
    return true;
}

// P of a reference goes to its first unit, of joined buses to one of those named as reference.
void OwnNewton::Work::share_outputs() {
    state.source.assign(grid.sources.size(), 0.0);
    for (int b = 0; b < grid.n; ++b) {
        if (state.live[b] == 0) continue;
        const Complex total = injection(b) + grid.load[b];
        double p = 0.0;
        int first = -1;
        std::vector<int> holders;
        const auto is_named = [&](int s) { return grid.grid->buses[grid.sources[s].bus].type == BusType::slack; };
        for (const int s : grid.sources_at[b]) {
            if (on[s] == 0) continue;
            const OwnSource& source = grid.sources[s];
            state.source[s] = Complex(p_of(s), source.holds ? (grid.regulated[b] == 0 ? source.q : 0.0) : given_q(s));
            if (source.holds) holders.push_back(s);
            if (first < 0 || (is_named(s) && !is_named(first))) first = s;
            p += p_of(s);
        }
        if (first < 0) continue;
        if (kind[b] == Kind::reference) state.source[first].real(total.real() - (p - p_of(first)));
        if (grid.regulated[b] == 0 || holders.empty()) continue;
        const std::vector<double> q = own_shares(grid, holders, total.imag() - others(b));
        for (std::size_t k = 0; k < holders.size(); ++k) state.source[holders[k]].imag(q[k]);
    }
}

// What the reference of each part gives beyond its schedule; or, before anything is solved, what all its nodes do.
std::vector<double> OwnNewton::Work::left_over(bool everywhere) const {
    std::vector<double> left(static_cast<std::size_t>(grid.n) + 1, 0.0);
    for (int b = 0; b < grid.n; ++b)
        if (kind[b] == Kind::reference || (everywhere && kind[b] != Kind::dead))
            left[part[b]] += (injection(b) - scheduled[b] - emulated[b]).real();
    return left;
}

void OwnNewton::Work::move(const std::vector<double>& shares) {
    for (std::size_t s = 0; s < shares.size(); ++s) {
        scheduled[grid.sources[s].node] += shares[s] - shared[s];
        shared[s] = shares[s];
    }
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

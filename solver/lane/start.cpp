#include <algorithm>
#include <cmath>

#include "araz/solver/lane_start.hpp"

namespace araz::solver {

namespace {

// 2x2 blocks by columns: [0 2; 1 3].
struct Block {
    double v[4];
};

// z -= a * x.
void subtract(const double* a, const double* x, double* z) {
    z[0] -= a[0] * x[0] + a[2] * x[1];
    z[1] -= a[1] * x[0] + a[3] * x[1];
}

}  // namespace

LaneStart::LaneStart(const LaneProgram& program, const PowerFlowProblem& problem, const VoltageState& state)
    : program_(&program) {
    const auto n_bus = static_cast<std::size_t>(program.n_bus);
    vm.resize(n_bus);
    va.resize(n_bus);
    e_.resize(n_bus);
    f_.resize(n_bus);
    for (int k = 0; k < program.n_bus; ++k) {
        const int b = program.bus_of[k];
        vm[k] = state.vm[b];
        va[k] = state.va[b];
        e_[k] = vm[k] * std::cos(va[k]);
        f_[k] = vm[k] * std::sin(va[k]);
        if (k >= program.n_node) continue;
        p_sched.push_back(problem.p[b]);
        q_sched.push_back(problem.q[b]);
        has_p.push_back(problem.kind[b] == BusKind::pq || problem.kind[b] == BusKind::pv ? 1 : 0);
        has_q.push_back(problem.kind[b] == BusKind::pq ? 1 : 0);
    }
    set_injections();
    factor();
    const auto rounded = [](const std::vector<double>& from) { return std::vector<float>(from.begin(), from.end()); };
    lower_single_ = rounded(lower_);
    inverse_single_ = rounded(inverse_);
    upper_single_ = rounded(upper_);
}

void LaneStart::set_injections() {
    const LaneProgram& p = *program_;
    p_calc_.resize(static_cast<std::size_t>(p.n_node));
    q_calc_.resize(static_cast<std::size_t>(p.n_node));
    for (int i = 0; i < p.n_node; ++i) {
        double re = 0.0, im = 0.0;
        for (int k = p.row_start[i]; k < p.row_start[i + 1]; ++k) {
            const int j = p.column[k];
            re += p.g[k] * e_[j] - p.b[k] * f_[j];
            im += p.g[k] * f_[j] + p.b[k] * e_[j];
        }
        p_calc_[i] = e_[i] * re + f_[i] * im;
        q_calc_[i] = f_[i] * re - e_[i] * im;
    }
}

namespace {

// One row of the Jacobian as blocks, parallel to the row of the program; blocks of places that are no nodes are 0.
void jacobian_row(const LaneProgram& p, int i, const double* g, const double* b, bool has_p, bool has_q,
                  const std::vector<double>& e, const std::vector<double>& f, double p_calc, double q_calc,
                  std::vector<Block>& row) {
    const int begin = p.row_start[i];
    row.assign(static_cast<std::size_t>(p.row_start[i + 1] - begin), Block{});
    const double vv = e[i] * e[i] + f[i] * f[i];
    row[0] = {{has_p ? -q_calc - b[0] * vv : 1.0, has_q ? p_calc - g[0] * vv : 0.0, has_p ? p_calc + g[0] * vv : 0.0,
               has_q ? q_calc - b[0] * vv : 1.0}};
    for (int k = 1; k < static_cast<int>(row.size()); ++k) {
        const int j = p.column[begin + k];
        if (j >= p.n_node) continue;
        const double re = g[k] * e[j] - b[k] * f[j];
        const double im = g[k] * f[j] + b[k] * e[j];
        const double h = f[i] * re - e[i] * im;
        const double n = e[i] * re + f[i] * im;
        row[k] = {{has_p ? h : 0.0, has_q ? -n : 0.0, has_p ? n : 0.0, has_q ? h : 0.0}};
    }
}

}  // namespace

void LaneStart::factor() {
    const LaneProgram& p = *program_;
    lower_.assign(4 * p.lower.size(), 0.0);
    upper_.assign(4 * p.upper.size(), 0.0);
    inverse_.resize(4 * static_cast<std::size_t>(p.n_node));
    std::vector<double> panel;
    std::vector<Block> row;
    const LanePair* pair = p.pairs.data();
    const std::uint16_t* position = p.position.data();
    ok_ = true;
    for (int t = 0; t < p.n_node; ++t) {
        const int n_lower = p.lower_start[t + 1] - p.lower_start[t];
        const int n_upper = p.upper_start[t + 1] - p.upper_start[t];
        panel.assign(4 * static_cast<std::size_t>(n_lower + 1 + n_upper), 0.0);
        const int begin = p.row_start[t];
        jacobian_row(p, t, &p.g[begin], &p.b[begin], has_p[t] != 0, has_q[t] != 0, e_, f_, p_calc_[t], q_calc_[t], row);
        std::copy_n(row[0].v, 4, &panel[4 * n_lower]);
        int entry = p.entry_start[t];
        for (std::size_t k = 1; k < row.size(); ++k)
            if (p.column[begin + k] < p.n_node) std::copy_n(row[k].v, 4, &panel[4 * p.entries[entry++].at]);
        for (int k = p.lower_start[t]; k < p.lower_start[t + 1]; ++k, ++pair) {
            const double* l = &panel[4 * pair->at];
            const double* u = &upper_[4 * p.upper_start[p.lower[k]]];
            for (int c = 0; c < pair->n_column; ++c, ++position, u += 4) {
                double* x = &panel[4 * *position];
                subtract(l, u, x);
                subtract(l, u + 2, x + 2);
            }
        }
        std::copy_n(panel.data(), 4 * n_lower, &lower_[4 * p.lower_start[t]]);
        const double* d = &panel[4 * n_lower];
        const double determinant = d[0] * d[3] - d[2] * d[1];
        const double size = (std::abs(d[0]) + std::abs(d[2])) * (std::abs(d[1]) + std::abs(d[3]));
        if (!(std::abs(determinant) > 1e-12 * size)) ok_ = false;
        double* inverse = &inverse_[4 * t];
        inverse[0] = d[3] / determinant;
        inverse[1] = -d[1] / determinant;
        inverse[2] = -d[2] / determinant;
        inverse[3] = d[0] / determinant;
        const auto times_inverse = [&](const double* x, double* z) {
            z[0] = inverse[0] * x[0] + inverse[2] * x[1];
            z[1] = inverse[1] * x[0] + inverse[3] * x[1];
        };
        for (int k = 0; k < 2 * n_upper; ++k) times_inverse(d + 4 + 2 * k, &upper_[4 * p.upper_start[t] + 2 * k]);
    }
}

Compensator::Compensator(const LaneStart& start) : start_(&start) {
    const auto n = static_cast<std::size_t>(start.program().n_node);
    at_.resize(n);
    on_path_.assign(n, 0);
}

bool Compensator::is_dead(const LaneChange& change, int place) const {
    return std::find(change.dead.begin(), change.dead.end(), place) != change.dead.end();
}

// A dead node keeps its old rows, cut from what lives: any regular block does, its unknowns stay 0.
void Compensator::add_row(int node, const double* g, const double* b, const LaneChange& change) {
    const LaneStart& s = *start_;
    const LaneProgram& p = s.program();
    const int begin = p.row_start[node];
    bool has_p = s.has_p[node] != 0;
    bool has_q = s.has_q[node] != 0;
    for (const LaneChange::Kind& kind : change.kinds)
        if (kind.node == node) {
            has_p = kind.has_p;
            has_q = kind.has_q;
        }
    const bool dead = is_dead(change, node);
    double p_calc = 0.0, q_calc = 0.0;
    if (dead) {
        has_p = s.has_p[node] != 0;
        has_q = s.has_q[node] != 0;
    } else {
        double re = 0.0, im = 0.0;
        for (int k = 0; k < p.row_start[node + 1] - begin; ++k) {
            const int j = p.column[begin + k];
            re += g[k] * s.e_[j] - b[k] * s.f_[j];
            im += g[k] * s.f_[j] + b[k] * s.e_[j];
        }
        p_calc = s.e_[node] * re + s.f_[node] * im;
        q_calc = s.f_[node] * re - s.e_[node] * im;
    }
    std::vector<Block> before, after;
    jacobian_row(p, node, &p.g[begin], &p.b[begin], s.has_p[node] != 0, s.has_q[node] != 0, s.e_, s.f_,
                 s.p_calc_[node], s.q_calc_[node], before);
    jacobian_row(p, node, g, b, has_p, has_q, s.e_, s.f_, p_calc, q_calc, after);
    if (dead) after[0] = before[0];
    for (int half = 0; half < 2; ++half) {
        ChangedRow row;
        row.row = 2 * node + half;
        for (std::size_t k = 0; k < after.size(); ++k) {
            const int j = p.column[begin + k];
            if (j >= p.n_node) continue;
            for (int c = 0; c < 2; ++c) {
                const double difference = after[k].v[2 * c + half] - before[k].v[2 * c + half];
                if (difference != 0.0) row.difference.emplace_back(2 * j + c, difference);
            }
        }
        if (!row.difference.empty()) changed_.push_back(std::move(row));
    }
}

void Compensator::list_changed_rows(const LaneChange& change) {
    changed_.clear();
    for (const LaneChange::Row& row : change.rows) add_row(row.node, row.g.data(), row.b.data(), change);
    const LaneProgram& p = start_->program();
    for (std::size_t k = 0; k < change.kinds.size(); ++k) {
        const int node = change.kinds[k].node;
        const auto same_node = [&](const auto& other) { return other.node == node; };
        const bool listed = std::any_of(change.rows.begin(), change.rows.end(), same_node) ||
                            std::any_of(change.kinds.begin(), change.kinds.begin() + static_cast<std::ptrdiff_t>(k), same_node);
        if (listed || is_dead(change, node)) continue;
        add_row(node, &p.g[p.row_start[node]], &p.b[p.row_start[node]], change);
    }
}

void Compensator::mark_path(int node, std::vector<int>& path) {
    const std::vector<int>& parent = start_->program().parent;
    for (int t = node; t >= 0 && on_path_[t] == 0; t = parent[t]) {
        on_path_[t] = 1;
        path.push_back(t);
    }
}

void Compensator::mark_paths(std::vector<int>& path) {
    for (const ChangedRow& row : changed_) {
        mark_path(row.row / 2, path);
        for (const auto& [column, difference] : row.difference) mark_path(column / 2, path);
    }
    std::sort(path.begin(), path.end());
    for (int k = 0; k < static_cast<int>(path.size()); ++k) {
        at_[path[k]] = k;
        on_path_[path[k]] = 0;
    }
}

bool Compensator::prepare(const LaneChange& change, Compensation& out) {
    constexpr std::size_t most_sources = 64;  // more is not worth listing what differs
    out.rank_ = 0;
    out.path_.clear();
    if (change.rows.size() + change.kinds.size() + change.dead.size() > most_sources) return false;
    if (!change.magnitudes.empty()) return false;  // would change the rows of all neighbours
    list_changed_rows(change);
    if (changed_.empty()) return true;
    if (changed_.size() > static_cast<std::size_t>(max_rank)) return false;
    mark_paths(out.path_);
    return changed_.size() <= 4 ? build<4>(out) : build<8>(out);
}

namespace {

// Each row b of B becomes S^-1 b, by Gauss-Jordan with row pivoting; K x K by rows. False: singular.
template <int K>
bool divide_rows(const double (&system)[K][K], std::vector<double>& b) {
    double s[K][2 * K] = {};
    for (int i = 0; i < K; ++i) {
        for (int j = 0; j < K; ++j) s[i][j] = system[i][j];
        s[i][K + i] = 1.0;
    }
    for (int k = 0; k < K; ++k) {
        int best = k;
        for (int i = k + 1; i < K; ++i)
            if (std::abs(s[i][k]) > std::abs(s[best][k])) best = i;
        if (!(std::abs(s[best][k]) > 1e-12)) return false;
        std::swap(s[k], s[best]);
        const double pivot = s[k][k];
        for (double& x : s[k]) x /= pivot;
        for (int i = 0; i < K; ++i) {
            if (i == k) continue;
            const double factor = s[i][k];
            for (int j = 0; j < 2 * K; ++j) s[i][j] -= factor * s[k][j];
        }
    }
    for (std::size_t at = 0; at < b.size(); at += K) {
        double m[K] = {};
        for (int i = 0; i < K; ++i)
            for (int j = 0; j < K; ++j) m[i] += s[i][K + j] * b[at + j];
        std::copy_n(m, K, &b[at]);
    }
    return true;
}

// z[0..1][K] -= block * x[0..1][K].
template <int K>
inline void subtract_columns(double c00, double c01, double c10, double c11, const double* x, double* z) {
    for (int k = 0; k < K; ++k) {
        z[k] -= c00 * x[k] + c01 * x[K + k];
        z[K + k] -= c10 * x[k] + c11 * x[K + k];
    }
}

}  // namespace

template <int K>
bool Compensator::build(Compensation& out) {
    const LaneStart& s = *start_;
    const LaneProgram& p = s.program();
    const std::size_t n = out.path_.size();
    out.rank_ = K;
    out.a_.assign(2 * K * n, 0.0);
    out.b_.assign(2 * K * n, 0.0);
    for (int k = 0; k < static_cast<int>(changed_.size()); ++k) {
        out.a_[K * (2 * at_[changed_[k].row / 2] + changed_[k].row % 2) + k] = 1.0;
        for (const auto& [column, difference] : changed_[k].difference)
            out.b_[K * (2 * at_[column / 2] + column % 2) + k] = difference;
    }
    double system[K][K] = {};
    for (int k = 0; k < K; ++k) system[k][k] = 1.0;
    for (std::size_t i = 0; i < n; ++i) {
        const int t = out.path_[i];
        double* a = &out.a_[2 * K * i];
        const double* b = &out.b_[2 * K * i];
        const double* inverse = &s.inverse_[4 * t];
        double scaled[2 * K] = {};
        subtract_columns<K>(-inverse[0], -inverse[2], -inverse[1], -inverse[3], a, scaled);
        std::copy_n(scaled, 2 * K, a);
        for (int q = p.upper_start[t]; q < p.upper_start[t + 1]; ++q) {
            const std::size_t to = static_cast<std::size_t>(at_[p.upper[q]]);
            const double* l = &s.lower_[4 * p.lower_of[q]];
            const double* u = &s.upper_[4 * q];
            subtract_columns<K>(l[0], l[2], l[1], l[3], a, &out.a_[2 * K * to]);
            subtract_columns<K>(u[0], u[1], u[2], u[3], b, &out.b_[2 * K * to]);
        }
        for (int half = 0; half < 2; ++half)
            for (int r = 0; r < K; ++r)
                for (int c = 0; c < K; ++c) system[r][c] += b[K * half + r] * a[K * half + c];
    }
    return divide_rows<K>(system, out.b_);
}

template <int K, class Real>
void Compensation::apply_rank(Real* y, int stride) const {
    const auto y_at = [&](std::size_t i, int half) -> Real& {
        return y[static_cast<std::ptrdiff_t>(2 * path_[i] + half) * stride];
    };
    double m[K] = {};
    for (std::size_t i = 0; i < path_.size(); ++i)
        for (int half = 0; half < 2; ++half) {
            const double value = y_at(i, half);
            for (int k = 0; k < K; ++k) m[k] += b_[K * (2 * i + half) + k] * value;
        }
    for (std::size_t i = 0; i < path_.size(); ++i)
        for (int half = 0; half < 2; ++half) {
            double sum = 0.0;
            for (int k = 0; k < K; ++k) sum += a_[K * (2 * i + half) + k] * m[k];
            y_at(i, half) = static_cast<Real>(y_at(i, half) - sum);
        }
}

template <class Real>
void Compensation::apply_to(Real* y, int stride) const {
    if (rank_ == 4) apply_rank<4>(y, stride);
    if (rank_ == 8) apply_rank<8>(y, stride);
}

template void Compensation::apply_to(double*, int) const;
template void Compensation::apply_to(float*, int) const;

}  // namespace araz::solver

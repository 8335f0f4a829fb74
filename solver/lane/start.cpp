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
    set_mismatch();
    factor();
    const auto rounded = [](const std::vector<double>& from) { return std::vector<float>(from.begin(), from.end()); };
    lower_single_ = rounded(lower_);
    inverse_single_ = rounded(inverse_);
    upper_single_ = rounded(upper_);
    eliminated_single = rounded(eliminated);
}

void LaneStart::set_mismatch() {
    const LaneProgram& p = *program_;
    p_calc_.resize(static_cast<std::size_t>(p.n_node));
    q_calc_.resize(static_cast<std::size_t>(p.n_node));
    mismatch_.resize(2 * static_cast<std::size_t>(p.n_node));
    for (int i = 0; i < p.n_node; ++i) {
        double re = 0.0, im = 0.0;
        for (int k = p.row_start[i]; k < p.row_start[i + 1]; ++k) {
            const int j = p.column[k];
            re += p.g[k] * e_[j] - p.b[k] * f_[j];
            im += p.g[k] * f_[j] + p.b[k] * e_[j];
        }
        p_calc_[i] = e_[i] * re + f_[i] * im;
        q_calc_[i] = f_[i] * re - e_[i] * im;
        mismatch_[2 * i] = has_p[i] != 0 ? p_sched[i] - p_calc_[i] : 0.0;
        mismatch_[2 * i + 1] = has_q[i] != 0 ? q_sched[i] - q_calc_[i] : 0.0;
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
    eliminated.resize(2 * static_cast<std::size_t>(p.n_node));
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
        double y[2] = {mismatch_[2 * t], mismatch_[2 * t + 1]};
        for (int k = p.lower_start[t]; k < p.lower_start[t + 1]; ++k, ++pair) {
            const double* l = &panel[4 * pair->at];
            const double* u = &upper_[4 * p.upper_start[p.lower[k]]];
            for (int c = 0; c < pair->n_column; ++c, ++position, u += 4) {
                double* x = &panel[4 * *position];
                subtract(l, u, x);
                subtract(l, u + 2, x + 2);
            }
            subtract(l, &eliminated[2 * p.lower[k]], y);
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
        times_inverse(y, &eliminated[2 * t]);
        for (int k = 0; k < 2 * n_upper; ++k) times_inverse(d + 4 + 2 * k, &upper_[4 * p.upper_start[t] + 2 * k]);
    }
}

FirstStep::FirstStep(const LaneStart& start) : start_(&start) {
    const auto n = static_cast<std::size_t>(start.program().n_node);
    at_.resize(n);
    on_path_.assign(n, 0);
}

bool FirstStep::is_dead(const LaneChange& change, int place) const {
    return std::find(change.dead.begin(), change.dead.end(), place) != change.dead.end();
}

// A dead node keeps its old rows, cut from what lives: any regular block does, its unknowns stay 0.
void FirstStep::add_row(int node, const double* g, const double* b, const LaneChange& change) {
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

void FirstStep::list_changed_rows(const LaneChange& change) {
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

void FirstStep::list_sources(const LaneChange& change) {
    sources_.clear();
    for (const auto& row : change.rows) sources_.push_back(row.node);
    for (const auto& injection : change.injections) sources_.push_back(injection.node);
    for (const auto& kind : change.kinds) sources_.push_back(kind.node);
    for (const int place : change.dead)
        if (place < start_->program().n_node) sources_.push_back(place);
    std::sort(sources_.begin(), sources_.end());
    sources_.erase(std::unique(sources_.begin(), sources_.end()), sources_.end());
}

bool FirstStep::fits(const LaneChange& change) {
    if (change.rows.size() + change.kinds.size() + change.dead.size() + change.injections.size() >
            static_cast<std::size_t>(LaneStart::max_sources) ||
        !change.magnitudes.empty())  // would change the rows of all neighbours
        return false;
    list_changed_rows(change);
    return static_cast<int>(changed_.size()) <= LaneStart::max_rank;
}

bool FirstStep::fits_dense(const LaneChange& change) {
    if (change.rows.size() + change.kinds.size() + change.dead.size() > static_cast<std::size_t>(LaneStart::max_rank) ||
        !change.magnitudes.empty())
        return false;
    list_changed_rows(change);
    return static_cast<int>(changed_.size()) <= LaneStart::max_rank;
}

void FirstStep::mark_path(int node) {
    const std::vector<int>& parent = start_->program().parent;
    for (int t = node; t >= 0 && on_path_[t] == 0; t = parent[t]) {
        on_path_[t] = 1;
        path_.push_back(t);
    }
}

void FirstStep::sort_path() {
    std::sort(path_.begin(), path_.end());
    for (int k = 0; k < static_cast<int>(path_.size()); ++k) {
        at_[path_[k]] = k;
        on_path_[path_[k]] = 0;
    }
}

bool FirstStep::correct(const LaneChange& change, const double* mismatch, double* y, int stride, bool complete) {
    return correct_in(change, mismatch, y, stride, complete);
}

bool FirstStep::correct(const LaneChange& change, const double* mismatch, float* y, int stride, bool complete) {
    return correct_in(change, mismatch, y, stride, complete);
}

template <class Real>
bool FirstStep::correct_in(const LaneChange& change, const double* mismatch, Real* y, int stride, bool complete) {
    list_changed_rows(change);
    if (changed_.size() > static_cast<std::size_t>(LaneStart::max_rank)) return false;
    if (complete && changed_.empty()) return true;
    if (!complete) list_sources(change);
    path_.clear();
    for (const ChangedRow& row : changed_) {
        mark_path(row.row / 2);
        for (const auto& [column, difference] : row.difference) mark_path(column / 2);
    }
    if (!complete)
        for (const int node : sources_) mark_path(node);
    sort_path();
    return changed_.size() <= 4 ? solve<4>(mismatch, y, stride, complete) : solve<8>(mismatch, y, stride, complete);
}

namespace {

// x := S^-1 x by Gauss with row pivoting; K x K by rows.
template <int K>
bool solve_small(double (&s)[K][K], double (&x)[K]) {
    for (int k = 0; k < K; ++k) {
        int best = k;
        for (int i = k + 1; i < K; ++i)
            if (std::abs(s[i][k]) > std::abs(s[best][k])) best = i;
        if (!(std::abs(s[best][k]) > 1e-12)) return false;
        std::swap(s[k], s[best]);
        std::swap(x[k], x[best]);
        for (int i = k + 1; i < K; ++i) {
            const double factor = s[i][k] / s[k][k];
            for (int j = k; j < K; ++j) s[i][j] -= factor * s[k][j];
            x[i] -= factor * x[k];
        }
    }
    for (int k = K - 1; k >= 0; --k) {
        for (int j = k + 1; j < K; ++j) x[k] -= s[k][j] * x[j];
        x[k] /= s[k][k];
    }
    return true;
}

// z[0..1][K] -= block * x[0..1][K]; `transposed` takes the block's transpose.
template <int K>
inline void subtract_columns(double c00, double c01, double c10, double c11, const double* x, double* z) {
    for (int k = 0; k < K; ++k) {
        z[k] -= c00 * x[k] + c01 * x[K + k];
        z[K + k] -= c10 * x[k] + c11 * x[K + k];
    }
}

}  // namespace

template <int K, class Real>
bool FirstStep::solve(const double* mismatch, Real* y, int stride, bool complete) {
    const LaneStart& s = *start_;
    const LaneProgram& p = s.program();
    const std::size_t n = path_.size();
    a_.assign(2 * K * n, 0.0);
    b_.assign(2 * K * n, 0.0);
    d_.assign(2 * n, 0.0);
    for (int k = 0; k < static_cast<int>(changed_.size()); ++k) {
        a_[K * (2 * at_[changed_[k].row / 2] + changed_[k].row % 2) + k] = 1.0;
        for (const auto& [column, difference] : changed_[k].difference)
            b_[K * (2 * at_[column / 2] + column % 2) + k] = difference;
    }
    if (!complete)
        for (const int node : sources_)
            for (int half = 0; half < 2; ++half)
                d_[2 * at_[node] + half] = mismatch[static_cast<std::ptrdiff_t>(2 * node + half) * stride] -
                                           s.mismatch_[2 * node + half];
    for (std::size_t i = 0; i < n; ++i) {
        const int t = path_[i];
        double* a = &a_[2 * K * i];
        double* b = &b_[2 * K * i];
        double* d = &d_[2 * i];
        const double* inverse = &s.inverse_[4 * t];
        double scaled[2 * K] = {};
        subtract_columns<K>(-inverse[0], -inverse[2], -inverse[1], -inverse[3], a, scaled);
        std::copy_n(scaled, 2 * K, a);
        const double d0 = inverse[0] * d[0] + inverse[2] * d[1];
        const double d1 = inverse[1] * d[0] + inverse[3] * d[1];
        d[0] = d0;
        d[1] = d1;
        for (int q = p.upper_start[t]; q < p.upper_start[t + 1]; ++q) {
            const std::size_t to = static_cast<std::size_t>(at_[p.upper[q]]);
            const double* l = &s.lower_[4 * p.lower_of[q]];
            const double* u = &s.upper_[4 * q];
            subtract_columns<K>(l[0], l[2], l[1], l[3], a, &a_[2 * K * to]);
            subtract(l, d, &d_[2 * to]);
            subtract_columns<K>(u[0], u[1], u[2], u[3], b, &b_[2 * K * to]);
        }
    }
    const auto y_at = [&](std::size_t i, int half) -> Real& {
        return y[static_cast<std::ptrdiff_t>(2 * path_[i] + half) * stride];
    };
    double system[K][K] = {};
    double m[K] = {};
    for (int k = 0; k < K; ++k) system[k][k] = 1.0;
    for (std::size_t i = 0; i < n; ++i)
        for (int half = 0; half < 2; ++half) {
            if (!complete) y_at(i, half) = static_cast<Real>(y_at(i, half) + d_[2 * i + half]);
            const double* a = &a_[K * (2 * i + half)];
            const double* b = &b_[K * (2 * i + half)];
            const double value = y_at(i, half);
            for (int r = 0; r < K; ++r) {
                m[r] += b[r] * value;
                for (int c = 0; c < K; ++c) system[r][c] += b[r] * a[c];
            }
        }
    if (!solve_small<K>(system, m)) return false;
    for (std::size_t i = 0; i < n; ++i)
        for (int half = 0; half < 2; ++half) {
            const double* a = &a_[K * (2 * i + half)];
            double sum = 0.0;
            for (int k = 0; k < K; ++k) sum += a[k] * m[k];
            y_at(i, half) = static_cast<Real>(y_at(i, half) - sum);
        }
    return true;
}

}  // namespace araz::solver

// The state from which all lanes of a sweep start, with the factors of its Jacobian, and how a lane that differs from it in
// few rows takes steps with them.
//
// The Jacobian of such a lane is J = J0 + E M', with k changed rows E and their differences M. Its steps need no
// factorization of its own (W. W. Hager, "Updating the inverse of a matrix", SIAM Review 31(2), 1989;
// O. Alsac, B. Stott, W. F. Tinney, "Sparsity-oriented compensation methods", IEEE Trans. PAS-102(5), 1983):
// with J0 = L U,  A = L^-1 E,  B = U^-T M,  y = L^-1 r:   x = U^-1 (y - A (I + B'A)^-1 B' y).
// A and B are nonzero only on paths to the root of the elimination tree (W. F. Tinney, V. Brandwajn, S. M. Chan, "Sparse
// vector methods", IEEE Trans. PAS-104(2), 1985), and are the same for every step of the lane.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "araz/solver/lane_kernels.hpp"
#include "araz/solver/power_equations.hpp"

namespace araz::solver {

/// What one lane holds against the start, by places.
struct LaneChange {
    struct Row {
        int node = 0;
        std::vector<double> g, b;  ///< the whole row, parallel to the row of the program
    };
    struct Injection {
        int node = 0;
        double p = 0.0, q = 0.0;   ///< scheduled, p.u., absolute
    };
    struct Kind {
        int node = 0;
        bool has_p = true, has_q = true;
    };
    std::vector<Row> rows;              ///< by ascending node
    std::vector<Injection> injections;  ///< a later one counts
    std::vector<Kind> kinds;            ///< a later one counts
    std::vector<int> dead;              ///< places without voltage
    struct Magnitude {
        int place = 0;
        double vm = 0.0;
    };
    std::vector<Magnitude> magnitudes;  ///< where the lane starts from another magnitude
};

class LaneStart {
public:
    /// `state` must be complete: magnitudes set where they are held.
    LaneStart(const LaneProgram& program, const PowerFlowProblem& problem, const VoltageState& state);

    [[nodiscard]] bool ok() const { return ok_; }
    [[nodiscard]] const LaneProgram& program() const { return *program_; }
    [[nodiscard]] SharedFactors factors() const {
        return {lower_.data(), inverse_.data(), upper_.data(), lower_single_.data(), inverse_single_.data(), upper_single_.data()};
    }

    // By places: [p] vm, va; [n] the rest.
    std::vector<double> vm, va;
    std::vector<double> p_sched, q_sched;
    std::vector<unsigned char> has_p, has_q;

private:
    friend class Compensator;
    void set_injections();
    void factor();

    const LaneProgram* program_;
    std::vector<double> e_, f_, p_calc_, q_calc_;
    std::vector<double> lower_, inverse_, upper_;
    std::vector<float> lower_single_, inverse_single_, upper_single_;
    bool ok_ = false;
};

/// What turns steps of the start into those of one lane.
class Compensation {
public:
    /// Corrects `y` of one lane (y[2 * node * stride], y[(2 * node + 1) * stride]), which holds L^-1 r, so that the common
    /// back-substitution gives the lane's own step.
    void apply(double* y, int stride) const { apply_to(y, stride); }
    void apply(float* y, int stride) const { apply_to(y, stride); }

private:
    friend class Compensator;
    template <class Real>
    void apply_to(Real* y, int stride) const;
    template <int K, class Real>
    void apply_rank(Real* y, int stride) const;

    int rank_ = 0;               ///< 0, 4 or 8: columns of a_ and b_
    std::vector<int> path_;      ///< nodes, ascending
    std::vector<double> a_, b_;  ///< [2 * path x rank] A, and B (I + A'B)^-1
};

/// Sets up compensations; buffers of one thread.
class Compensator {
public:
    /// So many rows of the Jacobian may differ.
    static constexpr int max_rank = 8;

    explicit Compensator(const LaneStart& start);

    /// False: too many rows differ, or the lane's Jacobian is singular.
    [[nodiscard]] bool prepare(const LaneChange& change, Compensation& out);

private:
    struct ChangedRow {
        int row = 0;  ///< 2 * node or 2 * node + 1
        std::vector<std::pair<int, double>> difference;  ///< column of the Jacobian, new - old
    };
    void list_changed_rows(const LaneChange& change);
    void add_row(int node, const double* g, const double* b, const LaneChange& change);
    void mark_path(int node, std::vector<int>& path);
    void mark_paths(std::vector<int>& path);
    template <int K>
    [[nodiscard]] bool build(Compensation& out);
    [[nodiscard]] bool is_dead(const LaneChange& change, int place) const;

    const LaneStart* start_;
    std::vector<ChangedRow> changed_;
    std::vector<int> at_;                 ///< node -> place in the path
    std::vector<unsigned char> on_path_;
};

}  // namespace araz::solver

// The state from which all lanes of a sweep start, with the factors of its Jacobian, and the first Newton step
// of a lane that differs from it in few rows.
//
// The Jacobian of such a lane is J = J0 + E M', with k changed rows E and their differences M. Its Newton step
// needs no factorization of its own (W. W. Hager, "Updating the inverse of a matrix", SIAM Review 31(2), 1989;
// O. Alsac, B. Stott, W. F. Tinney, "Sparsity-oriented compensation methods", IEEE Trans. PAS-102(5), 1983):
// with J0 = L U,  A = L^-1 E,  B = U^-T M,  y = L^-1 r:   x = U^-1 (y - A (I + B'A)^-1 B' y).
// A, B and what the changed rows do to y are nonzero only on paths to the root of the elimination tree (W. F.
// Tinney, V. Brandwajn, S. M. Chan, "Sparse vector methods", IEEE Trans. PAS-104(2), 1985).
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
    std::vector<double> eliminated;  ///< [2n] L^-1 of the mismatch at the start
    std::vector<float> eliminated_single;

    /// Rows and injections changed at most this often take the first step by compensation.
    static constexpr int max_rank = 8;
    static constexpr int max_sources = 64;

private:
    friend class FirstStep;
    void set_mismatch();
    void factor();

    const LaneProgram* program_;
    std::vector<double> e_, f_, p_calc_, q_calc_, mismatch_;
    std::vector<double> lower_, inverse_, upper_;
    std::vector<float> lower_single_, inverse_single_, upper_single_;
    bool ok_ = false;
};

/// Buffers for first steps of one thread.
class FirstStep {
public:
    explicit FirstStep(const LaneStart& start);

    /// Whether this change is small enough: at most max_rank rows of the Jacobian differ.
    [[nodiscard]] bool fits(const LaneChange& change);

    /// Whether few enough rows differ when injections may do so anywhere: such lanes take the dense first step.
    [[nodiscard]] bool fits_dense(const LaneChange& change);

    /// Corrects `y` of one lane (y[2 * node * stride], y[(2 * node + 1) * stride]), which holds L^-1 r0, or L^-1 r
    /// when `complete`, so that the common back-substitution gives the lane's own step. `mismatch` is the lane's r
    /// with the same stride. False: singular.
    bool correct(const LaneChange& change, const double* mismatch, double* y, int stride, bool complete);
    bool correct(const LaneChange& change, const double* mismatch, float* y, int stride, bool complete);

private:
    struct ChangedRow {
        int row = 0;  ///< 2 * node or 2 * node + 1
        std::vector<std::pair<int, double>> difference;  ///< column of the Jacobian, new - old
    };
    void list_changed_rows(const LaneChange& change);
    void list_sources(const LaneChange& change);
    void add_row(int node, const double* g, const double* b, const LaneChange& change);
    void mark_path(int node);
    void sort_path();
    template <class Real>
    bool correct_in(const LaneChange& change, const double* mismatch, Real* y, int stride, bool complete);
    template <int K, class Real>
    bool solve(const double* mismatch, Real* y, int stride, bool complete);
    [[nodiscard]] bool is_dead(const LaneChange& change, int place) const;

    const LaneStart* start_;
    std::vector<ChangedRow> changed_;
    std::vector<int> sources_;       ///< nodes whose mismatch differs from the start's
    std::vector<int> path_, at_;     ///< nodes of the paths, ascending; node -> place in path_
    std::vector<unsigned char> on_path_;
    std::vector<double> a_, b_, d_;
};

}  // namespace araz::solver

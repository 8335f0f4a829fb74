// What a re-check's Newton works with: one scenario on one grid.
#pragma once

#include <Eigen/SparseLU>
#include <algorithm>
#include <array>
#include <complex>
#include <utility>
#include <vector>

#include "own_newton.hpp"
#include "state.hpp"

namespace araz {

struct OwnNewton::Work {
    using Complex = std::complex<double>;
    enum class Kind : unsigned char { dead, reference, pv, pq };

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

}  // namespace araz

// A scalar Newton-Raphson power flow of the re-check's own: power mismatches in polar coordinates with the
// complex derivatives of R. D. Zimmerman, "AC Power Flows, Generalized OPF Costs and their Derivatives using
// Complex Matrix Notation" (MATPOWER Technical Note 2, 2010, eqs. 40-41), factored by Eigen's SparseLU.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "own_grid.hpp"

namespace araz {

/// What is out, by row of the case.
struct OwnOutage {
    std::vector<int> branches, generators, dc_lines;
    [[nodiscard]] bool empty() const { return branches.empty() && generators.empty() && dc_lines.empty(); }
};

struct OwnState {
    bool solved = false;
    std::string why;                        ///< in words, when not solved
    int iterations = 0;
    double mismatch = 0.0;                  ///< p.u.
    std::vector<std::complex<double>> v;    ///< [node], 0 where dead
    std::vector<unsigned char> live;        ///< [node]
    std::vector<std::complex<double>> source;  ///< [source] output, p.u.; 0 when out
    std::vector<unsigned char> branch_out;  ///< [branch row]
    double lost_load = 0.0, lost_generation = 0.0;  ///< p.u.
    int lost_buses = 0;
};

struct OwnFlow {
    std::complex<double> from, to;  ///< p.u.
};

struct OwnOptions {
    double tolerance = 1e-9;   ///< p.u.
    bool q_limits = true;      ///< two-way, summed per bus, references exempt
    std::string slack_key;     ///< by which units share the imbalance (own_slack.hpp); empty: references take it
};

/// One per thread: holds the factors of one grid's pattern.
class OwnNewton {
public:
    OwnNewton(const OwnGrid& grid, OwnOptions options);
    ~OwnNewton();
    OwnNewton(const OwnNewton&) = delete;
    OwnNewton& operator=(const OwnNewton&) = delete;

    /// `start`: voltages by node to begin with; empty: the stored ones.
    [[nodiscard]] OwnState solve(const OwnOutage& outage, const std::vector<std::complex<double>>& start);

private:
    struct Work;
    std::unique_ptr<Work> work_;
};

[[nodiscard]] OwnFlow own_flow(const OwnGrid& grid, const OwnState& state, int branch_row);

}  // namespace araz

// Short ways from a Case to solved states, for tests.
#pragma once

#include "araz/study/capacity.hpp"
#include "araz/study/n1.hpp"
#include "araz/study/power_flow.hpp"

namespace araz::testing {

/// How a test solves. The defaults are the references' conventions, one decade and a half below their
/// tolerance on voltages, so that what the two stopping rules leave open does not show.
struct Solving {
    double tolerance = 1e-10;
    bool q_limits = false;
    Start start = Start::stored;
    int threads = 1;
    MonitorOptions monitor{};
};

/// Throws std::runtime_error with the findings when the case cannot be built.
[[nodiscard]] NetworkPtr build_network(Case grid);
[[nodiscard]] StudySetup make_setup(Case grid, const Solving& solving = {});
[[nodiscard]] std::vector<Contingency> single_outages(const StudySetup& setup, std::vector<int> excluded_rows = {});

[[nodiscard]] PfResult solve(Case grid, const Solving& solving = {});
[[nodiscard]] PfResult solve_dc(Case grid);

/// One transfer between areas (or zones) named as on the command line.
struct Transfer {
    std::string from, to;
    Grouping grouping = Grouping::area;
    CapacityOptions options{};
    bool outages = true;
    std::vector<int> excluded_rows{};
};
[[nodiscard]] DirectionResult transfer_limit(const StudySetup& setup, const Transfer& transfer);

/// The grid with ratings 10 % above the worst loading of any state at the base: N-1 secure, and close to a limit.
[[nodiscard]] Case rated_for_n1(Case grid);

}  // namespace araz::testing

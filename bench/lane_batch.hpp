// Injection batches on one grid: in lanes, one by one, and one by one with KLU. What benchmarks and the work for peers share.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "araz/solver/lane_course.hpp"
#include "araz/solver/lane_group.hpp"
#include "araz/solver/newton.hpp"
#include "araz/study/n1.hpp"

namespace araz::bench {

/// CPU time of this thread.
double cpu_seconds();

/// A case solved without limits, its lane program and the problem of its start.
struct Grid {
    StudySetup setup;
    Solution base;
    std::vector<double> p, q;  ///< injections by bus, p.u.
    solver::LaneProgram program;
    std::unique_ptr<solver::LaneStart> start;

    explicit Grid(const std::string& path);
    [[nodiscard]] solver::PowerFlowProblem problem(const std::vector<double>& p_at, const std::vector<double>& q_at) const;
};

/// Scenarios: injections by bus, p.u.
struct Injections {
    std::vector<std::vector<double>> p, q;
};

struct Solved {
    std::vector<solver::VoltageState> state;  ///< by bus
    std::vector<int> iterations;              ///< -1: not solved
};

/// Every scenario from the voltages of the base.
Solved scalar_batch(const Grid& grid, const Injections& scenarios, solver::NewtonSolver& newton);

/// The same in lanes, in the manner of the engine's sweep: lanes that step with the factors of the base are filled again as they are
/// done, those that want factors of their own go on together.
class LaneBatch {
public:
    LaneBatch(const Grid& grid, const solver::LaneKernels& kernels);
    Solved solve(const Injections& scenarios);

private:
    struct Parked {
        int item = -1;
        solver::LaneCourse course;
        solver::LaneState state;
    };
    struct Pack {
        solver::LaneGroup group;
        std::vector<Parked> lanes;
        std::uint32_t active = 0, waiting = 0;
    };
    void fill(Pack& pack, std::uint32_t lanes);
    void judge(Pack& pack);
    void step(Pack& pack);
    void park();
    void solve_parked();

    const Grid* grid_;
    Pack shared_, own_;
    std::vector<Parked> parked_;
    const Injections* scenarios_ = nullptr;
    Solved* solved_ = nullptr;
};

/// KLU, one scenario at a time: Newton's method with a refactorization for each step but a last chord where one is enough, or the chords
/// of the lanes, the scalar counterpart of what those save by them.
class KluNewton {
public:
    enum class Steps { newton, chords };
    KluNewton(const Grid& grid, Steps steps);

    /// Every scenario from the voltages of the base, first with the factors of the base.
    Solved injections(const Injections& scenarios);
    /// Every outage of branches from the voltages of the base.
    Solved outages(const std::vector<std::vector<int>>& branches);

private:
    int solve(const solver::PowerFlowProblem& problem, bool at_start, solver::VoltageState& state);

    const Grid* grid_;
    Steps steps_;
    solver::PowerEquations equations_;
    solver::SparseLu base_, own_;
    std::vector<double> jacobian_, x_;
};

}  // namespace araz::bench

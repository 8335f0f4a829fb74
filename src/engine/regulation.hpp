// Units that hold the voltage of one bus together, wherever they stand, as a border of the Newton system.
//
// Per group one unknown, the level u, and one equation:
//
//   Q_k = start_k + weight_k u        of every member that is not at a limit
//   V_regulated - V_set = 0           while any of them is left; else u stays
//
// With shares of their own start = 0 and weight = share / sum of shares, so that u is the sum of the outputs; by
// ranges start = Qmin and weight = Qmax - Qmin, so that all members stand at the same place of their ranges.
// J alone may be singular: where nobody else holds a voltage, all voltages may rise together. The voltage that is held
// changes by a known amount, dlnV = (V_set - V)/V, so any stiffness s may be added to dQ/dlnV of its bus in J when
// s dlnV is added to the right-hand side; the step stays the same.
//
// Which members stand at limits is the control's business (control/reactive_limits.hpp).
#pragma once

#include <span>
#include <vector>

#include "araz/engine/control.hpp"
#include "araz/solver/border.hpp"

namespace araz {

class Regulation final : public solver::Border {
public:
    /// `q`: scheduled injections by node without those of the members.
    Regulation(std::vector<RegulationGroup> groups, std::span<double> q);

    /// Nobody at a limit. `outputs` of all generators to begin with; empty: none, or what the ranges allow next to it.
    void restart(std::span<const double> outputs);
    /// Writes the outputs of the members into the injections; call after levels or limits changed.
    void write();
    [[nodiscard]] std::vector<RegulationGroup>& groups() { return groups_; }
    [[nodiscard]] const std::vector<RegulationGroup>& groups() const { return groups_; }

    [[nodiscard]] int size() const override { return static_cast<int>(groups_.size()); }
    void advance(std::span<const double> step) override;
    void residuals(const solver::PowerEquations& equations, const solver::PowerFlowProblem& problem,
                   const solver::VoltageState& state, std::span<double> out) const override;
    void column(int k, std::span<double> x) const override;
    [[nodiscard]] double along(int k, const solver::PowerEquations& equations, const solver::PowerFlowProblem& problem,
                               const solver::VoltageState& state, std::span<const double> step) const override;
    [[nodiscard]] double own(int k, int j) const override;
    void add_stiffness(const solver::PowerFlowProblem& problem, const solver::VoltageState& state,
                       std::span<double> rhs) const override;
    /// The stiffness of every bus that is held, [nodes]: the size of its own susceptance.
    [[nodiscard]] std::span<const double> stiffness(const solver::AdmittancePattern& pattern, const solver::AdmittanceValues& ybus);
    [[nodiscard]] int bus_of(int k) const override { return groups_[k].bus; }

private:
    std::vector<RegulationGroup> groups_;
    std::span<double> q_;
    std::vector<double> stiffness_;
    std::vector<std::vector<double>> written_;  ///< of each member, what its bus has of it now
};

/// Two borders as one: the unknowns of the first, then those of the second. Neither acts on the other at given voltages.
class BothBorders final : public solver::Border {
public:
    BothBorders(solver::Border* first, solver::Border* second) : first_(first), second_(second) {}

    [[nodiscard]] int size() const override { return first_->size() + second_->size(); }
    void advance(std::span<const double> step) override;
    void residuals(const solver::PowerEquations& equations, const solver::PowerFlowProblem& problem,
                   const solver::VoltageState& state, std::span<double> out) const override;
    void column(int k, std::span<double> x) const override;
    [[nodiscard]] double along(int k, const solver::PowerEquations& equations, const solver::PowerFlowProblem& problem,
                               const solver::VoltageState& state, std::span<const double> step) const override;
    [[nodiscard]] double own(int k, int j) const override;
    void add_stiffness(const solver::PowerFlowProblem& problem, const solver::VoltageState& state,
                       std::span<double> rhs) const override;
    [[nodiscard]] int bus_of(int k) const override;

private:
    solver::Border *first_, *second_;
};

}  // namespace araz

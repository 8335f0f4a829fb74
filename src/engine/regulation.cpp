#include "regulation.hpp"

#include <algorithm>
#include <cmath>

namespace araz {

Regulation::Regulation(std::vector<RegulationGroup> groups, std::span<double> q) : groups_(std::move(groups)), q_(q) {
    for (const RegulationGroup& group : groups_) written_.emplace_back(group.members.size(), 0.0);
}

// The injections are back at those without members whenever a rung begins.
void Regulation::restart(std::span<const double> outputs) {
    for (std::size_t i = 0; i < groups_.size(); ++i) {
        RegulationGroup& group = groups_[i];
        double total = 0.0, low = 0.0, high = 0.0, start = 0.0, weight = 0.0;
        for (RegulationMember& member : group.members) {
            member.pin = Pin::none;
            if (!outputs.empty()) total += outputs[member.unit];
            low += member.range.min;
            high += member.range.max;
            start += member.start;
            weight += member.weight;
        }
        if (outputs.empty() && low <= high) total = std::clamp(0.0, low, high);
        group.level = weight > 0.0 ? (total - start) / weight : 0.0;
        std::fill(written_[i].begin(), written_[i].end(), 0.0);
    }
    write();
}

void Regulation::write() {
    for (std::size_t i = 0; i < groups_.size(); ++i)
        for (std::size_t k = 0; k < groups_[i].members.size(); ++k) {
            const RegulationMember& member = groups_[i].members[k];
            const double now = groups_[i].output(member);
            q_[member.bus] += now - written_[i][k];
            written_[i][k] = now;
        }
}

void Regulation::advance(std::span<const double> step) {
    for (std::size_t i = 0; i < groups_.size(); ++i) groups_[i].level += step[i];
    write();
}

void Regulation::residuals(const solver::PowerEquations& /*equations*/, const solver::PowerFlowProblem& /*problem*/,
                           const solver::VoltageState& state, std::span<double> out) const {
    for (std::size_t i = 0; i < groups_.size(); ++i)
        out[i] = groups_[i].is_exhausted() ? 0.0 : state.vm[groups_[i].bus] - groups_[i].v_set;
}

void Regulation::column(int k, std::span<double> x) const {
    for (const RegulationMember& member : groups_[k].members)
        if (member.pin == Pin::none) x[2 * member.bus + 1] += member.weight;
}

double Regulation::along(int k, const solver::PowerEquations& /*equations*/, const solver::PowerFlowProblem& /*problem*/,
                         const solver::VoltageState& state, std::span<const double> step) const {
    const int bus = groups_[k].bus;
    return groups_[k].is_exhausted() ? 0.0 : state.vm[bus] * step[2 * bus + 1];
}

double Regulation::own(int k, int j) const { return k == j && groups_[k].is_exhausted() ? 1.0 : 0.0; }

void Regulation::add_stiffness(const solver::PowerFlowProblem& problem, const solver::VoltageState& state,
                               std::span<double> rhs) const {
    for (const RegulationGroup& group : groups_)
        if (!group.is_exhausted())
            rhs[2 * group.bus + 1] += problem.stiffness[group.bus] * (group.v_set - state.vm[group.bus]) / state.vm[group.bus];
}

std::span<const double> Regulation::stiffness(const solver::AdmittancePattern& pattern, const solver::AdmittanceValues& ybus) {
    stiffness_.assign(static_cast<std::size_t>(pattern.n_bus), 0.0);
    for (const RegulationGroup& group : groups_)
        if (!group.is_exhausted()) stiffness_[group.bus] = std::abs(ybus.b[pattern.diagonal[group.bus]]);
    return stiffness_;
}

void BothBorders::add_stiffness(const solver::PowerFlowProblem& problem, const solver::VoltageState& state,
                                std::span<double> rhs) const {
    first_->add_stiffness(problem, state, rhs);
    second_->add_stiffness(problem, state, rhs);
}

void BothBorders::advance(std::span<const double> step) {
    const auto n = static_cast<std::size_t>(first_->size());
    first_->advance(step.first(n));
    second_->advance(step.subspan(n));
}

void BothBorders::residuals(const solver::PowerEquations& equations, const solver::PowerFlowProblem& problem,
                            const solver::VoltageState& state, std::span<double> out) const {
    const auto n = static_cast<std::size_t>(first_->size());
    first_->residuals(equations, problem, state, out.first(n));
    second_->residuals(equations, problem, state, out.subspan(n));
}

void BothBorders::column(int k, std::span<double> x) const {
    const int n = first_->size();
    if (k < n) first_->column(k, x);
    else second_->column(k - n, x);
}

double BothBorders::along(int k, const solver::PowerEquations& equations, const solver::PowerFlowProblem& problem,
                          const solver::VoltageState& state, std::span<const double> step) const {
    const int n = first_->size();
    return k < n ? first_->along(k, equations, problem, state, step) : second_->along(k - n, equations, problem, state, step);
}

double BothBorders::own(int k, int j) const {
    const int n = first_->size();
    if (k < n && j < n) return first_->own(k, j);
    return k >= n && j >= n ? second_->own(k - n, j - n) : 0.0;
}

int BothBorders::bus_of(int k) const {
    const int n = first_->size();
    return k < n ? first_->bus_of(k) : second_->bus_of(k - n);
}

}  // namespace araz

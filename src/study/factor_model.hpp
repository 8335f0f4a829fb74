// The DC model as the linear factors need it: one reference per island, factored once.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "araz/study/factors.hpp"

namespace araz {

/// A share of one MW at a bus.
struct Injection {
    int bus = 0;         ///< bus index
    double share = 0.0;
};

/// What one column of a PTDF injects; empty: nothing is defined.
struct ColumnInjection {
    FactorColumn label;
    std::vector<Injection> injections;
    bool defined = true;
};

class FactorModel {
public:
    /// Error AZ2040 (not solved): branches without reactance leave buses without a DC path to a reference.
    [[nodiscard]] static Result<std::unique_ptr<FactorModel>> build(const ElectricalModel& model,
                                                                    const FactorOptions& options);

    [[nodiscard]] const Network& network() const { return *model_->network; }
    /// Whether a branch index carries flow in the DC model.
    [[nodiscard]] bool carries(int branch) const { return branches_.b[branch] != 0.0 || link_node(branch) >= 0; }
    [[nodiscard]] bool is_bridge(int branch) const { return bridge_[branch] != 0; }

    /// [branches x columns] flow from -> to per MW of each column, row after row.
    [[nodiscard]] std::vector<double> transfer_factors(std::span<const int> branches,
                                                       std::span<const ColumnInjection> columns);
    /// [branches x outages] outage factors, row after row; NaN in the column of a bridge.
    [[nodiscard]] std::vector<double> outage_factors(std::span<const int> branches, std::span<const int> outages);

    [[nodiscard]] std::vector<FactorSlack> slack() const;
    [[nodiscard]] const Findings& findings() const { return findings_; }

private:
    FactorModel(const ElectricalModel& model, const FactorOptions& options);
    /// Node of a branch without impedance, whose unknown is its flow; -1: another branch, or dead.
    [[nodiscard]] int link_node(int branch) const;
    [[nodiscard]] double flow_change(int branch, std::span<const double> x) const;
    void flow_sensitivity(int branch, std::span<double> x);
    void choose_references();
    void share_slack(SlackKey rule, const std::vector<double>& factors);
    [[nodiscard]] std::string unreached_bus() const;

    const ElectricalModel* model_;
    solver::DcBranches branches_;
    std::vector<solver::BusKind> kind_;  ///< [nodes]
    std::vector<unsigned char> bridge_;
    std::vector<int> part_;             ///< connected parts of what the DC model joins
    std::vector<double> slack_share_;   ///< [n_bus] sums to 1 over each island
    std::unique_ptr<solver::DcSolver> solver_;
    Findings findings_;
};

/// Columns of a PTDF and the buses their keys move. Error AZ3042.
struct ColumnSet {
    std::vector<ColumnInjection> columns;
    std::vector<FactorParticipant> participants;
    Findings findings;
};
[[nodiscard]] Result<ColumnSet> make_columns(const Network& net, const FactorColumns& asked);

}  // namespace araz

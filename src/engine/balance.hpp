// Distributed slack and area control as a border of the Newton system (engine/slack.hpp has the model).
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "araz/engine/slack.hpp"
#include "araz/solver/border.hpp"

namespace araz {

/// Splits an imbalance among participants: share_i = min(w_i t, room_i) with the level t at which the
/// shares sum to the imbalance.
class ShareCurve {
public:
    ShareCurve() = default;
    /// `weight` >= 0 and `room` >= 0 (may be infinite) of each participant.
    ShareCurve(std::vector<double> weight, std::vector<double> room);

    /// Writes the shares of `amount` >= 0 and their derivatives; returns what nobody could take.
    double split(double amount, std::span<double> share, std::span<double> slope) const;
    [[nodiscard]] const std::vector<double>& weight() const { return weight_; }
    [[nodiscard]] double capacity() const { return capacity_; }

private:
    std::vector<double> weight_, room_;
    std::vector<int> order_;                  ///< by the level at which each is full
    std::vector<double> full_room_, weight_left_;  ///< before each of order_: room of the full, weight of the others
    double capacity_ = 0.0;
};

/// What a Balance reads and writes of the solve at hand; all spans are by network index.
struct BalanceInputs {
    const ElectricalModel* model = nullptr;
    const SlackOptions* options = nullptr;
    std::span<const solver::BusKind> kind;
    std::span<const unsigned char> gen_in;
    std::span<const int> part;                ///< [n_bus] island of the scenario, -1: dead
    std::span<const unsigned char> out;       ///< [n_branch] or empty
    std::span<const AreaTarget> targets;      ///< empty: no area control
    std::span<const double> pmin, pmax;       ///< [n_gen]; empty: those of the network
    std::span<double> p, q, gen_p, p_load, q_load;
};

class Balance final : public solver::Border {
public:
    explicit Balance(const BalanceInputs& inputs);

    /// Back to the schedule; call whenever the arrays of the inputs have been restored to it.
    void restart();

    [[nodiscard]] int size() const override { return static_cast<int>(groups_.size()); }
    void advance(std::span<const double> step) override;
    void residuals(const solver::PowerEquations& equations, const solver::PowerFlowProblem& problem,
                   const solver::VoltageState& state, std::span<double> out) const override;
    void column(int k, std::span<double> x) const override;
    [[nodiscard]] double along(int k, const solver::PowerEquations& equations, const solver::PowerFlowProblem& problem,
                               const solver::VoltageState& state, std::span<const double> step) const override;
    [[nodiscard]] double own(int k, int j) const override;
    [[nodiscard]] bool is_smooth() const override { return true; }
    [[nodiscard]] int bus_of(int k) const override;

    /// Buses whose injection the unknowns move.
    [[nodiscard]] std::span<const int> buses() const { return buses_; }
    /// Derivative of the active injections with respect to unknown k: (bus, slope), a bus as often as participants stand there.
    void slopes(int k, std::vector<std::pair<int, double>>& out) const;
    /// What a change of injections (P, Q by node) adds to residual k by itself: that at the reference.
    [[nodiscard]] double entering(int k, std::span<const double> x) const {
        return groups_[k].interchange ? 0.0 : x[2 * groups_[k].reference];
    }
    /// Whether the reactive output or limits of a participant follow its active output.
    [[nodiscard]] bool moves_reactive() const;

    /// The same grid with its devices elsewhere.
    void use(const ElectricalModel& model) { in_.model = &model; }

    /// Meets the balance of the lossless DC model, where it is a sum: p and `besides` [nodes] less the shunts.
    void balance_dc(std::span<const double> besides);

    /// Largest imbalance that no participant could take, p.u.
    [[nodiscard]] double unmet() const;
    [[nodiscard]] std::string why_unmet() const;
    [[nodiscard]] std::vector<SlackBalance> report(const Solution& solution) const;

private:
    struct Member {
        int index = 0;
        int bus = 0;
        bool load = false;
        double scheduled = 0.0;
        double q_per_p = 0.0;  ///< reactive consumption that goes with a load's active one
        double share = 0.0, slope = 0.0;
    };
    struct Group {
        int part = 0, area = -1;
        int reference = -1;
        int last_resort = -1;    ///< unit that makes the equations solvable beyond all limits; -1: the reference bus
        bool interchange = false;
        double target = 0.0;
        std::vector<Member> members;
        ShareCurve up, down;
        std::vector<std::pair<int, bool>> ties;  ///< branch, whether the area is at its from end
        std::vector<int> dc_ends;                ///< converter ends that exchange with other areas
        double imbalance = 0.0, unmet = 0.0;
        bool upwards = true;
        bool exhausted = false;  ///< no participant moves any more
    };
    void make_groups();
    void add_members(Group& group);
    void add_ties();
    void share(Group& group);
    void write();
    [[nodiscard]] int emulation_at(int end) const;
    [[nodiscard]] double net_export(const Group& group, const solver::VoltageState& state) const;

    BalanceInputs in_;
    std::vector<Group> groups_;
    std::vector<int> buses_;                ///< that members stand at
    std::vector<double> p0_, p_load0_, q_load0_, gen_p0_, q_moved_;
};

}  // namespace araz

// Exchange: the state of the grid when area A sends a given shift to area B.
//
// Two definitions, the option --exchange:
//   scheduled  the shift is scheduled on the units of both sides; the slack takes the change of losses.
//   net        the AC net position of A (active power leaving it, metered at its own end) rises by the
//              shift; every area that is neither A nor B keeps its net position; B takes the rest. Each
//              area covers its own change of losses with its own key, so the answer does not depend on
//              where the slack is.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "araz/engine/engine.hpp"
#include "araz/study/shift_key.hpp"

namespace araz {

enum class ExchangeMode { net, scheduled };

// Sides in different synchronous islands exchange over the DC lines between them: units of an island that
// holds only one side move by what its DC lines can carry, and the set-points of those lines move with
// them. Units of an island that no DC line joins to the other side cannot take part.

/// Which buses belong to the sides, by area or zone.
struct ExchangeSides {
    std::string from, to;                       ///< as the user named them
    std::vector<unsigned char> in_from, in_to;  ///< [n_bus]
};

enum class PointStatus { ok, unsolved, source_exhausted, sink_exhausted };

struct ExchangePoint {
    PointStatus status = PointStatus::ok;
    bool settled = true;      ///< false: every state was solved, but the net positions did not settle
    double shift = 0.0;       ///< p.u.
    Scenario scenario;        ///< overlay that makes it
    Solution intact;
    double net_export = 0.0;  ///< of A, p.u.
    double loss = 0.0;        ///< whole system, p.u.
    std::vector<double> beyond;  ///< infeed of each cell beyond its share of the shift, p.u.; net exchanges only
};

class Exchange {
public:
    /// `base` is the solved base state, which the shift starts from.
    Exchange(ModelPtr model, ExchangeMode mode, const KeyChoice& key, ExchangeSides sides, const Solution& base);

    /// Solves the intact grid at a shift >= 0 p.u., starting from `warm`. `near`: a solved point of another shift, from
    /// which the change of losses is guessed; may be null.
    [[nodiscard]] ExchangePoint solve(Engine& engine, double shift, const Solution& warm, const ExchangePoint* near = nullptr) const;

    [[nodiscard]] double source_room() const { return source_.capacity(); }
    [[nodiscard]] double sink_room() const { return sink_.capacity(); }
    /// Change of the bus injections per unit of shift at `shift`, (dP, dQ) by bus: the direction of a tangent.
    [[nodiscard]] std::vector<double> direction(double shift) const;
    /// DC line whose limit, not the units, bounds the room of a side; -1: none.
    [[nodiscard]] int dc_bound() const { return dc_bound_; }
    [[nodiscard]] const ShiftKey& source() const { return source_; }
    [[nodiscard]] const ShiftKey& sink() const { return sink_; }
    [[nodiscard]] double base_net_export() const { return base_export_[0]; }
    [[nodiscard]] const ExchangeSides& sides() const { return sides_; }
    [[nodiscard]] ExchangeMode mode() const { return mode_; }
    /// Group of each bus: 0 from, 1 to, 2 the rest.
    [[nodiscard]] const std::vector<int>& group() const { return group_; }

private:
    /// The buses of one group in one synchronous island, the smallest part whose net position can be set.
    struct Cell {
        int island = 0, group = 0;
        ShiftKey up, down;
        bool can_move = false;
        bool balances = false;   ///< takes what the other cells of its island leave over
        double base_export = 0.0;
    };
    /// A DC line that carries the shift of a one-sided island to or from the rest.
    struct Link {
        int dc = 0;
        bool source_side = true;          ///< of an island with source units only; else with sink units only
        double sign = 1.0;                ///< +1: more P from its from end
        double share = 0.0;               ///< of its island's shift
        std::vector<unsigned char> in_island;  ///< [n_bus]
    };
    void join_islands();
    [[nodiscard]] std::vector<double> dc_set_points(double shift) const;
    void make_cells(const KeyChoice& key, const Solution& base);
    void choose_balancing_cells();
    [[nodiscard]] std::vector<double> cell_shares(double shift) const;
    [[nodiscard]] std::vector<double> wanted_exports(const std::vector<double>& shares, double shift) const;
    [[nodiscard]] PointStatus room_for(const std::vector<double>& moved) const;
    [[nodiscard]] double correct(const std::vector<double>& wanted, const ExchangePoint& point,
                                 const std::vector<double>& exported, std::vector<double>& moved) const;
    [[nodiscard]] Scenario scenario_for(const std::vector<double>& moved, double shift) const;
    [[nodiscard]] ExchangePoint solve_net(Engine& engine, double shift, const Solution& warm, const ExchangePoint* near) const;
    [[nodiscard]] std::vector<double> measure(const Engine& engine, ExchangePoint& point) const;

    ModelPtr model_;
    ExchangeMode mode_;
    ExchangeSides sides_;
    std::vector<int> group_;
    std::vector<double> base_p_;       ///< output of each unit at the base
    std::vector<double> base_export_;  ///< by group
    ShiftKey source_, sink_;           ///< of the whole sides, cut to what can be carried away
    std::vector<Cell> cells_;          ///< island after island; within one: from, to, rest
    std::vector<int> cell_of_;         ///< [n_bus]; -1 at dead buses
    std::vector<Link> links_;
    int dc_bound_ = -1;
};

}  // namespace araz

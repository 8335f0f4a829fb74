// One hour of a case: loads and available power from profiles, and who produces what.
//
// Each area keeps the net position of the base state. With L the load of an area, X its net position and V its
// losses in the solved base state (index 0), the units of the area have to give in hour t
//     R(t) = L(t) + X0 + V0 (L(t) / L0)^2 - A(t),
// where A is what its units with a profile have available, which is taken whole. What the estimate of the losses
// leaves over is the share of the slack. docs/batch.md has the rules in full.
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "araz/model/network.hpp"
#include "araz/model/profile.hpp"
#include "araz/model/results.hpp"
#include "araz/model/scenario.hpp"

namespace araz {

/// proportional: R is shared in proportion to the outputs of the case, within Pmin and Pmax. merit: units are
/// loaded to Pmax in the order of fuel, type and row. given: outputs stay as the case has them.
enum class DispatchRule { proportional, merit, given };

/// One hour, with the power of its units decided: what differs from the case, by its rows.
struct HourState {
    std::vector<double> pd_mw, qd_mvar;                 ///< per row of buses
    std::vector<LoadMix> mixes;                         ///< per row of load models
    std::vector<double> bs_mvar, ratio, vg_pu;          ///< per bus, branch, unit; empty: those of the case
    std::vector<double> pg_mw, pmin_mw, pmax_mw, available_mw;  ///< per unit
    std::vector<unsigned char> out;                     ///< per unit, 1: out of service in this hour; empty: none is
    double outage_mw = 0.0;     ///< installed power of these
    double load_mw = 0.0;       ///< of energised buses
    double total_available_mw = 0.0;  ///< of units with a profile
    double curtailed_mw = 0.0;  ///< of it, not taken
    double shortage_mw = 0.0;   ///< no unit of the area could give it: left to the slack
    double surplus_mw = 0.0;    ///< no unit of the area could leave it out: left to the slack
    double below_pmin_mw = 0.0; ///< units run below their Pmin by this much together
};

class HourlyDispatch {
public:
    /// `base`: the solved base state of `grid`; every profile that `use` names must be among the series. `settings`:
    /// the same grid at other loads, of which shunts, tap ratios and set points are taken: in each area linearly
    /// between the two whose load of the area is next to that of the hour. Without any, those of `grid` hold.
    HourlyDispatch(Case grid, ProfileUse use, const ProfileSeries& series, DispatchRule rule, const PfResult& base,
                   const std::vector<const Case*>& settings = {});

    /// `out`: units that are out of service, by unit_row(). The others of their area give what they lack.
    [[nodiscard]] HourState at(int row, const std::vector<int>& out = {}) const;
    /// Row of a unit by its identifier, or by its number from 1 where the case has none; -1: there is none.
    [[nodiscard]] int unit_row(const std::string& id) const;
    /// Indices in `net` of the units that are out.
    [[nodiscard]] std::vector<int> outages_in(const HourState& state, const Network& net) const;
    /// The case as it stands in an hour.
    [[nodiscard]] Case grid_in(const HourState& state) const;
    /// The hour on `net`, a network of grid(). `own_mixes`: voltage dependence is that of the case, not of an option.
    [[nodiscard]] Settings settings_in(const HourState& state, const Network& net, bool own_mixes) const;
    [[nodiscard]] const Case& grid() const { return grid_; }

private:
    struct Unit {
        int row = 0;
        double base_mw = 0.0, pmin_mw = 0.0, pmax_mw = 0.0;
    };
    struct Area {
        double load_mw = 0.0, net_position_mw = 0.0, loss_mw = 0.0;
        std::vector<Unit> units;       ///< without a profile, in service
        std::vector<int> with_profile; ///< rows of units
    };

    /// Values of one of `settings` by the rows of grid_.
    struct PointSettings {
        std::map<int, double> load_of_area;
        std::vector<double> shunt_mvar, ratio, v_set_pu;
    };
    [[nodiscard]] PointSettings settings_of(const Case& other) const;
    void set_voltages(const std::map<int, double>& load_of_area, HourState& state) const;
    void set_loads(int row, HourState& state, std::map<int, double>& load_of_area) const;
    void balance(const Area& area, double load_mw, HourState& state) const;
    void curtail(const Area& area, double surplus_mw, HourState& state) const;
    void share(const Area& area, double needed_mw, HourState& state) const;
    void leave_set_point(const HourState& state, const Network& net, int g, Settings& settings) const;
    void stack(const Area& area, double needed_mw, HourState& state) const;

    Case grid_;
    ProfileUse use_;
    const ProfileSeries* series_;
    DispatchRule rule_;
    std::vector<int> unit_column_, load_column_;  ///< of the series, -1: none
    std::vector<int> mix_bus_;                    ///< row of the bus of each load model
    std::unordered_map<std::string, int> unit_row_;
    HourState start_;                             ///< of the case itself
    std::vector<int> load_bus_;                   ///< row of the bus of each load
    std::vector<unsigned char> live_;             ///< per row of buses
    std::map<int, Area> areas_;
    std::vector<PointSettings> settings_;
    std::vector<int> branch_area_, unit_area_;  ///< of its from bus, of its bus
};

}  // namespace araz

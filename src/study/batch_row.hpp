// Rows of a power-flow batch from solved states, read where they lie.
#pragma once

#include <vector>

#include "araz/study/batch.hpp"

namespace araz {

/// Identifiers of the units that are out in an hour, joined by commas.
[[nodiscard]] std::string units_out(const HourState& hour, const Case& grid);

/// Writes rows of the hours of one network. Everything that depends on names is looked up when it is made.
class HourRowWriter {
public:
    HourRowWriter(const BatchLayout& layout, const Case& grid, const HourBase& base);

    /// Of a state in a lane, which is solved.
    [[nodiscard]] BatchRow row(const HourState& hour, const ProfileSeries& series, int series_row, const LaneOutcome& state);
    /// Of a state of the scalar engine, solved or not. `model`: with the settings of the hour.
    [[nodiscard]] BatchRow row(const HourState& hour, const ProfileSeries& series, int series_row, const ElectricalModel& model,
                               const Solution& solution);

private:
    /// Where the values of one column go: its first value among the numbers or texts of a row, -1: not asked for.
    struct Column {
        std::ptrdiff_t at = -1;
        void set(std::vector<double>& numbers, double value) const {
            if (at >= 0) numbers[static_cast<std::size_t>(at)] = value;
        }
    };
    /// A column along an axis, and the place on it of each branch, bus, unit or area of the network (-1: none).
    struct Along {
        std::ptrdiff_t at = -1;
        void set(std::vector<double>& numbers, int place, double value) const {
            if (at >= 0 && place >= 0) numbers[static_cast<std::size_t>(at + place)] = value;
        }
    };
    struct Tie {
        int branch = 0, from_area = -1, to_area = -1;  ///< places on the axis of areas
    };

    [[nodiscard]] BatchRow begin(const HourState& hour, const ProfileSeries& series, int series_row) const;
    void set_status(BatchRow& row, SolveStatus status) const;
    template <class State>
    void fill(const State& state, const HourState& hour, BatchRow& row);
    template <class State>
    void fill_branches(const State& state, BatchRow& row);
    template <class State>
    void fill_buses(const State& state, BatchRow& row) const;
    template <class State>
    void fill_units(const State& state, const HourState& hour, BatchRow& row);
    template <class State>
    void fill_areas(const State& state, BatchRow& row) const;
    [[nodiscard]] double loading_pct(int branch, const solver::BranchFlow& flow) const;

    const BatchLayout& layout_;
    const Case& grid_;
    NetworkPtr net_;
    std::vector<double> rating_;      ///< p.u., 0: none
    bool voltage_limits_ = true;
    std::vector<std::string> branch_id_;
    std::vector<int> branch_place_, bus_place_, unit_place_;
    std::vector<Tie> ties_, dc_ties_;  ///< branches, DC lines
    std::vector<int> area_places_;     ///< areas with a bus of this network
    Column status_, iterations_, mismatch_, load_, available_, curtailed_, shortage_, surplus_, below_pmin_;
    Column generation_, loss_, violations_, balance_error_, max_loading_, min_vm_, min_vm_bus_, max_vm_, max_vm_bus_;
    Column outage_;
    std::ptrdiff_t max_loading_branch_ = -1, units_out_ = -1;  ///< among the texts
    Along loading_, p_from_, q_from_, p_to_, q_to_, vm_, va_, p_, q_, net_export_, profile_;
    std::vector<double> status_word_;  ///< place of each SolveStatus among the words of the column
    int violated_ = 0;                 ///< of the row at hand
    LaneOutputs outputs_;
    std::vector<solver::BranchFlow> flows_;
    std::vector<int> all_branches_, all_buses_;
};

}  // namespace araz

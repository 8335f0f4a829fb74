// Distributed slack in lanes: for each reference one unknown more, the imbalance that participants share, and one
// equation more, the active power balance of the reference itself.
//
// With the slopes A of the participants' injections, R = dP_ref/dx and D = slope of those at the reference:
//   [ J  -A ] [dx]   [  r   ]
//   [ R  -D ] [du] = [ r_ref ]
// is solved like the scalar engine's border (solver/border.hpp): dx = x + w du with x = J^-1 r, w = J^-1 A and
// du = (R x - r_ref) / (D - R w). References lie in different islands, so one w serves all of them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "araz/solver/lane_buffer.hpp"
#include "araz/solver/lane_kernels.hpp"

namespace araz::solver {

class LaneBorder {
public:
    /// The row of a reference in Ybus, the diagonal first; columns are places.
    struct Row {
        std::vector<int> column;
        std::vector<double> g, b;
    };
    /// Derivative of the scheduled injection of a node with respect to the unknown of its island.
    struct Slope {
        int node = 0;
        double value = 0.0;
    };
    /// What a lane holds of each equation.
    struct Equation {
        double p_sched = 0.0;          ///< of the reference, p.u.
        double slope = 0.0;            ///< of the reference
        const Row* row = nullptr;      ///< the lane's own; null: the common one
    };

    /// One equation for each row; `equation_of` [n_node] says whose island a node lies in (one island: all 0).
    LaneBorder(const LaneProgram& program, int width, bool single, std::vector<Row> rows, std::vector<std::uint8_t> equation_of);

    [[nodiscard]] int size() const { return static_cast<int>(rows_.size()); }
    [[nodiscard]] int place(int k) const { return rows_[k].column[0]; }
    /// Forgets what a lane holds; until it is set again it counts for nothing.
    void clear(int lane);
    void set(int lane, std::span<const Slope> slopes, std::span<const Equation> equations);

    /// Residuals at the voltages of the arrays; `worst` becomes theirs where they are larger.
    void residuals(const LaneArrays& arrays, LaneWorst& worst);
    /// x := A, for the solve that gives w. The caller solves into `buffer()`.
    void write_columns(const LaneArrays& arrays) const;
    [[nodiscard]] void* buffer() const { return w_; }
    /// The changes of the unknowns from the step at hand, which `apply` then completes. Returns lanes in which they are not
    /// determined.
    [[nodiscard]] std::uint32_t close(const LaneArrays& arrays);
    /// The same for a right-hand side that changes the injections of the references by `rhs`.
    [[nodiscard]] std::uint32_t close(const LaneArrays& arrays, std::span<const double> rhs);
    [[nodiscard]] LaneBorderStep step() const { return {w_, change_, rows_.size() > 1 ? equation_of_.data() : nullptr}; }
    [[nodiscard]] double change(int k, int lane) const { return change_[static_cast<std::size_t>(k * width_ + lane)]; }

private:
    [[nodiscard]] const Row& row_of(int k, int lane) const;
    [[nodiscard]] double along(const LaneArrays& arrays, int k, int lane, const void* step) const;
    template <class Residual>
    std::uint32_t close_with(const LaneArrays& arrays, const Residual& residual);

    int width_ = 0, n_node_ = 0;
    bool single_ = false;
    std::vector<Row> rows_;
    std::vector<std::uint8_t> equation_of_;
    std::vector<std::vector<Slope>> slopes_;          ///< [lane]
    std::vector<Equation> equations_;                 ///< [k x W]
    std::vector<double> residual_;                    ///< [k x W]
    LaneBuffer storage_, changes_;
    double* change_ = nullptr;                        ///< [k x W], aligned for the kernels
    void* w_ = nullptr;                               ///< [2n] in the precision of the factors
};

}  // namespace araz::solver

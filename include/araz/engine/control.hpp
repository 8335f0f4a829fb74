// Control: an outer loop around Newton. It looks at a solved state and answers stable, changed or
// failed; the engine solves again after a change, until a whole pass over all controls changes nothing.
//
// A control keeps what it needs for one solve (flip counts) and is reset by begin(). Contract, tested
// for each: idempotent when stable, a bounded number of changes, a fixed order, no dependence on what
// was solved before but for the state that a solve is asked to start from.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "araz/engine/electrical_model.hpp"
#include "araz/model/scenario.hpp"
#include "araz/model/solution.hpp"
#include "araz/solver/power_equations.hpp"

namespace araz {

enum class ControlAnswer { stable, changed, failed };

/// What a control sees and may change: kinds, scheduled injections, set-points and voltages of the
/// solve at hand; never the network.
struct ControlView {
    const ElectricalModel* model = nullptr;
    std::span<const double> p_calc, q_calc;          ///< [n_bus] what units and constant loads feed in
    std::span<const double> p_load, q_load;          ///< [n_bus] constant consumption in this scenario
    std::span<double> gen_p;                         ///< [n_gen] scheduled output of units in service
    std::span<const unsigned char> gen_in;           ///< [n_gen]
    std::span<solver::BusKind> kind;                 ///< [n_bus]
    std::span<double> p, q;                          ///< [n_bus] scheduled net injection
    std::span<const double> v_set;                   ///< [n_bus] NaN where nothing is regulated
    std::span<Pin> pin;                              ///< [n_bus]
    solver::VoltageState* state = nullptr;
    /// Buses joined without impedance whose units act at this bus too, [n_bus]; null: nothing is joined.
    const std::vector<std::vector<int>>* joined = nullptr;
    double tolerance = 1e-8;                         ///< of the power flow, p.u.
    int round = 0;
    std::vector<ControlAction>* actions = nullptr;
    /// Values and states of the devices; the engine applies the values after a control answered changed.
    std::span<DevicePosition> devices;               ///< [n_device]
    std::span<const unsigned char> branch_out;       ///< [n_branch] or empty
    /// Factors the Jacobian at the state; false: singular. Then x := J^-1 x as in NewtonSolver.
    std::function<bool()> linearize;
    std::function<void(std::span<double>)> solve_linearized;
};

/// Calls visit(generator) for every unit in service that acts at a bus.
template <class Visit>
void for_each_unit(const ControlView& view, int bus, Visit&& visit) {
    const Network& net = *view.model->network;
    const auto at = [&](int b) {
        for (int k = net.gen_start[b]; k < net.gen_start[b + 1]; ++k)
            if (view.gen_in[net.gens_at[k]] != 0) visit(net.gens_at[k]);
    };
    at(bus);
    if (view.joined == nullptr) return;
    for (const int other : (*view.joined)[bus]) at(other);
}

class Control {
public:
    Control() = default;
    virtual ~Control() = default;
    Control(const Control&) = delete;
    Control& operator=(const Control&) = delete;

    [[nodiscard]] virtual std::string_view name() const = 0;
    /// Before the first iteration of a solve that starts from a solved state: takes over what that state had settled.
    /// `pins` [n_bus] are its own; nothing in the view is solved yet, and nothing of this is an action.
    virtual void resume([[maybe_unused]] ControlView& view, [[maybe_unused]] std::span<const Pin> pins) {}
    virtual void begin(const ControlView& view) = 0;
    virtual ControlAnswer update(ControlView& view) = 0;
    /// Whether all it ever does is to switch buses between PV and PQ: such controls also act in lanes.
    [[nodiscard]] virtual bool only_switches_pv() const { return false; }
};

using ControlList = std::vector<std::unique_ptr<Control>>;

}  // namespace araz

// On-load tap changers, phase shifters, switched shunts and static compensators as outer loops.
//
// Devices of one kind that hold the voltage of the same bus from the same side (parallel transformers, banks of
// one station) form a group with one relative position t in 0..1; a device stands at low + t (high - low),
// rounded to its own steps. A group measures
//
//   tap, shunt   V of the controlled bus
//   phase        P into the branch at its from side
//   svc          V + X_sl Q with Q = b V_bus^2 fed in: the straight characteristic of a compensator, whose slope
//                X_sl says by how much the voltage falls at full output
//
// and holds it within half_band of its target. One update answers in two stages:
//   continuous   Newton on the relative positions of all groups outside their bands at once, S dt = target - m
//                with S = dm/dt from the factored Jacobian of the power flow (coupled controls do not chase each
//                other), clipped at the ends of the ranges; until targets are met or ends reached
//   discrete     those positions rounded to the nearest step, then single steps of groups still outside their
//                bands where the sensitivity says that a step brings them nearer
// Compensators stay in the first stage. Bounded: continuous_rounds Newton steps; two reversals of a group, and
// after the first reversal one group moves at a time; a group no step brings nearer stays where it is. The
// order of rows does not enter. Sensitivities of the power flow to controls: H. W. Dommel and W. F. Tinney,
// "Optimal Power Flow Solutions", IEEE Trans. PAS-87(10), 1968, eq. 10.
#pragma once

#include <memory>

#include "araz/engine/control.hpp"

namespace araz {

struct DeviceControlOptions {
    DeviceKind kind = DeviceKind::tap;
    int continuous_rounds = 30;
    int reversals = 2;   ///< of one group before it stays
};

[[nodiscard]] std::unique_ptr<Control> make_device_control(const DeviceControlOptions& options);

/// What a device measures at a state, p.u.
[[nodiscard]] double measured(const Network& net, const Device& device, double value, const solver::VoltageState& state);

/// The ends of the range of a device; those of a converter that limits its current follow its voltage.
struct DeviceRange {
    double low = 0.0, high = 0.0;
};
[[nodiscard]] DeviceRange device_range(const Device& device, const solver::VoltageState& state);

}  // namespace araz

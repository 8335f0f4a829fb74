// How what devices hold answers to moves of devices, from the factored Jacobian of the power flow.
#pragma once

#include <complex>
#include <span>
#include <vector>

#include "araz/engine/control.hpp"

namespace araz {

/// Whether a device and what it holds are energised and not switched off.
[[nodiscard]] bool in_service(const ControlView& view, int device);

/// What a device measures. A current is a phasor against the voltage at the from side of its branch, because a phasor is
/// nearly linear in the shift while its size is not; every other quantity is real.
[[nodiscard]] std::complex<double> reading(const Network& net, const Device& device, double value, const solver::VoltageState& state);

/// d reading / d t, [row][column], of groups of devices that have one relative position t each. Empty matrix rows of
/// zeros where the Jacobian is singular.
[[nodiscard]] std::vector<std::vector<std::complex<double>>> sensitivities(const ControlView& view,
                                                                           std::span<const std::span<const int>> groups);

}  // namespace araz

// The solver's view of a Network: patterns, two-ports and bridges, built once and shared by all threads.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "araz/model/network.hpp"
#include "araz/model/scenario.hpp"
#include "araz/model/solution.hpp"
#include "araz/solver/admittance.hpp"
#include "araz/solver/dc.hpp"

namespace araz {

struct ElectricalModel {
    NetworkPtr network;
    solver::AdmittancePattern pattern;      ///< nodes: the buses, then one per link
    solver::AdmittanceElements elements;    ///< of a merged branch only its charging
    solver::Links links;                    ///< branches without impedance
    std::vector<int> link_branch;           ///< [n_link] branch index
    std::vector<int> link_of_branch;        ///< [n_branch] link index, -1: none
    solver::Emulation emulation;            ///< DC lines under AC emulation, their nodes after those of the links
    std::vector<int> emulated_dc;           ///< [n_emulated] DC line
    std::vector<int> emulation_of_dc;       ///< [n_dc] place in emulation, -1: none
    solver::AdmittanceValues ybus;          ///< intact
    solver::DcBranches dc;                  ///< intact
    std::vector<unsigned char> bridge;      ///< [n_branch]
    std::vector<solver::BusKind> kind;      ///< [nodes] before any control
    solver::VoltageDependence load;         ///< [nodes] or empty: the rest of the load is constant power

    std::vector<double> p_constant, q_constant;  ///< [n_bus] that rest; empty like `load`

    [[nodiscard]] int n_link() const { return links.size(); }
    [[nodiscard]] const solver::Links* links_or_null() const { return links.size() > 0 ? &links : nullptr; }
    [[nodiscard]] int n_emulated() const { return emulation.size(); }
    [[nodiscard]] const solver::Emulation* emulation_or_null() const { return emulation.size() > 0 ? &emulation : nullptr; }

    static std::shared_ptr<const ElectricalModel> build(NetworkPtr network);
};

using ModelPtr = std::shared_ptr<const ElectricalModel>;

/// Writes the values of the devices into copies of a network and a model made from `built`; anything else in
/// them stays. The pattern does not change.
void apply_positions(const ElectricalModel& built, std::span<const DevicePosition> devices, Network& net, ElectricalModel& model);

/// The model with its devices where a solution left them; `built` itself where nothing has moved.
[[nodiscard]] ModelPtr at_positions(const ModelPtr& built, std::span<const DevicePosition> devices);

/// Writes settings into copies of the network and the model of `built`; nothing that was written there before stays.
void apply_settings(const ElectricalModel& built, const Settings& settings, Network& net, ElectricalModel& model);

/// The model with these settings; `built` itself without any.
[[nodiscard]] ModelPtr with_settings(const ModelPtr& built, const Settings& settings);

/// Reactive range of a unit at active output `p`, p.u.: its Qmin..Qmax cut by the capability corners
/// PC1/PC2 where they are given (MATPOWER manual, table B-2). A converter end that holds no voltage has no range:
/// both ends of it are what it feeds in.
struct ReactiveRange {
    double min = 0.0, max = 0.0;
};
[[nodiscard]] ReactiveRange reactive_range(const Network& net, int generator, double p);

}  // namespace araz

// Network: the validated, in-service grid, immutable, as structs of arrays.
//
// Everything here is per unit on `base_mva` and in radians; conversions from and to file units happen
// in Network::build and in study/results.cpp, nowhere else. Signs: injection positive into the
// network, load positive when consuming, branch flow positive leaving the bus into the branch, tap
// and shift on the from side.
//
// Bus index `b`, branch index `l` and generator index `g` are dense positions in these arrays. The
// file's own labels are `bus_id[b]` and the 0-based rows `branch_row[l]`, `gen_row[g]`.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "araz/base/piecewise.hpp"
#include "araz/base/result.hpp"
#include "araz/model/case.hpp"

namespace araz {

/// Whose word counts about the voltage dependence of loads: the case, or one model for all of them.
struct LoadModelChoice {
    bool from_case = true;
    LoadMix mix;  ///< otherwise

    /// "case", "pq", "zip:Z,I,P[,Z,I,P]" (fractions of P, then of Q, each summing to 1) or "exp:NP[,NQ]".
    /// Error AZ3032 (kind usage).
    static Result<LoadModelChoice> parse(const std::string& text);
};

struct BuildOptions {
    std::set<std::string> allow;  ///< codes whose errors are lowered to warnings where a treatment exists
    std::set<std::string> deny;   ///< codes raised to errors
    enum class DcLines { as_case, on, off } dc_lines = DcLines::as_case;
    /// A branch with |r + jx| below this (p.u.), or with r = x = 0, joins its buses without impedance.
    double merge_below = 1e-8;
    LoadModelChoice load_model = {};
};

/// A device of Case::devices whose element is in service, per unit and radians.
struct Device {
    DeviceKind kind = DeviceKind::tap;
    PhaseRule rule = PhaseRule::power;
    int row = 0;              ///< in Case::devices
    int branch = -1, bus = -1, controlled = -1;
    double low = 0.0, high = 0.0, at = 0.0;
    int steps = 0;            ///< 0: continuous
    double target = 1.0, half_band = 0.0;
    double slope = 0.0;       ///< p.u. voltage per p.u. reactive power fed in
    bool limits_current = false;
};

struct Network;
using NetworkPtr = std::shared_ptr<const Network>;

struct Network {
    std::string name;
    double base_mva = 100.0;

    // --- buses [n_bus]: every bus of the file but the isolated ones (type 4) ---
    int n_bus = 0;
    std::vector<BusId> bus_id;
    std::vector<int> bus_row;          ///< row in Case::buses
    std::vector<BusType> bus_type;     ///< after the rules of build(): slack, pv (has a unit), pq
    std::vector<double> vm_stored, va_stored;
    std::vector<double> p_load, q_load, g_shunt, b_shunt;
    std::vector<double> v_set;         ///< regulated magnitude, NaN at PQ buses
    std::vector<LoadMix> load_mix;     ///< of p_load, q_load, which stand at 1 p.u.; empty: constant power
    std::vector<double> vmin, vmax;
    std::vector<double> base_kv;
    std::vector<int> area, zone;
    std::vector<int> island;           ///< 0-based, by lowest bus index; -1: dead (no source)
    int n_island = 0;                  ///< energised islands

    // --- branches in service [n_branch] ---
    int n_branch = 0;
    std::vector<int> branch_row;       ///< row in Case::branches
    std::vector<int> from, to;
    std::vector<double> r, x, b_charge, tap, shift;
    std::vector<double> rate_a, rate_b, rate_c;  ///< p.u. MVA; 0: no limit
    std::vector<unsigned char> merged; ///< joins its buses without impedance (switch, coupler, tiny |z|)

    // --- generators in service [n_unit], then the ends of DC lines [n_unit .. n_gen) ---
    // A converter end injects like a unit, and unless it holds its reactive power or power factor it regulates
    // voltage within its reactive limits, as both ends of MATPOWER's dcline do. Units 2k and 2k+1 after n_unit are
    // the from and to end of DC line k.
    int n_gen = 0, n_unit = 0;
    std::vector<int> gen_row;          ///< row in Case::generators; -1 for a converter end
    std::vector<int> gen_bus;
    std::vector<double> pg, qg, qmin, qmax, pmin, pmax, v_gen;

    // --- reactive behaviour [n_gen] (docs/reactive.md); of converter ends see below ---
    std::vector<ReactiveMode> q_mode;
    std::vector<double> q_per_p;           ///< fixed_pf
    std::vector<PiecewiseLine> q_curve;    ///< q_of_v over p.u. voltage, q_of_p over p.u. power; empty else
    std::vector<int> regulated;            ///< bus whose voltage is held; of other modes the own bus
    std::vector<double> reactive_share;    ///< 0: by range
    bool has_modes = false;                ///< a unit is in another mode than voltage, or a converter end does not regulate
    bool depends_on_voltage = false;       ///< a unit is in mode q_of_v
    bool regulates_remotely = false;       ///< a unit holds the voltage of another bus than its own

    // --- DC lines in service [n_dc]; empty unless they take part ---
    int n_dc = 0;
    std::vector<int> dc_row;           ///< row in Case::dc_lines
    std::vector<DcLaw> dc_law;         ///< what the ends inject at the power the line is set to
    std::vector<double> dc_set, dc_pmin, dc_pmax;  ///< that power and its limits
    /// AC emulation, P = p0 + droop (va_from - va_to): 1 where it acts, which takes both ends in one island.
    std::vector<unsigned char> dc_emulates;
    std::vector<double> dc_p0, dc_droop;  ///< p.u., p.u. per rad
    std::vector<unsigned char> end_regulates;  ///< [2 n_dc] the end holds the voltage of its bus
    std::vector<DcReactive> end_reactive;      ///< [2 n_dc] of those that do not

    // --- generators by bus: gens_at[gen_start[b] .. gen_start[b+1]) in row order ---
    std::vector<int> gen_start, gens_at;

    std::vector<Device> devices;       ///< in case order; of branches without impedance none

    std::unordered_map<std::int64_t, int> index_of;  ///< bus number -> bus index
    std::vector<int> branch_of_row;                  ///< Case row -> branch index, -1 out of service
    std::vector<int> gen_of_row;
    std::vector<int> dc_of_row;

    std::shared_ptr<const Case> source;  ///< the case it was built from: names, rows, places
    Findings findings;                   ///< everything build() had to say that did not stop it

    [[nodiscard]] bool is_unit(int generator) const { return generator < n_unit; }
    /// Whether a generator holds a voltage where that is regulated.
    [[nodiscard]] bool regulates(int generator) const {
        return is_unit(generator) ? q_mode[generator] == ReactiveMode::voltage : end_regulates[generator - n_unit] != 0;
    }
    [[nodiscard]] bool holds_own_bus(int generator) const {
        return regulates(generator) && regulated[generator] == gen_bus[generator];
    }
    /// Reactive output, p.u., at active output `p` of a unit in mode fixed_q, fixed_pf or q_of_p, or of a converter end that
    /// does not regulate; 0 of all others.
    [[nodiscard]] double scheduled_q(int generator, double p) const;
    [[nodiscard]] int dc_from(int dc) const { return gen_bus[n_unit + 2 * dc]; }
    [[nodiscard]] int dc_to(int dc) const { return gen_bus[n_unit + 2 * dc + 1]; }
    /// Power that DC line `dc` is set to in a state with these outputs [n_gen], p.u.
    [[nodiscard]] double dc_power_of(int dc, const std::vector<double>& gen_p) const {
        return dc_power(dc_law[dc], gen_p[n_unit + 2 * dc], gen_p[n_unit + 2 * dc + 1]);
    }

    /// Validates and builds. All errors of the case are reported together (ErrorKind::invalid_input).
    static Result<NetworkPtr> build(std::shared_ptr<const Case> grid, const BuildOptions& options = {});

    /// "4" or "4 (Imishli 330)".
    /// What 1 p.u. of the flow that a phase shifter holds is in MW, or in A at the nominal voltage of its from side.
    [[nodiscard]] double measured_base(const Device& phase_shifter) const;
    [[nodiscard]] std::string bus_label(int bus) const;
    /// "12 (Imishli 330 - Parsabad 230)": the 1-based row and its ends.
    [[nodiscard]] std::string branch_label(int branch) const;
    /// For people: the branch's own name, or "6-10", or "Imishli 330 - Parsabad 230".
    [[nodiscard]] std::string branch_name(int branch) const;
    /// Name of an area or zone number, or its number as text.
    [[nodiscard]] std::string area_label(int area) const;
    [[nodiscard]] std::string zone_label(int zone) const;
};

/// Every finding of the data rules, errors and all, whether or not a network can be built.
/// Used by `araz check`; Network::build stops on the errors among them.
[[nodiscard]] Findings check_case(const Case& grid, const BuildOptions& options = {});

}  // namespace araz

// Solution: the state one solve ended in, in the Network's units and indices.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "araz/base/status.hpp"

namespace araz {

/// Whether the units of a regulated bus stand at a reactive limit.
enum class Pin : std::int8_t { none = 0, q_max = 1, q_min = -1 };

struct TraceEntry {
    std::string phase;     ///< rung of the start ladder, then the control that asked for the solve
    int iteration = 0;
    double mismatch = 0.0; ///< p.u.
    int bus = -1;          ///< of the worst equation
    bool reactive = false;
    double step = 0.0;
};

/// One action of an outer loop.
struct ControlAction {
    std::string control;  ///< "reactive_limits"
    std::string action;   ///< "pin q_max", "release"
    int bus = -1;
    int round = 0;
    int device = -1;      ///< index into Network::devices of what was moved; -1: nothing
    double before = 0.0, after = 0.0;  ///< its value, p.u. or radians
};

/// What a solve left of a device that an outer loop moves.
enum class DeviceState : std::int8_t {
    idle,     ///< no control asked for it, or its element or bus is out
    in_band,
    at_high,  ///< outside its band at an end of its range
    at_low,
    held,     ///< something else holds the voltage it would control
    between,  ///< outside its band, and no step brings it nearer
};

struct DevicePosition {
    double value = 0.0;  ///< p.u., or radians
    DeviceState state = DeviceState::idle;
};

/// What one participant contributed to the balance, p.u.
struct SlackShare {
    int index = 0;           ///< generator index, or bus index of a load
    bool load = false;
    double scheduled = 0.0;  ///< output, or consumption, before
    double share = 0.0;      ///< infeed added: a load consumes that much less
    double weight = 0.0;     ///< normalised over the group; 0 when it cannot move in this direction
    bool at_limit = false;
};

/// Balance of one group of participants.
struct SlackBalance {
    int island = 0;
    int area = -1;           ///< area number, -1: the whole island
    int reference = -1;      ///< bus that holds the angle of the island
    double imbalance = 0.0;  ///< p.u. shared, positive: more infeed
    double unmet = 0.0;      ///< p.u. of it that the limits left open
    bool interchange = false;///< whether a net position is held
    double target = 0.0, net_export = 0.0;  ///< p.u., where it is
    std::vector<SlackShare> shares;
};

/// Units that hold one bus together, at least one of them from elsewhere.
struct SharedRegulation {
    int bus = -1;            ///< whose voltage is held
    double v_set = 1.0;
    bool exhausted = false;  ///< every unit stands at a limit: the voltage is free
    std::vector<int> units;  ///< generator indices
    std::vector<Pin> pins;   ///< of each unit
};

struct Solution {
    SolveStatus status = SolveStatus::no_solution_found;
    int iterations = 0;         ///< Newton steps of the rung that solved and of all control rounds
    double max_mismatch = 0.0;  ///< p.u.
    std::string start;          ///< rung that solved
    std::string reason;         ///< of a failure that has one beyond the status
    std::vector<std::string> tried;  ///< rungs in order with their outcome

    std::vector<double> vm, va;  ///< [n_bus]; at dead buses 0
    std::vector<double> p_mismatch, q_mismatch;  ///< [n_bus] filled when not solved
    std::vector<Pin> pin;        ///< [n_bus]
    std::vector<double> gen_p, gen_q;  ///< [n_gen]; 0 for a unit that is out
    std::vector<double> p_load, q_load;  ///< [n_bus] consumption in this scenario; 0 at dead buses
    std::vector<unsigned char> live;   ///< [n_bus] 0: de-energised in this scenario
    std::vector<unsigned char> branch_out;  ///< [n_branch] 1: out in this scenario; empty: none
    double lost_load = 0.0, lost_generation = 0.0;  ///< p.u., cut off by the outages
    int lost_buses = 0;
    std::vector<int> new_references;  ///< buses that took over as references
    int weakest_bus = -1;
    std::vector<SlackBalance> balances;  ///< empty when the reference alone balances
    std::vector<SharedRegulation> regulations;  ///< empty unless units hold buses of others
    std::vector<double> link_p, link_q;  ///< [n_link] flow from -> to of branches without impedance
    std::vector<ControlAction> actions;
    std::vector<DevicePosition> devices;  ///< [n_device]
    std::vector<TraceEntry> trace;

    [[nodiscard]] bool solved() const { return is_solved(status); }
};

}  // namespace araz

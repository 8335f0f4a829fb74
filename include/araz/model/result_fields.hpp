// The result contract as data: one row per field, giving its name, its member, what it means and how
// "nothing" is told. JSON, CSV, HDF5 and the comparison of results all walk these rows, so a name, a unit
// or a rule for missing values exists once.
//
// The unit is the suffix of the name (`p_from_mw`); see unit_of(). Fields are written in the order given.
#pragma once

#include <array>
#include <span>
#include <string_view>
#include <tuple>

#include "araz/model/results.hpp"

namespace araz {

/// The words a text field can hold; HDF5 stores their position as int8 (flag_values, flag_meanings).
using Words = std::span<const std::string_view>;

template <class Record, class Member>
struct Field {
    std::string_view key;
    Member Record::* member;
    std::string_view title;       ///< one line for people: HDF5 long_name, documentation
    Words words = {};
    bool required = true;         ///< named by the contract: a result without it is incomplete
    bool zero_is_none = false;    ///< a row or bus number where 0 means "not one": null, an empty cell
    bool coordinate = false;      ///< says what the row is, rather than what was found for it
    bool given = false;           ///< stands in the case already: HDF5 keeps it under /grid
    bool inlined = false;         ///< a nested record whose fields stand among those of the outer one

    constexpr Field extra() const { Field f = *this; f.required = false; return f; }
    constexpr Field id() const { Field f = *this; f.zero_is_none = true; return f; }
    constexpr Field label() const { Field f = *this; f.coordinate = true; return f; }
    constexpr Field from_case() const { Field f = *this; f.given = true; return f; }
    constexpr Field within() const { Field f = *this; f.inlined = true; return f; }
    constexpr Field of(Words list) const { Field f = *this; f.words = list; return f; }
};

template <class Record, class Member>
constexpr Field<Record, Member> field(std::string_view key, Member Record::* member, std::string_view title) {
    return {key, member, title};
}

namespace words {
using List = std::string_view;
inline constexpr std::array<List, 5> bus_type{"pq", "pv", "slack", "isolated", "dead"};
inline constexpr std::array<List, 3> q_limit{"none", "q_min", "q_max"};
inline constexpr std::array<List, 3> p_limit{"none", "p_min", "p_max"};
inline constexpr std::array<List, 3> dc_technology{"dcline", "lcc", "vsc"};
inline constexpr std::array<List, 2> dc_mode{"setpoint", "ac_emulation"};
inline constexpr std::array<List, 3> dc_control{"v", "q", "pf"};
inline constexpr std::array<List, 5> q_mode{"voltage", "fixed_q", "fixed_pf", "q_of_v", "q_of_p"};
inline constexpr std::array<List, 2> branch_side{"from", "to"};
inline constexpr std::array<List, 2> shift_side{"source", "sink"};
inline constexpr std::array<List, 2> equation{"P", "Q"};
inline constexpr std::array<List, 2> part_state{"solved", "dark"};
inline constexpr std::array<List, 2> participant{"generator", "load"};
inline constexpr std::array<List, 2> exchange{"net", "scheduled"};
inline constexpr std::array<List, 7> violation{"thermal", "voltage_low", "voltage_high", "voltage_step",
                                               "q_limit", "p_limit",     "unsolved"};
inline constexpr std::array<List, 4> control{"svc", "phase", "taps", "shunts"};
inline constexpr std::array<List, 5> device_state{"in_band", "at_high", "at_low", "held", "between"};
inline constexpr std::array<List, 3> device_unit{"p.u.", "deg", "MVAr"};
inline constexpr std::array<List, 3> measured_unit{"p.u.", "MW", "A"};
inline constexpr std::array<List, 2> device_rule{"hold", "limit"};
inline constexpr std::array<List, 2> device_move{"move", "step"};
inline constexpr std::array<List, 4> failure{"bad_data", "no_solution_nearby", "controls_cycling", "bad_start"};
inline constexpr std::array<List, 8> status{"converged", "attainable",  "max_iterations", "diverged",
                                            "singular",  "limit_cycle", "islanded",       "no_solution_found"};
inline constexpr std::array<List, 12> cause{"thermal",      "thermal_n1",     "voltage_low",   "voltage_high",
                                            "voltage_step", "angle",          "collapse",      "key_source",
                                            "key_sink",     "none_up_to_max", "base_insecure", "solver_failure"};
}  // namespace words

constexpr auto fields(const BusResult*) {
    using R = BusResult;
    return std::tuple{
        field("bus", &R::bus, "bus number in the case file"),
        field("name", &R::name, "bus name").label(),
        field("area", &R::area, "control area number").label(),
        field("zone", &R::zone, "zone number").label(),
        field("base_kv", &R::base_kv, "nominal voltage").label(),
        field("type", &R::type, "bus type in the solution").of(words::bus_type),
        field("vm_pu", &R::vm_pu, "voltage magnitude, per unit"),
        field("va_deg", &R::va_deg, "voltage angle"),
        field("vmin_pu", &R::vmin_pu, "lower voltage limit, per unit").extra().from_case(),
        field("vmax_pu", &R::vmax_pu, "upper voltage limit, per unit").extra().from_case(),
        field("p_load_mw", &R::p_load_mw, "active load at the solved voltage").extra(),
        field("q_load_mvar", &R::q_load_mvar, "reactive load at the solved voltage").extra()};
}

constexpr auto fields(const BranchResult*) {
    using R = BranchResult;
    return std::tuple{
        field("branch", &R::branch, "row of the branch in the case file, from 1"),
        field("from_bus", &R::from_bus, "bus number at the from end").label(),
        field("to_bus", &R::to_bus, "bus number at the to end").label(),
        field("name", &R::name, "branch name").label().extra(),
        field("in_service", &R::in_service, "whether the branch carries flow").extra(),
        field("p_from_mw", &R::p_from_mw, "active power into the branch at the from end"),
        field("q_from_mvar", &R::q_from_mvar, "reactive power into the branch at the from end"),
        field("p_to_mw", &R::p_to_mw, "active power into the branch at the to end"),
        field("q_to_mvar", &R::q_to_mvar, "reactive power into the branch at the to end"),
        field("rate_mva", &R::rate_mva, "rating the loading refers to"),
        field("loading_pct", &R::loading_pct, "larger apparent power of both ends over the rating")};
}

constexpr auto fields(const GeneratorResult*) {
    using R = GeneratorResult;
    return std::tuple{
        field("generator", &R::generator, "row of the generator in the case file, from 1"),
        field("bus", &R::bus, "bus number").label(),
        field("name", &R::name, "generator name").label().extra(),
        field("fuel", &R::fuel, "fuel").label().extra(),
        field("in_service", &R::in_service, "whether the generator runs").extra(),
        field("p_mw", &R::p_mw, "active output"),
        field("q_mvar", &R::q_mvar, "reactive output"),
        field("q_min_mvar", &R::q_min_mvar, "lower reactive limit"),
        field("q_max_mvar", &R::q_max_mvar, "upper reactive limit"),
        field("p_min_mw", &R::p_min_mw, "lower active limit").extra().from_case(),
        field("p_max_mw", &R::p_max_mw, "upper active limit").extra().from_case(),
        field("limit", &R::limit, "reactive limit the generator is held at").of(words::q_limit),
        field("q_mode", &R::q_mode, "what its reactive output follows").of(words::q_mode).extra(),
        field("regulated_bus", &R::regulated_bus, "bus whose voltage it holds").id().extra(),
        field("available_mw", &R::available_mw, "active power before a curtailment limit").extra().from_case(),
        field("curtailed_mw", &R::curtailed_mw, "active power that the limit takes").extra().from_case()};
}

constexpr auto fields(const DcLineResult*) {
    using R = DcLineResult;
    return std::tuple{
        field("dc_line", &R::dc_line, "1-based row of the DC line table"),
        field("from_bus", &R::from_bus, "bus at the from end").label(),
        field("to_bus", &R::to_bus, "bus at the to end").label(),
        field("name", &R::name, "DC line name").label(),
        field("in_service", &R::in_service, "takes part in the solve"),
        field("p_from_mw", &R::p_from_mw, "active power into the line at the from end"),
        field("q_from_mvar", &R::q_from_mvar, "reactive power into the converter at the from end"),
        field("p_to_mw", &R::p_to_mw, "active power into the line at the to end"),
        field("q_to_mvar", &R::q_to_mvar, "reactive power into the converter at the to end"),
        field("loss_mw", &R::loss_mw, "active losses"),
        field("p_min_mw", &R::p_min_mw, "lower limit at the from end").extra().from_case(),
        field("p_max_mw", &R::p_max_mw, "upper limit at the from end").extra().from_case(),
        field("technology", &R::technology, "what the line is").of(words::dc_technology).extra(),
        field("mode", &R::mode, "what sets the power").of(words::dc_mode).extra(),
        field("p_set_mw", &R::p_set_mw, "power it is set to, at the end that sends (dcline: from end)").extra(),
        field("angle_deg", &R::angle_deg, "angle of the from bus less that of the to bus, under emulation").extra(),
        field("p_limit", &R::p_limit, "active limit that cuts the emulation").of(words::p_limit).extra(),
        field("control_from", &R::control_from, "what the from end holds").of(words::dc_control).extra(),
        field("control_to", &R::control_to, "what the to end holds").of(words::dc_control).extra(),
        field("q_limit_from", &R::q_limit_from, "reactive limit the from end is held at").of(words::q_limit).extra(),
        field("q_limit_to", &R::q_limit_to, "reactive limit the to end is held at").of(words::q_limit).extra(),
        field("loss_from_mw", &R::loss_from_mw, "losses of the converter at the from end").extra(),
        field("loss_to_mw", &R::loss_to_mw, "losses of the converter at the to end").extra(),
        field("loss_line_mw", &R::loss_line_mw, "losses of the DC line itself").extra()};
}

constexpr auto fields(const AreaResult*) {
    using R = AreaResult;
    return std::tuple{
        field("area", &R::area, "control area number"),
        field("name", &R::name, "area name").label(),
        field("generation_mw", &R::generation_mw, "active generation"),
        field("load_mw", &R::load_mw, "active load"),
        field("loss_mw", &R::loss_mw, "active losses of branches with both ends in the area"),
        field("net_export_mw", &R::net_export_mw, "active power leaving over the ties, metered at the area's end")};
}

constexpr auto fields(const TieResult*) {
    using R = TieResult;
    return std::tuple{
        field("branch", &R::branch, "row of the branch in the case file, from 1"),
        field("name", &R::name, "branch name").label().extra(),
        field("from_bus", &R::from_bus, "bus number at the from end").label().extra(),
        field("to_bus", &R::to_bus, "bus number at the to end").label().extra(),
        field("from_area", &R::from_area, "area at the from end").label(),
        field("to_area", &R::to_area, "area at the to end").label(),
        field("p_mw", &R::p_mw, "active power at the from end, positive from -> to"),
        field("q_mvar", &R::q_mvar, "reactive power at the from end, positive from -> to").extra(),
        field("loading_pct", &R::loading_pct, "larger apparent power of both ends over the rating").extra()};
}

constexpr auto fields(const Violation*) {
    using R = Violation;
    return std::tuple{
        field("kind", &R::kind, "limit broken").of(words::violation),
        field("contingency", &R::contingency, "outage after which it is broken; empty: intact grid"),
        field("contingency_name", &R::contingency_name, "name of the outage").extra(),
        field("branch", &R::branch, "row of the branch in the case file, from 1").id(),
        field("branch_name", &R::branch_name, "branch name").extra(),
        field("side", &R::side, "end of the branch").of(words::branch_side),
        field("bus", &R::bus, "bus number").id(),
        field("bus_name", &R::bus_name, "bus name").extra(),
        field("value", &R::value, "value found, in the unit of the row"),
        field("limit", &R::limit, "limit, in the unit of the row"),
        field("unit", &R::unit, "unit of value and limit"),
        field("loading_pct", &R::loading_pct, "apparent power over the rating").extra()};
}

constexpr auto fields(const Totals*) {
    using R = Totals;
    return std::tuple{
        field("generation_mw", &R::generation_mw, "active generation"),
        field("generation_mvar", &R::generation_mvar, "reactive generation"),
        field("load_mw", &R::load_mw, "active load"),
        field("load_mvar", &R::load_mvar, "reactive load"),
        field("shunt_mw", &R::shunt_mw, "active power consumed by shunts").extra(),
        field("shunt_mvar", &R::shunt_mvar, "reactive power injected by shunts").extra(),
        field("loss_mw", &R::loss_mw, "sum over branches of P_from + P_to"),
        field("loss_mvar", &R::loss_mvar, "sum over branches of Q_from + Q_to"),
        field("dc_loss_mw", &R::dc_loss_mw, "losses of DC lines").extra(),
        field("dc_mvar", &R::dc_mvar, "reactive power injected by converters").extra()};
}

constexpr auto fields(const ReactiveLimitCheck*) {
    using R = ReactiveLimitCheck;
    return std::tuple{
        field("buses", &R::buses, "buses whose units may hold a voltage"),
        field("held", &R::held, "at their set-point"),
        field("pinned_q_max", &R::pinned_q_max, "at Qmax, voltage free"),
        field("pinned_q_min", &R::pinned_q_min, "at Qmin, voltage free"),
        field("beyond_limits", &R::beyond_limits, "reactive output outside its limits, or pinned off its limit"),
        field("wrong_side", &R::wrong_side, "pinned although the voltage would let them go"),
        field("largest_violation_mvar", &R::largest_violation_mvar, "largest distance from the limits"),
        field("largest_violation_bus", &R::largest_violation_bus, "bus of the largest distance").id(),
        field("largest_wrong_side_pu", &R::largest_wrong_side_pu, "largest distance from the set-point on the wrong side"),
        field("wrong_side_bus", &R::wrong_side_bus, "its bus").id(),
        field("tolerance_pu", &R::tolerance_pu, "tolerance of reactive power and of voltage")};
}

constexpr auto fields(const SlackShareResult*) {
    using R = SlackShareResult;
    return std::tuple{
        field("kind", &R::kind, "what takes part").of(words::participant),
        field("generator", &R::generator, "row of the generator in the case file, from 1").id(),
        field("bus", &R::bus, "bus number"),
        field("name", &R::name, "generator or bus name").label(),
        field("island", &R::island, "island, from 1"),
        field("area", &R::area, "area of the bus").label(),
        field("scheduled_mw", &R::scheduled_mw, "scheduled output, or consumption of a load"),
        field("share_mw", &R::share_mw, "infeed added to balance the group"),
        field("weight", &R::weight, "share of the group by the key before limits"),
        field("at_limit", &R::at_limit, "whether a limit cuts its share")};
}

constexpr auto fields(const SlackGroupResult*) {
    using R = SlackGroupResult;
    return std::tuple{
        field("island", &R::island, "island, from 1"),
        field("area", &R::area, "area that balances by itself; none: the island").id(),
        field("name", &R::name, "its name").label(),
        field("reference_bus", &R::reference_bus, "bus that holds the angle"),
        field("imbalance_mw", &R::imbalance_mw, "infeed shared among the participants"),
        field("unmet_mw", &R::unmet_mw, "imbalance that the limits of the participants leave open"),
        field("scheduled_net_export_mw", &R::scheduled_net_export_mw, "net position to hold"),
        field("net_export_mw", &R::net_export_mw, "net position found")};
}

constexpr auto fields(const ControlResult*) {
    using R = ControlResult;
    return std::tuple{
        field("control", &R::control, "control that moves it").of(words::control),
        field("device", &R::device, "row among the devices of the case, from 1").label(),
        field("id", &R::id, "its name in the case").label().extra(),
        field("branch", &R::branch, "its branch row, from 1").id().label(),
        field("bus", &R::bus, "its bus").id().label(),
        field("controlled_bus", &R::controlled_bus, "bus whose voltage it holds").id().label(),
        field("state", &R::state, "in its band, at an end of its range, relieved by another regulator, or between two steps").of(words::device_state),
        field("position", &R::position, "steps above the lower end").extra(),
        field("position_before", &R::position_before, "the same in the case").extra(),
        field("value", &R::value, "ratio, shift or susceptance in value_unit"),
        field("value_before", &R::value_before, "the same in the case"),
        field("value_unit", &R::value_unit, "p.u., deg or MVAr").of(words::device_unit),
        field("measured", &R::measured, "what it holds, in measured_unit"),
        field("target", &R::target, "what it should be"),
        field("deadband", &R::deadband, "full width of the band around the target"),
        field("measured_unit", &R::measured_unit, "p.u., MW or A").of(words::measured_unit),
        field("rule", &R::rule, "hold the target within the band, or stay below it").of(words::device_rule).extra()};
}

constexpr auto fields(const ControlActionResult*) {
    using R = ControlActionResult;
    return std::tuple{field("action", &R::action, "from 1, in order").label(),
                      field("round", &R::round, "round of controls"),
                      field("control", &R::control, "control that moved it").of(words::control),
                      field("device", &R::device, "row among the devices of the case, from 1"),
                      field("id", &R::id, "its name in the case").extra(),
                      field("move", &R::move, "continuous stage or single step").of(words::device_move),
                      field("value_before", &R::value_before, "ratio, shift or susceptance before"),
                      field("value", &R::value, "and after"),
                      field("value_unit", &R::value_unit, "p.u., deg or MVAr").of(words::device_unit)};
}

constexpr auto fields(const IterationResult*) {
    using R = IterationResult;
    return std::tuple{
        field("iteration", &R::iteration, "Newton iteration"),
        field("mismatch_pu", &R::mismatch_pu, "largest mismatch, per unit"),
        field("worst_bus", &R::worst_bus, "bus of the largest mismatch").id(),
        field("worst_bus_name", &R::worst_bus_name, "its name").extra(),
        field("equation", &R::equation, "equation of the largest mismatch").of(words::equation).extra(),
        field("step_pu", &R::step_pu, "largest step, per unit").extra(),
        field("phase", &R::phase, "start or control round").extra()};
}

constexpr auto fields(const MismatchResult*) {
    using R = MismatchResult;
    return std::tuple{field("bus", &R::bus, "bus number in the case file"),
                      field("name", &R::name, "bus name"),
                      field("p_mw", &R::p_mw, "active mismatch"),
                      field("q_mvar", &R::q_mvar, "reactive mismatch"),
                      field("neighbours", &R::neighbours, "buses next to it, and over which branch").extra()};
}

constexpr auto fields(const IslandResult*) {
    using R = IslandResult;
    return std::tuple{field("island", &R::island, "island, from 1"),
                      field("n_bus", &R::n_bus, "buses"),
                      field("reference_bus", &R::reference_bus, "bus that sets the angle").id(),
                      field("load_mw", &R::load_mw, "active load"),
                      field("generation_mw", &R::generation_mw, "active generation"),
                      field("energised", &R::energised, "whether it has a source")};
}

constexpr auto fields(const SuspectResult*) {
    using R = SuspectResult;
    return std::tuple{field("severity", &R::severity, "error, warning or info"),
                      field("code", &R::code, "code of the finding"),
                      field("element", &R::element, "element of the case"),
                      field("message", &R::message, "what is unusual"),
                      field("file", &R::file, "file of the row"),
                      field("line", &R::line, "line in the file").id(),
                      field("column", &R::column, "column in the line").id()};
}

constexpr auto fields(const ProbeResult*) {
    using R = ProbeResult;
    return std::tuple{field("probe", &R::probe, "what was changed"),
                      field("status", &R::status, "how the solve ended"),
                      field("solved", &R::solved, "whether it solved"),
                      field("scale_load", &R::scale_load, "factor on all loads and outputs"),
                      field("command", &R::command, "command that repeats it")};
}

constexpr auto fields(const Diagnosis*) {
    using R = Diagnosis;
    return std::tuple{field("class", &R::kind, "kind of failure").of(words::failure).extra(),
                      field("summary", &R::summary, "one sentence with the evidence").extra(),
                      field("worst_mismatches", &R::worst, "largest mismatches, worst first"),
                      field("islands", &R::islands, "connected parts"),
                      field("tried", &R::tried, "starts tried, in order"),
                      field("weakest_bus", &R::weakest_bus, "bus of the smallest pivot, or whose voltage falls fastest").id().extra(),
                      field("weakest_bus_name", &R::weakest_bus_name, "its name").extra(),
                      field("cycling", &R::cycling, "controls that kept switching").extra(),
                      field("suspects", &R::suspects, "unusual data near the failure").extra(),
                      field("probes", &R::probes, "solves with one thing changed").extra(),
                      field("largest_scale_load", &R::largest_scale_load, "largest factor on load and generation that solves").extra(),
                      field("command", &R::command, "repeats the best state reached").extra()};
}

/// Without status and envelope, which every writer places itself.
constexpr auto fields(const PfResult*) {
    using R = PfResult;
    return std::tuple{
        field("dc", &R::dc, "linear approximation").extra(),
        field("iterations", &R::iterations, "Newton iterations"),
        field("max_mismatch_pu", &R::max_mismatch_pu, "largest mismatch, per unit"),
        field("start", &R::start, "start that solved"),
        field("totals", &R::totals, "sums over the grid"),
        field("areas", &R::areas, "control areas"),
        field("ties", &R::ties, "branches between areas"),
        field("buses", &R::buses, "buses"),
        field("branches", &R::branches, "branches"),
        field("generators", &R::generators, "generators"),
        field("reactive_limits", &R::reactive_limits, "whether regulated buses rest within their limits").extra(),
        field("dc_lines", &R::dc_lines, "DC lines").extra(),
        field("slack_groups", &R::slack_groups, "groups that share their imbalance").extra(),
        field("slack_shares", &R::slack_shares, "what each participant took of it").extra(),
        field("controls", &R::controls, "devices that controls may move").extra(),
        field("control_actions", &R::control_actions, "how they moved").extra(),
        field("violations", &R::violations, "limits broken"),
        field("trace", &R::trace, "Newton iterations, one by one").extra(),
        field("diagnosis", &R::diagnosis, "what a failed solve leaves").extra()};
}

constexpr auto fields(const CutOffPart*) {
    using R = CutOffPart;
    return std::tuple{field("state", &R::state, "whether it lives on").of(words::part_state),
                      field("reference_bus", &R::reference_bus, "its reference").id(),
                      field("buses", &R::buses, "buses"),
                      field("first_bus", &R::first_bus, "first of them").id(),
                      field("load_mw", &R::load_mw, "load before"),
                      field("generation_mw", &R::generation_mw, "generation before")};
}

constexpr auto fields(const N1Screen*) {
    using R = N1Screen;
    return std::tuple{field("threshold_pct", &R::threshold_pct, "estimated loading below which nothing is solved"),
                      field("screened", &R::screened, "contingencies estimated below it"),
                      field("audited", &R::audited, "whether they were solved all the same"),
                      field("contingencies", &R::contingencies, "contingencies below it"),
                      field("missed", &R::missed, "limits that they break nevertheless"),
                      field("missed_unsolved", &R::missed_unsolved, "contingencies below it without a solution")};
}

constexpr auto fields(const ContingencyResult*) {
    using R = ContingencyResult;
    return std::tuple{
        field("contingency", &R::contingency, "contingency"),
        field("name", &R::name, "contingency name").label().extra(),
        field("outage", &R::outage, "elements out").label(),
        field("status", &R::status, "how the solve ended").of(words::status),
        field("main_island", &R::main_island, "how the part with the slack was solved").of(words::status).extra(),
        field("reason", &R::reason, "why a solve failed, where more is known than its status").extra(),
        field("iterations", &R::iterations, "Newton iterations"),
        field("max_mismatch_pu", &R::max_mismatch_pu, "largest mismatch, per unit").extra(),
        field("max_loading_pct", &R::max_loading_pct, "largest loading"),
        field("max_loading_branch", &R::max_loading_branch, "branch of the largest loading").id(),
        field("max_loading_branch_name", &R::max_loading_branch_name, "its name").extra(),
        field("min_vm_pu", &R::min_vm_pu, "lowest voltage, per unit"),
        field("min_vm_bus", &R::min_vm_bus, "bus of the lowest voltage").id(),
        field("max_vm_pu", &R::max_vm_pu, "highest voltage, per unit").extra(),
        field("max_vm_bus", &R::max_vm_bus, "bus of the highest voltage").id().extra(),
        field("loss_mw", &R::loss_mw, "active losses"),
        field("lost_load_mw", &R::lost_load_mw, "load cut off"),
        field("lost_generation_mw", &R::lost_generation_mw, "generation cut off"),
        field("lost_buses", &R::lost_buses, "buses cut off").extra(),
        field("reference_bus", &R::reference_bus, "bus that took over for a lost reference").id().extra(),
        field("parts", &R::parts, "parts cut off").extra(),
        field("violations", &R::violations, "limits broken")};
}

constexpr auto fields(const N1Summary*) {
    using R = N1Summary;
    return std::tuple{
        field("solved", &R::solved, "contingencies solved"),
        field("islanding", &R::islanding, "contingencies that split the grid"),
        field("unsolved", &R::unsolved, "contingencies without a solution"),
        field("with_violations", &R::with_violations, "contingencies that break a limit"),
        field("worst", &R::worst_contingency, "contingency of the largest loading"),
        field("worst_branch", &R::worst_branch, "branch of the largest loading").id().extra(),
        field("worst_loading_pct", &R::worst_loading_pct, "largest loading").extra(),
        field("lowest_vm_contingency", &R::lowest_vm_contingency, "contingency of the lowest voltage").extra(),
        field("lowest_vm_bus", &R::lowest_vm_bus, "bus of the lowest voltage").id().extra(),
        field("lowest_vm_pu", &R::lowest_vm_pu, "lowest voltage, per unit").extra()};
}

constexpr auto fields(const TransferLimit*) {
    using R = TransferLimit;
    return std::tuple{
        field("cause", &R::cause, "what stops the transfer").of(words::cause),
        field("branch", &R::branch, "row of the branch in the case file, from 1").id(),
        field("branch_name", &R::branch_name, "branch name").extra(),
        field("side", &R::side, "end of the branch").of(words::branch_side),
        field("bus", &R::bus, "bus number").id(),
        field("bus_name", &R::bus_name, "bus name").extra(),
        field("dc_line", &R::dc_line, "row of the DC line that cannot carry more, from 1").id().extra(),
        field("contingency", &R::contingency, "outage after which it binds; empty: intact grid"),
        field("contingency_name", &R::contingency_name, "name of the outage").extra(),
        field("rating", &R::rating, "rating that binds").extra(),
        field("value", &R::value, "value at the limit, in the unit of the row"),
        field("limit", &R::limit, "limit, in the unit of the row"),
        field("unit", &R::unit, "unit of value and limit")};
}

constexpr auto fields(const EndStateGenerator*) {
    using R = EndStateGenerator;
    return std::tuple{field("generator", &R::generator, "row of the generator in the case file, from 1"),
                      field("p_mw", &R::p_mw, "active output")};
}

constexpr auto fields(const EndStateDcLine*) {
    using R = EndStateDcLine;
    return std::tuple{field("dc_line", &R::dc_line, "row of the DC line in the case file, from 1"),
                      field("p_from_mw", &R::p_from_mw, "active power into the line at the from end")};
}

constexpr auto fields(const EndStateLoad*) {
    using R = EndStateLoad;
    return std::tuple{field("bus", &R::bus, "bus number"), field("p_mw", &R::p_mw, "active load"),
                      field("q_mvar", &R::q_mvar, "reactive load")};
}

constexpr auto fields(const EndStateBus*) {
    using R = EndStateBus;
    return std::tuple{field("bus", &R::bus, "bus number"), field("vm_pu", &R::vm_pu, "voltage magnitude, per unit"),
                      field("va_deg", &R::va_deg, "voltage angle")};
}

constexpr auto fields(const EndState*) {
    using R = EndState;
    return std::tuple{field("shift_mw", &R::shift_mw, "shift from the base"),
                      field("generators", &R::generators, "outputs of all units in service"),
                      field("dc_lines", &R::dc_lines, "set-points of DC lines"),
                      field("loads", &R::loads, "loads that differ from the case"),
                      field("buses", &R::buses, "voltages of the intact grid")};
}

constexpr auto fields(const EndStates*) {
    using R = EndStates;
    return std::tuple{field("secure", &R::secure, "at secure_mw"), field("insecure", &R::insecure, "at insecure_mw"),
                      field("intact_secure", &R::intact_secure, "largest shift secure without contingencies"),
                      field("intact_insecure", &R::intact_insecure, "smallest shift insecure without contingencies")};
}

constexpr auto fields(const ListedContingency*) {
    using R = ListedContingency;
    return std::tuple{field("contingency", &R::contingency, "contingency"), field("outage", &R::outage, "elements out")};
}

constexpr auto fields(const Certificate*) {
    using R = Certificate;
    return std::tuple{
        field("secure_mw", &R::secure_mw, "largest shift proven secure"),
        field("insecure_mw", &R::insecure_mw, "smallest shift found insecure"),
        field("tolerance_mw", &R::tolerance_mw, "asked distance between both"),
        field("contingencies_solved", &R::contingencies_solved, "contingencies solved at secure_mw"),
        field("contingencies_excluded", &R::contingencies_excluded, "contingencies left out, with the reason"),
        field("contingencies_unsolved", &R::contingencies_unsolved, "contingencies without a solution at secure_mw"),
        field("max_mismatch_pu", &R::max_mismatch_pu, "largest mismatch at secure_mw, per unit"),
        field("worst_loading_pct", &R::worst_loading_pct, "largest loading at secure_mw"),
        field("worst_pair", &R::worst_pair, "branch and contingency of the largest loading"),
        field("verified_by", &R::verified_by, "code path that re-checked both ends"),
        field("violation", &R::violation, "limit broken at insecure_mw").extra(),
        field("listed", &R::listed, "contingencies of a file with what they take out").extra(),
        field("end_states", &R::end_states, "the grid at both ends, to be solved again").extra()};
}

constexpr auto fields(const Limiter*) {
    using R = Limiter;
    return std::tuple{
        field("limit", &R::limit, "limit").within(),
        field("loading_pct", &R::loading_pct, "loading at secure_mw").extra(),
        field("sensitivity_pct_per_mw", &R::sensitivity_pct_per_mw, "loading per shifted MW").extra(),
        field("predicted_mw", &R::predicted_mw, "shift at which it would bind, linear").extra(),
        field("mw_per_mva", &R::mw_per_mva, "transfer that one more MVA of the rating buys").extra()};
}

constexpr auto fields(const SecureWindow*) {
    using R = SecureWindow;
    return std::tuple{field("from_mw", &R::from_mw, "lowest shift of the window that was looked at"),
                      field("to_mw", &R::to_mw, "highest shift of the window that was looked at")};
}

constexpr auto fields(const RemedialResult*) {
    using R = RemedialResult;
    return std::tuple{field("action", &R::action, "label of the remedial action").label(),
                      field("name", &R::name, "its name").label().extra(),
                      field("status", &R::status, "how the search ended").extra(),
                      field("delta_e_mw", &R::delta_e_mw, "largest secure shift with the action"),
                      field("gain_mw", &R::gain_mw, "change of the total transfer capacity"),
                      field("limit", &R::limit, "limit with the action").within()};
}

constexpr auto fields(const ReinforcementResult*) {
    using R = ReinforcementResult;
    return std::tuple{
        field("variant", &R::variant, "variant of the case").label(),
        field("from", &R::from, "exporting side").label(),
        field("to", &R::to, "importing side").label(),
        field("status", &R::status, "how the searches ended").extra(),
        field("ttc_reference_mw", &R::ttc_reference_mw, "total transfer capacity of the reference"),
        field("ttc_with_mw", &R::ttc_with_mw, "with this variant alone put in"),
        field("pint_mw", &R::pint_mw, "value put in one at a time (PINT)"),
        field("ttc_all_mw", &R::ttc_all_mw, "with all variants"),
        field("ttc_without_mw", &R::ttc_without_mw, "with all but this one"),
        field("toot_mw", &R::toot_mw, "value taken out one at a time (TOOT)"),
        field("limit", &R::limit, "limit with this variant alone put in").within()};
}

constexpr auto fields(const TransferStep*) {
    using R = TransferStep;
    return std::tuple{
        field("delta_mw", &R::delta_mw, "shift from the base"),
        field("secure", &R::secure, "whether every contingency holds"),
        field("worst_pair", &R::worst_pair, "branch and contingency of the largest loading").extra(),
        field("worst_loading_pct", &R::worst_loading_pct, "largest loading").extra(),
        field("min_vm_pu", &R::min_vm_pu, "lowest voltage, per unit").extra(),
        field("net_export_mw", &R::net_export_mw, "net export of the source side").extra(),
        field("loss_mw", &R::loss_mw, "active losses").extra(),
        field("power_flows", &R::power_flows, "power flows solved").extra()};
}

constexpr auto fields(const GeneratorShift*) {
    using R = GeneratorShift;
    return std::tuple{
        field("generator", &R::generator, "row of the generator in the case file, from 1"),
        field("bus", &R::bus, "bus number").label(),
        field("name", &R::name, "generator name").label().extra(),
        field("fuel", &R::fuel, "fuel").label().extra(),
        field("side", &R::side, "source or sink of the transfer").of(words::shift_side),
        field("base_mw", &R::base_mw, "output in the base case"),
        field("shifted_mw", &R::shifted_mw, "output at secure_mw"),
        field("p_min_mw", &R::p_min_mw, "lower active limit").extra(),
        field("p_max_mw", &R::p_max_mw, "upper active limit").extra()};
}

constexpr auto fields(const DirectionResult*) {
    using R = DirectionResult;
    return std::tuple{
        field("from", &R::from, "exporting side").label(),
        field("to", &R::to, "importing side").label(),
        field("exchange", &R::exchange, "measure of the exchange").of(words::exchange),
        field("status", &R::status, "how the search ended").extra(),
        field("base_exchange_mw", &R::base_exchange_mw, "exchange in the base case"),
        field("delta_e_mw", &R::delta_e_mw, "largest secure shift"),
        field("ttc_mw", &R::ttc_mw, "total transfer capacity"),
        field("trm_mw", &R::trm_mw, "transmission reliability margin"),
        field("ntc_mw", &R::ntc_mw, "net transfer capacity"),
        field("aac_mw", &R::aac_mw, "already allocated capacity"),
        field("atc_mw", &R::atc_mw, "available transfer capacity"),
        field("ttc_intact_mw", &R::ttc_intact_mw, "total transfer capacity without contingencies"),
        field("max_shift_mw", &R::max_shift_mw, "shift the keys can give").extra(),
        field("fcitc_mw", &R::fcitc_mw, "first contingency incremental transfer capability").extra(),
        field("fcttc_mw", &R::fcttc_mw, "first contingency total transfer capability").extra(),
        field("nitc_mw", &R::nitc_mw, "normal incremental transfer capability, intact grid").extra(),
        field("window_from_mw", &R::window_from_mw, "shift at which the secure window begins").extra(),
        field("relief_mw_per_mva", &R::relief_mw_per_mva, "transfer one more MVA of the binding rating buys").extra(),
        field("relief_next_mw", &R::relief_next_mw, "shift at which the next other element binds, linear").extra(),
        field("limit", &R::limit, "what stops the transfer"),
        field("intact_limit", &R::intact_limit, "what stops it without contingencies").extra(),
        field("certificate", &R::certificate, "proof of the answer"),
        field("limiters", &R::limiters, "next limits"),
        field("steps", &R::steps, "probes of the search"),
        field("shifts", &R::shifts, "generator outputs"),
        field("ties", &R::ties, "branches between both sides at secure_mw"),
        field("base_violations", &R::base_violations, "limits already broken in the base case").extra(),
        field("secure_again", &R::secure_again, "stretches above the limit that are secure again").extra(),
        field("remedial", &R::remedial, "remedial actions that were tried").extra(),
        field("power_flows", &R::power_flows, "power flows solved").extra()};
}

constexpr auto fields(const CaseInfo*) {
    using R = CaseInfo;
    return std::tuple{field("name", &R::name, "case name"),
                      field("file", &R::file, "path as given"),
                      field("sha256", &R::sha256, "hash of the file"),
                      field("format", &R::format, "file format"),
                      field("base_mva", &R::base_mva, "base power"),
                      field("n_bus", &R::n_bus, "buses"),
                      field("n_branch", &R::n_branch, "branches"),
                      field("n_generator", &R::n_generator, "generators")};
}

/// Whether a type is described above.
template <class T>
concept Record = requires(const T* record) { fields(record); };

/// Calls visit(field) for every field of a record type, in the order of the contract.
template <Record R, class Visit>
constexpr void for_each_field(Visit&& visit) {
    std::apply([&](const auto&... each) { (visit(each), ...); }, fields(static_cast<const R*>(nullptr)));
}

/// The unit a field name ends in, as UDUNITS writes it where it knows it; "1" for pure numbers.
[[nodiscard]] constexpr std::string_view unit_of(std::string_view key) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 7> suffixes{{{"_pct_per_mw", "percent/MW"},
                                                                                     {"_mw", "MW"},
                                                                                     {"_mvar", "Mvar"},
                                                                                     {"_mva", "MVA"},
                                                                                     {"_kv", "kV"},
                                                                                     {"_deg", "degree"},
                                                                                     {"_pct", "percent"}}};
    for (const auto& [suffix, unit] : suffixes)
        if (key.ends_with(suffix)) return unit;
    return "1";
}

}  // namespace araz

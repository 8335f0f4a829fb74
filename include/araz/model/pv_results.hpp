// Curves of a continuation power flow as results: what `araz pv` answers.
//
// lambda is 0 at the base. Growth: loads and outputs are base * (1 + lambda (target - 1)). Transfer: lambda is
// the shift in p.u. of base_mva. `mw` is the same in MW: load added, or shift.
#pragma once

#include "araz/model/result_fields.hpp"
#include "araz/model/results.hpp"

namespace araz {

namespace words {
inline constexpr std::array<List, 15> pv_event{"q_max",        "q_min",         "q_release", "p_max",
                                               "p_min",        "voltage_low",   "voltage_high", "thermal",
                                               "nose",         "limit_induced", "target",    "source_exhausted",
                                               "sink_exhausted", "generators_exhausted", "no_regulation"};
inline constexpr std::array<List, 12> pv_end{"nose",          "limit_induced",  "limit",          "target",
                                             "traced",        "source_exhausted", "sink_exhausted",
                                             "generators_exhausted", "no_regulation", "unsolved_base",
                                             "step_too_small", "point_limit"};
inline constexpr std::array<List, 3> bifurcation{"none", "saddle_node", "limit_induced"};
inline constexpr std::array<List, 2> curve_part{"upper", "lower"};
}  // namespace words

struct PvDirection {
    std::string kind;         ///< "load", "transfer"
    std::string from, to, key;
    std::vector<std::string> grow;  ///< buses whose loads alone grow; empty: all loads and outputs
    double target = nan_value;  ///< growth: factor at lambda 1
    double mw_per_lambda = nan_value;
    double base_load_mw = nan_value;
};

struct PvEvent {
    std::string event;
    double lambda = nan_value, mw = nan_value;
    int point = 0;            ///< row of the curve, from 1; 0: not kept
    bool at_base = false;     ///< broken before anything moved
    int generator = 0;        ///< 0: not a unit
    int branch = 0;
    std::string branch_name, side;
    std::int64_t bus = 0;
    std::string bus_name;
    double value = nan_value, limit = nan_value;
    std::string unit;
};

struct PvCriticalBus {
    std::int64_t bus = 0;
    std::string name;
    double participation = nan_value;  ///< |dV| of the tangent, largest 1
    double vm_pu = nan_value;
};

struct PvPoint {
    int point = 0;
    std::string part = "upper";
    double lambda = 0.0, mw = 0.0;
    double loss_mw = 0.0, slack_p_mw = 0.0;
    double min_vm_pu = nan_value;
    std::int64_t min_vm_bus = 0;
    std::vector<double> vm_pu;  ///< of the chosen buses
};

struct PvCurve {
    std::string contingency;          ///< empty: the intact grid
    std::string name;
    std::vector<std::string> outage;
    std::string end;                  ///< why the curve ends
    std::string bifurcation = "none";
    SolveStatus base_status = SolveStatus::no_solution_found;
    double lambda_max = nan_value, margin_mw = nan_value;
    double vm_min_pu = nan_value;     ///< lowest voltage at lambda_max
    std::int64_t critical_bus = 0;
    double first_limit_lambda = nan_value, first_limit_mw = nan_value;  ///< of flow or voltage
    std::string first_limit;          ///< event word
    double max_mismatch_pu = nan_value;
    int corrections = 0;              ///< Newton steps of all correctors
    double lost_load_mw = 0.0;
    std::vector<PvCriticalBus> critical_buses;
    std::vector<PvEvent> events;
    std::vector<PvPoint> points;
};

struct PvBus {
    std::int64_t bus = 0;
    std::string name;
};

struct PvResult {
    Envelope envelope;
    PvDirection direction;
    std::vector<PvBus> buses;     ///< whose voltages the points carry
    std::vector<PvCurve> curves;  ///< the intact grid first
    Diagnosis diagnosis;          ///< filled when the base is not solved
};

constexpr auto fields(const PvDirection*) {
    using R = PvDirection;
    return std::tuple{field("kind", &R::kind, "growth of load, or transfer"),
                      field("from", &R::from, "exporting side"),
                      field("to", &R::to, "importing side"),
                      field("key", &R::key, "shift key of a transfer"),
                      field("grow", &R::grow, "buses whose loads alone grow; empty: all loads and outputs"),
                      field("target", &R::target, "factor of loads and outputs at lambda 1"),
                      field("mw_per_lambda", &R::mw_per_lambda, "MW of load or shift per unit of lambda"),
                      field("base_load_mw", &R::base_load_mw, "load of the base")};
}

constexpr auto fields(const PvEvent*) {
    using R = PvEvent;
    return std::tuple{field("event", &R::event, "what happens").of(words::pv_event),
                      field("lambda", &R::lambda, "continuation parameter"),
                      field("mw", &R::mw, "load added or power shifted"),
                      field("point", &R::point, "point of the curve").id(),
                      field("at_base", &R::at_base, "whether the limit is broken at the base"),
                      field("generator", &R::generator, "row of the generator in the case file, from 1").id(),
                      field("branch", &R::branch, "row of the branch in the case file, from 1").id(),
                      field("branch_name", &R::branch_name, "branch name"),
                      field("side", &R::side, "end of the branch").of(words::branch_side),
                      field("bus", &R::bus, "bus number").id(),
                      field("bus_name", &R::bus_name, "bus name"),
                      field("value", &R::value, "value found, in the unit of the row"),
                      field("limit", &R::limit, "limit, in the unit of the row"),
                      field("unit", &R::unit, "unit of value and limit")};
}

constexpr auto fields(const PvCriticalBus*) {
    using R = PvCriticalBus;
    return std::tuple{field("bus", &R::bus, "bus number in the case file"), field("name", &R::name, "bus name").label(),
                      field("participation", &R::participation, "voltage part of the tangent at lambda_max, largest 1"),
                      field("vm_pu", &R::vm_pu, "voltage magnitude at lambda_max, per unit")};
}

constexpr auto fields(const PvPoint*) {
    using R = PvPoint;
    return std::tuple{field("point", &R::point, "point of the curve, from 1").label(),
                      field("part", &R::part, "before or after the nose").of(words::curve_part),
                      field("lambda", &R::lambda, "continuation parameter"),
                      field("mw", &R::mw, "load added or power shifted"),
                      field("loss_mw", &R::loss_mw, "active losses"),
                      field("slack_p_mw", &R::slack_p_mw, "active output at the reference buses"),
                      field("min_vm_pu", &R::min_vm_pu, "lowest voltage, per unit"),
                      field("min_vm_bus", &R::min_vm_bus, "its bus").id(),
                      field("vm_pu", &R::vm_pu, "voltage magnitude, per unit")};
}

constexpr auto fields(const PvCurve*) {
    using R = PvCurve;
    return std::tuple{field("contingency", &R::contingency, "outage; empty: intact grid"),
                      field("name", &R::name, "contingency name").label(),
                      field("outage", &R::outage, "elements out").label(),
                      field("end", &R::end, "why the curve ends").of(words::pv_end),
                      field("bifurcation", &R::bifurcation, "what ends the range of lambda").of(words::bifurcation),
                      field("base_status", &R::base_status, "how the start of the curve was solved").of(words::status),
                      field("lambda_max", &R::lambda_max, "largest lambda on the curve"),
                      field("margin_mw", &R::margin_mw, "MW from the base to lambda_max"),
                      field("vm_min_pu", &R::vm_min_pu, "lowest voltage at lambda_max, per unit"),
                      field("critical_bus", &R::critical_bus, "bus whose voltage moves most there").id(),
                      field("first_limit", &R::first_limit, "first limit of flow or voltage"),
                      field("first_limit_lambda", &R::first_limit_lambda, "lambda of the first limit"),
                      field("first_limit_mw", &R::first_limit_mw, "MW from the base to the first limit"),
                      field("max_mismatch_pu", &R::max_mismatch_pu, "largest mismatch of the points, per unit"),
                      field("corrections", &R::corrections, "Newton steps"),
                      field("lost_load_mw", &R::lost_load_mw, "load cut off by the outage"),
                      field("critical_buses", &R::critical_buses, "buses whose voltages move most"),
                      field("events", &R::events, "what happens along the curve"),
                      field("points", &R::points, "points of the curve")};
}

constexpr auto fields(const PvBus*) {
    using R = PvBus;
    return std::tuple{field("bus", &R::bus, "bus number in the case file"), field("name", &R::name, "bus name").label()};
}

/// Without the envelope, which the writer places itself.
constexpr auto fields(const PvResult*) {
    using R = PvResult;
    return std::tuple{field("direction", &R::direction, "what grows"), field("buses", &R::buses, "buses of vm_pu"),
                      field("curves", &R::curves, "curves"), field("diagnosis", &R::diagnosis, "what a failed base leaves")};
}

}  // namespace araz

// A three-bus grid solved on paper: voltages are chosen, flows follow from the textbook formulas in real
// arithmetic, and the loads are what then remains at each bus. Everything that a result can hold is in it.
#pragma once

#include <cmath>
#include <numbers>
#include <string>

#include "araz/model/case.hpp"
#include "araz/model/results.hpp"

namespace araz::samples {

struct Flow {
    double p_from, q_from, p_to, q_to;  // p.u.
};

/// Flow of a pi branch with tap t and shift phi at the from side, after Kundur's real form:
/// with g + jb = 1/(r + jx), a = va_from - va_to - phi.
inline Flow pi_flow(const BranchRow& row, double vf, double af_deg, double vt, double at_deg) {
    const double z2 = row.r_pu * row.r_pu + row.x_pu * row.x_pu;
    const double g = row.r_pu / z2;
    const double b = -row.x_pu / z2;
    const double t = row.ratio == 0.0 ? 1.0 : row.ratio;
    const double a = (af_deg - at_deg - row.shift_deg) * std::numbers::pi / 180.0;
    const double u = vf / t;
    const double c = row.b_pu / 2.0;
    return {g * u * u - u * vt * (g * std::cos(a) + b * std::sin(a)),
            -(b + c) * u * u - u * vt * (g * std::sin(a) - b * std::cos(a)),
            g * vt * vt - u * vt * (g * std::cos(a) - b * std::sin(a)),
            -(b + c) * vt * vt + u * vt * (g * std::sin(a) + b * std::cos(a))};
}

inline BusRow bus_row(int id, BusType type, int area, std::string name) {
    BusRow bus;
    bus.bus = BusId{id};
    bus.type = type;
    bus.area = area;
    bus.zone = area;
    bus.base_kv = 330.0;
    bus.name = std::move(name);
    return bus;
}

inline BranchRow branch_row(int from, int to, double r, double x, double b, double rate) {
    BranchRow branch;
    branch.from_bus = BusId{from};
    branch.to_bus = BusId{to};
    branch.r_pu = r;
    branch.x_pu = x;
    branch.b_pu = b;
    branch.rate_a_mva = rate;
    return branch;
}

inline GeneratorRow generator_row(int bus, double p, double qmin, double qmax, double vset) {
    GeneratorRow gen;
    gen.bus = BusId{bus};
    gen.pg_mw = p;
    gen.qmin_mvar = qmin;
    gen.qmax_mvar = qmax;
    gen.vg_pu = vset;
    gen.pmax_mw = 500.0;
    gen.fuel = "hydro";
    return gen;
}

inline constexpr double vm[3] = {1.02, 1.01, 0.98};
inline constexpr double va_deg[3] = {0.0, -2.5, -6.0};

/// What the DC line injects: 50 MW less 2 MW + 4 %, and reactive power within its ranges.
inline constexpr double dc_from_mw = -50.0, dc_from_mvar = -8.0, dc_to_mw = 46.0, dc_to_mvar = 11.0;

/// Bus 10 slack and 20 pv in area 1, bus 30 a load in area 2, bus 40 isolated. Branch 2 is a
/// transformer with tap and shift, branch 4 is out of service, branch 3 has no rating. Bus 20 has two
/// units, the second out of service.
inline Case sample_case() {
    Case grid;
    grid.name = "three";
    grid.format = "matpower";
    grid.files.push_back({"three.m", std::string(64, 'a'), ""});
    grid.buses = {bus_row(10, BusType::slack, 1, "Baku"), bus_row(20, BusType::pv, 1, "G\xC3\xB6y-G\xC3\xB6l"),
                  bus_row(30, BusType::pq, 2, "=Tabriz, \"230\""), bus_row(40, BusType::isolated, 2, "spare")};
    grid.buses[2].gs_mw = 3.0;
    grid.buses[2].bs_mvar = 12.0;
    grid.branches = {branch_row(10, 20, 0.0, 0.08, 0.04, 100.0), branch_row(20, 30, 0.01, 0.1, 0.02, 150.0),
                     branch_row(10, 30, 0.02, 0.2, 0.05, 0.0), branch_row(10, 20, 0.01, 0.1, 0.0, 50.0)};
    grid.branches[1].ratio = 0.97;
    grid.branches[1].shift_deg = 1.5;
    grid.branches[3].in_service = false;
    grid.areas = {{1, "AZ", BusId{10}, {}}, {2, "IR", BusId{30}, {}}};

    grid.dc_lines_active = true;
    grid.dc_lines.resize(2);
    DcLineRow& line = grid.dc_lines[0];  // 50 MW from 10 to 30, 2 MW + 4 % lost; Q is fixed at both ends
    line.from_bus = BusId{10}, line.to_bus = BusId{30};
    line.pf_mw = 50.0, line.loss0_mw = 2.0, line.loss1 = 0.04;
    line.pmin_mw = -100.0, line.pmax_mw = 100.0;
    line.vf_pu = vm[0], line.vt_pu = vm[2];
    line.qminf_mvar = -20.0, line.qmaxf_mvar = 30.0, line.qmint_mvar = -25.0, line.qmaxt_mvar = 25.0;
    grid.dc_lines[1] = line;
    grid.dc_lines[1].in_service = false;

    // Loads are what the chosen voltages leave over.
    double p[3] = {0, 0, 0};
    double q[3] = {0, 0, 0};
    const int ends[3][2] = {{0, 1}, {1, 2}, {0, 2}};
    for (int l = 0; l < 3; ++l) {
        const auto [f, t] = ends[l];
        const Flow flow = pi_flow(grid.branches[l], vm[f], va_deg[f], vm[t], va_deg[t]);
        p[f] += flow.p_from, q[f] += flow.q_from, p[t] += flow.p_to, q[t] += flow.q_to;
    }
    grid.generators = {generator_row(10, 0.0, -300, 300, vm[0]), generator_row(20, 60.0, -40, 90, vm[1]),
                       generator_row(20, 10.0, -5, 5, vm[1])};
    grid.generators[2].in_service = false;
    grid.buses[0].pd_mw = 20.0, grid.buses[0].qd_mvar = 5.0;
    grid.buses[1].pd_mw = 60.0 - 100.0 * p[1], grid.buses[1].qd_mvar = 30.0 - 100.0 * q[1];
    grid.buses[2].pd_mw = dc_to_mw - 100.0 * p[2] - 3.0 * vm[2] * vm[2];
    grid.buses[2].qd_mvar = dc_to_mvar - 100.0 * q[2] + 12.0 * vm[2] * vm[2];
    return grid;
}

inline BusResult bus_result(const BusRow& row, std::string type) {
    BusResult bus;
    bus.bus = number(row.bus);
    bus.name = row.name;
    bus.area = row.area;
    bus.zone = row.zone;
    bus.base_kv = row.base_kv;
    bus.type = std::move(type);
    bus.vmin_pu = row.vmin_pu;
    bus.vmax_pu = row.vmax_pu;
    bus.p_load_mw = row.pd_mw;
    bus.q_load_mvar = row.qd_mvar;
    return bus;
}

inline void add_branches(const Case& grid, PfResult& result) {
    const int ends[3][2] = {{0, 1}, {1, 2}, {0, 2}};
    for (int l = 0; l < 4; ++l) {
        const BranchRow& row = grid.branches[l];
        BranchResult branch;
        branch.branch = l + 1;
        branch.from_bus = number(row.from_bus);
        branch.to_bus = number(row.to_bus);
        branch.in_service = row.in_service;
        if (row.in_service) {
            const auto [f, t] = ends[l];
            const Flow flow = pi_flow(row, vm[f], va_deg[f], vm[t], va_deg[t]);
            branch.p_from_mw = 100.0 * flow.p_from;
            branch.q_from_mvar = 100.0 * flow.q_from;
            branch.p_to_mw = 100.0 * flow.p_to;
            branch.q_to_mvar = 100.0 * flow.q_to;
            if (row.rate_a_mva > 0.0) {
                branch.rate_mva = row.rate_a_mva;
                branch.loading_pct = 100.0 / row.rate_a_mva * std::max(std::hypot(branch.p_from_mw, branch.q_from_mvar),
                                                                      std::hypot(branch.p_to_mw, branch.q_to_mvar));
            }
        }
        result.branches.push_back(branch);
    }
}

inline void add_generators(const Case& grid, PfResult& result) {
    for (int g = 0; g < 3; ++g) {
        const GeneratorRow& row = grid.generators[g];
        GeneratorResult gen;
        gen.generator = g + 1;
        gen.bus = number(row.bus);
        gen.fuel = row.fuel;
        gen.in_service = row.in_service;
        gen.q_min_mvar = row.qmin_mvar;
        gen.q_max_mvar = row.qmax_mvar;
        gen.p_min_mw = row.pmin_mw;
        gen.p_max_mw = row.pmax_mw;
        if (row.in_service) gen.regulated_bus = gen.bus;  // buses 10 and 20 hold their voltage
        result.generators.push_back(gen);
    }
    const auto& b = result.branches;
    result.generators[0].p_mw = grid.buses[0].pd_mw + b[0].p_from_mw + b[2].p_from_mw - dc_from_mw;
    result.generators[0].q_mvar = grid.buses[0].qd_mvar + b[0].q_from_mvar + b[2].q_from_mvar - dc_from_mvar;
    result.generators[1].p_mw = 60.0;
    result.generators[1].q_mvar = 30.0;
}

inline void add_dc_lines(const Case& grid, PfResult& result) {
    for (int d = 0; d < 2; ++d) {
        const DcLineRow& row = grid.dc_lines[d];
        DcLineResult line;
        line.dc_line = d + 1;
        line.from_bus = number(row.from_bus);
        line.to_bus = number(row.to_bus);
        line.p_min_mw = row.pmin_mw;
        line.p_max_mw = row.pmax_mw;
        line.in_service = row.in_service;
        if (row.in_service) {
            line.p_from_mw = -dc_from_mw, line.q_from_mvar = -dc_from_mvar;
            line.p_to_mw = -dc_to_mw, line.q_to_mvar = -dc_to_mvar;
            line.loss_mw = 4.0;
        }
        result.dc_lines.push_back(line);
    }
}

inline void add_sums(const Case& grid, PfResult& result) {
    const auto& b = result.branches;
    const auto& g = result.generators;
    Totals& totals = result.totals;
    totals.generation_mw = g[0].p_mw + g[1].p_mw;
    totals.generation_mvar = g[0].q_mvar + g[1].q_mvar;
    for (int i = 0; i < 3; ++i) totals.load_mw += grid.buses[i].pd_mw, totals.load_mvar += grid.buses[i].qd_mvar;
    totals.shunt_mw = 3.0 * vm[2] * vm[2];
    totals.shunt_mvar = 12.0 * vm[2] * vm[2];
    for (const BranchResult& branch : b)
        totals.loss_mw += branch.p_from_mw + branch.p_to_mw, totals.loss_mvar += branch.q_from_mvar + branch.q_to_mvar;
    totals.dc_loss_mw = 4.0;
    totals.dc_mvar = dc_from_mvar + dc_to_mvar;
    result.areas = {{1, "AZ", totals.generation_mw, grid.buses[0].pd_mw + grid.buses[1].pd_mw,
                     b[0].p_from_mw + b[0].p_to_mw, b[1].p_from_mw + b[2].p_from_mw - dc_from_mw},
                    {2, "IR", 0.0, grid.buses[2].pd_mw, 0.0, b[1].p_to_mw + b[2].p_to_mw - dc_to_mw}};
    for (const int l : {1, 2})
        result.ties.push_back({l + 1, "", b[l].from_bus, b[l].to_bus, 1, 2, b[l].p_from_mw, b[l].q_from_mvar,
                               b[l].loading_pct});
}

/// The solved state of sample_case().
inline PfResult sample_pf() {
    const Case grid = sample_case();
    PfResult result;
    result.envelope.schema = "araz.pf/1";
    result.envelope.grid = {"three", "three.m", std::string(64, 'a'), "matpower", 100.0, 4, 4, 3};
    result.envelope.options = {{"q_limits", std::string("on")}, {"tol", 1e-8}, {"dc", false},
                               {"exclude", std::vector<std::string>{"1", "2"}}};
    result.envelope.status = "converged";
    Finding finding;
    finding.severity = Severity::warning;
    finding.code = "AZ1201";
    finding.element = "branch 3";
    finding.message = "branch 3 has no rating";
    finding.where = {"three.m", 12, 3, 1, ""};
    result.envelope.findings = {finding};
    result.status = SolveStatus::converged;
    result.iterations = 4;
    result.max_mismatch_pu = 1.25e-13;
    result.start = "stored";
    const char* types[4] = {"slack", "pv", "pv", "isolated"};  // a converter holds bus 30
    for (int i = 0; i < 4; ++i) {
        result.buses.push_back(bus_result(grid.buses[i], types[i]));
        if (i < 3) result.buses[i].vm_pu = vm[i], result.buses[i].va_deg = va_deg[i];
    }
    add_branches(grid, result);
    add_generators(grid, result);
    add_dc_lines(grid, result);
    add_sums(grid, result);
    result.reactive_limits.buses = result.reactive_limits.held = 3;
    result.reactive_limits.tolerance_pu = 1e-7;
    result.trace = {{0, 0.5, 30, "=Tabriz, \"230\"", "P", nan_value, "stored"}, {1, 1.25e-13, 10, "Baku", "Q", 0.1, "stored"}};
    return result;
}

inline Violation thermal_violation(const std::string& contingency) {
    Violation v;
    v.kind = "thermal";
    v.contingency = contingency;
    v.contingency_name = contingency.empty() ? "" : "10-30";
    v.branch = 1;
    v.branch_name = "10-20";
    v.side = "from";
    v.value = 120.0;
    v.limit = 100.0;
    v.unit = "MVA";
    v.loading_pct = 120.0;
    return v;
}

inline N1Result sample_n1() {
    N1Result result;
    result.base = sample_pf();
    result.envelope = result.base.envelope;
    result.envelope.schema = "araz.n1/1";
    ContingencyResult solved;
    solved.contingency = "3";
    solved.name = "10-30";
    solved.outage = {"branch 3"};
    solved.status = solved.main_island = SolveStatus::converged;
    solved.iterations = 3;
    solved.max_mismatch_pu = 1e-10;
    solved.max_loading_pct = 120.0;
    solved.max_loading_branch = 1;
    solved.max_loading_branch_name = "10-20";
    solved.min_vm_pu = 0.93, solved.min_vm_bus = 30, solved.max_vm_pu = 1.02, solved.max_vm_bus = 10;
    solved.loss_mw = 4.5;
    solved.violations = {thermal_violation("3")};
    ContingencyResult split = solved;
    split.contingency = "1", split.name = "10-20", split.outage = {"branch 1", "branch 4"};
    split.status = SolveStatus::islanded;
    split.lost_load_mw = 33.0, split.lost_buses = 1;
    split.violations.clear();
    ContingencyResult failed;
    failed.contingency = "2", failed.outage = {"branch 2"};
    failed.status = SolveStatus::diverged;
    result.contingencies = {solved, split, failed};
    result.summary = {1, 1, 1, 1, "3", 1, 120.0, "3", 30, 0.93};
    return result;
}

inline CapacityResult sample_capacity() {
    CapacityResult result;
    result.envelope = sample_pf().envelope;
    result.envelope.schema = "araz.capacity/1";
    DirectionResult d;
    d.from = "AZ", d.to = "IR", d.exchange = "net", d.status = "converged";
    d.base_exchange_mw = 40.0, d.delta_e_mw = 209.74, d.ttc_mw = 249.74, d.trm_mw = 0.0, d.ntc_mw = 249.74;
    d.ttc_intact_mw = 300.5;
    d.limit = {"thermal_n1", 10, "6-10", "from", 0, "", 0, "27", "15-24", "C", 175.0, 175.0, "MVA"};
    d.intact_limit = {"voltage_low", 0, "", "", 30, "Tabriz", 0, "", "", "", 0.9, 0.9, "p.u."};
    d.certificate.secure_mw = 209.74, d.certificate.insecure_mw = 210.5, d.certificate.tolerance_mw = 1.0;
    d.certificate.contingencies_solved = 37;
    d.certificate.contingencies_excluded = {"11: splits the network"};
    d.certificate.max_mismatch_pu = 3e-11, d.certificate.worst_loading_pct = 99.98;
    d.certificate.worst_pair = "branch 10 after contingency 27";
    d.certificate.violation = thermal_violation("27");
    d.certificate.listed = {{"tower", {"branch 1", "generator 2"}}};
    d.certificate.end_states.secure = {209.74, {{1, 309.74}, {3, 90.26}}, {{1, 50.0}}, {{20, 12.5, 3.0}}, {{10, 1.02, 0.0}, {30, 0.98, -4.5}}};
    d.certificate.end_states.insecure = {210.5, {{1, 310.5}}, {}, {}, {}};
    d.limiters = {{d.limit, 99.98, 0.35, 210.0}, {d.intact_limit, nan_value, nan_value, 400.0}};
    d.steps = {{0.0, true, "branch 10 after contingency 27", 80.0, 0.95, 40.0, 3.0, 38},
               {210.5, false, "branch 10 after contingency 27", 100.2, 0.94, 250.5, 4.0, 38}};
    d.shifts = {{1, 10, "Baku", "gas", "source", 100.0, 309.74, 0.0, 500.0}, {3, 30, "", "", "sink", 300.0, 90.26, 0.0, nan_value}};
    d.ties = sample_pf().ties;
    d.base_violations = {thermal_violation("")};
    d.power_flows = 76;
    DirectionResult back = d;
    std::swap(back.from, back.to);
    back.limit = {};
    back.certificate = {};
    back.limiters.clear(), back.steps.clear(), back.base_violations.clear();
    result.directions = {d, back};
    return result;
}

/// A solve that failed, with its diagnosis.
inline PfResult sample_failure() {
    PfResult result;
    result.envelope = sample_pf().envelope;
    result.envelope.status = "no_solution_found";
    result.status = SolveStatus::no_solution_found;
    result.iterations = 30;
    result.max_mismatch_pu = 0.75;
    result.buses = sample_pf().buses;
    for (BusResult& bus : result.buses) bus.vm_pu = bus.va_deg = nan_value;
    result.diagnosis.kind = "no_solution_nearby";
    result.diagnosis.summary = "it solves at 85 % of load and generation and not at 100 %";
    result.diagnosis.worst = {{30, "Tabriz", -75.0, 12.5, {"10 (Baku) over branch 2"}}};
    result.diagnosis.weakest_bus = 30, result.diagnosis.weakest_bus_name = "Tabriz";
    result.diagnosis.cycling = {"reactive_limits: pin q_max at bus 20, 3 times"};
    result.diagnosis.suspects = {{"warning", "AZ1242", "branch 3", "branch 3 has a negative reactance", "three.m", 12, 3}};
    result.diagnosis.probes = {{"from a flat start", "diverged", false, 1.0, "araz pf three.m --start flat"},
                               {"loads and generation at 85 %", "converged", true, 0.85, "araz pf three.m --scale-load 0.85"}};
    result.diagnosis.largest_scale_load = 0.85;
    result.diagnosis.command = "araz pf three.m --scale-load 0.85";
    result.diagnosis.islands = {{1, 3, 10, 200.0, 210.0, true}, {2, 1, 0, 5.0, 0.0, false}};
    result.diagnosis.tried = {"stored: diverged after 12 iterations", "dc: max_iterations"};
    result.trace = sample_pf().trace;
    return result;
}

}  // namespace araz::samples

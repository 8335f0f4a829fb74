#include "araz/study/power_flow.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "araz/model/result_fields.hpp"
#include "araz/study/controls.hpp"
#include "araz/study/diagnosis.hpp"
#include "results.hpp"

namespace araz {

namespace {

constexpr double degrees = 180.0 / std::numbers::pi;

std::string type_word(const ElectricalModel& model, const Solution& solution, int bus) {
    if (solution.live[bus] == 0) return "dead";
    switch (model.kind[bus]) {
        case solver::BusKind::slack: return "slack";
        case solver::BusKind::pv: return solution.pin[bus] == Pin::none ? "pv" : "pq";  // at a limit: Q is held, not V
        case solver::BusKind::pq: return "pq";
        case solver::BusKind::dead: return "dead";
        case solver::BusKind::angle:
        case solver::BusKind::emulation:
        case solver::BusKind::link: break;  // not before a solve
    }
    return "pq";
}

std::vector<BusResult> bus_results(const ElectricalModel& model, const Solution& solution) {
    const Network& net = *model.network;
    std::vector<BusResult> out;
    for (const BusRow& row : net.source->buses) {
        BusResult bus;
        bus.bus = number(row.bus);
        bus.name = row.name;
        bus.area = row.area;
        bus.zone = row.zone;
        bus.base_kv = row.base_kv;
        bus.vmin_pu = row.vmin_pu;
        bus.vmax_pu = row.vmax_pu;
        bus.type = "isolated";
        const auto found = net.index_of.find(number(row.bus));
        if (found != net.index_of.end()) {
            const int b = found->second;
            bus.type = type_word(model, solution, b);
            bus.p_load_mw = solution.p_load[b] * net.base_mva;
            bus.q_load_mvar = solution.q_load[b] * net.base_mva;
            if (solution.live[b] != 0) {
                bus.vm_pu = solution.vm[b];
                bus.va_deg = solution.va[b] * degrees;
            }
        }
        out.push_back(bus);
    }
    return out;
}

std::vector<BranchResult> branch_results(const Network& net, const std::vector<solver::BranchFlow>& flows,
                                         const RatingRule& rule) {
    std::vector<BranchResult> out;
    for (std::size_t row = 0; row < net.source->branches.size(); ++row) {
        const BranchRow& source = net.source->branches[row];
        BranchResult branch;
        branch.branch = static_cast<int>(row) + 1;
        branch.from_bus = number(source.from_bus);
        branch.to_bus = number(source.to_bus);
        branch.name = source.name;
        const int l = net.branch_of_row[row];
        branch.in_service = l >= 0;
        if (l >= 0) {
            const solver::BranchFlow& flow = flows[l];
            branch.name = net.branch_name(l);
            branch.p_from_mw = flow.p_from * net.base_mva;
            branch.q_from_mvar = flow.q_from * net.base_mva;
            branch.p_to_mw = flow.p_to * net.base_mva;
            branch.q_to_mvar = flow.q_to * net.base_mva;
            if (const double limit = rating(net, l, rule); limit > 0.0) {
                branch.rate_mva = limit * net.base_mva;
                branch.loading_pct = 100.0 / limit * std::max(std::hypot(flow.p_from, flow.q_from),
                                                              std::hypot(flow.p_to, flow.q_to));
            }
        }
        out.push_back(branch);
    }
    return out;
}

std::string_view mode_word(ReactiveMode mode) { return words::q_mode[static_cast<std::size_t>(mode)]; }

// What each unit holds, and the limit it stands at: of its bus, or its own where several hold a bus together.
void add_regulation(const ElectricalModel& model, const Solution& solution, int g, GeneratorResult& gen) {
    const Network& net = *model.network;
    Pin pin = net.holds_own_bus(g) ? solution.pin[net.gen_bus[g]] : Pin::none;
    if (net.holds_own_bus(g) && solver::holds_voltage(model.kind[net.gen_bus[g]])) gen.regulated_bus = gen.bus;
    for (const SharedRegulation& held : solution.regulations)
        for (std::size_t k = 0; k < held.units.size(); ++k) {
            if (held.units[k] != g) continue;
            pin = held.pins[k];
            gen.regulated_bus = number(net.bus_id[held.bus]);
        }
    gen.limit = pin == Pin::q_max ? "q_max" : pin == Pin::q_min ? "q_min" : "none";
}

std::vector<GeneratorResult> generator_results(const ElectricalModel& model, const Solution& solution) {
    const Network& net = *model.network;
    std::vector<GeneratorResult> out;
    for (std::size_t row = 0; row < net.source->generators.size(); ++row) {
        const GeneratorRow& source = net.source->generators[row];
        GeneratorResult gen;
        gen.generator = static_cast<int>(row) + 1;
        gen.bus = number(source.bus);
        gen.name = source.name;
        gen.fuel = source.fuel;
        gen.p_min_mw = source.pmin_mw;
        gen.p_max_mw = source.pmax_mw;
        gen.q_min_mvar = source.qmin_mvar;
        gen.q_max_mvar = source.qmax_mvar;
        const int g = net.gen_of_row[row];
        gen.in_service = g >= 0 && solution.live[net.gen_bus[g]] != 0;
        if (gen.in_service) {
            gen.p_mw = solution.gen_p[g] * net.base_mva;
            gen.q_mvar = solution.gen_q[g] * net.base_mva;
            const ReactiveRange range = reactive_range(net, g, solution.gen_p[g]);
            gen.q_min_mvar = range.min * net.base_mva;
            gen.q_max_mvar = range.max * net.base_mva;
            add_regulation(model, solution, g, gen);
        }
        gen.q_mode = mode_word(source.reactive.mode);
        if (std::isfinite(source.p_limit_mw)) {
            gen.available_mw = source.available_mw;
            gen.curtailed_mw = gen.in_service ? std::max(0.0, source.available_mw - source.p_limit_mw) : 0.0;
        }
        out.push_back(gen);
    }
    return out;
}

Totals totals_of(const ElectricalModel& model, const Solution& solution, const std::vector<solver::BranchFlow>& flows,
                 bool dc) {
    const Network& net = *model.network;
    Totals totals;
    for (int g = 0; g < net.n_unit; ++g) {
        totals.generation_mw += solution.gen_p[g];
        totals.generation_mvar += solution.gen_q[g];
    }
    for (int b = 0; b < net.n_bus; ++b) {
        totals.load_mw += solution.p_load[b];
        totals.load_mvar += dc ? 0.0 : solution.q_load[b];
        if (solution.live[b] == 0) continue;
        const double vv = solution.vm[b] * solution.vm[b];
        totals.shunt_mw += net.g_shunt[b] * vv;
        totals.shunt_mvar += dc ? 0.0 : net.b_shunt[b] * vv;
    }
    for (const solver::BranchFlow& flow : flows) {
        totals.loss_mw += flow.p_from + flow.p_to;
        totals.loss_mvar += flow.q_from + flow.q_to;
    }
    for (int end = net.n_unit; end < net.n_gen; ++end) {
        totals.dc_loss_mw -= solution.gen_p[end];  // both ends inject: their sum is minus the loss
        totals.dc_mvar += solution.gen_q[end];
    }
    for (double* value : {&totals.dc_loss_mw, &totals.dc_mvar, &totals.generation_mw, &totals.generation_mvar, &totals.load_mw, &totals.load_mvar,
                          &totals.shunt_mw, &totals.shunt_mvar, &totals.loss_mw, &totals.loss_mvar})
        *value *= net.base_mva;
    return totals;
}

void add_balances(const Network& net, const Solution& solution, PfResult& result) {
    for (const SlackBalance& balance : solution.balances) {
        SlackGroupResult group;
        group.island = balance.island + 1;
        group.area = std::max(0, balance.area);
        group.name = balance.area >= 0 ? net.area_label(balance.area) : "";
        group.reference_bus = number(net.bus_id[balance.reference]);
        group.imbalance_mw = balance.imbalance * net.base_mva;
        group.unmet_mw = balance.unmet * net.base_mva;
        if (balance.interchange) {
            group.scheduled_net_export_mw = balance.target * net.base_mva;
            group.net_export_mw = balance.net_export * net.base_mva;
        }
        result.slack_groups.push_back(group);
        for (const SlackShare& share : balance.shares) {
            const int bus = share.load ? share.index : net.gen_bus[share.index];
            SlackShareResult row;
            row.kind = share.load ? "load" : "generator";
            row.generator = share.load ? 0 : net.gen_row[share.index] + 1;
            row.bus = number(net.bus_id[bus]);
            row.name = share.load ? net.source->buses[net.bus_row[bus]].name
                                  : net.source->generators[net.gen_row[share.index]].name;
            row.island = balance.island + 1;
            row.area = net.area[bus];
            row.scheduled_mw = share.scheduled * net.base_mva;
            row.share_mw = share.share * net.base_mva;
            row.weight = share.weight;
            row.at_limit = share.at_limit;
            result.slack_shares.push_back(row);
        }
    }
    if (solution.reason.empty()) return;
    Finding finding;
    finding.severity = Severity::error;
    finding.code = "AZ2003";
    finding.message = solution.reason;
    finding.hint = "change the dispatch, the limits of the participants or --slack-key";
    result.envelope.findings.push_back(finding);
}

std::vector<IterationResult> trace_of(const Network& net, const Solution& solution) {
    std::vector<IterationResult> trace;
    for (const TraceEntry& entry : solution.trace) {
        IterationResult row;
        row.phase = entry.phase;
        row.iteration = entry.iteration;
        row.mismatch_pu = entry.mismatch;
        if (entry.bus >= 0) {
            row.worst_bus = number(net.bus_id[entry.bus]);
            row.worst_bus_name = net.source->buses[net.bus_row[entry.bus]].name;
        }
        row.equation = entry.reactive ? "Q" : "P";
        row.step_pu = entry.step;
        trace.push_back(row);
    }
    return trace;
}

// The DC model's flows: lossless, active only.
std::vector<solver::BranchFlow> dc_flows(const ElectricalModel& model, const Solution& solution) {
    const Network& net = *model.network;
    std::vector<solver::BranchFlow> flows(static_cast<std::size_t>(net.n_branch));
    for (int l = 0; l < net.n_branch; ++l) {
        const bool out = !solution.branch_out.empty() && solution.branch_out[l] != 0;
        const double p =
            out ? 0.0
            : model.link_of_branch[l] >= 0
                ? solution.link_p[model.link_of_branch[l]]
                : model.dc.b[l] * (solution.va[net.from[l]] - solution.va[net.to[l]] - model.dc.shift[l]);
        flows[l] = {p, 0.0, -p, 0.0};
    }
    return flows;
}

PfResult assemble_result(const ElectricalModel& model, const Solution& solution, const MonitorOptions& monitor,
                         const std::vector<solver::BranchFlow>& flows, bool dc) {
    const Network& net = *model.network;
    PfResult result;
    result.envelope.schema = "araz.pf/1";
    result.envelope.grid = case_info(*net.source);
    result.envelope.status = std::string(to_string(solution.status));
    result.envelope.findings = net.findings;
    result.status = solution.status;
    result.dc = dc;
    result.iterations = solution.iterations;
    result.max_mismatch_pu = solution.max_mismatch;
    result.start = solution.start;
    result.totals = totals_of(model, solution, flows, dc);
    result.areas = area_results(model, solution, flows);
    result.ties = tie_results(net, flows, net.area, [&](int l) { return rating(net, l, monitor.rating_base); });
    result.buses = bus_results(model, solution);
    result.branches = branch_results(net, flows, monitor.rating_base);
    result.generators = generator_results(model, solution);
    result.dc_lines = dc_line_results(model, solution, dc);
    add_balances(net, solution, result);
    result.trace = trace_of(net, solution);
    result.diagnosis = describe_failure(model, solution);
    return result;
}

// Quantities outside their limits that the monitor does not read: outputs of units.
void add_generator_violations(PfResult& result) {
    constexpr double margin_mw = 1e-3;
    for (const GeneratorResult& gen : result.generators) {
        if (!gen.in_service) continue;
        const auto add = [&](const char* kind, double value, double limit, const char* unit) {
            Violation v;
            v.kind = kind;
            v.bus = gen.bus;
            v.value = value;
            v.limit = limit;
            v.unit = unit;
            result.violations.push_back(v);
        };
        if (gen.p_mw > gen.p_max_mw + margin_mw) add("p_limit", gen.p_mw, gen.p_max_mw, "MW");
        if (gen.p_mw < gen.p_min_mw - margin_mw) add("p_limit", gen.p_mw, gen.p_min_mw, "MW");
        if (result.dc) continue;
        if (gen.q_mvar > gen.q_max_mvar + margin_mw) add("q_limit", gen.q_mvar, gen.q_max_mvar, "MVAr");
        if (gen.q_mvar < gen.q_min_mvar - margin_mw) add("q_limit", gen.q_mvar, gen.q_min_mvar, "MVAr");
    }
}

// The rung that solved says so itself; rungs tried after it may have failed in other ways.
void note_false_root(PfResult& result, const Solution& solution) {
    const bool found = std::any_of(solution.tried.begin(), solution.tried.end(), [&](const std::string& line) {
        return line.starts_with(solution.start + ":") && line.ends_with("false root");
    });
    if (!found) return;
    Finding finding;
    finding.severity = Severity::warning;
    finding.code = "AZ2002";
    finding.message = "the solution found has voltages far below normal or angles beyond 90 degrees across a branch: it is "
                      "probably a false root of the equations";
    finding.hint = "compare with --start dc, and check loads and reactive support near the lowest voltage";
    result.envelope.findings.push_back(finding);
}

}  // namespace

CaseInfo case_info(const Case& grid) {
    CaseInfo info;
    info.name = grid.name;
    info.file = grid.path();
    info.sha256 = grid.sha256();
    info.format = grid.format;
    info.base_mva = grid.base_mva;
    info.n_bus = static_cast<int>(grid.buses.size());
    info.n_branch = static_cast<int>(grid.branches.size());
    info.n_generator = static_cast<int>(grid.generators.size());
    return info;
}

PfResult to_result(const ModelPtr& built, const Solution& solution, const MonitorOptions& monitor, double tolerance) {
    const ModelPtr model = at_positions(built, solution.devices);
    std::vector<solver::BranchFlow> flows;
    branch_flows(*model, solution, flows);
    PfResult result = assemble_result(*model, solution, monitor, flows, false);
    add_controls(*built, solution, result);
    if (!solution.solved()) return result;
    result.reactive_limits = check_reactive_limits(*model, solution, tolerance);
    Monitor watch(model, monitor);
    std::vector<Reading> readings;
    watch.read(solution, nullptr, readings);
    for (const Reading& reading : readings)
        if (is_violated(reading)) result.violations.push_back(to_violation(*model->network, reading, "", ""));
    add_generator_violations(result);
    note_false_root(result, solution);
    return result;
}

PfResult run_power_flow(const StudySetup& setup, bool dc) {
    Engine engine(setup.model, setup.engine);
    if (!dc) {
        const Solution solution = engine.solve(Scenario{});
        PfResult result = to_result(setup.model, solution, setup.monitor, setup.engine.tolerance);
        if (!solution.solved()) probe_failure(setup, solution, result.diagnosis);
        return result;
    }
    const Solution solution = engine.solve_dc(Scenario{});
    PfResult result = assemble_result(*setup.model, solution, setup.monitor, dc_flows(*setup.model, solution), true);
    for (const BranchResult& branch : result.branches) {
        if (!(branch.loading_pct > 100.0 * (1.0 + limit_margin))) continue;
        Violation v;
        v.kind = "thermal";
        v.branch = branch.branch;
        v.branch_name = branch.name;
        v.side = "from";
        v.value = std::abs(branch.p_from_mw);
        v.limit = branch.rate_mva;
        v.unit = "MW";
        v.loading_pct = branch.loading_pct;
        result.violations.push_back(v);
    }
    add_generator_violations(result);
    return result;
}

}  // namespace araz

// The certificate of a capacity, from the case and the end states alone.
#include "certificate.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "araz/base/text.hpp"
#include "araz/model/end_state.hpp"
#include "own_joints.hpp"

namespace araz {

namespace {

// Group of each bus row, by numbers or names of areas or zones; "rest" is all others. Empty: unknown name.
std::vector<int> groups_of(const Case& grid, const OptionMap& options, const std::string& from, const std::string& to) {
    const bool zones = option_word(options, "group", "area") == "zone";
    const auto number_of = [&](const BusRow& bus) { return zones ? bus.zone : bus.area; };
    bool known = true;
    const auto members = [&](const std::string& text) {
        std::set<int> out;
        for (const std::string& part : split(text, ',')) {
            if (const auto value = parse_integer(part)) {
                out.insert(static_cast<int>(*value));
                continue;
            }
            bool found = false;
            for (const AreaRow& row : zones ? grid.zones : grid.areas)
                if (to_lower(row.name) == to_lower(part)) {
                    out.insert(row.area);
                    found = true;
                }
            known = known && found;
        }
        return out;
    };
    const std::set<int> a = from == "rest" ? std::set<int>{} : members(from);
    const std::set<int> b = to == "rest" ? std::set<int>{} : members(to);
    if (!known) return {};
    std::vector<int> group;
    for (const BusRow& bus : grid.buses) {
        const bool in_a = from == "rest" ? !b.contains(number_of(bus)) : a.contains(number_of(bus));
        const bool in_b = to == "rest" ? !a.contains(number_of(bus)) : b.contains(number_of(bus));
        group.push_back(in_a ? 0 : in_b ? 1 : 2);
    }
    return group;
}

void fail(VerifyReport& report, const std::string& law, const std::string& what) {
    Law refused(law, 0.0, "");
    refused.see(false, what);
    refused.report(report);
}

void explain(VerifyReport& report) {
    for (const LawCheck& check : report.checks) {
        if (check.passed()) continue;
        Finding finding;
        finding.code = "AZ5010";
        finding.element = check.element;
        finding.message = check.law + " does not hold for " + join(check.failing, ", ");
        const int more = check.failed - static_cast<int>(check.failing.size());
        if (more > 0) finding.message += " and " + std::to_string(more) + " more";
        if (std::isfinite(check.deviation))
            finding.message += ": worst " + check.element + ", off by " + shortest(check.deviation) + " " + check.unit + ", allowed " + shortest(check.tolerance);
        finding.hint = "the figure named contradicts the case, or was changed after the run";
        report.findings.push_back(std::move(finding));
    }
}

void check_excluded(DirectionCheck& check) {
    Law law = check.law("contingencies_excluded", 0.0, "");
    std::set<std::string> listed(check.direction.certificate.contingencies_excluded.begin(),
                                 check.direction.certificate.contingencies_excluded.end());
    const bool strict = option_word(check.options(), "base-insecure", "no-worse") == "strict";
    for (const OwnContingency& c : check.contingencies) {
        const std::string reason = c.excluded ? c.label + ": excluded on request" : c.splits ? c.label + ": splits the network" : "";
        if (!reason.empty()) law.see(listed.erase(reason) == 1, "certificate.contingencies_excluded: contingency " + reason);
    }
    for (const std::string& entry : listed) {
        const std::string label = entry.substr(0, entry.find(": "));
        const OwnContingency* c = check.find(label);
        const bool unsolved = entry.ends_with(": no solution at the base") && c != nullptr && !c->splits && !strict;
        bool right = false;
        if (unsolved) right = !OwnAfter(check.base_grid, check.solver, c->outage, check.base).state().solved;
        law.see(right, "certificate.contingencies_excluded: " + entry);
    }
    law.report(check.report);
}

void check_direction(const Case& grid, const CapacityResult& result, const DirectionResult& direction, VerifyReport& report) {
    DirectionCheck check{grid, result, direction, report, {}, direction.from + " -> " + direction.to, grid.dc_lines_active,
                         own_limits(result.envelope.options), {}, {}, {}, {}, {}, {}, {}};
    const std::string dc = option_word(result.envelope.options, "dc-lines", "as-case");
    if (dc == "on" || dc == "off") check.with_dc_lines = dc == "on";
    check.solver.q_limits = option_word(result.envelope.options, "q-limits", "on") != "off";
    if (option_word(result.envelope.options, "slack", "case") == "distributed")
        check.solver.slack_key = option_word(result.envelope.options, "slack-key", "pmax");
    check.base_grid = build_own_grid(grid, check.with_dc_lines);
    check.group = groups_of(grid, result.envelope.options, direction.from, direction.to);
    if (check.group.empty()) return fail(report, check.title + ": sides", "the case has no such area");
    check.contingencies = own_contingencies(check.base_grid, result.envelope.options, direction.certificate.listed);
    check.base = OwnNewton(check.base_grid, check.solver).solve({}, {});
    if (!check.base.solved) return fail(report, check.title + ": base", "the case itself: " + check.base.why);
    if (!check.solver.slack_key.empty()) check.base_grid = own_dispatched(check.base_grid, check.base, check.dispatched);

    Law exchange = check.law("base_exchange", check.tolerance.power_mw, "MW");
    exchange.compare(direction.base_exchange_mw, own_export(check.base_grid, check.base, check.group, 0), "base_exchange_mw");
    exchange.report(report);

    const EndStates& ends = direction.certificate.end_states;
    const auto solve_end = [&](const EndState& state, const std::string& name) {
        return std::isnan(state.shift_mw) ? nullptr : check_end_state(check, state, name);
    };
    const auto secure = solve_end(ends.secure, "secure");
    const auto insecure = solve_end(ends.insecure, "insecure");
    const auto intact_secure = solve_end(ends.intact_secure, "intact_secure");
    const auto intact_insecure = solve_end(ends.intact_insecure, "intact_insecure");
    check_direction_figures(check, secure.get());
    if (secure) check_secure_end(check, *secure);
    check_insecure_end(check, insecure.get());
    if (secure && insecure) check_sensitivities(check, *secure, *insecure);
    check_intact_ends(check, intact_secure.get(), intact_insecure.get());
    check_excluded(check);
}

}  // namespace

const OwnContingency* DirectionCheck::find(const std::string& label) const {
    const auto found = std::find_if(contingencies.begin(), contingencies.end(), [&](const OwnContingency& c) { return c.label == label; });
    return found == contingencies.end() ? nullptr : &*found;
}

double DirectionCheck::permitted(const std::string& contingency, const OwnReading& reading) {
    const std::string policy = option_word(options(), "base-insecure", "no-worse");
    if (policy == "strict" || policy == "relieve") return reading.limit;
    auto known = base_after.find(contingency);
    if (known == base_after.end()) {
        const OwnContingency* c = find(contingency);
        known = base_after.emplace(contingency, c == nullptr ? OwnAfter(base) : OwnAfter(base_grid, solver, c->outage, base)).first;
    }
    for (const OwnReading& at_base : known->second.readings(base_grid, limits, contingency.empty() ? nullptr : &base)) {
        if (!at_base.same_place(reading)) continue;
        if (!(at_base.severity() > 1.0 + 1e-7)) return reading.limit;
        if (policy == "drop-pairs") return reading.kind == "voltage_low" ? -HUGE_VAL : HUGE_VAL;
        return at_base.value;
    }
    return reading.limit;
}

double own_export(const OwnGrid& grid, const OwnState& state, const std::vector<int>& group, int of) {
    double sum = 0.0;
    for (const OwnBranch& branch : grid.branches) {
        const BranchRow& row = grid.grid->branches[branch.row];
        const int from = grid.row(row.from_bus);
        const int to = grid.row(row.to_bus);
        if (!branch.carries || group[from] == group[to]) continue;
        const OwnFlow flow = own_flow(grid, state, branch.row);
        if (group[from] == of) sum += flow.from.real();
        if (group[to] == of) sum += flow.to.real();
    }
    for (const OwnJointFlow& flow : own_joint_flows(grid, state)) {
        const int from = group[grid.row(grid.grid->branches[flow.row].from_bus)];
        const int to = group[grid.row(grid.grid->branches[flow.row].to_bus)];
        if (from != to && (from == of || to == of)) sum += from == of ? flow.s.real() : -flow.s.real();
    }
    for (std::size_t s = 0; s + 1 < grid.sources.size(); ++s) {
        const OwnSource& end = grid.sources[s];
        if (end.dc_line < 0 || !end.from_end) continue;
        const OwnSource& other = grid.sources[s + 1];
        if (group[end.bus] == group[other.bus]) continue;
        if (group[end.bus] == of) sum -= state.source[s].real();
        if (group[other.bus] == of) sum -= state.source[s + 1].real();
    }
    return sum * grid.grid->base_mva;
}

VerifyReport check_certificates(const Case& built, const CapacityResult& result) {
    VerifyReport report;
    const Case moved = result.controls.empty() ? Case{} : with_devices(built, result.controls);
    const Case& grid = result.controls.empty() ? built : moved;
    const std::vector<std::string> unmodelled = unmodelled_options(grid, result.envelope.options);
    if (!unmodelled.empty()) {
        fail(report, "method", "the re-check does not model " + join(unmodelled, ", "));
    } else if (result.directions.empty()) {
        fail(report, "solved", "the result has no direction");
    } else {
        for (const DirectionResult& direction : result.directions) check_direction(grid, result, direction, report);
    }
    explain(report);
    return report;
}

}  // namespace araz

// The figures of a direction that follow from others by arithmetic or from the case.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "araz/base/text.hpp"
#include "certificate.hpp"
#include "own_joints.hpp"

namespace araz {

namespace {

double margin_of(const std::string& text, double ttc_mw, std::size_t ties) {
    if (text.ends_with('%')) return 0.01 * parse_double(text.substr(0, text.size() - 1)).value_or(nan_value) * std::abs(ttc_mw);
    if (text.starts_with("sqrt:")) return parse_double(text.substr(5)).value_or(nan_value) * std::sqrt(static_cast<double>(ties));
    return parse_double(text).value_or(nan_value);
}

void check_sums(DirectionCheck& check) {
    const DirectionResult& d = check.direction;
    const Certificate& c = d.certificate;
    const bool proven = !std::isnan(c.secure_mw);
    Law law = check.law("figures", 1e-6, "MW");
    law.compare(c.end_states.secure.shift_mw, c.secure_mw, "certificate.secure_mw");
    if (!std::isnan(c.end_states.insecure.shift_mw)) law.compare(c.insecure_mw, c.end_states.insecure.shift_mw, "certificate.insecure_mw");
    else law.see(std::isnan(c.insecure_mw), "certificate.insecure_mw");
    if (proven) {
        law.compare(d.delta_e_mw, c.secure_mw, "delta_e_mw");
        law.compare(d.ttc_mw, d.base_exchange_mw + d.delta_e_mw, "ttc_mw");
        law.compare(d.trm_mw, margin_of(option_word(check.options(), "trm", "0"), d.ttc_mw, d.ties.size()), "trm_mw");
        law.compare(d.ntc_mw, d.ttc_mw - d.trm_mw, "ntc_mw");
        law.compare(d.aac_mw, option_number(check.options(), "aac", 0.0), "aac_mw");
        law.compare(d.atc_mw, d.ntc_mw - d.aac_mw, "atc_mw");
        const double intact = std::isnan(c.end_states.intact_secure.shift_mw) ? 0.0 : c.end_states.intact_secure.shift_mw;
        law.compare(d.ttc_intact_mw, d.base_exchange_mw + intact, "ttc_intact_mw");
    }
    law.compare(c.tolerance_mw, option_number(check.options(), "tolerance", 1.0), "certificate.tolerance_mw");
    if (proven && !std::isnan(c.insecure_mw)) {
        law.see(std::max(0.0, c.insecure_mw - c.secure_mw - c.tolerance_mw), "certificate.insecure_mw");
        law.see(c.insecure_mw >= c.secure_mw, "certificate.insecure_mw");
    }
    if (!std::isnan(c.max_mismatch_pu)) law.see(std::max(0.0, c.max_mismatch_pu - 10.0 * option_number(check.options(), "tol", 1e-8)), "certificate.max_mismatch_pu");
    law.report(check.report);
}

// Room left on both sides in one synchronous part at the secure end, and at the base, MW.
struct PartRoom {
    double source = 0.0, sink = 0.0;
    double source_at_base = 0.0, sink_at_base = 0.0;
    bool has_source = false, has_sink = false;
};

// Room of every part that holds units of both sides: without DC lines no other can take part.
std::vector<PartRoom> rooms(const DirectionCheck& check) {
    const std::vector<int> part = own_parts(check.base_grid, {});
    std::map<int, int> node_of;
    for (const OwnSource& source : check.base_grid.sources)
        if (source.generator >= 0) node_of[source.generator + 1] = source.node;
    std::map<int, PartRoom> by_part;
    for (const GeneratorShift& shift : check.direction.shifts) {
        const auto node = node_of.find(shift.generator);
        if (node == node_of.end()) continue;
        PartRoom& room = by_part[part[node->second]];
        const bool source = shift.side == "source";
        (source ? room.source : room.sink) += std::max(0.0, source ? shift.p_max_mw - shift.shifted_mw : shift.shifted_mw - shift.p_min_mw);
        (source ? room.source_at_base : room.sink_at_base) +=
            std::max(0.0, source ? shift.p_max_mw - shift.base_mw : shift.base_mw - shift.p_min_mw);
        (source ? room.has_source : room.has_sink) = true;
    }
    std::vector<PartRoom> out;
    for (const auto& [k, room] : by_part)
        if (room.has_source && room.has_sink) out.push_back(room);
    return out;
}

// A key that ends has no room left; a search that was told where to stop stopped there.
void check_exhaustion(DirectionCheck& check) {
    const DirectionResult& d = check.direction;
    const std::string key = option_word(check.options(), "key", "headroom");
    Law law = check.law("exhaustion", d.certificate.tolerance_mw, "MW");
    if (d.limit.cause == "none_up_to_max")
        law.see(d.certificate.secure_mw - option_number(check.options(), "max", nan_value), "certificate.secure_mw");
    // Loads move within themselves, pg has no limits, and DC lines may carry less than the units behind them.
    const bool by_units = key != "load" && key != "pg" && !(check.with_dc_lines && !check.grid.dc_lines.empty());
    if (by_units && (d.limit.cause == "key_source" || d.limit.cause == "key_sink")) {
        // Of several parts that share the shift the first to end ends the transfer, on whichever side it ends.
        const std::vector<PartRoom> parts = rooms(check);
        double room = HUGE_VAL;
        for (const PartRoom& part : parts) {
            const double named = d.limit.cause == "key_source" ? part.source : part.sink;
            room = std::min(room, parts.size() == 1 ? named : std::min(part.source, part.sink));
            // A key is also used up when all that it had at the base is shifted: what its units then give more, or
            // take less, covers losses.
            const double volume = d.limit.cause == "key_source" ? part.source_at_base : part.sink_at_base;
            if (parts.size() == 1) room = std::min(room, std::abs(volume - d.delta_e_mw));
        }
        law.see(std::isnan(room) ? HUGE_VAL : room, "limit.cause");
    }
    law.report(check.report);
}

void check_steps(DirectionCheck& check) {
    const DirectionResult& d = check.direction;
    Law law = check.law("steps", check.tolerance.power_mw, "MW");
    for (std::size_t k = 0; k < d.steps.size(); ++k) {
        const TransferStep& step = d.steps[k];
        const std::string where = "steps[" + std::to_string(k) + "]";
        if (d.exchange == "net" && !std::isnan(step.net_export_mw))
            law.see(step.net_export_mw - d.base_exchange_mw - step.delta_mw, where + ".net_export_mw");
        if (!std::isnan(step.worst_loading_pct)) law.see(step.worst_loading_pct >= 0.0, where + ".worst_loading_pct");
    }
    law.report(check.report);
}

void check_shifts(DirectionCheck& check) {
    const DirectionResult& d = check.direction;
    std::map<int, double> at_end;
    for (const EndStateGenerator& unit : d.certificate.end_states.secure.generators) at_end[unit.generator] = unit.p_mw;
    std::map<int, double> at_base;
    for (std::size_t s = 0; s < check.base_grid.sources.size(); ++s)
        if (const int row = check.base_grid.sources[s].generator; row >= 0)
            at_base[row + 1] = d.exchange == "net" ? check.base.source[s].real() * check.grid.base_mva : check.grid.generators[row].pg_mw;
    Law law = check.law("shifts", check.tolerance.power_mw, "MW");
    for (const GeneratorShift& shift : d.shifts) {
        const std::string where = "shifts: generator " + std::to_string(shift.generator);
        const bool known = at_end.contains(shift.generator) && at_base.contains(shift.generator);
        law.see(known, where);
        if (!known) continue;
        const GeneratorRow& row = check.grid.generators[static_cast<std::size_t>(shift.generator) - 1];
        law.see(shift.shifted_mw - at_end[shift.generator], where + " shifted_mw");
        law.see(shift.base_mw - at_base[shift.generator], where + " base_mw");
        if (std::isfinite(row.pmin_mw)) law.see(shift.p_min_mw - row.pmin_mw, where + " p_min_mw");
        if (std::isfinite(row.pmax_mw)) law.see(shift.p_max_mw - row.pmax_mw, where + " p_max_mw");
        law.see(check.group[check.base_grid.row(row.bus)] == (shift.side == "source" ? 0 : 1), where + " side");
    }
    law.report(check.report);
}

void check_ties(DirectionCheck& check, const SolvedEnd& end) {
    Law law = check.law("ties", check.tolerance.power_mw, "MW");
    std::map<int, std::complex<double>> expected;  // by branch number
    const auto crosses = [&](int row) {
        const BranchRow& branch = check.grid.branches[row];
        return check.group[end.own.row(branch.from_bus)] != check.group[end.own.row(branch.to_bus)];
    };
    for (const OwnBranch& branch : end.own.branches)
        if (branch.carries && crosses(branch.row)) expected.emplace(branch.row + 1, own_flow(end.own, end.intact, branch.row).from);
    for (const OwnJointFlow& joint : own_joint_flows(end.own, end.intact))
        if (crosses(joint.row)) expected.emplace(joint.row + 1, joint.s);
    const std::vector<OwnReading> readings = own_readings(end.own, end.intact, check.limits, nullptr);
    for (const TieResult& tie : check.direction.ties) {
        const std::string where = "ties: branch " + std::to_string(tie.branch);
        const auto at = expected.find(tie.branch);
        law.see(at != expected.end(), where);
        if (at == expected.end()) continue;
        law.see(tie.p_mw - at->second.real() * check.grid.base_mva, where + " p_mw");
        law.see(tie.q_mvar - at->second.imag() * check.grid.base_mva, where + " q_mvar");
        for (const OwnReading& r : readings)
            if (r.kind == "thermal" && r.branch == tie.branch - 1) law.see(tie.loading_pct - 100.0 * r.severity(), where + " loading_pct");
        expected.erase(at);
    }
    for (const auto& [row, flow] : expected) law.see(false, "ties: branch " + std::to_string(row) + " is missing");
    law.report(check.report);
}

// Every pair said to be violated at the base is.
void check_base_violations(DirectionCheck& check) {
    Law law = check.law("base_violations", check.tolerance.power_mw, "MVA");
    for (const Violation& v : check.direction.base_violations) {
        const std::string where = "base_violations: " + v.kind + (v.branch > 0 ? " branch " + std::to_string(v.branch) : " bus " + std::to_string(v.bus)) +
                                  (v.contingency.empty() ? "" : " after contingency " + v.contingency);
        const OwnContingency* c = v.contingency.empty() ? nullptr : check.find(v.contingency);
        if (!v.contingency.empty() && c == nullptr) {
            law.see(false, where);
            continue;
        }
        const OwnAfter after = c == nullptr ? OwnAfter(check.base) : OwnAfter(check.base_grid, check.solver, c->outage, check.base);
        if (v.kind == "unsolved") {
            law.see(!after.state().solved, where);
            continue;
        }
        bool found = false;
        for (const OwnReading& r : after.readings(check.base_grid, check.limits, c != nullptr ? &check.base : nullptr)) {
            const bool here = v.branch > 0 ? r.branch == v.branch - 1 : r.bus >= 0 && number(check.grid.buses[r.bus].bus) == v.bus;
            if (r.kind != v.kind || !here) continue;
            found = true;
            law.see(v.value - r.value, where + " value");
            law.see(v.limit - r.limit, where + " limit");
            law.see(r.severity() > 1.0 - check.tolerance.limit_share, where);
        }
        law.see(found, where);
    }
    law.report(check.report);
}

}  // namespace

void check_direction_figures(DirectionCheck& check, const SolvedEnd* secure) {
    check_sums(check);
    check_steps(check);
    if (!std::isnan(check.direction.certificate.secure_mw)) {
        check_shifts(check);
        check_exhaustion(check);
        if (secure != nullptr && secure->intact.solved) check_ties(check, *secure);
    }
    check_base_violations(check);
}

}  // namespace araz

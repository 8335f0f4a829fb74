// What happens at the ends of the bracket: every contingency at the secure one, the named pair at the other.
#include <algorithm>
#include <cmath>

#include "araz/base/text.hpp"
#include "certificate.hpp"

namespace araz {

namespace {

// What one contingency leaves, reduced.
struct After {
    bool solved = false;
    std::string why;
    double worst_loading = 0.0;             ///< thermal value / rating
    std::vector<OwnReading> close;          ///< severity above 1 less the margin
};

constexpr double close_margin = 1e-4;

After reduce(const OwnGrid& grid, const OwnAfter& left, const OwnLimits& limits, const OwnState* before) {
    After after;
    after.solved = left.state().solved;
    after.why = left.state().why;
    for (OwnReading& reading : left.readings(grid, limits, before)) {
        if (reading.kind == "thermal") after.worst_loading = std::max(after.worst_loading, reading.severity());
        if (reading.severity() > 1.0 - close_margin) after.close.push_back(std::move(reading));
    }
    return after;
}

// How far a reading is beyond what it may have, as a share of that; <= 0 holds.
double excess(const OwnReading& reading, double permitted) {
    if (!std::isfinite(permitted)) return -HUGE_VAL;
    if (reading.kind == "thermal") return reading.value / permitted - 1.0;
    return reading.kind == "voltage_low" ? permitted - reading.value : reading.value - permitted;
}

void see_limits(DirectionCheck& check, const OwnGrid& grid, const After& after, const std::string& label, Law& law) {
    for (const OwnReading& reading : after.close) {
        if (excess(reading, reading.limit) <= check.tolerance.limit_share) continue;
        const double beyond = excess(reading, check.permitted(label, reading));
        law.see(std::max(0.0, beyond),
                "certificate.secure_mw: " + place_of(grid, reading) + (label.empty() ? " in the intact grid" : " after contingency " + label));
    }
    law.see(true, "certificate.secure_mw");
}

// "branch 888 (...) after contingency 247 (...)", or ", intact grid".
struct NamedPair {
    int branch = -1;
    std::string contingency;
};
NamedPair parse_pair(const std::string& text) {
    NamedPair pair;
    constexpr std::string_view after = " after contingency ";
    if (!text.starts_with("branch ")) return pair;
    const std::string number = text.substr(7, text.find_first_not_of("0123456789", 7) - 7);
    pair.branch = static_cast<int>(parse_integer(number).value_or(0)) - 1;
    const auto at = text.find(after);
    if (at == std::string::npos) return pair;
    const std::string rest = text.substr(at + after.size());
    pair.contingency = rest.substr(0, rest.find(" ("));
    return pair;
}

// A state after a contingency (or intact) at one end.
OwnAfter state_after(DirectionCheck& check, const SolvedEnd& end, const std::string& label) {
    const OwnContingency* c = label.empty() ? nullptr : check.find(label);
    return c == nullptr ? OwnAfter(end.intact) : OwnAfter(end.own, check.solver, c->outage, end.intact);
}
std::vector<OwnReading> readings_after(DirectionCheck& check, const SolvedEnd& end, const std::string& label) {
    return state_after(check, end, label).readings(end.own, check.limits, label.empty() ? nullptr : &end.intact);
}

void check_worst_pair(DirectionCheck& check, const SolvedEnd& end, double worst) {
    const Certificate& c = check.direction.certificate;
    Law law = check.law("secure worst loading", 1e-3, "%");
    if (std::isnan(c.worst_loading_pct)) {
        law.see(worst == 0.0, "certificate.worst_loading_pct");
    } else {
        law.compare(c.worst_loading_pct, 100.0 * worst, "certificate.worst_loading_pct");
        const NamedPair pair = parse_pair(c.worst_pair);
        double found = nan_value;  // pairs may tie: the one that is named has to have the largest loading, too
        const bool known = pair.contingency.empty() || check.find(pair.contingency) != nullptr;
        if (known)
            for (const OwnReading& r : readings_after(check, end, pair.contingency))
                if (r.kind == "thermal" && r.branch == pair.branch) found = 100.0 * r.severity();
        law.see(found - c.worst_loading_pct, "certificate.worst_pair");
    }
    law.report(check.report);
}

// What is measured where a limit stands; a base that is insecure keeps the place and loses the word.
std::string kind_of(const TransferLimit& limit) {
    if (limit.cause == "thermal_n1") return "thermal";
    if (limit.cause != "base_insecure") return limit.cause;
    if (limit.branch > 0) return "thermal";
    if (limit.limit < 0.3) return "voltage_step";  // no band begins that low, and no step is that large
    return limit.value < limit.limit ? "voltage_low" : "voltage_high";
}

// The reading at the place that a limit or a violation names; nothing when there is none.
std::optional<OwnReading> reading_at(DirectionCheck& check, const SolvedEnd& end, const TransferLimit& at) {
    const std::string kind = kind_of(at);
    for (const OwnReading& r : readings_after(check, end, at.contingency)) {
        const bool here = at.branch > 0 ? r.branch == at.branch - 1 : r.bus >= 0 && number(end.grid.buses[r.bus].bus) == at.bus;
        if (r.kind == kind && here) return r;
    }
    return std::nullopt;
}

double value_tolerance(const DirectionCheck& check, const std::string& unit) {
    return unit == "p.u." ? check.tolerance.voltage_pu : check.tolerance.power_mw;
}

void check_limiters(DirectionCheck& check, const SolvedEnd& end) {
    Law value = check.law("limiters", check.tolerance.power_mw, "MVA");
    for (std::size_t k = 0; k < check.direction.limiters.size(); ++k) {
        const Limiter& limiter = check.direction.limiters[k];
        const TransferLimit& at = limiter.limit;
        const std::string where = "limiters[" + std::to_string(k) + "]";
        const bool known = at.contingency.empty() || check.find(at.contingency) != nullptr;
        const auto found = known ? reading_at(check, end, at) : std::nullopt;
        value.see(found.has_value(), where);
        if (!found) continue;
        value.see(at.value - found->value, where + ".value");
        value.see(at.limit - found->limit, where + ".limit");
        OwnReading relaxed = *found;
        if (found->severity() > 1.0 - close_margin) relaxed.limit = check.permitted(at.contingency, *found);
        if (std::isfinite(relaxed.limit)) value.see(limiter.loading_pct - 100.0 * relaxed.severity(), where + ".loading_pct");
    }
    value.report(check.report);
}

// A border that only DC lines cross ends where they carry all they can: the one named stands at its limit at
// the secure end.
void check_dc_limit(DirectionCheck& check, const TransferLimit& limit, const std::string& where) {
    Law law = check.law(where + " dc_line", std::max(check.tolerance.power_mw, check.direction.certificate.tolerance_mw), "MW");
    const bool known = limit.dc_line <= static_cast<int>(check.grid.dc_lines.size());
    law.see(known && limit.branch == 0 && limit.bus == 0, where + ".dc_line");
    double p = nan_value;
    const EndStates& ends = check.direction.certificate.end_states;
    for (const EndStateDcLine& line : (where == "limit" ? ends.secure : ends.intact_secure).dc_lines)
        if (line.dc_line == limit.dc_line) p = line.p_from_mw;
    if (known) {
        const DcLineRow& row = check.grid.dc_lines[static_cast<std::size_t>(limit.dc_line) - 1];
        law.see(limit.limit == std::max(std::abs(row.pmax_mw), std::abs(row.pmin_mw)), where + ".limit");
        law.see(std::min(std::abs(p - row.pmax_mw), std::abs(p - row.pmin_mw)), where + ".dc_line");
    }
    law.see(limit.value == limit.limit, where + ".value");
    law.report(check.report);
}

void check_limit_record(DirectionCheck& check, const TransferLimit& limit, const SolvedEnd* end, const std::string& where) {
    Law law = check.law(where + " cause", 0.0, "");
    if (limit.dc_line > 0) return check_dc_limit(check, limit, where);
    const std::string kind = kind_of(limit);
    const bool measured = kind == "thermal" || kind == "voltage_low" || kind == "voltage_high" || kind == "voltage_step";
    if (limit.cause == "thermal" || limit.cause == "thermal_n1")
        law.see(limit.contingency.empty() == (limit.cause == "thermal"), where + ".cause");
    if (!measured) {  // nothing is broken there, so nothing may be named
        law.see(limit.branch == 0, where + ".branch");
        law.see(limit.bus == 0, where + ".bus");
        law.see(std::isnan(limit.value), where + ".value");
        law.see(std::isnan(limit.limit), where + ".limit");
    }
    const bool known = limit.contingency.empty() || check.find(limit.contingency) != nullptr;
    law.see(known, where + ".contingency");
    if (limit.cause == "collapse" && end != nullptr && known) {
        const bool gone = limit.contingency.empty() ? !end->intact.solved : !state_after(check, *end, limit.contingency).state().solved;
        law.see(gone, where + ".cause");
    }
    if (measured) law.see(end != nullptr && end->intact.solved, where + ".cause");
    law.report(check.report);
    if (!measured || !known || end == nullptr || !end->intact.solved) return;
    const auto found = reading_at(check, *end, limit);
    Law place = check.law(where + " violated", check.tolerance.limit_share, "of the limit");
    place.see(found.has_value(), where + (limit.branch > 0 ? ".branch" : ".bus"));
    if (found) place.see(std::max(0.0, -excess(*found, check.permitted(limit.contingency, *found))), where + (limit.branch > 0 ? ".branch" : ".bus"));
    place.report(check.report);
    if (!found) return;
    Law figures = check.law(where + " figures", value_tolerance(check, limit.unit), limit.unit);
    figures.see(limit.value - found->value, where + ".value");
    figures.see(limit.limit - found->limit, where + ".limit");
    figures.report(check.report);
}

}  // namespace

void check_secure_end(DirectionCheck& check, const SolvedEnd& end) {
    if (!end.intact.solved) return;
    const Certificate& c = check.direction.certificate;
    std::vector<OwnContingency> monitored;
    for (const OwnContingency& each : check.contingencies) {
        const std::string unsolved = each.label + ": no solution at the base";
        const bool left_out = std::find(c.contingencies_excluded.begin(), c.contingencies_excluded.end(), unsolved) != c.contingencies_excluded.end();
        if (!each.splits && !each.excluded && !left_out) monitored.push_back(each);
    }
    std::vector<After> after(monitored.size());
    solve_all(end.own, check.solver, monitored, end.intact,
              [&](std::size_t k, const OwnAfter& left) { after[k] = reduce(end.own, left, check.limits, &end.intact); });

    Law solved = check.law("secure contingencies solved", 0.0, "");
    Law limits = check.law("secure limits", check.tolerance.limit_share, "of the limit");
    const After intact = reduce(end.own, OwnAfter(end.intact), check.limits, nullptr);
    see_limits(check, end.own, intact, "", limits);
    double worst = intact.worst_loading;
    for (std::size_t k = 0; k < after.size(); ++k) {
        solved.see(after[k].solved, "contingency " + monitored[k].label + (after[k].why.empty() ? "" : ": " + after[k].why));
        if (!after[k].solved) continue;
        see_limits(check, end.own, after[k], monitored[k].label, limits);
        worst = std::max(worst, after[k].worst_loading);
    }
    solved.see(static_cast<double>(c.contingencies_solved) - static_cast<double>(monitored.size()), "certificate.contingencies_solved");
    solved.see(static_cast<double>(c.contingencies_unsolved), "certificate.contingencies_unsolved");
    solved.report(check.report);
    limits.report(check.report);
    check_worst_pair(check, end, worst);
    check_limiters(check, end);
}

void check_insecure_end(DirectionCheck& check, const SolvedEnd* end) {
    const TransferLimit& limit = check.direction.limit;
    const Violation& violation = check.direction.certificate.violation;
    check_limit_record(check, limit, end, "limit");
    const bool exhausted = limit.dc_line > 0 || limit.cause == "key_source" || limit.cause == "key_sink" || limit.cause == "none_up_to_max" ||
                           limit.cause == "collapse" || limit.cause == "solver_failure" || limit.cause == "base_insecure";
    if (violation.kind.empty()) {
        Law none = check.law("violation", 0.0, "");
        none.see(exhausted, "certificate.violation");
        none.see(violation.branch == 0 && violation.bus == 0 && std::isnan(violation.value) && std::isnan(violation.limit), "certificate.violation");
        return none.report(check.report);
    }
    Law same = check.law("violation", 0.0, "");
    same.see(violation.kind == kind_of(limit), "certificate.violation.kind");
    same.see(violation.branch == limit.branch, "certificate.violation.branch");
    same.see(violation.bus == limit.bus, "certificate.violation.bus");
    same.see(violation.contingency == limit.contingency, "certificate.violation.contingency");
    same.see(violation.value == limit.value, "certificate.violation.value");
    same.see(violation.limit == limit.limit, "certificate.violation.limit");
    same.report(check.report);
}

void check_intact_ends(DirectionCheck& check, const SolvedEnd* secure, const SolvedEnd* insecure) {
    if (secure != nullptr && secure->intact.solved) {
        Law limits = check.law("intact_secure limits", check.tolerance.limit_share, "of the limit");
        see_limits(check, secure->own, reduce(secure->own, OwnAfter(secure->intact), check.limits, nullptr), "", limits);
        limits.report(check.report);
    }
    if (check.direction.limit.cause != "base_insecure") check_limit_record(check, check.direction.intact_limit, insecure, "intact_limit");
}

// Sensitivities against the difference of both ends, within what bends in between (a twentieth) and what the two
// solvers leave open over so short a way.
void check_sensitivities(DirectionCheck& check, const SolvedEnd& secure, const SolvedEnd& insecure) {
    constexpr double bend = 0.05;
    const double width = check.direction.certificate.insecure_mw - check.direction.certificate.secure_mw;
    if (!(width > 0.0)) return;
    Law law = check.law("limiter_sensitivity", 0.0, "% per MW");
    for (std::size_t k = 0; k < check.direction.limiters.size(); ++k) {
        const Limiter& limiter = check.direction.limiters[k];
        const TransferLimit& at = limiter.limit;
        // After an outage a unit that shares the slack may stand at its limit, where it no longer moves with the shift.
        if (!at.contingency.empty() && !check.solver.slack_key.empty()) continue;
        if (!std::isfinite(limiter.sensitivity_pct_per_mw) || (!at.contingency.empty() && check.find(at.contingency) == nullptr)) continue;
        const auto from = reading_at(check, secure, at);
        const auto to = reading_at(check, insecure, at);
        if (!from || !to) continue;
        // Of the limit that counts: a policy may have widened that of a branch that was overloaded at the base.
        const double counts = from->severity() > 1.0 - close_margin ? check.permitted(at.contingency, *from) : from->limit;
        if (!std::isfinite(counts)) continue;
        const double widened = at.branch > 0 ? from->limit / counts : 1.0;
        const double slope = 100.0 * (to->severity() - from->severity()) * widened / width;
        const double scale = at.branch > 0 ? 1.0 / counts : 1.0;
        const double open = 100.0 * 2.0 * value_tolerance(check, at.branch > 0 ? "MVA" : "p.u.") * scale / width;
        law.see(std::abs(limiter.sensitivity_pct_per_mw - slope) <= bend * std::abs(slope) + open,
                "limiters[" + std::to_string(k) + "].sensitivity_pct_per_mw");
    }
    law.report(check.report);
}

}  // namespace araz

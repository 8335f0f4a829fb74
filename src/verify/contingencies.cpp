// A contingency analysis, contingency by contingency, solved again.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "araz/base/text.hpp"
#include "araz/model/end_state.hpp"
#include "own_after.hpp"

namespace araz {

namespace {

// What is compared, computed again.
struct Expected {
    OwnAfter after;
    double max_loading = nan_value, min_vm = nan_value, max_vm = nan_value, loss_mw = 0.0;
    std::vector<OwnReading> readings;
};

Expected expect(const OwnGrid& own, OwnAfter after, const OwnState& base, const OwnLimits& limits) {
    Expected e;
    e.after = std::move(after);
    const OwnGrid& grid = e.after.grid(own);
    const OwnState& state = e.after.state();
    if (!state.solved) return e;
    for (OwnReading& r : e.after.readings(own, limits, &base)) {
        if (r.kind == "thermal" && !(r.severity() * 100.0 <= e.max_loading)) e.max_loading = 100.0 * r.severity();
        e.readings.push_back(std::move(r));
    }
    for (int b = 0; b < grid.n; ++b) {
        if (state.live[b] == 0) continue;
        const double vm = std::abs(state.v[b]);
        if (!(vm >= e.min_vm)) e.min_vm = vm;
        if (!(vm <= e.max_vm)) e.max_vm = vm;
    }
    for (const OwnBranch& branch : grid.branches) {
        const OwnFlow flow = own_flow(grid, state, branch.row);
        e.loss_mw += (flow.from + flow.to).real() * grid.grid->base_mva;
    }
    return e;
}

class ContingencyCheck {
public:
    ContingencyCheck(const Case& grid, const N1Result& result, VerifyReport& report)
        : result_(result), report_(report), limits_(own_limits(result.envelope.options)),
          own_(build_own_grid(grid, grid.dc_lines_active)) {
        solver_.q_limits = option_word(result.envelope.options, "q-limits", "on") != "off";
        if (option_word(result.envelope.options, "slack", "case") == "distributed")
            solver_.slack_key = option_word(result.envelope.options, "slack-key", "pmax");
    }

    void run() {
        const OwnState base = OwnNewton(own_, solver_).solve({}, {});
        Law solved("contingency_base", 0.0, "");
        solved.see(base.solved, base.why);
        solved.report(report_);
        if (!base.solved) return;
        if (!solver_.slack_key.empty()) own_ = own_dispatched(own_, base, dispatched_);
        std::vector<OwnContingency> all = listed();
        std::vector<Expected> expected(all.size());
        solve_all(own_, solver_, all, base,
                  [&](std::size_t k, OwnAfter after) { expected[k] = expect(own_, std::move(after), base, limits_); });
        for (std::size_t k = 0; k < all.size(); ++k) compare(result_.contingencies[k], expected[k]);
        summarise();
        for (const Law* law : {&rows_, &status_, &loading_, &voltage_, &power_, &violations_}) law->report(report_);
    }

private:
    // The outages that the result lists; and all that the options ask for have to be among them.
    std::vector<OwnContingency> listed() {
        std::vector<OwnContingency> all;
        std::set<std::string> labels;
        for (const ContingencyResult& c : result_.contingencies) {
            OwnContingency own{c.contingency, {}, false, false};
            bool known = !c.outage.empty();
            for (const std::string& element : c.outage) known = add_outage(*own_.grid, element, own.outage) && known;
            rows_.see(known && labels.insert(c.contingency).second, "contingency " + c.contingency);
            all.push_back(std::move(own));
        }
        if (!result_.screen.audited) labels.insert(result_.screen.contingencies.begin(), result_.screen.contingencies.end());
        for (const OwnContingency& c : own_contingencies(own_, result_.envelope.options, {}))
            if (!c.excluded) rows_.see(labels.contains(c.label), "contingency " + c.label + " is missing");
        return all;
    }

    void compare(const ContingencyResult& found, const Expected& e) {
        const std::string what = "contingency " + found.contingency;
        const bool said = is_solved(found.main_island);
        const OwnState& state = e.after.state();
        status_.see(said == state.solved, what + (state.why.empty() ? "" : ": " + state.why));
        status_.see((found.status == SolveStatus::islanded) == (state.lost_buses > 0), what + ": islanding");
        status_.see(found.lost_buses == state.lost_buses, what + " lost_buses");
        const double base_mva = own_.grid->base_mva;
        power_.see(found.lost_load_mw - state.lost_load * base_mva, what + " lost_load_mw");
        power_.see(found.lost_generation_mw - state.lost_generation * base_mva, what + " lost_generation_mw");
        if (!said || !state.solved) return;
        loading_.compare(found.max_loading_pct, e.max_loading, what + " max_loading_pct");
        voltage_.see(found.min_vm_pu - e.min_vm, what + " min_vm_pu");
        voltage_.see(found.max_vm_pu - e.max_vm, what + " max_vm_pu");
        power_.see(found.loss_mw - e.loss_mw, what + " loss_mw");
        see_named(found, e, what);
        see_violations(found, e, what);
    }

    // The elements said to have the extremes have them.
    void see_named(const ContingencyResult& found, const Expected& e, const std::string& what) {
        if (found.max_loading_branch > 0) {
            double loading = nan_value;
            for (const OwnReading& r : e.readings)
                if (r.branch == found.max_loading_branch - 1) loading = 100.0 * r.severity();
            loading_.see(loading - found.max_loading_pct, what + " max_loading_branch");
        }
        const auto vm_at = [&](std::int64_t bus) {
            const OwnGrid& grid = e.after.grid(own_);
            const int row = grid.row(BusId{bus});
            const int node = row < 0 ? -1 : grid.node_of[row];
            return node < 0 ? nan_value : std::abs(e.after.state().v[node]);
        };
        voltage_.see(vm_at(found.min_vm_bus) - found.min_vm_pu, what + " min_vm_bus");
        voltage_.see(vm_at(found.max_vm_bus) - found.max_vm_pu, what + " max_vm_bus");
    }

    void see_violations(const ContingencyResult& found, const Expected& e, const std::string& what) {
        constexpr double margin = 2e-6;  // of the limit: in between, rounding decides
        std::vector<const Violation*> open;
        for (const Violation& v : found.violations) open.push_back(&v);
        for (const OwnReading& r : e.readings) {
            const auto at = std::find_if(open.begin(), open.end(), [&](const Violation* v) {
                const bool here = r.branch >= 0 ? v->branch == r.branch + 1 : v->bus == number(own_.grid->buses[r.bus].bus) && v->branch == 0;
                return v->kind == r.kind && here;
            });
            const std::string element = what + ": " + place_of(own_, r);
            if (at == open.end()) {
                if (r.severity() > 1.0 + margin) violations_.see(false, element + " is not listed");
                continue;
            }
            const double tolerance = r.branch >= 0 ? 1e-3 : 1e-6;  // MVA and p.u.
            violations_.see(r.severity() > 1.0 - margin, element + " is no violation");
            violations_.see(std::abs((*at)->value - r.value) <= tolerance, element + " value");
            violations_.see(std::abs((*at)->limit - r.limit) <= tolerance, element + " limit");
            open.erase(at);
        }
        for (const Violation* v : open) violations_.see(false, what + ": " + v->kind + " is nowhere");
        violations_.see(true, what);
    }

    void summarise() {
        N1Summary sum;
        double worst = nan_value;
        for (const ContingencyResult& c : result_.contingencies) {
            const bool solved = is_solved(c.main_island);
            ++(!solved ? sum.unsolved : c.status == SolveStatus::islanded ? sum.islanding : sum.solved);
            if (!c.violations.empty()) ++sum.with_violations;
            if (solved && c.max_loading_branch != 0 && !(c.max_loading_pct <= worst)) worst = c.max_loading_pct;
        }
        const N1Summary& found = result_.summary;
        rows_.see(found.solved == sum.solved, "summary.solved");
        rows_.see(found.islanding == sum.islanding, "summary.islanding");
        rows_.see(found.unsolved == sum.unsolved, "summary.unsolved");
        rows_.see(found.with_violations == sum.with_violations, "summary.with_violations");
        loading_.compare(found.worst_loading_pct, worst, "summary.worst_loading_pct");
    }

    const N1Result& result_;
    VerifyReport& report_;
    OwnLimits limits_;
    OwnOptions solver_;
    OwnGrid own_;
    Case dispatched_;
    Law rows_{"contingency_rows", 0.0, ""}, status_{"contingency_status", 0.0, ""};
    Law loading_{"contingency_loading", 1e-3, "%"}, voltage_{"contingency_voltage", 1e-6, "p.u."};
    Law power_{"contingency_power", 1e-3, "MW"}, violations_{"contingency_violations", 0.0, ""};
};

}  // namespace

VerifyReport check_contingencies(const Case& built, const N1Result& result) {
    VerifyReport report;
    Case moved;
    if (!result.base.controls.empty()) moved = with_devices(built, result.base.controls);
    const Case& grid = result.base.controls.empty() ? built : moved;
    const std::vector<std::string> unmodelled = unmodelled_options(grid, result.envelope.options);
    if (unmodelled.empty()) {
        ContingencyCheck(grid, result, report).run();
    } else {
        Law method("method", 0.0, "");
        method.see(false, "the re-check does not model " + join(unmodelled, ", "));
        method.report(report);
    }
    for (const LawCheck& check : report.checks) {
        if (check.passed()) continue;
        Finding finding;
        finding.code = "AZ5010";
        finding.element = check.element;
        finding.message = "law '" + check.law + "' fails at " + std::to_string(check.failed) + " of " + std::to_string(check.checked) +
                          " places, worst " + check.element;
        if (std::isfinite(check.deviation))
            finding.message += ": off by " + shortest(check.deviation) + " " + check.unit + ", allowed " + shortest(check.tolerance);
        report.findings.push_back(std::move(finding));
    }
    return report;
}

}  // namespace araz

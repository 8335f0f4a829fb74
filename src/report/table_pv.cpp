#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "araz/report/pv_tables.hpp"
#include "table_pf.hpp"
#include "table_text.hpp"
#include "table_words.hpp"

namespace araz {

namespace {

std::string end_words(const PvCurve& curve) {
    if (curve.end == "nose") return "nose (saddle-node bifurcation: the Jacobian is singular)";
    if (curve.end == "limit_induced") return "limit-induced bifurcation: a reactive or active limit ends the range";
    if (curve.end == "limit") return "first limit of flow or voltage";
    if (curve.end == "target") return "--max reached; the nose lies beyond";
    if (curve.end == "traced") return "traced back to lambda 0 on the lower part";
    if (curve.end == "source_exhausted") return "the source side has no more to give; no nose below";
    if (curve.end == "sink_exhausted") return "the sink side cannot take more; no nose below";
    if (curve.end == "generators_exhausted") return "all generators at Pmax";
    if (curve.end == "no_regulation") return "no bus regulates voltage any more";
    if (curve.end == "unsolved_base") return "no solution was found for the start of the curve";
    if (curve.end == "point_limit") return "--max-points reached before the nose";
    return "no further point was found: a failure of the solver, not a limit of the grid";
}

std::string element(const PvEvent& event) {
    if (event.branch > 0) return branch_words(event.branch, event.branch_name);
    if (event.generator > 0) return fmt::format("generator {} at {}", event.generator, bus_words(event.bus, event.bus_name));
    return event.bus > 0 ? bus_words(event.bus, event.bus_name) : "-";
}

std::string event_table(const PvCurve& curve, const TableOptions& options) {
    TextTable table({{"event", Align::left}, {"element", Align::left}, {"lambda"}, {"MW"}, {"value"}, {"limit"},
                     {"unit", Align::left}});
    const std::size_t shown = rows_shown(curve.events.size(), options.limit);
    for (std::size_t i = 0; i < shown; ++i) {
        const PvEvent& e = curve.events[i];
        const int decimals = e.unit == "p.u." ? 4 : 2;
        table.add({e.event + (e.at_base ? " (base)" : ""), element(e), fixed(e.lambda, 6), fixed(e.mw, 2),
                   fixed(e.value, decimals), fixed(e.limit, decimals), e.unit});
    }
    return section("Events", table, options.color, shown, curve.events.size());
}

std::string critical_table(const PvCurve& curve, const TableOptions& options) {
    TextTable table({{"bus"}, {"name", Align::left}, {"participation"}, {"V p.u."}});
    for (const PvCriticalBus& c : curve.critical_buses)
        table.add({whole(c.bus), cell(c.name), fixed(c.participation, 4), fixed(c.vm_pu, 4)});
    return section("Critical buses at lambda max", table, options.color, curve.critical_buses.size(), curve.critical_buses.size());
}

// A long curve thinned evenly to what the limit allows; its first and last points always stand.
std::string point_table(const PvResult& result, const PvCurve& curve, const TableOptions& options) {
    std::vector<TextColumn> heads{{"lambda"}, {"MW"}, {"losses MW"}, {"slack MW"}, {"min V p.u."}, {"at bus"}};
    for (const PvBus& bus : result.buses) heads.push_back({fmt::format("V {}", bus.bus)});
    TextTable table(heads);
    const std::size_t total = curve.points.size();
    const std::size_t shown = rows_shown(total, options.limit);
    for (std::size_t i = 0; i < shown; ++i) {
        const PvPoint& p = curve.points[shown < 2 ? 0 : i * (total - 1) / (shown - 1)];
        std::vector<std::string> cells{fixed(p.lambda, 5), fixed(p.mw, 2), fixed(p.loss_mw, 2), fixed(p.slack_p_mw, 2),
                                       fixed(p.min_vm_pu, 4), whole(p.min_vm_bus)};
        for (const double vm : p.vm_pu) cells.push_back(fixed(vm, 4));
        table.add(cells);
    }
    return section("Curve", table, options.color, shown, total);
}

std::string curve_block(const PvResult& result, const PvCurve& curve, const TableOptions& options) {
    std::string out = fmt::format("\n=== {} ===\n", curve.contingency.empty()
                                                        ? "intact grid"
                                                        : "after outage of " + contingency_words(curve.contingency, curve.name));
    out += fact("ends with", end_words(curve));
    if (std::isnan(curve.lambda_max)) return out;
    out += fact("margin", fmt::format("{:>12} MW (lambda {})", fixed(curve.margin_mw, 2), fixed(curve.lambda_max, 6)));
    if (!curve.first_limit.empty())
        out += fact("first limit", fmt::format("{:>12} MW ({}, lambda {})", fixed(curve.first_limit_mw, 2), curve.first_limit,
                                               fixed(curve.first_limit_lambda, 6)));
    out += fact("lowest voltage", fixed(curve.vm_min_pu, 4) + " p.u. at lambda max");
    return out + event_table(curve, options) + critical_table(curve, options) + point_table(result, curve, options);
}

std::string summary(const PvResult& result, const TableOptions& options) {
    if (result.curves.size() < 2) return {};
    std::vector<const PvCurve*> order;
    for (const PvCurve& curve : result.curves) order.push_back(&curve);
    const auto margin = [](const PvCurve* c) { return std::isnan(c->margin_mw) ? -1e300 : c->margin_mw; };
    std::stable_sort(order.begin(), order.end(), [&](const PvCurve* a, const PvCurve* b) { return margin(a) < margin(b); });
    TextTable table({{"after outage of", Align::left}, {"ends with", Align::left}, {"margin MW"}, {"first limit MW"},
                     {"min V p.u."}, {"critical bus"}});
    const std::size_t shown = rows_shown(order.size(), options.limit);
    for (std::size_t i = 0; i < shown; ++i) {
        const PvCurve& c = *order[i];
        table.add({c.contingency.empty() ? "-" : contingency_words(c.contingency, c.name), c.end, fixed(c.margin_mw, 2),
                   fixed(c.first_limit_mw, 2), fixed(c.vm_min_pu, 4), c.critical_bus > 0 ? whole(c.critical_bus) : "-"});
    }
    return section("Margins, smallest first", table, options.color, shown, order.size());
}

}  // namespace

std::string to_table(const PvResult& result, const TableOptions& options) {
    std::string out = "Continuation power flow: " + case_words(result.envelope.grid) + "\n";
    if (result.curves.empty()) {
        PfResult failed;
        failed.envelope = result.envelope;
        failed.diagnosis = result.diagnosis;
        return out + fact("status", result.envelope.status) + diagnosis_table(failed, options);
    }
    const PvDirection& d = result.direction;
    if (d.kind == "transfer") out += fact("direction", fmt::format("transfer {} -> {}, key {}", cell(d.from), cell(d.to), d.key));
    else out += fact("direction", fmt::format("growth of {}; lambda 1 is {} times the base ({} MW of load)",
                                              d.grow.empty() ? "all loads and outputs" : "the loads of chosen buses",
                                              fixed(d.target, 2), fixed(d.base_load_mw, 2)));
    out += summary(result, options);
    out += curve_block(result, result.curves.front(), options);
    return out;
}

}  // namespace araz

#include "table_pf.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "table_text.hpp"
#include "table_words.hpp"

namespace araz {

namespace {

std::string power_line(double active_mw, double reactive_mvar) {
    return fmt::format("{:>12} MW {:>12} MVAr", fixed(active_mw, 2), fixed(reactive_mvar, 2));
}

std::string area_table(const PfResult& result, const TableOptions& options) {
    TextTable table({{"area"}, {"name", Align::left}, {"generation MW"}, {"load MW"}, {"losses MW"},
                     {"net export MW"}});
    const std::size_t shown = rows_shown(result.areas.size(), options.limit);
    for (std::size_t i = 0; i < shown; ++i) {
        const AreaResult& area = result.areas[i];
        table.add({whole(area.area), cell(area.name), fixed(area.generation_mw, 2), fixed(area.load_mw, 2),
                   fixed(area.loss_mw, 2), fixed(area.net_export_mw, 2)});
    }
    return section("Areas", table, options.color, shown, result.areas.size());
}

// The branch's name, unless it only repeats the two bus numbers beside it.
std::string own_name(const std::string& name, std::int64_t from_bus, std::int64_t to_bus) {
    return name == whole(from_bus) + "-" + whole(to_bus) ? std::string{} : cell(name);
}

// Rated branches by loading; without any rating, all branches by active power.
std::vector<const BranchResult*> most_loaded(const std::vector<BranchResult>& branches, bool rated) {
    std::vector<const BranchResult*> sorted;
    for (const BranchResult& branch : branches)
        if (branch.in_service && (!rated || !std::isnan(branch.loading_pct))) sorted.push_back(&branch);
    const auto weight = [rated](const BranchResult* b) {
        if (rated) return b->loading_pct;
        const double larger = std::max(std::abs(b->p_from_mw), std::abs(b->p_to_mw));
        return std::isnan(larger) ? -1.0 : larger;
    };
    std::stable_sort(sorted.begin(), sorted.end(), [&](auto* a, auto* b) { return weight(a) > weight(b); });
    return sorted;
}

std::string branch_table(const PfResult& result, const TableOptions& options) {
    const bool rated = std::any_of(result.branches.begin(), result.branches.end(),
                                   [](const BranchResult& b) { return !std::isnan(b.loading_pct); });
    const auto sorted = most_loaded(result.branches, rated);
    TextTable table({{"branch"}, {"from"}, {"to"}, {"name", Align::left}, {"P from MW"}, {"Q from MVAr"}, {"P to MW"},
                     {"Q to MVAr"}, {"loss MW"}, {"rate MVA"}, {"loading %"}});
    const std::size_t shown = rows_shown(sorted.size(), options.limit);
    for (std::size_t i = 0; i < shown; ++i) {
        const BranchResult& b = *sorted[i];
        table.add({whole(b.branch), whole(b.from_bus), whole(b.to_bus), own_name(b.name, b.from_bus, b.to_bus), fixed(b.p_from_mw, 2),
                   fixed(b.q_from_mvar, 2), fixed(b.p_to_mw, 2), fixed(b.q_to_mvar, 2),
                   fixed(b.p_from_mw + b.p_to_mw, 2), fixed(b.rate_mva, 0), fixed(b.loading_pct, 1)},
                  b.loading_pct > 100.0);
    }
    return section(rated ? "Branches by loading" : "Branches by active power (the case gives no ratings)", table,
                   options.color, shown, sorted.size());
}

// The lowest and the highest few: every bus that breaks a limit is among the violations anyway.
std::string voltage_table(const PfResult& result, const TableOptions& options) {
    std::vector<const BusResult*> sorted;
    for (const BusResult& bus : result.buses)
        if (!std::isnan(bus.vm_pu)) sorted.push_back(&bus);
    std::stable_sort(sorted.begin(), sorted.end(), [](auto* a, auto* b) { return a->vm_pu < b->vm_pu; });
    const std::size_t wanted = options.limit <= 0 ? sorted.size() : std::max<std::size_t>(1, rows_shown(10, options.limit / 2));
    TextTable table({{"bus"}, {"name", Align::left}, {"area"}, {"kV"}, {"type", Align::left}, {"Vm p.u."}, {"Va deg"},
                     {"Vmin p.u."}, {"Vmax p.u."}});
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        if (i >= wanted && i + wanted < sorted.size()) continue;
        const BusResult& b = *sorted[i];
        table.add({whole(b.bus), cell(b.name), whole(b.area), fixed(b.base_kv, 1), b.type, fixed(b.vm_pu, 4),
                   fixed(b.va_deg, 3), fixed(b.vmin_pu, 3), fixed(b.vmax_pu, 3)},
                  b.vm_pu < b.vmin_pu || b.vm_pu > b.vmax_pu);
    }
    const std::size_t shown = std::min(sorted.size(), 2 * wanted);
    return section("Voltages, lowest and highest", table, options.color, shown, sorted.size());
}

std::string dc_line_table(const PfResult& result, const TableOptions& options) {
    TextTable table({{"DC line"}, {"name", Align::left}, {"from bus"}, {"to bus"}, {"P from MW"}, {"Q from MVAr"},
                     {"P to MW"}, {"Q to MVAr"}, {"loss MW"}, {"Pmin MW"}, {"Pmax MW"}});
    std::vector<const DcLineResult*> lines;
    for (const DcLineResult& line : result.dc_lines)
        if (line.in_service) lines.push_back(&line);
    const std::size_t shown = rows_shown(lines.size(), options.limit);
    for (std::size_t i = 0; i < shown; ++i) {
        const DcLineResult& line = *lines[i];
        table.add({whole(line.dc_line), cell(line.name), whole(line.from_bus), whole(line.to_bus),
                   fixed(line.p_from_mw, 2), fixed(line.q_from_mvar, 2), fixed(line.p_to_mw, 2),
                   fixed(line.q_to_mvar, 2), fixed(line.loss_mw, 2), fixed(line.p_min_mw, 1), fixed(line.p_max_mw, 1)});
    }
    return section("DC lines", table, options.color, shown, lines.size());
}

// What LCC and VSC links have beyond a dcline.
std::string converter_table(const PfResult& result, const TableOptions& options) {
    TextTable table({{"DC line"}, {"type", Align::left}, {"power by", Align::left}, {"angle deg"}, {"set MW"}, {"holds from", Align::left},
                     {"holds to", Align::left}, {"loss from MW"}, {"loss line MW"}, {"loss to MW"}, {"at limit", Align::left}});
    std::vector<const DcLineResult*> links;
    for (const DcLineResult& line : result.dc_lines)
        if (line.in_service && line.technology != "dcline") links.push_back(&line);
    const std::size_t shown = rows_shown(links.size(), options.limit);
    for (std::size_t i = 0; i < shown; ++i) {
        const DcLineResult& line = *links[i];
        std::string limits;
        const auto add = [&](const std::string& word, const char* where) {
            if (word != "none") limits += (limits.empty() ? "" : ", ") + word + where;
        };
        add(line.p_limit, "");
        add(line.q_limit_from, " (from)");
        add(line.q_limit_to, " (to)");
        table.add({whole(line.dc_line), line.technology, line.mode, fixed(line.angle_deg, 3), fixed(line.p_set_mw, 2), line.control_from,
                   line.control_to, fixed(line.loss_from_mw, 2), fixed(line.loss_line_mw, 2), fixed(line.loss_to_mw, 2), limits},
                  !limits.empty());
    }
    return section("HVDC links", table, options.color, shown, links.size());
}

std::string limited_generators(const PfResult& result, const TableOptions& options) {
    std::vector<const GeneratorResult*> limited;
    for (const GeneratorResult& generator : result.generators)
        if (generator.limit != "none") limited.push_back(&generator);
    TextTable table({{"generator"}, {"bus"}, {"name", Align::left}, {"P MW"}, {"Q MVAr"}, {"Qmin MVAr"}, {"Qmax MVAr"},
                     {"limit", Align::left}});
    const std::size_t shown = rows_shown(limited.size(), options.limit);
    for (std::size_t i = 0; i < shown; ++i) {
        const GeneratorResult& g = *limited[i];
        table.add({whole(g.generator), whole(g.bus), cell(g.name), fixed(g.p_mw, 2), fixed(g.q_mvar, 2),
                   fixed(g.q_min_mvar, 2), fixed(g.q_max_mvar, 2), g.limit});
    }
    return section("Generators at a reactive limit", table, options.color, shown, limited.size());
}

}  // namespace

std::string tie_table(const std::vector<TieResult>& ties, const TableOptions& options, std::string_view title) {
    TextTable table({{"branch"}, {"name", Align::left}, {"from bus"}, {"to bus"}, {"from area"}, {"to area"}, {"P MW"},
                     {"Q MVAr"}, {"loading %"}});
    const std::size_t shown = rows_shown(ties.size(), options.limit);
    for (std::size_t i = 0; i < shown; ++i) {
        const TieResult& tie = ties[i];
        table.add({whole(tie.branch), own_name(tie.name, tie.from_bus, tie.to_bus), whole(tie.from_bus), whole(tie.to_bus), whole(tie.from_area),
                   whole(tie.to_area), fixed(tie.p_mw, 2), fixed(tie.q_mvar, 2), fixed(tie.loading_pct, 1)},
                  tie.loading_pct > 100.0);
    }
    return section(title, table, options.color, shown, ties.size());
}

std::string violation_table(const std::vector<Violation>& violations, const TableOptions& options,
                            std::string_view title) {
    TextTable table({{"kind", Align::left}, {"element", Align::left}, {"after outage of", Align::left}, {"value"},
                     {"limit"}, {"unit", Align::left}, {"loading %"}});
    const std::size_t shown = rows_shown(violations.size(), options.limit);
    for (std::size_t i = 0; i < shown; ++i) {
        const Violation& v = violations[i];
        const int decimals = v.unit == "p.u." ? 4 : 1;
        const std::string state = v.contingency.empty() ? "-" : contingency_words(v.contingency, v.contingency_name);
        table.add({v.kind, element_words(v), state, fixed(v.value, decimals), fixed(v.limit, decimals), v.unit,
                   fixed(v.loading_pct, 1)},
                  true);
    }
    return section(title, table, options.color, shown, violations.size());
}

// "9 of 54 regulated buses at a limit (7 at Qmax, 2 at Qmin)", and what is not as limits let it rest.
static std::string reactive_words(const ReactiveLimitCheck& check) {
    const int pinned = check.pinned_q_max + check.pinned_q_min;
    std::string out = pinned == 0 ? fmt::format("none of {} regulated buses at a limit", check.buses)
                                  : fmt::format("{} of {} regulated buses at a limit ({} at Qmax, {} at Qmin)", pinned,
                                                check.buses, check.pinned_q_max, check.pinned_q_min);
    if (check.wrong_side > 0)
        out += fmt::format(", {} on the wrong side (bus {}: {} p.u.)", check.wrong_side, whole(check.wrong_side_bus),
                           scientific(check.largest_wrong_side_pu));
    if (check.beyond_limits > 0)
        out += fmt::format(", {} beyond (bus {}: {} MVAr)", check.beyond_limits, whole(check.largest_violation_bus),
                           fixed(check.largest_violation_mvar, 2));
    return out;
}

std::string pf_summary(const PfResult& result) {
    std::string status(to_string(result.status));
    if (!result.dc) status += fmt::format(", {} iterations", result.iterations);
    if (!result.start.empty() && is_solved(result.status)) status += ", start " + result.start;
    std::string out = fact("status", status);
    if (!result.dc) out += fact("max mismatch", scientific(result.max_mismatch_pu) + " p.u.");
    if (!is_solved(result.status)) return out;
    const Totals& totals = result.totals;
    out += fact("generation", power_line(totals.generation_mw, totals.generation_mvar));
    out += fact("load", power_line(totals.load_mw, totals.load_mvar));
    if (totals.shunt_mw != 0.0 || totals.shunt_mvar != 0.0)
        out += fact("shunts", power_line(totals.shunt_mw, totals.shunt_mvar) + " injected");
    out += fact("losses", power_line(totals.loss_mw, totals.loss_mvar) + " (charging included)");
    if (totals.dc_loss_mw != 0.0 || totals.dc_mvar != 0.0)
        out += fact("DC lines", power_line(totals.dc_loss_mw, totals.dc_mvar) + " (MW lost, MVAr injected)");
    double available = 0.0, curtailed = 0.0;
    for (const GeneratorResult& unit : result.generators) {
        if (!unit.in_service || std::isnan(unit.curtailed_mw)) continue;
        available += unit.available_mw;
        curtailed += unit.curtailed_mw;
    }
    if (curtailed > 0.0) out += fact("curtailed", fmt::format("{} of {} MW available", fixed(curtailed, 2), fixed(available, 2)));
    if (result.reactive_limits.buses > 0) out += fact("Q limits", reactive_words(result.reactive_limits));
    return out;
}

std::string to_table(const PfResult& result, const TableOptions& options) {
    std::string out = fmt::format("{} power flow: {}\n", result.dc ? "DC" : "AC", case_words(result.envelope.grid));
    out += pf_summary(result);
    if (!is_solved(result.status)) return out + diagnosis_table(result, options);
    out += area_table(result, options);
    out += tie_table(result.ties, options);
    out += dc_line_table(result, options);
    out += converter_table(result, options);
    out += branch_table(result, options);
    if (!result.dc) out += voltage_table(result, options);
    out += limited_generators(result, options);
    out += control_table(result.controls, result.control_actions, options);
    out += violation_table(result.violations, options, "Violations");
    if (result.violations.empty()) out += "\nNo limit is broken.\n";
    return out;
}

}  // namespace araz

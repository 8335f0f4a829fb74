#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "araz/base/text.hpp"
#include "araz/report/tables.hpp"
#include "table_pf.hpp"
#include "table_text.hpp"
#include "table_words.hpp"

namespace araz {

namespace {

using Rows = std::vector<const ContingencyResult*>;

template <class Wanted>
Rows rows_where(const N1Result& result, Wanted&& wanted) {
    Rows rows;
    for (const ContingencyResult& row : result.contingencies)
        if (wanted(row)) rows.push_back(&row);
    return rows;
}

const ContingencyResult* find(const N1Result& result, const std::string& contingency) {
    for (const ContingencyResult& row : result.contingencies)
        if (row.contingency == contingency) return &row;
    return nullptr;
}

std::string summary_block(const N1Result& result) {
    const N1Summary& summary = result.summary;
    std::string out = fact("contingencies", fmt::format("{}: {} solved, {} split the grid, {} unsolved",
                                                        result.contingencies.size(), summary.solved, summary.islanding,
                                                        summary.unsolved));
    out += fact("with violations", whole(summary.with_violations));
    if (!std::isnan(result.screen.threshold_pct))
        out += fact("screened", fmt::format("{} estimated below {} % {}", result.screen.screened, shortest(result.screen.threshold_pct),
                                            result.screen.audited ? fmt::format("and solved all the same: {} violations and {} failures would have been missed",
                                                                                result.screen.missed.size(), result.screen.missed_unsolved.size())
                                                                  : "and not solved"));
    if (summary.worst_branch > 0) {
        const ContingencyResult* worst = find(result, summary.worst_contingency);
        out += fact("worst loading",
                    fmt::format("{} % on {}{}", fixed(summary.worst_loading_pct, 1),
                                branch_words(summary.worst_branch, worst ? worst->max_loading_branch_name : ""),
                                state_words(summary.worst_contingency, worst ? worst->name : "")));
    }
    if (!std::isnan(summary.lowest_vm_pu)) {
        const ContingencyResult* lowest = find(result, summary.lowest_vm_contingency);
        out += fact("lowest voltage",
                    fmt::format("{} p.u. at bus {}{}", fixed(summary.lowest_vm_pu, 4), summary.lowest_vm_bus,
                                state_words(summary.lowest_vm_contingency, lowest ? lowest->name : "")));
    }
    return out;
}

// By loading; contingencies without any rated branch by their lowest voltage after all others.
void sort_worst_first(Rows& rows) {
    const auto weight = [](const ContingencyResult* c) { return std::isnan(c->max_loading_pct) ? -1.0 : c->max_loading_pct; };
    const auto voltage = [](const ContingencyResult* c) { return std::isnan(c->min_vm_pu) ? 10.0 : c->min_vm_pu; };
    std::stable_sort(rows.begin(), rows.end(), [&](auto* a, auto* b) {
        return weight(a) != weight(b) ? weight(a) > weight(b) : voltage(a) < voltage(b);
    });
}

std::string worst_table(const N1Result& result, const TableOptions& options) {
    Rows rows = rows_where(result, [](const auto& c) { return is_solved(c.status); });
    sort_worst_first(rows);
    TextTable table({{"outage of", Align::left}, {"max loading %"}, {"on", Align::left}, {"Vmin p.u."}, {"at bus"},
                     {"losses MW"}, {"violations"}, {"iterations"}});
    const std::size_t shown = rows_shown(rows.size(), options.limit);
    for (std::size_t i = 0; i < shown; ++i) {
        const ContingencyResult& c = *rows[i];
        table.add({contingency_words(c.contingency, c.name), fixed(c.max_loading_pct, 1),
                   c.max_loading_branch > 0 ? branch_words(c.max_loading_branch, c.max_loading_branch_name) : "-",
                   fixed(c.min_vm_pu, 4), c.min_vm_bus == 0 ? "-" : whole(c.min_vm_bus), fixed(c.loss_mw, 2),
                   whole(static_cast<std::int64_t>(c.violations.size())), whole(c.iterations)},
                  !c.violations.empty());
    }
    return section("Contingencies, worst first", table, options.color, shown, rows.size());
}

std::string splitting_table(const N1Result& result, const TableOptions& options) {
    Rows rows = rows_where(result, [](const auto& c) { return c.status == SolveStatus::islanded; });
    std::stable_sort(rows.begin(), rows.end(), [](auto* a, auto* b) { return a->lost_load_mw > b->lost_load_mw; });
    TextTable table({{"outage of", Align::left}, {"lost load MW"}, {"lost generation MW"}, {"lost buses"},
                     {"rest of the grid", Align::left}, {"max loading %"}, {"violations"}});
    const std::size_t shown = rows_shown(rows.size(), options.limit);
    for (std::size_t i = 0; i < shown; ++i) {
        const ContingencyResult& c = *rows[i];
        table.add({contingency_words(c.contingency, c.name), fixed(c.lost_load_mw, 2), fixed(c.lost_generation_mw, 2),
                   whole(c.lost_buses), std::string(to_string(c.main_island)), fixed(c.max_loading_pct, 1),
                   whole(static_cast<std::int64_t>(c.violations.size()))},
                  !c.violations.empty() || !is_solved(c.main_island));
    }
    return section("Outages that split the grid", table, options.color, shown, rows.size());
}

std::string unsolved_table(const N1Result& result, const TableOptions& options) {
    const Rows rows = rows_where(result, [](const auto& c) {
        return !is_solved(c.status) && c.status != SolveStatus::islanded;
    });
    TextTable table({{"outage of", Align::left}, {"status", Align::left}, {"iterations"}, {"mismatch p.u."}});
    const std::size_t shown = rows_shown(rows.size(), options.limit);
    for (std::size_t i = 0; i < shown; ++i) {
        const ContingencyResult& c = *rows[i];
        table.add({contingency_words(c.contingency, c.name), std::string(to_string(c.status)), whole(c.iterations),
                   scientific(c.max_mismatch_pu)},
                  true);
    }
    return section("Contingencies without a solution", table, options.color, shown, rows.size());
}

}  // namespace

std::string to_table(const N1Result& result, const TableOptions& options) {
    std::string out = "AC contingency analysis: " + case_words(result.envelope.grid) + "\n\nBase case\n";
    out += pf_summary(result.base);
    if (!is_solved(result.base.status)) return out + diagnosis_table(result.base, options);
    out += "\nSummary\n" + summary_block(result);
    out += worst_table(result, options);
    out += splitting_table(result, options);
    out += unsolved_table(result, options);
    std::vector<Violation> all = result.base.violations;
    for (const ContingencyResult& c : result.contingencies) all.insert(all.end(), c.violations.begin(), c.violations.end());
    std::stable_sort(all.begin(), all.end(), [](const Violation& a, const Violation& b) {
        const auto weight = [](const Violation& v) { return std::isnan(v.loading_pct) ? 0.0 : v.loading_pct; };
        return weight(a) > weight(b);
    });
    out += violation_table(all, options, "Violations, thermal ones by loading");
    if (all.empty()) out += "\nNo limit is broken in any solved state.\n";
    return out;
}

}  // namespace araz

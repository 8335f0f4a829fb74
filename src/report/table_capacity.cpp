#include <fmt/format.h>

#include <cmath>

#include "araz/report/tables.hpp"
#include "table_pf.hpp"
#include "table_text.hpp"
#include "table_words.hpp"

namespace araz {

namespace {

std::string megawatts(double value) { return fmt::format("{:>12} MW", fixed(value, 2)); }

std::string figures(const DirectionResult& d) {
    std::string out = fact("exchange measure", d.exchange == "scheduled" ? "scheduled (single slack)" : "net position");
    if (!d.status.empty() && d.status != "converged") out += fact("status", d.status);
    out += fact("base exchange", megawatts(d.base_exchange_mw));
    out += fact("secure shift", megawatts(d.delta_e_mw) + " (delta E)");
    out += fact("TTC", megawatts(d.ttc_mw));
    out += fact("TTC, intact grid", megawatts(d.ttc_intact_mw));
    out += fact("TRM", megawatts(d.trm_mw));
    out += fact("NTC", megawatts(d.ntc_mw));
    if (!std::isnan(d.aac_mw)) out += fact("AAC", megawatts(d.aac_mw));
    if (!std::isnan(d.atc_mw)) out += fact("ATC", megawatts(d.atc_mw));
    if (!std::isnan(d.max_shift_mw)) out += fact("shift keys reach", megawatts(d.max_shift_mw));
    if (d.window_from_mw > 0.0)
        out += fact("secure from", megawatts(d.window_from_mw) + " (the base itself is insecure)");
    out += fact("limited by", fmt::format("{} [{}]", limit_words(d.limit), d.limit.cause));
    if (!std::isnan(d.ttc_intact_mw))
        out += fact("intact limit", fmt::format("{} [{}]", limit_words(d.intact_limit), d.intact_limit.cause));
    if (!std::isnan(d.relief_mw_per_mva))
        out += fact("more rating", fmt::format("{} MW per MVA on the binding element, the next element binds at {} MW",
                                               fixed(d.relief_mw_per_mva, 2), fixed(d.relief_next_mw, 1)));
    for (const SecureWindow& window : d.secure_again)
        out += fact("secure again", fmt::format("from {} to {} MW (levels of the audit)", fixed(window.from_mw, 1),
                                                fixed(window.to_mw, 1)));
    return out;
}

std::string certificate_block(const Certificate& c) {
    std::string out = "\nCertificate\n";
    if (std::isnan(c.secure_mw)) {
        out += "  no shift was proven secure\n";
    } else {
        out += fact("secure at", fmt::format("{}: {} contingencies solved, {} unsolved, max mismatch {} p.u.",
                                             megawatts(c.secure_mw), c.contingencies_solved, c.contingencies_unsolved,
                                             scientific(c.max_mismatch_pu)));
        if (!std::isnan(c.worst_loading_pct))
            out += fact("", fmt::format("worst loading {} %, {}", fixed(c.worst_loading_pct, 2), cell(c.worst_pair, 80)));
    }
    if (std::isnan(c.insecure_mw)) out += fact("insecure at", "no insecure shift was found");
    else out += fact("insecure at", megawatts(c.insecure_mw) + (c.violation.kind.empty() ? "" : ": " + violation_words(c.violation)));
    out += fact("tolerance", megawatts(c.tolerance_mw));
    if (!c.verified_by.empty()) out += fact("verified by", cell(c.verified_by, 80));
    return out;
}

std::string excluded_block(const Certificate& c, const TableOptions& options) {
    if (c.contingencies_excluded.empty()) return {};
    const std::size_t shown = rows_shown(c.contingencies_excluded.size(), options.limit);
    std::string out = fmt::format("\nContingencies left out ({})\n", c.contingencies_excluded.size());
    for (std::size_t i = 0; i < shown; ++i) out += "  " + cell(c.contingencies_excluded[i], 100) + "\n";
    if (shown < c.contingencies_excluded.size()) out += "  ... --limit 0 shows all\n";
    return out;
}

std::string limiter_table(const DirectionResult& d, const TableOptions& options) {
    TextTable table({{"cause", Align::left}, {"element", Align::left}, {"after outage of", Align::left}, {"loading %"},
                     {"% per MW"}, {"binds at MW"}});
    const std::size_t shown = rows_shown(d.limiters.size(), options.limit);
    for (std::size_t i = 0; i < shown; ++i) {
        const Limiter& l = d.limiters[i];
        const std::string state =
            l.limit.contingency.empty() ? "-" : contingency_words(l.limit.contingency, l.limit.contingency_name);
        table.add({l.limit.cause, element_words(l.limit), state, fixed(l.loading_pct, 1),
                   fixed(l.sensitivity_pct_per_mw, 4), fixed(l.predicted_mw, 1)});
    }
    return section("Next limits (loading at the secure shift)", table, options.color, shown, d.limiters.size());
}

std::string shift_table(const DirectionResult& d, const TableOptions& options) {
    TextTable table({{"generator"}, {"bus"}, {"name", Align::left}, {"fuel", Align::left}, {"side", Align::left},
                     {"base MW"}, {"shifted MW"}, {"change MW"}, {"Pmin MW"}, {"Pmax MW"}});
    const std::size_t shown = rows_shown(d.shifts.size(), options.limit);
    for (std::size_t i = 0; i < shown; ++i) {
        const GeneratorShift& s = d.shifts[i];
        table.add({whole(s.generator), whole(s.bus), cell(s.name), cell(s.fuel), s.side, fixed(s.base_mw, 2),
                   fixed(s.shifted_mw, 2), fixed(s.shifted_mw - s.base_mw, 2), fixed(s.p_min_mw, 1),
                   fixed(s.p_max_mw, 1)});
    }
    return section("Generators that shift", table, options.color, shown, d.shifts.size());
}

std::string remedial_table(const DirectionResult& d, const TableOptions& options) {
    if (d.remedial.empty()) return {};
    TextTable table({{"action", Align::left}, {"name", Align::left}, {"delta E MW"}, {"gain MW"}, {"then limited by", Align::left}});
    const std::size_t shown = rows_shown(d.remedial.size(), options.limit);
    for (std::size_t i = 0; i < shown; ++i) {
        const RemedialResult& r = d.remedial[i];
        table.add({cell(r.action), cell(r.name), fixed(r.delta_e_mw, 2), fixed(r.gain_mw, 2),
                   r.status == "converged" ? limit_words(r.limit) : r.status});
    }
    return section("Remedial actions", table, options.color, shown, d.remedial.size());
}

std::string reinforcement_table(const CapacityResult& result, const TableOptions& options) {
    if (result.reinforcements.empty()) return {};
    TextTable table({{"variant", Align::left}, {"direction", Align::left}, {"TTC with MW"}, {"PINT MW"},
                     {"TTC all without MW"}, {"TOOT MW"}, {"limited with it by", Align::left}});
    for (const ReinforcementResult& r : result.reinforcements)
        table.add({cell(r.variant), cell(r.from) + " -> " + cell(r.to), fixed(r.ttc_with_mw, 1), fixed(r.pint_mw, 1),
                   fixed(r.ttc_without_mw, 1), fixed(r.toot_mw, 1),
                   r.status == "converged" ? limit_words(r.limit) : r.status});
    return section("Value of reinforcements (put in one at a time, taken out one at a time)", table, options.color,
                   result.reinforcements.size(), result.reinforcements.size());
}

}  // namespace

std::string to_table(const CapacityResult& result, const TableOptions& options) {
    std::string out = "Export capacity: " + case_words(result.envelope.grid) + "\n";
    if (result.directions.empty() && !is_solved(result.base.status))
        return out + pf_summary(result.base) + diagnosis_table(result.base, options);
    for (const DirectionResult& direction : result.directions) {
        out += fmt::format("\n=== {} -> {} ===\n", cell(direction.from, 48), cell(direction.to, 48));
        out += figures(direction);
        out += certificate_block(direction.certificate);
        out += excluded_block(direction.certificate, options);
        out += limiter_table(direction, options);
        out += tie_table(direction.ties, options, "Ties at the secure shift");
        out += shift_table(direction, options);
        out += remedial_table(direction, options);
        out += violation_table(direction.base_violations, options, "Already violated in the base case");
    }
    out += control_table(result.controls, result.control_actions, options);
    out += reinforcement_table(result, options);
    return out;
}

}  // namespace araz

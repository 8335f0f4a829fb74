// The statistics of a batch for people.
#include <fmt/format.h>

#include "araz/report/batch_tables.hpp"

namespace araz {

namespace {

std::string spread(const Distribution& value, int digits) {
    if (value.count == 0) return "none";
    return fmt::format("{:.{}f} / {:.{}f} / {:.{}f}  (min {:.{}f}, max {:.{}f})", value.p5, digits, value.p50, digits,
                       value.p95, digits, value.min, digits, value.max, digits);
}

void direction(std::string& out, const DirectionStatistics& value, int limit) {
    out += fmt::format("  {} -> {}: {} answered, {} with an insecure base, {} refused, {} unsolved\n", value.from, value.to,
                       value.answered, value.base_insecure, value.refused, value.unsolved);
    out += fmt::format("    TTC P5 / P50 / P95    {} MW\n", spread(value.ttc_mw, 1));
    out += fmt::format("    base exchange         {} MW\n", spread(value.base_exchange_mw, 1));
    if (value.blocked_mwh > 0.0) out += fmt::format("    blocked               {:.1f} MWh\n", value.blocked_mwh);
    int shown = 0;
    for (const LimitingPair& pair : value.limited_by) {
        if (limit > 0 && shown++ == limit) {
            out += fmt::format("    ... and {} more\n", value.limited_by.size() - static_cast<std::size_t>(limit));
            break;
        }
        const std::string& element = pair.element_name.empty() ? pair.element : pair.element_name;
        const std::string& outage = pair.contingency_name.empty() ? pair.contingency : pair.contingency_name;
        out += fmt::format("    {:6.0f} h {:5.1f} %  {}{}{}  [{}]\n", pair.hours, 100.0 * pair.share,
                           element.empty() ? pair.cause : element, outage.empty() ? "" : " after outage of ", outage, pair.cause);
    }
}

}  // namespace

std::string to_table(const BatchStatistics& statistics, const TableOptions& options) {
    std::string out = fmt::format("Batch: {} scenarios, {} solved, {} unsolved\n", statistics.scenarios, statistics.solved,
                                  statistics.unsolved);
    for (const BatchGroupStatistics& group : statistics.groups) {
        out += fmt::format("\n=== point {}, variant {} ===\n", group.point, group.variant);
        out += fmt::format("  {} scenarios, {} solved, {} unsolved, {} with violations\n", group.scenarios, group.solved,
                           group.unsolved, group.with_violations);
        out += fmt::format("  load P5 / P50 / P95     {} MW\n", spread(group.load_mw, 1));
        out += fmt::format("  losses                  {} MW\n", spread(group.loss_mw, 1));
        out += fmt::format("  largest loading         {} %\n", spread(group.max_loading_pct, 1));
        out += fmt::format("  curtailed, short        {:.1f}, {:.1f} MWh\n", group.curtailed_mwh, group.shortage_mwh);
        for (const DirectionStatistics& one : group.directions) direction(out, one, options.limit);
    }
    return out;
}

}  // namespace araz

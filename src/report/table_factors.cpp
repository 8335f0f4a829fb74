#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "araz/report/factor_tables.hpp"
#include "table_text.hpp"
#include "table_words.hpp"

namespace araz {

namespace {

constexpr std::size_t columns_shown = 8;  // what a terminal of common width holds

std::string conventions(const FactorConvention& c) {
    std::string out = fact("model", c.model);
    if (!c.slack.empty()) out += fact("slack", c.slack + (c.slack_key.empty() ? "" : " by " + c.slack_key));
    out += fact("flow", c.flow_sign);
    out += fact("injection", c.injection_sign);
    return out;
}

// Rows in the file's order; those of a single column by the size of its factor.
template <class R>
std::vector<const R*> ordered(const std::vector<R>& rows, const std::vector<double> R::* values) {
    std::vector<const R*> out;
    for (const R& row : rows) out.push_back(&row);
    if (rows.empty() || (rows.front().*values).size() != 1) return out;
    const auto size = [&](const R* row) { return std::isnan((row->*values)[0]) ? -1.0 : std::abs((row->*values)[0]); };
    std::stable_sort(out.begin(), out.end(), [&](const R* a, const R* b) { return size(a) > size(b); });
    return out;
}

template <class R>
std::string matrix_table(std::string_view title, const std::vector<R>& rows, const std::vector<double> R::* values,
                         const std::vector<std::string>& columns, const TableOptions& options) {
    std::vector<TextColumn> heads;
    constexpr bool after_outage = requires(R row) { row.outage; };
    if constexpr (after_outage) heads.push_back({"outage"});
    heads.insert(heads.end(), {{"branch"}, {"from"}, {"to"}, {"name", Align::left}});
    const std::size_t wide = options.limit <= 0 ? columns.size() : std::min(columns.size(), columns_shown);
    for (std::size_t c = 0; c < wide; ++c) heads.push_back({cell(columns[c])});
    TextTable table(heads);
    const std::vector<const R*> order = ordered(rows, values);
    const std::size_t shown = rows_shown(order.size(), options.limit);
    for (std::size_t i = 0; i < shown; ++i) {
        const R& row = *order[i];
        std::vector<std::string> cells;
        if constexpr (after_outage) cells.push_back(whole(row.outage));
        cells.insert(cells.end(), {whole(row.branch), whole(row.from_bus), whole(row.to_bus), cell(row.name)});
        for (std::size_t c = 0; c < wide; ++c) cells.push_back(fixed((row.*values)[c], 5));
        table.add(cells);
    }
    std::string out = section(title, table, options.color, shown, order.size());
    if (!rows.empty() && wide < columns.size())
        out += fmt::format("  ... {} of {} columns; --limit 0, CSV, JSON and HDF5 have all\n", wide, columns.size());
    return out;
}

}  // namespace

std::string to_table(const PtdfResult& result, const TableOptions& options) {
    std::string out = "Power transfer distribution factors: " + case_words(result.envelope.grid) + "\n";
    out += conventions(result.convention);
    if (result.slack.size() == 1) out += fact("reference", bus_words(result.slack[0].bus, result.slack[0].name));
    std::vector<std::string> columns;
    for (const FactorColumn& column : result.columns) columns.push_back(column.column);
    out += matrix_table("MW on the branch per MW", result.branches, &TransferFactorRow::ptdf, columns, options);
    out += matrix_table("After an outage (OTDF)", result.post_outage, &OutageTransferRow::otdf, columns, options);
    TextTable table({{"column", Align::left}, {"bus"}, {"name", Align::left}, {"share"}});
    const std::size_t shown = rows_shown(result.participants.size(), options.limit);
    for (std::size_t i = 0; i < shown; ++i) {
        const FactorParticipant& p = result.participants[i];
        table.add({cell(p.column), whole(p.bus), cell(p.name), fixed(p.share, 5)});
    }
    return out + section("Shares of the shift keys", table, options.color, shown, result.participants.size());
}

std::string to_table(const LodfResult& result, const TableOptions& options) {
    std::string out = "Line outage distribution factors: " + case_words(result.envelope.grid) + "\n";
    out += fact("model", result.convention.model);
    out += fact("sign", result.convention.outage_sign);
    std::vector<std::string> columns;
    std::size_t bridges = 0;
    for (const FactorOutage& outage : result.outages) {
        columns.push_back(std::to_string(outage.outage));
        bridges += outage.splits ? 1 : 0;
    }
    if (bridges > 0) out += fact("bridges", fmt::format("{} of {} outages split the network; their factors are undefined", bridges, columns.size()));
    return out + matrix_table("Change of flow per MW on the branch that goes out (columns: its row)", result.branches,
                              &OutageFactorRow::lodf, columns, options);
}

}  // namespace araz

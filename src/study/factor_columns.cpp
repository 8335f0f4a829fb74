// What the columns of a PTDF inject, and how rows and buses are named.
#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "araz/base/text.hpp"
#include "factor_model.hpp"

namespace araz {

namespace {

// Far below any room of a key, so that nobody fills: the shares of the first MW.
constexpr double first_share = 1e-6;

// Shares of one MW by bus, ascending; empty when nobody can move. Positive for a source.
std::vector<Injection> key_injections(const Network& net, KeyKind kind, bool up, const std::vector<unsigned char>& group) {
    const ShiftKey key(net, kind, up, net.pg, group, false);
    const double amount = first_share * std::min(1.0, key.capacity());
    const std::vector<double> share = key.shares(amount);
    const double sum = std::accumulate(share.begin(), share.end(), 0.0);
    if (!(sum > 0.0)) return {};
    std::map<int, double> by_bus;
    for (std::size_t k = 0; k < share.size(); ++k)
        if (share[k] > 0.0) by_bus[key.bus_of(key.participants()[k])] += share[k] / sum;
    std::vector<Injection> injections;
    for (const auto& [bus, part] : by_bus) injections.push_back({bus, up ? part : -part});
    return injections;
}

void add_participants(const Network& net, const ColumnInjection& column, ColumnSet& set) {
    for (const Injection& at : column.injections)
        set.participants.push_back({column.label.column, at.share > 0.0 ? "source" : "sink",
                                    number(net.bus_id[at.bus]), net.source->buses[net.bus_row[at.bus]].name, at.share});
}

void add_bus(const Network& net, int row, ColumnSet& set) {
    const BusRow& source = net.source->buses[row];
    ColumnInjection column;
    column.label = {std::to_string(number(source.bus)), "bus", number(source.bus), source.name, ""};
    const auto found = net.index_of.find(number(source.bus));
    column.defined = found != net.index_of.end() && net.island[found->second] >= 0;
    if (column.defined) {
        column.injections = {{found->second, 1.0}};
    } else {
        Finding finding;
        finding.severity = Severity::warning;
        finding.code = "AZ3043";
        finding.element = "bus " + column.label.column;
        finding.message = "bus " + column.label.column + " is isolated or without supply; its factors are null";
        set.findings.push_back(finding);
    }
    set.columns.push_back(column);
}

void add_groups(const Network& net, Grouping grouping, KeyKind key, ColumnSet& set) {
    const std::vector<int>& groups = grouping == Grouping::area ? net.area : net.zone;
    const std::string word = grouping == Grouping::area ? "area" : "zone";
    for (const int group : std::set<int>(groups.begin(), groups.end())) {
        std::vector<unsigned char> inside(static_cast<std::size_t>(net.n_bus), 0);
        for (int b = 0; b < net.n_bus; ++b) inside[b] = groups[b] == group ? 1 : 0;
        ColumnInjection column;
        column.label = {word + " " + std::to_string(group), word, 0,
                        grouping == Grouping::area ? net.area_label(group) : net.zone_label(group),
                        std::string(to_string(key))};
        column.injections = key_injections(net, key, true, inside);
        column.defined = !column.injections.empty();
        if (!column.defined) {
            Finding finding;
            finding.severity = Severity::warning;
            finding.code = "AZ3043";
            finding.element = column.label.column;
            finding.message = "nobody in " + column.label.column + " takes part in the key '" + column.label.key +
                              "'; its factors are null";
            set.findings.push_back(finding);
        }
        add_participants(net, column, set);
        set.columns.push_back(column);
    }
}

Result<ColumnInjection> transfer(const Network& net, const ExchangeSides& sides, KeyKind key) {
    ColumnInjection column;
    column.label = {sides.from + " -> " + sides.to, "transfer", 0, "", std::string(to_string(key))};
    for (const bool up : {true, false}) {
        const std::vector<Injection> moved = key_injections(net, key, up, up ? sides.in_from : sides.in_to);
        if (moved.empty())
            return Error::make(ErrorKind::usage, "AZ3042",
                               "nobody on the side '" + (up ? sides.from : sides.to) + "' can " +
                                   (up ? "raise" : "lower") + " its infeed by the key '" + column.label.key + "'",
                               "use another --key, for example pmax or load");
        column.injections.insert(column.injections.end(), moved.begin(), moved.end());
    }
    return column;
}

}  // namespace

Result<ColumnSet> make_columns(const Network& net, const FactorColumns& asked) {
    ColumnSet set;
    if (asked.sides) {
        auto column = transfer(net, *asked.sides, asked.key);
        if (!column) return column.error();
        add_participants(net, *column, set);
        set.columns.push_back(*std::move(column));
        return set;
    }
    if (asked.groups) {
        add_groups(net, *asked.groups, asked.key, set);
        return set;
    }
    for (const int row : asked.bus_rows) add_bus(net, row, set);
    if (!asked.bus_rows.empty()) return set;
    for (int b = 0; b < net.n_bus; ++b)
        if (net.island[b] >= 0) add_bus(net, net.bus_row[b], set);
    return set;
}

Result<std::vector<int>> select_branches(const Case& grid, const std::string& text, const std::string& option) {
    const long long last = static_cast<long long>(grid.branches.size());
    std::vector<int> rows;
    if (text == "all") {
        for (long long row = 0; row < last; ++row)
            if (grid.branches[static_cast<std::size_t>(row)].in_service) rows.push_back(static_cast<int>(row));
        return rows;
    }
    std::set<long long> seen;
    Findings findings;
    for (const std::string& part : split(text, ',')) {
        const auto dash = part.find('-', 1);
        const auto low = parse_integer(part.substr(0, dash));
        const auto high = dash == std::string::npos ? low : parse_integer(part.substr(dash + 1));
        if (low && high && *low >= 1 && *high >= *low && *high <= last) {
            for (long long row = *low; row <= *high; ++row)
                if (seen.insert(row).second) rows.push_back(static_cast<int>(row) - 1);
            continue;
        }
        Finding finding;
        finding.code = "AZ3040";
        finding.message = option + ": '" + part + "' is not a row of the branch table";
        finding.hint = "this case has the rows 1 to " + std::to_string(last) + "; give rows and ranges, for example 1,4,7-9";
        findings.push_back(finding);
    }
    if (!findings.empty()) return Error{ErrorKind::usage, findings};
    return rows;
}

Result<std::vector<int>> select_buses(const Case& grid, const std::string& text, const std::string& option) {
    std::map<std::string, int> row_of;
    std::vector<std::string> offered;
    for (std::size_t row = 0; row < grid.buses.size(); ++row) {
        const std::string name = to_lower(grid.buses[row].name);
        offered.push_back(std::to_string(number(grid.buses[row].bus)));
        row_of.emplace(offered.back(), static_cast<int>(row));
        if (name.empty()) continue;
        row_of.emplace(name, static_cast<int>(row));
        offered.push_back(grid.buses[row].name);
    }
    std::vector<int> rows;
    Findings findings;
    for (const std::string& part : split(text, ',')) {
        const auto found = row_of.find(to_lower(part));
        if (found != row_of.end()) {
            if (std::find(rows.begin(), rows.end(), found->second) == rows.end()) rows.push_back(found->second);
            continue;
        }
        Finding finding;
        finding.code = "AZ3041";
        finding.message = option + ": no bus is called '" + part + "'" + did_you_mean(part, offered);
        finding.hint = "give bus numbers of the case file, or bus names, comma separated";
        findings.push_back(finding);
    }
    if (!findings.empty()) return Error{ErrorKind::usage, findings};
    return rows;
}

}  // namespace araz

// What every cell of a case folder must keep, whatever the table: its type, its range, its references.
#include <algorithm>
#include <cmath>
#include <set>

#include "araz/base/text.hpp"
#include "case_folder_table.hpp"

namespace araz::folder {

namespace {

// The unit a thousand times smaller, which values are most often given in by mistake.
std::string_view thousandth_of(std::string_view unit) {
    static constexpr std::pair<std::string_view, std::string_view> pairs[] = {
        {"kV", "V"}, {"MVA", "kVA"}, {"MW", "kW"}, {"MVAr", "kVAr"}, {"km", "m"}};
    for (const auto& [large, small] : pairs)
        if (unit == large) return small;
    return {};
}

std::string with_unit(double value, std::string_view unit) {
    return shortest(value) + (unit.empty() ? "" : " " + std::string(unit));
}

std::string range_text(const ColumnSpec& column) {
    const std::string low = column.kind == Kind::positive ? "above 0" : shortest(column.low);
    if (std::isinf(column.high)) return column.kind == Kind::positive ? low : "from " + low;
    return low + (column.kind == Kind::positive ? ", up to " : " to ") + with_unit(column.high, column.unit);
}

}  // namespace

std::optional<std::vector<std::pair<double, double>>> points_of(const std::string& text) {
    std::vector<std::pair<double, double>> out;
    for (const std::string& part : split(text, ' ')) {
        if (part.empty()) continue;
        const auto colon = part.find(':');
        if (colon == std::string::npos) return std::nullopt;
        const auto x = parse_double(part.substr(0, colon));
        const auto y = parse_double(part.substr(colon + 1));
        if (!x || !y || !std::isfinite(*x) || !std::isfinite(*y) || (!out.empty() && !(*x > out.back().first))) return std::nullopt;
        out.emplace_back(*x, *y);
    }
    if (out.size() < 2) return std::nullopt;
    return out;
}

namespace {

class TableChecker {
public:
    TableChecker(const Tables& tables, const std::set<std::string>* sources, Report& report)
        : tables_(tables), sources_(sources), report_(report) {}

    void check(const Table& table);

private:
    void check_keys(const Table& table);
    void check_unique(const Table& table, std::string_view column);
    void check_cell(const Table& table, const Row& row, std::size_t column);
    void check_number(const Table& table, const Row& row, std::size_t column);
    void check_range(const Table& table, const Row& row, std::size_t column, double value);
    void check_word(const Table& table, const Row& row, std::size_t column);
    void check_reference(const Table& table, const Row& row, const Cell& cell, const Table& target,
                         std::string_view column);
    void check_name(const Table& table, const Row& row, const Cell& cell, const Table& target,
                    std::string_view column);
    void check_sources(const Table& table, const Row& row, const Cell& cell);
    void check_outage_element(const Table& table, const Row& row);

    const Tables& tables_;
    const std::set<std::string>* sources_;  // nullptr: there is no SOURCES.md
    Report& report_;
};

void TableChecker::check(const Table& table) {
    if (!table.present) return;
    check_keys(table);
    if (!table.spec().unique.empty()) check_unique(table, table.spec().unique);
    for (const Row& row : table.rows()) {
        if (report_.is_full()) return;
        for (std::size_t c = 0; c < row.cells.size(); ++c)
            if (!table.lacking[c]) check_cell(table, row, c);
        if (table.spec().name == "contingencies") check_outage_element(table, row);
    }
}

void TableChecker::check_keys(const Table& table) {
    if (!table.spec().unique_key) return;
    for (const Row& row : table.rows()) {
        const Row* first = table.find(row.key().text);
        if (first == &row || row.key().text.empty()) continue;
        report_.error(row.key().place, {"AZ1408", table.label(row),
                                        "two rows of " + table.file_name() + " are called '" + row.key().text + "'",
                                        "first on line " + std::to_string(first->key().place.line),
                                        "give one of them another name, or remove it"});
    }
}

// A column besides the key that people take for a name.
void TableChecker::check_unique(const Table& table, std::string_view column) {
    std::map<std::string_view, const Row*> first;
    for (const Row& row : table.rows()) {
        const Cell& cell = row.cells[table.at(column)];
        const auto [known, is_new] = first.emplace(cell.text, &row);
        if (is_new || cell.text.empty()) continue;
        report_.error(cell.place, {"AZ1408", table.label(row),
                                   table.label(row) + " has the same " + std::string(column) + " as " +
                                       table.label(*known->second) + ": '" + cell.text + "'",
                                   "taken already", "give one of them another name"});
    }
}

void TableChecker::check_cell(const Table& table, const Row& row, std::size_t column) {
    const ColumnSpec& spec = table.spec().columns[column];
    const Cell& cell = row.cells[column];
    if (cell.text.empty()) {
        if (spec.need == Need::may) return;
        report_.error(cell.place, {"AZ1404", column == 0 ? "" : table.label(row),
                                   (column == 0 ? "a row of " + table.file_name() : table.label(row)) + " has no " +
                                       std::string(spec.name),
                                   "a value is needed here"});
        return;
    }
    switch (spec.kind) {
        case Kind::text:
            return;
        case Kind::number:
        case Kind::positive:
        case Kind::integer:
        case Kind::flag:
            return check_number(table, row, column);
        case Kind::word:
            return check_word(table, row, column);
        case Kind::reference:
            return check_reference(table, row, cell, tables_[spec.target], spec.name);
        case Kind::zone_name:
            return check_name(table, row, cell, tables_[spec.target], spec.name);
        case Kind::sources:
            return check_sources(table, row, cell);
        case Kind::points:
            if (points_of(cell.text)) return;
            return report_.error(cell.place, {"AZ1425", table.label(row),
                                              table.label(row) + ": " + std::string(spec.name) + " '" + cell.text + "' is not a curve",
                                              "expected at least two points X:Y with growing X", "for example 0.94:30 0.98:0 1.02:0 1.06:-30"});
    }
}

void TableChecker::check_number(const Table& table, const Row& row, std::size_t column) {
    const ColumnSpec& spec = table.spec().columns[column];
    const Cell& cell = row.cells[column];
    const auto value = parse_double(cell.text);
    const bool whole = spec.kind == Kind::integer || spec.kind == Kind::flag;
    if (value && std::isfinite(*value) && (!whole || parse_integer(cell.text)))
        return check_range(table, row, column, *value);
    const bool comma = cell.text.find(',') != std::string::npos;
    report_.error(cell.place,
                  {"AZ1405", table.label(row),
                   table.label(row) + ": " + std::string(spec.name) + " '" + cell.text + "' is not a " +
                       (whole ? "whole number" : "number"),
                   spec.kind == Kind::flag ? "expected 1 or 0"
                                           : "expected " + std::string(whole ? "a whole number" : "a number") +
                                                 (spec.unit.empty() ? "" : " of " + std::string(spec.unit)),
                   comma ? "decimals are written with a point" : ""});
}

void TableChecker::check_range(const Table& table, const Row& row, std::size_t column, double value) {
    const ColumnSpec& spec = table.spec().columns[column];
    const Cell& cell = row.cells[column];
    const std::string what = table.label(row) + ": " + std::string(spec.name) + " is ";
    if (spec.kind == Kind::flag) {
        if (value == 0.0 || value == 1.0) return;
        return report_.error(cell.place,
                             {"AZ1406", table.label(row), what + cell.text, "expected 1 (in service) or 0"});
    }
    const bool low = spec.kind == Kind::positive ? value <= 0.0 : value < spec.low;
    if (!low && value <= spec.high) return;
    const std::string_view small = thousandth_of(spec.unit);
    if (!small.empty() && std::abs(value) / 1000.0 <= spec.high && std::abs(value) > spec.high)
        return report_.error(
            cell.place,
            {"AZ1415", table.label(row), what + with_unit(value, spec.unit) + ": given in " + std::string(small) + "?",
             "expected " + range_text(spec),
             "the column is in " + std::string(spec.unit) + ": " + with_unit(value / 1000.0, spec.unit) + "?"});
    report_.error(cell.place,
                  {"AZ1406", table.label(row), what + with_unit(value, spec.unit), "expected " + range_text(spec)});
}

void TableChecker::check_word(const Table& table, const Row& row, std::size_t column) {
    const ColumnSpec& spec = table.spec().columns[column];
    const Cell& cell = row.cells[column];
    const auto words = split(spec.target, '|');
    if (std::find(words.begin(), words.end(), cell.text) != words.end()) return;
    report_.error(cell.place, {"AZ1407", table.label(row),
                               table.label(row) + ": " + std::string(spec.name) + " is '" + cell.text + "'" +
                                   did_you_mean(cell.text, words),
                               "expected " + join(words, ", ")});
}

void TableChecker::check_reference(const Table& table, const Row& row, const Cell& cell, const Table& target,
                                   std::string_view column) {
    if (!target.present || target.damaged || target.find(cell.text) != nullptr) return;
    const std::string_view code = target.spec().name == "line_types" ? "AZ1410" : "AZ1409";
    const std::string message = table.label(row) + ": " + std::string(column) + " names " +
                                std::string(target.spec().element) + " '" + cell.text + "', which does not exist";
    if (const auto gone = target.removed.find(cell.text); gone != target.removed.end()) {
        // Lists about the network may speak of more than is there; the network itself may not.
        if (table.spec().name == "contingencies" || table.spec().name == "boundaries") return;
        return report_.error(cell.place, {code, table.label(row), message, "removed by a variant",
                                          "let the variant remove or change this row, too"});
    }
    report_.error(cell.place, {code, table.label(row), message, "no such row in " + target.file_name(),
                               "fix the name" + did_you_mean(cell.text, target.keys()) + ", or add the row to " +
                                   target.file_name()});
}

void TableChecker::check_name(const Table& table, const Row& row, const Cell& cell, const Table& target,
                              std::string_view column) {
    const std::size_t name_column = target.at("name");
    if (!target.present || target.damaged || target.lacking[name_column]) return;
    std::vector<std::string> names;
    for (const Row& candidate : target.rows()) names.push_back(candidate.cells[name_column].text);
    if (std::find(names.begin(), names.end(), cell.text) != names.end()) return;
    report_.error(cell.place, {"AZ1409", table.label(row),
                               table.label(row) + ": " + std::string(column) + " names the " +
                                   std::string(target.spec().element) + " '" + cell.text + "', which does not exist",
                               "no such name in " + target.file_name(),
                               "fix the name" + did_you_mean(cell.text, names) + ", or add the row to " +
                                   target.file_name()});
}

void TableChecker::check_outage_element(const Table& table, const Row& row) {
    const std::size_t kind_column = table.at("element_kind");
    const std::size_t element_column = table.at("element");
    if (table.lacking[kind_column] || table.lacking[element_column]) return;
    const Cell& element = row.cells[element_column];
    const auto& kind = row.cells[kind_column].text;
    if (element.text.empty()) return;
    for (const Table& target : tables_.all())
        if (target.spec().element == kind) check_reference(table, row, element, target, "element");
}

void TableChecker::check_sources(const Table& table, const Row& row, const Cell& cell) {
    if (sources_ == nullptr) return;
    for (const std::string& key : split(cell.text, ' ')) {
        if (key.empty() || sources_->contains(key)) continue;
        const std::vector<std::string> known(sources_->begin(), sources_->end());
        report_.warning(cell.place, {"AZ1414", table.label(row),
                                     table.label(row) + ": the source '" + key + "' is not in SOURCES.md" +
                                         did_you_mean(key, known),
                                     "no row of SOURCES.md has this key"});
    }
}

// The first cells of the rows of Markdown tables: "| AZ-N05 | ... |".
std::set<std::string> source_keys(std::string_view text) {
    std::set<std::string> keys;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        if (!line.starts_with("|")) continue;
        const std::string_view rest = line.substr(1);
        const auto key = trim(rest.substr(0, rest.find('|')));
        if (!key.empty() && key.find_first_not_of("-: ") != std::string_view::npos) keys.emplace(key);
    }
    return keys;
}

}  // namespace

void check_tables(const Tables& tables, Files& files, Report& report) {
    std::set<std::string> keys;
    bool known = false;
    if (!files.exists("SOURCES.md")) {
        report.warning(
            {}, {"AZ1414", "", files.path_of("SOURCES.md") + " is missing: the source keys of the tables lead nowhere",
                 "", "it resolves them in a table: | key | source |"});
    } else if (const auto file = files.read("SOURCES.md")) {
        keys = source_keys(files.text(*file));
        known = true;
    } else {
        report.repeat(file.error().findings);
    }
    TableChecker checker(tables, known ? &keys : nullptr, report);
    for (const Table& table : tables.all()) checker.check(table);
}

}  // namespace araz::folder

#include "case_folder_table.hpp"

#include <algorithm>

#include "araz/base/check.hpp"
#include "araz/base/text.hpp"

namespace araz::folder {

int TableSpec::column(std::string_view column_name) const {
    for (std::size_t i = 0; i < columns.size(); ++i)
        if (columns[i].name == column_name) return static_cast<int>(i);
    return -1;
}

std::vector<std::string> TableSpec::column_names() const {
    std::vector<std::string> names;
    for (const ColumnSpec& column : columns) names.emplace_back(column.name);
    return names;
}

std::string Table::label(const Row& row) const {
    return std::string(spec_->element) + " " + row.key().text;
}

std::size_t Table::at(std::string_view column) const {
    const int found = spec_->column(column);
    ARAZ_CHECK(found >= 0, std::string(spec_->name) + " has no column " + std::string(column));
    return static_cast<std::size_t>(found);
}

const Row* Table::find(const std::string& key) const {
    const auto found = index_.find(key);
    return found == index_.end() ? nullptr : &rows_[found->second];
}

std::vector<std::string> Table::keys() const {
    std::vector<std::string> out;
    out.reserve(index_.size());
    for (const Row& row : rows_)
        if (out.empty() || out.back() != row.key().text) out.push_back(row.key().text);
    return out;
}

void Table::append(Row row) {
    index_.emplace(row.key().text, rows_.size());  // the first row of a key is the one that is found
    rows_.push_back(std::move(row));
}

void Table::remove(const std::string& key) {
    std::erase_if(rows_, [&](const Row& row) { return row.key().text == key; });
    index_.clear();
    for (std::size_t i = 0; i < rows_.size(); ++i) index_.emplace(rows_[i].key().text, i);
}

void Table::set(const Row& row, std::size_t column, Cell cell) {
    rows_[static_cast<std::size_t>(&row - rows_.data())].cells[column] = std::move(cell);
}

Tables::Tables() {
    for (const TableSpec& spec : table_specs()) tables_.emplace_back(spec);
}

Table* Tables::find(std::string_view name) {
    const auto found =
        std::find_if(tables_.begin(), tables_.end(), [&](const Table& t) { return t.spec().name == name; });
    return found == tables_.end() ? nullptr : &*found;
}

const Table& Tables::operator[](std::string_view name) const {
    const Table* found = const_cast<Tables*>(this)->find(name);
    ARAZ_CHECK(found != nullptr, "no table " + std::string(name));
    return *found;
}

Table* Tables::of_element(std::string_view element) {
    const auto found =
        std::find_if(tables_.begin(), tables_.end(), [&](const Table& t) { return t.spec().element == element; });
    return found == tables_.end() ? nullptr : &*found;
}

std::string canonical_key(const ColumnSpec& column, std::string text) {
    if (column.kind != Kind::integer && column.kind != Kind::reference) return text;
    if (text.size() < 2 || text.front() != '0' || text.find_first_not_of("0123456789") != std::string::npos)
        return text;
    const auto first = text.find_first_not_of('0');
    return first == std::string::npos ? "0" : text.substr(first);
}

double number_of(const Cell& cell, double missing) {
    return cell.text.empty() ? missing : parse_double(cell.text).value_or(missing);
}

namespace {

// Which cell of a file's row fills which column of the table; -1: the file lacks it.
std::vector<int> match_header(Table& table, const CsvText& csv, Report& report) {
    const TableSpec& spec = table.spec();
    std::vector<int> from(spec.columns.size(), -1);
    std::vector<std::string> unknown;
    for (std::size_t i = 0; i < csv.header.size(); ++i) {
        const Cell& head = csv.header[i];
        const int column = spec.column(head.text);
        if (column < 0) {
            unknown.push_back(head.text);
            report.warning(head.place, {"AZ1403", "",
                                        table.file_name() + " has a column '" + head.text + "' that is not used" +
                                            did_you_mean(head.text, spec.column_names()),
                                        "not a column of this table"});
        } else if (int& slot = from[static_cast<std::size_t>(column)]; slot >= 0) {
            report.error(head.place,
                         {"AZ1408", "", "the column '" + head.text + "' stands twice in " + table.file_name(),
                          "second time", "remove one of them"});
        } else {
            slot = static_cast<int>(i);
        }
    }
    for (std::size_t c = 0; c < from.size(); ++c) {
        const ColumnSpec& column = spec.columns[c];
        if (from[c] >= 0 || column.need == Need::may) continue;
        table.lacking[c] = true;
        report.error(csv.place, {"AZ1402", "", table.file_name() + " has no column '" + std::string(column.name) + "'",
                                 "the header", "add the column" + did_you_mean(column.name, unknown)});
    }
    return from;
}

}  // namespace

void load_table(Table& table, Files& files, Report& report) {
    const std::string name = table.file_name();
    if (!files.exists(name)) {
        if (!table.spec().required) return;
        table.damaged = true;
        report.error({},
                     {"AZ1401", "", files.path_of(name) + " is missing", "",
                      "a case folder needs it, if only with its header: " + join(table.spec().column_names(), ",")});
        return;
    }
    table.damaged = true;  // until its rows are known
    const auto file = files.read(name);
    if (!file) return report.repeat(file.error().findings);
    const CsvText csv = parse_csv_cells(files, *file, report);
    if (csv.header.empty()) return;
    const std::vector<int> from = match_header(table, csv, report);
    if (from.front() < 0) return;  // rows without names say nothing more
    table.present = true;
    table.damaged = csv.damaged;
    const std::size_t width = table.spec().columns.size();
    for (const auto& cells : csv.rows) {
        Row row{std::vector<Cell>(width), cells.front().place};
        for (std::size_t c = 0; c < width; ++c) {
            if (from[c] < 0)
                row.cells[c].place = row.place;
            else
                row.cells[c] = cells[static_cast<std::size_t>(from[c])];
            row.cells[c].text = canonical_key(table.spec().columns[c], std::move(row.cells[c].text));
        }
        table.append(std::move(row));
    }
}

}  // namespace araz::folder

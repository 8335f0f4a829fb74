// The typed tables of a case folder: which columns a table has, what their cells may hold, and the rows
// as texts with their places. Overlays work on these rows; only convert_case() turns them into numbers.
#pragma once

#include <limits>
#include <map>
#include <optional>
#include <span>
#include <unordered_map>

#include "case_folder_csv.hpp"

namespace araz::folder {

enum class Kind {
    text,
    number,
    positive,  ///< a number above 0
    integer,
    flag,       ///< 0 or 1
    word,       ///< one of `target`, separated by |
    reference,  ///< the key of a row of the table `target`
    zone_name,  ///< the name, not the number, of a row of `target`
    points,     ///< pairs X:Y separated by blanks, X growing
    sources,    ///< keys of SOURCES.md, separated by blanks
};

enum class Need {
    must,  ///< the column is there and every cell is filled
    may,   ///< cells may be empty, and the column may be absent
};

struct ColumnSpec {
    std::string_view name;
    Need need = Need::must;
    Kind kind = Kind::text;
    std::string_view target = {};
    double low = -std::numeric_limits<double>::infinity();
    double high = std::numeric_limits<double>::infinity();
    std::string_view unit = {};
};

/// The first column of a table names its rows.
struct TableSpec {
    std::string_view name;     ///< "lines", the table of lines.csv
    std::string_view element;  ///< "line"
    bool required = true;
    std::span<const ColumnSpec> columns;
    std::string_view unique = {};  ///< a further column whose cells differ from row to row
    bool unique_key = true;
    bool changeable = true;  ///< by points and variants

    [[nodiscard]] std::string_view key() const { return columns.front().name; }
    [[nodiscard]] int column(std::string_view column_name) const;  ///< -1: there is none
    [[nodiscard]] std::vector<std::string> column_names() const;
};

/// All tables, in the order in which they are read and reported.
[[nodiscard]] std::span<const TableSpec> table_specs();

struct Row {
    std::vector<Cell> cells;  ///< one per column of the TableSpec
    Place place;

    [[nodiscard]] const Cell& key() const { return cells.front(); }
};

class Table {
public:
    explicit Table(const TableSpec& spec) : lacking(spec.columns.size(), false), spec_(&spec) {}

    [[nodiscard]] const TableSpec& spec() const { return *spec_; }
    [[nodiscard]] std::string file_name() const { return std::string(spec_->name) + ".csv"; }
    /// "line imishli--parsabad-230-1"
    [[nodiscard]] std::string label(const Row& row) const;
    /// Position of a column that the schema has.
    [[nodiscard]] std::size_t at(std::string_view column) const;

    [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }
    [[nodiscard]] const Row* find(const std::string& key) const;
    [[nodiscard]] std::vector<std::string> keys() const;

    /// A row of a key that is there already is kept and reported by check_tables().
    void append(Row row);
    void remove(const std::string& key);
    void set(const Row& row, std::size_t column, Cell cell);

    bool present = false;                  ///< its file was read, or an overlay added rows
    bool damaged = false;                  ///< rows are not known: nobody can tell whether a name is missing
    std::vector<bool> lacking;             ///< per column: needed, but not in the file; reported once
    std::map<std::string, Place> removed;  ///< keys that an overlay took out, and where

private:
    const TableSpec* spec_;
    std::vector<Row> rows_;
    std::unordered_map<std::string, std::size_t> index_;
};

class Tables {
public:
    Tables();

    [[nodiscard]] const Table& operator[](std::string_view name) const;
    [[nodiscard]] Table* find(std::string_view name);
    /// The table whose rows are called `element` ("line").
    [[nodiscard]] Table* of_element(std::string_view element);
    [[nodiscard]] const std::vector<Table>& all() const { return tables_; }

private:
    std::vector<Table> tables_;
};

/// Numbers that name rows compare as numbers: "0042" is row 42.
[[nodiscard]] std::string canonical_key(const ColumnSpec& column, std::string text);

/// Fills a table from its file: AZ1401 when it is missing, AZ1402, AZ1403 for its columns, AZ1411 for its rows.
void load_table(Table& table, Files& files, Report& report);

/// Types, ranges, words, keys and references of all cells, after overlays were applied: AZ1404 to AZ1410,
/// AZ1414, AZ1415.
void check_tables(const Tables& tables, Files& files, Report& report);

/// The points of a cell; nothing when they cannot be read.
[[nodiscard]] std::optional<std::vector<std::pair<double, double>>> points_of(const std::string& text);

/// The number of a cell that check_tables() accepted; `missing` for an empty one.
[[nodiscard]] double number_of(const Cell& cell, double missing = 0.0);

}  // namespace araz::folder

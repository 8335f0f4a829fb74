// Shapes in which files hold series: a shape is one file profile_*.cpp and one row of the table in profile_series.cpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "araz/io/profile_io.hpp"
#include "araz/model/table.hpp"

namespace araz::series {

/// A file of series, or a part of a folder of them, before names and units are settled.
struct Columns {
    std::vector<SeriesColumn> columns;
    std::vector<double> time;
    std::string time_units;
    double step_hours = 0.0;
    std::vector<double> values;  ///< [time x columns]
    std::vector<int> lines;      ///< [time x columns], or none
    std::vector<std::pair<std::string, std::string>> inputs;  ///< file, SHA-256
};

/// Hours since 1970 of 2025-01-01T00:00, 2025-01-01 00:00:00, 2025-01-01 or 01.01.2025 00:00 (a final Z may stand).
[[nodiscard]] std::optional<double> clock_hours(std::string_view text);

/// "2025-01-01T00:00" of hours since 1970.
[[nodiscard]] std::string clock_text(double hours);

/// A CSV file of series, with findings that know file, line and column: AZ3067.
class Sheet {
public:
    /// Errors: AZ1001 unreadable; AZ5005 to AZ5007 no CSV. A first column without a name is called time: data frames are
    /// written so.
    static Result<Sheet> read(const std::string& path, char separator = ',');

    [[nodiscard]] const Table& table() const { return table_; }
    [[nodiscard]] int column(std::string_view name) const;
    [[nodiscard]] std::size_t rows() const { return table_.rows.size(); }
    [[nodiscard]] const std::string& cell(std::size_t row, std::size_t column) const { return table_.rows[row][column]; }
    [[nodiscard]] int line(std::size_t row) const { return row < lines_.size() ? lines_[row] : 0; }

    void note_header(std::string message, std::string hint);
    void note(std::size_t row, std::size_t column, std::string message, std::string hint);
    /// A value of a series. NaN and a finding where there is none; p.u. outside 0 to 2 is a finding too.
    double value(std::size_t row, std::size_t column, bool in_mw);
    /// Times of all rows from a column of clock times, or of numbers times `step_hours`; equal steps forwards or a finding.
    void times(std::size_t column, double step_hours, Columns& out);
    /// The same for times in hours since 1970 that were put together from cells of the row.
    void times(const std::vector<double>& hours, std::size_t column, Columns& out);

    [[nodiscard]] bool failed() const { return !findings_.empty(); }
    [[nodiscard]] Error error();
    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] const std::string& sha256() const { return sha256_; }

private:
    [[nodiscard]] Finding finding(int line, int cell, std::string message, std::string hint) const;
    void check_steps(std::size_t column, Columns& out);

    std::string path_, text_, sha256_;
    char separator_ = ',';
    Table table_;
    std::vector<int> lines_;
    Findings findings_;
    std::size_t n_noted_ = 0;   ///< all, of which findings_ has the first
};

/// A finding AZ3067 without a line.
[[nodiscard]] Error unusable(const std::string& path, std::string message, std::string hint);

/// All columns but that of the time, in p.u. or MW. Errors as of Sheet.
[[nodiscard]] Result<Columns> wide_columns(Sheet& sheet, std::size_t time, double step_hours, SeriesOf of, bool in_mw);

/// Files of the same times side by side. Error AZ3067: other times.
[[nodiscard]] Result<Columns> join_columns(std::vector<Columns> parts);

struct Shape {
    std::string_view name;
    /// Is it this shape? `head`: the first line that is no comment; empty for folders and binary files.
    bool (*looks_like)(const std::string& path, std::string_view head);
    Result<Columns> (*read)(const std::string& path, const SeriesChoice& choice);
};

Result<Columns> read_wide(const std::string& path, const SeriesChoice& choice);
Result<Columns> read_long(const std::string& path, const SeriesChoice& choice);
Result<Columns> read_pypsa(const std::string& path, const SeriesChoice& choice);
Result<Columns> read_pandapower(const std::string& path, const SeriesChoice& choice);
Result<Columns> read_rts_gmlc(const std::string& path, const SeriesChoice& choice);

}  // namespace araz::series

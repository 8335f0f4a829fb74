// Series of profiles from HDF5 or from a wide CSV.
#include <chrono>
#include <cmath>

#include "araz/base/hash.hpp"
#include "araz/base/text.hpp"
#include "araz/io/csv.hpp"
#include "araz/io/files.hpp"
#include "araz/io/profile_io.hpp"
#include "case_folder_convert.hpp"
#include "csv_lines.hpp"

namespace araz {

namespace {

constexpr std::size_t max_bytes = 512ULL << 20U;
constexpr double highest_pu = 2.0;  // as in profiles.h5
constexpr double time_slack = 1e-6; // hours: minutes as decimals of an hour do not add up exactly

// Hours since 1970 of "2025-01-01T00:00", with seconds or a final Z if they are there.
std::optional<double> clock_hours(std::string_view text) {
    if (text.ends_with('Z')) text.remove_suffix(1);
    if ((text.size() != 16 && text.size() != 19) || text[4] != '-' || text[7] != '-' || text[13] != ':') return {};
    if (text[10] != 'T' && text[10] != ' ') return {};
    const auto part = [&](std::size_t at, std::size_t size) { return parse_integer(text.substr(at, size)).value_or(-1); };
    const std::chrono::year_month_day day{std::chrono::year(static_cast<int>(part(0, 4))),
                                          std::chrono::month(static_cast<unsigned>(part(5, 2))),
                                          std::chrono::day(static_cast<unsigned>(part(8, 2)))};
    const auto hour = part(11, 2);
    const auto minute = part(14, 2);
    const auto second = text.size() == 19 ? part(17, 2) : 0;
    if (!day.ok() || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return {};
    const auto days = std::chrono::sys_days(day).time_since_epoch().count();
    return static_cast<double>(days) * 24.0 + static_cast<double>(hour) + static_cast<double>(minute) / 60.0 +
           static_cast<double>(second) / 3600.0;
}

class WideCsv {
public:
    WideCsv(std::string path, const std::string& text) : path_(std::move(path)), text_(without_comments(text)) {}

    Result<ProfileSeries> read() {
        const auto table = parse_csv(text_, path_);
        if (!table) return table.error();
        lines_ = row_lines(text_);
        const int time = column_of(*table, "time");
        if (time < 0) return Error{ErrorKind::invalid_input, {finding(1, "there is no column 'time'", "name the column of the hours time")}};
        if (table->rows.size() < 2) return Error{ErrorKind::invalid_input, {finding(1, "fewer than two rows", "a row for each hour")}};
        ProfileSeries out;
        out.file = path_;
        for (std::size_t c = 0; c < table->columns.size(); ++c)
            if (static_cast<int>(c) != time) out.names.push_back(table->columns[c]);
        read_times(*table, static_cast<std::size_t>(time), out);
        for (std::size_t r = 0; r < table->rows.size(); ++r)
            for (std::size_t c = 0; c < table->columns.size(); ++c)
                if (static_cast<int>(c) != time) out.values.push_back(value(table->rows[r][c], r, table->columns[c]));
        if (!findings_.empty()) return Error{ErrorKind::invalid_input, std::move(findings_)};
        return out;
    }

private:
    Finding finding(int line, std::string message, std::string hint) const {
        Finding out;
        out.code = "AZ3067";
        out.message = std::move(message);
        out.hint = std::move(hint);
        std::size_t at = 0;
        for (int k = 1; k < line && at != std::string::npos; ++k) {
            at = text_.find('\n', at);
            if (at != std::string::npos) ++at;
        }
        out.where = point_in(text_, path_, at == std::string::npos ? text_.size() : at, 1, line);
        return out;
    }
    void note(std::size_t row, std::string message, std::string hint) {
        findings_.push_back(finding(row < lines_.size() ? lines_[row] : 0, std::move(message), std::move(hint)));
    }

    double value(const std::string& cell, std::size_t row, const std::string& column) {
        const auto number = parse_double(trim(cell));
        if (number && *number >= 0.0 && *number <= highest_pu) return *number;
        note(row, column + (trim(cell).empty() ? std::string(" has no value here") : " is '" + cell + "'"),
             "expected 0 to " + shortest(highest_pu) + " p.u.; a series has no gaps");
        return 0.0;
    }

    void read_times(const Table& table, std::size_t column, ProfileSeries& out) {
        const std::string first(trim(table.rows.front()[column]));
        const bool clock = clock_hours(first).has_value();
        const double origin = clock ? *clock_hours(first) : 0.0;
        out.time_units = clock ? "hours since " + first : "hours";
        for (std::size_t r = 0; r < table.rows.size(); ++r) {
            const std::string cell(trim(table.rows[r][column]));
            const auto hours = clock ? clock_hours(cell) : parse_double(cell);
            if (!hours || !std::isfinite(*hours)) {
                note(r, "time is '" + cell + "'", "expected hours (0, 1, 2) or times like 2025-01-01T00:00, in one manner for the whole file");
                return;
            }
            out.time.push_back(*hours - origin);
            if (r == 1) out.step_hours = out.time[1] - out.time[0];
            if (r > 0 && !(out.step_hours > 0.0)) {
                note(r, "time does not go forward", "rows in the order of time");
                return;
            }
            if (r > 1 && std::abs(out.time[r] - out.time[r - 1] - out.step_hours) > time_slack) {
                note(r, "time goes from " + shortest(out.time[r - 1]) + " to " + shortest(out.time[r]) + " h, the step before was " +
                            shortest(out.step_hours) + " h",
                     "a series has equal steps and no gaps");
                return;
            }
        }
    }

    std::string path_, text_;
    std::vector<int> lines_;
    Findings findings_;
};

}  // namespace

Result<ProfileSeries> read_series(const std::string& path) {
    auto bytes = read_file(path, max_bytes);
    if (!bytes) return bytes.error();
    const std::string sha256 = sha256_hex(*bytes);
    auto series = path.ends_with(".csv") ? WideCsv(path, *bytes).read() : folder::read_profiles(path);
    if (series) series->sha256 = sha256;
    return series;
}

}  // namespace araz

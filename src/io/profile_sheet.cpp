// CSV files of series: cells with their places, and times with equal steps.
#include <chrono>
#include <cmath>
#include <limits>

#include "araz/base/hash.hpp"
#include "araz/base/text.hpp"
#include "araz/io/csv.hpp"
#include "araz/io/files.hpp"
#include "csv_lines.hpp"
#include "profile_shapes.hpp"

namespace araz::series {

namespace {

constexpr std::size_t max_bytes = 512ULL << 20U;
constexpr double highest_pu = 2.0;   // as in profiles.h5
constexpr double time_slack = 1e-6;  // hours: minutes as decimals of an hour do not add up exactly

struct Stamp {
    long long year = -1, month = -1, day = -1, hour = 0, minute = 0, second = 0;
};

std::optional<Stamp> stamp_of(std::string_view text) {
    if (text.ends_with('Z')) text.remove_suffix(1);
    const auto part = [&](std::size_t at, std::size_t size) { return parse_integer(text.substr(at, size)).value_or(-1); };
    Stamp out;
    if (text.size() != 10 && text.size() != 16 && text.size() != 19) return {};
    if (text[4] == '-' && text[7] == '-') out = {part(0, 4), part(5, 2), part(8, 2)};
    else if (text[2] == '.' && text[5] == '.') out = {part(6, 4), part(3, 2), part(0, 2)};
    else return {};
    if (text.size() == 10) return out;
    if ((text[10] != 'T' && text[10] != ' ') || text[13] != ':') return {};
    out.hour = part(11, 2);
    out.minute = part(14, 2);
    if (text.size() == 19) out.second = text[16] == ':' ? part(17, 2) : -1;
    return out;
}

}  // namespace

std::optional<double> clock_hours(std::string_view text) {
    const auto stamp = stamp_of(text);
    if (!stamp || stamp->year < 0 || stamp->month < 0 || stamp->day < 0) return {};
    const std::chrono::year_month_day day{std::chrono::year(static_cast<int>(stamp->year)),
                                          std::chrono::month(static_cast<unsigned>(stamp->month)),
                                          std::chrono::day(static_cast<unsigned>(stamp->day))};
    const auto within = [](long long value, long long end) { return value >= 0 && value < end; };
    if (!day.ok() || !within(stamp->hour, 24) || !within(stamp->minute, 60) || !within(stamp->second, 60)) return {};
    const auto days = std::chrono::sys_days(day).time_since_epoch().count();
    return static_cast<double>(days) * 24.0 + static_cast<double>(stamp->hour) + static_cast<double>(stamp->minute) / 60.0 +
           static_cast<double>(stamp->second) / 3600.0;
}

std::string clock_text(double hours) {
    const auto minutes = std::chrono::sys_time<std::chrono::minutes>(std::chrono::minutes(std::llround(hours * 60.0)));
    const auto day = std::chrono::floor<std::chrono::days>(minutes);
    const std::chrono::year_month_day date(day);
    const auto padded = [](long long value, std::size_t size) {
        const std::string text = std::to_string(value);
        return text.size() < size ? std::string(size - text.size(), '0') + text : text;
    };
    const auto clock = (minutes - day).count();
    return padded(static_cast<int>(date.year()), 4) + "-" + padded(static_cast<unsigned>(date.month()), 2) + "-" +
           padded(static_cast<unsigned>(date.day()), 2) + "T" + padded(clock / 60, 2) + ":" + padded(clock % 60, 2);
}

Error unusable(const std::string& path, std::string message, std::string hint) {
    Finding out;
    out.code = "AZ3067";
    out.message = std::move(message);
    out.hint = std::move(hint);
    out.where = {path, 0, 0, 1, {}};
    return {ErrorKind::invalid_input, {std::move(out)}};
}

Result<Sheet> Sheet::read(const std::string& path, char separator) {
    auto bytes = read_file(path, max_bytes);
    if (!bytes) return bytes.error();
    Sheet sheet;
    sheet.path_ = path;
    sheet.sha256_ = sha256_hex(*bytes);
    sheet.separator_ = separator;
    std::string text = without_comments(*bytes);
    if (text.starts_with(std::string("\"\"") + separator)) text.erase(0, 2);
    if (text.starts_with(separator)) text.insert(0, "time");
    auto table = parse_csv(text, path, separator);
    if (!table) return table.error();
    sheet.table_ = *std::move(table);
    sheet.lines_ = row_lines(text);
    sheet.text_ = std::move(text);
    return sheet;
}

int Sheet::column(std::string_view name) const { return column_of(table_, name); }

Finding Sheet::finding(int line, int cell, std::string message, std::string hint) const {
    Finding out;
    out.code = "AZ3067";
    out.message = std::move(message);
    out.hint = std::move(hint);
    std::size_t at = 0;
    for (int k = 1; k < line && at != std::string::npos; ++k) {
        at = text_.find('\n', at);
        if (at != std::string::npos) ++at;
    }
    if (at == std::string::npos) at = text_.size();
    const std::size_t start = at;
    bool quoted = false;
    for (int left = cell; left > 0 && at < text_.size() && text_[at] != '\n'; ++at) {
        if (text_[at] == '"') quoted = !quoted;
        else if (text_[at] == separator_ && !quoted) --left;
    }
    out.where = point_in(text_, path_, at, static_cast<int>(at - start) + 1, line);
    return out;
}

void Sheet::note_header(std::string message, std::string hint) {
    ++n_noted_;
    findings_.push_back(finding(1, 0, std::move(message), std::move(hint)));
}

// A year of series in another unit is wrong in a million places: nobody reads more than the first of them.
void Sheet::note(std::size_t row, std::size_t column, std::string message, std::string hint) {
    constexpr std::size_t most_listed = 100;
    if (++n_noted_ > most_listed) return;
    findings_.push_back(finding(line(row), static_cast<int>(column), std::move(message), std::move(hint)));
}

Error Sheet::error() {
    if (n_noted_ > findings_.size()) {
        Findings all = unusable(path_, std::to_string(n_noted_) + " places cannot be used", "the first of them follow").findings;
        all.insert(all.end(), std::make_move_iterator(findings_.begin()), std::make_move_iterator(findings_.end()));
        findings_ = std::move(all);
    }
    return {ErrorKind::invalid_input, std::move(findings_)};
}

double Sheet::value(std::size_t row, std::size_t column, bool in_mw) {
    const std::string& text = cell(row, column);
    const auto number = parse_double(trim(text));
    if (number && std::isfinite(*number) && *number >= 0.0 && (in_mw || *number <= highest_pu)) return *number;
    note(row, column, table_.columns[column] + (trim(text).empty() ? std::string(" has no value here") : " is '" + text + "'"),
         in_mw ? "expected MW, not negative; a series has no gaps" : "expected 0 to " + shortest(highest_pu) + " p.u.; a series has no gaps");
    return std::numeric_limits<double>::quiet_NaN();
}

void Sheet::times(std::size_t column, double step_hours, Columns& out) {
    const std::string first(trim(cell(0, column)));
    const auto origin = clock_hours(first);
    std::vector<double> hours;
    for (std::size_t r = 0; r < rows(); ++r) {
        const std::string text(trim(cell(r, column)));
        auto hour = origin ? clock_hours(text) : parse_double(text);
        if (!hour || !std::isfinite(*hour)) {
            note(r, column, "time is '" + text + "'",
                 "expected numbers (0, 1, 2) or times like 2025-01-01T00:00, in one manner for the whole file");
            return;
        }
        hours.push_back(origin ? *hour : *hour * step_hours);
    }
    if (origin) return times(hours, column, out);
    out.time_units = "hours";
    out.time = std::move(hours);
    check_steps(column, out);
}

void Sheet::times(const std::vector<double>& hours, std::size_t column, Columns& out) {
    out.time_units = "hours since " + clock_text(hours.front());
    for (const double hour : hours) out.time.push_back(hour - hours.front());
    check_steps(column, out);
}

void Sheet::check_steps(std::size_t column, Columns& out) {
    for (std::size_t r = 1; r < out.time.size(); ++r) {
        const double step = out.time[r] - out.time[r - 1];
        if (r == 1) out.step_hours = step;
        if (!(step > 0.0)) return note(r, column, "time does not go forward", "rows in the order of time");
        if (std::abs(step - out.step_hours) > time_slack)
            return note(r, column, "time goes from " + shortest(out.time[r - 1]) + " to " + shortest(out.time[r]) + " h, the step before was " +
                                       shortest(out.step_hours) + " h",
                        "a series has equal steps and no gaps");
    }
}

Result<Columns> wide_columns(Sheet& sheet, std::size_t time, double step_hours, SeriesOf of, bool in_mw) {
    Columns out;
    if (sheet.rows() < 2) {
        sheet.note_header("fewer than two rows", "a row for each hour");
        return sheet.error();
    }
    out.inputs.emplace_back(sheet.path(), sheet.sha256());
    sheet.times(time, step_hours, out);
    for (std::size_t c = 0; c < sheet.table().columns.size(); ++c)
        if (c != time) out.columns.push_back({sheet.table().columns[c], sheet.path(), of, in_mw});
    for (std::size_t r = 0; r < sheet.rows(); ++r)
        for (std::size_t c = 0; c < sheet.table().columns.size(); ++c) {
            if (c == time) continue;
            out.values.push_back(sheet.value(r, c, in_mw));
            out.lines.push_back(sheet.line(r));
        }
    if (sheet.failed()) return sheet.error();
    return out;
}

}  // namespace araz::series

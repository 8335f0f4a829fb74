// Time series of RTS-GMLC: Year, Month, Day and Period (from 1 within the day), then MW by unit, or by region of loads.
//
// Source of the shape: the data set RTS-GMLC (Barrows et al. 2020), folder timeseries_data_files.
#include <algorithm>
#include <array>
#include <cmath>

#include "araz/base/text.hpp"
#include "profile_shapes.hpp"

namespace araz::series {

namespace {

constexpr std::array<const char*, 4> clock_columns{"Year", "Month", "Day", "Period"};

constexpr std::array<long long, 6> periods_in_a_day{24, 48, 96, 144, 288, 1440};

class RtsCsv {
public:
    explicit RtsCsv(Sheet& sheet) : sheet_(sheet) {}

    Result<Columns> read() {
        for (std::size_t k = 0; k < clock_columns.size(); ++k) {
            place_[k] = sheet_.column(clock_columns[k]);
            if (place_[k] < 0) sheet_.note_header(std::string("there is no column '") + clock_columns[k] + "'",
                "series of RTS-GMLC begin Year, Month, Day, Period");
        }
        if (!sheet_.failed() && sheet_.rows() < 2) sheet_.note_header("fewer than two rows", "a row for each period");
        if (sheet_.failed()) return sheet_.error();
        Columns out;
        out.inputs.emplace_back(sheet_.path(), sheet_.sha256());
        read_times(out);
        for (std::size_t c = 0; c < sheet_.table().columns.size(); ++c)
            if (!is_clock(c)) out.columns.push_back(column(c));
        for (std::size_t r = 0; r < sheet_.rows(); ++r)
            for (std::size_t c = 0; c < sheet_.table().columns.size(); ++c) {
                if (is_clock(c)) continue;
                out.values.push_back(sheet_.value(r, c, true));
                out.lines.push_back(sheet_.line(r));
            }
        if (sheet_.failed()) return sheet_.error();
        return out;
    }

private:
    [[nodiscard]] bool is_clock(std::size_t column) const {
        return std::find(place_.begin(), place_.end(), static_cast<int>(column)) != place_.end();
    }

    // A number is a region of loads, which is an area of the case; anything else is a unit.
    [[nodiscard]] SeriesColumn column(std::size_t c) const {
        const std::string& name = sheet_.table().columns[c];
        if (parse_integer(name)) return {"area " + name, sheet_.path(), SeriesOf::load, true};
        return {name, sheet_.path(), SeriesOf::unit, true};
    }

    void read_times(Columns& out) {
        std::vector<double> days;
        std::vector<long long> periods;
        for (std::size_t r = 0; r < sheet_.rows(); ++r) {
            std::array<long long, 4> part{};
            for (std::size_t k = 0; k < part.size(); ++k) {
                const std::string text(trim(sheet_.cell(r, static_cast<std::size_t>(place_[k]))));
                const auto number = parse_integer(text);
                if (!number || *number < 1)
                    return sheet_.note(r, static_cast<std::size_t>(place_[k]), std::string(clock_columns[k]) + " is '" + text +
                        "'", "expected a whole number from 1");
                part[k] = *number;
            }
            const auto two = [](long long value) { return (value < 10 ? "0" : "") + std::to_string(value); };
            const auto day = clock_hours(std::to_string(part[0]) + "-" + two(part[1]) + "-" + two(part[2]));
            if (!day) return sheet_.note(r, static_cast<std::size_t>(place_[2]), "there is no such day", "a date of the calendar");
            days.push_back(*day);
            periods.push_back(part[3]);
        }
        const long long last = *std::max_element(periods.begin(), periods.end());
        const auto* const fits = std::find_if(periods_in_a_day.begin(), periods_in_a_day.end(), [&](long long count) { return count >= last; });
        if (fits == periods_in_a_day.end())
            return sheet_.note_header("the last period of a day is " + std::to_string(last),
                "24 periods of an hour, 96 of a quarter, 288 of five minutes");
        const long long per_day = *fits;
        std::vector<double> hours;
        for (std::size_t r = 0; r < days.size(); ++r) hours.push_back(days[r] +
            static_cast<double>(periods[r] - 1) * 24.0 / static_cast<double>(per_day));
        sheet_.times(hours, static_cast<std::size_t>(place_[3]), out);
    }

    Sheet& sheet_;
    std::array<int, 4> place_{};
};

}  // namespace

Result<Columns> read_rts_gmlc(const std::string& path, const SeriesChoice&) {
    auto sheet = Sheet::read(path);
    if (!sheet) return sheet.error();
    return RtsCsv(*sheet).read();
}

}  // namespace araz::series

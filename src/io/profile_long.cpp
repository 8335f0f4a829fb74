// Long CSV: columns time, element and value, a row for each value.
#include <limits>
#include <map>

#include "araz/base/text.hpp"
#include "profile_shapes.hpp"

namespace araz::series {

namespace {

class LongCsv {
public:
    LongCsv(Sheet& sheet, bool in_mw) : sheet_(sheet), in_mw_(in_mw) {}

    Result<Columns> read() {
        for (const auto& [name, place] : {std::pair<const char*, int&>{"time", time_}, {"element", element_}, {"value", value_}}) {
            place = sheet_.column(name);
            if (place < 0) sheet_.note_header(std::string("there is no column '") + name + "'", "a long CSV has the columns time, element and value");
        }
        if (sheet_.failed()) return sheet_.error();
        for (std::size_t r = 0; r < sheet_.rows() && !sheet_.failed(); ++r) find_places(r);
        if (!sheet_.failed() && first_row_.size() < 2) sheet_.note_header("fewer than two times", "rows for each hour");
        if (sheet_.failed()) return sheet_.error();
        Columns out;
        out.inputs.emplace_back(sheet_.path(), sheet_.sha256());
        for (const std::string& name : names_) out.columns.push_back({name, sheet_.path(), SeriesOf::any, in_mw_});
        read_times(out);
        if (!sheet_.failed()) fill(out);
        if (sheet_.failed()) return sheet_.error();
        return out;
    }

private:
    void find_places(std::size_t row) {
        const std::string time(trim(sheet_.cell(row, static_cast<std::size_t>(time_))));
        const std::string element(trim(sheet_.cell(row, static_cast<std::size_t>(element_))));
        if (element.empty()) return sheet_.note(row, static_cast<std::size_t>(element_), "this row names no element", "the name of a series");
        if (times_.emplace(time, first_row_.size()).second) first_row_.push_back(row);
        if (elements_.emplace(element, names_.size()).second) names_.push_back(element);
        places_.emplace_back(times_[time], elements_[element]);
    }

    // The clock of the file: the first row of every time, in the order in which they appear.
    void read_times(Columns& out) {
        std::vector<double> hours;
        const std::size_t column = static_cast<std::size_t>(time_);
        const bool clock = clock_hours(trim(sheet_.cell(0, column))).has_value();
        for (const std::size_t row : first_row_) {
            const std::string text(trim(sheet_.cell(row, column)));
            const auto hour = clock ? clock_hours(text) : parse_double(text);
            if (!hour) return sheet_.note(row, column, "time is '" + text + "'",
                "expected hours (0, 1, 2) or times like 2025-01-01T00:00, in one manner for the whole file");
            hours.push_back(*hour);
        }
        const double origin = clock ? hours.front() : 0.0;
        out.time_units = clock ? "hours since " + clock_text(origin) : "hours";
        for (std::size_t k = 0; k < hours.size(); ++k) {
            out.time.push_back(hours[k] - origin);
            if (k == 0) continue;
            const double step = hours[k] - hours[k - 1];
            if (k == 1) out.step_hours = step;
            if (!(step > 0.0)) return sheet_.note(first_row_[k], column, "time does not go forward",
                "times in their order, those of all elements alike");
            if (step - out.step_hours > 1e-6 || out.step_hours - step > 1e-6)
                return sheet_.note(first_row_[k], column, "time goes from " + shortest(out.time[k - 1]) + " to " + shortest(out.time[k]) +
                                                              " h, the step before was " + shortest(out.step_hours) + " h",
                                   "a series has equal steps and no gaps");
        }
    }

    void fill(Columns& out) {
        const std::size_t width = names_.size();
        out.values.assign(first_row_.size() * width, std::numeric_limits<double>::quiet_NaN());
        out.lines.assign(out.values.size(), 0);
        for (std::size_t r = 0; r < sheet_.rows(); ++r) {
            const std::size_t at = places_[r].first * width + places_[r].second;
            if (out.lines[at] != 0)
                return sheet_.note(r, static_cast<std::size_t>(element_), "'" + names_[places_[r].second] + "' has a value for this time in line " +
                                                                             std::to_string(out.lines[at]) + " already",
                                                                                 "one value for each element and time");
            out.lines[at] = sheet_.line(r);
            out.values[at] = sheet_.value(r, static_cast<std::size_t>(value_), in_mw_);
        }
        for (std::size_t at = 0; at < out.values.size(); ++at)
            if (out.lines[at] == 0)
                return sheet_.note(first_row_[at / width], static_cast<std::size_t>(time_), "'" + names_[at % width] +
                    "' has no value for the time of this row",
                                   "a series has no gaps");
    }

    Sheet& sheet_;
    bool in_mw_;
    int time_ = -1, element_ = -1, value_ = -1;
    std::map<std::string, std::size_t> times_, elements_;
    std::vector<std::size_t> first_row_;  ///< of each time
    std::vector<std::string> names_;
    std::vector<std::pair<std::size_t, std::size_t>> places_;  ///< time and element of each row
};

}  // namespace

Result<Columns> read_long(const std::string& path, const SeriesChoice& choice) {
    auto sheet = Sheet::read(path);
    if (!sheet) return sheet.error();
    return LongCsv(*sheet, choice.in_mw).read();
}

}  // namespace araz::series

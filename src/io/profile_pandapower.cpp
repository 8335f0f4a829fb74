// Series as pandapower users keep them: a data frame written as CSV with semicolons (also the profiles of SimBench and
// what OutputWriter writes) or as JSON, with time steps, times or milliseconds since 1970 as its index.
//
// Source of the shape: pandapower, DFData and OutputWriter; pandas, DataFrame.to_csv and to_json (orient columns, split).
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "araz/base/hash.hpp"
#include "araz/base/text.hpp"
#include "araz/io/files.hpp"
#include "profile_shapes.hpp"

namespace araz::series {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t max_bytes = 512ULL << 20U;
constexpr double first_millisecond = 1e10;  // an index from here on is no time step: 1970-04-26 in ms

class Frame {
public:
    Frame(const std::string& path, const SeriesChoice& choice) : path_(path), choice_(choice) {}

    Result<Columns> read() {
        auto bytes = read_file(path_, max_bytes);
        if (!bytes) return bytes.error();
        out_.inputs.emplace_back(path_, sha256_hex(*bytes));
        Json json;
        try {
            json = Json::parse(*bytes);
        } catch (const Json::parse_error& error) {
            Error wrong = refuse("no JSON");
            wrong.findings[0].where = point_in(*bytes, path_, std::min(error.byte == 0 ? 0 : error.byte - 1, bytes->size()), 1, 0);
            return wrong;
        }
        const bool split = json.is_object() && json.contains("columns") && json.contains("index") && json.contains("data");
        auto read = split ? read_split(json) : read_columns(json);
        if (!read) return read.error();
        if (out_.columns.empty()) return refuse("a data frame without columns");
        if (index_.size() < 2) return refuse("fewer than two rows");
        if (auto timed = read_index(); !timed) return timed.error();
        return std::move(out_);
    }

private:
    [[nodiscard]] Error refuse(const std::string& message) const {
        return unusable(path_, message, "a data frame as pandas writes it: DataFrame.to_json(), orient columns or split");
    }
    static std::string text_of(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

    Result<double> number(const Json& value, const std::string& column, const std::string& index) const {
        if (value.is_number() && value.get<double>() >= 0.0 && (choice_.in_mw || value.get<double>() <= 2.0)) return value.get<double>();
        return unusable(path_, "column '" + column + "' is " + (value.is_null() ? "empty" : value.dump()) + " at index " + index,
                        choice_.in_mw ? "expected MW, not negative; a series has no gaps" : "expected 0 to 2 p.u.; a series has no gaps");
    }

    Result<Done> read_columns(const Json& json) {
        if (!json.is_object()) return refuse("no object of columns");
        std::vector<std::vector<double>> by_column;
        for (const auto& [name, cells] : json.items()) {
            if (!cells.is_object()) return refuse("column '" + name + "' is no object of values");
            std::vector<std::string> index;
            std::vector<double> values;
            for (const auto& [key, cell] : cells.items()) {
                index.push_back(key);
                const auto value = number(cell, name, key);
                if (!value) return value.error();
                values.push_back(*value);
            }
            if (by_column.empty()) index_ = index;
            else if (index != index_) return refuse("column '" + name + "' has another index than the first one");
            out_.columns.push_back({name, path_, SeriesOf::any, choice_.in_mw});
            by_column.push_back(std::move(values));
        }
        for (std::size_t r = 0; r < index_.size(); ++r)
            for (const std::vector<double>& column : by_column) out_.values.push_back(column[r]);
        return Done{};
    }

    Result<Done> read_split(const Json& json) {
        if (!json["columns"].is_array() || !json["index"].is_array() || !json["data"].is_array()) return refuse("columns, index and data are no lists");
        for (const Json& name : json["columns"]) out_.columns.push_back({text_of(name), path_, SeriesOf::any, choice_.in_mw});
        for (const Json& index : json["index"]) index_.push_back(text_of(index));
        if (json["data"].size() != index_.size()) return refuse("as many rows of data as there are in the index are expected");
        for (std::size_t r = 0; r < index_.size(); ++r) {
            const Json& row = json["data"][r];
            if (!row.is_array() || row.size() != out_.columns.size()) return refuse("row " + index_[r] + " has not one value for each column");
            for (std::size_t c = 0; c < row.size(); ++c) {
                const auto value = number(row[c], out_.columns[c].own_name, index_[r]);
                if (!value) return value.error();
                out_.values.push_back(*value);
            }
        }
        return Done{};
    }

    Result<Done> read_index() {
        const bool clock = clock_hours(index_[0]).has_value();
        std::vector<double> hours;
        bool milliseconds = false;
        for (const std::string& text : index_) {
            auto value = clock ? clock_hours(text) : parse_double(text);
            if (!value || !std::isfinite(*value)) return refuse("index '" + text + "' is no time step and no time");
            if (hours.empty() && !clock) milliseconds = *value >= first_millisecond;
            hours.push_back(clock ? *value : milliseconds ? *value / 3.6e6 : *value * choice_.step_hours);
        }
        const double origin = clock || milliseconds ? hours.front() : 0.0;
        out_.time_units = clock || milliseconds ? "hours since " + clock_text(origin) : "hours";
        for (std::size_t r = 0; r < hours.size(); ++r) {
            out_.time.push_back(hours[r] - origin);
            if (r == 0) continue;
            const double step = hours[r] - hours[r - 1];
            if (r == 1) out_.step_hours = step;
            if (!(step > 0.0) || std::abs(step - out_.step_hours) > 1e-6)
                return refuse("the index goes from " + index_[r - 1] + " to " + index_[r] + "; a series has equal steps forwards and no gaps");
        }
        return Done{};
    }

    std::string path_;
    const SeriesChoice& choice_;
    std::vector<std::string> index_;
    Columns out_;
};

}  // namespace

Result<Columns> read_pandapower(const std::string& path, const SeriesChoice& choice) {
    if (path.ends_with(".json")) return Frame(path, choice).read();
    auto sheet = Sheet::read(path, ';');
    if (!sheet) return sheet.error();
    if (sheet->table().columns.size() < 2) {
        sheet->note_header("no column of a series", "a data frame as DataFrame.to_csv(sep=\";\") writes it, its index first");
        return sheet->error();
    }
    return wide_columns(*sheet, 0, choice.step_hours, SeriesOf::any, choice.in_mw);
}

}  // namespace araz::series

// Series of profiles from files of any shape: which shape it is, several files together, and what series are called.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>

#include "araz/base/hash.hpp"
#include "araz/base/text.hpp"
#include "araz/io/files.hpp"
#include "case_folder_convert.hpp"
#include "profile_shapes.hpp"

namespace araz {

namespace series {

namespace {

constexpr std::size_t max_bytes = 512ULL << 20U;

Result<Columns> read_hdf5(const std::string& path, const SeriesChoice&) {
    auto bytes = read_file(path, max_bytes);
    if (!bytes) return bytes.error();
    auto read = folder::read_profiles(path);
    if (!read) return read.error();
    Columns out;
    for (const std::string& name : read->names) out.columns.push_back({name, path, SeriesOf::any, false});
    out.time = std::move(read->time);
    out.time_units = std::move(read->time_units);
    out.step_hours = read->step_hours;
    out.values = std::move(read->values);
    out.inputs.emplace_back(path, sha256_hex(*bytes));
    return out;
}

bool columns_are(std::string_view head, std::initializer_list<std::string_view> names) {
    std::vector<std::string> found;
    for (const std::string& cell : split(std::string(head), ',')) {
        std::string name(trim(cell));
        std::erase(name, '"');
        found.push_back(std::move(name));
    }
    return std::all_of(names.begin(), names.end(),
                       [&](std::string_view name) { return std::find(found.begin(), found.end(), name) != found.end(); });
}

// The first one that a file looks like is taken.
constexpr Shape shapes[] = {
    {"pypsa", [](const std::string& path, std::string_view) { return std::filesystem::is_directory(path); }, read_pypsa},
    {"hdf5", [](const std::string& path, std::string_view) { return !path.ends_with(".csv") && !path.ends_with(".json"); }, read_hdf5},
    {"pandapower", [](const std::string& path, std::string_view head) {
         return path.ends_with(".json") || head.find(';') != std::string_view::npos;
     }, read_pandapower},
    {"rts-gmlc", [](const std::string&, std::string_view head) { return columns_are(head, {"Year", "Month", "Day", "Period"}); }, read_rts_gmlc},
    {"long", [](const std::string&, std::string_view head) { return columns_are(head, {"time", "element", "value"}); }, read_long},
    {"wide", [](const std::string&, std::string_view) { return true; }, read_wide},
};

// The first line that is no comment; unreadable files show themselves when they are read.
std::string head_of(const std::string& path) {
    if (!path.ends_with(".csv")) return "";
    const auto bytes = read_file(path, max_bytes);
    if (!bytes) return "";
    for (const std::string& line : split(*bytes, '\n'))
        if (!line.empty() && line[0] != '#') return line;
    return "";
}

Result<Columns> read_one(const std::string& path, const SeriesChoice& choice) {
    const std::string head = head_of(path);
    for (const Shape& shape : shapes)
        if (choice.shape.empty() ? shape.looks_like(path, head) : shape.name == choice.shape) return shape.read(path, choice);
    return unusable(path, "there is no shape '" + choice.shape + "'", "shapes: " + join(series_shapes(), ", "));
}

// Keeps the columns `from` names, in that order.
void pick(ProfileSeries& series, const std::vector<std::size_t>& from) {
    const std::size_t width = series.names.size();
    std::vector<double> values;
    std::vector<int> lines;
    for (std::size_t r = 0; r < series.time.size(); ++r)
        for (const std::size_t c : from) {
            values.push_back(series.values[r * width + c]);
            if (!series.lines.empty()) lines.push_back(series.lines[r * width + c]);
        }
    std::vector<std::string> names;
    std::vector<SeriesColumn> columns;
    for (const std::size_t c : from) {
        names.push_back(series.names[c]);
        columns.push_back(series.columns[c]);
    }
    series.values = std::move(values);
    series.lines = std::move(lines);
    series.names = std::move(names);
    series.columns = std::move(columns);
}

// The file that says what series are called: columns series and name.
Result<Done> rename(const std::string& path, ProfileSeries& series) {
    auto sheet = Sheet::read(path);
    if (!sheet) return sheet.error();
    const int from = sheet->column("series"), to = sheet->column("name");
    if (from < 0 || to < 0) {
        sheet->note_header("there are no columns 'series' and 'name'",
            "a row for each series that is used: its name in the file, and what follows it");
        return sheet->error();
    }
    std::vector<std::size_t> picked;
    std::vector<std::string> names;
    std::map<std::string, std::size_t> seen;
    std::map<std::size_t, std::size_t> used;
    for (std::size_t r = 0; r < sheet->rows(); ++r) {
        const std::string own(trim(sheet->cell(r, static_cast<std::size_t>(from)))), name(trim(sheet->cell(r, static_cast<std::size_t>(to))));
        std::vector<std::string> known;
        std::size_t at = series.names.size();
        for (std::size_t c = 0; c < series.names.size(); ++c) {
            known.push_back(series.names[c]);
            if (series.names[c] == own) at = c;
        }
        if (at == series.names.size()) {
            sheet->note(r, static_cast<std::size_t>(from), "there is no series '" + own + "'" + did_you_mean(own, known),
                "a column of the files of series");
            continue;
        }
        if (name.empty() || !seen.emplace(name, r).second) {
            sheet->note(r, static_cast<std::size_t>(to), name.empty() ? "no name" : "'" + name + "' is named twice", "each name once");
            continue;
        }
        if (series.columns[at].in_mw && !used.emplace(at, r).second) {
            sheet->note(r, static_cast<std::size_t>(from), "'" + own + "' is in MW and has a name already", "a series in MW belongs to one name");
            continue;
        }
        picked.push_back(at);
        names.push_back(name);
    }
    if (!sheet->failed() && picked.empty()) sheet->note_header("no series is named", "a row for each series that is used");
    if (sheet->failed()) return sheet->error();
    pick(series, picked);
    for (std::size_t c = 0; c < names.size(); ++c) {
        series.names[c] = series.columns[c].own_name = names[c];
        series.columns[c].of = SeriesOf::any;
    }
    series.inputs.emplace_back(path, sheet->sha256());
    return Done{};
}

// A load and a unit may have the same name: both get their kind in front.
Result<Done> settle_names(const Columns& columns, ProfileSeries& series) {
    std::map<std::string, std::vector<std::size_t>> by_name;
    for (std::size_t c = 0; c < columns.columns.size(); ++c) by_name[columns.columns[c].own_name].push_back(c);
    for (const SeriesColumn& column : columns.columns) series.names.push_back(column.own_name);
    for (const auto& [name, places] : by_name) {
        if (places.size() == 1) continue;
        const bool both = places.size() == 2 && columns.columns[places[0]].of != columns.columns[places[1]].of;
        if (!both) return unusable(columns.columns[places[1]].file, "the series '" + name + "' stands in " +
            columns.columns[places[0]].file + " as well", "each series once");
        for (const std::size_t c : places) series.names[c] = (columns.columns[c].of == SeriesOf::load ? "load " : "unit ") + name;
    }
    return Done{};
}

}  // namespace

Result<Columns> join_columns(std::vector<Columns> parts) {
    Columns out = std::move(parts[0]);
    for (std::size_t k = 1; k < parts.size(); ++k) {
        Columns& more = parts[k];
        const bool alike = more.time.size() == out.time.size() && more.time_units == out.time_units &&
                           std::abs(more.step_hours - out.step_hours) < 1e-6 && std::abs(more.time[0] - out.time[0]) < 1e-6;
        if (!alike)
            return unusable(more.inputs[0].first, std::to_string(more.time.size()) + " times of " + shortest(more.step_hours) +
                " h in " + more.time_units +
                                                      "; " + out.inputs[0].first + " has " + std::to_string(out.time.size()) + " of " +
                                                      shortest(out.step_hours) + " h in " + out.time_units,
                            "files that are used together have the same times");
        const std::size_t a = out.columns.size(), b = more.columns.size();
        Columns wider;
        for (std::size_t r = 0; r < out.time.size(); ++r) {
            const auto add = [r](auto& to, const auto& from, std::size_t width, auto missing) {
                for (std::size_t c = 0; c < width; ++c) to.push_back(from.empty() ? missing : from[r * width + c]);
            };
            add(wider.values, out.values, a, 0.0);
            add(wider.values, more.values, b, 0.0);
            add(wider.lines, out.lines, a, 0);
            add(wider.lines, more.lines, b, 0);
        }
        out.values = std::move(wider.values);
        out.lines = std::move(wider.lines);
        out.columns.insert(out.columns.end(), more.columns.begin(), more.columns.end());
        out.inputs.insert(out.inputs.end(), more.inputs.begin(), more.inputs.end());
    }
    return out;
}

}  // namespace series

std::vector<std::string> series_shapes() {
    std::vector<std::string> out;
    for (const series::Shape& shape : series::shapes) out.emplace_back(shape.name);
    return out;
}

Result<ProfileSeries> read_series(const SeriesChoice& choice) {
    std::vector<series::Columns> parts;
    for (const std::string& file : choice.files) {
        auto part = series::read_one(file, choice);
        if (!part) return part.error();
        parts.push_back(*std::move(part));
    }
    auto columns = series::join_columns(std::move(parts));
    if (!columns) return columns.error();
    ProfileSeries out;
    out.file = choice.files[0];
    if (auto settled = series::settle_names(*columns, out); !settled) return settled.error();
    out.time = std::move(columns->time);
    out.time_units = std::move(columns->time_units);
    out.step_hours = columns->step_hours;
    out.values = std::move(columns->values);
    out.lines = std::move(columns->lines);
    out.columns = std::move(columns->columns);
    out.inputs = std::move(columns->inputs);
    if (!choice.names_file.empty())
        if (auto renamed = series::rename(choice.names_file, out); !renamed) return renamed.error();
    out.sha256 = out.inputs[0].second;
    return out;
}

}  // namespace araz

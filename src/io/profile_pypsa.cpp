// A folder of CSV files as PyPSA exports it: what of it changes with the time.
//
// Source of the shape: PyPSA, documentation of the import and export of CSV folders.
#include <array>
#include <filesystem>

#include "profile_shapes.hpp"

namespace araz::series {

namespace {

struct Part {
    const char* file;
    SeriesOf of;
    bool in_mw;
};

constexpr std::array<Part, 3> parts{{{"generators-p_max_pu.csv", SeriesOf::unit, false},
                                     {"generators-p_set.csv", SeriesOf::unit, true},
                                     {"loads-p_set.csv", SeriesOf::load, true}}};

}  // namespace

Result<Columns> read_pypsa(const std::string& path, const SeriesChoice&) {
    std::optional<Columns> clock;
    const std::string snapshots = path + "/snapshots.csv";
    if (std::filesystem::exists(snapshots)) {
        auto sheet = Sheet::read(snapshots);
        if (!sheet) return sheet.error();
        if (sheet->rows() < 2) {
            sheet->note_header("fewer than two snapshots", "a row for each hour");
            return sheet->error();
        }
        clock.emplace();
        sheet->times(0, 1.0, *clock);
        if (sheet->failed()) return sheet->error();
        clock->inputs.emplace_back(sheet->path(), sheet->sha256());
    }
    std::vector<Columns> found;
    for (const Part& part : parts) {
        const std::string file = path + "/" + part.file;
        if (!std::filesystem::exists(file)) continue;
        auto sheet = Sheet::read(file);
        if (!sheet) return sheet.error();
        auto columns = wide_columns(*sheet, 0, 1.0, part.of, part.in_mw);
        if (!columns) return columns.error();
        if (clock && columns->time.size() != clock->time.size()) {
            sheet->note_header(std::to_string(columns->time.size()) + " rows, snapshots.csv has " + std::to_string(clock->time.size()),
                               "a row for each snapshot");
            return sheet->error();
        }
        if (clock && (columns->time_units != clock->time_units || columns->step_hours != clock->step_hours)) {
            sheet->note_header("times other than those of snapshots.csv", "the snapshots of the network");
            return sheet->error();
        }
        found.push_back(*std::move(columns));
    }
    if (found.empty())
        return unusable(path, "no series in this folder", "looked for generators-p_max_pu.csv, generators-p_set.csv and loads-p_set.csv of PyPSA");
    auto joined = join_columns(std::move(found));
    if (joined && clock) joined->inputs.insert(joined->inputs.begin(), clock->inputs.begin(), clock->inputs.end());
    return joined;
}

}  // namespace araz::series

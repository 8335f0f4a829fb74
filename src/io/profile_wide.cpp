// Wide CSV: a column time, and a column for each series.
#include "profile_shapes.hpp"

namespace araz::series {

Result<Columns> read_wide(const std::string& path, const SeriesChoice& choice) {
    auto sheet = Sheet::read(path);
    if (!sheet) return sheet.error();
    const int time = sheet->column("time");
    if (time < 0) {
        sheet->note_header("there is no column 'time'", "name the column of the hours time; docs/batch.md has the other shapes");
        return sheet->error();
    }
    return wide_columns(*sheet, static_cast<std::size_t>(time), 1.0, SeriesOf::any, choice.in_mw);
}

}  // namespace araz::series

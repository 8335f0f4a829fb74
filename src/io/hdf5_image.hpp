// An HDF5 file built in memory by the rules that let xarray, ncdump, h5py, MATLAB and Julia open it: a
// dimension scale on every axis, variable-length UTF-8 strings only, no times in objects.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hdf5_handles.hpp"
#include "result_columns.hpp"

namespace araz {

class Hdf5Image {
public:
    Hdf5Image();

    /// Opens a group below `parent`, making it on first use.
    [[nodiscard]] Hdf5Handle group(hid_t parent, const std::string& name);
    [[nodiscard]] hid_t root() const { return file_; }

    static void attribute(hid_t object, const char* name, std::string_view value);
    static void attribute(hid_t object, const char* name, double value);
    static void attribute(hid_t object, const char* name, std::int64_t value);

    /// One dataset per column along one dimension, which the column of that name labels; row numbers
    /// from 1 where there is no such column.
    void table(hid_t group, const ColumnTable& table);

    /// A dataset [rows of `row_scale` x rows of `column_scale`], row after row. Both scales must be in the group.
    void matrix(hid_t group, const std::string& name, const std::string& title, const std::string& row_scale,
                const std::string& column_scale, const std::vector<double>& values);

    /// The same for a column of any kind, whose values stand row after row. `coordinates`: further descriptive
    /// datasets of the group, separated by blanks.
    void plane(hid_t group, const Column& column, const std::string& row_scale, const std::string& column_scale,
               const std::string& coordinates);

    /// The bytes of the file. Nothing can be added afterwards.
    [[nodiscard]] std::string take();

private:
    [[nodiscard]] Hdf5Handle dataset(hid_t group, const Column& column, const std::vector<hsize_t>& sizes);

    Hdf5Handle file_;
};

}  // namespace araz

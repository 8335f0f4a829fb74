#include <hdf5_hl.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <type_traits>

#include "hdf5_image.hpp"
#include "utf8.hpp"

namespace araz {

namespace {

constexpr hsize_t chunk_rows = 65536;
constexpr hsize_t chunk_columns = 4096;
constexpr hsize_t chunk_plane_rows = 64;
constexpr hsize_t chunk_plane_values = 8192;
constexpr hsize_t compress_from_values = 1024;  // below, a chunk index costs more than it saves

using Sizes = std::vector<hsize_t>;

Hdf5Handle string_type() {
    Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose, "copy a string type");
    hdf5_check(H5Tset_size(type, H5T_VARIABLE), "make strings of any length");
    hdf5_check(H5Tset_cset(type, H5T_CSET_UTF8), "make strings UTF-8");
    return type;
}

Hdf5Handle scalar_space() { return {H5Screate(H5S_SCALAR), H5Sclose, "make a scalar space"}; }

Hdf5Handle line_space(hsize_t size) { return {H5Screate_simple(1, &size, nullptr), H5Sclose, "make a line space"}; }

void write_attribute(hid_t object, const char* name, hid_t type, hid_t space, const void* value) {
    const Hdf5Handle attribute(H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose, name);
    hdf5_check(H5Awrite(attribute, type, value), name);
}

Hdf5Handle new_file() {
    hdf5_check(H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr), "silence the library");
    const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "make file access properties");
    constexpr std::size_t growth = 1U << 20U;
    hdf5_check(H5Pset_fapl_core(access, growth, 0), "keep the file in memory");
    const Hdf5Handle creation(H5Pcreate(H5P_FILE_CREATE), H5Pclose, "make file creation properties");
    hdf5_check(H5Pset_link_creation_order(creation, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED), "track order");
    hdf5_check(H5Pset_attr_creation_order(creation, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED), "track order");
    hdf5_check(H5Pset_obj_track_times(creation, false), "leave times out");
    // There is no backing store, but the library takes open files of one name for one file.
    static std::atomic<unsigned> made{0};
    const std::string name = "araz-in-memory-" + std::to_string(made++) + ".h5";
    return {H5Fcreate(name.c_str(), H5F_ACC_TRUNC, creation, access), H5Fclose, "make the file"};
}

// Chunks of a line are long; those of a plane hold a few rows of all columns, because rows are what is read.
std::vector<hsize_t> chunk_of(const std::vector<hsize_t>& sizes) {
    if (sizes.size() == 1) return {std::min(sizes[0], chunk_rows)};
    const hsize_t columns = std::min(sizes[1], chunk_columns);
    return {std::min(sizes[0], std::max(chunk_plane_rows, chunk_plane_values / columns)), columns};
}

Hdf5Handle creation_properties(hid_t type, const void* fill, const std::vector<hsize_t>& sizes, bool text) {
    Hdf5Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "make dataset properties");
    hdf5_check(H5Pset_obj_track_times(creation, false), "leave times out");
    hdf5_check(H5Pset_attr_creation_order(creation, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED), "track order");
    if (!text) hdf5_check(H5Pset_fill_value(creation, type, fill), "set the fill value");
    hsize_t values = 1;
    for (const hsize_t size : sizes) values *= size;
    if (text || values < compress_from_values) return creation;
    const std::vector<hsize_t> chunk = chunk_of(sizes);
    hdf5_check(H5Pset_chunk(creation, static_cast<int>(chunk.size()), chunk.data()), "set chunks");
    hdf5_check(H5Pset_shuffle(creation), "set the shuffle filter");
    hdf5_check(H5Pset_deflate(creation, 1), "set the deflate filter");
    hdf5_check(H5Pset_fletcher32(creation), "set the checksum filter");
    return creation;
}

Hdf5Handle write_dataset(hid_t group, const std::string& name, hid_t type, const std::vector<hsize_t>& sizes,
                         const void* data, const void* fill, bool text) {
    const Hdf5Handle space(H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr), H5Sclose, "make a space");
    const Hdf5Handle creation = creation_properties(type, fill, sizes, text);
    Hdf5Handle dataset(H5Dcreate2(group, name.c_str(), type, space, H5P_DEFAULT, creation, H5P_DEFAULT), H5Dclose,
                       name.c_str());
    const bool empty = std::find(sizes.begin(), sizes.end(), hsize_t{0}) != sizes.end();
    if (!empty) hdf5_check(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data), name.c_str());
    write_attribute(dataset, "_FillValue", type, line_space(1), fill);
    return dataset;
}

// One function per kind of column; each stores its data and its "nothing here" value.
Hdf5Handle store(hid_t group, const std::string& name, const Sizes& sizes, const std::vector<double>& values) {
    std::vector<double> finite = values;
    for (double& value : finite)
        if (!std::isfinite(value)) value = nan_value;  // as JSON: no bound is told by "not available"
    return write_dataset(group, name, H5T_NATIVE_DOUBLE, sizes, finite.data(), &nan_value, false);
}

Hdf5Handle store(hid_t group, const std::string& name, const Sizes& sizes, const std::vector<std::int64_t>& values) {
    return write_dataset(group, name, H5T_NATIVE_INT64, sizes, values.data(), &no_integer, false);
}

Hdf5Handle store(hid_t group, const std::string& name, const Sizes& sizes, const std::vector<std::string>& values) {
    std::vector<std::string> texts;
    std::vector<const char*> starts;
    texts.reserve(values.size());
    for (const std::string& value : values) {
        std::string text = valid_utf8(value);
        text.resize(std::min(text.size(), text.find('\0')));  // the C library ends a text at the first NUL
        texts.push_back(std::move(text));
        starts.push_back(texts.back().c_str());
    }
    const char* nothing = "";
    return write_dataset(group, name, string_type(), sizes, starts.data(), &nothing, true);
}

Hdf5Handle store(hid_t group, const std::string& name, const Sizes& sizes, const Flags& flags) {
    Hdf5Handle dataset = write_dataset(group, name, H5T_NATIVE_INT8, sizes, flags.codes.data(),
                                       &Flags::none, false);
    std::vector<std::int8_t> codes;
    std::string meanings;
    for (const std::string& word : flags.words) {
        meanings += (codes.empty() ? "" : " ") + word;
        codes.push_back(static_cast<std::int8_t>(codes.size()));
    }
    write_attribute(dataset, "flag_values", H5T_NATIVE_INT8, line_space(codes.size()), codes.data());
    Hdf5Image::attribute(dataset, "flag_meanings", meanings);
    return dataset;
}

Column row_numbers(const ColumnTable& table) {
    std::vector<std::int64_t> numbers(table.rows());
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<std::int64_t>(i) + 1;
    return {table.dimension, "row number", true, true, std::move(numbers)};
}

// The descriptive columns, which readers attach to every quantity of the table.
std::string coordinate_names(const ColumnTable& table) {
    std::string names;
    for (const Column& column : table.columns) {
        if (!column.coordinate || column.name == table.dimension) continue;
        names += (names.empty() ? "" : " ") + column.name;
    }
    return names;
}

}  // namespace

Hdf5Image::Hdf5Image() : file_(new_file()) {}

Hdf5Handle Hdf5Image::group(hid_t parent, const std::string& name) {
    if (H5Lexists(parent, name.c_str(), H5P_DEFAULT) > 0)
        return {H5Gopen2(parent, name.c_str(), H5P_DEFAULT), H5Gclose, name.c_str()};
    const Hdf5Handle creation(H5Pcreate(H5P_GROUP_CREATE), H5Pclose, "make group properties");
    hdf5_check(H5Pset_link_creation_order(creation, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED), "track order");
    hdf5_check(H5Pset_attr_creation_order(creation, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED), "track order");
    hdf5_check(H5Pset_obj_track_times(creation, false), "leave times out");
    return {H5Gcreate2(parent, name.c_str(), H5P_DEFAULT, creation, H5P_DEFAULT), H5Gclose, name.c_str()};
}

void Hdf5Image::attribute(hid_t object, const char* name, std::string_view value) {
    const std::string text = valid_utf8(value);
    const char* start = text.c_str();
    write_attribute(object, name, string_type(), scalar_space(), &start);
}

void Hdf5Image::attribute(hid_t object, const char* name, double value) {
    write_attribute(object, name, H5T_NATIVE_DOUBLE, scalar_space(), &value);
}

void Hdf5Image::attribute(hid_t object, const char* name, std::int64_t value) {
    write_attribute(object, name, H5T_NATIVE_INT64, scalar_space(), &value);
}

Hdf5Handle Hdf5Image::dataset(hid_t group, const Column& column, const std::vector<hsize_t>& sizes) {
    Hdf5Handle made = std::visit([&](const auto& values) { return store(group, column.name, sizes, values); }, column.values);
    attribute(made, "units", column.unit.empty() ? std::string(unit_of(column.name)) : column.unit);
    attribute(made, "long_name", column.title);
    return made;
}

void Hdf5Image::table(hid_t group, const ColumnTable& table) {
    const auto own = std::find_if(table.columns.begin(), table.columns.end(),
                                  [&](const Column& column) { return column.name == table.dimension; });
    const Hdf5Handle scale = dataset(group, own == table.columns.end() ? row_numbers(table) : *own, {table.rows()});
    hdf5_check(H5DSset_scale(scale, table.dimension.c_str()), "make a dimension scale");
    const std::string coordinates = coordinate_names(table);
    for (const Column& column : table.columns) {
        if (column.name == table.dimension) continue;
        const Hdf5Handle made = dataset(group, column, {table.rows()});
        if (!column.coordinate && !coordinates.empty()) attribute(made, "coordinates", coordinates);
        hdf5_check(H5DSattach_scale(made, scale, 0), "attach a dimension scale");
    }
}

void Hdf5Image::plane(hid_t group, const Column& column, const std::string& row_scale, const std::string& column_scale,
                      const std::string& coordinates) {
    const Hdf5Handle rows(H5Dopen2(group, row_scale.c_str(), H5P_DEFAULT), H5Dclose, row_scale.c_str());
    const Hdf5Handle columns(H5Dopen2(group, column_scale.c_str(), H5P_DEFAULT), H5Dclose, column_scale.c_str());
    const auto length = [](hid_t scale) {
        const Hdf5Handle space(H5Dget_space(scale), H5Sclose, "read a space");
        return static_cast<hsize_t>(H5Sget_simple_extent_npoints(space));
    };
    const Hdf5Handle made = dataset(group, column, {length(rows), length(columns)});
    if (!coordinates.empty()) attribute(made, "coordinates", coordinates);
    hdf5_check(H5DSattach_scale(made, rows, 0), "attach a dimension scale");
    hdf5_check(H5DSattach_scale(made, columns, 1), "attach a dimension scale");
}

void Hdf5Image::matrix(hid_t group, const std::string& name, const std::string& title, const std::string& row_scale,
                       const std::string& column_scale, const std::vector<double>& values) {
    plane(group, {name, title, false, false, values}, row_scale, column_scale, {});
}

std::string Hdf5Image::take() {
    hdf5_check(H5Fflush(file_, H5F_SCOPE_GLOBAL), "flush the file");
    const ssize_t size = H5Fget_file_image(file_, nullptr, 0);
    hdf5_check(size < 0 ? -1 : 0, "size the file image");
    std::string bytes(static_cast<std::size_t>(size), '\0');
    hdf5_check(H5Fget_file_image(file_, bytes.data(), bytes.size()) < 0 ? -1 : 0, "take the file image");
    return bytes;
}

}  // namespace araz

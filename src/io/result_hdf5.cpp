// Results as HDF5: which table goes into which group.
#include <algorithm>
#include <type_traits>

#include "araz/io/factor_io.hpp"
#include "araz/io/pv_io.hpp"
#include "araz/io/result_io.hpp"
#include "araz/model/result_fields.hpp"
#include "result_hdf5.hpp"

namespace araz {

void write_root(Hdf5Image& image, const Envelope& envelope, const Hdf5Stamp& stamp, std::string_view title) {
    const hid_t root = image.root();
    Hdf5Image::attribute(root, "title", std::string(title) + ": " + envelope.grid.name);
    Hdf5Image::attribute(root, "Conventions", "ARAZ-1 (CF-like)");
    Hdf5Image::attribute(root, "schema", envelope.schema);
    Hdf5Image::attribute(root, "araz_version", ARAZ_VERSION);
    Hdf5Image::attribute(root, "argv", stamp.argv);
    Hdf5Image::attribute(root, "case_name", envelope.grid.name);
    Hdf5Image::attribute(root, "case_file", envelope.grid.file);
    Hdf5Image::attribute(root, "case_sha256", envelope.grid.sha256);
    Hdf5Image::attribute(root, "base_mva", envelope.grid.base_mva);
    Hdf5Image::attribute(root, "options", options_json(envelope.options));
    Hdf5Image::attribute(root, "status", envelope.status);
    Hdf5Image::attribute(root, "created", stamp.created);
}

namespace {

// Numbers and words of a record as attributes of a group; tables have groups of their own.
template <Record R>
void write_scalars(hid_t group, const R& record) {
    for_each_field<R>([&](const auto& field) {
        const auto& value = record.*field.member;
        using Member = std::remove_cvref_t<decltype(value)>;
        const std::string name(field.key);
        if constexpr (std::is_same_v<Member, double>) Hdf5Image::attribute(group, name.c_str(), value);
        else if constexpr (std::is_same_v<Member, std::string>) Hdf5Image::attribute(group, name.c_str(), std::string_view(value));
        else if constexpr (std::is_integral_v<Member>) Hdf5Image::attribute(group, name.c_str(), static_cast<std::int64_t>(value));
        else if constexpr (std::is_same_v<Member, Totals>) write_scalars(group, value);
    });
}

ColumnTable only(const ColumnTable& table, bool from_case) {
    ColumnTable out{table.name, table.dimension, table.key, {}};
    for (const Column& column : table.columns) {
        const bool describes = column.coordinate || column.name == table.dimension;
        if (describes || column.given == from_case) out.columns.push_back(column);
    }
    return out;
}

// Each table in a group named like its dimension: what the case says under /grid, what was found under /base.
void write_power_flow(Hdf5Image& image, const PfResult& result) {
    const Hdf5Handle grid = image.group(image.root(), "grid");
    const Hdf5Handle base = image.group(image.root(), "base");
    Hdf5Image::attribute(base, "status", to_string(result.status));
    write_scalars(base, result);
    for (const ColumnTable& table : column_tables(result)) {
        const bool element = table.dimension == "bus" || table.dimension == "branch" || table.dimension == "generator";
        if (element) image.table(image.group(grid, table.dimension), only(table, true));
        image.table(image.group(base, table.dimension), only(table, false));
    }
}

void write_contingencies(Hdf5Image& image, const N1Result& result) {
    const Hdf5Handle group = image.group(image.root(), "contingency");
    write_scalars(group, result.summary);
    for (const ColumnTable& table : column_tables(result)) {
        if (table.name == "contingencies") image.table(group, table);
        if (table.name == "violations") image.table(image.group(group, table.dimension), table);
    }
}

void write_capacity(Hdf5Image& image, const CapacityResult& result) {
    const Hdf5Handle group = image.group(image.root(), "capacity");
    for (const ColumnTable& table : column_tables(result)) {
        if (table.name == "directions") image.table(group, table);
        else image.table(image.group(group, table.name == "certificates" ? "certificate" : table.dimension), table);
    }
}

// The labels of a matrix's columns as a table beside its rows; names that both have get the dimension in front.
ColumnTable beside(ColumnTable columns, const ColumnTable& rows) {
    for (Column& column : columns.columns) {
        if (column.name == columns.dimension) continue;
        const auto same = [&](const Column& other) { return other.name == column.name; };
        if (std::any_of(rows.columns.begin(), rows.columns.end(), same)) column.name = columns.dimension + "_" + column.name;
    }
    return columns;
}

// A group with the row labels, the column labels and the matrix on both.
template <class R>
void write_matrix(Hdf5Image& image, const std::string& name, const std::string& title, ColumnTable rows,
                  const ColumnTable& columns, const std::vector<R>& records, const std::vector<double> R::* values) {
    // The wide columns are the matrix itself.
    std::erase_if(rows.columns, [](const Column& column) { return !column.coordinate && column.name != "branch"; });
    const Hdf5Handle group = image.group(image.root(), name);
    image.table(group, rows);
    image.table(group, beside(columns, rows));
    std::vector<double> plane;
    for (const R& record : records) plane.insert(plane.end(), (record.*values).begin(), (record.*values).end());
    image.matrix(group, name, title, rows.dimension, columns.dimension, plane);
}

void write_convention(const Hdf5Image& image, const FactorConvention& convention) { write_scalars(image.root(), convention); }

void write_factors(Hdf5Image& image, const PtdfResult& result) {
    write_convention(image, result.convention);
    std::vector<ColumnTable> tables = column_tables(result);
    ColumnTable& columns = tables[2];
    const bool buses = std::all_of(result.columns.begin(), result.columns.end(),
                                   [](const FactorColumn& column) { return column.bus != 0; });
    if (buses) columns.dimension = "bus";
    write_matrix(image, "ptdf", "power transfer distribution factor", tables[0], columns, result.branches,
                 &TransferFactorRow::ptdf);
    if (!result.post_outage.empty())
        write_matrix(image, "otdf", "outage transfer distribution factor", tables[1], columns, result.post_outage,
                     &OutageTransferRow::otdf);
    if (!result.participants.empty()) image.table(image.group(image.root(), "participant"), tables[3]);
    image.table(image.group(image.root(), "slack"), tables[4]);
}

void write_factors(Hdf5Image& image, const LodfResult& result) {
    write_convention(image, result.convention);
    const std::vector<ColumnTable> tables = column_tables(result);
    write_matrix(image, "lodf", "line outage distribution factor", tables[0], tables[1], result.branches,
                 &OutageFactorRow::lodf);
}

// /pv/point carries all points one after the other, with their voltages as a matrix point x bus.
void write_curves(Hdf5Image& image, const PvResult& result) {
    std::vector<ColumnTable> tables = column_tables(result);
    const Hdf5Handle pv = image.group(image.root(), "pv");
    write_scalars(pv, result.direction);
    ColumnTable& points = tables[0];
    std::erase_if(points.columns, [](const Column& column) { return column.name.starts_with("vm_pu_"); });
    const Hdf5Handle at = image.group(pv, "point");
    image.table(at, points);
    image.table(at, beside(tables[4], points));
    std::vector<double> plane;
    for (const PvCurve& curve : result.curves)
        for (const PvPoint& point : curve.points) plane.insert(plane.end(), point.vm_pu.begin(), point.vm_pu.end());
    image.matrix(at, "vm_pu", "voltage magnitude, per unit", points.dimension, "bus", plane);
    image.table(image.group(pv, "curve"), tables[1]);
    image.table(image.group(pv, "event"), tables[2]);
    image.table(image.group(pv, "critical_bus"), tables[3]);
}

template <class Fill>
Result<std::string> image_of(const Envelope& envelope, const Hdf5Stamp& stamp, std::string_view title, Fill&& fill) {
    try {
        Hdf5Image image;
        write_root(image, envelope, stamp, title);
        fill(image);
        return image.take();
    } catch (const Hdf5Failure& failure) {
        return Error::make(ErrorKind::output, "AZ4002", "the HDF5 library failed at '" + failure.what + "'",
                           "write JSON or CSV instead, and report this as a bug");
    }
}

}  // namespace

Result<std::string> to_hdf5(const PfResult& result, const Hdf5Stamp& stamp) {
    return image_of(result.envelope, stamp, "araz power flow", [&](Hdf5Image& image) { write_power_flow(image, result); });
}

Result<std::string> to_hdf5(const N1Result& result, const Hdf5Stamp& stamp) {
    return image_of(result.envelope, stamp, "araz contingency analysis", [&](Hdf5Image& image) {
        write_power_flow(image, result.base);
        write_contingencies(image, result);
    });
}

Result<std::string> to_hdf5(const CapacityResult& result, const Hdf5Stamp& stamp) {
    return image_of(result.envelope, stamp, "araz export capacity", [&](Hdf5Image& image) { write_capacity(image, result); });
}

Result<std::string> to_hdf5(const PtdfResult& result, const Hdf5Stamp& stamp) {
    return image_of(result.envelope, stamp, "araz transfer factors", [&](Hdf5Image& image) { write_factors(image, result); });
}

Result<std::string> to_hdf5(const LodfResult& result, const Hdf5Stamp& stamp) {
    return image_of(result.envelope, stamp, "araz outage factors", [&](Hdf5Image& image) { write_factors(image, result); });
}

Result<std::string> to_hdf5(const PvResult& result, const Hdf5Stamp& stamp) {
    return image_of(result.envelope, stamp, "araz PV curves", [&](Hdf5Image& image) { write_curves(image, result); });
}

}  // namespace araz

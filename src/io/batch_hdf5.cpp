// Rows of a batch as HDF5.
#include <cmath>

#include "araz/io/batch_io.hpp"
#include "result_hdf5.hpp"

namespace araz {

namespace {

using Type = BatchColumn::Type;

class BatchImage {
public:
    BatchImage(const BatchLayout& layout, int first, const std::vector<const BatchRow*>& rows)
        : layout_(layout), first_(first), rows_(rows) {}

    void write(Hdf5Image& image) {
        const Hdf5Handle group = image.group(image.root(), "scenario");
        Hdf5Image::attribute(group, "kind", to_string(layout_.kind));
        Hdf5Image::attribute(group, "step_hours", layout_.step_hours);
        image.table(group, scenarios());
        for (const BatchAxis& axis : layout_.axes) {
            bool used = false;
            for (const BatchColumn& column : layout_.columns) {
                if (column.axis != axis.name) continue;
                if (!used) image.table(group, labels(axis));
                used = true;
                image.plane(group, values(column), "scenario", axis.name, "hour time point variant " + axis.name + "_name");
            }
        }
    }

private:
    // The coordinates of a scenario and everything that is one value per scenario.
    [[nodiscard]] ColumnTable scenarios() const {
        std::vector<std::int64_t> index, hour;
        std::vector<double> time;
        std::vector<std::string> point, variant;
        for (std::size_t k = 0; k < rows_.size(); ++k) {
            const int scenario = first_ + static_cast<int>(k);
            const BatchLayout::Place at = layout_.place(scenario);
            index.push_back(scenario);
            hour.push_back(layout_.hours[at.hour]);
            time.push_back(layout_.time[at.hour]);
            point.push_back(layout_.points[at.point]);
            variant.push_back(layout_.variants[at.variant]);
        }
        ColumnTable table{"scenarios", "scenario", "scenario", {}};
        table.columns.push_back({"scenario", "scenario, from 0", true, false, std::move(index)});
        table.columns.push_back({"hour", "row of the series, from 0", true, false, std::move(hour)});
        // Readers of CF make a calendar of "hours since".
        const std::string unit = layout_.time_units.starts_with("hours since") ? layout_.time_units : layout_.time_units == "hours" ? "h" : "1";
        table.columns.push_back({"time", "begin of the row, " + layout_.time_units, true, false, std::move(time), unit});
        table.columns.push_back({"point", "operating point", true, false, std::move(point)});
        table.columns.push_back({"variant", "variant of the grid", true, false, std::move(variant)});
        for (const BatchColumn& column : layout_.columns)
            if (column.axis.empty()) table.columns.push_back(values(column));
        return table;
    }

    [[nodiscard]] static ColumnTable labels(const BatchAxis& axis) {
        ColumnTable table{axis.name, axis.name, axis.name, {}};
        if (axis.numbers.empty()) table.columns.push_back({axis.name, axis.name + " of the case", true, false, axis.ids});
        else table.columns.push_back({axis.name, axis.name + " of the case", true, false, axis.numbers});
        table.columns.push_back({axis.name + "_name", "its name", true, false, axis.names});
        return table;
    }

    // All values of a column, scenario after scenario.
    [[nodiscard]] Column values(const BatchColumn& column) const {
        const auto offset = static_cast<std::size_t>(layout_.offset(column.name));
        const std::size_t width = layout_.width(column);
        const auto each = [&](const auto& take) {
            for (const BatchRow* row : rows_)
                for (std::size_t k = 0; k < width; ++k) take(*row, offset + k);
        };
        Column out{column.name, column.title, false, false, {}};
        if (column.type == Type::text) {
            std::vector<std::string> texts;
            each([&](const BatchRow& row, std::size_t at) { texts.push_back(row.texts[at]); });
            out.values = std::move(texts);
        } else if (column.type == Type::number) {
            std::vector<double> numbers;
            each([&](const BatchRow& row, std::size_t at) { numbers.push_back(row.numbers[at]); });
            out.values = std::move(numbers);
        } else if (column.type == Type::integer) {
            std::vector<std::int64_t> integers;
            each([&](const BatchRow& row, std::size_t at) {
                integers.push_back(std::isnan(row.numbers[at]) ? no_integer : static_cast<std::int64_t>(row.numbers[at]));
            });
            out.values = std::move(integers);
        } else {
            Flags flags{{}, column.words};
            each([&](const BatchRow& row, std::size_t at) {
                flags.codes.push_back(std::isnan(row.numbers[at]) ? Flags::none : static_cast<std::int8_t>(row.numbers[at]));
            });
            out.values = std::move(flags);
        }
        return out;
    }

    const BatchLayout& layout_;
    int first_;
    const std::vector<const BatchRow*>& rows_;
};

}  // namespace

Result<std::string> to_hdf5(const BatchLayout& layout, int first, const std::vector<const BatchRow*>& rows,
                            const BatchStamp& stamp) {
    try {
        Hdf5Image image;
        write_root(image, stamp.envelope, {stamp.argv, ""}, "araz batch");
        std::string inputs;
        for (const BatchInput& input : stamp.inputs) inputs += input.sha256 + "  " + input.file + "\n";
        Hdf5Image::attribute(image.root(), "inputs", inputs);
        BatchImage(layout, first, rows).write(image);
        return image.take();
    } catch (const Hdf5Failure& failure) {
        return Error::make(ErrorKind::output, "AZ4002", "the HDF5 library failed at '" + failure.what + "'",
                           "report this as a bug");
    }
}

}  // namespace araz

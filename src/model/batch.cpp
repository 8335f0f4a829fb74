#include "araz/model/batch.hpp"

#include <algorithm>

#include "araz/base/check.hpp"

namespace araz {

std::string_view to_string(BatchKind kind) {
    switch (kind) {
        case BatchKind::pf: return "pf";
        case BatchKind::n1: return "n1";
        case BatchKind::capacity: return "capacity";
    }
    return "";
}

int BatchLayout::scenarios() const { return static_cast<int>(hours.size() * points.size() * variants.size()); }

BatchLayout::Place BatchLayout::place(int scenario) const {
    const int n_variant = static_cast<int>(variants.size());
    const int n_point = static_cast<int>(points.size());
    return {scenario / (n_variant * n_point), scenario / n_variant % n_point, scenario % n_variant};
}

const BatchAxis* BatchLayout::axis(std::string_view name) const {
    for (const BatchAxis& axis : axes)
        if (axis.name == name) return &axis;
    return nullptr;
}

std::size_t BatchLayout::width(const BatchColumn& column) const {
    if (column.axis.empty()) return 1;
    const BatchAxis* along = axis(column.axis);
    ARAZ_CHECK(along != nullptr, column.axis);
    return along->size();
}

const BatchColumn* BatchLayout::column(std::string_view name) const {
    for (const BatchColumn& column : columns)
        if (column.name == name) return &column;
    return nullptr;
}

std::ptrdiff_t BatchLayout::offset(std::string_view name) const {
    const BatchColumn* wanted = column(name);
    if (wanted == nullptr) return -1;
    const bool text = wanted->type == BatchColumn::Type::text;
    std::size_t at = 0;
    for (const BatchColumn* before = columns.data(); before != wanted; ++before)
        if ((before->type == BatchColumn::Type::text) == text) at += width(*before);
    return static_cast<std::ptrdiff_t>(at);
}

std::size_t BatchLayout::numbers() const {
    std::size_t sum = 0;
    for (const BatchColumn& column : columns)
        if (column.type != BatchColumn::Type::text) sum += width(column);
    return sum;
}

std::size_t BatchLayout::texts() const {
    std::size_t sum = 0;
    for (const BatchColumn& column : columns)
        if (column.type == BatchColumn::Type::text) sum += width(column);
    return sum;
}

BatchRow BatchLayout::empty_row() const {
    return {std::vector<double>(numbers(), nan_value), std::vector<std::string>(texts())};
}

bool BatchLayout::fits(const BatchRow& row) const { return row.numbers.size() == numbers() && row.texts.size() == texts(); }

std::string BatchLayout::label(int scenario) const {
    const Place at = place(scenario);
    return (time_units == "samples" ? "sample " : "hour ") + std::to_string(hours[at.hour]) + ", point " + points[at.point] + ", variant " + variants[at.variant];
}

void BatchRowWriter::number(std::string_view column, double value, std::size_t at) {
    const auto offset = layout_.offset(column);
    if (offset >= 0) row_.numbers[static_cast<std::size_t>(offset) + at] = value;
}

double* BatchRowWriter::values(std::string_view column) {
    const auto offset = layout_.offset(column);
    return offset < 0 ? nullptr : row_.numbers.data() + offset;
}

void BatchRowWriter::word(std::string_view column, std::string_view value, std::size_t at) {
    const BatchColumn* target = layout_.column(column);
    if (target == nullptr || value.empty()) return;
    const auto found = std::find(target->words.begin(), target->words.end(), value);
    ARAZ_CHECK(found != target->words.end(), std::string(value));
    number(column, static_cast<double>(found - target->words.begin()), at);
}

void BatchRowWriter::text(std::string_view column, std::string value, std::size_t at) {
    const auto offset = layout_.offset(column);
    if (offset >= 0) row_.texts[static_cast<std::size_t>(offset) + at] = std::move(value);
}

}  // namespace araz

// Results as typed columns: the common source of CSV, HDF5 and comparison tables.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <variant>
#include <vector>

#include "araz/model/factor_results.hpp"
#include "araz/model/pv_results.hpp"
#include "araz/model/result_fields.hpp"
#include "araz/model/table.hpp"

namespace araz {

/// States as small integers: the position in `words`, or `none`.
struct Flags {
    static constexpr std::int8_t none = -1;
    std::vector<std::int8_t> codes;
    std::vector<std::string> words;
};

inline constexpr std::int64_t no_integer = std::numeric_limits<std::int64_t>::min();

struct Column {
    std::string name;
    std::string title;
    bool coordinate = false;
    bool given = false;
    std::variant<std::vector<double>, std::vector<std::int64_t>, std::vector<std::string>, Flags> values;
    std::string unit = {};  ///< instead of what the name says, if given

    [[nodiscard]] std::size_t size() const;
    /// One value as text: round-trip numbers, words, empty for what is not available.
    [[nodiscard]] std::string text(std::size_t row) const;
};

struct ColumnTable {
    std::string name;       ///< "buses"
    std::string dimension;  ///< "bus": a column of that name labels the rows, else they are numbered
    std::string key;
    std::vector<Column> columns;

    [[nodiscard]] std::size_t rows() const { return columns.empty() ? 0 : columns.front().size(); }
};

/// The default table of CSV comes first.
[[nodiscard]] std::vector<ColumnTable> column_tables(const PfResult& result);
[[nodiscard]] std::vector<ColumnTable> column_tables(const N1Result& result);
[[nodiscard]] std::vector<ColumnTable> column_tables(const CapacityResult& result);
[[nodiscard]] std::vector<ColumnTable> column_tables(const PtdfResult& result);
[[nodiscard]] std::vector<ColumnTable> column_tables(const LodfResult& result);
[[nodiscard]] std::vector<ColumnTable> column_tables(const PvResult& result);

[[nodiscard]] Table to_text(const ColumnTable& table);

}  // namespace araz

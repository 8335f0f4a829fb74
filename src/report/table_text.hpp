// Plain-text tables and figures for terminals.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace araz {

enum class Align { left, right };

struct TextColumn {
    std::string header;  ///< with the unit: "P from MW"
    Align align = Align::right;
};

/// Rows under aligned headers. A row can be an alert: it ends in " !" and is red where colour is on.
class TextTable {
public:
    explicit TextTable(std::vector<TextColumn> columns) : columns_(std::move(columns)) {}

    void add(std::vector<std::string> cells, bool alert = false);
    [[nodiscard]] bool empty() const { return rows_.empty(); }
    [[nodiscard]] std::string render(bool color) const;

private:
    struct Row {
        std::vector<std::string> cells;
        bool alert;
    };
    [[nodiscard]] std::string line(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) const;

    std::vector<TextColumn> columns_;
    std::vector<Row> rows_;
};

/// A title, the table below it, and how many rows were left out. Nothing at all without rows.
[[nodiscard]] std::string section(std::string_view title, const TextTable& table, bool color, std::size_t shown,
                                  std::size_t total);

/// How many of `total` rows a limit lets through; 0 lets all.
[[nodiscard]] std::size_t rows_shown(std::size_t total, int limit);

/// Fixed decimals, "-" for what is not available, "inf" without a bound; never "-0.0".
[[nodiscard]] std::string fixed(double value, int decimals);
[[nodiscard]] std::string scientific(double value);
[[nodiscard]] std::string whole(std::int64_t value);

/// "label      value", indented, labels in one column.
[[nodiscard]] std::string fact(std::string_view label, std::string_view value);

/// A name as a terminal may show it.
[[nodiscard]] std::string cell(std::string_view name, std::size_t width = 36);

}  // namespace araz

// CSV lists that people keep by hand: comments, and the line of every row.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "araz/base/finding.hpp"
#include "araz/model/table.hpp"

namespace araz {

/// The text with its comment lines (those that begin with '#') blank, so that line numbers stay the file's.
[[nodiscard]] std::string without_comments(const std::string& text);

/// Line of each data row of a text without comments: rows are one line each once blank lines are left out.
[[nodiscard]] std::vector<int> row_lines(const std::string& text);

/// Position of a column, or -1.
[[nodiscard]] int column_of(const Table& table, std::string_view name);

}  // namespace araz

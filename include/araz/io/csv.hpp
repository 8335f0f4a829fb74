// CSV by RFC 4180: comma, double quotes, one header row.
#pragma once

#include <string>
#include <string_view>

#include "araz/base/result.hpp"
#include "araz/model/table.hpp"

namespace araz {

/// Text cells that a spreadsheet would run as a formula ("=...", "@...", "+name", "-name") are led by an
/// apostrophe, which parse_csv takes away again.
[[nodiscard]] std::string render_csv(const Table& table);

/// Lines may end in LF or CR LF; a byte order mark is skipped; blank lines are skipped. The table has no key.
/// Errors with line and column: AZ5005 broken quotes, AZ5006 a row with more or fewer cells than the
/// header, AZ5007 no header, or one with empty or repeated names.
[[nodiscard]] Result<Table> parse_csv(std::string_view text, const std::string& path, char separator = ',');

}  // namespace araz

// Reading and writing case files. One row of `case_formats()` per format; a new format is one new
// source file and one new row (src/io/case_formats.cpp).
#pragma once

#include <functional>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "araz/base/result.hpp"
#include "araz/model/case.hpp"

namespace araz {

/// Bounds that keep a hostile file from taking the machine; far above any real case.
struct ReadLimits {
    std::size_t max_bytes = 512ULL << 20U;
    int max_rows = 4'000'000;
    int max_columns = 64;
    int max_nesting = 16;
    long long max_cells = 100'000'000;
};

struct CaseFormat {
    std::string_view name;        ///< "matpower"
    std::string_view extensions;  ///< ".m", comma separated
    std::string_view title;
    /// Parses a whole text. `path` is only for messages. nullptr: cannot be read.
    std::function<Result<Case>(std::string_view text, const std::string& path, const ReadLimits&)> read;
    /// Renders a whole file. nullptr: cannot be written.
    std::function<std::string(const Case&)> write;
};

[[nodiscard]] std::span<const CaseFormat> case_formats();
[[nodiscard]] const CaseFormat* case_format(std::string_view name);
[[nodiscard]] const CaseFormat* case_format_for(const std::string& path);

/// Reads a file ("-" is standard input). The format follows from the extension unless named.
/// Errors: AZ1001 unreadable, AZ1002 empty, AZ1003 unknown format, and whatever the format finds.
[[nodiscard]] Result<Case> read_case(const std::string& path, std::string_view format = {},
                                     const ReadLimits& limits = {});

/// Writes a case, whole or not at all ("-" is standard output).
[[nodiscard]] Result<Done> write_case(const Case& grid, const std::string& path, std::string_view format = {});

}  // namespace araz

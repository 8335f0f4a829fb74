// Reading and writing case files. One row of `case_formats()` per format; a new format is one new
// source file and one new row (src/io/case_formats.cpp).
#pragma once

#include <functional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

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

/// Which of the states and grids that a case describes. Empty: the case as it stands.
struct CaseSelection {
    std::string point;    ///< name of an operating point
    std::string variant;  ///< names of variants, comma separated, applied in this order after the point
};

/// A named state or grid of a case, with its author's words.
struct CaseOverlay {
    std::string name;
    std::string description;
};

/// What a case says of itself, and what may be selected of it.
struct CaseContents {
    std::string base_point;  ///< the state of the case as it stands
    std::string description, disclaimer, licence;
    std::vector<CaseOverlay> points;
    std::vector<CaseOverlay> variants;
};

struct CaseFormat {
    std::string_view name;        ///< "matpower"
    std::string_view extensions;  ///< ".m", comma separated
    std::string_view title;
    /// Parses a whole text. `path` is only for messages. nullptr: not a format of single files.
    std::function<Result<Case>(std::string_view text, const std::string& path, const ReadLimits&)> read;
    /// Renders a whole file. nullptr: cannot be written.
    std::function<std::string(const Case&)> write;
    /// Reads a folder; nullptr: not a format of folders.
    std::function<Result<Case>(const std::string& folder, const CaseSelection&, const ReadLimits&)> read_folder = {};
};

[[nodiscard]] std::span<const CaseFormat> case_formats();
[[nodiscard]] const CaseFormat* case_format(std::string_view name);
[[nodiscard]] const CaseFormat* case_format_for(const std::string& path);

/// Reads a file ("-" is standard input), or a case folder by its path or that of its case.toml. The format
/// follows from the extension unless named. Errors: AZ1001 unreadable, AZ1002 empty, AZ1003 unknown format,
/// AZ3016 a point or variant that the case does not have, AZ3017 a selection from a format that has neither
/// (both of kind usage), and whatever the format finds.
[[nodiscard]] Result<Case> read_case(const std::string& path, std::string_view format = {},
                                     const CaseSelection& selection = {}, const ReadLimits& limits = {});

/// What may be selected of a case; empty for the formats of single files.
[[nodiscard]] Result<CaseContents> list_case(const std::string& path, const ReadLimits& limits = {});

/// Writes a case, whole or not at all ("-" is standard output).
[[nodiscard]] Result<Done> write_case(const Case& grid, const std::string& path, std::string_view format = {});

}  // namespace araz

// Operating points and variants: small files that change cells and rows of the tables before anything is
// converted. A point has the values of an hour, a variant changes the grid; of both, the variant has the
// last word, so that every point fits every variant.
#pragma once

#include <set>

#include "case_folder_table.hpp"

namespace araz::folder {

inline constexpr const char* points_folder = "operating_points";
inline constexpr const char* variants_folder = "variants";

/// Names of the files of a sub-folder, without their extension, in alphabetical order.
[[nodiscard]] std::vector<std::string> names_in(const Files& files, const char* folder, std::string_view extension);

/// What a point's own file says of it: its first comment lines.
[[nodiscard]] std::string describe_point(const CsvText& csv, const std::string& disclaimer);

/// operating_points/NAME.csv: rows of element, kind, field, value. Findings AZ1402, AZ1408, AZ1411, AZ1420 to AZ1422.
void apply_point(const std::string& name, Tables& tables, Files& files, Report& report);

/// variants/NAME.toml: what it includes, then its removals, additions and settings. A variant that is
/// named or included twice is applied once; `applied` remembers. Findings AZ1412, AZ1420 to AZ1424.
void apply_variant(const std::string& name, Tables& tables, Files& files, std::set<std::string>& applied,
                   Report& report);

}  // namespace araz::folder

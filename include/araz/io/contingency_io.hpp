// Lists of named contingencies.
#pragma once

#include <string>
#include <vector>

#include "araz/base/result.hpp"
#include "araz/model/contingency_list.hpp"

namespace araz {

/// Reads a CSV with the columns contingency, element_kind, element and optionally name; rows with the same
/// contingency belong together. A first line that starts with '#' is a comment. Errors AZ1001, AZ3021
/// (missing column, empty cell, unknown element kind) with line and column.
[[nodiscard]] Result<std::vector<NamedContingency>> read_contingencies(const std::string& path);

}  // namespace araz

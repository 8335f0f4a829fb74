// Small CSV lists that an option names: one key and some values a row.
#pragma once

#include <string>
#include <vector>

#include "araz/base/result.hpp"

namespace araz {

struct ListRow {
    std::vector<std::string> cells;  ///< in the order of the asked columns; empty for an absent optional one
    SourcePoint where;
};

/// Reads the asked columns of a CSV; lines that begin with '#' are comments. Errors: AZ1001 unreadable,
/// AZ5005 to AZ5007 broken CSV, AZ3023 a missing column, an empty cell of a required column, no row at all.
[[nodiscard]] Result<std::vector<ListRow>> read_list(const std::string& path, const std::vector<std::string>& required,
                                                     const std::vector<std::string>& optional = {});

/// A cell as a finite number; appends AZ3023 with the place to `findings` when it is none.
[[nodiscard]] double number_cell(const ListRow& row, std::size_t column, const std::string& name, Findings& findings);

}  // namespace araz

// Change tables of MATPOWER (contab_*.m): R. D. Zimmerman, C. E. Murillo-Sanchez, MATPOWER User's Manual, section 9.3.5.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "araz/base/result.hpp"
#include "araz/model/contingency_list.hpp"

namespace araz {

/// Rows that take a branch or a unit out of service; rows of one label are one contingency, called "ct" and the
/// label, without a name. Errors (kind invalid_input): AZ3021 with the line of any row that changes something else.
[[nodiscard]] Result<std::vector<NamedContingency>> read_change_table(std::string_view text, const std::string& path);

}  // namespace araz

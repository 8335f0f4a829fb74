// MATPOWER case files (.m), version 2. Format: R. D. Zimmerman and C. E. Murillo-Sanchez, MATPOWER
// User's Manual, appendix B.
#pragma once

#include <string>
#include <string_view>

#include "araz/io/case_io.hpp"

namespace araz {

[[nodiscard]] Result<Case> read_matpower(std::string_view text, const std::string& path, const ReadLimits& limits);
[[nodiscard]] std::string write_matpower(const Case& grid);

}  // namespace araz

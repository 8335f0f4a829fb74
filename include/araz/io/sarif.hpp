// Findings as SARIF 2.1.0, the interchange format of analysis tools that code hosts show beside the lines
// (OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0", 2020).
#pragma once

#include <string>

#include "araz/base/finding.hpp"

namespace araz {

/// One run of `araz` with a rule for each code that occurs and a result for each finding. Levels: error,
/// warning, note (info). `exit_code` is the one the command ends with. Columns count characters.
[[nodiscard]] std::string to_sarif(const Findings& findings, const std::string& argv, int exit_code);

}  // namespace araz

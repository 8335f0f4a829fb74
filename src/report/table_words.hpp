// Elements and limits in words.
#pragma once

#include <cstdint>
#include <string>

#include "araz/model/results.hpp"

namespace araz {

/// "branch 10 (6-10)"
[[nodiscard]] std::string branch_words(int branch, const std::string& name);
/// "bus 12 (Imishli)"
[[nodiscard]] std::string bus_words(std::int64_t bus, const std::string& name);
/// "branch 27 (15-24)" for a single branch outage, else the contingency's own text.
[[nodiscard]] std::string contingency_words(const std::string& contingency, const std::string& name);
/// " after outage of branch 27 (15-24)", or " in the intact grid"
[[nodiscard]] std::string state_words(const std::string& contingency, const std::string& name);

/// "branch 10 (6-10) at 100.0 % of rating C after outage of branch 27 (15-24)"
[[nodiscard]] std::string limit_words(const TransferLimit& limit);
[[nodiscard]] std::string violation_words(const Violation& violation);
/// The element alone: "branch 10 (6-10)" or "bus 12 (Imishli)".
[[nodiscard]] std::string element_words(const TransferLimit& limit);
[[nodiscard]] std::string element_words(const Violation& violation);

/// "case9 (9 buses, 9 branches, 3 generators)" and the file.
[[nodiscard]] std::string case_words(const CaseInfo& grid);

}  // namespace araz

// Blocks of the power-flow table that other tables also show.
#pragma once

#include <string>
#include <vector>

#include "araz/report/tables.hpp"

namespace araz {

[[nodiscard]] std::string tie_table(const std::vector<TieResult>& ties, const TableOptions& options,
                                    std::string_view title = "Ties");
[[nodiscard]] std::string violation_table(const std::vector<Violation>& violations, const TableOptions& options,
                                          std::string_view title);
/// Devices that controls moved, those off their targets first.
[[nodiscard]] std::string control_table(const std::vector<ControlResult>& controls, const std::vector<ControlActionResult>& actions,
                                        const TableOptions& options);
/// Status, iterations, totals.
[[nodiscard]] std::string pf_summary(const PfResult& result);
/// Islands, worst buses, starts and iterations of a solve that failed.
[[nodiscard]] std::string diagnosis_table(const PfResult& result, const TableOptions& options);

}  // namespace araz

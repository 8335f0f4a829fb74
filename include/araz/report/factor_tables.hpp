// Linear factors as tables for people.
#pragma once

#include "araz/model/factor_results.hpp"
#include "araz/report/tables.hpp"

namespace araz {

[[nodiscard]] std::string to_table(const PtdfResult& result, const TableOptions& options = {});
[[nodiscard]] std::string to_table(const LodfResult& result, const TableOptions& options = {});

}  // namespace araz

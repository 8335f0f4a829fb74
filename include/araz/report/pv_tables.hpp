// PV curves as tables for people.
#pragma once

#include "araz/model/pv_results.hpp"
#include "araz/report/tables.hpp"

namespace araz {

[[nodiscard]] std::string to_table(const PvResult& result, const TableOptions& options = {});

}  // namespace araz

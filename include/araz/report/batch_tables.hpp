// The statistics of a batch as text for people.
#pragma once

#include "araz/model/batch.hpp"
#include "araz/report/tables.hpp"

namespace araz {

[[nodiscard]] std::string to_table(const BatchStatistics& statistics, const TableOptions& options);

}  // namespace araz

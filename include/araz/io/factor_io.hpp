// Linear factors as JSON, CSV, NDJSON and HDF5; the rules are those of result_io.hpp.
//
// CSV is wide: one row per branch, one column per bus, transfer or outage, named by its label, so that
// pandas.read_csv(file, index_col="branch") gives the matrix with four descriptive columns before it. In HDF5
// the matrix is two-dimensional with a dimension scale on both axes.
#pragma once

#include "araz/io/result_io.hpp"
#include "araz/model/factor_results.hpp"

namespace araz {

[[nodiscard]] std::string to_json(const PtdfResult& result);
[[nodiscard]] std::string to_json(const LodfResult& result);
/// One object per line: a branch and its row of factors.
[[nodiscard]] std::string to_ndjson(const PtdfResult& result);
[[nodiscard]] std::string to_ndjson(const LodfResult& result);
/// Tables "ptdf" (default), "otdf", "columns", "participants", "slack"; "lodf" (default), "outages".
[[nodiscard]] Result<std::string> to_csv(const PtdfResult& result, std::string_view table = {});
[[nodiscard]] Result<std::string> to_csv(const LodfResult& result, std::string_view table = {});
[[nodiscard]] Result<std::string> to_hdf5(const PtdfResult& result, const Hdf5Stamp& stamp);
[[nodiscard]] Result<std::string> to_hdf5(const LodfResult& result, const Hdf5Stamp& stamp);

}  // namespace araz

// PV curves as JSON, CSV, NDJSON and HDF5; the rules are those of result_io.hpp.
#pragma once

#include "araz/io/result_io.hpp"
#include "araz/model/pv_results.hpp"

namespace araz {

[[nodiscard]] std::string to_json(const PvResult& result);
/// One object per line: a curve.
[[nodiscard]] std::string to_ndjson(const PvResult& result);
/// Tables "points" (default: one row per point, a column vm_pu_N per chosen bus), "curves", "events",
/// "critical_buses"; all led by the contingency.
[[nodiscard]] Result<std::string> to_csv(const PvResult& result, std::string_view table = {});
[[nodiscard]] Result<std::string> to_hdf5(const PvResult& result, const Hdf5Stamp& stamp);

}  // namespace araz

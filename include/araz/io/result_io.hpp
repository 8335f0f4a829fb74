// Results as JSON, CSV, NDJSON and HDF5 by the contract, and JSON results back in for `verify` and `diff`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "araz/base/result.hpp"
#include "araz/model/results.hpp"
#include "araz/model/table.hpp"

namespace araz {

/// Serialised bytes of a result. Floating-point numbers round-trip; NaN becomes null.
/// The same result gives the same bytes.
[[nodiscard]] std::string to_json(const PfResult& result);
[[nodiscard]] std::string to_json(const N1Result& result);
[[nodiscard]] std::string to_json(const CapacityResult& result);
/// The options object alone, as HDF5 carries it.
[[nodiscard]] std::string options_json(const OptionMap& options);
/// An envelope alone: what a failed command prints with --format json.
[[nodiscard]] std::string to_json(const Envelope& envelope);

/// One object per line: pf: branches; n1: contingencies; capacity: directions.
[[nodiscard]] std::string to_ndjson(const PfResult& result);
[[nodiscard]] std::string to_ndjson(const N1Result& result);
/// The line of one contingency, as in the above.
[[nodiscard]] std::string to_ndjson_line(const ContingencyResult& result);
[[nodiscard]] std::string to_ndjson(const CapacityResult& result);

/// RFC 4180 with a header row; units are suffixes of the column names. `table` chooses among
/// csv_tables(schema), AZ3020 otherwise; the first one is the default (pf: branches; n1: contingencies; capacity: directions).
[[nodiscard]] Result<std::string> to_csv(const PfResult& result, std::string_view table = {});
[[nodiscard]] Result<std::string> to_csv(const N1Result& result, std::string_view table = {});
[[nodiscard]] Result<std::string> to_csv(const CapacityResult& result, std::string_view table = {});
/// "buses", "branches", ... for a result of this schema ("araz.pf/1").
[[nodiscard]] std::vector<std::string> csv_tables(std::string_view schema);

/// All tables of a result as text with the columns that identify their rows: what comparisons walk.
[[nodiscard]] std::vector<Table> tables_of(const PfResult& result);
[[nodiscard]] std::vector<Table> tables_of(const N1Result& result);
[[nodiscard]] std::vector<Table> tables_of(const CapacityResult& result);

/// An HDF5 file image (never written in place: the caller stores it whole).
/// `argv` is the command that made it, `created` an ISO 8601 time or empty for reproducible bytes.
struct Hdf5Stamp {
    std::string argv;
    std::string created;
};
[[nodiscard]] Result<std::string> to_hdf5(const PfResult& result, const Hdf5Stamp& stamp);
[[nodiscard]] Result<std::string> to_hdf5(const N1Result& result, const Hdf5Stamp& stamp);
[[nodiscard]] Result<std::string> to_hdf5(const CapacityResult& result, const Hdf5Stamp& stamp);

/// Reads a JSON result back. Unknown fields are ignored, missing ones of the
/// contract are errors AZ5001 naming the field by its path; AZ5002 not JSON, AZ5003 another kind of result,
/// AZ5004 the run that wrote it failed.
[[nodiscard]] Result<PfResult> pf_from_json(std::string_view text, const std::string& path);
[[nodiscard]] Result<N1Result> n1_from_json(std::string_view text, const std::string& path);
[[nodiscard]] Result<CapacityResult> capacity_from_json(std::string_view text, const std::string& path);
/// The `schema` field of a JSON result.
[[nodiscard]] Result<std::string> schema_of(std::string_view text, const std::string& path);

}  // namespace araz

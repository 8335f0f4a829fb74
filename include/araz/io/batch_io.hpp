// A batch as HDF5 and JSON; its layout as JSON and back, for the manifest of a run directory.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "araz/io/result_io.hpp"
#include "araz/model/batch.hpp"

namespace araz {

/// What a batch was computed from: "SHA256  FILE" of each input, in a fixed order.
struct BatchInput {
    std::string file, sha256;
    bool operator==(const BatchInput&) const = default;
};

struct BatchStamp {
    Envelope envelope;               ///< schema "araz.batch/1"; the case of the first point and variant
    std::vector<BatchInput> inputs;
    std::string argv;                ///< the study, without what does not change results
};

/// An HDF5 file image of scenarios first .. first + rows.size() - 1: /scenario with one value or one row of values per
/// scenario. The same rows give the same bytes.
[[nodiscard]] Result<std::string> to_hdf5(const BatchLayout& layout, int first, const std::vector<const BatchRow*>& rows,
                                          const BatchStamp& stamp);

/// summary.json: the statistics with the envelope.
[[nodiscard]] std::string to_json(const BatchStatistics& statistics, const BatchStamp& stamp);

[[nodiscard]] std::string layout_json(const BatchLayout& layout);
/// Error AZ3073: not a layout.
[[nodiscard]] Result<BatchLayout> layout_from_json(std::string_view text, const std::string& path);

}  // namespace araz

// The search for the first insecure shift.
#pragma once

#include <string>
#include <vector>

#include "security.hpp"

namespace araz {

/// Where the first exit from security lies.
struct SearchResult {
    double secure = 0.0;                 ///< p.u., fully checked
    double insecure = nan_value;         ///< p.u.; NaN: nothing found up to `reached`
    SecurityReport at_secure, at_insecure;
    bool source_exhausted = false, sink_exhausted = false;
    std::vector<TransferStep> steps;
};

struct SearchOptions {
    double max_shift = 0.0;    ///< p.u.
    double resolution = 0.0;   ///< p.u., width of the final bracket
    int levels = 20;
    bool with_contingencies = true;
};

/// Assumes that shift 0 has been checked secure (`at_zero`).
[[nodiscard]] SearchResult search_first_exit(SecurityCheck& security, const SecurityReport& at_zero,
                                             const SearchOptions& options, double base_mva);

}  // namespace araz

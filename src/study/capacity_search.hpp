// The search for the first insecure shift.
#pragma once

#include <string>
#include <vector>

#include "security.hpp"

namespace araz {

/// Where the first exit from security lies.
struct SearchResult {
    double secure = 0.0;                 ///< p.u., every monitored contingency checked
    double insecure = nan_value;         ///< p.u.; NaN: nothing found up to the largest shift
    SecurityReport at_secure, at_insecure;
    bool source_exhausted = false, sink_exhausted = false;
    int full_checks = 0;                 ///< sweeps over all monitored contingencies
    std::vector<TransferStep> steps;
};

struct SearchOptions {
    double max_shift = 0.0;    ///< p.u.
    double resolution = 0.0;   ///< p.u., width of the final bracket
    int audit_levels = 0;      ///< equally spaced levels below the limit that get a full check too
    bool with_contingencies = true;
};

/// Predict, bracket, verify, repair:
///   1. the tangents of a full check predict the first limit and name the suspects;
///   2. the suspects alone are followed on a ladder up to the prediction and past it until one is
///      violated, and that bracket is narrowed by regula falsi;
///   3. all contingencies are checked at the secure end. A violation there adds suspects and starts
///      again below; the set of pairs is finite and the shift falls, so this ends.
/// Assumes that shift 0 has been checked secure in full, with tangents (`at_zero`).
[[nodiscard]] SearchResult search_first_exit(SecurityCheck& security, const SecurityReport& at_zero,
                                             const SearchOptions& options, double base_mva);

}  // namespace araz

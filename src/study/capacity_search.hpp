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
    double from_shift = 0.0;   ///< p.u., where the search begins: checked secure
    double max_shift = 0.0;    ///< p.u.
    double resolution = 0.0;   ///< p.u., width of the final bracket
    int audit_levels = 0;      ///< equally spaced levels below the limit that get a full check too
    bool with_contingencies = true;
    bool tangents_at_end = true;  ///< whether the report of the secure end says what binds next
};

/// Predict, bracket, verify, repair:
///   1. the tangents of a full check predict the first limit and name the suspects;
///   2. the suspects alone are followed over a few levels up to the prediction and past it until one is
///      violated, and that bracket is narrowed by regula falsi;
///   3. all contingencies are checked at the secure end. A violation there adds suspects and starts
///      again below; the set of pairs is finite and the shift falls, so this ends.
/// Assumes that `from_shift` has been checked secure in full, with tangents (`at_start`).
[[nodiscard]] SearchResult search_first_exit(SecurityCheck& security, const SecurityReport& at_start,
                                             const SearchOptions& options, double base_mva);

/// A stretch of shifts in which every state that was looked at is secure, p.u.
struct SecureStretch {
    double from = 0.0, to = 0.0;
};

/// For a base that is insecure: the first shift from which on the grid is secure, found on `levels` equally
/// spaced full checks up to `max_shift` and narrowed by bisection to `resolution`. The report of that shift
/// comes with it; nothing when no level is secure.
struct SecureEntry {
    double shift = nan_value;
    SecurityReport report;
};
[[nodiscard]] SecureEntry search_entry(SecurityCheck& security, double max_shift, double resolution, int levels);

/// Stretches of `levels` equally spaced full checks above `insecure` that are secure again.
[[nodiscard]] std::vector<SecureStretch> secure_again(SecurityCheck& security, double insecure, double max_shift,
                                                      int levels);

}  // namespace araz

// Export capacity: the largest shift from A to B up to which every state is secure, intact and after
// every contingency, in full AC (TTC = BCE + dE_max: ETSO, "Procedures for Cross-Border Transmission
// Capacity Assessments", 2001).
//
// First-exit definition: TTC = sup{E : every E' in [0, E] is secure}. Security need not be monotone in
// E: the likely limiters are followed on a ladder up to the limit, and `audit_levels` adds full checks.
#pragma once

#include <functional>
#include <limits>

#include "araz/study/contingency.hpp"
#include "araz/study/exchange.hpp"
#include "araz/study/power_flow.hpp"

namespace araz {

enum class BaseInsecure { no_worse, strict, drop_pairs };

/// Margin taken off TTC: fixed MW, a percentage of TTC, or MW times the root of the number of ties.
struct ReliabilityMargin {
    enum class Rule { fixed, percent, root_of_ties } rule = Rule::fixed;
    double value = 0.0;
};
[[nodiscard]] Result<ReliabilityMargin> parse_margin(const std::string& text);

struct CapacityOptions {
    ExchangeMode mode = ExchangeMode::net;
    KeyKind key = KeyKind::headroom;
    BaseInsecure base_insecure = BaseInsecure::no_worse;
    double tolerance_mw = 1.0;
    int audit_levels = 0;        ///< equally spaced levels below the limit that get a full check too
    double max_mw = std::numeric_limits<double>::infinity();  ///< no shift beyond
    ReliabilityMargin margin;
    double aac_mw = 0.0;
    int limiters = 10;
};


/// Capacity of `sides` (from -> to). The base must be solved.
[[nodiscard]] DirectionResult run_direction(const StudySetup& setup, const std::vector<Contingency>& contingencies,
                                            const CapacityOptions& options, const ExchangeSides& sides,
                                            const Solution& base);

/// Base case once, then each direction. `progress` receives a line about what is being done.
[[nodiscard]] CapacityResult run_capacity(const StudySetup& setup, const std::vector<Contingency>& contingencies,
                                          const CapacityOptions& options, const std::vector<ExchangeSides>& directions);

/// Sides from names or numbers of areas or zones, comma separated; "rest" is all others.
/// Errors (kind usage): AZ3004 unknown name (nearest ones offered), AZ3005 the sides overlap.
enum class Grouping { area, zone };
[[nodiscard]] Result<ExchangeSides> make_sides(const Network& net, const std::string& from, const std::string& to,
                                               Grouping grouping);

}  // namespace araz

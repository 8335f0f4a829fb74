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

/// What to do with pairs violated at the base: their limit becomes the base value; refuse; leave them out;
/// look for the first shift from which on everything is secure, which is where the secure window begins.
enum class BaseInsecure { no_worse, strict, drop_pairs, relieve };

/// Margin taken off TTC: fixed MW, a percentage of TTC, or MW times the root of the number of ties.
struct ReliabilityMargin {
    enum class Rule { fixed, percent, root_of_ties } rule = Rule::fixed;
    double value = 0.0;
};
[[nodiscard]] Result<ReliabilityMargin> parse_margin(const std::string& text);

struct CapacityOptions {
    ExchangeMode mode = ExchangeMode::net;
    KeyChoice key = KeyKind::headroom;
    BaseInsecure base_insecure = BaseInsecure::no_worse;
    double tolerance_mw = 1.0;
    int audit_levels = 0;        ///< equally spaced levels below the limit that get a full check too
    double max_mw = std::numeric_limits<double>::infinity();  ///< no shift beyond
    ReliabilityMargin margin;
    double aac_mw = 0.0;
    int limiters = 10;           ///< listed; 0 saves the tangents of the last check, and `relief` is unknown
};


/// Capacity of each direction (from -> to), in order. The base must be solved; its contingencies are solved once for all.
[[nodiscard]] std::vector<DirectionResult> run_directions(const StudySetup& setup, const std::vector<Contingency>& contingencies,
                                                          const CapacityOptions& options,
                                                          const std::vector<ExchangeSides>& directions, const Solution& base);

/// Base case once, then each direction. `progress` receives a line about what is being done.
[[nodiscard]] CapacityResult run_capacity(const StudySetup& setup, const std::vector<Contingency>& contingencies,
                                          const CapacityOptions& options, const std::vector<ExchangeSides>& directions);

enum class Grouping { area, zone };

/// A partition of the buses that sides can name.
struct BusGroups {
    std::string word;                                   ///< "area", "zone", "group"
    std::vector<int> of_bus;                            ///< [n_bus]; negative: in no group
    std::vector<std::pair<std::string, int>> names;     ///< may be empty for groups known by number alone
    bool by_number = true;                              ///< whether a number names its group as well
};
[[nodiscard]] BusGroups groups_of(const Network& net, Grouping grouping);

/// Pairs of groups that a branch or a DC line in service joins, by ascending number, each by name where it has one.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> borders_of(const Network& net, const BusGroups& groups);

/// Sides from names or numbers of groups, comma separated; "rest" is all others.
/// Errors (kind usage): AZ3004 unknown name (nearest ones offered), AZ3005 the sides overlap or are empty.
[[nodiscard]] Result<ExchangeSides> make_sides(const BusGroups& groups, const std::string& from, const std::string& to);
[[nodiscard]] Result<ExchangeSides> make_sides(const Network& net, const std::string& from, const std::string& to,
                                               Grouping grouping);

}  // namespace araz

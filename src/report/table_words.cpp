#include "table_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "araz/base/text.hpp"
#include "table_text.hpp"

namespace araz {

namespace {

std::string numbered(std::string_view kind, std::int64_t number, const std::string& name) {
    std::string out = fmt::format("{} {}", kind, number);
    if (!name.empty()) out += " (" + cell(name, 48) + ")";
    return out;
}

bool is_row(const std::string& text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// "at 105.2 % of rating A (210.4 of 200.0 MVA)". A value a hair from its limit gets the digits that tell
// on which side it is; a binding limit is by definition at 100.0 %.
std::string thermal_words(double value, double limit, const std::string& unit, const std::string& rating,
                          bool violated) {
    const std::string of = rating.empty() ? "its rating" : "rating " + rating;
    if (!(limit > 0.0) || std::isnan(value)) return "at " + of;
    const int decimals = violated && std::abs(value / limit - 1.0) < 1e-3 ? 4 : 1;
    return fmt::format("at {} % of {} ({} of {} {})", fixed(100.0 * value / limit, decimals), of,
                       fixed(value, decimals), fixed(limit, 1), unit);
}

// What a violated or binding limit looks like; `kind` is a word of Violation::kind or TransferLimit::cause.
std::string measured_words(std::string_view kind, double value, double limit, const std::string& unit,
                           const std::string& rating, bool violated) {
    if (kind == "thermal" || kind == "thermal_n1") return thermal_words(value, limit, unit, rating, violated);
    if (std::isnan(value) && std::isnan(limit)) return "at its limit";
    const int decimals = unit == "p.u." ? 4 : 1;
    const std::string found = fixed(value, decimals) + " " + unit;
    const std::string bound = fixed(limit, decimals) + " " + unit;
    if (kind == "voltage_low") return fmt::format("at {}, lower limit {}", found, bound);
    if (kind == "voltage_high") return fmt::format("at {}, upper limit {}", found, bound);
    if (kind == "voltage_step") return fmt::format("steps by {}, limit {}", found, bound);
    if (kind == "angle") return fmt::format("angle {}, limit {}", found, bound);
    return fmt::format("at {}, limit {}", found, bound);
}

}  // namespace

std::string branch_words(int branch, const std::string& name) { return numbered("branch", branch, name); }
std::string bus_words(std::int64_t bus, const std::string& name) { return numbered("bus", bus, name); }

std::string contingency_words(const std::string& contingency, const std::string& name) {
    const std::string label = is_row(contingency) ? "branch " + contingency : cell(contingency, 48);
    return name.empty() || name == contingency ? label : label + " (" + cell(name, 48) + ")";
}

std::string state_words(const std::string& contingency, const std::string& name) {
    return contingency.empty() ? " in the intact grid" : " after outage of " + contingency_words(contingency, name);
}

std::string element_words(const TransferLimit& limit) {
    if (limit.branch > 0) return branch_words(limit.branch, limit.branch_name);
    return limit.bus != 0 ? bus_words(limit.bus, limit.bus_name) : std::string{};
}

std::string element_words(const Violation& violation) {
    if (violation.branch > 0) return branch_words(violation.branch, violation.branch_name);
    return violation.bus != 0 ? bus_words(violation.bus, violation.bus_name) : std::string{};
}

std::string limit_words(const TransferLimit& limit) {
    const std::string state = state_words(limit.contingency, limit.contingency_name);
    if (limit.cause == "key_source") return "the exporting side has no generation left to raise";
    if (limit.cause == "key_sink") return "the importing side has no generation left to lower";
    if (limit.cause == "none_up_to_max") return "no limit up to the largest shift searched";
    if (limit.dc_line > 0)
        return fmt::format("DC line {} ({}) at its limit of {:.1f} MW", limit.dc_line, cell(limit.branch_name, 48), limit.limit);
    if (limit.cause == "collapse") return "no power-flow solution" + state;
    if (limit.cause == "solver_failure") return "the solver failed" + state + " (not a security limit)";
    const std::string element = element_words(limit);
    if (limit.cause == "base_insecure" && element.empty()) return "the base case is already insecure" + state;
    const std::string measured =
        measured_words(limit.cause == "base_insecure" && limit.branch > 0 ? "thermal" : limit.cause, limit.value,
                       limit.limit, limit.unit, limit.rating, false);
    const std::string prefix = limit.cause == "base_insecure" ? "already in the base case: " : "";
    return prefix + element + " " + measured + state;
}

std::string violation_words(const Violation& violation) {
    return element_words(violation) + " " +
           measured_words(violation.kind, violation.value, violation.limit, violation.unit, {}, true) +
           state_words(violation.contingency, violation.contingency_name);
}

std::string case_words(const CaseInfo& grid) {
    return fmt::format("{} ({} buses, {} branches, {} generators)", cell(grid.name.empty() ? "case" : grid.name, 48),
                       grid.n_bus, grid.n_branch, grid.n_generator);
}

}  // namespace araz

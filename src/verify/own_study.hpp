// Contingencies and limits as the re-check reads them from a case and the options of a result.
#pragma once

#include <string>
#include <vector>

#include "araz/model/results.hpp"
#include "law.hpp"
#include "own_newton.hpp"

namespace araz {

// --- options of a result ---
[[nodiscard]] std::string option_word(const OptionMap& options, const std::string& name, const std::string& otherwise);
[[nodiscard]] double option_number(const OptionMap& options, const std::string& name, double otherwise);
[[nodiscard]] std::vector<std::string> option_list(const OptionMap& options, const std::string& name);

/// What an option asks for that the re-check does not model; empty: everything is modelled.
[[nodiscard]] std::vector<std::string> unmodelled_options(const Case& grid, const OptionMap& options);

struct OwnContingency {
    std::string label;
    OwnOutage outage;
    bool splits = false, excluded = false;
};

/// "branch 12", "generator 3", "dc_line 1" as rows; false: not understood, or no such row.
[[nodiscard]] bool add_outage(const Case& grid, const std::string& element, OwnOutage& outage);

/// Whether an outage opens a branch that joins its buses without impedance.
[[nodiscard]] bool opens_joint(const Case& grid, const OwnOutage& outage);

/// The contingencies that the options name: single branches and DC lines ("all"), units (--generators), and
/// the listed ones. A contingency splits when it cuts a bus off from every reference.
[[nodiscard]] std::vector<OwnContingency> own_contingencies(const OwnGrid& grid, const OptionMap& options,
                                                            const std::vector<ListedContingency>& listed);

struct OwnLimits {
    std::string rating_base = "A", rating_contingency = "A";
    bool voltages = true;
    double voltage_step = 0.0;  ///< p.u.; 0: not watched
};
[[nodiscard]] OwnLimits own_limits(const OptionMap& options);

/// A watched quantity, MVA or p.u. `severity` above 1: violated.
struct OwnReading {
    std::string kind;  ///< "thermal", "voltage_low", "voltage_high", "voltage_step"
    int branch = -1, bus = -1;  ///< rows
    double value = 0.0, limit = 0.0;
    [[nodiscard]] double severity() const {
        if (kind == "thermal") return value / limit;
        return kind == "voltage_low" ? 1.0 + (limit - value) : 1.0 + (value - limit);
    }
    [[nodiscard]] bool same_place(const OwnReading& other) const {
        return kind == other.kind && branch == other.branch && bus == other.bus;
    }
};
/// `before`: the intact state that a contingency starts from; null for an intact state.
[[nodiscard]] std::vector<OwnReading> own_readings(const OwnGrid& grid, const OwnState& state, const OwnLimits& limits,
                                                   const OwnState* before);
/// "branch 12 (thermal)" or "bus 4 (voltage_low)".
[[nodiscard]] std::string place_of(const OwnGrid& grid, const OwnReading& reading);

}  // namespace araz

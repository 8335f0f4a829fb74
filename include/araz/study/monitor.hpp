// What is watched in every state: branch loadings against the chosen rating and bus voltages against
// their bands.
#pragma once

#include <string>
#include <vector>

#include "araz/engine/engine.hpp"
#include "araz/model/results.hpp"

namespace araz {

/// Which rating applies: a column of the file and a factor. "A", "B", "C", "1.2xA".
struct RatingRule {
    char column = 'A';
    double factor = 1.0;
};
[[nodiscard]] Result<RatingRule> parse_rating(const std::string& text);
[[nodiscard]] std::string to_string(const RatingRule& rule);

/// Limit of a branch, p.u.; 0: none. An empty B or C falls back to A (MATPOWER reference convention).
[[nodiscard]] double rating(const Network& net, int branch, const RatingRule& rule);

struct MonitorOptions {
    RatingRule rating_base, rating_contingency;
    bool voltage_limits = true;
    double voltage_step = 0.0;  ///< p.u., largest change of a magnitude by a contingency; 0: not watched
};

enum class Watch : std::uint8_t { thermal, voltage_low, voltage_high, voltage_step };

/// A watched quantity in one state. `index` is a branch or a bus index. `severity` is value/limit for
/// thermal and 1 + (limit - value) or 1 + (value - limit) for voltages and their steps: above 1 means violated.
struct Reading {
    Watch watch = Watch::thermal;
    int index = -1;
    bool at_to_side = false;
    double value = 0.0;  ///< p.u.
    double limit = 0.0;  ///< p.u.
    [[nodiscard]] double severity() const;
};

/// Relative margin under which a limit counts as met: far above rounding, far below any rating's digits.
inline constexpr double limit_margin = 1e-7;
[[nodiscard]] inline bool is_violated(const Reading& reading) { return reading.severity() > 1.0 + limit_margin; }

/// All readings of a state with a limit, branches first, in index order.
class Monitor {
public:
    Monitor(ModelPtr model, MonitorOptions options);
    /// `before`: the intact state a contingency starts from; then post-contingency ratings apply and voltage
    /// steps are watched. Null for an intact state.
    void read(const Solution& solution, const Solution* before, std::vector<Reading>& readings);
    [[nodiscard]] const MonitorOptions& options() const { return options_; }
    /// [n_branch] limit of each branch, p.u.; 0: none.
    [[nodiscard]] const std::vector<double>& ratings(bool contingency) const {
        return contingency ? rating_contingency_ : rating_base_;
    }

private:
    ModelPtr model_;
    MonitorOptions options_;
    std::vector<double> rating_base_, rating_contingency_;
    std::vector<solver::BranchFlow> flows_;
};

/// A reading as a line of a result. `contingency` is the label of the outage, empty for the intact grid.
[[nodiscard]] Violation to_violation(const Network& net, const Reading& reading, const std::string& contingency,
                                     const std::string& contingency_name);

}  // namespace araz

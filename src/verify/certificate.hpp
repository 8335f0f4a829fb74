// The parts of a certificate's re-check.
#pragma once

#include <map>
#include <optional>

#include "own_after.hpp"

namespace araz {

/// Tolerances, with what they rest on.
struct CertificateTolerances {
    /// States: results are solved to 1e-8 p.u. and the exchange to 1e-6 p.u.; a decade above both.
    double power_mw = 1e-3;
    double voltage_pu = 1e-6;
    /// Limits count as met up to 1e-7 of their size; the two solvers differ by up to about 1e-6.
    double limit_share = 2e-6;
};

/// What a direction's re-check shares. Law names carry the direction.
struct DirectionCheck {
    const Case& grid;               ///< as studied
    const CapacityResult& result;
    const DirectionResult& direction;
    VerifyReport& report;
    CertificateTolerances tolerance;
    std::string title;              ///< "AZ -> IR"
    bool with_dc_lines = false;
    OwnLimits limits;
    OwnOptions solver;

    OwnGrid base_grid;              ///< of the case itself; where units share the slack, with what they give at the base
    Case dispatched;                ///< that it points to then
    OwnState base;
    std::vector<int> group;         ///< [bus row] 0 from, 1 to, 2 the rest
    std::vector<OwnContingency> contingencies;
    std::map<std::string, OwnAfter> base_after;  ///< contingencies solved at the base, by label

    [[nodiscard]] const OptionMap& options() const { return result.envelope.options; }
    [[nodiscard]] const OwnContingency* find(const std::string& label) const;
    /// The largest value a pair may have: its limit, or what the base-insecure policy makes of it. Infinite: dropped.
    [[nodiscard]] double permitted(const std::string& contingency, const OwnReading& reading);
    Law law(const std::string& name, double tolerance_of, const std::string& unit) const {
        return Law(title + ": " + name, tolerance_of, unit);
    }
};

/// One end state solved again.
struct SolvedEnd {
    Case grid;   ///< with the outputs of the state
    OwnGrid own;
    OwnState intact;
};

/// Active power leaving a group over branches and DC lines, MW, metered at its own end.
[[nodiscard]] double own_export(const OwnGrid& grid, const OwnState& state, const std::vector<int>& group, int of);

/// Rows, balance at the listed voltages, the solve, the exchange. nullptr: cannot be solved.
[[nodiscard]] std::unique_ptr<SolvedEnd> check_end_state(DirectionCheck& check, const EndState& state, const std::string& name);

void check_secure_end(DirectionCheck& check, const SolvedEnd& end);
void check_insecure_end(DirectionCheck& check, const SolvedEnd* end);
void check_sensitivities(DirectionCheck& check, const SolvedEnd& secure, const SolvedEnd& insecure);
void check_intact_ends(DirectionCheck& check, const SolvedEnd* secure, const SolvedEnd* insecure);
void check_direction_figures(DirectionCheck& check, const SolvedEnd* secure);

}  // namespace araz

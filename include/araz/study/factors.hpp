// Linear factors of the DC model: how transfers and outages move branch flows.
//
//   PTDF   flow on l per MW injected at a bus (or moved by a shift key) and taken up by the slack
//          ptdf_l = b_l (x_f - x_t),  B' x = injection
//   LODF   change of flow on l per MW that flowed on k before its outage,
//          lodf_lk = ptdf_l(f_k -> t_k) / (1 - ptdf_k(f_k -> t_k))
//   OTDF   PTDF after the outage of k, otdf_l = ptdf_l + lodf_lk ptdf_k
//
// (A. J. Wood, B. F. Wollenberg, "Power Generation, Operation and Control", ch. 11; B' of B. Stott,
// J. Jardim, O. Alsac, IEEE Trans. Power Syst. 24(3), 2009.) One sparse factorisation serves all; one solve
// per asked row or per column, whichever are fewer. LODFs do not depend on the slack.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "araz/engine/electrical_model.hpp"
#include "araz/engine/slack.hpp"
#include "araz/model/factor_results.hpp"
#include "araz/study/capacity.hpp"

namespace araz {

struct FactorOptions {
    bool taps = true;                        ///< tap ratios enter the susceptances
    std::optional<SlackKey> distributed;     ///< nothing: the reference bus of each island
    std::vector<int> branch_rows;            ///< 0-based rows to report; empty: all in service
    std::vector<int> outage_rows;            ///< 0-based rows; empty: all in service for LODF, none for OTDF
    std::vector<double> slack_factors;       ///< [n_gen] of SlackKey::file; empty: the APF column of the case
};

/// What the columns of a PTDF are. Without anything: every energised bus.
struct FactorColumns {
    std::vector<int> bus_rows;               ///< 0-based rows of the bus table
    std::optional<Grouping> groups;          ///< one column per area or zone, moved by `key`
    std::optional<ExchangeSides> sides;      ///< one transfer, moved by `key`
    KeyKind key = KeyKind::headroom;
};

/// Rows of the branch table named as "1,4,7-9", or "all" in service. Error AZ3040: not a row of the case. Each row once, in the
/// order given.
[[nodiscard]] Result<std::vector<int>> select_branches(const Case& grid, const std::string& text,
                                                       const std::string& option);
/// Rows of the bus table named by number or name. Error AZ3041 with the nearest names.
[[nodiscard]] Result<std::vector<int>> select_buses(const Case& grid, const std::string& text,
                                                    const std::string& option);

/// Errors: AZ3042 nobody takes part in the key of a transfer; AZ2003 the DC equations are singular.
[[nodiscard]] Result<PtdfResult> run_ptdf(const ElectricalModel& model, const FactorOptions& options,
                                          const FactorColumns& columns);
[[nodiscard]] Result<LodfResult> run_lodf(const ElectricalModel& model, const FactorOptions& options);

}  // namespace araz

// Screening of branch outages by a linear estimate of the loadings they leave behind.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "araz/study/contingency.hpp"
#include "araz/study/power_flow.hpp"

namespace araz {

/// Labels of the single branch outages after which every rated branch l is estimated below `threshold_pct`:
///   P_l' = P_l + LODF_l,c P_c with the AC flows of the base, Q_l kept, |S_l'| against the rating after a contingency
/// (A. J. Wood, B. F. Wollenberg, "Power Generation, Operation and Control", ch. 11). What the estimate does not know
/// (several elements, units, splits, undefined factors) is never among them. Fills `screen` but its audit.
[[nodiscard]] std::set<std::string> screen_contingencies(const StudySetup& setup, const Solution& base,
                                                         const std::vector<Contingency>& contingencies,
                                                         double threshold_pct, N1Screen& screen);

}  // namespace araz

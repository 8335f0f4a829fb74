// The ends of a bracket as a certificate carries them.
#pragma once

#include <vector>

#include "araz/model/results.hpp"
#include "araz/study/contingency.hpp"
#include "araz/study/exchange.hpp"

namespace araz {

/// Outputs, set-points, changed loads and voltages of the intact grid at an exchange. Of a state without a
/// solution: what was scheduled, and no voltages.
[[nodiscard]] EndState end_state(const Network& net, const ExchangePoint& point);

/// Contingencies whose label is not that of a single branch, DC line or unit, with what they take out.
[[nodiscard]] std::vector<ListedContingency> listed_contingencies(const Network& net, const std::vector<Contingency>& all);

}  // namespace araz

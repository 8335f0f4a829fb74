// What stops a transfer, in words of the contract, and what would stop it next.
#pragma once

#include <vector>

#include "capacity_search.hpp"

namespace araz {

/// The worst violation of an insecure report as a limit (thermal, thermal_n1, voltage_low, ...).
[[nodiscard]] TransferLimit limit_at(const SecurityCheck& security, const SecurityReport& report);

/// Whether the loss of a solution between the ends of a bracket is a fold of the power-flow equations:
/// the sensitivity of the voltages to the shift grows like 1/sqrt(E* - E) towards it (I. Dobson, L. Lu,
/// "New methods for computing a closest saddle node bifurcation", IEEE Trans. Power Syst. 8(3), 1993).
[[nodiscard]] bool is_fold(SecurityCheck& security, const Exchange& exchange, const SearchResult& found);

/// The pairs that would bind first beyond the secure end by their tangents there.
[[nodiscard]] std::vector<Limiter> next_limiters(SecurityCheck& security, const SecurityReport& at_secure, double base_mva,
                                                 int count);

}  // namespace araz

// AC contingency analysis: every outage solved in full, none screened.
#pragma once

#include <functional>

#include "araz/study/contingency.hpp"
#include "araz/study/power_flow.hpp"

namespace araz {

/// Solves the base and every contingency from it. An outage that splits the network has status
/// `islanded`: the part with the slack is solved, what is cut off is reported as lost. The answer does
/// not depend on the number of threads. `progress(done, total)` may be empty; it is called from any thread.
[[nodiscard]] N1Result run_n1(const StudySetup& setup, const std::vector<Contingency>& contingencies,
                              const std::function<void(int, int)>& progress = {});

}  // namespace araz

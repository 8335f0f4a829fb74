// How a solve ended. The words are part of the result contract.
#pragma once

#include <string_view>

namespace araz {

enum class SolveStatus {
    converged,
    attainable,         ///< stopped at the rounding floor, above the asked tolerance
    max_iterations,
    diverged,
    singular,
    limit_cycle,        ///< outer loops kept switching
    islanded,           ///< an outage split the network; the main part may still be solved
    no_solution_found,  ///< every start of the ladder failed
};

[[nodiscard]] std::string_view to_string(SolveStatus status);
[[nodiscard]] SolveStatus solve_status_from(std::string_view word);

/// Whether voltages and flows of a state with this status may be used.
[[nodiscard]] constexpr bool is_solved(SolveStatus status) {
    return status == SolveStatus::converged || status == SolveStatus::attainable;
}

}  // namespace araz

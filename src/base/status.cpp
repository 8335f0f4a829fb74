#include "araz/base/status.hpp"

#include <array>
#include <utility>

namespace araz {

namespace {

constexpr std::array<std::pair<SolveStatus, std::string_view>, 8> words{{
    {SolveStatus::converged, "converged"},
    {SolveStatus::attainable, "attainable"},
    {SolveStatus::max_iterations, "max_iterations"},
    {SolveStatus::diverged, "diverged"},
    {SolveStatus::singular, "singular"},
    {SolveStatus::limit_cycle, "limit_cycle"},
    {SolveStatus::islanded, "islanded"},
    {SolveStatus::no_solution_found, "no_solution_found"},
}};

}  // namespace

std::string_view to_string(SolveStatus status) {
    for (const auto& [value, word] : words)
        if (value == status) return word;
    return "no_solution_found";
}

SolveStatus solve_status_from(std::string_view word) {
    for (const auto& [value, text] : words)
        if (text == word) return value;
    return SolveStatus::no_solution_found;
}

}  // namespace araz

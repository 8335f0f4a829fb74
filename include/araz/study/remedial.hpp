// Preventive remedial actions: changes of the base that an operator can make before the exchange begins.
#pragma once

#include <string>
#include <vector>

#include "araz/base/result.hpp"
#include "araz/model/case.hpp"

namespace araz {

/// One change of a case. Kinds: phase_shift (branch, degrees), tap (branch, ratio), open and close (branch),
/// hvdc (DC line, MW at the from end), redispatch (generator, MW added; a pair is two rows of one action),
/// voltage (generator, set-point in p.u.).
struct RemedialStep {
    std::string kind;
    std::string element;  ///< 1-based row of the element's table, or its identifier in a case folder
    double value = 0.0;
    SourcePoint where;
};

struct RemedialAction {
    std::string label, name;
    std::vector<RemedialStep> steps;
};

/// The case with an action carried out. Errors (kind invalid_input, AZ3024) name the row of the list: an
/// unknown kind or element, a redispatch beyond Pmin or Pmax, a set-point beyond the limits of the DC line.
[[nodiscard]] Result<Case> with_action(const Case& grid, const RemedialAction& action);

}  // namespace araz

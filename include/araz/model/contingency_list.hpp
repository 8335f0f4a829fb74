// Contingencies as a file names them, before they are matched with a network.
#pragma once

#include <string>
#include <vector>

#include "araz/base/finding.hpp"

namespace araz {

/// One element of a named outage: "line", "transformer", "branch", "generator" or "hvdc", by its identifier
/// in the case or by its 1-based row.
struct OutageElement {
    std::string kind;
    std::string element;
    SourcePoint where;
};

struct NamedContingency {
    std::string label;
    std::string name;
    std::vector<OutageElement> elements;
};

}  // namespace araz

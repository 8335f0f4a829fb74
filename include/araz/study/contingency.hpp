// Contingencies: named sets of outages.
#pragma once

#include <string>
#include <vector>

#include "araz/base/result.hpp"
#include "araz/engine/electrical_model.hpp"
#include "araz/model/scenario.hpp"

namespace araz {

struct Contingency {
    std::string label;  ///< branch row as text for a single branch outage
    std::string name;   ///< for people
    std::vector<int> branches;    ///< branch indices
    std::vector<int> generators;  ///< generator indices
    bool splits = false;          ///< cuts buses off from every slack
    bool excluded = false;        ///< asked to be left out: listed, never solved

    [[nodiscard]] Scenario scenario() const { return {label, branches, generators, {}, {}}; }
    [[nodiscard]] std::vector<std::string> elements(const Network& net) const;
};

struct ContingencySpec {
    std::string set = "all";       ///< "all", "none"
    std::vector<int> exclude_rows; ///< 1-based branch rows left out
};

/// The contingencies of a study in branch order, the excluded ones marked. Errors (AZ3002): an excluded row that does not exist
/// or names a branch out of service.
[[nodiscard]] Result<std::vector<Contingency>> make_contingencies(const ElectricalModel& model,
                                                                  const ContingencySpec& spec);

}  // namespace araz

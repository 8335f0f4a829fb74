// Contingencies: named sets of outages, matched with a network.
#pragma once

#include <string>
#include <vector>

#include "araz/base/result.hpp"
#include "araz/engine/electrical_model.hpp"
#include "araz/model/contingency_list.hpp"
#include "araz/model/scenario.hpp"

namespace araz {

struct Contingency {
    std::string label;  ///< branch row as text for a single branch outage
    std::string name;   ///< for people
    std::vector<int> branches;    ///< branch indices
    std::vector<int> generators;  ///< generator indices
    std::vector<int> buses;       ///< bus indices; their branches and units are among those above
    bool splits = false;          ///< cuts buses off from every slack
    bool excluded = false;        ///< asked to be left out: listed, never solved

    [[nodiscard]] Scenario scenario() const { return {label, branches, generators, {}, {}, {}}; }
    [[nodiscard]] std::vector<std::string> elements(const Network& net) const;
};

struct ContingencySpec {
    bool branches = true;            ///< every single branch and DC line in service
    bool generators = false;         ///< every single unit in service
    bool buses = false;              ///< every single energised bus, with all that is connected to it
    std::vector<NamedContingency> listed;
    std::vector<int> exclude_rows;   ///< 1-based branch rows left out as single outages
};

/// The contingencies of a study: single branches in row order, DC lines ("dc1"), units ("g1"), buses ("b7", by number), then the
/// listed ones; the excluded ones marked. Errors: AZ3002 an excluded row that matches none; AZ3022 a
/// listed element that does not exist, with the nearest names.
[[nodiscard]] Result<std::vector<Contingency>> make_contingencies(const ElectricalModel& model,
                                                                  const ContingencySpec& spec);

}  // namespace araz

// Scenario: what differs from the Network in one solve. A sparse overlay, never a copied network.
#pragma once

#include <string>
#include <vector>

namespace araz {

struct GeneratorSetting {
    int generator = 0;  ///< generator index
    double p = 0.0;     ///< p.u., absolute
};

struct LoadChange {
    int bus = 0;
    double p = 0.0, q = 0.0;  ///< p.u., added to the consumption
};

/// Net position that the units of an area hold in an island.
struct AreaTarget {
    int island = 0;
    int area = 0;
    double p = 0.0;  ///< net export, p.u.
};

struct Scenario {
    std::string label;
    std::vector<int> branches_out;    ///< branch indices
    std::vector<int> generators_out;  ///< generator indices
    std::vector<GeneratorSetting> generator_p;
    std::vector<LoadChange> load_changes;
    /// Area control only. Empty: the schedule of the options where the dispatch is that of the network
    /// (no generator_p); a scenario with a dispatch of its own and no targets has no area control.
    std::vector<AreaTarget> area_targets = {};
};

}  // namespace araz

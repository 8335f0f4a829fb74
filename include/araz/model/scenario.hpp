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

struct Scenario {
    std::string label;
    std::vector<int> branches_out;    ///< branch indices
    std::vector<int> generators_out;  ///< generator indices
    std::vector<GeneratorSetting> generator_p;
    std::vector<LoadChange> load_changes;
};

}  // namespace araz

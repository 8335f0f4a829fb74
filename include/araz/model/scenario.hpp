// Scenario: what differs from the Network in one solve. A sparse overlay, never a copied network.
#pragma once

#include <string>
#include <vector>

#include "araz/model/case.hpp"

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

/// Values that stand in for those of the network before anything else of a scenario: an hour, an operating point. All
/// absolute, per unit and radians; what is not named stays as the network has it.
struct Settings {
    struct Load {
        int bus = 0;
        double p = 0.0, q = 0.0;  ///< whole consumption at 1 p.u.
    };
    struct Mix {
        int bus = 0;
        LoadMix mix;              ///< of a network whose loads depend on the voltage
    };
    struct Shunt {
        int bus = 0;
        double b = 0.0;
    };
    struct Tap {
        int branch = 0;
        double ratio = 1.0;
    };
    /// Set-point of a unit or a converter end, and the reference of a droop; the last unit of a bus counts, as in the network.
    struct Voltage {
        int generator = 0;
        double v = 1.0;
    };
    struct Limits {
        int generator = 0;
        double pmin = 0.0, pmax = 0.0;
    };
    /// Power that a DC line is set to; not of lines under AC emulation.
    struct DcLine {
        int dc = 0;
        double p = 0.0;
    };
    std::vector<GeneratorSetting> generator_p;  ///< units
    std::vector<Load> loads;
    std::vector<Mix> mixes;
    std::vector<Shunt> shunts;
    std::vector<Tap> taps;
    std::vector<Voltage> voltages;
    std::vector<Limits> limits;
    std::vector<DcLine> dc_lines;

    [[nodiscard]] bool empty() const {
        return generator_p.empty() && loads.empty() && mixes.empty() && shunts.empty() && taps.empty() && voltages.empty() &&
               limits.empty() && dc_lines.empty();
    }
    /// Whether rows of Ybus differ.
    [[nodiscard]] bool changes_admittances() const { return !shunts.empty() || !taps.empty(); }
};

struct Scenario {
    std::string label;
    std::vector<int> branches_out;    ///< branch indices
    std::vector<int> generators_out;  ///< generator indices
    std::vector<GeneratorSetting> generator_p;
    std::vector<LoadChange> load_changes;
    /// Area control only. Empty: the schedule of the options where the dispatch is that of the network or the settings
    /// (no generator_p); a scenario with a dispatch of its own and no targets has no area control.
    std::vector<AreaTarget> area_targets = {};
    Settings settings = {};           ///< of the network that all the rest changes
};

struct Network;

/// Writes settings into `net`, a copy of `built`; nothing that was written there before stays. Structure, limits of
/// branches and reactive ranges are never touched, nor who is the reference.
void apply_settings(const Settings& settings, const Network& built, Network& net);

/// [n_bus] regulated magnitudes with these settings, NaN where nothing is regulated; empty: those of the network.
[[nodiscard]] std::vector<double> set_points(const Settings& settings, const Network& net);

}  // namespace araz

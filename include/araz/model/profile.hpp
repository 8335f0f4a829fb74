// Hourly series, and which units and loads of a case follow them.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "araz/model/case.hpp"

namespace araz {

/// What a series of a file belongs to.
enum class SeriesOf { any, load, unit };

/// Where a series comes from, and what it says of itself.
struct SeriesColumn {
    std::string own_name;          ///< in its file
    std::string file;
    SeriesOf of = SeriesOf::any;   ///< from the shape of the file
    bool in_mw = false;            ///< to be divided by what follows it (to_per_unit)
};

/// Series on a common clock. Row t begins at time[t] and lasts `step_hours`.
struct ProfileSeries {
    std::string file, sha256;
    std::vector<std::string> names;
    std::vector<double> time;   ///< in `time_units`
    std::string time_units;     ///< "hours since 2025-01-01T00:00"
    double step_hours = 1.0;
    std::vector<double> values; ///< [time x names], p.u. of a plant's Pmax or a load's base
    std::vector<SeriesColumn> columns;  ///< one per name, or none: p.u., of anything
    std::vector<int> lines;             ///< [time x names] of their files, or none
    std::vector<std::pair<std::string, std::string>> inputs;  ///< files read and their SHA-256

    [[nodiscard]] int column(std::string_view name) const {
        for (std::size_t k = 0; k < names.size(); ++k)
            if (names[k] == name) return static_cast<int>(k);
        return -1;
    }
    [[nodiscard]] double at(int row, int column_index) const {
        return values[static_cast<std::size_t>(row) * names.size() + static_cast<std::size_t>(column_index)];
    }
};

/// A unit with a profile has `pmax_mw` times its value available.
struct UnitProfile {
    std::string profile;  ///< empty: none
    double pmax_mw = 0.0; ///< nameplate
};

/// One row of a table of loads, of which several may stand at a bus. Shares as in LoadMix.
struct ProfiledLoad {
    BusId bus{};
    double p_mw = 0.0, q_mvar = 0.0;
    std::string profile;  ///< empty: none
    double p_z = 0.0, p_i = 0.0, q_z = 0.0, q_i = 0.0;
};

struct ProfileUse {
    std::vector<UnitProfile> units;  ///< one per row of Case::generators
    std::vector<ProfiledLoad> loads;
};

}  // namespace araz

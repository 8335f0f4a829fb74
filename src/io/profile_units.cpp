// Series in MW as shares of what follows them.
#include "araz/base/text.hpp"
#include "araz/io/profile_io.hpp"

namespace araz {

namespace {

constexpr double highest_pu = 2.0;  // as for series in p.u.

struct Followers {
    double load_mw = 0.0, unit_mw = 0.0;
    bool loads = false, units = false;
};

Followers followers_of(const std::string& name, const ProfileUse& use) {
    Followers out;
    for (const ProfiledLoad& load : use.loads) {
        if (load.profile != name) continue;
        out.loads = true;
        out.load_mw += load.p_mw;
    }
    for (const UnitProfile& unit : use.units) {
        if (unit.profile != name) continue;
        out.units = true;
        out.unit_mw += unit.pmax_mw;
    }
    return out;
}

Finding finding(const SeriesColumn& column, int line, std::string message, std::string hint) {
    Finding out;
    out.code = "AZ3067";
    out.message = std::move(message);
    out.hint = std::move(hint);
    out.where = {column.file, line, 0, 1, {}};
    return out;
}

}  // namespace

bool in_mw(const ProfileSeries& series) {
    for (const SeriesColumn& column : series.columns)
        if (column.in_mw) return true;
    return false;
}

Result<Done> to_per_unit(ProfileSeries& series, const ProfileUse& use) {
    Findings wrong;
    const std::size_t width = series.names.size();
    for (std::size_t c = 0; c < width; ++c) {
        SeriesColumn& column = series.columns[c];
        if (!column.in_mw) continue;
        const Followers who = followers_of(series.names[c], use);
        const double base = who.loads ? who.load_mw : who.unit_mw;
        const bool used = who.loads || who.units;
        if (who.loads && who.units) {
            wrong.push_back(finding(column, 0, "loads and units follow the series '" + series.names[c] + "', which is in MW",
                "MW of loads, or MW of units"));
            continue;
        }
        if (used && !(base > 0.0)) {
            wrong.push_back(finding(column, 0, "the series '" + series.names[c] + "' is in MW, and what follows it has " +
                shortest(base) + " MW in the case",
                                    "MW are shared in proportion to the MW of the case"));
            continue;
        }
        for (std::size_t r = 0; r < series.time.size(); ++r) {
            double& value = series.values[r * width + c];
            const double share = used ? value / base : 0.0;  // nobody looks at one without followers
            if (share > highest_pu) {
                wrong.push_back(finding(column, series.lines.empty() ? 0 : series.lines[r * width + c],
                                        "the series '" + series.names[c] + "' is " + shortest(value) +
                                            " MW, what follows it has " + shortest(base) + " MW in the case",
                                        "expected up to " + shortest(highest_pu) + " times that"));
                break;
            }
            value = share;
        }
        column.in_mw = false;
    }
    if (!wrong.empty()) return Error{ErrorKind::invalid_input, std::move(wrong)};
    return Done{};
}

}  // namespace araz

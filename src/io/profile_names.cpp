// Profiles of a case without tables for them: the names of the series say what follows them.
#include <optional>
#include <unordered_map>
#include <vector>

#include "araz/base/text.hpp"
#include "araz/io/profile_io.hpp"

namespace araz {

namespace {

constexpr std::string_view whole_load = "load", of_area = "area ", of_bus = "bus ", of_generator = "generator ";

// The number after a prefix, written without leading zeros or signs, so that two names never mean one element.
std::optional<long long> number_after(std::string_view name, std::string_view prefix) {
    if (!name.starts_with(prefix)) return {};
    const auto number = parse_integer(name.substr(prefix.size()));
    if (!number || std::string(prefix) + std::to_string(*number) != name) return {};
    return number;
}

// What a name says, in the terms of a case.
class Names {
public:
    Names(const Case& grid, const ProfileSeries& series, ProfileUse& out) : series_(series), out_(out) {
        for (const BusRow& bus : grid.buses) {
            buses_.emplace(number(bus.bus), "");
            areas_.emplace(bus.area, "");
            if (!bus.name.empty()) bus_names_[bus.name].push_back(number(bus.bus));
        }
        for (std::size_t k = 0; k < grid.generators.size(); ++k)
            if (!grid.generators[k].name.empty()) unit_names_[grid.generators[k].name].push_back(static_cast<long long>(k) + 1);
    }

    Findings read() {
        for (std::size_t c = 0; c < series_.names.size(); ++c) {
            file_ = series_.columns.empty() ? series_.file : series_.columns[c].file;
            const SeriesOf of = series_.columns.empty() ? SeriesOf::any : series_.columns[c].of;
            place(series_.columns.empty() ? series_.names[c] : series_.columns[c].own_name, of, series_.names[c]);
        }
        return std::move(findings_);
    }

    // The series of a load, the most specific one; empty: none.
    [[nodiscard]] const std::string& of_load(const BusRow& bus) const {
        if (const std::string& own = buses_.at(number(bus.bus)); !own.empty()) return own;
        const std::string& of_its_area = areas_.at(bus.area);
        return of_its_area.empty() ? everywhere_ : of_its_area;
    }

private:
    using ByNumber = std::unordered_map<long long, std::string>;

    // `own`: what the file calls the series called `name`.
    void place(const std::string& own, SeriesOf of, const std::string& name) {
        const bool loads = of != SeriesOf::unit, units = of != SeriesOf::load;
        if (loads && own == whole_load) everywhere_ = name;
        else if (const auto area = number_after(own, of_area); loads && area) take(areas_, *area, "area", name);
        else if (const auto bus = number_after(own, of_bus); loads && bus) take(buses_, *bus, "bus", name);
        else if (const auto unit = number_after(own, of_generator); units && unit) take_unit(*unit, name);
        else if (const auto at = number_after(own, ""); of == SeriesOf::load && at) take(buses_, *at, "bus", name);
        else place_by_name(own, loads, units, name);
    }

    void place_by_name(const std::string& own, bool loads, bool units, const std::string& name) {
        const auto bus = loads ? bus_names_.find(own) : bus_names_.end();
        const auto unit = units ? unit_names_.find(own) : unit_names_.end();
        const std::size_t count = (bus == bus_names_.end() ? 0 : bus->second.size()) + (unit == unit_names_.end() ? 0 : unit->second.size());
        if (count == 0) refuse("the series '" + own + "' names nothing in the case");
        else if (count > 1) refuse("the series '" + own + "' names " + std::to_string(count) + " things in the case");
        else if (bus != bus_names_.end()) take(buses_, bus->second[0], "bus", name);
        else take_unit(unit->second[0], name);
    }

    void take(ByNumber& known, long long id, const std::string& what, const std::string& name) {
        const auto found = known.find(id);
        if (found == known.end()) refuse("the case has no " + what + " for the series '" + name + "'");
        else if (!found->second.empty()) refuse("the series '" + name + "' and '" + found->second + "' name one " + what);
        else found->second = name;
    }
    void take_unit(long long row, const std::string& name) {
        if (row < 1 || row > static_cast<long long>(out_.units.size())) return refuse("the case has no generator for the series '" + name + "'");
        std::string& taken = out_.units[static_cast<std::size_t>(row - 1)].profile;
        if (!taken.empty()) refuse("the series '" + name + "' and '" + taken + "' name one generator");
        else taken = name;
    }
    void refuse(const std::string& message) {
        Finding finding;
        finding.code = "AZ3063";
        finding.message = message;
        finding.hint = "series of a single-file case are named load, area N, bus N, generator N (N-th row), or as a unit or bus; "
                       "[profiles] names = \"names.csv\" gives others such names";
        finding.where = {file_, 0, 0, 1, {}};
        findings_.push_back(std::move(finding));
    }

    const ProfileSeries& series_;
    ProfileUse& out_;
    ByNumber buses_, areas_;
    std::unordered_map<std::string, std::vector<long long>> bus_names_, unit_names_;  ///< bus numbers, rows from 1
    std::string everywhere_, file_;
    Findings findings_;
};

}  // namespace

Result<ProfileUse> profiles_by_name(const Case& grid, const ProfileSeries& series) {
    ProfileUse out;
    for (const GeneratorRow& unit : grid.generators) out.units.push_back({"", unit.pmax_mw});
    Names names(grid, series, out);
    if (Findings wrong = names.read(); !wrong.empty()) return Error{ErrorKind::invalid_input, std::move(wrong)};

    std::unordered_map<long long, const LoadMix*> mixes;
    for (const LoadModelRow& model : grid.load_models) mixes[number(model.bus)] = &model.mix;
    for (const BusRow& bus : grid.buses) {
        if (bus.pd_mw == 0.0 && bus.qd_mvar == 0.0) continue;
        ProfiledLoad load{bus.bus, bus.pd_mw, bus.qd_mvar, names.of_load(bus)};
        if (const auto found = mixes.find(number(bus.bus)); found != mixes.end()) {
            load.p_z = found->second->p_z;
            load.p_i = found->second->p_i;
            load.q_z = found->second->q_z;
            load.q_i = found->second->q_i;
        }
        out.loads.push_back(std::move(load));
    }
    return out;
}

}  // namespace araz

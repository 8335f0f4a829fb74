// Profiles of a case without tables for them: the names of the series say what follows them.
#include <optional>
#include <unordered_map>

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
        }
    }

    Findings read() {
        for (const std::string& name : series_.names) {
            if (name == whole_load) everywhere_ = name;
            else if (const auto area = number_after(name, of_area)) take(areas_, *area, "area", name);
            else if (const auto bus = number_after(name, of_bus)) take(buses_, *bus, "bus", name);
            else if (const auto unit = number_after(name, of_generator)) take_unit(*unit, name);
            else refuse("the series '" + name + "' names nothing in the case");
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

    void take(ByNumber& known, long long id, const std::string& what, const std::string& name) {
        if (const auto found = known.find(id); found != known.end()) found->second = name;
        else refuse("the case has no " + what + " for the series '" + name + "'");
    }
    void take_unit(long long row, const std::string& name) {
        if (row >= 1 && row <= static_cast<long long>(out_.units.size())) out_.units[static_cast<std::size_t>(row - 1)].profile = name;
        else refuse("the case has no generator for the series '" + name + "'");
    }
    void refuse(const std::string& message) {
        Finding finding;
        finding.code = "AZ3063";
        finding.message = message;
        finding.hint = "series of a single-file case are named load, area N, bus N or generator N (N-th row)";
        finding.where = {series_.file, 0, 0, 1, {}};
        findings_.push_back(std::move(finding));
    }

    const ProfileSeries& series_;
    ProfileUse& out_;
    ByNumber buses_, areas_;
    std::string everywhere_;
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

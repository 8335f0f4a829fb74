#include "araz/study/dispatch.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>

namespace araz {

namespace {

// From cheap to dear, as long as a case has no costs: an assumption of the rule, stated in docs/batch.md.
constexpr std::array<std::string_view, 7> fuel_order{"nuclear", "hydro", "wind", "solar", "coal", "ng", "oil"};
constexpr std::array<std::string_view, 4> type_order{"CC", "ST", "GT", "IC"};

template <class List>
std::size_t rank_in(const List& list, std::string_view word) {
    return static_cast<std::size_t>(std::find(list.begin(), list.end(), word) - list.begin());
}

// The factor s at which sum of clip(s * weight, low, high) is `needed`. The sum does not fall with s; bisection
// to the last bit keeps it free of orders of summation that depend on the data.
template <class Total>
double factor_for(const Total& total, double highest, double needed) {
    double low = 0.0;
    double high = highest;
    for (int k = 0; k < 200; ++k) {
        const double middle = 0.5 * (low + high);
        if (!(middle > low && middle < high)) break;
        (total(middle) < needed ? low : high) = middle;
    }
    return high;
}

}  // namespace

HourlyDispatch::HourlyDispatch(Case grid, ProfileUse use, const ProfileSeries& series, DispatchRule rule, const PfResult& base,
                               const std::vector<const Case*>& settings)
    : grid_(std::move(grid)), use_(std::move(use)), series_(&series), rule_(rule) {
    for (SourceFile& file : grid_.files) file.text.clear();  // copied every hour, quoted by nobody
    std::unordered_map<std::int64_t, int> bus_row;
    for (std::size_t b = 0; b < grid_.buses.size(); ++b) bus_row[number(grid_.buses[b].bus)] = static_cast<int>(b);
    const auto area_at = [&](std::int64_t bus) { return grid_.buses[bus_row.at(bus)].area; };
    live_.assign(grid_.buses.size(), 0);
    for (const BusResult& bus : base.buses)
        live_[bus_row.at(bus.bus)] = bus.type != "isolated" && bus.type != "dead" && std::isfinite(bus.vm_pu) ? 1 : 0;

    for (const UnitProfile& unit : use_.units) unit_column_.push_back(unit.profile.empty() ? -1 : series.column(unit.profile));
    for (const ProfiledLoad& load : use_.loads) {
        load_column_.push_back(load.profile.empty() ? -1 : series.column(load.profile));
        load_bus_.push_back(bus_row.at(number(load.bus)));
    }

    for (std::size_t b = 0; b < grid_.buses.size(); ++b)
        if (live_[b] != 0) areas_[grid_.buses[b].area].load_mw += grid_.buses[b].pd_mw;
    for (auto& [id, area] : areas_) area.loss_mw = -area.load_mw;
    for (const AreaResult& result : base.areas)
        if (const auto found = areas_.find(result.area); found != areas_.end()) found->second.net_position_mw += result.net_export_mw;
    for (const DcLineResult& line : base.dc_lines) {
        if (!line.in_service) continue;
        areas_[area_at(line.from_bus)].net_position_mw += line.p_from_mw;
        areas_[area_at(line.to_bus)].net_position_mw += line.p_to_mw;
    }
    for (const GeneratorResult& unit : base.generators) {
        const int row = unit.generator - 1;
        if (!unit.in_service || live_[bus_row.at(unit.bus)] == 0) continue;
        Area& area = areas_[area_at(unit.bus)];
        area.loss_mw += unit.p_mw;
        const GeneratorRow& source = grid_.generators[row];
        if (unit_column_[row] >= 0) area.with_profile.push_back(row);
        else area.units.push_back({row, source.pg_mw, source.pmin_mw, source.pmax_mw});
    }
    for (auto& [id, area] : areas_) area.loss_mw -= area.net_position_mw;
    for (const BranchRow& branch : grid_.branches) branch_area_.push_back(area_at(number(branch.from_bus)));
    for (const GeneratorRow& unit : grid_.generators) unit_area_.push_back(area_at(number(unit.bus)));
    for (const Case* other : settings) settings_.push_back(settings_of(*other));
    if (rule_ != DispatchRule::merit) return;
    for (auto& [id, area] : areas_)
        std::stable_sort(area.units.begin(), area.units.end(), [&](const Unit& a, const Unit& b) {
            const GeneratorRow& x = grid_.generators[a.row];
            const GeneratorRow& y = grid_.generators[b.row];
            return std::pair(rank_in(fuel_order, x.fuel), rank_in(type_order, x.type)) <
                   std::pair(rank_in(fuel_order, y.fuel), rank_in(type_order, y.type));
        });
}

HourlyDispatch::Settings HourlyDispatch::settings_of(const Case& other) const {
    Settings out;
    std::unordered_map<std::int64_t, const BusRow*> buses;
    for (const BusRow& bus : other.buses) buses[number(bus.bus)] = &bus;
    std::unordered_map<std::string, double> ratio, v_set;
    for (const BranchRow& branch : other.branches) ratio[branch.id] = branch.ratio;
    for (const GeneratorRow& unit : other.generators) v_set[unit.id] = unit.vg_pu;
    for (std::size_t b = 0; b < grid_.buses.size(); ++b) {
        const auto found = buses.find(number(grid_.buses[b].bus));
        const BusRow& bus = found == buses.end() ? grid_.buses[b] : *found->second;
        out.shunt_mvar.push_back(bus.bs_mvar);
        if (live_[b] != 0) out.load_of_area[grid_.buses[b].area] += bus.pd_mw;
    }
    const auto value = [](const auto& map, const std::string& id, double otherwise) {
        const auto found = map.find(id);
        return found == map.end() ? otherwise : found->second;
    };
    for (const BranchRow& branch : grid_.branches) out.ratio.push_back(value(ratio, branch.id, branch.ratio));
    for (const GeneratorRow& unit : grid_.generators) out.v_set_pu.push_back(value(v_set, unit.id, unit.vg_pu));
    return out;
}

void HourlyDispatch::set_voltages(const std::map<int, double>& load_of_area, HourState& state) const {
    struct Mix {
        const Settings *low, *high;
        double share;  ///< of the high one
    };
    std::map<int, Mix> mixes;
    for (const auto& [area, load] : load_of_area) {
        const Settings *low = nullptr, *high = nullptr;  // the nearest from below and from above
        for (const Settings& one : settings_) {
            const double at = one.load_of_area.at(area);
            if (at <= load && (low == nullptr || at > low->load_of_area.at(area))) low = &one;
            if (at >= load && (high == nullptr || at < high->load_of_area.at(area))) high = &one;
        }
        if (low == nullptr) low = high;
        if (high == nullptr) high = low;
        const double width = high->load_of_area.at(area) - low->load_of_area.at(area);
        mixes[area] = {low, high, width > 0.0 ? (load - low->load_of_area.at(area)) / width : 0.0};
    }
    const auto apply = [&](int area, std::size_t k, std::vector<double> Settings::* values, double& target) {
        const auto found = mixes.find(area);
        if (found == mixes.end()) return;
        const auto& [low, high, share] = found->second;
        const double from = (low->*values)[k];
        target = from + share * ((high->*values)[k] - from);
    };
    for (std::size_t b = 0; b < grid_.buses.size(); ++b) apply(grid_.buses[b].area, b, &Settings::shunt_mvar, state.grid.buses[b].bs_mvar);
    for (std::size_t l = 0; l < grid_.branches.size(); ++l) apply(branch_area_[l], l, &Settings::ratio, state.grid.branches[l].ratio);
    for (std::size_t g = 0; g < grid_.generators.size(); ++g) {
        GeneratorRow& unit = state.grid.generators[g];
        apply(unit_area_[g], g, &Settings::v_set_pu, unit.vg_pu);
        if (unit.reactive.mode == ReactiveMode::q_of_v) unit.reactive.v_ref_pu = unit.vg_pu;
    }
}

void HourlyDispatch::set_loads(int row, HourState& state, std::map<int, double>& load_of_area) const {
    std::vector<LoadMix> mixes(grid_.buses.size());  // MW and MVAr here
    std::vector<unsigned char> touched(grid_.buses.size(), 0);
    for (std::size_t k = 0; k < use_.loads.size(); ++k) {
        BusRow& bus = state.grid.buses[load_bus_[k]];
        if (touched[load_bus_[k]] == 0) bus.pd_mw = bus.qd_mvar = 0.0;
        touched[load_bus_[k]] = 1;
        const double factor = load_column_[k] < 0 ? 1.0 : series_->at(row, load_column_[k]);
        const double p = use_.loads[k].p_mw * factor;
        const double q = use_.loads[k].q_mvar * factor;
        bus.pd_mw += p;
        bus.qd_mvar += q;
        LoadMix& mix = mixes[load_bus_[k]];
        mix.p_z += p * use_.loads[k].p_z;
        mix.p_i += p * use_.loads[k].p_i;
        mix.q_z += q * use_.loads[k].q_z;
        mix.q_i += q * use_.loads[k].q_i;
    }
    for (LoadModelRow& model : state.grid.load_models) {
        const auto bus = std::find_if(grid_.buses.begin(), grid_.buses.end(), [&](const BusRow& b) { return b.bus == model.bus; });
        const auto b = static_cast<std::size_t>(bus - grid_.buses.begin());
        const auto part = [](double value, double whole) { return whole != 0.0 ? value / whole : 0.0; };
        model.mix.p_z = part(mixes[b].p_z, state.grid.buses[b].pd_mw);
        model.mix.p_i = part(mixes[b].p_i, state.grid.buses[b].pd_mw);
        model.mix.q_z = part(mixes[b].q_z, state.grid.buses[b].qd_mvar);
        model.mix.q_i = part(mixes[b].q_i, state.grid.buses[b].qd_mvar);
    }
    for (std::size_t b = 0; b < grid_.buses.size(); ++b) {
        if (live_[b] == 0) continue;
        load_of_area[grid_.buses[b].area] += state.grid.buses[b].pd_mw;
        state.load_mw += state.grid.buses[b].pd_mw;
    }
}

HourState HourlyDispatch::at(int row) const {
    HourState state;
    state.grid = grid_;
    std::map<int, double> load_of_area;
    set_loads(row, state, load_of_area);
    if (!settings_.empty()) set_voltages(load_of_area, state);
    for (std::size_t k = 0; k < use_.units.size(); ++k) {
        if (unit_column_[k] < 0) continue;
        GeneratorRow& unit = state.grid.generators[k];
        unit.pmax_mw = use_.units[k].pmax_mw * series_->at(row, unit_column_[k]);
        if (std::isfinite(unit.p_limit_mw)) {
            unit.available_mw = unit.pmax_mw;
            unit.pmax_mw = std::min(unit.pmax_mw, unit.p_limit_mw);
        }
        unit.pmin_mw = std::min(unit.pmin_mw, unit.pmax_mw);
        unit.pg_mw = unit.pmax_mw;
    }
    for (const auto& [id, area] : areas_) {
        for (const int unit : area.with_profile) {
            const GeneratorRow& row_of_unit = state.grid.generators[unit];
            const double available = std::isfinite(row_of_unit.available_mw) ? row_of_unit.available_mw : row_of_unit.pmax_mw;
            state.available_mw += available;
            state.curtailed_mw += available - row_of_unit.pmax_mw;
        }
        if (rule_ != DispatchRule::given) balance(area, load_of_area[id], state);
    }
    return state;
}

void HourlyDispatch::balance(const Area& area, double load_mw, HourState& state) const {
    const double growth = area.load_mw > 0.0 ? load_mw / area.load_mw : 1.0;
    double needed = load_mw + area.net_position_mw + area.loss_mw * growth * growth;
    for (const int unit : area.with_profile) needed -= state.grid.generators[unit].pg_mw;
    rule_ == DispatchRule::merit ? stack(area, needed, state) : share(area, needed, state);
    for (const Unit& unit : area.units) {
        GeneratorRow& row = state.grid.generators[unit.row];
        if (row.pg_mw >= row.pmin_mw) continue;
        state.below_pmin_mw += row.pg_mw > 0.0 ? row.pmin_mw - row.pg_mw : 0.0;
        row.pmin_mw = row.pg_mw;
    }
}

// Takes from the units with a profile what is too much, in proportion to their output.
void HourlyDispatch::curtail(const Area& area, double surplus_mw, HourState& state) const {
    double output = 0.0;
    for (const int unit : area.with_profile) output += state.grid.generators[unit].pg_mw;
    const double taken = std::min(surplus_mw, output);
    for (const int unit : area.with_profile) {
        GeneratorRow& row = state.grid.generators[unit];
        if (output > 0.0) row.pg_mw -= taken * (row.pg_mw / output);
        row.pmin_mw = std::min(row.pmin_mw, row.pg_mw);
    }
    state.curtailed_mw += taken;
    state.surplus_mw += surplus_mw - taken;
}

void HourlyDispatch::share(const Area& area, double needed_mw, HourState& state) const {
    const auto set = [&](const Unit& unit, double p) { state.grid.generators[unit.row].pg_mw = p; };
    double lowest = 0.0, highest = 0.0, reserve = 0.0, steepest = 0.0;
    for (const Unit& unit : area.units) {
        if (unit.base_mw > 0.0) {
            lowest += std::min(unit.pmin_mw, unit.pmax_mw);
            highest += unit.pmax_mw;
            steepest = std::max({steepest, unit.pmax_mw / unit.base_mw, unit.pmin_mw / unit.base_mw});
        } else {
            needed_mw -= unit.base_mw;  // not running, or pumping
            reserve += std::max(0.0, unit.pmax_mw - unit.base_mw);
        }
    }
    if (needed_mw < lowest) {  // rows stand for plants of several blocks: some of them are off
        const double part = lowest > 0.0 ? std::max(0.0, needed_mw) / lowest : 1.0;
        for (const Unit& unit : area.units)
            if (unit.base_mw > 0.0) set(unit, unit.pmin_mw * part);
        const double left = lowest > 0.0 ? -std::min(0.0, needed_mw) : lowest - needed_mw;
        if (left > 0.0) curtail(area, left, state);
        return;
    }
    if (needed_mw > highest) {
        const double more = std::min(needed_mw - highest, reserve);
        for (const Unit& unit : area.units) {
            if (unit.base_mw > 0.0) set(unit, unit.pmax_mw);
            else if (reserve > 0.0) set(unit, unit.base_mw + more * (std::max(0.0, unit.pmax_mw - unit.base_mw) / reserve));
        }
        state.shortage_mw += needed_mw - highest - more;
        return;
    }
    const auto output = [](const Unit& unit, double factor) {
        return std::min(unit.pmax_mw, std::max(unit.pmin_mw, factor * unit.base_mw));
    };
    const double factor = factor_for(
        [&](double s) {
            double sum = 0.0;
            for (const Unit& unit : area.units)
                if (unit.base_mw > 0.0) sum += output(unit, s);
            return sum;
        },
        steepest, needed_mw);
    for (const Unit& unit : area.units)
        if (unit.base_mw > 0.0) set(unit, output(unit, factor));
}

void HourlyDispatch::stack(const Area& area, double needed_mw, HourState& state) const {
    double left = needed_mw;
    for (const Unit& unit : area.units) {
        const double p = std::clamp(left, std::min(0.0, unit.pmin_mw), std::max(0.0, unit.pmax_mw));
        state.grid.generators[unit.row].pg_mw = p;
        left -= p;
    }
    if (left < 0.0) curtail(area, -left, state);
    else state.shortage_mw += left;
}

}  // namespace araz

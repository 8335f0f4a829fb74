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

    std::unordered_map<std::string_view, int> columns;
    for (std::size_t k = 0; k < series.names.size(); ++k) columns.emplace(series.names[k], static_cast<int>(k));
    const auto column = [&](const std::string& profile) {
        const auto found = columns.find(profile);
        return profile.empty() || found == columns.end() ? -1 : found->second;
    };
    for (const UnitProfile& unit : use_.units) unit_column_.push_back(column(unit.profile));
    for (const ProfiledLoad& load : use_.loads) {
        load_column_.push_back(column(load.profile));
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
    for (const BusRow& bus : grid_.buses) {
        start_.pd_mw.push_back(bus.pd_mw);
        start_.qd_mvar.push_back(bus.qd_mvar);
    }
    for (const LoadModelRow& model : grid_.load_models) {
        start_.mixes.push_back(model.mix);
        mix_bus_.push_back(bus_row.at(number(model.bus)));
    }
    for (std::size_t g = 0; g < grid_.generators.size(); ++g) {
        const std::string& id = grid_.generators[g].id;
        unit_row_.emplace(id.empty() ? std::to_string(g + 1) : id, static_cast<int>(g));
    }
    for (const GeneratorRow& unit : grid_.generators) {
        start_.pg_mw.push_back(unit.pg_mw);
        start_.pmin_mw.push_back(unit.pmin_mw);
        start_.pmax_mw.push_back(unit.pmax_mw);
        start_.available_mw.push_back(unit.available_mw);
    }
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

HourlyDispatch::PointSettings HourlyDispatch::settings_of(const Case& other) const {
    PointSettings out;
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
        const PointSettings *low, *high;
        double share;  ///< of the high one
    };
    std::map<int, Mix> mixes;
    for (const auto& [area, load] : load_of_area) {
        const PointSettings *low = nullptr, *high = nullptr;  // the nearest from below and from above
        for (const PointSettings& one : settings_) {
            const double at = one.load_of_area.at(area);
            if (at <= load && (low == nullptr || at > low->load_of_area.at(area))) low = &one;
            if (at >= load && (high == nullptr || at < high->load_of_area.at(area))) high = &one;
        }
        if (low == nullptr) low = high;
        if (high == nullptr) high = low;
        const double width = high->load_of_area.at(area) - low->load_of_area.at(area);
        mixes[area] = {low, high, width > 0.0 ? (load - low->load_of_area.at(area)) / width : 0.0};
    }
    const auto apply = [&](int area, std::size_t k, std::vector<double> PointSettings::* values, double& target) {
        const auto found = mixes.find(area);
        if (found == mixes.end()) return;
        const auto& [low, high, share] = found->second;
        const double from = (low->*values)[k];
        target = from + share * ((high->*values)[k] - from);
    };
    state.bs_mvar.resize(grid_.buses.size());
    state.ratio.resize(grid_.branches.size());
    state.vg_pu.resize(grid_.generators.size());
    for (std::size_t b = 0; b < grid_.buses.size(); ++b) {
        state.bs_mvar[b] = grid_.buses[b].bs_mvar;
        apply(grid_.buses[b].area, b, &PointSettings::shunt_mvar, state.bs_mvar[b]);
    }
    for (std::size_t l = 0; l < grid_.branches.size(); ++l) {
        state.ratio[l] = grid_.branches[l].ratio;
        apply(branch_area_[l], l, &PointSettings::ratio, state.ratio[l]);
    }
    for (std::size_t g = 0; g < grid_.generators.size(); ++g) {
        state.vg_pu[g] = grid_.generators[g].vg_pu;
        apply(unit_area_[g], g, &PointSettings::v_set_pu, state.vg_pu[g]);
    }
}

void HourlyDispatch::set_loads(int row, HourState& state, std::map<int, double>& load_of_area) const {
    std::vector<LoadMix> mixes(grid_.load_models.empty() ? 0 : grid_.buses.size());  // MW and MVAr here
    for (std::size_t k = 0; k < use_.loads.size(); ++k) state.pd_mw[load_bus_[k]] = state.qd_mvar[load_bus_[k]] = 0.0;
    for (std::size_t k = 0; k < use_.loads.size(); ++k) {
        const double factor = load_column_[k] < 0 ? 1.0 : series_->at(row, load_column_[k]);
        const double p = use_.loads[k].p_mw * factor;
        const double q = use_.loads[k].q_mvar * factor;
        state.pd_mw[load_bus_[k]] += p;
        state.qd_mvar[load_bus_[k]] += q;
        if (mixes.empty()) continue;
        LoadMix& mix = mixes[load_bus_[k]];
        mix.p_z += p * use_.loads[k].p_z;
        mix.p_i += p * use_.loads[k].p_i;
        mix.q_z += q * use_.loads[k].q_z;
        mix.q_i += q * use_.loads[k].q_i;
    }
    for (std::size_t k = 0; k < mix_bus_.size(); ++k) {
        const int b = mix_bus_[k];
        const auto part = [](double value, double whole) { return whole != 0.0 ? value / whole : 0.0; };
        state.mixes[k].p_z = part(mixes[b].p_z, state.pd_mw[b]);
        state.mixes[k].p_i = part(mixes[b].p_i, state.pd_mw[b]);
        state.mixes[k].q_z = part(mixes[b].q_z, state.qd_mvar[b]);
        state.mixes[k].q_i = part(mixes[b].q_i, state.qd_mvar[b]);
    }
    for (std::size_t b = 0; b < grid_.buses.size(); ++b) {
        if (live_[b] == 0) continue;
        load_of_area[grid_.buses[b].area] += state.pd_mw[b];
        state.load_mw += state.pd_mw[b];
    }
}

int HourlyDispatch::unit_row(const std::string& id) const {
    const auto found = unit_row_.find(id);
    return found == unit_row_.end() ? -1 : found->second;
}

std::vector<int> HourlyDispatch::outages_in(const HourState& state, const Network& net) const {
    std::vector<int> out;
    for (std::size_t row = 0; row < state.out.size(); ++row)
        if (state.out[row] != 0 && net.gen_of_row[row] >= 0) out.push_back(net.gen_of_row[row]);
    return out;
}

HourState HourlyDispatch::at(int row, const std::vector<int>& out) const {
    HourState state = start_;
    std::map<int, double> load_of_area;
    set_loads(row, state, load_of_area);
    if (!out.empty()) state.out.assign(grid_.generators.size(), 0);
    if (!settings_.empty()) set_voltages(load_of_area, state);
    for (std::size_t k = 0; k < use_.units.size(); ++k) {
        if (unit_column_[k] < 0) continue;
        double& pmax = state.pmax_mw[k];
        pmax = use_.units[k].pmax_mw * series_->at(row, unit_column_[k]);
        if (const double limit = grid_.generators[k].p_limit_mw; std::isfinite(limit)) {
            state.available_mw[k] = pmax;
            pmax = std::min(pmax, limit);
        }
        state.pmin_mw[k] = std::min(state.pmin_mw[k], pmax);
        state.pg_mw[k] = pmax;
    }
    for (const int unit : out) {
        if (!grid_.generators[unit].in_service) continue;
        state.out[unit] = 1;
        state.outage_mw += unit_column_[unit] >= 0 ? use_.units[unit].pmax_mw : grid_.generators[unit].pmax_mw;
        state.pg_mw[unit] = state.pmin_mw[unit] = state.pmax_mw[unit] = 0.0;
        if (std::isfinite(state.available_mw[unit])) state.available_mw[unit] = 0.0;
    }
    for (const auto& [id, area] : areas_) {
        for (const int unit : area.with_profile) {
            const double available = std::isfinite(state.available_mw[unit]) ? state.available_mw[unit] : state.pmax_mw[unit];
            state.total_available_mw += available;
            state.curtailed_mw += available - state.pmax_mw[unit];
        }
        if (rule_ != DispatchRule::given) balance(area, load_of_area[id], state);
    }
    return state;
}

Case HourlyDispatch::grid_in(const HourState& state) const {
    Case grid = grid_;
    for (std::size_t b = 0; b < grid.buses.size(); ++b) {
        grid.buses[b].pd_mw = state.pd_mw[b];
        grid.buses[b].qd_mvar = state.qd_mvar[b];
        if (!state.bs_mvar.empty()) grid.buses[b].bs_mvar = state.bs_mvar[b];
    }
    for (std::size_t k = 0; k < grid.load_models.size(); ++k) grid.load_models[k].mix = state.mixes[k];
    for (std::size_t l = 0; l < state.ratio.size(); ++l) grid.branches[l].ratio = state.ratio[l];
    for (std::size_t g = 0; g < grid.generators.size(); ++g) {
        GeneratorRow& unit = grid.generators[g];
        if (!state.out.empty() && state.out[g] != 0) unit.in_service = false;
        unit.pg_mw = state.pg_mw[g];
        unit.pmin_mw = state.pmin_mw[g];
        unit.pmax_mw = state.pmax_mw[g];
        unit.available_mw = state.available_mw[g];
        if (state.vg_pu.empty()) continue;
        unit.vg_pu = state.vg_pu[g];
        if (unit.reactive.mode == ReactiveMode::q_of_v) unit.reactive.v_ref_pu = unit.vg_pu;
    }
    return grid;
}

// The divisions are those of Network::build, so that a network of grid_in() has the same numbers to the last bit.
Settings HourlyDispatch::settings_in(const HourState& state, const Network& net, bool own_mixes) const {
    Settings out;
    const double base = net.base_mva;
    for (int b = 0; b < net.n_bus; ++b) {
        const int row = net.bus_row[b];
        const double p = state.pd_mw[row] / base, q = state.qd_mvar[row] / base;
        if (p != net.p_load[b] || q != net.q_load[b]) out.loads.push_back({b, p, q});
        if (state.bs_mvar.empty()) continue;
        if (const double shunt = state.bs_mvar[row] / base; shunt != net.b_shunt[b]) out.shunts.push_back({b, shunt});
    }
    for (std::size_t k = 0; k < mix_bus_.size() && own_mixes; ++k)
        if (const auto found = net.index_of.find(number(grid_.load_models[k].bus)); found != net.index_of.end())
            out.mixes.push_back({found->second, state.mixes[k]});
    for (int l = 0; l < net.n_branch && !state.ratio.empty(); ++l) {
        const double ratio = state.ratio[net.branch_row[l]];
        if (const double tap = ratio == 0.0 ? 1.0 : ratio; tap != net.tap[l]) out.taps.push_back({l, tap});
    }
    for (int g = 0; g < net.n_unit; ++g) {
        const int row = net.gen_row[g];
        if (const double p = state.pg_mw[row] / base; p != net.pg[g]) out.generator_p.push_back({g, p});
        const double low = state.pmin_mw[row] / base, high = state.pmax_mw[row] / base;
        if (low != net.pmin[g] || high != net.pmax[g]) out.limits.push_back({g, low, high});
        if (state.vg_pu.empty()) continue;
        if (state.vg_pu[row] != net.v_gen[g] || net.q_mode[g] == ReactiveMode::q_of_v) out.voltages.push_back({g, state.vg_pu[row]});
    }
    for (const int g : outages_in(state, net)) leave_set_point(state, net, g, out);
    return out;
}

// The set-point of a bus is that of its last unit in service: a unit that is out asks for what the last of the others does.
void HourlyDispatch::leave_set_point(const HourState& state, const Network& net, int g, Settings& settings) const {
    const int b = net.gen_bus[g];
    for (int k = net.gen_start[b + 1] - 1; k >= net.gen_start[b]; --k) {
        const int other = net.gens_at[k];
        if (!net.is_unit(other) || !net.holds_own_bus(other)) continue;
        const int row = net.gen_row[other];
        if (state.out[row] != 0) continue;
        const double v = state.vg_pu.empty() ? net.v_gen[other] : state.vg_pu[row];
        if (v != net.v_gen[g] || !state.vg_pu.empty()) settings.voltages.push_back({g, v});
        return;
    }
}

void HourlyDispatch::balance(const Area& area, double load_mw, HourState& state) const {
    const double growth = area.load_mw > 0.0 ? load_mw / area.load_mw : 1.0;
    double needed = load_mw + area.net_position_mw + area.loss_mw * growth * growth;
    for (const int unit : area.with_profile) needed -= state.pg_mw[unit];
    rule_ == DispatchRule::merit ? stack(area, needed, state) : share(area, needed, state);
    for (const Unit& unit : area.units) {
        const double p = state.pg_mw[unit.row];
        double& pmin = state.pmin_mw[unit.row];
        if (p >= pmin) continue;
        state.below_pmin_mw += p > 0.0 ? pmin - p : 0.0;
        pmin = p;
    }
}

// Takes from the units with a profile what is too much, in proportion to their output.
void HourlyDispatch::curtail(const Area& area, double surplus_mw, HourState& state) const {
    double output = 0.0;
    for (const int unit : area.with_profile) output += state.pg_mw[unit];
    const double taken = std::min(surplus_mw, output);
    for (const int unit : area.with_profile) {
        double& p = state.pg_mw[unit];
        if (output > 0.0) p -= taken * (p / output);
        state.pmin_mw[unit] = std::min(state.pmin_mw[unit], p);
    }
    state.curtailed_mw += taken;
    state.surplus_mw += surplus_mw - taken;
}

void HourlyDispatch::share(const Area& area, double needed_mw, HourState& state) const {
    const auto set = [&](const Unit& unit, double p) { state.pg_mw[unit.row] = p; };
    std::vector<Unit> running;  // where some are out
    if (!state.out.empty())
        std::copy_if(area.units.begin(), area.units.end(), std::back_inserter(running), [&](const Unit& unit) { return state.out[unit.row] == 0; });
    const std::vector<Unit>& units = state.out.empty() ? area.units : running;
    double lowest = 0.0, highest = 0.0, reserve = 0.0, steepest = 0.0;
    for (const Unit& unit : units) {
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
        for (const Unit& unit : units)
            if (unit.base_mw > 0.0) set(unit, unit.pmin_mw * part);
        const double left = lowest > 0.0 ? -std::min(0.0, needed_mw) : lowest - needed_mw;
        if (left > 0.0) curtail(area, left, state);
        return;
    }
    if (needed_mw > highest) {
        const double more = std::min(needed_mw - highest, reserve);
        for (const Unit& unit : units) {
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
            for (const Unit& unit : units)
                if (unit.base_mw > 0.0) sum += output(unit, s);
            return sum;
        },
        steepest, needed_mw);
    for (const Unit& unit : units)
        if (unit.base_mw > 0.0) set(unit, output(unit, factor));
}

void HourlyDispatch::stack(const Area& area, double needed_mw, HourState& state) const {
    double left = needed_mw;
    for (const Unit& unit : area.units) {
        if (!state.out.empty() && state.out[unit.row] != 0) continue;
        const double p = std::clamp(left, std::min(0.0, unit.pmin_mw), std::max(0.0, unit.pmax_mw));
        state.pg_mw[unit.row] = p;
        left -= p;
    }
    if (left < 0.0) curtail(area, -left, state);
    else state.shortage_mw += left;
}

}  // namespace araz

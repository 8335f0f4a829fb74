#include "araz/model/network.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "araz/base/text.hpp"
#include "reactive_modes.hpp"

namespace araz {

namespace {

constexpr double radians = std::numbers::pi / 180.0;

Finding note(Severity severity, std::string code, std::string element, std::string message, std::string hint,
             SourcePoint where) {
    Finding finding;
    finding.severity = severity;
    finding.code = std::move(code);
    finding.element = std::move(element);
    finding.message = std::move(message);
    finding.hint = std::move(hint);
    finding.where = std::move(where);
    return finding;
}

void add_buses(const Case& grid, Network& net) {
    for (std::size_t row = 0; row < grid.buses.size(); ++row) {
        const BusRow& bus = grid.buses[row];
        if (bus.type == BusType::isolated) continue;
        if (!net.index_of.emplace(number(bus.bus), net.n_bus).second) continue;  // duplicate: only with --allow
        ++net.n_bus;
        net.bus_id.push_back(bus.bus);
        net.bus_row.push_back(static_cast<int>(row));
        net.bus_type.push_back(bus.type);
        net.vm_stored.push_back(bus.vm_pu);
        net.va_stored.push_back(bus.va_deg * radians);
        net.p_load.push_back(bus.pd_mw / grid.base_mva);
        net.q_load.push_back(bus.qd_mvar / grid.base_mva);
        net.g_shunt.push_back(bus.gs_mw / grid.base_mva);
        net.b_shunt.push_back(bus.bs_mvar / grid.base_mva);
        net.vmin.push_back(bus.vmin_pu);
        net.vmax.push_back(bus.vmax_pu);
        net.base_kv.push_back(bus.base_kv);
        net.area.push_back(bus.area);
        net.zone.push_back(bus.zone);
    }
}

void add_load_models(const Case& grid, const LoadModelChoice& choice, Network& net) {
    if (choice.from_case ? grid.load_models.empty() : choice.mix.constant()) return;
    net.load_mix.assign(static_cast<std::size_t>(net.n_bus), choice.mix);
    if (!choice.from_case) return;
    for (const LoadModelRow& row : grid.load_models)
        if (const auto found = net.index_of.find(number(row.bus)); found != net.index_of.end())
            net.load_mix[found->second] = row.mix;
}

// Index of a bus that exists and is not isolated, or -1.
int find_bus(const Network& net, BusId id) {
    const auto found = net.index_of.find(number(id));
    return found == net.index_of.end() ? -1 : found->second;
}

void add_branches(const Case& grid, double merge_below, Network& net) {
    net.branch_of_row.assign(grid.branches.size(), -1);
    for (std::size_t row = 0; row < grid.branches.size(); ++row) {
        const BranchRow& branch = grid.branches[row];
        const int f = find_bus(net, branch.from_bus);
        const int t = find_bus(net, branch.to_bus);
        if (!branch.in_service || f < 0 || t < 0 || f == t) continue;
        net.branch_of_row[row] = net.n_branch++;
        net.branch_row.push_back(static_cast<int>(row));
        net.from.push_back(f);
        net.to.push_back(t);
        net.r.push_back(branch.r_pu);
        net.x.push_back(branch.x_pu);
        net.b_charge.push_back(branch.b_pu);
        net.tap.push_back(branch.ratio == 0.0 ? 1.0 : branch.ratio);
        net.shift.push_back(branch.shift_deg * radians);
        net.merged.push_back(std::hypot(branch.r_pu, branch.x_pu) < merge_below ||
                                     (branch.r_pu == 0.0 && branch.x_pu == 0.0)
                                 ? 1
                                 : 0);
        net.rate_a.push_back(branch.rate_a_mva / grid.base_mva);
        net.rate_b.push_back(branch.rate_b_mva / grid.base_mva);
        net.rate_c.push_back(branch.rate_c_mva / grid.base_mva);
    }
}

void add_generators(const Case& grid, Network& net) {
    net.gen_of_row.assign(grid.generators.size(), -1);
    for (std::size_t row = 0; row < grid.generators.size(); ++row) {
        const GeneratorRow& gen = grid.generators[row];
        const int bus = find_bus(net, gen.bus);
        if (!gen.in_service || bus < 0) continue;
        net.gen_of_row[row] = net.n_gen++;
        net.gen_row.push_back(static_cast<int>(row));
        net.gen_bus.push_back(bus);
        net.pg.push_back(gen.pg_mw / grid.base_mva);
        net.qg.push_back(gen.qg_mvar / grid.base_mva);
        net.qmin.push_back(gen.qmin_mvar / grid.base_mva);
        net.qmax.push_back(gen.qmax_mvar / grid.base_mva);
        net.pmin.push_back(gen.pmin_mw / grid.base_mva);
        net.pmax.push_back(gen.pmax_mw / grid.base_mva);
        net.v_gen.push_back(gen.vg_pu);
    }
    net.n_unit = net.n_gen;
}

DcLaw per_unit(DcLaw law, double base) {
    for (double* power : {&law.loss0, &law.idle_from, &law.idle_to}) *power /= base;
    law.line *= base;
    return law;
}

DcReactive per_unit(DcReactive end, double base) {
    for (double* power : {&end.q, &end.idle, &end.q_min, &end.q_max}) *power /= base;
    return end;
}

void add_converter(Network& net, int bus, double p, double q_mvar, double qmin_mvar, double qmax_mvar, double v_set,
                   bool regulates) {
    ++net.n_gen;
    net.gen_row.push_back(-1);
    net.gen_bus.push_back(bus);
    net.pg.push_back(p);
    net.qg.push_back(q_mvar / net.base_mva);
    net.qmin.push_back(qmin_mvar / net.base_mva);
    net.qmax.push_back(qmax_mvar / net.base_mva);
    net.pmin.push_back(p);
    net.pmax.push_back(p);
    net.v_gen.push_back(v_set);
    net.end_regulates.push_back(regulates ? 1 : 0);
    if (regulates && net.bus_type[bus] == BusType::pq) net.bus_type[bus] = BusType::pv;
}

void add_dc_lines(const Case& grid, Network& net) {
    net.dc_of_row.assign(grid.dc_lines.size(), -1);
    for (std::size_t row = 0; row < grid.dc_lines.size(); ++row) {
        const DcLineRow& line = grid.dc_lines[row];
        const int f = find_bus(net, line.from_bus);
        const int t = find_bus(net, line.to_bus);
        if (!line.in_service || f < 0 || t < 0) continue;
        const int dc = net.n_dc++;
        net.dc_of_row[row] = dc;
        net.dc_row.push_back(static_cast<int>(row));
        net.dc_law.push_back(per_unit(law_of(line), grid.base_mva));
        net.dc_set.push_back(line.pf_mw / grid.base_mva);
        net.dc_emulates.push_back(line.ac_emulation ? 1 : 0);
        net.dc_p0.push_back(line.p0_mw / grid.base_mva);
        net.dc_droop.push_back(line.droop_mw_per_deg / radians / grid.base_mva);
        for (const bool from_end : {true, false}) net.end_reactive.push_back(per_unit(reactive_of(line, from_end), grid.base_mva));
        net.dc_pmin.push_back(line.pmin_mw / grid.base_mva);
        net.dc_pmax.push_back(line.pmax_mw / grid.base_mva);
        const DcFlow flow = dc_flow(net.dc_law[dc], net.dc_set[dc]);
        add_converter(net, f, flow.p_from, line.qf_mvar, line.qminf_mvar, line.qmaxf_mvar, line.vf_pu, holds_voltage(line, true));
        add_converter(net, t, flow.p_to, line.qt_mvar, line.qmint_mvar, line.qmaxt_mvar, line.vt_pu, holds_voltage(line, false));
    }
}

void add_devices(const Case& grid, Network& net) {
    for (std::size_t row = 0; row < grid.devices.size(); ++row) {
        const DeviceRow& from = grid.devices[row];
        const bool on_branch = from.kind == DeviceKind::tap || from.kind == DeviceKind::phase;
        if (on_branch && (from.branch < 0 || from.branch >= static_cast<int>(grid.branches.size()))) continue;
        Device device;
        device.kind = from.kind;
        device.row = static_cast<int>(row);
        device.branch = on_branch ? net.branch_of_row[from.branch] : -1;
        device.bus = on_branch ? -1 : find_bus(net, from.bus);
        device.controlled = from.kind == DeviceKind::phase ? -1 : find_bus(net, from.controlled_bus);
        if (on_branch ? device.branch < 0 || net.merged[device.branch] != 0 : device.bus < 0) continue;
        if (from.kind != DeviceKind::phase && device.controlled < 0) continue;
        const bool in_amperes = from.kind == DeviceKind::phase && from.rule != PhaseRule::power;
        if (in_amperes && !(net.base_kv[net.from[device.branch]] > 0.0)) continue;
        const double unit = from.kind == DeviceKind::tap     ? 1.0
                            : from.kind == DeviceKind::phase ? radians
                                                             : 1.0 / grid.base_mva;
        device.low = from.low * unit;
        device.high = from.high * unit;
        // From the element, which a remedial action may have moved since the device was read.
        device.at = from.kind == DeviceKind::tap     ? net.tap[device.branch]
                    : from.kind == DeviceKind::phase ? net.shift[device.branch]
                                                     : from.at * unit;
        device.steps = from.steps;
        device.rule = from.rule;
        const double measured = from.kind == DeviceKind::phase ? 1.0 / net.measured_base(device) : 1.0;
        device.target = from.target * measured;
        device.half_band = 0.5 * from.deadband * measured;
        const double rated = std::max(std::abs(device.low), std::abs(device.high));
        device.slope = rated > 0.0 ? from.slope_percent / 100.0 / rated : 0.0;
        device.limits_current = from.limits_current;
        net.devices.push_back(device);
    }
}

void index_generators(Network& net) {
    net.gen_start.assign(net.n_bus + 1, 0);
    for (const int bus : net.gen_bus) ++net.gen_start[bus + 1];
    std::partial_sum(net.gen_start.begin(), net.gen_start.end(), net.gen_start.begin());
    net.gens_at.resize(net.n_gen);
    std::vector<int> next(net.gen_start.begin(), net.gen_start.end() - 1);
    for (int g = 0; g < net.n_gen; ++g) net.gens_at[next[net.gen_bus[g]]++] = g;
}

// Connected parts as lists of buses, in order of their lowest bus index.
std::vector<std::vector<int>> connected_parts(const Network& net) {
    std::vector<int> parent(static_cast<std::size_t>(net.n_bus));
    std::iota(parent.begin(), parent.end(), 0);
    const auto root = [&](int b) {
        while (parent[b] != b) b = parent[b] = parent[parent[b]];
        return b;
    };
    for (int l = 0; l < net.n_branch; ++l) {
        const int a = root(net.from[l]);
        const int b = root(net.to[l]);
        parent[std::max(a, b)] = std::min(a, b);
    }
    std::vector<int> part_of(static_cast<std::size_t>(net.n_bus), -1);
    std::vector<std::vector<int>> parts;
    for (int b = 0; b < net.n_bus; ++b) {
        int& part = part_of[root(b)];
        if (part < 0) {
            part = static_cast<int>(parts.size());
            parts.emplace_back();
        }
        parts[part].push_back(b);
    }
    return parts;
}

// A unit can hold the frequency of an island; a converter end only regulates voltage.
bool has_unit(const Network& net, int bus) {
    for (int k = net.gen_start[bus]; k < net.gen_start[bus + 1]; ++k)
        if (net.is_unit(net.gens_at[k]) && net.regulates(net.gens_at[k])) return true;
    return false;
}

// A reference may leave its own voltage to others and hold another bus.
bool has_regulator(const Network& net, int bus) {
    if (net.bus_type[bus] == BusType::slack && has_unit(net, bus)) return true;
    for (int k = net.gen_start[bus]; k < net.gen_start[bus + 1]; ++k)
        if (net.holds_own_bus(net.gens_at[k])) return true;
    return false;
}

// Emulation follows an angle, which only two buses of one synchronous part have between them.
void settle_emulation(Network& net) {
    for (int dc = 0; dc < net.n_dc; ++dc) {
        const int island = net.island[net.dc_from(dc)];
        if (island < 0 || island != net.island[net.dc_to(dc)]) net.dc_emulates[dc] = 0;
    }
}

// The bus that holds the angle of a part without a usable slack: the first PV bus with a unit when the
// file's slack bus has none (MATPOWER's rule), else the bus with the largest Pmax.
int substitute_slack(const Network& net, const std::vector<int>& part, bool had_slack) {
    int chosen = -1;
    double best = -std::numeric_limits<double>::infinity();
    for (const int b : part) {
        if (!has_unit(net, b)) continue;
        if (had_slack) {
            if (net.bus_type[b] == BusType::pv) return b;
            if (chosen < 0) chosen = b;
            continue;
        }
        double pmax = 0.0;
        for (int k = net.gen_start[b]; k < net.gen_start[b + 1]; ++k) pmax += net.pmax[net.gens_at[k]];
        if (pmax > best) {
            best = pmax;
            chosen = b;
        }
    }
    return chosen;
}

// Gives every part its reference and every bus its final type; parts without a source are dead.
void settle_types(const Case& grid, Network& net) {
    net.island.assign(net.n_bus, -1);
    for (const auto& part : connected_parts(net)) {
        bool had_slack = false;
        bool usable_slack = false;
        for (const int b : part) {
            had_slack = had_slack || net.bus_type[b] == BusType::slack;
            usable_slack = usable_slack || (net.bus_type[b] == BusType::slack && has_unit(net, b));
        }
        const int substitute = usable_slack ? -1 : substitute_slack(net, part, had_slack);
        for (const int b : part) {
            if (!has_regulator(net, b)) net.bus_type[b] = BusType::pq;
            if (net.bus_type[b] == BusType::slack && !has_unit(net, b)) net.bus_type[b] = BusType::pv;
        }
        if (!usable_slack && substitute < 0) continue;  // dead: check_case has said so if it has load
        if (substitute >= 0) {
            net.bus_type[substitute] = BusType::slack;
            net.findings.push_back(note(
                Severity::warning, "AZ1309", "bus " + std::to_string(number(net.bus_id[substitute])),
                "bus " + net.bus_label(substitute) + " takes over as reference of its island",
                had_slack ? "the bus of type 3 has no unit in service" : "the island has no bus of type 3",
                locate(grid, grid.buses[net.bus_row[substitute]].source)));
        }
        for (const int b : part) net.island[b] = net.n_island;
        ++net.n_island;
    }
}

// The set-point of a bus is that of its last unit in service, as in MATPOWER, where converter ends come last.
void settle_set_points(Network& net) {
    net.v_set.assign(net.n_bus, std::numeric_limits<double>::quiet_NaN());
    for (int g = 0; g < net.n_gen; ++g) {
        const int b = net.gen_bus[g];
        if (net.bus_type[b] != BusType::pq && net.holds_own_bus(g)) net.v_set[b] = net.v_gen[g];
    }
}

// Errors that only the built network can see.
Findings find_obstacles(const Case& grid, const Network& net) {
    Findings errors;
    if (net.n_island == 0) {
        errors.push_back(note(Severity::error, "AZ1310", "", "no island has a unit in service: nothing can be solved",
                              "put at least one generator in service", {grid.path(), 0, 0, 1, ""}));
    }
    return errors;
}

// Joined buses have one voltage, so what they ask for must agree. One finding per group of buses.
void compare_joined_buses(const Case& grid, Network& net) {
    std::vector<std::vector<std::pair<int, double>>> joined(static_cast<std::size_t>(net.n_bus));  // bus, ratio to it
    for (int l = 0; l < net.n_branch; ++l) {
        if (net.merged[l] == 0) continue;
        joined[net.from[l]].emplace_back(net.to[l], 1.0 / net.tap[l]);
        joined[net.to[l]].emplace_back(net.from[l], net.tap[l]);
    }
    std::vector<double> ratio(static_cast<std::size_t>(net.n_bus), 0.0);
    for (int first = 0; first < net.n_bus; ++first) {
        if (joined[first].empty() || ratio[first] != 0.0) continue;
        std::vector<int> group{first};
        ratio[first] = 1.0;
        for (std::size_t k = 0; k < group.size(); ++k)
            for (const auto& [next, step] : joined[group[k]]) {
                if (ratio[next] != 0.0) continue;
                ratio[next] = ratio[group[k]] * step;
                group.push_back(next);
            }
        std::sort(group.begin(), group.end());
        int references = 0;
        int holder = -1;
        int other = -1;
        for (const int b : group) {
            references += net.bus_type[b] == BusType::slack ? 1 : 0;
            if (std::isnan(net.v_set[b])) continue;
            if (holder < 0 || (net.bus_type[b] == BusType::slack && net.bus_type[holder] != BusType::slack)) holder = b;
        }
        for (const int b : group)
            if (holder >= 0 && !std::isnan(net.v_set[b]) &&
                std::abs(net.v_set[b] - net.v_set[holder] * ratio[b] / ratio[holder]) > 1e-9)
                other = other < 0 ? b : other;
        if (other < 0 && references < 2) continue;
        std::string what = other < 0 ? "has " + std::to_string(references) + " reference buses"
                                     : "has different voltage set-points: bus " + net.bus_label(other) + " disagrees";
        net.findings.push_back(note(Severity::warning, "AZ1314", "bus " + std::to_string(number(net.bus_id[holder])),
                                    "the group of joined buses around bus " + net.bus_label(holder) + " " + what,
                                    "bus " + net.bus_label(holder) + " counts; make them agree",
                                    locate(grid, grid.buses[net.bus_row[holder]].source)));
    }
}

}  // namespace

Result<NetworkPtr> Network::build(std::shared_ptr<const Case> grid, const BuildOptions& options) {
    Findings findings = check_case(*grid, options);
    if (has_error(findings)) return Error{ErrorKind::invalid_input, std::move(findings)};

    auto net = std::make_shared<Network>();
    net->name = grid->name;
    net->base_mva = grid->base_mva;
    net->source = grid;
    net->findings = std::move(findings);
    add_buses(*grid, *net);
    add_load_models(*grid, options.load_model, *net);
    add_branches(*grid, options.merge_below, *net);
    add_generators(*grid, *net);
    const bool with_dc = options.dc_lines == BuildOptions::DcLines::as_case ? grid->dc_lines_active
                                                                          : options.dc_lines == BuildOptions::DcLines::on;
    if (with_dc) add_dc_lines(*grid, *net);
    add_devices(*grid, *net);
    add_reactive_modes(*grid, *net);
    index_generators(*net);
    settle_types(*grid, *net);
    settle_set_points(*net);
    settle_emulation(*net);
    compare_joined_buses(*grid, *net);

    if (Findings errors = find_obstacles(*grid, *net); !errors.empty())
        return Error{ErrorKind::invalid_input, std::move(errors)};
    return NetworkPtr(std::move(net));
}

double Network::measured_base(const Device& phase_shifter) const {
    if (phase_shifter.rule == PhaseRule::power) return base_mva;
    return 1000.0 * base_mva / (std::sqrt(3.0) * base_kv[from[phase_shifter.branch]]);
}

std::string Network::bus_label(int bus) const {
    const std::string& bus_name = source->buses[bus_row[bus]].name;
    const std::string id = std::to_string(number(bus_id[bus]));
    return bus_name.empty() || bus_name == id ? id : id + " (" + bus_name + ")";
}

namespace {

std::string short_bus_label(const Network& net, int bus) {
    const std::string& bus_name = net.source->buses[net.bus_row[bus]].name;
    return bus_name.empty() ? std::to_string(number(net.bus_id[bus])) : bus_name;
}

std::string group_label(const std::vector<AreaRow>& rows, int value) {
    for (const AreaRow& row : rows)
        if (row.area == value && !row.name.empty()) return row.name;
    return std::to_string(value);
}

}  // namespace

std::string Network::branch_name(int branch) const {
    const std::string& own = source->branches[branch_row[branch]].name;
    if (!own.empty()) return own;
    const std::string f = short_bus_label(*this, from[branch]);
    const std::string t = short_bus_label(*this, to[branch]);
    const bool named = !source->buses[bus_row[from[branch]]].name.empty();
    return named ? f + " - " + t : f + "-" + t;
}

std::string Network::branch_label(int branch) const {
    return std::to_string(branch_row[branch] + 1) + " (" + branch_name(branch) + ")";
}

std::string Network::area_label(int value) const { return group_label(source->areas, value); }
std::string Network::zone_label(int value) const { return group_label(source->zones, value); }

}  // namespace araz

#include "own_study.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "araz/base/text.hpp"
#include "own_after.hpp"
#include "own_joints.hpp"

namespace araz {

namespace {

// Option names stand in results with dashes; structs made by hand may use underscores.
const OptionValue* find_option(const OptionMap& options, std::string name) {
    if (const auto found = options.find(name); found != options.end()) return &found->second;
    std::replace(name.begin(), name.end(), '-', '_');
    const auto found = options.find(name);
    return found == options.end() ? nullptr : &found->second;
}

double rate_of(const BranchRow& row, const std::string& rule) {
    const auto cross = rule.find('x');
    const std::string column = cross == std::string::npos ? rule : rule.substr(cross + 1);
    const double factor = cross == std::string::npos ? 1.0 : parse_double(rule.substr(0, cross)).value_or(nan_value);
    double rate = row.rate_a_mva;
    if (column == "B" && row.rate_b_mva > 0.0) rate = row.rate_b_mva;
    if (column == "C" && row.rate_c_mva > 0.0) rate = row.rate_c_mva;
    return rate > 0.0 && std::isfinite(rate) ? factor * rate : nan_value;
}

// Bus rows that a reference feeds.
std::vector<unsigned char> fed_buses(const OwnGrid& grid, const std::vector<unsigned char>& out) {
    const std::vector<int> part = own_parts(grid, out);
    std::vector<unsigned char> fed(static_cast<std::size_t>(grid.n) + 1, 0);
    for (int b = 0; b < grid.n; ++b)
        if (grid.reference[b] != 0) fed[part[b]] = 1;
    std::vector<unsigned char> buses;
    for (const int node : grid.node_of) buses.push_back(node >= 0 ? fed[part[node]] : 0);
    return buses;
}

bool cuts_off(const OwnGrid& grid, const OwnOutage& outage) {
    if (outage.branches.empty()) return false;
    std::vector<unsigned char> out(grid.branches.size(), 0);
    for (const int row : outage.branches) out[row] = 1;
    Case rows;
    const std::vector<unsigned char> before = fed_buses(grid, {});
    const std::vector<unsigned char> after = opens_joint(*grid.grid, outage) ? fed_buses(open_grid(grid, outage, rows), out) : fed_buses(grid, out);
    for (std::size_t i = 0; i < before.size(); ++i)
        if (before[i] != 0 && after[i] == 0) return true;
    return false;
}

// Branch rows whose single loss separates the ends: Tarjan's low-link over the multigraph, without recursion.
std::vector<unsigned char> bridges_of(const OwnGrid& grid) {
    std::vector<std::vector<std::pair<int, int>>> next(static_cast<std::size_t>(grid.n));
    for (const OwnBranch& branch : grid.branches) {
        if (!branch.carries) continue;
        next[branch.from].emplace_back(branch.to, branch.row);
        next[branch.to].emplace_back(branch.from, branch.row);
    }
    std::vector<unsigned char> bridge(grid.branches.size(), 0);
    std::vector<int> order(static_cast<std::size_t>(grid.n), -1), low(order);
    struct Visit {
        int node, by;
        std::size_t at;
    };
    int clock = 0;
    for (int seed = 0; seed < grid.n; ++seed) {
        if (order[seed] >= 0) continue;
        std::vector<Visit> stack{{seed, -1, 0}};
        order[seed] = low[seed] = clock++;
        while (!stack.empty()) {
            Visit& top = stack.back();
            if (top.at < next[top.node].size()) {
                const auto [other, row] = next[top.node][top.at++];
                if (row == top.by) continue;
                if (order[other] >= 0) {
                    low[top.node] = std::min(low[top.node], order[other]);
                } else {
                    order[other] = low[other] = clock++;
                    stack.push_back({other, row, 0});
                }
                continue;
            }
            const Visit done = top;
            stack.pop_back();
            if (stack.empty()) continue;
            low[stack.back().node] = std::min(low[stack.back().node], low[done.node]);
            if (low[done.node] > order[stack.back().node]) bridge[done.by] = 1;
        }
    }
    return bridge;
}

}  // namespace

std::string option_word(const OptionMap& options, const std::string& name, const std::string& otherwise) {
    const OptionValue* value = find_option(options, name);
    if (value == nullptr) return otherwise;
    if (const auto* word = std::get_if<std::string>(value)) return *word;
    if (const auto* flag = std::get_if<bool>(value)) return *flag ? "on" : "off";
    return otherwise;
}

double option_number(const OptionMap& options, const std::string& name, double otherwise) {
    const OptionValue* value = find_option(options, name);
    const auto* number = value == nullptr ? nullptr : std::get_if<double>(value);
    return number == nullptr ? otherwise : *number;
}

std::vector<std::string> option_list(const OptionMap& options, const std::string& name) {
    const OptionValue* value = find_option(options, name);
    if (value == nullptr) return {};
    if (const auto* list = std::get_if<std::vector<std::string>>(value)) return *list;
    if (const auto* word = std::get_if<std::string>(value)) return split(*word, ',');
    return {};
}

std::vector<std::string> unmodelled_options(const Case& grid, const OptionMap& options) {
    std::vector<std::string> out;
    const auto only = [&](const std::string& name, const std::set<std::string>& known) {
        const std::string word = option_word(options, name, "");
        if (!word.empty() && !known.contains(word)) out.push_back("--" + name + " " + word);
    };
    only("slack", {"case", "distributed"});
    if (option_word(options, "slack", "") == "distributed") {
        only("slack-key", {"pmax", "headroom", "pg", "file"});
        if (const std::string file = option_word(options, "slack-factors", ""); !file.empty()) out.push_back("--slack-factors " + file);
        const bool moves = std::any_of(grid.generators.begin(), grid.generators.end(), [](const GeneratorRow& row) {
            return row.in_service && (row.reactive.mode == ReactiveMode::fixed_pf || row.reactive.mode == ReactiveMode::q_of_p);
        });
        if (moves) out.push_back("--slack distributed beside units whose reactive power follows their output");
    }
    only("q-limits-slack", {"off"});
    only("second-islands", {"dark"});
    only("post-contingency", {"frozen"});
    if (const std::string loads = option_word(options, "load-model", "case"); loads != "case" && loads != "pq")
        out.push_back("--load-model " + loads);
    else if (loads == "case" && !grid.load_models.empty())
        out.push_back("loads that depend on voltage");
    const bool remote = std::any_of(grid.generators.begin(), grid.generators.end(), [](const GeneratorRow& row) {
        return row.in_service && row.reactive.mode == ReactiveMode::voltage && number(row.regulated_bus) != 0 && row.regulated_bus != row.bus;
    });
    if (remote) out.push_back("units that hold the voltage of another bus");
    only("dc-lines", {"as-case"});
    only("base-insecure", {"no-worse", "strict", "drop-pairs", "relieve"});
    if (const double below = option_number(options, "merge-below", nan_value); below >= 0.0 && below != own_merge_below)
        out.push_back("--merge-below " + shortest(below));
    // Taps, phase shifters and shunts stay where the base has them; compensators act again in every state.
    const bool compensators = std::any_of(grid.devices.begin(), grid.devices.end(),
                                          [](const DeviceRow& row) { return row.kind == DeviceKind::svc; });
    for (const std::string& control : option_list(options, "controls"))
        if ((control == "svc" || control == "all") && compensators) out.push_back("--controls " + control);
    return out;
}

bool opens_joint(const Case& grid, const OwnOutage& outage) {
    return std::any_of(outage.branches.begin(), outage.branches.end(), [&](int row) {
        const BranchRow& branch = grid.branches[static_cast<std::size_t>(row)];
        return branch.in_service && is_joint(branch);
    });
}

namespace {

// A bus is out with all that is connected to it.
bool add_bus(const Case& grid, long long bus, OwnOutage& outage) {
    const auto at = [&](BusId id) { return static_cast<long long>(number(id)) == bus; };
    if (std::none_of(grid.buses.begin(), grid.buses.end(), [&](const BusRow& row) { return at(row.bus); })) return false;
    for (std::size_t l = 0; l < grid.branches.size(); ++l)
        if (grid.branches[l].in_service && (at(grid.branches[l].from_bus) || at(grid.branches[l].to_bus)))
            outage.branches.push_back(static_cast<int>(l));
    for (std::size_t g = 0; g < grid.generators.size(); ++g)
        if (at(grid.generators[g].bus)) outage.generators.push_back(static_cast<int>(g));
    for (std::size_t d = 0; d < grid.dc_lines.size(); ++d)
        if (at(grid.dc_lines[d].from_bus) || at(grid.dc_lines[d].to_bus)) outage.dc_lines.push_back(static_cast<int>(d));
    return true;
}

}  // namespace

bool add_outage(const Case& grid, const std::string& element, OwnOutage& outage) {
    const auto blank = element.rfind(' ');
    if (blank == std::string::npos) return false;
    const std::string kind = element.substr(0, blank);
    const auto row = parse_integer(element.substr(blank + 1));
    const auto within = [&](std::size_t rows) { return row && *row >= 1 && *row <= static_cast<long long>(rows); };
    if (kind == "branch" && within(grid.branches.size())) outage.branches.push_back(static_cast<int>(*row) - 1);
    else if (kind == "generator" && within(grid.generators.size())) outage.generators.push_back(static_cast<int>(*row) - 1);
    else if (kind == "dc_line" && within(grid.dc_lines.size())) outage.dc_lines.push_back(static_cast<int>(*row) - 1);
    else if (kind == "bus" && row) return add_bus(grid, *row, outage);
    else return false;
    return true;
}

std::vector<OwnContingency> own_contingencies(const OwnGrid& grid, const OptionMap& options,
                                              const std::vector<ListedContingency>& listed) {
    std::vector<OwnContingency> all;
    const std::vector<std::string> asked = option_list(options, "contingencies");
    const std::vector<std::string> excluded = option_list(options, "exclude");
    const std::vector<int> part = own_parts(grid, {});
    std::vector<unsigned char> fed(grid.n + 1, 0);
    for (int b = 0; b < grid.n; ++b)
        if (grid.reference[b] != 0) fed[part[b]] = 1;
    if (asked.empty() || std::find(asked.begin(), asked.end(), "all") != asked.end()) {
        const std::vector<unsigned char> bridge = bridges_of(grid);
        for (const OwnBranch& branch : grid.branches) {
            const BranchRow& row = grid.grid->branches[branch.row];
            const int from = grid.row(row.from_bus), to = grid.row(row.to_bus);
            const int node = row.in_service && from >= 0 && to >= 0 && from != to ? grid.node_of[from] : -1;
            if (node < 0 || grid.node_of[to] < 0 || fed[part[node]] == 0) continue;
            OwnContingency c{std::to_string(branch.row + 1), {{branch.row}, {}, {}}, false, false};
            c.splits = branch.carries ? bridge[branch.row] != 0 : cuts_off(grid, c.outage);
            c.excluded = std::find(excluded.begin(), excluded.end(), c.label) != excluded.end();
            all.push_back(c);
        }
        for (const OwnSource& source : grid.sources)
            if (source.dc_line >= 0 && source.from_end)
                all.push_back({"dc" + std::to_string(source.dc_line + 1), {{}, {}, {source.dc_line}}, false, false});
    }
    if (option_word(options, "generators", "off") == "on")
        for (const OwnSource& source : grid.sources)
            if (source.generator >= 0 && fed[part[source.node]] != 0)
                all.push_back({"g" + std::to_string(source.generator + 1), {{}, {source.generator}, {}}, false, false});
    if (option_word(options, "bus-outages", "off") == "on")
        for (const BusRow& bus : grid.grid->buses) {
            const auto node = grid.node_of[static_cast<std::size_t>(&bus - grid.grid->buses.data())];
            if (node < 0 || fed[part[node]] == 0) continue;
            OwnContingency c;
            c.label = "b" + std::to_string(number(bus.bus));
            (void)add_outage(*grid.grid, "bus " + std::to_string(number(bus.bus)), c.outage);
            c.splits = true;
            all.push_back(c);
        }
    for (const ListedContingency& named : listed) {
        OwnContingency c;
        c.label = named.contingency;
        for (const std::string& element : named.outage) (void)add_outage(*grid.grid, element, c.outage);
        c.splits = cuts_off(grid, c.outage);
        all.push_back(c);
    }
    return all;
}

OwnLimits own_limits(const OptionMap& options) {
    OwnLimits limits;
    limits.rating_base = option_word(options, "rating-base", "A");
    limits.rating_contingency = option_word(options, "rating-contingency", "A");
    limits.voltages = option_word(options, "voltage-limits", "on") != "off";
    if (const double step = option_number(options, "voltage-step", nan_value); step > 0.0) limits.voltage_step = step;
    return limits;
}

std::vector<OwnReading> own_readings(const OwnGrid& grid, const OwnState& state, const OwnLimits& limits, const OwnState* before) {
    std::vector<OwnReading> out;
    const Case& c = *grid.grid;
    const std::string& rule = before != nullptr ? limits.rating_contingency : limits.rating_base;
    bool joints = false;
    for (const OwnBranch& branch : grid.branches) {
        const double rate = rate_of(c.branches[branch.row], rule);
        joints = joints || (!branch.carries && !std::isnan(rate));
        if (std::isnan(rate) || !branch.carries || state.branch_out[branch.row] != 0 || state.live[branch.from] == 0) continue;
        const OwnFlow flow = own_flow(grid, state, branch.row);
        out.push_back({"thermal", branch.row, -1, std::max(std::abs(flow.from), std::abs(flow.to)) * c.base_mva, rate});
    }
    if (joints)
        for (const OwnJointFlow& flow : own_joint_flows(grid, state))
            if (const double rate = rate_of(c.branches[flow.row], rule); !std::isnan(rate))
                out.push_back({"thermal", flow.row, -1, std::abs(flow.s) * c.base_mva, rate});
    const bool steps = before != nullptr && limits.voltage_step > 0.0;
    if (!limits.voltages && !steps) return out;
    for (std::size_t i = 0; i < grid.node_of.size(); ++i) {
        const int node = grid.node_of[i];
        if (node < 0 || state.live[node] == 0) continue;
        const double vm = std::abs(state.v[node]);
        if (limits.voltages) {
            out.push_back({"voltage_low", -1, static_cast<int>(i), vm, c.buses[i].vmin_pu});
            out.push_back({"voltage_high", -1, static_cast<int>(i), vm, c.buses[i].vmax_pu});
        }
        if (steps && before->live[node] != 0)
            out.push_back({"voltage_step", -1, static_cast<int>(i), std::abs(vm - std::abs(before->v[node])), limits.voltage_step});
    }
    return out;
}

std::string place_of(const OwnGrid& grid, const OwnReading& reading) {
    const std::string where = reading.branch >= 0 ? "branch " + std::to_string(reading.branch + 1)
                                                  : "bus " + std::to_string(number(grid.grid->buses[reading.bus].bus));
    return where + " (" + reading.kind + ")";
}

}  // namespace araz

#include "araz/study/contingency.hpp"

#include <algorithm>
#include <unordered_map>

#include "araz/base/text.hpp"
#include "araz/solver/graph.hpp"

namespace araz {

std::vector<std::string> Contingency::elements(const Network& net) const {
    std::vector<std::string> out;
    const auto at_lost_bus = [&](int bus) { return std::find(buses.begin(), buses.end(), bus) != buses.end(); };
    for (const int b : buses) out.push_back("bus " + std::to_string(number(net.bus_id[b])));
    for (const int l : branches)
        if (!at_lost_bus(net.from[l]) && !at_lost_bus(net.to[l]))
            out.push_back("branch " + std::to_string(net.branch_row[l] + 1));
    for (const int g : generators) {
        const int other = net.is_unit(g) ? g : g + 1;
        if (at_lost_bus(net.gen_bus[g]) || (!net.is_unit(g) && (g - net.n_unit) % 2 == 0 && at_lost_bus(net.gen_bus[other]))) continue;
        if (net.is_unit(g)) out.push_back("generator " + std::to_string(net.gen_row[g] + 1));
        else if ((g - net.n_unit) % 2 == 0)  // both ends of a DC line go together
            out.push_back("dc_line " + std::to_string(net.dc_row[(g - net.n_unit) / 2] + 1));
    }
    return out;
}

namespace {

// Marks the outages of these single branches as excluded. Findings: rows that match none.
Findings exclude(const Network& net, const std::vector<int>& rows, std::vector<Contingency>& list) {
    Findings findings;
    const int n = static_cast<int>(net.branch_of_row.size());
    for (const int row : rows) {
        bool matches = false;
        for (Contingency& c : list) {
            if (c.branches.size() != 1 || !c.generators.empty() || net.branch_row[c.branches[0]] + 1 != row) continue;
            c.excluded = matches = true;
        }
        if (matches) continue;
        Finding finding;
        finding.code = "AZ3002";
        finding.message = "excluded branch " + std::to_string(row);
        if (row < 1 || row > n) {
            finding.message += " does not exist";
            finding.hint = "branch rows of this case run from 1 to " + std::to_string(n);
        } else {
            const bool in_service = net.branch_of_row[row - 1] >= 0;
            finding.message += in_service ? " is not among the contingencies" : " is out of service: it is no contingency";
            finding.hint = "leave it out of --exclude";
        }
        findings.push_back(finding);
    }
    return findings;
}

void add_branches(const ElectricalModel& model, std::vector<Contingency>& list) {
    const Network& net = *model.network;
    for (int l = 0; l < net.n_branch; ++l) {
        const int row = net.branch_row[l] + 1;
        if (net.island[net.from[l]] < 0) continue;  // a branch of a dead island carries nothing
        Contingency contingency;
        contingency.label = std::to_string(row);
        contingency.name = net.branch_name(l);
        contingency.branches = {l};
        contingency.splits = model.bridge[l] != 0;
        list.push_back(std::move(contingency));
    }
    for (int dc = 0; dc < net.n_dc; ++dc) {
        Contingency contingency;
        const DcLineRow& row = net.source->dc_lines[net.dc_row[dc]];
        contingency.label = "dc" + std::to_string(net.dc_row[dc] + 1);
        contingency.name = row.name.empty() ? "DC line " + std::to_string(net.dc_row[dc] + 1) : row.name;
        contingency.generators = {net.n_unit + 2 * dc, net.n_unit + 2 * dc + 1};
        list.push_back(std::move(contingency));
    }
}

std::string unit_name(const Network& net, int g) {
    const GeneratorRow& row = net.source->generators[net.gen_row[g]];
    return row.name.empty() ? "unit at bus " + net.bus_label(net.gen_bus[g]) : row.name;
}

void add_units(const Network& net, std::vector<Contingency>& list) {
    for (int g = 0; g < net.n_unit; ++g) {
        if (net.island[net.gen_bus[g]] < 0) continue;
        Contingency contingency;
        contingency.label = "g" + std::to_string(net.gen_row[g] + 1);
        contingency.name = unit_name(net, g);
        contingency.generators = {g};
        list.push_back(std::move(contingency));
    }
}

// A bus with all that is connected to it. A branch or unit that is there already is not added twice.
void add_bus(const Network& net, int bus, Contingency& contingency) {
    const auto add = [](std::vector<int>& list, int item) {
        if (std::find(list.begin(), list.end(), item) == list.end()) list.push_back(item);
    };
    add(contingency.buses, bus);
    for (int l = 0; l < net.n_branch; ++l)
        if (net.from[l] == bus || net.to[l] == bus) add(contingency.branches, l);
    for (int k = net.gen_start[bus]; k < net.gen_start[bus + 1]; ++k) {
        const int g = net.gens_at[k];
        if (net.is_unit(g)) {
            add(contingency.generators, g);
            continue;
        }
        const int first = g - (g - net.n_unit) % 2;  // both ends of a DC line go together
        add(contingency.generators, first);
        add(contingency.generators, first + 1);
    }
}

void add_buses(const Network& net, std::vector<Contingency>& list) {
    for (int b = 0; b < net.n_bus; ++b) {
        if (net.island[b] < 0) continue;
        Contingency contingency;
        contingency.label = "b" + std::to_string(number(net.bus_id[b]));
        contingency.name = net.bus_label(b);
        contingency.splits = true;  // the bus itself is lost
        add_bus(net, b, contingency);
        list.push_back(std::move(contingency));
    }
}

// Rows of a table by identifier.
template <class Row>
std::unordered_map<std::string, int> rows_by_id(const std::vector<Row>& rows) {
    std::unordered_map<std::string, int> index;
    for (std::size_t k = 0; k < rows.size(); ++k)
        if (!rows[k].id.empty()) index.emplace(rows[k].id, static_cast<int>(k));
    return index;
}

class Resolver {
public:
    explicit Resolver(const ElectricalModel& model)
        : model_(model),
          net_(*model.network),
          branches_(rows_by_id(net_.source->branches)),
          units_(rows_by_id(net_.source->generators)),
          dc_lines_(rows_by_id(net_.source->dc_lines)) {}

    // A listed outage whose elements are all out of service anyway is left out.
    void add(const NamedContingency& named, std::vector<Contingency>& list) {
        Contingency contingency;
        contingency.label = named.label;
        contingency.name = named.name;
        for (const OutageElement& element : named.elements) {
            if (element.kind == "bus") {
                const int row = find_bus(element);
                if (row >= 0 && net_.island[row] >= 0) add_bus(net_, row, contingency);
            } else if (element.kind == "generator") {
                const int row = find(element, units_, net_.source->generators.size());
                if (row >= 0 && net_.gen_of_row[row] >= 0) contingency.generators.push_back(net_.gen_of_row[row]);
            } else if (element.kind == "hvdc") {
                const int row = find(element, dc_lines_, net_.source->dc_lines.size());
                if (row < 0 || row >= static_cast<int>(net_.dc_of_row.size()) || net_.dc_of_row[row] < 0) continue;
                const int end = net_.n_unit + 2 * net_.dc_of_row[row];
                contingency.generators.insert(contingency.generators.end(), {end, end + 1});
            } else {
                const int row = find(element, branches_, net_.source->branches.size());
                if (row >= 0 && net_.branch_of_row[row] >= 0) contingency.branches.push_back(net_.branch_of_row[row]);
            }
        }
        if (contingency.branches.empty() && contingency.generators.empty()) return;
        if (contingency.name.empty()) contingency.name = own_name(contingency);
        contingency.splits = !contingency.buses.empty() || splits(contingency.branches);
        list.push_back(std::move(contingency));
    }

    [[nodiscard]] const Findings& findings() const { return findings_; }

private:
    // What a contingency without a name is called.
    [[nodiscard]] std::string own_name(const Contingency& contingency) const {
        if (contingency.branches.size() == 1 && contingency.generators.empty()) return net_.branch_name(contingency.branches[0]);
        if (contingency.generators.size() == 1 && contingency.branches.empty() && net_.is_unit(contingency.generators[0]))
            return unit_name(net_, contingency.generators[0]);
        return contingency.label;
    }

    int find_bus(const OutageElement& element) {
        const auto number = parse_integer(element.element);
        if (number)
            if (const auto found = net_.index_of.find(*number); found != net_.index_of.end()) return found->second;
        std::vector<std::string> known;
        for (int b = 0; b < net_.n_bus; ++b) known.push_back(std::to_string(araz::number(net_.bus_id[b])));
        Finding finding;
        finding.code = "AZ3022";
        finding.element = element.element;
        finding.message = "the case has no bus '" + element.element + "'" + did_you_mean(element.element, known);
        finding.hint = "buses are named by their number in the case file";
        finding.where = element.where;
        findings_.push_back(finding);
        return -1;
    }

    int find(const OutageElement& element, const std::unordered_map<std::string, int>& ids, std::size_t rows) {
        if (const auto found = ids.find(element.element); found != ids.end()) return found->second;
        const auto number = parse_integer(element.element);
        if (number && *number >= 1 && *number <= static_cast<long long>(rows)) return static_cast<int>(*number) - 1;
        std::vector<std::string> known;
        for (const auto& [id, row] : ids) known.push_back(id);
        std::sort(known.begin(), known.end());
        Finding finding;
        finding.code = "AZ3022";
        finding.element = element.element;
        finding.message = "the case has no " + element.kind + " '" + element.element + "'" +
                          did_you_mean(element.element, known);
        finding.hint = "name an element of the case, or its row from 1 to " + std::to_string(rows);
        finding.where = element.where;
        findings_.push_back(finding);
        return -1;
    }

    [[nodiscard]] bool splits(const std::vector<int>& branches) const {
        if (branches.empty()) return false;
        std::vector<unsigned char> out(static_cast<std::size_t>(net_.n_branch), 0);
        for (const int l : branches) out[l] = 1;
        const std::vector<int> part = solver::components(model_.pattern, out);
        std::vector<unsigned char> supplied(static_cast<std::size_t>(net_.n_bus), 0);
        for (int b = 0; b < net_.n_bus; ++b)
            if (model_.kind[b] == solver::BusKind::slack) supplied[part[b]] = 1;
        for (int b = 0; b < net_.n_bus; ++b)
            if (net_.island[b] >= 0 && supplied[part[b]] == 0) return true;
        return false;
    }

    const ElectricalModel& model_;
    const Network& net_;
    std::unordered_map<std::string, int> branches_, units_, dc_lines_;
    Findings findings_;
};

}  // namespace

Result<std::vector<Contingency>> make_contingencies(const ElectricalModel& model, const ContingencySpec& spec) {
    const Network& net = *model.network;
    std::vector<Contingency> list;
    if (spec.branches) add_branches(model, list);
    if (spec.generators) add_units(net, list);
    if (spec.buses) add_buses(net, list);
    Resolver resolver(model);
    for (const NamedContingency& named : spec.listed) resolver.add(named, list);
    if (!resolver.findings().empty()) return Error{ErrorKind::invalid_input, resolver.findings()};
    if (Findings findings = exclude(net, spec.exclude_rows, list); !findings.empty())
        return Error{ErrorKind::usage, std::move(findings)};
    return list;
}

}  // namespace araz

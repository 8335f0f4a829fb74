#include "capacity_inputs.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "araz/base/text.hpp"
#include "araz/io/selection_io.hpp"

namespace araz::app {

namespace {

Finding list_problem(const ListRow& row, std::string message, std::string hint = {}) {
    Finding finding;
    finding.code = "AZ3023";
    finding.message = std::move(message);
    finding.hint = std::move(hint);
    finding.where = row.where;
    return finding;
}

// The file that an option needs when its choice is "file".
Result<std::string> needed_file(const Options& options, const std::string& option, const std::string& choice) {
    if (options.has(option)) return options.text(option);
    return Error::make(ErrorKind::usage, "AZ3010", choice + " file needs " + option, "name a CSV: " + option + " FILE");
}

// Index of the row that a cell numbers or names.
int generator_of(const Network& net, const std::string& cell) {
    const auto& rows = net.source->generators;
    for (std::size_t k = 0; k < rows.size(); ++k)
        if (!rows[k].id.empty() && rows[k].id == cell) return static_cast<int>(k);
    const auto number = parse_integer(cell);
    return number && *number >= 1 && *number <= static_cast<long long>(rows.size()) ? static_cast<int>(*number) - 1 : -1;
}

}  // namespace

Result<KeyChoice> key_choice(const Options& options, const Network& net) {
    const auto kind = parse_key(options.text("--key"));
    if (!kind) return kind.error();
    if (*kind != KeyKind::file) return KeyChoice(*kind);
    const auto path = needed_file(options, "--key-file", "--key");
    if (!path) return path.error();
    const auto rows = read_list(*path, {"generator", "weight"});
    if (!rows) return rows.error();
    std::vector<double> weight(static_cast<std::size_t>(net.n_gen), 0.0);
    Findings findings;
    for (const ListRow& row : *rows) {
        const double value = number_cell(row, 1, "weight", findings);
        const int generator = generator_of(net, row.cells[0]);
        if (generator < 0)
            findings.push_back(list_problem(row, "the case has no generator '" + row.cells[0] + "'",
                                            "generator rows run from 1 to " + std::to_string(net.source->generators.size())));
        if (value < 0.0) findings.push_back(list_problem(row, "a negative weight", "weights are shares of the shift"));
        if (findings.empty() && net.gen_of_row[generator] >= 0) weight[net.gen_of_row[generator]] = value;
    }
    if (!findings.empty()) return Error{ErrorKind::invalid_input, findings};
    return KeyChoice(KeyKind::file, std::move(weight));
}

Result<BusGroups> bus_groups(const Options& options, const Network& net) {
    const std::string grouping = options.text("--group");
    if (grouping != "file") return groups_of(net, grouping == "zone" ? Grouping::zone : Grouping::area);
    const auto path = needed_file(options, "--group-file", "--group");
    if (!path) return path.error();
    const auto rows = read_list(*path, {"bus", "group"});
    if (!rows) return rows.error();
    BusGroups groups;
    groups.word = "group";
    groups.by_number = false;
    groups.of_bus.assign(static_cast<std::size_t>(net.n_bus), -1);
    std::map<std::string, int> index;
    Findings findings;
    for (const ListRow& row : *rows) {
        const auto number = parse_integer(row.cells[0]);
        const bool known = number && std::any_of(net.source->buses.begin(), net.source->buses.end(), [&](const BusRow& bus) {
                               return araz::number(bus.bus) == *number;
                           });
        if (!known) {
            findings.push_back(list_problem(row, "the case has no bus '" + row.cells[0] + "'"));
            continue;
        }
        const auto [at, added] = index.emplace(row.cells[1], static_cast<int>(index.size()));
        if (added) groups.names.emplace_back(at->first, at->second);
        const auto bus = net.index_of.find(*number);
        if (bus != net.index_of.end()) groups.of_bus[bus->second] = at->second;
    }
    if (!findings.empty()) return Error{ErrorKind::invalid_input, findings};
    return groups;
}

Result<ReliabilityMargin> margin_choice(const Options& options) {
    const std::string text = options.text("--trm");
    if (!text.starts_with("quantile:")) return parse_margin(text);
    const std::vector<std::string> parts = split(text, ':');
    const auto share = parts.size() == 3 ? parse_double(parts[1]) : std::nullopt;
    if (!share || !(*share >= 0.0 && *share <= 1.0))
        return Error::make(ErrorKind::usage, "AZ3006", "'" + text + "' is not a reliability margin",
                           "a quantile margin is quantile:Q:FILE with Q from 0 to 1, for example quantile:0.95:deviations.csv");
    const auto rows = read_list(parts[2], {"deviation_mw"});
    if (!rows) return rows.error();
    Findings findings;
    std::vector<double> values;
    for (const ListRow& row : *rows) values.push_back(number_cell(row, 0, "deviation_mw", findings));
    if (!findings.empty()) return Error{ErrorKind::invalid_input, findings};
    // R. J. Hyndman, Y. Fan, "Sample quantiles in statistical packages", Am. Stat. 50, 1996: definition 7.
    std::sort(values.begin(), values.end());
    const double position = *share * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::size_t>(position);
    const double above = values[std::min(below + 1, values.size() - 1)];
    ReliabilityMargin margin;
    margin.value = std::max(0.0, values[below] + (position - static_cast<double>(below)) * (above - values[below]));
    return margin;
}

Result<std::vector<RemedialAction>> remedial_actions(const Options& options) {
    std::vector<RemedialAction> actions;
    if (!options.has("--remedial")) return actions;
    const auto rows = read_list(options.text("--remedial"), {"action", "kind", "element"}, {"value", "name"});
    if (!rows) return rows.error();
    Findings findings;
    for (const ListRow& row : *rows) {
        auto same = std::find_if(actions.begin(), actions.end(), [&](const auto& a) { return a.label == row.cells[0]; });
        if (same == actions.end()) {
            actions.push_back({row.cells[0], row.cells[4].empty() ? row.cells[0] : row.cells[4], {}});
            same = actions.end() - 1;
        }
        RemedialStep step{row.cells[1], row.cells[2], 0.0, row.where};
        if (step.kind != "open" && step.kind != "close") step.value = number_cell(row, 3, "value", findings);
        same->steps.push_back(std::move(step));
    }
    if (!findings.empty()) return Error{ErrorKind::invalid_input, findings};
    return actions;
}

}  // namespace araz::app

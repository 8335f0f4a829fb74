#include <algorithm>
#include <set>

#include "araz/base/text.hpp"
#include "araz/study/capacity.hpp"

namespace araz {

namespace {

struct GroupNames {
    std::set<int> numbers;
    std::vector<std::pair<std::string, int>> names;
    std::vector<std::string> offered;
};

GroupNames names_of(const BusGroups& groups) {
    GroupNames out;
    std::set<int> present(groups.of_bus.begin(), groups.of_bus.end());
    if (groups.by_number) out.numbers = present;
    for (const int value : out.numbers) out.offered.push_back(std::to_string(value));
    for (const auto& [name, value] : groups.names) {
        if (present.count(value) == 0) continue;
        out.names.emplace_back(name, value);
        out.offered.push_back(name);
    }
    return out;
}

// Numbers of the groups named in `text`.
Result<std::set<int>> parse_groups(const GroupNames& known, const std::string& text, const char* option,
                                   const std::string& word) {
    std::set<int> groups;
    Findings findings;
    for (const std::string& part : split(text, ',')) {
        const auto number = parse_integer(part);
        const auto named = std::find_if(known.names.begin(), known.names.end(), [&](const auto& entry) {
            return to_lower(entry.first) == to_lower(part);
        });
        if (named != known.names.end()) {
            groups.insert(named->second);
        } else if (number && known.numbers.count(static_cast<int>(*number)) != 0) {
            groups.insert(static_cast<int>(*number));
        } else {
            Finding finding;
            finding.code = "AZ3004";
            finding.message = std::string(option) + ": no " + word + " is called '" + part + "'" +
                              did_you_mean(part, known.offered);
            finding.hint = "this case has the " + std::string(word) + "s " + join(known.offered, ", ");
            findings.push_back(finding);
        }
    }
    if (!findings.empty()) return Error{ErrorKind::usage, findings};
    return groups;
}

}  // namespace

BusGroups groups_of(const Network& net, Grouping grouping) {
    BusGroups groups;
    groups.word = grouping == Grouping::area ? "area" : "zone";
    groups.of_bus = grouping == Grouping::area ? net.area : net.zone;
    for (const int value : std::set<int>(groups.of_bus.begin(), groups.of_bus.end())) {
        const std::string label = grouping == Grouping::area ? net.area_label(value) : net.zone_label(value);
        if (label != std::to_string(value)) groups.names.emplace_back(label, value);
    }
    return groups;
}

std::vector<std::pair<std::string, std::string>> borders_of(const Network& net, const BusGroups& groups) {
    std::set<std::pair<int, int>> touching;
    const auto touch = [&](int bus_a, int bus_b) {
        const int a = groups.of_bus[bus_a];
        const int b = groups.of_bus[bus_b];
        if (a == b || net.island[bus_a] < 0 || net.island[bus_b] < 0 || (!groups.by_number && std::min(a, b) < 0)) return;
        touching.emplace(std::min(a, b), std::max(a, b));
    };
    for (int l = 0; l < net.n_branch; ++l) touch(net.from[l], net.to[l]);
    for (int dc = 0; dc < net.n_dc; ++dc) touch(net.gen_bus[net.n_unit + 2 * dc], net.gen_bus[net.n_unit + 2 * dc + 1]);
    const auto label = [&](int value) {
        for (const auto& [name, number] : groups.names)
            if (number == value) return name;
        return std::to_string(value);
    };
    std::vector<std::pair<std::string, std::string>> borders;
    for (const auto& [a, b] : touching) borders.emplace_back(label(a), label(b));
    return borders;
}

Result<ExchangeSides> make_sides(const Network& net, const std::string& from, const std::string& to,
                                 Grouping grouping) {
    return make_sides(groups_of(net, grouping), from, to);
}

Result<ExchangeSides> make_sides(const BusGroups& groups, const std::string& from, const std::string& to) {
    const std::string& word = groups.word;
    const GroupNames known = names_of(groups);
    if (from == "rest" && to == "rest")
        return Error::make(ErrorKind::usage, "AZ3005", "--from and --to cannot both be 'rest'");
    std::set<int> a, b;
    if (from != "rest") {
        auto parsed = parse_groups(known, from, "--from", word);
        if (!parsed) return parsed.error();
        a = *parsed;
    }
    if (to != "rest") {
        auto parsed = parse_groups(known, to, "--to", word);
        if (!parsed) return parsed.error();
        b = *parsed;
    }
    for (const int value : a) {
        if (b.count(value) == 0) continue;
        const auto named = std::find_if(groups.names.begin(), groups.names.end(),
                                        [&](const auto& entry) { return entry.second == value; });
        const std::string label =
            groups.by_number || named == groups.names.end() ? std::to_string(value) : named->first;
        return Error::make(ErrorKind::usage, "AZ3005", word + " " + label + " is on both sides of the exchange",
                           "a " + word + " cannot send to itself");
    }
    ExchangeSides sides;
    sides.from = from;
    sides.to = to;
    const auto& values = groups.of_bus;
    for (std::size_t bus = 0; bus < values.size(); ++bus) {
        const bool in_a = from == "rest" ? b.count(values[bus]) == 0 : a.count(values[bus]) != 0;
        const bool in_b = to == "rest" ? a.count(values[bus]) == 0 : b.count(values[bus]) != 0;
        sides.in_from.push_back(in_a ? 1 : 0);
        sides.in_to.push_back(in_b ? 1 : 0);
    }
    if (std::find(sides.in_to.begin(), sides.in_to.end(), 1) == sides.in_to.end() ||
        std::find(sides.in_from.begin(), sides.in_from.end(), 1) == sides.in_from.end())
        return Error::make(ErrorKind::usage, "AZ3005", "'rest' is empty: the other side already holds every bus");
    return sides;
}

}  // namespace araz

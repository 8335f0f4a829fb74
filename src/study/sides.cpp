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

GroupNames names_of(const Network& net, Grouping grouping) {
    GroupNames out;
    const auto& values = grouping == Grouping::area ? net.area : net.zone;
    out.numbers.insert(values.begin(), values.end());
    for (const int value : out.numbers) {
        const std::string label = grouping == Grouping::area ? net.area_label(value) : net.zone_label(value);
        out.offered.push_back(std::to_string(value));
        if (label == std::to_string(value)) continue;
        out.names.emplace_back(label, value);
        out.offered.push_back(label);
    }
    return out;
}

// Numbers of the groups named in `text`.
Result<std::set<int>> parse_groups(const GroupNames& known, const std::string& text, const char* option,
                                   const char* word) {
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

Result<ExchangeSides> make_sides(const Network& net, const std::string& from, const std::string& to,
                                 Grouping grouping) {
    const char* word = grouping == Grouping::area ? "area" : "zone";
    const GroupNames known = names_of(net, grouping);
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
    for (const int value : a)
        if (b.count(value) != 0)
            return Error::make(ErrorKind::usage, "AZ3005",
                               std::string(word) + " " + std::to_string(value) + " is on both sides of the exchange",
                               "--from and --to must not share a " + std::string(word));
    ExchangeSides sides;
    sides.from = from;
    sides.to = to;
    const auto& values = grouping == Grouping::area ? net.area : net.zone;
    for (int bus = 0; bus < net.n_bus; ++bus) {
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

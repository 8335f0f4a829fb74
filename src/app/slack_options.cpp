#include "slack_options.hpp"

#include <algorithm>
#include <cmath>

#include "araz/base/text.hpp"
#include "araz/io/csv.hpp"
#include "araz/io/files.hpp"

namespace araz::app {

namespace {

constexpr std::size_t largest_table = 64ULL << 20U;

Error unusable(const std::string& path, const std::string& message) {
    return Error::make(ErrorKind::usage, "AZ3030", path + ": " + message,
                       "--slack-factors: columns generator,factor; --area-schedule: columns area,net_export_mw");
}

// Two columns of a CSV file: a name and a number.
Result<std::vector<std::pair<std::string, double>>> read_pairs(const std::string& path, std::string_view name,
                                                               std::string_view value) {
    const auto text = read_file(path, largest_table);
    if (!text) return text.error();
    const auto table = parse_csv(*text, path);
    if (!table) return table.error();
    const auto column = [&](std::string_view wanted) {
        return static_cast<std::size_t>(std::find(table->columns.begin(), table->columns.end(), wanted) -
                                        table->columns.begin());
    };
    const std::size_t a = column(name);
    const std::size_t b = column(value);
    if (a == table->columns.size() || b == table->columns.size())
        return unusable(path, "the columns " + std::string(name) + " and " + std::string(value) + " are needed");
    std::vector<std::pair<std::string, double>> out;
    for (const auto& row : table->rows) {
        const auto number = parse_double(row[b]);
        if (!number || !std::isfinite(*number)) return unusable(path, "'" + row[b] + "' is not a number");
        out.emplace_back(row[a], *number);
    }
    return out;
}

// Row of a table by identifier, or by its number from 1; -1: none.
template <class Row>
int row_of(const std::vector<Row>& rows, const std::string& name) {
    for (std::size_t k = 0; k < rows.size(); ++k)
        if (!rows[k].id.empty() && rows[k].id == name) return static_cast<int>(k);
    const auto number = parse_integer(name);
    return number && *number >= 1 && *number <= static_cast<long long>(rows.size()) ? static_cast<int>(*number) - 1 : -1;
}

Result<std::vector<double>> read_factors(const std::string& path, const Network& net) {
    const auto pairs = read_pairs(path, "generator", "factor");
    if (!pairs) return pairs.error();
    std::vector<double> factors(static_cast<std::size_t>(net.n_gen), 0.0);
    for (const auto& [name, factor] : *pairs) {
        const int row = row_of(net.source->generators, name);
        if (row < 0) return unusable(path, "the case has no generator '" + name + "'");
        if (factor < 0.0) return unusable(path, "the factor of generator '" + name + "' is negative");
        if (net.gen_of_row[row] >= 0) factors[net.gen_of_row[row]] = factor;
    }
    return factors;
}

Result<std::vector<AreaSchedule>> read_schedule(const std::string& path, const Network& net) {
    const auto pairs = read_pairs(path, "area", "net_export_mw");
    if (!pairs) return pairs.error();
    std::vector<AreaSchedule> schedule;
    for (const auto& [name, mw] : *pairs) {
        const auto found = std::find_if(net.area.begin(), net.area.end(), [&, n = name](int area) {
            return std::to_string(area) == n || to_lower(net.area_label(area)) == to_lower(n);
        });
        if (found == net.area.end()) return unusable(path, "the case has no area '" + name + "'");
        schedule.push_back({*found, mw / net.base_mva});
    }
    return schedule;
}

}  // namespace

Result<SlackOptions> slack_options(const Options& options, const Network& net) {
    SlackOptions slack;
    const std::string mode = options.text("--slack");
    slack.mode = mode == "distributed" ? SlackMode::distributed : mode == "area" ? SlackMode::area : SlackMode::reference;
    const std::string key = options.text("--slack-key");
    for (const SlackKey each : {SlackKey::pmax, SlackKey::headroom, SlackKey::pg, SlackKey::load, SlackKey::file})
        if (key == to_string(each)) slack.key = each;
    if (options.has("--slack-factors")) {
        auto factors = read_factors(options.text("--slack-factors"), net);
        if (!factors) return factors.error();
        slack.factors = *std::move(factors);
    }
    if (options.has("--area-schedule")) {
        auto schedule = read_schedule(options.text("--area-schedule"), net);
        if (!schedule) return schedule.error();
        slack.schedule = *std::move(schedule);
    }
    if (slack.mode != SlackMode::reference && slack.key == SlackKey::file && slack.factors.empty()) {
        bool any = false;
        for (int g = 0; g < net.n_unit; ++g) any = any || net.source->generators[net.gen_row[g]].apf > 0.0;
        if (!any)
            return Error::make(ErrorKind::usage, "AZ3031", "--slack-key file: the case has no participation factors",
                               "give a table by --slack-factors FILE, or another key");
    }
    return slack;
}

}  // namespace araz::app

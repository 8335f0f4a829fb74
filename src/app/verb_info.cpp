#include <algorithm>
#include <map>
#include <set>

#include "araz/base/text.hpp"
#include "araz/io/case_io.hpp"
#include "session.hpp"
#include "verbs.hpp"

namespace araz::app {

namespace {

std::string levels(const Case& grid) {
    std::map<double, int, std::greater<>> by_kv;
    for (const BusRow& bus : grid.buses) ++by_kv[bus.base_kv];
    std::vector<std::string> parts;
    for (const auto& [kv, n] : by_kv) parts.push_back(shortest(kv) + " kV: " + std::to_string(n));
    if (parts.size() > 12) parts.resize(12);
    return join(parts, ", ");
}

std::string fuels(const Case& grid) {
    std::map<std::string, double> mw;
    for (const GeneratorRow& gen : grid.generators)
        if (gen.in_service) mw[gen.fuel.empty() ? "unnamed" : gen.fuel] += gen.pmax_mw;
    std::vector<std::string> parts;
    for (const auto& [fuel, sum] : mw) parts.push_back(fuel + ": " + shortest(sum) + " MW");
    return join(parts, ", ");
}

std::string describe(const Case& grid) {
    double load = 0.0;
    std::set<int> areas, zones;
    for (const BusRow& bus : grid.buses) {
        load += bus.pd_mw;
        areas.insert(bus.area);
        zones.insert(bus.zone);
    }
    const auto in_service = [](const auto& rows) {
        return std::to_string(std::count_if(rows.begin(), rows.end(), [](const auto& row) { return row.in_service; }));
    };
    std::string text;
    text += "case        " + grid.name + " (" + grid.format + ", " + shortest(grid.base_mva) + " MVA)\n";
    text += "file        " + grid.path() + "\n";
    text += "sha256      " + grid.sha256() + "\n";
    text += "buses       " + std::to_string(grid.buses.size()) + " (" + levels(grid) + ")\n";
    text += "branches    " + std::to_string(grid.branches.size()) + ", " + in_service(grid.branches) + " in service\n";
    text += "generators  " + std::to_string(grid.generators.size()) + ", " + in_service(grid.generators) + " in service\n";
    if (!grid.dc_lines.empty()) text += "dc lines    " + std::to_string(grid.dc_lines.size()) + "\n";
    text += "areas       " + std::to_string(areas.size()) + ", zones " + std::to_string(zones.size()) + "\n";
    text += "load        " + shortest(load) + " MW\n";
    text += "installed   " + fuels(grid) + "\n";
    return text;
}

}  // namespace

int run_info(const Options& options) {
    const auto grid = read_input(options, options.files[0]);
    if (!grid) return report_error(options, "araz.info/1", grid.error());
    const auto format = output_format(options);
    if (!format) return report_error(options, "araz.info/1", format.error());
    if (*format == "table") return write_output(options, describe(*grid));
    if (*format != "json")
        return report_error(options, "araz.info/1",
                            Error::make(ErrorKind::usage, "AZ3012", "info writes tables and JSON, not " + *format));
    Envelope envelope;
    envelope.schema = "araz.info/1";
    envelope.grid = case_info(*grid);
    envelope.options = options.resolved();
    envelope.status = "read";
    envelope.findings = grid->findings;
    return write_output(options, to_json(envelope));
}

}  // namespace araz::app

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
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

std::string list_of(const std::vector<CaseOverlay>& overlays) {
    std::size_t width = 0;
    for (const CaseOverlay& overlay : overlays) width = std::max(width, overlay.name.size());
    std::string text;
    for (const CaseOverlay& overlay : overlays)
        text += "  " + overlay.name + std::string(width - overlay.name.size() + 2, ' ') + overlay.description + "\n";
    return text;
}

// What the author says of the case, and what --point and --variant may name.
std::string describe(const CaseContents& contents) {
    std::string text;
    if (!contents.base_point.empty()) text += "base point  " + contents.base_point + "\n";
    if (!contents.licence.empty()) text += "licence     " + contents.licence + "\n";
    if (!contents.description.empty()) text += "\n" + contents.description + "\n";
    if (!contents.disclaimer.empty()) text += "\n" + contents.disclaimer + "\n";
    if (!contents.points.empty()) text += "\noperating points (--point)\n" + list_of(contents.points);
    if (!contents.variants.empty()) text += "\nvariants (--variant)\n" + list_of(contents.variants);
    return text;
}

std::string with_contents(const std::string& envelope, const CaseContents& contents) {
    auto document = nlohmann::ordered_json::parse(envelope);
    const auto list = [&](const char* name, const std::vector<CaseOverlay>& overlays) {
        document[name] = nlohmann::ordered_json::array();
        for (const CaseOverlay& overlay : overlays)
            document[name].push_back({{"name", overlay.name}, {"description", overlay.description}});
    };
    document["base_point"] = contents.base_point;
    document["description"] = contents.description;
    document["disclaimer"] = contents.disclaimer;
    document["licence"] = contents.licence;
    list("points", contents.points);
    list("variants", contents.variants);
    return document.dump(1) + "\n";
}

}  // namespace

int run_info(const Options& options) {
    const auto grid = read_input(options, options.files[0]);
    if (!grid) return report_error(options, "araz.info/1", grid.error());
    const auto contents = list_case(options.files[0]);
    if (!contents) return report_error(options, "araz.info/1", contents.error());
    const auto format = output_format(options);
    if (!format) return report_error(options, "araz.info/1", format.error());
    if (*format == "table") return write_output(options, describe(*grid) + describe(*contents));
    if (*format != "json")
        return report_error(options, "araz.info/1",
                            Error::make(ErrorKind::usage, "AZ3012", "info writes tables and JSON, not " + *format));
    Envelope envelope;
    envelope.schema = "araz.info/1";
    envelope.grid = case_info(*grid);
    envelope.options = options.resolved();
    envelope.status = "read";
    envelope.findings = grid->findings;
    return write_output(options, with_contents(to_json(envelope), *contents));
}

}  // namespace araz::app

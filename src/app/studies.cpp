#include "studies.hpp"

#include "araz/base/text.hpp"
#include "araz/io/contingency_io.hpp"

namespace araz::app {

namespace {

Result<std::vector<int>> excluded_rows(const Options& options) {
    std::vector<int> rows;
    Findings findings;
    for (const std::string& part : options.list("--exclude")) {
        const auto row = parse_integer(part);
        if (row && *row > 0 && *row < 1'000'000'000) {
            rows.push_back(static_cast<int>(*row));
            continue;
        }
        Finding finding;
        finding.code = "AZ3002";
        finding.message = "--exclude: '" + part + "' is not a branch row";
        finding.hint = "give 1-based rows of the branch table, for example --exclude 10,11";
        findings.push_back(finding);
    }
    if (!findings.empty()) return Error{ErrorKind::usage, findings};
    return rows;
}

}  // namespace

Result<ContingencySpec> contingency_spec(const Options& options) {
    ContingencySpec spec;
    spec.branches = false;
    spec.generators = options.on("--generators");
    spec.buses = options.on("--bus-outages");
    for (const std::string& part : options.list("--contingencies")) {
        if (part == "none") continue;
        if (part == "all") {
            spec.branches = true;
            continue;
        }
        auto listed = read_contingencies(part);
        if (!listed) return listed.error();
        for (NamedContingency& named : *listed) spec.listed.push_back(std::move(named));
    }
    auto rows = excluded_rows(options);
    if (!rows) return rows.error();
    spec.exclude_rows = *std::move(rows);
    return spec;
}

}  // namespace araz::app

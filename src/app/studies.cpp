#include "studies.hpp"

#include "araz/base/text.hpp"

namespace araz::app {

Result<ContingencySpec> contingency_spec(const Options& options) {
    ContingencySpec spec;
    spec.set = options.text("--contingencies");
    Findings findings;
    for (const std::string& part : options.list("--exclude")) {
        const auto row = parse_integer(part);
        if (row && *row > 0 && *row < 1'000'000'000) {
            spec.exclude_rows.push_back(static_cast<int>(*row));
            continue;
        }
        Finding finding;
        finding.code = "AZ3002";
        finding.message = "--exclude: '" + part + "' is not a branch row";
        finding.hint = "give 1-based rows of the branch table, for example --exclude 10,11";
        findings.push_back(finding);
    }
    if (!findings.empty()) return Error{ErrorKind::usage, findings};
    return spec;
}

}  // namespace araz::app

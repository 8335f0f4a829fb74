#include "araz/study/contingency.hpp"

#include <algorithm>

namespace araz {

std::vector<std::string> Contingency::elements(const Network& net) const {
    std::vector<std::string> out;
    for (const int l : branches) out.push_back("branch " + std::to_string(net.branch_row[l] + 1));
    for (const int g : generators) {
        if (net.is_unit(g)) out.push_back("generator " + std::to_string(net.gen_row[g] + 1));
        else if ((g - net.n_unit) % 2 == 0)  // both ends of a DC line go together
            out.push_back("dc_line " + std::to_string(net.dc_row[(g - net.n_unit) / 2] + 1));
    }
    return out;
}

namespace {

Findings check_excluded_rows(const Network& net, const std::vector<int>& rows) {
    Findings findings;
    const int n = static_cast<int>(net.branch_of_row.size());
    for (const int row : rows) {
        const bool exists = row >= 1 && row <= n;
        if (exists && net.branch_of_row[row - 1] >= 0) continue;
        Finding finding;
        finding.code = "AZ3002";
        finding.message = exists ? "excluded branch " + std::to_string(row) + " is out of service anyway"
                                 : "excluded branch " + std::to_string(row) + " does not exist";
        finding.hint = "branch rows of this case run from 1 to " + std::to_string(n);
        if (exists) finding.severity = Severity::warning;
        findings.push_back(finding);
    }
    return findings;
}

}  // namespace

Result<std::vector<Contingency>> make_contingencies(const ElectricalModel& model, const ContingencySpec& spec) {
    const Network& net = *model.network;
    if (Findings findings = check_excluded_rows(net, spec.exclude_rows); has_error(findings))
        return Error{ErrorKind::usage, std::move(findings)};
    std::vector<Contingency> list;
    if (spec.set == "none") return list;
    for (int l = 0; l < net.n_branch; ++l) {
        const int row = net.branch_row[l] + 1;
        if (net.island[net.from[l]] < 0) continue;  // a branch of a dead island carries nothing
        Contingency contingency;
        contingency.label = std::to_string(row);
        contingency.name = net.branch_name(l);
        contingency.branches = {l};
        contingency.splits = model.bridge[l] != 0;
        contingency.excluded =
            std::find(spec.exclude_rows.begin(), spec.exclude_rows.end(), row) != spec.exclude_rows.end();
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
    return list;
}

}  // namespace araz

#include "araz/study/factors.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "araz/base/text.hpp"
#include "factor_model.hpp"

namespace araz {

namespace {

FactorConvention convention_of(const FactorOptions& options) {
    FactorConvention out;
    out.model = options.taps ? "DC: b = 1/(x tap), losses neglected" : "DC: b = 1/x, losses neglected";
    out.taps = options.taps ? "on" : "off";
    out.flow_sign = "positive from the from bus to the to bus";
    out.injection_sign = "positive into the network";
    out.outage_sign = "change of a flow per MW on the other branch before its outage, both from -> to; -1 on itself";
    return out;
}

Envelope envelope_of(const ElectricalModel& model, const FactorModel& factors, const char* schema) {
    Envelope envelope;
    envelope.schema = schema;
    envelope.grid = case_info(*model.network->source);
    envelope.status = "converged";
    envelope.findings = model.network->findings;
    envelope.findings.insert(envelope.findings.end(), factors.findings().begin(), factors.findings().end());
    return envelope;
}

// Rows of the file, all in service when none were named.
std::vector<int> rows_of(const FactorModel& factors, const std::vector<int>& asked) {
    if (!asked.empty()) return asked;
    std::vector<int> rows;
    for (int l = 0; l < factors.network().n_branch; ++l)
        if (factors.carries(l)) rows.push_back(factors.network().branch_row[l]);
    return rows;
}

// Branch indices of rows that carry flow, and a finding for each that does not.
struct Carrying {
    std::vector<int> branches;
    std::map<int, std::size_t> place;  ///< row -> position in `branches`

    void add(const FactorModel& factors, const std::vector<int>& rows, Findings& findings) {
        const Network& net = factors.network();
        for (const int row : rows) {
            const int l = net.branch_of_row[row];
            if (l >= 0 && factors.carries(l)) {
                if (place.emplace(row, branches.size()).second) branches.push_back(l);
                continue;
            }
            Finding finding;
            finding.severity = Severity::warning;
            finding.code = "AZ3043";
            finding.element = "branch " + std::to_string(row + 1);
            finding.message = finding.element + (l < 0 ? " is out of service" : " has no reactance") + "; its factors are null";
            if (std::find(findings.begin(), findings.end(), finding) == findings.end()) findings.push_back(finding);
        }
    }
};

template <class R>
R row_label(const Network& net, int row) {
    const BranchRow& source = net.source->branches[row];
    R out;
    if constexpr (requires { out.branch; }) out.branch = row + 1;
    else out.outage = row + 1;
    out.from_bus = number(source.from_bus);
    out.to_bus = number(source.to_bus);
    const int l = net.branch_of_row[row];
    out.name = l >= 0 ? net.branch_name(l) : source.name;
    return out;
}

std::vector<double> slice(const std::vector<double>& matrix, const Carrying& carrying, int row, std::size_t width) {
    const auto found = carrying.place.find(row);
    if (found == carrying.place.end()) return std::vector<double>(width, nan_value);
    const auto start = matrix.begin() + static_cast<std::ptrdiff_t>(found->second * width);
    return {start, start + static_cast<std::ptrdiff_t>(width)};
}

}  // namespace

Result<PtdfResult> run_ptdf(const ElectricalModel& model, const FactorOptions& options, const FactorColumns& asked) {
    auto built = FactorModel::build(model, options);
    if (!built) return built.error();
    FactorModel& factors = **built;
    const Network& net = *model.network;
    auto set = make_columns(net, asked);
    if (!set) return set.error();

    PtdfResult result;
    result.envelope = envelope_of(model, factors, "araz.ptdf/1");
    Findings& findings = result.envelope.findings;
    findings.insert(findings.end(), set->findings.begin(), set->findings.end());
    result.convention = convention_of(options);
    result.convention.slack = options.distributed ? "distributed" : "case";
    if (options.distributed) result.convention.slack_key = std::string(to_string(*options.distributed));
    result.slack = factors.slack();
    for (const ColumnInjection& column : set->columns) result.columns.push_back(column.label);
    result.participants = set->participants;

    const std::vector<int> rows = rows_of(factors, options.branch_rows);
    Carrying carrying;
    carrying.add(factors, rows, findings);
    carrying.add(factors, options.outage_rows, findings);
    const std::size_t width = set->columns.size();
    const std::vector<double> ptdf = factors.transfer_factors(carrying.branches, set->columns);
    for (const int row : rows) {
        auto out = row_label<TransferFactorRow>(net, row);
        out.ptdf = slice(ptdf, carrying, row, width);
        result.branches.push_back(std::move(out));
    }
    std::vector<int> outages;
    for (const int row : options.outage_rows) {
        const auto found = carrying.place.find(row);
        outages.push_back(found == carrying.place.end() ? -1 : carrying.branches[found->second]);
    }
    for (std::size_t k = 0; k < outages.size(); ++k) {
        const bool known = outages[k] >= 0;
        const std::vector<double> lodf =
            known ? factors.outage_factors(carrying.branches, {&outages[k], 1}) : std::vector<double>{};
        const std::vector<double> of_outage = slice(ptdf, carrying, options.outage_rows[k], width);
        for (const int row : rows) {
            auto out = row_label<OutageTransferRow>(net, row);
            out.outage = options.outage_rows[k] + 1;
            out.otdf = slice(ptdf, carrying, row, width);
            const auto found = carrying.place.find(row);
            const double moved = known && found != carrying.place.end() ? lodf[found->second] : nan_value;
            for (std::size_t c = 0; c < width; ++c) out.otdf[c] += moved * of_outage[c];
            result.post_outage.push_back(std::move(out));
        }
    }
    return result;
}

Result<LodfResult> run_lodf(const ElectricalModel& model, const FactorOptions& options) {
    auto built = FactorModel::build(model, options);
    if (!built) return built.error();
    FactorModel& factors = **built;
    const Network& net = *model.network;

    LodfResult result;
    result.envelope = envelope_of(model, factors, "araz.lodf/1");
    result.convention = convention_of(options);
    const std::vector<int> rows = rows_of(factors, options.branch_rows);
    const std::vector<int> outage_rows = rows_of(factors, options.outage_rows);
    Carrying monitored, outages;
    monitored.add(factors, rows, result.envelope.findings);
    outages.add(factors, outage_rows, result.envelope.findings);
    const std::vector<double> lodf = factors.outage_factors(monitored.branches, outages.branches);

    for (const int row : outage_rows) {
        auto out = row_label<FactorOutage>(net, row);
        const auto found = outages.place.find(row);
        out.splits = found != outages.place.end() && factors.is_bridge(outages.branches[found->second]);
        result.outages.push_back(out);
    }
    for (const int row : rows) {
        auto out = row_label<OutageFactorRow>(net, row);
        const std::vector<double> known = slice(lodf, monitored, row, outages.branches.size());
        for (const int outage : outage_rows) {
            const auto found = outages.place.find(outage);
            out.lodf.push_back(found == outages.place.end() ? nan_value : known[found->second]);
        }
        result.branches.push_back(std::move(out));
    }
    return result;
}

}  // namespace araz

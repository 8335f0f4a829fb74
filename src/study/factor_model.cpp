#include "factor_model.hpp"

#include <algorithm>
#include <cmath>

#include "araz/solver/graph.hpp"

namespace araz {

namespace {

using solver::BusKind;

// A bridge of the DC model has a denominator of zero, and the graph says so. Parallel reactances of opposite
// sign can cancel without being a bridge: 1 - ptdf then is what rounding leaves of it.
constexpr double smallest_denominator = 1e-9;

solver::DcBranches susceptances(const ElectricalModel& model, bool taps) {
    solver::DcBranches branches = model.dc;
    if (taps) return branches;
    const Network& net = *model.network;
    for (int l = 0; l < net.n_branch; ++l)
        if (branches.b[l] != 0.0) branches.b[l] = 1.0 / net.x[l];
    return branches;
}

double slack_weight(const Network& net, int unit, SlackKey rule, const std::vector<double>& factors) {
    const auto positive = [](double value) { return std::isfinite(value) ? std::max(0.0, value) : 0.0; };
    switch (rule) {
        case SlackKey::pmax: return positive(net.pmax[unit]);
        case SlackKey::headroom: return positive(net.pmax[unit] - net.pg[unit]);
        case SlackKey::pg: return positive(net.pg[unit]);
        case SlackKey::file: return positive(factors.empty() ? net.source->generators[net.gen_row[unit]].apf : factors[unit]);
        case SlackKey::load: break;
    }
    return 0.0;
}

}  // namespace

FactorModel::FactorModel(const ElectricalModel& model, const FactorOptions& options)
    : model_(&model), branches_(susceptances(model, options.taps)), kind_(model.kind) {
    const Network& net = network();
    // Branches without reactance do not exist in the DC model, so bridges are those of what is left.
    std::vector<int> kept, from, to;
    for (int l = 0; l < net.n_branch; ++l) {
        if (!carries(l)) continue;
        kept.push_back(l);
        from.push_back(net.from[l]);
        to.push_back(net.to[l]);
    }
    const auto pattern = solver::AdmittancePattern::build(net.n_bus, from, to);
    const std::vector<unsigned char> bridge = solver::bridges(pattern);
    bridge_.assign(static_cast<std::size_t>(net.n_branch), 0);
    for (std::size_t k = 0; k < kept.size(); ++k) bridge_[kept[k]] = bridge[k];
    part_ = solver::components(pattern, {});
    choose_references();
    slack_share_.assign(static_cast<std::size_t>(net.n_bus), 0.0);
    for (int b = 0; b < net.n_bus; ++b)
        if (kind_[b] == BusKind::slack) slack_share_[b] = 1.0;
    if (options.distributed) share_slack(*options.distributed, options.slack_factors);
}

int FactorModel::link_node(int branch) const {
    const int link = model_->link_of_branch[branch];
    return link >= 0 && kind_[model_->links.node(link)] == BusKind::link ? model_->links.node(link) : -1;
}

double FactorModel::flow_change(int branch, std::span<const double> x) const {
    const int node = link_node(branch);
    return node >= 0 ? x[node] : solver_->flow_change(branch, x);
}

void FactorModel::flow_sensitivity(int branch, std::span<double> x) {
    const int node = link_node(branch);
    if (node < 0) {
        solver_->flow_sensitivity(branch, x);
        return;
    }
    std::fill(x.begin(), x.end(), 0.0);
    x[node] = 1.0;
    solver_->adjoint(x);
}

// One reference per island: the first slack bus in the file's order.
void FactorModel::choose_references() {
    const Network& net = network();
    std::vector<unsigned char> has(static_cast<std::size_t>(net.n_island), 0);
    for (int b = 0; b < net.n_bus; ++b) {
        if (kind_[b] != BusKind::slack) continue;
        if (has[net.island[b]] != 0) kind_[b] = BusKind::pq;
        has[net.island[b]] = 1;
    }
}

void FactorModel::share_slack(SlackKey rule, const std::vector<double>& factors) {
    const Network& net = network();
    std::vector<double> weight(static_cast<std::size_t>(net.n_bus), 0.0);
    std::vector<double> sum(static_cast<std::size_t>(net.n_island), 0.0);
    for (int g = 0; g < net.n_unit && rule != SlackKey::load; ++g)
        weight[net.gen_bus[g]] += slack_weight(net, g, rule, factors);
    for (int b = 0; b < net.n_bus; ++b) {
        if (rule == SlackKey::load) weight[b] = std::max(0.0, net.p_load[b]);
        if (net.island[b] >= 0) sum[net.island[b]] += weight[b];
    }
    for (int b = 0; b < net.n_bus; ++b) {
        const int island = net.island[b];
        if (island >= 0 && sum[island] > 0.0) slack_share_[b] = weight[b] / sum[island];
    }
    for (int k = 0; k < net.n_island; ++k) {
        if (sum[k] > 0.0) continue;
        Finding finding;
        finding.severity = Severity::warning;
        finding.code = "AZ3043";
        finding.message = "nobody in island " + std::to_string(k + 1) + " has a share of the distributed slack by the key '" +
                          std::string(to_string(rule)) + "'; its reference bus takes the imbalance";
        finding.hint = "choose another --slack-key";
        findings_.push_back(finding);
    }
}

std::string FactorModel::unreached_bus() const {
    const Network& net = network();
    std::vector<unsigned char> reached(static_cast<std::size_t>(net.n_bus), 0);
    for (int b = 0; b < net.n_bus; ++b)
        if (kind_[b] == BusKind::slack) reached[part_[b]] = 1;
    for (int b = 0; b < net.n_bus; ++b)
        if (kind_[b] != BusKind::dead && reached[part_[b]] == 0) return net.bus_label(b);
    return {};
}

Result<std::unique_ptr<FactorModel>> FactorModel::build(const ElectricalModel& model, const FactorOptions& options) {
    std::unique_ptr<FactorModel> made(new FactorModel(model, options));
    const std::string unreached = made->unreached_bus();
    made->solver_ = std::make_unique<solver::DcSolver>(model.pattern, made->branches_, made->kind_, model.links_or_null(),
                                                       model.emulation_or_null());
    if (unreached.empty() && made->solver_->ok()) return made;
    const std::string reason = unreached.empty() ? "susceptances cancel"
                                                 : "branches without reactance leave bus " + unreached + " without a path";
    return Error::make(ErrorKind::not_solved, "AZ2040", "the DC equations are singular: " + reason,
                       "araz check lists the branches whose reactance is zero or negative");
}

std::vector<double> FactorModel::transfer_factors(std::span<const int> branches,
                                                  std::span<const ColumnInjection> columns) {
    const Network& net = network();
    const std::size_t n = static_cast<std::size_t>(net.n_bus);
    std::vector<double> factors(branches.size() * columns.size(), nan_value);
    std::vector<double> x(kind_.size());
    if (branches.size() <= columns.size()) {
        std::vector<double> taken(static_cast<std::size_t>(net.n_island));  // by the slack, per MW, of this flow
        for (std::size_t row = 0; row < branches.size(); ++row) {
            if (!carries(branches[row])) continue;
            flow_sensitivity(branches[row], x);
            std::fill(taken.begin(), taken.end(), 0.0);
            for (std::size_t b = 0; b < n; ++b)
                if (net.island[b] >= 0) taken[net.island[b]] += slack_share_[b] * x[b];
            for (std::size_t c = 0; c < columns.size(); ++c) {
                if (!columns[c].defined) continue;
                double flow = 0.0;
                for (const Injection& at : columns[c].injections)
                    flow += at.share * (x[at.bus] - taken[net.island[at.bus]]);
                factors[row * columns.size() + c] = flow;
            }
        }
        return factors;
    }
    std::vector<double> injected(static_cast<std::size_t>(net.n_island));
    for (std::size_t c = 0; c < columns.size(); ++c) {
        if (!columns[c].defined) continue;
        std::fill(x.begin(), x.end(), 0.0);
        std::fill(injected.begin(), injected.end(), 0.0);
        for (const Injection& at : columns[c].injections) {
            x[at.bus] += at.share;
            injected[net.island[at.bus]] += at.share;
        }
        for (std::size_t b = 0; b < n; ++b)
            if (net.island[b] >= 0) x[b] -= slack_share_[b] * injected[net.island[b]];
        solver_->respond(x);
        for (std::size_t row = 0; row < branches.size(); ++row)
            if (carries(branches[row]))
                factors[row * columns.size() + c] = flow_change(branches[row], x);
    }
    return factors;
}

std::vector<double> FactorModel::outage_factors(std::span<const int> branches, std::span<const int> outages) {
    const Network& net = network();
    std::vector<double> factors(branches.size() * outages.size(), nan_value);
    std::vector<double> x(kind_.size());
    for (std::size_t c = 0; c < outages.size(); ++c) {
        const int out = outages[c];
        if (!carries(out) || is_bridge(out)) continue;
        std::fill(x.begin(), x.end(), 0.0);
        double denominator = 0.0;
        if (const int node = link_node(out); node >= 0) {
            // Without impedance: an angle across it that drives its flow down, until nothing is left.
            x[node] = 1.0;
            solver_->respond(x);
            denominator = -flow_change(out, x);
        } else {
            // A pair of opposite injections at its ends: what it carries, seen by the rest of the grid.
            x[net.from[out]] += 1.0;
            x[net.to[out]] -= 1.0;
            solver_->respond(x);
            denominator = 1.0 - flow_change(out, x);
        }
        if (!(std::abs(denominator) > smallest_denominator)) continue;
        for (std::size_t row = 0; row < branches.size(); ++row) {
            const int l = branches[row];
            if (!carries(l)) continue;
            factors[row * outages.size() + c] = l == out ? -1.0 : flow_change(l, x) / denominator;
        }
    }
    return factors;
}

std::vector<FactorSlack> FactorModel::slack() const {
    const Network& net = network();
    std::vector<FactorSlack> out;
    for (int b = 0; b < net.n_bus; ++b)
        if (slack_share_[b] != 0.0)
            out.push_back({number(net.bus_id[b]), net.source->buses[net.bus_row[b]].name, net.island[b] + 1, slack_share_[b]});
    return out;
}

}  // namespace araz

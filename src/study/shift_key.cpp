#include "araz/study/shift_key.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "araz/base/text.hpp"

namespace araz {

namespace {

constexpr std::array<std::pair<KeyKind, std::string_view>, 7> key_words{{
    {KeyKind::headroom, "headroom"},
    {KeyKind::pg, "pg"},
    {KeyKind::pmax, "pmax"},
    {KeyKind::equal, "equal"},
    {KeyKind::merit, "merit"},
    {KeyKind::load, "load"},
    {KeyKind::file, "file"},
}};

constexpr double infinity = std::numeric_limits<double>::infinity();

// Slope of the unit's cost curve at output `p_mw`; 0 without one.
double marginal_cost(const Case& grid, int row, double p_mw) {
    if (row >= static_cast<int>(grid.gen_costs.size())) return 0.0;
    const GenCostRow& cost = grid.gen_costs[row];
    const std::vector<double>& c = cost.coefficients;
    if (cost.model == 2) {
        double slope = 0.0;
        const int n = static_cast<int>(c.size());
        for (int k = 0; k + 1 < n; ++k) slope = slope * p_mw + static_cast<double>(n - 1 - k) * c[k];
        return slope;
    }
    for (std::size_t k = 0; k + 3 < c.size(); k += 2)
        if (p_mw < c[k + 2] || k + 5 >= c.size()) return (c[k + 3] - c[k + 1]) / (c[k + 2] - c[k]);
    return 0.0;
}

}  // namespace

Result<KeyKind> parse_key(const std::string& text) {
    std::vector<std::string> words;
    for (const auto& [kind, word] : key_words) {
        if (word == text) return kind;
        words.emplace_back(word);
    }
    return Error::make(ErrorKind::usage, "AZ3003", "'" + text + "' is not a shift key" + did_you_mean(text, words),
                       "use one of " + join(words, ", "));
}

std::string_view to_string(KeyKind kind) {
    for (const auto& [value, word] : key_words)
        if (value == kind) return word;
    return "headroom";
}

ShiftKey::ShiftKey(const Network& net, const KeyChoice& key, bool up, const std::vector<double>& base_p,
                   const std::vector<unsigned char>& in_group, bool skip_slack)
    : net_(&net), kind_(key.kind), up_(up) {
    if (kind_ == KeyKind::load)
        add_loads(net, in_group);
    else
        add_units(net, key, base_p, in_group, skip_slack);
}

void ShiftKey::add_units(const Network& net, const KeyChoice& key, const std::vector<double>& base_p,
                         const std::vector<unsigned char>& in_group, bool skip_slack) {
    for (int g = 0; g < net.n_unit; ++g) {
        const int b = net.gen_bus[g];
        if (in_group[b] == 0 || net.island[b] < 0) continue;
        if (skip_slack && net.bus_type[b] == BusType::slack) continue;
        Participant unit;
        unit.index = g;
        unit.base = base_p[g];
        unit.room = std::max(0.0, up_ ? net.pmax[g] - unit.base : unit.base - net.pmin[g]);
        switch (kind_) {
            case KeyKind::headroom: unit.weight = unit.room; break;
            case KeyKind::pg:
                // Classical scaling: output grows without regard to Pmax, and shrinks to zero at most.
                unit.weight = std::max(0.0, unit.base);
                unit.room = up_ ? infinity : unit.weight;
                break;
            case KeyKind::pmax: unit.weight = std::isfinite(net.pmax[g]) ? std::max(0.0, net.pmax[g]) : 0.0; break;
            case KeyKind::equal: unit.weight = 1.0; break;
            case KeyKind::merit: {
                const double cost = marginal_cost(*net.source, net.gen_row[g], unit.base * net.base_mva);
                unit.weight = unit.room;
                unit.merit = up_ ? cost : -cost;
                break;
            }
            case KeyKind::file: unit.weight = g < static_cast<int>(key.weight.size()) ? key.weight[g] : 0.0; break;
            case KeyKind::load: break;
        }
        if (unit.weight > 0.0 && unit.room > 0.0) participants_.push_back(unit);
    }
    if (kind_ == KeyKind::merit)
        std::stable_sort(participants_.begin(), participants_.end(),
                         [](const Participant& a, const Participant& b) { return a.merit < b.merit; });
}

void ShiftKey::add_loads(const Network& net, const std::vector<unsigned char>& in_group) {
    for (int b = 0; b < net.n_bus; ++b) {
        if (in_group[b] == 0 || net.island[b] < 0 || !(net.p_load[b] > 0.0)) continue;
        Participant load;
        load.index = b;
        load.base = net.p_load[b];
        load.weight = load.base;
        load.room = up_ ? load.base : infinity;  // more infeed means less load
        participants_.push_back(load);
    }
}

int ShiftKey::bus_of(const Participant& participant) const {
    return kind_ == KeyKind::load ? participant.index : net_->gen_bus[participant.index];
}

void ShiftKey::limit_group(const std::vector<unsigned char>& at_bus, double limit) {
    double room = 0.0;
    for (const Participant& p : participants_)
        if (at_bus[bus_of(p)] != 0) room += p.room;
    double weight = 0.0;
    for (const Participant& p : participants_)
        if (at_bus[bus_of(p)] != 0) weight += p.weight;
    const double reach = std::min(room, limit);
    for (Participant& p : participants_) {
        if (at_bus[bus_of(p)] == 0) continue;
        // Infinite rooms share the limit by weight.
        p.room = std::isfinite(room) ? p.room * (room > 0.0 ? reach / room : 0.0) : limit * p.weight / weight;
        // The groups move in proportion to their reach, whatever the key does inside each.
        if (std::isfinite(reach)) p.weight *= reach / weight;
    }
    std::erase_if(participants_, [](const Participant& p) { return !(p.room > 0.0 && p.weight > 0.0); });
}

double ShiftKey::capacity() const {
    double sum = 0.0;
    for (const Participant& p : participants_) sum += p.room;
    return sum;
}

std::vector<double> ShiftKey::shares(double amount) const {
    std::vector<double> out(participants_.size(), 0.0);
    double left = std::min(amount, capacity());
    if (kind_ == KeyKind::merit) {
        for (std::size_t k = 0; k < participants_.size() && left > 0.0; ++k) {
            out[k] = std::min(left, participants_[k].room);
            left -= out[k];
        }
        return out;
    }
    // In proportion to weight; whoever is full drops out and the rest is shared again. Each pass fills
    // at least one participant, so it ends.
    std::vector<unsigned char> full(participants_.size(), 0);
    while (left > 0.0) {
        double weight = 0.0;
        for (std::size_t k = 0; k < participants_.size(); ++k)
            if (full[k] == 0) weight += participants_[k].weight;
        if (!(weight > 0.0)) break;
        const double per_weight = left / weight;
        bool someone_fills = false;
        for (std::size_t k = 0; k < participants_.size(); ++k) {
            if (full[k] != 0 || out[k] + per_weight * participants_[k].weight < participants_[k].room) continue;
            left -= participants_[k].room - out[k];
            out[k] = participants_[k].room;
            full[k] = 1;
            someone_fills = true;
        }
        if (someone_fills) continue;
        for (std::size_t k = 0; k < participants_.size(); ++k)
            if (full[k] == 0) out[k] += per_weight * participants_[k].weight;
        break;
    }
    return out;
}

void ShiftKey::apply(double amount, Scenario& scenario) const {
    const std::vector<double> share = shares(amount);
    for (std::size_t k = 0; k < participants_.size(); ++k) {
        const Participant& p = participants_[k];
        const double signed_share = up_ ? share[k] : -share[k];
        if (kind_ == KeyKind::load) {
            const double factor = p.base > 0.0 ? net_->q_load[p.index] / p.base : 0.0;
            scenario.load_changes.push_back({p.index, -signed_share, -signed_share * factor});
        } else {
            scenario.generator_p.push_back({p.index, p.base + signed_share});
        }
    }
}

}  // namespace araz

#include "pv_direction.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace araz {

namespace {

// p.u.; far below any room of a unit, far above the rounding of shares.
constexpr double probe = 1e-6;

std::set<int> islands_of(const Network& net, const ShiftKey& key) {
    std::set<int> islands;
    for (const Participant& p : key.participants()) islands.insert(net.island[key.bus_of(p)]);
    return islands;
}

}  // namespace

PvPath::PvPath(const Network& net, const PvOptions& options, const Solution& base) : net_(&net) {
    if (options.sides) {
        source_.emplace(net, options.key, true, base.gen_p, options.sides->in_from, true);
        sink_.emplace(net, options.key, false, base.gen_p, options.sides->in_to, true);
        mw_per_lambda_ = net.base_mva;
        return;
    }
    growth_ = growth(options, base);
    double load = 0.0;
    for (const double rate : growth_.load_p) load += rate;
    mw_per_lambda_ = load * net.base_mva;
}

Result<PvPath> PvPath::build(const Network& net, const PvOptions& options, const Solution& base) {
    PvPath path(net, options, base);
    if (!options.sides) {
        if (std::abs(path.mw_per_lambda_) > 0.0) return path;
        return Error::make(ErrorKind::usage, "AZ3050", "nothing grows: no active load takes part, or --target is 1",
                           "give a --target other than 1, or a transfer with --from and --to");
    }
    for (const bool up : {true, false}) {
        const ShiftKey& key = up ? *path.source_ : *path.sink_;
        if (key.capacity() > 0.0) continue;
        return Error::make(ErrorKind::usage, "AZ3042",
                           "nobody on the side '" + (up ? options.sides->from : options.sides->to) + "' can " +
                               (up ? "raise" : "lower") + " its infeed by the key '" + std::string(to_string(options.key)) +
                               "' (units at the reference bus take no part)",
                           "use another --key, for example pg or load");
    }
    if (islands_of(net, *path.source_) != islands_of(net, *path.sink_))
        return Error::make(ErrorKind::usage, "AZ3051", "the sides of the transfer lie in different synchronous islands",
                           "araz capacity moves the DC lines between them; araz pv does not");
    return path;
}

// At lambda 1 each unit gives `target` times its schedule in the file. The first unit of a reference bus is free and
// takes what is left over, so its own rate matters only if another bus becomes the reference.
PvInterval PvPath::growth(const PvOptions& options, const Solution& base) const {
    PvInterval all;
    const double more = options.target - 1.0;
    const bool everything = options.grow_rows.empty();
    const double units = everything ? options.target : 1.0;
    std::vector<unsigned char> grows(static_cast<std::size_t>(net_->n_bus), everything ? 1 : 0);
    for (const int row : options.grow_rows) {
        const auto found = net_->index_of.find(number(net_->source->buses[row].bus));
        if (found != net_->index_of.end()) grows[found->second] = 1;
    }
    all.unit.assign(static_cast<std::size_t>(net_->n_gen), 0.0);
    all.unit_q = all.unit;
    for (int g = 0; g < net_->n_unit; ++g) {
        all.unit[g] = units * net_->pg[g] - base.gen_p[g];
        all.unit_q[g] = (units - 1.0) * net_->qg[g];
    }
    for (int b = 0; b < net_->n_bus; ++b) {
        all.load_p.push_back(grows[b] != 0 ? more * base.p_load[b] : 0.0);
        all.load_q.push_back(grows[b] != 0 ? more * base.q_load[b] : 0.0);
    }
    return all;
}

PvInterval PvPath::transfer_from(double start) const {
    PvInterval out;
    out.start = start;
    out.unit.assign(static_cast<std::size_t>(net_->n_gen), 0.0);
    out.unit_q = out.unit;
    out.load_p.assign(static_cast<std::size_t>(net_->n_bus), 0.0);
    out.load_q = out.load_p;
    const double reach = std::min(source_->capacity(), sink_->capacity());
    const double step = std::min(probe, 0.5 * (reach - start));
    if (!(step > 0.0)) {
        out.end = start;
        out.exhausted = true;
        out.full_is_source = source_->capacity() <= sink_->capacity();
        return out;
    }
    for (const ShiftKey* key : {&*source_, &*sink_}) {
        const std::vector<double> here = key->shares(start);
        const std::vector<double> there = key->shares(start + step);
        const double sign = key->up() ? 1.0 : -1.0;
        for (std::size_t k = 0; k < here.size(); ++k) {
            const Participant& p = key->participants()[k];
            const double rate = (there[k] - here[k]) / step;
            if (!(rate > 1e-9)) continue;
            if (key->kind() == KeyKind::load) {
                out.load_p[p.index] -= sign * rate;
                if (p.base > 0.0) out.load_q[p.index] -= sign * rate * net_->q_load[p.index] / p.base;
            } else {
                out.unit[p.index] += sign * rate;
            }
            const double full_at = start + (p.room - here[k]) / rate;
            if (full_at < out.end) {
                out.end = full_at;
                out.full_unit = key->kind() == KeyKind::load ? -1 : p.index;
                out.full_is_source = key->up();
            }
        }
    }
    if (out.end >= reach * (1.0 - 1e-9)) {
        out.end = reach;
        out.exhausted = true;
        out.full_is_source = source_->capacity() <= sink_->capacity();
    }
    return out;
}

PvInterval PvPath::interval(int k) const {
    if (!source_) return growth_;
    PvInterval at = transfer_from(0.0);
    for (int i = 0; i < k && !at.exhausted; ++i) at = transfer_from(at.end);
    return at;
}

}  // namespace araz

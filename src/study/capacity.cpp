#include "araz/study/capacity.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "araz/base/text.hpp"
#include "araz/study/controls.hpp"
#include "araz/study/diagnosis.hpp"
#include "capacity_limits.hpp"
#include "capacity_search.hpp"
#include "end_states.hpp"
#include "results.hpp"
#include "security.hpp"

namespace araz {

Result<ReliabilityMargin> parse_margin(const std::string& text) {
    ReliabilityMargin margin;
    std::string number = text;
    if (text.ends_with('%')) {
        margin.rule = ReliabilityMargin::Rule::percent;
        number = text.substr(0, text.size() - 1);
    } else if (text.starts_with("sqrt:")) {
        margin.rule = ReliabilityMargin::Rule::root_of_ties;
        number = text.substr(5);
    }
    const auto value = parse_double(number);
    if (!value || !(*value >= 0.0) || !std::isfinite(*value))
        return Error::make(ErrorKind::usage, "AZ3006", "'" + text + "' is not a reliability margin",
                           "use MW (100), a percentage of TTC (5%) or MW per root of ties (sqrt:100)");
    margin.value = *value;
    return margin;
}

namespace {

// The bracket ends up this much narrower than the asked tolerance: the last secant steps cost little
// and the figure is then good to the digits people compare.
constexpr double resolution_share = 0.02;
constexpr int entry_levels = 32;  // full checks on the way to the first secure shift of an insecure base

double margin_mw(const ReliabilityMargin& margin, double ttc_mw, std::size_t ties) {
    switch (margin.rule) {
        case ReliabilityMargin::Rule::fixed: return margin.value;
        case ReliabilityMargin::Rule::percent: return 0.01 * margin.value * std::abs(ttc_mw);
        case ReliabilityMargin::Rule::root_of_ties: return margin.value * std::sqrt(static_cast<double>(ties));
    }
    return 0.0;
}

std::vector<GeneratorShift> generator_shifts(const Network& net, const Exchange& exchange, const ExchangePoint& point) {
    std::vector<GeneratorShift> out;
    if (point.intact.gen_p.empty()) return out;
    std::set<int> seen;
    const auto add = [&](const ShiftKey& key, const char* side) {
        if (key.kind() == KeyKind::load) return;
        std::vector<Participant> units = key.participants();
        std::sort(units.begin(), units.end(), [](const auto& a, const auto& b) { return a.index < b.index; });
        for (const Participant& unit : units) {
            if (!seen.insert(unit.index).second) continue;
            GeneratorShift shift;
            shift.generator = net.gen_row[unit.index] + 1;
            shift.bus = number(net.bus_id[net.gen_bus[unit.index]]);
            shift.name = net.source->generators[net.gen_row[unit.index]].name;
            shift.fuel = net.source->generators[net.gen_row[unit.index]].fuel;
            shift.side = side;
            shift.base_mw = unit.base * net.base_mva;
            shift.shifted_mw = point.intact.gen_p[unit.index] * net.base_mva;
            shift.p_min_mw = net.pmin[unit.index] * net.base_mva;
            shift.p_max_mw = net.pmax[unit.index] * net.base_mva;
            out.push_back(shift);
        }
    };
    add(exchange.source(), "source");
    add(exchange.sink(), "sink");
    return out;
}

std::vector<TieResult> border_ties(const StudySetup& setup, const Exchange& exchange, const Solution& solution) {
    if (!solution.solved()) return {};
    std::vector<solver::BranchFlow> flows;
    branch_flows(*setup.model, solution, flows);
    const Network& net = *setup.model->network;
    std::vector<TieResult> ties;
    // Only ties that touch the source or the sink.
    std::vector<int> group = exchange.group();
    return tie_results(net, flows, group, [&](int l) { return rating(net, l, setup.monitor.rating_base); });
}

// One direction, step by step; the result is filled as things become known.
class Direction {
public:
    Direction(const StudySetup& setup, const std::vector<Contingency>& contingencies, const CapacityOptions& options,
              const Exchange& exchange, const Solution& base, SharedBase& shared)
        : setup_(setup),
          options_(options),
          net_(*setup.model->network),
          exchange_(exchange),
          security_(setup, contingencies, exchange_, base, &shared) {
        result_.from = exchange.sides().from;
        result_.to = exchange.sides().to;
        result_.exchange = options.mode == ExchangeMode::net ? "net" : "scheduled";
        result_.base_exchange_mw = exchange_.base_net_export() * net_.base_mva;
    }

    DirectionResult run() {
        const SecurityReport at_zero =
            security_.settle_base(options_.base_insecure, result_.base_violations, excluded_);
        for (const Contingency& c : security_.contingencies()) {
            if (c.excluded) excluded_.push_back(c.label + ": excluded on request");
            else if (c.splits) excluded_.push_back(c.label + ": splits the network");
        }
        result_.status = "converged";
        max_shift_ = std::min({exchange_.source_room(), exchange_.sink_room(), options_.max_mw / net_.base_mva});
        result_.max_shift_mw = max_shift_ * net_.base_mva;
        if (!at_zero.secure && options_.base_insecure == BaseInsecure::relieve && max_shift_ > 0.0) {
            const SecureEntry entry = search_entry(security_, max_shift_, resolution(), entry_levels);
            if (std::isnan(entry.shift)) refuse_base(at_zero);
            else search(entry.report, entry.shift);
        } else if (!at_zero.secure) {
            refuse_base(at_zero);
        } else if (max_shift_ <= 0.0) {
            no_room(at_zero);
        } else {
            search(at_zero, 0.0);
        }
        result_.power_flows = static_cast<int>(security_.power_flows());
        return std::move(result_);
    }

private:
    void refuse_base(const SecurityReport& at_zero) {
        result_.limit = limit_at(security_, at_zero);
        result_.limit.cause = "base_insecure";
        if (at_zero.unsolved) {
            result_.limit.cause = "solver_failure";
            result_.status = "no_solution_found";
        }
        certify(SearchResult{}, at_zero);
        result_.certificate.secure_mw = nan_value;
        result_.certificate.insecure_mw = 0.0;
        std::swap(result_.certificate.end_states.secure, result_.certificate.end_states.insecure);
    }

    void no_room(const SecurityReport& at_zero) {
        SearchResult nothing;
        nothing.at_secure = at_zero;
        result_.limit = room_limit();
        result_.intact_limit = result_.limit;
        result_.ttc_intact_mw = result_.base_exchange_mw;
        certify(nothing, at_zero);
        conclude(nothing);
    }

    // What ends the search when no element does: the largest shift asked for, the DC lines between the
    // islands, or the units of a side.
    [[nodiscard]] TransferLimit room_limit() const {
        TransferLimit limit;
        limit.cause = "none_up_to_max";
        if (options_.max_mw / net_.base_mva < std::min(exchange_.source_room(), exchange_.sink_room())) return limit;
        const int dc = exchange_.dc_bound();
        if (dc < 0) {
            limit.cause = exchange_.source_room() <= exchange_.sink_room() ? "key_source" : "key_sink";
            return limit;
        }
        limit.cause = "thermal";
        limit.dc_line = net_.dc_row[dc] + 1;
        limit.branch_name = net_.source->dc_lines[net_.dc_row[dc]].name;
        limit.unit = "MW";
        limit.limit = net_.base_mva * std::max(std::abs(net_.dc_pmax[dc]), std::abs(net_.dc_pmin[dc]));
        limit.value = limit.limit;
        return limit;
    }

    [[nodiscard]] double resolution() const { return resolution_share * options_.tolerance_mw / net_.base_mva; }

    void search(const SecurityReport& at_start, double from) {
        SearchOptions how;
        how.from_shift = from;
        how.max_shift = max_shift_;
        how.resolution = resolution();
        how.audit_levels = options_.audit_levels;
        how.tangents_at_end = options_.limiters > 0;
        how.with_contingencies = false;
        const SearchResult intact = search_first_exit(security_, at_start, how, net_.base_mva);
        result_.window_from_mw = from * net_.base_mva;
        result_.nitc_mw = intact.secure * net_.base_mva;
        result_.ttc_intact_mw = result_.base_exchange_mw + result_.nitc_mw;
        result_.intact_limit = classify(intact);
        EndStates& ends = result_.certificate.end_states;
        ends.intact_secure = end_state(net_, intact.at_secure.point);
        if (has_insecure_end(intact)) ends.intact_insecure = end_state(net_, intact.at_insecure.point);

        how.with_contingencies = true;
        // The intact grid is in the set: where it ends, so does the search, with the bracket that is known already.
        if (!std::isnan(intact.insecure)) how.max_shift = intact.secure;
        SearchResult secure = search_first_exit(security_, at_start, how, net_.base_mva);
        if (std::isnan(secure.insecure) && !std::isnan(intact.insecure)) {
            secure.insecure = intact.insecure;
            secure.at_insecure = intact.at_insecure;
            secure.source_exhausted = intact.source_exhausted;
            secure.sink_exhausted = intact.sink_exhausted;
        }
        result_.limit = classify(secure);
        certify(secure, secure.at_secure);
        conclude(secure);
        if (options_.audit_levels == 0 || std::isnan(secure.insecure)) return;
        for (const SecureStretch& stretch : secure_again(security_, secure.insecure, max_shift_, options_.audit_levels))
            result_.secure_again.push_back({stretch.from * net_.base_mva, stretch.to * net_.base_mva});
    }

    TransferLimit classify(const SearchResult& found) {
        if (std::isnan(found.insecure)) return room_limit();
        if (found.source_exhausted || found.sink_exhausted) {
            TransferLimit limit;
            limit.cause = found.source_exhausted ? "key_source" : "key_sink";
            return limit;
        }
        TransferLimit limit = limit_at(security_, found.at_insecure);
        if (found.at_insecure.unsolved)
            limit.cause = found.at_insecure.point.settled && is_fold(security_, exchange_, found) ? "collapse"
                                                                                                 : "solver_failure";
        return limit;
    }

    [[nodiscard]] static bool has_insecure_end(const SearchResult& found) {
        return !std::isnan(found.insecure) && !found.source_exhausted && !found.sink_exhausted;
    }

    void certify(const SearchResult& found, const SecurityReport& at_secure) {
        Certificate& c = result_.certificate;
        c.secure_mw = found.secure * net_.base_mva;
        const bool exhausted = found.source_exhausted || found.sink_exhausted;
        c.insecure_mw = exhausted ? nan_value : found.insecure * net_.base_mva;
        c.tolerance_mw = options_.tolerance_mw;
        c.contingencies_solved = at_secure.solved;
        c.contingencies_excluded = excluded_;
        c.contingencies_unsolved = static_cast<int>(security_.monitored().size()) - at_secure.solved;
        c.max_mismatch_pu = at_secure.max_mismatch;
        if (at_secure.worst_loading > 0.0) c.worst_loading_pct = 100.0 * at_secure.worst_loading;
        c.worst_pair = security_.describe_pair(at_secure.worst_loading_pair);
        c.verified_by = "the solver that searched: full AC power flow of every contingency at secure_mw";
        c.listed = listed_contingencies(net_, security_.contingencies());
        c.end_states.secure = end_state(net_, at_secure.point);
        if (has_insecure_end(found)) c.end_states.insecure = end_state(net_, found.at_insecure.point);
        const SecurityReport& broken = std::isnan(found.insecure) ? at_secure : found.at_insecure;
        if (!std::isnan(found.insecure) && !exhausted && !broken.unsolved && broken.worst.pair.index >= 0)
            c.violation = security_.describe(broken.worst);
    }

    void conclude(const SearchResult& found) {
        if (result_.limit.cause == "solver_failure") {
            // A lower bound is known, the limit is not.
            result_.status = "no_solution_found";
        }
        result_.delta_e_mw = found.secure * net_.base_mva;
        result_.ttc_mw = result_.base_exchange_mw + result_.delta_e_mw;
        result_.fcitc_mw = result_.delta_e_mw;  // NERC's names for the same: increment, and with the base transfer
        result_.fcttc_mw = result_.ttc_mw;
        result_.ties = border_ties(setup_, exchange_, found.at_secure.point.intact);
        result_.trm_mw = margin_mw(options_.margin, result_.ttc_mw, result_.ties.size());
        result_.ntc_mw = result_.ttc_mw - result_.trm_mw;
        result_.aac_mw = options_.aac_mw;
        result_.atc_mw = result_.ntc_mw - result_.aac_mw;
        result_.steps = found.steps;
        std::stable_sort(result_.steps.begin(), result_.steps.end(),
                         [](const auto& a, const auto& b) { return a.delta_mw < b.delta_mw; });
        result_.shifts = generator_shifts(net_, exchange_, found.at_secure.point);
        result_.limiters = next_limiters(security_, found.at_secure, net_.base_mva, options_.limiters);
        explain_relief();
    }

    // What more rating on the binding element buys, and what then limits next.
    void explain_relief() {
        const auto same = [&](const TransferLimit& other) {
            return other.branch == result_.limit.branch && other.bus == result_.limit.bus;
        };
        for (const Limiter& limiter : result_.limiters) {
            if (same(limiter.limit) && limiter.limit.contingency == result_.limit.contingency)
                result_.relief_mw_per_mva = limiter.mw_per_mva;
            if (!same(limiter.limit) && !(limiter.predicted_mw >= result_.relief_next_mw))
                result_.relief_next_mw = limiter.predicted_mw;
        }
    }

    const StudySetup& setup_;
    const CapacityOptions& options_;
    const Network& net_;
    const Exchange& exchange_;
    SecurityCheck security_;
    DirectionResult result_;
    std::vector<std::string> excluded_;
    double max_shift_ = 0.0;
};

}  // namespace

std::vector<DirectionResult> run_directions(const StudySetup& setup, const std::vector<Contingency>& contingencies,
                                            const CapacityOptions& options, const std::vector<ExchangeSides>& directions,
                                            const Solution& base) {
    std::vector<std::unique_ptr<Exchange>> exchanges;
    for (const ExchangeSides& sides : directions)
        exchanges.push_back(std::make_unique<Exchange>(setup.model, options.mode, options.key, sides, base));
    std::vector<const Exchange*> all;
    for (const auto& exchange : exchanges) all.push_back(exchange.get());
    SharedBase shared(std::move(all));
    std::vector<DirectionResult> results;
    for (const auto& exchange : exchanges)
        results.push_back(Direction(setup, contingencies, options, *exchange, base, shared).run());
    return results;
}

CapacityResult run_capacity(const StudySetup& setup, const std::vector<Contingency>& contingencies,
                            const CapacityOptions& options, const std::vector<ExchangeSides>& directions) {
    if (setup.settle_first) {
        const Settled settled = settle(setup);
        CapacityResult result = run_capacity(settled.setup, contingencies, options, directions);
        result.controls = settled.controls;
        result.control_actions = settled.actions;
        return result;
    }
    CapacityResult result;
    Engine engine(setup.model, setup.engine);
    const Solution base = engine.solve(Scenario{});
    PfResult base_result = to_result(setup.model, base, setup.monitor, setup.engine.tolerance);
    result.envelope = base_result.envelope;
    result.envelope.schema = "araz.capacity/1";
    result.base = std::move(base_result);
    if (!base.solved()) {
        probe_failure(setup, base, result.base.diagnosis);
        return result;
    }
    result.directions = run_directions(setup, contingencies, options, directions, base);
    return result;
}

}  // namespace araz

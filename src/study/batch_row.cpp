#include "batch_row.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <unordered_map>

#include "araz/study/monitor.hpp"

namespace araz {

namespace {

constexpr double degrees = 180.0 / std::numbers::pi;
constexpr double margin_mw = 1e-3;  // of the outputs of units, as in study/power_flow.cpp

// A state in a lane. What may be violated or the highest is listed; the rest is read only when a column asks for it.
struct LaneState {
    const LaneOutcome& at;
    const LaneOutputs& units;
    SolveStatus status = SolveStatus::converged;

    [[nodiscard]] int iterations() const { return at.iterations; }
    [[nodiscard]] double max_mismatch() const { return at.max_mismatch; }
    [[nodiscard]] double loss() const { return at.loss; }
    [[nodiscard]] double lowest() const { return at.lowest_vm; }
    [[nodiscard]] double highest() const { return at.highest_vm; }
    [[nodiscard]] bool live(int bus) const { return at.vm(bus) > 0.0; }
    [[nodiscard]] double vm(int bus) const { return at.vm(bus); }
    [[nodiscard]] double va(int bus) const { return at.va(bus); }
    [[nodiscard]] solver::BranchFlow flow(int branch) const { return at.flow(branch); }
    [[nodiscard]] std::span<const int> branches() const { return at.branches; }
    [[nodiscard]] std::span<const int> buses() const { return at.buses; }
    [[nodiscard]] double gen_p(int g) const { return units.solution.gen_p[g]; }
    [[nodiscard]] double gen_q(int g) const { return units.solution.gen_q[g]; }
};

struct ScalarState {
    const Solution& at;
    const std::vector<solver::BranchFlow>& flows;
    std::span<const int> all_branches, all_buses;
    double sum_of_losses = 0.0, lowest_vm = 1e300, highest_vm = -1e300;

    ScalarState(const Solution& solution, const std::vector<solver::BranchFlow>& of_branches, std::span<const int> branches,
                std::span<const int> buses)
        : at(solution), flows(of_branches), all_branches(branches), all_buses(buses) {
        for (const solver::BranchFlow& flow : flows) sum_of_losses += flow.p_from + flow.p_to;
        for (const int b : buses) {
            if (!live(b)) continue;
            lowest_vm = std::min(lowest_vm, at.vm[b]);
            highest_vm = std::max(highest_vm, at.vm[b]);
        }
    }
    [[nodiscard]] int iterations() const { return at.iterations; }
    [[nodiscard]] double max_mismatch() const { return at.max_mismatch; }
    [[nodiscard]] double loss() const { return sum_of_losses; }
    [[nodiscard]] double lowest() const { return lowest_vm; }
    [[nodiscard]] double highest() const { return highest_vm; }
    [[nodiscard]] bool live(int bus) const { return at.live[bus] != 0; }
    [[nodiscard]] double vm(int bus) const { return at.vm[bus]; }
    [[nodiscard]] double va(int bus) const { return at.va[bus]; }
    [[nodiscard]] const solver::BranchFlow& flow(int branch) const { return flows[branch]; }
    [[nodiscard]] std::span<const int> branches() const { return all_branches; }
    [[nodiscard]] std::span<const int> buses() const { return all_buses; }
    [[nodiscard]] double gen_p(int g) const { return at.gen_p[g]; }
    [[nodiscard]] double gen_q(int g) const { return at.gen_q[g]; }
};

// Places on an axis by their labels.
class Places {
public:
    explicit Places(const BatchAxis* axis) {
        if (axis == nullptr) return;
        for (std::size_t k = 0; k < axis->size(); ++k) at_.emplace(axis->ids[k], static_cast<int>(k));
    }
    [[nodiscard]] int of(const std::string& id) const {
        const auto found = at_.find(id);
        return found == at_.end() ? -1 : found->second;
    }

private:
    std::unordered_map<std::string_view, int> at_;
};

std::string id_of(const std::string& id, std::size_t row) { return id.empty() ? std::to_string(row + 1) : id; }

}  // namespace

HourRowWriter::HourRowWriter(const BatchLayout& layout, const Case& grid, const HourBase& base)
    : layout_(layout), grid_(grid), net_(base.setup.model->network), rating_(Monitor(base.setup.model, base.setup.monitor).ratings(false)),
      voltage_limits_(base.setup.monitor.voltage_limits) {
    const std::pair<Column*, const char*> columns[] = {
        {&status_, "status"},           {&iterations_, "iterations"},       {&mismatch_, "max_mismatch_pu"},
        {&load_, "load_mw"},            {&available_, "available_mw"},      {&curtailed_, "curtailed_mw"},
        {&shortage_, "shortage_mw"},    {&surplus_, "surplus_mw"},          {&below_pmin_, "below_pmin_mw"},
        {&generation_, "generation_mw"}, {&loss_, "loss_mw"},               {&violations_, "violations"},
        {&balance_error_, "balance_error_mw"}, {&max_loading_, "max_loading_pct"}, {&min_vm_, "min_vm_pu"},
        {&min_vm_bus_, "min_vm_bus"},   {&max_vm_, "max_vm_pu"},            {&max_vm_bus_, "max_vm_bus"}};
    for (const auto& [column, name] : columns) column->at = layout.offset(name);
    const std::pair<Along*, const char*> along[] = {
        {&loading_, "loading_pct"}, {&p_from_, "p_from_mw"}, {&q_from_, "q_from_mvar"}, {&p_to_, "p_to_mw"},
        {&q_to_, "q_to_mvar"},      {&vm_, "vm_pu"},         {&va_, "va_deg"},          {&p_, "p_mw"},
        {&q_, "q_mvar"},            {&net_export_, "net_export_mw"}, {&profile_, "profile_pu"}};
    for (const auto& [column, name] : along) column->at = layout.offset(name);
    outage_.at = layout.offset("outage_mw");
    max_loading_branch_ = layout.offset("max_loading_branch");
    units_out_ = layout.offset("units_out");
    const std::vector<std::string>& words = layout.column("status")->words;
    for (int status = 0; status <= static_cast<int>(SolveStatus::no_solution_found); ++status)
        status_word_.push_back(static_cast<double>(
            std::find(words.begin(), words.end(), to_string(static_cast<SolveStatus>(status))) - words.begin()));

    const Network& net = *net_;
    const Places branches(layout.axis("branch")), buses(layout.axis("bus")), units(layout.axis("generator")), areas(layout.axis("area"));
    for (int l = 0; l < net.n_branch; ++l) {
        const auto row = static_cast<std::size_t>(net.branch_row[l]);
        branch_id_.push_back(id_of(grid.branches[row].id, row));
        branch_place_.push_back(branches.of(branch_id_.back()));
        const int f = net.area[net.from[l]], t = net.area[net.to[l]];
        if (f != t) ties_.push_back({l, areas.of(std::to_string(f)), areas.of(std::to_string(t))});
    }
    for (int dc = 0; dc < net.n_dc; ++dc) {
        const int f = net.area[net.dc_from(dc)], t = net.area[net.dc_to(dc)];
        if (f != t) dc_ties_.push_back({dc, areas.of(std::to_string(f)), areas.of(std::to_string(t))});
    }
    for (int b = 0; b < net.n_bus; ++b) bus_place_.push_back(buses.of(std::to_string(number(net.bus_id[b]))));
    for (int g = 0; g < net.n_unit; ++g) {
        const auto row = static_cast<std::size_t>(net.gen_row[g]);
        unit_place_.push_back(units.of(id_of(grid.generators[row].id, row)));
    }
    for (int b = 0; b < net.n_bus; ++b)
        if (const int place = areas.of(std::to_string(net.area[b])); place >= 0) area_places_.push_back(place);
    std::sort(area_places_.begin(), area_places_.end());
    area_places_.erase(std::unique(area_places_.begin(), area_places_.end()), area_places_.end());
    all_branches_.resize(static_cast<std::size_t>(net.n_branch));
    all_buses_.resize(static_cast<std::size_t>(net.n_bus));
    std::iota(all_branches_.begin(), all_branches_.end(), 0);
    std::iota(all_buses_.begin(), all_buses_.end(), 0);
}

BatchRow HourRowWriter::begin(const HourState& hour, const ProfileSeries& series, int series_row) const {
    BatchRow row = layout_.empty_row();
    load_.set(row.numbers, hour.load_mw);
    available_.set(row.numbers, hour.total_available_mw);
    curtailed_.set(row.numbers, hour.curtailed_mw);
    shortage_.set(row.numbers, hour.shortage_mw);
    surplus_.set(row.numbers, hour.surplus_mw);
    below_pmin_.set(row.numbers, hour.below_pmin_mw);
    outage_.set(row.numbers, hour.outage_mw);
    if (units_out_ >= 0 && !hour.out.empty()) row.texts[static_cast<std::size_t>(units_out_)] = units_out(hour, grid_);
    for (int k = 0; profile_.at >= 0 && k < static_cast<int>(series.names.size()); ++k)
        profile_.set(row.numbers, k, series.at(series_row, k));
    return row;
}

void HourRowWriter::set_status(BatchRow& row, SolveStatus status) const {
    status_.set(row.numbers, status_word_[static_cast<std::size_t>(status)]);
}

double HourRowWriter::loading_pct(int branch, const solver::BranchFlow& flow) const {
    if (!(rating_[branch] > 0.0)) return nan_value;
    return 100.0 / rating_[branch] * std::max(std::hypot(flow.p_from, flow.q_from), std::hypot(flow.p_to, flow.q_to));
}

template <class State>
void HourRowWriter::fill_branches(const State& state, BatchRow& row) {
    const double base = net_->base_mva;
    int worst = -1;
    double highest = nan_value;
    for (const int l : state.branches()) {
        const solver::BranchFlow flow = state.flow(l);
        const double loading = loading_pct(l, flow);
        if (!std::isfinite(loading)) continue;
        if (worst < 0 || loading > highest) {
            worst = l;
            highest = loading;
        }
        const double value = std::max(std::hypot(flow.p_from, flow.q_from), std::hypot(flow.p_to, flow.q_to));
        if (state.live(net_->from[l]) && is_violated({Watch::thermal, l, false, value, rating_[l]})) ++violated_;
    }
    if (worst >= 0) {
        max_loading_.set(row.numbers, highest);
        if (max_loading_branch_ >= 0) row.texts[static_cast<std::size_t>(max_loading_branch_)] = branch_id_[worst];
    }
    if (loading_.at < 0 && p_from_.at < 0 && q_from_.at < 0 && p_to_.at < 0 && q_to_.at < 0) return;
    for (int l = 0; l < net_->n_branch; ++l) {
        const solver::BranchFlow flow = state.flow(l);
        const int place = branch_place_[l];
        loading_.set(row.numbers, place, loading_pct(l, flow));
        p_from_.set(row.numbers, place, flow.p_from * base);
        q_from_.set(row.numbers, place, flow.q_from * base);
        p_to_.set(row.numbers, place, flow.p_to * base);
        q_to_.set(row.numbers, place, flow.q_to * base);
    }
}

template <class State>
void HourRowWriter::fill_buses(const State& state, BatchRow& row) const {
    const auto bus_with = [&](double vm) {
        int b = 0;
        while (!state.live(b) || state.vm(b) != vm) ++b;
        return static_cast<double>(number(net_->bus_id[b]));
    };
    min_vm_.set(row.numbers, state.lowest());
    max_vm_.set(row.numbers, state.highest());
    if (min_vm_bus_.at >= 0) min_vm_bus_.set(row.numbers, bus_with(state.lowest()));
    if (max_vm_bus_.at >= 0) max_vm_bus_.set(row.numbers, bus_with(state.highest()));
    if (vm_.at < 0 && va_.at < 0) return;
    for (int b = 0; b < net_->n_bus; ++b) {
        if (!state.live(b)) continue;
        vm_.set(row.numbers, bus_place_[b], state.vm(b));
        va_.set(row.numbers, bus_place_[b], state.va(b) * degrees);
    }
}

template <class State>
void HourRowWriter::fill_units(const State& state, const HourState& hour, BatchRow& row) {
    const double base = net_->base_mva;
    double generation = 0.0, error = 0.0;
    for (int g = 0; g < net_->n_unit; ++g) {
        if (!state.live(net_->gen_bus[g])) continue;
        const int unit = net_->gen_row[g];
        if (!hour.out.empty() && hour.out[unit] != 0) continue;
        const double p = state.gen_p(g) * base, q = state.gen_q(g) * base;
        generation += state.gen_p(g);
        error += p - hour.pg_mw[unit];
        if (p > hour.pmax_mw[unit] + margin_mw) ++violated_;
        if (p < hour.pmin_mw[unit] - margin_mw) ++violated_;
        const ReactiveRange range = reactive_range(*net_, g, state.gen_p(g));
        if (q > range.max * base + margin_mw) ++violated_;
        if (q < range.min * base - margin_mw) ++violated_;
        p_.set(row.numbers, unit_place_[g], p);
        q_.set(row.numbers, unit_place_[g], q);
    }
    generation_.set(row.numbers, generation * base);
    balance_error_.set(row.numbers, error);
}

template <class State>
void HourRowWriter::fill_areas(const State& state, BatchRow& row) const {
    if (net_export_.at < 0) return;
    const double base = net_->base_mva;
    for (const int place : area_places_) net_export_.set(row.numbers, place, 0.0);
    const auto add = [&](int place, double p) {
        if (place >= 0) row.numbers[static_cast<std::size_t>(net_export_.at + place)] += p * base;
    };
    for (const Tie& tie : ties_) {
        const solver::BranchFlow flow = state.flow(tie.branch);
        add(tie.from_area, flow.p_from);
        add(tie.to_area, flow.p_to);
    }
    for (const Tie& tie : dc_ties_) {
        add(tie.from_area, -state.gen_p(net_->n_unit + 2 * tie.branch));
        add(tie.to_area, -state.gen_p(net_->n_unit + 2 * tie.branch + 1));
    }
}

template <class State>
void HourRowWriter::fill(const State& state, const HourState& hour, BatchRow& row) {
    violated_ = 0;
    iterations_.set(row.numbers, state.iterations());
    mismatch_.set(row.numbers, state.max_mismatch());
    loss_.set(row.numbers, state.loss() * net_->base_mva);
    fill_branches(state, row);
    fill_buses(state, row);
    fill_units(state, hour, row);
    fill_areas(state, row);
    for (const int b : state.buses()) {
        if (!voltage_limits_ || !state.live(b)) continue;
        if (is_violated({Watch::voltage_low, b, false, state.vm(b), net_->vmin[b]})) ++violated_;
        if (is_violated({Watch::voltage_high, b, false, state.vm(b), net_->vmax[b]})) ++violated_;
    }
    violations_.set(row.numbers, violated_);
}

BatchRow HourRowWriter::row(const HourState& hour, const ProfileSeries& series, int series_row, const LaneOutcome& state) {
    BatchRow row = begin(hour, series, series_row);
    state.outputs(outputs_);
    set_status(row, SolveStatus::converged);
    fill(LaneState{state, outputs_}, hour, row);
    return row;
}

BatchRow HourRowWriter::row(const HourState& hour, const ProfileSeries& series, int series_row, const ElectricalModel& model,
                            const Solution& solution) {
    BatchRow row = begin(hour, series, series_row);
    set_status(row, solution.status);
    if (!solution.solved()) {
        iterations_.set(row.numbers, solution.iterations);
        mismatch_.set(row.numbers, solution.max_mismatch);
        return row;
    }
    branch_flows(model, solution, flows_);
    fill(ScalarState(solution, flows_, all_branches_, all_buses_), hour, row);
    return row;
}

}  // namespace araz

#include "araz/study/batch.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "araz/base/text.hpp"
#include "batch_hours.hpp"
#include "parallel.hpp"

namespace araz {

namespace {

// Writes what a study found into the row of one scenario. Elements are named by the identifiers of the case, which
// mean the same in every variant, where row numbers do not.
class Filling {
public:
    Filling(const BatchLayout& layout, const Case& grid, BatchRow& row) : layout_(layout), grid_(grid), out_(layout, row) {}

    void state(const HourState& hour) {
        out_.number("outage_mw", hour.outage_mw);
        if (!hour.out.empty()) out_.text("units_out", units_out(hour, grid_));
        out_.number("load_mw", hour.load_mw);
        out_.number("available_mw", hour.total_available_mw);
        out_.number("curtailed_mw", hour.curtailed_mw);
        out_.number("shortage_mw", hour.shortage_mw);
        out_.number("surplus_mw", hour.surplus_mw);
        out_.number("below_pmin_mw", hour.below_pmin_mw);
    }

    void profiles(const ProfileSeries& series, int row) {
        double* values = out_.values("profile_pu");
        if (values == nullptr) return;
        for (int k = 0; k < static_cast<int>(series.names.size()); ++k) values[k] = series.at(row, k);
    }

    void status(std::string_view word) { out_.word("status", word); }

    void base(const PfResult& result) {
        status(to_string(result.status));
        out_.number("iterations", result.iterations);
        out_.number("max_mismatch_pu", result.max_mismatch_pu);
        if (!is_solved(result.status)) return;
        out_.number("generation_mw", result.totals.generation_mw);
        out_.number("loss_mw", result.totals.loss_mw);
        out_.number("violations", static_cast<double>(result.violations.size()));
        balance_error(result);
        branches(result);
        buses(result);
        const Slots p(layout_, "generator", out_.values("p_mw")), q(layout_, "generator", out_.values("q_mvar"));
        for (const GeneratorResult& unit : result.generators) {
            if (!unit.in_service) continue;
            p.set(unit_id(unit.generator), unit.p_mw);
            q.set(unit_id(unit.generator), unit.q_mvar);
        }
        const Slots net(layout_, "area", out_.values("net_export_mw"));
        for (const AreaResult& area : result.areas) net.set(std::to_string(area.area), area.net_export_mw);
    }

    void contingencies(const N1Result& result) {
        const N1Summary& s = result.summary;
        out_.number("contingencies_solved", s.solved);
        out_.number("contingencies_islanding", s.islanding);
        out_.number("contingencies_unsolved", s.unsolved);
        out_.number("contingencies_with_violations", s.with_violations);
        out_.number("worst_loading_pct", s.worst_loading_pct);
        if (s.worst_branch != 0) out_.text("worst_branch", branch_id(s.worst_branch));
        out_.text("worst_contingency", contingency_id(s.worst_contingency));
        out_.number("lowest_vm_pu", s.lowest_vm_pu);
        if (s.lowest_vm_bus != 0) out_.number("lowest_vm_bus", static_cast<double>(s.lowest_vm_bus));
        out_.text("lowest_vm_contingency", contingency_id(s.lowest_vm_contingency));
    }

    void direction(std::size_t d, const DirectionResult& result) {
        const auto number = [&](std::string_view column, double value) { out_.number(column, value, d); };
        out_.word("direction_status", result.status, d);
        number("ttc_mw", result.ttc_mw);
        number("ntc_mw", result.ntc_mw);
        number("atc_mw", result.atc_mw);
        number("base_exchange_mw", result.base_exchange_mw);
        number("delta_e_mw", result.delta_e_mw);
        number("ttc_intact_mw", result.ttc_intact_mw);
        number("max_shift_mw", result.max_shift_mw);
        number("window_from_mw", result.window_from_mw);
        number("secure_mw", result.certificate.secure_mw);
        number("insecure_mw", result.certificate.insecure_mw);
        number("certificate_solved", result.certificate.contingencies_solved);
        number("certificate_unsolved", result.certificate.contingencies_unsolved);
        number("certificate_mismatch_pu", result.certificate.max_mismatch_pu);
        number("base_violations", static_cast<double>(result.base_violations.size()));
        number("limit_value", result.limit.value);
        number("power_flows", result.power_flows);
        const TransferLimit& limit = result.limit;
        out_.word("limit_cause", limit.cause, d);
        out_.text("limit_element", element(limit), d);
        out_.text("limit_element_name", limit.branch != 0 ? limit.branch_name : limit.bus_name, d);
        out_.text("limit_contingency", contingency_id(limit.contingency), d);
        out_.text("limit_contingency_name", limit.contingency_name, d);
    }

private:
    // Where values of a column with an axis go, by the labels of the axis.
    class Slots {
    public:
        Slots(const BatchLayout& layout, std::string_view axis, double* values) : values_(values) {
            if (values == nullptr) return;
            const BatchAxis& along = *layout.axis(axis);
            for (std::size_t k = 0; k < along.size(); ++k) at_.emplace(along.ids[k], k);
        }
        void set(const std::string& id, double value) const {
            if (values_ == nullptr) return;
            if (const auto found = at_.find(id); found != at_.end()) values_[found->second] = value;
        }

    private:
        double* values_;
        std::unordered_map<std::string_view, std::size_t> at_;
    };

    [[nodiscard]] std::string branch_id(int row) const {
        const std::string& id = grid_.branches[row - 1].id;
        return id.empty() ? std::to_string(row) : id;
    }
    [[nodiscard]] std::string unit_id(int row) const {
        const std::string& id = grid_.generators[row - 1].id;
        return id.empty() ? std::to_string(row) : id;
    }
    // The contract labels the outage of one branch by its row.
    [[nodiscard]] std::string contingency_id(const std::string& label) const {
        const auto row = parse_integer(label);
        return row && *row >= 1 && *row <= static_cast<long long>(grid_.branches.size()) ? branch_id(static_cast<int>(*row)) : label;
    }
    [[nodiscard]] std::string element(const TransferLimit& limit) const {
        if (limit.branch != 0) return branch_id(limit.branch);
        if (limit.bus != 0) return "bus " + std::to_string(limit.bus);
        return limit.dc_line != 0 ? "dc line " + std::to_string(limit.dc_line) : "";
    }

    void balance_error(const PfResult& result) {
        double error = 0.0;
        for (const GeneratorResult& unit : result.generators)
            if (unit.in_service) error += unit.p_mw - grid_.generators[unit.generator - 1].pg_mw;
        out_.number("balance_error_mw", error);
    }

    void branches(const PfResult& result) {
        const Slots loading(layout_, "branch", out_.values("loading_pct"));
        const Slots p_from(layout_, "branch", out_.values("p_from_mw")), q_from(layout_, "branch", out_.values("q_from_mvar"));
        const Slots p_to(layout_, "branch", out_.values("p_to_mw")), q_to(layout_, "branch", out_.values("q_to_mvar"));
        const BranchResult* worst = nullptr;
        for (const BranchResult& branch : result.branches) {
            if (!branch.in_service) continue;
            const std::string id = branch_id(branch.branch);
            loading.set(id, branch.loading_pct);
            p_from.set(id, branch.p_from_mw);
            q_from.set(id, branch.q_from_mvar);
            p_to.set(id, branch.p_to_mw);
            q_to.set(id, branch.q_to_mvar);
            if (std::isfinite(branch.loading_pct) && (worst == nullptr || branch.loading_pct > worst->loading_pct)) worst = &branch;
        }
        if (worst == nullptr) return;
        out_.number("max_loading_pct", worst->loading_pct);
        out_.text("max_loading_branch", branch_id(worst->branch));
    }

    void buses(const PfResult& result) {
        const Slots vm(layout_, "bus", out_.values("vm_pu")), va(layout_, "bus", out_.values("va_deg"));
        const BusResult* lowest = nullptr;
        const BusResult* highest = nullptr;
        for (const BusResult& bus : result.buses) {
            if (!std::isfinite(bus.vm_pu)) continue;
            vm.set(std::to_string(bus.bus), bus.vm_pu);
            va.set(std::to_string(bus.bus), bus.va_deg);
            if (lowest == nullptr || bus.vm_pu < lowest->vm_pu) lowest = &bus;
            if (highest == nullptr || bus.vm_pu > highest->vm_pu) highest = &bus;
        }
        if (lowest == nullptr) return;
        out_.number("min_vm_pu", lowest->vm_pu);
        out_.number("min_vm_bus", static_cast<double>(lowest->bus));
        out_.number("max_vm_pu", highest->vm_pu);
        out_.number("max_vm_bus", static_cast<double>(highest->bus));
    }

    const BatchLayout& layout_;
    const Case& grid_;
    BatchRowWriter out_;
};

// A study of its own on a network of its own: where each scenario takes long enough that this does not matter.
BatchRow solve_scenario(const BatchStudy& study, int scenario) {
    BatchRow row = study.layout.empty_row();
    const BatchLayout::Place at = study.layout.place(scenario);
    const HourlyDispatch& hours = study.state(at);
    const HourState hour = study.hour(at);
    const Case grid = hours.grid_in(hour);
    Filling fill(study.layout, grid, row);
    fill.state(hour);
    fill.profiles(*study.series, study.layout.hours[at.hour]);
    auto task = study.prepare(grid);
    if (!task) {
        fill.status("invalid");
        return row;
    }
    task->setup.threads = 1;
    // Studies diagnose a base that does not solve, which is worth its time for one case and not for a thousand.
    Engine engine(task->setup.model, task->setup.engine);
    const Solution base = engine.solve(Scenario{});
    fill.base(to_result(task->setup.model, base, task->setup.monitor, task->setup.engine.tolerance));
    if (!base.solved()) return row;
    if (study.layout.kind == BatchKind::n1) fill.contingencies(run_n1(task->setup, task->contingencies, {}, task->n1));
    if (study.layout.kind == BatchKind::capacity) {
        const auto directions = run_directions(task->setup, task->contingencies, task->capacity, task->sides, base);
        for (std::size_t d = 0; d < directions.size(); ++d) fill.direction(d, directions[d]);
    }
    return row;
}

using Clock = std::chrono::steady_clock;

// Rows that a thread has solved and not yet handed over. Many at a time, since handing over takes a lock; and not for
// long, since what is not handed over is lost when the process is killed.
class Basket {
public:
    explicit Basket(std::function<bool(std::vector<SolvedRow>)> done) : done_(std::move(done)) {}

    void put(int scenario, BatchRow row) {
        rows_.push_back({scenario, std::move(row), 0.0});
        if (rows_.size() >= most || Clock::now() - begin_ > longest) empty();
    }
    void empty() {
        if (rows_.empty()) return;
        const auto now = Clock::now();
        const double each = std::chrono::duration<double>(now - begin_).count() / static_cast<double>(rows_.size());
        for (SolvedRow& row : rows_) row.seconds = each;
        begin_ = now;
        if (!done_(std::exchange(rows_, {}))) ended_ = true;
    }
    [[nodiscard]] bool ended() const { return ended_; }

private:
    static constexpr std::size_t most = 64;
    static constexpr auto longest = std::chrono::milliseconds(20);
    std::function<bool(std::vector<SolvedRow>)> done_;
    std::vector<SolvedRow> rows_;
    Clock::time_point begin_ = Clock::now();
    bool ended_ = false;
};

// Solvers of the groups that a thread has worked on last; those of many groups at once would fill the memory.
class HourSolvers {
public:
    explicit HourSolvers(const BatchStudy& study) : study_(study) {}
    HourSolver& of(int group) {
        const auto found = std::find_if(kept_.begin(), kept_.end(), [&](const auto& one) { return one.first == group; });
        if (found != kept_.end()) {
            std::rotate(found, found + 1, kept_.end());
        } else {
            if (kept_.size() == most) kept_.erase(kept_.begin());
            kept_.emplace_back(group, std::make_unique<HourSolver>(study_, group));
        }
        return *kept_.back().second;
    }

private:
    static constexpr std::size_t most = 2;
    const BatchStudy& study_;
    std::vector<std::pair<int, std::unique_ptr<HourSolver>>> kept_;
};

// Block after block; the lanes run on from one to the next of the same group. Before it waits for work a thread finishes what
// it has: who hands out work may wait for these rows.
void run_hours(const BatchStudy& study, const std::function<std::vector<int>(bool wait)>& next, const std::function<bool()>& stopped, Basket& basket) {
    HourSolvers solvers(study);
    const auto group_of = [&](const std::vector<int>& block) { return study.group(study.layout.place(block.front())); };
    std::vector<int> block = next(true);
    std::size_t at = 0;
    while (!block.empty()) {
        const int group = group_of(block);
        bool ended = false;
        solvers.of(group).run(
            [&] {
                if (ended || stopped()) return -1;
                if (at == block.size()) {
                    block = next(false);
                    at = 0;
                    ended = block.empty() || group_of(block) != group;
                    if (ended) return -1;
                }
                return block[at++];
            },
            [&](int scenario, BatchRow row) { basket.put(scenario, std::move(row)); });
        if (stopped()) break;
        if (!block.empty()) continue;
        basket.empty();
        block = next(true);
    }
}

}  // namespace

HourState BatchStudy::hour(const BatchLayout::Place& at) const {
    const HourlyDispatch& hours = state(at);
    std::vector<int> out;
    if (!units_out.empty())
        for (const std::string& id : units_out[static_cast<std::size_t>(at.hour)])
            if (const int row = hours.unit_row(id); row >= 0) out.push_back(row);
    return hours.at(layout.hours[static_cast<std::size_t>(at.hour)], out);
}

std::string units_out(const HourState& hour, const Case& grid) {
    std::string ids;
    for (std::size_t g = 0; g < hour.out.size(); ++g) {
        if (hour.out[g] == 0) continue;
        const std::string& id = grid.generators[g].id;
        ids += (ids.empty() ? "" : ",") + (id.empty() ? std::to_string(g + 1) : id);
    }
    return ids;
}

std::vector<std::vector<int>> blocks_of(const BatchStudy& study, const std::vector<int>& scenarios) {
    std::vector<std::vector<int>> blocks;
    if (study.bases.empty()) {
        for (const int scenario : scenarios) blocks.push_back({scenario});
        return blocks;
    }
    // Small enough to share the work out at the end, large enough that handing out costs nothing: some milliseconds each.
    constexpr int bus_flows = 1 << 16, stretch = 8;
    const int n_bus = std::max(1, study.bases.front()->setup.model->network->n_bus);
    const int size = std::clamp(bus_flows / n_bus, 16, 256);
    // Hours of one group run on for some blocks, so that lanes seldom run empty; shards fill in their order all the same.
    std::map<std::pair<int, int>, std::vector<int>> stretches;  // hours, group
    for (const int scenario : scenarios) {
        const BatchLayout::Place at = study.layout.place(scenario);
        stretches[{at.hour / (stretch * size), study.group(at)}].push_back(scenario);
    }
    for (const auto& [key, list] : stretches)
        for (std::size_t first = 0; first < list.size(); first += static_cast<std::size_t>(size))
            blocks.emplace_back(list.begin() + static_cast<std::ptrdiff_t>(first),
                                list.begin() + static_cast<std::ptrdiff_t>(std::min(list.size(), first + static_cast<std::size_t>(size))));
    return blocks;
}

void run_scenarios(const BatchStudy& study, int threads, const std::function<std::vector<int>(bool wait)>& next, const std::atomic<bool>& stop,
                   const std::function<bool(std::vector<SolvedRow> rows)>& done) {
    std::mutex lock;
    std::atomic<bool> failed{false};  // in one thread: the others shall not go on with all that is left
    for_each_item(threads, threads, [&](int) {
        return [&](int) {
            Basket basket([&](std::vector<SolvedRow> rows) {
                const std::lock_guard guard(lock);
                return done(std::move(rows));
            });
            const auto stopped = [&] { return stop || failed || basket.ended(); };
            try {
                if (!study.bases.empty()) {
                    run_hours(study, next, stopped, basket);
                } else {
                    for (std::vector<int> block = next(true); !block.empty() && !stopped(); block = next(true))
                        for (const int scenario : block) {
                            basket.put(scenario, solve_scenario(study, scenario));
                            basket.empty();
                        }
                }
            } catch (...) {
                failed = true;
                throw;
            }
            basket.empty();
            return !basket.ended();
        };
    });
}

}  // namespace araz

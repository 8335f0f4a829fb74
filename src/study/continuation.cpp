#include "araz/study/continuation.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>

#include "parallel.hpp"
#include "pv_lanes.hpp"
#include "pv_tracer.hpp"

namespace araz {

namespace {

constexpr std::size_t shown_buses = 5;  // when none were named

// Where the reference bus has limits too, the tracer meets all limits of the base at once.
EngineOptions engine_options(const StudySetup& setup, const PvOptions& options) {
    EngineOptions engine = setup.engine;
    engine.trace = false;
    if (!options.q_limits || options.q_limits_slack) engine.controls = {};
    return engine;
}

// Voltages of the chosen buses into the points; NaN at a bus without supply.
void show_voltages(const std::vector<std::vector<double>>& voltages, const std::vector<int>& buses, PvCurve& curve) {
    for (std::size_t k = 0; k < curve.points.size(); ++k)
        for (const int b : buses) curve.points[k].vm_pu.push_back(b >= 0 && voltages[k][b] > 0.0 ? voltages[k][b] : nan_value);
}

PvDirection direction_of(const Network& net, const PvOptions& options, const PvPath& path, const Solution& base) {
    PvDirection out;
    out.kind = options.sides ? "transfer" : "load";
    out.mw_per_lambda = path.mw_per_lambda();
    double load = 0.0;
    for (const double p : base.p_load) load += p;
    out.base_load_mw = load * net.base_mva;
    if (options.sides) {
        out.from = options.sides->from;
        out.to = options.sides->to;
        out.key = std::string(to_string(options.key));
    } else {
        out.target = options.target;
        for (const int row : options.grow_rows) out.grow.push_back(std::to_string(number(net.source->buses[row].bus)));
    }
    return out;
}

// Bus indices to show: the named rows, else those that are most critical; -1 for a row that is isolated.
std::vector<int> choose_buses(const Network& net, const PvOptions& options, const std::vector<int>& critical,
                              PvResult& result) {
    std::vector<int> buses;
    std::vector<int> rows = options.bus_rows;
    for (std::size_t k = 0; options.bus_rows.empty() && k < std::min(shown_buses, critical.size()); ++k)
        rows.push_back(net.bus_row[critical[k]]);
    for (const int row : rows) {
        const BusRow& source = net.source->buses[row];
        const auto found = net.index_of.find(number(source.bus));
        buses.push_back(found == net.index_of.end() ? -1 : found->second);
        result.buses.push_back({number(source.bus), source.name});
    }
    return buses;
}

// The curve of the intact grid and those of the contingencies, each into its own slot of the result.
class Curves {
public:
    Curves(const StudySetup& setup, const PvOptions& options, const PvPath& path, const Solution& base,
           const std::vector<Contingency>& contingencies, const std::function<void(int, int)>& progress, PvResult& result)
        : setup_(setup), options_(options), path_(path), base_(base), contingencies_(contingencies), progress_(progress), result_(result) {
        result_.curves.resize(contingencies.size() + 1);
    }

    void run() {
        const int count = static_cast<int>(result_.curves.size());
        if (setup_.sweep == SweepEngine::scalar) {
            for_each_item(count, setup_.threads, [&](int) {
                return [&, engine = primed()](int item) {
                    Task<void> curve = trace(*engine, item, nullptr, 0);
                    curve.start();  // there is nobody to wait for
                    curve.result();
                    return true;
                };
            });
            return;
        }
        std::vector<unsigned char> has_equations;
        for (const solver::BusKind kind : setup_.model->kind) has_equations.push_back(kind != solver::BusKind::dead ? 1 : 0);
        program_ = solver::LaneProgram::build(setup_.model->pattern, setup_.model->ybus, has_equations);
        std::atomic<int> next{0};
        const int width = solver::lane_kernels(setup_.isa, solver::LanePrecision::doubles).width;
        const int threads = resolve_threads(setup_.threads, (count + width - 1) / width);
        for_each_item(threads, threads, [&](int) {
            return [&](int) {
                const auto engine = primed();
                PvLanes lanes(program_, setup_.isa);
                lanes.run([&](int lane) -> std::optional<Task<void>> {
                    const int item = next++;
                    if (item >= count) return std::nullopt;
                    return trace(*engine, item, &lanes, lane);
                });
                return true;
            };
        });
    }

private:
    [[nodiscard]] std::shared_ptr<Engine> primed() const {
        auto engine = std::make_shared<Engine>(setup_.model, engine_options(setup_, options_));
        engine->prime(base_);
        return engine;
    }

    Task<void> trace(Engine& engine, int item, PvLanes* lanes, int lane) {
        PvCurve& curve = result_.curves[item];
        Solution start;
        if (item == 0) {
            start = base_;
            curve.base_status = base_.status;
        } else {
            start = after_outage(engine, contingencies_[item - 1], curve);
        }
        if (!start.solved()) {
            curve.end = "unsolved_base";
        } else {
            PvTracer tracer(setup_, path_, options_, item > 0);
            if (lanes != nullptr) tracer.use(*lanes, lane, program_);
            co_await tracer.trace(start, curve);
            show(tracer, item);
        }
        if (progress_ && item > 0) progress_(++done_, static_cast<int>(contingencies_.size()));
    }

    Solution after_outage(Engine& engine, const Contingency& contingency, PvCurve& curve) const {
        const Network& net = *setup_.model->network;
        curve.contingency = contingency.label;
        curve.name = contingency.name;
        curve.outage = contingency.elements(net);
        Solution after = engine.solve_from(contingency.scenario(), base_);
        curve.base_status = after.solved() && after.lost_buses > 0 ? SolveStatus::islanded : after.status;
        curve.lost_load_mw = after.lost_load * net.base_mva;
        return after;
    }

    // The curve of the intact grid may say which buses are shown; whoever is done before it waits with its voltages.
    void show(const PvTracer& tracer, int item) {
        const std::lock_guard guard(showing_);
        if (item == 0) {
            buses_ = choose_buses(*setup_.model->network, options_, tracer.critical(), result_);
            show_voltages(tracer.voltages(), *buses_, result_.curves[0]);
            for (const auto& [waiting, voltages] : waiting_) show_voltages(voltages, *buses_, result_.curves[waiting]);
            waiting_.clear();
        } else if (buses_) {
            show_voltages(tracer.voltages(), *buses_, result_.curves[item]);
        } else {
            waiting_.emplace_back(item, tracer.voltages());
        }
    }

    const StudySetup& setup_;
    const PvOptions& options_;
    const PvPath& path_;
    const Solution& base_;
    const std::vector<Contingency>& contingencies_;
    const std::function<void(int, int)>& progress_;
    PvResult& result_;
    solver::LaneProgram program_;
    std::atomic<int> done_{0};
    std::mutex showing_;
    std::optional<std::vector<int>> buses_;
    std::vector<std::pair<int, std::vector<std::vector<double>>>> waiting_;
};

}  // namespace

Result<PvResult> run_pv(const StudySetup& setup, const std::vector<Contingency>& contingencies, const PvOptions& options,
                        const std::function<void(int, int)>& progress) {
    const Network& net = *setup.model->network;
    if (setup.model->n_link() > 0)
        return Error::make(ErrorKind::usage, "AZ3053",
                           "a continuation needs impedance in every branch; branch " +
                               std::to_string(net.branch_row[setup.model->link_branch.front()] + 1) + " has none",
                           "give it an impedance, or take it out and join its buses in the case");
    if (setup.model->n_emulated() > 0)
        return Error::make(ErrorKind::usage, "AZ3053",
                           "a continuation does not know AC emulation; DC line " +
                               std::to_string(net.dc_row[setup.model->emulated_dc.front()] + 1) + " follows the angle between its ends",
                           "give it p_mode = setpoint");
    if (!setup.model->load.empty())
        return Error::make(ErrorKind::usage, "AZ3053", "a continuation does not know loads that depend on voltage",
                           "--load-model pq takes them as constant power");
    if (net.regulates_remotely)
        return Error::make(ErrorKind::usage, "AZ3053", "a continuation does not know units that hold the voltage of another bus",
                           "let every unit hold its own bus");
    if (std::find(net.q_mode.begin(), net.q_mode.end(), ReactiveMode::q_of_p) != net.q_mode.end())
        return Error::make(ErrorKind::usage, "AZ3053", "a continuation does not know units in mode q_of_p",
                           "give them a fixed power factor, or a fixed reactive output");
    Engine engine(setup.model, engine_options(setup, options));
    const Solution base = engine.solve(Scenario{});
    const PfResult solved = to_result(setup.model, base, setup.monitor, setup.engine.tolerance);
    PvResult result;
    result.envelope = solved.envelope;
    result.envelope.schema = "araz.pv/1";
    result.diagnosis = solved.diagnosis;
    if (!base.solved()) return result;
    result.diagnosis = {};

    auto path = PvPath::build(net, options, base);
    if (!path) return path.error();
    result.direction = direction_of(net, options, *path, base);
    Curves(setup, options, *path, base, contingencies, progress, result).run();
    return result;
}

}  // namespace araz

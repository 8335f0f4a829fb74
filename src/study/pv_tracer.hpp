// One curve of a continuation power flow: from a solved state along the path, event by event.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "araz/solver/continuation.hpp"
#include "pv_direction.hpp"
#include "pv_lanes.hpp"

namespace araz {

class PvTracer {
public:
    PvTracer(const StudySetup& setup, const PvPath& path, const PvOptions& options, bool contingency);

    /// Points are asked of this lane from now on, and computed here only where it gives one back. Without, all are.
    void use(PvLanes& lanes, int lane, const solver::LaneProgram& program);

    /// Traces from `start`, the solved state at lambda 0. Fills everything of `curve` but its labels. Waits only for lanes.
    Task<void> trace(const Solution& start, PvCurve& curve);

    /// Voltages of all buses at each point of the curve traced last.
    [[nodiscard]] const std::vector<std::vector<double>>& voltages() const { return voltages_; }
    /// Buses by how much their voltage moves at lambda_max, most first.
    [[nodiscard]] const std::vector<int>& critical() const { return critical_; }

private:
    static constexpr double on_event = 1e-9;  ///< how well an event is located, p.u., and of the tangent at a nose

    enum class What { q_max, q_min, release, p_max, p_min, slack_p, next, previous, low, high, thermal, nose, target, traced };
    struct Gauge {     ///< something that is watched
        What what;
        int index;
        double limit;  ///< p.u., of flows and voltages
    };
    struct Met : Gauge {
        double value;  ///< above 0: passed
    };
    struct Station {   ///< a point with its injections and phasors, its tangent, and what the gauges say
        solver::CurvePoint point;
        std::vector<double> p_calc, q_calc, e, f;
        solver::CurveTangent tangent;
        std::vector<double> gauges;  ///< parallel to gauges_
    };

    // Equations (pv_tracer.cpp).
    void begin(const Solution& start);
    void set_rates(int interval);
    void anchor(double lambda);
    void rebuild();
    [[nodiscard]] solver::CurveProblem problem() const;
    [[nodiscard]] ReactiveRange range_at(int bus, double lambda) const;
    [[nodiscard]] double unit_p(int unit, double lambda) const { return unit_p_[unit] + (lambda - lambda0_) * unit_rate_[unit]; }
    [[nodiscard]] int free_unit(int bus) const;
    /// Reactive output per lambda: with a fixed power factor that of P.
    [[nodiscard]] double q_rate(int unit) const {
        return net_.q_mode[unit] == ReactiveMode::fixed_pf ? net_.q_per_p[unit] * unit_rate_[unit] : unit_q_rate_[unit];
    }
    /// What the units of a bus give that do not hold its voltage.
    [[nodiscard]] double other_q(int bus, double lambda, double vm) const;

    // Walking (pv_tracer.cpp).
    Task<void> solve(const solver::CurveRequest& request, solver::CurveAnswer& answer);
    Task<bool> first_tangent(Station& at, bool corrects = false);
    Task<bool> advance(const Station& from, double& step, Station& to, std::optional<Met>& event);
    Task<bool> station_at(const Station& from, double step, Station& to, double& predictor_error, bool with_tangent = true);
    Task<bool> tangent_at(Station& at, const solver::CurveTangent& along);
    Task<Station> locate(const Station& from, double step, Station to, std::size_t& event);
    [[nodiscard]] double first_step(const Station& at) const;

    // Gauges (pv_gauges.cpp).
    void list_gauges();
    void list_watched();
    void measure(Station& at);
    void measure_afresh(Station& at) {
        list_gauges();
        measure(at);
    }
    [[nodiscard]] double gauge_value(const Gauge& gauge, const Station& at) const;
    [[nodiscard]] Reading reading_of(const Gauge& gauge, const Station& at) const;
    [[nodiscard]] Met met(const Station& at, std::size_t k) const { return {gauges_[k], at.gauges[k]}; }
    [[nodiscard]] solver::BranchFlow flow(int branch, const Station& at) const;
    [[nodiscard]] bool is_due(const Gauge& gauge) const;
    [[nodiscard]] std::size_t due(const Station& from, const Station& to) const;

    // Events (pv_events.cpp).
    void note_base(const Station& at);
    Task<bool> handle(Station& at, Met gauge);
    Task<bool> switch_reactive(Station& at, const Met& gauge);
    Task<bool> fill_unit(Station& at, const Met& gauge);
    Task<bool> change_interval(Station& at, const Met& gauge);
    bool move_reference(int bus, const Station& at);
    Task<bool> turn(Station& at, int bus, double sign);
    Task<bool> settle_base(Station& at);
    bool choose_reference(int bus);
    [[nodiscard]] PvEvent reactive_event(const Station& at, const Met& gauge) const;
    [[nodiscard]] PvEvent event_of(const char* word, const Station& at) const;
    void note_limit(const Station& at, const Gauge& gauge, bool at_base);
    void name_bus(PvEvent& event, int bus) const;
    void name_unit(PvEvent& event, int unit) const;
    [[nodiscard]] double free_output(int bus, const Station& at) const;
    void keep(const Station& at);
    void take(solver::CurveAnswer& answer, Station& to) const;
    void note_largest(const Station& at);
    void finish();
    bool stop(const char* word);

    const StudySetup& setup_;
    const PvPath& path_;
    const PvOptions& options_;
    const ElectricalModel& model_;
    const Network& net_;
    bool contingency_;
    Monitor monitor_;
    PvLanes* lanes_ = nullptr;
    int lane_ = 0;
    const solver::LaneProgram* program_ = nullptr;
    std::vector<solver::LaneChange::Row> rows_;           ///< of the lane
    std::unique_ptr<solver::Continuation> continuation_;  ///< once something is computed here
    solver::CurveMetric metric_;

    // The equations at hand, anchored at lambda0_.
    solver::AdmittanceValues ybus_;
    std::vector<solver::BusKind> kind_;
    std::vector<Pin> pin_;
    std::vector<double> v_set_;
    std::vector<unsigned char> gen_in_, fixed_;     ///< [n_gen]
    std::vector<double> unit_p_, unit_rate_, unit_q_, unit_q_rate_;
    std::vector<double> load_p_, load_q_, load_p_rate_, load_q_rate_;
    std::vector<double> p_, q_, dp_, dq_;
    solver::ReactiveCurves curves_;
    double lambda0_ = 0.0;
    int edition_ = 0;  ///< of what the problem views
    int interval_ = 0;
    PvInterval rates_;

    // The curve at hand.
    Solution shown_;  ///< the state at the start, and what is live and out in it
    PvCurve* curve_ = nullptr;
    bool upper_ = true;
    std::set<std::pair<int, int>> noted_;
    std::map<int, int> switched_here_;  ///< how often buses were pinned or released at the point kept last
    std::vector<Gauge> gauges_;         ///< in an order that only other equations alter
    std::vector<Gauge> watched_;        ///< flows, then voltages
    std::size_t first_watched_ = 0;     ///< in gauges_
    std::vector<std::vector<double>> voltages_;
    Station largest_;  ///< at lambda_max
    std::vector<int> critical_;
};

}  // namespace araz

// Lane sweep: many scenarios of one network, W at a time, by the engine's own rules. A scenario is an outage, an hour
// (settings), or both.
//
// Every scenario starts where Engine::solve_from(scenario, warm) starts, takes Newton and chord steps under the same
// stopping rule, and its reactive limits are switched by the control itself. What takes an unusual course
// (slow or no convergence, lost pivots, a control that gives up, a state that may be a false root) is given back
// unsolved for the scalar engine, which is authoritative. An outage's result depends neither on its lane, nor on
// the outages beside it, nor on the number of threads.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "araz/engine/engine.hpp"
#include "araz/solver/lane_course.hpp"
#include "araz/solver/lane_group.hpp"

namespace araz {

/// Which solver a study uses for its sweeps. Results agree within the tolerance of the power flow.
enum class SweepEngine { lane, scalar };

/// A scenario as the solver sees it, before any control.
struct LoadedScenario {
    std::vector<solver::BusKind> kind;         ///< [n_bus]
    std::vector<double> p_load, q_load;        ///< [n_bus]
    std::vector<double> gen_p;                 ///< [n_gen]
    std::vector<unsigned char> gen_in;         ///< [n_gen]
    std::vector<double> p, q;                  ///< [n_bus] scheduled net injection
    std::vector<double> v_set;                 ///< [n_bus]; empty: those of the network
    std::vector<double> pmin, pmax;            ///< [n_gen]; empty: likewise
    std::vector<std::pair<int, solver::BranchAdmittance>> taps;  ///< branches that differ from the model, ascending
    std::vector<Settings::Shunt> shunts;       ///< buses that do
    std::vector<unsigned char> branch_out;     ///< [n_branch] or empty
    std::vector<int> dead;                     ///< buses cut off by the outages
    std::vector<int> changed;                  ///< ascending: buses whose injection or kind differs from the intact network's
    double lost_load = 0.0, lost_generation = 0.0;
    bool lost_reference = false;               ///< a reference has no unit left: another bus takes over
};

/// What all lanes of a sweep share; immutable, used by all threads.
class LaneBase {
public:
    /// `common` has no outages; `warm` is the solved state that outages start from. `previous`: of the same model, whose
    /// elimination program serves again where the same buses have equations; may be null.
    LaneBase(ModelPtr model, const EngineOptions& options, const Scenario& common, const Solution& warm,
             const LaneBase* previous = nullptr);

    /// False: this sweep is not for lanes (other slack, loads or controls, joined buses, a singular start).
    [[nodiscard]] bool ok() const { return ok_; }

private:
    friend class LaneSweep;
    void set_start(const Solution& warm);
    void list_regulated();
    void resume(const ControlList& controls, const Solution& warm);
    bool list_references();
    [[nodiscard]] ControlView view_of(LoadedScenario& scenario, std::vector<Pin>& pin) const;
    [[nodiscard]] double v_set_of(const LoadedScenario& scenario, int bus) const {
        return scenario.v_set.empty() ? model_->network->v_set[bus] : scenario.v_set[bus];
    }

    ModelPtr model_;
    EngineOptions options_;
    LoadedScenario scenario_;
    std::vector<unsigned char> has_equations_; ///< [n_bus]
    std::shared_ptr<const solver::LaneProgram> program_;
    std::unique_ptr<solver::LaneStart> start_;
    std::vector<double> warm_vm_;              ///< [n_bus] without restored set-points
    std::vector<int> regulated_;               ///< buses held at the start
    std::vector<int> regulated_node_;
    std::vector<int> regulated_of_;            ///< [n_bus] place in regulated_, -1
    std::vector<double> q_low_, q_high_, v_set_;
    std::vector<Pin> pin_;                     ///< [n_bus] limits that bind at the start
    // With a distributed slack: one reference per island, by island.
    std::vector<int> references_;
    std::vector<solver::LaneBorder::Row> reference_rows_;
    std::vector<std::uint8_t> equation_of_;    ///< [n_node]
    bool has_pins_ = false;
    bool has_controls_ = false;
    bool ok_ = false;
};

/// Limits the sweep reads states against, p.u.; 0 or infinite: none.
struct LaneLimits {
    std::vector<double> branch;                ///< [n_branch] apparent power; empty: not watched
    std::vector<double> vm_low, vm_high;       ///< [n_bus]; empty: not watched; vm_low negative: not this bus
    /// Lists beside what may be violated also what is nearest to its limit and, with a direction, what may be among the
    /// three first to bind.
    bool nearest = false;
};

/// Where LaneOutcome::outputs() writes, kept from one to the next.
struct LaneOutputs {
    Solution solution;                ///< gen_p and gen_q; of the rest nothing is meant for the caller
    std::vector<double> p, q;         ///< [n_bus] net injections at the solved voltages
};

/// One scenario solved in a lane; valid during the callback.
struct LaneOutcome {
    int item = 0;
    bool solved = false;           ///< false: give it to the scalar engine
    int iterations = 0;
    double max_mismatch = 0.0;     ///< p.u.
    double lost_load = 0.0, lost_generation = 0.0;
    int lost_buses = 0;
    double loss = 0.0;             ///< p.u.
    double lowest_vm = 0.0, highest_vm = 0.0;
    std::span<const int> branches; ///< ascending: all that may be over their limit or the highest loaded, and those with other taps
    std::span<const int> buses;    ///< ascending: all that may be out of their band
    std::span<const Pin> pin;      ///< [n_bus]
    const LoadedScenario* scenario = nullptr;  ///< with the kinds that the controls left
    const ElectricalModel* model = nullptr;    ///< of the sweep, without the settings of the scenario
    const solver::LaneGroup* group = nullptr;
    int lane = 0;
    int direction = 0;             ///< of the tangent; a solved outage comes once for each direction of the sweep
    bool has_tangent = false;      ///< the sweep has a direction, and the Jacobian was regular here

    [[nodiscard]] double vm(int bus) const { return group->vm(lane, group->program().place_of[bus]); }
    [[nodiscard]] double va(int bus) const { return group->va(lane, group->program().place_of[bus]); }
    /// Rectangular voltage, p.u.
    [[nodiscard]] double e(int bus) const { return group->e(lane, group->program().place_of[bus]); }
    [[nodiscard]] double f(int bus) const { return group->f(lane, group->program().place_of[bus]); }
    /// Flow of a branch with the tap that it has in the scenario; zero where it is out or dead.
    [[nodiscard]] solver::BranchFlow flow(int branch) const;
    /// Outputs of all units and converter ends, by the rules of the engine.
    void outputs(LaneOutputs& into) const;
    /// Change of the angle and of ln V per unit along the direction; 0 where they are held.
    [[nodiscard]] double dva(int bus) const { return along(bus, 0); }
    [[nodiscard]] double dlnv(int bus) const { return along(bus, 1); }

private:
    void set_injections(std::vector<double>& p, std::vector<double>& q) const;
    [[nodiscard]] double along(int bus, int which) const {
        const int node = group->program().place_of[bus];
        return node < group->program().n_node ? group->solved_for(lane, node, which) : 0.0;
    }
};

/// One thread's means to solve scenarios.
class LaneSweep {
public:
    LaneSweep(std::shared_ptr<const LaneBase> base, solver::Isa isa, const LaneLimits& limits,
              solver::LanePrecision precision = solver::LanePrecision::floats);
    ~LaneSweep();
    LaneSweep(const LaneSweep&) = delete;
    LaneSweep& operator=(const LaneSweep&) = delete;

    /// Asks for the tangent of every state along this change of the injections, (dP, dQ) by bus: J x = direction at
    /// the solved state, one elimination per pack and a substitution for each direction.
    void add_direction(const std::vector<double>& by_bus);

    /// Takes items from `next` (negative: none left), their outages and settings from `scenario_of`, and hands every one to
    /// `done`, in any order: once, or once for each direction if it was solved.
    void run(const std::function<int()>& next, const std::function<Scenario(int)>& scenario_of,
             const std::function<void(const LaneOutcome&)>& done);

private:
    struct Job;
    struct Pack;
    [[nodiscard]] std::unique_ptr<Pack> make_pack() const;
    [[nodiscard]] std::unique_ptr<Job> make_job(int item, const Scenario& outage);
    [[nodiscard]] std::unique_ptr<Job> next_shared();
    void resume_changed(Job& job);
    void build_change(const Scenario& outage, Job& job);
    void build_rows(const Scenario& outage, Job& job);
    void set_up_balance(Job& job);
    void advance_balances(Pack& pack, std::uint32_t moved);
    void set_magnitudes(Job& job);
    [[nodiscard]] bool passes_own_set_point(const Pack& pack, int lane) const;
    void read_taps(const Pack& pack, int lane, solver::LaneFlowArgs& flows, std::vector<int>& branches) const;
    void run_shared();
    void refill(Pack& pack);
    void run_own();
    void suspend(Pack& pack, std::uint32_t lanes);
    void judge(Pack& pack, const solver::LaneWorst& worst);
    void take_steps(Pack& pack);
    void run_controls(Pack& pack);
    [[nodiscard]] bool update_control(Pack& pack, int lane);
    void write_back(Pack& pack, int lane, std::size_t first_action);
    void report(Pack& pack);
    void report_lanes(Pack& pack, solver::LaneFlowArgs flows, const solver::LaneVoltageArgs& voltages, int direction,
                      std::uint32_t no_tangent);
    void list_nearest(const Pack& pack, const std::vector<solver::LaneBranchMask>& out, bool along, solver::LaneFlowArgs& flows,
                      solver::LaneVoltageArgs& voltages);
    void give_back(int item);
    void recycle(std::vector<std::unique_ptr<Job>> jobs);

    std::shared_ptr<const LaneBase> base_;
    const solver::LaneKernels* kernels_;
    std::unique_ptr<solver::Compensator> compensator_;
    std::unique_ptr<Pack> shared_, own_;       ///< by what their lanes take steps with; own_ is null until one does
    const std::function<int()>* next_ = nullptr;
    const std::function<Scenario(int)>* scenario_of_ = nullptr;
    const std::function<void(const LaneOutcome&)>* done_ = nullptr;

    solver::AdmittanceValues patched_;         ///< intact but while a scenario is read from it
    solver::AdmittanceElements elements_;      ///< likewise; empty until a scenario has settings of taps or shunts
    std::vector<solver::LaneBranch> branches_;
    bool nearest_ = false;
    std::vector<double> vm_low_, vm_high_;     ///< by places
    std::vector<solver::LaneBranchMask> listed_branches_;
    std::vector<solver::LanePlaceMask> listed_places_;
    std::vector<double> p_calc_, q_calc_, p_;  ///< what a control sees
    solver::VoltageState state_;
    struct Direction {
        std::vector<double> by_node;           ///< (dP, dQ)
        std::vector<double> of_references;     ///< dP
    };
    std::vector<Direction> directions_;        ///< empty: no tangents
    std::vector<Pin> pin_changed_;             ///< [n_bus] all none but while a job is made
    std::vector<std::unique_ptr<Job>> for_own_, spare_;
};

}  // namespace araz

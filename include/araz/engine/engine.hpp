// Engine: solves scenarios of one ElectricalModel. The only place where model and solver meet.
//
// One engine serves one thread; engines of the same model share its patterns. Results do not depend on
// what an engine solved before: every solve starts from the network (or from a given solution) and the
// pivot order is fixed by prime().
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "araz/engine/control.hpp"
#include "araz/engine/slack.hpp"
#include "araz/solver/fast_decoupled.hpp"
#include "araz/solver/newton.hpp"

namespace araz {

/// Fast-decoupled: B. Stott, O. Alsac 1974 (XB) and R. van Amerongen 1989 (BX), solver/fast_decoupled.hpp.
enum class Method { newton, fast_decoupled_xb, fast_decoupled_bx };

enum class Start { automatic, stored, flat, dc };

struct EngineOptions {
    double tolerance = 1e-8;
    int max_iterations = 30;   ///< Newton steps per rung and per control round
    int max_rounds = 100;      ///< control rounds
    Start start = Start::automatic;
    Method method = Method::newton;
    bool trace = true;
    /// Solves that start from a solved state try one start after it, and give up on iterations that come to nothing.
    bool few_starts = false;
    /// Makes the controls of an engine, in order. Empty: none.
    std::function<ControlList()> controls;
    /// The controls that act after a contingency; empty: the same.
    std::function<ControlList()> controls_after;
    /// Parts that outages cut off from every reference: solved with one of their own where their units can
    /// carry their load, instead of declared dark.
    bool solve_second_islands = false;
    SlackOptions slack;
};

/// The options of an engine that solves contingencies: no trace, warm starts and few others, the controls that act then.
[[nodiscard]] EngineOptions for_contingencies(EngineOptions options);

class Balance;
class Regulation;

class Engine {
public:
    Engine(ModelPtr model, EngineOptions options);
    ~Engine();
    Engine(Engine&&) noexcept;

    /// Solves by the start ladder: the first rung that solves wins.
    ///   auto, stored: stored voltages; DC angles; ten fast-decoupled sweeps from a flat start; DC angles with
    ///   capped steps; stored with capped steps. flat: flat start, then as before. dc: from the DC angles on.
    [[nodiscard]] Solution solve(const Scenario& scenario);

    /// Solves from a solved state of the same model, with the reactive limits that bind there and the other set-points
    /// restored; failing that with all set-points restored, then by the ladder (with `few_starts`: by DC angles with
    /// capped steps alone).
    [[nodiscard]] Solution solve_from(const Scenario& scenario, const Solution& warm);

    /// Fixes the pivot order at a solved base, so that contingencies may be shared among threads.
    void prime(const Solution& base);

    /// Angles and flows of the DC model; `status` is converged or singular. vm is 1 at live buses.
    [[nodiscard]] Solution solve_dc(const Scenario& scenario);

    /// Factors the Jacobian at a solution of `scenario` and solves J x = rhs: (dP, dQ) by bus in,
    /// (dva, dlnV) by bus out. False: singular.
    [[nodiscard]] bool sensitivities(const Scenario& scenario, const Solution& at, std::vector<std::vector<double>>& columns);

    /// With the settings of the scenario solved last, and its devices where they stand.
    [[nodiscard]] const ElectricalModel& model() const { return *model_; }
    [[nodiscard]] const Network& network() const { return *model_->network; }
    [[nodiscard]] const EngineOptions& options() const { return options_; }
    [[nodiscard]] long long power_flows() const { return power_flows_; }

private:
    struct Rung;
    void load(const Scenario& scenario, Solution& solution);
    void choose_model(const Settings& settings);
    void apply_outages(const Scenario& scenario, Solution& solution);
    void cut_off_lost_parts(const Scenario& scenario, Solution& solution);
    void drop_broken_dc_lines();
    void set_up_emulation();
    void start_emulation();
    void follow_emulation();
    [[nodiscard]] bool is_emulated(int generator) const;
    bool solve_dc_angles();
    solver::NewtonReport solve_by_sides(const solver::NewtonOptions& options, const std::string& phase, Solution& solution);
    void relocate_references(const Scenario& scenario, const std::vector<int>& part, Solution& solution);
    bool balance_part(const std::vector<int>& part, int which, const std::vector<unsigned char>& usable, const Solution& solution);
    void replace_lost_references(Solution& solution);
    void join_buses();
    void set_up_balance(const Scenario& scenario, Solution& solution);
    void set_up_outputs(const Solution& solution);
    void set_up_regulation();
    [[nodiscard]] double other_q(int bus) const;
    [[nodiscard]] bool follow_outputs(const Solution& solution);
    void fix_consumption(const Solution& solution);
    [[nodiscard]] solver::Border* border();
    [[nodiscard]] bool linearize();
    void solve_linearized(std::span<double> x);
    void clear_held(std::span<double> x) const;
    void report_regulation(Solution& solution) const;
    [[nodiscard]] std::vector<AreaTarget> scheduled_positions();
    void kill(int bus, Solution& solution);
    [[nodiscard]] bool is_balanced(Solution& solution) const;
    /// Whether consumption and the outputs of units that do not regulate are the same at every voltage.
    [[nodiscard]] bool is_constant() const { return model_->load.empty() && curves_.empty(); }
    void gather_supply(const Solution& solution);
    void schedule_injections(const Scenario& scenario, Solution& solution);
    void set_start(const Rung& rung, const Solution* warm, Solution& solution);
    void set_dc_angles();
    void restore_positions(Solution& solution);
    void move_devices(const Solution& solution);
    void use_model(ModelPtr model);
    bool run_rung(const Rung& rung, Solution& solution);
    SolveStatus run_controls(const Rung& rung, Solution& solution);
    solver::NewtonReport newton(const Rung& rung, const std::string& phase, Solution& solution);
    solver::NewtonReport fast_decoupled(int sweeps);
    solver::NewtonReport note(solver::NewtonReport report, const std::string& phase, Solution& solution);
    void finish(Solution& solution);
    void recover_links(Solution& solution);
    [[nodiscard]] std::vector<Rung> ladder(const Solution* warm) const;
    [[nodiscard]] ControlView view(Solution& solution, int round);
    [[nodiscard]] ControlView unsolved_view(Solution& solution);
    [[nodiscard]] solver::PowerFlowProblem problem() const;
    [[nodiscard]] Solution solve_ladder(const Scenario& scenario, const Solution* warm);

    ModelPtr given_;
    std::shared_ptr<Network> set_network_;
    std::shared_ptr<ElectricalModel> set_;  ///< with the settings of the scenario at hand; made when one has any
    ModelPtr built_;  ///< given_ or set_; model_ is this or `moved_`
    ModelPtr model_;  ///< with the devices where they stand in the solve at hand
    std::shared_ptr<Network> moved_network_;
    std::shared_ptr<ElectricalModel> moved_;  ///< made when a device first moves
    EngineOptions options_;
    solver::NewtonSolver newton_;
    std::unique_ptr<solver::FastDecoupledSolver> sweeper_;  ///< made when first needed
    ControlList controls_;

    // The solve at hand.
    solver::AdmittanceValues patched_;
    bool use_patched_ = false;
    std::vector<unsigned char> out_mask_;  ///< [n_branch] outages of the solve at hand; empty: none
    std::vector<int> part_;                ///< [n_bus] island in this scenario, -1: dead
    std::vector<solver::BusKind> kind_, start_kind_;
    std::vector<double> p_, q_, v_set_, start_p_, start_q_, start_p_load_, start_q_load_;
    std::vector<double> p_supply_, q_supply_;  ///< [nodes] what units and constant loads feed in, at the last state
    std::vector<double> emulated_q_, start_emulated_q_;  ///< [2 n_emulated] held in q_, NaN: acts elsewhere
    std::vector<signed char> emulated_side_;  ///< [n_emulated] while they are held (solve_by_sides); else empty
    std::vector<int> holder_;              ///< [n_bus] bus that holds the voltage for its units; empty: each its own
    std::vector<std::vector<int>> joined_; ///< [n_bus] buses whose units act at this holder; empty without any
    std::unique_ptr<Balance> balance_;
    std::unique_ptr<Regulation> regulation_;
    std::unique_ptr<solver::Border> both_borders_;
    std::vector<std::vector<double>> border_columns_;  ///< J^-1 of the border's columns, at the last linearisation
    solver::ReactiveCurves curves_;        ///< of the units in service
    std::vector<double> q_other_;          ///< [n_bus] Q of units in service that neither regulate nor follow the voltage
    std::vector<double> q_fixed_;          ///< [n_bus] constant consumption less that
    std::vector<AreaTarget> positions_;    ///< of the dispatch of the case; filled when first needed
    bool have_positions_ = false;
    bool dc_ = false;
    std::vector<double> gen_p_, start_gen_p_;
    std::vector<unsigned char> gen_in_;
    solver::VoltageState state_;
    long long power_flows_ = 0;
};

/// Flow of every branch at a solution, per unit; zero for branches that are out or dead.
void branch_flows(const ElectricalModel& model, const Solution& solution, std::vector<solver::BranchFlow>& flows);

}  // namespace araz

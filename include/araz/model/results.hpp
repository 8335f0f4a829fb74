// What studies answer, in file units, with the file's own labels: the shape of the JSON contract.
// io/ writes these structs, verify/ re-checks them, report/ prints them; none of them computes.
//
// Power is MW / MVAr / MVA, voltage p.u. and degrees, `loading_pct` percent of the named rating.
// `branch` and `generator` are 1-based rows of the file's own table, `bus` its own number.
// NaN means "not available" and becomes null in JSON, an empty cell in CSV.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "araz/base/finding.hpp"
#include "araz/base/status.hpp"

namespace araz {

inline constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();

/// An option as resolved: what `options{}` in a result echoes.
using OptionValue = std::variant<bool, double, std::string, std::vector<std::string>>;
using OptionMap = std::map<std::string, OptionValue>;

struct CaseInfo {
    std::string name, file, sha256, format;
    double base_mva = 100.0;
    int n_bus = 0, n_branch = 0, n_generator = 0;  ///< rows of the file
};

/// The common envelope of every result.
struct Envelope {
    std::string schema;  ///< "araz.pf/1"
    CaseInfo grid;
    OptionMap options;
    std::string status;  ///< a SolveStatus word, or "error"
    Findings findings;
};

struct BusResult {
    std::int64_t bus = 0;
    std::string name;
    int area = 0, zone = 0;
    double base_kv = 0.0;
    std::string type;  ///< "pq", "pv", "slack", "isolated", "dead"
    double vm_pu = nan_value, va_deg = nan_value;
    double vmin_pu = nan_value, vmax_pu = nan_value;
    double p_load_mw = 0.0, q_load_mvar = 0.0;
};

struct BranchResult {
    int branch = 0;
    std::int64_t from_bus = 0, to_bus = 0;
    std::string name;
    bool in_service = true;
    double p_from_mw = 0.0, q_from_mvar = 0.0, p_to_mw = 0.0, q_to_mvar = 0.0;
    double rate_mva = nan_value;     ///< rating the loading refers to; NaN without one
    double loading_pct = nan_value;  ///< 100 max(|S_from|, |S_to|) / rate
};

struct GeneratorResult {
    int generator = 0;
    std::int64_t bus = 0;
    std::string name, fuel;
    bool in_service = true;
    double p_mw = 0.0, q_mvar = 0.0;
    double q_min_mvar = nan_value, q_max_mvar = nan_value;
    double p_min_mw = nan_value, p_max_mw = nan_value;
    std::string limit = "none";  ///< "none", "q_min", "q_max"
    std::string q_mode = "voltage";
    std::int64_t regulated_bus = 0;       ///< whose voltage the unit holds; 0: none
    double available_mw = nan_value;      ///< before a curtailment limit; NaN without one
    double curtailed_mw = nan_value;      ///< what the limit takes
};

/// A DC line that takes part in the solve. Power leaves the bus into the line at each end, so the
/// receiving end is negative; losses are the sum. Of a MATPOWER dcline losses are not told apart.
struct DcLineResult {
    int dc_line = 0;  ///< 1-based row of the file's table
    std::int64_t from_bus = 0, to_bus = 0;
    std::string name;
    bool in_service = false;
    double p_from_mw = 0.0, q_from_mvar = 0.0, p_to_mw = 0.0, q_to_mvar = 0.0;
    double loss_mw = 0.0;
    double p_min_mw = nan_value, p_max_mw = nan_value;
    std::string technology = "dcline";  ///< "dcline", "lcc", "vsc"
    std::string mode = "setpoint";      ///< "ac_emulation" where that is at work
    /// Power the line is set to: at the from end of a dcline, else at the end that sends, without its no-load loss.
    double p_set_mw = nan_value;
    double angle_deg = nan_value;       ///< va_from - va_to, under emulation
    std::string p_limit = "none";       ///< limit that cuts what the angle asks for: "p_min", "p_max"
    std::string control_from = "v", control_to = "v";        ///< "v", "q", "pf"
    std::string q_limit_from = "none", q_limit_to = "none";  ///< "q_min", "q_max"
    double loss_from_mw = nan_value, loss_to_mw = nan_value, loss_line_mw = nan_value;  ///< converters and line
};

struct AreaResult {
    int area = 0;
    std::string name;
    double generation_mw = 0.0, load_mw = 0.0;
    double loss_mw = 0.0;  ///< branches with both ends in the area; a tie's loss belongs to neither side
    /// Sum over tie branches of the active power leaving the area, metered at the area's end.
    double net_export_mw = 0.0;
};

struct TieResult {
    int branch = 0;
    std::string name;
    std::int64_t from_bus = 0, to_bus = 0;
    int from_area = 0, to_area = 0;
    double p_mw = 0.0, q_mvar = 0.0;  ///< at the from end, positive from -> to
    double loading_pct = nan_value;
};

/// One limit broken in one state. `contingency` is empty for the intact grid.
/// Names are for people: a branch's own name or "6-10" after its buses; a contingency's likewise.
struct Violation {
    std::string kind;  ///< "thermal", "voltage_low", "voltage_high", "voltage_step", "q_limit", "p_limit", "unsolved"
    std::string contingency;
    std::string contingency_name;
    int branch = 0;          ///< 0: not a branch
    std::string branch_name;
    std::string side;        ///< "from", "to"
    std::int64_t bus = 0;    ///< 0: not a bus
    std::string bus_name;
    double value = nan_value, limit = nan_value;
    std::string unit;        ///< "MVA", "p.u.", "MVAr", "MW"
    double loading_pct = nan_value;
};

struct Totals {
    double generation_mw = 0.0, generation_mvar = 0.0;
    double load_mw = 0.0, load_mvar = 0.0;
    double shunt_mw = 0.0, shunt_mvar = 0.0;  ///< consumed MW, injected MVAr
    double loss_mw = 0.0;    ///< sum over branches of P_from + P_to
    double loss_mvar = 0.0;  ///< sum over branches of Q_from + Q_to (charging included)
    double dc_loss_mw = 0.0; ///< losses of DC lines
    double dc_mvar = 0.0;    ///< MVAr injected by converters
};

/// Whether the regulated buses rest where reactive limits let them: at the set-point within the limits, at
/// Qmax with the voltage not above the set-point, or at Qmin with the voltage not below it. Limits and outputs
/// are summed per bus. A bus of no regulation is not counted; the reference is, with or without limits of its own.
struct ReactiveLimitCheck {
    int buses = 0;             ///< held + pinned_q_max + pinned_q_min
    int held = 0;              ///< at the set-point
    int pinned_q_max = 0, pinned_q_min = 0;
    int beyond_limits = 0;     ///< held with Q outside its limits, or pinned with Q off its limit
    int wrong_side = 0;        ///< pinned with the voltage on the side where it could be released
    double largest_violation_mvar = 0.0;  ///< of beyond_limits
    std::int64_t largest_violation_bus = 0;
    double largest_wrong_side_pu = 0.0;   ///< |V - Vset| of wrong_side
    std::int64_t wrong_side_bus = 0;
    double tolerance_pu = nan_value;      ///< of Q and of V; NaN: not checked (DC, unsolved)
};

/// What one unit or load contributed to the active balance.
struct SlackShareResult {
    std::string kind;          ///< "generator", "load"
    int generator = 0;         ///< 0: a load
    std::int64_t bus = 0;
    std::string name;
    int island = 0;
    int area = 0;              ///< of its bus
    double scheduled_mw = 0.0; ///< output, or consumption, before
    double share_mw = 0.0;     ///< infeed added
    double weight = 0.0;       ///< over the group; 0 when it cannot move in this direction
    bool at_limit = false;
};

/// A group of participants that balances together: an island, or an area of it.
struct SlackGroupResult {
    int island = 0;
    int area = 0;              ///< 0: the whole island
    std::string name;
    std::int64_t reference_bus = 0;
    double imbalance_mw = 0.0; ///< shared, positive: more infeed
    double unmet_mw = 0.0;     ///< left open by the limits of the participants
    double scheduled_net_export_mw = nan_value, net_export_mw = nan_value;  ///< where a net position is held
};

/// Where an outer loop left a device that it moves (docs/controls.md).
struct ControlResult {
    std::string control;            ///< "svc", "phase", "taps", "shunts"
    int device = 0;                 ///< 1-based row of Case::devices
    std::string id;                 ///< the format's own identifier
    int branch = 0;                 ///< 1-based row; 0: none
    std::int64_t bus = 0;           ///< of a shunt or SVC
    std::int64_t controlled_bus = 0;
    std::string state;              ///< "in_band", "at_high", "at_low", "held", "between"
    double position = nan_value, position_before = nan_value;  ///< steps above the lower end; NaN: continuous
    double value = nan_value, value_before = nan_value;        ///< ratio, degrees or MVAr at 1 p.u.
    std::string value_unit;         ///< "p.u.", "deg", "MVAr"
    double measured = nan_value, target = nan_value, deadband = nan_value;
    std::string measured_unit;      ///< "p.u.", "MW", "A"
    std::string rule;               ///< "hold": within the band; "limit": no more than the target
};

/// One move of a device.
struct ControlActionResult {
    int action = 0;                 ///< from 1, in order
    int round = 0;
    std::string control;
    int device = 0;
    std::string id;
    std::string move;               ///< "move" (continuous stage) or "step"
    double value_before = nan_value, value = nan_value;
    std::string value_unit;
};

struct IterationResult {
    int iteration = 0;
    double mismatch_pu = nan_value;
    std::int64_t worst_bus = 0;
    std::string worst_bus_name;
    std::string equation;  ///< "P" or "Q"
    double step_pu = nan_value;
    std::string phase;     ///< start rung or control round it belongs to
};

struct MismatchResult {
    std::int64_t bus = 0;
    std::string name;
    double p_mw = 0.0, q_mvar = 0.0;
    std::vector<std::string> neighbours;  ///< "5 (Baku) over branch 3"
};

struct IslandResult {
    int island = 0;
    int n_bus = 0;
    std::int64_t reference_bus = 0;
    double load_mw = 0.0, generation_mw = 0.0;
    bool energised = true;
};

/// Data near the failure that a check has something to say about.
struct SuspectResult {
    std::string severity, code, element, message;
    std::string file;
    int line = 0, column = 0;  ///< 0: not known
};

/// The same case solved with one thing changed.
struct ProbeResult {
    std::string probe;    ///< what was changed, in words
    std::string status;   ///< a SolveStatus word
    bool solved = false;
    double scale_load = 1.0;  ///< factor on all loads and outputs
    std::string command;  ///< repeats it; empty where no option does
};

/// What a failed solve leaves for the engineer.
struct Diagnosis {
    std::string kind;     ///< "bad_data", "no_solution_nearby", "controls_cycling", "bad_start"; empty: solved
    std::string summary;  ///< one sentence with the evidence for it
    std::vector<MismatchResult> worst;  ///< ten largest mismatches, worst first
    std::vector<IslandResult> islands;
    std::vector<std::string> tried;     ///< rungs of the start ladder, in order, with their outcome
    std::int64_t weakest_bus = 0;  ///< of the smallest pivot, or of the fastest fall of voltage at largest_scale_load; 0: not known
    std::string weakest_bus_name;
    std::vector<std::string> cycling;   ///< "reactive_limits: pin q_max at bus 5, 12 times"
    std::vector<SuspectResult> suspects;
    std::vector<ProbeResult> probes;
    double largest_scale_load = nan_value;  ///< of load and generation that solves; NaN: not probed or none
    std::string command;  ///< repeats the best state reached; empty: none was
};

struct PfResult {
    Envelope envelope;
    SolveStatus status = SolveStatus::no_solution_found;
    bool dc = false;
    int iterations = 0;
    double max_mismatch_pu = nan_value;
    std::string start;  ///< the rung that solved: "stored", "flat", "dc", "dc+step-cap"
    Totals totals;
    std::vector<AreaResult> areas;
    std::vector<TieResult> ties;
    std::vector<BusResult> buses;
    std::vector<BranchResult> branches;
    std::vector<GeneratorResult> generators;
    ReactiveLimitCheck reactive_limits;
    std::vector<DcLineResult> dc_lines;
    std::vector<SlackGroupResult> slack_groups;  ///< empty when the reference alone balances
    std::vector<SlackShareResult> slack_shares;
    std::vector<ControlResult> controls;  ///< devices that controls may move; empty without any
    std::vector<ControlActionResult> control_actions;
    std::vector<Violation> violations;
    std::vector<IterationResult> trace;
    Diagnosis diagnosis;  ///< filled when status is not solved
};

/// A part of the grid that a contingency cuts off from the part with the reference.
struct CutOffPart {
    std::string state;                ///< "solved": it lives on with a reference of its own; "dark"
    std::int64_t reference_bus = 0;   ///< of a part that lives on
    int buses = 0;
    std::int64_t first_bus = 0;       ///< its first bus in the file's order
    double load_mw = 0.0, generation_mw = 0.0;  ///< before the contingency
};

struct ContingencyResult {
    std::string contingency;          ///< branch row as text for a single branch outage
    std::string name;                 ///< for people: "6-10", or what the contingency file calls it
    std::vector<std::string> outage;  ///< elements out, e.g. {"branch 12"}
    SolveStatus status = SolveStatus::no_solution_found;
    /// How the part that stays with the slack was solved when `status` is islanded.
    SolveStatus main_island = SolveStatus::no_solution_found;
    std::string reason;               ///< of a failure that has one beyond the status
    int iterations = 0;
    double max_mismatch_pu = nan_value;
    double max_loading_pct = nan_value;
    int max_loading_branch = 0;
    std::string max_loading_branch_name;
    double min_vm_pu = nan_value, max_vm_pu = nan_value;
    std::int64_t min_vm_bus = 0, max_vm_bus = 0;
    double loss_mw = nan_value;
    double lost_load_mw = 0.0, lost_generation_mw = 0.0;
    int lost_buses = 0;
    std::int64_t reference_bus = 0;   ///< bus that took over for a lost reference, 0: none had to
    std::vector<CutOffPart> parts;    ///< cut off, in the order of their first buses
    std::vector<Violation> violations;
};

/// What a linear estimate would have left out of a contingency analysis.
struct N1Screen {
    double threshold_pct = nan_value;        ///< NaN: nothing was screened
    int screened = 0;                        ///< contingencies estimated below the threshold
    bool audited = false;                    ///< whether they were solved all the same
    std::vector<std::string> contingencies;  ///< their labels
    std::vector<Violation> missed;           ///< limits that they break nevertheless; audited only
    std::vector<std::string> missed_unsolved;///< those of them without a solution; audited only
};

struct N1Summary {
    int solved = 0, islanding = 0, unsolved = 0, with_violations = 0;
    /// Worst loading over all solved contingencies; branch 0 when nothing is rated.
    std::string worst_contingency;
    int worst_branch = 0;
    double worst_loading_pct = nan_value;
    std::string lowest_vm_contingency;
    std::int64_t lowest_vm_bus = 0;
    double lowest_vm_pu = nan_value;
};

struct N1Result {
    Envelope envelope;
    PfResult base;
    std::vector<ContingencyResult> contingencies;
    N1Summary summary;
    N1Screen screen;
};

/// What stops a transfer. `cause` is a word of the contract.
struct TransferLimit {
    std::string cause = "none_up_to_max";
    int branch = 0;
    std::string branch_name;
    std::string side;
    std::int64_t bus = 0;
    std::string bus_name;
    int dc_line = 0;          ///< row of the DC line that cannot carry more; 0: none
    std::string contingency;  ///< empty: the intact grid
    std::string contingency_name;
    std::string rating;       ///< of a thermal limit: "A", "B", "C", "1.1xA"
    double value = nan_value, limit = nan_value;
    std::string unit;
};

/// What a unit gives, a DC line carries, a load takes and a bus shows at one end of the bracket.
struct EndStateGenerator {
    int generator = 0;  ///< 1-based row
    double p_mw = 0.0;
};
struct EndStateDcLine {
    int dc_line = 0;  ///< 1-based row
    double p_from_mw = 0.0;  ///< what it is set to: at the from end of a dcline, else at the end that sends
};
struct EndStateLoad {
    std::int64_t bus = 0;
    double p_mw = 0.0, q_mvar = 0.0;
};
struct EndStateBus {
    std::int64_t bus = 0;
    double vm_pu = nan_value, va_deg = nan_value;
};

/// The intact grid at one shift: enough to solve it again with any tool. Without buses where the state
/// has no solution.
struct EndState {
    double shift_mw = nan_value;  ///< NaN: the search has no such end
    std::vector<EndStateGenerator> generators;  ///< every unit in service
    std::vector<EndStateDcLine> dc_lines;       ///< every DC line that takes part
    std::vector<EndStateLoad> loads;            ///< where it differs from the case
    std::vector<EndStateBus> buses;
};

struct EndStates {
    EndState secure, insecure;
    EndState intact_secure, intact_insecure;  ///< of the search without contingencies
};

/// A contingency that the case's rows do not name by themselves.
struct ListedContingency {
    std::string contingency;
    std::vector<std::string> outage;  ///< {"branch 12", "generator 3"}
};

struct Certificate {
    double secure_mw = nan_value, insecure_mw = nan_value;  ///< shift from the base
    double tolerance_mw = nan_value;
    int contingencies_solved = 0;
    std::vector<std::string> contingencies_excluded;  ///< "12: splits the network", ...
    int contingencies_unsolved = 0;
    double max_mismatch_pu = nan_value;
    double worst_loading_pct = nan_value;
    std::string worst_pair;  ///< "branch 10 after contingency 27"
    std::string verified_by;
    Violation violation;     ///< what is broken at insecure_mw
    std::vector<ListedContingency> listed;  ///< contingencies of a file
    EndStates end_states;
};

struct Limiter {
    TransferLimit limit;
    double loading_pct = nan_value;         ///< at secure_mw
    double sensitivity_pct_per_mw = nan_value;
    double predicted_mw = nan_value;        ///< shift at which it would bind, linear from secure_mw
    double mw_per_mva = nan_value;          ///< transfer that one more MVA of its rating buys; NaN: no rating
};

/// A stretch of shifts above the limit at which every level looked at is secure again.
struct SecureWindow {
    double from_mw = 0.0, to_mw = 0.0;
};

/// What one remedial action does to a direction.
struct RemedialResult {
    std::string action;   ///< label in the file
    std::string name;
    std::string status;   ///< "converged" or why there is no answer
    double delta_e_mw = nan_value;
    double gain_mw = nan_value;  ///< change of TTC
    TransferLimit limit;
};

/// Value of one variant in one direction: put in at the reference (PINT), taken out of all (TOOT).
struct ReinforcementResult {
    std::string variant;
    std::string from, to;
    std::string status;
    double ttc_reference_mw = nan_value, ttc_with_mw = nan_value, pint_mw = nan_value;
    double ttc_all_mw = nan_value, ttc_without_mw = nan_value, toot_mw = nan_value;
    TransferLimit limit;  ///< with the variant put in
};

struct TransferStep {
    double delta_mw = 0.0;
    bool secure = false;
    std::string worst_pair;
    double worst_loading_pct = nan_value;
    double min_vm_pu = nan_value;
    double net_export_mw = nan_value;
    double loss_mw = nan_value;
    int power_flows = 0;
};

struct GeneratorShift {
    int generator = 0;
    std::int64_t bus = 0;
    std::string name, fuel;
    std::string side;  ///< "source", "sink"
    double base_mw = 0.0, shifted_mw = 0.0, p_min_mw = nan_value, p_max_mw = nan_value;
};

struct DirectionResult {
    std::string from, to;
    std::string exchange;  ///< "net", "scheduled"
    std::string status;    ///< "converged" or why there is no answer
    double base_exchange_mw = nan_value;
    double delta_e_mw = nan_value;
    double ttc_mw = nan_value, trm_mw = nan_value, ntc_mw = nan_value;
    double aac_mw = nan_value, atc_mw = nan_value;
    double ttc_intact_mw = nan_value;
    double max_shift_mw = nan_value;  ///< what the shift keys could give at most
    double fcitc_mw = nan_value, fcttc_mw = nan_value, nitc_mw = nan_value;  ///< the same by NERC's names
    double window_from_mw = nan_value;       ///< where the secure window begins; 0 for a secure base
    double relief_mw_per_mva = nan_value;    ///< transfer that one more MVA of the binding rating buys
    double relief_next_mw = nan_value;       ///< where the next other element binds, linear
    TransferLimit limit, intact_limit;
    Certificate certificate;
    std::vector<Limiter> limiters;
    std::vector<TransferStep> steps;
    std::vector<GeneratorShift> shifts;
    std::vector<TieResult> ties;               ///< at secure_mw
    std::vector<Violation> base_violations;    ///< listed whatever the policy
    std::vector<SecureWindow> secure_again;    ///< above the limit, as far as the audit looked
    std::vector<RemedialResult> remedial;
    int power_flows = 0;
};

struct CapacityResult {
    Envelope envelope;
    PfResult base;  ///< the solved base; its diagnosis when that failed
    std::vector<DirectionResult> directions;
    std::vector<ReinforcementResult> reinforcements;
    std::vector<ControlResult> controls;  ///< where controls left devices at the base; they stay there at every shift
    std::vector<ControlActionResult> control_actions;
};

}  // namespace araz

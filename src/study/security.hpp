// Security of one exchange: the intact grid and every contingency, against limits that the base-insecure
// policy may have widened.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <vector>

#include "araz/study/capacity.hpp"
#include "state_reader.hpp"

namespace araz {

/// What a check of one exchange found.
struct SecurityReport {
    bool secure = false;
    bool unsolved = false;           ///< some state had no solution
    int unsolved_contingency = intact_grid;
    PairReading worst;               ///< largest severity; index -1 when nothing is watched
    double worst_loading = 0.0;      ///< largest thermal value / rating
    Pair worst_loading_pair;
    double min_vm = std::numeric_limits<double>::infinity();
    double max_mismatch = 0.0;
    int solved = 0;                  ///< contingencies
    std::vector<PairReading> top;    ///< a few per state: the most severe, or, with tangents, the first to bind
    std::vector<double> severity_of; ///< [n_contingency] largest severity after each; -inf: not checked
    std::vector<double> predicted_of;///< [n_contingency] smallest predicted shift; infinite without a tangent
    double predicted = std::numeric_limits<double>::infinity();  ///< smallest of all states
    double focus_severity = std::numeric_limits<double>::quiet_NaN();  ///< of the pair asked for
    std::vector<PairReading> violated;   ///< every violated reading, in order of contingency
    std::vector<int> unsolved_contingencies;
    ExchangePoint point;
};

/// Exchanges of one study, and what its contingencies look like before any shift: the same states for all of them, each with a
/// tangent of its own. Whoever asks first has them solved. Used by one thread.
class SharedBase {
public:
    explicit SharedBase(std::vector<const Exchange*> exchanges) : exchanges_(std::move(exchanges)) {}

private:
    friend class SecurityCheck;
    std::vector<const Exchange*> exchanges_;
    bool solved_ = false;
    ExchangePoint point_;
    std::vector<int> contingencies_;
    std::vector<std::vector<CheckedState>> states_;  ///< by exchange
};

class SecurityCheck {
public:
    /// `shared` may be null; it outlives this.
    SecurityCheck(const StudySetup& setup, const std::vector<Contingency>& contingencies, const Exchange& exchange,
                  const Solution& base, SharedBase* shared = nullptr);
    ~SecurityCheck();
    SecurityCheck(const SecurityCheck&) = delete;
    SecurityCheck& operator=(const SecurityCheck&) = delete;

    /// Solves and reads the intact grid and these contingencies. With `tangents`, every reading also
    /// says at which shift its linearization meets the limit: one more back-substitution per state.
    /// The severity of `focus`, when given, is reported apart.
    [[nodiscard]] SecurityReport check(double shift, const std::vector<int>& contingencies, bool tangents,
                                       const Pair& focus = {});

    /// Checks the base and sets limits by the policy. Returns what was violated or unsolved there.
    SecurityReport settle_base(BaseInsecure policy, std::vector<Violation>& violations,
                               std::vector<std::string>& excluded);

    /// These readings once more from states and tangents of the scalar engine, those of lanes being good to single precision.
    [[nodiscard]] std::vector<PairReading> read_exactly(const ExchangePoint& point, std::vector<PairReading> readings);

    [[nodiscard]] Violation describe(const PairReading& reading) const;
    [[nodiscard]] std::string describe_pair(const Pair& pair) const;
    [[nodiscard]] std::string rating_name(bool intact) const {
        return to_string(intact ? setup_->monitor.rating_base : setup_->monitor.rating_contingency);
    }
    [[nodiscard]] const std::vector<int>& monitored() const { return monitored_; }
    [[nodiscard]] const std::vector<Contingency>& contingencies() const { return *contingencies_; }
    [[nodiscard]] long long power_flows() const { return power_flows_; }
    [[nodiscard]] Engine& engine();

private:
    struct Worker;  // engine and reader of one thread
    /// States by exchange along which their tangents were asked for (one list, without tangents, if none was), then by
    /// contingency.
    using States = std::vector<std::vector<CheckedState>>;
    using Along = std::span<const Exchange* const>;
    template <class Take>
    void read_state(Worker& worker, int contingency, const Scenario& scenario, const Solution& solution, const Solution* intact,
                    Along along, const ReadingRules& rules, const Take& take) const;
    [[nodiscard]] CheckedState read_intact(const ExchangePoint& point, bool tangents, const ReadingRules& rules);
    void solve_and_read(Worker& worker, const std::vector<int>& contingencies, int item, const Scenario& after,
                        const ExchangePoint& point, Along along, const ReadingRules& rules, States& states);
    [[nodiscard]] Worker& worker_of(int thread);
    void check_one_by_one(const std::vector<int>& contingencies, const Scenario& after, const ExchangePoint& point, Along along,
                          const ReadingRules& rules, States& states);
    /// What the lanes list, and what must be read beside it because its limit is not the same in every state.
    struct LaneReading {
        LaneLimits limits;
        std::vector<int> branches, buses;  ///< ascending
        bool whole = false;                ///< every reading of every state, as for voltage steps
    };
    [[nodiscard]] LaneReading lane_reading(const Pair& focus) const;
    [[nodiscard]] bool check_in_lanes(const std::vector<int>& contingencies, const Scenario& after, const ExchangePoint& point,
                                      Along along, const ReadingRules& rules, States& states);
    [[nodiscard]] SecurityReport empty_report() const;
    [[nodiscard]] States check_after(const std::vector<int>& contingencies, const ExchangePoint& point, Along along,
                                     const ReadingRules& rules);
    [[nodiscard]] SecurityReport check_base(std::vector<CheckedState>& states);
    [[nodiscard]] std::vector<CheckedState> base_states(const ExchangePoint& point, const ReadingRules& rules);
    [[nodiscard]] bool solve_point(double shift, SecurityReport& report);
    void check_relaxed(const std::vector<CheckedState>& before, SecurityReport& report);
    void conclude(SecurityReport& report);
    void merge(const CheckedState& state, SecurityReport& report) const;

    const StudySetup* setup_;
    const std::vector<Contingency>* contingencies_;
    const Exchange* exchange_;
    const Solution* base_;
    SharedBase* shared_;
    std::vector<int> monitored_;              ///< indices of contingencies that count
    std::map<Pair, double> relaxed_;          ///< limit of a pair by the no-worse policy, p.u.; NaN: dropped
    ExchangePoint last_secure_;                    ///< warm start of the next exchange
    std::vector<std::unique_ptr<Worker>> workers_;  ///< one slot per thread, filled by the thread itself
    std::shared_ptr<const LaneBase> lanes_;   ///< of the last exchange checked in lanes: its elimination program serves the next
    bool no_lanes_ = false;                   ///< this study is not for lanes
    std::atomic<long long> power_flows_{0};
};

}  // namespace araz

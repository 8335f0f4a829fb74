// Security of one exchange: the intact grid and every contingency, against limits that the base-insecure
// policy may have widened.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "araz/study/capacity.hpp"

namespace araz {

inline constexpr int intact_grid = -1;  ///< contingency index of the intact state

/// One watched quantity after one contingency.
struct Pair {
    int contingency = intact_grid;
    Watch watch = Watch::thermal;
    int index = -1;
    auto operator<=>(const Pair&) const = default;
};

/// A reading in its pair, against the limit that counts.
struct PairReading {
    Pair pair;
    Reading reading;
    double severity = 0.0;  ///< above 1: violated
};

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
    std::vector<PairReading> top;    ///< most severe readings, worst first, at most `keep` per state
    std::vector<double> severity_of; ///< [n_contingency] largest severity after each; -inf: not checked
    ExchangePoint point;
};

class SecurityCheck {
public:
    SecurityCheck(const StudySetup& setup, const std::vector<Contingency>& contingencies, const Exchange& exchange,
                  const Solution& base);
    ~SecurityCheck();
    SecurityCheck(const SecurityCheck&) = delete;
    SecurityCheck& operator=(const SecurityCheck&) = delete;

    /// Solves and reads the states named (all: every contingency that is monitored).
    [[nodiscard]] SecurityReport check(double shift, bool with_contingencies);
    /// Intact grid and these contingencies only.
    [[nodiscard]] SecurityReport check_some(double shift, const std::vector<int>& contingencies);

    /// Checks the base and sets limits by the policy. Returns what was violated or unsolved there.
    SecurityReport settle_base(BaseInsecure policy, std::vector<Violation>& violations,
                               std::vector<std::string>& excluded);

    [[nodiscard]] Violation describe(const PairReading& reading) const;
    [[nodiscard]] std::string describe_pair(const Pair& pair) const;
    [[nodiscard]] const std::vector<int>& monitored() const { return monitored_; }
    [[nodiscard]] const std::vector<Contingency>& contingencies() const { return *contingencies_; }
    [[nodiscard]] long long power_flows() const { return power_flows_; }
    [[nodiscard]] Engine& engine() { return engine_; }

private:
    struct State;   // readings of one solved state
    struct Worker;  // engine and monitor of one thread
    [[nodiscard]] State read_state(Monitor& monitor, int contingency, const Solution& solution) const;
    [[nodiscard]] double severity(const Pair& pair, const Reading& reading) const;
    void merge(const State& state, SecurityReport& report) const;

    const StudySetup* setup_;
    const std::vector<Contingency>* contingencies_;
    const Exchange* exchange_;
    const Solution* base_;
    Engine engine_;
    Monitor monitor_;
    std::vector<int> monitored_;              ///< indices of contingencies that count
    std::map<Pair, double> relaxed_;          ///< limit of a pair by the no-worse policy, p.u.; NaN: dropped
    Solution last_secure_;                    ///< warm start of the next exchange
    std::vector<std::unique_ptr<Worker>> workers_;  ///< one slot per thread, filled by the thread itself
    long long power_flows_ = 0;
};

}  // namespace araz

// Reads one solved state for the security check: what is worst, what is violated and, along a tangent, what
// binds first. States come from the scalar engine or from a lane; both are read by the same code.
#pragma once

#include <limits>
#include <map>
#include <span>
#include <vector>

#include "araz/engine/lane_sweep.hpp"
#include "araz/study/monitor.hpp"

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
    /// Shift at which the linearized reading meets its limit, p.u.; infinite when it never does, NaN when
    /// no tangent was taken.
    double predicted = std::numeric_limits<double>::quiet_NaN();
    double slope = std::numeric_limits<double>::quiet_NaN();  ///< of the severity, per p.u. of shift; NaN likewise
};

/// What is kept of one state.
struct CheckedState {
    int contingency = intact_grid;
    bool solved = false;
    double mismatch = 0.0;
    double min_vm = std::numeric_limits<double>::infinity();
    double worst_loading = 0.0;
    int worst_loading_branch = -1;
    PairReading worst;
    double predicted = std::numeric_limits<double>::infinity();
    double focus_severity = nan_value;
    std::vector<PairReading> top, violated;
};

/// What a reading is judged by beside the state itself.
struct ReadingRules {
    const std::map<Pair, double>* relaxed = nullptr;  ///< limits of pairs by the base-insecure policy, p.u.; NaN: not watched
    Pair focus;                                       ///< its severity is reported apart
    double shift = 0.0;                               ///< p.u., where the state is
};

/// Smallest shift > 0 (p.u.) at which |s + E ds| = limit; 0 when it is met already and grows, infinite when never. The
/// complex flow moves on a line, so that a reversing flow is seen for what it is; the slope of its magnitude
/// alone would miss it.
[[nodiscard]] double crossing(double p, double q, double dp, double dq, double limit);

/// One thread's reader.
class StateReader {
public:
    StateReader(ModelPtr model, const MonitorOptions& options);

    /// A state of the scalar engine; `tangent` (dva, dlnV) by bus per p.u. of shift, or empty.
    void load(const Solution& solution, std::span<const double> tangent);
    /// A state of a lane, with its tangent when the sweep has a direction.
    void load(const LaneOutcome& outcome, std::span<const int> branches_out);

    /// Reads of the state loaded last, after a contingency, only these branches and buses, both ascending.
    [[nodiscard]] CheckedState read_listed(int contingency, std::span<const int> branches, std::span<const int> buses,
                                           double lowest_vm, const ReadingRules& rules);

    /// Reads the state loaded last. `intact`: the state before the contingency; null for the intact grid itself.
    [[nodiscard]] CheckedState read(int contingency, const Solution* intact, const ReadingRules& rules);

private:
    struct Watched {
        int branch, from, to;
        bool is_link;
        double limit_intact, limit_after;
        solver::BranchAdmittance y;
    };
    struct Flow {
        double p_from, q_from, p_to, q_to;
    };
    class Collector;
    void take_phasor(int bus, double vm, double va, double dva, double dlnv);
    [[nodiscard]] Flow flow_of(const Watched& branch) const;
    [[nodiscard]] Flow change_of(const Watched& branch) const;
    void read_branch(const Watched& branch, double rated, Collector& out) const;
    void read_bands(int bus, Collector& out) const;
    void read_voltage(Watch watch, int bus, double value, double limit, double slope, Collector& out) const;
    void read_buses(const Solution* intact, Collector& out) const;

    ModelPtr model_;
    MonitorOptions options_;
    std::vector<Watched> watched_;
    std::vector<int> watched_of_;                        ///< [n_branch] place in watched_; -1
    std::vector<double> vm_, e_, f_, d_vm_, d_e_, d_f_;  ///< [n_bus]; vm 0: dead
    std::vector<unsigned char> out_;                     ///< [n_branch]
    std::vector<int> marked_;                            ///< branches set in out_
    std::vector<solver::BranchFlow> link_flows_;         ///< [n_branch], of networks with links
    bool has_tangent_ = false;
    double mismatch_ = 0.0;
};

}  // namespace araz

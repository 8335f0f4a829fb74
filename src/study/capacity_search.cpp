#include "capacity_search.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace araz {

namespace {

constexpr std::size_t most_severe_kept = 12;  // suspects by severity
constexpr std::size_t first_binding_kept = 24;  // suspects by prediction, at least
constexpr double near_prediction = 1.5;       // and all that would bind within this factor of the first
constexpr double overshoot = 1.1;             // suspects beyond the largest shift by less than this still count
// Where the suspects are looked at on the way up, as shares of the distance to the prediction. Predictions are mostly good to a
// few per cent, so two levels lie close around it; past the last one the distance doubles.
constexpr std::array climb_levels{0.5, 0.97, 1.03, 1.1, 1.3, 1.6, 2.0};
constexpr int repair_levels = 4;              // equally spaced, between a verified end and an insecure one far above
constexpr int max_refinements = 60;
constexpr int max_repairs = 50;

class Search {
public:
    Search(SecurityCheck& security, const SecurityReport& at_start, const SearchOptions& options, double base_mva)
        : security_(security), options_(options), base_mva_(base_mva) {
        result_.at_secure = at_start;
        result_.secure = options.from_shift;
        learn(at_start);
    }

    SearchResult run() {
        for (int repair = 0; repair < max_repairs; ++repair) {
            if (std::isnan(result_.insecure)) climb();
            else narrow_ladder();
            if (!std::isnan(result_.insecure)) narrow();
            if (confirm(low_) && audit()) break;
        }
        return std::move(result_);
    }

private:
    [[nodiscard]] const std::vector<int>& suspects() const {
        static const std::vector<int> none;
        return options_.with_contingencies ? suspects_ : none;
    }

    void suspect(int contingency) {
        const auto& monitored = security_.monitored();
        if (!std::binary_search(monitored.begin(), monitored.end(), contingency)) return;
        const auto at = std::lower_bound(suspects_.begin(), suspects_.end(), contingency);
        if (at == suspects_.end() || *at != contingency) suspects_.insert(at, contingency);
    }

    // The most severe and the first to bind of a full check.
    void learn(const SecurityReport& report) {
        const auto rank = [&](auto key, auto enough) {
            std::vector<std::pair<double, int>> ranked;
            for (const int c : security_.monitored()) ranked.emplace_back(key(c), c);
            std::stable_sort(ranked.begin(), ranked.end());
            for (std::size_t k = 0; k < ranked.size() && !enough(k, ranked[k].first); ++k) suspect(ranked[k].second);
        };
        rank([&](int c) { return -report.severity_of[c]; },
             [](std::size_t k, double) { return k >= most_severe_kept; });
        // What binds beyond the largest shift is no suspect, but for the first few.
        const double reach = std::min(overshoot * options_.max_shift,
                                      result_.secure + near_prediction * (report.predicted - result_.secure));
        rank([&](int c) { return report.predicted_of[c]; },
             [&](std::size_t k, double value) { return !std::isfinite(value) || (k >= first_binding_kept && value > reach); });
        predicted_ = report.predicted;
    }

    SecurityReport probe(double shift) {
        SecurityReport report = security_.check(shift, suspects(), false, focus_);
        record(report, shift, static_cast<int>(suspects().size()));
        return report;
    }

    // Whether the keys reach a shift takes the intact grid alone; the full check at the end covers the rest.
    SecurityReport probe_keys(double shift) {
        SecurityReport report = security_.check(shift, {}, false, focus_);
        record(report, shift, 0);
        return report;
    }

    [[nodiscard]] bool keys_ended() const { return result_.source_exhausted || result_.sink_exhausted; }

    void record(const SecurityReport& report, double shift, int contingencies) {
        TransferStep step;
        step.delta_mw = shift * base_mva_;
        step.secure = report.secure;
        step.power_flows = contingencies + 1;
        step.worst_pair = report.unsolved ? "no solution" : security_.describe_pair(report.worst.pair);
        if (report.point.status == PointStatus::source_exhausted) step.worst_pair = "source exhausted";
        if (report.point.status == PointStatus::sink_exhausted) step.worst_pair = "sink exhausted";
        if (report.worst_loading > 0.0) step.worst_loading_pct = 100.0 * report.worst_loading;
        if (std::isfinite(report.min_vm)) step.min_vm_pu = report.min_vm;
        if (report.point.status == PointStatus::ok) {
            step.net_export_mw = report.point.net_export * base_mva_;
            step.loss_mw = report.point.loss * base_mva_;
        }
        result_.steps.push_back(step);
    }

    void take_insecure(const SecurityReport& report, double shift) {
        result_.source_exhausted = report.point.status == PointStatus::source_exhausted;
        result_.sink_exhausted = report.point.status == PointStatus::sink_exhausted;
        if (report.unsolved) suspect(report.unsolved_contingency);
        else if (report.point.status == PointStatus::ok) suspect(report.worst.pair.contingency);
        const Pair violated = report.unsolved ? Pair{} : report.worst.pair;
        if (violated != focus_) low_margin_ = nan_value;  // the margin known below is another pair's
        focus_ = violated;
        result_.insecure = shift;
        result_.at_insecure = report;
    }

    // Looks at the suspects at a shift above the verified one. True: all secure.
    bool climb_to(double shift) {
        const SecurityReport report = probe(shift);
        if (!report.secure) {
            take_insecure(report, shift);
            return false;
        }
        low_ = shift;
        low_margin_ = report.focus_severity - 1.0;
        return true;
    }

    // Towards the prediction and past it until the suspects fail or the keys end.
    void climb() {
        low_ = result_.secure;
        low_margin_ = nan_value;
        const double bottom = low_;
        double distance = predicted_ - bottom;
        if (!std::isfinite(distance)) distance = options_.max_shift - bottom;
        distance = std::max(distance, 4.0 * options_.resolution);
        for (std::size_t k = 0; low_ < options_.max_shift; ++k) {
            const double level = k < climb_levels.size() ? climb_levels[k] : std::ldexp(2.0, static_cast<int>(k - climb_levels.size()) + 1);
            if (!climb_to(std::min(options_.max_shift, bottom + level * distance))) return;
        }
    }

    // After a repair: the verified end and the insecure end are far apart again.
    void narrow_ladder() {
        low_ = result_.secure;
        low_margin_ = nan_value;
        const double bottom = low_;
        const double top = result_.insecure;
        for (int k = 1; k <= repair_levels; ++k)
            if (!climb_to(k == repair_levels ? top : bottom + (top - bottom) * k / repair_levels)) return;
    }

    // Illinois variant of regula falsi on the severity of the pair that is violated at the insecure end;
    // bisection every fourth time and where there is no number (M. Dowell, P. Jarratt, "A modified regula
    // falsi method for computing the root of an equation", BIT 11, 1971).
    void narrow() {
        double high_margin = margin_of_violation();
        double low_weight = 1.0;
        double high_weight = 1.0;
        for (int k = 0; k < max_refinements && result_.insecure - low_ > options_.resolution; ++k) {
            const double width = result_.insecure - low_;
            const double low_margin = low_weight * low_margin_;
            double shift = low_ + 0.5 * width;
            if (high_margin > 0.0 && low_margin < 0.0 && k % 4 != 3) {
                // Aim a quarter of the resolution to the side that still has to move.
                const double nudge = 0.25 * options_.resolution;
                shift = low_ + width * low_margin / (low_margin - high_weight * high_margin);
                shift = std::clamp(shift + (low_weight < 1.0 ? -nudge : nudge), low_ + nudge, result_.insecure - nudge);
            }
            const SecurityReport report = keys_ended() ? probe_keys(shift) : probe(shift);
            if (report.secure) {
                low_ = shift;
                low_margin_ = report.focus_severity - 1.0;
                high_weight = low_weight == 1.0 ? 0.5 * high_weight : 1.0;
                low_weight = 1.0;
            } else {
                take_insecure(report, shift);
                high_margin = margin_of_violation();
                low_weight = high_weight == 1.0 ? 0.5 * low_weight : 1.0;
                high_weight = 1.0;
            }
        }
    }

    // NaN without a number (no solution, exhausted key).
    [[nodiscard]] double margin_of_violation() const {
        const SecurityReport& report = result_.at_insecure;
        return report.unsolved || report.point.status != PointStatus::ok ? nan_value : report.worst.severity - 1.0;
    }

    // Checks every monitored contingency at a shift. True: secure, and then it is the verified end.
    bool confirm(double shift) {
        if (shift == result_.secure && !result_.steps.empty() && shift > options_.from_shift) return true;
        if (shift <= options_.from_shift) return true;  // checked before the search
        const SecurityReport report = security_.check(
            shift, options_.with_contingencies ? security_.monitored() : std::vector<int>{}, options_.tangents_at_end);
        ++result_.full_checks;
        record(report, shift, options_.with_contingencies ? static_cast<int>(security_.monitored().size()) : 0);
        if (!report.secure) {
            take_insecure(report, shift);
            learn(report);
            return false;
        }
        result_.secure = shift;
        result_.at_secure = report;
        learn(report);
        return true;
    }

    // Full checks at levels below the limit: a hole there would make it the wrong exit. True: none found.
    bool audit() {
        const double top = result_.secure;
        const SecurityReport at_top = result_.at_secure;
        const auto level = [&](int k) {
            return options_.from_shift + (top - options_.from_shift) * k / (options_.audit_levels + 1);
        };
        for (int k = 1; k <= options_.audit_levels; ++k) {
            result_.secure = options_.from_shift;
            if (!confirm(level(k))) {
                result_.secure = level(k - 1);  // start again from the last level that held
                return false;
            }
        }
        result_.secure = top;
        result_.at_secure = at_top;
        return true;
    }

    SecurityCheck& security_;
    SearchOptions options_;
    double base_mva_;
    SearchResult result_;
    std::vector<int> suspects_;  ///< ascending
    double predicted_ = std::numeric_limits<double>::infinity();
    double low_ = 0.0;           ///< secure for the suspects
    double low_margin_ = nan_value;  ///< severity - 1 of `focus_` there
    Pair focus_;                 ///< violated at the insecure end
};

}  // namespace

SearchResult search_first_exit(SecurityCheck& security, const SecurityReport& at_start, const SearchOptions& options,
                               double base_mva) {
    return Search(security, at_start, options, base_mva).run();
}

SecureEntry search_entry(SecurityCheck& security, double max_shift, double resolution, int levels) {
    SecureEntry entry;
    double insecure = 0.0;
    for (int k = 1; k <= levels; ++k) {
        const double shift = max_shift * k / levels;
        SecurityReport report = security.check(shift, security.monitored(), true);
        if (!report.secure) {
            insecure = shift;
            continue;
        }
        entry = {shift, std::move(report)};
        break;
    }
    while (!std::isnan(entry.shift) && entry.shift - insecure > resolution) {
        const double middle = 0.5 * (insecure + entry.shift);
        SecurityReport report = security.check(middle, security.monitored(), true);
        if (report.secure) entry = {middle, std::move(report)};
        else insecure = middle;
    }
    return entry;
}

std::vector<SecureStretch> secure_again(SecurityCheck& security, double insecure, double max_shift, int levels) {
    std::vector<SecureStretch> out;
    bool before = false;
    for (int k = 1; k <= levels; ++k) {
        const double shift = insecure + (max_shift - insecure) * k / levels;
        const bool secure = security.check(shift, security.monitored(), false).secure;
        if (secure && !before) out.push_back({shift, shift});
        if (secure) out.back().to = shift;
        before = secure;
    }
    return out;
}

}  // namespace araz

#include "capacity_search.hpp"

#include <algorithm>
#include <cmath>

namespace araz {

namespace {

constexpr std::size_t suspects_kept = 12;
constexpr int nested_levels = 5;
constexpr int max_refinements = 60;

class Search {
public:
    Search(SecurityCheck& security, const SecurityReport& at_zero, const SearchOptions& options, double base_mva)
        : security_(security), options_(options), base_mva_(base_mva) {
        result_.at_secure = at_zero;
        learn(at_zero);
    }

    SearchResult run() {
        climb(options_.max_shift, options_.levels);
        if (!std::isnan(result_.insecure)) narrow();
        return std::move(result_);
    }

private:
    // Contingencies that were most severe in any full check so far: tried first at the next level.
    void learn(const SecurityReport& report) {
        std::vector<std::pair<double, int>> ranked;
        for (std::size_t c = 0; c < report.severity_of.size(); ++c)
            if (std::isfinite(report.severity_of[c])) ranked.emplace_back(-report.severity_of[c], static_cast<int>(c));
        std::stable_sort(ranked.begin(), ranked.end());
        for (std::size_t k = 0; k < ranked.size() && k < suspects_kept; ++k) suspect(ranked[k].second);
    }

    void suspect(int contingency) {
        if (contingency < 0) return;
        const auto& monitored = security_.monitored();
        if (std::find(monitored.begin(), monitored.end(), contingency) == monitored.end()) return;
        if (std::find(suspects_.begin(), suspects_.end(), contingency) == suspects_.end())
            suspects_.push_back(contingency);
    }

    // A violation among the suspects settles an insecure level; a secure level needs the full set.
    SecurityReport probe(double shift) {
        SecurityReport report = security_.check_some(shift, options_.with_contingencies ? suspects_ : std::vector<int>{});
        const bool all = !options_.with_contingencies || suspects_.size() == security_.monitored().size();
        if (report.secure && !all) {
            report = security_.check(shift, true);
            learn(report);
        }
        record(report, shift);
        return report;
    }

    void record(const SecurityReport& report, double shift) {
        TransferStep step;
        step.delta_mw = shift * base_mva_;
        step.secure = report.secure;
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

    // Takes a report into the bracket. False: the shift is not secure.
    bool take(const SecurityReport& report, double shift) {
        if (report.secure) {
            result_.secure = shift;
            result_.at_secure = report;
            return true;
        }
        if (report.point.status == PointStatus::source_exhausted) result_.source_exhausted = true;
        else if (report.point.status == PointStatus::sink_exhausted) result_.sink_exhausted = true;
        else {
            result_.source_exhausted = result_.sink_exhausted = false;
            suspect(report.unsolved ? report.unsolved_contingency : report.worst.pair.contingency);
        }
        result_.insecure = shift;
        result_.at_insecure = report;
        return false;
    }

    // Equally spaced levels up to `top`; the first insecure one closes the bracket. When already the
    // first level fails, the interval below it gets a ladder of its own.
    void climb(double top, int levels) {
        while (top > 0.0) {
            bool failed = false;
            const double bottom = result_.secure;
            for (int k = 1; k <= levels && !failed; ++k) {
                const double shift = k == levels ? top : bottom + (top - bottom) * k / levels;
                failed = !take(probe(shift), shift);
            }
            if (!failed || result_.secure > bottom) return;
            top = result_.insecure;
            levels = nested_levels;
            if (top - bottom <= options_.resolution) return;
        }
    }

    // Margin of a report: negative when secure. NaN without a number (no solution, exhausted key).
    static double margin(const SecurityReport& report) {
        if (report.unsolved || report.point.status != PointStatus::ok) return nan_value;
        return report.worst.severity - 1.0;
    }

    // Illinois variant of regula falsi on the worst severity, bisection where there is no number. The
    // secure end is always a full check, so the bracket is certified at every step.
    void narrow() {
        double low_margin = margin(result_.at_secure);
        double high_margin = margin(result_.at_insecure);
        int last_side = 0;
        for (int k = 0; k < max_refinements && result_.insecure - result_.secure > options_.resolution; ++k) {
            const double low = result_.secure;
            const double high = result_.insecure;
            const double width = high - low;
            double shift = 0.5 * (low + high);
            if (std::isfinite(high_margin) && std::isfinite(low_margin) && high_margin > 0.0 && low_margin < 0.0 &&
                k % 4 != 3) {
                shift = low + width * low_margin / (low_margin - high_margin);
                // Aim a quarter of the resolution to the side that still has to move.
                const double nudge = 0.25 * options_.resolution;
                shift = std::clamp(last_side > 0 ? shift - nudge : shift + nudge, low + nudge, high - nudge);
            }
            const SecurityReport report = probe(shift);
            if (take(report, shift)) {
                low_margin = margin(report);
                if (last_side < 0) high_margin *= 0.5;
                last_side = -1;
            } else {
                high_margin = margin(report);
                if (last_side > 0) low_margin *= 0.5;
                last_side = 1;
            }
        }
    }

    SecurityCheck& security_;
    SearchOptions options_;
    double base_mva_;
    SearchResult result_;
    std::vector<int> suspects_;
};

}  // namespace

SearchResult search_first_exit(SecurityCheck& security, const SecurityReport& at_zero, const SearchOptions& options,
                               double base_mva) {
    return Search(security, at_zero, options, base_mva).run();
}

}  // namespace araz

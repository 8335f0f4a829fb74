#include "batch_watch.hpp"

#include <cmath>
#include <cstdio>

namespace araz::app {

BatchWatch::BatchWatch(const BatchLayout& layout) : layout_(layout) {
    smallest_ = layout.kind == BatchKind::capacity;
    column_ = smallest_ ? "ttc_mw" : layout.kind == BatchKind::n1 ? "worst_loading_pct" : "max_loading_pct";
    status_ = layout.offset("status");
    offset_ = layout.offset(column_);
    if (offset_ >= 0) width_ = layout.width(*layout.column(column_));
}

void BatchWatch::take(int scenario, const BatchRow& row) {
    ++done_;
    const double status = row.numbers[static_cast<std::size_t>(status_)];
    const std::string word = std::isnan(status) ? "" : layout_.column("status")->words[static_cast<std::size_t>(status)];
    if (word != "converged" && word != "attainable") ++unsolved_;
    for (std::size_t k = 0; k < width_; ++k) {
        const double value = row.numbers[static_cast<std::size_t>(offset_) + k];
        if (std::isnan(value) || (smallest_ ? value >= worst_ : value <= worst_)) continue;
        worst_ = value;
        worst_scenario_ = scenario;
    }
}

std::string BatchWatch::worst_words() const {
    if (worst_scenario_ < 0) return {};
    char value[64];
    std::snprintf(value, sizeof value, "%.1f", worst_);
    return "worst " + column_ + " " + value + " (" + layout_.label(worst_scenario_) + ")";
}

std::string duration_words(double seconds) {
    if (!std::isfinite(seconds)) return "unknown";
    const auto whole = static_cast<long long>(std::llround(seconds));
    if (whole < 120) return std::to_string(whole) + " s";
    if (whole < 7200) return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
    return std::to_string(whole / 3600) + " h " + std::to_string(whole / 60 % 60) + " min";
}

}  // namespace araz::app

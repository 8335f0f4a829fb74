// What can be said of a batch from the rows that are there.
#pragma once

#include <string>

#include "araz/model/batch.hpp"

namespace araz::app {

/// Counts as rows come in, and remembers the worst one.
class BatchWatch {
public:
    explicit BatchWatch(const BatchLayout& layout);

    void take(int scenario, const BatchRow& row);

    [[nodiscard]] int done() const { return done_; }
    [[nodiscard]] int unsolved() const { return unsolved_; }
    [[nodiscard]] int worst_scenario() const { return worst_scenario_; }  ///< -1: none yet
    [[nodiscard]] double worst() const { return worst_; }
    /// The column that `worst` is a value of: the largest loading, or the smallest TTC.
    [[nodiscard]] const std::string& worst_column() const { return column_; }
    /// "worst ttc_mw 12.3 (hour 7, point base, variant tie-330)", or an empty text.
    [[nodiscard]] std::string worst_words() const;

private:
    const BatchLayout& layout_;
    std::string column_;
    std::ptrdiff_t status_, offset_;
    std::size_t width_ = 0;
    bool smallest_ = false;
    int done_ = 0, unsolved_ = 0, worst_scenario_ = -1;
    double worst_ = nan_value;
};

/// "5 h 12 min", "40 s"
[[nodiscard]] std::string duration_words(double seconds);

}  // namespace araz::app

// A batch: one study in many states of one case, as rows of chosen columns.
//
// A scenario is an hour at an operating point in a variant of the grid. Its row has the same shape whatever
// happened to it: a scenario that did not solve has its status and "not available" everywhere else.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "araz/model/results.hpp"

namespace araz {

enum class BatchKind { pf, n1, capacity };

/// "pf", "n1", "capacity"
[[nodiscard]] std::string_view to_string(BatchKind kind);

/// What the second axis of a column runs over.
struct BatchAxis {
    std::string name;                   ///< "direction", "branch", "bus", "generator", "area"
    std::vector<std::string> ids;       ///< labels; the case's own identifiers, else numbers
    std::vector<std::string> names;     ///< for people
    std::vector<std::int64_t> numbers;  ///< instead of ids where labels are numbers (bus, area); else empty

    [[nodiscard]] std::size_t size() const { return ids.size(); }
};

struct BatchColumn {
    enum class Type { number, integer, word, text };
    std::string name;  ///< with its unit as suffix: "ttc_mw"
    std::string title;
    Type type = Type::number;
    std::string axis;                ///< empty: one value per scenario
    std::vector<std::string> words;  ///< of a word
};

/// One scenario's values in the order of the columns; a column with an axis has a value for each of its labels.
/// Integers and positions of words are stored as numbers, NaN where there is none.
struct BatchRow {
    std::vector<double> numbers;
    std::vector<std::string> texts;

    bool operator==(const BatchRow&) const = default;
};

/// The shape of a batch: which scenarios there are and what a row holds. Scenario k stands for hour
/// k / (points x variants), then the point, then the variant, which runs fastest.
struct BatchLayout {
    BatchKind kind = BatchKind::pf;
    std::vector<int> hours;             ///< rows of the series, from 0
    std::vector<double> time;           ///< per hour, in `time_units`
    std::string time_units;             ///< "hours since 2025-01-01T00:00"
    double step_hours = 1.0;            ///< length of one row of the series
    std::vector<std::string> points;    ///< "base": the case as it stands
    std::vector<std::string> variants;
    std::vector<BatchAxis> axes;
    std::vector<BatchColumn> columns;

    struct Place {
        int hour = 0, point = 0, variant = 0;  ///< positions in the lists above
    };
    [[nodiscard]] int scenarios() const;
    [[nodiscard]] Place place(int scenario) const;
    [[nodiscard]] const BatchAxis* axis(std::string_view name) const;  ///< nullptr: there is none
    [[nodiscard]] std::size_t width(const BatchColumn& column) const;  ///< values per scenario
    /// Position of a column's first value among the numbers, or the texts, of a row. -1: no such column.
    [[nodiscard]] std::ptrdiff_t offset(std::string_view column) const;
    [[nodiscard]] std::size_t numbers() const;  ///< in a row
    [[nodiscard]] std::size_t texts() const;
    [[nodiscard]] const BatchColumn* column(std::string_view name) const;

    /// A row of this shape with nothing in it.
    [[nodiscard]] BatchRow empty_row() const;
    [[nodiscard]] bool fits(const BatchRow& row) const;
    /// "2025-... hour 17, summer-peak-2025, tie-330"
    [[nodiscard]] std::string label(int scenario) const;
};

/// Writes values into a row by name. Columns that were not asked for are skipped.
class BatchRowWriter {
public:
    BatchRowWriter(const BatchLayout& layout, BatchRow& row) : layout_(layout), row_(row) {}

    void number(std::string_view column, double value, std::size_t at = 0);
    void word(std::string_view column, std::string_view value, std::size_t at = 0);
    void text(std::string_view column, std::string value, std::size_t at = 0);
    /// Where the values of a column along its axis go; nullptr: it was not asked for.
    [[nodiscard]] double* values(std::string_view column);

private:
    const BatchLayout& layout_;
    BatchRow& row_;
};

/// The distribution of a quantity over scenarios. Percentiles interpolate linearly between order statistics
/// (R. J. Hyndman and Y. Fan, "Sample Quantiles in Statistical Packages", 1996, definition 7).
struct Distribution {
    int count = 0;
    double mean = nan_value, min = nan_value, p5 = nan_value, p50 = nan_value, p95 = nan_value, max = nan_value;
};
/// The q-quantile of sorted values, 0 <= q <= 1; there is at least one.
[[nodiscard]] double quantile_of(const std::vector<double>& sorted, double q);
/// Of the finite values.
[[nodiscard]] Distribution distribution_of(std::vector<double> values);
/// What the finite values reach or exceed in 0, 1, ... 100 % of them, highest first; empty without any.
[[nodiscard]] std::vector<double> duration_curve(std::vector<double> values);

/// Hours in which one limit decides.
struct LimitingPair {
    std::string cause, element, element_name, contingency, contingency_name;
    int scenarios = 0;
    double hours = 0.0;
    double share = 0.0;  ///< of the hours with an answer
};

/// What a batch says about one direction of one variant at one point.
struct DirectionStatistics {
    std::string from, to;
    int answered = 0;        ///< scenarios with a certified limit
    int base_insecure = 0;   ///< scenarios with a violated pair before any shift
    int refused = 0;         ///< of these, without an answer
    int unsolved = 0;        ///< base not solved or no solution found
    Distribution ttc_mw, ntc_mw, base_exchange_mw;
    std::vector<double> ttc_duration_mw;   ///< duration_curve() of the TTC over the scenarios with an answer
    double blocked_mwh = 0.0;  ///< exchange before any shift beyond the NTC, where there is an answer
    std::vector<LimitingPair> limited_by;  ///< most hours first
};

struct BranchLoading {
    std::string branch, name;
    Distribution loading_pct;
    double hours_above_100 = 0.0;
};

struct BatchGroupStatistics {
    std::string point, variant;
    int scenarios = 0, solved = 0, unsolved = 0, with_violations = 0;
    Distribution load_mw, loss_mw, max_loading_pct, min_vm_pu;
    std::vector<double> load_duration_mw, max_loading_duration_pct;  ///< duration_curve() of these
    double curtailed_mwh = 0.0, shortage_mwh = 0.0;
    std::vector<DirectionStatistics> directions;
    std::vector<BranchLoading> branches;  ///< where the outputs have loading_pct
};

struct BatchStatistics {
    int scenarios = 0, solved = 0, unsolved = 0;
    std::vector<BatchGroupStatistics> groups;  ///< points, then variants
};
/// `rows` by scenario; all of them.
[[nodiscard]] BatchStatistics batch_statistics(const BatchLayout& layout, const std::vector<BatchRow>& rows);

}  // namespace araz

// Statistics of a batch, from its rows in the order of the scenarios, so that they do not depend on who
// solved what when.
#include <algorithm>
#include <cmath>
#include <map>

#include "araz/model/batch.hpp"

namespace araz {

namespace {

// The values of one group of scenarios by the names of the columns.
class Group {
public:
    Group(const BatchLayout& layout, const std::vector<BatchRow>& rows, int point, int variant) : layout_(layout) {
        for (int k = 0; k < layout.scenarios(); ++k) {
            const auto at = layout.place(k);
            if (at.point == point && at.variant == variant) rows_.push_back(&rows[static_cast<std::size_t>(k)]);
        }
    }

    [[nodiscard]] std::size_t size() const { return rows_.size(); }

    [[nodiscard]] double number(std::size_t row, std::string_view column, std::size_t at = 0) const {
        const auto offset = layout_.offset(column);
        return offset < 0 ? nan_value : rows_[row]->numbers[static_cast<std::size_t>(offset) + at];
    }
    [[nodiscard]] std::string text(std::size_t row, std::string_view column, std::size_t at = 0) const {
        const auto offset = layout_.offset(column);
        return offset < 0 ? std::string{} : rows_[row]->texts[static_cast<std::size_t>(offset) + at];
    }
    [[nodiscard]] std::string word(std::size_t row, std::string_view column, std::size_t at = 0) const {
        const double code = number(row, column, at);
        return std::isnan(code) ? std::string{} : layout_.column(column)->words[static_cast<std::size_t>(code)];
    }
    /// One value per scenario; empty without such a column.
    [[nodiscard]] std::vector<double> values(std::string_view column, std::size_t at = 0) const {
        const auto offset = layout_.offset(column);
        std::vector<double> out;
        if (offset < 0) return out;
        for (const BatchRow* row : rows_) out.push_back(row->numbers[static_cast<std::size_t>(offset) + at]);
        return out;
    }
    [[nodiscard]] Distribution distribution(std::string_view column, std::size_t at = 0) const {
        return distribution_of(values(column, at));
    }
    [[nodiscard]] double energy(std::string_view column) const {
        double sum = 0.0;
        for (const double power : values(column))
            if (std::isfinite(power)) sum += power * layout_.step_hours;
        return sum;
    }
    [[nodiscard]] bool solved(std::size_t row) const { return word(row, "status") == "converged" || word(row, "status") == "attainable"; }

private:
    const BatchLayout& layout_;
    std::vector<const BatchRow*> rows_;
};

DirectionStatistics direction_statistics(const BatchLayout& layout, const Group& group, std::size_t d) {
    DirectionStatistics out;
    const std::string& id = layout.axis("direction")->ids[d];
    const auto arrow = id.find(" -> ");
    out.from = id.substr(0, arrow);
    out.to = id.substr(arrow + 4);
    out.ttc_mw = group.distribution("ttc_mw", d);
    out.ntc_mw = group.distribution("ntc_mw", d);
    out.base_exchange_mw = group.distribution("base_exchange_mw", d);
    out.ttc_duration_mw = duration_curve(group.values("ttc_mw", d));
    for (std::size_t k = 0; k < group.size(); ++k)
        if (const double beyond = group.number(k, "base_exchange_mw", d) - group.number(k, "ntc_mw", d); beyond > 0.0)
            out.blocked_mwh += beyond * layout.step_hours;
    std::map<std::vector<std::string>, int> pairs;
    for (std::size_t k = 0; k < group.size(); ++k) {
        const std::string cause = group.word(k, "limit_cause", d);
        const bool insecure = cause == "base_insecure" || group.number(k, "base_violations", d) > 0.0;
        if (insecure) ++out.base_insecure;
        if (!group.solved(k) || cause == "solver_failure" || group.word(k, "direction_status", d) != "converged") {
            ++out.unsolved;
        } else if (std::isnan(group.number(k, "ttc_mw", d))) {
            ++out.refused;
        } else {
            ++out.answered;
            ++pairs[{cause, group.text(k, "limit_element", d), group.text(k, "limit_element_name", d),
                     group.text(k, "limit_contingency", d), group.text(k, "limit_contingency_name", d)}];
        }
    }
    for (const auto& [key, count] : pairs)
        out.limited_by.push_back({key[0], key[1], key[2], key[3], key[4], count, count * layout.step_hours,
                                  static_cast<double>(count) / out.answered});
    std::stable_sort(out.limited_by.begin(), out.limited_by.end(),
                     [](const LimitingPair& a, const LimitingPair& b) { return a.scenarios > b.scenarios; });
    return out;
}

std::vector<BranchLoading> branch_loadings(const BatchLayout& layout, const Group& group) {
    std::vector<BranchLoading> out;
    if (layout.column("loading_pct") == nullptr) return out;
    const BatchAxis& branches = *layout.axis("branch");
    for (std::size_t b = 0; b < branches.size(); ++b) {
        const std::vector<double> loadings = group.values("loading_pct", b);
        BranchLoading row{branches.ids[b], branches.names[b], distribution_of(loadings), 0.0};
        if (row.loading_pct.count == 0) continue;  // without a rating
        for (const double loading : loadings)
            if (loading > 100.0) row.hours_above_100 += layout.step_hours;
        out.push_back(std::move(row));
    }
    return out;
}

BatchGroupStatistics group_statistics(const BatchLayout& layout, const std::vector<BatchRow>& rows, int point, int variant) {
    const Group group(layout, rows, point, variant);
    BatchGroupStatistics out;
    out.point = layout.points[point];
    out.variant = layout.variants[variant];
    out.scenarios = static_cast<int>(group.size());
    for (std::size_t k = 0; k < group.size(); ++k) {
        ++(group.solved(k) ? out.solved : out.unsolved);
        if (group.number(k, "violations") > 0.0 || group.number(k, "contingencies_with_violations") > 0.0) ++out.with_violations;
    }
    out.load_mw = group.distribution("load_mw");
    out.loss_mw = group.distribution("loss_mw");
    out.max_loading_pct = group.distribution("max_loading_pct");
    out.min_vm_pu = group.distribution("min_vm_pu");
    out.load_duration_mw = duration_curve(group.values("load_mw", 0));
    out.max_loading_duration_pct = duration_curve(group.values("max_loading_pct", 0));
    out.curtailed_mwh = group.energy("curtailed_mw");
    out.shortage_mwh = group.energy("shortage_mw");
    if (const BatchAxis* directions = layout.axis("direction"); directions != nullptr)
        for (std::size_t d = 0; d < directions->size(); ++d) out.directions.push_back(direction_statistics(layout, group, d));
    out.branches = branch_loadings(layout, group);
    return out;
}

}  // namespace

double quantile_of(const std::vector<double>& sorted, double q) {
    const double at = q * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(at);
    if (below + 1 >= sorted.size()) return sorted.back();
    return sorted[below] + (at - static_cast<double>(below)) * (sorted[below + 1] - sorted[below]);
}

Distribution distribution_of(std::vector<double> values) {
    std::erase_if(values, [](double value) { return !std::isfinite(value); });
    Distribution out;
    out.count = static_cast<int>(values.size());
    if (values.empty()) return out;
    double sum = 0.0;
    for (const double value : values) sum += value;
    out.mean = sum / static_cast<double>(values.size());
    std::sort(values.begin(), values.end());
    out.min = values.front();
    out.max = values.back();
    out.p5 = quantile_of(values, 0.05);
    out.p50 = quantile_of(values, 0.5);
    out.p95 = quantile_of(values, 0.95);
    return out;
}

std::vector<double> duration_curve(std::vector<double> values) {
    std::erase_if(values, [](double value) { return !std::isfinite(value); });
    std::vector<double> curve;
    if (values.empty()) return curve;
    std::sort(values.begin(), values.end());
    for (int percent = 100; percent >= 0; --percent) curve.push_back(quantile_of(values, 0.01 * percent));
    return curve;
}

BatchStatistics batch_statistics(const BatchLayout& layout, const std::vector<BatchRow>& rows) {
    BatchStatistics out;
    for (int point = 0; point < static_cast<int>(layout.points.size()); ++point)
        for (int variant = 0; variant < static_cast<int>(layout.variants.size()); ++variant) {
            out.groups.push_back(group_statistics(layout, rows, point, variant));
            out.scenarios += out.groups.back().scenarios;
            out.solved += out.groups.back().solved;
            out.unsolved += out.groups.back().unsolved;
        }
    return out;
}

}  // namespace araz

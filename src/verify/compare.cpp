// Two tables, cell by cell, within a tolerance per quantity.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <unordered_map>

#include "araz/base/text.hpp"
#include "araz/verify/verify.hpp"
#include "law.hpp"

namespace araz {

namespace {

using Names = std::map<std::string, std::string>;

// Headers of reference tables written by MATPOWER scripts, by the table they belong to.
const Names& aliases(const std::string& key) {
    static const Names branch{{"from", "from_bus"},      {"to", "to_bus"},        {"pf_mw", "p_from_mw"},
                              {"qf_mvar", "q_from_mvar"}, {"pt_mw", "p_to_mw"},    {"qt_mvar", "q_to_mvar"}};
    static const Names generator{{"gen", "generator"}, {"status", "in_service"}, {"pg_mw", "p_mw"}, {"qg_mvar", "q_mvar"}};
    static const Names contingency{{"outage_branch", "contingency"}, {"iters", "iterations"}, {"vmin_pu", "min_vm_pu"},
                                   {"vmin_bus", "min_vm_bus"},       {"vmax_pu", "max_vm_pu"}, {"vmax_bus", "max_vm_bus"},
                                   {"final_mismatch_pu", "max_mismatch_pu"}, {"ploss_mw", "loss_mw"}};
    static const Names none;
    if (key == "branch") return branch;
    if (key == "generator") return generator;
    return key == "contingency" ? contingency : none;
}

// A table whose cells are found by row key and column name.
class Indexed {
public:
    Indexed(const Table& table, const std::string& key) : table_(table) {
        const Names& renamed = aliases(key);
        for (std::size_t i = 0; i < table.columns.size(); ++i) {
            const auto alias = renamed.find(table.columns[i]);
            columns_.emplace(alias == renamed.end() ? table.columns[i] : alias->second, i);
        }
        for (const std::string& part : split(key, ','))
            if (const auto found = columns_.find(part); found != columns_.end()) key_.push_back(found->second);
            else complete_ = false;
        if (complete_) index_rows();
    }

    [[nodiscard]] bool has_key() const { return complete_; }
    [[nodiscard]] const std::map<std::string, std::size_t>& columns() const { return columns_; }
    [[nodiscard]] const std::vector<std::string>& labels() const { return labels_; }
    [[nodiscard]] const std::vector<std::string>* row(const std::string& label) const {
        const auto found = rows_.find(label);
        return found == rows_.end() ? nullptr : &table_.rows[found->second];
    }

private:
    // Rows that share a key, such as the probes of a search, are told apart by their order.
    void index_rows() {
        std::unordered_map<std::string, int> seen;
        for (std::size_t r = 0; r < table_.rows.size(); ++r) {
            std::vector<std::string> parts;
            for (const std::size_t column : key_) parts.push_back(table_.rows[r][column]);
            std::string label = join(parts, " ");
            if (const int before = seen[label]++; before > 0) label += " #" + std::to_string(before + 1);
            rows_.emplace(label, r);
            labels_.push_back(std::move(label));
        }
    }

    const Table& table_;
    std::map<std::string, std::size_t> columns_;
    std::vector<std::size_t> key_;
    std::unordered_map<std::string, std::size_t> rows_;
    std::vector<std::string> labels_;
    bool complete_ = true;
};

// By name, else by the longest "*suffix"; text and counts must agree exactly.
double tolerance_of(const Tolerances& tolerances, const std::string& column) {
    if (const auto exact = tolerances.find(column); exact != tolerances.end()) return exact->second;
    double tolerance = 0.0;
    std::size_t longest = 0;
    for (const auto& [name, value] : tolerances) {
        if (name.size() <= longest || !name.starts_with('*') || !column.ends_with(name.substr(1))) continue;
        longest = name.size();
        tolerance = value;
    }
    return tolerance;
}

std::optional<double> as_number(const std::string& cell) {
    if (cell == "true") return 1.0;
    if (cell == "false") return 0.0;
    if (cell.empty()) return nan_value;
    return parse_double(cell);
}

// HUGE_VAL where one side has no value, or texts differ.
double difference(const std::string& column, const std::string& a, const std::string& b) {
    if (a == b) return 0.0;
    const auto left = as_number(a);
    const auto right = as_number(b);
    if (!left || !right) return HUGE_VAL;
    if (std::isnan(*left) || std::isnan(*right)) return std::isnan(*left) && std::isnan(*right) ? 0.0 : HUGE_VAL;
    if (*left == *right) return 0.0;
    const double apart = std::abs(*left - *right);
    return column.ends_with("_deg") ? std::abs(std::remainder(apart, 360.0)) : apart;
}

std::string unit_suffix(const std::string& column) {
    const auto underscore = column.rfind('_');
    return underscore == std::string::npos ? std::string{} : column.substr(underscore + 1);
}

void note(VerifyReport& report, std::string code, std::string message) {
    Finding finding;
    finding.code = std::move(code);
    finding.message = std::move(message);
    report.findings.push_back(std::move(finding));
}

void compare_rows(const Table& table, const Indexed& actual, const Indexed& reference, VerifyReport& report) {
    Law law(table.name + ".rows", 0.0, "");
    for (const std::string& label : reference.labels())
        law.see(actual.row(label) != nullptr, table.key + " " + label + " is missing");
    for (const std::string& label : actual.labels())
        law.see(reference.row(label) != nullptr, table.key + " " + label + " is not in the reference");
    law.report(report);
}

void compare_column(const Table& table, const Indexed& actual, const Indexed& reference, const std::string& column,
                    double tolerance, VerifyReport& report) {
    Law law(table.name + "." + column, tolerance, unit_suffix(column));
    const std::size_t left = actual.columns().at(column);
    const std::size_t right = reference.columns().at(column);
    for (const std::string& label : reference.labels()) {
        const auto* found = actual.row(label);
        if (found == nullptr) continue;  // a missing row has failed already
        law.see(difference(column, (*found)[left], (*reference.row(label))[right]), table.key + " " + label);
    }
    law.report(report);
}

void explain(VerifyReport& report) {
    for (const LawCheck& check : report.checks) {
        if (check.passed()) continue;
        std::string message = check.law + " differs in " + std::to_string(check.failed) + " of " +
                              std::to_string(check.checked) + " rows, worst at " + check.element;
        if (std::isfinite(check.deviation))
            message += ": " + shortest(check.deviation) + " " + check.unit + " apart, allowed " + shortest(check.tolerance);
        note(report, "AZ5011", message);
    }
}

}  // namespace

Tolerances default_tolerances() {
    const double ignored = std::numeric_limits<double>::infinity();
    return {{"vm_pu", 1e-8},          {"*_vm_pu", 1e-8},    {"va_deg", 1e-6},       {"angle_deg", 1e-6},       {"*_mw", 1e-5},
            {"*_mvar", 1e-5},         {"*_mva", 1e-5},      {"*_pct", 1e-4},        {"*_pct_per_mw", 1e-6},
            {"value", 1e-5},          {"limit", 1e-5},      {"iterations", ignored}, {"power_flows", ignored},
            {"max_mismatch_pu", ignored}};
}

VerifyReport compare(const Table& actual, const Table& reference, const Tolerances& tolerances) {
    VerifyReport report;
    const std::string key = actual.key.empty() ? reference.key : actual.key;
    Table named = actual;
    named.rows.clear();
    named.key = key;
    const Indexed left(actual, key);
    const Indexed right(reference, key);
    if (key.empty() || !left.has_key() || !right.has_key()) {
        note(report, "AZ5012", "table '" + actual.name + "' and its reference share no key column '" + key + "'");
        return report;
    }
    compare_rows(named, left, right, report);
    const auto keys = split(key, ',');
    int compared = 0;
    for (const auto& [column, index] : right.columns()) {
        if (!left.columns().contains(column) || std::find(keys.begin(), keys.end(), column) != keys.end()) continue;
        const double tolerance = tolerance_of(tolerances, column);
        ++compared;
        if (!std::isinf(tolerance)) compare_column(named, left, right, column, tolerance, report);
    }
    if (compared == 0) note(report, "AZ5012", "table '" + actual.name + "' and its reference share no column but the key");
    explain(report);
    return report;
}

std::size_t shared_columns(const Table& actual, const Table& reference) {
    const Indexed known(reference, actual.key);
    if (!known.has_key()) return 0;
    return static_cast<std::size_t>(std::count_if(actual.columns.begin(), actual.columns.end(), [&](const std::string& c) {
        return known.columns().count(c) != 0;
    }));
}

}  // namespace araz

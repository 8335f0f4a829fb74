#include "contingency_matpower.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "araz/base/text.hpp"
#include "matpower_interpreter.hpp"
#include "matpower_parser.hpp"
#include "matpower_report.hpp"

namespace araz {

namespace {

using matpower::Interpreter;
using matpower::Matrix;
using matpower::Note;
using matpower::Reporter;
using matpower::Statement;

// Columns and words of idx_ct (MATPOWER User's Manual, section 9.3.5), columns from 0.
constexpr int label_column = 0, table_column = 2, row_column = 3, col_column = 4, type_column = 5, value_column = 6;
constexpr int columns_needed = 7;
constexpr double generators = 2.0, branches = 3.0;
constexpr double replace = 1.0;
constexpr double gen_status = 8.0, br_status = 11.0;
constexpr std::array<std::string_view, 11> tables{"", "CT_TBUS", "CT_TGEN", "CT_TBRCH", "CT_TAREABUS", "CT_TAREAGEN",
                                                  "CT_TAREABRCH", "CT_TLOAD", "CT_TAREALOAD", "CT_TGENCOST", "CT_TAREAGENCOST"};

// The name of what the function returns; empty when it is no function.
std::string run(Reporter& reporter, Interpreter& interpreter, const ReadLimits& limits) {
    matpower::Parser parser(reporter, limits);
    std::string returned;
    while (auto statement = parser.next()) {
        if (statement->kind == Statement::Kind::header) {
            if (!returned.empty() || statement->outputs.empty()) break;
            returned = statement->outputs.front();
        } else if (!interpreter.execute(*statement)) {
            break;
        }
    }
    return returned;
}

std::string what_it_changes(double table) {
    const auto k = static_cast<std::size_t>(table >= 1.0 && table <= 10.0 ? table : 0.0);
    return k == 0 ? "an unknown table" : std::string(tables[k]);
}

// Whether a row of the change table takes one unit or branch out of service.
bool is_outage(const Matrix& m, int r) {
    const double table = m.at(r, table_column);
    const bool status = (table == generators && m.at(r, col_column) == gen_status) ||
                        (table == branches && m.at(r, col_column) == br_status);
    const double row = m.at(r, row_column);
    return status && m.at(r, type_column) == replace && m.at(r, value_column) == 0.0 && row >= 1.0 && row == std::floor(row) &&
           row < 1e9 && std::isfinite(m.at(r, label_column));
}

std::vector<NamedContingency> outages_of(const Matrix& m, Reporter& reporter, const std::string& path) {
    std::vector<NamedContingency> list;
    for (int r = 0; r < m.rows; ++r) {
        const int line = r < static_cast<int>(m.places.size()) ? m.places[static_cast<std::size_t>(r)].line : 0;
        const SourcePoint where{path, line, line > 0 ? 1 : 0, 1, ""};
        if (!is_outage(m, r)) {
            reporter.error(where, {"AZ3021", "row " + std::to_string(r + 1) + " of the change table is no outage: it changes " +
                                                 what_it_changes(m.at(r, table_column)),
                                   "", "an outage is LABEL, PROB, CT_TBRCH or CT_TGEN, ROW, BR_STATUS or GEN_STATUS, CT_REP, 0"});
            continue;
        }
        const std::string label = "ct" + shortest(m.at(r, label_column));
        auto same = std::find_if(list.begin(), list.end(), [&](const auto& c) { return c.label == label; });
        if (!list.empty() && list.back().label == label) same = list.end() - 1;
        if (same == list.end()) {
            list.push_back({label, "", {}});
            same = list.end() - 1;
        }
        same->elements.push_back({m.at(r, table_column) == branches ? "branch" : "generator", shortest(m.at(r, row_column)), where});
    }
    return list;
}

}  // namespace

Result<std::vector<NamedContingency>> read_change_table(std::string_view text, const std::string& path) {
    Reporter reporter(text, path);
    const ReadLimits limits;
    Interpreter interpreter(reporter, limits);
    const std::string returned = run(reporter, interpreter, limits);
    const auto found = interpreter.variables().find(returned);
    const auto* table = found == interpreter.variables().end() ? nullptr : std::get_if<Matrix>(&found->second.value);
    std::vector<NamedContingency> list;
    if (table != nullptr && table->cols >= columns_needed) {
        list = outages_of(*table, reporter, path);
    } else if (!reporter.has_error()) {
        reporter.error(Note{"AZ3021", "this is no change table: " + std::string(returned.empty() ? "no function" : "'" + returned + "' has not the seven columns"),
                            "", "expected `function chgtab = NAME` and chgtab = [LABEL PROB TABLE ROW COL CHGTYPE NEWVAL; ...]"});
    }
    if (reporter.has_error()) return Error{ErrorKind::invalid_input, reporter.findings()};
    if (list.empty()) {
        reporter.error(Note{"AZ3021", "the change table is empty"});
        return Error{ErrorKind::invalid_input, reporter.findings()};
    }
    return list;
}

}  // namespace araz

#include <cmath>

#include "araz/base/text.hpp"
#include "araz/io/csv.hpp"
#include "araz/io/files.hpp"
#include "araz/io/selection_io.hpp"
#include "csv_lines.hpp"

namespace araz {

namespace {

constexpr std::size_t largest_list = 256ULL << 20U;

Finding problem(SourcePoint where, std::string message, std::string hint) {
    Finding finding;
    finding.code = "AZ3023";
    finding.message = std::move(message);
    finding.hint = std::move(hint);
    finding.where = std::move(where);
    return finding;
}

}  // namespace

Result<std::vector<ListRow>> read_list(const std::string& path, const std::vector<std::string>& required,
                                       const std::vector<std::string>& optional) {
    const auto raw = read_file(path, largest_list);
    if (!raw) return raw.error();
    const std::string text = without_comments(*raw);
    const auto table = parse_csv(text, path);
    if (!table) return table.error();

    Findings findings;
    std::vector<int> at;
    for (const std::string& name : required) {
        at.push_back(column_of(*table, name));
        if (at.back() < 0)
            findings.push_back(problem({path, 1, 1, 1, ""}, "the list needs the column '" + name + "'",
                                       "its columns are " + join(table->columns, ", ")));
    }
    for (const std::string& name : optional) at.push_back(column_of(*table, name));
    if (!findings.empty()) return Error{ErrorKind::invalid_input, findings};

    const std::vector<int> lines = row_lines(text);
    std::vector<ListRow> rows;
    for (std::size_t r = 0; r < table->rows.size(); ++r) {
        ListRow row;
        row.where = {path, r < lines.size() ? lines[r] : 0, 1, 1, ""};
        for (std::size_t c = 0; c < at.size(); ++c) {
            row.cells.push_back(at[c] < 0 ? std::string{} : table->rows[r][at[c]]);
            if (c < required.size() && row.cells.back().empty())
                findings.push_back(problem(row.where, "an empty cell in the column '" + required[c] + "'", "fill it"));
        }
        rows.push_back(std::move(row));
    }
    if (rows.empty()) findings.push_back(problem({path, 0, 0, 1, ""}, "the list has no row", ""));
    if (!findings.empty()) return Error{ErrorKind::invalid_input, findings};
    return rows;
}

double number_cell(const ListRow& row, std::size_t column, const std::string& name, Findings& findings) {
    const auto value = parse_double(row.cells[column]);
    if (value && std::isfinite(*value)) return *value;
    findings.push_back(problem(row.where, "'" + row.cells[column] + "' in the column '" + name + "' is not a number", ""));
    return std::nan("");
}

}  // namespace araz

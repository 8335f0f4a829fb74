#include <algorithm>
#include <array>
#include <string_view>

#include "araz/base/text.hpp"
#include "araz/io/contingency_io.hpp"
#include "araz/io/csv.hpp"
#include "araz/io/files.hpp"
#include "contingency_matpower.hpp"
#include "csv_lines.hpp"

namespace araz {

namespace {

constexpr std::size_t largest_list = 256ULL << 20U;
constexpr std::array<std::string_view, 7> kinds{"line", "transformer", "switch", "branch", "generator", "hvdc", "bus"};

Finding problem(const std::string& path, int line, std::string message, std::string hint) {
    Finding finding;
    finding.code = "AZ3021";
    finding.message = std::move(message);
    finding.hint = std::move(hint);
    finding.where = {path, line, line > 0 ? 1 : 0, 1, ""};
    return finding;
}

}  // namespace

Result<std::vector<NamedContingency>> read_contingencies(const std::string& path) {
    const auto raw = read_file(path, largest_list);
    if (!raw) return raw.error();
    if (path.ends_with(".m")) return read_change_table(*raw, path);
    const std::string text = without_comments(*raw);
    const auto table = parse_csv(text, path);
    if (!table) return table.error();

    Findings findings;
    const int label = column_of(*table, "contingency");
    const int kind = column_of(*table, "element_kind");
    const int element = column_of(*table, "element");
    const int name = column_of(*table, "name");
    for (const auto& [column, word] : {std::pair{label, "contingency"}, {kind, "element_kind"}, {element, "element"}})
        if (column < 0)
            findings.push_back(problem(path, 1, "a list of contingencies needs the column '" + std::string(word) + "'",
                                       "its columns are " + join(table->columns, ", ")));
    if (!findings.empty()) return Error{ErrorKind::invalid_input, findings};

    const std::vector<int> lines = row_lines(text);
    std::vector<NamedContingency> list;
    for (std::size_t r = 0; r < table->rows.size(); ++r) {
        const auto& row = table->rows[r];
        const int line = r < lines.size() ? lines[r] : 0;
        if (row[label].empty() || row[element].empty())
            findings.push_back(problem(path, line, "a row without a contingency or an element", "fill both cells"));
        if (std::find(kinds.begin(), kinds.end(), row[kind]) == kinds.end())
            findings.push_back(problem(path, line, "'" + row[kind] + "' is no kind of element",
                                       "use line, transformer, switch, branch, generator, hvdc or bus"));
        auto same = std::find_if(list.begin(), list.end(), [&](const auto& c) { return c.label == row[label]; });
        if (same == list.end()) {
            list.push_back({row[label], name >= 0 ? row[name] : row[label], {}});
            same = list.end() - 1;
        }
        same->elements.push_back({row[kind], row[element], {path, line, 1, 1, ""}});
    }
    if (!findings.empty()) return Error{ErrorKind::invalid_input, findings};
    if (list.empty())
        return Error{ErrorKind::invalid_input, {problem(path, 0, "the list of contingencies is empty", "")}};
    return list;
}

}  // namespace araz

#include "csv_lines.hpp"

#include <algorithm>

#include "araz/base/text.hpp"

namespace araz {

std::string without_comments(const std::string& text) {
    std::string out;
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        if (text[at] != '#') out.append(text, at, end - at);
        if (end < text.size()) out += '\n';
        at = end + 1;
    }
    return out;
}

std::vector<int> row_lines(const std::string& text) {
    std::vector<int> lines;
    int line = 0;
    for (const std::string& content : split(text, '\n')) {
        ++line;
        if (!content.empty()) lines.push_back(line);
    }
    if (!lines.empty()) lines.erase(lines.begin());  // the header
    return lines;
}

int column_of(const Table& table, std::string_view name) {
    const auto found = std::find(table.columns.begin(), table.columns.end(), name);
    return found == table.columns.end() ? -1 : static_cast<int>(found - table.columns.begin());
}

}  // namespace araz

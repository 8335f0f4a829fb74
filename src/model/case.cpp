#include "araz/model/case.hpp"

#include <algorithm>

namespace araz {

namespace {

// A longer line is not quoted: it would fill the screen, and a hostile file could make it the whole file.
constexpr std::size_t longest_quoted_line = 4096;

// Characters of UTF-8 text: every byte but the continuation bytes.
int characters(std::string_view text) {
    return static_cast<int>(std::count_if(text.begin(), text.end(),
                                          [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r';
}

struct Span {
    std::size_t begin = 0;
    std::size_t end = 0;
};

// The cell that begins at `at`: to the next separator that is not inside quotes or parentheses.
Span cell_at(std::string_view text, std::size_t at) {
    std::size_t end = at;
    int depth = 0;
    char quote = '\0';
    for (; end < text.size() && text[end] != '\n'; ++end) {
        const char c = text[end];
        if (quote != '\0') {
            if (c == quote) quote = '\0';
        } else if (c == '\'' || c == '"') {
            quote = c;
        } else if (c == '(') {
            ++depth;
        } else if (c == ')') {
            --depth;
        } else if (depth <= 0 && (is_blank(c) || std::string_view(",;]}%#").find(c) != std::string_view::npos)) {
            break;
        }
    }
    return {at, std::max(end, at + 1)};
}

// Past blanks, commas and continuations ("..." to the end of its line).
std::size_t skip_separators(std::string_view text, std::size_t at) {
    while (at < text.size()) {
        if (is_blank(text[at]) || text[at] == ',') {
            ++at;
        } else if (text.substr(at, 3) == "...") {
            const auto newline = text.find('\n', at);
            at = newline == std::string_view::npos ? text.size() : newline + 1;
        } else {
            break;
        }
    }
    return at;
}

// The cell number `column` of the row that begins at `offset`; the row itself when it has no such cell.
Span find_cell(std::string_view text, std::size_t offset, int column) {
    const Span first = cell_at(text, offset);
    Span cell = first;
    for (int i = 0; i < column; ++i) {
        const std::size_t at = skip_separators(text, cell.end);
        if (at >= text.size() || std::string_view("\n;]}%#").find(text[at]) != std::string_view::npos) return first;
        cell = cell_at(text, at);
    }
    return cell;
}

// A row whose reader noted the line and the cells' positions, not a byte offset.
SourcePoint point_by_line(const SourceFile& file, const RowSource& source, int column) {
    SourcePoint point{file.path, source.line, 0, 1, {}};
    const bool known = column >= 0 && static_cast<std::size_t>(column) < source.columns.size();
    if (known) point.column = source.columns[static_cast<std::size_t>(column)];
    std::string_view rest = file.text;
    for (int line = 1; line < source.line && !rest.empty(); ++line) {
        const auto newline = rest.find('\n');
        rest.remove_prefix(newline == std::string_view::npos ? rest.size() : newline + 1);
    }
    rest = rest.substr(0, rest.find('\n'));
    if (!rest.empty() && rest.back() == '\r') rest.remove_suffix(1);
    if (rest.size() <= longest_quoted_line) point.text = std::string(rest);
    if (known && point.column > 0 && static_cast<std::size_t>(point.column) <= rest.size()) {
        const Span cell = cell_at(rest, static_cast<std::size_t>(point.column) - 1);
        point.width = static_cast<int>(cell.end - cell.begin);
    }
    return point;
}

}  // namespace

SourcePoint point_in(std::string_view text, const std::string& path, std::size_t offset, std::size_t width, int line) {
    offset = std::min(offset, text.size());
    const std::size_t newline = offset == 0 ? std::string_view::npos : text.rfind('\n', offset - 1);
    const std::size_t begin = newline == std::string_view::npos ? 0 : newline + 1;
    const std::string_view rest = text.substr(begin);
    std::string_view quoted = rest.substr(0, std::min(rest.find('\n'), longest_quoted_line + 1));
    if (!quoted.empty() && quoted.back() == '\r') quoted.remove_suffix(1);

    SourcePoint point;
    point.file = path;
    point.line =
        line > 0
            ? line
            : 1 + static_cast<int>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(begin), '\n'));
    point.column = 1 + characters(text.substr(begin, offset - begin));
    point.width = std::max(1, characters(text.substr(offset, std::min(width, longest_quoted_line))));
    if (quoted.size() <= longest_quoted_line) point.text = std::string(quoted);
    return point;
}

SourcePoint locate(const Case& grid, const RowSource& source, int column) {
    if (source.line <= 0 || source.file < 0 || static_cast<std::size_t>(source.file) >= grid.files.size())
        return {grid.path(), 0, 0, 1, {}};
    const SourceFile& file = grid.files[static_cast<std::size_t>(source.file)];
    if (source.offset < 0 || static_cast<std::size_t>(source.offset) >= file.text.size())
        return point_by_line(file, source, column);
    const auto offset = static_cast<std::size_t>(source.offset);
    const Span cell = find_cell(file.text, offset, std::max(column, 0));
    // A continued row has cells on later lines, so only the row's own line number is known beforehand.
    const auto breaks = std::count(file.text.begin() + source.offset,
                                   file.text.begin() + static_cast<std::ptrdiff_t>(cell.begin), '\n');
    return point_in(file.text, file.path, cell.begin, cell.end - cell.begin, source.line + static_cast<int>(breaks));
}

}  // namespace araz

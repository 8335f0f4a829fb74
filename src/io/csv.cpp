#include "araz/io/csv.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include "araz/base/text.hpp"

namespace araz {

namespace {

bool runs_as_formula(std::string_view cell) {
    if (cell.empty()) return false;
    constexpr std::string_view starts = "=@+-\t\r";
    return starts.find(cell.front()) != std::string_view::npos && !parse_double(cell);
}

void append_cell(std::string& out, std::string_view cell) {
    const bool guard = runs_as_formula(cell);
    const bool quote = guard || cell.find_first_of(",\"\r\n") != std::string_view::npos ||
                       (!cell.empty() && (cell.front() == ' ' || cell.back() == ' '));
    if (!quote) {
        out += cell;
        return;
    }
    out += guard ? "\"'" : "\"";
    for (const char c : cell) {
        if (c == '"') out += '"';
        out += c;
    }
    out += '"';
}

void append_row(std::string& out, const std::vector<std::string>& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (i > 0) out += ',';
        append_cell(out, cells[i]);
    }
    out += "\r\n";
}

// Walks the text once, keeping line and column for messages.
class CsvParser {
public:
    CsvParser(std::string_view text, const std::string& path, char separator) : text_(text), path_(path), separator_(separator) {
        constexpr std::string_view mark = "\xEF\xBB\xBF";
        if (text_.starts_with(mark)) at_ = mark.size();
    }

    Result<Table> run() {
        Table table;
        if (!read_row(table.columns)) return failed("AZ5007", "the file has no header row", 0);
        if (error_) return std::move(*error_);
        if (auto wrong = check_header(table.columns)) return std::move(*wrong);
        std::vector<std::string> row;
        while (read_row(row)) {
            if (error_) return std::move(*error_);
            if (row.size() != table.columns.size())
                return failed("AZ5006",
                              "this row has " + std::to_string(row.size()) + " cells, the header " +
                                  std::to_string(table.columns.size()),
                              row_start_);
            table.rows.push_back(std::move(row));
        }
        return table;
    }

private:
    // The next row that is not blank; false at the end.
    bool read_row(std::vector<std::string>& cells) {
        while (at_ < text_.size() && end_of_line()) next_line();
        cells.clear();
        if (at_ >= text_.size()) return false;
        row_start_ = at_;
        while (true) {
            cells.push_back(read_cell());
            if (error_) return true;
            if (at_ < text_.size() && text_[at_] == separator_) ++at_;
            else break;
        }
        if (at_ < text_.size()) next_line();
        return true;
    }

    std::string read_cell() {
        if (at_ < text_.size() && text_[at_] == '"') return read_quoted();
        const std::size_t start = at_;
        while (at_ < text_.size() && text_[at_] != separator_ && !end_of_line()) {
            if (text_[at_] == '"') {
                error_ = failed("AZ5005", "a quote inside a cell that does not start with one", at_);
                return {};
            }
            ++at_;
        }
        return std::string(trim(text_.substr(start, at_ - start)));
    }

    std::string read_quoted() {
        const std::size_t start = at_++;
        std::string cell;
        while (true) {
            const std::size_t quote = text_.find('"', at_);
            if (quote == std::string_view::npos) {
                error_ = failed("AZ5005", "this quote is never closed", start);
                return {};
            }
            cell += text_.substr(at_, quote - at_);
            at_ = quote + 1;
            if (at_ >= text_.size() || text_[at_] != '"') break;
            cell += '"';
            ++at_;
        }
        if (at_ < text_.size() && text_[at_] != separator_ && !end_of_line())
            error_ = failed("AZ5005", "text after the closing quote of a cell", at_);
        if (cell.size() > 1 && cell.front() == '\'' && runs_as_formula(std::string_view(cell).substr(1)))
            cell.erase(0, 1);
        return cell;
    }

    [[nodiscard]] bool end_of_line() const {
        return text_[at_] == '\n' || (text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n');
    }

    void next_line() { at_ += text_[at_] == '\r' ? 2 : 1; }

    std::optional<Error> check_header(const std::vector<std::string>& columns) {
        std::set<std::string> seen;
        for (const std::string& column : columns) {
            if (column.empty()) return failed("AZ5007", "a column of the header has no name", row_start_);
            if (!seen.insert(column).second)
                return failed("AZ5007", "column '" + column + "' stands twice in the header", row_start_);
        }
        return std::nullopt;
    }

    // Line and column are only worked out for an error: cells may span lines.
    [[nodiscard]] Error failed(std::string code, std::string message, std::size_t at) const {
        const std::string_view before = text_.substr(0, at);
        const std::size_t newline = before.rfind('\n');
        const std::size_t start = newline == std::string_view::npos ? 0 : newline + 1;
        const std::size_t end = std::min(text_.find_first_of("\r\n", at), text_.size());
        Finding finding;
        finding.code = std::move(code);
        finding.message = std::move(message);
        finding.where.file = path_;
        finding.where.line = 1 + static_cast<int>(std::count(before.begin(), before.end(), '\n'));
        finding.where.column = 1 + static_cast<int>(at - start);
        finding.where.text = text_.substr(start, end - start);
        finding.label = "here";
        return Error{ErrorKind::invalid_input, {finding}};
    }

    std::string_view text_;
    std::string path_;
    char separator_;
    std::size_t at_ = 0;
    std::size_t row_start_ = 0;
    std::optional<Error> error_;
};

}  // namespace

std::string render_csv(const Table& table) {
    std::string out;
    append_row(out, table.columns);
    for (const auto& row : table.rows) append_row(out, row);
    return out;
}

Result<Table> parse_csv(std::string_view text, const std::string& path, char separator) { return CsvParser(text, path, separator).run(); }

}  // namespace araz

#include "case_folder_csv.hpp"

#include <optional>

#include "araz/base/text.hpp"
#include "utf8.hpp"

namespace araz::folder {

namespace {

class Scanner {
public:
    Scanner(const Files& files, int file, Report& report)
        : text_(files.text(file)), files_(files), file_(file), report_(report) {}

    CsvText run();

private:
    /// The next row that holds cells; nothing at the end, no cells for a row that cannot be read.
    std::optional<std::vector<Cell>> next_row();
    std::optional<Cell> cell();
    std::optional<Cell> quoted_cell();
    std::optional<Cell> fail(std::size_t at, std::string message, std::string hint);

    [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
    [[nodiscard]] bool at_line_end() const { return at_end() || text_[at_] == '\n'; }
    void skip_line();
    void keep_comment();
    [[nodiscard]] bool is_separated_by_commas() const;
    /// Reports the first cell that is not UTF-8.
    [[nodiscard]] bool is_utf8(const std::vector<Cell>& cells);
    [[nodiscard]] Place place(std::size_t begin, std::size_t end) const { return {file_, line_, begin, end - begin}; }

    std::string_view text_;
    const Files& files_;
    int file_;
    Report& report_;
    std::size_t at_ = 0;
    int line_ = 1;
    bool before_header_ = true;
    CsvText out_;
};

void Scanner::skip_line() {
    while (!at_line_end()) ++at_;
    if (!at_end()) ++at_;
    ++line_;
}

void Scanner::keep_comment() {
    const std::string_view rest = text_.substr(at_ + 1);
    if (before_header_) out_.comments.emplace_back(trim(rest.substr(0, rest.find('\n'))));
}

std::optional<Cell> Scanner::fail(std::size_t at, std::string message, std::string hint) {
    report_.error(place(at, at + 1), {"AZ1411", "", std::move(message), "here", std::move(hint)});
    return std::nullopt;
}

std::optional<Cell> Scanner::cell() {
    while (!at_line_end() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
    if (!at_end() && text_[at_] == '"') return quoted_cell();
    const std::size_t begin = at_;
    while (!at_line_end() && text_[at_] != ',') {
        if (text_[at_] == '"')
            return fail(at_, "a quote stands inside a cell that does not begin with one",
                        "put the whole cell in quotes, and double the quotes inside");
        ++at_;
    }
    const std::string_view text = trim(text_.substr(begin, at_ - begin));
    return Cell{std::string(text), place(begin, begin + text.size())};
}

// Cells of a case folder are names and numbers: a quoted cell ends on its own line, so that one lost quote
// spoils one row and not the rest of the table.
std::optional<Cell> Scanner::quoted_cell() {
    const std::size_t begin = at_++;
    std::string text;
    while (true) {
        if (at_line_end())
            return fail(begin, "this quote is not closed on its line",
                        "close it; a quote inside a quoted cell is written twice");
        if (text_[at_] == '"') {
            ++at_;
            if (at_end() || text_[at_] != '"') break;
        }
        text += text_[at_++];
    }
    const std::size_t end = at_;
    while (!at_line_end() && (text_[at_] == ' ' || text_[at_] == '\r')) ++at_;
    if (!at_line_end() && text_[at_] != ',')
        return fail(at_, "text follows the closing quote of a cell", "a quote inside a quoted cell is written twice");
    return Cell{std::string(trim(text)), place(begin, end)};
}

std::optional<std::vector<Cell>> Scanner::next_row() {
    while (!at_end()) {
        const std::string_view rest = text_.substr(at_);
        if (rest.front() == '#')
            keep_comment();
        else if (!trim(rest.substr(0, rest.find('\n'))).empty())
            break;
        skip_line();
    }
    if (at_end()) return std::nullopt;
    before_header_ = false;
    std::vector<Cell> cells;
    while (true) {
        auto next = cell();
        if (!next)
            cells.clear();
        else
            cells.push_back(*std::move(next));
        if (!next || at_line_end()) break;
        ++at_;  // the comma
    }
    skip_line();
    return cells;
}

// Spreadsheets of some countries write semicolons: said once, not for every row.
bool Scanner::is_separated_by_commas() const {
    const std::vector<Cell>& header = out_.header;
    const auto other = header.size() == 1 ? header.front().text.find_first_of(";\t|") : std::string::npos;
    if (other == std::string::npos) return true;
    const std::string_view name = header.front().text[other] == '\t' ? "tabulators" : header.front().text[other] == ';' ? "semicolons" : "bars";
    report_.error(header.front().place, {"AZ1411", "", "the cells of " + files_.name(file_) + " are separated by " + std::string(name),
                                         "expected commas", "save the table with commas between cells and points in numbers"});
    return false;
}

bool Scanner::is_utf8(const std::vector<Cell>& cells) {
    for (const Cell& cell : cells) {
        if (valid_utf8(cell.text) == cell.text) continue;
        report_.error(cell.place, {"AZ1411", "", "a cell of " + files_.name(file_) + " holds bytes that are not UTF-8",
                                   "another encoding", "save the file as UTF-8"});
        return false;
    }
    return true;
}

CsvText Scanner::run() {
    out_.place = {file_, 1, 0, text_.find('\n') == std::string_view::npos ? text_.size() : text_.find('\n')};
    auto header = next_row();
    if (!header) {
        report_.error(Place{file_, 0, 0, 0},
                      {"AZ1402", "", files_.name(file_) + " has no header row", "",
                       text_.find('\r') != std::string_view::npos && text_.find('\n') == std::string_view::npos
                           ? "its lines end with carriage returns alone: save it with line feeds"
                           : "its first row names the columns"});
        return out_;
    }
    out_.header = *std::move(header);
    if (out_.header.empty()) return out_;
    if (!is_separated_by_commas() || !is_utf8(out_.header)) {
        out_.header.clear();
        return out_;
    }
    out_.place = {file_, out_.header.front().place.line, out_.header.front().place.offset, 1};
    while (auto row = next_row()) {
        const bool readable = !row->empty() && is_utf8(*row);
        if (readable && row->size() == out_.header.size()) {
            out_.rows.push_back(*std::move(row));
            continue;
        }
        out_.damaged = true;
        if (!readable) continue;  // has been reported
        report_.error(row->back().place,
                      {"AZ1411", "",
                       "this row has " + std::to_string(row->size()) + " cells, the header has " +
                           std::to_string(out_.header.size()),
                       row->size() < out_.header.size() ? "the row ends here" : "the last cell of the row",
                       "a text that holds a comma is put in quotes"});
    }
    return out_;
}

}  // namespace

CsvText parse_csv_cells(const Files& files, int file, Report& report) {
    return Scanner(files, file, report).run();
}

}  // namespace araz::folder

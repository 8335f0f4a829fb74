// Matrix literals: nearly all of a case file. Plain numbers go straight from the text
// into the table; a cell that is anything else goes through the expression parser.
#include <algorithm>
#include <limits>
#include <map>

#include "matpower_parser.hpp"

namespace araz::matpower {

namespace {

// Whether a binary operator stands at the beginning of `rest`, which follows a cell and a blank.
bool is_operator(std::string_view rest) {
    if (rest.empty()) return false;
    const char next = rest.size() > 1 ? rest[1] : '\0';
    if (rest[0] == '+' || rest[0] == '-') return is_blank(next);
    if (rest[0] == '.') return next == '*' || next == '/' || next == '^';
    if (rest[0] == '=' || rest[0] == '~' || rest[0] == '!') return next == '=';
    return std::string_view("*/^<>&|").find(rest[0]) != std::string_view::npos;
}

}  // namespace

// One literal. Errors cost their row, not the literal: all of them are reported in one pass.
class MatrixParser {
public:
    explicit MatrixParser(Parser& parser)
        : parser_(parser),
          text_(parser.in_.text()),
          at_(parser.in_.offset()),
          open_(at_),
          line_(parser.reporter_.line_of(at_)) {}

    Expr parse();

private:
    struct Row {
        RowPlace place;
        std::size_t first = 0;  // its first cell
        bool bad = false;
    };

    [[nodiscard]] char here(std::size_t ahead = 0) const {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
    }
    [[nodiscard]] std::size_t row_size() const { return cells_.size() - rows_.back().first; }

    bool step();
    bool cell();
    bool numbers();
    bool long_number();
    void evaluated_cell(std::size_t from);
    void begin_cell();
    void add(double value);
    void comma();
    void end_row();
    void expect_rows_like(const Row& first);
    void spoil_row();
    void follow(std::size_t offset);
    void unclosed();
    void stop(Note note);
    void report_ragged_rows();
    void drop_bad_rows();

    Parser& parser_;
    std::string_view text_;
    std::size_t at_;
    std::size_t open_;
    int line_;
    bool row_open_ = false;
    bool damaged_ = false;
    bool stopped_ = false;                              // by a limit: the rest of the text is not looked at
    std::size_t last_plain_ = std::string_view::npos;   // begin of the row's last cell, if a plain number
    int commas_ = 0;                                    // in the open row
    std::size_t tight_comma_ = std::string_view::npos;  // first "1,5" of the open row
    std::vector<Row> rows_;
    std::vector<double> cells_;
    std::vector<MatrixLiteral::Pending> pending_;
};

Expr MatrixParser::parse() {
    ++at_;
    while (step()) {
    }
    parser_.in_.move_to(stopped_ ? text_.size() : at_);
    report_ragged_rows();
    if (damaged_) drop_bad_rows();

    Expr out;
    out.kind = Expr::Kind::matrix;
    out.offset = open_;
    out.matrix = std::make_unique<MatrixLiteral>();
    Matrix& matrix = out.matrix->matrix;
    matrix.rows = static_cast<int>(rows_.size());
    matrix.cols = rows_.empty() ? 0 : static_cast<int>(cells_.size() / rows_.size());
    matrix.cells = std::move(cells_);
    matrix.damaged = damaged_;
    matrix.places.reserve(rows_.size());
    for (const Row& row : rows_) matrix.places.push_back(row.place);
    out.matrix->pending = std::move(pending_);
    return out;
}

// One cell or separator; false when the literal is over.
bool MatrixParser::step() {
    const char c = here();
    if (c == ' ' || c == '\t' || c == '\r') {
        ++at_;
    } else if (is_digit(c)) {
        return numbers();
    } else if (c == '\n') {
        end_row();
        ++line_;
        ++at_;
    } else if (c == ';') {
        end_row();
        ++at_;
    } else if (c == ',') {
        comma();
    } else if (c == ']') {
        end_row();
        ++at_;
        return false;
    } else if (is_comment(c)) {
        parser_.in_.move_to(at_);
        if (!parser_.in_.skip_comment()) parser_.in_.move_to(text_.size());
        follow(parser_.in_.offset());
    } else if (at_ >= text_.size()) {
        unclosed();
        return false;
    } else {
        return cell();
    }
    return !stopped_ && !parser_.reporter_.is_full();
}

// A cell that does not begin with a digit, or something between cells.
bool MatrixParser::cell() {
    const char c = here();
    const char next = here(1);
    if (c == '.' && text_.substr(at_, 3) == "...") {
        parser_.in_.move_to(at_);
        parser_.in_.skip_blanks();
        follow(parser_.in_.offset());
        return true;
    }
    const bool signed_number = is_digit(next) || (next == '.' && is_digit(here(2)));
    if (c == '.' && is_digit(next)) return numbers();
    if ((c == '-' || c == '+') && signed_number) return numbers();
    if (!row_open_ && (is_letter(c) || c == '[')) {
        parser_.in_.move_to(at_);
        if (parser_.in_.statement_begins()) {
            unclosed();
            return false;
        }
    }
    if (text_.substr(at_, 3) == "Inf" && ends_cell(here(3))) {
        begin_cell();
        add(std::numeric_limits<double>::infinity());
        at_ += 3;
        return true;
    }
    // `50 / 3`: what was taken for a cell was only its first operand.
    if (row_open_ && last_plain_ != std::string_view::npos && is_operator(text_.substr(at_, 2))) {
        cells_.pop_back();
        evaluated_cell(last_plain_);
    } else {
        evaluated_cell(at_);
    }
    return !parser_.reporter_.is_full();
}

// A cell that begins like a number, and all plain numbers that follow it in the row: the inner loop
// of the reader.
bool MatrixParser::numbers() {
    begin_cell();
    const char* const end = text_.data() + text_.size();
    const std::size_t full = rows_.back().first + static_cast<std::size_t>(parser_.limits_.max_columns);
    const char* p = text_.data() + at_;
    while (true) {
        const char* const begin = p;
        const bool minus = *p == '-';
        if (minus || *p == '+') ++p;
        double value = 0.0;
        p = scan_plain_number(p, end, value);
        if (p == nullptr || (p < end && !ends_cell(*p)) || cells_.size() >= full) {
            at_ = static_cast<std::size_t>(begin - text_.data());
            return long_number();
        }
        cells_.push_back(minus ? -value : value);
        while (p < end && is_blank(*p)) ++p;
        const bool another = p < end && (is_digit(*p) || (*p == '-' && p + 1 < end && is_digit(p[1])));
        if (another) continue;
        last_plain_ = static_cast<std::size_t>(begin - text_.data());
        at_ = static_cast<std::size_t>(p - text_.data());
        return true;
    }
}

// One cell that begins like a number but needs more than the inner loop: an exponent, many digits, an
// operation, or an error.
bool MatrixParser::long_number() {
    const std::size_t begin = at_;
    const bool minus = here() == '-';
    std::size_t end = minus || here() == '+' ? at_ + 1 : at_;
    double value = 0.0;
    if (scan_number(text_, end, value) == NumberFault::none && (end == text_.size() || ends_cell(text_[end]))) {
        at_ = end;
        last_plain_ = begin;
        add(minus ? -value : value);
    } else {
        evaluated_cell(begin);
    }
    return !parser_.reporter_.is_full();
}

void MatrixParser::begin_cell() {
    if (row_open_) return;
    row_open_ = true;
    rows_.push_back({{at_, line_}, cells_.size(), false});
    commas_ = 0;
    tight_comma_ = std::string_view::npos;
    last_plain_ = std::string_view::npos;
}

void MatrixParser::add(double value) {
    cells_.push_back(value);
    if (row_size() > static_cast<std::size_t>(parser_.limits_.max_columns)) {
        parser_.fail(rows_.back().place.offset, 1,
                     {"AZ1004", "a row with more than " + std::to_string(parser_.limits_.max_columns) + " cells"});
        spoil_row();
    }
}

void MatrixParser::evaluated_cell(std::size_t from) {
    at_ = from;
    begin_cell();
    last_plain_ = std::string_view::npos;
    parser_.in_.move_to(from);
    parser_.in_matrix_ = true;
    parser_.operators_left_ = Parser::max_operators;
    auto expr = parser_.expression();
    parser_.in_matrix_ = false;
    follow(parser_.in_.offset());
    if (expr && !ends_cell(here()) && text_.substr(at_, 3) != "...") {
        parser_.fail(
            at_, 1,
            {"AZ1014", "`" + std::string{here()} + "` does not belong to a number", "expected a blank, `,` or `;`",
             "write a plain number such as 12.5 or 1e-3"});
        expr.reset();
    }
    if (!expr) {
        spoil_row();
        return;
    }
    if (expr->kind != Expr::Kind::number) pending_.push_back({cells_.size(), std::make_unique<Expr>(std::move(*expr))});
    add(expr->number);
}

void MatrixParser::comma() {
    ++commas_;
    const bool tight = at_ > 0 && is_digit(text_[at_ - 1]) && is_digit(here(1));
    if (tight && tight_comma_ == std::string_view::npos) tight_comma_ = at_;
    ++at_;
}

void MatrixParser::end_row() {
    if (!row_open_) return;
    row_open_ = false;
    Row& row = rows_.back();
    // Cells separated by blanks, and yet a comma between two digits: 1,05 for 1.05.
    if (!row.bad && tight_comma_ != std::string_view::npos && static_cast<std::size_t>(commas_) + 1 < row_size()) {
        std::size_t begin = tight_comma_;
        std::size_t end = tight_comma_ + 1;
        while (is_digit(text_[begin - 1])) --begin;
        while (end < text_.size() && is_digit(text_[end])) ++end;
        parser_.fail(
            begin, end - begin,
            {"AZ1015",
             "`" + std::string(text_.substr(begin, std::min<std::size_t>(end - begin, 40))) + "` has a decimal comma",
             "numbers are written with a point", "write 1.05, or separate all cells of the row by commas"});
        row.bad = true;
    }
    damaged_ = damaged_ || row.bad;
    if (rows_.size() == 1) expect_rows_like(row);
    parser_.cells_left_ -= static_cast<long long>(row_size());
    if (parser_.cells_left_ < 0) stop({"AZ1004", "more than " + std::to_string(parser_.limits_.max_cells) + " cells"});
    if (rows_.size() > static_cast<std::size_t>(parser_.limits_.max_rows))
        stop({"AZ1004", "a table with more than " + std::to_string(parser_.limits_.max_rows) + " rows"});
}

// Makes room for as many rows like the first one as fit before the next bracket: never more than the
// text can hold.
void MatrixParser::expect_rows_like(const Row& first) {
    const std::size_t close = std::min(text_.find(']', at_), text_.size());
    const std::size_t length = std::max<std::size_t>(at_ - first.place.offset, 2 * row_size());
    const std::size_t rows = 2 + (close - first.place.offset) / (length + 1);
    rows_.reserve(rows);
    cells_.reserve(rows * row_size());
}

// Leaves out the open row after an error in it: on to its end.
void MatrixParser::spoil_row() {
    rows_.back().bad = true;
    damaged_ = true;
    std::size_t end = text_.find_first_of(";\n]", at_);
    if (end == std::string_view::npos) end = text_.size();
    follow(end);
}

void MatrixParser::follow(std::size_t offset) {
    const auto begin = text_.begin() + static_cast<std::ptrdiff_t>(std::min(at_, offset));
    line_ += static_cast<int>(std::count(begin, text_.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
    at_ = offset;
}

// The end of the text, or the next statement: the closing bracket is lost.
void MatrixParser::unclosed() {
    if (row_open_) {
        pending_.erase(std::remove_if(pending_.begin(), pending_.end(),
                                      [&](const auto& p) { return p.cell >= rows_.back().first; }),
                       pending_.end());
        cells_.resize(rows_.back().first);
        rows_.pop_back();
        row_open_ = false;
    }
    damaged_ = true;
    const std::string what = parser_.target_.empty() ? "the matrix" : std::string(parser_.target_);
    const std::string last = rows_.empty()
                                 ? "it has no complete row"
                                 : "its last complete row is on line " + std::to_string(rows_.back().place.line);
    const bool at_end = at_ >= text_.size();
    parser_.fail(
        open_, 1,
        {"AZ1012",
         what + " is never closed: " + last + (at_end ? ", then the file ends" : ", then another statement begins"),
         "opened here", at_end ? "the file looks truncated; get a complete copy" : "close the matrix with ];"});
    if (const auto newline = text_.rfind('\n', at_); !at_end && newline != std::string_view::npos && newline > open_)
        at_ = newline;
}

void MatrixParser::stop(Note note) {
    parser_.fail(open_, 1, std::move(note));
    damaged_ = stopped_ = true;
}

void MatrixParser::report_ragged_rows() {
    const auto size_of = [&](std::size_t i) {
        return (i + 1 < rows_.size() ? rows_[i + 1].first : cells_.size()) - rows_[i].first;
    };
    bool ragged = false;
    for (std::size_t i = 1; i < rows_.size() && !ragged; ++i) ragged = size_of(i) != size_of(0);
    if (!ragged) return;

    std::map<std::size_t, std::size_t> votes;
    for (std::size_t i = 0; i < rows_.size(); ++i)
        if (!rows_[i].bad) ++votes[size_of(i)];
    if (votes.empty()) return;
    std::size_t usual = votes.rbegin()->first;
    for (const auto& [size, count] : votes)
        if (count > votes[usual]) usual = size;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        if (rows_[i].bad || size_of(i) == usual) continue;
        rows_[i].bad = damaged_ = true;
        const std::size_t begin = rows_[i].place.offset;
        const std::size_t end = std::min(text_.find_first_of(";\n]%#", begin), text_.size());
        parser_.fail(
            begin, end - begin,
            {"AZ1013",
             "a row of " + std::to_string(size_of(i)) + " cells, where the other rows have " + std::to_string(usual),
             std::to_string(usual) + " cells were expected",
             size_of(i) < usual ? "a cell is missing, or two cells have grown together"
                                : "look for a stray blank or a comma inside a number"});
    }
}

void MatrixParser::drop_bad_rows() {
    std::vector<Row> rows;
    std::vector<double> cells;
    std::vector<MatrixLiteral::Pending> pending;
    std::size_t next = 0;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        const std::size_t first = rows_[i].first;
        const std::size_t last = i + 1 < rows_.size() ? rows_[i + 1].first : cells_.size();
        for (; next < pending_.size() && pending_[next].cell < last; ++next)
            if (!rows_[i].bad)
                pending.push_back({pending_[next].cell - first + cells.size(), std::move(pending_[next].expr)});
        if (rows_[i].bad) continue;
        rows.push_back({rows_[i].place, cells.size(), false});
        cells.insert(cells.end(), cells_.begin() + static_cast<std::ptrdiff_t>(first),
                     cells_.begin() + static_cast<std::ptrdiff_t>(last));
    }
    rows_ = std::move(rows);
    cells_ = std::move(cells);
    pending_ = std::move(pending);
}

std::optional<Expr> Parser::matrix_literal() {
    return MatrixParser(*this).parse();
}

}  // namespace araz::matpower

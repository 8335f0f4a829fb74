// Cell-array literals: lists of names.
#include <algorithm>
#include <limits>

#include "matpower_parser.hpp"

namespace araz::matpower {

// A cell array of texts, numbers and Inf; rows end with `;` or the line.
class CellsParser {
public:
    explicit CellsParser(Parser& parser) : parser_(parser), in_(parser.in_), open_(parser.in_.offset()) {}

    std::optional<Expr> parse();

private:
    bool item();
    void end_row();
    std::nullopt_t unclosed();

    Parser& parser_;
    Scanner& in_;
    std::size_t open_;
    Cells cells_;
    std::size_t row_begin_ = 0;  // first item of the open row
    RowPlace place_;
    bool spoiled_ = false;  // the open row has an error
};

std::optional<Expr> CellsParser::parse() {
    in_.advance();
    while (!parser_.reporter_.is_full()) {
        in_.skip_blanks();
        const char c = in_.peek();
        if (in_.at_end()) return unclosed();
        if (c == '}') break;
        if (is_comment(c)) {
            if (!in_.skip_comment()) return unclosed();
        } else if (c == '\n' || c == ';') {
            end_row();
            in_.advance();
        } else if (c == ',') {
            in_.advance();
        } else if (cells_.items.size() == row_begin_ && !spoiled_ && in_.statement_begins()) {
            return unclosed();
        } else if (!item()) {
            spoiled_ = true;
            in_.move_to(std::min(in_.text().find_first_of(";\n}", in_.offset()), in_.text().size()));
        }
    }
    end_row();
    in_.advance();
    Expr out;
    out.kind = Expr::Kind::cells;
    out.offset = open_;
    out.cells = std::make_unique<Cells>(std::move(cells_));
    return out;
}

bool CellsParser::item() {
    const std::size_t at = in_.offset();
    if (cells_.items.size() == row_begin_) place_ = {at, parser_.reporter_.line_of(at)};
    if (--parser_.cells_left_ < 0 ||
        cells_.items.size() - row_begin_ >= static_cast<std::size_t>(parser_.limits_.max_columns)) {
        parser_.fail(at, 1, {"AZ1004", "too many cells in a cell array"});
        return false;
    }
    if (in_.peek() == '\'' || in_.peek() == '"') {
        auto text = parser_.text();
        if (text) cells_.items.emplace_back(std::move(text->name));
        return text.has_value();
    }
    const bool minus = in_.peek() == '-';
    if (minus || in_.peek() == '+') in_.advance();
    if (is_digit(in_.peek()) || (in_.peek() == '.' && is_digit(in_.peek(1)))) {
        auto number = parser_.number();
        if (number) cells_.items.emplace_back(minus ? -number->number : number->number);
        return number.has_value();
    }
    if (in_.word() == "Inf") {
        cells_.items.emplace_back((minus ? -1.0 : 1.0) * std::numeric_limits<double>::infinity());
        return true;
    }
    in_.move_to(at);
    const bool empty_list = in_.text().substr(at, 2) == "[]";
    if (empty_list) {
        in_.advance(2);
        cells_.items.emplace_back(std::string{});
        return true;
    }
    parser_.unsupported(at, 1, "an entry of a cell array that is neither a text nor a number");
    return false;
}

void CellsParser::end_row() {
    const std::size_t size = cells_.items.size() - row_begin_;
    if (size == 0 && !spoiled_) return;
    if (!spoiled_ && cells_.rows > 0 && size != static_cast<std::size_t>(cells_.cols)) {
        parser_.fail(place_.offset, 1,
                     {"AZ1013", "a row of " + std::to_string(size) + " entries, where the rows above have " +
                                    std::to_string(cells_.cols)});
        spoiled_ = true;
    }
    if (spoiled_) {
        cells_.damaged = true;
        cells_.items.resize(row_begin_);
    } else {
        cells_.cols = static_cast<int>(size);
        ++cells_.rows;
        cells_.places.push_back(place_);
        row_begin_ = cells_.items.size();
    }
    spoiled_ = false;
}

std::nullopt_t CellsParser::unclosed() {
    const std::string what = parser_.target_.empty() ? "the cell array" : std::string(parser_.target_);
    const bool at_end = in_.at_end();
    // Back to the end of the line above, where the caller looks for the next statement.
    if (const auto newline = in_.text().rfind('\n', in_.offset());
        !at_end && newline != std::string_view::npos && newline > open_)
        in_.move_to(newline);
    return parser_.fail(
        open_, 1,
        {"AZ1012", what + " is never closed" + (at_end ? ", then the file ends" : ", then another statement begins"),
         "opened here", at_end ? "the file looks truncated; get a complete copy" : "close it with };"});
}

std::optional<Expr> Parser::cell_literal() {
    return CellsParser(*this).parse();
}

}  // namespace araz::matpower

// Expressions, by precedence climbing. Inside a matrix a blank can end a cell: `[1 -2]` are two
// cells, `[1 - 2]` and `[1 -2*3]` read as MATLAB reads them.
#include <algorithm>
#include <array>
#include <utility>

#include "matpower_parser.hpp"

namespace araz::matpower {

namespace {

// Operators from weakest to strongest binding; within a level the longer one first.
using Level = std::array<std::string_view, 7>;
constexpr std::array<Level, 7> levels{
    {{"||"}, {"&&"}, {"|"}, {"&"}, {"<=", ">=", "==", "~=", "!=", "<", ">"}, {"+", "-"}, {".*", "./", "*", "/"}}};

}  // namespace

std::optional<Expr> Parser::expression() {
    in_.skip_blanks();
    return binary(0);
}

std::string_view Parser::operator_at(int level) const {
    const std::string_view rest = in_.text().substr(in_.offset(), 2);
    for (const std::string_view op : levels[static_cast<std::size_t>(level)]) {
        if (op.empty() || !rest.starts_with(op)) continue;
        if ((op == "|" || op == "&") && rest.size() > 1 && rest[1] == rest[0]) continue;
        return op;
    }
    return {};
}

// Whether `op` after a blank in a matrix is the sign of the next cell and not an operation.
bool Parser::separates_cells(std::string_view op, bool blanks_before) const {
    if (!in_matrix_ || !blanks_before || (op != "+" && op != "-")) return false;
    return !is_blank(in_.peek(1));
}

std::optional<Expr> Parser::binary(int level) {
    if (level == static_cast<int>(levels.size())) return unary();
    auto left = binary(level + 1);
    while (left) {
        const std::size_t before = in_.offset();
        const bool blanks = in_.skip_blanks();
        const std::string_view op = operator_at(level);
        if (op.empty() || separates_cells(op, blanks)) {
            in_.move_to(before);
            break;
        }
        if (!one_more_operator()) return std::nullopt;
        Expr node;
        node.kind = Expr::Kind::binary;
        node.offset = in_.offset();
        node.width = op.size();
        node.name = std::string(op);
        in_.advance(op.size());
        in_.skip_blanks();
        auto right = binary(level + 1);
        if (!right) return std::nullopt;
        node.args.push_back(std::move(*left));
        node.args.push_back(std::move(*right));
        left = std::move(node);
    }
    return left;
}

// A chain of signs binds weaker than a power: -2^2 is -4.
std::optional<Expr> Parser::unary() {
    const char c = in_.peek();
    if (c != '+' && c != '-' && c != '~' && c != '!') return power();
    Expr node;
    node.kind = Expr::Kind::unary;
    node.offset = in_.offset();
    node.name = c == '!' ? "~" : std::string{c};
    if (in_matrix_ && is_blank(in_.peek(1))) return missing_value();  // a dash for "no value"
    if (!deeper(in_.offset())) return std::nullopt;
    in_.advance();
    in_.skip_blanks();
    auto operand = unary();
    --depth_;
    if (!operand) return std::nullopt;
    node.args.push_back(std::move(*operand));
    return node;
}

std::optional<Expr> Parser::power() {
    auto left = primary();
    while (left) {
        const std::size_t before = in_.offset();
        in_.skip_blanks();
        const std::size_t at = in_.offset();
        const bool element_wise = in_.peek() == '.' && in_.peek(1) == '^';
        if (in_.peek() != '^' && !element_wise) {
            in_.move_to(before);
            break;
        }
        if (!one_more_operator()) return std::nullopt;
        in_.advance(element_wise ? 2 : 1);
        in_.skip_blanks();
        const char sign = in_.peek();
        auto right = sign == '-' || sign == '+' || sign == '~' ? unary() : primary();
        if (!right) return std::nullopt;
        Expr node;
        node.kind = Expr::Kind::binary;
        node.offset = at;
        node.name = element_wise ? ".^" : "^";
        node.args.push_back(std::move(*left));
        node.args.push_back(std::move(*right));
        left = std::move(node);
    }
    return left;
}

std::optional<Expr> Parser::primary() {
    const char c = in_.peek();
    const std::size_t at = in_.offset();
    std::optional<Expr> out;
    if (is_digit(c) || (c == '.' && is_digit(in_.peek(1)))) {
        out = number();
    } else if (is_letter(c)) {
        out = name_or_call();
    } else if (c == '\'' || c == '"') {
        out = text();
    } else if (c == '(') {
        out = parenthesised();
    } else if (c == '[') {
        if (in_matrix_) return unsupported(at, 1, "a matrix inside a matrix");
        out = matrix_literal();
    } else if (c == '{') {
        if (in_matrix_) return unsupported(at, 1, "a cell array inside a matrix");
        out = cell_literal();
    } else if (c == '@') {
        return unsupported(at, 1, "a function handle (`@`)");
    } else {
        return missing_value();
    }
    if (out && in_.peek() == '\'') return unsupported(in_.offset(), 1, "the transpose operator (`'`)");
    if (out && !in_matrix_ && in_.peek() == '{') return unsupported(in_.offset(), 1, "indexing a cell array");
    return out;
}

// Bounds the depth of the tree that a chain of operators makes.
bool Parser::one_more_operator() {
    if (--operators_left_ >= 0) return true;
    fail(in_.offset(), 1, {"AZ1004", "an expression with too many operations"});
    return false;
}

std::nullopt_t Parser::missing_value() {
    const std::size_t at = in_.offset();
    std::size_t end = at;
    while (end < in_.text().size() && end < at + 40 &&
           std::string_view(" \t\r\n,;]})%#").find(in_.text()[end]) == std::string_view::npos)
        ++end;
    if (!in_matrix_ || end == at)
        return fail(at, 1, {"AZ1011", "a value is missing", "expected a number, a name or a table"});
    return fail(
        at, end - at,
        {"AZ1014", "`" + std::string(in_.text().substr(at, end - at)) + "` is not a number", "expected a number",
         "write a plain number such as 12.5 or 1e-3"});
}

std::optional<Expr> Parser::number() {
    Expr out;
    out.offset = in_.offset();
    std::size_t end = out.offset;
    const NumberFault fault = scan_number(in_.text(), end, out.number);
    while (fault == NumberFault::malformed && end < in_.text().size() &&
           (is_letter(in_.text()[end]) || is_digit(in_.text()[end]) || in_.text()[end] == '.'))
        ++end;
    in_.move_to(end);
    out.width = std::max<std::size_t>(1, end - out.offset);
    const std::string shown(in_.text().substr(out.offset, std::min<std::size_t>(out.width, 40)));
    if (fault == NumberFault::malformed)
        return fail(out.offset, out.width,
                    {"AZ1014", "`" + shown + "` is not a number", "expected a number",
                     "write a plain number such as 12.5 or 1e-3"});
    if (fault == NumberFault::overflow)
        return fail(out.offset, out.width,
                    {"AZ1016", "`" + shown + "` is too large for a number", "largest is about 1.8e308",
                     "write Inf for no limit"});
    if (fault == NumberFault::underflow)
        reporter_.info(out.offset, out.width,
                       {"AZ1017", "`" + shown + "` is too small for a number and was read as 0"});
    return out;
}

// 'it''s' or "it's": the quote is doubled to stand for itself.
std::optional<Expr> Parser::text() {
    constexpr std::size_t longest = 1U << 20U;
    Expr out;
    out.kind = Expr::Kind::text;
    out.offset = in_.offset();
    const char quote = in_.peek();
    in_.advance();
    while (true) {
        const char c = in_.peek();
        if (in_.at_end() || c == '\n')
            return fail(
                out.offset, 1,
                {"AZ1012", "the text that begins here is not closed on its line", std::string("no closing ") + quote});
        if (out.name.size() >= longest) return fail(out.offset, 1, {"AZ1004", "a text longer than 1 MiB"});
        in_.advance();
        if (c == quote) {
            if (in_.peek() != quote) break;
            in_.advance();
        }
        out.name += c;
    }
    out.width = in_.offset() - out.offset;
    return out;
}

std::optional<Expr> Parser::name_or_call() {
    Expr out;
    out.kind = Expr::Kind::name;
    out.offset = in_.offset();
    out.name = std::string(in_.word());
    out.width = out.name.size();
    const std::size_t before = in_.offset();
    const bool blanks = in_.skip_blanks();
    if (in_.peek() != '(' || (in_matrix_ && blanks)) {
        in_.move_to(before);
        return out;
    }
    out.kind = Expr::Kind::call;
    if (!arguments(out.args)) return std::nullopt;
    return out;
}

std::optional<Expr> Parser::parenthesised() {
    const std::size_t begin = in_.offset();
    if (!deeper(begin)) return std::nullopt;
    const bool outer = std::exchange(in_matrix_, false);
    in_.advance();
    auto inner = expression();
    in_matrix_ = outer;
    --depth_;
    if (!inner) return std::nullopt;
    in_.skip_blanks();
    if (in_.peek() != ')') return fail(begin, 1, {"AZ1012", "this parenthesis is not closed", "no matching `)`"});
    in_.advance();
    return inner;
}

// (a, b) after a name: `:` alone stands for all rows or columns.
bool Parser::arguments(std::vector<Expr>& args) {
    const std::size_t begin = in_.offset();
    if (!deeper(begin)) return false;
    const bool outer = std::exchange(in_matrix_, false);
    in_.advance();
    bool good = true;
    while (good) {
        in_.skip_blanks();
        const std::size_t at = in_.offset();
        if (in_.peek() == ':') {
            in_.advance();
            args.emplace_back();
            args.back().kind = Expr::Kind::all;
            args.back().offset = at;
        } else if (in_.text().substr(at, 3) == "end" && !is_letter(in_.peek(3)) && !is_digit(in_.peek(3))) {
            unsupported(at, 3, "`end` as an index");
            good = false;
        } else if (auto arg = expression()) {
            args.push_back(std::move(*arg));
        } else {
            good = false;
        }
        if (!good) break;
        in_.skip_blanks();
        if (in_.peek() == ')') break;
        if (in_.peek() == ':') {
            unsupported(in_.offset(), 1, "a range (`first:last`)");
            good = false;
        } else if (in_.peek() != ',' || args.size() >= 4) {
            fail(begin, 1, {"AZ1012", "this parenthesis is not closed", "no matching `)`"});
            good = false;
        } else {
            in_.advance();
        }
    }
    if (good) in_.advance();
    in_matrix_ = outer;
    --depth_;
    return good;
}

}  // namespace araz::matpower

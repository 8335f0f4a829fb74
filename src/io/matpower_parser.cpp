#include "matpower_parser.hpp"

#include <algorithm>
#include <array>

namespace araz::matpower {

namespace {

constexpr std::array<std::string_view, 12> foreign_keywords{
    "for",        "while",  "switch",         "try",   "do",       "global",
    "persistent", "parfor", "unwind_protect", "break", "continue", "classdef"};

template <class Words>
bool is_one_of(std::string_view word, const Words& words) {
    return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

bool ends_block(std::string_view word) {
    return is_one_of(word, std::array<std::string_view, 4>{"end", "endif", "else", "elseif"});
}

}  // namespace

std::nullopt_t Parser::fail(std::size_t offset, std::size_t width, Note note) {
    reporter_.error(offset, width, std::move(note));
    return std::nullopt;
}

std::nullopt_t Parser::unsupported(std::size_t offset, std::size_t width, const std::string& construct) {
    return fail(
        offset, width,
        {"AZ1010", construct + " is not supported in a case file", "outside the part of the language that is read",
         "write the resulting numbers into the tables, for example with savecase"});
}

bool Parser::deeper(std::size_t at) {
    if (++depth_ <= limits_.max_nesting) return true;
    fail(at, 1, {"AZ1004", "more than " + std::to_string(limits_.max_nesting) + " levels of nesting"});
    return false;
}

bool Parser::skip_space(bool separators) {
    const std::size_t begin = in_.offset();
    if (in_.skip_space(separators)) return true;
    fail(
        begin, 1,
        {"AZ1012", "a block comment that begins after here is never closed", "", "close it with %} alone on its line"});
    return false;
}

std::optional<Statement> Parser::next() {
    while (!reporter_.is_full() && skip_space(true) && !in_.at_end()) {
        depth_ = 0;
        in_matrix_ = false;
        const std::size_t begin = in_.offset();
        auto parsed = statement();
        if (parsed && end_of_statement()) return parsed;
        recover(begin);
        if (parsed) return parsed;  // only what follows it was wrong
    }
    return std::nullopt;
}

// After an error: on to the next line, at least one byte further.
void Parser::recover(std::size_t begin) {
    if (in_.offset() <= begin) in_.move_to(begin + 1);
    in_.skip_line();
}

bool Parser::end_of_statement() {
    in_.skip_blanks();
    const char c = in_.peek();
    if (in_.at_end() || c == '\n' || c == ';' || c == ',' || is_comment(c)) return true;
    std::size_t end = in_.offset();
    while (end < in_.text().size() && in_.text()[end] != '\n' && !is_blank(in_.text()[end])) ++end;
    fail(in_.offset(), end - in_.offset(),
         {"AZ1011", "unexpected text after the end of a statement", "nothing more was expected here"});
    return false;
}

std::optional<Statement> Parser::statement() {
    const std::size_t begin = in_.offset();
    operators_left_ = max_operators;
    if (in_.peek() == '[') return multi_assign();
    const std::string_view word = in_.word();
    if (word.empty())
        return fail(begin, 1,
                    {"AZ1011", "this is not a statement", "expected a table such as mpc.bus = [ ... ];",
                     "is this a MATPOWER case file?"});
    if (word == "function") return header();
    if (word == "if") return condition();
    if (is_one_of(word, foreign_keywords)) return unsupported(begin, word.size(), "`" + std::string(word) + "`");
    Statement plain;
    plain.offset = begin;
    plain.width = word.size();
    plain.name = std::string(word);
    // `end` alone closes the function; what follows is looked at all the same.
    if (word == "return" || word == "end" || word == "endfunction") {
        plain.kind = word == "return" ? Statement::Kind::stop : Statement::Kind::command;
        return plain;
    }
    in_.skip_blanks();
    const char c = in_.peek();
    if (c == '=' || c == '(') return assignment(begin, word);
    if (c == '{') return unsupported(in_.offset(), 1, "indexing a cell array");
    if ((c == '+' || c == '-' || c == '*' || c == '/') && in_.peek(1) == '=')
        return unsupported(in_.offset(), 2, "the operator `" + std::string{c} + "=`");
    if (is_letter(c) || is_digit(c))
        return fail(begin, word.size(),
                    {"AZ1011", "`" + std::string(word) + "` does not begin a statement of a case file",
                     "expected a table such as mpc.bus = [ ... ];"});
    plain.kind = Statement::Kind::command;
    return plain;
}

// function NAME | function out = NAME | function [a, b] = NAME, each perhaps with () behind it.
std::optional<Statement> Parser::header() {
    Statement out;
    out.kind = Statement::Kind::header;
    in_.skip_blanks();
    out.offset = in_.offset();
    if (in_.peek() == '[') {
        if (!output_names(out.outputs)) return std::nullopt;
    } else {
        out.outputs.emplace_back(in_.word());
    }
    out.width = std::max<std::size_t>(1, in_.offset() - out.offset);
    in_.skip_blanks();
    if (in_.peek() == '=') {
        in_.advance();
        in_.skip_blanks();
        out.name = std::string(in_.word());
    } else {
        out.name = out.outputs.empty() ? "" : out.outputs.front();
        out.outputs.clear();
    }
    if (out.name.empty())
        return fail(in_.offset(), 1, {"AZ1011", "the function header has no name", "expected `function mpc = NAME`"});
    in_.skip_blanks();
    if (in_.peek() == '(') {
        in_.advance();
        in_.skip_blanks();
        if (in_.peek() != ')') return unsupported(in_.offset(), 1, "a case function with arguments");
        in_.advance();
    }
    return out;
}

// [a, b ...]: names of outputs, `~` for one that is not wanted.
bool Parser::output_names(std::vector<std::string>& names) {
    in_.advance();
    while (true) {
        while (in_.skip_blanks() || in_.peek() == ',') {
            if (in_.peek() == ',') in_.advance();
        }
        const std::size_t at = in_.offset();
        if (in_.peek() == ']') {
            in_.advance();
            return true;
        }
        std::string_view name = in_.word();
        if (name.empty() && in_.peek() == '~') {
            in_.advance();
            name = "~";
        }
        if (name.empty() || static_cast<int>(names.size()) >= limits_.max_columns) {
            fail(at, 1, {"AZ1011", "a list of output names was expected", "expected a name or `]`"});
            return false;
        }
        names.emplace_back(name);
    }
}

std::optional<Statement> Parser::multi_assign() {
    Statement out;
    out.kind = Statement::Kind::multi_assign;
    if (!output_names(out.outputs)) return std::nullopt;
    in_.skip_blanks();
    if (in_.peek() != '=')
        return fail(in_.offset(), 1,
                    {"AZ1011", "`=` is missing after the list of output names", "expected `= idx_bus` or the like"});
    in_.advance();
    in_.skip_blanks();
    out.offset = in_.offset();
    out.name = std::string(in_.word());
    out.width = std::max<std::size_t>(1, out.name.size());
    if (out.name.empty())
        return fail(
            out.offset, 1,
            {"AZ1011", "a function that gives the listed outputs was expected", "expected idx_bus or the like"});
    in_.skip_blanks();
    if (in_.peek() == '(')
        return unsupported(out.offset, out.width, "the call `" + out.name + "(...)` with several outputs");
    return out;
}

std::optional<Statement> Parser::assignment(std::size_t begin, std::string_view name) {
    Statement out;
    out.offset = begin;
    out.width = name.size();
    out.name = std::string(name);
    if (in_.peek() == '(') {
        out.indexed = true;
        if (!arguments(out.index)) return std::nullopt;
        in_.skip_blanks();
    }
    if (in_.peek() != '=' || in_.peek(1) == '=') {
        return unsupported(begin, name.size(), "the call or test `" + std::string(name) + "` as a statement");
    }
    in_.advance();
    target_ = name;
    auto value = expression();
    if (!value) return std::nullopt;
    out.value = std::move(*value);
    return out;
}

// if TEST body {elseif TEST body} [else body] end
std::optional<Statement> Parser::condition() {
    Statement out;
    out.kind = Statement::Kind::condition;
    out.offset = in_.offset();
    if (!deeper(out.offset)) return std::nullopt;
    std::string_view word = "if";
    while (word == "if" || word == "elseif" || word == "else") {
        Statement::Block part;
        if (word == "else") {
            part.test.number = 1.0;
        } else {
            auto test = expression();
            if (!test) return std::nullopt;
            part.test = std::move(*test);
        }
        const bool closed = block(part.body);
        out.blocks.push_back(std::move(part));
        if (!closed) return fail(out.offset, 1, {"AZ1012", "this `if` is never closed", "no `end` follows"});
        const std::size_t at = in_.offset();
        word = in_.word();
        if (word == "else" && in_.peek() == 'i') in_.move_to(at);
    }
    --depth_;
    return out;
}

// Statements up to `end`, `else` or `elseif`, which is left to the caller.
bool Parser::block(std::vector<Statement>& body) {
    while (!reporter_.is_full() && skip_space(true) && !in_.at_end()) {
        const std::size_t begin = in_.offset();
        if (ends_block(in_.word())) {
            in_.move_to(begin);
            return true;
        }
        in_.move_to(begin);
        const int depth = depth_;
        auto parsed = statement();
        depth_ = depth;
        if (!parsed || !end_of_statement()) recover(begin);
        if (parsed) body.push_back(std::move(*parsed));
    }
    return false;
}

}  // namespace araz::matpower

// Text -> statements. Knows the grammar and reports what is outside it; evaluates nothing.
#pragma once

#include <optional>
#include <string_view>

#include "araz/io/case_io.hpp"
#include "matpower_report.hpp"
#include "matpower_scanner.hpp"
#include "matpower_syntax.hpp"

namespace araz::matpower {

class Parser {
public:
    Parser(Reporter& reporter, const ReadLimits& limits)
        : in_(reporter.text()), reporter_(reporter), limits_(limits), cells_left_(limits.max_cells) {}

    /// The next statement; nothing at the end of the text or when too much is wrong to go on.
    /// What cannot be parsed is reported and skipped.
    std::optional<Statement> next();

private:
    // --- statements (matpower_parser.cpp) ---
    std::optional<Statement> statement();
    std::optional<Statement> header();
    std::optional<Statement> condition();
    std::optional<Statement> multi_assign();
    std::optional<Statement> assignment(std::size_t begin, std::string_view name);
    bool block(std::vector<Statement>& body);
    bool output_names(std::vector<std::string>& names);
    bool end_of_statement();
    void recover(std::size_t begin);
    bool skip_space(bool separators);

    // --- expressions (matpower_expression.cpp) ---
    std::optional<Expr> expression();
    std::optional<Expr> binary(int level);
    std::optional<Expr> unary();
    std::optional<Expr> power();
    std::optional<Expr> primary();
    std::nullopt_t missing_value();
    std::optional<Expr> number();
    std::optional<Expr> text();
    std::optional<Expr> name_or_call();
    std::optional<Expr> parenthesised();
    bool arguments(std::vector<Expr>& args);
    std::string_view operator_at(int level) const;
    bool separates_cells(std::string_view op, bool blanks_before) const;
    bool deeper(std::size_t at);
    bool one_more_operator();

    // --- literals (matpower_literal.cpp) ---
    friend class MatrixParser;
    friend class CellsParser;
    std::optional<Expr> matrix_literal();
    std::optional<Expr> cell_literal();

    std::nullopt_t fail(std::size_t offset, std::size_t width, Note note);
    std::nullopt_t unsupported(std::size_t offset, std::size_t width, const std::string& construct);

    Scanner in_;
    Reporter& reporter_;
    const ReadLimits& limits_;
    long long cells_left_;
    static constexpr int max_operators = 1000;  // in one statement, or one cell of a literal
    int operators_left_ = max_operators;
    int depth_ = 0;            // of parentheses and blocks
    bool in_matrix_ = false;   // blanks separate cells here
    std::string_view target_;  // what the statement assigns to, for messages
};

}  // namespace araz::matpower

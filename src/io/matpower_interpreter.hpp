// Statements -> values. Total by construction: every statement runs at most once, every operation is
// linear in the cells it makes, and the number of those is bounded.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "araz/io/case_io.hpp"
#include "matpower_report.hpp"
#include "matpower_syntax.hpp"

namespace araz::matpower {

class Interpreter {
public:
    struct Variable {
        Value value;
        std::size_t offset = 0;  ///< of its first assignment
        std::size_t width = 1;
    };
    using Variables = std::map<std::string, Variable, std::less<>>;

    Interpreter(Reporter& reporter, const ReadLimits& limits) : reporter_(reporter), cells_left_(limits.max_cells) {}

    /// Executes one statement (its literals are moved out of it); false: nothing may follow.
    bool execute(Statement& statement);

    [[nodiscard]] const Variables& variables() const { return variables_; }
    [[nodiscard]] Variables& variables() { return variables_; }

private:
    void assign(Statement& statement);
    void assign_indexed(Statement& statement);
    void assign_outputs(const Statement& statement);
    void command(const Statement& statement);
    bool condition(Statement& statement);
    void define(std::string_view name, int value, const Statement& statement);

    std::optional<Value> evaluate(Expr& expr);
    std::optional<Matrix> evaluate_matrix(Expr& expr);
    std::optional<Value> literal(Expr& expr);
    std::optional<Value> name(const Expr& expr);
    std::optional<Value> call(Expr& expr);
    std::optional<Value> unary(Expr& expr);
    std::optional<Value> binary(Expr& expr);
    std::optional<Matrix> element_wise(const Expr& expr, const Matrix& left, const Matrix& right);
    std::optional<Matrix> find(const Matrix& mask);
    std::optional<Matrix> indexed(const Expr& expr, const Matrix& table, std::vector<Expr>& args);
    /// Positions (from 0) that an index stands for, in a dimension of `size`.
    std::optional<std::vector<int>> positions(Expr& index, int size);
    /// Rows and columns that the index of `name` stands for.
    struct Selection {
        std::vector<int> rows, cols;
    };
    std::optional<Selection> selection(const Expr& place, const std::string& what, const Matrix& table,
                                       std::vector<Expr>& args);
    bool spend(std::size_t cells, const Expr& expr);
    std::nullopt_t fail(const Expr& expr, Note note);
    [[nodiscard]] std::string suggestion(const std::string& name) const;

    Reporter& reporter_;
    Variables variables_;
    long long cells_left_;
    bool in_literal_ = false;  // a name that is not known is then a cell that is no number
};

}  // namespace araz::matpower

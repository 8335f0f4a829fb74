// The interpreter's expressions.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include "araz/base/text.hpp"
#include "matpower_functions.hpp"
#include "matpower_interpreter.hpp"

namespace araz::matpower {

namespace {

std::optional<double> constant(std::string_view name) {
    if (name == "Inf" || name == "inf") return std::numeric_limits<double>::infinity();
    if (name == "NaN" || name == "nan") return std::numeric_limits<double>::quiet_NaN();
    if (name == "pi") return std::numbers::pi;
    if (name == "true") return 1.0;
    if (name == "false") return 0.0;
    return std::nullopt;
}

using Operation = double (*)(double, double);

Operation operation(std::string_view op) {
    if (op == "+") return [](double a, double b) { return a + b; };
    if (op == "-") return [](double a, double b) { return a - b; };
    if (op == "*" || op == ".*") return [](double a, double b) { return a * b; };
    if (op == "/" || op == "./") return [](double a, double b) { return a / b; };
    if (op == "^" || op == ".^") return [](double a, double b) { return std::pow(a, b); };
    if (op == "<") return [](double a, double b) { return a < b ? 1.0 : 0.0; };
    if (op == "<=") return [](double a, double b) { return a <= b ? 1.0 : 0.0; };
    if (op == ">") return [](double a, double b) { return a > b ? 1.0 : 0.0; };
    if (op == ">=") return [](double a, double b) { return a >= b ? 1.0 : 0.0; };
    if (op == "==") return [](double a, double b) { return a == b ? 1.0 : 0.0; };
    if (op == "~=" || op == "!=") return [](double a, double b) { return a != b ? 1.0 : 0.0; };
    if (op == "&" || op == "&&") return [](double a, double b) { return a != 0.0 && b != 0.0 ? 1.0 : 0.0; };
    return [](double a, double b) { return a != 0.0 || b != 0.0 ? 1.0 : 0.0; };
}

bool is_arithmetic(std::string_view op) {
    return std::string_view("+-*/^.").find(op[0]) != std::string_view::npos;
}

}  // namespace

std::optional<Value> Interpreter::evaluate(Expr& expr) {
    switch (expr.kind) {
        case Expr::Kind::number:
            return Matrix::scalar(expr.number);
        case Expr::Kind::text:
            return std::move(expr.name);
        case Expr::Kind::matrix:
            return literal(expr);
        case Expr::Kind::cells:
            return std::move(*expr.cells);
        case Expr::Kind::name:
            return name(expr);
        case Expr::Kind::call:
            return call(expr);
        case Expr::Kind::unary:
            return unary(expr);
        case Expr::Kind::binary:
            return binary(expr);
        case Expr::Kind::all:
            break;
    }
    return fail(expr, {"AZ1010", "`:` as a value is not supported"});
}

std::optional<Matrix> Interpreter::evaluate_matrix(Expr& expr) {
    auto value = evaluate(expr);
    if (!value) return std::nullopt;
    if (auto* matrix = std::get_if<Matrix>(&*value)) return std::move(*matrix);
    return fail(expr, {in_literal_ ? "AZ1014" : "AZ1022",
                       std::string(kind_of(*value)) + " stands where a number belongs", "expected a number",
                       "write a plain number such as 12.5 or 1e-3"});
}

std::optional<Value> Interpreter::literal(Expr& expr) {
    Matrix& matrix = expr.matrix->matrix;
    const bool outer = std::exchange(in_literal_, true);
    for (MatrixLiteral::Pending& cell : expr.matrix->pending) {
        const auto value = evaluate_matrix(*cell.expr);
        if (value && value->is_scalar()) {
            matrix.cells[cell.cell] = value->cells[0];
            continue;
        }
        if (value)
            fail(*cell.expr, {"AZ1014",
                              "a cell that is itself a table of " + std::to_string(value->rows) + " by " +
                                  std::to_string(value->cols),
                              "expected one number", "write one number per cell"});
        matrix.damaged = true;
        if (reporter_.is_full()) break;
    }
    in_literal_ = outer;
    return std::move(matrix);
}

std::optional<Value> Interpreter::name(const Expr& expr) {
    if (const auto found = variables_.find(expr.name); found != variables_.end()) {
        const Value& value = found->second.value;
        const auto* matrix = std::get_if<Matrix>(&value);
        if (!spend(matrix != nullptr ? matrix->cells.size() : 1, expr)) return std::nullopt;
        return value;
    }
    if (const auto value = constant(expr.name)) return Matrix::scalar(*value);
    const std::string shown = expr.name.substr(0, 60);
    if (in_literal_)
        return fail(expr, {"AZ1014", "`" + shown + "` is not a number" + suggestion(shown), "expected a number",
                           "write a plain number such as 12.5 or 1e-3"});
    return fail(expr, {"AZ1018", "`" + shown + "` has not been assigned" + suggestion(shown)});
}

std::optional<Value> Interpreter::call(Expr& expr) {
    if (const auto found = variables_.find(expr.name); found != variables_.end()) {
        const auto* table = std::get_if<Matrix>(&found->second.value);
        if (table == nullptr)
            return fail(expr,
                        {"AZ1010", "indexing " + std::string(kind_of(found->second.value)) + " is not supported"});
        return indexed(expr, *table, expr.args);
    }
    const Function* function = find_function(expr.name);
    if (function == nullptr && expr.name != "find")
        return fail(expr, {"AZ1018", "`" + expr.name.substr(0, 60) +
                                         "` is neither a table of this file nor a function that a case file may call" +
                                         suggestion(expr.name.substr(0, 60))});
    if (expr.args.size() != 1) return fail(expr, {"AZ1019", expr.name + " takes one argument"});
    auto argument = evaluate_matrix(expr.args[0]);
    if (!argument) return std::nullopt;
    if (function == nullptr) {
        if (!argument->is_vector()) return fail(expr, {"AZ1019", "find takes one row or column"});
        return find(*argument);
    }
    for (double& cell : argument->cells) cell = function->apply(cell);
    argument->logical = function->logical;
    return std::move(*argument);
}

std::optional<Matrix> Interpreter::find(const Matrix& mask) {
    Matrix out;
    for (std::size_t i = 0; i < mask.cells.size(); ++i)
        if (mask.cells[i] != 0.0) out.cells.push_back(static_cast<double>(i + 1));
    out.rows = static_cast<int>(out.cells.size());
    out.cols = 1;
    return out;
}

std::optional<Value> Interpreter::unary(Expr& expr) {
    auto operand = evaluate_matrix(expr.args[0]);
    if (!operand) return std::nullopt;
    for (double& cell : operand->cells) {
        if (expr.name == "-") cell = -cell;
        if (expr.name == "~") cell = cell == 0.0 ? 1.0 : 0.0;
    }
    operand->logical = expr.name == "~";
    return std::move(*operand);
}

std::optional<Value> Interpreter::binary(Expr& expr) {
    const auto left = evaluate_matrix(expr.args[0]);
    if (!left) return std::nullopt;
    const auto right = evaluate_matrix(expr.args[1]);
    if (!right) return std::nullopt;
    return element_wise(expr, *left, *right);
}

std::optional<Matrix> Interpreter::element_wise(const Expr& expr, const Matrix& left, const Matrix& right) {
    const std::string& op = expr.name;
    const bool matrix_algebra = (op == "*" && !left.is_scalar() && !right.is_scalar()) ||
                                (op == "/" && !right.is_scalar()) ||
                                (op == "^" && !(left.is_scalar() && right.is_scalar()));
    if (matrix_algebra)
        return fail(expr, {"AZ1010", "the matrix operation `" + op + "` is not supported in a case file",
                           "write ." + op + " for element by element"});
    if (!left.is_scalar() && !right.is_scalar() && (left.rows != right.rows || left.cols != right.cols)) {
        return fail(expr, {"AZ1019", "`" + op + "` of " + std::to_string(left.rows) + " by " +
                                         std::to_string(left.cols) + " and " + std::to_string(right.rows) + " by " +
                                         std::to_string(right.cols) + " values"});
    }
    const Matrix& shape = left.is_scalar() ? right : left;
    Matrix out;
    out.rows = shape.rows;
    out.cols = shape.cols;
    out.logical = !is_arithmetic(op);
    out.damaged = left.damaged || right.damaged;
    if (!spend(shape.cells.size(), expr)) return std::nullopt;
    out.cells.resize(shape.cells.size());
    const Operation apply = operation(op);
    for (std::size_t i = 0; i < out.cells.size(); ++i)
        out.cells[i] = apply(left.cells[left.is_scalar() ? 0 : i], right.cells[right.is_scalar() ? 0 : i]);
    return out;
}

}  // namespace araz::matpower

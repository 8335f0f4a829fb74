// Values and syntax trees of the MATPOWER reader: the small, total part of the MATLAB language that
// case files use. There are no loops, no files and no way to call anything that is
// not named in matpower_functions.cpp.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace araz::matpower {

/// Where a row of a literal begins.
struct RowPlace {
    std::size_t offset = 0;
    int line = 0;
};

struct Matrix {
    int rows = 0;
    int cols = 0;
    std::vector<double> cells;     ///< row by row
    std::vector<RowPlace> places;  ///< one per row of a literal, else empty
    bool logical = false;          ///< a mask
    bool damaged = false;          ///< rows with errors were left out; nothing is concluded from its size

    [[nodiscard]] bool is_scalar() const { return rows == 1 && cols == 1; }
    [[nodiscard]] bool is_vector() const { return rows == 1 || cols == 1; }
    [[nodiscard]] double at(int row, int col) const { return cells[index(row, col)]; }
    [[nodiscard]] double& at(int row, int col) { return cells[index(row, col)]; }
    [[nodiscard]] std::size_t index(int row, int col) const {
        return static_cast<std::size_t>(row) * static_cast<std::size_t>(cols) + static_cast<std::size_t>(col);
    }
    static Matrix scalar(double value) { return {1, 1, {value}, {}, false, false}; }
};

/// A cell array: texts and numbers.
struct Cells {
    using Item = std::variant<double, std::string>;
    int rows = 0;
    int cols = 0;
    std::vector<Item> items;  ///< row by row
    std::vector<RowPlace> places;
    bool damaged = false;
};

using Value = std::variant<Matrix, std::string, Cells>;

[[nodiscard]] std::string_view kind_of(const Value& value);

struct Expr;

/// A matrix literal: its plain numbers are in place, the other cells are still to be evaluated.
struct MatrixLiteral {
    struct Pending {
        std::size_t cell;
        std::unique_ptr<Expr> expr;
    };
    Matrix matrix;
    std::vector<Pending> pending;
};

struct Expr {
    enum class Kind { number, text, matrix, cells, name, call, all, unary, binary };
    Kind kind = Kind::number;
    std::size_t offset = 0;
    std::size_t width = 1;
    double number = 0.0;
    std::string name;        ///< name, called name, operator, or the text itself
    std::vector<Expr> args;  ///< operands, or what stands in the parentheses
    std::unique_ptr<MatrixLiteral> matrix;
    std::unique_ptr<Cells> cells;
};

struct Statement {
    enum class Kind { header, assign, multi_assign, command, condition, stop };
    Kind kind = Kind::assign;
    std::size_t offset = 0;
    std::size_t width = 1;
    std::string name;                  ///< assigned name, command, name of the function
    std::vector<std::string> outputs;  ///< header and multi_assign
    bool indexed = false;              ///< assign: name(index) = value
    std::vector<Expr> index;
    Expr value;
    struct Block {
        Expr test;  ///< of the else block: kind number, 1
        std::vector<Statement> body;
    };
    std::vector<Block> blocks;  ///< condition
};

}  // namespace araz::matpower

#include "matpower_interpreter.hpp"

#include <algorithm>

#include "araz/base/text.hpp"
#include "matpower_functions.hpp"

namespace araz::matpower {

std::string_view kind_of(const Value& value) {
    if (std::holds_alternative<std::string>(value)) return "a text";
    return std::holds_alternative<Cells>(value) ? "a cell array" : "a matrix";
}

bool Interpreter::execute(Statement& statement) {
    switch (statement.kind) {
        case Statement::Kind::header:
            return true;
        case Statement::Kind::assign:
            assign(statement);
            return true;
        case Statement::Kind::multi_assign:
            assign_outputs(statement);
            return true;
        case Statement::Kind::command:
            command(statement);
            return true;
        case Statement::Kind::condition:
            return condition(statement);
        case Statement::Kind::stop:
            return false;
    }
    return true;
}

std::nullopt_t Interpreter::fail(const Expr& expr, Note note) {
    reporter_.error(expr.offset, expr.width, std::move(note));
    return std::nullopt;
}

bool Interpreter::spend(std::size_t cells, const Expr& expr) {
    cells_left_ -= static_cast<long long>(cells);
    if (cells_left_ >= 0) return true;
    fail(expr, {"AZ1004", "the statements of this file compute more cells than a case can need"});
    return false;
}

std::string Interpreter::suggestion(const std::string& name) const {
    std::vector<std::string> candidates = known_names();
    for (const auto& [known, variable] : variables_) candidates.push_back(known);
    return did_you_mean(name, candidates);
}

// --- statements ---

void Interpreter::assign(Statement& statement) {
    if (statement.indexed) return assign_indexed(statement);
    if (auto value = evaluate(statement.value))
        variables_.insert_or_assign(statement.name, Variable{std::move(*value), statement.offset, statement.width});
}

void Interpreter::assign_indexed(Statement& statement) {
    Expr place;
    place.offset = statement.offset;
    place.width = statement.width;
    const auto found = variables_.find(statement.name);
    Matrix* table = found == variables_.end() ? nullptr : std::get_if<Matrix>(&found->second.value);
    if (table == nullptr) {
        fail(place, {"AZ1018", "`" + statement.name + "` is not a table that could be changed here" +
                                   suggestion(statement.name)});
        return;
    }
    const bool damaged = table->damaged;
    const auto chosen = selection(place, statement.name, *table, statement.index);
    const auto value = evaluate_matrix(statement.value);
    if (!chosen || !value) return;
    const std::size_t rows = chosen->rows.size();
    const std::size_t cols = chosen->cols.size();
    const bool fits = value->is_scalar() ||
                      (static_cast<std::size_t>(value->rows) == rows && static_cast<std::size_t>(value->cols) == cols);
    if (!fits) {
        if (damaged || value->damaged) return;  // sizes differ because rows with errors were left out
        fail(place, {"AZ1019", std::to_string(value->rows) + " by " + std::to_string(value->cols) +
                                   " values are assigned to " + std::to_string(rows) + " by " + std::to_string(cols) +
                                   " cells"});
        return;
    }
    if (!spend(rows * cols, place)) return;
    for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t j = 0; j < cols; ++j)
            table->at(chosen->rows[i], chosen->cols[j]) =
                value->is_scalar() ? value->cells[0] : value->cells[i * cols + j];
}

void Interpreter::define(std::string_view name, int value, const Statement& statement) {
    variables_.insert_or_assign(std::string(name), Variable{Matrix::scalar(value), statement.offset, statement.width});
}

// [PQ, PV, ...] = idx_bus
void Interpreter::assign_outputs(const Statement& statement) {
    Expr place;
    place.offset = statement.offset;
    place.width = statement.width;
    const auto constants = index_constants(statement.name);
    if (constants.empty()) {
        fail(place, {"AZ1010",
                     "`" + statement.name + "` is not a function with several outputs that a case file may call" +
                         suggestion(statement.name),
                     "idx_bus, idx_gen, idx_brch, idx_cost or idx_area was expected"});
        return;
    }
    if (statement.outputs.size() > constants.size()) {
        fail(place, {"AZ1019", statement.name + " has " + std::to_string(constants.size()) + " outputs, " +
                                   std::to_string(statement.outputs.size()) + " are asked for"});
        return;
    }
    for (std::size_t i = 0; i < statement.outputs.size(); ++i)
        if (statement.outputs[i] != "~") define(statement.outputs[i], constants[i].value, statement);
}

void Interpreter::command(const Statement& statement) {
    if (statement.name == "end" || statement.name == "endfunction") return;
    if (statement.name == "define_constants") {
        for (const Constant& constant : all_constants()) define(constant.name, constant.value, statement);
        return;
    }
    Expr place;
    place.offset = statement.offset;
    place.width = statement.width;
    fail(place, {"AZ1011", "`" + statement.name + "` is not a statement of a case file" + suggestion(statement.name),
                 "expected a table such as mpc.bus = [ ... ];"});
}

bool Interpreter::condition(Statement& statement) {
    for (Statement::Block& block : statement.blocks) {
        const auto test = evaluate_matrix(block.test);
        if (!test) return true;
        const bool holds = !test->cells.empty() &&
                           std::all_of(test->cells.begin(), test->cells.end(), [](double x) { return x != 0.0; });
        if (!holds) continue;
        for (Statement& inner : block.body)
            if (!execute(inner)) return false;
        return true;
    }
    return true;
}

// --- indexing ---

std::optional<std::vector<int>> Interpreter::positions(Expr& index, int size) {
    std::vector<int> out;
    if (index.kind == Expr::Kind::all) {
        if (!spend(static_cast<std::size_t>(size), index)) return std::nullopt;
        out.resize(static_cast<std::size_t>(size));
        for (int i = 0; i < size; ++i) out[static_cast<std::size_t>(i)] = i;
        return out;
    }
    const auto wanted = evaluate_matrix(index);
    if (!wanted) return std::nullopt;
    if (wanted->logical) {
        if (wanted->cells.size() > static_cast<std::size_t>(size))
            return fail(index, {"AZ1019", "a mask of " + std::to_string(wanted->cells.size()) + " values for " +
                                              std::to_string(size) + " rows or columns"});
        for (std::size_t i = 0; i < wanted->cells.size(); ++i)
            if (wanted->cells[i] != 0.0) out.push_back(static_cast<int>(i));
        return out;
    }
    for (const double value : wanted->cells) {
        if (!(value >= 1.0 && value <= size) || value != static_cast<int>(value))
            return fail(index, {"AZ1019", "the index " + shortest(value) + " is outside 1.." + std::to_string(size)});
        out.push_back(static_cast<int>(value) - 1);
    }
    return out;
}

std::optional<Interpreter::Selection> Interpreter::selection(const Expr& place, const std::string& what,
                                                             const Matrix& table, std::vector<Expr>& args) {
    if (args.size() == 1 && table.is_vector()) {
        const int size = static_cast<int>(table.cells.size());
        auto chosen = positions(args[0], size);
        if (!chosen) return std::nullopt;
        if (table.cols == 1) return Selection{std::move(*chosen), {0}};
        return Selection{{0}, std::move(*chosen)};
    }
    if (args.size() != 2)
        return fail(place,
                    {"AZ1010", "`" + what + "` indexed by " + std::to_string(args.size()) + " values is not supported",
                     "expected (rows, columns)"});
    auto rows = positions(args[0], table.rows);
    if (!rows) return std::nullopt;
    auto cols = positions(args[1], table.cols);
    if (!cols) return std::nullopt;
    return Selection{std::move(*rows), std::move(*cols)};
}

std::optional<Matrix> Interpreter::indexed(const Expr& expr, const Matrix& table, std::vector<Expr>& args) {
    const auto chosen = selection(expr, expr.name, table, args);
    if (!chosen || !spend(chosen->rows.size() * chosen->cols.size(), expr)) return std::nullopt;
    Matrix out;
    out.rows = static_cast<int>(chosen->rows.size());
    out.cols = static_cast<int>(chosen->cols.size());
    out.damaged = table.damaged;
    out.logical = table.logical;
    out.cells.reserve(chosen->rows.size() * chosen->cols.size());
    for (const int row : chosen->rows)
        for (const int col : chosen->cols) out.cells.push_back(table.at(row, col));
    return out;
}

}  // namespace araz::matpower

// What a case file may call: element-wise functions and the column names of MATPOWER's tables.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "matpower_syntax.hpp"

namespace araz::matpower {

struct Constant {
    std::string_view name;
    int value;
};

/// Outputs of idx_bus, idx_gen, ... in MATPOWER's order; empty for any other name.
[[nodiscard]] std::span<const Constant> index_constants(std::string_view function);
/// What define_constants defines.
[[nodiscard]] std::vector<Constant> all_constants();

struct Function {
    std::string_view name;
    double (*apply)(double);
    bool logical;  ///< gives a mask
};
[[nodiscard]] const Function* find_function(std::string_view name);
/// Names that can be called or read without having been assigned, for "did you mean".
[[nodiscard]] std::vector<std::string> known_names();

}  // namespace araz::matpower

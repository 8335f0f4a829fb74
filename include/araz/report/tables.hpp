// Results as tables for people. Nothing is computed here: every figure stands in the result.
#pragma once

#include <string>

#include "araz/model/results.hpp"

namespace araz {

struct TableOptions {
    int limit = 20;      ///< rows of long tables; 0: all
    bool color = false;  ///< ANSI colours; meaning is never carried by colour alone
};

[[nodiscard]] std::string to_table(const PfResult& result, const TableOptions& options = {});
[[nodiscard]] std::string to_table(const N1Result& result, const TableOptions& options = {});
[[nodiscard]] std::string to_table(const CapacityResult& result, const TableOptions& options = {});

}  // namespace araz

// The register of finding and error codes: one row per code, used by `araz explain`, the docs and the
// tests. A code never changes its meaning; a retired code is never used again.
#pragma once

#include <span>
#include <string_view>

namespace araz {

struct CodeEntry {
    std::string_view code;
    std::string_view title;        ///< one line
    std::string_view explanation;  ///< what it means and what to do
    std::string_view example;      ///< a fragment that causes it; may be empty
};

/// All codes in ascending order.
[[nodiscard]] std::span<const CodeEntry> all_codes();

/// The row of one code, or nullptr.
[[nodiscard]] const CodeEntry* find_code(std::string_view code);

}  // namespace araz

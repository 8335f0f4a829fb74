#include "araz/base/codes.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "codes_tables.hpp"

namespace araz {

std::span<const CodeEntry> all_codes() {
    static const std::vector<CodeEntry> merged = [] {
        std::vector<CodeEntry> all;
        for (const auto table : {input_codes(), run_codes()}) all.insert(all.end(), table.begin(), table.end());
        std::sort(all.begin(), all.end(), [](const CodeEntry& a, const CodeEntry& b) { return a.code < b.code; });
        return all;
    }();
    return merged;
}

const CodeEntry* find_code(std::string_view code) {
    const auto codes = all_codes();
    const auto found =
        std::find_if(codes.begin(), codes.end(), [&](const CodeEntry& entry) { return entry.code == code; });
    return found == codes.end() ? nullptr : &*found;
}

}  // namespace araz

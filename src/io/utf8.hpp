#pragma once

#include <string>
#include <string_view>

namespace araz {

/// The text with every byte that is not part of a well-formed UTF-8 character replaced by U+FFFD: names
/// come from files in any encoding, JSON and HDF5 promise UTF-8.
[[nodiscard]] std::string valid_utf8(std::string_view text);

}  // namespace araz

// Bytes in and out of the file system.
#pragma once

#include <string>
#include <string_view>

#include "araz/base/result.hpp"

namespace araz {

/// The whole file ("-": standard input), at most `max_bytes`. Errors AZ1001 (kind invalid_input).
[[nodiscard]] Result<std::string> read_file(const std::string& path, std::size_t max_bytes);

/// Writes a file that appears whole or not at all: a temporary file beside it, fsync, rename.
/// "-" writes to standard output. Errors AZ4001 (kind output); nothing is left behind then.
[[nodiscard]] Result<Done> write_file(const std::string& path, std::string_view bytes);

}  // namespace araz

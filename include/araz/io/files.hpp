// Bytes in and out of the file system.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "araz/base/result.hpp"

namespace araz {

/// The whole file ("-": standard input), at most `max_bytes`. Errors AZ1001 (kind invalid_input).
[[nodiscard]] Result<std::string> read_file(const std::string& path, std::size_t max_bytes);

/// A file written piece by piece that appears whole or not at all: a temporary file beside it, then fsync and rename
/// by commit(); without it nothing is left behind. "-" and what is no regular file (a pipe) get each piece at once.
class OutputFile {
public:
    OutputFile(OutputFile&&) noexcept;
    ~OutputFile();

    /// Errors AZ4001 (kind output), as of the other two; without findings when the reader of a pipe went away.
    [[nodiscard]] static Result<OutputFile> open(const std::string& path);
    [[nodiscard]] Result<Done> append(std::string_view bytes);
    [[nodiscard]] Result<Done> commit();

private:
    struct State;
    explicit OutputFile(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// Writes a file that appears whole or not at all: a temporary file beside it, fsync, rename.
/// "-" writes to standard output. Errors AZ4001 (kind output); nothing is left behind then.
[[nodiscard]] Result<Done> write_file(const std::string& path, std::string_view bytes);

}  // namespace araz

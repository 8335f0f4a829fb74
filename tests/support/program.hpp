// Running the real program on files in a folder of its own.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace araz::testing {

struct ProgramRun {
    int exit_code = -1;  ///< 128 + signal when it was killed by one
    std::string out, err;
};

/// Runs araz with these arguments. `input` is its standard input. `output_device` takes the place of
/// standard output when given ("/dev/full"): then `out` stays empty.
[[nodiscard]] ProgramRun run_araz(const std::vector<std::string>& arguments, const std::string& input = {},
                                  const std::string& output_device = {});

/// A folder that is removed with everything in it.
class ScratchFolder {
public:
    ScratchFolder();
    ~ScratchFolder();
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;

    [[nodiscard]] std::string path(const std::string& name) const { return (folder_ / name).string(); }
    /// Writes a file and returns its path.
    std::string write(const std::string& name, const std::string& bytes) const;
    /// Names of everything in it, sorted.
    [[nodiscard]] std::vector<std::string> names() const;

private:
    std::filesystem::path folder_;
};

[[nodiscard]] std::string read_bytes(const std::string& path);

}  // namespace araz::testing

#include "araz/io/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace araz {

namespace {

// A file descriptor that closes itself; 0 and 1 are borrowed, never closed.
class Descriptor {
public:
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (fd_ > STDERR_FILENO) ::close(fd_);
    }

    [[nodiscard]] int get() const { return fd_; }
    [[nodiscard]] bool ok() const { return fd_ >= 0; }
    void take(int fd) { fd_ = fd; }
    /// Closes now, because some file systems report a failed write only then.
    [[nodiscard]] bool close() { return ::close(std::exchange(fd_, -1)) == 0; }

private:
    int fd_;
};

int retry_open(const std::string& path, int flags, mode_t mode = 0) {
    int fd = -1;
    do fd = ::open(path.c_str(), flags | O_CLOEXEC, mode);
    while (fd < 0 && errno == EINTR);
    return fd;
}

std::string shown(const std::string& path) {
    return path == "-" ? "standard input" : path;
}

Error unreadable(const std::string& path, const std::string& why, std::string hint = {}) {
    Error error =
        Error::make(ErrorKind::invalid_input, "AZ1001", "cannot read " + shown(path) + ": " + why, std::move(hint));
    error.findings.front().where.file = path;
    return error;
}

Error too_large(const std::string& path, std::size_t max_bytes) {
    Error error = Error::make(ErrorKind::invalid_input, "AZ1004",
                              shown(path) + " holds more than " + std::to_string(max_bytes) + " bytes",
                              "no real case is that large; is it the right file?");
    error.findings.front().where.file = path;
    return error;
}

// Reads to the end, growing as bytes really arrive: a size that a file only claims is never trusted.
Result<std::string> read_all(int fd, const std::string& path, std::size_t expected, std::size_t max_bytes) {
    constexpr std::size_t step = 1U << 16U;
    std::string bytes;
    std::size_t used = 0;
    bytes.resize(std::min(expected, max_bytes) + 1);
    while (true) {
        if (used == bytes.size()) bytes.resize(std::min(std::max(used * 2, step), max_bytes + 1));
        const ssize_t got = ::read(fd, bytes.data() + used, bytes.size() - used);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return unreadable(path, std::strerror(errno));
        if (got == 0) break;
        used += static_cast<std::size_t>(got);
        if (used > max_bytes) return too_large(path, max_bytes);
    }
    bytes.resize(used);
    return bytes;
}

Error unwritable(const std::string& path, std::size_t bytes, int error_number) {
    const std::string target = path == "-" ? "standard output" : path;
    return Error::make(
        ErrorKind::output, "AZ4001",
        "cannot write " + (bytes > 0 ? std::to_string(bytes) + " bytes " : std::string()) + "to " + target + ": " + std::strerror(error_number),
        error_number == ENOENT ? "the folder must exist already" : "");
}

// Whether all bytes went out; errno tells why not.
bool write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

std::string folder_of(const std::string& path) {
    const auto slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

// A symbolic link is followed, so that the file it names is replaced and not the link.
std::string real_target(const std::string& path) {
    std::array<char, PATH_MAX> resolved{};
    return ::realpath(path.c_str(), resolved.data()) != nullptr ? std::string(resolved.data()) : path;
}

std::string temporary_beside(const std::string& target) {
    static std::atomic<unsigned> serial{0};
    return target + "." + std::to_string(::getpid()) + "." + std::to_string(serial++) + ".part";
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t max_bytes) {
    if (path == "-") return read_all(STDIN_FILENO, path, 0, max_bytes);
    const Descriptor file(retry_open(path, O_RDONLY));
    if (!file.ok()) return unreadable(path, std::strerror(errno));
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) return unreadable(path, std::strerror(errno));
    if (S_ISDIR(status.st_mode)) return unreadable(path, "it is a folder", "name a file inside it");
    const auto expected = S_ISREG(status.st_mode) ? static_cast<std::size_t>(status.st_size) : 0;
    if (expected > max_bytes) return too_large(path, max_bytes);
    return read_all(file.get(), path, expected, max_bytes);
}

struct OutputFile::State {
    std::string path;       ///< as asked for
    std::string target;     ///< what the rename replaces; empty: a stream
    std::string temporary;  ///< while it exists
    Descriptor file{-1};
    std::size_t bytes = 0;

    ~State() { discard(); }
    void discard() {
        if (!temporary.empty()) ::unlink(temporary.c_str());
        temporary.clear();
    }
    Error failed(int error_number) {
        discard();
        return unwritable(path, bytes, error_number);
    }
};

OutputFile::OutputFile(std::unique_ptr<State> state) : state_(std::move(state)) {}
OutputFile::OutputFile(OutputFile&&) noexcept = default;
OutputFile::~OutputFile() = default;

Result<OutputFile> OutputFile::open(const std::string& path) {
    auto state = std::make_unique<State>();
    state->path = path;
    if (path == "-") {
        state->file.take(STDOUT_FILENO);
        return OutputFile(std::move(state));
    }
    const std::string target = real_target(path);
    struct stat status {};
    const bool exists = ::stat(target.c_str(), &status) == 0;
    if (exists && S_ISDIR(status.st_mode)) return state->failed(EISDIR);
    if (exists && !S_ISREG(status.st_mode)) {  // a terminal, a pipe, /dev/null: straight into it
        state->file.take(retry_open(target, O_WRONLY));
        if (!state->file.ok()) return state->failed(errno);
        return OutputFile(std::move(state));
    }
    const std::string temporary = temporary_beside(target);
    state->file.take(retry_open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0666));
    if (!state->file.ok()) return state->failed(errno);
    state->temporary = temporary;
    state->target = target;
    if (exists && ::fchmod(state->file.get(), status.st_mode & 07777U) != 0) return state->failed(errno);
    return OutputFile(std::move(state));
}

Result<Done> OutputFile::append(std::string_view bytes) {
    state_->bytes += bytes.size();
    if (write_all(state_->file.get(), bytes)) return Done{};
    // The reader of a pipe went away (`araz ... | head`): that is no news to anybody.
    if (state_->target.empty() && errno == EPIPE) return Error{ErrorKind::output, {}};
    return state_->failed(errno);
}

Result<Done> OutputFile::commit() {
    if (state_->target.empty()) return Done{};
    const bool stored = ::fsync(state_->file.get()) == 0 && state_->file.close() &&
                        ::rename(state_->temporary.c_str(), state_->target.c_str()) == 0;
    if (!stored) return state_->failed(errno);
    state_->temporary.clear();
    // The rename itself must survive a power cut; a folder that cannot be synced (some network
    // file systems) is no failure, the file is complete either way.
    const Descriptor folder(retry_open(folder_of(state_->target), O_RDONLY | O_DIRECTORY));
    if (folder.ok()) (void)::fsync(folder.get());
    return Done{};
}

Result<Done> write_file(const std::string& path, std::string_view bytes) {
    auto file = OutputFile::open(path);
    if (!file) return file.error();
    if (auto written = file->append(bytes); !written) return written;
    return file->commit();
}

}  // namespace araz

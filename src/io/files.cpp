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

Error unwritable(const std::string& path, std::string_view bytes, int error_number) {
    const std::string target = path == "-" ? "standard output" : path;
    return Error::make(
        ErrorKind::output, "AZ4001",
        "cannot write " + std::to_string(bytes.size()) + " bytes to " + target + ": " + std::strerror(error_number),
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

// Straight into something that is not a regular file: a terminal, a pipe, /dev/null.
Result<Done> write_stream(int fd, const std::string& path, std::string_view bytes) {
    if (write_all(fd, bytes)) return Done{};
    // The reader of a pipe went away (`araz ... | head`): that is no news to anybody.
    if (errno == EPIPE) return Error{ErrorKind::output, {}};
    return unwritable(path, bytes, errno);
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

// Writes, syncs and renames `temporary`; 0 or the error number.
int commit(const std::string& temporary, const std::string& target, std::string_view bytes, const struct stat* old) {
    Descriptor file(retry_open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0666));
    if (!file.ok()) return errno;
    const bool mode_kept = old == nullptr || ::fchmod(file.get(), old->st_mode & 07777U) == 0;
    const bool stored = mode_kept && write_all(file.get(), bytes) && ::fsync(file.get()) == 0 && file.close() &&
                        ::rename(temporary.c_str(), target.c_str()) == 0;
    if (stored) return 0;
    const int error_number = errno;
    ::unlink(temporary.c_str());
    return error_number;
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

Result<Done> write_file(const std::string& path, std::string_view bytes) {
    if (path == "-") return write_stream(STDOUT_FILENO, path, bytes);
    const std::string target = real_target(path);
    struct stat status {};
    const bool exists = ::stat(target.c_str(), &status) == 0;
    if (exists && S_ISDIR(status.st_mode)) return unwritable(path, bytes, EISDIR);
    if (exists && !S_ISREG(status.st_mode)) {
        const Descriptor stream(retry_open(target, O_WRONLY));
        return stream.ok() ? write_stream(stream.get(), path, bytes) : Result<Done>(unwritable(path, bytes, errno));
    }
    if (const int failed = commit(temporary_beside(target), target, bytes, exists ? &status : nullptr); failed != 0)
        return unwritable(path, bytes, failed);
    // The rename itself must survive a power cut; a folder that cannot be synced (some network
    // file systems) is no failure, the file is complete either way.
    const Descriptor folder(retry_open(folder_of(target), O_RDONLY | O_DIRECTORY));
    if (folder.ok()) (void)::fsync(folder.get());
    return Done{};
}

}  // namespace araz

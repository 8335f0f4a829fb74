#include "araz/io/run_directory.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "araz/base/text.hpp"
#include "araz/io/files.hpp"
#include "run_journal.hpp"

namespace araz {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

constexpr std::size_t max_manifest = 1U << 30U;
constexpr int lock_tries = 5;
constexpr auto lock_pause = std::chrono::milliseconds(20);

Error not_written(const std::string& path, std::size_t bytes, int error_number) {
    return Error::make(ErrorKind::output, "AZ4003",
                       "cannot write " + std::to_string(bytes) + " bytes to " + path + ": " + std::strerror(error_number),
                       "what is finished stays; make room and go on with araz resume");
}

Json options_to_json(const OptionMap& options) { return Json::parse(options_json(options)); }

OptionMap options_from_json(const Json& in) {
    OptionMap out;
    for (const auto& [key, value] : in.items()) {
        if (value.is_boolean()) out[key] = value.get<bool>();
        else if (value.is_number()) out[key] = value.get<double>();
        else if (value.is_array()) out[key] = value.get<std::vector<std::string>>();
        else if (value.is_string()) out[key] = value.get<std::string>();
        else out[key] = nan_value;
    }
    return out;
}

std::string to_text(const Manifest& manifest) {
    Json out;
    out["schema"] = "araz.batch/1";
    out["araz"] = {{"version", manifest.version}};
    out["created"] = manifest.created;
    out["study"] = manifest.study;
    out["study_as_given"] = manifest.study_as_given;
    out["overrides"] = manifest.overrides;
    out["inputs"] = Json::array();
    for (const BatchInput& input : manifest.inputs) out["inputs"].push_back({{"file", input.file}, {"sha256", input.sha256}});
    const CaseInfo& grid = manifest.grid;
    out["case"] = {{"name", grid.name},         {"file", grid.file},     {"sha256", grid.sha256},
                   {"format", grid.format},     {"base_mva", grid.base_mva}, {"n_bus", grid.n_bus},
                   {"n_branch", grid.n_branch}, {"n_generator", grid.n_generator}};
    out["options"] = options_to_json(manifest.options);
    out["scenarios"] = manifest.layout.scenarios();
    out["shard"] = manifest.shard;
    out["layout"] = Json::parse(layout_json(manifest.layout));
    return out.dump(1) + "\n";
}

// The descriptor of a folder's lock file; -1 and errno when somebody else has it.
int take_lock(const std::string& path, int flags) {
    const int fd = ::open(path.c_str(), flags | O_CLOEXEC, 0666);
    if (fd < 0) return -1;
    // Who only asks for the holder has the lock for a moment, too: hence some tries.
    for (int again = 0; again < lock_tries; ++again) {
        if (again > 0) std::this_thread::sleep_for(lock_pause);
        if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return fd;
        if (errno != EWOULDBLOCK) break;
    }
    const int why = errno;
    ::close(fd);
    errno = why;
    return -1;
}

std::string this_process() {
    std::array<char, 256> host{};
    if (::gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
    return "pid " + std::to_string(::getpid()) + " on " + host.data();
}

class OpenDirectory : public RunDirectory {
public:
    OpenDirectory(std::string folder, int lock) : folder_(std::move(folder)), lock_(lock) {}
    ~OpenDirectory() override {
        if (journal_ >= 0) ::close(journal_);
        if (lock_ >= 0) {
            (void)!::ftruncate(lock_, 0);
            ::close(lock_);
        }
    }

    // Opens the journal for appending after `valid` bytes; begins it when there are none.
    Result<Done> open_journal(const BatchLayout& layout, std::size_t valid) {
        const std::string path = folder_ + "/journal";
        journal_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
        if (journal_ < 0 || ::ftruncate(journal_, static_cast<off_t>(valid)) != 0 || ::lseek(journal_, 0, SEEK_END) < 0)
            return not_written(path, 0, errno);
        if (valid > 0) return Done{};
        if (auto written = write(journal_header(layout)); !written) return written;
        return sync();
    }

    Result<Done> append(const std::vector<JournalRecord>& records) override {
        pending_.clear();
        for (const JournalRecord& record : records) encode(record, pending_);
        return write(pending_);
    }

    Result<Done> sync() override {
        if (::fdatasync(journal_) != 0) return not_written(folder_ + "/journal", 0, errno);
        return Done{};
    }

    bool has_shard(int shard) const override {
        std::error_code ignored;
        return fs::exists(shard_path(shard), ignored);
    }

    Result<Done> write_shard(int shard, const std::string& bytes) override { return store(shard_path(shard), bytes); }

    Result<Done> finish(const std::string& result, const std::string& summary) override {
        if (auto written = store(folder_ + "/result.h5", result); !written) return written;
        return store(folder_ + "/summary.json", summary);
    }

    [[nodiscard]] static Result<Done> store(const std::string& path, const std::string& bytes) {
        auto written = write_file(path, bytes);
        if (written) return written;
        return Error::make(ErrorKind::output, "AZ4003", written.error().findings.empty() ? "cannot write " + path
                                                                                          : written.error().findings[0].message,
                           "what is finished stays; make room and go on with araz resume");
    }

private:
    [[nodiscard]] std::string shard_path(int shard) const {
        std::string number = std::to_string(shard);
        number.insert(0, number.size() < 5 ? 5 - number.size() : 0, '0');
        return folder_ + "/shards/shard-" + number + ".h5";
    }

    Result<Done> write(std::string_view bytes) {
        const std::size_t size = bytes.size();
        while (!bytes.empty()) {
            const ssize_t written = ::write(journal_, bytes.data(), bytes.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) return not_written(folder_ + "/journal", size, errno);
            bytes.remove_prefix(static_cast<std::size_t>(written));
        }
        return Done{};
    }

    std::string folder_;
    int lock_;
    int journal_ = -1;
    std::string pending_;
};

Result<std::unique_ptr<OpenDirectory>> lock_folder(const std::string& folder) {
    const std::string path = folder + "/lock";
    const int lock = take_lock(path, O_RDWR | O_CREAT);
    if (lock < 0 && errno == EWOULDBLOCK) {
        const std::string holder = lock_holder(folder);
        return Error::make(ErrorKind::busy, "AZ3071", folder + " is in use by " + (holder.empty() ? "another process" : holder),
                           "wait for it, or end it; araz status shows how far it is");
    }
    if (lock < 0) return not_written(path, 0, errno);
    const std::string word = this_process() + "\n";
    if (::ftruncate(lock, 0) != 0 || ::pwrite(lock, word.data(), word.size(), 0) != static_cast<ssize_t>(word.size())) {
        const int why = errno;
        ::close(lock);
        return not_written(path, word.size(), why);
    }
    return std::make_unique<OpenDirectory>(folder, lock);
}

void remove_temporaries(const std::string& folder) {
    std::error_code ignored;
    std::vector<fs::path> torn;
    for (const std::string& part : {folder, folder + "/shards"})
        for (const auto& entry : fs::directory_iterator(part, ignored))
            if (entry.path().extension() == ".part") torn.push_back(entry.path());
    for (const fs::path& path : torn) fs::remove(path, ignored);
}

}  // namespace

std::string lock_holder(const std::string& folder) {
    const std::string path = folder + "/lock";
    const int fd = take_lock(path, O_RDWR);
    if (fd >= 0) {
        ::close(fd);
        return {};
    }
    if (errno != EWOULDBLOCK) return {};
    const auto text = read_file(path, 4096);
    const std::string word = text ? std::string(trim(*text)) : std::string{};
    return word.empty() ? "another process" : word;
}

Result<Manifest> read_manifest(const std::string& folder) {
    const std::string path = folder + "/manifest.json";
    const auto bytes = read_file(path, max_manifest);
    if (!bytes)
        return Error::make(ErrorKind::invalid_input, "AZ3073", folder + " is no run directory: it has no manifest.json that can be read",
                           "name the folder that araz batch made");
    try {
        const Json in = Json::parse(*bytes);
        Manifest out;
        out.version = in.at("araz").at("version");
        out.created = in.at("created");
        out.study = in.at("study");
        out.study_as_given = in.at("study_as_given");
        out.overrides = in.at("overrides").get<std::vector<std::string>>();
        for (const Json& input : in.at("inputs")) out.inputs.push_back({input.at("file"), input.at("sha256")});
        const Json& grid = in.at("case");
        out.grid = {grid.at("name"),     grid.at("file"),  grid.at("sha256"),   grid.at("format"),
                    grid.at("base_mva"), grid.at("n_bus"), grid.at("n_branch"), grid.at("n_generator")};
        out.options = options_from_json(in.at("options"));
        out.shard = in.at("shard");
        auto layout = layout_from_json(in.at("layout").dump(), path);
        if (!layout) return layout.error();
        out.layout = *std::move(layout);
        return out;
    } catch (const Json::exception& error) {
        return Error::make(ErrorKind::invalid_input, "AZ3073", path + " is no manifest of a batch: " + error.what(),
                           "name the folder that araz batch made");
    }
}

Result<std::unique_ptr<RunDirectory>> RunDirectory::create(const std::string& folder, const Manifest& manifest) {
    std::error_code failed;
    const auto taken = [&](const std::string& message) {
        return Error::make(ErrorKind::usage, "AZ3070", message,
                           "go on with araz resume " + folder + ", or name another folder with --run-dir");
    };
    for (const auto& entry : fs::directory_iterator(folder, failed)) {
        const std::string name = entry.path().filename().string();
        const bool ours = name == "lock" || name == "shards" || name == "manifest.json" || name == "journal" ||
                          name == "result.h5" || name == "summary.json" || entry.path().extension() == ".part";
        if (!ours) return taken(folder + " holds something else (" + printable(name) + ")");
    }
    fs::create_directories(folder + "/shards", failed);
    if (failed) return not_written(folder, 0, failed.value());
    auto locked = lock_folder(folder);
    if (!locked) return locked.error();
    if (fs::exists(folder + "/manifest.json", failed) || fs::exists(folder + "/journal", failed))
        return taken(folder + " holds a batch already");
    if (auto stored = OpenDirectory::store(folder + "/manifest.json", to_text(manifest)); !stored) return stored.error();
    if (auto begun = (*locked)->open_journal(manifest.layout, 0); !begun) return begun.error();
    return std::unique_ptr<RunDirectory>(std::move(*locked));
}

Result<std::unique_ptr<RunDirectory>> RunDirectory::open(const std::string& folder, const BatchLayout& layout,
                                                         JournalContents& journal) {
    auto locked = lock_folder(folder);
    if (!locked) return locked.error();
    remove_temporaries(folder);
    std::error_code failed;
    journal = {};
    if (fs::exists(folder + "/journal", failed)) {
        auto read = read_journal(folder, layout);
        if (!read) return read.error();
        journal = *std::move(read);
    }
    fs::create_directories(folder + "/shards", failed);
    if (failed) return not_written(folder, 0, failed.value());
    if (auto opened = (*locked)->open_journal(layout, journal.valid_bytes); !opened) return opened.error();
    return std::unique_ptr<RunDirectory>(std::move(*locked));
}

}  // namespace araz

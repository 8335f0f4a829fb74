#include "case_folder_files.hpp"

#include <algorithm>
#include <filesystem>

#include "araz/base/hash.hpp"
#include "araz/io/files.hpp"

namespace araz::folder {

Files::Files(std::string folder, const ReadLimits& limits) : limits_(limits) {
    files_.push_back({std::move(folder), {}, {}});
    names_.emplace_back();
}

bool Files::exists(const std::string& name) const {
    std::error_code ignored;
    return std::filesystem::exists(path_of(name), ignored);
}

Result<int> Files::read(const std::string& name) {
    auto bytes = read_file(path_of(name), limits_.max_bytes);
    if (!bytes) return bytes.error();
    const std::string sha256 = sha256_hex(*bytes);
    if (const auto nul = bytes->find('\0'); nul != std::string::npos) {
        Error error = Error::make(ErrorKind::invalid_input, "AZ1005",
                                  path_of(name) + " holds a NUL byte: it is binary, damaged, or UTF-16 text",
                                  "get a clean copy, or save it as UTF-8");
        error.findings.front().where = point_in(*bytes, path_of(name), nul);
        return error;
    }
    constexpr std::string_view mark = "\xEF\xBB\xBF";  // some editors put it before UTF-8
    if (bytes->starts_with(mark)) bytes->erase(0, mark.size());
    files_.push_back({path_of(name), sha256, *std::move(bytes)});
    names_.push_back(name);
    return static_cast<int>(files_.size()) - 1;
}

SourcePoint Files::locate(const Place& place) const {
    const SourceFile& file = files_[static_cast<std::size_t>(place.file)];
    if (place.line <= 0) return {file.path, 0, 0, 1, {}};
    return point_in(file.text, file.path, place.offset, std::max<std::size_t>(place.width, 1), place.line);
}

std::vector<SourceFile> Files::stamped() const {
    std::vector<std::string> lines;
    for (std::size_t i = 1; i < files_.size(); ++i) lines.push_back(names_[i] + '\0' + files_[i].sha256);
    std::sort(lines.begin(), lines.end());
    std::string list;
    for (const std::string& line : lines) {
        const auto gap = line.find('\0');
        list += line.substr(gap + 1) + "  " + line.substr(0, gap) + "\n";
    }
    std::vector<SourceFile> out = files_;
    out.front().sha256 = sha256_hex(list);
    return out;
}

void Report::add(Severity severity, const Place& place, Note note) {
    if (severity == Severity::error) ++errors_;
    if (is_full()) return;
    findings_.push_back({severity, std::string(note.code), std::move(note.element), std::move(note.message),
                         std::move(note.label), std::move(note.hint), files_.locate(place)});
}

void Report::repeat(const Findings& findings) {
    errors_ += static_cast<int>(count(findings, Severity::error));
    findings_.insert(findings_.end(), findings.begin(), findings.end());
}

}  // namespace araz::folder

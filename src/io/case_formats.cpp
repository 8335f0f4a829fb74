#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>

#include "araz/base/hash.hpp"
#include "araz/base/text.hpp"
#include "araz/io/case_io.hpp"
#include "araz/io/files.hpp"
#include "case_folder.hpp"
#include "matpower.hpp"

namespace araz {

std::span<const CaseFormat> case_formats() {
    static const std::array formats{
        CaseFormat{"matpower", ".m", "MATPOWER case, version 2", read_matpower, write_matpower},
        CaseFormat{"case-folder", "a folder with case.toml", "tables in physical units, with operating points and variants", nullptr, nullptr, read_case_folder},
    };
    return formats;
}

const CaseFormat* case_format(std::string_view name) {
    for (const CaseFormat& format : case_formats())
        if (format.name == to_lower(name)) return &format;
    return nullptr;
}

namespace {

std::string extension_of(const std::string& path) {
    const auto slash = path.rfind('/');
    const auto point = path.rfind('.');
    if (point == std::string::npos || (slash != std::string::npos && point < slash)) return {};
    return to_lower(path.substr(point));
}

// "matpower (.m), ..."
std::string known_formats() {
    std::vector<std::string> parts;
    for (const CaseFormat& format : case_formats())
        parts.push_back(std::string(format.name) + " (" + std::string(format.extensions) + ")");
    return "known formats: " + join(parts, ", ");
}

Error unknown_format(const std::string& path, std::string_view name) {
    std::vector<std::string> candidates;
    for (const CaseFormat& format : case_formats()) {
        if (!name.empty()) candidates.emplace_back(format.name);
        if (name.empty() && format.read)
            for (const std::string& extension : split(format.extensions, ',')) candidates.push_back(extension);
    }
    const std::string extension = extension_of(path);
    std::string message = "there is no case format `" + std::string(name) + "`" + did_you_mean(name, candidates);
    if (name.empty() && extension.empty()) message = path + " has no extension that names its format";
    if (name.empty() && !extension.empty())
        message = "`" + extension + "` is not the extension of a case format" + did_you_mean(extension, candidates);
    Error error = Error::make(ErrorKind::invalid_input, "AZ1003", std::move(message),
                              known_formats() + "; or name one with --from-format or --to-format");
    error.findings.front().where.file = path;
    return error;
}

// Standard streams have no extension: they carry the first format of the table.
Result<const CaseFormat*> choose_format(const std::string& path, std::string_view name) {
    if (name.empty() && path == "-") return &case_formats().front();
    const CaseFormat* format = name.empty() ? case_format_for(path) : case_format(name);
    if (format == nullptr) return unknown_format(path, name);
    return format;
}

Error not_text(const std::string& path, std::string what, std::string hint) {
    Error error = Error::make(ErrorKind::invalid_input, "AZ1005", path + " " + std::move(what), std::move(hint));
    error.findings.front().where.file = path;
    return error;
}

// Bytes that no text format can mean, named for what they are. Nothing: go on.
std::optional<Error> reject_binary(const std::string& path, std::string_view bytes) {
    using namespace std::string_view_literals;
    if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF"))
        return not_text(path, "is UTF-16 text", "save it as UTF-8, for example with iconv -f UTF-16 -t UTF-8");
    if (bytes.starts_with("\x1F\x8B"))
        return not_text(path, "is compressed with gzip", "unpack it, for example: zcat FILE | araz pf -");
    if (bytes.starts_with("\x28\xB5\x2F\xFD"))
        return not_text(path, "is compressed with zstd", "unpack it, for example: zstdcat FILE | araz pf -");
    if (bytes.starts_with("PK\x03\x04"))
        return not_text(path, "is a zip archive", "unpack it and name the case file inside");
    if (bytes.starts_with("\x89HDF\r\n\x1A\n") || bytes.starts_with("MATLAB 5.0"))
        return not_text(path, "is a binary file, not a case as text",
                        "save the case as text, in MATPOWER with savecase('case.m', mpc)");
    const auto nul = bytes.find('\0');
    if (nul == std::string_view::npos) return std::nullopt;
    Error error = not_text(path, "holds a NUL byte: it is binary, damaged, or UTF-16 text",
                           "get a clean copy, or save it as UTF-8");
    error.findings.front().where = point_in(bytes, path, nul);
    return error;
}

// The bytes of a file without a byte-order mark, which some editors put before UTF-8.
std::string_view without_mark(std::string_view bytes) {
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    return bytes.starts_with(mark) ? bytes.substr(mark.size()) : bytes;
}

}  // namespace

const CaseFormat* case_format_for(const std::string& path) {
    const std::string extension = extension_of(path);
    if (extension.empty()) return nullptr;
    for (const CaseFormat& format : case_formats()) {
        const auto extensions = split(format.extensions, ',');
        if (std::find(extensions.begin(), extensions.end(), extension) != extensions.end()) return &format;
    }
    return nullptr;
}

namespace {

Result<Case> read_text(const std::string& path, const CaseFormat& format, const ReadLimits& limits) {
    const auto bytes = read_file(path, limits.max_bytes);
    if (!bytes) return bytes.error();
    if (auto binary = reject_binary(path, *bytes)) return *binary;
    const std::string_view text = without_mark(*bytes);
    auto grid = format.read(text, path, limits);
    if (grid && text.size() != bytes->size() && !grid->files.empty()) grid->files.front().sha256 = sha256_hex(*bytes);
    return grid;
}

// The folder of a case folder; an empty text for a single file; an error for a folder that is no case.
Result<std::string> find_folder(const std::string& path) {
    const std::string folder = path == "-" ? std::string{} : case_folder_of(path);
    if (folder.empty() || std::filesystem::exists(folder + "/case.toml")) return folder;
    Error error = Error::make(ErrorKind::invalid_input, "AZ1001", "cannot read " + path + ": it is a folder without a case.toml",
                              "name a case file inside it, or a case folder");
    error.findings.front().where.file = path;
    return error;
}

Error nothing_to_select(const CaseFormat& format) {
    return Error::make(ErrorKind::usage, "AZ3017", "a case of the format " + std::string(format.name) + " has no operating points or variants",
                       "leave --point and --variant out, or name the case folder");
}

}  // namespace

Result<Case> read_case(const std::string& path, std::string_view format, const CaseSelection& selection, const ReadLimits& limits) {
    const auto folder = find_folder(path);
    if (!folder) return folder.error();
    const auto chosen = folder->empty() ? choose_format(path, format) : choose_format(path, format.empty() ? "case-folder" : format);
    if (!chosen) {
        // A file that is not there is the first thing to say, whatever its extension.
        const auto bytes = read_file(path, limits.max_bytes);
        return bytes ? chosen.error() : bytes.error();
    }
    const CaseFormat& reader = **chosen;
    if (!folder->empty() && reader.read_folder) return reader.read_folder(*folder, selection, limits);
    if (!reader.read)
        return Error::make(ErrorKind::invalid_input, "AZ1008", path + " is a single file, the format " + std::string(reader.name) + " is a folder", known_formats());
    if (!selection.point.empty() || !selection.variant.empty()) return nothing_to_select(reader);
    return read_text(path, reader, limits);
}

Result<CaseContents> list_case(const std::string& path, const ReadLimits& limits) {
    const auto folder = find_folder(path);
    if (!folder) return folder.error();
    return folder->empty() ? CaseContents{} : list_case_folder(*folder, limits);
}

Result<Done> write_case(const Case& grid, const std::string& path, std::string_view format) {
    const auto chosen = choose_format(path, format);
    if (!chosen) return Error{ErrorKind::usage, chosen.error().findings};
    if (!(*chosen)->write)
        return Error::make(ErrorKind::usage, "AZ1008",
                           "the format " + std::string((*chosen)->name) + " can be read but not written",
                           known_formats());
    return write_file(path, (*chosen)->write(grid));
}

}  // namespace araz

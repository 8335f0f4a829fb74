// The files of one case folder: what was read, where a cell stands, what was found wrong with it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "araz/io/case_io.hpp"

namespace araz::folder {

/// Bytes of a file that was read; the default value is the folder itself.
struct Place {
    int file = 0;
    int line = 0;
    std::size_t offset = 0;
    std::size_t width = 0;
};

/// A value as it was written; an empty text is "no value".
struct Cell {
    std::string text;
    Place place;
};

class Files {
public:
    /// `folder` as the user gave it, without a slash at its end.
    Files(std::string folder, const ReadLimits& limits);

    /// Reads a file of the folder; the answer is its number. The text lacks a byte-order mark.
    [[nodiscard]] Result<int> read(const std::string& name);
    [[nodiscard]] bool exists(const std::string& name) const;
    [[nodiscard]] std::string path_of(const std::string& name) const { return folder() + "/" + name; }

    [[nodiscard]] const std::string& folder() const { return files_.front().path; }
    [[nodiscard]] const std::string& name(int file) const { return names_[static_cast<std::size_t>(file)]; }
    /// Valid until the next file is read.
    [[nodiscard]] std::string_view text(int file) const { return files_[static_cast<std::size_t>(file)].text; }
    [[nodiscard]] const ReadLimits& limits() const { return limits_; }
    [[nodiscard]] SourcePoint locate(const Place& place) const;

    /// The folder, then every file. The folder's hash is that of the lines "SHA256  NAME" of its files in
    /// the order of their names: what `sha256sum FILES | sha256sum` prints.
    [[nodiscard]] std::vector<SourceFile> stamped() const;

private:
    ReadLimits limits_;
    std::vector<SourceFile> files_;
    std::vector<std::string> names_;
};

/// A finding without its place.
struct Note {
    std::string_view code;
    std::string element;  ///< "line imishli--parsabad-230-1"; may be empty
    std::string message;
    std::string label = {};
    std::string hint = {};
};

class Report {
public:
    explicit Report(const Files& files) : files_(files) {}

    void error(const Place& place, Note note) { add(Severity::error, place, std::move(note)); }
    void warning(const Place& place, Note note) { add(Severity::warning, place, std::move(note)); }
    void info(const Place& place, Note note) { add(Severity::info, place, std::move(note)); }
    void repeat(const Findings& findings);

    [[nodiscard]] bool has_error() const { return errors_ > 0; }
    /// Nothing more is kept: it pays no longer to look.
    [[nodiscard]] bool is_full() const { return findings_.size() >= max_findings; }
    [[nodiscard]] const Findings& findings() const { return findings_; }

private:
    static constexpr std::size_t max_findings = 1000;  // more mean that the folder holds something else

    void add(Severity severity, const Place& place, Note note);

    const Files& files_;
    Findings findings_;
    int errors_ = 0;
};

}  // namespace araz::folder

// Where the MATPOWER reader puts what it has to say: findings with their place in the text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "araz/base/finding.hpp"

namespace araz::matpower {

/// A finding without its place.
struct Note {
    std::string_view code;
    std::string message;
    std::string label = {};
    std::string hint = {};
};

class Reporter {
public:
    Reporter(std::string_view text, std::string path) : text_(text), path_(std::move(path)) {}

    void error(std::size_t offset, std::size_t width, Note note) {
        add(Severity::error, offset, width, std::move(note));
    }
    void info(std::size_t offset, std::size_t width, Note note) { add(Severity::info, offset, width, std::move(note)); }
    void error(SourcePoint where, Note note) { add(Severity::error, std::move(where), std::move(note)); }
    void warning(SourcePoint where, Note note) { add(Severity::warning, std::move(where), std::move(note)); }
    /// An error about the file as a whole.
    void error(Note note);

    /// Line of a byte, from 1. Cheap when asked in ascending order.
    [[nodiscard]] int line_of(std::size_t offset);

    [[nodiscard]] bool has_error() const { return errors_ > 0; }
    /// Too much is wrong to go on: the file is something else.
    [[nodiscard]] bool is_full() const { return errors_ >= max_errors; }
    [[nodiscard]] const Findings& findings() const { return findings_; }
    [[nodiscard]] std::string_view text() const { return text_; }

private:
    static constexpr int max_errors = 100;
    static constexpr std::size_t max_findings = 200;

    void add(Severity severity, std::size_t offset, std::size_t width, Note note);
    void add(Severity severity, SourcePoint where, Note note);

    std::string_view text_;
    std::string path_;
    Findings findings_;
    int errors_ = 0;
    std::size_t counted_to_ = 0;  // line_of() has counted the ends of line before this byte
    int counted_line_ = 1;
};

}  // namespace araz::matpower

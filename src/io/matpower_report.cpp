#include "matpower_report.hpp"

#include <algorithm>

#include "araz/model/case.hpp"

namespace araz::matpower {

int Reporter::line_of(std::size_t offset) {
    offset = std::min(offset, text_.size());
    if (offset < counted_to_) {
        counted_to_ = 0;
        counted_line_ = 1;
    }
    const auto begin = text_.begin() + static_cast<std::ptrdiff_t>(counted_to_);
    const auto end = text_.begin() + static_cast<std::ptrdiff_t>(offset);
    counted_line_ += static_cast<int>(std::count(begin, end, '\n'));
    counted_to_ = offset;
    return counted_line_;
}

void Reporter::error(Note note) {
    SourcePoint whole_file;
    whole_file.file = path_;
    add(Severity::error, std::move(whole_file), std::move(note));
}

void Reporter::add(Severity severity, std::size_t offset, std::size_t width, Note note) {
    if (findings_.size() >= max_findings && severity != Severity::error) return;
    add(severity, point_in(text_, path_, offset, width, line_of(offset)), std::move(note));
}

void Reporter::add(Severity severity, SourcePoint where, Note note) {
    if (severity == Severity::error) ++errors_;
    if (findings_.size() >= max_findings && severity != Severity::error) return;
    findings_.push_back({severity,
                         std::string(note.code),
                         {},
                         std::move(note.message),
                         std::move(note.label),
                         std::move(note.hint),
                         std::move(where)});
}

}  // namespace araz::matpower

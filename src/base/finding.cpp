#include "araz/base/finding.hpp"

#include <algorithm>

#include "araz/base/text.hpp"

namespace araz {

std::string_view to_string(Severity severity) {
    switch (severity) {
        case Severity::info: return "info";
        case Severity::warning: return "warning";
        case Severity::error: return "error";
    }
    return "error";
}

bool has_error(const Findings& findings) { return count(findings, Severity::error) > 0; }

std::size_t count(const Findings& findings, Severity severity) {
    return static_cast<std::size_t>(std::count_if(findings.begin(), findings.end(),
                                                  [&](const Finding& f) { return f.severity == severity; }));
}

namespace {

// The quoted source line with a caret under the column. Tabs stay tabs in the caret line's indent so
// that both lines shift alike; a very long line is cut around the column.
std::string render_excerpt(const SourcePoint& where, const std::string& label) {
    constexpr int window = 100;
    const std::string line_number = std::to_string(where.line);
    const std::string gutter(line_number.size(), ' ');
    const int column = std::max(where.column, 1);
    const int length = static_cast<int>(where.text.size());
    const int begin = length > window ? std::clamp(column - window / 2, 0, std::max(0, length - window)) : 0;
    const std::string shown = where.text.substr(static_cast<std::size_t>(begin), window);

    std::string indent;
    for (int i = begin; i < column - 1 && i < length; ++i)
        indent += where.text[static_cast<std::size_t>(i)] == '\t' ? '\t' : ' ';
    std::string quoted;
    for (char c : shown) quoted += c == '\t' ? std::string(1, c) : printable(std::string_view(&c, 1));

    std::string out = line_number + " | " + quoted + "\n";
    if (where.column > 0) {
        const int width = std::clamp(where.width, 1, std::max(1, begin + window - column + 1));
        out += gutter + " | " + indent + std::string(static_cast<std::size_t>(width), '^');
        if (!label.empty()) out += " " + printable(label);
        out += "\n";
    }
    return out;
}

}  // namespace

std::string render(const Finding& finding) {
    std::string out = std::string(to_string(finding.severity));
    if (!finding.code.empty()) out += "[" + finding.code + "]";
    out += ": " + printable(finding.message) + "\n";
    if (!finding.where.file.empty()) {
        out += "  --> " + printable(finding.where.file);
        if (finding.where.line > 0) {
            out += ":" + std::to_string(finding.where.line);
            if (finding.where.column > 0) out += ":" + std::to_string(finding.where.column);
        }
        out += "\n";
        if (finding.where.line > 0 && !finding.where.text.empty()) out += render_excerpt(finding.where, finding.label);
    }
    if (!finding.hint.empty()) out += "   = hint: " + printable(finding.hint) + "\n";
    return out;
}

std::string render(const Findings& findings, std::size_t limit) {
    Findings sorted = findings;
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const Finding& a, const Finding& b) { return a.severity > b.severity; });
    std::string out;
    for (std::size_t i = 0; i < sorted.size() && i < limit; ++i) out += render(sorted[i]);
    if (sorted.size() > limit) out += "... and " + std::to_string(sorted.size() - limit) + " more\n";
    return out;
}

}  // namespace araz

#include "table_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "araz/base/check.hpp"
#include "araz/base/text.hpp"

namespace araz {

namespace {

constexpr std::string_view red = "\x1b[31m";
constexpr std::string_view plain = "\x1b[0m";

bool starts_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

// Characters rather than bytes, so that names with accents keep the columns straight.
std::size_t display_width(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts_character));
}

}  // namespace

void TextTable::add(std::vector<std::string> cells, bool alert) {
    ARAZ_CHECK(cells.size() == columns_.size(), "a row of " + std::to_string(cells.size()) + " cells under " +
                                                    std::to_string(columns_.size()) + " headers");
    rows_.push_back({std::move(cells), alert});
}

std::string TextTable::line(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) const {
    std::string out = " ";
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const std::string blanks(widths[i] - display_width(cells[i]), ' ');
        out += " ";
        out += columns_[i].align == Align::right ? blanks + cells[i] : cells[i] + blanks;
        if (i + 1 < cells.size()) out += " ";
    }
    return out.substr(0, out.find_last_not_of(' ') + 1);
}

std::string TextTable::render(bool color) const {
    std::vector<std::string> headers;
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        headers.push_back(columns_[i].header);
        widths.push_back(display_width(columns_[i].header));
        for (const Row& row : rows_) widths[i] = std::max(widths[i], display_width(row.cells[i]));
    }
    std::string out = line(headers, widths) + "\n";
    for (const Row& row : rows_) {
        std::string text = line(row.cells, widths) + (row.alert ? " !" : "");
        if (row.alert && color) text = std::string(red) + text + std::string(plain);
        out += text + "\n";
    }
    return out;
}

std::string section(std::string_view title, const TextTable& table, bool color, std::size_t shown, std::size_t total) {
    if (table.empty()) return {};
    std::string out = fmt::format("\n{}\n{}", title, table.render(color));
    if (shown < total) out += fmt::format("  ... {} of {} rows; --limit 0 shows all\n", shown, total);
    return out;
}

std::size_t rows_shown(std::size_t total, int limit) {
    return limit <= 0 ? total : std::min(total, static_cast<std::size_t>(limit));
}

std::string fixed(double value, int decimals) {
    if (std::isnan(value)) return "-";
    if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
    std::string text = fmt::format("{:.{}f}", value, decimals);
    if (text.front() == '-' && text.find_first_not_of("-0.") == std::string::npos) text.erase(0, 1);
    return text;
}

std::string scientific(double value) { return std::isnan(value) ? "-" : fmt::format("{:.1e}", value); }

std::string whole(std::int64_t value) { return std::to_string(value); }

std::string fact(std::string_view label, std::string_view value) { return fmt::format("  {:<18} {}\n", label, value); }

std::string cell(std::string_view name, std::size_t width) {
    std::string shown = printable(name);
    std::replace_if(shown.begin(), shown.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
    if (display_width(shown) <= width) return shown;
    std::size_t end = 0;
    for (std::size_t characters = 0; end < shown.size(); ++end)
        if (starts_character(shown[end]) && ++characters == width) break;
    return shown.substr(0, end) + "~";
}

}  // namespace araz

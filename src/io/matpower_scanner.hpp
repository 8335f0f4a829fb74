// Characters to words: what blanks, comments and numbers look like in a case file.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace araz::matpower {

inline bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
inline bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
inline bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r';
}
inline bool is_comment(char c) {
    return c == '%' || c == '#';
}

/// Whether a cell of a table is over before `c`.
inline bool ends_cell(char c) {
    return is_blank(c) || c == '\n' || c == ',' || c == ';' || c == ']' || c == '}' || is_comment(c) || c == '\0';
}

inline constexpr std::array<double, 23> power_of_ten{1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                     1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                     1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/// Digits with or without a point, few enough that one division of two exact doubles gives the nearest
/// one (W. D. Clinger, How to read floating point numbers accurately, PLDI 1990). nullptr: not so;
/// else where the digits end.
inline const char* scan_plain_number(const char* p, const char* end, double& value) {
    const char* const begin = p;
    std::uint64_t mantissa = 0;
    while (p < end && is_digit(*p)) mantissa = mantissa * 10 + static_cast<std::uint64_t>(*p++ - '0');
    if (p == end || *p != '.') {
        if (p - begin > 18 || mantissa > (1ULL << 53U)) return nullptr;
        value = static_cast<double>(mantissa);
        return p;
    }
    const char* const point = p++;
    while (p < end && is_digit(*p)) mantissa = mantissa * 10 + static_cast<std::uint64_t>(*p++ - '0');
    if (p - begin > 19 || mantissa > (1ULL << 53U)) return nullptr;
    value = static_cast<double>(mantissa) / power_of_ten[static_cast<std::size_t>(p - point - 1)];
    return p;
}

enum class NumberFault { none, malformed, overflow, underflow };

/// Reads the unsigned decimal number at `at`, which must be a digit or a point before a digit;
/// `at` moves behind it. The nearest double, whatever the number of digits.
[[nodiscard]] NumberFault scan_number(std::string_view text, std::size_t& at, double& value);

/// A position in the text with the steps every part of the parser needs.
class Scanner {
public:
    explicit Scanner(std::string_view text) : text_(text) {}

    [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
    [[nodiscard]] char peek(std::size_t ahead = 0) const {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
    }
    [[nodiscard]] std::size_t offset() const { return at_; }
    [[nodiscard]] std::string_view text() const { return text_; }
    void move_to(std::size_t offset) { at_ = offset < text_.size() ? offset : text_.size(); }
    void advance(std::size_t count = 1) { move_to(at_ + count); }

    /// Past blanks and continuations; whether there were any.
    bool skip_blanks();
    /// To the end of the line, which is not passed.
    void skip_line();
    /// Past a comment, if one begins here: to the end of its line or, for a `%{` alone on its line,
    /// behind the matching `%}`. False: a block comment is never closed.
    [[nodiscard]] bool skip_comment();
    /// Past blanks, comments and ends of line; with `separators` also past `;` and `,`.
    [[nodiscard]] bool skip_space(bool separators);

    /// `name` or `name.field.field`; empty when there is none here.
    std::string_view word();
    /// Whether a statement such as `mpc.gen = ` begins here: inside a matrix the sign of a lost bracket.
    [[nodiscard]] bool statement_begins() const;

private:
    [[nodiscard]] bool block_comment_begins() const;

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace araz::matpower

#include "matpower_scanner.hpp"

#include <charconv>
#include <cstdint>

namespace araz::matpower {

namespace {

// Whether a number that does not fit a double is too large rather than too small: its first
// significant digit stands before the point once the exponent has moved it.
bool is_overflow(std::string_view digits) {
    std::int64_t magnitude = 0;  // power of ten of the first significant digit, plus one
    bool point = false;
    bool significant = false;
    std::size_t i = 0;
    for (; i < digits.size() && digits[i] != 'e' && digits[i] != 'E'; ++i) {
        if (digits[i] == '.') {
            point = true;
        } else if (significant || digits[i] != '0') {
            significant = true;
            if (!point) ++magnitude;
        } else if (point) {
            --magnitude;
        }
    }
    if (i == digits.size()) return magnitude > 0;
    const bool minus = digits[i + 1] == '-';
    std::int64_t exponent = 0;
    for (++i; i < digits.size(); ++i)
        if (is_digit(digits[i]) && exponent < 1'000'000'000'000) exponent = exponent * 10 + (digits[i] - '0');
    return magnitude + (minus ? -exponent : exponent) > 0;
}

// Any number that is not short and plain, by the library.
NumberFault scan_any(std::string_view text, std::size_t begin, std::size_t& at, double& value) {
    const char* first = text.data() + begin;
    const auto [last, error] = std::from_chars(first, text.data() + text.size(), value);
    at = begin + static_cast<std::size_t>(last - first);
    if (error == std::errc::result_out_of_range) {
        if (is_overflow(text.substr(begin, at - begin))) return NumberFault::overflow;
        value = 0.0;
        return NumberFault::underflow;
    }
    return error == std::errc{} ? NumberFault::none : NumberFault::malformed;
}

}  // namespace

NumberFault scan_number(std::string_view text, std::size_t& at, double& value) {
    const std::size_t begin = at;
    const char* const end = text.data() + text.size();
    const char* const p = scan_plain_number(text.data() + begin, end, value);
    // "2.*x" is an operation on 2, and "1e3" has an exponent.
    const bool element_wise = p != nullptr && p[-1] == '.' && p < end && (*p == '*' || *p == '/' || *p == '^');
    if (element_wise) {
        at = static_cast<std::size_t>(p - 1 - text.data());
        return NumberFault::none;
    }
    if (p != nullptr && (p == end || (*p != 'e' && *p != 'E'))) {
        at = static_cast<std::size_t>(p - text.data());
    } else if (const NumberFault fault = scan_any(text, begin, at, value); fault != NumberFault::none) {
        return fault;
    }
    // "1.2.3", "0x1", "12abc", "3i": not numbers, though they begin like one. An operator such as ".*" may follow.
    const char next = at < text.size() ? text[at] : '\0';
    const char after = at + 1 < text.size() ? text[at + 1] : '\0';
    if (is_letter(next) || (next == '.' && (is_digit(after) || is_letter(after)))) return NumberFault::malformed;
    return NumberFault::none;
}

bool Scanner::skip_blanks() {
    const std::size_t begin = at_;
    while (!at_end()) {
        if (is_blank(text_[at_])) {
            ++at_;
        } else if (text_[at_] == '.' && text_.substr(at_, 3) == "...") {
            skip_line();
            if (!at_end()) ++at_;
        } else {
            break;
        }
    }
    return at_ != begin;
}

void Scanner::skip_line() {
    const auto newline = text_.find('\n', at_);
    at_ = newline == std::string_view::npos ? text_.size() : newline;
}

bool Scanner::block_comment_begins() const {
    if (peek(1) != '{') return false;
    for (std::size_t i = at_; i > 0 && text_[i - 1] != '\n'; --i)
        if (!is_blank(text_[i - 1])) return false;
    std::size_t i = at_ + 2;
    while (i < text_.size() && is_blank(text_[i])) ++i;
    return i >= text_.size() || text_[i] == '\n';
}

bool Scanner::skip_comment() {
    if (!is_comment(peek())) return true;
    if (!block_comment_begins()) {
        skip_line();
        return true;
    }
    for (int depth = 0;;) {
        while (is_blank(peek())) ++at_;
        if (is_comment(peek()) && block_comment_begins()) ++depth;
        if (is_comment(peek()) && peek(1) == '}') --depth;
        skip_line();
        if (depth == 0) return true;
        if (at_end()) return false;
        ++at_;
    }
}

bool Scanner::skip_space(bool separators) {
    while (!at_end()) {
        const char c = text_[at_];
        if (is_comment(c)) {
            if (!skip_comment()) return false;
        } else if (c == '\n' || (separators && (c == ';' || c == ','))) {
            ++at_;
        } else if (!skip_blanks()) {
            break;
        }
    }
    return true;
}

std::string_view Scanner::word() {
    const std::size_t begin = at_;
    if (!is_letter(peek())) return {};
    while (is_letter(peek()) || is_digit(peek()) || (peek() == '.' && is_letter(peek(1)))) ++at_;
    return text_.substr(begin, at_ - begin);
}

bool Scanner::statement_begins() const {
    Scanner ahead = *this;
    if (ahead.peek() == '[') {
        constexpr std::size_t longest_list = 4096;  // of names; keeps a text full of brackets linear
        while (ahead.offset() < at_ + longest_list && !ahead.at_end() && ahead.peek() != ']' && ahead.peek() != ';')
            ahead.advance();
        ahead.advance();
    } else {
        const std::string_view name = ahead.word();
        if (name.empty()) return false;
        ahead.skip_blanks();
        if (name == "function") return true;
        if (ahead.peek() == '(') {
            while (!ahead.at_end() && ahead.peek() != ')' && ahead.peek() != '\n') ahead.advance();
            ahead.advance();
        }
    }
    ahead.skip_blanks();
    return ahead.peek() == '=' && ahead.peek(1) != '=';
}

}  // namespace araz::matpower

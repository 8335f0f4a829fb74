#include <cmath>

#include "araz/base/check.hpp"
#include "araz/base/text.hpp"
#include "json_writer.hpp"
#include "utf8.hpp"

namespace araz {

void JsonWriter::key(std::string_view name) {
    separate();
    quoted(name);
    out_ += ": ";
    after_key_ = true;
}

void JsonWriter::text(std::string_view value) {
    separate();
    quoted(valid_utf8(value));
}

void JsonWriter::number(double value) {
    separate();
    out_ += std::isfinite(value) ? shortest(value) : "null";
}

void JsonWriter::integer(std::int64_t value) {
    separate();
    out_ += std::to_string(value);
}

void JsonWriter::boolean(bool value) {
    separate();
    out_ += value ? "true" : "false";
}

void JsonWriter::null() {
    separate();
    out_ += "null";
}

std::string JsonWriter::take() {
    ARAZ_CHECK(open_.empty(), "an object or array is still open");
    return std::move(out_);
}

void JsonWriter::begin(char bracket, Layout layout) {
    separate();
    // A block inside a line would tear the line apart.
    if (!open_.empty() && open_.back().layout == Layout::line) layout = Layout::line;
    out_ += bracket;
    open_.push_back({layout});
}

void JsonWriter::end(char bracket) {
    ARAZ_CHECK(!open_.empty() && !after_key_, "nothing to close, or a key without its value");
    const Level closed = open_.back();
    open_.pop_back();
    if (closed.layout == Layout::block && !closed.empty) new_line();
    out_ += bracket;
}

// What stands between the previous value and the next: nothing after a key, else a comma and the layout.
void JsonWriter::separate() {
    if (after_key_) {
        after_key_ = false;
        return;
    }
    if (open_.empty()) return;
    Level& level = open_.back();
    if (!level.empty) out_ += level.layout == Layout::line ? ", " : ",";
    level.empty = false;
    if (level.layout == Layout::block) new_line();
}

void JsonWriter::new_line() {
    out_ += '\n';
    out_.append(2 * open_.size(), ' ');
}

void JsonWriter::quoted(std::string_view value) {
    static constexpr std::string_view digits = "0123456789abcdef";
    out_ += '"';
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out_ += '\\';
            out_ += c;
        } else if (c == '\n') {
            out_ += "\\n";
        } else if (c == '\t') {
            out_ += "\\t";
        } else if (byte < 0x20 || byte == 0x7f) {
            out_ += "\\u00";
            out_ += digits[byte >> 4U];
            out_ += digits[byte & 15U];
        } else {
            out_ += c;
        }
    }
    out_ += '"';
}

}  // namespace araz

// A small streaming JSON writer: keys in the order given, shortest numbers that read back unchanged,
// null for what is not a number. Blocks put one member per line; everything inside a line stays on it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace araz {

class JsonWriter {
public:
    enum class Layout { block, line };

    void begin_object(Layout layout) { begin('{', layout); }
    void end_object() { end('}'); }
    void begin_array(Layout layout) { begin('[', layout); }
    void end_array() { end(']'); }

    void key(std::string_view name);
    void text(std::string_view value);
    void number(double value);  ///< null unless finite
    void integer(std::int64_t value);
    void boolean(bool value);
    void null();

    /// The whole text; nothing may be open.
    [[nodiscard]] std::string take();

private:
    struct Level {
        Layout layout;
        bool empty = true;
    };

    void begin(char bracket, Layout layout);
    void end(char bracket);
    void separate();
    void new_line();
    void quoted(std::string_view value);

    std::string out_;
    std::vector<Level> open_;
    bool after_key_ = false;
};

}  // namespace araz

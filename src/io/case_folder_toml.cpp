#include "case_folder_toml.hpp"

#include <algorithm>

#include "araz/base/text.hpp"

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

namespace araz::folder {

namespace {

constexpr int max_depth = 8;  // a case folder needs four

class Converter {
public:
    Converter(const Files& files, int file) : text_(files.text(file)), file_(file) {
        for (std::size_t at = 0; at != std::string_view::npos && at <= text_.size();) {
            line_starts_.push_back(at);
            const auto newline = text_.find('\n', at);
            at = newline == std::string_view::npos ? newline : newline + 1;
        }
    }

    TomlNode convert(const toml::node& node, int depth = 0) const;
    [[nodiscard]] Place place(const toml::source_region& region) const;

private:
    [[nodiscard]] std::size_t offset(const toml::source_position& position) const;
    [[nodiscard]] Place key_place(const toml::key& key) const { return place(key.source()); }

    std::string_view text_;
    int file_;
    std::vector<std::size_t> line_starts_;
};

// The library counts columns in characters.
std::size_t Converter::offset(const toml::source_position& position) const {
    if (position.line == 0 || position.line > line_starts_.size()) return text_.size();
    std::size_t at = line_starts_[position.line - 1];
    for (auto column = position.column; column > 1 && at < text_.size() && text_[at] != '\n'; --column) {
        ++at;
        while (at < text_.size() && (static_cast<unsigned char>(text_[at]) & 0xC0U) == 0x80U) ++at;
    }
    return at;
}

Place Converter::place(const toml::source_region& region) const {
    const std::size_t begin = offset(region.begin);
    const std::size_t end = region.end.line == region.begin.line ? offset(region.end) : begin + 1;
    return {file_, static_cast<int>(region.begin.line), begin, std::max(end, begin + 1) - begin};
}

TomlNode Converter::convert(const toml::node& node, int depth) const {
    TomlNode out;
    out.value.place = place(node.source());
    if (depth > max_depth) return out;
    if (const auto* table = node.as_table()) {
        out.kind = TomlKind::table;
        for (const auto& [key, child] : *table) {
            out.members.emplace_back(std::string(key.str()), convert(child, depth + 1));
            out.members.back().second.key_place = key_place(key);
        }
    } else if (const auto* list = node.as_array()) {
        out.kind = TomlKind::list;
        for (const toml::node& item : *list) out.items.push_back(convert(item, depth + 1));
    } else if (const auto* text = node.as_string()) {
        out.kind = TomlKind::text;
        out.value.text = trim(text->get());
    } else if (const auto* whole = node.as_integer()) {
        out.kind = TomlKind::number;
        out.value.text = std::to_string(whole->get());
    } else if (const auto* real = node.as_floating_point()) {
        out.kind = TomlKind::number;
        out.value.text = shortest(real->get());
    } else if (const auto* flag = node.as_boolean()) {
        out.kind = TomlKind::flag;
        out.value.text = flag->get() ? "1" : "0";
    }
    return out;
}

}  // namespace

std::string_view to_string(TomlKind kind) {
    switch (kind) {
        case TomlKind::text:
            return "a text";
        case TomlKind::number:
            return "a number";
        case TomlKind::flag:
            return "true or false";
        case TomlKind::list:
            return "a list";
        case TomlKind::table:
            return "a table";
        case TomlKind::other:
            break;
    }
    return "a date or time";
}

const TomlNode* TomlNode::member(std::string_view name) const {
    for (const auto& [key, node] : members)
        if (key == name) return &node;
    return nullptr;
}

std::string TomlNode::text(std::string_view name) const {
    const TomlNode* node = member(name);
    return node != nullptr && node->kind == TomlKind::text ? node->value.text : std::string{};
}

std::optional<TomlNode> parse_toml(const Files& files, int file, Report& report) {
    const Converter converter(files, file);
    const toml::parse_result parsed = toml::parse(files.text(file));
    if (parsed) return converter.convert(parsed.table());
    report.error(converter.place(parsed.error().source()),
                 {"AZ1412", "", files.name(file) + " is not TOML: " + std::string(parsed.error().description()), "here",
                  "TOML: name = \"text\", number = 1.5, [[set.lines]]; see https://toml.io"});
    return std::nullopt;
}

}  // namespace araz::folder

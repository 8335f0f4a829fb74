// TOML as a small tree whose values know their place; the TOML library stays inside case_folder_toml.cpp.
#pragma once

#include <optional>
#include <utility>

#include "case_folder_files.hpp"

namespace araz::folder {

enum class TomlKind { text, number, flag, list, table, other };

[[nodiscard]] std::string_view to_string(TomlKind kind);  ///< "a text", "a list", ...

struct TomlNode {
    TomlKind kind = TomlKind::other;
    Cell value;                   ///< text, number ("1.5") or flag ("1", "0") as a cell; of the rest only the place
    Place key_place;              ///< of members of a table
    std::vector<TomlNode> items;  ///< list
    std::vector<std::pair<std::string, TomlNode>> members;  ///< table, by name

    [[nodiscard]] const TomlNode* member(std::string_view name) const;
    /// The text of a member, or an empty one.
    [[nodiscard]] std::string text(std::string_view name) const;
};

/// Finding AZ1412 when the text is not TOML.
[[nodiscard]] std::optional<TomlNode> parse_toml(const Files& files, int file, Report& report);

}  // namespace araz::folder

// The option table: one record per option feeds the parser, the help, the resolved `options{}` of every
// result and the shell completion. A verb lists the options it takes by name.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "araz/base/result.hpp"
#include "araz/model/results.hpp"

namespace araz::app {

enum class OptionKind { flag, choice, number, integer, text, list };

struct OptionSpec {
    std::string_view name;      ///< "--q-limits"
    OptionKind kind = OptionKind::text;
    std::string_view value;     ///< placeholder, or the choices "on|off"
    std::string_view initial;   ///< default as text; empty: none
    std::string_view help;
    std::string_view group;     ///< heading in the help
    double low = 0.0, high = 0.0;  ///< range of numbers; low == high: any
};

[[nodiscard]] std::span<const OptionSpec> option_table();
[[nodiscard]] const OptionSpec* find_option(std::string_view name);

/// Options of one call: text as given or the default, checked against the table.
class Options {
public:
    void set(std::string_view name, std::string value) { values_[std::string(name)] = std::move(value); }
    [[nodiscard]] bool has(std::string_view name) const;   ///< given or defaulted to something
    [[nodiscard]] bool given(std::string_view name) const { return given_.count(std::string(name)) != 0; }
    void mark_given(std::string_view name) { given_[std::string(name)] = true; }
    [[nodiscard]] std::string text(std::string_view name) const;
    [[nodiscard]] bool on(std::string_view name) const;    ///< flags, and choices on|off
    [[nodiscard]] double number(std::string_view name) const;
    [[nodiscard]] int integer(std::string_view name) const;
    [[nodiscard]] std::vector<std::string> list(std::string_view name) const;

    /// Everything as resolved, for the result.
    [[nodiscard]] OptionMap resolved() const;

    std::vector<std::string> files;  ///< positional arguments
    std::string argv;                ///< the whole command line

private:
    std::map<std::string, std::string> values_;
    std::map<std::string, bool> given_;
};

/// Findings about values outside their range or choice (code AZ3010), with the nearest choices.
[[nodiscard]] Findings check_value(const OptionSpec& spec, const std::string& value);

struct Verb {
    std::string_view name;
    std::string_view summary;
    std::string_view arguments;              ///< "CASE", "IN OUT"
    int min_files = 1, max_files = 1;
    std::vector<std::string_view> options;
    std::string_view examples;
    std::function<int(const Options&)> run;  ///< exit code
};

[[nodiscard]] const std::vector<Verb>& verb_table();

}  // namespace araz::app

// The options in [study]: those of the verb that the batch repeats, but for what the batch decides itself.
#include <algorithm>
#include <array>

#include "araz/base/text.hpp"
#include "batch_plan.hpp"

namespace araz::app {

namespace {

constexpr std::array<std::string_view, 18> not_in_batches{
    "--point",  "--variant",       "--from-format", "--format",  "--output",         "--table",  "--limit",     "--color", "--progress",
    "--threads", "--export-states", "--recheck",     "--remedial", "--reinforcements", "--fail-on-violations", "--scale-load", "--dc", "--audit-screen"};

std::vector<std::string_view> options_of(BatchKind kind) {
    std::vector<std::string_view> out;
    for (const Verb& verb : verb_table()) {
        if (verb.name != to_string(kind)) continue;
        for (const std::string_view name : verb.options)
            if (std::find(not_in_batches.begin(), not_in_batches.end(), name) == not_in_batches.end()) out.push_back(name);
    }
    return out;
}

// A value as the command line would have it, or why it cannot be one.
std::string option_text(const OptionSpec& spec, const StudyValue& value, Findings& wrong) {
    const bool list = spec.kind == OptionKind::list || spec.name == "--from" || spec.name == "--to";
    if (value.is_list && !list) {
        wrong.push_back(at_value(value.where, "AZ3061", std::string(spec.name.substr(2)) + " is a list", "expected one value"));
        return {};
    }
    if (spec.kind == OptionKind::flag && !value.is_flag) {
        wrong.push_back(at_value(value.where, "AZ3061", std::string(spec.name.substr(2)) + " is '" + value.text + "'", "expected true or false"));
        return {};
    }
    if (value.is_flag && spec.kind == OptionKind::choice) return value.text == "true" ? "on" : "off";
    return value.text;
}

// Files that options name lie beside the study file.
std::string with_files_resolved(const OptionSpec& spec, const StudyFile& study, const std::string& text) {
    if (text.empty()) return text;
    if (spec.value == "FILE") return study.resolve(text);
    if (spec.name == "--contingencies") {
        std::vector<std::string> parts = split(text, ',');
        for (std::string& part : parts)
            if (part != "all" && part != "none") part = study.resolve(part);
        return join(parts, ",");
    }
    if (spec.name == "--trm" && text.starts_with("quantile:")) {
        const auto colon = text.find(':', 9);
        if (colon != std::string::npos) return text.substr(0, colon + 1) + study.resolve(text.substr(colon + 1));
    }
    return text;
}

}  // namespace

Result<Options> study_options(const StudyFile& study, BatchKind kind) {
    Options out;
    Findings wrong;
    const std::vector<std::string_view> allowed = options_of(kind);
    std::vector<std::string> names;
    for (const std::string_view name : allowed) {
        const OptionSpec& spec = *find_option(name);
        out.set(name, spec.kind == OptionKind::flag ? "false" : std::string(spec.initial));
        names.emplace_back(name.substr(2));
    }
    for (const auto& [name, value] : study.options) {
        if (std::find(names.begin(), names.end(), name) == names.end()) {
            wrong.push_back(at_value(value.where, "AZ3060",
                                     "a study of kind " + std::string(to_string(kind)) + " has no option '" + name + "'" + did_you_mean(name, names),
                                     "options are those of araz " + std::string(to_string(kind)) + " --help, without dashes"));
            continue;
        }
        const OptionSpec& spec = *find_option("--" + name);
        const std::string text = option_text(spec, value, wrong);
        for (Finding& finding : check_value(spec, text)) {
            finding.where = value.where;
            wrong.push_back(std::move(finding));
        }
        out.set(spec.name, with_files_resolved(spec, study, text));
        out.mark_given(spec.name);
    }
    if (!wrong.empty()) return Error{ErrorKind::usage, std::move(wrong)};
    return out;
}

}  // namespace araz::app

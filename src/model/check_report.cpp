#include "check_report.hpp"

namespace araz {

std::string label_of(const BusRow& bus) {
    const std::string id = std::to_string(number(bus.bus));
    return bus.name.empty() || bus.name == id ? id : id + " (" + bus.name + ")";
}

std::string element(std::string_view kind, std::size_t row) {
    return std::string(kind) + " " + std::to_string(row + 1);
}

std::size_t CheckReport::keep(Severity severity) {
    switch (severity) {
        case Severity::error:
            return max_errors;
        case Severity::warning:
            return max_warnings;
        case Severity::info:
            break;
    }
    return 1;
}

Severity CheckReport::severity_of(Severity usual, std::string_view code) const {
    const std::string key(code);
    if (options_.deny.contains(key)) return Severity::error;
    if (usual == Severity::error && options_.allow.contains(key)) return Severity::warning;
    return usual;
}

CheckReport::Group& CheckReport::group_of(Severity usual, std::string_view code) {
    const auto [found, is_new] = groups_.try_emplace({std::string(code), usual});
    if (is_new) found->second.severity = severity_of(usual, code);
    return found->second;
}

Finding CheckReport::make(Severity severity, std::string_view code, const RowSource& source, int column,
                          CheckText text) const {
    Finding finding;
    finding.severity = severity;
    finding.code = std::string(code);
    finding.element = std::move(text.element);
    finding.message = std::move(text.message);
    finding.label = std::move(text.label);
    finding.hint = std::move(text.hint);
    finding.where = locate(grid_, source, column);
    return finding;
}

void CheckReport::repeat(const Finding& finding) {
    // A reader goes on after a doubtful status; whether that may stand is for the options to say.
    const Severity usual = finding.code == "AZ1108" ? Severity::error : finding.severity;
    Group& group = group_of(usual, finding.code);
    ++group.count;
    if (group.shown.size() >= keep(group.severity)) return;
    group.shown.push_back(finding);
    group.shown.back().severity = group.severity;
}

Findings CheckReport::finish() {
    Findings all;
    for (auto& [key, group] : groups_) {
        if (group.severity == Severity::warning && group.count > max_warnings) group.shown.resize(1);
        if (group.count > group.shown.size())
            group.shown.back().message +=
                " (and " + std::to_string(group.count - group.shown.size()) + " more like this)";
        for (Finding& finding : group.shown) all.push_back(std::move(finding));
    }
    return all;
}

}  // namespace araz

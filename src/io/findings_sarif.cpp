#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

#include "araz/base/codes.hpp"
#include "araz/io/sarif.hpp"
#include "utf8.hpp"

namespace araz {

namespace {

using Json = nlohmann::ordered_json;

const char* level_of(Severity severity) {
    switch (severity) {
        case Severity::error: return "error";
        case Severity::warning: return "warning";
        case Severity::info: break;
    }
    return "note";
}

// A path as a URI reference (RFC 3986): bytes outside the unreserved set and '/' are escaped.
std::string uri_of(const std::string& path) {
    static constexpr std::string_view digits = "0123456789ABCDEF";
    std::string uri = path.starts_with('/') ? "file://" : "";
    for (const char c : path) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           std::string_view("-._~/").find(c) != std::string_view::npos;
        if (plain) uri += c;
        else uri += {'%', digits[byte >> 4U], digits[byte & 15U]};
    }
    return uri;
}

Json rule_of(const std::string& code) {
    Json rule{{"id", code}};
    if (const CodeEntry* entry = find_code(code)) {
        rule["shortDescription"] = {{"text", std::string(entry->title)}};
        rule["fullDescription"] = {{"text", std::string(entry->explanation)}};
        rule["help"] = {{"text", "araz explain " + code}};
    }
    return rule;
}

Json location_of(const Finding& finding) {
    Json location;
    const SourcePoint& where = finding.where;
    if (!where.file.empty()) {
        Json physical{{"artifactLocation", {{"uri", uri_of(where.file)}}}};
        if (where.line > 0) {
            Json region{{"startLine", where.line}};
            if (where.column > 0) {
                region["startColumn"] = where.column;
                region["endColumn"] = where.column + std::max(1, where.width);
            }
            if (!where.text.empty()) region["snippet"] = {{"text", valid_utf8(where.text)}};
            physical["region"] = std::move(region);
        }
        location["physicalLocation"] = std::move(physical);
    }
    if (!finding.element.empty())
        location["logicalLocations"] = Json::array({{{"name", valid_utf8(finding.element)}, {"kind", "element"}}});
    return location;
}

Json result_of(const Finding& finding, std::size_t rule) {
    std::string text = valid_utf8(finding.message);
    if (!finding.hint.empty()) text += ". Hint: " + valid_utf8(finding.hint);
    Json result{{"ruleId", finding.code}, {"ruleIndex", rule}, {"level", level_of(finding.severity)}, {"message", {{"text", text}}}};
    if (const Json location = location_of(finding); !location.empty()) result["locations"] = Json::array({location});
    return result;
}

}  // namespace

std::string to_sarif(const Findings& findings, const std::string& argv, int exit_code) {
    std::map<std::string, std::size_t> rules;
    for (const Finding& finding : findings) rules.emplace(finding.code, 0);
    Json rule_list = Json::array();
    for (auto& [code, index] : rules) {
        index = rule_list.size();
        rule_list.push_back(rule_of(code));
    }
    Json results = Json::array();
    for (const Finding& finding : findings) results.push_back(result_of(finding, rules.at(finding.code)));
    Json driver{{"name", "araz"}, {"semanticVersion", ARAZ_VERSION}, {"rules", std::move(rule_list)}};
    Json invocation{{"commandLine", valid_utf8(argv)}, {"exitCode", exit_code}, {"executionSuccessful", true}};
    Json run{{"tool", {{"driver", std::move(driver)}}},
             {"invocations", Json::array({std::move(invocation)})},
             {"columnKind", "unicodeCodePoints"},
             {"results", std::move(results)}};
    Json document{{"$schema", "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"},
                  {"version", "2.1.0"},
                  {"runs", Json::array({std::move(run)})}};
    return document.dump(1) + "\n";
}

}  // namespace araz

// JSON results back into structs. Every missing or wrong field is reported by its path.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <type_traits>
#include <utility>

#include "araz/io/result_io.hpp"
#include "araz/model/result_fields.hpp"

namespace araz {

namespace {

using Json = nlohmann::ordered_json;

// Collects what is wrong while the structs are filled. A file of another kind has as many wrong fields
// as it has numbers; the first ones tell.
class Reading {
public:
    explicit Reading(std::string file) : file_(std::move(file)) {}

    // The part of the path that `key` or `index` adds while this object lives.
    class Step {
    public:
        Step(Reading& reading, std::string_view key) : reading_(reading), size_(reading.path_.size()) {
            if (size_ > 0) reading.path_ += '.';
            reading.path_ += key;
        }
        Step(Reading& reading, std::size_t index) : reading_(reading), size_(reading.path_.size()) {
            reading.path_ += fmt::format("[{}]", index);
        }
        ~Step() { reading_.path_.resize(size_); }
        Step(const Step&) = delete;
        Step& operator=(const Step&) = delete;

    private:
        Reading& reading_;
        std::size_t size_;
    };

    void wrong(std::string_view expected, const Json& found) {
        add(fmt::format("field {} should be {}, found {}", path_, expected, found.type_name()));
    }
    void missing() { add(fmt::format("field {} is missing", path_)); }

    [[nodiscard]] bool failed() const { return !findings_.empty(); }
    [[nodiscard]] Error take() { return Error{ErrorKind::invalid_input, std::move(findings_)}; }

private:
    void add(std::string message) {
        constexpr std::size_t enough = 100;
        if (findings_.size() >= enough) return;
        Finding finding;
        finding.code = "AZ5001";
        finding.message = std::move(message);
        finding.hint = "write the result again with this version of araz";
        finding.where.file = file_;
        findings_.push_back(std::move(finding));
    }

    std::string file_;
    std::string path_;
    Findings findings_;
};

void read_value(Reading& reading, const Json& json, bool& value) {
    if (json.is_boolean()) value = json.get<bool>();
    else reading.wrong("true or false", json);
}

void read_value(Reading& reading, const Json& json, double& value) {
    if (json.is_number()) value = json.get<double>();
    else if (json.is_null()) value = nan_value;
    else reading.wrong("a number or null", json);
}

void read_value(Reading& reading, const Json& json, std::string& value) {
    if (json.is_string()) value = json.get<std::string>();
    else reading.wrong("a text", json);
}

template <class Integer>
    requires(std::is_integral_v<Integer> && !std::is_same_v<Integer, bool>)
void read_value(Reading& reading, const Json& json, Integer& value) {
    const auto wide = json.is_number_integer() ? json.get<std::int64_t>() : 0;
    const bool fits = std::in_range<Integer>(wide) && !(json.is_number_unsigned() && wide < 0);
    if (json.is_number_integer() && fits) value = static_cast<Integer>(wide);
    else reading.wrong("an integer", json);
}

void read_value(Reading& reading, const Json& json, SolveStatus& value) {
    std::string word;
    read_value(reading, json, word);
    value = solve_status_from(word);
    if (json.is_string() && to_string(value) != word) reading.wrong("a solve status", json);
}

void read_value(Reading& reading, const Json& json, std::vector<std::string>& list) {
    if (!json.is_array()) return reading.wrong("a list of texts", json);
    list.resize(json.size());
    for (std::size_t i = 0; i < list.size(); ++i) {
        const Reading::Step step(reading, i);
        read_value(reading, json[i], list[i]);
    }
}

template <Record R>
void read_value(Reading& reading, const Json& json, R& record);

template <Record R>
void read_value(Reading& reading, const Json& json, std::vector<R>& rows) {
    if (!json.is_array()) return reading.wrong("a list", json);
    rows.resize(json.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const Reading::Step step(reading, i);
        read_value(reading, json[i], rows[i]);
    }
}

template <Record R>
void read_fields(Reading& reading, const Json& json, R& record) {
    for_each_field<R>([&](const auto& field) {
        auto& value = record.*field.member;
        using Member = std::remove_cvref_t<decltype(value)>;
        if constexpr (Record<Member>) {
            if (field.inlined) return read_fields(reading, json, value);
        }
        const Reading::Step step(reading, field.key);
        const auto found = json.find(field.key);
        if (found == json.end()) {
            if (field.required) reading.missing();
            return;
        }
        if (field.zero_is_none && found->is_null()) return;  // the member already holds its "none"
        read_value(reading, *found, value);
    });
}

template <Record R>
void read_value(Reading& reading, const Json& json, R& record) {
    if (!json.is_object()) return reading.wrong("an object", json);
    read_fields(reading, json, record);
}

// The member `key`, or nullptr after saying that it is missing.
const Json* member(Reading& reading, const Json& json, std::string_view key) {
    const auto found = json.find(key);
    if (found != json.end()) return &*found;
    const Reading::Step step(reading, key);
    reading.missing();
    return nullptr;
}

template <class T>
void read_member(Reading& reading, const Json& json, std::string_view key, T& value) {
    const Json* found = member(reading, json, key);
    if (found == nullptr) return;
    const Reading::Step step(reading, key);
    read_value(reading, *found, value);
}

void read_value(Reading& reading, const Json& json, OptionMap& options) {
    if (!json.is_object()) return reading.wrong("an object", json);
    for (const auto& [name, value] : json.items()) {
        const Reading::Step step(reading, name);
        if (value.is_boolean()) {
            options[name] = value.get<bool>();
        } else if (value.is_string()) {
            options[name] = value.get<std::string>();
        } else if (value.is_array()) {
            std::vector<std::string> list;
            read_value(reading, value, list);
            options[name] = std::move(list);
        } else {
            double number = nan_value;
            read_value(reading, value, number);
            options[name] = number;
        }
    }
}

// Lines and columns are null where they are not known.
void read_position(Reading& reading, const Json& json, std::string_view key, int& value) {
    const Json* found = member(reading, json, key);
    if (found == nullptr || found->is_null()) return;
    const Reading::Step step(reading, key);
    read_value(reading, *found, value);
}

void read_value(Reading& reading, const Json& json, Finding& finding) {
    if (!json.is_object()) return reading.wrong("an object", json);
    std::string severity;
    read_member(reading, json, "severity", severity);
    for (const Severity each : {Severity::info, Severity::warning, Severity::error})
        if (to_string(each) == severity) finding.severity = each;
    read_member(reading, json, "code", finding.code);
    read_member(reading, json, "element", finding.element);
    read_member(reading, json, "message", finding.message);
    read_member(reading, json, "file", finding.where.file);
    read_member(reading, json, "hint", finding.hint);
    read_position(reading, json, "line", finding.where.line);
    read_position(reading, json, "column", finding.where.column);
    if (const auto label = json.find("label"); label != json.end()) read_value(reading, *label, finding.label);
}

void read_findings(Reading& reading, const Json& json, Findings& findings) {
    const Json* list = member(reading, json, "findings");
    if (list == nullptr) return;
    const Reading::Step step(reading, "findings");
    if (!list->is_array()) return reading.wrong("a list", *list);
    findings.resize(list->size());
    for (std::size_t i = 0; i < findings.size(); ++i) {
        const Reading::Step row(reading, i);
        read_value(reading, (*list)[i], findings[i]);
    }
}

void read_envelope(Reading& reading, const Json& json, Envelope& envelope) {
    read_member(reading, json, "schema", envelope.schema);
    read_member(reading, json, "case", envelope.grid);
    read_member(reading, json, "options", envelope.options);
    read_member(reading, json, "status", envelope.status);
    read_findings(reading, json, envelope.findings);
}

Error not_json(const std::string& path, std::string_view text, std::size_t byte) {
    Finding finding;
    finding.code = "AZ5002";
    finding.message = text.find_first_not_of(" \t\r\n") == std::string_view::npos ? "the file is empty"
                                                                                  : "this is not valid JSON";
    finding.where.file = path;
    // nlohmann counts the byte it stopped at from 1.
    const std::size_t at = std::min(byte > 0 ? byte - 1 : 0, text.size());
    const std::string_view before = text.substr(0, at);
    const std::size_t line_start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
    const std::size_t line_end = std::min(text.find('\n', at), text.size());
    finding.where.line = 1 + static_cast<int>(std::count(before.begin(), before.end(), '\n'));
    const auto starts_character = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
    finding.where.column =
        1 + static_cast<int>(std::count_if(before.begin() + static_cast<std::ptrdiff_t>(line_start), before.end(),
                                           starts_character));
    constexpr std::size_t longest = 4096;
    if (line_end - line_start <= longest) finding.where.text = text.substr(line_start, line_end - line_start);
    finding.label = "unexpected here";
    finding.hint = "give a result that araz wrote with --format json";
    return Error{ErrorKind::invalid_input, {finding}};
}

Result<Json> parse(std::string_view text, const std::string& path) {
    try {
        Json json = Json::parse(text);
        if (json.is_object()) return json;
        return not_json(path, text, 1);
    } catch (const Json::parse_error& error) {
        return not_json(path, text, error.byte);
    } catch (const Json::out_of_range&) {
        Error error = not_json(path, text, 1);
        error.findings.front().message = "a number in this file is beyond the range of a double";
        return error;
    }
}

Error wrong_kind(const std::string& path, std::string_view wanted, const std::string& found) {
    Error error = Error::make(ErrorKind::invalid_input, "AZ5003",
                              fmt::format("this result has schema '{}', wanted '{}'", found, wanted));
    error.findings.front().where.file = path;
    return error;
}

Error no_answer(const std::string& path) {
    Error error = Error::make(ErrorKind::invalid_input, "AZ5004", "this result holds no answer: its run ended with an error",
                              "its findings say why; run the command again");
    error.findings.front().where.file = path;
    return error;
}

// Parses, checks the schema, then lets `fill` read the members of the verb.
template <class T, class Fill>
Result<T> read_result(std::string_view text, const std::string& path, std::string_view schema, Fill&& fill) {
    Result<Json> json = parse(text, path);
    if (!json) return std::move(json).error();
    Reading reading(path);
    T result;
    read_envelope(reading, *json, result.envelope);
    if (!result.envelope.schema.empty() && result.envelope.schema != schema)
        return wrong_kind(path, schema, result.envelope.schema);
    if (result.envelope.status == "error") return no_answer(path);
    fill(reading, *json, result);
    if (reading.failed()) return reading.take();
    return result;
}

}  // namespace

Result<PfResult> pf_from_json(std::string_view text, const std::string& path) {
    return read_result<PfResult>(text, path, "araz.pf/1", [](Reading& reading, const Json& json, PfResult& result) {
        read_member(reading, json, "status", result.status);
        read_fields(reading, json, result);
    });
}

Result<N1Result> n1_from_json(std::string_view text, const std::string& path) {
    return read_result<N1Result>(text, path, "araz.n1/1", [](Reading& reading, const Json& json, N1Result& result) {
        if (const Json* base = member(reading, json, "base"); base != nullptr) {
            const Reading::Step step(reading, "base");
            read_value(reading, *base, result.base);
            if (base->is_object()) read_member(reading, *base, "status", result.base.status);
        }
        read_member(reading, json, "contingencies", result.contingencies);
        read_member(reading, json, "summary", result.summary);
        if (json.contains("screen")) read_member(reading, json, "screen", result.screen);
        result.base.envelope = result.envelope;
        result.base.envelope.schema = "araz.pf/1";
        result.base.envelope.status = to_string(result.base.status);
    });
}

Result<CapacityResult> capacity_from_json(std::string_view text, const std::string& path) {
    return read_result<CapacityResult>(text, path, "araz.capacity/1",
                                       [](Reading& reading, const Json& json, CapacityResult& result) {
                                           read_member(reading, json, "directions", result.directions);
                                           if (json.contains("reinforcements"))
                                               read_member(reading, json, "reinforcements", result.reinforcements);
                                           if (json.contains("controls")) read_member(reading, json, "controls", result.controls);
                                           if (json.contains("control_actions"))
                                               read_member(reading, json, "control_actions", result.control_actions);
                                       });
}

Result<std::string> schema_of(std::string_view text, const std::string& path) {
    Result<Json> json = parse(text, path);
    if (!json) return std::move(json).error();
    Reading reading(path);
    std::string schema;
    read_member(reading, *json, "schema", schema);
    if (reading.failed()) return reading.take();
    return schema;
}

}  // namespace araz

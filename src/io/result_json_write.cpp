// Results as JSON. The fields come from model/result_fields.hpp; only the envelope is written here.
#include <cmath>
#include <type_traits>

#include "araz/base/text.hpp"
#include "araz/io/factor_io.hpp"
#include "araz/io/pv_io.hpp"
#include "araz/io/result_io.hpp"
#include "araz/model/result_fields.hpp"
#include "result_json.hpp"

namespace araz {

namespace {

using Layout = JsonWriter::Layout;

// Records that hold tables spread over lines; rows and small records stay on one.
template <class R>
constexpr Layout layout_of = std::is_same_v<R, PfResult> || std::is_same_v<R, DirectionResult> ||
                                     std::is_same_v<R, Diagnosis> || std::is_same_v<R, Certificate> ||
                                     std::is_same_v<R, EndStates> || std::is_same_v<R, EndState> ||
                                     std::is_same_v<R, PvCurve>
                                 ? Layout::block
                                 : Layout::line;

void write_value(JsonWriter& json, bool value) { json.boolean(value); }
void write_value(JsonWriter& json, double value) { json.number(value); }
void write_value(JsonWriter& json, int value) { json.integer(value); }
void write_value(JsonWriter& json, std::int64_t value) { json.integer(value); }
void write_value(JsonWriter& json, const std::string& value) { json.text(value); }
void write_value(JsonWriter& json, SolveStatus value) { json.text(to_string(value)); }

void write_value(JsonWriter& json, const std::vector<std::string>& list) {
    json.begin_array(Layout::line);
    for (const std::string& each : list) json.text(each);
    json.end_array();
}

void write_value(JsonWriter& json, const std::vector<double>& list) {
    json.begin_array(Layout::line);
    for (const double each : list) json.number(each);
    json.end_array();
}

template <Record R>
void write_value(JsonWriter& json, const R& record);

template <Record R>
void write_value(JsonWriter& json, const std::vector<R>& rows) {
    json.begin_array(Layout::block);
    for (const R& row : rows) write_value(json, row);
    json.end_array();
}

template <Record R>
void write_fields(JsonWriter& json, const R& record) {
    for_each_field<R>([&](const auto& field) {
        const auto& value = record.*field.member;
        using Member = std::remove_cvref_t<decltype(value)>;
        if constexpr (Record<Member>) {
            if (field.inlined) return write_fields(json, value);
        }
        json.key(field.key);
        if constexpr (std::is_integral_v<Member>) {
            if (field.zero_is_none && value == 0) return json.null();
        }
        write_value(json, value);
    });
}

template <Record R>
void write_value(JsonWriter& json, const R& record) {
    json.begin_object(layout_of<R>);
    write_fields(json, record);
    json.end_object();
}

void write_positive(JsonWriter& json, std::string_view key, int value) {
    json.key(key);
    if (value > 0) json.integer(value);
    else json.null();
}

void write_text(JsonWriter& json, std::string_view key, std::string_view value) {
    json.key(key);
    json.text(value);
}

void write_finding(JsonWriter& json, const Finding& finding) {
    json.begin_object(Layout::line);
    write_text(json, "severity", to_string(finding.severity));
    write_text(json, "code", finding.code);
    write_text(json, "element", finding.element);
    write_text(json, "message", finding.message);
    write_text(json, "label", finding.label);
    write_text(json, "file", finding.where.file);
    write_positive(json, "line", finding.where.line);
    write_positive(json, "column", finding.where.column);
    write_text(json, "hint", finding.hint);
    json.end_object();
}

void write_options(JsonWriter& json, const OptionMap& options) {
    json.begin_object(Layout::line);
    for (const auto& [name, option] : options) {
        json.key(name);
        std::visit([&](const auto& value) { write_value(json, value); }, option);
    }
    json.end_object();
}

void write_envelope(JsonWriter& json, const Envelope& envelope, std::string_view status) {
    write_text(json, "schema", envelope.schema);
    json.key("araz");
    json.begin_object(Layout::line);
    write_text(json, "version", ARAZ_VERSION);
    json.end_object();
    json.key("case");
    write_value(json, envelope.grid);
    json.key("options");
    write_options(json, envelope.options);
    write_text(json, "status", status);
    json.key("findings");
    json.begin_array(Layout::block);
    for (const Finding& finding : envelope.findings) write_finding(json, finding);
    json.end_array();
}

std::string finish(JsonWriter& json) {
    json.end_object();
    return json.take() + "\n";
}

JsonWriter start(const Envelope& envelope, std::string_view status) {
    JsonWriter json;
    json.begin_object(Layout::block);
    write_envelope(json, envelope, status);
    return json;
}

template <Record R>
std::string line_of(const R& row) {
    JsonWriter json;
    json.begin_object(Layout::line);
    write_fields(json, row);
    json.end_object();
    return json.take() + "\n";
}

template <Record R>
std::string lines_of(const std::vector<R>& rows) {
    std::string out;
    for (const R& row : rows) out += line_of(row);
    return out;
}

}  // namespace

JsonWriter begin_result(const Envelope& envelope) { return start(envelope, envelope.status); }

std::string end_result(JsonWriter& json) { return finish(json); }

std::string to_json(const Envelope& envelope) {
    JsonWriter json = start(envelope, envelope.status);
    return finish(json);
}

std::string to_json(const PfResult& result) {
    JsonWriter json = start(result.envelope, to_string(result.status));
    write_fields(json, result);
    return finish(json);
}

std::string to_json(const N1Result& result) {
    JsonWriter json = start(result.envelope, result.envelope.status);
    json.key("base");
    json.begin_object(Layout::block);
    write_text(json, "status", to_string(result.base.status));
    write_fields(json, result.base);
    json.end_object();
    json.key("contingencies");
    write_value(json, result.contingencies);
    json.key("summary");
    write_value(json, result.summary);
    if (!std::isnan(result.screen.threshold_pct)) {
        json.key("screen");
        write_value(json, result.screen);
    }
    return finish(json);
}

std::string to_json(const CapacityResult& result) {
    JsonWriter json = start(result.envelope, result.envelope.status);
    json.key("directions");
    write_value(json, result.directions);
    if (!result.reinforcements.empty()) {
        json.key("reinforcements");
        write_value(json, result.reinforcements);
    }
    if (!result.controls.empty()) {
        json.key("controls");
        write_value(json, result.controls);
        json.key("control_actions");
        write_value(json, result.control_actions);
    }
    if (!is_solved(result.base.status) && result.directions.empty()) {
        json.key("diagnosis");
        write_value(json, result.base.diagnosis);
    }
    return finish(json);
}

std::string to_json(const PtdfResult& result) {
    JsonWriter json = start(result.envelope, result.envelope.status);
    write_fields(json, result);
    return finish(json);
}

std::string to_json(const LodfResult& result) {
    JsonWriter json = start(result.envelope, result.envelope.status);
    write_fields(json, result);
    return finish(json);
}

std::string to_json(const PvResult& result) {
    JsonWriter json = start(result.envelope, result.envelope.status);
    write_fields(json, result);
    return finish(json);
}

std::string to_ndjson(const PvResult& result) { return lines_of(result.curves); }
std::string to_ndjson(const PtdfResult& result) { return lines_of(result.branches); }
std::string to_ndjson(const LodfResult& result) { return lines_of(result.branches); }
std::string to_ndjson(const PfResult& result) { return lines_of(result.branches); }
std::string to_ndjson(const N1Result& result) { return lines_of(result.contingencies); }
std::string to_ndjson_line(const ContingencyResult& result) { return line_of(result); }
std::string to_ndjson(const CapacityResult& result) { return lines_of(result.directions); }

std::string options_json(const OptionMap& options) {
    JsonWriter json;
    write_options(json, options);
    return json.take();
}

}  // namespace araz

// A batch as JSON: summary.json and the layout in a manifest.
#include <nlohmann/json.hpp>

#include "araz/io/batch_io.hpp"
#include "result_json.hpp"

namespace araz {

namespace {

using Layout = JsonWriter::Layout;
using Json = nlohmann::ordered_json;

void text(JsonWriter& out, std::string_view key, std::string_view value) {
    out.key(key);
    out.text(value);
}
void number(JsonWriter& out, std::string_view key, double value) {
    out.key(key);
    out.number(value);
}
void integer(JsonWriter& out, std::string_view key, std::int64_t value) {
    out.key(key);
    out.integer(value);
}

void distribution(JsonWriter& out, std::string_view key, const Distribution& value) {
    out.key(key);
    out.begin_object(Layout::line);
    integer(out, "count", value.count);
    number(out, "mean", value.mean);
    number(out, "min", value.min);
    number(out, "p5", value.p5);
    number(out, "p50", value.p50);
    number(out, "p95", value.p95);
    number(out, "max", value.max);
    out.end_object();
}

void curve(JsonWriter& out, std::string_view key, const std::vector<double>& values) {
    out.key(key);
    out.begin_array(Layout::line);
    for (const double value : values) out.number(value);
    out.end_array();
}

void direction(JsonWriter& out, const DirectionStatistics& value) {
    out.begin_object(Layout::block);
    text(out, "from", value.from);
    text(out, "to", value.to);
    integer(out, "answered", value.answered);
    integer(out, "base_insecure", value.base_insecure);
    integer(out, "refused", value.refused);
    integer(out, "unsolved", value.unsolved);
    distribution(out, "ttc_mw", value.ttc_mw);
    distribution(out, "ntc_mw", value.ntc_mw);
    distribution(out, "base_exchange_mw", value.base_exchange_mw);
    curve(out, "ttc_duration_mw", value.ttc_duration_mw);
    number(out, "blocked_mwh", value.blocked_mwh);
    out.key("limited_by");
    out.begin_array(Layout::block);
    for (const LimitingPair& pair : value.limited_by) {
        out.begin_object(Layout::line);
        text(out, "cause", pair.cause);
        text(out, "element", pair.element);
        text(out, "element_name", pair.element_name);
        text(out, "contingency", pair.contingency);
        text(out, "contingency_name", pair.contingency_name);
        integer(out, "scenarios", pair.scenarios);
        number(out, "hours", pair.hours);
        number(out, "share", pair.share);
        out.end_object();
    }
    out.end_array();
    out.end_object();
}

void group(JsonWriter& out, const BatchGroupStatistics& value) {
    out.begin_object(Layout::block);
    text(out, "point", value.point);
    text(out, "variant", value.variant);
    integer(out, "scenarios", value.scenarios);
    integer(out, "solved", value.solved);
    integer(out, "unsolved", value.unsolved);
    integer(out, "with_violations", value.with_violations);
    distribution(out, "load_mw", value.load_mw);
    distribution(out, "loss_mw", value.loss_mw);
    distribution(out, "max_loading_pct", value.max_loading_pct);
    distribution(out, "min_vm_pu", value.min_vm_pu);
    curve(out, "load_duration_mw", value.load_duration_mw);
    curve(out, "max_loading_duration_pct", value.max_loading_duration_pct);
    number(out, "curtailed_mwh", value.curtailed_mwh);
    number(out, "shortage_mwh", value.shortage_mwh);
    out.key("directions");
    out.begin_array(Layout::block);
    for (const DirectionStatistics& one : value.directions) direction(out, one);
    out.end_array();
    out.key("branches");
    out.begin_array(Layout::block);
    for (const BranchLoading& branch : value.branches) {
        out.begin_object(Layout::line);
        text(out, "branch", branch.branch);
        text(out, "name", branch.name);
        distribution(out, "loading_pct", branch.loading_pct);
        number(out, "hours_above_100", branch.hours_above_100);
        out.end_object();
    }
    out.end_array();
    out.end_object();
}

constexpr std::pair<BatchColumn::Type, const char*> types[] = {{BatchColumn::Type::number, "number"},
                                                               {BatchColumn::Type::integer, "integer"},
                                                               {BatchColumn::Type::word, "word"},
                                                               {BatchColumn::Type::text, "text"}};

}  // namespace

std::string to_json(const BatchStatistics& statistics, const BatchStamp& stamp) {
    JsonWriter out = begin_result(stamp.envelope);
    text(out, "argv", stamp.argv);
    out.key("inputs");
    out.begin_array(Layout::block);
    for (const BatchInput& input : stamp.inputs) {
        out.begin_object(Layout::line);
        text(out, "file", input.file);
        text(out, "sha256", input.sha256);
        out.end_object();
    }
    out.end_array();
    integer(out, "scenarios", statistics.scenarios);
    integer(out, "solved", statistics.solved);
    integer(out, "unsolved", statistics.unsolved);
    out.key("groups");
    out.begin_array(Layout::block);
    for (const BatchGroupStatistics& one : statistics.groups) group(out, one);
    out.end_array();
    return end_result(out);
}

std::string layout_json(const BatchLayout& layout) {
    Json out;
    out["kind"] = to_string(layout.kind);
    out["hours"] = layout.hours;
    out["time"] = layout.time;
    out["time_units"] = layout.time_units;
    out["step_hours"] = layout.step_hours;
    out["points"] = layout.points;
    out["variants"] = layout.variants;
    out["axes"] = Json::array();
    for (const BatchAxis& axis : layout.axes)
        out["axes"].push_back({{"name", axis.name}, {"ids", axis.ids}, {"names", axis.names}, {"numbers", axis.numbers}});
    out["columns"] = Json::array();
    for (const BatchColumn& column : layout.columns) {
        const char* type = "";
        for (const auto& [key, word] : types)
            if (key == column.type) type = word;
        out["columns"].push_back({{"name", column.name}, {"title", column.title}, {"type", type}, {"axis", column.axis},
                                  {"words", column.words}});
    }
    return out.dump();
}

Result<BatchLayout> layout_from_json(std::string_view text, const std::string& path) {
    const auto refuse = [&](const std::string& why) {
        return Error::make(ErrorKind::invalid_input, "AZ3073", path + " is no manifest of a batch: " + why,
                           "name the folder that araz batch made");
    };
    try {
        const Json in = Json::parse(text);
        BatchLayout out;
        const std::string kind = in.at("kind");
        out.kind = kind == "capacity" ? BatchKind::capacity : kind == "n1" ? BatchKind::n1 : BatchKind::pf;
        out.hours = in.at("hours").get<std::vector<int>>();
        out.time = in.at("time").get<std::vector<double>>();
        out.time_units = in.at("time_units");
        out.step_hours = in.at("step_hours");
        out.points = in.at("points").get<std::vector<std::string>>();
        out.variants = in.at("variants").get<std::vector<std::string>>();
        for (const Json& axis : in.at("axes"))
            out.axes.push_back({axis.at("name"), axis.at("ids").get<std::vector<std::string>>(),
                                axis.at("names").get<std::vector<std::string>>(),
                                axis.at("numbers").get<std::vector<std::int64_t>>()});
        for (const Json& column : in.at("columns")) {
            BatchColumn made{column.at("name"), column.at("title"), BatchColumn::Type::number, column.at("axis"),
                             column.at("words").get<std::vector<std::string>>()};
            for (const auto& [key, word] : types)
                if (column.at("type") == word) made.type = key;
            if (!made.axis.empty() && out.axis(made.axis) == nullptr) return refuse("no axis " + made.axis);
            out.columns.push_back(std::move(made));
        }
        if (out.time.size() != out.hours.size()) return refuse("hours and times differ in number");
        return out;
    } catch (const Json::exception& error) {
        return refuse(error.what());
    }
}

}  // namespace araz

#include "araz/io/study_file.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include "araz/base/hash.hpp"
#include "araz/base/text.hpp"
#include "araz/io/files.hpp"
#include "case_folder_toml.hpp"

namespace araz {

namespace {

using folder::TomlKind;
using folder::TomlNode;

constexpr std::size_t max_bytes = 1U << 20U;

enum class Shape { text, list, number };  ///< a list may be a single text

struct Key {
    std::string_view table, name;
    StudyValue StudyFile::* member;
    Shape shape = Shape::text;
    bool required = false;
};

constexpr Key keys[] = {
    {"", "case", &StudyFile::case_path, Shape::text, true},
    {"", "out", &StudyFile::out},
    {"", "points", &StudyFile::points, Shape::list},
    {"", "variants", &StudyFile::variants, Shape::list},
    {"", "hours", &StudyFile::hours, Shape::list, true},
    {"profiles", "file", &StudyFile::series, Shape::list},
    {"profiles", "shape", &StudyFile::series_shape},
    {"profiles", "unit", &StudyFile::series_unit},
    {"profiles", "names", &StudyFile::series_names},
    {"profiles", "step-hours", &StudyFile::series_step, Shape::number},
    {"dispatch", "rule", &StudyFile::rule},
    {"dispatch", "settings", &StudyFile::settings, Shape::list},
    {"samples", "method", &StudyFile::sample_method},
    {"samples", "size", &StudyFile::sample_size, Shape::number},
    {"samples", "seed", &StudyFile::sample_seed, Shape::number},
    {"samples", "block", &StudyFile::sample_block, Shape::number},
    {"samples", "unit-outages", &StudyFile::sample_outages},
    {"study", "kind", &StudyFile::kind, Shape::text, true},
    {"outputs", "columns", &StudyFile::columns, Shape::list},
    {"outputs", "shard", &StudyFile::shard, Shape::number},
};

std::string quoted_key(std::string_view table, std::string_view name) {
    return table.empty() ? "'" + std::string(name) + "'" : "'" + std::string(name) + "' in [" + std::string(table) + "]";
}

class StudyReader {
public:
    StudyReader(const folder::Files& files, const TomlNode& root, StudyFile& out) : files_(files), root_(root), out_(out) {}

    Findings read() {
        for (const auto& [name, node] : root_.members) {
            if (name == "title") out_.title = value(node, "title", Shape::text).text;
            else if (name == "profiles" || name == "dispatch" || name == "study" || name == "outputs" || name == "samples") table(name, node);
            else entry("", name, node);
        }
        for (const Key& key : keys)
            if (key.required && !(out_.*key.member).given() && wrong_.count(std::string(key.name)) == 0)
                missing(key);
        return std::move(findings_);
    }

private:
    void table(const std::string& name, const TomlNode& node) {
        if (node.kind != TomlKind::table) {
            findings_.push_back(at_value(files_.locate(node.key_place), "AZ3061",
                                         name + " is " + std::string(to_string(node.kind)), "write a table: [" + name + "]"));
            return;
        }
        for (const auto& [key, child] : node.members) entry(name, key, child);
    }

    void entry(const std::string& table, const std::string& name, const TomlNode& node) {
        std::vector<std::string> known{};
        for (const Key& key : keys) {
            if (key.table != table) continue;
            known.emplace_back(key.name);
            if (key.name == name) {
                out_.*key.member = value(node, name, key.shape);
                return;
            }
        }
        if (table == "study") {
            out_.options.emplace_back(name, value(node, name, Shape::list));
            return;
        }
        if (table.empty()) known.insert(known.end(), {"title", "profiles", "dispatch", "study", "outputs", "samples"});
        findings_.push_back(at_value(files_.locate(node.key_place), "AZ3060",
                                     "a study file has no key " + quoted_key(table, name) + did_you_mean(name, known),
                                     "keys here: " + join(known, ", ")));
    }

    StudyValue value(const TomlNode& node, const std::string& name, Shape shape) {
        StudyValue out;
        out.where = files_.locate(node.value.place);
        const auto scalar = [](const TomlNode& item) {
            return item.kind == TomlKind::text || item.kind == TomlKind::number || item.kind == TomlKind::flag;
        };
        const auto text = [](const TomlNode& item) {
            return item.kind == TomlKind::flag ? std::string(item.value.text == "1" ? "true" : "false") : item.value.text;
        };
        const bool list = node.kind == TomlKind::list && shape == Shape::list &&
                          std::all_of(node.items.begin(), node.items.end(), scalar);
        const bool single = (shape == Shape::list && scalar(node)) || (shape == Shape::text && node.kind == TomlKind::text) ||
                            (shape == Shape::number && node.kind == TomlKind::number);
        if (!list && !single) {
            wrong_.insert(name);
            const char* expected = shape == Shape::text ? "a text" : shape == Shape::number ? "a number" : "a text, or a list of texts";
            findings_.push_back(at_value(out.where, "AZ3061", name + " is " + std::string(to_string(node.kind)),
                                         std::string("expected ") + expected));
            return out;
        }
        out.is_list = list;
        out.is_flag = node.kind == TomlKind::flag;
        std::vector<std::string> parts;
        if (list)
            for (const TomlNode& item : node.items) {
                out.items.emplace_back(text(item), files_.locate(item.value.place));
                parts.push_back(text(item));
            }
        else {
            out.items.emplace_back(text(node), out.where);
            parts.push_back(text(node));
        }
        out.text = join(parts, ",");
        return out;
    }

    void missing(const Key& key) {
        Finding finding = at_value({out_.path, 0, 0, 1, {}}, "AZ3061", "the study file has no key " + quoted_key(key.table, key.name),
                                   "docs/batch.md lists the keys of a study file");
        findings_.push_back(std::move(finding));
    }

    const folder::Files& files_;
    const TomlNode& root_;
    StudyFile& out_;
    Findings findings_;
    std::set<std::string> wrong_;
};

}  // namespace

Finding at_value(const SourcePoint& where, std::string code, std::string message, std::string hint) {
    Finding finding;
    finding.code = std::move(code);
    finding.message = std::move(message);
    finding.hint = std::move(hint);
    finding.where = where;
    return finding;
}

std::string StudyFile::resolve(const std::string& relative) const {
    return (std::filesystem::path(folder) / relative).lexically_normal().string();
}

Result<StudyFile> read_study(const std::string& path) {
    const std::filesystem::path file(path);
    StudyFile out;
    out.path = path;
    out.folder = file.parent_path().empty() ? "." : file.parent_path().string();
    auto bytes = read_file(path, max_bytes);
    if (!bytes) return bytes.error();
    out.sha256 = sha256_hex(*bytes);
    ReadLimits limits;
    limits.max_bytes = max_bytes;
    folder::Files files(out.folder, limits);
    const auto number = files.read(file.filename().string());
    if (!number) return number.error();
    folder::Report report(files);
    const auto root = folder::parse_toml(files, *number, report);
    if (!root) return Error{ErrorKind::usage, report.findings()};
    if (Findings wrong = StudyReader(files, *root, out).read(); !wrong.empty()) return Error{ErrorKind::usage, std::move(wrong)};
    return out;
}

Result<std::vector<int>> parse_hours(const StudyValue& value, int count) {
    std::vector<int> out;
    std::set<int> seen;
    const auto refuse = [&](const SourcePoint& where, const std::string& message) {
        return Error{ErrorKind::usage, {at_value(where, "AZ3062", "hours: " + message,
                                                 "the series have the rows 0 to " + std::to_string(count - 1) +
                                                     "; write all, 0-8759, 0-8759/24 or 12,13,40-50")}};
    };
    for (const auto& [text, where] : value.items) {
        for (const std::string& part : split(text, ',')) {
            const auto slash = split(part, '/');
            const auto ends = split(slash[0], '-');
            const bool all = part == "all";
            const auto first = all ? 0 : parse_integer(ends[0]);
            const auto last = all ? count - 1 : parse_integer(ends.back());
            const auto step = slash.size() > 1 ? parse_integer(slash[1]) : 1;
            if (slash.size() > 2 || ends.size() > 2 || !first || !last || !step || *step < 1)
                return refuse(where, "'" + part + "' is no row and no range of rows");
            if (*first < 0 || *last >= count || *first > *last)
                return refuse(where, "'" + part + "' is outside 0-" + std::to_string(count - 1) + " or runs backwards");
            for (long long hour = *first; hour <= *last; hour += *step)
                if (!seen.insert(static_cast<int>(hour)).second) return refuse(where, "row " + std::to_string(hour) + " is named twice");
                else out.push_back(static_cast<int>(hour));
        }
    }
    if (out.empty()) return refuse(value.where, "no row is named");
    return out;
}

}  // namespace araz

// Reads a case folder: header, tables, operating point, variants; checks all cells; converts to a Case.
#include "case_folder.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "araz/base/text.hpp"
#include "araz/io/profile_io.hpp"
#include "case_folder_convert.hpp"
#include "case_folder_overlay.hpp"
#include "case_folder_toml.hpp"

namespace araz {

namespace folder {

namespace {

constexpr const char* header_file = "case.toml";
constexpr std::string_view format_word = "araz-case-folder/1";
constexpr double max_base_mva = 1e6;
constexpr double max_frequency_hz = 400;  // of ships and aircraft; grids have 16.7, 50 or 60

// Takes members of case.toml one by one and knows, at the end, which were never asked for.
class HeaderReader {
public:
    HeaderReader(const TomlNode& root, int file, Report& report) : root_(root), file_(file), report_(report) {}

    std::string text(const std::string& name, bool required = false) {
        const TomlNode* node = take(name, required);
        if (node != nullptr && node->kind != TomlKind::text) wrong(*node, name, "a text in quotes");
        return node != nullptr ? node->value.text : std::string{};
    }

    double positive(const std::string& name, double missing, double highest, bool required) {
        const TomlNode* node = take(name, required);
        if (node == nullptr) return missing;
        const auto value = node->kind == TomlKind::number ? parse_double(node->value.text) : std::nullopt;
        if (value && *value > 0.0 && *value <= highest) return *value;
        wrong(*node, name, "a number above 0, up to " + shortest(highest));
        return missing;
    }

    void note_unknown() {
        for (const auto& [name, node] : root_.members)
            if (std::find(asked_.begin(), asked_.end(), name) == asked_.end())
                report_.warning(node.key_place, {"AZ1403", "",
                                                 std::string(header_file) + " has an entry '" + name +
                                                     "' that is not used" + did_you_mean(name, asked_),
                                                 "not an entry of case.toml"});
    }

    void wrong_format(const std::string& found) {
        const TomlNode* node = root_.member("format");
        report_.error(node->value.place, {"AZ1413", "", "the format of this case folder is '" + found + "'",
                                          "expected \"" + std::string(format_word) + "\""});
    }

private:
    const TomlNode* take(const std::string& name, bool required) {
        asked_.push_back(name);
        const TomlNode* node = root_.member(name);
        if (node == nullptr && required)
            report_.error(Place{file_, 0, 0, 0},
                          {"AZ1413", "", std::string(header_file) + " has no entry '" + name + "'", "",
                           "add a line " + name + " = ..."});
        return node;
    }

    void wrong(const TomlNode& node, const std::string& name, const std::string& expected) {
        report_.error(node.value.place,
                      {"AZ1413", "",
                       name + " is " +
                           (node.value.text.empty() ? std::string(to_string(node.kind)) : "'" + node.value.text + "'"),
                       "expected " + expected});
    }

    const TomlNode& root_;
    int file_;
    Report& report_;
    std::vector<std::string> asked_;
};

Header read_header(Files& files, Report& report) {
    Header header;
    const auto file = files.read(header_file);
    if (!file) {
        report.repeat(file.error().findings);
        return header;
    }
    const auto root = parse_toml(files, *file, report);
    if (!root) return header;
    HeaderReader in(*root, *file, report);
    const std::string format = in.text("format", true);
    if (!format.empty() && format != format_word) in.wrong_format(format);
    header.name = in.text("name", true);
    header.base_mva = in.positive("base_mva", header.base_mva, max_base_mva, true);
    header.frequency_hz = in.positive("frequency_hz", header.frequency_hz, max_frequency_hz, false);
    header.base_point = in.text("base_point");
    header.description = in.text("description");
    header.disclaimer = in.text("disclaimer");
    header.licence = in.text("licence");
    in.note_unknown();
    return header;
}

// The names that a selection asks for, checked against the files that are there.
void check_name(const std::string& name, const std::vector<std::string>& known, const std::string& what,
                const std::string& option, Findings& wrong) {
    if (std::find(known.begin(), known.end(), name) != known.end()) return;
    Finding finding;
    finding.code = "AZ3016";
    finding.message = "the case has no " + what + " '" + name + "'" + did_you_mean(name, known);
    finding.hint = known.empty() ? "the case folder has none; leave " + option + " out"
                                 : option + " takes one of " + join(known, ", ");
    wrong.push_back(std::move(finding));
}

std::vector<std::string> variant_names(const CaseSelection& selection) {
    std::vector<std::string> names;
    for (std::string& name : split(selection.variant, ','))
        if (!name.empty()) names.push_back(std::move(name));
    return names;
}

Findings check_selection(const CaseSelection& selection, const Files& files) {
    Findings wrong;
    if (!selection.point.empty())
        check_name(selection.point, names_in(files, points_folder, ".csv"), "operating point", "--point", wrong);
    for (const std::string& name : variant_names(selection))
        check_name(name, names_in(files, variants_folder, ".toml"), "variant", "--variant", wrong);
    return wrong;
}

// "Azerbaijan-Iran (winter-peak-2030; tie-330, hvdc-600)": results must tell what they belong to.
std::string selected_name(const std::string& name, const CaseSelection& selection) {
    std::vector<std::string> parts;
    if (!selection.point.empty()) parts.push_back(selection.point);
    if (const auto variants = variant_names(selection); !variants.empty()) parts.push_back(join(variants, ", "));
    return parts.empty() ? name : name + " (" + join(parts, "; ") + ")";
}

Result<Case> read_selected(const std::string& folder, const CaseSelection& selection, const ReadLimits& limits,
                           ProfileUse* use, bool own_series) {
    Files files(folder, limits);
    Report report(files);
    if (Findings wrong = check_selection(selection, files); !wrong.empty())
        return Error{ErrorKind::usage, std::move(wrong)};
    const Header header = read_header(files, report);
    const bool is_base = selection.point.empty() && variant_names(selection).empty();
    Tables tables;
    for (const TableSpec& spec : table_specs())
        if (is_base || spec.name != "state")
            load_table(*tables.find(spec.name), files, report);  // the stored state is that of the base tables
    if (!selection.point.empty()) apply_point(selection.point, tables, files, report);
    std::set<std::string> applied;
    for (const std::string& name : variant_names(selection)) apply_variant(name, tables, files, applied, report);
    check_tables(tables, files, report);
    if (report.has_error()) return Error{ErrorKind::invalid_input, report.findings()};

    Case grid = convert_case(header, tables, files, is_base);
    grid.name = selected_name(header.name, selection);
    check_hvdc(tables, report);
    check_plausibility(grid, tables, report);
    if (!own_series) check_profiles(tables, files, is_base, report);  // the values do not depend on points and variants
    if (use != nullptr) *use = profile_use(tables);
    grid.files = files.stamped();
    grid.findings.assign(report.findings().begin(), report.findings().end());
    return grid;
}

}  // namespace

}  // namespace folder

std::string case_folder_of(const std::string& path) {
    namespace fs = std::filesystem;
    std::error_code failed;
    std::string folder = path;
    while (folder.size() > 1 && folder.back() == '/') folder.pop_back();
    if (fs::is_directory(folder, failed)) return folder;
    const fs::path file(path);
    if (file.filename() != folder::header_file) return {};
    const std::string parent = file.parent_path().string();
    return parent.empty() ? "." : parent;
}

Result<Case> read_case_folder(const std::string& folder, const CaseSelection& selection, const ReadLimits& limits) {
    return folder::read_selected(folder, selection, limits, nullptr, false);
}

bool is_case_folder(const std::string& path) { return !case_folder_of(path).empty(); }

Result<ProfiledCase> read_profiled_case(const std::string& path, const CaseSelection& selection, bool own_series,
                                        const ReadLimits& limits) {
    const std::string folder = case_folder_of(path);
    if (folder.empty())
        return Error::make(ErrorKind::invalid_input, "AZ3066", path + " is no case folder",
                           "hours need a case folder: its tables name the profiles of units and loads; araz convert writes other formats");
    ProfileUse use;
    auto grid = folder::read_selected(folder, selection, limits, &use, own_series);
    if (!grid) return grid.error();
    return ProfiledCase{*std::move(grid), std::move(use)};
}

Result<CaseContents> list_case_folder(const std::string& folder, const ReadLimits& limits) {
    folder::Files files(folder, limits);
    folder::Report report(files);
    const folder::Header header = folder::read_header(files, report);
    CaseContents out{header.base_point, header.description, header.disclaimer, header.licence, {}, {}};
    for (const std::string& name : folder::names_in(files, folder::points_folder, ".csv")) {
        const auto file = files.read(std::string(folder::points_folder) + "/" + name + ".csv");
        if (file)
            out.points.push_back(
                {name, folder::describe_point(folder::parse_csv_cells(files, *file, report), header.disclaimer)});
        else
            report.repeat(file.error().findings);
    }
    for (const std::string& name : folder::names_in(files, folder::variants_folder, ".toml")) {
        const auto file = files.read(std::string(folder::variants_folder) + "/" + name + ".toml");
        if (!file) report.repeat(file.error().findings);
        const auto root = file ? folder::parse_toml(files, *file, report) : std::nullopt;
        if (root) out.variants.push_back({name, root->text("description")});
    }
    if (report.has_error()) return Error{ErrorKind::invalid_input, report.findings()};
    return out;
}

}  // namespace araz

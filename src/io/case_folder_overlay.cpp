#include "case_folder_overlay.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

#include "araz/base/text.hpp"
#include "case_folder_toml.hpp"

namespace araz::folder {

std::vector<std::string> names_in(const Files& files, const char* folder, std::string_view extension) {
    std::vector<std::string> names;
    std::error_code failed;
    for (std::filesystem::directory_iterator at(files.path_of(folder), failed), end; !failed && at != end;
         at.increment(failed))
        if (at->path().extension() == extension) names.push_back(at->path().stem().string());
    std::sort(names.begin(), names.end());
    return names;
}

std::string describe_point(const CsvText& csv, const std::string& disclaimer) {
    std::vector<std::string> lines;
    for (const std::string& comment : csv.comments)
        if (!comment.empty() && comment != disclaimer) lines.push_back(comment);
    return join(lines, " ");
}

namespace {

std::vector<std::string> changeable_tables(const Tables& tables) {
    std::vector<std::string> names;
    for (const Table& table : tables.all())
        if (table.spec().changeable) names.emplace_back(table.spec().name);
    return names;
}

void unknown_column(const Cell& at, const std::string& name, const Table& table, Report& report) {
    report.error(at.place,
                 {"AZ1421", "",
                  table.file_name() + " has no column '" + name + "'" + did_you_mean(name, table.spec().column_names()),
                  "not a column of this table", "its columns are " + join(table.spec().column_names(), ", ")});
}

void unknown_row(const Cell& at, const Table& table, Report& report) {
    if (table.damaged) return;  // the row may have been there
    const std::string element = std::string(table.spec().element) + " " + at.text;
    if (const auto gone = table.removed.find(at.text); gone != table.removed.end())
        return report.error(at.place, {"AZ1422", element,
                                       table.file_name() + " has no " + std::string(table.spec().element) + " '" +
                                           at.text + "' any more",
                                       "removed before by a variant"});
    report.error(at.place, {"AZ1422", element,
                            table.file_name() + " has no " + std::string(table.spec().element) + " '" + at.text + "'" +
                                did_you_mean(at.text, table.keys()),
                            "no such row"});
}

// --- operating points ---

// The cells of one row of a point.
struct Change {
    const Cell& element;
    const Cell& kind;
    const Cell& field;
    const Cell& value;
};

void apply_change(const Change& change, Tables& tables, std::set<std::string>& done, Report& report) {
    Table* table = tables.of_element(change.kind.text);
    if (table == nullptr || !table->spec().changeable) {
        std::vector<std::string> kinds;
        for (const Table& candidate : tables.all())
            if (candidate.spec().changeable) kinds.emplace_back(candidate.spec().element);
        return report.error(change.kind.place, {"AZ1420", "",
                                                "there is no kind of element '" + change.kind.text + "'" +
                                                    did_you_mean(change.kind.text, kinds),
                                                "expected generator, load, shunt, line, transformer, bus or hvdc"});
    }
    const int column = table->spec().column(change.field.text);
    const Cell key{canonical_key(table->spec().columns.front(), change.element.text), change.element.place};
    const Row* row = table->find(key.text);
    if (row == nullptr) unknown_row(key, *table, report);
    if (column <= 0) unknown_column(change.field, change.field.text, *table, report);
    if (row == nullptr || column <= 0) return;
    if (!done.insert(change.kind.text + "\n" + key.text + "\n" + change.field.text).second)
        return report.error(change.element.place, {"AZ1408", table->label(*row),
                                                   table->label(*row) + " has its " + change.field.text + " set twice",
                                                   "second time", "remove one of the two rows"});
    const auto at = static_cast<std::size_t>(column);
    table->set(*row, at, {canonical_key(table->spec().columns[at], change.value.text), change.value.place});
}

}  // namespace

void apply_point(const std::string& name, Tables& tables, Files& files, Report& report) {
    const std::string path = std::string(points_folder) + "/" + name + ".csv";
    const auto file = files.read(path);
    if (!file) return report.repeat(file.error().findings);
    const CsvText csv = parse_csv_cells(files, *file, report);
    if (csv.header.empty()) return;
    std::array<std::size_t, 4> at{};
    const std::array<std::string_view, 4> columns{"element", "kind", "field", "value"};
    for (std::size_t c = 0; c < columns.size(); ++c) {
        const auto found = std::find_if(csv.header.begin(), csv.header.end(),
                                        [&](const Cell& head) { return head.text == columns[c]; });
        if (found == csv.header.end())
            return report.error(csv.place, {"AZ1402", "", path + " has no column '" + std::string(columns[c]) + "'",
                                            "the header", "its columns are element,kind,field,value"});
        at[c] = static_cast<std::size_t>(found - csv.header.begin());
    }
    for (std::size_t i = 0; i < csv.header.size(); ++i)
        if (std::find(at.begin(), at.end(), i) == at.end())
            report.warning(csv.header[i].place,
                           {"AZ1403", "", path + " has a column '" + csv.header[i].text + "' that is not used",
                            "not a column of an operating point"});
    std::set<std::string> done;
    for (const auto& row : csv.rows)
        apply_change({row[at[0]], row[at[1]], row[at[2]], row[at[3]]}, tables, done, report);
}

namespace {

// --- variants ---

class VariantReader {
public:
    VariantReader(Tables& tables, Files& files, std::set<std::string>& applied, Report& report)
        : tables_(tables),
          files_(files),
          applied_(applied),
          report_(report),
          known_(names_in(files, variants_folder, ".toml")) {}

    void apply(const std::string& name);

private:
    using Action = void (VariantReader::*)(const TomlNode& entry, Table& table);

    void include(const TomlNode& list);
    void section(const TomlNode& root, std::string_view name, Action action);
    void add(const TomlNode& entry, Table& table);
    void set(const TomlNode& entry, Table& table);
    void remove(const TomlNode& entry, Table& table);

    [[nodiscard]] bool check_sections(const TomlNode& root);
    /// The key of an entry; an empty cell, reported, when it has none.
    [[nodiscard]] Cell key_of(const TomlNode& entry, const Table& table);
    /// The cell of a member, and which column it fills; -1, reported, when it cannot.
    [[nodiscard]] int column_of(const std::string& name, const TomlNode& value, const Table& table);

    Tables& tables_;
    Files& files_;
    std::set<std::string>& applied_;
    Report& report_;
    std::vector<std::string> known_;
    std::set<std::string> done_;  // cells that the variant at hand has set
};

void VariantReader::apply(const std::string& name) {
    if (!applied_.insert(name).second) return;
    const auto file = files_.read(std::string(variants_folder) + "/" + name + ".toml");
    if (!file) return report_.repeat(file.error().findings);
    const auto root = parse_toml(files_, *file, report_);
    if (!root || !check_sections(*root)) return;
    if (const TomlNode* list = root->member("include")) include(*list);
    done_.clear();  // a variant may change what those that it includes have set
    section(*root, "remove", &VariantReader::remove);
    section(*root, "add", &VariantReader::add);
    section(*root, "set", &VariantReader::set);
}

bool VariantReader::check_sections(const TomlNode& root) {
    const std::vector<std::string> sections{"name",    "description", "provenance", "source",
                                            "include", "add",         "set",        "remove"};
    bool good = true;
    for (const auto& [name, node] : root.members) {
        if (std::find(sections.begin(), sections.begin() + 4, name) != sections.begin() + 4 &&
            node.kind != TomlKind::text) {
            report_.error(node.value.place,
                          {"AZ1424", "", name + " is " + std::string(to_string(node.kind)), "expected a text in quotes"});
            good = false;
        }
        if (std::find(sections.begin(), sections.end(), name) != sections.end()) continue;
        report_.error(node.key_place,
                      {"AZ1420", "", "a variant has no section '" + name + "'" + did_you_mean(name, sections),
                       "expected add, set, remove or include"});
        good = false;
    }
    return good;
}

void VariantReader::include(const TomlNode& list) {
    if (list.kind != TomlKind::list)
        return report_.error(list.value.place, {"AZ1424", "", "include is " + std::string(to_string(list.kind)),
                                                "expected a list of names of variants"});
    for (const TomlNode& item : list.items) {
        if (std::find(known_.begin(), known_.end(), item.value.text) != known_.end()) {
            apply(item.value.text);
            continue;
        }
        report_.error(item.value.place, {"AZ1423", "",
                                         "there is no variant '" + item.value.text + "' to include" +
                                             did_you_mean(item.value.text, known_),
                                         "no such file in " + std::string(variants_folder)});
    }
}

void VariantReader::section(const TomlNode& root, std::string_view name, Action action) {
    const TomlNode* content = root.member(name);
    if (content == nullptr) return;
    const std::string form = "expected [[" + std::string(name) + ".TABLE]]";
    if (content->kind != TomlKind::table)
        return report_.error(content->value.place,
                             {"AZ1424", "", std::string(name) + " is " + std::string(to_string(content->kind)), form});
    for (const auto& [table_name, list] : content->members) {
        Table* table = tables_.find(table_name);
        if (table == nullptr || !table->spec().changeable) {
            const auto names = changeable_tables(tables_);
            report_.error(list.key_place, {"AZ1420", "",
                                           "there is no table '" + table_name + "' that a variant could change" +
                                               did_you_mean(table_name, names),
                                           "expected " + join(names, ", ")});
            continue;
        }
        const bool entries =
            list.kind == TomlKind::list && std::all_of(list.items.begin(), list.items.end(),
                                                       [](const TomlNode& n) { return n.kind == TomlKind::table; });
        if (!entries) {
            report_.error(list.key_place,
                          {"AZ1424", "", std::string(name) + "." + table_name + " is not a list of rows", form,
                           "write the name in two brackets"});
            continue;
        }
        for (const TomlNode& entry : list.items) (this->*action)(entry, *table);
    }
}

Cell VariantReader::key_of(const TomlNode& entry, const Table& table) {
    const std::string key(table.spec().key());
    const TomlNode* found = entry.member(key);
    if (found != nullptr && !found->value.text.empty())
        return {canonical_key(table.spec().columns.front(), found->value.text), found->value.place};
    report_.error(entry.value.place,
                  {"AZ1424", "", "this entry does not say which " + std::string(table.spec().element) + " it means",
                   "expected " + key + " = ..."});
    return {};
}

int VariantReader::column_of(const std::string& name, const TomlNode& value, const Table& table) {
    const int column = table.spec().column(name);
    if (column < 0) {
        unknown_column({name, value.key_place}, name, table, report_);
        return -1;
    }
    if (value.kind == TomlKind::text || value.kind == TomlKind::number || value.kind == TomlKind::flag) return column;
    report_.error(value.value.place,
                  {"AZ1424", "", name + " is " + std::string(to_string(value.kind)), "expected a text or a number"});
    return -1;
}

void VariantReader::add(const TomlNode& entry, Table& table) {
    if (key_of(entry, table).text.empty()) return;
    Row row{std::vector<Cell>(table.spec().columns.size()), entry.value.place};
    for (Cell& cell : row.cells) cell.place = entry.value.place;
    for (const auto& [name, value] : entry.members) {
        const int column = column_of(name, value, table);
        if (column < 0) continue;
        Cell& cell = row.cells[static_cast<std::size_t>(column)];
        cell = value.value;
        cell.text = canonical_key(table.spec().columns[static_cast<std::size_t>(column)], std::move(cell.text));
    }
    table.removed.erase(row.key().text);
    table.append(std::move(row));
    if (!table.damaged) table.present = true;
}

void VariantReader::set(const TomlNode& entry, Table& table) {
    const Cell key = key_of(entry, table);
    if (key.text.empty()) return;
    const Row* row = table.find(key.text);
    if (row == nullptr) return unknown_row(key, table, report_);
    for (const auto& [name, value] : entry.members) {
        const int column = column_of(name, value, table);
        if (column <= 0) continue;  // the key stays
        if (!done_.insert(std::string(table.spec().name) + "\n" + key.text + "\n" + name).second) {
            report_.error(value.value.place, {"AZ1408", table.label(*row),
                                              table.label(*row) + " has its " + name + " set twice", "second time",
                                              "remove one of the two lines"});
            continue;
        }
        Cell cell = value.value;
        cell.text = canonical_key(table.spec().columns[static_cast<std::size_t>(column)], std::move(cell.text));
        table.set(*row, static_cast<std::size_t>(column), std::move(cell));
    }
}

void VariantReader::remove(const TomlNode& entry, Table& table) {
    const Cell key = key_of(entry, table);
    if (key.text.empty()) return;
    for (const auto& [name, value] : entry.members)
        if (name != table.spec().key())
            report_.error(value.key_place, {"AZ1421", "",
                                            "a removal names its " + std::string(table.spec().element) +
                                                " and nothing else, not '" + name + "'",
                                            "take this line out"});
    if (table.find(key.text) == nullptr) return unknown_row(key, table, report_);
    table.remove(key.text);
    table.removed[key.text] = key.place;
}

}  // namespace

void apply_variant(const std::string& name, Tables& tables, Files& files, std::set<std::string>& applied,
                   Report& report) {
    VariantReader(tables, files, applied, report).apply(name);
}

}  // namespace araz::folder

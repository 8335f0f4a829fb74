// profiles.h5 of a case folder: is it what FORMAT.md says, and does it hold the profiles that the tables name.
#include <array>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <map>
#include <set>

#include "araz/base/text.hpp"
#include "case_folder_convert.hpp"
#include "hdf5_handles.hpp"

namespace araz::folder {

namespace {

constexpr const char* profiles_file = "profiles.h5";
constexpr double highest_pu = 2.0;  // no hour of a plant or a region lies above twice its base

/// A rule of FORMAT.md that the file breaks, in the words of the finding.
struct Broken {
    std::string message;
    std::string hint;
};

class ProfileFile {
public:
    explicit ProfileFile(const std::string& path)
        : file_(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose, "opening the file") {}

    /// Names in the order of the columns of p_pu.
    [[nodiscard]] std::vector<std::string> names() const;
    /// Hours of the time axis, after checking that they are those of one year.
    [[nodiscard]] std::size_t hours() const;
    void check_shape(std::size_t hours, std::size_t profiles) const;
    /// [hours x names], each within its bounds.
    [[nodiscard]] std::vector<float> values(std::size_t hours, const std::vector<std::string>& names) const;
    [[nodiscard]] std::string time_units() const { return units(dataset("time")); }

private:
    [[nodiscard]] Hdf5Handle dataset(const char* name) const {
        return {H5Lexists(file_, name, H5P_DEFAULT) > 0 ? H5Dopen2(file_, name, H5P_DEFAULT) : H5I_INVALID_HID,
                H5Dclose, name};
    }
    [[nodiscard]] static std::vector<hsize_t> shape(hid_t dataset) {
        const Hdf5Handle space(H5Dget_space(dataset), H5Sclose, "its shape");
        std::vector<hsize_t> sizes(static_cast<std::size_t>(std::max(0, H5Sget_simple_extent_ndims(space))));
        if (!sizes.empty()) H5Sget_simple_extent_dims(space, sizes.data(), nullptr);
        return sizes;
    }
    [[nodiscard]] static std::string units(hid_t dataset);

    Hdf5Handle file_;
};

bool is_variable_text(hid_t type) {
    return H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) > 0;
}

std::vector<std::string> ProfileFile::names() const {
    const Hdf5Handle axis = dataset("profile");
    const Hdf5Handle type(H5Dget_type(axis), H5Tclose, "the type of profile");
    const auto sizes = shape(axis);
    if (sizes.size() != 1 || !is_variable_text(type))
        throw Broken{"profile is not a list of texts of variable length", "write the names of the profiles there"};
    std::vector<char*> texts(sizes[0], nullptr);
    hdf5_check(H5Dread(axis, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, texts.data()), "reading profile");
    std::vector<std::string> out;
    for (const char* text : texts) out.emplace_back(text == nullptr ? "" : text);
    const Hdf5Handle space(H5Dget_space(axis), H5Sclose, "the shape of profile");
    H5Dvlen_reclaim(type, space, H5P_DEFAULT, texts.data());
    std::set<std::string> known;
    for (const std::string& name : out)
        if (!known.insert(name).second)
            throw Broken{"two profiles are called '" + name + "'", "give one of them another name"};
    return out;
}

std::string ProfileFile::units(hid_t dataset) {
    if (H5Aexists(dataset, "units") <= 0) return {};
    const Hdf5Handle attribute(H5Aopen(dataset, "units", H5P_DEFAULT), H5Aclose, "the units");
    const Hdf5Handle type(H5Aget_type(attribute), H5Tclose, "the type of the units");
    const Hdf5Handle space(H5Aget_space(attribute), H5Sclose, "the shape of the units");
    if (!is_variable_text(type) || H5Sget_simple_extent_npoints(space) != 1) return {};
    char* text = nullptr;
    hdf5_check(H5Aread(attribute, type, static_cast<void*>(&text)), "reading the units");
    std::string out = text == nullptr ? "" : text;
    H5Dvlen_reclaim(type, space, H5P_DEFAULT, static_cast<void*>(&text));
    return out;
}

// The year of "hours since 2025-01-01T00:00".
std::chrono::year year_of(const std::string& units) {
    constexpr std::string_view begin = "hours since ";
    const Broken broken{"the units of time are '" + units + "'", "expected \"hours since YEAR-01-01T00:00\""};
    if (!units.starts_with(begin) || units.size() < begin.size() + 10) throw broken;
    const std::string_view date = std::string_view(units).substr(begin.size());
    const auto part = [&](std::size_t at, std::size_t size) { return parse_integer(date.substr(at, size)).value_or(0); };
    if (date[4] != '-' || date[7] != '-') throw broken;
    const std::chrono::year_month_day day{std::chrono::year(static_cast<int>(part(0, 4))),
                                          std::chrono::month(static_cast<unsigned>(part(5, 2))),
                                          std::chrono::day(static_cast<unsigned>(part(8, 2)))};
    if (!day.ok()) throw Broken{"the units of time name an impossible date: '" + units + "'", broken.hint};
    const std::string_view clock = date.substr(10);
    const bool midnight = clock.empty() || clock == "T00:00" || clock == " 00:00" || clock == "T00:00:00" ||
                          clock == " 00:00:00";
    if (day.month() != std::chrono::January || day.day() != std::chrono::day(1) || !midnight) throw broken;
    return day.year();
}

std::size_t ProfileFile::hours() const {
    const Hdf5Handle axis = dataset("time");
    const auto sizes = shape(axis);
    if (sizes.size() != 1) throw Broken{"time is not a list", "one value for each hour of a year"};
    const std::chrono::year year = year_of(units(axis));
    const std::size_t expected = year.is_leap() ? 8784 : 8760;
    if (sizes[0] != expected)
        throw Broken{"time has " + std::to_string(sizes[0]) + " hours, the year " +
                         std::to_string(static_cast<int>(year)) + " has " + std::to_string(expected),
                     "every profile has one value for each hour of the year"};
    std::vector<double> values(expected);
    hdf5_check(H5Dread(axis, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), "reading time");
    for (std::size_t i = 0; i < values.size(); ++i)
        if (values[i] != static_cast<double>(i))
            throw Broken{"row " + std::to_string(i) + " of time is " + shortest(values[i]),
                         "expected the hours 0, 1, 2, ... in this order"};
    return expected;
}

void ProfileFile::check_shape(std::size_t hours, std::size_t profiles) const {
    const auto sizes = shape(dataset("p_pu"));
    if (sizes.size() == 2 && sizes[0] == hours && sizes[1] == profiles) return;
    std::vector<std::string> words;
    for (const hsize_t size : sizes) words.push_back(std::to_string(size));
    throw Broken{"p_pu is " + (words.empty() ? "a single value" : join(words, " x ")) + ", time has " +
                     std::to_string(hours) + " hours and profile " + std::to_string(profiles) + " names",
                 "p_pu has a row for each hour and a column for each profile"};
}

std::vector<float> ProfileFile::values(std::size_t hours, const std::vector<std::string>& names) const {
    std::vector<float> out(hours * names.size());
    hdf5_check(H5Dread(dataset("p_pu"), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, out.data()), "reading p_pu");
    for (std::size_t i = 0; i < out.size(); ++i)
        if (!(out[i] >= 0.0F && out[i] <= highest_pu))
            throw Broken{"row " + std::to_string(i / names.size()) + ", column " + std::to_string(i % names.size()) +
                             " of p_pu (" + names[i % names.size()] + ") is " + shortest(double{out[i]}),
                         "expected 0 to " + shortest(highest_pu) + " p.u."};
    return out;
}

// The names in the file, when it can be used, and its values on request; what is wrong with it otherwise.
ProfileSeries read_file_of_profiles(const std::string& path, bool with_values) {
    std::error_code failed;
    if (!std::filesystem::is_regular_file(path, failed)) throw Broken{"it is not a file", "see FORMAT.md"};
    const ProfileFile file(path);
    ProfileSeries out;
    out.file = path;
    out.names = file.names();
    const std::size_t hours = file.hours();
    file.check_shape(hours, out.names.size());
    if (!with_values) return out;
    const std::vector<float> values = file.values(hours, out.names);
    out.values.assign(values.begin(), values.end());
    out.time_units = file.time_units();
    for (std::size_t t = 0; t < hours; ++t) out.time.push_back(static_cast<double>(t));
    return out;
}

Finding not_profiles(const std::string& path, const std::string& message, const std::string& hint) {
    Finding finding;
    finding.severity = Severity::error;
    finding.code = "AZ1419";
    finding.message = path + ": " + message;
    finding.hint = hint;
    finding.where.file = path;
    return finding;
}

Finding not_hdf5(const std::string& path, const Hdf5Failure& failure) {
    return not_profiles(path, "cannot be read as HDF5 with profiles (" + failure.what + ")",
                        "it holds time, profile and p_pu, see FORMAT.md");
}

struct Use {
    const Table* table;
    const Row* row;
    const Cell* cell;
};

std::vector<Use> used_profiles(const Tables& tables) {
    std::vector<Use> out;
    for (const std::string_view name : {"generators", "load_profiles"}) {
        const Table& table = tables[name];
        for (const Row& row : table.rows())
            if (const Cell& cell = row.cells[table.at("profile")]; !cell.text.empty())
                out.push_back({&table, &row, &cell});
    }
    return out;
}

}  // namespace

void check_profiles(const Tables& tables, const Files& files, bool with_values, Report& report) {
    const std::vector<Use> uses = used_profiles(tables);
    const std::string path = files.path_of(profiles_file);
    if (!files.exists(profiles_file)) {
        if (uses.empty()) return;
        const Use& use = uses.front();
        report.error(use.cell->place,
                     {"AZ1419", use.table->label(*use.row),
                      use.table->label(*use.row) + " has the profile '" + use.cell->text + "', and " + path + " is missing",
                      "a profile of " + std::string(profiles_file), "add the file, or leave the profiles out"});
        return;
    }
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // what fails is reported below
    std::vector<std::string> names;
    try {
        names = read_file_of_profiles(path, with_values).names;
    } catch (const Broken& rule) {
        return report.repeat({not_profiles(path, rule.message, rule.hint)});
    } catch (const Hdf5Failure& failure) {
        return report.repeat({not_hdf5(path, failure)});
    }
    const std::set<std::string> known(names.begin(), names.end());
    for (const Use& use : uses) {
        if (known.contains(use.cell->text)) continue;
        report.error(use.cell->place,
                     {"AZ1409", use.table->label(*use.row),
                      use.table->label(*use.row) + ": profile names '" + use.cell->text + "', which does not exist",
                      "no such profile in " + std::string(profiles_file),
                      "fix the name" + did_you_mean(use.cell->text, names) + ", or add the profile"});
    }
}

Result<ProfileSeries> read_profiles(const std::string& path) {
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    try {
        return read_file_of_profiles(path, true);
    } catch (const Broken& rule) {
        return Error{ErrorKind::invalid_input, {not_profiles(path, rule.message, rule.hint)}};
    } catch (const Hdf5Failure& failure) {
        return Error{ErrorKind::invalid_input, {not_hdf5(path, failure)}};
    }
}

ProfileUse profile_use(const Tables& tables) {
    ProfileUse out;
    const Table& units = tables["generators"];
    for (const Row& row : units.rows())
        out.units.push_back({row.cells[units.at("profile")].text, number_of(row.cells[units.at("pmax_mw")])});
    std::map<std::string, std::string> of_region;
    const Table& regions = tables["load_profiles"];
    for (const Row& row : regions.rows()) of_region[row.key().text] = row.cells[regions.at("profile")].text;
    const Table& loads = tables["loads"];
    for (const Row& row : loads.rows()) {
        const auto cell = [&](std::string_view column) -> const Cell& { return row.cells[loads.at(column)]; };
        const auto share = [&](std::string_view column) { return number_of(cell(column)) / 100.0; };
        const auto found = of_region.find(cell("region").text);
        out.loads.push_back({BusId{parse_integer(cell("bus").text).value_or(0)}, number_of(cell("p_mw")),
                             number_of(cell("q_mvar")), found == of_region.end() ? std::string{} : found->second,
                             share("pz_percent"), share("pi_percent"), share("qz_percent"), share("qi_percent")});
    }
    return out;
}

}  // namespace araz::folder

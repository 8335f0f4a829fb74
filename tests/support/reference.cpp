#include "support/reference.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <sstream>
#include <stdexcept>

#include "araz/base/text.hpp"
#include "araz/io/case_io.hpp"

namespace araz::testing {

namespace {

namespace fs = std::filesystem;

const fs::path reference_folder = fs::path(ARAZ_SOURCE_DIR) / "tests" / "reference";

// In the references, but not in the package: PGLib's cases and one that MATPOWER added after it.
constexpr std::array<std::string_view, 3> only_in_folder{"case11kundur", "pglib_opf_case73_ieee_rts",
                                                         "pglib_opf_case118_ieee"};

bool package_carries(const std::string& name) {
    return !name.starts_with("pglib_") &&
           std::find(only_in_folder.begin(), only_in_folder.end(), name) == only_in_folder.end();
}

fs::path file_of(const std::string& name) {
    const fs::path plain = reference_folder / name;
    return fs::exists(plain) ? plain : reference_folder / (name + ".gz");
}

// Reads plain and compressed files alike, as gzopen does.
std::string read_all(const fs::path& path) {
    gzFile file = gzopen(path.c_str(), "rb");
    if (file == nullptr) throw std::runtime_error("cannot open " + path.string());
    std::string text;
    std::array<char, 1 << 16> buffer{};
    int got = 0;
    while ((got = gzread(file, buffer.data(), buffer.size())) > 0)
        text.append(buffer.data(), static_cast<std::size_t>(got));
    const bool whole = got == 0;
    gzclose(file);
    if (!whole) throw std::runtime_error("cannot read " + path.string());
    return text;
}

fs::path cases_folder() {
    const char* given = std::getenv("ARAZ_CASES_DIR");
    return given != nullptr && *given != '\0' ? fs::path(given) : fs::path(ARAZ_BUILD_DIR) / "reference-cases";
}

bool cases_required() {
    const char* value = std::getenv("ARAZ_REQUIRE_CASES");
    return value != nullptr && std::string_view(value) == "1";
}

}  // namespace

ReferenceTable::ReferenceTable(const std::string& name) {
    std::istringstream lines(read_all(file_of(name)));
    std::string line;
    while (std::getline(lines, line)) {
        if (line.empty() || line.front() == '#') continue;
        if (columns_.empty()) {
            columns_ = split(line, ',');
            for (std::size_t k = 0; k < columns_.size(); ++k) column_of_[columns_[k]] = k;
            continue;
        }
        cells_.push_back(split(line, ','));
        if (cells_.back().size() != columns_.size())
            throw std::runtime_error(name + ": a row of another length: " + line);
    }
    if (cells_.empty()) throw std::runtime_error(name + " holds no rows");
}

bool ReferenceTable::exists(const std::string& name) {
    return fs::exists(file_of(name));
}

const std::string& ReferenceTable::text(std::size_t row, std::string_view column) const {
    const auto found = column_of_.find(column);
    if (found == column_of_.end()) throw std::runtime_error("no column " + std::string(column));
    return cells_.at(row).at(found->second);
}

double ReferenceTable::number(std::size_t row, std::string_view column) const {
    const std::string& cell = text(row, column);
    if (cell.empty()) return std::numeric_limits<double>::quiet_NaN();
    const auto value = parse_double(cell);
    if (!value) throw std::runtime_error("not a number: " + cell);
    return *value;
}

long long ReferenceTable::integer(std::size_t row, std::string_view column) const {
    return std::llround(number(row, column));
}

std::size_t ReferenceTable::row_of(std::string_view key) const {
    for (std::size_t row = 0; row < cells_.size(); ++row)
        if (cells_[row].front() == key) return row;
    throw std::runtime_error("no row " + std::string(key));
}

std::vector<std::string> reference_cases() {
    const ReferenceTable summary("pf_summary.csv");
    std::vector<std::string> names;
    for (std::size_t row = 0; row < summary.rows(); ++row)
        if (package_carries(summary.text(row, "case"))) names.push_back(summary.text(row, "case"));
    names.insert(names.end(), only_in_folder.begin(), only_in_folder.end());
    return names;
}

std::optional<Case> public_case(const std::string& name) {
    const fs::path path = cases_folder() / (name.starts_with("pglib_") ? "pglib" : "matpower") / (name + ".m");
    if (!fs::exists(path)) {
        const std::string message = name + " is not at hand: no " + path.string() +
                                    " (run scripts/fetch_reference_cases, or set ARAZ_CASES_DIR)";
        if (cases_required() && package_carries(name)) {
            ADD_FAILURE() << message;
        } else {
            [&] { GTEST_SKIP() << message; }();
        }
        return std::nullopt;
    }
    auto grid = read_case(path.string());
    if (!grid) {
        ADD_FAILURE() << render(grid.error().findings);
        return std::nullopt;
    }
    return std::move(*grid);
}

std::string name_of_case(const ::testing::TestParamInfo<std::string>& instance) {
    return instance.param;
}

}  // namespace araz::testing

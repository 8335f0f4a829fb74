// Reference tables committed in tests/reference, and the public case files they belong to.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "araz/model/case.hpp"

namespace araz::testing {

/// A CSV table of tests/reference; lines led by '#' are skipped.
class ReferenceTable {
public:
    /// `name` without ".gz": "pf_bus_case9.csv" is read from the plain or the compressed file.
    /// Throws std::runtime_error when there is none.
    explicit ReferenceTable(const std::string& name);
    [[nodiscard]] static bool exists(const std::string& name);

    [[nodiscard]] std::size_t rows() const { return cells_.size(); }
    [[nodiscard]] const std::vector<std::string>& columns() const { return columns_; }
    [[nodiscard]] const std::string& text(std::size_t row, std::string_view column) const;
    /// NaN for an empty cell or "NaN".
    [[nodiscard]] double number(std::size_t row, std::string_view column) const;
    [[nodiscard]] long long integer(std::size_t row, std::string_view column) const;
    /// The row whose first cell is `key`. Throws when there is none.
    [[nodiscard]] std::size_t row_of(std::string_view key) const;

private:
    std::vector<std::string> columns_;
    std::map<std::string, std::size_t, std::less<>> column_of_;
    std::vector<std::vector<std::string>> cells_;
};

/// Names of the cases with a power-flow reference whose file may be at hand: those of the package that
/// scripts/fetch_reference_cases downloads, and a few that only ARAZ_CASES_DIR can hold.
[[nodiscard]] std::vector<std::string> reference_cases();

/// The public case of this name, or nothing: then the test is marked as skipped, or as failed when
/// ARAZ_REQUIRE_CASES=1 and the package carries the case. Use as
///     const auto grid = public_case("case9");
///     if (!grid) return;
[[nodiscard]] std::optional<Case> public_case(const std::string& name);

/// Names the instances of a suite that is parameterised by cases.
[[nodiscard]] std::string name_of_case(const ::testing::TestParamInfo<std::string>& instance);

}  // namespace araz::testing

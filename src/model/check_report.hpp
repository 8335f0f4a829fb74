// Collects the findings of check_case(): severity by the user's --allow and --deny, errors one by
// one, warnings in bulk when there are many, remarks as one line per kind.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "araz/model/case.hpp"
#include "araz/model/network.hpp"

namespace araz {

/// The words of one finding.
struct CheckText {
    std::string element;  ///< "bus 4"
    std::string message;
    std::string label = {};
    std::string hint = {};
};

class CheckReport {
public:
    CheckReport(const Case& grid, const BuildOptions& options) : grid_(grid), options_(options) {}

    /// Notes one case of `code` at a cell (`column` from 0, -1: the row). `describe` gives its
    /// CheckText and is called only when the finding will be shown by itself.
    template <class Describe>
    void add(Severity usual, std::string_view code, const RowSource& source, int column, Describe&& describe) {
        Group& group = group_of(usual, code);
        ++group.count;
        if (group.shown.size() < keep(group.severity))
            group.shown.push_back(make(group.severity, code, source, column, describe()));
    }

    /// A remark that the reader has made; counted like any other.
    void repeat(const Finding& finding);

    [[nodiscard]] const Case& grid() const { return grid_; }
    [[nodiscard]] Findings finish();

private:
    static constexpr std::size_t max_errors = 20;   // of one code
    static constexpr std::size_t max_warnings = 5;  // more of one code become one finding

    struct Group {
        Severity severity = Severity::info;
        std::size_t count = 0;
        Findings shown;
    };

    [[nodiscard]] static std::size_t keep(Severity severity);
    [[nodiscard]] Severity severity_of(Severity usual, std::string_view code) const;
    Group& group_of(Severity usual, std::string_view code);
    [[nodiscard]] Finding make(Severity severity, std::string_view code, const RowSource& source, int column,
                               CheckText text) const;

    const Case& grid_;
    const BuildOptions& options_;
    std::map<std::pair<std::string, Severity>, Group> groups_;  // some codes are errors or warnings by degree
};

// --- the groups of checks; each looks at the whole case ---

/// Numbers that must exist, be unique or fit together (check_rows.cpp).
void check_rows(CheckReport& report);
/// Values of single rows (check_values.cpp).
void check_values(CheckReport& report);
/// Islands, references, set-points (check_topology.cpp).
void check_topology(CheckReport& report);
/// Reactive modes of units, and who holds which bus (check_reactive.cpp).
void check_reactive(CheckReport& report);
/// Powers, charging and impedances beyond what branches can be (check_carry.cpp).
void check_carry(CheckReport& report);
/// Signs of wrong units, seen over whole tables (check_units.cpp).
void check_units(CheckReport& report);
/// Single values that contradict the rest of their case (check_plausible.cpp).
void check_plausible(CheckReport& report);

/// "12" or "12 (Imishli 330)".
[[nodiscard]] std::string label_of(const BusRow& bus);
[[nodiscard]] std::string element(std::string_view kind, std::size_t row);  ///< "branch 4" for row 3

}  // namespace araz

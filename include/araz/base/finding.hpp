// What a reader, a check or a study has to say about the data, as a value.
//
// Findings are collected, never thrown: one pass over a file reports everything it found wrong.
// Codes are stable (`AZ1103`); `araz explain CODE` tells what each means. See base/codes.hpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace araz {

enum class Severity { info, warning, error };

[[nodiscard]] std::string_view to_string(Severity severity);

/// Where in an input file a finding points. Lines and columns count from 1; 0 means "not known".
/// Columns count characters of the line as an editor shows them.
struct SourcePoint {
    std::string file;
    int line = 0;
    int column = 0;
    int width = 1;     ///< characters the caret marks
    std::string text;  ///< the source line itself, without its end of line

    bool operator==(const SourcePoint&) const = default;
};

struct Finding {
    Severity severity = Severity::error;
    std::string code;     ///< "AZ" and four digits
    std::string element;  ///< "bus 4", "branch 12"; may be empty
    std::string message;  ///< what was found, as one sentence without a final stop
    std::string label;    ///< short text beside the caret: what was expected there
    std::string hint;     ///< what the user can do
    SourcePoint where;

    bool operator==(const Finding&) const = default;
};

using Findings = std::vector<Finding>;

[[nodiscard]] bool has_error(const Findings& findings);
[[nodiscard]] std::size_t count(const Findings& findings, Severity severity);

/// Renders one finding in the compiler style of the contract:
///
///     error[AZ1103]: branch 4 ends at bus 99, which does not exist
///       --> case9.m:31:4
///     31 |  9  99  0.01  0.085
///        |     ^^ no row of mpc.bus has bus_i = 99
///        = hint: fix the number
[[nodiscard]] std::string render(const Finding& finding);

/// Renders up to `limit` findings, errors first, then "... and N more".
[[nodiscard]] std::string render(const Findings& findings, std::size_t limit = 20);

}  // namespace araz

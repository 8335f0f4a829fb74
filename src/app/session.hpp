// What the verbs share: reading a case into a study, writing a result, saying what is wrong.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "araz/io/case_io.hpp"
#include "araz/io/result_io.hpp"
#include "araz/report/tables.hpp"
#include "araz/study/power_flow.hpp"
#include "options.hpp"

namespace araz::app {

inline constexpr int exit_ok = 0;
inline constexpr int exit_findings = 1;
inline constexpr int exit_not_solved = 4;

/// Prints an error to stderr, and its envelope to the output when JSON was asked for. Returns the exit code.
int report_error(const Options& options, const std::string& schema, const Error& error, const CaseInfo& grid = {});

/// Prints findings that did not stop the work (warnings and above) to stderr.
void show_findings(const Findings& findings);

/// Words of --allow and --deny that are no codes (AZ3013), with the nearest ones.
[[nodiscard]] Findings unknown_codes(const Options& options);

[[nodiscard]] BuildOptions build_options(const Options& options);

/// The case that --from-format, --point and --variant name.
[[nodiscard]] Result<Case> read_input(const Options& options, const std::string& path);

/// Case -> Network -> model and the engine options of `options`.
[[nodiscard]] Result<StudySetup> make_setup(const Options& options, const std::string& path);

/// "table", "csv", "json", "ndjson" or "h5": --format, else the extension of -o, else table.
[[nodiscard]] Result<std::string> output_format(const Options& options);

[[nodiscard]] TableOptions table_options(const Options& options);

/// Serialises by the output format and writes. Returns the exit code of the writing (0, 2 or 5).
template <class T>
int write_result(const Options& options, const T& result);

/// Writes bytes to -o. Returns the exit code.
int write_output(const Options& options, const std::string& bytes);

/// A counter line on stderr when it is a terminal (or --progress always); empty otherwise.
[[nodiscard]] std::function<void(int, int)> progress_line(const Options& options, const std::string& what);

template <class T>
int write_result(const Options& options, const T& result) {
    const auto format = output_format(options);
    if (!format) return report_error(options, result.envelope.schema, format.error());
    if (*format == "json") return write_output(options, to_json(result));
    if (*format == "ndjson") return write_output(options, to_ndjson(result));
    if (*format == "table") return write_output(options, to_table(result, table_options(options)));
    if (*format == "sarif")
        return report_error(options, result.envelope.schema,
                            Error::make(ErrorKind::usage, "AZ3012", "only check writes SARIF", "give --format json"));
    const Result<std::string> bytes =
        *format == "csv" ? to_csv(result, options.text("--table")) : to_hdf5(result, Hdf5Stamp{options.argv, ""});
    if (!bytes) return report_error(options, result.envelope.schema, bytes.error());
    return write_output(options, *bytes);
}

}  // namespace araz::app

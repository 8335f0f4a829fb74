#include "araz/study/n1.hpp"

#include <cstdio>
#include <optional>

#include "araz/io/files.hpp"
#include "araz/io/result_io.hpp"
#include "session.hpp"
#include "studies.hpp"
#include "verbs.hpp"

namespace araz::app {

namespace {

// Lines that go out as they come; a file appears only when all of them are in it.
class LineStream {
public:
    explicit LineStream(const Options& options) : file_(OutputFile::open(options.has("--output") ? options.text("--output") : "-")) {
        if (!file_) failed_ = file_.error();
    }

    bool write(const std::string& line) {
        if (!failed_)
            if (auto written = file_->append(line); !written) failed_ = written.error();
        return !failed_;
    }

    /// The exit code of the writing.
    int finish() {
        if (!failed_)
            if (auto written = file_->commit(); !written) failed_ = written.error();
        if (!failed_) return exit_ok;
        std::fputs(render(failed_->findings).c_str(), stderr);
        return static_cast<int>(failed_->kind);
    }

private:
    Result<OutputFile> file_;
    std::optional<Error> failed_;
};

}  // namespace

int run_n1(const Options& options) {
    const char* schema = "araz.n1/1";
    const auto setup = make_setup(options, options.files[0]);
    if (!setup) return report_error(options, schema, setup.error());
    const auto spec = contingency_spec(options);
    if (!spec) return report_error(options, schema, spec.error());
    const auto contingencies = make_contingencies(*setup->model, *spec);
    if (!contingencies) return report_error(options, schema, contingencies.error());

    N1Options how;
    if (options.has("--screen")) how.screen_pct = options.number("--screen");
    how.audit_screen = options.on("--audit-screen");
    if (how.audit_screen && !options.has("--screen"))
        return report_error(options, schema,
                            Error::make(ErrorKind::usage, "AZ3025", "--audit-screen needs --screen", "for example --screen 80 --audit-screen"));
    const auto format = output_format(options);
    if (!format) return report_error(options, schema, format.error());
    std::optional<LineStream> stream;
    if (*format == "ndjson") {
        stream.emplace(options);
        how.sink = [&](const ContingencyResult& c) { return stream->write(to_ndjson_line(c)); };
    }
    N1Result result = araz::run_n1(*setup, *contingencies, progress_line(options, "contingencies"), how);
    result.envelope.options = options.resolved();
    show_findings(result.envelope.findings);
    if (const int written = stream ? stream->finish() : write_result(options, result); written != exit_ok) return written;
    if (!is_solved(result.base.status)) return exit_not_solved;
    const bool violated = !result.base.violations.empty() || result.summary.with_violations > 0 ||
                          result.summary.unsolved > 0;
    return options.on("--fail-on-violations") && violated ? exit_findings : exit_ok;
}

}  // namespace araz::app

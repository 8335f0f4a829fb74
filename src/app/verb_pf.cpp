#include "session.hpp"
#include "verbs.hpp"

namespace araz::app {

int run_pf(const Options& options) {
    const auto setup = make_setup(options, options.files[0]);
    if (!setup) return report_error(options, "araz.pf/1", setup.error());
    PfResult result = run_power_flow(*setup, options.on("--dc"));
    result.envelope.options = options.resolved();
    show_findings(result.envelope.findings);
    if (const int written = write_result(options, result); written != exit_ok) return written;
    if (!is_solved(result.status)) return exit_not_solved;
    return options.on("--fail-on-violations") && !result.violations.empty() ? exit_findings : exit_ok;
}

}  // namespace araz::app

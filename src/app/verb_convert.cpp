#include <algorithm>
#include <cmath>
#include <cstdio>

#include "araz/io/case_io.hpp"
#include "session.hpp"
#include "verbs.hpp"

namespace araz::app {

int run_convert(const Options& options) {
    const auto grid = read_input(options, options.files[0]);
    if (!grid) return report_error(options, "araz.convert/1", grid.error());
    const auto written = write_case(*grid, options.files[1], options.text("--to-format"));
    if (!written) return report_error(options, "araz.convert/1", written.error());
    std::fprintf(stderr,
                 "import ledger: %zu buses, %zu branches, %zu generators, %zu dc lines, %zu cost rows read and written\n",
                 grid->buses.size(), grid->branches.size(), grid->generators.size(), grid->dc_lines.size(),
                 grid->gen_costs.size());
    if (!grid->devices.empty())
        std::fprintf(stderr, "import ledger: %zu devices dropped (ranges and targets of tap changers, phase shifters, shunts and "
                             "compensators, for which MATPOWER files have no place; their positions are written)\n",
                     grid->devices.size());
    const auto links = std::count_if(grid->dc_lines.begin(), grid->dc_lines.end(), [](const DcLineRow& row) { return !row.is_dcline(); });
    if (links > 0)
        std::fprintf(stderr, "import ledger: %td LCC or VSC links written as dclines (power at the set-point with its losses as loss0, given "
                             "reactive power as equal limits; control, AC emulation and the loss model are dropped)\n",
                     links);
    std::size_t modes = 0, remote = 0, limits = 0;
    for (const GeneratorRow& unit : grid->generators) {
        modes += unit.reactive.mode != ReactiveMode::voltage ? 1 : 0;
        remote += number(unit.regulated_bus) != 0 || unit.reactive_share > 0.0 ? 1 : 0;
        limits += std::isfinite(unit.p_limit_mw) ? 1 : 0;
    }
    const auto ledger = [](std::size_t count, const char* what) {
        if (count > 0) std::fprintf(stderr, "import ledger: %zu %s\n", count, what);
    };
    ledger(modes, "reactive modes of generators dropped (MATPOWER files have no place for fixed_q, fixed_pf, Q(V) and Q(P); at buses "
                  "of type 2 and 3 MATPOWER lets these units hold the voltage)");
    ledger(remote, "regulated buses and reactive shares of generators dropped (in MATPOWER each unit holds its own bus)");
    ledger(limits, "curtailment limits of generators written as Pg and Pmax, and dropped as such");
    if (!grid->findings.empty()) std::fputs(render(grid->findings).c_str(), stderr);
    return exit_ok;
}

}  // namespace araz::app

#include <algorithm>
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
    if (!grid->findings.empty()) std::fputs(render(grid->findings).c_str(), stderr);
    return exit_ok;
}

}  // namespace araz::app

#include "araz/base/text.hpp"
#include "araz/io/pv_io.hpp"
#include "araz/report/pv_tables.hpp"
#include "araz/study/continuation.hpp"
#include "araz/study/factors.hpp"
#include "session.hpp"
#include "verbs.hpp"

namespace araz::app {

namespace {

constexpr const char* schema = "araz.pv/1";

Result<PvOptions> pv_options(const Options& options, const Network& net) {
    PvOptions pv;
    const auto key = parse_key(options.text("--key"));
    if (!key) return key.error();
    pv.key = *key;
    if (options.has("--from") != options.has("--to"))
        return Error::make(ErrorKind::usage, "AZ3007", "a transfer needs --from and --to", "for example --from 1 --to 2");
    if (options.has("--from")) {
        const Grouping grouping = options.text("--group") == "zone" ? Grouping::zone : Grouping::area;
        auto sides = make_sides(net, options.text("--from"), options.text("--to"), grouping);
        if (!sides) return sides.error();
        pv.sides = *std::move(sides);
    }
    pv.target = options.number("--target");
    pv.q_limits = options.on("--q-limits");
    pv.q_limits_slack = options.on("--q-limits-slack");
    pv.p_limits = options.on("--p-limits");
    const std::string stop = options.text("--stop");
    pv.stop = stop == "full" ? PvStop::full : stop == "limit" ? PvStop::limit : PvStop::nose;
    if (options.has("--max")) pv.max_mw = options.number("--max");
    pv.max_points = options.integer("--max-points");
    if (options.has("--grow")) {
        if (pv.sides)
            return Error::make(ErrorKind::usage, "AZ3052", "--grow and --from/--to are two directions", "give one of them");
        auto rows = select_buses(*net.source, options.text("--grow"), "--grow");
        if (!rows) return rows.error();
        pv.grow_rows = *std::move(rows);
    }
    if (options.has("--buses")) {
        auto rows = select_buses(*net.source, options.text("--buses"), "--buses");
        if (!rows) return rows.error();
        pv.bus_rows = *std::move(rows);
    }
    return pv;
}

// Single outages of the rows named by --outages; one that is out of service is none.
Result<std::vector<Contingency>> outages(const Options& options, const ElectricalModel& model) {
    if (!options.has("--outages")) return std::vector<Contingency>{};
    const auto rows = select_branches(*model.network->source, options.text("--outages"), "--outages");
    if (!rows) return rows.error();
    auto all = make_contingencies(model, {});
    if (!all) return all.error();
    std::vector<Contingency> asked;
    for (const int row : *rows)
        for (const Contingency& contingency : *all)
            if (contingency.label == std::to_string(row + 1)) asked.push_back(contingency);
    return asked;
}

}  // namespace

int run_pv(const Options& options) {
    const auto setup = make_setup(options, options.files[0]);
    if (!setup) return report_error(options, schema, setup.error());
    const auto pv = pv_options(options, *setup->model->network);
    if (!pv) return report_error(options, schema, pv.error());
    const auto contingencies = outages(options, *setup->model);
    if (!contingencies) return report_error(options, schema, contingencies.error());

    auto result = araz::run_pv(*setup, *contingencies, *pv, progress_line(options, "curves"));
    if (!result) return report_error(options, schema, result.error(), case_info(*setup->model->network->source));
    result->envelope.options = options.resolved();
    show_findings(result->envelope.findings);
    if (const int written = write_result(options, *result); written != exit_ok) return written;
    if (result->curves.empty()) return exit_not_solved;
    for (const PvCurve& curve : result->curves)
        if (curve.end == "step_too_small" || curve.end == "unsolved_base" || curve.end == "point_limit") return exit_findings;
    return exit_ok;
}

}  // namespace araz::app

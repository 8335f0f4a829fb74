#include "araz/base/text.hpp"
#include "araz/io/factor_io.hpp"
#include "araz/report/factor_tables.hpp"
#include "araz/study/factors.hpp"
#include "session.hpp"
#include "slack_options.hpp"
#include "verbs.hpp"

namespace araz::app {

namespace {

Result<FactorOptions> factor_options(const Options& options, const Network& net) {
    FactorOptions factors;
    factors.taps = options.on("--taps");
    const std::string slack = options.has("--slack") ? options.text("--slack") : "case";
    if (slack != "case" && slack != "distributed")
        return Error::make(ErrorKind::usage, "AZ3010", "--slack: '" + slack + "' is not a slack of linear factors",
                           "use case or distributed");
    if (slack == "distributed") {
        auto shares = slack_options(options, net);
        if (!shares) return shares.error();
        factors.distributed = shares->key;
        factors.slack_factors = std::move(shares->factors);
    }
    for (const auto& [name, rows] : {std::pair{"--branches", &factors.branch_rows}, {"--outages", &factors.outage_rows}}) {
        if (!options.has(name)) continue;
        auto selected = select_branches(*net.source, options.text(name), name);
        if (!selected) return selected.error();
        *rows = *std::move(selected);
    }
    return factors;
}

Result<FactorColumns> factor_columns(const Options& options, const Network& net) {
    FactorColumns columns;
    const auto key = parse_key(options.text("--key"));
    if (!key) return key.error();
    columns.key = *key;
    const Grouping grouping = options.text("--group") == "zone" ? Grouping::zone : Grouping::area;
    const bool transfer = options.has("--from") || options.has("--to");
    const bool groups = options.text("--columns") == "groups";
    if (int(transfer) + int(groups) + int(options.has("--buses")) > 1)
        return Error::make(ErrorKind::usage, "AZ3044", "--from/--to, --columns groups and --buses each choose the columns",
                           "give one of them");
    if (transfer) {
        if (!options.has("--from") || !options.has("--to"))
            return Error::make(ErrorKind::usage, "AZ3007", "a transfer needs --from and --to", "for example --from 1 --to 2");
        auto sides = make_sides(net, options.text("--from"), options.text("--to"), grouping);
        if (!sides) return sides.error();
        columns.sides = *std::move(sides);
    } else if (groups) {
        columns.groups = grouping;
    } else if (options.has("--buses")) {
        auto rows = select_buses(*net.source, options.text("--buses"), "--buses");
        if (!rows) return rows.error();
        columns.bus_rows = *std::move(rows);
    }
    return columns;
}

template <class R>
int finish(const Options& options, const char* schema, Result<R> result, const CaseInfo& grid) {
    if (!result) return report_error(options, schema, result.error(), grid);
    result->envelope.options = options.resolved();
    show_findings(result->envelope.findings);
    return write_result(options, *result);
}

}  // namespace

int run_ptdf(const Options& options) {
    const char* schema = "araz.ptdf/1";
    const auto setup = make_setup(options, options.files[0]);
    if (!setup) return report_error(options, schema, setup.error());
    const Network& net = *setup->model->network;
    const auto factors = factor_options(options, net);
    if (!factors) return report_error(options, schema, factors.error());
    const auto columns = factor_columns(options, net);
    if (!columns) return report_error(options, schema, columns.error());
    return finish(options, schema, araz::run_ptdf(*setup->model, *factors, *columns), case_info(*net.source));
}

int run_lodf(const Options& options) {
    const char* schema = "araz.lodf/1";
    const auto setup = make_setup(options, options.files[0]);
    if (!setup) return report_error(options, schema, setup.error());
    const Network& net = *setup->model->network;
    const auto factors = factor_options(options, net);
    if (!factors) return report_error(options, schema, factors.error());
    return finish(options, schema, araz::run_lodf(*setup->model, *factors), case_info(*net.source));
}

}  // namespace araz::app

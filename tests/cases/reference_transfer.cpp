// Export capacity against published and MATPOWER-computed transfer limits.
//
// The references step the scheduled shift T by repeated power flow with a single slack, reactive limits off
// and no voltage limits, and bisect to 0.001 MW (transfer_limits.csv) or 0.005 MW (the RTS-24 and
// ACTIVSg200 rows, printed to 0.01 MW). araz's own bracket is at most `tolerance_mw` wide. So the two agree
// within the sum; 0.05 MW is the bound that the project promises.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <ostream>
#include <set>

#include "support/reference.hpp"
#include "support/study.hpp"

namespace araz::testing {
namespace {

constexpr double promised = 0.05;   // MW
constexpr double same_pair = 1e-3;  // loadings within 0.1 % are ties: either pair may be named

StudySetup reference_setup(Case grid, char rating_after_contingency, double tolerance = 1e-9) {
    Solving solving;
    solving.tolerance = tolerance;
    solving.threads = 0;
    solving.monitor.rating_contingency.column = rating_after_contingency;
    solving.monitor.voltage_limits = false;
    return make_setup(std::move(grid), solving);
}

CapacityOptions scheduled(KeyKind key) {
    CapacityOptions options;
    options.mode = ExchangeMode::scheduled;
    options.key = key;
    options.tolerance_mw = 0.1;
    return options;
}

void expect_certified(const DirectionResult& result, const CapacityOptions& options) {
    const Certificate& c = result.certificate;
    EXPECT_DOUBLE_EQ(c.secure_mw, result.delta_e_mw);
    EXPECT_EQ(c.contingencies_unsolved, 0);
    if (std::isnan(c.insecure_mw)) return;  // the keys ended first
    EXPECT_GT(c.insecure_mw, c.secure_mw);
    EXPECT_LE(c.insecure_mw - c.secure_mw, options.tolerance_mw);
}

/// Loading of a branch after an outage (0: none) at a scheduled shift, by one fresh solve.
double loading_at(const StudySetup& setup, const Transfer& transfer, double shift_mw, int branch_row, int outage_row) {
    const Network& net = *setup.model->network;
    Engine engine(setup.model, setup.engine);
    const Solution base = engine.solve({});
    const Exchange exchange(setup.model, transfer.options.mode, transfer.options.key,
                            *make_sides(net, transfer.from, transfer.to, transfer.grouping), base);
    const ExchangePoint point = exchange.solve(engine, shift_mw / net.base_mva, base);
    Scenario scenario = point.scenario;
    if (outage_row != 0) scenario.branches_out = {net.branch_of_row[outage_row - 1]};
    const Solution solution = engine.solve(scenario);
    std::vector<solver::BranchFlow> flows;
    branch_flows(*setup.model, solution, flows);
    const int l = net.branch_of_row[branch_row - 1];
    const double flow =
        std::max(std::hypot(flows[l].p_from, flows[l].q_from), std::hypot(flows[l].p_to, flows[l].q_to));
    return flow / rating(net, l, outage_row != 0 ? setup.monitor.rating_contingency : setup.monitor.rating_base);
}

/// The limiting pair of the reference, or one that is as loaded as it.
void expect_limiting_pair(const DirectionResult& result, const StudySetup& setup, const Transfer& transfer,
                          int branch_row, int outage_row) {
    EXPECT_EQ(result.limit.cause, outage_row == 0 ? "thermal" : "thermal_n1");
    const int outage = result.limit.contingency.empty() ? 0 : std::stoi(result.limit.contingency);
    if (result.limit.branch == branch_row && outage == outage_row) return;
    const double at = result.certificate.insecure_mw;
    EXPECT_NEAR(loading_at(setup, transfer, at, result.limit.branch, outage),
                loading_at(setup, transfer, at, branch_row, outage_row), same_pair)
        << "named: branch " << result.limit.branch << " after " << outage << ", reference: branch " << branch_row
        << " after " << outage_row;
}

// --- transfer_limits.csv -------------------------------------------------------------------------------

struct Row {
    std::size_t index = 0;
    std::string name;
};

void PrintTo(const Row& row, std::ostream* out) {
    *out << row.name;
}

std::vector<Row> rows_at_hand() {
    const ReferenceTable table("transfer_limits.csv");
    std::vector<Row> rows;
    for (std::size_t k = 0; k < table.rows(); ++k)
        rows.push_back({k, table.text(k, "system") + "_" + table.text(k, "area_from") + "_to_" +
                               table.text(k, "area_to") + "_" + table.text(k, "mode") +
                               (table.integer(k, "excl_base") == 1 ? "_drop_pairs" : "_strict")});
    return rows;
}

class ReferenceTransfer : public ::testing::TestWithParam<Row> {
protected:
    ReferenceTable table_{"transfer_limits.csv"};
    std::size_t row_ = GetParam().index;

    [[nodiscard]] double number(const char* column) const { return table_.number(row_, column); }
    [[nodiscard]] int integer(const char* column) const { return static_cast<int>(table_.integer(row_, column)); }
    [[nodiscard]] const std::string& text(const char* column) const { return table_.text(row_, column); }
    [[nodiscard]] bool strict() const { return integer("excl_base") == 0; }

    [[nodiscard]] Transfer transfer() const {
        Transfer t;
        t.from = text("area_from");
        t.to = text("area_to");
        t.options = scheduled(KeyKind::headroom);
        t.options.base_insecure = strict() ? BaseInsecure::strict : BaseInsecure::drop_pairs;
        t.outages = text("mode") != "intact";
        return t;
    }

    void expect_base_insecure(const DirectionResult& result) const {
        EXPECT_EQ(result.limit.cause, "base_insecure");
        EXPECT_TRUE(std::isnan(result.ttc_mw)) << "strict: no capacity is defined";
        EXPECT_EQ(result.limit.branch, integer("lim_branch"));
        EXPECT_EQ(result.limit.contingency, text("lim_outage"));
        // lim_loading_pct has five decimals at most.
        EXPECT_NEAR(100.0 * result.limit.value / result.limit.limit, number("lim_loading_pct"), 1e-4);
    }
};

TEST_P(ReferenceTransfer, LimitStatusAndLimitingPairAreMatpowers) {
    auto grid = public_case(text("system"));
    if (!grid) return;
    const StudySetup setup = reference_setup(std::move(*grid), text("mode") == "n1_rateC" ? 'C' : 'A');
    const Transfer asked = transfer();
    const std::string& status = text("status");

    const DirectionResult result = transfer_limit(setup, asked);

    EXPECT_NEAR(result.base_exchange_mw, number("net_export_base_mw"), 1e-4);  // printed to ten digits
    EXPECT_EQ(result.base_violations.size(), number("n_base_viol"));
    if (status == "violated_in_base") return expect_base_insecure(result);
    if (status == "no_participating_generation") {
        // A strict study looks at the base first: it may refuse for that reason.
        const bool refused = strict() && integer("n_base_viol") > 0;
        EXPECT_EQ(result.limit.cause, refused ? "base_insecure" : "key_source");
        EXPECT_EQ(std::isnan(result.delta_e_mw), refused);
        EXPECT_FALSE(result.delta_e_mw > 0.0);
        return;
    }
    EXPECT_NEAR(result.delta_e_mw, number("t_secure_mw"), promised);
    EXPECT_NEAR(result.max_shift_mw, number("tmax_mw"), 1e-6);
    expect_certified(result, asked.options);
    if (status == "generation_limit") {
        EXPECT_EQ(result.limit.cause,
                  number("headroom_src_mw") <= number("footroom_snk_mw") ? "key_source" : "key_sink");
        return;
    }
    ASSERT_EQ(status, "branch_limit");
    expect_limiting_pair(result, setup, asked, integer("lim_branch"), integer("lim_outage"));
}

INSTANTIATE_TEST_SUITE_P(Public, ReferenceTransfer, ::testing::ValuesIn(rows_at_hand()),
                         [](const auto& instance) { return instance.param.name; });

// --- RTS-24, key pg (shared research notes, section 4.3) -------------------------------------------------
//
// Intact against rating A, after a contingency against C; the outage 6-10 (branch row 10), which
// overloads 2-6 already at the base, is left out.

struct Rts24Row {
    const char* from;
    const char* to;
    double intact_mw;
    int intact_branch;
    double secure_mw;
    int branch, outage;
};

void PrintTo(const Rts24Row& row, std::ostream* out) {
    *out << row.from << " to " << row.to;
}

constexpr int line_6_10 = 10, line_7_8 = 11, line_8_9 = 12, line_8_10 = 13, line_15_24 = 27;

class Rts24Transfer : public ::testing::TestWithParam<Rts24Row> {
protected:
    static Transfer transfer(const char* from, const char* to) {
        Transfer t;
        t.from = from;
        t.to = to;
        t.options = scheduled(KeyKind::pg);
        t.excluded_rows = {line_6_10};
        return t;
    }
};

TEST_P(Rts24Transfer, IsThePublishedLimit) {
    auto grid = public_case("case24_ieee_rts");
    if (!grid) return;
    const Rts24Row& row = GetParam();
    const StudySetup setup = reference_setup(std::move(*grid), 'C');
    const Transfer asked = transfer(row.from, row.to);

    const DirectionResult result = transfer_limit(setup, asked);

    EXPECT_NEAR(result.delta_e_mw, row.secure_mw, promised);
    EXPECT_NEAR(result.ttc_intact_mw - result.base_exchange_mw, row.intact_mw, promised);
    EXPECT_EQ(result.intact_limit.branch, row.intact_branch);
    EXPECT_EQ(result.certificate.contingencies_solved, 36);
    expect_certified(result, asked.options);
    expect_limiting_pair(result, setup, asked, row.branch, row.outage);
}

INSTANTIATE_TEST_SUITE_P(Published, Rts24Transfer,
                         ::testing::Values(Rts24Row{"3,4", "1,2", 268.23, line_6_10, 249.74, line_6_10, line_15_24},
                                           Rts24Row{"1,2", "3,4", 143.51, line_7_8, 143.51, line_7_8, 0},
                                           Rts24Row{"3", "1", 145.14, line_6_10, 145.14, line_6_10, 0},
                                           Rts24Row{"4", "2", 231.46, line_7_8, 140.15, line_8_9, line_8_10}),
                         [](const auto& instance) {
                             std::string name = std::string(instance.param.from) + "_to_" + instance.param.to;
                             std::replace(name.begin(), name.end(), ',', '_');
                             return name;
                         });

TEST(Rts24, NetPositionOfTheExporterRisesByMoreThanTheScheduledShift) {
    auto grid = public_case("case24_ieee_rts");
    if (!grid) return;
    const StudySetup setup = reference_setup(std::move(*grid), 'C');
    Transfer asked;
    asked.from = "3,4";
    asked.to = "1,2";
    asked.options = scheduled(KeyKind::pg);
    asked.excluded_rows = {line_6_10};
    const DirectionResult result = transfer_limit(setup, asked);
    EXPECT_NEAR(result.base_exchange_mw, 758.454, 1e-3);
    const auto at_secure = std::find_if(result.steps.begin(), result.steps.end(), [&](const TransferStep& step) {
        return step.delta_mw == result.certificate.secure_mw;
    });
    ASSERT_NE(at_secure, result.steps.end());
    // At T = 249.741 MW; one MW of shift moves the export by 1.04 MW.
    EXPECT_NEAR(at_secure->net_export_mw, 1017.322, 1.1 * promised);
}

// The published limit with reactive limits is the intact one, 268.23 MW; there the slack's units are limited
// too. araz exempts the slack, whose units go past their limit after 15-24, so that outage still binds first,
// but later than without limits: the generators of bus 1 and 2 push less reactive power into the cable.
TEST(Rts24, ReactiveLimitsRelieveTheCableAfterTheOutageAndLeaveTheIntactLimit) {
    auto grid = public_case("case24_ieee_rts");
    if (!grid) return;
    Solving solving;
    solving.tolerance = 1e-9;
    solving.q_limits = true;
    solving.threads = 0;
    solving.monitor.rating_contingency.column = 'C';
    solving.monitor.voltage_limits = false;
    const StudySetup setup = make_setup(std::move(*grid), solving);
    Transfer asked;
    asked.from = "3,4";
    asked.to = "1,2";
    asked.options = scheduled(KeyKind::pg);
    asked.excluded_rows = {line_6_10};
    const DirectionResult result = transfer_limit(setup, asked);
    EXPECT_NEAR(result.ttc_intact_mw - result.base_exchange_mw, 268.23, promised);
    EXPECT_EQ(result.intact_limit.branch, line_6_10);
    EXPECT_GT(result.delta_e_mw, 249.74 + 1.0);
    EXPECT_LT(result.delta_e_mw, 268.23);
    expect_certified(result, asked.options);
    expect_limiting_pair(result, setup, asked, line_6_10, line_15_24);
}

TEST(Rts24, VoltageBandsMakeTheBaseInsecure) {
    auto grid = public_case("case24_ieee_rts");
    if (!grid) return;
    for (BusRow& bus : grid->buses) {
        bus.vmin_pu = 0.90;
        bus.vmax_pu = 1.10;
    }
    Solving solving;
    solving.tolerance = 1e-9;
    solving.monitor.rating_contingency.column = 'C';
    const StudySetup setup = make_setup(std::move(*grid), solving);
    Transfer asked;
    asked.from = "3,4";
    asked.to = "1,2";
    asked.options = scheduled(KeyKind::pg);
    asked.options.base_insecure = BaseInsecure::strict;
    asked.excluded_rows = {line_6_10};
    const DirectionResult result = transfer_limit(setup, asked);
    EXPECT_EQ(result.limit.cause, "base_insecure");
    ASSERT_EQ(result.base_violations.size(), 1);
    EXPECT_EQ(result.base_violations[0].kind, "voltage_low");
    EXPECT_EQ(result.base_violations[0].bus, 24);
    EXPECT_EQ(result.base_violations[0].contingency, std::to_string(line_15_24));
    EXPECT_NEAR(result.base_violations[0].value, 0.8981, 5e-5);  // printed to four digits
}

TEST(Rts24, UnitsAtTheirMaximumLeaveNothingToExportByHeadroom) {
    auto grid = public_case("case24_ieee_rts");
    if (!grid) return;
    const StudySetup setup = reference_setup(std::move(*grid), 'C');
    Transfer asked;
    asked.from = "3,4";
    asked.to = "1,2";
    asked.options = scheduled(KeyKind::headroom);
    asked.excluded_rows = {line_6_10};
    const DirectionResult result = transfer_limit(setup, asked);
    EXPECT_EQ(result.delta_e_mw, 0.0);
    EXPECT_EQ(result.limit.cause, "key_source");
}

// --- case30 and ACTIVSg200 (same notes) ------------------------------------------------------------------

TEST(Case30, IsInsecureAtTheBase) {
    auto grid = public_case("case30");
    if (!grid) return;
    const StudySetup setup = reference_setup(std::move(*grid), 'A');
    Transfer asked;
    asked.from = "1";
    asked.to = "rest";
    asked.options = scheduled(KeyKind::pg);
    asked.options.base_insecure = BaseInsecure::strict;
    const DirectionResult result = transfer_limit(setup, asked);
    constexpr int line_6_8 = 10, line_8_28 = 40;
    EXPECT_EQ(result.limit.cause, "base_insecure");
    EXPECT_EQ(result.limit.branch, line_8_28);
    EXPECT_EQ(result.limit.contingency, std::to_string(line_6_8));
    EXPECT_NEAR(100.0 * result.limit.value / result.limit.limit, 142.47, 0.005);
    const auto intact = std::find_if(result.base_violations.begin(), result.base_violations.end(),
                                     [](const Violation& v) { return v.contingency.empty(); });
    ASSERT_NE(intact, result.base_violations.end());
    EXPECT_EQ(intact->branch, line_6_8);
    EXPECT_NEAR(intact->loading_pct, 108.83, 0.005);
    // The notes count 39 insecure states: the intact grid and all 38 outages. Pairs: n1_case30.csv sums to 48.
    std::set<std::string> states;
    for (const Violation& v : result.base_violations) states.insert(v.contingency);
    EXPECT_EQ(states.size(), 39);
    EXPECT_EQ(result.base_violations.size(), 48 + 1);
}

struct Activsg200Row {
    const char* from;
    const char* to;
    double intact_mw;  // 0: the importing units stand at 0 MW before the intact grid is at a limit
    double secure_mw;
    int branch_from, branch_to, outage_from, outage_to;
};

void PrintTo(const Activsg200Row& row, std::ostream* out) {
    *out << row.from << " to " << row.to;
}

class Activsg200Transfer : public ::testing::TestWithParam<Activsg200Row> {};

int row_between(const Case& grid, int a, int b) {
    for (std::size_t row = 0; row < grid.branches.size(); ++row) {
        const auto f = number(grid.branches[row].from_bus);
        const auto t = number(grid.branches[row].to_bus);
        if ((f == a && t == b) || (f == b && t == a)) return static_cast<int>(row) + 1;
    }
    throw std::runtime_error("no such branch");
}

TEST_P(Activsg200Transfer, IsThePublishedLimit) {
    auto grid = public_case("case_ACTIVSg200");
    if (!grid) return;
    const Activsg200Row& row = GetParam();
    const int branch = row_between(*grid, row.branch_from, row.branch_to);
    const int outage = row_between(*grid, row.outage_from, row.outage_to);
    const StudySetup setup = reference_setup(std::move(*grid), 'A');
    Transfer asked;
    asked.from = row.from;
    asked.to = row.to;
    asked.grouping = Grouping::zone;
    asked.options = scheduled(KeyKind::pg);

    const DirectionResult result = transfer_limit(setup, asked);

    EXPECT_NEAR(result.delta_e_mw, row.secure_mw, promised);
    if (row.intact_mw > 0.0) {
        EXPECT_NEAR(result.ttc_intact_mw - result.base_exchange_mw, row.intact_mw, promised);
    } else {
        EXPECT_EQ(result.intact_limit.cause, "key_sink");
    }
    EXPECT_TRUE(result.base_violations.empty()) << "this grid is N-1 secure at the base";
    EXPECT_EQ(result.certificate.contingencies_solved, 173);
    EXPECT_EQ(result.certificate.contingencies_excluded.size(), 72);
    expect_certified(result, asked.options);
    expect_limiting_pair(result, setup, asked, branch, outage);
}

// The notes' intact limit of 2 -> rest, 925.99 MW, lets the importing units go below 0 MW; araz does not.
INSTANTIATE_TEST_SUITE_P(Published, Activsg200Transfer,
                         ::testing::Values(Activsg200Row{"2", "rest", 0.0, 629.05, 134, 133, 128, 133},
                                           Activsg200Row{"rest", "2", 290.30, 283.04, 147, 146, 95, 58},
                                           Activsg200Row{"7", "rest", 183.48, 179.07, 147, 146, 95, 58}),
                         [](const auto& instance) {
                             return std::string(instance.param.from) + "_to_" + instance.param.to;
                         });

TEST(Activsg200, UnitsAtTheirMinimumLeaveNothingToImportByHeadroom) {
    auto grid = public_case("case_ACTIVSg200");
    if (!grid) return;
    const StudySetup setup = reference_setup(std::move(*grid), 'A');
    Transfer asked;
    asked.from = "2";
    asked.to = "rest";
    asked.grouping = Grouping::zone;
    asked.options = scheduled(KeyKind::headroom);
    const DirectionResult result = transfer_limit(setup, asked);
    EXPECT_EQ(result.delta_e_mw, 0.0);
    EXPECT_EQ(result.limit.cause, "key_sink");
}

}  // namespace
}  // namespace araz::testing

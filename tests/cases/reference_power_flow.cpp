// AC power flow of every public case against MATPOWER's results (tests/reference/README.md).
//
// Both sides solve to 1e-10 p.u. of mismatch. A mismatch e leaves the state open by |J^-1| e, and |J^-1|
// in the infinity norm is a few units to a few tens for a transmission grid, so 1e-8 p.u. and 1e-6 degrees
// (1.7e-8 rad) are met when, and only when, both solve the same equations. Flows of 1e-5 MW are 1e-7 p.u.:
// a voltage difference of 1e-8 p.u. over admittances of the order of 10 p.u.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "support/reference.hpp"
#include "support/study.hpp"

namespace araz::testing {
namespace {

constexpr double vm_tolerance = 1e-8;    // p.u.
constexpr double va_tolerance = 1e-6;    // degrees
constexpr double flow_tolerance = 1e-5;  // MW, MVAr

/// The largest deviation of a column, and where it is: one message per column instead of thousands.
class Deviation {
public:
    Deviation(std::string what, double tolerance) : what_(std::move(what)), tolerance_(tolerance) {}
    ~Deviation() { EXPECT_LE(largest_, tolerance_) << what_ << ", largest at row " << where_ << " of the reference"; }
    Deviation(const Deviation&) = delete;
    Deviation& operator=(const Deviation&) = delete;

    void add(double actual, double expected, long long where) {
        const double deviation = std::abs(actual - expected);
        // A NaN stays, and fails the comparison above.
        if (std::isnan(largest_) || deviation <= largest_) return;
        largest_ = deviation;
        where_ = where;
    }

private:
    std::string what_;
    double tolerance_;
    double largest_ = 0.0;
    long long where_ = 0;
};

struct BusPower {
    double p_mw = 0.0, q_mvar = 0.0;
};

std::map<long long, BusPower> generation_by_bus(const PfResult& result) {
    std::map<long long, BusPower> sums;
    for (const GeneratorResult& unit : result.generators) {
        sums[unit.bus].p_mw += unit.p_mw;
        sums[unit.bus].q_mvar += unit.q_mvar;
    }
    return sums;
}

struct Extremes {
    double vmin = nan_value, vmax = nan_value, va_min = nan_value, va_max = nan_value;
};

Extremes extremes_of(const PfResult& result) {
    Extremes e;
    for (const BusResult& bus : result.buses) {
        if (std::isnan(bus.vm_pu)) continue;
        e.vmin = std::fmin(e.vmin, bus.vm_pu);
        e.vmax = std::fmax(e.vmax, bus.vm_pu);
        e.va_min = std::fmin(e.va_min, bus.va_deg);
        e.va_max = std::fmax(e.va_max, bus.va_deg);
    }
    return e;
}

const BusResult& bus_of(const PfResult& result, long long number) {
    const auto found =
        std::find_if(result.buses.begin(), result.buses.end(), [&](const BusResult& bus) { return bus.bus == number; });
    if (found == result.buses.end()) throw std::runtime_error("no bus " + std::to_string(number));
    return *found;
}

void compare_buses(const PfResult& result, const ReferenceTable& reference) {
    std::map<long long, const BusResult*> by_number;
    for (const BusResult& bus : result.buses) by_number[bus.bus] = &bus;
    Deviation vm("vm_pu", vm_tolerance);
    Deviation va("va_deg", va_tolerance);
    for (std::size_t row = 0; row < reference.rows(); ++row) {
        const long long number = reference.integer(row, "bus");
        const BusResult& bus = *by_number.at(number);
        if (bus.type == "isolated") continue;  // the reference repeats the stored voltage there
        vm.add(bus.vm_pu, reference.number(row, "vm_pu"), number);
        va.add(bus.va_deg, reference.number(row, "va_deg"), number);
    }
}

void compare_branches(const PfResult& result, const ReferenceTable& reference) {
    Deviation pf("p_from_mw", flow_tolerance);
    Deviation qf("q_from_mvar", flow_tolerance);
    Deviation pt("p_to_mw", flow_tolerance);
    Deviation qt("q_to_mvar", flow_tolerance);
    for (std::size_t row = 0; row < reference.rows(); ++row) {
        const long long number = reference.integer(row, "branch");
        const BranchResult& branch = result.branches.at(static_cast<std::size_t>(number) - 1);
        pf.add(branch.p_from_mw, reference.number(row, "pf_mw"), number);
        qf.add(branch.q_from_mvar, reference.number(row, "qf_mvar"), number);
        pt.add(branch.p_to_mw, reference.number(row, "pt_mw"), number);
        qt.add(branch.q_to_mvar, reference.number(row, "qt_mvar"), number);
    }
}

void compare_generation(const PfResult& result, const ReferenceTable& reference) {
    std::map<long long, BusPower> expected;
    for (std::size_t row = 0; row < reference.rows(); ++row) {
        BusPower& sum = expected[reference.integer(row, "bus")];
        sum.p_mw += reference.number(row, "pg_mw");
        sum.q_mvar += reference.number(row, "qg_mvar");
    }
    const auto actual = generation_by_bus(result);
    Deviation p("generation of a bus in MW", flow_tolerance);
    Deviation q("generation of a bus in MVAr", flow_tolerance);
    for (const auto& [bus, power] : expected) {
        p.add(actual.at(bus).p_mw, power.p_mw, bus);
        q.add(actual.at(bus).q_mvar, power.q_mvar, bus);
    }
}

/// Totals and extremes against a row of pf_summary.csv.
void compare_summary(const PfResult& result, const ReferenceTable& summary, std::size_t row) {
    const auto expect = [&](double actual, const char* column, double tolerance) {
        EXPECT_NEAR(actual, summary.number(row, column), tolerance) << column;
    };
    expect(result.totals.loss_mw, "ploss_mw", flow_tolerance);
    expect(result.totals.loss_mvar, "branch_qnet_mvar", flow_tolerance);
    expect(result.totals.generation_mw, "gen_p_mw", flow_tolerance);
    expect(result.totals.generation_mvar, "gen_q_mvar", flow_tolerance);
    expect(result.totals.load_mw, "load_p_mw", flow_tolerance);
    expect(result.totals.load_mvar, "load_q_mvar", flow_tolerance);
    expect(result.totals.shunt_mw, "shunt_p_mw", flow_tolerance);
    expect(result.totals.shunt_mvar, "shunt_q_mvar_inj", flow_tolerance);
    const Extremes e = extremes_of(result);
    expect(e.vmin, "vmin_pu", vm_tolerance);
    expect(e.vmax, "vmax_pu", vm_tolerance);
    expect(e.va_min, "va_min_deg", va_tolerance);
    expect(e.va_max, "va_max_deg", va_tolerance);
    expect(bus_of(result, summary.integer(row, "vmin_bus")).vm_pu, "vmin_pu", vm_tolerance);
    expect(bus_of(result, summary.integer(row, "vmax_bus")).vm_pu, "vmax_pu", vm_tolerance);
    const BusPower slack = generation_by_bus(result)[summary.integer(row, "ref_bus")];
    expect(slack.p_mw, "slack_p_mw", flow_tolerance);
    expect(slack.q_mvar, "slack_q_mvar", flow_tolerance);
}

class ReferencePowerFlow : public ::testing::TestWithParam<std::string> {};

TEST_P(ReferencePowerFlow, FromStoredVoltagesIsMatpowersSolution) {
    const std::string name = GetParam();
    auto grid = public_case(name);
    if (!grid) return;
    const ReferenceTable summary("pf_summary.csv");
    const std::size_t row = summary.row_of(name);
    ASSERT_EQ(summary.integer(row, "converged"), 1);

    const PfResult result = solve(std::move(*grid));

    ASSERT_TRUE(is_solved(result.status)) << to_string(result.status);
    EXPECT_EQ(result.start, "stored") << "plain Newton solves this case from its stored voltages";
    EXPECT_EQ(result.buses.size(), summary.integer(row, "nbus"));
    EXPECT_EQ(result.branches.size(), summary.integer(row, "nbranch"));
    compare_summary(result, summary, row);
    if (const std::string file = "pf_bus_" + name + ".csv"; ReferenceTable::exists(file))
        compare_buses(result, ReferenceTable(file));
    if (const std::string file = "pf_branch_" + name + ".csv"; ReferenceTable::exists(file))
        compare_branches(result, ReferenceTable(file));
    if (const std::string file = "pf_gen_" + name + ".csv"; ReferenceTable::exists(file))
        compare_generation(result, ReferenceTable(file));
}

// From flat start MATPOWER's plain Newton fails on some cases and finds a low-voltage root of another
// (case2848rte); araz goes on along its ladder. Where it ends must be the operating point.
TEST_P(ReferencePowerFlow, FromFlatStartEndsAtTheSameOperatingPoint) {
    const std::string name = GetParam();
    auto grid = public_case(name);
    if (!grid) return;
    const ReferenceTable summary("pf_summary.csv");
    const ReferenceTable flat("pf_flat_summary.csv");
    const std::size_t row = summary.row_of(name);
    const bool plain_newton_solves = flat.integer(flat.row_of(name), "converged") == 1;

    Solving solving;
    solving.start = Start::flat;
    const PfResult result = solve(std::move(*grid), solving);

    if (!plain_newton_solves && !is_solved(result.status)) return;
    ASSERT_TRUE(is_solved(result.status)) << to_string(result.status);
    EXPECT_NEAR(result.totals.loss_mw, summary.number(row, "ploss_mw"), flow_tolerance) << "start " << result.start;
    EXPECT_NEAR(extremes_of(result).vmin, summary.number(row, "vmin_pu"), vm_tolerance);
    EXPECT_NEAR(extremes_of(result).vmax, summary.number(row, "vmax_pu"), vm_tolerance);
    EXPECT_NEAR(generation_by_bus(result)[summary.integer(row, "ref_bus")].p_mw, summary.number(row, "slack_p_mw"),
                flow_tolerance);
}

INSTANTIATE_TEST_SUITE_P(Public, ReferencePowerFlow, ::testing::ValuesIn(reference_cases()), name_of_case);

}  // namespace
}  // namespace araz::testing

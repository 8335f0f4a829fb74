// Values of single rows: not a number, outside what is physical, or outside what is usual.
#include <array>
#include <cmath>

#include "araz/base/text.hpp"
#include "check_report.hpp"

namespace araz {

namespace {

// One number of a row: the member, its column in the file, its name there, and whether it may be infinite.
template <class Row>
struct Column {
    double Row::*member;
    int column;
    std::string_view name;
    bool infinite;
};

constexpr std::array bus_columns{
    Column<BusRow>{&BusRow::pd_mw, 2, "Pd", false},       Column<BusRow>{&BusRow::qd_mvar, 3, "Qd", false},
    Column<BusRow>{&BusRow::gs_mw, 4, "Gs", false},       Column<BusRow>{&BusRow::bs_mvar, 5, "Bs", false},
    Column<BusRow>{&BusRow::vm_pu, 7, "Vm", false},       Column<BusRow>{&BusRow::va_deg, 8, "Va", false},
    Column<BusRow>{&BusRow::base_kv, 9, "baseKV", false}, Column<BusRow>{&BusRow::vmax_pu, 11, "Vmax", true},
    Column<BusRow>{&BusRow::vmin_pu, 12, "Vmin", true}};
constexpr std::array generator_columns{Column<GeneratorRow>{&GeneratorRow::pg_mw, 1, "Pg", false},
                                       Column<GeneratorRow>{&GeneratorRow::qg_mvar, 2, "Qg", false},
                                       Column<GeneratorRow>{&GeneratorRow::qmax_mvar, 3, "Qmax", true},
                                       Column<GeneratorRow>{&GeneratorRow::qmin_mvar, 4, "Qmin", true},
                                       Column<GeneratorRow>{&GeneratorRow::vg_pu, 5, "Vg", false},
                                       Column<GeneratorRow>{&GeneratorRow::mbase_mva, 6, "mBase", true},
                                       Column<GeneratorRow>{&GeneratorRow::pmax_mw, 8, "Pmax", true},
                                       Column<GeneratorRow>{&GeneratorRow::pmin_mw, 9, "Pmin", true},
                                       Column<GeneratorRow>{&GeneratorRow::pc1_mw, 10, "Pc1", true},
                                       Column<GeneratorRow>{&GeneratorRow::pc2_mw, 11, "Pc2", true},
                                       Column<GeneratorRow>{&GeneratorRow::qc1min_mvar, 12, "Qc1min", true},
                                       Column<GeneratorRow>{&GeneratorRow::qc1max_mvar, 13, "Qc1max", true},
                                       Column<GeneratorRow>{&GeneratorRow::qc2min_mvar, 14, "Qc2min", true},
                                       Column<GeneratorRow>{&GeneratorRow::qc2max_mvar, 15, "Qc2max", true},
                                       Column<GeneratorRow>{&GeneratorRow::apf, 20, "apf", false}};
constexpr std::array branch_columns{Column<BranchRow>{&BranchRow::r_pu, 2, "r", false},
                                    Column<BranchRow>{&BranchRow::x_pu, 3, "x", false},
                                    Column<BranchRow>{&BranchRow::b_pu, 4, "b", false},
                                    Column<BranchRow>{&BranchRow::rate_a_mva, 5, "rateA", true},
                                    Column<BranchRow>{&BranchRow::rate_b_mva, 6, "rateB", true},
                                    Column<BranchRow>{&BranchRow::rate_c_mva, 7, "rateC", true},
                                    Column<BranchRow>{&BranchRow::ratio, 8, "ratio", false},
                                    Column<BranchRow>{&BranchRow::shift_deg, 9, "angle", false},
                                    Column<BranchRow>{&BranchRow::angmin_deg, 11, "angmin", true},
                                    Column<BranchRow>{&BranchRow::angmax_deg, 12, "angmax", true}};
constexpr std::array dc_line_columns{Column<DcLineRow>{&DcLineRow::pf_mw, 3, "Pf", false},
                                     Column<DcLineRow>{&DcLineRow::pt_mw, 4, "Pt", false},
                                     Column<DcLineRow>{&DcLineRow::qf_mvar, 5, "Qf", false},
                                     Column<DcLineRow>{&DcLineRow::qt_mvar, 6, "Qt", false},
                                     Column<DcLineRow>{&DcLineRow::vf_pu, 7, "Vf", false},
                                     Column<DcLineRow>{&DcLineRow::vt_pu, 8, "Vt", false},
                                     Column<DcLineRow>{&DcLineRow::pmin_mw, 9, "Pmin", true},
                                     Column<DcLineRow>{&DcLineRow::pmax_mw, 10, "Pmax", true},
                                     Column<DcLineRow>{&DcLineRow::qminf_mvar, 11, "QminF", true},
                                     Column<DcLineRow>{&DcLineRow::qmaxf_mvar, 12, "QmaxF", true},
                                     Column<DcLineRow>{&DcLineRow::qmint_mvar, 13, "QminT", true},
                                     Column<DcLineRow>{&DcLineRow::qmaxt_mvar, 14, "QmaxT", true},
                                     Column<DcLineRow>{&DcLineRow::loss0_mw, 15, "loss0", false},
                                     Column<DcLineRow>{&DcLineRow::loss1, 16, "loss1", false}};

template <class Row, std::size_t n>
void check_finite(CheckReport& report, const Row& row, const std::string& what,
                  const std::array<Column<Row>, n>& columns) {
    for (const Column<Row>& column : columns) {
        const double value = row.*column.member;
        if (std::isfinite(value) || (column.infinite && std::isinf(value))) continue;
        const std::string name(column.name);
        if (std::isnan(value)) {
            report.add(Severity::error, "AZ1202", row.source, column.column, [&] {
                return CheckText{what, name + " of " + what + " is not a number (NaN)", "expected a number",
                                 "find out where the NaN came from and put the figure in its place"};
            });
        } else {
            report.add(Severity::error, "AZ1203", row.source, column.column, [&] {
                return CheckText{what, name + " of " + what + " is infinite", "expected a finite number",
                                 "Inf is for limits only"};
            });
        }
    }
}

// The rules of one row; `what` is its name in messages.
template <class Row>
class RowRules {
public:
    RowRules(CheckReport& report, const Row& row, std::string what)
        : report_(report), row_(row), what_(std::move(what)) {}

    template <class Message>
    void require(bool good, Severity severity, std::string_view code, int column, Message&& message,
                 std::string_view label, std::string_view hint = {}) {
        if (good) return;
        report_.add(severity, code, row_.source, column, [&] {
            return CheckText{what_, message(), std::string(label), std::string(hint)};
        });
    }

    /// A lower limit above its upper limit; column of the lower one.
    void ordered(double low, double high, std::string_view code, int column, const std::string& low_name,
                 const std::string& high_name) {
        require(
            !(low > high), Severity::error, code, column,
            [&] {
                return low_name + " of " + what_ + " is above its " + high_name + ": " + shortest(low) + " > " +
                       shortest(high);
            },
            "above " + high_name, "exchange the two limits, or correct one of them");
    }

    [[nodiscard]] const std::string& what() const { return what_; }

private:
    CheckReport& report_;
    const Row& row_;
    std::string what_;
};

bool outside(double value, double low, double high) {
    const double slack = 1e-6 * std::max(1.0, std::abs(value));  // digits lost in printing are no violation
    return value < low - slack || value > high + slack;
}

void check_bus(CheckReport& report, const BusRow& bus) {
    RowRules rules(report, bus, "bus " + std::to_string(number(bus.bus)));
    check_finite(report, bus, rules.what(), bus_columns);
    if (bus.type == BusType::isolated) return;
    rules.ordered(bus.vmin_pu, bus.vmax_pu, "AZ1215", 12, "Vmin", "Vmax");
    rules.require(
        !(bus.vm_pu <= 0.0 || bus.vm_pu > 2.0), Severity::warning, "AZ1220", 7,
        [&] { return "the stored voltage of " + rules.what() + " is " + shortest(bus.vm_pu) + " p.u."; },
        "expected a value near 1", "a voltage in kV belongs divided by baseKV; --start flat does not use it");
    rules.require(
        !(bus.vm_pu > 0.0 && bus.vmin_pu <= bus.vmax_pu && outside(bus.vm_pu, bus.vmin_pu, bus.vmax_pu)),
        Severity::info, "AZ1219", 7, [&] { return "the stored voltage of " + rules.what() + " is outside its limits"; },
        "limits are " + shortest(bus.vmin_pu) + " to " + shortest(bus.vmax_pu));
    rules.require(
        !(bus.base_kv <= 0.0), Severity::warning, "AZ1228", 9, [&] { return rules.what() + " has no nominal voltage"; },
        "expected kV above 0", "needed for currents, for voltage levels in reports and for tap checks");
    rules.require(
        !(bus.pd_mw < 0.0), Severity::info, "AZ1227", 2, [&] { return rules.what() + " has a negative load"; },
        "a source, if meant so");
}

void check_generator(CheckReport& report, const GeneratorRow& unit, std::size_t index) {
    RowRules rules(report, unit, element("generator", index));
    check_finite(report, unit, rules.what(), generator_columns);
    if (!unit.in_service) return;
    rules.ordered(unit.pmin_mw, unit.pmax_mw, "AZ1213", 9, "Pmin", "Pmax");
    rules.ordered(unit.qmin_mvar, unit.qmax_mvar, "AZ1214", 4, "Qmin", "Qmax");
    rules.require(
        !(unit.pmin_mw <= unit.pmax_mw && outside(unit.pg_mw, unit.pmin_mw, unit.pmax_mw)), Severity::warning, "AZ1217",
        1, [&] { return "Pg of " + rules.what() + " is outside its limits: " + shortest(unit.pg_mw) + " MW"; },
        "limits are " + shortest(unit.pmin_mw) + " to " + shortest(unit.pmax_mw));
    rules.require(
        !(unit.qmin_mvar <= unit.qmax_mvar && outside(unit.qg_mvar, unit.qmin_mvar, unit.qmax_mvar)), Severity::warning,
        "AZ1218", 2,
        [&] { return "Qg of " + rules.what() + " is outside its limits: " + shortest(unit.qg_mvar) + " MVAr"; },
        "limits are " + shortest(unit.qmin_mvar) + " to " + shortest(unit.qmax_mvar));
    rules.require(
        !(unit.mbase_mva <= 0.0), Severity::info, "AZ1226", 6, [&] { return rules.what() + " has no machine base"; },
        "expected MVA above 0");
}

void check_ratings(RowRules<BranchRow>& rules, const BranchRow& branch) {
    const std::array<double, 3> rates{branch.rate_a_mva, branch.rate_b_mva, branch.rate_c_mva};
    for (int k = 0; k < 3; ++k) {
        const double rate = rates[static_cast<std::size_t>(k)];
        rules.require(
            !(rate < 0.0), Severity::error, "AZ1222", 5 + k,
            [&] {
                return "rate" + std::string(1, static_cast<char>('A' + k)) + " of " + rules.what() +
                       " is negative: " + shortest(rate) + " MVA";
            },
            "expected 0 (no limit) or MVA above 0");
    }
    if (!branch.in_service) return;
    rules.require(
        branch.rate_a_mva != 0.0, Severity::info, "AZ1223", 5,
        [&] { return rules.what() + " has no rating and is not monitored for loading"; }, "0 means no limit");
    rules.require(
        !(branch.rate_a_mva >= 9900.0 && std::isfinite(branch.rate_a_mva)), Severity::info, "AZ1224", 5,
        [&] {
            return "rateA of " + rules.what() +
                   " looks like a placeholder for no limit: " + shortest(branch.rate_a_mva) + " MVA";
        },
        "write 0 for no limit");
    rules.require(
        !(branch.rate_c_mva > 0.0 && branch.rate_a_mva > branch.rate_c_mva), Severity::warning, "AZ1225", 5,
        [&] {
            return "rateA of " + rules.what() + " is above its rateC: " + shortest(branch.rate_a_mva) + " > " +
                   shortest(branch.rate_c_mva);
        },
        "the emergency rating is usually the larger one");
}

// `switches`: the format has a table of switches, and nothing else in it is without impedance.
void check_impedance(RowRules<BranchRow>& rules, const BranchRow& branch, bool switches) {
    rules.require(
        switches || branch.r_pu != 0.0 || branch.x_pu != 0.0, Severity::warning, "AZ1311", 2,
        [&] { return rules.what() + " is in service with r = x = 0: its buses are joined without impedance"; },
        "a switch or bus coupler, if meant so", "give it its impedance if it is a line or transformer");
    rules.require(
        !(branch.x_pu < 0.0), Severity::info, "AZ1205", 3, [&] { return "x of " + rules.what() + " is negative"; },
        "series compensation or an equivalent, if meant so");
    rules.require(
        !(branch.r_pu < 0.0), Severity::info, "AZ1206", 2, [&] { return "r of " + rules.what() + " is negative"; },
        "an equivalent, if meant so");
    rules.require(
        !(branch.r_pu > std::abs(branch.x_pu)), Severity::info, "AZ1207", 2,
        [&] { return "r of " + rules.what() + " is above its x"; }, "usual for cables and distribution only");
    rules.require(
        !(branch.b_pu < 0.0), Severity::info, "AZ1208", 4,
        [&] { return "the charging b of " + rules.what() + " is negative"; }, "an equivalent, if meant so");
}

void check_tap(RowRules<BranchRow>& rules, const BranchRow& branch) {
    const double tap = branch.ratio;
    const bool plausible = tap == 0.0 || (tap >= 0.5 && tap <= 2.0);
    rules.require(
        plausible || std::isnan(tap), Severity::error, "AZ1210", 8,
        [&] { return "the tap ratio of " + rules.what() + " is " + shortest(tap); }, "expected 0 (none) or 0.5 to 2",
        "the ratio is in p.u. of the nominal voltages, not in kV or percent");
    rules.require(
        tap == 0.0 || !plausible || (tap >= 0.8 && tap <= 1.2), Severity::warning, "AZ1209", 8,
        [&] { return "the tap ratio of " + rules.what() + " is unusual: " + shortest(tap); }, "usual are 0.8 to 1.2");
    const double shift = std::abs(branch.shift_deg);
    rules.require(
        !(shift > 180.0), Severity::warning, "AZ1212", 9,
        [&] { return "the phase shift of " + rules.what() + " is " + shortest(branch.shift_deg) + " degrees"; },
        "expected -180 to 180");
    rules.require(
        !(shift > 30.0 && shift <= 180.0), Severity::info, "AZ1211", 9,
        [&] { return "the phase shift of " + rules.what() + " is large: " + shortest(branch.shift_deg) + " degrees"; },
        "usual are -30 to 30");
}

void check_branch(CheckReport& report, const BranchRow& branch, std::size_t index) {
    RowRules rules(report, branch, element("branch", index));
    check_finite(report, branch, rules.what(), branch_columns);
    check_ratings(rules, branch);
    if (!branch.in_service) return;
    check_impedance(rules, branch, report.grid().format == "case-folder");
    check_tap(rules, branch);
    rules.ordered(branch.angmin_deg, branch.angmax_deg, "AZ1216", 11, "angmin", "angmax");
}

void check_dc_line(CheckReport& report, const DcLineRow& line, std::size_t index) {
    RowRules rules(report, line, element("dc line", index));
    check_finite(report, line, rules.what(), dc_line_columns);
    if (!line.in_service) return;
    rules.ordered(line.pmin_mw, line.pmax_mw, "AZ1213", 9, "Pmin", "Pmax");
    rules.ordered(line.qminf_mvar, line.qmaxf_mvar, "AZ1214", 11, "QminF", "QmaxF");
    rules.ordered(line.qmint_mvar, line.qmaxt_mvar, "AZ1214", 13, "QminT", "QmaxT");
}

}  // namespace

void check_values(CheckReport& report) {
    const Case& grid = report.grid();
    if (!(grid.base_mva > 0.0) || std::isinf(grid.base_mva))
        report.add(Severity::error, "AZ1201", grid.base_source, -1, [&] {
            return CheckText{"", "the base power is " + shortest(grid.base_mva) + " MVA", "",
                             "it must be a positive number"};
        });
    for (const BusRow& bus : grid.buses) check_bus(report, bus);
    for (std::size_t i = 0; i < grid.generators.size(); ++i) check_generator(report, grid.generators[i], i);
    for (std::size_t i = 0; i < grid.branches.size(); ++i) check_branch(report, grid.branches[i], i);
    for (std::size_t i = 0; i < grid.dc_lines.size(); ++i) check_dc_line(report, grid.dc_lines[i], i);
}

}  // namespace araz

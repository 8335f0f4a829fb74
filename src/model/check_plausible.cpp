// Single values that contradict the rest of their case: what one slip of a unit, a sign or a column leaves.
//
// Each rule was run over the 76 cases that MATPOWER ships: those that would speak up on more than a handful
// of their records are remarks, not warnings.
#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <unordered_map>

#include "araz/base/text.hpp"
#include "check_report.hpp"

namespace araz {

namespace {

using RowOf = std::unordered_map<std::int64_t, int>;

class Plausibility {
public:
    explicit Plausibility(CheckReport& report) : report_(report), grid_(report.grid()) {
        rows_.reserve(grid_.buses.size());
        for (std::size_t i = 0; i < grid_.buses.size(); ++i) rows_.emplace(number(grid_.buses[i].bus), static_cast<int>(i));
    }

    void check() {
        check_base();
        check_levels();
        check_impedances();
        check_loads();
        check_set_points();
        check_angles();
    }

private:
    [[nodiscard]] int row_of(BusId bus) const {
        const auto found = rows_.find(number(bus));
        return found == rows_.end() ? -1 : found->second;
    }
    [[nodiscard]] const BusRow& bus(int row) const { return grid_.buses[static_cast<std::size_t>(row)]; }
    [[nodiscard]] std::string name(int row) const { return "bus " + std::to_string(number(bus(row).bus)); }

    void check_base();
    void check_levels();
    void report_level(const std::vector<int>& wrong, const std::vector<int>& lines);
    [[nodiscard]] double median_reactance_ratio() const;
    void check_impedances();
    void check_loads();
    void check_set_points();
    void check_angles();
    [[nodiscard]] double stored_mismatch(double angle_unit) const;

    CheckReport& report_;
    const Case& grid_;
    RowOf rows_;
};

// Public cases have bases from 1 to 100 MVA; studies of whole interconnections up to 1000.
void Plausibility::check_base() {
    const double base = grid_.base_mva;
    if (!(base > 0.0) || (base >= 0.5 && base <= 5000.0) || std::isinf(base)) return;
    report_.add(Severity::warning, "AZ1240", grid_.base_source, -1, [&] {
        return CheckText{"", "the base power is unusual: " + shortest(base) + " MVA", "expected about 1 to 1000 MVA",
                         base > 1.0 ? "is it in kVA or VA? All per-unit values refer to it"
                                    : "is it in GVA? All per-unit values refer to it"};
    });
}

// Voltage levels joined without a transformer ratio. When every line of a bus disagrees with it while its
// neighbours agree with each other, the bus is what is wrong, not its lines.
void Plausibility::check_levels() {
    std::vector<int> lines(grid_.buses.size(), 0), wrong(grid_.buses.size(), 0);
    const auto joins_levels = [&](const BranchRow& branch, int from, int to) {
        const double a = bus(from).base_kv;
        const double b = bus(to).base_kv;
        return a > 0.0 && b > 0.0 && std::abs(a - b) > 0.01 * std::max(a, b) && branch.ratio == 0.0;
    };
    for (const BranchRow& branch : grid_.branches) {
        const int from = row_of(branch.from_bus);
        const int to = row_of(branch.to_bus);
        if (!branch.in_service || from < 0 || to < 0) continue;
        const bool bad = joins_levels(branch, from, to);
        for (const int end : {from, to}) {
            ++lines[static_cast<std::size_t>(end)];
            wrong[static_cast<std::size_t>(end)] += bad ? 1 : 0;
        }
    }
    const auto odd = [&](int row) {
        const auto at = static_cast<std::size_t>(row);
        return wrong[at] > 1 && wrong[at] == lines[at];
    };
    for (std::size_t i = 0; i < grid_.branches.size(); ++i) {
        const BranchRow& branch = grid_.branches[i];
        const int from = row_of(branch.from_bus);
        const int to = row_of(branch.to_bus);
        if (!branch.in_service || from < 0 || to < 0 || !joins_levels(branch, from, to)) continue;
        if (odd(from) != odd(to)) continue;  // said once, for the bus
        report_.add(Severity::warning, "AZ1229", branch.source, 8, [&] {
            return CheckText{element("branch", i),
                             element("branch", i) + " joins " + shortest(bus(from).base_kv) + " kV and " +
                                 shortest(bus(to).base_kv) + " kV without a transformer ratio",
                             "0 means a line", "give a transformer the ratio 1, or correct baseKV of a bus"};
        });
    }
    for (int row = 0; row < static_cast<int>(grid_.buses.size()); ++row) {
        if (bus(row).base_kv > 1500.0) {
            report_.add(Severity::warning, "AZ1241", bus(row).source, 9, [&] {
                return CheckText{name(row), "the nominal voltage of " + name(row) + " is " + shortest(bus(row).base_kv) + " kV",
                                 "no grid is above 1200 kV", "is it in V?"};
            });
        } else if (odd(row)) {
            report_.add(Severity::warning, "AZ1229", bus(row).source, 9, [&] {
                return CheckText{name(row),
                                 name(row) + " is joined with other nominal voltages than its " +
                                     shortest(bus(row).base_kv) + " kV by all its branches, without a transformer ratio",
                                 "the other ends differ", "correct baseKV, or give transformers the ratio 1"};
            });
        }
    }
}

double Plausibility::median_reactance_ratio() const {
    std::vector<double> ratios;
    for (const BranchRow& branch : grid_.branches)
        if (branch.in_service && branch.r_pu > 0.0 && branch.x_pu > 0.0) ratios.push_back(branch.x_pu / branch.r_pu);
    if (ratios.size() < 3) return 0.0;
    const auto middle = ratios.begin() + static_cast<std::ptrdiff_t>(ratios.size() / 2);
    std::nth_element(ratios.begin(), middle, ratios.end());
    return *middle;
}

void Plausibility::check_impedances() {
    constexpr double transmission = 3.0;  // median x/r from which r above x is foreign to the case
    const bool stiff = median_reactance_ratio() > transmission;
    for (std::size_t i = 0; i < grid_.branches.size(); ++i) {
        const BranchRow& branch = grid_.branches[i];
        if (!branch.in_service) continue;
        if (branch.x_pu < 0.0 && branch.b_pu > 0.0) {
            report_.add(Severity::warning, "AZ1242", branch.source, 3, [&] {
                return CheckText{element("branch", i),
                                 element("branch", i) + " has line charging and a negative reactance: " + shortest(branch.x_pu) + " p.u.",
                                 "expected a value above 0", "a line has x > 0; a series capacitor has b = 0"};
            });
        }
        if (stiff && branch.r_pu > 2.0 * std::abs(branch.x_pu)) {
            report_.add(Severity::warning, "AZ1243", branch.source, 2, [&] {
                return CheckText{element("branch", i),
                                 "r of " + element("branch", i) + " is more than twice its x: " + shortest(branch.r_pu) + " and " +
                                     shortest(branch.x_pu) + " p.u.",
                                 "most branches of this case have x above 3 r", "are r and x exchanged?"};
            });
        }
        if (const double z = std::hypot(branch.r_pu, branch.x_pu); z > 0.0 && z < 1e-4) {
            report_.add(Severity::info, "AZ1244", branch.source, 3, [&] {
                return CheckText{element("branch", i), element("branch", i) + " has a very small impedance: " + shortest(z) + " p.u.",
                                 "a bus coupler, or a slip of the unit", "below about 1e-8 p.u. it holds the mismatch above the tolerance"};
            });
        }
    }
}

void Plausibility::check_loads() {
    double load = 0.0;
    double capacity = 0.0;
    int positive = 0;
    std::vector<int> negative;
    int largest = -1;
    for (int row = 0; row < static_cast<int>(grid_.buses.size()); ++row) {
        if (bus(row).type == BusType::isolated || !std::isfinite(bus(row).pd_mw)) continue;
        load += bus(row).pd_mw;
        if (bus(row).pd_mw > 0.0) ++positive;
        if (bus(row).pd_mw < 0.0) negative.push_back(row);
        if (largest < 0 || bus(row).pd_mw > bus(largest).pd_mw) largest = row;
    }
    for (const GeneratorRow& unit : grid_.generators)
        if (unit.in_service) capacity += std::max(unit.pmax_mw, 0.0);
    if (negative.size() == 1 && positive > 1) {
        report_.add(Severity::warning, "AZ1245", bus(negative.front()).source, 2, [&] {
            return CheckText{name(negative.front()),
                             name(negative.front()) + " has the only negative load of the case: " + shortest(bus(negative.front()).pd_mw) + " MW",
                             "load is positive when it consumes", "a source, or a mistake of sign?"};
        });
    }
    if (largest < 0 || !(capacity > 0.0) || !(load > capacity)) return;
    if (std::isfinite(capacity) && load > 10.0 * capacity) {
        report_.add(Severity::warning, "AZ1230", bus(largest).source, 2, [&] {
            return CheckText{name(largest),
                             "all loads together are " + shortest(load) + " MW, more than ten times the " + shortest(capacity) +
                                 " MW of all units in service; the largest is at " + name(largest),
                             "expected MW", "are the loads in kW? They belong divided by 1000"};
        });
        return;
    }
    report_.add(Severity::warning, "AZ1246", bus(largest).source, 2, [&] {
        return CheckText{name(largest),
                         "all loads together are " + shortest(load) + " MW and all units in service can give " + shortest(capacity) +
                             " MW; the largest load is at " + name(largest),
                         "the largest load", "the reference unit gives the rest; correct the load, or Pmax and status of units"};
    });
}

// Units that hold a voltage hold one near 1 p.u.: public cases have set-points from 0.60 to 1.18.
void Plausibility::check_set_points() {
    for (std::size_t i = 0; i < grid_.generators.size(); ++i) {
        const GeneratorRow& unit = grid_.generators[i];
        const int row = row_of(unit.bus);
        if (!unit.in_service || row < 0 || bus(row).type == BusType::pq || bus(row).type == BusType::isolated) continue;
        if (!(unit.vg_pu > 0.0) || (unit.vg_pu >= 0.4 && unit.vg_pu <= 2.0)) continue;  // AZ1221 has the rest
        report_.add(Severity::error, "AZ1247", unit.source, 5, [&] {
            return CheckText{element("generator", i),
                             "the voltage set-point of " + element("generator", i) + " is " + shortest(unit.vg_pu) + " p.u.",
                             "expected a value near 1", unit.vg_pu > 2.0 ? "a set-point in kV belongs divided by baseKV" : "set-points are in p.u."};
        });
    }
}

// Active power missing at the buses for the stored voltages, MW in sum, when their angles are in
// `angle_unit` radians. The reference buses, which balance, are left out.
double Plausibility::stored_mismatch(double angle_unit) const {
    std::vector<double> surplus(grid_.buses.size());
    std::vector<std::complex<double>> voltage(grid_.buses.size());
    for (std::size_t i = 0; i < surplus.size(); ++i) {
        surplus[i] = -grid_.buses[i].pd_mw - grid_.buses[i].gs_mw;
        voltage[i] = std::polar(std::abs(grid_.buses[i].vm_pu), grid_.buses[i].va_deg * angle_unit);
    }
    for (const GeneratorRow& unit : grid_.generators)
        if (const int row = row_of(unit.bus); unit.in_service && row >= 0) surplus[static_cast<std::size_t>(row)] += unit.pg_mw;
    for (const BranchRow& branch : grid_.branches) {
        const int from = row_of(branch.from_bus);
        const int to = row_of(branch.to_bus);
        const std::complex<double> z(branch.r_pu, branch.x_pu);
        if (!branch.in_service || from < 0 || to < 0 || std::abs(z) == 0.0) continue;
        const double tap = branch.ratio == 0.0 ? 1.0 : branch.ratio;
        const auto inner = voltage[static_cast<std::size_t>(from)] / std::polar(std::abs(tap), branch.shift_deg * std::numbers::pi / 180.0);
        const auto current = (inner - voltage[static_cast<std::size_t>(to)]) / z;
        surplus[static_cast<std::size_t>(from)] -= grid_.base_mva * (inner * std::conj(current)).real();
        surplus[static_cast<std::size_t>(to)] += grid_.base_mva * (voltage[static_cast<std::size_t>(to)] * std::conj(current)).real();
    }
    double sum = 0.0;
    for (std::size_t i = 0; i < surplus.size(); ++i)
        if (grid_.buses[i].type == BusType::pq || grid_.buses[i].type == BusType::pv) sum += std::abs(surplus[i]);
    return sum;
}

// A stored solution whose angles fit the case as radians and not as degrees.
void Plausibility::check_angles() {
    int first = -1;
    double load = 0.0;
    for (int row = 0; row < static_cast<int>(grid_.buses.size()); ++row) {
        if (first < 0 && bus(row).va_deg != 0.0) first = row;
        if (std::abs(bus(row).va_deg) > 2.0 * std::numbers::pi) return;  // no radians
        load += std::abs(bus(row).pd_mw);
    }
    if (first < 0 || !(load > 0.0)) return;
    const double as_degrees = stored_mismatch(std::numbers::pi / 180.0);
    const double as_radians = stored_mismatch(1.0);
    if (!(as_radians < 0.05 * as_degrees) || !(as_radians < 0.05 * load)) return;
    report_.add(Severity::warning, "AZ1248", bus(first).source, 8, [&] {
        return CheckText{name(first), "the stored angles fit the loads as radians, not as degrees", "expected degrees",
                         "multiply the column Va by 180/pi"};
    });
}

}  // namespace

void check_plausible(CheckReport& report) { Plausibility(report).check(); }

}  // namespace araz

// What the branches of a case cannot carry whatever the voltages: powers, charging and impedances that are out of
// all proportion to what they are connected to.
#include <algorithm>
#include <cmath>
#include <numbers>
#include <unordered_map>

#include "araz/base/text.hpp"
#include "check_report.hpp"

namespace araz {

namespace {

// |P| at a bus is at most sum |y| V_i V_j over its branches. Public cases reach 1.06 of sum |y| (case145, an equivalent);
// 1.5 would need 1.22 p.u. at both ends and 90 degrees across every branch.
constexpr double most_active = 1.5;
// A shunt of 3 sum |y| takes the voltage of its bus to a quarter, or above all limits. Public cases reach 2.0.
constexpr double most_shunt = 3.0;
// x b = (2 pi length / wavelength)^2 of a lossless line: 1 is 950 km at 50 Hz as one pi section. No public case is above.
constexpr double longest_line = 1.0;

struct Stiffness {
    double admittance = 0.0;  ///< sum |y| of the branches, p.u.
    bool joined = false;      ///< a branch without impedance carries anything
};

using Stiff = std::unordered_map<std::int64_t, Stiffness>;

/// What a bus takes or gives, and the cell with the largest part of it.
struct Power {
    double mw = 0.0, largest = 0.0;
    const RowSource* source = nullptr;
    int column = -1;

    void add(double part, const RowSource& from, int at) {
        if (!std::isfinite(part)) return;
        mw += part;
        if (std::abs(part) <= largest) return;
        largest = std::abs(part);
        source = &from;
        column = at;
    }
};

Stiff stiffness_of(const Case& grid) {
    Stiff out;
    for (const BranchRow& branch : grid.branches) {
        if (!branch.in_service) continue;
        const double z = std::hypot(branch.r_pu, branch.x_pu);
        for (const BusId end : {branch.from_bus, branch.to_bus}) {
            Stiffness& at = out[number(end)];
            if (z > 0.0) at.admittance += 1.0 / z / std::min(1.0, branch.ratio > 0.0 ? branch.ratio : 1.0);
            else at.joined = true;
        }
    }
    return out;
}

bool beyond(const Stiff& stiff, BusId bus, double pu, double most) {
    const auto at = stiff.find(number(bus));
    return at != stiff.end() && !at->second.joined && std::abs(pu) > most * at->second.admittance;
}

void check_powers(CheckReport& report) {
    const Case& grid = report.grid();
    const Stiff stiff = stiffness_of(grid);
    std::unordered_map<std::int64_t, Power> powers;
    for (const BusRow& bus : grid.buses) {
        if (bus.type == BusType::isolated || bus.type == BusType::slack) continue;  // a reference takes what is left
        Power& at = powers[number(bus.bus)];
        at.add(-bus.pd_mw, bus.source, 2);
        at.add(-bus.gs_mw, bus.source, 4);
    }
    for (const GeneratorRow& unit : grid.generators)
        if (const auto at = powers.find(number(unit.bus)); unit.in_service && at != powers.end()) at->second.add(unit.pg_mw, unit.source, 1);
    std::vector<const BusRow*> wrong;
    std::size_t busy = 0;
    for (const BusRow& bus : grid.buses) {
        const auto at = powers.find(number(bus.bus));
        if (at == powers.end() || at->second.mw == 0.0) continue;
        ++busy;
        if (beyond(stiff, bus.bus, at->second.mw / grid.base_mva, most_active)) wrong.push_back(&bus);
    }
    if (wrong.size() > 1 && 2 * wrong.size() > busy) {
        report.add(Severity::warning, "AZ1234", grid.base_source, -1, [&] {
            return CheckText{"", "the powers of " + std::to_string(wrong.size()) + " of " + std::to_string(busy) +
                                     " buses are beyond what their branches can carry with a base of " + shortest(grid.base_mva) + " MVA",
                             "no voltages carry them", "is the base power right? Impedances in p.u. refer to it; or are all powers in kW?"};
        });
        return;
    }
    for (const BusRow* bus : wrong) {
        const Power& at = powers.at(number(bus->bus));
        report.add(Severity::warning, "AZ1234", *at.source, at.column, [&] {
            const std::string name = "bus " + std::to_string(number(bus->bus));
            return CheckText{name,
                             name + (at.mw < 0.0 ? " takes " : " gives ") + shortest(std::abs(at.mw)) + " MW, its branches carry " +
                                 shortest(std::round(stiff.at(number(bus->bus)).admittance * grid.base_mva)) +
                                 " MW at most at 1 p.u. and 90 degrees",
                             "the largest part of it", "is it in kW, or is a branch of the bus missing or in ohms?"};
        });
    }
}

void check_shunts(CheckReport& report) {
    const Case& grid = report.grid();
    const Stiff stiff = stiffness_of(grid);
    for (const BusRow& bus : grid.buses) {
        if (bus.type == BusType::isolated || !std::isfinite(bus.bs_mvar)) continue;
        if (!beyond(stiff, bus.bus, bus.bs_mvar / grid.base_mva, most_shunt)) continue;
        report.add(Severity::warning, "AZ1234", bus.source, 5, [&] {
            const std::string name = "bus " + std::to_string(number(bus.bus));
            return CheckText{name, "the shunt of " + name + " is " + shortest(bus.bs_mvar) + " MVAr at 1 p.u., more than three times what its branches feed into a short circuit",
                             "no voltage near 1 p.u. is possible", "is it in kVAr, or in siemens?"};
        });
    }
}

double median_impedance(const Case& grid) {
    std::vector<double> sizes;
    for (const BranchRow& branch : grid.branches)
        if (const double z = std::hypot(branch.r_pu, branch.x_pu); branch.in_service && z > 0.0) sizes.push_back(z);
    if (sizes.empty()) return 0.0;
    const auto middle = sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() / 2);
    std::nth_element(sizes.begin(), middle, sizes.end());
    return *middle;
}

void check_proportions(CheckReport& report) {
    const Case& grid = report.grid();
    const double usual = median_impedance(grid);
    for (std::size_t i = 0; i < grid.branches.size(); ++i) {
        const BranchRow& branch = grid.branches[i];
        if (!branch.in_service) continue;
        if (const double length = branch.x_pu * branch.b_pu; length > longest_line) {
            report.add(Severity::warning, "AZ1233", branch.source, 4, [&] {
                const std::string name = element("branch", i);
                return CheckText{name,
                                 name + " has an electrical length of " + shortest(std::round(std::sqrt(length) * 180.0 / std::numbers::pi)) +
                                     " degrees: x = " + shortest(branch.x_pu) + ", b = " + shortest(branch.b_pu) + " p.u.",
                                 "expected below 57 degrees, 950 km at 50 Hz", "is b in percent or in microsiemens, or x in ohms?"};
            });
        }
        if (const double z = std::hypot(branch.r_pu, branch.x_pu); z > 5.0 && z > 100.0 * usual) {
            report.add(Severity::info, "AZ1235", branch.source, 3, [&] {
                const std::string name = element("branch", i);
                return CheckText{name, name + " has an impedance of " + shortest(z) + " p.u., more than a hundred times the median of the case",
                                 "an equivalent, or ohms", "ohms belong divided by baseKV^2 / baseMVA"};
            });
        }
    }
}

}  // namespace

void check_carry(CheckReport& report) {
    if (!(report.grid().base_mva > 0.0)) return;
    check_powers(report);
    check_shunts(report);
    check_proportions(report);
}

}  // namespace araz

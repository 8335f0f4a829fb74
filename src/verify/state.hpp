// The case and a result of it, row by row, with voltages as complex numbers. Nothing here comes from the
// solver: which buses are alive is read from the result and checked against the case's connections.
#pragma once

#include <complex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "araz/verify/verify.hpp"

namespace araz {

/// Something that feeds a bus and can regulate its voltage: a generator, or one end of a DC line.
struct Unit {
    int generator = -1;  ///< row, or -1 for a converter
    double p_mw = 0.0, q_mvar = 0.0;
    double q_min_mvar = 0.0, q_max_mvar = 0.0;
    double v_set_pu = 1.0;
    bool holds = true;   ///< the voltage of its bus; else it follows a rule of its own, or holds another bus
};

struct State {
    const Case* grid = nullptr;
    const PfResult* result = nullptr;
    LawTolerances tolerances;

    std::vector<const BusResult*> bus;              ///< [row of the case]
    std::vector<const BranchResult*> branch;
    std::vector<const GeneratorResult*> generator;
    std::vector<const DcLineResult*> dc_line;       ///< empty when DC lines take no part
    std::vector<std::complex<double>> voltage;      ///< p.u., 0 where dead
    std::vector<unsigned char> live;                ///< [bus row]
    std::unordered_map<std::int64_t, int> row_of;   ///< bus number -> row

    [[nodiscard]] int from_row(int branch_row) const { return row_of.at(number(grid->branches[branch_row].from_bus)); }
    [[nodiscard]] int to_row(int branch_row) const { return row_of.at(number(grid->branches[branch_row].to_bus)); }
    [[nodiscard]] int generator_bus(int row) const { return row_of.at(number(grid->generators[row].bus)); }
    /// In service with both ends alive.
    [[nodiscard]] bool carries(int branch_row) const;
    [[nodiscard]] bool runs(int generator_row) const;
    [[nodiscard]] bool transmits(int dc_row) const;
    [[nodiscard]] int dc_from(int dc_row) const { return row_of.at(number(grid->dc_lines[dc_row].from_bus)); }
    [[nodiscard]] int dc_to(int dc_row) const { return row_of.at(number(grid->dc_lines[dc_row].to_bus)); }
    /// What feeds each bus, [bus row].
    [[nodiscard]] std::vector<std::vector<Unit>> units_by_bus() const;
    /// Whether the case lets these units hold the voltage of the bus.
    [[nodiscard]] bool regulates(int bus_row, const std::vector<Unit>& units) const;

    /// An option of the result as a word ("on", "off", "A"); booleans count as on and off.
    [[nodiscard]] std::string option(const std::string& name, const std::string& otherwise) const;
};

/// The connected part each bus lies in, over branches that carry flow.
[[nodiscard]] std::vector<int> parts_of(const State& state);

/// Pairs the rows of case and result; reports law "rows" and gives nothing when they do not pair.
[[nodiscard]] std::optional<State> pair_rows(const Case& grid, const PfResult& result, const LawTolerances& tolerances,
                                             VerifyReport& report);

/// A complex number from its size and its angle; any size, unlike std::polar.
[[nodiscard]] std::complex<double> phasor(double size, double angle_deg);

[[nodiscard]] std::string bus_element(const State& state, int row);
[[nodiscard]] std::string branch_element(int row);
[[nodiscard]] std::string generator_element(int row);

/// MW and MVAr that the load of a bus takes in the state of the result.
[[nodiscard]] std::complex<double> consumption(const State& state, int bus_row);

[[nodiscard]] std::string dc_line_element(int row);
[[nodiscard]] bool has_generator(const std::vector<Unit>& units);

/// Qmin..Qmax of a generator at an output, cut by its capability corners.
struct ReactiveRange {
    double min = 0.0, max = 0.0;
};
[[nodiscard]] ReactiveRange capability(const GeneratorRow& row, double p_mw);

/// MW and MVAr into a branch at both ends by the model of the study (AC pi model, or DC).
struct Flow {
    std::complex<double> from, to;
};
[[nodiscard]] Flow branch_flow(const State& state, int row);

// The laws, each adding its checks to the report.
void check_case_data(const State& state, VerifyReport& report);     // laws_state.cpp
void check_energised(const State& state, VerifyReport& report);
void check_branches(const State& state, VerifyReport& report);      // laws_flow.cpp
void check_dc_lines(const State& state, VerifyReport& report);      // laws_dc.cpp
void check_balance(const State& state, VerifyReport& report);
void check_sums(const State& state, VerifyReport& report);          // laws_sums.cpp
void check_generators(const State& state, VerifyReport& report);    // laws_generators.cpp
void check_reactive_limits(const State& state, VerifyReport& report);  // laws_reactive.cpp
void check_units(const State& state, VerifyReport& report);         // laws_units.cpp
void check_slack(const State& state, VerifyReport& report);         // laws_slack.cpp
void check_violations(const State& state, VerifyReport& report);    // laws_violations.cpp

}  // namespace araz

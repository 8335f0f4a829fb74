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

struct State {
    const Case* grid = nullptr;
    const PfResult* result = nullptr;
    LawTolerances tolerances;

    std::vector<const BusResult*> bus;              ///< [row of the case]
    std::vector<const BranchResult*> branch;
    std::vector<const GeneratorResult*> generator;
    std::vector<std::complex<double>> voltage;      ///< p.u., 0 where dead
    std::vector<unsigned char> live;                ///< [bus row]
    std::unordered_map<std::int64_t, int> row_of;   ///< bus number -> row

    [[nodiscard]] int from_row(int branch_row) const { return row_of.at(number(grid->branches[branch_row].from_bus)); }
    [[nodiscard]] int to_row(int branch_row) const { return row_of.at(number(grid->branches[branch_row].to_bus)); }
    [[nodiscard]] int generator_bus(int row) const { return row_of.at(number(grid->generators[row].bus)); }
    /// In service with both ends alive.
    [[nodiscard]] bool carries(int branch_row) const;
    [[nodiscard]] bool runs(int generator_row) const;
    /// In-service units of a bus, as rows.
    [[nodiscard]] std::vector<std::vector<int>> units_by_bus() const;

    /// An option of the result as a word ("on", "off", "A"); booleans count as on and off.
    [[nodiscard]] std::string option(const std::string& name, const std::string& otherwise) const;
};

/// Pairs the rows of case and result; reports law "rows" and gives nothing when they do not pair.
[[nodiscard]] std::optional<State> pair_rows(const Case& grid, const PfResult& result, const LawTolerances& tolerances,
                                             VerifyReport& report);

/// A complex number from its size and its angle; any size, unlike std::polar.
[[nodiscard]] std::complex<double> phasor(double size, double angle_deg);

[[nodiscard]] std::string bus_element(const State& state, int row);
[[nodiscard]] std::string branch_element(int row);
[[nodiscard]] std::string generator_element(int row);

/// MW and MVAr into a branch at both ends by the model of the study (AC pi model, or DC).
struct Flow {
    std::complex<double> from, to;
};
[[nodiscard]] Flow branch_flow(const State& state, int row);

// The laws, each adding its checks to the report.
void check_case_data(const State& state, VerifyReport& report);     // laws_state.cpp
void check_energised(const State& state, VerifyReport& report);
void check_branches(const State& state, VerifyReport& report);      // laws_flow.cpp
void check_balance(const State& state, VerifyReport& report);
void check_sums(const State& state, VerifyReport& report);          // laws_sums.cpp
void check_generators(const State& state, VerifyReport& report);    // laws_generators.cpp
void check_violations(const State& state, VerifyReport& report);    // laws_violations.cpp

}  // namespace araz

// From the tables of a case folder, in physical units, to a Case.
#pragma once

#include "araz/model/profile.hpp"
#include "case_folder_table.hpp"

namespace araz::folder {

/// What case.toml says.
struct Header {
    std::string name;
    double base_mva = 100.0;
    double frequency_hz = 50.0;
    std::string base_point, description, disclaimer, licence;
};

/// The tables must have passed check_tables(). `with_state`: voltages come from state.csv where it has them.
/// The formulas are those of tools/write_matpower.py, in its order of operations and with its rounding, so
/// that both give the same numbers to the last bit.
[[nodiscard]] Case convert_case(const Header& header, const Tables& tables, const Files& files, bool with_state);

/// Findings of values that are possible one by one but not together: AZ1406, AZ1415 to AZ1417; and AZ1418
/// for what the tables say and the Case does not hold.
void check_plausibility(const Case& grid, const Tables& tables, Report& report);

/// What an LCC or VSC link has beyond a dcline; rows without a technology stay what they are.
void read_converters(const Table& table, const Row& row, DcLineRow& out);

/// What an LCC or VSC link states together: AZ1430.
void check_hvdc(const Tables& tables, Report& report);

/// profiles.h5 against FORMAT.md and against the profiles that the tables name: AZ1409, AZ1419. `with_values`:
/// every value is read, too. A power flow needs none of it, so a user may allow AZ1419.
void check_profiles(const Tables& tables, const Files& files, bool with_values, Report& report);

/// What the tables say about profiles, once check_tables() accepted them.
[[nodiscard]] ProfileUse profile_use(const Tables& tables);

/// All of a profiles.h5, checked value by value: AZ1419.
[[nodiscard]] Result<ProfileSeries> read_profiles(const std::string& path);

}  // namespace araz::folder

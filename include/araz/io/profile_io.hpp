// Hourly profiles in: profiles.h5 of a case folder, or a wide CSV.
#pragma once

#include <string>

#include "araz/io/case_io.hpp"
#include "araz/model/profile.hpp"

namespace araz {

struct ProfiledCase {
    Case grid;
    ProfileUse use;
};

/// A case folder together with what its tables say about profiles. Errors: those of read_case(); AZ3066 the
/// path is no case folder. `own_series`: the series come from elsewhere, so that profiles.h5 need not be there.
[[nodiscard]] Result<ProfiledCase> read_profiled_case(const std::string& path, const CaseSelection& selection, bool own_series,
                                                      const ReadLimits& limits = {});

/// Is this the path of a case folder, or of its case.toml?
[[nodiscard]] bool is_case_folder(const std::string& path);

/// What follows which series in a case of a single file, by the names of the series: `load` is every load, `area N` the
/// loads of an area, `bus N` the load of a bus, where the most specific one holds; `generator N` the N-th row of the
/// generators. The rest stays as the case has it. Error AZ3063: a series that names nothing of the case.
[[nodiscard]] Result<ProfileUse> profiles_by_name(const Case& grid, const ProfileSeries& series);

/// Reads series by the extension: HDF5 as in FORMAT.md of the shipped case (.h5), or a wide CSV with a column
/// `time` (hours, or 2025-01-01T00:00) and a column per profile (.csv). Every value is checked: 0 to 2 p.u., no
/// gaps in time. Errors: AZ1001 unreadable, AZ1419 HDF5, AZ3067 CSV with line and column.
[[nodiscard]] Result<ProfileSeries> read_series(const std::string& path);

}  // namespace araz

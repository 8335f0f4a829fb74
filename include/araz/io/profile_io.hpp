// Hourly profiles in: profiles.h5 of a case folder, or files of several shapes.
#pragma once

#include <string>
#include <vector>

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
/// generators; any other name is that of a unit or of a bus with load, and a number is a bus where the shape of the file says that it
/// holds loads. The rest stays as the case has it. Error AZ3063: a series that names nothing of the case, or more than one thing.
[[nodiscard]] Result<ProfileUse> profiles_by_name(const Case& grid, const ProfileSeries& series);

/// Files of series, and how to read them.
struct SeriesChoice {
    std::vector<std::string> files;  ///< one or more, used side by side
    std::string shape;               ///< one of series_shapes(); empty: from the extension and the first line
    bool in_mw = false;              ///< values of wide, long and pandapower files; PyPSA and RTS-GMLC know their units
    std::string names_file;          ///< CSV with columns series,name: what is used of the files, and how it is called; or empty
    double step_hours = 1.0;         ///< of one step of an index without times (pandapower)
};

/// hdf5 (as in FORMAT.md of the shipped case), wide, long, pypsa, pandapower and rts-gmlc; docs/batch.md describes them.
[[nodiscard]] std::vector<std::string> series_shapes();

/// Reads series. Every value is checked: 0 to 2 p.u., or MW from 0; equal steps, no gaps. Errors: AZ1001 unreadable, AZ1419 HDF5,
/// AZ3067 and AZ5005 to AZ5007 text, with line and column.
[[nodiscard]] Result<ProfileSeries> read_series(const SeriesChoice& choice);

/// Are any of them in MW?
[[nodiscard]] bool in_mw(const ProfileSeries& series);

/// Series in MW as shares of the MW of what follows them, loads or Pmax of units. Error AZ3067: nothing to share in, or more than
/// twice that.
[[nodiscard]] Result<Done> to_per_unit(ProfileSeries& series, const ProfileUse& use);

}  // namespace araz

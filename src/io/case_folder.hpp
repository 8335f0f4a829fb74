// Case folders: CSV tables in physical units, operating points and variants. The format is described in
// cases/azerbaijan-iran/FORMAT.md.
#pragma once

#include "araz/io/case_io.hpp"

namespace araz {

/// The folder that a path means, when it is one or names a case.toml; else an empty text.
[[nodiscard]] std::string case_folder_of(const std::string& path);

[[nodiscard]] Result<Case> read_case_folder(const std::string& folder, const CaseSelection& selection,
                                            const ReadLimits& limits);

[[nodiscard]] Result<CaseContents> list_case_folder(const std::string& folder, const ReadLimits& limits);

}  // namespace araz

// The study file of a batch: docs/batch.md describes it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "araz/base/result.hpp"

namespace araz {

/// A value of a study file that knows where it stands.
struct StudyValue {
    std::string text;       ///< numbers as written, true and false as such; a list joined by commas
    SourcePoint where;
    std::vector<std::pair<std::string, SourcePoint>> items;  ///< of a list; of a text, itself
    bool is_list = false, is_flag = false;
    [[nodiscard]] bool given() const { return !items.empty() || is_list; }
};

struct StudyFile {
    std::string path, sha256, folder;  ///< relative paths in the file start from its folder
    std::string title;
    StudyValue case_path, out, points, variants, hours, series, series_shape, series_unit, series_names, series_step, rule, settings, columns, shard, kind;
    StudyValue sample_method, sample_size, sample_seed, sample_block, sample_outages;
    /// What else stands in [study]: options of the command line, without dashes.
    std::vector<std::pair<std::string, StudyValue>> options;

    [[nodiscard]] std::string resolve(const std::string& relative) const;
};

/// Errors, all of them with file, line and column: AZ1412 not TOML, AZ3060 an unknown key, AZ3061 a missing key or a
/// value of another type (kind usage); AZ1001 unreadable.
[[nodiscard]] Result<StudyFile> read_study(const std::string& path);

/// A finding at a value of a study file.
[[nodiscard]] Finding at_value(const SourcePoint& where, std::string code, std::string message, std::string hint = {});

/// "0-8759", "0-8759/24", "12,13,40-50" or "all" as rows 0 .. count-1, in the order given, each once. Error AZ3062
/// with the place of the value.
[[nodiscard]] Result<std::vector<int>> parse_hours(const StudyValue& value, int count);

}  // namespace araz

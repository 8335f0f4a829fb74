// [profiles] of a study file.
#include <algorithm>

#include "araz/base/text.hpp"
#include "araz/io/profile_io.hpp"
#include "batch_plan.hpp"

namespace araz::app {

namespace {

Error refuse(const StudyValue& value, const std::string& message, const std::string& hint) {
    return Error{ErrorKind::usage, {at_value(value.where, "AZ3061", message, hint)}};
}

}  // namespace

Result<ProfileSeries> read_chosen_series(const StudyFile& study) {
    SeriesChoice choice;
    for (const auto& [file, where] : study.series.items) choice.files.push_back(study.resolve(file));
    if (!study.series.given()) choice.files.push_back(study.resolve(study.case_path.text) + "/profiles.h5");
    if (choice.files.empty()) return refuse(study.series, "no file is named", "a file, a folder, or a list of files");
    if (study.series_shape.given()) {
        const std::vector<std::string> shapes = series_shapes();
        choice.shape = study.series_shape.text;
        if (std::find(shapes.begin(), shapes.end(), choice.shape) == shapes.end())
            return refuse(study.series_shape, "there is no shape '" + choice.shape + "'" + did_you_mean(choice.shape, shapes),
                "shapes: " + join(shapes, ", "));
    }
    if (study.series_unit.given()) {
        const std::string& unit = study.series_unit.text;
        if (unit != "pu" && unit != "mw") return refuse(study.series_unit, "there is no unit '" + unit + "'", "units: pu, mw");
        choice.in_mw = unit == "mw";
    }
    if (study.series_names.given()) choice.names_file = study.resolve(study.series_names.text);
    if (study.series_step.given()) {
        const auto step = parse_double(study.series_step.text);
        if (!step || !(*step > 0.0 && *step <= 8784.0)) return refuse(study.series_step, "step-hours is " +
            study.series_step.text, "expected hours above 0");
        choice.step_hours = *step;
    }
    return read_series(choice);
}

std::vector<std::pair<std::string, std::string>> series_inputs(const StudyFile& study, const ProfileSeries& series) {
    std::vector<std::pair<std::string, std::string>> out;
    for (const auto& [file, sha256] : series.inputs) {
        std::string name = file;
        const std::string folder = study.resolve("");
        if (name.starts_with(folder) && folder != ".") name.erase(0, folder.size());
        while (name.starts_with('/') && !file.starts_with('/')) name.erase(0, 1);
        out.emplace_back(std::move(name), sha256);
    }
    return out;
}

}  // namespace araz::app
